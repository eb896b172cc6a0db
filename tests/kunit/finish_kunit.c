// SPDX-License-Identifier: GPL-2.0
/* Finishing: what lay open when a leader began is proposed anew, all of it at once. */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER
#define OPEN	6
#define LOSES(type)	BIT_ULL(PAXOS_WIRE_##type)

static struct paxos_value *value[OPEN];

/* Node 2 has led and is cut off. */
static void loses_node_2(struct cluster *c)
{
	unsigned int i;

	c->losing = 0;
	for (i = 0; i < c->n; i++)
		c->cut[i] = i == 1 ? ~0ULL : paxos_node_bit(2);
}

/* Node 2 leads, and gets values to some nodes; nobody knows what becomes of them. */
static void proposes(struct cluster *c, u32 first, u32 n, u64 to)
{
	c->losing = LOSES(ACCEPTED) | LOSES(HEARTBEAT);
	c->cut[1] = ~to;
	KUNIT_ASSERT_EQ(c->test, cluster_submit(c, 2, OWNER, &value[first - 1], n), 0);
	cluster_settle(c);
}

static struct cluster *led(struct kunit *test, unsigned int n)
{
	struct cluster *c = cluster_born(test, n);

	cluster_lead(c, 2);
	cluster_values(c, 2, value, OPEN, 50);
	return c;
}

static u64 prepared(struct cluster *c)
{
	struct cluster_node *node = c->node[0];
	const u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = { OWNER, ballot, CLUSTER_NONCE + ballot, 1, false },
	};

	cluster_do(c, 1, &ev);
	KUNIT_ASSERT_EQ(c->test, ev.error, 0);
	cluster_settle(c);
	return ballot;
}

static void granted(struct cluster *c, u64 ballot)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_GRANT,
		.grant = { .owner = OWNER, .ballot = ballot, .first = OPEN + 1 },
	};

	cluster_do(c, 1, &ev);
	KUNIT_ASSERT_EQ(c->test, ev.error, 0);
}

/* The messages that a step leaves are sent with the next cluster_settle(). */
static int adopts(struct cluster *c, u64 ballot, u64 instance)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_ACCEPT,
		.accept = {
			.owner = OWNER, .ballot = ballot, .instance = instance,
			.id = value[instance - 1]->id,
		},
	};

	cluster_do(c, 1, &ev);
	return ev.error;
}

/* Node 1 leads now, and all that node 2 proposed lies open, voted for by all others. */
static struct cluster *takes_over(struct kunit *test, u64 *ballot)
{
	struct cluster *c = led(test, 3);

	proposes(c, 1, OPEN, ~0ULL);
	loses_node_2(c);
	*ballot = prepared(c);
	granted(c, *ballot);
	return c;
}

static void expect_all(struct cluster *c)
{
	u64 s;

	KUNIT_EXPECT_EQ(c->test, cluster_core(c, 1)->window.prefix, OPEN);
	for (s = 1; s <= OPEN; s++)
		KUNIT_EXPECT_TRUE(c->test, cluster_has_chosen(c, 1, s, value[s - 1]));
	cluster_no_alarm(c);
}

static void all_is_under_way_at_once(struct kunit *test)
{
	u64 ballot, s;
	struct cluster *c = takes_over(test, &ballot);

	for (s = OPEN; s; s--)
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 0);
	cluster_settle(c);
	expect_all(c);
}

/* The leader sees to it: the owner asks once. */
static void what_is_lost_is_sent_again(struct kunit *test)
{
	u64 ballot, s;
	struct cluster *c = takes_over(test, &ballot);

	c->losing = LOSES(ACCEPT);
	for (s = 1; s <= OPEN; s++)
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
	cluster_settle(c);
	c->losing = 0;
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 0);
	cluster_pass(c, 2 * PAXOS_RETRY_MS);
	expect_all(c);
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(cluster_core(c, 1)), U64_MAX);
}

/* P18a: as of whatever else the leader counted, soon and not with a heartbeat. */
static void the_others_hear_what_is_decided(struct kunit *test)
{
	u64 ballot, s;
	struct cluster *c = takes_over(test, &ballot);

	for (s = 1; s <= OPEN; s++)
		adopts(c, ballot, s);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 0);
	c->losing = LOSES(HEARTBEAT) | LOSES(HELLO) | LOSES(VALUES);
	cluster_pass(c, PAXOS_TELL_MS);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, OPEN);
}

