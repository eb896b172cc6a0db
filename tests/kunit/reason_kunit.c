// SPDX-License-Identifier: GPL-2.0
/* Reasons: each has a name, and a name of its own. */

#include <kunit/test.h>

#include "core/reason.h"

static void every_reason_has_its_own_name(struct kunit *test)
{
	int a, b;

	for (a = 0; a < PAXOS_REASON_COUNT; a++) {
		KUNIT_ASSERT_NOT_NULL(test, paxos_reason_name(a));
		KUNIT_EXPECT_STRNEQ(test, paxos_reason_name(a), "");
		for (b = 0; b < a; b++)
			KUNIT_EXPECT_STRNEQ(test, paxos_reason_name(a), paxos_reason_name(b));
	}
}

/* What is zeroed has not been dropped. */
static void zero_is_ok(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PAXOS_REASON_OK, 0);
	KUNIT_EXPECT_STREQ(test, paxos_reason_name(0), "ok");
}

static struct kunit_case reason_cases[] = {
	KUNIT_CASE(every_reason_has_its_own_name),
	KUNIT_CASE(zero_is_ok),
	{}
};

static struct kunit_suite reason_suite = {
	.name = "paxos_reason",
	.test_cases = reason_cases,
};

kunit_test_suite(reason_suite);
