// SPDX-License-Identifier: GPL-2.0
/* Quorums: defaults, and the check that any two that must meet do. */

#include "quorum.h"

/**
 * paxos_quorum_default - majorities, and the fast quorum that goes with them
 * @q: filled in
 * @voters: n, 1 to PAXOS_VOTERS_MAX
 *
 * F = ceil(3n/4) meets Q1 + 2F > 2n for a majority Q1. P14; Lamport, Fast
 * Paxos, 2006, section 2.2.
 *
 * Context: any.
 */
void paxos_quorum_default(struct paxos_quorum *q, unsigned int voters)
{
	q->voters = (u8)voters;
	q->phase_1 = (u8)(voters / 2 + 1);
	q->phase_2 = (u8)(voters / 2 + 1);
	q->fast = (u8)DIV_ROUND_UP(3 * voters, 4);
}

/**
 * paxos_quorum_check - do these sizes keep Paxos safe?
 * @q: sizes, from an operator or from the wire
 *
 * P14; Howard, Malkhi and Spiegelman, Flexible Paxos, 2016, section 3.
 *
 * Context: any.
 * Return: NULL if they do, or a text that says which rule they break.
 */
const char *paxos_quorum_check(const struct paxos_quorum *q)
{
	if (!q->voters)
		return "a group needs a voter";
	if (q->voters > PAXOS_VOTERS_MAX)
		return "a group has at most 15 voters";
	if (!q->phase_1 || q->phase_1 > q->voters)
		return "quorum 1 must be at least 1 and at most the number of voters";
	if (!q->phase_2 || q->phase_2 > q->voters)
		return "quorum 2 must be at least 1 and at most the number of voters";
	if (!q->fast || q->fast > q->voters)
		return "the fast quorum must be at least 1 and at most the number of voters";
	if (q->phase_1 + q->phase_2 <= q->voters)
		return "quorum 1 and quorum 2 together must exceed the number of voters";
	if (q->phase_1 + 2 * q->fast <= 2 * q->voters)
		return "quorum 1 and twice the fast quorum must exceed twice the number of voters";
	return NULL;
}
