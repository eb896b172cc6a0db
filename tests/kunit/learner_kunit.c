// SPDX-License-Identifier: GPL-2.0
/* The learner: what is counted, what is believed, and what others are told. */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER

static struct paxos_slot *slot_of(struct cluster_node *node, u64 instance)
{
	return paxos_window_find(&node->core.window, instance);
}

static bool is_chosen(struct cluster_node *node, u64 instance, const struct paxos_value *value)
{
	struct paxos_slot *slot = slot_of(node, instance);

	return slot && slot->chosen && paxos_vid_equal(&slot->chosen->id, &value->id);
}

static bool is_open(struct cluster_node *node, u64 instance)
{
	struct paxos_slot *slot = slot_of(node, instance);

	return !slot || !slot->chosen;
}

/* Node 1 of @voters has sent ACCEPT under a ballot of its own, which is returned. */
static u64 lead(struct kunit *test, struct cluster_node *node, u64 instance,
		struct paxos_value *value)
{
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	u8 voters = node->core.membership.options.quorum.voters;
	u8 id;

	KUNIT_ASSERT_EQ(test, cluster_prepare(node, OWNER, ballot, instance, true), 0);
	for (id = 2; id <= voters / 2 + 1; id++)
		KUNIT_ASSERT_EQ(test, cluster_promise(node, id, ballot, instance, true),
				PAXOS_REASON_OK);
	KUNIT_ASSERT_EQ(test, cluster_accept(node, OWNER, ballot, instance, value), 0);
	return ballot;
}

/* Another node had its ACCEPT answered here. */
static void vote(struct kunit *test, struct cluster_node *node, u64 ballot, u64 instance,
		 struct paxos_value *value)
{
	u8 *bytes = kunit_kmalloc(test, PAXOS_INLINE_MAX, GFP_KERNEL);
	struct paxos_entry entry;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &entry,
		.accept.ballot = ballot,
	};

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	cluster_entry(&entry, instance, value, bytes);
	KUNIT_ASSERT_EQ(test, cluster_hear(node, (u8)paxos_ballot_node(ballot), &msg),
			PAXOS_REASON_OK);
}

static enum paxos_reason decided(struct cluster_node *node, u8 from, u64 ballot, u64 first,
				 u64 upto)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_DECIDED,
		.decided = { ballot, first, upto },
	};

	return cluster_hear(node, from, &msg);
}

static enum paxos_reason values_of(struct kunit *test, struct cluster_node *node, u8 from,
				   u64 first, u16 n, struct paxos_value *value, u64 prefix,
				   u64 trim)
{
	struct paxos_entry *entry = kunit_kcalloc(test, n + 1, sizeof(*entry), GFP_KERNEL);
	u8 *bytes = kunit_kmalloc(test, PAXOS_INLINE_MAX, GFP_KERNEL);
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_VALUES,
		.n_entries = n,
		.entry = entry,
		.values = { .prefix = prefix, .trim = trim, .hash = 0x77 },
	};
	u16 i;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < n; i++) {
		cluster_entry(&entry[i], first + i, value, bytes);
		entry[i].chosen = true;
	}
	return cluster_hear(node, from, &msg);
}

static void hello(struct cluster_node *node, u8 from, u64 prefix, u64 trim)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_HELLO,
		.hello = { .prefix = prefix, .trim = trim, .state = PAXOS_STATE_VOTING },
	};

	paxos_core_options(&node->core, &msg.hello.options);
	cluster_hear(node, from, &msg);
}

struct group {
	const char *desc;
	u8 voters;
};

static const struct group groups[] = {
	{ "one voter", 1 }, { "two voters", 2 }, { "three voters", 3 }, { "four voters", 4 },
	{ "five voters", 5 }, { "fifteen voters", 15 },
};

KUNIT_ARRAY_PARAM_DESC(groups, groups, desc);

/* P18: Q2 distinct voters, this node among them. */
static void decides_with_a_quorum_of_votes(struct kunit *test)
{
	const struct group *param = test->param_value;
	struct cluster_node *node = cluster_voter(test, 1, param->voters);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = lead(test, node, 1, v);
	u8 id;

	for (id = 2; id <= param->voters / 2 + 1; id++) {
		KUNIT_EXPECT_TRUE(test, is_open(node, 1));
		KUNIT_EXPECT_EQ(test, cluster_vote(node, id, ballot, 1, v), PAXOS_REASON_OK);
	}
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 1);
	/* A vote that comes later is of no use. */
	if (param->voters > 2)
		KUNIT_EXPECT_EQ(test, cluster_vote(node, param->voters, ballot, 1, v),
				PAXOS_REASON_STALE);
}

