// SPDX-License-Identifier: GPL-2.0
/*
 * P10: a ballot is handed out once, above all that the node saw, to a voter, and
 * belongs to one attempt of one owner; the node's own acceptor promises it before
 * others are asked. P11: what was not handed out, belongs to another or was given
 * back is not used, and the node votes itself before it asks others. P16: nor is
 * one that was outbid; and who leads asks for nothing any more once its own acceptor
 * promised a higher one, be it for another instance alone.
 */
#include "ballot.h"
#include "check.h"

static void check_hand_out(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	const struct witness *w = history_witness(sim, node);

	if (history_attempt(w->life, ev->ballot))
		sim_fail(sim, "ballot: node %u hands %s out twice", node->id,
			 trace_ballot_text(ev->ballot));
	if (ev->ballot <= w->highest || ev->ballot <= ev->hand_out.above)
		sim_fail(sim, "ballot: node %u hands %s out and saw %s", node->id,
			 trace_ballot_text(ev->ballot), trace_ballot_text(w->highest));
	if (paxos_ballot_node(ev->ballot) != node->id)
		sim_fail(sim, "ballot: node %u hands out one of node %u", node->id,
			 paxos_ballot_node(ev->ballot));
	if (!history_names(w->life, node->id, node->core.config.incarnation))
		sim_fail(sim, "ballot: node %u hands one out and is no voter", node->id);
}

/* What was granted must have been the owner's to ask for. */
static void check_owner(struct sim *sim, struct sim_node *node, uint64_t ballot, uint64_t owner)
{
	const struct attempt *a = history_attempt(history_life(sim, node), ballot);

	if (!a || a->node != node->id || a->number != node->life || a->owner != owner ||
	    a->dropped)
		sim_fail(sim, "ballot: node %u lets owner %llu use %s", node->id,
			 (unsigned long long)owner, trace_ballot_text(ballot));
}

static void event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	const struct attempt *a;

	if (ev->error || !history_life(sim, node))
		return;
	switch (ev->type) {
	case PAXOS_EVENT_HAND_OUT:
		return check_hand_out(sim, node, ev);
	case PAXOS_EVENT_PREPARE:
		check_owner(sim, node, ev->prepare.ballot, ev->prepare.owner);
		a = history_attempt(history_life(sim, node), ev->prepare.ballot);
		if (a && a->prepared)
			sim_fail(sim, "ballot: node %u prepares %s twice", node->id,
				 trace_ballot_text(ev->prepare.ballot));
		return;
	case PAXOS_EVENT_ACCEPT:
		return check_owner(sim, node, ev->accept.ballot, ev->accept.owner);
	case PAXOS_EVENT_DROP:
		return check_owner(sim, node, ev->drop.ballot, ev->drop.owner);
	default:
		return;
	}
}

static const struct attempt *in_use(struct sim *sim, struct sim_node *node, uint64_t ballot)
{
	const struct attempt *a = history_attempt(history_life(sim, node), ballot);

	if (!a || a->node != node->id || a->number != node->life || !a->prepared || a->dropped) {
		sim_fail(sim, "ballot: node %u uses %s, which is not in use here", node->id,
			 trace_ballot_text(ballot));
		return NULL;
	}
	if (!a->promised)
		sim_fail(sim, "ballot: node %u uses %s before it promised it", node->id,
			 trace_ballot_text(ballot));
	return a;
}

static void check_prepare(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct attempt *a = in_use(sim, node, msg->prepare.ballot);

	if (a && (msg->prepare.nonce != a->nonce || msg->prepare.from != a->from ||
		  msg->prepare.single != a->single))
		sim_fail(sim, "ballot: node %u uses %s for two attempts", node->id,
			 trace_ballot_text(a->ballot));
}

static void check_accept(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct attempt *a = in_use(sim, node, msg->accept.ballot);
	struct life *life = history_life(sim, node);
	uint16_t i;

	for (i = 0; a && i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = history_at(sim, life, e->instance);
		const struct vote *own;

		if (!in)
			return;
		own = history_vote(&in->voter[node->id - 1], a->ballot);
		if (a->single ? e->instance != a->from : e->instance < a->from)
			sim_fail(sim, "ballot: node %u uses %s at %llu, and prepared %llu",
				 node->id, trace_ballot_text(a->ballot),
				 (unsigned long long)e->instance, (unsigned long long)a->from);
		if (!own || !paxos_vid_equal(&own->id, &e->id))
			sim_fail(sim, "ballot: node %u asks for votes before it votes, at %llu",
				 node->id, (unsigned long long)e->instance);
		if (a->outbid || history_promised(life, in, node->id) > a->ballot)
			sim_fail(sim, "ballot: node %u asks for votes at %s, which was outbid",
				 node->id, trace_ballot_text(a->ballot));
	}
}

static void check_leader(struct sim *sim, struct sim_node *node, uint64_t ballot)
{
	uint64_t bound = history_life(sim, node)->bound[node->id - 1];

	if (ballot == node->core.grant.ballot && bound > ballot)
		sim_fail(sim, "ballot: node %u leads by %s on, and promised %s", node->id,
			 trace_ballot_text(ballot), trace_ballot_text(bound));
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (msg->type == PAXOS_WIRE_PREPARE)
		check_prepare(sim, node, msg);
	else if (msg->type == PAXOS_WIRE_ACCEPT)
		check_accept(sim, node, msg);
	if (msg->type == PAXOS_WIRE_ACCEPT)
		check_leader(sim, node, msg->accept.ballot);
}

const struct checker checker_ballot = {
	.name = "ballot",
	.event = event,
	.make = make,
};
