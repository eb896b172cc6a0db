// SPDX-License-Identifier: GPL-2.0
/*
 * P17: one value at most is chosen for an instance, whatever a node thinks of
 * it. P18, P18a: what a node takes for chosen, tells others of, or tells its
 * proposers of, is what a quorum voted for.
 */
#include "check.h"

static void leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	if (msg->type != PAXOS_WIRE_ACCEPTED)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_vid *id = &msg->entry[i].id;
		struct instance *in = history_at(sim, life, msg->entry[i].instance);
		uint32_t k, votes = 0;

		if (!in)
			return;
		for (k = 0; k < SIM_NODES; k++) {
			const struct vote *v = history_vote(&in->voter[k], msg->accepted.ballot);

			votes += v && v->out && paxos_vid_equal(&v->id, id);
		}
		if (votes < life->membership.options.quorum.phase_2)
			continue;
		if (in->chosen && !paxos_vid_equal(&in->id, id))
			sim_fail(sim, "agreement: two values are chosen at instance %llu",
				 (unsigned long long)msg->entry[i].instance);
		in->chosen = true;
		in->id = *id;
	}
}

static bool is_chosen(struct sim *sim, struct sim_node *node, uint64_t instance,
		      const struct paxos_vid *id)
{
	struct instance *in = history_at(sim, history_life(sim, node), instance);

	return in && in->chosen && paxos_vid_equal(&in->id, id);
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	uint16_t i;

	if (msg->type != PAXOS_WIRE_VALUES && msg->type != PAXOS_WIRE_PROMISE)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];

		if (e->chosen && !is_chosen(sim, node, e->instance, &e->id))
			sim_fail(sim, "agreement: node %u tells of what no quorum chose, at %llu",
				 node->id, (unsigned long long)e->instance);
	}
}

static void state(struct sim *sim, struct sim_node *node)
{
	const struct paxos_window *w = &node->core.window;
	uint64_t s;

	/* To learn makes a record. */
	if (node->core.record == history_witness(sim, node)->record)
		return;
	for (s = history_witness(sim, node)->prefix + 1; s <= w->top; s++) {
		struct paxos_slot *slot = paxos_window_find(w, s);

		if (slot && slot->chosen && !is_chosen(sim, node, s, &slot->chosen->id))
			sim_fail(sim, "agreement: node %u takes what no quorum chose, at %llu",
				 node->id, (unsigned long long)s);
	}
}

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	if (note->type != PAXOS_NOTE_CHOSEN)
		return;
	/* What is decided is looked at as it is learned. */
	if (note->upto ? note->upto > node->core.window.prefix :
			 !is_chosen(sim, node, note->instance, &note->id))
		sim_fail(sim, "agreement: node %u notes what no quorum chose, at %llu",
			 node->id, (unsigned long long)note->instance);
}

const struct checker checker_agreement = {
	.name = "agreement",
	.leave = leave,
	.make = make,
	.state = state,
	.note = note,
};
