// SPDX-License-Identifier: GPL-2.0
/*
 * A ranger: a proposer that prepares once for all instances from one on, as a
 * leader would, gathers promises in pages, and has one instance after another
 * decided under its ballot, now and then out of order. Then, or before all of that
 * is done, it may grant the ballot to the kernel, which leads by it. It forgets
 * nothing that it heard and breaks no rule.
 */
#include <stdlib.h>

#include "sim.h"

enum phase { IDLE, PREPARING, READY, LEADING };

#define VALUES	8	/* submitted at once, at most */
#define LED	60	/* values of one grant, at most: the history holds so many instances */

struct report {
	uint8_t node;
	struct rule_reply reply;
	uint64_t instance;
};

struct sim_ranger {
	uint64_t id;
	uint8_t node;
	uint32_t life;
	struct rng rng;
	enum phase phase;
	uint64_t sequence;
	uint64_t ballot;
	uint64_t from;
	uint64_t next;
	uint64_t upto;
	uint64_t whole;
	uint64_t since;
	bool working;
	bool outbid;
	uint32_t left;
	struct report *report;
	size_t n_reports;
	size_t room;
};

static struct sim_ranger *ranger_at(struct sim *sim, uint32_t i)
{
	return &sim->rangers[i];
}

static void wake(struct sim *sim, struct sim_ranger *r, uint64_t after)
{
	queue_push(sim, (struct sim_event){
		.at = sim->now + after,
		.type = SIM_RANGER,
		.who = (uint8_t)(r - sim->rangers),
	});
}

static void give_up(struct sim *sim, struct sim_ranger *r)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_DROP_OWNER, .drop = { r->id, 0 } };

	node_step(sim, sim_node(sim, r->node), &ev);
	client_free(&ev);
	r->phase = IDLE;
}

/*
 * The first instance that is open here, or one beyond it, or one far below it: then
 * the promises are long, and come in many pages.
 */
static uint64_t first(struct sim_ranger *r, const struct sim_node *node, uint64_t open)
{
	const uint64_t known = open - 1 - node->core.window.trim;

	switch (rng_below(&r->rng, 5)) {
	case 0:
		return open + rng_below(&r->rng, 3);
	case 1:
		return open - rng_below(&r->rng, known + 1);
	default:
		return open;
	}
}

/* A ballot, and PREPARE for all from an instance on. */
static void begin(struct sim *sim, struct sim_ranger *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };
	struct paxos_event prepare = { .type = PAXOS_EVENT_PREPARE };

	if (!client_hand_out(sim, node, &ev, r->id))
		return;
	r->phase = PREPARING;
	r->life = node->life;
	r->ballot = ev.ballot;
	r->from = first(r, node, ev.instance);
	r->next = max(r->from, ev.instance);
	r->upto = r->next + rng_below(&r->rng, 12);
	r->whole = 0;
	r->n_reports = 0;
	r->since = sim->now;
	r->working = false;
	r->outbid = false;
	prepare.prepare.owner = r->id;
	prepare.prepare.ballot = r->ballot;
	prepare.prepare.nonce = rng_next(&r->rng);
	prepare.prepare.instance = r->from;
	node_step(sim, node, &prepare);
	if (prepare.error)
		give_up(sim, r);
}

static struct rule_reply reply_of(const struct sim_ranger *r, uint8_t node, uint64_t instance)
{
	struct rule_reply reply = { .node = node };
	size_t i;

	for (i = 0; i < r->n_reports; i++)
		if (r->report[i].node == node && r->report[i].instance == instance)
			return r->report[i].reply;
	return reply;
}

/* P13 */
static enum rule_verdict judge(struct sim *sim, const struct sim_ranger *r, uint64_t instance,
			       struct rule_value *value, uint64_t *highest)
{
	struct rule_reply replies[SIM_NODES];
	unsigned int n = 0;
	uint8_t i;

	for (i = 1; i <= sim->n_nodes; i++)
		if (r->whole & paxos_node_bit(i))
			replies[n++] = reply_of(r, i, instance);
	return rule_apply(replies, n, (unsigned int)plan_voters(&sim->plan), 0, r->ballot, value,
			  highest);
}

