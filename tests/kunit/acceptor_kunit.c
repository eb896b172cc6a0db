// SPDX-License-Identifier: GPL-2.0
/* The acceptor: node 1 of three, asked by 2 and 3. Each obligation by itself. */

#include "cluster.h"

#define LONG_LOG	60

struct bed {
	struct cluster_node *node;
	struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	u8 bytes[PAXOS_ENTRIES_MAX][PAXOS_INLINE_MAX];
};

static struct bed *new_bed(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	bed->node = cluster_voter(test, 1, 3);
	return bed;
}

static u64 ballot(u64 counter, u32 node)
{
	return paxos_ballot_make(counter, node, true);
}

static enum paxos_reason prepare_page(struct bed *bed, u64 b, u64 nonce, u64 from, u64 page,
				      bool single)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = {
			.ballot = b,
			.nonce = nonce,
			.from = from,
			.page = page,
			.single = single,
		},
	};

	return cluster_hear(bed->node, (u8)paxos_ballot_node(b), &msg);
}

static enum paxos_reason prepare(struct bed *bed, u64 b, u64 from)
{
	return prepare_page(bed, b, CLUSTER_NONCE, from, from, false);
}

static enum paxos_reason prepare_single(struct bed *bed, u64 b, u64 instance)
{
	return prepare_page(bed, b, CLUSTER_NONCE, instance, instance, true);
}

static enum paxos_reason accept_of(struct bed *bed, u64 b, u16 n, bool more)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = n,
		.entry = bed->entry,
		.accept = { .ballot = b, .more = more },
	};

	return cluster_hear(bed->node, (u8)paxos_ballot_node(b), &msg);
}

static enum paxos_reason accept_n(struct bed *bed, u64 b, u16 n)
{
	return accept_of(bed, b, n, false);
}

static enum paxos_reason accept(struct bed *bed, u64 b, u64 instance, struct paxos_value *value)
{
	cluster_entry(&bed->entry[0], instance, value, bed->bytes[0]);
	return accept_n(bed, b, 1);
}

static struct paxos_value *value(struct bed *bed, u8 seed)
{
	return cluster_value(bed->node, seed, 50);
}

static struct paxos_slot *slot_of(struct bed *bed, u64 instance)
{
	return paxos_window_find(&bed->node->core.window, instance);
}

static void learn_chosen(struct kunit *test, struct bed *bed, u64 instance,
			 struct paxos_value *value)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_VALUES,
		.n_entries = 1,
		.entry = bed->entry,
	};

	cluster_entry(&bed->entry[0], instance, value, bed->bytes[0]);
	bed->entry[0].chosen = true;
	KUNIT_EXPECT_EQ(test, cluster_hear(bed->node, 2, &msg), PAXOS_REASON_OK);
	KUNIT_ASSERT_NOT_NULL(test, slot_of(bed, instance));
	KUNIT_ASSERT_NOT_NULL(test, slot_of(bed, instance)->chosen);
}

static const struct paxos_msg *only(struct kunit *test, struct bed *bed, u8 type, u8 to)
{
	struct paxos_out *out = cluster_out(bed->node, type, 0);

	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 1);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(to));
	return &out->msg;
}

/* It said no, to the one who asked, and what is in the way. */
static void expect_refused(struct kunit *test, struct bed *bed, u64 b, u8 reason, u64 highest)
{
	const struct paxos_msg *msg = only(test, bed, PAXOS_WIRE_REFUSED,
					   (u8)paxos_ballot_node(b));

	KUNIT_EXPECT_EQ(test, msg->refused.ballot, b);
	KUNIT_EXPECT_EQ(test, msg->refused.reason, reason);
	KUNIT_EXPECT_EQ(test, msg->refused.highest, highest);
}

static void expect_promise(struct kunit *test, struct bed *bed, u64 b)
{
	const struct paxos_msg *msg = only(test, bed, PAXOS_WIRE_PROMISE,
					   (u8)paxos_ballot_node(b));

	KUNIT_EXPECT_EQ(test, msg->promise.ballot, b);
}

static void expect_vote(struct kunit *test, struct bed *bed, u64 b, u64 instance,
			const struct paxos_value *value)
{
	struct paxos_slot *slot = slot_of(bed, instance);

	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, slot->vbal, b);
	KUNIT_ASSERT_NOT_NULL(test, slot->vval);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot->vval->id, &value->id));
}

static void expect_accepted(struct kunit *test, struct bed *bed, u64 b, u64 instance,
			    const struct paxos_value *value)
{
	const struct paxos_msg *msg = only(test, bed, PAXOS_WIRE_ACCEPTED,
					   (u8)paxos_ballot_node(b));

	KUNIT_EXPECT_EQ(test, msg->accepted.ballot, b);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 1);
	KUNIT_EXPECT_EQ(test, msg->entry[0].instance, instance);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&msg->entry[0].id, &value->id));
}

