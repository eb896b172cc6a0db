// SPDX-License-Identifier: GPL-2.0
/*
 * P28: a leader gives what a client submits its instances in the order in which it
 * was submitted, and to each value one: what is lost, repeated or overtaken on the
 * way to it changes neither. Only another leader may give it another.
 */
#include "check.h"

static void against(struct sim *sim, struct sim_node *node, struct life *life,
		    const struct paxos_entry *e)
{
	const struct paxos_grant *g = &node->core.grant;
	uint64_t t;

	for (t = g->first; t < e->instance; t++) {
		struct instance *in = history_at(sim, life, t);
		const struct vote *own;

		if (!in)
			return;
		own = history_vote(&in->voter[node->id - 1], g->ballot);
		if (own && own->id.client == e->id.client && own->id.sequence >= e->id.sequence)
			sim_fail(sim, "single: node %u gives %llu/%llu an instance after %llu",
				 node->id, (unsigned long long)e->id.client,
				 (unsigned long long)e->id.sequence,
				 (unsigned long long)own->id.sequence);
	}
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	uint16_t i;

	if (msg->type != PAXOS_WIRE_ACCEPT || msg->accept.ballot != node->core.grant.ballot)
		return;
	for (i = 0; i < msg->n_entries; i++)
		if (msg->entry[i].instance >= node->core.grant.first &&
		    msg->entry[i].id.client >= SIM_CANDIDATES)
			against(sim, node, history_life(sim, node), &msg->entry[i]);
}

const struct checker checker_single = {
	.name = "single",
	.make = make,
};
