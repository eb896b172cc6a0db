// SPDX-License-Identifier: GPL-2.0
/*
 * P28: a proposer that does not know what became of its value asks for it again
 * where it may be chosen, and nowhere else: no value is in the log twice. What is
 * submitted may be, once a leader, also if it was proposed before: see single.c.
 */
#include "check.h"

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	struct life *life = history_life(sim, node);
	uint64_t s, t;

	if (note->type != PAXOS_NOTE_DECIDED)
		return;
	for (s = note->from; s <= note->upto; s++) {
		const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		const struct paxos_vid *id;

		if (!slot || !slot->chosen || slot->chosen->kind == PAXOS_KIND_NO_OP ||
		    slot->chosen->id.client >= SIM_CANDIDATES)
			continue;
		id = &slot->chosen->id;
		for (t = 1; t < s; t++) {
			const struct instance *in = &life->instance[t];

			if (in->chosen && in->id.client == id->client &&
			    in->id.sequence == id->sequence &&
			    !seen_led(sim, id->client, id->sequence))
				sim_fail(sim, "once: value %llu/%llu is chosen at %llu and at %llu",
					 (unsigned long long)id->client,
					 (unsigned long long)id->sequence,
					 (unsigned long long)t, (unsigned long long)s);
		}
	}
}

const struct checker checker_once = {
	.name = "once",
	.note = note,
};
