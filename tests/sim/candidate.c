// SPDX-License-Identifier: GPL-2.0
/*
 * A candidate: the policy of elections at every voter, the module's netlink
 * between them, and values for the leader while it leads. What it hears is on
 * its way as long as a netlink message is; what it asks for happens at once.
 */
#include <stdlib.h>

#include "election.h"
#include "sim.h"

#define VALUES		4	/* submitted at once, at most */
#define LAST		3	/* values of the leader once all is calm */
#define ROOM(sim)	(2 * (sim)->plan.window)

struct sim_candidate {
	uint64_t id;
	uint8_t node;
	uint32_t life;
	struct rng rng;
	struct election machine;
	struct election_report *reports;
	uint64_t wake_at;
	uint64_t submit_at;
	uint64_t sequence;
	uint32_t left;		/* values to submit when all is calm */
	uint32_t notes;
	enum election_phase told;
};

/* A note on its way to a candidate, or that some were lost. */
struct letter {
	bool lost;
	struct paxos_note note;
	struct election_member member;
	struct paxosnl_vote vote[];
};

static void feed(struct sim *sim, struct sim_candidate *c, const struct election_event *event);

static struct sim_candidate *candidate_at(struct sim *sim, uint8_t node)
{
	return node <= sim->n_candidates ? &sim->candidates[node - 1] : NULL;
}

static void queue_at(struct sim *sim, struct sim_candidate *c, uint64_t at)
{
	if (at == UINT64_MAX || at == c->wake_at)
		return;
	/* One that was queued before is passed over when it comes. */
	c->wake_at = at;
	queue_push(sim, (struct sim_event){
		.at = at, .type = SIM_CANDIDATE, .who = c->node,
	});
}

static void queue_timer(struct sim *sim, struct sim_candidate *c)
{
	queue_at(sim, c, max(min(election_wake(&c->machine), c->submit_at), sim->now + 1));
}

static struct election_member member_of(struct sim *sim, struct sim_node *node, uint8_t id)
{
	const struct paxos_peer *peer = &node->core.peer[id - 1];
	const uint64_t now = node_ms(sim, node);

	return (struct election_member){
		.node = id,
		.voter = peer->role == PAXOS_ROLE_VOTER &&
			 peer->state == PAXOS_STATE_VOTING,
		.answered = peer->answered_at,
		.since = 1000 * (now - min(now, peer->answered_at)),
		.follows = peer->follows,
		.prefix = peer->prefix,
	};
}

static void look_group(struct sim *sim, struct sim_candidate *c)
{
	const struct paxos_core *core = &sim_node(sim, c->node)->core;
	struct paxos_options options;
	struct election_event event = { .type = ELECTION_GROUP };

	paxos_core_options(core, &options);
	event.group.node = c->node;
	event.group.quorum_1 = options.quorum.phase_1;
	event.group.quorum_2 = options.quorum.phase_2;
	event.group.timeout_min = 1000ULL * core->config.timeout_min;
	event.group.timeout_max = 1000ULL * core->config.timeout_max;
	event.group.prefix = core->window.prefix;
	event.group.promised = core->promise.ballot;
	event.group.votes = core->state == PAXOS_STATE_VOTING;
	feed(sim, c, &event);
}

static void look(struct sim *sim, struct sim_candidate *c)
{
	struct sim_node *node = sim_node(sim, c->node);
	uint8_t id;

	feed(sim, c, &(struct election_event){
		.type = ELECTION_LEADER, .leader = node->core.leader.ballot,
	});
	for (id = 1; id <= sim->n_nodes; id++)
		if (id != c->node && node->core.peer[id - 1].present)
			feed(sim, c, &(struct election_event){
				.type = ELECTION_MEMBER, .member = member_of(sim, node, id),
			});
	look_group(sim, c);
}

static void drop(struct sim *sim, struct sim_candidate *c, uint64_t ballot)
{
	struct paxos_event ev = { .type = ballot ? PAXOS_EVENT_DROP : PAXOS_EVENT_DROP_OWNER };

	ev.drop.owner = c->id;
	ev.drop.ballot = ballot;
	node_step(sim, sim_node(sim, c->node), &ev);
	client_free(&ev);
}

