// SPDX-License-Identifier: GPL-2.0
/* P19: what is chosen was proposed, to the byte, or is a no-op. */

#include "check.h"

static void check_value(struct sim *sim, struct sim_node *node, struct paxos_value *value)
{
	static uint8_t want[PAXOS_VALUE_MAX], have[PAXOS_VALUE_MAX];
	uint32_t length;

	if (value->kind == PAXOS_KIND_NO_OP)
		return;
	if (!client_proposed(sim, value->id.client, value->id.sequence)) {
		sim_fail(sim, "validity: node %u learns a value that nobody proposed", node->id);
		return;
	}
	length = client_value(sim, value->id.client, value->id.sequence, want);
	if (length == value->length)
		paxos_value_read(value, 0, have, length);
	if (length != value->length || memcmp(want, have, length))
		sim_fail(sim, "validity: node %u learns other bytes than were proposed", node->id);
}

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	uint64_t s;

	if (note->type != PAXOS_NOTE_DECIDED)
		return;
	for (s = note->from; s <= note->upto && !sim->failed; s++) {
		struct paxos_slot *slot = paxos_window_find(&node->core.window, s);

		if (slot && slot->chosen)
			check_value(sim, node, slot->chosen);
	}
}

const struct checker checker_validity = {
	.name = "validity",
	.note = note,
};
