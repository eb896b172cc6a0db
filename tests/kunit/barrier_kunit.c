// SPDX-License-Identifier: GPL-2.0
/* Barriers: what they must have below them, who confirms them, and who waits. P26 */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER
#define READER	7

/* Node ID leads by a ballot, whose owner finishes all below FIRST. */
static u64 leads_from(struct cluster *c, u8 id, u64 first)
{
	struct cluster_node *node = c->node[id - 1];
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_event prepare = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = { OWNER, ballot, CLUSTER_NONCE + ballot, 1, false },
	};
	struct paxos_event grant = {
		.type = PAXOS_EVENT_GRANT,
		.grant = { .owner = OWNER, .ballot = ballot, .first = first },
	};

	prepare.prepare.instance = node->core.window.prefix + 1;
	cluster_do(c, id, &prepare);
	cluster_settle(c);
	cluster_do(c, id, &grant);
	KUNIT_ASSERT_EQ(c->test, grant.error, 0);
	cluster_pass(c, 1);
	return ballot;
}

static u64 leads(struct cluster *c, u8 id)
{
	return leads_from(c, id, cluster_core(c, id)->window.prefix + 1);
}

static u32 submit(struct cluster *c, u8 id, u8 seed)
{
	struct paxos_value *value = cluster_value(c->node[id - 1], seed, 10);
	u64 next = cluster_core(c, id)->grant.next;

	cluster_submit(c, id, OWNER, &value, 1);
	return (u32)(cluster_core(c, id)->grant.next - next);
}

static struct paxos_barrier *begins(struct cluster *c, u8 id, u64 cookie)
{
	struct paxos_barrier *b = kunit_kzalloc(c->test, sizeof(*b), GFP_KERNEL);
	struct paxos_event ev = { .type = PAXOS_EVENT_BARRIER, .barrier = b };

	KUNIT_ASSERT_NOT_NULL(c->test, b);
	b->owner = READER;
	b->cookie = cookie;
	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, ev.error, 0);
	return b;
}

/* Barriers that wait at a node. */
static u32 waiting(struct cluster *c, u8 id)
{
	return cluster_core(c, id)->barriers.count;
}

static void has_all_that_was_acknowledged(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;
	u8 id, seed;

	leads(c, 1);
	for (seed = 1; seed <= 3; seed++)
		submit(c, 1, seed);
	for (id = 1; id <= 3; id++) {
		b = begins(c, id, 0);
		cluster_settle(c);
		cluster_pass(c, PAXOS_TELL_MS);
		KUNIT_EXPECT_TRUE(test, b->done);
		KUNIT_EXPECT_EQ(test, b->point, 3);
		KUNIT_EXPECT_GE(test, cluster_core(c, id)->window.prefix, b->point);
	}
	KUNIT_EXPECT_EQ(test, waiting(c, 2), 0);
	cluster_no_alarm(c);
}

/* The leader sent it, and nobody answered yet: it may be acknowledged any time. */
static void has_what_is_open(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_settle(c);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	submit(c, 1, 2);
	b = begins(c, 1, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_FALSE(test, b->done);
	KUNIT_EXPECT_EQ(test, b->point, 2);
	c->losing = 0;
	cluster_pass(c, 2 * PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, b->done);
}

static void has_what_the_owner_finishes(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;
	u64 ballot, s;

	ballot = leads_from(c, 1, 4);
	b = begins(c, 2, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_EQ(test, b->point, 3);
	KUNIT_EXPECT_FALSE(test, b->done);
	for (s = 1; s <= 3; s++) {
		KUNIT_EXPECT_FALSE(test, b->done);
		cluster_accept(c->node[0], OWNER, ballot, s, cluster_value(c->node[0], (u8)s, 9));
		cluster_pass(c, 2 * PAXOS_RETRY_MS);
	}
	KUNIT_EXPECT_TRUE(test, b->done);
}

static void waits_for_a_leader(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b = begins(c, 3, 0);

	cluster_pass(c, 1000);
	KUNIT_EXPECT_FALSE(test, b->done);
	KUNIT_EXPECT_EQ(test, waiting(c, 3), 1);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_BARRIER], 0);
	leads(c, 1);
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
}