static void get(struct sim *sim, struct sim_candidate *c, uint64_t above)
{
	struct sim_node *node = sim_node(sim, c->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT, .hand_out = { .above = above } };
	struct election_event got = { .type = ELECTION_FAILED };

	if (client_hand_out(sim, node, &ev, c->id)) {
		got.type = ELECTION_BALLOT;
		got.ballot.ballot = ev.ballot;
		got.ballot.next = ev.instance;
		got.ballot.voters = node->core.membership.options.quorum.voters;
		got.ballot.quorum_1 = node->core.membership.options.quorum.phase_1;
		got.ballot.quorum_2 = node->core.membership.options.quorum.phase_2;
	}
	feed(sim, c, &got);
}

static struct paxos_value *no_op(struct sim_node *node)
{
	struct paxos_value *value;

	value = paxos_value_alloc(&node->pool, 0, PAXOS_KIND_NO_OP, NULL);
	if (value)
		value->id.digest = paxos_value_digest(value, node->core.identity);
	return value;
}

static int do_accept(struct sim *sim, struct sim_candidate *c,
		     const struct election_action *action)
{
	struct sim_node *node = sim_node(sim, c->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	struct paxos_value *value = NULL;

	ev.accept.owner = c->id;
	ev.accept.ballot = action->ballot;
	ev.accept.instance = action->instance;
	if (action->type == ELECTION_NO_OP) {
		value = no_op(node);
		if (!value)
			return -EAGAIN;
		ev.accept.value = value;
	} else {
		ev.accept.id.client = action->value.client;
		ev.accept.id.sequence = action->value.sequence;
		ev.accept.id.digest = action->value.digest;
	}
	node_step(sim, node, &ev);
	paxos_value_put(value);
	return ev.error;
}

static int prepare(struct sim *sim, struct sim_candidate *c,
		   const struct election_action *action)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	ev.prepare.owner = c->id;
	ev.prepare.ballot = action->ballot;
	ev.prepare.nonce = rng_next(&c->rng);
	ev.prepare.instance = action->instance;
	node_step(sim, sim_node(sim, c->node), &ev);
	return ev.error;
}

static int granted(struct sim *sim, struct sim_candidate *c, uint8_t type,
		   const struct election_action *action)
{
	struct paxos_event ev = { .type = type };

	ev.grant.owner = c->id;
	ev.grant.ballot = action->ballot;
	ev.grant.first = action->instance;
	node_step(sim, sim_node(sim, c->node), &ev);
	return ev.error;
}

static void ask(struct sim *sim, struct sim_candidate *c)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_ASK };

	node_step(sim, sim_node(sim, c->node), &ev);
}

/* What was given up since is not asked for any more. */
static bool is_stale(const struct sim_candidate *c, const struct election_action *action)
{
	if (action->type == ELECTION_GET)
		return c->machine.phase != ELECTION_PREPARING || c->machine.ballot;
	return action->ballot != c->machine.ballot;
}

static void on_ballot(struct sim *sim, struct sim_candidate *c,
		      const struct election_action *action)
{
	struct election_event event = { .type = ELECTION_FAILED };
	int error;

	switch (action->type) {
	case ELECTION_PREPARE:
		error = prepare(sim, c, action);
		break;
	case ELECTION_GRANT:
		error = granted(sim, c, PAXOS_EVENT_GRANT, action);
		if (!error)
			event.type = ELECTION_GRANTED;
		break;
	case ELECTION_RENEW:
		error = granted(sim, c, PAXOS_EVENT_RENEW, action);
		break;
	default:
		error = do_accept(sim, c, action);
		break;
	}
	if (error) {
		event.failed.instance = action->instance;
		event.failed.error = error;
	}
	if (error || event.type != ELECTION_FAILED)
		feed(sim, c, &event);
}

static void act(struct sim *sim, struct sim_candidate *c, const struct election_action *action)
{
	switch (action->type) {
	case ELECTION_LOOK:
		look(sim, c);
		break;
	case ELECTION_LOOK_GROUP:
		look_group(sim, c);
		break;
	case ELECTION_ASK:
		ask(sim, c);
		break;
	case ELECTION_DROP:
		drop(sim, c, action->ballot);
		break;
	case ELECTION_GET:
		if (!is_stale(c, action))
			get(sim, c, action->ballot);
		break;
	default:
		if (!is_stale(c, action))
			on_ballot(sim, c, action);
		break;
	}
}

