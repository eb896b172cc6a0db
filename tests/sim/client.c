// SPDX-License-Identifier: GPL-2.0
/* A client: the tool's proposer at a node, the module's netlink between them. */

#include <stdlib.h>

#include "sim.h"

#define PATIENCE	20000000	/* microseconds that a client waits for an outcome */

/* The bytes of a value follow from its name, so that anyone can check them. */
uint32_t client_value(const struct sim *sim, uint64_t client, uint64_t sequence,
		      uint8_t *bytes)
{
	static const uint32_t lengths[] = { 0, 1, 64, 200, 1000, 1024, 1025, 2048, 5000, 32768 };
	static const uint32_t longer[] = { 1025, 2048, 5000, 12000, 32768 };
	struct rng rng = { .state = client * 1000003 + sequence };
	uint32_t length = (uint32_t)rng_below(&rng, 100);
	uint64_t word;
	uint32_t i;

	if (rng_chance(&rng, 250))
		length = lengths[rng_below(&rng, ARRAY_SIZE(lengths))];
	/* Other proposers are here to fill logs and windows, or long logs. */
	if (client >= SIM_OTHERS && rng_chance(&rng, sim->plan.rush ? 5 : 500))
		length = longer[rng_below(&rng, ARRAY_SIZE(longer))];
	length = min_t(uint32_t, length, sim->plan.bytes);
	length = story_length(sim, client, sequence, length);
	for (i = 0; bytes && i < length; i += sizeof(word)) {
		word = rng_next(&rng);
		memcpy(bytes + i, &word, min(length - i, (uint32_t)sizeof(word)));
	}
	return length;
}

bool client_proposed(const struct sim *sim, uint64_t client, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < sim->n_clients; i++)
		if (sim->client[i].id == client)
			return sequence && sequence <= sim->client[i].sequence;
	return candidate_proposed(sim, client, sequence) ||
	       ranger_proposed(sim, client, sequence) || rogue_proposed(sim, client, sequence) ||
	       submitter_proposed(sim, client, sequence);
}

/* What DROP gave back. */
void client_free(struct paxos_event *ev)
{
	while (ev->dropped) {
		struct paxos_proposal *p = ev->dropped;

		ev->dropped = p->next;
		free(p);
	}
}

/* Asks for a ballot; false if there is none. */
bool client_hand_out(struct sim *sim, struct sim_node *node, struct paxos_event *ev,
		     uint64_t owner)
{
	ev->hand_out.proposal = calloc(1, sizeof(*ev->hand_out.proposal));
	if (!ev->hand_out.proposal)
		abort();
	ev->hand_out.owner = owner;
	node_step(sim, node, ev);
	if (!ev->error)
		return true;
	free(ev->hand_out.proposal);
	return false;
}

/* A value of a client, in the node's memory; NULL if it has none. */
struct paxos_value *client_make(const struct sim *sim, struct sim_node *node, uint64_t client,
				uint64_t sequence)
{
	static uint8_t bytes[PAXOS_VALUE_MAX];
	uint32_t length = client_value(sim, client, sequence, bytes);
	struct paxos_value *value;

	value = paxos_value_alloc(&node->pool, length, PAXOS_KIND_VALUE, NULL);
	if (!value)
		return NULL;
	value->id.client = client;
	value->id.sequence = sequence;
	paxos_value_write(value, 0, bytes, length);
	value->id.digest = paxos_value_digest(value, node->core.identity);
	return value;
}

static void act(struct sim *sim, struct sim_client *client, struct proposer_outbox *out);

static void feed(struct sim *sim, struct sim_client *client, const struct proposer_event *event)
{
	struct proposer_outbox out;

	proposer_step(&client->proposer, sim->now, event, &out);
	act(sim, client, &out);
}

static enum proposer_event_type failure(int error)
{
	return error == -EAGAIN || error == -ESTALE || error == -ENOBUFS || error == -EPERM ||
	       error == -ERANGE ? PROPOSER_FAILED : PROPOSER_FAILED_FOR_GOOD;
}

static bool get(struct sim *sim, struct sim_client *client, uint64_t above)
{
	struct sim_node *node = sim_node(sim, client->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };
	struct proposer_event got = { .type = PROPOSER_BALLOT };

	ev.hand_out.above = above;
	if (!client_hand_out(sim, node, &ev, client->id)) {
		got.type = failure(ev.error);
	} else {
		trace_ballot(sim, client, "has", ev.ballot);
		got.ballot.ballot = ev.ballot;
		got.ballot.next = ev.instance;
		got.ballot.voters = node->core.membership.options.quorum.voters;
		got.ballot.quorum_1 = node->core.membership.options.quorum.phase_1;
		got.ballot.quorum_2 = node->core.membership.options.quorum.phase_2;
	}
	feed(sim, client, &got);
	return true;
}