static void needs_a_value_of_the_own_ballot(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;

	leads(c, 1);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPT);
	b = begins(c, 2, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_FALSE(test, b->done);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 2);
	c->losing = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, b->done);
	/* It asked for what was before the no-op, and that was nothing. */
	KUNIT_EXPECT_EQ(test, b->point, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 1);
	/* One is enough for all who ask. */
	begins(c, 3, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_EQ(test, waiting(c, 3), 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 2);
}

static void no_no_op_where_a_value_is_open(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;

	leads(c, 1);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	submit(c, 1, 1);
	b = begins(c, 1, 0);
	cluster_pass(c, 20);
	c->losing = 0;
	cluster_pass(c, 2 * PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, b->done);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 2);
}

/* A heartbeat that left before is no answer to who asked after. */
static void a_round_that_had_begun_does_not_count(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_core *core = cluster_core(c, 1);
	struct paxos_msg msg = { .type = PAXOS_WIRE_HEARTBEAT };
	struct paxos_barrier *b;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->losing = BIT_ULL(PAXOS_WIRE_HEARTBEAT);
	cluster_pass(c, 10);
	msg.heartbeat.ballot = core->grant.ballot;
	msg.heartbeat.number = core->grant.number;
	msg.heartbeat.prefix = 1;
	msg.heartbeat.answer = true;
	b = begins(c, 1, 0);
	KUNIT_EXPECT_EQ(test, core->grant.number, msg.heartbeat.number + 1);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 3, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_FALSE(test, b->done);
	msg.heartbeat.number++;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, b->done);
}

static void needs_a_quorum(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	struct paxos_barrier *b;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->cut[0] = paxos_node_bit(3) | paxos_node_bit(4) | paxos_node_bit(5);
	b = begins(c, 2, 0);
	cluster_pass(c, 40);
	KUNIT_EXPECT_FALSE(test, b->done);
	c->cut[0] = paxos_node_bit(4) | paxos_node_bit(5);
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
}

/* Of two quorums of different sizes the larger one: it meets both. */
static void needs_the_larger_quorum(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 5);
	struct paxos_barrier *b;
	u8 id;

	for (id = 1; id <= 5; id++) {
		c->node[id - 1]->core.config.quorum_1 = 4;
		c->node[id - 1]->core.config.quorum_2 = 2;
		cluster_introduce(c, id, 0);
	}
	cluster_pass(c, 10);
	KUNIT_ASSERT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 10);
	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->cut[0] = paxos_node_bit(4) | paxos_node_bit(5);
	b = begins(c, 2, 0);
	cluster_pass(c, 40);
	KUNIT_EXPECT_FALSE(test, b->done);
	c->cut[0] = paxos_node_bit(5);
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
}

/* Others have another leader, and go on: the old one must not say that they did not. */
static void who_is_deposed_does_not_answer(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;
	u64 higher;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->cut[0] = ~0ULL;
	c->cut[1] = paxos_node_bit(1);
	c->cut[2] = paxos_node_bit(1);
	higher = leads(c, 2);
	submit(c, 2, 2);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->window.prefix, 2);
	KUNIT_EXPECT_NE(test, cluster_core(c, 1)->grant.ballot, 0);
	b = begins(c, 1, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_FALSE(test, b->done);
	/* They answer again, and tell of what they promised. */
	memset(c->cut, 0, sizeof(c->cut));
	cluster_pass(c, 60);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->leader.ballot, higher);
	KUNIT_EXPECT_TRUE(test, b->done);
	KUNIT_EXPECT_EQ(test, b->point, 2);
	cluster_no_alarm(c);
}