static void tell(struct sim *sim, struct sim_candidate *c)
{
	static const char *const what[] = {
		"is idle", "follows", "misses a leader and asks", "waits", "prepares",
		"leads, and finishes what is open", "leads", "has resigned",
	};

	if (c->told == c->machine.phase)
		return;
	c->told = c->machine.phase;
	if (c->told == ELECTION_PREPARING || election_leads(&c->machine))
		sim_note(sim, "candidate at node %u %s: ballot %s", c->node, what[c->told],
			 trace_ballot_text(c->machine.ballot));
	else
		sim_note(sim, "candidate at node %u %s", c->node, what[c->told]);
	if (election_leads(&c->machine) && c->submit_at == UINT64_MAX)
		c->submit_at = sim->now + rng_below(&c->rng, 5000);
}

static void feed(struct sim *sim, struct sim_candidate *c, const struct election_event *event)
{
	struct election_outbox out;
	unsigned int i;

	election_step(&c->machine, sim->now, event, &out);
	for (i = 0; i < out.count; i++)
		act(sim, c, &out.actions[i]);
	if (c->machine.alarm)
		sim_fail(sim, "rule: candidate at node %u hears of two values", c->node);
	tell(sim, c);
	queue_timer(sim, c);
}

/* A process at a node that just began, or began anew. */
static void begin(struct sim *sim, struct sim_candidate *c)
{
	struct election_outbox out;

	c->life = sim_node(sim, c->node)->life;
	c->submit_at = UINT64_MAX;
	c->left = LAST;
	election_init(&c->machine, rng_next(&c->rng), ELECTION_PRIORITY_MAX, c->reports,
		      ROOM(sim));
	election_start(&c->machine, sim->now, &out);
	c->told = c->machine.phase;
	look(sim, c);
}

static void submit(struct sim *sim, struct sim_candidate *c, uint32_t most)
{
	uint32_t n = (uint32_t)rng_between(&c->rng, 1, most);

	n = submitter_submit(sim, c->node, c->id, c->sequence + 1, n);
	c->sequence += n;
	if (sim->calm)
		c->left -= min(c->left, n);
}

static void load(struct sim *sim, struct sim_candidate *c)
{
	c->submit_at = UINT64_MAX;
	if (!election_leads(&c->machine))
		return;
	if (!sim->calm)
		submit(sim, c, VALUES);
	else if (c->left)
		submit(sim, c, 1);
	else
		return;
	c->submit_at = sim->now + rng_between(&c->rng, 1000, 200000);
}

static bool runs(const struct sim *sim, const struct sim_node *node)
{
	return node->up && node->wake_at <= sim->now;
}

void candidate_timer(struct sim *sim, uint8_t who)
{
	struct sim_candidate *c = candidate_at(sim, who);
	struct sim_node *node = sim_node(sim, c->node);

	if (c->wake_at != sim->now)
		return;
	c->wake_at = 0;
	/* What is due while its node is not there waits until that is. */
	if (!runs(sim, node)) {
		queue_at(sim, c, sim->now + 10000);
		return;
	}
	if (c->life != node->life)
		begin(sim, c);
	/* Now and then the process is killed, and begins anew. */
	if (!sim->calm && rng_chance(&c->rng, sim->plan.kill ? 5 : 0)) {
		drop(sim, c, 0);
		begin(sim, c);
	}
	if (sim->now >= c->submit_at)
		load(sim, c);
	if (c->machine.phase == ELECTION_IDLE)
		look(sim, c);
	if (sim->now >= election_wake(&c->machine))
		feed(sim, c, &(struct election_event){ .type = ELECTION_TIMER });
	/* A node that is not ready yet is looked at again. */
	if (c->machine.phase == ELECTION_IDLE)
		c->submit_at = sim->now + 50000;
	queue_timer(sim, c);
}

static bool concerns(const struct sim_candidate *c, const struct paxos_note *note)
{
	switch (note->type) {
	case PAXOS_NOTE_LEADER:
	case PAXOS_NOTE_MEMBER:
	case PAXOS_NOTE_STATE:
		return true;
	case PAXOS_NOTE_PROMISE:
	case PAXOS_NOTE_REFUSED:
	case PAXOS_NOTE_CHOSEN:
	case PAXOS_NOTE_GRANT:
		return note->owner == c->id;
	default:
		return false;
	}
}

