// SPDX-License-Identifier: GPL-2.0
/*
 * A rogue: a process that asks a node for what it must not have, in any order:
 * ACCEPT before a quorum has promised, under a ballot that was given back or is
 * another's, for a second value, for an instance that was not prepared; PREPARE
 * twice; trims of anything; a voter less. P8, P10 to P12 and P22 must hold against it. P13 is
 * trusted to who may ask, so where the node would let it choose the value it
 * chooses one that P13 allows.
 */
#include <stdlib.h>

#include "check/check.h"

#define HELD	4	/* ballots that it keeps in mind */

struct sim_rogue {
	uint64_t id;
	uint8_t node;
	struct rng rng;
	uint64_t sequence;
	uint64_t ballot[HELD];
	uint32_t n;
};

static void wake(struct sim *sim, struct sim_rogue *r)
{
	queue_push(sim, (struct sim_event){
		.at = sim->now + rng_between(&r->rng, 100, 100000),
		.type = SIM_ROGUE,
		.who = (uint8_t)(r - sim->rogues),
	});
}

/* One of its own, now or before, or one that a client of the node holds. */
static uint64_t any_ballot(struct sim *sim, struct sim_rogue *r)
{
	const struct sim_client *c;

	if (sim->n_clients && rng_chance(&r->rng, 150)) {
		c = &sim->client[rng_below(&r->rng, sim->n_clients)];
		if (c->proposer.ballot.ballot)
			return c->proposer.ballot.ballot;
	}
	return r->ballot[rng_below(&r->rng, HELD)];
}

static uint64_t any_instance(struct sim *sim, struct sim_rogue *r)
{
	const struct paxos_window *w = &sim_node(sim, r->node)->core.window;
	uint64_t instance = w->prefix + rng_below(&r->rng, 4);

	if (rng_chance(&r->rng, 50))
		instance = w->prefix + w->size + rng_below(&r->rng, 3);
	else if (rng_chance(&r->rng, 50))
		instance = rng_below(&r->rng, w->prefix + 1);
	return min_t(uint64_t, instance, SIM_INSTANCES);
}

static void drop(struct sim *sim, struct sim_rogue *r, uint64_t ballot)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_DROP, .drop = { r->id, ballot } };

	node_step(sim, sim_node(sim, r->node), &ev);
	client_free(&ev);
}

static void get(struct sim *sim, struct sim_rogue *r)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };
	uint64_t *slot = &r->ballot[r->n % HELD];

	if (*slot)
		drop(sim, r, *slot);
	if (!client_hand_out(sim, sim_node(sim, r->node), &ev, r->id))
		return;
	*slot = ev.ballot;
	r->n++;
}

static void prepare(struct sim *sim, struct sim_rogue *r, uint64_t ballot)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	ev.prepare.owner = r->id;
	ev.prepare.ballot = ballot;
	ev.prepare.nonce = rng_next(&r->rng);
	ev.prepare.instance = any_instance(sim, r);
	ev.prepare.single = rng_chance(&r->rng, 500);
	node_step(sim, sim_node(sim, r->node), &ev);
}

/* May it ask for this value, or must the node refuse whatever the value is? */
static bool is_fair(struct sim *sim, struct sim_rogue *r, uint64_t ballot, uint64_t instance,
		    const struct paxos_vid *id)
{
	struct life *life = history_life(sim, sim_node(sim, r->node));
	const struct attempt *a = life ? history_attempt(life, ballot) : NULL;
	const struct instance *in;

	if (!a || a->owner != r->id || a->dropped || !a->prepared || !instance ||
	    (a->single ? instance != a->from : instance < a->from))
		return true;
	in = history_at(sim, life, instance);
	/* A second value, which is the node's to refuse. */
	if (!in || history_request(in, ballot))
		return true;
	if ((uint32_t)__builtin_popcountll(history_whole(a)) <
	    life->membership.options.quorum.phase_1)
		return true;
	return rule_allows(life, a, instance, id);
}

static void ask(struct sim *sim, struct sim_rogue *r, uint64_t ballot)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct life *life = history_life(sim, node);
	const struct attempt *a = life ? history_attempt(life, ballot) : NULL;
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	struct paxos_value *value;

	ev.accept.owner = r->id;
	ev.accept.ballot = ballot;
	ev.accept.instance = a && a->prepared && rng_chance(&r->rng, 700) ? a->from :
			     any_instance(sim, r);
	value = client_make(sim, node, r->id, r->sequence + 1);
	if (!value)
		return;
	if (is_fair(sim, r, ballot, ev.accept.instance, &value->id)) {
		r->sequence++;
		ev.accept.value = value;
		node_step(sim, node, &ev);
	}
	paxos_value_put(value);
}