/* P1 */
static void promise_names_what_was_asked_for(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	const struct paxos_msg *msg;

	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), 99, 7, 7, false), PAXOS_REASON_OK);
	msg = only(test, bed, PAXOS_WIRE_PROMISE, 2);
	KUNIT_EXPECT_EQ(test, msg->promise.ballot, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, msg->promise.nonce, 99);
	KUNIT_EXPECT_EQ(test, msg->promise.from, 7);
	KUNIT_EXPECT_EQ(test, msg->promise.page, 7);
	KUNIT_EXPECT_EQ(test, msg->promise.upto, U64_MAX);
	KUNIT_EXPECT_EQ(test, msg->promise.trim, 0);
	KUNIT_EXPECT_FALSE(test, msg->promise.single);
	KUNIT_EXPECT_EQ(test, msg->n_entries, 0);
}

/* P1 */
static void promise_never_falls(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare(bed, ballot(4, 2), 1);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(3, 3), 1), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(3, 3), 50), PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(3, 3), 9), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, bed->node->core.promise.ballot, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 3), 1), PAXOS_REASON_OK);
	expect_promise(test, bed, ballot(4, 3));
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 1), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_BALLOT, ballot(4, 3));
}

/* P1: it holds for every instance, also below where it was asked for. */
static void promise_for_all_holds_everywhere(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare(bed, ballot(4, 2), 20);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(3, 3), 1, value(bed, 1)), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(3, 3), 1), PAXOS_REASON_BALLOT);
}

/* P1: a datagram may be lost. */
static void same_nonce_gets_the_same_promise(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 3), PAXOS_REASON_OK);
		expect_promise(test, bed, ballot(4, 2));
	}
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(5, 2), 3), PAXOS_REASON_OK);
		expect_promise(test, bed, ballot(5, 2));
	}
	KUNIT_EXPECT_EQ(test, bed->node->core.record, 2);
}

/* P1 */
static void another_nonce_is_refused(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare(bed, ballot(4, 2), 3);
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), CLUSTER_NONCE + 1, 3, 3, false),
			PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	prepare_single(bed, ballot(5, 2), 3);
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(5, 2), CLUSTER_NONCE + 1, 3, 3, true),
			PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	/* Nor does another range come with the nonce. */
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 2), PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(4, 2), 9), PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
}

/* P1: a vote raises the promise, and no PREPARE finds it there. */
static void raised_by_a_vote_it_answers_no_prepare(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	accept(bed, ballot(4, 2), 3, value(bed, 1));
	KUNIT_EXPECT_NE(test, prepare_single(bed, ballot(4, 2), 3), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	KUNIT_EXPECT_NE(test, prepare(bed, ballot(4, 2), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	KUNIT_EXPECT_NE(test, prepare(bed, ballot(3, 3), 1), PAXOS_REASON_OK);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
	KUNIT_EXPECT_NE(test, prepare_single(bed, ballot(3, 3), 3), PAXOS_REASON_OK);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
}

/* Not even the one that it was promised to: its page would show its own vote. */
static void once_voted_the_promise_is_not_repeated(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare(bed, ballot(4, 2), 1);
	accept(bed, ballot(4, 2), 3, value(bed, 1));
	KUNIT_EXPECT_NE(test, prepare(bed, ballot(4, 2), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
	prepare_single(bed, ballot(5, 2), 4);
	accept(bed, ballot(5, 2), 4, value(bed, 1));
	KUNIT_EXPECT_NE(test, prepare_single(bed, ballot(5, 2), 4), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0));
}

/* P1 */
static void single_promise_leaves_that_for_all_as_it_is(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare(bed, ballot(4, 2), 1);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(9, 3), 5), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, bed->node->core.promise.ballot, ballot(4, 2));
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 4, value(bed, 1)), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(8, 3), 6), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 5, value(bed, 1)), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_BALLOT, ballot(9, 3));
}

/* P1: the whole is refused, with the highest. */
static void promise_for_all_needs_to_outbid_every_single_one(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	prepare_single(bed, ballot(9, 3), 5);
	accept(bed, ballot(12, 3), 7, value(bed, 1));
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(10, 2), 1), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(10, 2), PAXOS_REFUSAL_BALLOT, ballot(12, 3));
	KUNIT_EXPECT_EQ(test, bed->node->core.promise.ballot, 0);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(13, 2), 1), PAXOS_REASON_OK);
}

/* P2 */
static void votes_at_and_above_the_promise(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);

	prepare(bed, ballot(4, 2), 1);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	expect_accepted(test, bed, ballot(4, 2), 1, v);
	expect_vote(test, bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(5, 3), 1, w), PAXOS_REASON_OK);
	expect_accepted(test, bed, ballot(5, 3), 1, w);
	expect_vote(test, bed, ballot(5, 3), 1, w);
}

/* P2 */
static void does_not_vote_below_the_promise(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);

	prepare(bed, ballot(4, 2), 1);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(3, 3), 1, v), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(3, 3), PAXOS_REFUSAL_BALLOT, ballot(4, 2));
	KUNIT_EXPECT_TRUE(test, !slot_of(bed, 1) || !slot_of(bed, 1)->vval);
	/* The ballot beside it, of a higher node, is no exception. */
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 3), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_BALLOT);
}