static bool do_accept(struct sim *sim, struct sim_client *client,
		      const struct proposer_action *action)
{
	struct sim_node *node = sim_node(sim, client->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	struct paxos_value *value = NULL;

	ev.accept.owner = client->id;
	ev.accept.ballot = action->ballot;
	ev.accept.instance = action->instance;
	if (action->type == PROPOSER_ACCEPT) {
		value = client_make(sim, node, client->id, client->sequence);
		if (!value) {
			feed(sim, client, &(struct proposer_event){ .type = PROPOSER_FAILED });
			return true;
		}
		ev.accept.value = value;
	} else {
		ev.accept.id.client = action->value.client;
		ev.accept.id.sequence = action->value.sequence;
		ev.accept.id.digest = action->value.digest;
	}
	node_step(sim, node, &ev);
	paxos_value_put(value);
	client->full = ev.error == -ENOSPC;
	if (!ev.error && action->type == PROPOSER_ACCEPT)
		seen_send(sim, client);
	if (!ev.error)
		return false;
	feed(sim, client, &(struct proposer_event){ .type = failure(ev.error) });
	return true;
}

static bool prepare(struct sim *sim, struct sim_client *client,
		    const struct proposer_action *action)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	ev.prepare.owner = client->id;
	ev.prepare.ballot = action->ballot;
	ev.prepare.nonce = rng_next(&client->rng);
	ev.prepare.instance = action->instance;
	ev.prepare.single = true;
	seen_try(sim, client, action->instance);
	node_step(sim, sim_node(sim, client->node), &ev);
	client->full = ev.error == -ENOSPC;
	if (!ev.error)
		return false;
	feed(sim, client, &(struct proposer_event){ .type = failure(ev.error) });
	return true;
}

static void drop(struct sim *sim, struct sim_client *client, uint64_t ballot)
{
	struct paxos_event ev = { .type = ballot ? PAXOS_EVENT_DROP : PAXOS_EVENT_DROP_OWNER };

	ev.drop.owner = client->id;
	ev.drop.ballot = ballot;
	node_step(sim, sim_node(sim, client->node), &ev);
	client_free(&ev);
}

/* P38: it had the time, and nothing that may be was in its way. */
static bool must_know(const struct sim *sim, const struct sim_client *client)
{
	uint32_t i;

	/* Who leads, or its own node, may take no more; of clients alone logs are not filled. */
	for (i = 0; i < sim->n_nodes && sim->n_candidates; i++)
		if (node_is_full(&sim->node[i]))
			return false;
	/* Begun before, its time may have passed while its host stood still. */
	return !sim_is_duel(sim) && client->deadline >= sim->end + PATIENCE && !client->full &&
	       sim_is_reachable(sim, client);
}

static void settle(struct sim *sim, struct sim_client *client, const struct paxosnl_outcome *o,
		   enum proposer_why why)
{
	sim_note(sim, "client %llu at node %u hears that value %llu/%llu is %s%llu",
		 (unsigned long long)client->id, client->node, (unsigned long long)client->id,
		 (unsigned long long)client->sequence,
		 o->result == PAXOSNL_CHOSEN ? "chosen: instance " : "not known to be chosen, at ",
		 (unsigned long long)o->instance);
	seen_end(sim, client, o->result == PAXOSNL_CHOSEN ? o->instance : 0,
		 o->result != PAXOSNL_NOT_PROPOSED);
	if (o->result == PAXOSNL_CHOSEN) {
		client->chosen++;
	} else {
		client->unknown++;
		if (must_know(sim, client) && why != PROPOSER_WHY_TRIMMED)
			sim_fail(sim, "liveness: client %llu value %llu, result %d why %d",
				 (unsigned long long)client->id,
				 (unsigned long long)client->sequence, (int)o->result, (int)why);
	}
	client->busy = false;
	client->led = false;
	sim->quiet_at = sim->now;
	client->next_at = sim->now + rng_below(&client->rng, 20000);
}

/* From now on it is for whoever leads. */
static void lead_on(struct sim *sim, struct sim_client *client)
{
	sim->quiet_at = sim->now;
	sim_note(sim, "client %llu at node %u leaves value %llu/%llu to who leads",
		 (unsigned long long)client->id, client->node, (unsigned long long)client->id,
		 (unsigned long long)client->sequence);
	client->full = false;
	handover_begin(sim, client);
}

