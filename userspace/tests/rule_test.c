// SPDX-License-Identifier: GPL-2.0
/*
 * The value rule, case by case, and against an enumeration of what acceptors
 * can have done.
 */
#include <stdint.h>
#include <string.h>

#include "rule.h"
#include "tap.h"

/* Ballots: a counter, fast or classic, all of node 1. */
#define FAST(counter)		((uint64_t)(counter) << 17 | 1 << 1)
#define CLASSIC(counter)	(FAST(counter) | 1)

#define VALUE(name)		{ .client = 7, .sequence = (name), \
				  .digest = 100 + (name), .kind = 1 }
#define NONE			{ .node = 0 }
#define VOTE(at, name)		{ .voted = true, .ballot = (at), \
				  .value = VALUE(name) }
#define KNOWN(name)		{ .chosen = true, .value = VALUE(name) }

struct rule_case {
	const char *name;
	unsigned int voters;
	unsigned int fast;
	unsigned int count;
	struct rule_reply replies[5];
	enum rule_verdict verdict;
	uint64_t value;		/* its sequence */
};

static const struct rule_case cases[] = {
	{ "nobody voted", 3, 0, 2, { NONE, NONE }, RULE_FREE },
	{ "one vote binds", 3, 0, 2, { NONE, VOTE(CLASSIC(1), 1) },
	  RULE_VALUE, 1 },
	{ "the highest binds", 3, 0, 2,
	  { VOTE(CLASSIC(2), 2), VOTE(CLASSIC(1), 1) }, RULE_VALUE, 2 },
	{ "the highest binds, whoever says it first", 3, 0, 2,
	  { VOTE(CLASSIC(1), 1), VOTE(CLASSIC(2), 2) }, RULE_VALUE, 2 },
	{ "many below count for nothing", 5, 0, 3,
	  { VOTE(CLASSIC(1), 1), VOTE(CLASSIC(1), 1), VOTE(CLASSIC(2), 2) },
	  RULE_VALUE, 2 },
	{ "what is chosen wins over any vote", 3, 0, 2,
	  { KNOWN(1), VOTE(CLASSIC(5), 2) }, RULE_CHOSEN, 1 },
	{ "what is chosen wins over a vote above", 3, 0, 2,
	  { VOTE(CLASSIC(11), 2), KNOWN(1) }, RULE_CHOSEN, 1 },
	{ "two values chosen", 3, 0, 2, { KNOWN(1), KNOWN(2) }, RULE_ALARM },
	{ "a vote above the ballot", 3, 0, 2, { VOTE(CLASSIC(11), 1), NONE },
	  RULE_VOID },
	{ "a vote at the ballot", 3, 0, 2, { VOTE(CLASSIC(10), 1), NONE },
	  RULE_VOID },
	{ "two values at a classic ballot", 3, 0, 2,
	  { VOTE(CLASSIC(2), 1), VOTE(CLASSIC(2), 2) }, RULE_ALARM },
	{ "the same at a classic ballot above which one is higher", 5, 0, 3,
	  { VOTE(CLASSIC(2), 1), VOTE(CLASSIC(2), 2), VOTE(CLASSIC(3), 3) },
	  RULE_VALUE, 3 },
	{ "two values at a fast ballot where there is none", 3, 0, 2,
	  { VOTE(FAST(2), 1), VOTE(FAST(2), 2) }, RULE_ALARM },
	/* n = 4, F = 3, Q1 = 3: two of three replies may be three of four. */
	{ "fast: one may have reached its quorum", 4, 3, 3,
	  { VOTE(FAST(2), 1), VOTE(FAST(2), 1), VOTE(FAST(2), 2) },
	  RULE_VALUE, 1 },
	{ "fast: none can have", 4, 3, 3,
	  { VOTE(FAST(2), 1), VOTE(FAST(2), 3), VOTE(FAST(2), 2) },
	  RULE_FREE },
	/* n = 5, F = 4, Q1 = 3: 3 + 4 - 5 = 2. */
	{ "fast: threshold met", 5, 4, 3,
	  { VOTE(FAST(2), 2), VOTE(FAST(2), 1), VOTE(FAST(2), 2) },
	  RULE_VALUE, 2 },
	{ "fast: threshold of four replies not met", 5, 4, 4,
	  { VOTE(FAST(2), 1), VOTE(FAST(2), 1), VOTE(FAST(2), 2),
	    VOTE(FAST(2), 2) }, RULE_FREE },
	/* Too few for a fast quorum, and still it binds (ii). */
	{ "fast: one value alone binds", 5, 4, 4,
	  { VOTE(FAST(2), 1), NONE, NONE, NONE }, RULE_VALUE, 1 },
	{ "fast: one value alone binds, with another below", 5, 4, 4,
	  { VOTE(FAST(3), 1), VOTE(CLASSIC(2), 2), VOTE(CLASSIC(2), 2), NONE },
	  RULE_VALUE, 1 },
	{ "fast: a classic one above", 5, 4, 3,
	  { VOTE(FAST(2), 1), VOTE(CLASSIC(2), 2), VOTE(FAST(2), 1) },
	  RULE_VALUE, 2 },
	{ "fast: sizes too small to tell two apart", 4, 2, 4,
	  { VOTE(FAST(2), 1), VOTE(FAST(2), 1), VOTE(FAST(2), 2),
	    VOTE(FAST(2), 2) }, RULE_ALARM },
};

