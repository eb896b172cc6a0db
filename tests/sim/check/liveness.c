// SPDX-License-Identifier: GPL-2.0
/*
 * P38: all is calm, so every node has the log whose memory is not full, and every
 * value is settled that was submitted at a voter with two-way links to a quorum, or
 * to who leads. By Basic Paxos alone, beside those who want to lead, nobody is sure
 * to win.
 */

#include "check.h"

static void end(struct sim *sim)
{
	uint64_t prefix = 0;
	bool full = false;
	uint32_t i;

	if (sim_is_dead(sim))
		return;
	/* Behind a full one there may be others, who have it from there alone. */
	for (i = 0; i < sim->n_nodes; i++) {
		prefix = max(prefix, sim->node[i].core.window.prefix);
		full = full || (sim_may_fill(sim) && node_is_full(&sim->node[i]));
	}
	for (i = 0; i < sim->n_nodes; i++) {
		const struct sim_node *node = &sim->node[i];

		if (node->core.state < PAXOS_STATE_VOTING)
			sim_fail(sim, "liveness: node %u is in state %u", node->id,
				 node->core.state);
		if (node->core.window.prefix != prefix && !full)
			sim_fail(sim, "liveness: node %u has %llu of %llu, %llu of %llu given",
				 node->id, (unsigned long long)node->core.window.prefix,
				 (unsigned long long)prefix, (unsigned long long)node->pool.given,
				 (unsigned long long)node->pool.limit);
	}
	for (i = 0; i < sim->n_clients; i++) {
		const struct sim_client *c = &sim->client[i];

		if (c->busy && !full && !sim_is_duel(sim) && sim_is_reachable(sim, c))
			sim_fail(sim, "liveness: client %llu still works on value %llu",
				 (unsigned long long)c->id, (unsigned long long)c->sequence);
	}
}

const struct checker checker_liveness = {
	.name = "liveness",
	.end = end,
};
