// SPDX-License-Identifier: GPL-2.0
/* Rest: leaders whose pulses speak for them, and all that ends it. */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER
#define LOSES(type)	BIT_ULL(PAXOS_WIRE_##type)

/* Node 1 leads, and everybody had the time to hear so. */
static struct cluster *led(struct kunit *test, bool pulses, u64 *ballot)
{
	struct cluster *c = cluster_born(test, 3);

	if (pulses)
		cluster_pulse(c);
	cluster_lead(c, 1);
	*ballot = cluster_core(c, 1)->grant.ballot;
	KUNIT_ASSERT_NE(test, *ballot, 0);
	cluster_pass(c, 200);
	return c;
}

static struct cluster *resting(struct kunit *test, u64 *ballot)
{
	struct cluster *c = led(test, true, ballot);

	KUNIT_ASSERT_TRUE(test, cluster_core(c, 1)->grant.rests);
	return c;
}

static void expect_leader(struct cluster *c, u64 ballot)
{
	u8 id;

	KUNIT_EXPECT_EQ(c->test, cluster_core(c, 1)->grant.ballot, ballot);
	for (id = 1; id <= c->n; id++)
		KUNIT_EXPECT_EQ(c->test, cluster_core(c, id)->leader.ballot, ballot);
}

static u32 heartbeats(struct cluster *c, u32 ms)
{
	u32 before = c->delivered[PAXOS_WIRE_HEARTBEAT];

	cluster_pass(c, ms);
	return c->delivered[PAXOS_WIRE_HEARTBEAT] - before;
}

/* Pulses go on from a node, for other groups of its. */
static void goes_on(struct cluster *c, u8 from)
{
	unsigned int to;

	for (to = 0; to < c->n; to++)
		if (to != from - 1U)
			paxos_pulse_want(&c->pulse[from - 1][to], 10, c->now, c->now + 5000);
}

static void who_has_nothing_to_say_rests(struct kunit *test)
{
	u64 ballot, before;
	struct cluster *c = resting(test, &ballot);
	u32 n;

	before = c->pulsed;
	n = heartbeats(c, 2 * PAXOS_REST_BEATS * 10);
	/* Two rare ones to two members, and their answers; a pulse and an answer each tick. */
	KUNIT_EXPECT_EQ(test, n, 8);
	KUNIT_EXPECT_LE(test, c->pulsed - before, 4 * (2 * PAXOS_REST_BEATS + 1));
	KUNIT_EXPECT_GE(test, c->pulsed - before, 4 * (2 * PAXOS_REST_BEATS - 1));
	expect_leader(c, ballot);
}

static void whose_node_does_not_pulse_does_not(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = led(test, false, &ballot);

	KUNIT_EXPECT_FALSE(test, cluster_core(c, 1)->grant.rests);
	KUNIT_EXPECT_GE(test, heartbeats(c, 1000), 4 * 99);
	expect_leader(c, ballot);
}

/* It would not know that it is alone. */
static void whose_pulses_are_lost_does_not(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->mute = paxos_node_bit(2) | paxos_node_bit(3);
	cluster_pass(c, 100);
	KUNIT_EXPECT_GE(test, heartbeats(c, 1000), 4 * 99);
	expect_leader(c, ballot);
	c->mute = paxos_node_bit(1);
	KUNIT_EXPECT_GE(test, heartbeats(c, 1000), 4 * 99);
	expect_leader(c, ballot);
}

/* One that is down keeps nobody else awake for long. */
static void who_is_down_is_not_waited_for(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->node[2]->down = true;
	cluster_pass(c, 300);
	KUNIT_EXPECT_TRUE(test, cluster_core(c, 1)->grant.rests);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	c->node[1]->down = true;
	cluster_pass(c, 101);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);
}

/* Nor does a node that leads no more go on to speak to who does not hear it. */
static void who_is_cut_off_soon_pulses_no_more(struct kunit *test)
{
	u64 ballot, before;
	struct cluster *c = resting(test, &ballot);

	c->cut[0] = ~0ULL;
	cluster_pass(c, 101);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);
	cluster_pass(c, 120);
	before = c->pulsed;
	cluster_pass(c, 1000);
	KUNIT_EXPECT_EQ(test, c->pulsed, before);
}

static void a_value_ends_it(struct kunit *test)
{
	struct paxos_value *value[1];
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	cluster_values(c, 1, value, 1, 64);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, 1), 0);
	KUNIT_EXPECT_FALSE(test, cluster_core(c, 1)->grant.rests);
	KUNIT_EXPECT_GE(test, heartbeats(c, 30), 4 * 2);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, value[0]));
	cluster_pass(c, 50);
	KUNIT_EXPECT_TRUE(test, cluster_core(c, 1)->grant.rests);
}

