// SPDX-License-Identifier: GPL-2.0
/* Ballots: put together, taken apart, compared, and used up. */

#include <kunit/test.h>

#include "core/ballot.h"

static void takes_apart_what_was_put_together(struct kunit *test)
{
	static const u64 counters[] = { 1, 2, 1000, 1ULL << 40, PAXOS_BALLOT_COUNTER_MAX };
	unsigned int i;
	u32 node;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		for (node = 1; node <= PAXOS_NODE_MAX; node++) {
			u64 ballot = paxos_ballot_make(counters[i], node, true);
			u64 fast = paxos_ballot_make(counters[i], node, false);

			KUNIT_EXPECT_EQ(test, paxos_ballot_counter(ballot), counters[i]);
			KUNIT_EXPECT_EQ(test, paxos_ballot_node(ballot), node);
			KUNIT_EXPECT_TRUE(test, paxos_ballot_is_classic(ballot));
			KUNIT_EXPECT_TRUE(test, paxos_ballot_is_valid(ballot));
			KUNIT_EXPECT_FALSE(test, paxos_ballot_is_classic(fast));
			KUNIT_EXPECT_TRUE(test, paxos_ballot_is_valid(fast));
			/* P15: nothing lies between the two of one hand-out. */
			KUNIT_EXPECT_EQ(test, ballot, fast + 1);
		}
}

static void counter_outweighs_node(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, paxos_ballot_make(2, 1, false),
			paxos_ballot_make(1, PAXOS_NODE_MAX, true));
	KUNIT_EXPECT_GT(test, paxos_ballot_make(2, 2, false), paxos_ballot_make(2, 1, true));
}

struct invalid {
	const char *desc;
	u64 ballot;
};

static const struct invalid invalids[] = {
	{ "none", 0 },
	{ "a node alone", 1 << PAXOS_BALLOT_NODE_SHIFT | 1 },
	{ "a counter alone", 1ULL << PAXOS_BALLOT_COUNTER_SHIFT | 1 },
	{ "a node above the last", 1ULL << PAXOS_BALLOT_COUNTER_SHIFT |
	  (PAXOS_NODE_MAX + 1) << PAXOS_BALLOT_NODE_SHIFT | 1 },
	{ "the key of what is chosen", PAXOS_BALLOT_CHOSEN },
};

KUNIT_ARRAY_PARAM_DESC(invalids, invalids, desc);

static void nobody_was_handed(struct kunit *test)
{
	const struct invalid *param = test->param_value;

	KUNIT_EXPECT_FALSE(test, paxos_ballot_is_valid(param->ballot));
}

/* P10: above all that was seen, of whatever node. */
static void next_is_above_every_floor(struct kunit *test)
{
	u64 floor = 0;
	u32 node;

	for (node = PAXOS_NODE_MAX; node; node--) {
		u64 ballot = paxos_ballot_above(floor, node);

		KUNIT_EXPECT_GT(test, ballot, floor);
		/* The fast one beside it is above as well. */
		KUNIT_EXPECT_GT(test, ballot - 1, floor);
		KUNIT_EXPECT_EQ(test, paxos_ballot_node(ballot), node);
		KUNIT_EXPECT_TRUE(test, paxos_ballot_is_classic(ballot));
		KUNIT_EXPECT_TRUE(test, paxos_ballot_is_valid(ballot));
		floor = ballot;
	}
}

static void counter_runs_out(struct kunit *test)
{
	const u64 max = PAXOS_BALLOT_COUNTER_MAX;
	u64 last = paxos_ballot_above(paxos_ballot_make(max - 1, 64, true), 1);

	KUNIT_EXPECT_EQ(test, paxos_ballot_counter(last), max);
	KUNIT_EXPECT_EQ(test, paxos_ballot_above(last, 2), 0);
	KUNIT_EXPECT_EQ(test, paxos_ballot_above(paxos_ballot_make(max, 1, false), 64), 0);
	KUNIT_EXPECT_EQ(test, paxos_ballot_above(U64_MAX, 1), 0);
}

static struct kunit_case ballot_cases[] = {
	KUNIT_CASE(takes_apart_what_was_put_together),
	KUNIT_CASE(counter_outweighs_node),
	KUNIT_CASE_PARAM(nobody_was_handed, invalids_gen_params),
	KUNIT_CASE(next_is_above_every_floor),
	KUNIT_CASE(counter_runs_out),
	{}
};

static struct kunit_suite ballot_suite = {
	.name = "paxos_ballot",
	.test_cases = ballot_cases,
};

kunit_test_suite(ballot_suite);
