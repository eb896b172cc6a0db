// SPDX-License-Identifier: GPL-2.0
/*
 * P22: what is trimmed was reported as decided by a quorum of phase 2, unless
 * the operator insisted; the trim point never falls, and is never above what
 * is decided here.
 */
#include "check.h"

static void event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	const struct witness *w = history_witness(sim, node);
	const struct life *life = w->life;
	uint32_t i, have = 0;

	if (!life)
		return;
	if (node->core.window.trim < w->trim ||
	    node->core.window.trim > node->core.window.prefix)
		sim_fail(sim, "trim: node %u has its trim point at %llu, and was at %llu",
			 node->id, (unsigned long long)node->core.window.trim,
			 (unsigned long long)w->trim);
	if (ev->type != PAXOS_EVENT_TRIM || ev->error || ev->trim.force ||
	    ev->trim.to <= w->trim)
		return;
	for (i = 1; i <= sim->n_nodes; i++) {
		if (!(life->membership.options.voters & paxos_node_bit(i)))
			continue;
		if (i == node->id)
			have += history_names(life, node->id, node->core.config.incarnation) &&
				w->prefix >= ev->trim.to;
		else
			have += w->reported[i - 1] >= ev->trim.to;
	}
	if (have < life->membership.options.quorum.phase_2)
		sim_fail(sim, "trim: node %u trims to %llu, which %u voters are known to have",
			 node->id, (unsigned long long)ev->trim.to, have);
}

const struct checker checker_trim = {
	.name = "trim",
	.event = event,
};