static void ask(struct sim *sim, struct sim_ranger *r, uint64_t instance)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	struct paxos_value *own = NULL;
	struct rule_value value;
	uint64_t highest;

	ev.accept.owner = r->id;
	ev.accept.ballot = r->ballot;
	ev.accept.instance = instance;
	switch (judge(sim, r, instance, &value, &highest)) {
	case RULE_FREE:
		own = client_make(sim, node, r->id, ++r->sequence);
		if (!own)
			return;
		ev.accept.value = own;
		break;
	case RULE_VALUE:
		ev.accept.id.client = value.client;
		ev.accept.id.sequence = value.sequence;
		ev.accept.id.digest = value.digest;
		break;
	case RULE_CHOSEN:
		r->next = max(r->next, instance + 1);
		return;
	case RULE_VOID:
		r->outbid = true;
		return;
	case RULE_ALARM:
		sim_fail(sim, "rule: ranger %llu hears of two values, instance %llu",
			 (unsigned long long)r->id, (unsigned long long)instance);
		return;
	}
	node_step(sim, node, &ev);
	paxos_value_put(own);
	r->working = !ev.error;
	r->since = sim->now;
}

/* What was reported is finished below; above all of it the kernel goes on. */
static void lead(struct sim *sim, struct sim_ranger *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };
	uint64_t first = max(r->next, node->core.window.top + 1);
	size_t i;

	for (i = 0; i < r->n_reports; i++)
		first = max(first, r->report[i].instance + 1);
	ev.grant.owner = r->id;
	ev.grant.ballot = r->ballot;
	ev.grant.first = first;
	node_step(sim, node, &ev);
	if (ev.error) {
		give_up(sim, r);
		return;
	}
	r->phase = LEADING;
	r->left = LED;
	if (r->sequence < sim->plan.rush)
		r->left += (uint32_t)(sim->plan.rush - r->sequence);
	r->upto = first - 1;
	sim_note(sim, "ranger %llu leads at node %u by ballot %s from %llu on",
		 (unsigned long long)r->id, r->node, trace_ballot_text(r->ballot),
		 (unsigned long long)first);
}

static void submit(struct sim *sim, struct sim_ranger *r)
{
	uint32_t n = (uint32_t)rng_between(&r->rng, 1, min_t(uint32_t, r->left, VALUES));

	n = submitter_submit(sim, r->node, r->id, r->sequence + 1, n);
	r->sequence += n;
	r->left -= n;
}

/* It goes on with what lies open below the grant, and lets the kernel do the rest. */
static void led(struct sim *sim, struct sim_ranger *r)
{
	struct paxos_event renew = { .type = PAXOS_EVENT_RENEW };

	if (!r->left || (!sim->plan.rush && rng_chance(&r->rng, 5))) {
		give_up(sim, r);
		return;
	}
	if (rng_chance(&r->rng, 100)) {
		renew.grant.owner = r->id;
		renew.grant.ballot = r->ballot;
		node_step(sim, sim_node(sim, r->node), &renew);
	}
	if (!r->working && r->next <= r->upto)
		ask(sim, r, r->next);
	if (!r->outbid && rng_chance(&r->rng, 500))
		submit(sim, r);
}

static void go_on(struct sim *sim, struct sim_ranger *r)
{
	uint64_t instance = r->next;

	if (r->next > r->upto) {
		if (sim->plan.grants)
			lead(sim, r);
		else
			give_up(sim, r);
		return;
	}
	/* Out of order, which leaves gaps for others to close. */
	if (rng_chance(&r->rng, 150))
		instance += rng_below(&r->rng, 4);
	ask(sim, r, instance);
}

