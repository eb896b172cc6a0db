// SPDX-License-Identifier: GPL-2.0
/* The leader: grants, the pump, heartbeats, and their end. */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER
#define MANY	40

static int ask(struct cluster *c, u8 id, u8 type, u64 owner, u64 ballot, u64 first)
{
	struct paxos_event ev = {
		.type = type,
		.grant = { .owner = owner, .ballot = ballot, .first = first },
	};

	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, !ev.error, !ev.why);
	return ev.error;
}

static int grant(struct cluster *c, u8 id, u64 ballot, u64 first)
{
	return ask(c, id, PAXOS_EVENT_GRANT, OWNER, ballot, first);
}

/* A ballot of node ID with PREPARE on its way, for all instances or for one. */
static u64 preparing(struct cluster *c, u8 id, u64 from, bool single)
{
	struct cluster_node *node = c->node[id - 1];
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = { OWNER, ballot, CLUSTER_NONCE + ballot, from, single },
	};

	cluster_do(c, id, &ev);
	KUNIT_ASSERT_EQ(c->test, ev.error, 0);
	return ballot;
}

static u64 prepared(struct cluster *c, u8 id, u64 from)
{
	u64 ballot = preparing(c, id, from, false);

	cluster_settle(c);
	return ballot;
}

static u64 leads(struct cluster *c, u8 id)
{
	u64 first = cluster_core(c, id)->window.prefix + 1;
	u64 ballot = prepared(c, id, first);

	KUNIT_ASSERT_EQ(c->test, grant(c, id, ballot, first), 0);
	cluster_settle(c);
	return ballot;
}

static int submit(struct cluster *c, u8 id, struct paxos_value **value, u32 n)
{
	return cluster_submit(c, id, OWNER, value, n);
}

static bool is_leader(struct cluster *c, u8 id, u64 ballot)
{
	return paxos_leader_leads(cluster_core(c, id), ballot);
}

/* Why a grant ended, from the notes of the step just done; -1 if it did not. */
static int ended(struct cluster *c, u8 id)
{
	struct paxos_note *note = cluster_note(c->node[id - 1], PAXOS_NOTE_GRANT, 0);

	return note ? note->reason : -1;
}

static void is_granted_what_is_prepared(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot;

	ballot = preparing(c, 1, 1, false);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 1), -EPERM);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot + 2, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, ask(c, 1, PAXOS_EVENT_GRANT, OWNER + 1, ballot, 1), -ENOENT);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 1), 0);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 1), -EEXIST);
	ballot = preparing(c, 2, 1, true);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, grant(c, 2, ballot, 1), -EINVAL);
	cluster_no_alarm(c);
}

/* P13: what was reported is the owner's to finish, below the grant. */
static void new_values_go_above_what_was_reported(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *old = cluster_value(c->node[1], 1, 10);
	u64 ballot;

	/* Node 2 votes for a value of its own at 3, and nobody else hears of it. */
	c->cut[1] = ~0ULL;
	ballot = preparing(c, 2, 3, true);
	c->cut[1] = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	c->cut[1] = ~0ULL;
	KUNIT_ASSERT_EQ(test, cluster_accept(c->node[1], OWNER, ballot, 3, old), 0);
	c->cut[1] = 0;
	c->cut[2] = ~0ULL;
	ballot = prepared(c, 1, 1);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 4), 0);
	KUNIT_EXPECT_EQ(test, cluster_accept(c->node[0], OWNER, ballot, 4, old), -EPERM);
}

static void values_are_chosen_in_one_round_trip(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[MANY];
	u32 i, before;

	leads(c, 1);
	/* A heartbeat would carry what is decided, too. */
	cluster_pass(c, 1);
	cluster_values(c, 1, value, MANY, 64);
	before = c->delivered[PAXOS_WIRE_PREPARE];
	KUNIT_EXPECT_EQ(test, submit(c, 1, value, MANY), 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, MANY);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_PREPARE], before);
	cluster_pass(c, PAXOS_TELL_MS);
	for (i = 0; i < MANY; i++)
		KUNIT_EXPECT_TRUE(test, cluster_all_have(c, i + 1, value[i]));
	/* As many as fit go together: 9 of 64 bytes in a datagram to each of two. */
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], 2 * DIV_ROUND_UP(MANY, 9));
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_DECIDED], 2);
	cluster_no_alarm(c);
}

