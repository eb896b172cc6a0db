// SPDX-License-Identifier: GPL-2.0
/* P21: the running hash is that of the log up to there, and so equal on every node. */

#include "check.h"

static uint64_t turned(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static uint64_t folded(uint64_t x, int by)
{
	return x ^ x >> by;
}

/* From Documentation/wire.rst, and not from the core's own. */
static uint64_t chain(const struct life *life, uint64_t before, uint64_t instance,
		      const struct paxos_vid *id)
{
	const uint64_t prime[] = { 11400714785074694791u, 14029467366897019727u,
				   1609587929392839161u, 9650029242287828579u };
	const uint64_t in[] = { id->client, id->sequence, id->digest };
	uint64_t key[2] = { 0, 0 }, hash;
	size_t i;

	for (i = 0; i < 16; i++)
		key[i / 8] = key[i / 8] << 8 | life->identity[i];
	hash = key[0] ^ (before + instance);
	for (i = 0; i < 3; i++) {
		hash ^= prime[0] * turned(prime[1] * (i ? in[i] : in[i] ^ key[1]), 31);
		hash = prime[3] + prime[0] * turned(hash, 27);
	}
	return folded(prime[2] * folded(prime[1] * folded(hash, 33), 29), 32);
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