/* The leader's own acceptor is a voter like the others. */
static void the_own_acceptor_is_asked_too(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 1);
	struct cluster_node *node = c->node[0];
	struct paxos_msg beat = { .type = PAXOS_WIRE_HEARTBEAT };
	struct paxos_submission submission = { .owner = OWNER };
	struct paxos_value *value;
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };
	struct paxos_barrier *b;
	u64 ballot;

	cluster_live(node, 3);
	value = cluster_value(node, 1, 10);
	ballot = cluster_hand_out(node, OWNER, 0);
	cluster_prepare(node, OWNER, ballot, 1, false);
	cluster_promise(node, 2, ballot, 1, false);
	ev.grant.owner = OWNER;
	ev.grant.ballot = ballot;
	ev.grant.first = 1;
	cluster_step(node, &ev);
	submission.value = paxos_value_get(value);
	ev.type = PAXOS_EVENT_SUBMIT;
	ev.submit.first = &submission;
	ev.submit.count = 1;
	cluster_step(node, &ev);
	cluster_vote(node, 2, ballot, 1, value);
	KUNIT_ASSERT_EQ(test, node->core.window.prefix, 1);
	b = begins(c, 1, 0);
	/* It promises another in the middle of the exchange. */
	node->core.bound = ballot + 2;
	beat.heartbeat.ballot = ballot;
	beat.heartbeat.number = node->core.grant.number;
	beat.heartbeat.answer = true;
	cluster_hear(node, 2, &beat);
	cluster_hear(node, 3, &beat);
	KUNIT_EXPECT_FALSE(test, b->done);
}

static void they_share_questions_and_exchanges(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b[50];
	u32 i, beats;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 11);
	beats = c->delivered[PAXOS_WIRE_HEARTBEAT];
	for (i = 0; i < ARRAY_SIZE(b); i++)
		b[i] = begins(c, i % 2 ? 2 : 3, i);
	cluster_settle(c);
	for (i = 0; i < ARRAY_SIZE(b); i++)
		KUNIT_EXPECT_TRUE(test, b[i]->done);
	/* Two questions a node, and their answers. */
	KUNIT_EXPECT_LE(test, c->delivered[PAXOS_WIRE_BARRIER], 8);
	/* An exchange with two others, for each of these at most. */
	KUNIT_EXPECT_LE(test, c->delivered[PAXOS_WIRE_HEARTBEAT] - beats, 16);
}

/* Who comes while a question is out is not answered by it. */
static void who_comes_later_waits_for_the_next(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg answer = { .type = PAXOS_WIRE_BARRIER };
	struct paxos_barrier *first, *second;
	u64 ballot = leads(c, 1), number;

	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->losing = BIT_ULL(PAXOS_WIRE_BARRIER);
	first = begins(c, 2, 1);
	second = begins(c, 2, 2);
	number = cluster_core(c, 2)->barriers.number;
	answer.barrier.ballot = ballot;
	answer.barrier.number = number;
	answer.barrier.point = 1;
	answer.barrier.answer = true;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &answer), PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, first->done);
	KUNIT_EXPECT_FALSE(test, second->done);
	KUNIT_EXPECT_NE(test, cluster_core(c, 2)->barriers.number, number);
	/* And an answer counts once. */
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &answer), PAXOS_REASON_STALE);
	KUNIT_EXPECT_FALSE(test, second->done);
	c->losing = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, second->done);
}

static void believes_its_leader_alone(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg answer = { .type = PAXOS_WIRE_BARRIER };
	struct paxos_barrier *b;
	u64 ballot = leads(c, 1);

	cluster_pass(c, 20);
	c->losing = BIT_ULL(PAXOS_WIRE_BARRIER);
	b = begins(c, 2, 0);
	answer.barrier.ballot = ballot;
	answer.barrier.number = cluster_core(c, 2)->barriers.number;
	answer.barrier.answer = true;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 3, &answer), PAXOS_REASON_STALE);
	answer.barrier.ballot += 2;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &answer), PAXOS_REASON_STALE);
	KUNIT_EXPECT_FALSE(test, b->done);
	/* Nor is who does not lead asked in vain. */
	answer.barrier.answer = false;
	answer.barrier.ballot = ballot;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 3, &answer), PAXOS_REASON_STALE);
}