/* P18a: what is decided rides on the next ACCEPT, and needs no message of its own. */
static void decisions_ride_on_the_next_accept(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[2];

	leads(c, 1);
	cluster_values(c, 1, value, 2, 10);
	submit(c, 1, &value[0], 1);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->window.prefix, 0);
	submit(c, 1, &value[1], 1);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->window.prefix, 1);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 1);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_DECIDED], 0);
	cluster_pass(c, PAXOS_TELL_MS);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 2, value[1]));
}

static void long_values_go_in_parts(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[3];

	leads(c, 1);
	cluster_values(c, 1, value, 3, PAXOS_VALUE_MAX);
	KUNIT_EXPECT_EQ(test, submit(c, 1, value, 3), 0);
	/* A step has room for one of them; the rest follows. */
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 2);
	cluster_pass(c, 100);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 3, value[2]));
	cluster_no_alarm(c);
}

/* Flow control that a caller sees: what is not taken is not lost. */
static void a_full_window_says_so(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[CLUSTER_KEPT];

	leads(c, 1);
	cluster_values(c, 1, value, CLUSTER_KEPT, 10);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	KUNIT_EXPECT_EQ(test, submit(c, 1, value, 48), 0);
	KUNIT_EXPECT_EQ(test, submit(c, 1, &value[48], 16), 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 65);
	KUNIT_EXPECT_EQ(test, submit(c, 1, &value[0], 1), -EAGAIN);
	cluster_settle(c);
	c->losing = 0;
	cluster_pass(c, 200);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 64);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 64, value[63]));
}

/* Those who voted are not asked again. */
static void who_did_not_answer_is_asked_again(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	struct paxos_value *value[4];
	u32 i;

	leads(c, 1);
	cluster_values(c, 1, value, 4, 10);
	c->cut[0] = paxos_node_bit(3) | paxos_node_bit(4) | paxos_node_bit(5);
	submit(c, 1, value, 4);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], 1);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 0);
	c->cut[0] = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], 4);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, i + 1, value[i]));
	cluster_pass(c, 4 * PAXOS_RETRY_MS);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], 4);
}

/* What is chosen above a gap all the while does not put off what closes it. */
static void a_gap_is_closed_under_load(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[CLUSTER_KEPT];
	u32 i;

	leads(c, 1);
	cluster_values(c, 1, value, CLUSTER_KEPT, 10);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPT);
	submit(c, 1, value, 1);
	cluster_settle(c);
	c->losing = 0;
	for (i = 1; i < 30; i++) {
		submit(c, 1, &value[i], 1);
		cluster_pass(c, 2);
	}
	KUNIT_EXPECT_GE(test, cluster_core(c, 1)->window.prefix, 25);
	cluster_no_alarm(c);
}

/* P16 */
static void a_higher_ballot_ends_it(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[1];
	u64 ballot = leads(c, 1), higher;

	c->losing = BIT_ULL(PAXOS_WIRE_HEARTBEAT);
	c->cut[1] = paxos_node_bit(1);
	higher = prepared(c, 2, 1);
	c->cut[1] = 0;
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	cluster_values(c, 1, value, 1, 10);
	submit(c, 1, value, 1);
	cluster_settle(c);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 2), -ESTALE);
	KUNIT_EXPECT_GT(test, cluster_core(c, 1)->highest, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->highest, higher);
	cluster_no_alarm(c);
}

/* P11: also a hand that the kernel has, and the owner's with it. */
/* P16: for whatever instance; neither it nor its owner asks for a vote any more. */
static void a_promise_of_its_own_ends_it(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 first = 3, ballot = prepared(c, 1, 1);
	struct paxos_value *value[1];
	u32 before;

	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, first), 0);
	cluster_values(c, 1, value, 1, 10);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	KUNIT_EXPECT_EQ(test, cluster_accept(c->node[0], OWNER, ballot, 1, value[0]), 0);
	cluster_settle(c);
	before = c->delivered[PAXOS_WIRE_ACCEPT];
	c->cut[1] = paxos_node_bit(3);
	preparing(c, 2, 40, true);
	cluster_settle(c);
	KUNIT_EXPECT_GT(test, cluster_core(c, 1)->bound, ballot);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, cluster_accept(c->node[0], OWNER, ballot, 2, value[0]), -ESTALE);
	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], before);
}