/* P38: what its node says of others does not hold it up. */
static void its_end_is_noticed(struct kunit *test)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_RESIGN };
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO);
	goes_on(c, 1);
	cluster_do(c, 1, &ev);
	cluster_pass(c, 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

static void one_whose_owner_is_gone_ends(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO);
	goes_on(c, 1);
	cluster_pass(c, PAXOS_GRANT_MS + 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* Another group of the node ended what its pulses hold up. */
static void it_is_roused(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->vow[0].epoch++;
	KUNIT_EXPECT_GE(test, heartbeats(c, 40), 4 * 2);
	cluster_pass(c, 200);
	KUNIT_EXPECT_TRUE(test, cluster_core(c, 1)->grant.rests);
	expect_leader(c, ballot);
	/* Whoever does not hear it again knows no leader. */
	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO);
	c->vow[0].epoch++;
	cluster_pass(c, 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* The node began anew, and its group is not what it was. */
static void another_life_holds_nothing_up(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO);
	c->vow[0].life += 100;
	c->number[0] = 0;
	memset(c->pulse[0], 0, sizeof(c->pulse[0]));
	goes_on(c, 1);
	cluster_pass(c, 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* A leader is told by heartbeats alone what is in its way: so it must send some. */
static void a_higher_promise_ends_it(struct kunit *test)
{
	u64 ballot, epoch;
	struct cluster *c = resting(test, &ballot);

	epoch = c->vow[1].epoch;
	c->cut[2] = paxos_node_bit(1);
	c->losing = LOSES(HELLO);
	cluster_prepare(c->node[2], OWNER, cluster_hand_out(c->node[2], OWNER, ballot), 1, false);
	cluster_settle(c);
	c->cut[2] = 0;
	{
		struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

		ev.prepare.owner = OWNER;
		ev.prepare.ballot = cluster_hand_out(c->node[1], OWNER, ballot);
		ev.prepare.nonce = CLUSTER_NONCE;
		ev.prepare.instance = 1;
		c->losing |= LOSES(PREPARE);
		cluster_do(c, 2, &ev);
	}
	KUNIT_EXPECT_GT(test, c->vow[1].epoch, epoch);
	cluster_pass(c, 150);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);
}

/* P38, whichever way is cut. */
static void one_way_is_not_enough(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);

	c->cut[1] = ~0ULL;
	c->cut[2] = ~0ULL;
	goes_on(c, 2);
	goes_on(c, 3);
	cluster_pass(c, 101);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);

	c = resting(test, &ballot);
	c->cut[0] = ~0ULL;
	goes_on(c, 2);
	goes_on(c, 3);
	cluster_pass(c, 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
}

/* Its pulses say nothing of a group that never heard its heartbeat. */
static void who_never_heard_it_follows_nobody(struct kunit *test)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };
	u64 ballot;
	struct cluster *c = resting(test, &ballot);
	struct paxos_core *core = cluster_core(c, 2);

	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO);
	core->leader.vow = 0;
	cluster_pass(c, 112);
	cluster_do(c, 2, &ev);
	KUNIT_EXPECT_EQ(test, core->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	/* It says so, and is told. */
	c->losing = 0;
	cluster_pass(c, PAXOS_HELLO_MS);
	expect_leader(c, ballot);
}

/* P26: a pulse came after the read, and is no answer to it. */
static void a_read_wants_a_round(struct kunit *test)
{
	struct paxos_barrier *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	struct paxos_event ev = { .type = PAXOS_EVENT_BARRIER, .barrier = b };
	u64 ballot;
	struct cluster *c = resting(test, &ballot);
	u64 number = cluster_core(c, 1)->grant.number;

	b->owner = OWNER;
	c->losing = LOSES(HEARTBEAT);
	cluster_do(c, 1, &ev);
	cluster_pass(c, 80);
	KUNIT_EXPECT_GT(test, cluster_core(c, 1)->grant.number, number);
	KUNIT_EXPECT_FALSE(test, b->done);
	c->losing = 0;
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
}

/* Where it is now no pulse was sent, and where it was others may go on. */
static void a_member_that_moves_is_told(struct kunit *test)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER, .member = { .node = 2, .role = PAXOS_ROLE_VOTER },
	};
	u64 ballot, epoch;
	struct cluster *c = resting(test, &ballot);

	epoch = c->vow[0].epoch;
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_GT(test, c->vow[0].epoch, epoch);
	KUNIT_EXPECT_FALSE(test, cluster_core(c, 1)->grant.rests);
	KUNIT_EXPECT_GE(test, heartbeats(c, 40), 4 * 2);
}

static void a_bad_network_keeps_its_leader(struct kunit *test)
{
	u64 ballot;
	struct cluster *c = resting(test, &ballot);
	u32 i;

	c->drop_every = 10;
	c->twice_every = 5;
	c->shuffle = true;
	for (i = 0; i < 20; i++) {
		c->vow[i % 3].epoch++;
		cluster_pass(c, 100);
		KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.ballot, ballot);
	}
	cluster_no_alarm(c);
}

static struct kunit_case rest_cases[] = {
	KUNIT_CASE(who_has_nothing_to_say_rests),
	KUNIT_CASE(whose_node_does_not_pulse_does_not),
	KUNIT_CASE(whose_pulses_are_lost_does_not),
	KUNIT_CASE(who_is_down_is_not_waited_for),
	KUNIT_CASE(who_is_cut_off_soon_pulses_no_more),
	KUNIT_CASE(a_value_ends_it),
	KUNIT_CASE(its_end_is_noticed),
	KUNIT_CASE(one_whose_owner_is_gone_ends),
	KUNIT_CASE(it_is_roused),
	KUNIT_CASE(another_life_holds_nothing_up),
	KUNIT_CASE(a_higher_promise_ends_it),
	KUNIT_CASE(one_way_is_not_enough),
	KUNIT_CASE(who_never_heard_it_follows_nobody),
	KUNIT_CASE(a_read_wants_a_round),
	KUNIT_CASE(a_member_that_moves_is_told),
	KUNIT_CASE(a_bad_network_keeps_its_leader),
	{}
};

static struct kunit_suite rest_suite = {
	.name = "paxos_rest",
	.exit = cluster_exit,
	.test_cases = rest_cases,
};

kunit_test_suite(rest_suite);

MODULE_LICENSE("GPL");