/* Restarted, a node must not take an answer of before for one to what it asks now. */
static void numbers_are_new_in_each_life(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 number;

	leads(c, 1);
	cluster_pass(c, 20);
	c->losing = BIT_ULL(PAXOS_WIRE_BARRIER);
	begins(c, 3, 0);
	number = cluster_core(c, 3)->barriers.number;
	cluster_restart(c, 3);
	cluster_introduce(c, 3, 0);
	cluster_pass(c, 3000);
	leads(c, 2);
	cluster_pass(c, 20);
	begins(c, 3, 0);
	KUNIT_EXPECT_NE(test, cluster_core(c, 3)->barriers.number, 0);
	KUNIT_EXPECT_NE(test, cluster_core(c, 3)->barriers.number, number);
}

/* What is chosen elsewhere in its way ends it, and nothing is sent without a ballot. */
static void a_leader_that_is_overtaken_ends(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg msg = { .type = PAXOS_WIRE_VALUES };
	struct cluster_node *node = c->node[0];
	struct paxos_entry entry[2];
	u64 ballot = leads(c, 1);
	u8 bytes[2][10];
	u8 i;

	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPT);
	begins(c, 1, 0);
	cluster_settle(c);
	for (i = 0; i < 2; i++) {
		cluster_entry(&entry[i], i + 1, cluster_value(c->node[2], i, 10), bytes[i]);
		entry[i].chosen = true;
	}
	msg.entry = entry;
	msg.n_entries = 2;
	msg.values.prefix = 2;
	KUNIT_EXPECT_EQ(test, cluster_hear(node, 3, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, paxos_leader_leads(&node->core, ballot));
	cluster_tick(node, c->now + 1);
	KUNIT_EXPECT_FALSE(test, paxos_leader_leads(&node->core, ballot));
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_HEARTBEAT), 1);
	KUNIT_EXPECT_EQ(test, node->core.leader.last, ballot);
}

static void what_is_lost_is_sent_again(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	/* The question. */
	c->cut[1] = paxos_node_bit(1);
	b = begins(c, 2, 0);
	cluster_settle(c);
	c->cut[1] = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, b->done);
	/* The answer. */
	b = begins(c, 2, 0);
	c->losing = BIT_ULL(PAXOS_WIRE_BARRIER);
	cluster_settle(c);
	c->losing = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_TRUE(test, b->done);
	/* The exchange. */
	c->losing = BIT_ULL(PAXOS_WIRE_HEARTBEAT);
	b = begins(c, 2, 0);
	cluster_settle(c);
	c->losing = 0;
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
}

/* It had a point, and the one who gave it is gone with what was there. */
static void another_leader_is_asked_anew(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_barrier *b;

	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPT);
	submit(c, 1, 2);
	b = begins(c, 3, 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, b->point, 2);
	c->node[0]->down = true;
	cluster_pass(c, 200);
	c->losing = 0;
	leads(c, 2);
	cluster_pass(c, 40);
	KUNIT_EXPECT_TRUE(test, b->done);
	KUNIT_EXPECT_EQ(test, b->point, 1);
	cluster_no_alarm(c);
}

static void who_is_alone_answers_itself(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 1);
	struct paxos_barrier *b;

	leads(c, 1);
	b = begins(c, 1, 0);
	KUNIT_EXPECT_TRUE(test, b->done);
	submit(c, 1, 1);
	b = begins(c, 1, 0);
	KUNIT_EXPECT_TRUE(test, b->done);
	KUNIT_EXPECT_EQ(test, b->point, 2);
}

static void learners_read_too(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 4);
	struct paxos_barrier *b;
	u8 id;

	for (id = 1; id <= 4; id++)
		cluster_introduce(c, id, 1);
	cluster_pass(c, 10);
	KUNIT_ASSERT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 2500);
	KUNIT_ASSERT_EQ(test, cluster_core(c, 4)->state, PAXOS_STATE_LEARNING);
	leads(c, 1);
	submit(c, 1, 1);
	cluster_pass(c, 20);
	b = begins(c, 4, 0);
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b->done);
	KUNIT_EXPECT_EQ(test, b->point, 1);
}