void ranger_timer(struct sim *sim, uint8_t who)
{
	struct sim_ranger *r = ranger_at(sim, who);
	struct sim_node *node = sim_node(sim, r->node);

	if (sim->calm) {
		if (r->phase != IDLE && r->life == node->life)
			give_up(sim, r);
		return;
	}
	/* In a rush, so that whoever is cut off meanwhile falls far behind. */
	if (sim->plan.rush && r->phase == LEADING)
		wake(sim, r, rng_between(&r->rng, 20, 200));
	else
		wake(sim, r, rng_between(&r->rng, 500, r->phase == IDLE ? 500000 : 10000));
	if (!node->up || node->wake_at > sim->now)
		return;
	if (r->phase != IDLE && r->life != node->life)
		r->phase = IDLE;
	if (r->phase == IDLE)
		begin(sim, r);
	else if (r->outbid || (r->phase != LEADING && sim->now - r->since > 2000000))
		give_up(sim, r);
	else if (r->phase == LEADING)
		led(sim, r);
	else if (r->phase == READY && sim->plan.grants && rng_chance(&r->rng, 300))
		lead(sim, r);
	else if (r->phase == READY && !r->working)
		go_on(sim, r);
}

static void hear_promise(struct sim *sim, struct sim_ranger *r, const struct paxos_note *note)
{
	uint16_t i;

	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *e = &note->entry[i];

		if (r->n_reports == r->room) {
			r->room = r->room ? 2 * r->room : 64;
			r->report = realloc(r->report, r->room * sizeof(*r->report));
			if (!r->report)
				abort();
		}
		r->report[r->n_reports++] = (struct report){
			.node = note->node,
			.instance = e->instance,
			.reply = {
				.node = note->node,
				.voted = !e->chosen,
				.chosen = e->chosen,
				.ballot = e->ballot,
				.value = { e->id.client, e->id.sequence, e->id.digest, e->kind },
			},
		};
	}
	if (note->whole)
		r->whole |= paxos_node_bit(note->node);
	if (r->phase == PREPARING &&
	    (uint64_t)__builtin_popcountll(r->whole) >= sim->plan.quorum_1) {
		r->phase = READY;
		r->since = sim->now;
	}
}

/* It takes notes at once, and acts on them when its timer comes. */
void ranger_note(struct sim *sim, const struct sim_node *node, const struct paxos_note *note)
{
	struct sim_ranger *r;
	uint32_t i;

	for (i = 0; i < sim->plan.rangers; i++) {
		r = ranger_at(sim, i);
		if (r->node != node->id || r->id != note->owner || r->ballot != note->ballot ||
		    r->phase == IDLE || r->life != node->life)
			continue;
		if (note->type == PAXOS_NOTE_PROMISE)
			hear_promise(sim, r, note);
		else if (note->type == PAXOS_NOTE_REFUSED)
			r->outbid = r->outbid || note->reason == PAXOS_REFUSAL_BALLOT;
		else if (note->type == PAXOS_NOTE_GRANT)
			r->outbid = true;
		if (note->type != PAXOS_NOTE_CHOSEN)
			continue;
		r->working = false;
		r->since = sim->now;
		if (note->upto >= r->next)
			r->next = note->upto + 1;
		else if (note->instance == r->next)
			r->next++;
	}
}

bool ranger_proposed(const struct sim *sim, uint64_t id, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < sim->plan.rangers; i++)
		if (sim->rangers[i].id == id)
			return sequence && sequence <= sim->rangers[i].sequence + VALUES;
	return false;
}

void rangers_start(struct sim *sim)
{
	uint32_t i;

	sim->rangers = calloc(sim->plan.rangers + 1, sizeof(*sim->rangers));
	if (!sim->rangers)
		abort();
	for (i = 0; i < sim->plan.rangers; i++) {
		struct sim_ranger *r = ranger_at(sim, i);

		r->id = SIM_OTHERS + i;
		r->rng = rng_stream(sim->order->seed, STREAM_CLIENT, r->id);
		r->node = (uint8_t)rng_between(&r->rng, 1, plan_voters(&sim->plan));
		wake(sim, r, rng_between(&r->rng, 50000, 500000));
	}
}

void rangers_free(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->plan.rangers; i++)
		free(sim->rangers[i].report);
	free(sim->rangers);
}
