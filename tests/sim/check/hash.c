// SPDX-License-Identifier: GPL-2.0
/* P21: the running hash is equal at equal instances on every node. */

#include "check.h"

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	uint64_t s;

	if (note->type != PAXOS_NOTE_DECIDED)
		return;
	for (s = note->from; s <= note->upto; s++) {
		const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		struct instance *in = history_at(sim, history_life(sim, node), s);

		if (!in || !slot)
			return;
		if (in->hash && in->hash != slot->hash)
			sim_fail(sim, "hash: node %u differs at %llu", node->id,
				 (unsigned long long)s);
		in->hash = slot->hash;
	}
}

const struct checker checker_hash = {
	.name = "hash",
	.note = note,
};