/* P2: it takes three rounds to see that a vote that does not is unsafe. */
static void voting_raises_the_promise(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);

	KUNIT_EXPECT_EQ(test, accept(bed, ballot(6, 2), 1, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(5, 3), 1, w), PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(5, 3), PAXOS_REFUSAL_BALLOT, ballot(6, 2));
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(5, 3), 1), PAXOS_REASON_BALLOT);
	expect_vote(test, bed, ballot(6, 2), 1, v);
	KUNIT_EXPECT_EQ(test, paxos_acceptor_promised(&bed->node->core, slot_of(bed, 1)),
			ballot(6, 2));
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(7, 3), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(6, 2), 1, w), PAXOS_REASON_BALLOT);
}

/* P3: a vote that was given is given, whatever was promised since. */
static void a_higher_promise_takes_no_vote_back(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);

	accept(bed, ballot(6, 2), 1, v);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(7, 3), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(6, 2), 1, v), PAXOS_REASON_OK);
	expect_accepted(test, bed, ballot(6, 2), 1, v);
}

/* P3 */
static void same_vote_gets_the_same_answer(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
		expect_accepted(test, bed, ballot(4, 2), 1, v);
	}
	KUNIT_EXPECT_EQ(test, bed->node->core.record, 1);
}

/* P3 */
static void equivocation_is_dropped_and_told(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);

	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, w), PAXOS_REASON_EQUIVOCATION);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	KUNIT_EXPECT_EQ(test, bed->node->alarms, 1);
	KUNIT_EXPECT_EQ(test, bed->node->alarm, PAXOS_ALARM_EQUIVOCATION);
	KUNIT_ASSERT_NOT_NULL(test, cluster_note(bed->node, PAXOS_NOTE_ALARM, 0));
	KUNIT_EXPECT_EQ(test, cluster_note(bed->node, PAXOS_NOTE_ALARM, 0)->node, 2);
	KUNIT_EXPECT_EQ(test, cluster_note(bed->node, PAXOS_NOTE_ALARM, 0)->instance, 1);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

/* Another digest of the same client's same number is another value. */
static void the_digest_alone_makes_another_value(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = cluster_value(bed->node, 1, 51);

	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, w), PAXOS_REASON_EQUIVOCATION);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

/* P4 */
static void what_does_not_match_its_digest_gets_no_vote(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);

	cluster_entry(&bed->entry[0], 1, v, bed->bytes[0]);
	bed->bytes[0][49] ^= 1;
	KUNIT_EXPECT_EQ(test, accept_n(bed, ballot(4, 2), 1), PAXOS_REASON_DIGEST);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	KUNIT_EXPECT_TRUE(test, !slot_of(bed, 1) || !slot_of(bed, 1)->vval);
	cluster_entry(&bed->entry[0], 1, v, bed->bytes[0]);
	bed->entry[0].kind = PAXOS_KIND_NO_OP;
	KUNIT_EXPECT_EQ(test, accept_n(bed, ballot(4, 2), 1), PAXOS_REASON_DIGEST);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
}

/* P5 */
static void no_vote_above_the_window(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	const struct paxos_msg *msg;

	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), CLUSTER_WINDOW, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), CLUSTER_WINDOW + 1, v),
			PAXOS_REASON_WINDOW);
	msg = only(test, bed, PAXOS_WIRE_REFUSED, 2);
	KUNIT_EXPECT_EQ(test, msg->refused.reason, PAXOS_REFUSAL_WINDOW);
	KUNIT_EXPECT_EQ(test, msg->refused.instance, CLUSTER_WINDOW + 1);
	KUNIT_EXPECT_EQ(test, msg->refused.upto, CLUSTER_WINDOW);
	KUNIT_EXPECT_NULL(test, slot_of(bed, CLUSTER_WINDOW + 1));
	learn_chosen(test, bed, 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), CLUSTER_WINDOW + 1, v),
			PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(4, 2), CLUSTER_WINDOW + 2),
			PAXOS_REASON_WINDOW);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_WINDOW, 0);
}

/* P5: told so, and what is there stays. */
static void no_vote_beyond_the_bytes_of_the_window(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);

	bed->node->core.window.bytes = 99;
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 2, w), PAXOS_REASON_WINDOW);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_WINDOW, 0);
	expect_vote(test, bed, ballot(4, 2), 1, v);
	/* The vote of before makes room for another. */
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(5, 2), 1, w), PAXOS_REASON_OK);
}

static void trim(struct kunit *test, struct bed *bed, u64 to)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM, .trim = { to, true } };

	cluster_step(bed->node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
}

