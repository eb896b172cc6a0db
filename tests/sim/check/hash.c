// SPDX-License-Identifier: GPL-2.0
/* P21: the running hash is that of the log up to there, and so equal on every node. */

#include <endian.h>

#include "check.h"

static uint64_t chain(const struct life *life, uint64_t before, uint64_t instance,
		      const struct paxos_vid *id)
{
	const uint64_t in[] = { htole64(before + instance), htole64(id->client),
				htole64(id->sequence), htole64(id->digest) };
	u64 key[2];

	paxos_value_key(key, life->identity);
	return paxos_siphash(key, in, sizeof(in));
}

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	uint64_t s;

	if (note->type != PAXOS_NOTE_DECIDED)
		return;
	for (s = note->from; s <= note->upto; s++) {
		const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		struct life *life = history_life(sim, node);
		struct instance *in = history_at(sim, life, s);
		uint64_t before = s > 1 ? life->instance[s - 1].hash : 0;

		if (!in || !slot)
			return;
		if (!in->hash && (s == 1 || before) &&
		    slot->hash != chain(life, before, s, &slot->chosen->id))
			sim_fail(sim, "hash: node %u has one that is not the log's, at %llu",
				 node->id, (unsigned long long)s);
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