/* P18 */
static void a_duplicate_is_no_second_vote(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = lead(test, node, 1, v);
	int i;

	cluster_vote(node, 4, ballot, 1, v);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, cluster_vote(node, 4, ballot, 1, v),
				PAXOS_REASON_DUPLICATE);
		KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	}
}

/* P18 */
static void votes_of_two_ballots_never_add_up(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 first = lead(test, node, 1, v), second;

	cluster_vote(node, 2, first, 1, v);
	second = lead(test, node, 1, v);
	KUNIT_ASSERT_GT(test, second, first);
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 3, first, 1, v), PAXOS_REASON_STALE);
	cluster_vote(node, 4, second, 1, v);
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 5, first, 1, v), PAXOS_REASON_STALE);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	cluster_vote(node, 3, second, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* P18: the same instance, ballot and value, or it is no vote for it. */
static void votes_for_something_else_do_not_count(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	u64 ballot = lead(test, node, 1, v);

	KUNIT_EXPECT_EQ(test, cluster_vote(node, 2, ballot, 1, w), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 2, ballot, 2, v), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 2, ballot + (2ULL << PAXOS_BALLOT_COUNTER_SHIFT),
					   1, v), PAXOS_REASON_STALE);
	/* Nor is another's ballot this node's to count. */
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 2, paxos_ballot_make(9, 2, true), 1, v),
			PAXOS_REASON_NOT_OWNER);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
}

/* P18, P8: a voter is a node and its incarnation, as the membership names them. */
static void votes_of_others_than_voters_do_not_count(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = lead(test, node, 1, v);
	struct paxos_entry entry = { .instance = 1, .id = v->id };
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPTED,
		.n_entries = 1,
		.entry = &entry,
		.accepted.ballot = ballot,
	};
	struct paxos_header header;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { &header, &msg },
	};

	/* A learner. */
	paxos_core_peer(&node->core, 9)->present = true;
	node->core.members |= paxos_node_bit(9);
	cluster_header(node, 9, &header);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_NO_VOTER);
	/* A voter that lost its memory. */
	cluster_header(node, 2, &header);
	header.incarnation[0]++;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_INCARNATION);
	/* P24: one that acts under another membership. */
	cluster_header(node, 2, &header);
	header.membership = 5;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_MEMBERSHIP);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
}

/* P7: its own, like the others', when its record is durable. */
static void the_own_vote_counts_when_it_is_durable(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, 0);

	cluster_prepare(node, OWNER, ballot, 1, true);
	cluster_promise(node, 2, ballot, 1, true);
	node->core.volatile_store = false;
	KUNIT_ASSERT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	KUNIT_ASSERT_NOT_NULL(test, slot_of(node, 1));
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->vbal, ballot);
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->tally.voters, 0);
	cluster_vote(node, 2, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	cluster_vote(node, 3, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* P7: what waited for the disk goes the way of every message, and is counted then. */
static void the_own_vote_counts_once_it_waited(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_event ev = { .type = PAXOS_EVENT_DURABLE };
	struct paxos_entry entry;
	struct paxos_out held;

	cluster_prepare(node, OWNER, ballot, 1, true);
	cluster_promise(node, 2, ballot, 1, true);
	node->core.volatile_store = false;
	KUNIT_ASSERT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPTED), 1);
	held = *cluster_out(node, PAXOS_WIRE_ACCEPTED, 0);
	entry = held.msg.entry[0];
	held.msg.entry = &entry;
	KUNIT_EXPECT_EQ(test, held.to, paxos_node_bit(1));
	KUNIT_EXPECT_GT(test, held.after, node->core.durable);
	cluster_vote(node, 2, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	ev.durable = held.after;
	cluster_step(node, &ev);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	ev = (struct paxos_event){ .type = PAXOS_EVENT_SELF, .self = &held };
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* P18a: ballot and range, to all who are configured. */
static void tells_all_what_it_counted(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = lead(test, node, 2, v);
	struct paxos_out *out;

	paxos_core_peer(&node->core, 9)->present = true;
	node->core.members |= paxos_node_bit(9);
	cluster_vote(node, 3, ballot, 2, v);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_DECIDED), 1);
	out = cluster_out(node, PAXOS_WIRE_DECIDED, 0);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2) | paxos_node_bit(3) | paxos_node_bit(9));
	KUNIT_EXPECT_EQ(test, out->msg.decided.ballot, ballot);
	KUNIT_EXPECT_EQ(test, out->msg.decided.first, 2);
	KUNIT_EXPECT_EQ(test, out->msg.decided.upto, 2);
}