void candidate_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	struct sim_candidate *c = candidate_at(sim, node->id);
	struct letter *letter;
	struct rng rng;
	uint16_t i;

	if (!c || !concerns(c, note))
		return;
	/* The host began anew, and the process with it, soon. */
	if (c->life != node->life) {
		c->submit_at = min(c->submit_at, sim->now + 10000);
		queue_timer(sim, c);
		return;
	}
	letter = calloc(1, sizeof(*letter) + note->n_entries * sizeof(letter->vote[0]));
	if (!letter)
		abort();
	rng = rng_stream(sim->order->seed, STREAM_NOTE, c->id << 32 | ++c->notes);
	letter->lost = fault_strikes(sim, KNOB_deaf, c->node, 0, c->notes, &rng);
	letter->note = *note;
	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *e = &note->entry[i];

		letter->vote[i] = (struct paxosnl_vote){
			.instance = e->instance, .ballot = e->ballot, .client = e->id.client,
			.sequence = e->id.sequence, .digest = e->id.digest, .kind = e->kind,
			.length = e->length, .chosen = e->chosen,
		};
	}
	if (note->type == PAXOS_NOTE_MEMBER)
		letter->member = member_of(sim, node, note->node);
	queue_push(sim, (struct sim_event){
		.at = sim->now + 100, .type = SIM_CANDIDATE_NOTE,
		.who = c->node, .life = node->life,
		.bytes = (uint8_t *)letter,
	});
}

void candidate_hear(struct sim *sim, const struct sim_event *sim_event)
{
	struct sim_candidate *c = candidate_at(sim, sim_event->who);
	struct sim_node *node = sim_node(sim, c->node);
	const struct letter *letter = (const void *)sim_event->bytes;
	const struct paxos_note *n = &letter->note;
	struct election_event event = { 0 };

	if (!node->up || sim_event->life != node->life || c->life != node->life)
		return;
	if (letter->lost) {
		feed(sim, c, &(struct election_event){ .type = ELECTION_LOST });
		return;
	}
	switch (n->type) {
	case PAXOS_NOTE_LEADER:
		event.type = ELECTION_LEADER;
		event.leader = n->ballot;
		break;
	case PAXOS_NOTE_MEMBER:
		event.type = ELECTION_MEMBER;
		event.member = letter->member;
		break;
	case PAXOS_NOTE_PROMISE:
		event.type = ELECTION_PROMISE;
		event.promise = (struct paxosnl_promise){
			.ballot = n->ballot, .node = n->node, .from = n->from, .upto = n->upto,
			.trim = n->trim, .votes = letter->vote, .count = n->n_entries,
			.whole = n->whole, .quorum = n->quorum,
		};
		break;
	case PAXOS_NOTE_REFUSED:
		event.type = ELECTION_REFUSED;
		event.refused = (struct paxosnl_refused){
			.ballot = n->ballot, .node = n->node, .instance = n->instance,
			.refusal = n->reason, .highest = n->highest,
		};
		break;
	case PAXOS_NOTE_CHOSEN:
		event.type = ELECTION_CHOSEN;
		event.chosen.ballot = n->ballot;
		event.chosen.upto = n->upto;
		break;
	case PAXOS_NOTE_GRANT:
		event.type = ELECTION_ENDED;
		event.ended.ballot = n->ballot;
		event.ended.why = n->reason;
		event.ended.highest = n->highest;
		break;
	default:
		look_group(sim, c);
		return;
	}
	feed(sim, c, &event);
}

bool candidate_proposed(const struct sim *sim, uint64_t id, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < sim->n_candidates; i++)
		if (sim->candidates[i].id == id)
			return sequence && sequence <= sim->candidates[i].sequence + VALUES;
	return false;
}

/* Whom the voters that it can talk with both ways follow; 0 if not all the same. */
static bool is_followed(struct sim *sim, const struct sim_candidate *c)
{
	uint8_t i;

	for (i = 1; i <= sim->n_nodes; i++) {
		const struct paxos_core *core = &sim_node(sim, i)->core;

		if (core->state == PAXOS_STATE_VOTING && !links_cut(sim, c->node, i) &&
		    !links_cut(sim, i, c->node) && core->leader.ballot != c->machine.ballot)
			return false;
	}
	return true;
}

