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

/*
 * It goes on at another's trim point: nobody that it heard lately may have had what
 * it leaves out. Its clock and the time differ by a few milliseconds at most.
 */
static void check_jump(struct sim *sim, struct sim_node *node)
{
	const struct witness *w = history_witness(sim, node);
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (w->greeted[i].at && w->greeted[i].prefix > w->prefix &&
		    w->greeted[i].trim <= w->prefix &&
		    sim->now - w->greeted[i].at < 1000 * (PAXOS_SILENT_MS - 100) &&
		    !memcmp(w->greeted[i].identity, w->life->identity, PAXOS_ID_BYTES))
			sim_fail(sim, "order: node %u leaves out %llu, which node %u has", node->id,
				 (unsigned long long)w->prefix + 1, i + 1);
}

static void state(struct sim *sim, struct sim_node *node)
{
	const struct witness *w = history_witness(sim, node);

	if (node->core.window.trim > w->prefix)
		check_jump(sim, node);
	if (node->core.window.prefix < w->prefix)
		sim_fail(sim, "order: node %u goes back to %llu", node->id,
			 (unsigned long long)node->core.window.prefix);
}

const struct checker checker_order = {
	.name = "order",
	.note = note,
	.state = state,
};