static const struct rule_case *present;

static void rule_case(void)
{
	struct rule_value value = { 0 };
	enum rule_verdict verdict;
	uint64_t highest;

	verdict = rule_apply(present->replies, present->count, present->voters,
			     present->fast, CLASSIC(10), &value, &highest);
	check(verdict == present->verdict);
	if (verdict == RULE_VALUE || verdict == RULE_CHOSEN)
		check(value.sequence == present->value);
}

static void rule_table(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		present = &cases[i];
		snprintf(tap_note, sizeof(tap_note), "%s: ", present->name);
		rule_case();
	}
}

static void rule_digest_counts(void)
{
	struct rule_reply replies[2] = { VOTE(CLASSIC(2), 1),
					 VOTE(CLASSIC(2), 1) };
	struct rule_value value;
	uint64_t highest;

	/* The same client and sequence, other bytes: two values. */
	replies[1].value.digest++;
	check(rule_apply(replies, 2, 3, 0, CLASSIC(3), &value, &highest) ==
	      RULE_ALARM);
	replies[1].value.digest--;
	replies[1].value.kind++;
	check(rule_apply(replies, 2, 3, 0, CLASSIC(3), &value, &highest) ==
	      RULE_ALARM);
}

static void rule_highest(void)
{
	const struct rule_reply replies[2] = { VOTE(CLASSIC(12), 1), NONE };
	struct rule_value value;
	uint64_t highest;

	check(rule_apply(replies, 2, 3, 0, CLASSIC(3), &value, &highest) ==
	      RULE_VOID);
	check(highest == CLASSIC(12));
}

/*
 * Every way in which n acceptors can have voted at one fast ballot, each for
 * one of three values or for none: for every set of Q1 of them that answers,
 * the rule must not let go of a value that F voted for.
 */
static void rule_fast_enumerated(void)
{
	static const unsigned int sizes[][3] = {
		/* n, Q1, F */
		{ 3, 2, 3 }, { 4, 3, 3 }, { 5, 3, 4 },
	};
	size_t size;

	for (size = 0; size < ARRAY_SIZE(sizes); size++) {
		unsigned int n = sizes[size][0];
		unsigned int q1 = sizes[size][1], fast = sizes[size][2];
		unsigned int votes, set, i, all = 1;

		for (i = 0; i < n; i++)
			all *= 4;
		for (votes = 0; votes < all; votes++) {
			unsigned int tally[4] = { 0 };
			unsigned int chosen = 0;

			for (i = 0; i < n; i++)
				tally[votes >> 2 * i & 3]++;
			for (i = 1; i < 4; i++)
				if (tally[i] >= fast)
					chosen = i;
			for (set = 0; set < 1u << n; set++) {
				struct rule_reply replies[5];
				struct rule_value value;
				unsigned int count = 0;
				enum rule_verdict verdict;
				uint64_t highest;

				for (i = 0; i < n; i++) {
					unsigned int v = votes >> 2 * i & 3;
					struct rule_reply vote =
						VOTE(FAST(2), v);

					if (!(set >> i & 1))
						continue;
					memset(&replies[count], 0,
					       sizeof(replies[0]));
					if (v)
						replies[count] = vote;
					replies[count++].node = i + 1;
				}
				if (count < q1)
					continue;
				verdict = rule_apply(replies, count, n, fast,
						     FAST(2) + 1, &value,
						     &highest);
				check(verdict != RULE_ALARM);
				check(verdict != RULE_VOID);
				if (!chosen)
					continue;
				check(verdict == RULE_VALUE);
				check(value.sequence == chosen);
			}
		}
	}
}

int main(void)
{
	run(rule_table);
	run(rule_digest_counts);
	run(rule_highest);
	run(rule_fast_enumerated);
	return finish();
}