/* P18a */
static void decided_makes_the_vote_at_that_ballot_chosen(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = paxos_ballot_make(4, 2, true);
	u64 s;

	for (s = 1; s <= 5; s++)
		vote(test, node, ballot, s, v);
	KUNIT_EXPECT_EQ(test, decided(node, 2, ballot, 2, 4), PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	for (s = 2; s <= 4; s++)
		KUNIT_EXPECT_TRUE(test, is_chosen(node, s, v));
	KUNIT_EXPECT_TRUE(test, is_open(node, 5));
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 0);
	decided(node, 2, ballot, 1, 1);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 4);
	KUNIT_EXPECT_EQ(test, decided(node, 2, ballot, 1, 4), PAXOS_REASON_DUPLICATE);
}

struct mismatch {
	const char *desc;
	u64 voted;
	u64 decided;
};

#define AT(counter, node) \
	((u64)(counter) << PAXOS_BALLOT_COUNTER_SHIFT | (node) << PAXOS_BALLOT_NODE_SHIFT | 1)

static const struct mismatch mismatches[] = {
	{ "a lower ballot", AT(4, 2), AT(5, 2) },
	{ "a higher ballot", AT(5, 2), AT(4, 2) },
	{ "another node's ballot", AT(4, 2), AT(4, 3) },
	{ "the fast ballot beside it", AT(4, 2), AT(4, 2) - 1 },
};

KUNIT_ARRAY_PARAM_DESC(mismatches, mismatches, desc);

/* P18a: a prefix never says which value. It asks. */
static void decided_says_nothing_of_a_vote_at(struct kunit *test)
{
	const struct mismatch *param = test->param_value;
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	struct paxos_out *out;

	vote(test, node, param->voted, 1, v);
	decided(node, 3, param->decided, 1, 1);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 0);
	if (!paxos_ballot_is_classic(param->decided))
		return;
	out = cluster_out(node, PAXOS_WIRE_LEARN, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(3));
	KUNIT_EXPECT_EQ(test, out->msg.learn.from, 1);
	KUNIT_EXPECT_EQ(test, out->msg.learn.upto, 1);
}

/* It decides with what an ACCEPT carries, too. */
static void accept_tells_what_is_decided(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = paxos_ballot_make(4, 2, true);
	struct paxos_entry entry;
	u8 bytes[50];
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &entry,
		.accept = { ballot, { ballot, 1, 1 } },
	};

	vote(test, node, ballot, 1, v);
	cluster_entry(&entry, 2, v, bytes);
	KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
	KUNIT_EXPECT_TRUE(test, is_open(node, 2));
}

/* A range of the wire is no measure of work: it ends with the window. */
static void decided_reaches_no_further_than_the_window(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = paxos_ballot_make(4, 2, true);

	vote(test, node, ballot, CLUSTER_WINDOW, v);
	decided(node, 2, ballot, 1, 4096);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, CLUSTER_WINDOW, v));
	decided(node, 2, ballot, U64_MAX - 100, U64_MAX - 1);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 0);
}

/* P17 */
static void what_is_chosen_stays(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);

	KUNIT_EXPECT_EQ(test, values_of(test, node, 2, 1, 1, v, 1, 0), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, values_of(test, node, 2, 1, 1, v, 1, 0), PAXOS_REASON_DUPLICATE);
	KUNIT_EXPECT_EQ(test, node->alarms, 0);
	KUNIT_EXPECT_EQ(test, values_of(test, node, 3, 1, 1, w, 1, 0),
			PAXOS_REASON_DISAGREEMENT);
	KUNIT_EXPECT_EQ(test, node->alarm, PAXOS_ALARM_DISAGREEMENT);
	KUNIT_ASSERT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_ALARM, 0));
	KUNIT_EXPECT_EQ(test, cluster_note(node, PAXOS_NOTE_ALARM, 0)->node, 3);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* P18a: and says nothing of the vote. */