/* P5, P6: an answer of its own, never "no vote". */
static void what_is_trimmed_is_refused(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	u64 s;

	for (s = 1; s <= 3; s++)
		learn_chosen(test, bed, s, v);
	trim(test, bed, 2);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 2, v), PAXOS_REASON_TRIMMED);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_TRIMMED, 0);
	KUNIT_EXPECT_EQ(test, only(test, bed, PAXOS_WIRE_REFUSED, 2)->refused.trim, 2);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 2), PAXOS_REASON_TRIMMED);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_TRIMMED, 0);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(4, 2), 1), PAXOS_REASON_TRIMMED);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_TRIMMED, 0);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 3), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, only(test, bed, PAXOS_WIRE_PROMISE, 2)->promise.trim, 2);
	/* A trim point that has passed @from since voids what was promised. */
	trim(test, bed, 3);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(4, 2), 3), PAXOS_REASON_TRIMMED);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_TRIMMED, ballot(4, 2));
}

/* P5: votes are taken for what is decided, too, and change nothing. */
static void votes_for_what_is_chosen(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);

	learn_chosen(test, bed, 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	expect_accepted(test, bed, ballot(4, 2), 1, v);
}

/* P17: nor for anything else. That a round was outvoted is no alarm. */
static void no_vote_against_what_is_chosen(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);

	learn_chosen(test, bed, 1, v);
	KUNIT_EXPECT_NE(test, accept(bed, ballot(4, 2), 1, w), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, 0));
	KUNIT_EXPECT_NULL(test, slot_of(bed, 1)->vval);
	KUNIT_EXPECT_EQ(test, bed->node->alarms, 0);
}

static void a_full_log_refuses_and_a_late_worker_is_silent(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	struct paxos_pool *pool = &bed->node->pool;
	void **chunk = kunit_kcalloc(test, 1024, sizeof(*chunk), GFP_KERNEL);
	u64 limit = pool->limit;
	u32 n = 0;

	KUNIT_ASSERT_NOT_NULL(test, chunk);
	accept(bed, ballot(4, 2), 1, v);
	bed->node->starved = true;
	while (n < 1024 && (chunk[n] = paxos_pool_take(pool, PAXOS_CHUNK_SMALL)))
		n++;
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 2, v), PAXOS_REASON_POOL_EMPTY);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	pool->limit = pool->given;
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 2, v), PAXOS_REASON_FULL);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_FULL, 0);
	/* Nothing was evicted, and what needs no memory goes on. */
	expect_vote(test, bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(5, 2), 1), PAXOS_REASON_OK);
	while (n)
		paxos_pool_put(pool, PAXOS_CHUNK_SMALL, chunk[--n]);
	pool->limit = limit;
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(5, 2), 2, v), PAXOS_REASON_OK);
}

/* P6 */
static void promise_reports_votes_from_where_it_was_asked(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = cluster_value(bed->node, 2, 5000);
	const struct paxos_msg *msg;

	accept(bed, ballot(1, 2), 2, v);
	accept(bed, ballot(2, 3), 4, v);
	accept(bed, ballot(1, 2), 9, v);
	prepare_single(bed, ballot(2, 2), 6);
	KUNIT_EXPECT_EQ(test, prepare(bed, ballot(7, 3), 3), PAXOS_REASON_OK);
	msg = only(test, bed, PAXOS_WIRE_PROMISE, 3);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 2);
	KUNIT_EXPECT_EQ(test, msg->entry[0].instance, 4);
	KUNIT_EXPECT_EQ(test, msg->entry[0].ballot, ballot(2, 3));
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&msg->entry[0].id, &v->id));
	KUNIT_EXPECT_EQ(test, msg->entry[0].length, 50);
	KUNIT_EXPECT_EQ(test, msg->entry[0].kind, PAXOS_KIND_VALUE);
	KUNIT_EXPECT_FALSE(test, msg->entry[0].chosen);
	KUNIT_EXPECT_FALSE(test, msg->entry[0].carried);
	KUNIT_EXPECT_EQ(test, msg->entry[1].instance, 9);
	KUNIT_EXPECT_EQ(test, msg->promise.upto, U64_MAX);

	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(8, 2), 4), PAXOS_REASON_OK);
	msg = only(test, bed, PAXOS_WIRE_PROMISE, 2);
	KUNIT_EXPECT_TRUE(test, msg->promise.single);
	KUNIT_EXPECT_EQ(test, msg->promise.upto, 4);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 1);
	KUNIT_EXPECT_EQ(test, msg->entry[0].instance, 4);
	/* A value that is still in parts is nothing yet. */
	cluster_entry(&bed->entry[0], 5, w, NULL);
	accept_n(bed, ballot(9, 2), 1);
	KUNIT_EXPECT_EQ(test, prepare_single(bed, ballot(10, 2), 5), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, only(test, bed, PAXOS_WIRE_PROMISE, 2)->n_entries, 0);
}