static void queue_timer_at(struct sim *sim, struct sim_client *client, uint64_t at)
{
	if (client->wake_at == at)
		return;
	/* One that was queued before is passed over when it comes. */
	client->wake_at = at;
	queue_push(sim, (struct sim_event){
		.at = at,
		.type = SIM_CLIENT_TIMER,
		.who = (uint8_t)(client - sim->client),
	});
}

static void queue_timer(struct sim *sim, struct sim_client *client)
{
	uint64_t at = client->next_at;

	if (client->busy && client->led)
		at = min(client->handover.try_at, client->deadline);
	else if (client->busy)
		at = min(proposer_wake(&client->proposer), client->look_at);
	queue_timer_at(sim, client, max(at, sim->now + 1));
}

static void act(struct sim *sim, struct sim_client *client, struct proposer_outbox *out)
{
	struct proposer_outbox todo = *out;
	unsigned int i;

	for (i = 0; i < todo.count; i++) {
		const struct proposer_action *action = &todo.actions[i];
		bool superseded = false;

		switch (action->type) {
		case PROPOSER_DROP:
			drop(sim, client, action->ballot);
			break;
		case PROPOSER_GET:
			superseded = get(sim, client, action->ballot);
			break;
		case PROPOSER_PREPARE:
			superseded = prepare(sim, client, action);
			break;
		case PROPOSER_ACCEPT:
		case PROPOSER_ADOPT:
			superseded = do_accept(sim, client, action);
			break;
		case PROPOSER_DONE:
			if (client->proposer.why == PROPOSER_WHY_LED)
				lead_on(sim, client);
			else
				settle(sim, client, &client->proposer.outcome,
				       client->proposer.why);
			break;
		}
		if (superseded)
			return;
	}
	queue_timer(sim, client);
}

static struct sim_client *find(struct sim *sim, uint8_t node, uint64_t owner)
{
	uint32_t i;

	for (i = 0; i < sim->n_clients; i++)
		if (sim->client[i].node == node && sim->client[i].id == owner)
			return &sim->client[i];
	return NULL;
}

/* A note on its way to a proposer, as a netlink message is. */
struct letter {
	struct paxos_note note;
	struct paxosnl_vote vote[];
};

static struct letter *write_letter(const struct paxos_note *note)
{
	struct letter *letter = calloc(1, sizeof(*letter) +
				       note->n_entries * sizeof(letter->vote[0]));
	uint16_t i;

	if (!letter)
		abort();
	letter->note = *note;
	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *e = &note->entry[i];

		letter->vote[i] = (struct paxosnl_vote){
			.instance = e->instance,
			.ballot = e->ballot,
			.client = e->id.client,
			.sequence = e->id.sequence,
			.digest = e->id.digest,
			.kind = e->kind,
			.length = e->length,
			.chosen = e->chosen,
		};
	}
	return letter;
}

void client_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	struct sim_client *client = find(sim, node->id, note->owner);

	struct rng rng;

	if (!client)
		return;
	rng = rng_stream(sim->order->seed, STREAM_NOTE, client->id << 32 | ++client->notes);
	if (fault_strikes(sim, KNOB_deaf, (uint8_t)client->id, 0, client->notes, &rng)) {
		sim_note(sim, "client %llu at node %u does not hear it (deaf:%llu:%u)",
			 (unsigned long long)client->id, client->node,
			 (unsigned long long)client->id, client->notes);
		return;
	}
	queue_push(sim, (struct sim_event){
		.at = sim->now + 1 + (sim->order->story ? 99 : rng_below(&rng, 200)),
		.type = SIM_CLIENT_NOTE,
		.who = (uint8_t)(client - sim->client),
		.life = node->life,
		.bytes = (uint8_t *)write_letter(note),
	});
}

void client_hear(struct sim *sim, const struct sim_event *event)
{
	struct sim_client *client = &sim->client[event->who];
	struct sim_node *node = sim_node(sim, client->node);
	const struct letter *letter = (const void *)event->bytes;
	const struct paxos_note *n = &letter->note;
	struct proposer_event ev = { 0 };
	uint16_t i;

	if (!node->up || event->life != node->life || n->owner != client->id || !client->busy ||
	    client->led)
		return;
	switch (n->type) {
	case PAXOS_NOTE_PROMISE:
		ev.type = PROPOSER_PROMISE;
		ev.promise = (struct paxosnl_promise){
			.ballot = n->ballot, .node = n->node, .from = n->from, .upto = n->upto,
			.trim = n->trim, .votes = letter->vote, .count = n->n_entries,
			.whole = n->whole, .quorum = n->quorum,
		};
		for (i = 0; i < n->n_entries; i++)
			if (letter->vote[i].chosen)
				seen_told(sim, client, letter->vote[i].instance,
					  &(struct paxos_vid){ letter->vote[i].client,
							       letter->vote[i].sequence,
							       letter->vote[i].digest });
		break;
	case PAXOS_NOTE_REFUSED:
		ev.type = PROPOSER_REFUSED;
		ev.refused = (struct paxosnl_refused){
			.ballot = n->ballot, .node = n->node, .instance = n->instance,
			.refusal = n->reason, .highest = n->highest,
		};
		break;
	case PAXOS_NOTE_CHOSEN:
		ev.type = PROPOSER_CHOSEN;
		ev.chosen = (struct paxosnl_chosen){
			.ballot = n->ballot, .instance = n->instance, .client = n->id.client,
			.sequence = n->id.sequence, .digest = n->id.digest, .kind = n->kind,
		};
		seen_told(sim, client, n->instance, &n->id);
		break;
	default:
		return;
	}
	feed(sim, client, &ev);
}

