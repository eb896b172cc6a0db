/* SPDX-License-Identifier: GPL-2.0 */
/* Quorums: how many voters make one, and which sizes are safe together. */
#ifndef _PAXOS_CORE_QUORUM_H
#define _PAXOS_CORE_QUORUM_H

#include "port.h"

/**
 * struct paxos_quorum - sizes of the quorums of a membership
 * @voters: n, how many voters there are
 * @phase_1: Q1, promises
 * @phase_2: Q2, votes of a classic round
 * @fast: F, votes of a fast round
 */
struct paxos_quorum {
	u8 voters;
	u8 phase_1;
	u8 phase_2;
	u8 fast;
};

void paxos_quorum_default(struct paxos_quorum *q, unsigned int voters);
const char *paxos_quorum_check(const struct paxos_quorum *q);

static inline bool paxos_quorum_has(u64 nodes, unsigned int size)
{
	/* A few at most: less than it takes to count all bits without an instruction for it. */
	while (nodes && size) {
		nodes &= nodes - 1;
		size--;
	}
	return !size;
}

#endif
