// SPDX-License-Identifier: GPL-2.0
/* Quorums: the defaults, and every size there is, against sets counted one by one. */

#include <kunit/test.h>

#include "core/quorum.h"

struct expected {
	u8 voters;
	u8 majority;
	u8 fast;
};

/* P14, and what it says of the rest. */
static const struct expected defaults[] = {
	{ 1, 1, 1 }, { 2, 2, 2 }, { 3, 2, 3 }, { 4, 3, 3 }, { 5, 3, 4 },
	{ 6, 4, 5 }, { 7, 4, 6 }, { 8, 5, 6 }, { 9, 5, 7 }, { 10, 6, 8 },
	{ 11, 6, 9 }, { 12, 7, 9 }, { 13, 7, 10 }, { 14, 8, 11 }, { 15, 8, 12 },
};

static void describe(const struct expected *e, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u voters", e->voters);
}

KUNIT_ARRAY_PARAM(defaults, defaults, describe);

static void defaults_are_majorities(struct kunit *test)
{
	const struct expected *param = test->param_value;
	struct paxos_quorum q;

	paxos_quorum_default(&q, param->voters);
	KUNIT_EXPECT_EQ(test, q.voters, param->voters);
	KUNIT_EXPECT_EQ(test, q.phase_1, param->majority);
	KUNIT_EXPECT_EQ(test, q.phase_2, param->majority);
	KUNIT_EXPECT_EQ(test, q.fast, param->fast);
	KUNIT_EXPECT_NULL(test, paxos_quorum_check(&q));
}

/* The fast quorum is the smallest that will do. */
static void a_smaller_fast_quorum_is_refused(struct kunit *test)
{
	const struct expected *param = test->param_value;
	struct paxos_quorum q;

	paxos_quorum_default(&q, param->voters);
	q.fast--;
	KUNIT_EXPECT_NOT_NULL(test, paxos_quorum_check(&q));
}

/* Do any two sets of these sizes out of n have a node in common? */
static bool must_meet(unsigned int n, unsigned int a, unsigned int b)
{
	return a + b > n;
}

/* And any set of size a with the common part of any two of size b? */
static bool must_meet_three(unsigned int n, unsigned int a, unsigned int b)
{
	unsigned int common = 2 * b > n ? 2 * b - n : 0;

	return common && must_meet(n, a, common);
}

/* P14, for every size of everything. */
static void sizes_are_safe_or_refused(struct kunit *test)
{
	const struct expected *param = test->param_value;
	const unsigned int n = param->voters;
	struct paxos_quorum q = { .voters = (u8)n };
	unsigned int one, two, fast;

	for (one = 0; one <= n + 1; one++)
		for (two = 0; two <= n + 1; two++)
			for (fast = 0; fast <= n + 1; fast++) {
				bool fits = one && two && fast && one <= n && two <= n &&
					    fast <= n;
				bool safe = fits && must_meet(n, one, two) &&
					    must_meet_three(n, one, fast);

				q.phase_1 = (u8)one;
				q.phase_2 = (u8)two;
				q.fast = (u8)fast;
				KUNIT_ASSERT_EQ_MSG(test, !paxos_quorum_check(&q), safe,
						    "%u %u %u of %u", one, two, fast, n);
			}
}

static void a_group_has_one_to_fifteen_voters(struct kunit *test)
{
	struct paxos_quorum q = { .voters = 0, .phase_1 = 0, .phase_2 = 0, .fast = 0 };

	KUNIT_EXPECT_NOT_NULL(test, paxos_quorum_check(&q));
	q = (struct paxos_quorum){ .voters = 16, .phase_1 = 9, .phase_2 = 9, .fast = 12 };
	KUNIT_EXPECT_NOT_NULL(test, paxos_quorum_check(&q));
	q = (struct paxos_quorum){ .voters = 255, .phase_1 = 255, .phase_2 = 255, .fast = 255 };
	KUNIT_EXPECT_NOT_NULL(test, paxos_quorum_check(&q));
}

static void nodes_are_counted_once(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, paxos_quorum_has(0, 0));
	KUNIT_EXPECT_FALSE(test, paxos_quorum_has(0, 1));
	KUNIT_EXPECT_TRUE(test, paxos_quorum_has(1ULL << 63 | 1, 2));
	KUNIT_EXPECT_FALSE(test, paxos_quorum_has(1ULL << 63 | 1, 3));
	KUNIT_EXPECT_TRUE(test, paxos_quorum_has(U64_MAX, 64));
}

static struct kunit_case quorum_cases[] = {
	KUNIT_CASE_PARAM(defaults_are_majorities, defaults_gen_params),
	KUNIT_CASE_PARAM(a_smaller_fast_quorum_is_refused, defaults_gen_params),
	KUNIT_CASE_PARAM(sizes_are_safe_or_refused, defaults_gen_params),
	KUNIT_CASE(a_group_has_one_to_fifteen_voters),
	KUNIT_CASE(nodes_are_counted_once),
	{}
};

static struct kunit_suite quorum_suite = {
	.name = "paxos_quorum",
	.test_cases = quorum_cases,
};

kunit_test_suite(quorum_suite);
