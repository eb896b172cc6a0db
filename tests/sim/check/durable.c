// SPDX-License-Identifier: GPL-2.0
/*
 * P7: no promise and no vote leaves a node, or is counted by it, before the
 * record that it rests on is durable; nor does what a promise reports, or the
 * PREPARE of a ballot before the node's own promise of it (P10).
 */
#include "check.h"

static void check_record(struct sim *sim, struct sim_node *node, const char *what,
			 uint64_t record)
{
	if (record > node->durable)
		sim_fail(sim, "durable: node %u lets a %s go that rests on record %llu of %llu",
			 node->id, what, (unsigned long long)record,
			 (unsigned long long)node->durable);
}

static void check_votes(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg,
			uint64_t ballot)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = history_at(sim, life, e->instance);
		const struct vote *v;

		if (!in || e->chosen)
			continue;
		v = history_vote(&in->voter[node->id - 1], ballot ? ballot : e->ballot);
		if (v)
			check_record(sim, node, "vote", v->record);
	}
}

static void check_promise(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	const struct promise *p = &life->promise[node->id - 1];

	if (msg->promise.single) {
		struct instance *in = history_at(sim, life, msg->promise.from);
		const struct voter *v = in ? &in->voter[node->id - 1] : NULL;

		if (v && v->single == msg->promise.ballot)
			check_record(sim, node, "promise", v->record);
	} else if (p->ballot == msg->promise.ballot) {
		check_record(sim, node, "promise", p->record);
	}
	check_votes(sim, node, msg, 0);
}

static void leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct attempt *a;

	switch (msg->type) {
	case PAXOS_WIRE_PROMISE:
		return check_promise(sim, node, msg);
	case PAXOS_WIRE_ACCEPTED:
		return check_votes(sim, node, msg, msg->accepted.ballot);
	case PAXOS_WIRE_PREPARE:
		a = history_attempt(history_life(sim, node), msg->prepare.ballot);
		if (a)
			check_record(sim, node, "PREPARE", a->record);
		return;
	default:
		return;
	}
}

const struct checker checker_durable = {
	.name = "durable",
	.leave = leave,
};
