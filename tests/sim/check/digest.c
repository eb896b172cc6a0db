// SPDX-License-Identifier: GPL-2.0
/*
 * P3: a voter votes for one value at an instance and ballot, ever. P11: one value
 * at most is sent in ACCEPT for them.
 */
#include "check.h"

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	if (msg->type != PAXOS_WIRE_ACCEPTED && msg->type != PAXOS_WIRE_ACCEPT)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = history_at(sim, life, e->instance);
		const struct request *r = NULL;
		const struct vote *v = NULL;

		if (!in)
			return;
		if (msg->type == PAXOS_WIRE_ACCEPTED)
			v = history_vote(&in->voter[node->id - 1], msg->accepted.ballot);
		else
			r = history_request(in, msg->accept.ballot);
		if (v && !paxos_vid_equal(&v->id, &e->id))
			sim_fail(sim, "digest: node %u votes twice at one ballot, instance %llu",
				 node->id, (unsigned long long)e->instance);
		if (r && !paxos_vid_equal(&r->id, &e->id))
			sim_fail(sim, "digest: node %u asks twice at one ballot, instance %llu",
				 node->id, (unsigned long long)e->instance);
	}
}

const struct checker checker_digest = {
	.name = "digest",
	.make = make,
};
