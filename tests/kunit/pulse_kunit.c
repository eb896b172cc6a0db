// SPDX-License-Identifier: GPL-2.0
/* Pulses: what is believed of them, when they go, and their bytes. */

#include <kunit/test.h>

#include "core/pulse.h"

static const struct paxos_vow own = { .life = 7, .epoch = 3 };

static enum paxos_reason hear(struct paxos_pulse *p, u64 life, u64 epoch, u64 number, u64 now)
{
	const struct paxos_beat beat = { .life = life, .epoch = epoch, .number = number };

	return paxos_pulse_hear(p, &own, &beat, now);
}

static enum paxos_reason echo(struct paxos_pulse *p, u64 number, u64 life, u64 echoed, u64 now)
{
	const struct paxos_beat beat = {
		.life = 50, .epoch = 1, .number = number,
		.echo_life = life, .echo_number = echoed, .answer = true,
	};

	return paxos_pulse_hear(p, &own, &beat, now);
}

static void what_comes_late_holds_nothing_up(struct kunit *test)
{
	struct paxos_pulse p = { };

	KUNIT_EXPECT_EQ(test, hear(&p, 50, 1, 4, 100), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.vow, 51);
	KUNIT_EXPECT_EQ(test, p.heard.heard_at, 100);
	KUNIT_EXPECT_EQ(test, hear(&p, 50, 1, 4, 200), PAXOS_REASON_DUPLICATE);
	KUNIT_EXPECT_EQ(test, hear(&p, 50, 1, 3, 200), PAXOS_REASON_DUPLICATE);
	KUNIT_EXPECT_EQ(test, p.heard.heard_at, 100);
	KUNIT_EXPECT_EQ(test, hear(&p, 50, 2, 6, 200), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.vow, 52);
	KUNIT_EXPECT_EQ(test, hear(&p, 50, 1, 7, 300), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, p.heard.vow, 52);
	KUNIT_EXPECT_EQ(test, p.heard.heard_at, 200);
}

static void a_life_that_is_over_does_not_come_back(struct kunit *test)
{
	struct paxos_pulse p = { };

	KUNIT_EXPECT_EQ(test, hear(&p, 50, 9, 1000, 100), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, hear(&p, 80, 1, 1, 110), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.vow, 81);
	KUNIT_EXPECT_EQ(test, hear(&p, 50, 9, 1001, 120), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, p.heard.vow, 81);
	KUNIT_EXPECT_EQ(test, p.heard.heard_at, 110);
	KUNIT_EXPECT_EQ(test, hear(&p, 80, 1, 2, 130), PAXOS_REASON_OK);
}

static void an_answer_is_to_what_was_sent(struct kunit *test)
{
	struct paxos_pulse p = { };
	u8 bytes[PAXOS_PULSE_SIZE];

	KUNIT_EXPECT_EQ(test, echo(&p, 1, own.life, 5, 100), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 0);
	paxos_pulse_write(&p, &own, 5, 110, false, bytes);
	paxos_pulse_write(&p, &own, 9, 120, false, bytes);
	KUNIT_EXPECT_EQ(test, echo(&p, 2, own.life + 1, 5, 130), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 0);
	KUNIT_EXPECT_EQ(test, echo(&p, 3, own.life, 5, 140), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 140);
	/* The same once more is news of the way here, and of none back. */
	KUNIT_EXPECT_EQ(test, echo(&p, 4, own.life, 5, 150), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 140);
	KUNIT_EXPECT_EQ(test, p.heard.heard_at, 150);
	KUNIT_EXPECT_EQ(test, echo(&p, 5, own.life, 9, 160), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 160);
	/* Another life answered nothing yet. */
	KUNIT_EXPECT_EQ(test, hear(&p, 80, 1, 1, 170), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, p.heard.answered_at, 0);
}

/* What a link held back comes all at once. */
static void of_many_at_once_one_is_answered(struct kunit *test)
{
	struct paxos_beat beat = { .life = 50, .epoch = 2, .number = 1 };
	struct paxos_pulse p = { };
	u8 bytes[PAXOS_PULSE_SIZE];

	KUNIT_EXPECT_TRUE(test, paxos_pulse_owes(&p, &beat, 100));
	/* One that went unasked is no answer. */
	paxos_pulse_write(&p, &own, 1, 100, false, bytes);
	KUNIT_EXPECT_TRUE(test, paxos_pulse_owes(&p, &beat, 100));
	paxos_pulse_write(&p, &own, 2, 100, true, bytes);
	KUNIT_EXPECT_FALSE(test, paxos_pulse_owes(&p, &beat, 100));
	KUNIT_EXPECT_TRUE(test, paxos_pulse_owes(&p, &beat, 101));
	beat.answer = true;
	KUNIT_EXPECT_FALSE(test, paxos_pulse_owes(&p, &beat, 101));
}