/* Once, of all of it. */
static void expect_told(struct cluster_node *node, u64 ballot)
{
	struct paxos_note *note = cluster_note(node, PAXOS_NOTE_CHOSEN, 0);

	KUNIT_ASSERT_NOT_NULL(node->test, note);
	KUNIT_EXPECT_EQ(node->test, note->owner, OWNER);
	KUNIT_EXPECT_EQ(node->test, note->ballot, ballot);
	KUNIT_EXPECT_EQ(node->test, note->upto, OPEN);
	KUNIT_EXPECT_NULL(node->test, cluster_note(node, PAXOS_NOTE_CHOSEN, 1));
}

/* Its owner hears up to where all is decided. */
static void the_owner_is_told(struct kunit *test)
{
	struct cluster_node *node;
	struct paxos_value *own;
	u64 ballot, s;
	struct cluster *c = takes_over(test, &ballot);

	node = c->node[0];
	for (s = 1; s <= OPEN; s++)
		adopts(c, ballot, s);
	/* Above a gap there is nothing to tell. */
	for (s = OPEN; s > 1; s--) {
		cluster_vote(node, 3, ballot, s, value[s - 1]);
		KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
		KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
	}
	cluster_vote(node, 3, ballot, 1, value[0]);
	expect_told(node, ballot);
	/* Asked again: at once. */
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 3), 0);
	expect_told(node, ballot);
	/* Of what the leader proposes by itself it hears nothing here. */
	own = cluster_value(node, OPEN + 1, 50);
	KUNIT_ASSERT_EQ(test, cluster_submit(c, 1, OWNER, &own, 1), 0);
	cluster_vote(node, 3, ballot, OPEN + 1, own);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, OPEN + 1);
	KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
}

/* P11 */
static void one_value_at_a_ballot(struct kunit *test)
{
	struct cluster_node *node;
	u64 ballot;
	struct cluster *c = takes_over(test, &ballot);
	u64 voters;

	node = c->node[0];
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 1), 0);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), 0);
	voters = paxos_window_find(&node->core.window, 1)->tally.voters;
	KUNIT_EXPECT_NE(test, cluster_accept(node, OWNER, ballot, 1, value[4]), 0);
	KUNIT_EXPECT_NE(test, cluster_adopt(node, OWNER, ballot, 1, &value[4]->id), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_FETCH), 0);
	/* The same once more: the leader is about it. */
	KUNIT_EXPECT_EQ(test, cluster_adopt(node, OWNER, ballot, 1, &value[0]->id), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_EQ(test, paxos_window_find(&node->core.window, 1)->tally.voters, voters);
	cluster_no_alarm(c);
}

/* P11, P16: above the grant the kernel proposes, and after its end nobody does. */
static void only_below_and_while_it_lasts(struct kunit *test)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_RESIGN };
	struct cluster_node *node;
	u64 ballot;
	struct cluster *c = takes_over(test, &ballot);

	node = c->node[0];
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, OPEN + 1, value[0]), -EPERM);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER + 1, ballot, 1, value[0]), -ENOENT);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 1), 0);
	c->losing = LOSES(ACCEPT);
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_NE(test, adopts(c, ballot, 2), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	cluster_settle(c);
	c->losing = 0;
	c->delivered[PAXOS_WIRE_ACCEPT] = 0;
	cluster_pass(c, 4 * PAXOS_RETRY_MS);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_ACCEPT], 0);
}

/* What the owner began before it was granted the ballot is in the way of nothing. */
static void what_was_begun_before_goes_on(struct kunit *test)
{
	struct cluster *c = led(test, 3);
	u64 ballot, s;

	proposes(c, 1, OPEN, ~0ULL);
	loses_node_2(c);
	ballot = prepared(c);
	c->losing = LOSES(ACCEPT);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 3), 0);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 4), -EBUSY);
	cluster_settle(c);
	c->losing = 0;
	granted(c, ballot);
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(cluster_core(c, 1)), U64_MAX);
	for (s = 1; s <= OPEN; s++)
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
	cluster_pass(c, 2 * PAXOS_RETRY_MS);
	expect_all(c);
}

/* Bytes that are not here are fetched one after the other, the rest goes on. */
static void what_is_here_does_not_wait_for_what_is_not(struct kunit *test)
{
	struct cluster *c = led(test, 3);
	u64 ballot;

	proposes(c, 1, 2, paxos_node_bit(3));
	proposes(c, 3, OPEN - 2, ~0ULL);
	loses_node_2(c);
	ballot = prepared(c);
	granted(c, ballot);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 1), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(c->node[0], PAXOS_WIRE_FETCH), 1);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), -EBUSY);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 3), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(c->node[0], PAXOS_WIRE_ACCEPT), 1);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 4), 0);
	cluster_settle(c);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 1, value[0]));
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 4, value[3]));
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 6), 0);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 5), 0);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), 0);
	cluster_settle(c);
	expect_all(c);
}