static void trim(struct sim *sim, struct sim_rogue *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM };

	if (!sim->plan.trim)
		return;
	ev.trim.to = rng_below(&r->rng, node->core.window.prefix + 3);
	node_step(sim, node, &ev);
}

/* A voter of a group that lives, which is not the operator's to take away. */
static void take_away(struct sim *sim, struct sim_rogue *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_MEMBER_GONE };

	ev.member.node = (uint8_t)rng_between(&r->rng, 1, plan_voters(&sim->plan));
	if (history_life(sim, node) && ev.member.node != node->id)
		node_step(sim, node, &ev);
}

static void submit(struct sim *sim, struct sim_rogue *r)
{
	r->sequence += submitter_submit(sim, r->node, r->id, r->sequence + 1, 1);
}

/* Has somebody else a value, by what was reported to it, where its node goes on? */
static bool is_reported(struct sim *sim, struct sim_rogue *r, uint64_t ballot)
{
	struct sim_node *node = sim_node(sim, r->node);
	const uint64_t instance = node->core.window.prefix + 1;
	struct life *life = history_life(sim, node);
	const struct attempt *a = life ? history_attempt(life, ballot) : NULL;
	const struct paxos_vid none = { 0 };

	return a && a->owner == r->id && a->prepared && !a->single && !a->dropped &&
	       (uint32_t)__builtin_popcountll(history_whole(a)) >=
	       life->membership.options.quorum.phase_1 &&
	       !rule_allows(life, a, instance, &none);
}

/* It wants to lead right over that, with a value of its own. P12, P13 */
static bool usurp(struct sim *sim, struct sim_rogue *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };
	uint32_t i;

	for (i = 0; i < HELD && !is_reported(sim, r, r->ballot[i]); i++)
		;
	if (i == HELD)
		return false;
	ev.grant.owner = r->id;
	ev.grant.ballot = r->ballot[i];
	ev.grant.first = node->core.window.prefix + 1;
	node_step(sim, node, &ev);
	if (!ev.error)
		submit(sim, r);
	return true;
}

/* Or whatever it has for it, and from anywhere on. P11, P12 */
static void grant(struct sim *sim, struct sim_rogue *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };

	if (usurp(sim, r))
		return;
	ev.grant.owner = r->id;
	ev.grant.ballot = any_ballot(sim, r);
	ev.grant.first = any_instance(sim, r);
	if (rng_chance(&r->rng, 300))
		ev.grant.first = node->core.window.top + 1;
	node_step(sim, node, &ev);
}

static void renew(struct sim *sim, struct sim_rogue *r)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_RENEW };

	ev.grant.owner = r->id;
	ev.grant.ballot = any_ballot(sim, r);
	node_step(sim, sim_node(sim, r->node), &ev);
}

void rogue_timer(struct sim *sim, uint8_t who)
{
	struct sim_rogue *r = &sim->rogues[who];
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event owner = { .type = PAXOS_EVENT_DROP_OWNER, .drop = { r->id, 0 } };

	if (sim->calm && node->up) {
		node_step(sim, node, &owner);
		client_free(&owner);
	}
	if (sim->calm)
		return;
	wake(sim, r);
	if (!node->up || node->wake_at > sim->now)
		return;
	switch (rng_below(&r->rng, 16)) {
	case 0:
		get(sim, r);
		break;
	case 1:
	case 2:
	case 3:
		prepare(sim, r, any_ballot(sim, r));
		break;
	case 4:
		drop(sim, r, any_ballot(sim, r));
		break;
	case 5:
		trim(sim, r);
		break;
	case 6:
		take_away(sim, r);
		break;
	case 7:
	case 8:
		grant(sim, r);
		break;
	case 9:
		renew(sim, r);
		break;
	case 10:
		submit(sim, r);
		break;
	default:
		ask(sim, r, any_ballot(sim, r));
		break;
	}
}

bool rogue_proposed(const struct sim *sim, uint64_t id, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < sim->plan.rogues; i++)
		if (sim->rogues[i].id == id)
			return sequence && sequence <= sim->rogues[i].sequence + 1;
	return false;
}

void rogues_start(struct sim *sim)
{
	uint32_t i;

	sim->rogues = calloc(sim->plan.rogues + 1, sizeof(*sim->rogues));
	if (!sim->rogues)
		abort();
	for (i = 0; i < sim->plan.rogues; i++) {
		struct sim_rogue *r = &sim->rogues[i];

		r->id = 2 * SIM_OTHERS + i;
		r->rng = rng_stream(sim->order->seed, STREAM_CLIENT, r->id);
		r->node = (uint8_t)rng_between(&r->rng, 1, sim->n_nodes);
		wake(sim, r);
	}
}

void rogues_free(struct sim *sim)
{
	free(sim->rogues);
}
