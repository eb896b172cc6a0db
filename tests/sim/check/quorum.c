// SPDX-License-Identifier: GPL-2.0
/*
 * P12: ACCEPT leaves only after this proposer heard whole promises of this
 * attempt, ballot and nonce, from Q1 distinct voters. P18: what it tells as
 * decided it heard Q2 votes for, at that ballot.
 */
#include "check.h"

static uint32_t count(uint64_t voters)
{
	return (uint32_t)__builtin_popcountll(voters);
}

static void check_accept(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct life *life = history_life(sim, node);
	const struct attempt *a = history_attempt(life, msg->accept.ballot);
	uint32_t n = a ? count(history_whole(a)) : 0;

	if (n < life->membership.options.quorum.phase_1)
		sim_fail(sim, "quorum: node %u asks for votes at %s after %u promises of %u",
			 node->id, trace_ballot_text(msg->accept.ballot), n,
			 life->membership.options.quorum.phase_1);
}

/* The voters whose vote a proposer heard, itself among them. */
uint64_t quorum_votes(const struct instance *in, uint8_t node, uint64_t ballot)
{
	const struct request *r = history_request(in, ballot);
	const struct vote *own = history_vote(&in->voter[node - 1], ballot);
	uint64_t votes = r ? r->heard : 0;

	/* Its own vote comes before it asks others; if it is alone it asks nobody. */
	if (own && own->out && (!r || paxos_vid_equal(&own->id, &r->id)))
		votes |= paxos_node_bit(node);
	return votes;
}

static void check_decided(struct sim *sim, struct sim_node *node, const struct paxos_decided *d)
{
	struct life *life = history_life(sim, node);
	uint64_t s;

	for (s = d->first; s <= d->upto && !sim->failed; s++) {
		const struct instance *in = history_at(sim, life, s);
		uint64_t votes = in ? quorum_votes(in, node->id, d->ballot) : 0;

		if (count(votes) < life->membership.options.quorum.phase_2)
			sim_fail(sim, "quorum: node %u decides %llu at %s by %u votes of %u",
				 node->id, (unsigned long long)s, trace_ballot_text(d->ballot),
				 count(votes), life->membership.options.quorum.phase_2);
	}
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (msg->type == PAXOS_WIRE_DECIDED) {
		check_decided(sim, node, &msg->decided);
	} else if (msg->type == PAXOS_WIRE_HEARTBEAT && msg->heartbeat.decided.ballot) {
		check_decided(sim, node, &msg->heartbeat.decided);
	} else if (msg->type == PAXOS_WIRE_ACCEPT) {
		check_accept(sim, node, msg);
		if (msg->accept.decided.ballot)
			check_decided(sim, node, &msg->accept.decided);
	}
}

static void note(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	const struct life *life = history_life(sim, node);
	const struct attempt *a;

	if (note->type != PAXOS_NOTE_PROMISE)
		return;
	a = history_attempt(life, note->ballot);
	if (!a || (note->whole && !a->heard[note->node - 1].whole) ||
	    (note->quorum && count(history_whole(a)) < life->membership.options.quorum.phase_1))
		sim_fail(sim, "quorum: node %u tells a proposer of promises that it did not hear",
			 node->id);
}

const struct checker checker_quorum = {
	.name = "quorum",
	.make = make,
	.note = note,
};
