// SPDX-License-Identifier: GPL-2.0
/*
 * P1: what a voter promised never goes down, and one attempt is answered. P2: it
 * votes at its promise or above. P4, P6: a promise reports each of its votes as
 * it was given, a page of it is given only while no higher promise holds.
 */
#include "check.h"

static const struct paxos_entry *entry_of(const struct paxos_msg *msg, uint64_t instance)
{
	uint16_t i;

	for (i = 0; i < msg->n_entries; i++)
		if (msg->entry[i].instance == instance)
			return &msg->entry[i];
	return NULL;
}

static void check_report(struct sim *sim, struct sim_node *node, const struct instance *in,
			 uint64_t instance, const struct paxos_msg *msg)
{
	const struct voter *v = &in->voter[node->id - 1];
	const struct vote *vote = v->n ? &v->vote[v->n - 1] : NULL;
	const struct paxos_entry *e;

	if (instance <= msg->promise.trim)
		return;
	e = entry_of(msg, instance);
	if (vote && !e)
		sim_fail(sim, "promise: node %u does not report its vote at instance %llu",
			 node->id, (unsigned long long)instance);
	if (!e || e->chosen)
		return;
	if (!vote || vote->ballot != e->ballot || !paxos_vid_equal(&vote->id, &e->id))
		sim_fail(sim, "promise: node %u reports another vote than it gave, instance %llu",
			 node->id, (unsigned long long)instance);
	if (e->ballot >= msg->promise.ballot)
		sim_fail(sim, "promise: node %u promises what it voted at, instance %llu",
			 node->id, (unsigned long long)instance);
}

static void check_single(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	struct instance *in = history_at(sim, life, msg->promise.from);
	const struct voter *v;
	uint64_t promised;

	if (!in)
		return;
	v = &in->voter[node->id - 1];
	promised = history_promised(life, in, node->id);
	if (msg->promise.ballot < promised)
		sim_fail(sim, "promise: node %u promises below its promise, instance %llu",
			 node->id, (unsigned long long)msg->promise.from);
	if (msg->promise.ballot == promised &&
	    (v->single != promised || v->nonce != msg->promise.nonce))
		sim_fail(sim, "promise: node %u promises one ballot to two attempts, instance %llu",
			 node->id, (unsigned long long)msg->promise.from);
	check_report(sim, node, in, msg->promise.from, msg);
}

/* The first promise of a ballot is above all that holds at any instance from there on. */
static void check_first(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint64_t s;

	for (s = msg->promise.from; s <= life->top; s++)
		if (life->instance[s].voter[node->id - 1].promised >= msg->promise.ballot)
			sim_fail(sim, "promise: node %u promises below its promise, instance %llu",
				 node->id, (unsigned long long)s);
}

static void check_page(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	const struct promise *p = &life->promise[node->id - 1];
	uint64_t s;

	if (msg->promise.ballot < p->ballot)
		sim_fail(sim, "promise: node %u promises below its promise", node->id);
	if (msg->promise.ballot > p->ballot)
		check_first(sim, node, msg);
	else if (msg->promise.nonce != p->nonce || msg->promise.from != p->from)
		sim_fail(sim, "promise: node %u promises one ballot to two attempts", node->id);
	for (s = msg->promise.page; s <= min(msg->promise.upto, life->top); s++) {
		const struct instance *in = &life->instance[s];

		if (in->voter[node->id - 1].promised > msg->promise.ballot)
			sim_fail(sim, "promise: node %u gives a page it must not, instance %llu",
				 node->id, (unsigned long long)s);
		check_report(sim, node, in, s, msg);
	}
}

static void check_accepted(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	for (i = 0; i < msg->n_entries; i++) {
		struct instance *in = history_at(sim, life, msg->entry[i].instance);

		/* What was said once may be said again. */
		if (!in || history_vote(&in->voter[node->id - 1], msg->accepted.ballot))
			continue;
		if (msg->accepted.ballot < history_promised(life, in, node->id))
			sim_fail(sim, "promise: node %u votes at %s below it, instance %llu",
				 node->id, trace_ballot_text(msg->accepted.ballot),
				 (unsigned long long)msg->entry[i].instance);
	}
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (msg->type == PAXOS_WIRE_ACCEPTED)
		check_accepted(sim, node, msg);
	else if (msg->type == PAXOS_WIRE_PROMISE && msg->promise.single)
		check_single(sim, node, msg);
	else if (msg->type == PAXOS_WIRE_PROMISE)
		check_page(sim, node, msg);
}

const struct checker checker_promise = {
	.name = "promise",
	.make = make,
};