/* A PREPARE that ACCEPT overtook is refused by who voted, and that is no higher ballot. */
static void its_own_ballot_does_not_end_it(struct kunit *test)
{
	struct paxos_msg late = { .type = PAXOS_WIRE_PREPARE };
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[1];
	u64 ballot;

	c->cut[0] = paxos_node_bit(3);
	ballot = leads(c, 1);
	c->cut[0] = 0;
	cluster_values(c, 1, value, 1, 10);
	submit(c, 1, value, 1);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, paxos_window_find(&cluster_core(c, 3)->window, 1)->vbal, ballot);
	late.prepare.ballot = ballot;
	late.prepare.nonce = CLUSTER_NONCE + ballot;
	late.prepare.from = 1;
	late.prepare.page = 1;
	cluster_hear(c->node[2], 1, &late);
	cluster_refuse(c->node[0], 3, ballot, PAXOS_REFUSAL_BALLOT, ballot);
	KUNIT_EXPECT_EQ(test, ended(c, 1), -1);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_NULL(test, cluster_note(c->node[0], PAXOS_NOTE_REFUSED, 0));
}

/* P26, P38: an answer to what it never asked keeps no lead, and is none to what it asks. */
static void answers_to_what_it_never_asked_do_not_count(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg msg = { .type = PAXOS_WIRE_HEARTBEAT, .heartbeat.answer = true };
	struct paxos_grant *g = &cluster_core(c, 1)->grant;
	u64 quorum_at;

	msg.heartbeat.ballot = leads(c, 1);
	c->losing = BIT_ULL(PAXOS_WIRE_HEARTBEAT);
	cluster_pass(c, 30);
	quorum_at = g->quorum_at;
	KUNIT_ASSERT_LT(test, quorum_at, c->now);
	msg.heartbeat.number = g->number + 1;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &msg), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, g->quorum_at, quorum_at);
	msg.heartbeat.number = g->number;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, g->quorum_at, c->now);
}

static void giving_the_ballot_back_ends_it(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1);
	struct paxos_event ev = { .type = PAXOS_EVENT_DROP_OWNER, .drop = { .owner = OWNER } };

	cluster_pass(c, 20);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_NOT_NULL(test, ev.dropped);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	cluster_settle(c);
	/* The others know at once, without waiting for what does not come. */
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

static void lasts_while_it_is_renewed(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1);

	cluster_pass(c, PAXOS_GRANT_MS - 100);
	KUNIT_EXPECT_EQ(test, ask(c, 1, PAXOS_EVENT_RENEW, OWNER + 1, ballot, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, ask(c, 1, PAXOS_EVENT_RENEW, OWNER, ballot, 0), 0);
	cluster_pass(c, PAXOS_GRANT_MS - 100);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	cluster_pass(c, 100);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, ask(c, 1, PAXOS_EVENT_RENEW, OWNER, ballot, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
}

/* P38: nobody waits for a leader that reaches no quorum. */
static void alone_it_stops(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	u64 ballot = leads(c, 1);

	c->cut[0] = paxos_node_bit(2) | paxos_node_bit(3);
	cluster_pass(c, 500);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	c->cut[0] |= paxos_node_bit(4);
	cluster_pass(c, 120);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
}

static void who_is_alone_in_the_group_leads_it(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 1);
	struct paxos_value *value[1];
	u64 ballot = leads(c, 1);

	cluster_pass(c, 500);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	cluster_values(c, 1, value, 1, 10);
	submit(c, 1, value, 1);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 1, value[0]));
}

static void silence_is_noticed(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1);

	cluster_pass(c, 300);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	c->node[0]->down = true;
	cluster_pass(c, 49);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	cluster_pass(c, 62);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* A promise for an instance alone takes up room, and is no vote. */
static void promises_are_not_in_its_way(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot;

	preparing(c, 2, 5, true);
	cluster_settle(c);
	KUNIT_EXPECT_GE(test, cluster_core(c, 1)->window.top, 5);
	ballot = prepared(c, 1, 1);
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 1), 0);
}