/* P5 */
static void what_is_chosen_stands_in_for_the_vote(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1), *w = value(bed, 2);
	const struct paxos_msg *msg;

	accept(bed, ballot(1, 2), 1, v);
	learn_chosen(test, bed, 1, w);
	learn_chosen(test, bed, 3, v);
	prepare(bed, ballot(4, 3), 1);
	msg = only(test, bed, PAXOS_WIRE_PROMISE, 3);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 2);
	KUNIT_EXPECT_TRUE(test, msg->entry[0].chosen);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&msg->entry[0].id, &w->id));
	KUNIT_EXPECT_TRUE(test, msg->entry[1].chosen);
	KUNIT_EXPECT_EQ(test, msg->entry[1].instance, 3);
	/* P18a: the vote is still what it was. */
	expect_vote(test, bed, ballot(1, 2), 1, v);
	prepare_single(bed, ballot(5, 3), 1);
	msg = only(test, bed, PAXOS_WIRE_PROMISE, 3);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 1);
	KUNIT_EXPECT_TRUE(test, msg->entry[0].chosen);
}

static void vote_for_many(struct kunit *test, struct bed *bed, u64 b)
{
	struct paxos_value *v = value(bed, 1);
	u64 s;

	for (s = 1; s <= LONG_LOG; s++)
		if (s % 9)
			KUNIT_ASSERT_EQ(test, accept(bed, b, s, v), PAXOS_REASON_OK);
}

/* P6: every vote, once, in ranges that join. */
static void pages_join_without_a_hole(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u64 page = 2, last = 1;
	int pages = 0;

	vote_for_many(test, bed, ballot(1, 2));
	while (page != 0) {
		const struct paxos_msg *msg;
		u16 i;

		KUNIT_ASSERT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 2, page, false),
				PAXOS_REASON_OK);
		msg = only(test, bed, PAXOS_WIRE_PROMISE, 2);
		KUNIT_EXPECT_EQ(test, msg->promise.from, 2);
		KUNIT_EXPECT_EQ(test, msg->promise.page, page);
		KUNIT_EXPECT_LE(test, paxos_wire_size(msg), PAXOS_WIRE_MAX);
		for (i = 0; i < msg->n_entries; i++) {
			last += (last + 1) % 9 ? 1 : 2;
			KUNIT_EXPECT_EQ(test, msg->entry[i].instance, last);
			KUNIT_EXPECT_LE(test, msg->entry[i].instance, msg->promise.upto);
		}
		pages++;
		page = msg->promise.upto + 1;
	}
	KUNIT_EXPECT_EQ(test, last, LONG_LOG);
	KUNIT_EXPECT_GT(test, pages, 2);
	KUNIT_EXPECT_EQ(test, bed->node->core.promise.ballot, ballot(4, 2));
}

/* P6: only while all of the page is promised to this ballot. */
static void no_page_after_a_higher_promise(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u64 upto;

	vote_for_many(test, bed, ballot(1, 2));
	prepare_page(bed, ballot(4, 2), 5, 1, 1, false);
	upto = only(test, bed, PAXOS_WIRE_PROMISE, 2)->promise.upto;
	KUNIT_ASSERT_LT(test, upto, LONG_LOG);
	prepare(bed, ballot(5, 3), LONG_LOG);
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 1, upto + 1, false),
			PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_BALLOT, ballot(5, 3));
}

/* P6: neither when one instance of it went to another. */
static void no_page_over_an_instance_promised_to_another(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u64 upto;

	vote_for_many(test, bed, ballot(1, 2));
	prepare_page(bed, ballot(4, 2), 5, 1, 1, false);
	upto = only(test, bed, PAXOS_WIRE_PROMISE, 2)->promise.upto;
	prepare_single(bed, ballot(5, 3), upto + 2);
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 1, upto + 1, false),
			PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_BALLOT, ballot(5, 3));
	/* The page before it is still whole. */
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 1, 1, false), PAXOS_REASON_OK);
	accept(bed, ballot(6, 3), 2, value(bed, 2));
	KUNIT_EXPECT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 1, 1, false),
			PAXOS_REASON_BALLOT);
	expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_BALLOT, ballot(6, 3));
}

/* P6: a page is as long as a step may be, and says how far it reached. */
static void a_page_over_a_desert_ends(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_core *core = &bed->node->core;
	u64 page = 1;
	int pages = 0;

	core->window.size = 3000;
	accept(bed, ballot(1, 2), 3000, value(bed, 1));
	while (page != 0) {
		const struct paxos_msg *msg;

		KUNIT_ASSERT_EQ(test, prepare_page(bed, ballot(4, 2), 5, 1, page, false),
				PAXOS_REASON_OK);
		msg = only(test, bed, PAXOS_WIRE_PROMISE, 2);
		if (msg->promise.upto == U64_MAX) {
			KUNIT_ASSERT_EQ(test, msg->n_entries, 1);
			KUNIT_EXPECT_EQ(test, msg->entry[0].instance, 3000);
		} else {
			KUNIT_EXPECT_EQ(test, msg->n_entries, 0);
			KUNIT_ASSERT_GE(test, msg->promise.upto, page);
		}
		page = msg->promise.upto + 1;
		KUNIT_ASSERT_LT(test, pages++, 100);
	}
	KUNIT_EXPECT_GT(test, pages, 1);
}