static void learning_leaves_the_vote_as_it_is(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	u64 ballot = paxos_ballot_make(4, 2, true);

	vote(test, node, ballot, 1, v);
	values_of(test, node, 3, 1, 1, w, 1, 0);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, w));
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->vbal, ballot);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot_of(node, 1)->vval->id, &v->id));
}

/* P9 */
static void does_not_learn_what_is_not_intact(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);

	v->id.digest++;
	KUNIT_EXPECT_EQ(test, values_of(test, node, 2, 1, 1, v, 1, 0), PAXOS_REASON_DIGEST);
	KUNIT_EXPECT_TRUE(test, is_open(node, 1));
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 0);
}

/* P20: told once, in order, as far as there is no gap. */
static void tells_of_the_prefix_in_order(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	struct paxos_note *note;

	values_of(test, node, 2, 2, 3, v, 0, 0);
	KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_DECIDED, 0));
	values_of(test, node, 2, 1, 1, v, 0, 0);
	note = cluster_note(node, PAXOS_NOTE_DECIDED, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->from, 1);
	KUNIT_EXPECT_EQ(test, note->upto, 4);
	values_of(test, node, 2, 5, 1, v, 0, 0);
	note = cluster_note(node, PAXOS_NOTE_DECIDED, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->from, 5);
	KUNIT_EXPECT_EQ(test, note->upto, 5);
}

static enum paxos_reason learn(struct cluster_node *node, u8 from, u64 first, u64 last)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_LEARN,
		.learn = { first, last },
	};

	return cluster_hear(node, from, &msg);
}

/* P35, P18: what is chosen alone, each once, in so many datagrams at most. */
static void serves_what_is_chosen(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 400);
	u64 last = 0;
	unsigned int i, n_out;
	u16 k, n = 0;

	for (i = 1; i <= 50; i++)
		if (i != 7)
			values_of(test, node, 2, i, 1, v, 0, 0);
	vote(test, node, paxos_ballot_make(4, 2, true), 7, v);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 3, U64_MAX - 1), PAXOS_REASON_OK);
	n_out = cluster_outs(node, PAXOS_WIRE_VALUES);
	KUNIT_EXPECT_EQ(test, n_out, PAXOS_LEARN_DATAGRAMS);
	for (i = 0; i < n_out; i++) {
		struct paxos_out *out = cluster_out(node, PAXOS_WIRE_VALUES, i);

		KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(3));
		KUNIT_EXPECT_LE(test, paxos_wire_size(&out->msg), PAXOS_WIRE_MAX);
		KUNIT_EXPECT_GT(test, out->msg.n_entries, 0);
		KUNIT_EXPECT_EQ(test, out->msg.values.prefix, 6);
		KUNIT_EXPECT_EQ(test, out->msg.values.asked, 3);
		KUNIT_EXPECT_EQ(test, out->msg.values.last, i == n_out - 1);
		for (k = 0; k < out->msg.n_entries; k++, n++) {
			const struct paxos_entry *e = &out->msg.entry[k];

			KUNIT_EXPECT_GT(test, e->instance, last);
			KUNIT_EXPECT_NE(test, e->instance, 7);
			KUNIT_EXPECT_TRUE(test, e->chosen);
			KUNIT_EXPECT_TRUE(test, e->carried);
			last = e->instance;
		}
	}
	/* Two a datagram. */
	KUNIT_EXPECT_EQ(test, n, 2 * PAXOS_LEARN_DATAGRAMS);
	KUNIT_EXPECT_EQ(test, last, 3 + 2 * PAXOS_LEARN_DATAGRAMS);
}

/* A node with a log of so many, two of them a datagram, that votes and has a window of four. */
static struct cluster_node *busy_node(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 400);
	unsigned int i;

	for (i = 1; i <= 50; i++)
		values_of(test, node, 2, i, 1, v, 0, 0);
	cluster_tick(node, 1000);
	vote(test, node, paxos_ballot_make(4, 2, true), 51, v);
	node->core.window.size = 4;
	return node;
}