/* A tick that comes late says nothing about the leader. */
static void a_late_tick_blames_nobody(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1);
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };

	cluster_pass(c, 300);
	c->now += 5000;
	cluster_do(c, 2, &ev);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	c->node[0]->down = true;
	cluster_pass(c, 112);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
}

/* Whom the others follow is known at once, and asked for when it matters. */
static void members_say_whom_they_follow(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_peer *peer = &cluster_core(c, 2)->peer[2];
	struct paxos_event ask = { .type = PAXOS_EVENT_ASK };
	u64 ballot = leads(c, 1);
	u64 before;

	cluster_pass(c, 10);
	KUNIT_EXPECT_EQ(test, peer->follows, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->peer[0].follows, ballot);
	before = peer->answered_at;
	c->cut[1] = paxos_node_bit(3);
	cluster_do(c, 2, &ask);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, peer->answered_at, before);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->peer[0].answered_at, c->now);
	c->cut[1] = 0;
	cluster_do(c, 2, &ask);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, peer->answered_at, c->now);
	/* Node 3 alone misses the leader, and says so. */
	c->cut[0] = paxos_node_bit(3);
	cluster_pass(c, 120);
	KUNIT_EXPECT_EQ(test, peer->follows, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->peer[1].follows, ballot);
}

/* Of two the higher ballot is followed, whatever the other still says. */
static void the_higher_of_two_is_followed(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1), higher;

	cluster_pass(c, 20);
	c->cut[0] = paxos_node_bit(2);
	c->cut[1] = paxos_node_bit(1);
	higher = leads(c, 2);
	KUNIT_EXPECT_GT(test, higher, ballot);
	KUNIT_EXPECT_TRUE(test, is_leader(c, 1, ballot));
	cluster_pass(c, 40);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, higher);
	/* Node 3's answer to its heartbeat told node 1. */
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_TRUE(test, is_leader(c, 2, higher));
	cluster_no_alarm(c);
}

/* Everything at once, lost and repeated, under one leader after the other. */
static void a_bad_network_loses_nothing(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	struct paxos_value *value[CLUSTER_KEPT];
	u32 n = 0, round;

	c->drop_every = 5;
	c->twice_every = 5;
	c->shuffle = true;
	c->seed = 7;
	leads(c, 1);
	cluster_values(c, 1, value, CLUSTER_KEPT, 700);
	for (round = 0; round < 400 && cluster_core(c, 1)->window.prefix < CLUSTER_KEPT; round++) {
		if (n < CLUSTER_KEPT && !submit(c, 1, &value[n], min_t(u32, 3, CLUSTER_KEPT - n)))
			n += min_t(u32, 3, CLUSTER_KEPT - n);
		cluster_pass(c, 10);
		ask(c, 1, PAXOS_EVENT_RENEW, OWNER, cluster_core(c, 1)->grant.ballot, 0);
	}
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, CLUSTER_KEPT);
	c->drop_every = 0;
	cluster_pass(c, 2000);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, CLUSTER_KEPT, value[CLUSTER_KEPT - 1]));
	cluster_no_alarm(c);
}

static void its_owner_is_told_why_it_ended(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_note *note;
	u64 ballot = leads(c, 1);

	cluster_tick(c->node[0], c->now + PAXOS_GRANT_MS);
	KUNIT_EXPECT_EQ(test, ended(c, 1), PAXOS_GRANT_NOT_RENEWED);
	note = cluster_note(c->node[0], PAXOS_NOTE_GRANT, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->owner, OWNER);
	KUNIT_EXPECT_EQ(test, note->ballot, ballot);
}

/* By an operator, whoever was granted it, who is told. */
static void resigns_when_told_to(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_event ev = { .type = PAXOS_EVENT_RESIGN };
	struct paxos_note *note;
	u64 ballot;

	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -EHOSTUNREACH);
	KUNIT_EXPECT_NOT_NULL(test, ev.why);
	ballot = leads(c, 1);
	cluster_pass(c, 20);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	ev = (struct paxos_event){ .type = PAXOS_EVENT_RESIGN };
	cluster_step(c->node[0], &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	KUNIT_EXPECT_EQ(test, ended(c, 1), PAXOS_GRANT_RESIGNED);
	note = cluster_note(c->node[0], PAXOS_NOTE_GRANT, 0);
	KUNIT_EXPECT_EQ(test, note ? note->owner : 0, OWNER);
	KUNIT_EXPECT_NOT_NULL(test, cluster_note(c->node[0], PAXOS_NOTE_LEADER, 0));
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, grant(c, 1, ballot, 1), -ESTALE);
}