/* P6: half a promise is never taken for the whole. */
static void a_promise_that_finds_no_room_is_not_cut(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_outbox *ob = bed->node->ob;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = { .ballot = ballot(4, 2), .from = 1, .page = 1 },
	};
	struct paxos_out *out = NULL;
	int i, room;

	vote_for_many(test, bed, ballot(1, 2));
	for (room = 0; room < 25; room++) {
		u64 last = 0;

		paxos_outbox_release(ob);
		for (i = 0; i < PAXOS_OUTBOX_ENTRIES - room; i++) {
			if (i % 40 == 0)
				out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPTED, 2);
			KUNIT_ASSERT_NOT_NULL(test, paxos_outbox_entry(ob, &out->msg));
		}
		paxos_acceptor_prepare(&bed->node->core, 2, &msg, ob);
		out = cluster_out(bed->node, PAXOS_WIRE_PROMISE, 0);
		if (!out)
			continue;
		for (i = 0; i < out->msg.n_entries; i++)
			last = out->msg.entry[i].instance;
		/* Whatever it covers, it reports. */
		KUNIT_EXPECT_LE_MSG(test, out->msg.promise.upto, last + 1, "room %d", room);
	}
}

/* P7 */
static void what_is_promised_waits_for_its_record(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_core *core = &bed->node->core;
	u64 record;

	core->volatile_store = false;
	prepare(bed, ballot(4, 2), 1);
	record = bed->node->ob->out[0].after;
	KUNIT_EXPECT_GT(test, record, core->durable);
	KUNIT_EXPECT_LE(test, record, core->record);
	/* The repeated answer waits for the same record. */
	prepare(bed, ballot(4, 2), 1);
	KUNIT_EXPECT_EQ(test, bed->node->ob->out[0].after, record);
	prepare_single(bed, ballot(5, 2), 9);
	KUNIT_EXPECT_GT(test, bed->node->ob->out[0].after, record);
	record = bed->node->ob->out[0].after;
	prepare_single(bed, ballot(5, 2), 9);
	KUNIT_EXPECT_EQ(test, bed->node->ob->out[0].after, record);
	/* A refusal rests on nothing. */
	prepare_single(bed, ballot(1, 2), 9);
	KUNIT_EXPECT_EQ(test, bed->node->ob->out[0].after, 0);
}

/* P7 */
static void what_is_voted_waits_for_its_record(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_core *core = &bed->node->core;
	struct paxos_value *v = value(bed, 1);
	u64 first, second;

	core->volatile_store = false;
	accept(bed, ballot(4, 2), 1, v);
	first = bed->node->ob->out[0].after;
	KUNIT_EXPECT_GT(test, first, core->durable);
	accept(bed, ballot(4, 2), 2, v);
	second = bed->node->ob->out[0].after;
	KUNIT_EXPECT_GT(test, second, first);
	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, bed->node->ob->out[0].after, first);
	/* One answer for both waits for the later. */
	cluster_entry(&bed->entry[0], 1, v, bed->bytes[0]);
	cluster_entry(&bed->entry[1], 2, v, bed->bytes[1]);
	accept_n(bed, ballot(4, 2), 2);
	KUNIT_EXPECT_EQ(test, bed->node->ob->out[0].after, second);
}

/* P7: what a promise reports must be as durable as the promise. */
static void a_promise_waits_for_the_votes_it_reports(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_core *core = &bed->node->core;
	u64 vote;

	core->volatile_store = false;
	prepare_single(bed, ballot(5, 3), 2);
	accept(bed, ballot(4, 2), 1, value(bed, 1));
	vote = bed->node->ob->out[0].after;
	prepare(bed, ballot(6, 3), 1);
	KUNIT_EXPECT_GE(test, bed->node->ob->out[0].after, vote);
	core->durable = core->record;
	accept(bed, ballot(7, 2), 1, value(bed, 2));
	prepare_single(bed, ballot(8, 2), 1);
	KUNIT_EXPECT_GT(test, bed->node->ob->out[0].after, core->durable);
}

struct standing {
	const char *desc;
	u8 state;
	bool refuses;
};

static const struct standing standings[] = {
	{ "mute", PAXOS_STATE_MUTE, true },
	{ "a learner", PAXOS_STATE_LEARNING, true },
	/* Not every voter is known to have adopted: it can't tell yet. */
	{ "just adopted", PAXOS_STATE_ADOPTED, false },
	{ "without identity", PAXOS_STATE_CONFIGURED, false },
};

KUNIT_ARRAY_PARAM_DESC(standings, standings, desc);