static void they_go_as_often_as_is_wanted(struct kunit *test)
{
	struct paxos_pulse p = { };
	u8 bytes[PAXOS_PULSE_SIZE];

	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 0), U64_MAX);
	paxos_pulse_want(&p, 100, 1234, 9000);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1234), 1300);
	paxos_pulse_want(&p, 10, 1235, 2000);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1235), 1240);
	paxos_pulse_want(&p, 100, 1236, 9500);
	paxos_pulse_write(&p, &own, 1, 1240, false, bytes);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1240), 1250);
	/* An answer says as much, and the next to be answered comes in time. */
	paxos_pulse_write(&p, &own, 2, 1248, true, bytes);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1248), 1263);
	/* Nobody wants as many any more. */
	paxos_pulse_write(&p, &own, 3, 1999, false, bytes);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1999), 2000);
	paxos_pulse_write(&p, &own, 4, 2000, false, bytes);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 2000), 2100);
	paxos_pulse_write(&p, &own, 5, 9100, false, bytes);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 9100), 9200);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 9500), U64_MAX);
}

/* Whoever wants them is never without. */
static void no_wish_is_forgotten(struct kunit *test)
{
	struct paxos_pulse p = { };

	paxos_pulse_want(&p, 1, 1000, 1128);
	paxos_pulse_want(&p, 10, 1000, 2280);
	paxos_pulse_want(&p, 100, 1000, 13800);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 1127), 1001);
	KUNIT_EXPECT_LE(test, paxos_pulse_due(&p, 1128), 1140);
	KUNIT_EXPECT_LE(test, paxos_pulse_due(&p, 13799), 13800);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 13800), U64_MAX);
	/* In whichever order they come. */
	paxos_pulse_want(&p, 100, 20000, 32800);
	paxos_pulse_want(&p, 10, 20000, 21280);
	paxos_pulse_want(&p, 1, 20000, 20128);
	KUNIT_EXPECT_EQ(test, paxos_pulse_due(&p, 20127), 20001);
	KUNIT_EXPECT_LE(test, paxos_pulse_due(&p, 20128), 20140);
	KUNIT_EXPECT_LE(test, paxos_pulse_due(&p, 32799), 32800);
}

static void bytes_are_judged(struct kunit *test)
{
	static const struct {
		size_t at;
		u8 byte;
		enum paxos_reason reason;
	} bad[] = {
		{ offsetof(struct paxos_wire_pulse, version), 2, PAXOS_REASON_VERSION },
		{ offsetof(struct paxos_wire_pulse, length) + 1, 65, PAXOS_REASON_LENGTH },
		{ offsetof(struct paxos_wire_pulse, auth), 2, PAXOS_REASON_AUTH },
		{ offsetof(struct paxos_wire_pulse, flags), 2, PAXOS_REASON_FIELD },
		{ offsetof(struct paxos_wire_pulse, pad), 1, PAXOS_REASON_PADDING },
		{ offsetof(struct paxos_wire_pulse, tag) + 15, 1, PAXOS_REASON_PADDING },
		{ offsetof(struct paxos_wire_pulse, life) + 7, 0, PAXOS_REASON_FIELD },
		{ offsetof(struct paxos_wire_pulse, number) + 7, 0, PAXOS_REASON_FIELD },
	};
	struct paxos_pulse p = { .life = 50, .number = 4 };
	u8 bytes[PAXOS_PULSE_SIZE], old;
	struct paxos_beat beat;
	size_t i;

	paxos_pulse_write(&p, &own, 6, 100, true, bytes);
	KUNIT_EXPECT_TRUE(test, paxos_pulse_is(bytes, sizeof(bytes)));
	KUNIT_EXPECT_FALSE(test, paxos_pulse_is(bytes, sizeof(bytes) - 1));
	KUNIT_EXPECT_EQ(test, paxos_pulse_read(bytes, &beat), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, beat.life, own.life);
	KUNIT_EXPECT_EQ(test, beat.epoch, own.epoch);
	KUNIT_EXPECT_EQ(test, beat.number, 6);
	KUNIT_EXPECT_EQ(test, beat.echo_life, 50);
	KUNIT_EXPECT_EQ(test, beat.echo_number, 4);
	KUNIT_EXPECT_TRUE(test, beat.answer);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		old = bytes[bad[i].at];
		bytes[bad[i].at] = bad[i].byte;
		KUNIT_EXPECT_EQ_MSG(test, paxos_pulse_read(bytes, &beat), bad[i].reason,
				    "byte %zu", bad[i].at);
		bytes[bad[i].at] = old;
	}
	bytes[offsetof(struct paxos_wire_pulse, type)] = PAXOS_WIRE_HEARTBEAT;
	KUNIT_EXPECT_FALSE(test, paxos_pulse_is(bytes, sizeof(bytes)));
}

static struct kunit_case pulse_cases[] = {
	KUNIT_CASE(what_comes_late_holds_nothing_up),
	KUNIT_CASE(a_life_that_is_over_does_not_come_back),
	KUNIT_CASE(an_answer_is_to_what_was_sent),
	KUNIT_CASE(of_many_at_once_one_is_answered),
	KUNIT_CASE(they_go_as_often_as_is_wanted),
	KUNIT_CASE(no_wish_is_forgotten),
	KUNIT_CASE(bytes_are_judged),
	{}
};

static struct kunit_suite pulse_suite = {
	.name = "paxos_pulse",
	.test_cases = pulse_cases,
};

kunit_test_suite(pulse_suite);

MODULE_LICENSE("GPL");
