// SPDX-License-Identifier: GPL-2.0
/* A membership: looking voters up, and the identity that follows from the first. */

#include "membership.h"

/**
 * paxos_membership_index - a voter's place in the membership
 * @m: the membership
 * @node: node id
 *
 * Return: the index, or -1 if the node does not vote.
 */
int paxos_membership_index(const struct paxos_membership *m, u8 node)
{
	int i;

	for (i = 0; i < m->options.quorum.voters; i++)
		if (m->voter[i].node == node)
			return i;
	return -1;
}

/**
 * paxos_membership_names - is this node, with this memory, a voter?
 * @m: the membership
 * @node: node id
 * @incarnation: of its memory
 *
 * P8: a voter is node and incarnation.
 *
 * Return: true if it is.
 */
bool paxos_membership_names(const struct paxos_membership *m, u8 node,
			    const u8 incarnation[PAXOS_ID_BYTES])
{
	int i = paxos_membership_index(m, node);

	return i >= 0 && !memcmp(m->voter[i].incarnation, incarnation, PAXOS_ID_BYTES);
}

/**
 * paxos_options_equal - do two nodes mean the same group?
 * @a: options
 * @b: options
 *
 * Return: true if all that voters must have alike is alike.
 */
bool paxos_options_equal(const struct paxos_options *a, const struct paxos_options *b)
{
	return a->voters == b->voters && a->window == b->window &&
	       a->window_bytes == b->window_bytes && a->alpha == b->alpha &&
	       a->quorum.phase_1 == b->quorum.phase_1 &&
	       a->quorum.phase_2 == b->quorum.phase_2 &&
	       a->quorum.fast == b->quorum.fast;
}

/**
 * paxos_membership_identity - the identity of the group that begins with it
 * @m: the first membership
 * @group: the group's id
 * @identity: filled in
 *
 * BLAKE2s over the group's id, the options and every voter's node and
 * incarnation in node order, cut to 128 bits: two inits of the same voters
 * are the same init.
 */
void paxos_membership_identity(const struct paxos_membership *m, u32 group,
			       u8 identity[PAXOS_ID_BYTES])
{
	const struct paxos_options *o = &m->options;
	struct {
		__be32 group;
		__be32 window;
		__be64 voters;
		__be32 window_bytes;
		__be32 alpha;
		u8 quorum[4];
		__be32 zero;
		struct paxos_wire_voter voter[PAXOS_VOTERS_MAX];
	} in;
	u8 hash[32];
	int i;

	memset(&in, 0, sizeof(in));
	in.group = cpu_to_be32(group);
	in.voters = cpu_to_be64(o->voters);
	in.window = cpu_to_be32(o->window);
	in.window_bytes = cpu_to_be32(o->window_bytes);
	in.alpha = cpu_to_be32(o->alpha);
	in.quorum[0] = o->quorum.voters;
	in.quorum[1] = o->quorum.phase_1;
	in.quorum[2] = o->quorum.phase_2;
	in.quorum[3] = o->quorum.fast;
	for (i = 0; i < o->quorum.voters; i++) {
		in.voter[i].node = m->voter[i].node;
		memcpy(in.voter[i].incarnation, m->voter[i].incarnation, PAXOS_ID_BYTES);
	}
	paxos_blake2s(hash, &in, sizeof(in));
	memcpy(identity, hash, PAXOS_ID_BYTES);
}
