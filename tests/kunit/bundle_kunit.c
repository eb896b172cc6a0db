// SPDX-License-Identifier: GPL-2.0
/* Bundles: what is one, what is one message, and what is neither. */

#include <kunit/test.h>

#include "core/bundle.h"

struct bed {
	u8 bytes[PAXOS_WIRE_MAX + PAXOS_BUNDLE_UNIT];
};

static size_t put(u8 *at, u32 group, u8 type)
{
	struct paxos_header header = { .group = group, .sender = 2, .boot = 1, .sequence = 1 };
	struct paxos_msg msg = { .type = type };

	if (type == PAXOS_WIRE_HEARTBEAT) {
		msg.heartbeat.ballot = 1ULL << 17 | 2 << 1 | 1;
		msg.heartbeat.number = 7;
	} else {
		msg.learn.from = 1;
		msg.learn.upto = 1;
	}
	return paxos_wire_encode(at, PAXOS_WIRE_MAX, &header, &msg);
}

static int init_bed(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), 0);
	size_t at = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, bed);
	for (i = 0; i <= PAXOS_BUNDLE_MAX; i++)
		at += put(bed->bytes + at, i + 1, PAXOS_WIRE_HEARTBEAT);
	KUNIT_ASSERT_EQ(test, at, (PAXOS_BUNDLE_MAX + 1) * PAXOS_BUNDLE_UNIT);
	test->priv = bed;
	return 0;
}

static void expect(struct kunit *test, size_t len, enum paxos_reason reason, size_t unit)
{
	struct bed *bed = test->priv;
	size_t got = 0;

	KUNIT_EXPECT_EQ(test, paxos_bundle_split(bed->bytes, len, &got), reason);
	if (reason == PAXOS_REASON_OK)
		KUNIT_EXPECT_EQ(test, got, unit);
}

static void as_many_as_fit_are_told_apart(struct kunit *test)
{
	size_t n;

	for (n = 1; n <= PAXOS_BUNDLE_MAX; n++)
		expect(test, n * PAXOS_BUNDLE_UNIT, PAXOS_REASON_OK, PAXOS_BUNDLE_UNIT);
	/* What fits no datagram is refused as such. */
	n *= PAXOS_BUNDLE_UNIT;
	expect(test, n, PAXOS_REASON_OK, n);
}

static void what_is_cut_at_any_byte_is_no_bundle(struct kunit *test)
{
	size_t len;

	for (len = 0; len <= PAXOS_BUNDLE_UNIT; len++)
		expect(test, len, PAXOS_REASON_OK, len);
	for (; len <= PAXOS_WIRE_MAX; len++)
		if (len % PAXOS_BUNDLE_UNIT)
			expect(test, len, PAXOS_REASON_BUNDLE, 0);
}

/* P34: of what is no bundle nothing is heard, not even what comes before. */
static void each_message_of_it_is_looked_at(struct kunit *test)
{
	const size_t len = PAXOS_BUNDLE_MAX * PAXOS_BUNDLE_UNIT;
	struct bed *bed = test->priv;
	u32 i;

	for (i = 1; i < PAXOS_BUNDLE_MAX; i++) {
		struct paxos_wire_header *w = (void *)(bed->bytes + i * PAXOS_BUNDLE_UNIT);
		const struct paxos_wire_header good = *w;

		w->version++;
		expect(test, len, PAXOS_REASON_BUNDLE, 0);
		*w = good;
		w->type = PAXOS_WIRE_LEARN;
		expect(test, len, PAXOS_REASON_BUNDLE, 0);
		*w = good;
		w->length = cpu_to_be16(PAXOS_BUNDLE_UNIT - 8);
		expect(test, len, PAXOS_REASON_BUNDLE, 0);
		*w = good;
		expect(test, len, PAXOS_REASON_OK, PAXOS_BUNDLE_UNIT);
	}
}

/* A request for repair is answered with a fixed number of messages, a datagram. P35 */
static void other_messages_are_alone(struct kunit *test)
{
	struct bed *bed = test->priv;
	size_t one = put(bed->bytes, 1, PAXOS_WIRE_LEARN);

	put(bed->bytes + one, 2, PAXOS_WIRE_LEARN);
	/* Which is what the decoder refuses then, for its length. */
	expect(test, 2 * one, PAXOS_REASON_OK, 2 * one);
	expect(test, one, PAXOS_REASON_OK, one);
}

static struct kunit_case bundle_cases[] = {
	KUNIT_CASE(as_many_as_fit_are_told_apart),
	KUNIT_CASE(what_is_cut_at_any_byte_is_no_bundle),
	KUNIT_CASE(each_message_of_it_is_looked_at),
	KUNIT_CASE(other_messages_are_alone),
	{}
};

static struct kunit_suite bundle_suite = {
	.name = "paxos_bundle",
	.init = init_bed,
	.test_cases = bundle_cases,
};

kunit_test_suite(bundle_suite);