static void owners_take_theirs_back(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_event drop = {
		.type = PAXOS_EVENT_DROP_BARRIER,
		.drop = { .owner = READER, .cookie = 2 },
	};
	struct paxos_barrier *b[4];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(b); i++)
		b[i] = begins(c, 1, i);
	cluster_do(c, 1, &drop);
	KUNIT_EXPECT_EQ(test, waiting(c, 1), 3);
	drop.drop.cookie = 3;
	cluster_do(c, 1, &drop);
	KUNIT_EXPECT_EQ(test, waiting(c, 1), 2);
	b[3] = begins(c, 1, 3);
	leads(c, 1);
	cluster_pass(c, 20);
	KUNIT_EXPECT_TRUE(test, b[0]->done);
	KUNIT_EXPECT_TRUE(test, b[1]->done);
	KUNIT_EXPECT_FALSE(test, b[2]->done);
	KUNIT_EXPECT_TRUE(test, b[3]->done);
	c->losing = BIT_ULL(PAXOS_WIRE_BARRIER);
	begins(c, 2, 0);
	drop.type = PAXOS_EVENT_DROP_OWNER;
	cluster_do(c, 2, &drop);
	KUNIT_EXPECT_EQ(test, waiting(c, 2), 0);
	KUNIT_EXPECT_NULL(test, cluster_core(c, 2)->barriers.first);
	KUNIT_EXPECT_NULL(test, cluster_core(c, 2)->barriers.last);
}

static void there_is_a_limit(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 1);
	struct paxos_barrier *all, one;
	struct paxos_event ev = { .type = PAXOS_EVENT_BARRIER, .barrier = &one };
	u32 i;

	memset(&one, 0, sizeof(one));
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -EPERM);
	KUNIT_EXPECT_NOT_NULL(test, ev.why);
	c = cluster_born(test, 1);
	all = kunit_kcalloc(test, PAXOS_BARRIERS_MAX, sizeof(*all), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, all);
	for (i = 0; i < PAXOS_BARRIERS_MAX; i++) {
		ev.barrier = &all[i];
		cluster_do(c, 1, &ev);
		KUNIT_ASSERT_EQ(test, ev.error, 0);
	}
	ev.barrier = &one;
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -EAGAIN);
	leads(c, 1);
	cluster_pass(c, 20);
	for (i = 0; i < PAXOS_BARRIERS_MAX; i++)
		KUNIT_EXPECT_TRUE(test, all[i].done);
	KUNIT_EXPECT_EQ(test, waiting(c, 1), 0);
}

static struct kunit_case barrier_cases[] = {
	KUNIT_CASE(has_all_that_was_acknowledged),
	KUNIT_CASE(has_what_is_open),
	KUNIT_CASE(has_what_the_owner_finishes),
	KUNIT_CASE(waits_for_a_leader),
	KUNIT_CASE(needs_a_value_of_the_own_ballot),
	KUNIT_CASE(no_no_op_where_a_value_is_open),
	KUNIT_CASE(a_round_that_had_begun_does_not_count),
	KUNIT_CASE(needs_a_quorum),
	KUNIT_CASE(needs_the_larger_quorum),
	KUNIT_CASE(who_is_deposed_does_not_answer),
	KUNIT_CASE(the_own_acceptor_is_asked_too),
	KUNIT_CASE(they_share_questions_and_exchanges),
	KUNIT_CASE(who_comes_later_waits_for_the_next),
	KUNIT_CASE(believes_its_leader_alone),
	KUNIT_CASE(numbers_are_new_in_each_life),
	KUNIT_CASE(a_leader_that_is_overtaken_ends),
	KUNIT_CASE(what_is_lost_is_sent_again),
	KUNIT_CASE(another_leader_is_asked_anew),
	KUNIT_CASE(who_is_alone_answers_itself),
	KUNIT_CASE(learners_read_too),
	KUNIT_CASE(owners_take_theirs_back),
	KUNIT_CASE(there_is_a_limit),
	{}
};

static struct kunit_suite barrier_suite = {
	.name = "paxos_barrier",
	.exit = cluster_exit,
	.test_cases = barrier_cases,
};

kunit_test_suite(barrier_suite);