/* P8 */
static void neither_promises_nor_votes_when(struct kunit *test)
{
	const struct standing *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_core *core = &bed->node->core;
	struct paxos_value *v = value(bed, 1);

	core->state = param->state;
	KUNIT_EXPECT_NE(test, prepare(bed, ballot(4, 2), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_REFUSED), param->refuses);
	if (param->refuses)
		expect_refused(test, bed, ballot(4, 2), PAXOS_REFUSAL_MUTE, 0);
	KUNIT_EXPECT_NE(test, prepare_single(bed, ballot(4, 2), 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_NE(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_REFUSED), param->refuses);
	KUNIT_EXPECT_NULL(test, cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, 0));
	KUNIT_EXPECT_EQ(test, core->promise.ballot, 0);
	KUNIT_EXPECT_EQ(test, core->bound, 0);
	KUNIT_EXPECT_TRUE(test, !slot_of(bed, 1) || (!slot_of(bed, 1)->vval &&
						     !slot_of(bed, 1)->promised));
}

/* P10: who holds a ballot is in it. */
static void a_ballot_is_used_by_its_owner_alone(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = { .ballot = ballot(4, 2), .from = 1, .page = 1 },
	};

	KUNIT_EXPECT_EQ(test, cluster_hear(bed->node, 3, &msg), PAXOS_REASON_NOT_OWNER);
	KUNIT_EXPECT_EQ(test, bed->node->core.promise.ballot, 0);
	msg = (struct paxos_msg){
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = bed->entry,
		.accept.ballot = ballot(4, 2),
	};
	cluster_entry(&bed->entry[0], 1, value(bed, 1), bed->bytes[0]);
	KUNIT_EXPECT_EQ(test, cluster_hear(bed->node, 3, &msg), PAXOS_REASON_NOT_OWNER);
	KUNIT_EXPECT_TRUE(test, !slot_of(bed, 1) || !slot_of(bed, 1)->vval);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
}

/* P3: nobody has told of ANY. */
static void no_fast_vote(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2) - 1, 1, value(bed, 1)), PAXOS_REASON_FAST);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	KUNIT_EXPECT_EQ(test, bed->node->core.bound, 0);
}

static void answers_a_range_with_one_message(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	const struct paxos_msg *msg;
	u16 i;

	for (i = 0; i < 10; i++)
		cluster_entry(&bed->entry[i], 1 + i, v, bed->bytes[i]);
	KUNIT_EXPECT_EQ(test, accept_n(bed, ballot(4, 2), 10), PAXOS_REASON_OK);
	msg = only(test, bed, PAXOS_WIRE_ACCEPTED, 2);
	KUNIT_ASSERT_EQ(test, msg->n_entries, 10);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, msg->entry[i].instance, 1 + i);
}

/* So many from one on, of which the sender says that others follow at once. */
static void accept_more(struct kunit *test, struct bed *bed, u64 b, u64 first, u16 n)
{
	struct paxos_value *v = value(bed, 1);
	u16 i;

	for (i = 0; i < n; i++)
		cluster_entry(&bed->entry[i], first + i, v, bed->bytes[i]);
	KUNIT_EXPECT_EQ(test, accept_of(bed, b, n, true), PAXOS_REASON_OK);
}

static void expect_answer(struct kunit *test, struct bed *bed, unsigned int nth, u64 b,
			  u64 first, u16 n)
{
	const struct paxos_out *out = cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, nth);

	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(paxos_ballot_node(b)));
	KUNIT_EXPECT_EQ(test, out->msg.accepted.ballot, b);
	KUNIT_EXPECT_EQ(test, out->msg.n_entries, n);
	KUNIT_EXPECT_EQ(test, out->msg.entry[0].instance, first);
}

static void answers_several_messages_with_one(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	accept_more(test, bed, ballot(4, 2), 1, 5);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	accept_more(test, bed, ballot(4, 2), 6, 5);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	accept(bed, ballot(4, 2), 11, value(bed, 1));
	only(test, bed, PAXOS_WIRE_ACCEPTED, 2);
	expect_answer(test, bed, 0, ballot(4, 2), 1, 11);
	/* And no more. */
	cluster_tick(bed->node, bed->node->core.now + PAXOS_TELL_MS);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 0);
}

static void waits_no_longer_for_another_message(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u64 now = bed->node->core.now;

	accept_more(test, bed, ballot(4, 2), 1, 5);
	KUNIT_EXPECT_LE(test, paxos_core_deadline(&bed->node->core), now + PAXOS_TELL_MS);
	cluster_tick(bed->node, now + PAXOS_TELL_MS);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 1);
	expect_answer(test, bed, 0, ballot(4, 2), 1, 5);
}

/* One message has room for so many: who never comes to an end is answered. */
static void answers_in_time_who_says_more_for_ever(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u16 i;

	bed->node->core.window.size = 2 * PAXOS_ENTRIES_MAX;
	for (i = 0; i < PAXOS_ENTRIES_MAX; i += 9) {
		accept_more(test, bed, ballot(4, 2), 1 + i, 9);
		KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	}
	accept_more(test, bed, ballot(4, 2), 1 + i, 9);
	KUNIT_EXPECT_GE(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 1);
	expect_answer(test, bed, 0, ballot(4, 2), 1, 47);
	expect_answer(test, bed, 1, ballot(4, 2), 48, PAXOS_ENTRIES_MAX - 47);
}

