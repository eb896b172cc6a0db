/* SPDX-License-Identifier: GPL-2.0 */
/* A membership: who votes, under which incarnation, and how many make a quorum. */
#ifndef _PAXOS_CORE_MEMBERSHIP_H
#define _PAXOS_CORE_MEMBERSHIP_H

#include "wire.h"

/**
 * struct paxos_membership - the voters in force
 * @version: the instance that decided it, 0 for the first
 * @options: voters, quorums, window and alpha
 * @voter: the voters by rising node id
 */
struct paxos_membership {
	u64 version;
	struct paxos_options options;
	struct paxos_voter voter[PAXOS_VOTERS_MAX];
};

static inline u64 paxos_node_bit(u32 node)
{
	return 1ULL << (node - 1);
}

int paxos_membership_index(const struct paxos_membership *m, u8 node);
bool paxos_membership_names(const struct paxos_membership *m, u8 node,
			    const u8 incarnation[PAXOS_ID_BYTES]);
bool paxos_options_equal(const struct paxos_options *a, const struct paxos_options *b);
void paxos_membership_identity(const struct paxos_membership *m, u32 group,
			       u8 identity[PAXOS_ID_BYTES]);

#endif
