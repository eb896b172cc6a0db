// SPDX-License-Identifier: GPL-2.0
/*
 * The value rule (P13).
 *
 * Let k be the highest ballot at which any of the quorum voted. A value chosen
 * below k was already found by whoever proposed at k, so only votes at k count:
 *
 *   (i)   nobody voted: nothing was chosen and nothing below the ballot can be
 *         any more, since a quorum promised: free;
 *   (ii)  one value at k: it may be chosen, at k or below: that one. This
 *         holds for a fast k, too: "enough votes or free" alone would be wrong,
 *         since the value at k may be the one that a classic ballot below k
 *         got chosen, and k's own votes too few to say so;
 *   (iii) k fast, several values: the one that may have reached a fast quorum,
 *         if those who did not answer all voted for it. Q1 + 2F > 2n makes it
 *         one at most;
 *   (iv)  k fast, several values and none can have reached it: nothing is
 *         chosen at k, and had something been chosen below k then only that
 *         value could have been voted for at k: free.
 *
 * At a classic k two values cannot be: one proposer, one value (P11).
 */
#include <stddef.h>

#include "rule.h"

/* counter << 17 | node << 1 | classic */
static bool rule_classic(uint64_t ballot)
{
	return ballot & 1;
}

/* Whether two values are the same one. */
bool rule_same(const struct rule_value *a, const struct rule_value *b)
{
	return a->client == b->client && a->sequence == b->sequence &&
	       a->digest == b->digest && a->kind == b->kind;
}

static enum rule_verdict rule_chosen(const struct rule_reply *replies,
				     unsigned int count,
				     struct rule_value *value)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (!replies[i].chosen)
			continue;
		if (found && !rule_same(value, &replies[i].value))
			return RULE_ALARM;
		*value = replies[i].value;
		found = true;
	}
	return found ? RULE_CHOSEN : RULE_FREE;
}

/* Replies that voted for this value at this ballot. */
static unsigned int rule_votes(const struct rule_reply *replies,
			       unsigned int count, uint64_t ballot,
			       const struct rule_value *value)
{
	unsigned int votes = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (replies[i].voted && replies[i].ballot == ballot &&
		    rule_same(&replies[i].value, value))
			votes++;
	return votes;
}

/**
 * rule_apply - what may be proposed at an instance
 * @replies: whole promises of distinct voters, at least Q1 of them
 * @count: how many
 * @voters: n
 * @fast: F, or 0 in a group that has no fast rounds
 * @ballot: the ballot that they promised
 * @value: the value, for RULE_VALUE and RULE_CHOSEN
 * @highest: the highest ballot voted at, 0 for none
 *
 * Return: the verdict.
 */
enum rule_verdict rule_apply(const struct rule_reply *replies,
			     unsigned int count, unsigned int voters,
			     unsigned int fast, uint64_t ballot,
			     struct rule_value *value, uint64_t *highest)
{
	const struct rule_value *first = NULL;
	enum rule_verdict verdict;
	bool several = false;
	bool found = false;
	uint64_t k = 0;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (replies[i].voted && replies[i].ballot > k)
			k = replies[i].ballot;
	*highest = k;

	verdict = rule_chosen(replies, count, value);
	if (verdict != RULE_FREE)
		return verdict;
	if (!k)
		return RULE_FREE;
	if (k >= ballot)
		return RULE_VOID;

	for (i = 0; i < count; i++) {
		if (!replies[i].voted || replies[i].ballot != k)
			continue;
		if (!first)
			first = &replies[i].value;
		else if (!rule_same(first, &replies[i].value))
			several = true;
	}
	if (!several) {
		*value = *first;
		return RULE_VALUE;
	}
	/* A vote at a fast ballot, in a group that has none, is no vote. */
	if (rule_classic(k) || !fast)
		return RULE_ALARM;

	for (i = 0; i < count; i++) {
		const struct rule_value *this = &replies[i].value;

		if (!replies[i].voted || replies[i].ballot != k)
			continue;
		/* votes >= |replies| + F - n */
		if (rule_votes(replies, count, k, this) + voters < count + fast)
			continue;
		if (found && !rule_same(value, this))
			return RULE_ALARM;
		*value = *this;
		found = true;
	}
	return found ? RULE_VALUE : RULE_FREE;
}