/* All are asked who may have the bytes, then the one that had them. */
static void who_had_bytes_is_asked_first(struct kunit *test)
{
	struct cluster *c = led(test, 5);
	const struct paxos_out *out;
	u64 ballot;

	/* The first of them reaches nobody. */
	proposes(c, 1, 1, 0);
	proposes(c, 2, 2, paxos_node_bit(4));
	proposes(c, 4, OPEN - 3, ~0ULL);
	loses_node_2(c);
	ballot = prepared(c);
	granted(c, ballot);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), 0);
	out = cluster_out(c->node[0], PAXOS_WIRE_FETCH, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to,
			paxos_node_bit(3) | paxos_node_bit(4) | paxos_node_bit(5));
	cluster_settle(c);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 2, value[1]));
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 3), 0);
	out = cluster_out(c->node[0], PAXOS_WIRE_FETCH, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(4));
	/* It is gone: the others are asked in a moment. */
	c->cut[3] = ~0ULL;
	cluster_settle(c);
	KUNIT_EXPECT_FALSE(test, cluster_has_chosen(c, 1, 3, value[2]));
	c->delivered[PAXOS_WIRE_FETCH] = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_FETCH], 3);
	cluster_no_alarm(c);
}

/* What has no room until the lowest is decided is not in the way of that. */
static void the_lowest_is_not_held_up(struct kunit *test)
{
	struct cluster *c = led(test, 3);
	u64 ballot, s;

	proposes(c, 1, 2, paxos_node_bit(3));
	proposes(c, 3, OPEN - 2, ~0ULL);
	loses_node_2(c);
	ballot = prepared(c);
	granted(c, ballot);
	cluster_core(c, 1)->window.bytes = 4 * 50;
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), 0);
	cluster_settle(c);
	for (s = 3; s <= OPEN; s++)
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 1), 0);
	cluster_pass(c, 1000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 1);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 2), 0);
	cluster_pass(c, 1000);
	expect_all(c);
}

/* The lowest is what all others wait for, however long they did already. */
static void the_lowest_is_sent_again_soon(struct kunit *test)
{
	u64 ballot, s;
	struct cluster *c = takes_over(test, &ballot);

	c->losing = LOSES(ACCEPT);
	for (s = 2; s <= OPEN; s++)
		KUNIT_EXPECT_EQ(test, adopts(c, ballot, s), 0);
	cluster_pass(c, 2000);
	KUNIT_EXPECT_EQ(test, adopts(c, ballot, 1), 0);
	cluster_settle(c);
	c->losing = 0;
	cluster_pass(c, PAXOS_RETRY_MS);
	expect_all(c);
}

/* The grant is above what its owner is about. */
static void what_is_fetched_lies_below(struct kunit *test)
{
	struct cluster *c = led(test, 3);
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };
	const struct paxos_vid id = { 1, 2, 3 };
	u64 ballot;

	loses_node_2(c);
	ballot = prepared(c);
	KUNIT_EXPECT_EQ(test, cluster_adopt(c->node[0], OWNER, ballot, OPEN, &id), 0);
	ev.grant.owner = OWNER;
	ev.grant.ballot = ballot;
	ev.grant.first = OPEN;
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -EINVAL);
	KUNIT_EXPECT_EQ(test, ev.instance, OPEN + 1);
	granted(c, ballot);
}

static struct kunit_case finish_cases[] = {
	KUNIT_CASE(all_is_under_way_at_once),
	KUNIT_CASE(what_is_lost_is_sent_again),
	KUNIT_CASE(the_others_hear_what_is_decided),
	KUNIT_CASE(the_owner_is_told),
	KUNIT_CASE(one_value_at_a_ballot),
	KUNIT_CASE(only_below_and_while_it_lasts),
	KUNIT_CASE(what_was_begun_before_goes_on),
	KUNIT_CASE(what_is_here_does_not_wait_for_what_is_not),
	KUNIT_CASE(who_had_bytes_is_asked_first),
	KUNIT_CASE(the_lowest_is_not_held_up),
	KUNIT_CASE(the_lowest_is_sent_again_soon),
	KUNIT_CASE(what_is_fetched_lies_below),
	{}
};

static struct kunit_suite finish_suite = {
	.name = "paxos_finish",
	.exit = cluster_exit,
	.test_cases = finish_cases,
};

kunit_test_suite(finish_suite);

MODULE_LICENSE("GPL");