/* Nobody is there to be told. */
static void an_owner_that_is_gone_hears_nothing(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_event ev = { .type = PAXOS_EVENT_DROP_OWNER, .drop = { .owner = OWNER } };
	u64 ballot = leads(c, 1);

	cluster_step(c->node[0], &ev);
	KUNIT_EXPECT_FALSE(test, is_leader(c, 1, ballot));
	KUNIT_EXPECT_EQ(test, ended(c, 1), -1);
	KUNIT_EXPECT_NOT_NULL(test, cluster_note(c->node[0], PAXOS_NOTE_LEADER, 0));
}

static void timing(struct cluster *c, u8 id, u32 heartbeat, u32 min, u32 max)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_TIMING,
		.timing = { .heartbeat = heartbeat, .timeout_min = min, .timeout_max = max },
	};

	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, ev.error, 0);
}

/* While it leads and is followed; a millisecond is the shortest. */
static void its_timing_changes_under_way(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = leads(c, 1), number;
	u8 id;

	cluster_pass(c, 300);
	for (id = 1; id <= 3; id++)
		timing(c, id, 1, 5, 10);
	number = cluster_core(c, 1)->grant.number;
	cluster_pass(c, 100);
	KUNIT_EXPECT_GE(test, cluster_core(c, 1)->grant.number, number + 99);
	KUNIT_EXPECT_LE(test, cluster_core(c, 1)->grant.number, number + 101);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	c->node[0]->down = true;
	cluster_pass(c, 4);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
	cluster_pass(c, 8);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* A quorum promised more than its ballot: what it still says is of the past. */
static void who_was_outbid_is_followed_no_more(struct kunit *test)
{
	struct paxos_msg beat = { .type = PAXOS_WIRE_HEARTBEAT };
	struct cluster *c = cluster_born(test, 3);
	u64 first = leads(c, 1), second;

	c->cut[0] = ~0ULL;
	second = leads(c, 2);
	cluster_pass(c, 20);
	KUNIT_EXPECT_GT(test, second, first);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, second);
	c->node[1]->down = true;
	cluster_pass(c, 120);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
	beat.heartbeat.ballot = first;
	beat.heartbeat.number = 1000;
	cluster_hear(c->node[2], 1, &beat);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, 0);
}

/* Whenever they began: a thousand groups on a machine share their datagrams. */
static void heartbeats_of_groups_meet(struct kunit *test)
{
	struct cluster *a = cluster_born(test, 3), *b = cluster_born(test, 3);
	struct paxos_core *one, *two;
	u32 i;

	leads(a, 1);
	cluster_pass(a, 3);
	cluster_pass(b, 6);
	leads(b, 1);
	one = cluster_core(a, 1);
	two = cluster_core(b, 1);
	for (i = 0; i < 40; i++) {
		cluster_pass(a, 1);
		cluster_pass(b, 1);
		KUNIT_EXPECT_GT(test, one->grant.beat_at, one->now);
		KUNIT_EXPECT_LE(test, one->grant.beat_at, one->now + one->config.heartbeat);
		KUNIT_EXPECT_EQ(test, one->grant.beat_at % one->config.heartbeat, 0);
		KUNIT_EXPECT_EQ(test, two->grant.beat_at % two->config.heartbeat, 0);
	}
}

/* Whoever else stands need not wait for the first heartbeat. */
static void others_hear_of_it_at_once(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 ballot = prepared(c, 1, 1);

	KUNIT_ASSERT_EQ(test, grant(c, 1, ballot, 1), 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, ballot);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->leader.ballot, ballot);
}