/* P34: who is far behind has a bounded share of a node that has work of its own. */
static void feeds_at_a_pace_while_it_votes(struct kunit *test)
{
	struct cluster_node *node = busy_node(test);
	const u64 now = node->core.now;

	learn(node, 3, 1, 6);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 3);
	learn(node, 3, 7, 8);
	learn(node, 2, 9, 10);
	/* Asked for again it waits once. */
	learn(node, 3, 7, 8);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 0);
	KUNIT_EXPECT_LE(test, paxos_core_deadline(&node->core), now + 2);
	cluster_tick(node, now + 1);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 0);
	cluster_tick(node, now + 2);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 1);
	KUNIT_EXPECT_EQ(test, cluster_out(node, PAXOS_WIRE_VALUES, 0)->to, paxos_node_bit(3));
	cluster_tick(node, now + 3);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 1);
	KUNIT_EXPECT_EQ(test, cluster_out(node, PAXOS_WIRE_VALUES, 0)->to, paxos_node_bit(2));
	cluster_tick(node, now + 4);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 0);
}

static void feeds_at_once_who_follows(struct kunit *test)
{
	struct cluster_node *node = busy_node(test);
	unsigned int i;

	for (i = 0; i < 5; i++) {
		learn(node, 3, 47, 50);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 2);
	}
}

static void feeds_at_once_while_it_has_nothing_else_to_do(struct kunit *test)
{
	struct cluster_node *node = busy_node(test);
	unsigned int i;

	cluster_tick(node, node->core.now + 20);
	for (i = 0; i < 5; i++) {
		learn(node, 3, 1, 6);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 3);
	}
}

/* And takes nobody else's turn. */
static void who_left_is_fed_no_more(struct kunit *test)
{
	struct cluster_node *node = busy_node(test);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER,
		.member = { .node = 9, .role = PAXOS_ROLE_LEARNER },
	};
	const u64 now = node->core.now;

	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
	hello(node, 9, 0, 0);
	learn(node, 3, 1, 6);
	learn(node, 9, 7, 8);
	learn(node, 2, 9, 10);
	KUNIT_ASSERT_EQ(test, node->core.pace.n, 2);
	ev.type = PAXOS_EVENT_MEMBER_GONE;
	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
	cluster_tick(node, now + 2);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 0);
	KUNIT_EXPECT_LE(test, paxos_core_deadline(&node->core), now + 2);
	cluster_tick(node, now + 2);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 1);
	KUNIT_EXPECT_EQ(test, cluster_out(node, PAXOS_WIRE_VALUES, 0)->to, paxos_node_bit(2));
}

/* P36: those who wait are so many at most. */
static void lets_so_many_wait(struct kunit *test)
{
	struct cluster_node *node = busy_node(test);
	unsigned int i, n = 0;

	learn(node, 3, 1, 6);
	for (i = 1; i <= PAXOS_WAITING + 5; i++)
		learn(node, 3, i, i);
	for (i = 0; i < 40; i++) {
		cluster_tick(node, node->core.now + 5);
		n += cluster_outs(node, PAXOS_WIRE_VALUES);
	}
	KUNIT_EXPECT_EQ(test, n, PAXOS_WAITING);
}

/* P35: nor more than so many instances, however short. */
static void serves_so_many_at_most(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 0);
	unsigned int i, n = 0;

	for (i = 1; i <= 2 * PAXOS_LEARN_MAX; i++)
		values_of(test, node, 2, i, 1, v, 0, 0);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 1, U64_MAX - 1), PAXOS_REASON_OK);
	for (i = 0; i < cluster_outs(node, PAXOS_WIRE_VALUES); i++)
		n += cluster_out(node, PAXOS_WIRE_VALUES, i)->msg.n_entries;
	KUNIT_EXPECT_EQ(test, n, PAXOS_LEARN_MAX);
}

static void names_what_is_long(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 2000);
	enum paxos_reason reason;
	struct paxos_slot *slot;
	struct paxos_out *out;

	values_of(test, node, 2, 1, 1, v, 0, 0);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 2, 60), PAXOS_REASON_UNKNOWN);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_VALUES), 0);
	KUNIT_EXPECT_NULL(test, slot_of(node, 60));
	slot = paxos_window_slot(&node->core.window, 2, &reason);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	paxos_window_set_chosen(&node->core.window, slot, w);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 2, 2), PAXOS_REASON_OK);
	out = cluster_out(node, PAXOS_WIRE_VALUES, 0);
	KUNIT_EXPECT_FALSE(test, out->msg.entry[0].carried);
	KUNIT_EXPECT_EQ(test, out->msg.entry[0].length, 2000);
	KUNIT_EXPECT_TRUE(test, out->msg.values.last);
}

