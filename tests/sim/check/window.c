// SPDX-License-Identifier: GPL-2.0
/*
 * P5: votes are given inside the window, and what is decided stays until it is
 * trimmed: nothing is evicted, and no two instances share a slot. The bytes that
 * a window counts against its limit are those that are open.
 */
#include "check.h"

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct witness *w = history_witness(sim, node);
	uint16_t i;

	if (msg->type != PAXOS_WIRE_ACCEPTED)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		uint64_t s = msg->entry[i].instance;
		struct instance *in = history_at(sim, w->life, s);

		if (!in || history_vote(&in->voter[node->id - 1], msg->accepted.ballot))
			continue;
		/* What was decided in this very step has moved it. */
		if (s <= w->trim || s > max(w->prefix, node->core.window.prefix) +
				     w->life->membership.options.window)
			sim_fail(sim, "window: node %u votes at %llu, outside of %llu to %llu",
				 node->id, (unsigned long long)s,
				 (unsigned long long)w->trim + 1,
				 (unsigned long long)w->prefix +
				 w->life->membership.options.window);
	}
}

/* What the values of open instances take, each once. */
static void check_bytes(struct sim *sim, const struct sim_node *node)
{
	const struct paxos_window *w = &node->core.window;
	uint64_t s, bytes = 0;

	for (s = w->prefix + 1; s <= w->top; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);
		const struct paxos_value *vote, *chosen, *parts;

		if (!slot)
			continue;
		vote = slot->vval;
		chosen = slot->chosen;
		parts = slot->parts.value;
		bytes += vote ? vote->length : 0;
		bytes += chosen && chosen != vote ? chosen->length : 0;
		bytes += parts && parts != vote && parts != chosen ? parts->length : 0;
	}
	if (bytes != w->open_bytes)
		sim_fail(sim, "window: node %u counts %llu open bytes and has %llu", node->id,
			 (unsigned long long)w->open_bytes, (unsigned long long)bytes);
}

static void end(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];
		const struct witness *w = history_witness(sim, node);
		uint64_t s;

		if (!node->up || !w->life)
			continue;
		check_bytes(sim, node);
		for (s = w->trim + 1; s <= w->prefix; s++) {
			const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
			const struct instance *in = history_at(sim, w->life, s);

			if (!in || !slot || !slot->chosen ||
			    !paxos_vid_equal(&slot->chosen->id, &in->id))
				return sim_fail(sim, "window: node %u lost instance %llu",
						node->id, (unsigned long long)s);
		}
	}
}

const struct checker checker_window = {
	.name = "window",
	.make = make,
	.end = end,
};
