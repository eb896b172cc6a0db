// SPDX-License-Identifier: GPL-2.0
/* The table of checkers, and who calls them. */

#include "check.h"

/* The first that speaks is heard: those that tell the cause stand before those of the effect. */
static const struct checker *const checkers[] = {
	&checker_binding,
	&checker_voter,
	&checker_durable,
	&checker_digest,
	&checker_promise,
	&checker_ballot,
	&checker_quorum,
	&checker_rule,
	&checker_window,
	&checker_trim,
	&checker_agreement,
	&checker_validity,
	&checker_barrier,
	&checker_once,
	&checker_single,
	&checker_order,
	&checker_hash,
	&checker_linearizable,
	&checker_liveness,
};

/* A checker that has spoken ends the run. */
#define for_each_checker(sim, i)							\
	for ((i) = 0; (i) < ARRAY_SIZE(checkers) && !(sim)->failed; (i)++)

void check_start(struct sim *sim)
{
	history_start(sim);
	seen_start(sim);
}

void check_free(struct sim *sim)
{
	seen_free(sim);
	history_free(sim);
}

/* Before a step. */
void check_begin(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	size_t i;

	history_begin(sim, node);
	if (ev->type != PAXOS_EVENT_MESSAGE)
		return;
	for_each_checker(sim, i)
		if (checkers[i]->hear)
			checkers[i]->hear(sim, node, ev->message.header, ev->message.msg);
	history_hear(sim, node, ev->message.header, ev->message.msg);
}

/* After it, before what it made is looked at. */
void check_event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	size_t i;

	history_adopt(sim, node);
	for_each_checker(sim, i)
		if (checkers[i]->event)
			checkers[i]->event(sim, node, ev);
	history_event(sim, node, ev);
}

void check_make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	size_t i;

	if (history_life(sim, node))
		for_each_checker(sim, i)
			if (checkers[i]->make)
				checkers[i]->make(sim, node, msg);
	history_make(sim, node, msg);
}

/* A vote is given when it is, also where its answer waits for another ACCEPT. */
void check_owed(struct sim *sim, struct sim_node *node)
{
	const struct paxos_owed *owed = &node->core.owed;
	struct life *life = history_life(sim, node);
	uint64_t s;

	for (s = owed->first; life && owed->ballot && s < owed->end; s++) {
		const struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		struct instance *in = history_at(sim, life, s);
		struct paxos_entry vote = { .instance = s };
		struct paxos_msg msg = {
			.type = PAXOS_WIRE_ACCEPTED,
			.n_entries = 1,
			.entry = &vote,
			.accepted.ballot = owed->ballot,
		};

		if (!slot || slot->vbal != owed->ballot || !in ||
		    history_vote(&in->voter[node->id - 1], owed->ballot))
			continue;
		vote.id = slot->vval->id;
		check_make(sim, node, &msg);
	}
}

/* @heard: the node is among those that hear it */
void check_leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg, bool heard)
{
	size_t i;

	history_leave(sim, node, msg);
	if (heard)
		history_hear_oneself(sim, node, msg);
	if (history_life(sim, node))
		for_each_checker(sim, i)
			if (checkers[i]->leave)
				checkers[i]->leave(sim, node, msg);
}

void check_state(struct sim *sim, struct sim_node *node, const struct paxos_outbox *ob)
{
	size_t i;

	if (ob->lost)
		history_witness(sim, node)->lost = true;
	if (history_life(sim, node))
		for_each_checker(sim, i)
			if (checkers[i]->state)
				checkers[i]->state(sim, node);
}

void check_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	size_t i;

	if (history_life(sim, node))
		for_each_checker(sim, i)
			if (checkers[i]->note)
				checkers[i]->note(sim, node, note);
}

/* After a step, when its notes were told. */
void check_end_step(struct sim *sim, struct sim_node *node)
{
	history_end_step(sim, node);
}

void check_end(struct sim *sim)
{
	size_t i;

	for_each_checker(sim, i)
		if (checkers[i]->end)
			checkers[i]->end(sim);
}