/* P6, P22: an answer of its own. */
static void says_what_is_trimmed(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM, .trim = { 4, true } };
	struct paxos_out *out;
	u64 hash;

	values_of(test, node, 2, 1, 6, v, 0, 0);
	hash = slot_of(node, 4)->hash;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 4, 6), PAXOS_REASON_TRIMMED);
	out = cluster_out(node, PAXOS_WIRE_VALUES, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->msg.values.trim, 4);
	KUNIT_EXPECT_EQ(test, out->msg.values.hash, hash);
	KUNIT_EXPECT_EQ(test, out->msg.values.prefix, 6);
	KUNIT_EXPECT_EQ(test, out->msg.n_entries, 0);
	KUNIT_EXPECT_TRUE(test, out->msg.values.last);
	KUNIT_EXPECT_EQ(test, learn(node, 3, 5, 6), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_out(node, PAXOS_WIRE_VALUES, 0)->msg.n_entries, 2);
}

/* P20: nobody else has it: begin at the trim point, and say what is missing. */
static void begins_at_the_trim_point(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	struct paxos_note *note;

	values_of(test, node, 2, 1, 2, v, 0, 0);
	hello(node, 2, 50, 40);
	values_of(test, node, 2, 1, 0, v, 50, 40);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 40);
	KUNIT_EXPECT_EQ(test, node->core.window.trim, 40);
	KUNIT_EXPECT_EQ(test, node->core.window.hash, 0x77);
	note = cluster_note(node, PAXOS_NOTE_ALARM, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->reason, PAXOS_ALARM_TRIMMED_AWAY);
	KUNIT_EXPECT_EQ(test, note->instance, 3);
	values_of(test, node, 2, 41, 10, v, 50, 40);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 50);
}

/* A trim point that was passed is none. */
static void a_trim_point_below_is_no_reason_to_jump(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);

	values_of(test, node, 2, 1, 5, v, 0, 0);
	hello(node, 2, 7, 5);
	values_of(test, node, 2, 6, 2, v, 7, 5);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 7);
	KUNIT_EXPECT_EQ(test, node->core.window.trim, 0);
	KUNIT_EXPECT_EQ(test, node->alarms, 0);
}

static struct kunit_case learner_cases[] = {
	KUNIT_CASE_PARAM(decides_with_a_quorum_of_votes, groups_gen_params),
	KUNIT_CASE(a_duplicate_is_no_second_vote),
	KUNIT_CASE(votes_of_two_ballots_never_add_up),
	KUNIT_CASE(votes_for_something_else_do_not_count),
	KUNIT_CASE(votes_of_others_than_voters_do_not_count),
	KUNIT_CASE(the_own_vote_counts_when_it_is_durable),
	KUNIT_CASE(the_own_vote_counts_once_it_waited),
	KUNIT_CASE(tells_all_what_it_counted),
	KUNIT_CASE(decided_makes_the_vote_at_that_ballot_chosen),
	KUNIT_CASE_PARAM(decided_says_nothing_of_a_vote_at, mismatches_gen_params),
	KUNIT_CASE(accept_tells_what_is_decided),
	KUNIT_CASE(decided_reaches_no_further_than_the_window),
	KUNIT_CASE(what_is_chosen_stays),
	KUNIT_CASE(learning_leaves_the_vote_as_it_is),
	KUNIT_CASE(does_not_learn_what_is_not_intact),
	KUNIT_CASE(tells_of_the_prefix_in_order),
	KUNIT_CASE(serves_what_is_chosen),
	KUNIT_CASE(feeds_at_a_pace_while_it_votes),
	KUNIT_CASE(who_left_is_fed_no_more),
	KUNIT_CASE(feeds_at_once_who_follows),
	KUNIT_CASE(feeds_at_once_while_it_has_nothing_else_to_do),
	KUNIT_CASE(lets_so_many_wait),
	KUNIT_CASE(serves_so_many_at_most),
	KUNIT_CASE(names_what_is_long),
	KUNIT_CASE(says_what_is_trimmed),
	KUNIT_CASE(begins_at_the_trim_point),
	KUNIT_CASE(a_trim_point_below_is_no_reason_to_jump),
	{}
};

static struct kunit_suite learner_suite = {
	.name = "paxos_learner",
	.exit = cluster_exit,
	.test_cases = learner_cases,
};

kunit_test_suite(learner_suite);
