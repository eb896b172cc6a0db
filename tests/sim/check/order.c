// SPDX-License-Identifier: GPL-2.0
/* P20: what is decided is told in order, without gaps, once; or from a trim point on. */

#include "check.h"

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	struct witness *w = history_witness(sim, node);
	uint64_t s;

	if (note->type != PAXOS_NOTE_DECIDED)
		return;
	if (note->from != w->told + 1 && note->from != node->core.window.trim + 1)
		sim_fail(sim, "order: node %u tells %llu after %llu", node->id,
			 (unsigned long long)note->from, (unsigned long long)w->told);
	if (note->upto < note->from || note->upto != node->core.window.prefix)
		sim_fail(sim, "order: node %u tells up to %llu and is at %llu", node->id,
			 (unsigned long long)note->upto,
			 (unsigned long long)node->core.window.prefix);
	for (s = note->from; s <= note->upto && !sim->failed; s++) {
		const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);

		if (!slot || !slot->chosen)
			sim_fail(sim, "order: node %u tells %llu and does not have it", node->id,
				 (unsigned long long)s);
	}
	w->told = note->upto;
}

static void state(struct sim *sim, struct sim_node *node)
{
	const struct witness *w = history_witness(sim, node);

	if (node->core.window.prefix < w->prefix)
		sim_fail(sim, "order: node %u goes back to %llu", node->id,
			 (unsigned long long)node->core.window.prefix);
}

const struct checker checker_order = {
	.name = "order",
	.note = note,
	.state = state,
};
