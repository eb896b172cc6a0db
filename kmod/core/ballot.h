/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ballots: counter, node and kind in one integer, compared as integers.
 * Chubby's rule s = m * n + i with n fixed at 2^17, so that a ballot stays
 * unique when the membership changes.
 */
#ifndef _PAXOS_CORE_BALLOT_H
#define _PAXOS_CORE_BALLOT_H

#include "port.h"

#define PAXOS_BALLOT_NODE_SHIFT		1
#define PAXOS_BALLOT_COUNTER_SHIFT	17
#define PAXOS_BALLOT_COUNTER_MAX	((1ULL << 47) - 1)
#define PAXOS_BALLOT_CLASSIC		1ULL

/* Keys a reassembly of what is known to be chosen: no ballot outbids it. */
#define PAXOS_BALLOT_CHOSEN		U64_MAX

static inline u64 paxos_ballot_counter(u64 ballot)
{
	return ballot >> PAXOS_BALLOT_COUNTER_SHIFT;
}

static inline u32 paxos_ballot_node(u64 ballot)
{
	return (u32)(ballot >> PAXOS_BALLOT_NODE_SHIFT) & 0xffff;
}

static inline bool paxos_ballot_is_classic(u64 ballot)
{
	return ballot & PAXOS_BALLOT_CLASSIC;
}

/**
 * paxos_ballot_is_valid - could a node have been handed this ballot?
 * @ballot: as it came from the wire or from a caller
 *
 * Context: any.
 * Return: false for 0, for a counter of 0 and for a node that cannot be.
 */
static inline bool paxos_ballot_is_valid(u64 ballot)
{
	u32 node = paxos_ballot_node(ballot);

	return paxos_ballot_counter(ballot) && node && node <= PAXOS_NODE_MAX;
}

u64 paxos_ballot_make(u64 counter, u32 node, bool classic);
u64 paxos_ballot_above(u64 floor, u32 node);

#endif