/* What waits is said before another's votes are; of votes that moved on, nothing. */
static void says_what_waits_to_whom_it_belongs(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	accept_more(test, bed, ballot(4, 2), 1, 3);
	accept(bed, ballot(5, 3), 2, value(bed, 1));
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 3);
	expect_answer(test, bed, 0, ballot(4, 2), 1, 1);
	expect_answer(test, bed, 1, ballot(4, 2), 3, 1);
	expect_answer(test, bed, 2, ballot(5, 3), 2, 1);
}

/* What it could not vote for is left out, and said once. */
static void answers_around_what_it_refuses(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = value(bed, 1);
	const struct paxos_out *out;
	u16 i;

	prepare_single(bed, ballot(5, 3), 3);
	prepare_single(bed, ballot(5, 3), 4);
	for (i = 0; i < 6; i++)
		cluster_entry(&bed->entry[i], 1 + i, v, bed->bytes[i]);
	KUNIT_EXPECT_EQ(test, accept_n(bed, ballot(4, 2), 6), PAXOS_REASON_BALLOT);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_REFUSED), 1);
	KUNIT_ASSERT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 2);
	out = cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, 0);
	KUNIT_EXPECT_EQ(test, out->msg.n_entries, 2);
	KUNIT_EXPECT_EQ(test, out->msg.entry[0].instance, 1);
	out = cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, 1);
	KUNIT_EXPECT_EQ(test, out->msg.n_entries, 2);
	KUNIT_EXPECT_EQ(test, out->msg.entry[0].instance, 5);
	KUNIT_EXPECT_EQ(test, out->msg.entry[1].instance, 6);
	expect_vote(test, bed, ballot(4, 2), 6, v);
	KUNIT_EXPECT_NULL(test, slot_of(bed, 3)->vval);
}

static struct kunit_case acceptor_cases[] = {
	KUNIT_CASE(promise_names_what_was_asked_for),
	KUNIT_CASE(promise_never_falls),
	KUNIT_CASE(promise_for_all_holds_everywhere),
	KUNIT_CASE(same_nonce_gets_the_same_promise),
	KUNIT_CASE(another_nonce_is_refused),
	KUNIT_CASE(raised_by_a_vote_it_answers_no_prepare),
	KUNIT_CASE(once_voted_the_promise_is_not_repeated),
	KUNIT_CASE(single_promise_leaves_that_for_all_as_it_is),
	KUNIT_CASE(promise_for_all_needs_to_outbid_every_single_one),
	KUNIT_CASE(votes_at_and_above_the_promise),
	KUNIT_CASE(does_not_vote_below_the_promise),
	KUNIT_CASE(voting_raises_the_promise),
	KUNIT_CASE(a_higher_promise_takes_no_vote_back),
	KUNIT_CASE(same_vote_gets_the_same_answer),
	KUNIT_CASE(equivocation_is_dropped_and_told),
	KUNIT_CASE(the_digest_alone_makes_another_value),
	KUNIT_CASE(what_does_not_match_its_digest_gets_no_vote),
	KUNIT_CASE(no_vote_above_the_window),
	KUNIT_CASE(no_vote_beyond_the_bytes_of_the_window),
	KUNIT_CASE(what_is_trimmed_is_refused),
	KUNIT_CASE(votes_for_what_is_chosen),
	KUNIT_CASE(no_vote_against_what_is_chosen),
	KUNIT_CASE(a_full_log_refuses_and_a_late_worker_is_silent),
	KUNIT_CASE(promise_reports_votes_from_where_it_was_asked),
	KUNIT_CASE(what_is_chosen_stands_in_for_the_vote),
	KUNIT_CASE(pages_join_without_a_hole),
	KUNIT_CASE(no_page_after_a_higher_promise),
	KUNIT_CASE(no_page_over_an_instance_promised_to_another),
	KUNIT_CASE(a_page_over_a_desert_ends),
	KUNIT_CASE(a_promise_that_finds_no_room_is_not_cut),
	KUNIT_CASE(what_is_promised_waits_for_its_record),
	KUNIT_CASE(what_is_voted_waits_for_its_record),
	KUNIT_CASE(a_promise_waits_for_the_votes_it_reports),
	KUNIT_CASE_PARAM(neither_promises_nor_votes_when, standings_gen_params),
	KUNIT_CASE(a_ballot_is_used_by_its_owner_alone),
	KUNIT_CASE(no_fast_vote),
	KUNIT_CASE(answers_a_range_with_one_message),
	KUNIT_CASE(answers_several_messages_with_one),
	KUNIT_CASE(waits_no_longer_for_another_message),
	KUNIT_CASE(answers_in_time_who_says_more_for_ever),
	KUNIT_CASE(says_what_waits_to_whom_it_belongs),
	KUNIT_CASE(answers_around_what_it_refuses),
	{}
};

static struct kunit_suite acceptor_suite = {
	.name = "paxos_acceptor",
	.exit = cluster_exit,
	.test_cases = acceptor_cases,
};

kunit_test_suite(acceptor_suite);
