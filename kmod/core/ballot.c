// SPDX-License-Identifier: GPL-2.0
/* Ballots: how they are made. */

#include "ballot.h"

/**
 * paxos_ballot_make - put a ballot together
 * @counter: 1 to PAXOS_BALLOT_COUNTER_MAX
 * @node: the node that will use it, 1 to PAXOS_NODE_MAX
 * @classic: a classic ballot; the fast one of the same hand-out is one lower
 *
 * Context: any.
 * Return: the ballot.
 */
u64 paxos_ballot_make(u64 counter, u32 node, bool classic)
{
	return counter << PAXOS_BALLOT_COUNTER_SHIFT |
	       (u64)node << PAXOS_BALLOT_NODE_SHIFT | classic;
}

/**
 * paxos_ballot_above - the lowest classic ballot of a node above another
 * @floor: the ballot to exceed, 0 for none
 * @node: whose ballot it will be
 *
 * The counter always rises, so that the fast ballot beside the classic one is
 * above @floor as well. P10.
 *
 * Context: any.
 * Return: the ballot, or 0 when the 47 bits of counter are used up.
 */
u64 paxos_ballot_above(u64 floor, u32 node)
{
	u64 counter = paxos_ballot_counter(floor);

	if (counter >= PAXOS_BALLOT_COUNTER_MAX)
		return 0;
	return paxos_ballot_make(counter + 1, node, true);
}