/* P18a: what it learned in another way it did not count, whatever it had asked for there. */
static void tells_only_what_it_counted(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct cluster_node *node = c->node[0];
	struct paxos_value *value = cluster_value(node, 1, 10), *own;
	u8 *bytes = kunit_kmalloc(test, PAXOS_INLINE_MAX, GFP_KERNEL);
	struct paxos_entry entry = { 0 };
	struct paxos_msg msg = { .type = PAXOS_WIRE_VALUES, .n_entries = 1, .entry = &entry };
	u64 ballot = leads(c, 1), end;
	u32 beats = 0;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	cluster_values(c, 1, &own, 1, 10);
	c->cut[0] = ~0ULL;
	submit(c, 1, &own, 1);
	cluster_settle(c);
	cluster_entry(&entry, 1, value, bytes);
	entry.chosen = true;
	KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
	KUNIT_ASSERT_EQ(test, node->core.window.prefix, 1);
	for (end = node->core.now + 3 * node->core.config.heartbeat; node->core.now < end;) {
		struct paxos_out *out;

		cluster_tick(node, node->core.now + 1);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_DECIDED), 0);
		out = cluster_out(node, PAXOS_WIRE_HEARTBEAT, 0);
		if (!out)
			continue;
		KUNIT_EXPECT_EQ(test, out->msg.heartbeat.ballot, ballot);
		KUNIT_EXPECT_EQ(test, out->msg.heartbeat.decided.ballot, 0);
		beats++;
	}
	KUNIT_EXPECT_GT(test, beats, 0);
}

/* A service that may miss a leader for a few milliseconds may not miss a datagram for longer. */
static void the_impatient_ask_again_sooner(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value;
	u8 id;

	leads(c, 1);
	for (id = 1; id <= 3; id++)
		timing(c, id, 1, 5, 10);
	cluster_values(c, 1, &value, 1, 10);
	c->cut[0] = paxos_node_bit(2) | paxos_node_bit(3);
	submit(c, 1, &value, 1);
	cluster_settle(c);
	c->cut[0] = 0;
	cluster_pass(c, 4);
	KUNIT_EXPECT_FALSE(test, cluster_has_chosen(c, 1, 1, value));
	cluster_pass(c, 1);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 1, value));
}

static struct kunit_case leader_cases[] = {
	KUNIT_CASE(is_granted_what_is_prepared),
	KUNIT_CASE(new_values_go_above_what_was_reported),
	KUNIT_CASE(values_are_chosen_in_one_round_trip),
	KUNIT_CASE(decisions_ride_on_the_next_accept),
	KUNIT_CASE(long_values_go_in_parts),
	KUNIT_CASE(a_full_window_says_so),
	KUNIT_CASE(who_did_not_answer_is_asked_again),
	KUNIT_CASE(a_gap_is_closed_under_load),
	KUNIT_CASE(a_higher_ballot_ends_it),
	KUNIT_CASE(a_promise_of_its_own_ends_it),
	KUNIT_CASE(its_own_ballot_does_not_end_it),
	KUNIT_CASE(answers_to_what_it_never_asked_do_not_count),
	KUNIT_CASE(giving_the_ballot_back_ends_it),
	KUNIT_CASE(lasts_while_it_is_renewed),
	KUNIT_CASE(alone_it_stops),
	KUNIT_CASE(who_is_alone_in_the_group_leads_it),
	KUNIT_CASE(silence_is_noticed),
	KUNIT_CASE(promises_are_not_in_its_way),
	KUNIT_CASE(a_late_tick_blames_nobody),
	KUNIT_CASE(members_say_whom_they_follow),
	KUNIT_CASE(the_higher_of_two_is_followed),
	KUNIT_CASE(a_bad_network_loses_nothing),
	KUNIT_CASE(its_owner_is_told_why_it_ended),
	KUNIT_CASE(resigns_when_told_to),
	KUNIT_CASE(an_owner_that_is_gone_hears_nothing),
	KUNIT_CASE(its_timing_changes_under_way),
	KUNIT_CASE(who_was_outbid_is_followed_no_more),
	KUNIT_CASE(heartbeats_of_groups_meet),
	KUNIT_CASE(others_hear_of_it_at_once),
	KUNIT_CASE(tells_only_what_it_counted),
	KUNIT_CASE(the_impatient_ask_again_sooner),
	{}
};

static struct kunit_suite leader_suite = {
	.name = "paxos_leader",
	.exit = cluster_exit,
	.test_cases = leader_cases,
};

kunit_test_suite(leader_suite);