/* What was submitted anywhere is in the log; over links that are left, at the leader alone. */
static bool is_submitted(struct sim *sim, const struct sim_candidate *leader)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.submissions.count &&
		    (!sim->plan.remains || sim->node[i].id == leader->node))
			return false;
	return true;
}

static bool has_leader(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_candidates; i++)
		if (sim->candidates[i].machine.phase == ELECTION_LEADING &&
		    is_followed(sim, &sim->candidates[i]))
			return true;
	return false;
}

/* Somebody leads, is followed, and what was submitted is decided. */
bool candidates_settled(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_candidates; i++) {
		const struct sim_candidate *c = &sim->candidates[i];

		if (c->machine.phase == ELECTION_LEADING && is_followed(sim, c) && !c->left &&
		    is_submitted(sim, c))
			return true;
	}
	return !sim->n_candidates;
}

/* Does it hear a leader, and is it heard? */
bool candidates_lead(const struct sim *sim, uint8_t node)
{
	uint32_t i;

	for (i = 0; i < sim->n_candidates; i++) {
		const struct sim_candidate *c = &sim->candidates[i];

		if (c->machine.phase == ELECTION_LEADING && !links_cut(sim, c->node, node) &&
		    !links_cut(sim, node, c->node))
			return true;
	}
	return false;
}

/* Something that may still be in the way of a leader. */
static bool is_disturbed(const struct sim *sim)
{
	uint32_t i;

	/* What was late when all became calm comes by then, a write of a disk last. */
	if (sim->now < sim->end + 11000000)
		return true;
	/* Basic Paxos outbids a leader, from wherever it is heard. */
	for (i = 0; i < sim->n_clients; i++)
		if (sim->client[i].busy && !sim->client[i].led)
			return true;
	for (i = 0; i < sim->n_nodes; i++) {
		const struct sim_node *node = &sim->node[i];

		if (!node->up || node->wake_at > sim->now ||
		    node->core.state < PAXOS_STATE_VOTING ||
		    node->pool.used > node->pool.limit / 2)
			return true;
	}
	return false;
}

static bool may_lead(const struct sim *sim)
{
	uint8_t i;

	for (i = 1; i <= sim->n_candidates; i++)
		if (sim->node[i - 1].core.state == PAXOS_STATE_VOTING && links_quorum(sim, i))
			return true;
	return false;
}

/*
 * P38: ten election timeouts after the last disturbance there is a leader, and at no
 * time after that is something submitted for as long and not decided.
 */
void candidates_watch(struct sim *sim)
{
	if (!sim->n_candidates)
		return;
	if (candidates_settled(sim))
		sim->settled_at = sim->now;
	if (is_disturbed(sim))
		sim->quiet_at = sim->now;
	else if (sim->now - sim->quiet_at > 1000000 && may_lead(sim) &&
		 (!has_leader(sim) || sim->now - sim->settled_at > 1000000))
		sim_fail(sim, "liveness: no leader, or one that decides nothing");
}

void candidates_start(struct sim *sim)
{
	uint32_t i;

	sim->n_candidates = sim->plan.candidates ? (uint32_t)plan_voters(&sim->plan) : 0;
	sim->candidates = calloc(sim->n_candidates + 1, sizeof(*sim->candidates));
	if (!sim->candidates)
		abort();
	for (i = 0; i < sim->n_candidates; i++) {
		struct sim_candidate *c = &sim->candidates[i];

		c->id = SIM_CANDIDATES + i;
		c->node = (uint8_t)(i + 1);
		c->rng = rng_stream(sim->order->seed, STREAM_CLIENT, c->id);
		c->reports = calloc(ROOM(sim), sizeof(*c->reports));
		if (!c->reports)
			abort();
		c->submit_at = sim->now + rng_between(&c->rng, 1000, 100000);
		c->machine.wake = UINT64_MAX;
		queue_timer(sim, c);
	}
}

void candidates_free(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_candidates; i++)
		free(sim->candidates[i].reports);
	free(sim->candidates);
}