static void submit(struct sim *sim, struct sim_client *client)
{
	struct proposer_outbox out;

	if (client->sequence == client->values ||
	    sim_node(sim, client->node)->core.state != PAXOS_STATE_VOTING)
		return;
	client->sequence++;
	client->busy = true;
	seen_begin(sim, client);
	sim_note(sim, "client %llu at node %u proposes value %llu/%llu",
		 (unsigned long long)client->id, client->node, (unsigned long long)client->id,
		 (unsigned long long)client->sequence);
	client->deadline = sim->now + PATIENCE;
	client->look_at = sim->n_candidates ? sim->now + PROPOSER_LOOK_AGAIN : UINT64_MAX;
	if (handover_is_due(sim, client)) {
		lead_on(sim, client);
		queue_timer(sim, client);
		return;
	}
	proposer_start(&client->proposer, sim->now, client->id, client->sequence, 0,
		       client->deadline, &out);
	act(sim, client, &out);
}

/* What its node gives back, of all that was submitted there. */
void client_done(struct sim *sim, const struct sim_node *node, const struct paxos_submission *s)
{
	struct sim_client *client = find(sim, node->id, s->owner);

	if (!client)
		return;
	handover_done(sim, client, s);
	queue_timer(sim, client);
}

/* It is with whoever leads. */
static void await(struct sim *sim, struct sim_client *client)
{
	struct paxosnl_outcome o = { .result = PAXOSNL_CHOSEN };

	o.instance = handover_step(sim, client);
	if (o.instance) {
		settle(sim, client, &o, PROPOSER_WHY_NONE);
	} else if (sim->now >= client->deadline) {
		o.result = PAXOSNL_UNKNOWN;
		settle(sim, client, &o, PROPOSER_WHY_DEADLINE);
		drop(sim, client, 0);
	}
	queue_timer(sim, client);
}

/* It is proposed by Basic Paxos, unless somebody leads by now. */
static void go_on(struct sim *sim, struct sim_client *client)
{
	if (sim->now >= client->look_at) {
		client->look_at = sim->now + PROPOSER_LOOK_AGAIN;
		if (handover_is_due(sim, client)) {
			feed(sim, client, &(struct proposer_event){ .type = PROPOSER_LED });
			return;
		}
	}
	if (sim->now >= proposer_wake(&client->proposer))
		feed(sim, client, &(struct proposer_event){ .type = PROPOSER_TIMER });
	else
		queue_timer(sim, client);
}

void client_timer(struct sim *sim, struct sim_client *client)
{
	struct sim_node *node = sim_node(sim, client->node);

	if (client->wake_at != sim->now)
		return;

	if (node->wake_at > sim->now) {
		queue_timer_at(sim, client, node->wake_at);
		return;
	}
	if (client->busy) {
		if (client->led)
			await(sim, client);
		else
			go_on(sim, client);
		return;
	}
	if (sim->now >= client->next_at)
		submit(sim, client);
	if (!client->busy && client->sequence < client->values) {
		client->next_at = sim->now + 50000;
		queue_timer(sim, client);
	}
}

/* It has one value more, and begins with it as soon as it is free. */
void client_propose(struct sim *sim, struct sim_client *client)
{
	client->values++;
	if (client->busy)
		return;
	client->next_at = sim->now;
	queue_timer(sim, client);
}

/* The process ends: its socket closes, and another takes its place later. */
void client_die(struct sim *sim, struct sim_client *client)
{
	sim_note(sim, "client %llu at node %u dies, and begins anew",
		 (unsigned long long)client->id, client->node);
	drop(sim, client, 0);
	if (client->busy) {
		seen_end(sim, client, 0, true);
		client->unknown++;
	}
	client->busy = false;
	client->led = false;
	client->next_at = sim->now + 100000;
	proposer_init(&client->proposer, rng_next(&client->rng));
	queue_timer(sim, client);
}
