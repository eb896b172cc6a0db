// SPDX-License-Identifier: GPL-2.0
/* Proposals: what node 1 of three or five does, and refuses to do, under a ballot. */

#include "cluster.h"

#define OWNER	CLUSTER_OWNER
#define OTHER	(CLUSTER_OWNER + 1)

static struct paxos_slot *slot_of(struct cluster_node *node, u64 instance)
{
	return paxos_window_find(&node->core.window, instance);
}

static bool is_chosen(struct cluster_node *node, u64 instance, const struct paxos_value *value)
{
	struct paxos_slot *slot = slot_of(node, instance);

	return slot && slot->chosen && paxos_vid_equal(&slot->chosen->id, &value->id);
}

/* A ballot with PREPARE sent. */
static u64 prepared_at(struct kunit *test, struct cluster_node *node, u64 instance, bool single)
{
	u64 ballot = cluster_hand_out(node, OWNER, 0);

	KUNIT_ASSERT_EQ(test, cluster_prepare(node, OWNER, ballot, instance, single), 0);
	return ballot;
}

/* And with a quorum of promises: node 2's beside its own. */
static u64 promised_at(struct kunit *test, struct cluster_node *node, u64 instance, bool single)
{
	u64 ballot = prepared_at(test, node, instance, single);
	u8 id;

	for (id = 2; id <= node->core.membership.options.quorum.phase_1; id++)
		KUNIT_ASSERT_EQ(test, cluster_promise(node, id, ballot, instance, single),
				PAXOS_REASON_OK);
	return ballot;
}

static struct paxos_msg page_of(u64 ballot, u64 from, u64 page, u64 upto)
{
	return (struct paxos_msg){
		.type = PAXOS_WIRE_PROMISE,
		.promise = {
			.ballot = ballot,
			.nonce = CLUSTER_NONCE,
			.from = from,
			.page = page,
			.upto = upto,
		},
	};
}

/* A promise for one instance that reports a vote there. */
static enum paxos_reason report(struct cluster_node *node, u8 from, u64 ballot, u64 instance,
				u64 vbal, struct paxos_value *value)
{
	struct paxos_msg msg = page_of(ballot, instance, instance, instance);
	struct paxos_entry entry;

	cluster_entry(&entry, instance, value, NULL);
	entry.ballot = vbal;
	msg.promise.single = true;
	msg.n_entries = 1;
	msg.entry = &entry;
	return cluster_hear(node, from, &msg);
}

static enum paxos_reason prepare_of(struct cluster_node *node, u64 ballot, u64 instance)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = { ballot, CLUSTER_NONCE, instance, instance, true },
	};

	return cluster_hear(node, (u8)paxos_ballot_node(ballot), &msg);
}

static enum paxos_reason part_of(struct kunit *test, struct cluster_node *node, u8 from,
				 u64 ballot, struct paxos_value *value, u32 unit)
{
	u8 *bytes = kunit_kzalloc(test, PAXOS_WIRE_UNIT, GFP_KERNEL);
	struct paxos_entry entry;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PART,
		.n_entries = 1,
		.entry = &entry,
		.part.unit = (u8)unit,
	};

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	cluster_entry(&entry, 1, value, NULL);
	entry.ballot = ballot;
	entry.carried = true;
	entry.bytes = bytes;
	memcpy(bytes, paxos_value_unit(value, unit),
	       paxos_value_unit_length(value->length, unit));
	return cluster_hear(node, from, &msg);
}

/* P10: above all that this node saw or handed out. */
static void hands_out_above_all_it_saw(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_msg hello = { .type = PAXOS_WIRE_HELLO };
	u64 seen, ballot = 0, last;

	for (last = 0; ballot < 5ULL << PAXOS_BALLOT_COUNTER_SHIFT; last = ballot) {
		ballot = cluster_hand_out(node, OWNER, 0);
		KUNIT_EXPECT_GT(test, ballot, last);
		KUNIT_EXPECT_EQ(test, paxos_ballot_node(ballot), 1);
		KUNIT_EXPECT_TRUE(test, paxos_ballot_is_classic(ballot));
	}
	seen = paxos_ballot_make(50, 3, true);
	prepare_of(node, seen, 1);
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OWNER, 0), seen);
	seen = paxos_ballot_make(60, 2, true);
	cluster_refuse(node, 2, ballot, PAXOS_REFUSAL_BALLOT, seen);
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OWNER, 0), seen);
	seen = paxos_ballot_make(70, 3, true);
	hello.hello.highest = seen;
	hello.hello.state = PAXOS_STATE_VOTING;
	cluster_hear(node, 2, &hello);
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OWNER, 0), seen);
	seen = paxos_ballot_make(80, 2, true);
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OWNER, seen), seen);
	/* What was to be outbid is no floor for less. */
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OTHER, 0), seen);
}

/* P10: once, also to two who ask at the same time, also after one is dropped. */
static void hands_out_a_ballot_once(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 first = cluster_hand_out(node, OWNER, 0), second = cluster_hand_out(node, OTHER, 0);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_DROP,
		.drop = { OTHER, second },
	};

	KUNIT_EXPECT_GT(test, second, first);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	KUNIT_EXPECT_GT(test, cluster_hand_out(node, OTHER, 0), second);
}

static void says_when_the_counter_is_used_up(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_HAND_OUT,
		.hand_out = {
			.proposal = kunit_kzalloc(test, sizeof(struct paxos_proposal), GFP_KERNEL),
			.owner = OWNER,
			.above = paxos_ballot_make(PAXOS_BALLOT_COUNTER_MAX, 1, true),
		},
	};

	KUNIT_ASSERT_NOT_NULL(test, ev.hand_out.proposal);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -EOVERFLOW);
	KUNIT_EXPECT_NULL(test, node->core.proposals);
	KUNIT_EXPECT_NE(test, cluster_hand_out(node, OWNER, 0), 0);
}

struct standing {
	const char *desc;
	u8 state;
	bool proposes;
};

static const struct standing standings[] = {
	{ "a voter", PAXOS_STATE_VOTING, true },
	{ "mute", PAXOS_STATE_MUTE, false },
	{ "a learner", PAXOS_STATE_LEARNING, false },
	{ "just adopted", PAXOS_STATE_ADOPTED, false },
	{ "without identity", PAXOS_STATE_CONFIGURED, false },
};

KUNIT_ARRAY_PARAM_DESC(standings, standings, desc);

/* P10, P8 */
static void only_a_voter_is_handed_a_ballot(struct kunit *test)
{
	const struct standing *param = test->param_value;
	struct cluster_node *node = cluster_voter(test, 1, 3);

	node->core.state = param->state;
	KUNIT_EXPECT_EQ(test, cluster_hand_out(node, OWNER, 0) != 0, param->proposes);
	KUNIT_EXPECT_EQ(test, !paxos_core_why_not(&node->core), param->proposes);
}

/* P10: its own acceptor first. */
static void promises_itself_before_prepare_leaves(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_out *out;

	node->core.volatile_store = false;
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, 3, false), 0);
	KUNIT_EXPECT_EQ(test, node->core.promise.ballot, ballot);
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 1);
	out = cluster_out(node, PAXOS_WIRE_PREPARE, 0);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2) | paxos_node_bit(3));
	KUNIT_EXPECT_EQ(test, out->msg.prepare.ballot, ballot);
	KUNIT_EXPECT_EQ(test, out->msg.prepare.nonce, CLUSTER_NONCE);
	KUNIT_EXPECT_EQ(test, out->msg.prepare.from, 3);
	KUNIT_EXPECT_EQ(test, out->msg.prepare.page, 3);
	/* And durably. */
	KUNIT_EXPECT_GT(test, out->after, node->core.durable);
	KUNIT_EXPECT_GE(test, out->after, node->core.promise.record);
	/* P7: till then it does not count for itself either. */
	KUNIT_EXPECT_EQ(test, node->core.proposals->whole, 0);
}

/* P10: an outbid node asks nobody else. */
static void does_not_prepare_what_it_would_refuse(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	u64 winner = paxos_ballot_make(9, 3, true);
	struct paxos_note *note;
	u64 now;

	prepare_of(node, winner, 4);
	cluster_prepare(node, OWNER, ballot, 4, true);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 0);
	note = cluster_note(node, PAXOS_NOTE_REFUSED, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->owner, OWNER);
	KUNIT_EXPECT_EQ(test, note->ballot, ballot);
	KUNIT_EXPECT_EQ(test, note->highest, winner);
	KUNIT_EXPECT_EQ(test, note->node, 1);
	for (now = 0; now < 3000; now += 50) {
		cluster_tick(node, now);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 0);
	}
}

/* P11: to this very socket. */
static void serves_the_owner_alone(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, 0);

	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OTHER, ballot, 1, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot + 2, 1, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, 0, 1, true), -ENOENT);
	/* One that nobody was handed, above or below. */
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, paxos_ballot_make(9, 1, true), 1,
					      true), -ENOENT);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, 1, true), 0);
	cluster_promise(node, 2, ballot, 1, true);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OTHER, ballot, 1, v), -ENOENT);
	KUNIT_EXPECT_EQ(test, node->ob->n_out, 0);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
}

static void prepares_a_ballot_once(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = prepared_at(test, node, 1, true);

	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, 1, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, 2, false), -EBUSY);
	KUNIT_EXPECT_EQ(test, node->ob->n_out, 0);
}

static void prepares_what_its_window_takes(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = cluster_hand_out(node, OWNER, 0);

	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, 0, true), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, CLUSTER_WINDOW + 1, true),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, U64_MAX, false), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, node->core.promise.ballot, 0);
	/* A refusal does not use it up. */
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OWNER, ballot, CLUSTER_WINDOW, true), 0);
}

/* P12: from Q1 distinct voters. */
static void needs_a_quorum_of_whole_promises(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	struct paxos_note *note;

	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), -EPERM);
	cluster_prepare(node, OWNER, ballot, 1, false);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), -EPERM);
	KUNIT_EXPECT_EQ(test, cluster_promise(node, 4, ballot, 1, false), PAXOS_REASON_OK);
	note = cluster_note(node, PAXOS_NOTE_PROMISE, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_TRUE(test, note->whole);
	KUNIT_EXPECT_FALSE(test, note->quorum);
	/* P18's like: one voter, counted once. */
	KUNIT_EXPECT_EQ(test, cluster_promise(node, 4, ballot, 1, false),
			PAXOS_REASON_DUPLICATE);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), -EPERM);
	KUNIT_EXPECT_EQ(test, node->ob->n_out, 0);
	KUNIT_EXPECT_TRUE(test, !slot_of(node, 1) || !slot_of(node, 1)->vval);
	cluster_promise(node, 2, ballot, 1, false);
	note = cluster_note(node, PAXOS_NOTE_PROMISE, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_TRUE(test, note->quorum);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
}

struct wrong_promise {
	const char *desc;
	void (*spoil)(struct paxos_msg *msg);
};

static void other_nonce(struct paxos_msg *msg)
{
	msg->promise.nonce++;
}

static void other_ballot(struct paxos_msg *msg)
{
	msg->promise.ballot -= 2ULL << PAXOS_BALLOT_COUNTER_SHIFT;
}

static void fast_ballot(struct paxos_msg *msg)
{
	msg->promise.ballot--;
}

static void other_range(struct paxos_msg *msg)
{
	msg->promise.from++;
	msg->promise.page++;
}

static void for_one_instance(struct paxos_msg *msg)
{
	msg->promise.single = true;
	msg->promise.upto = msg->promise.from;
}

static void second_page(struct paxos_msg *msg)
{
	msg->promise.page++;
}

static void trimmed_above(struct paxos_msg *msg)
{
	msg->promise.trim = msg->promise.from;
}

static void voted_at_the_ballot(struct paxos_msg *msg)
{
	msg->n_entries = 1;
	msg->entry[0].ballot = msg->promise.ballot;
}

static void voted_above_the_ballot(struct paxos_msg *msg)
{
	msg->n_entries = 1;
	msg->entry[0].ballot = msg->promise.ballot + (1ULL << PAXOS_BALLOT_COUNTER_SHIFT);
}

static const struct wrong_promise wrong_promises[] = {
	{ "of another attempt", other_nonce },
	{ "of an older ballot", other_ballot },
	{ "of the fast ballot beside it", fast_ballot },
	{ "of another range", other_range },
	{ "of one instance alone", for_one_instance },
	{ "that begins with a later page", second_page },
	{ "of a voter that has trimmed some of it", trimmed_above },
	/* P13: such a report is never "no vote". */
	{ "that reports a vote at the ballot itself", voted_at_the_ballot },
	{ "that reports a vote above the ballot", voted_above_the_ballot },
};

KUNIT_ARRAY_PARAM_DESC(wrong_promises, wrong_promises, desc);

/* P12, P6 */
static void does_not_count_a_promise(struct kunit *test)
{
	const struct wrong_promise *param = test->param_value;
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, paxos_ballot_make(9, 1, true));
	struct paxos_msg msg = page_of(ballot, 5, 5, U64_MAX);
	struct paxos_entry entry;

	cluster_prepare(node, OWNER, ballot, 5, false);
	cluster_entry(&entry, 6, v, NULL);
	msg.entry = &entry;
	param->spoil(&msg);
	KUNIT_EXPECT_NE(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_PROMISE, 0));
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 5, v), -EPERM);
	/* The one that is right still does. */
	cluster_promise(node, 2, ballot, 5, false);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 5, v), 0);
}

/* P6: half a promise is not taken for the whole. */
static void pages_are_asked_for_in_turn_and_count_when_whole(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = prepared_at(test, node, 3, false);
	static const u64 end[] = { 9, 10, 40, U64_MAX };
	struct paxos_msg msg;
	u64 page = 3;
	int i;

	for (i = 0; i < 4; i++) {
		struct paxos_note *note;
		struct paxos_out *out;

		KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 3, v), -EPERM);
		/* What lies beyond a hole, and what came before, is of no use. */
		msg = page_of(ballot, 3, end[i] == U64_MAX ? 99 : end[i] + 1, U64_MAX);
		KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_DUPLICATE);
		if (i) {
			msg = page_of(ballot, 3, 3, U64_MAX);
			KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg),
					PAXOS_REASON_DUPLICATE);
		}
		msg = page_of(ballot, 3, page, end[i]);
		KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
		note = cluster_note(node, PAXOS_NOTE_PROMISE, 0);
		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_EXPECT_EQ(test, note->from, page);
		KUNIT_EXPECT_EQ(test, note->upto, end[i]);
		KUNIT_EXPECT_EQ(test, note->whole, i == 3);
		KUNIT_EXPECT_EQ(test, note->quorum, i == 3);
		page = end[i] + 1;
		out = cluster_out(node, PAXOS_WIRE_PREPARE, 0);
		if (i == 3) {
			KUNIT_EXPECT_NULL(test, out);
			break;
		}
		KUNIT_ASSERT_NOT_NULL(test, out);
		KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2));
		KUNIT_EXPECT_EQ(test, out->msg.prepare.page, page);
		KUNIT_EXPECT_EQ(test, out->msg.prepare.from, 3);
		KUNIT_EXPECT_EQ(test, out->msg.prepare.nonce, CLUSTER_NONCE);
	}
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 3, v), 0);
}

/* The owner applies the value rule, so it must hear of every vote. P13 */
static void tells_the_owner_of_every_vote(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = cluster_hand_out(node, OWNER, paxos_ballot_make(9, 1, true));
	struct paxos_note *note;

	cluster_prepare(node, OWNER, ballot, 1, true);
	note = cluster_note(node, PAXOS_NOTE_PROMISE, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->node, 1);
	KUNIT_EXPECT_EQ(test, note->n_entries, 0);
	report(node, 3, ballot, 1, paxos_ballot_make(4, 3, true), v);
	note = cluster_note(node, PAXOS_NOTE_PROMISE, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->owner, OWNER);
	KUNIT_EXPECT_EQ(test, note->ballot, ballot);
	KUNIT_EXPECT_EQ(test, note->node, 3);
	KUNIT_ASSERT_EQ(test, note->n_entries, 1);
	KUNIT_EXPECT_EQ(test, note->entry[0].instance, 1);
	KUNIT_EXPECT_EQ(test, note->entry[0].ballot, paxos_ballot_make(4, 3, true));
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&note->entry[0].id, &v->id));
}

/* P11: in memory, in the same step. */
static void votes_itself_before_accept_leaves(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 1, true);
	struct paxos_out *out;

	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	KUNIT_ASSERT_NOT_NULL(test, slot_of(node, 1));
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->vbal, ballot);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot_of(node, 1)->vval->id, &v->id));
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->tally.voters, paxos_node_bit(1));
	KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
	out = cluster_out(node, PAXOS_WIRE_ACCEPT, 0);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2) | paxos_node_bit(3));
	KUNIT_EXPECT_EQ(test, out->msg.accept.ballot, ballot);
	KUNIT_ASSERT_EQ(test, out->msg.n_entries, 1);
	KUNIT_EXPECT_EQ(test, out->msg.entry[0].instance, 1);
	KUNIT_EXPECT_TRUE(test, out->msg.entry[0].carried);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&out->msg.entry[0].id, &v->id));
}

/* P11: one digest for an instance and a ballot. */
static void sends_one_value_for_an_instance(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	u64 ballot = promised_at(test, node, 1, false);

	cluster_accept(node, OWNER, ballot, 1, v);
	KUNIT_EXPECT_NE(test, cluster_accept(node, OWNER, ballot, 1, w), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot_of(node, 1)->vval->id, &v->id));
	/* Once more the same is no harm. */
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	cluster_vote(node, 3, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
	cluster_accept(node, OWNER, ballot, 1, w);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot_of(node, 1)->vval->id, &v->id));
}

static void works_on_one_instance_at_a_time(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 3, false), s;

	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 2, v), -EINVAL);
	for (s = 3; s < 20; s++) {
		struct paxos_note *note;

		KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, s, v), 0);
		KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, s + 1, v), -EBUSY);
		cluster_vote(node, 2, ballot, s, v);
		note = cluster_note(node, PAXOS_NOTE_CHOSEN, 0);
		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_EXPECT_EQ(test, note->owner, OWNER);
		KUNIT_EXPECT_EQ(test, note->ballot, ballot);
		KUNIT_EXPECT_EQ(test, note->instance, s);
		KUNIT_EXPECT_EQ(test, note->kind, PAXOS_KIND_VALUE);
		KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&note->id, &v->id));
	}
}

static void a_single_ballot_ends_with_its_instance(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 3, true);

	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 4, v), -EINVAL);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 3, v), 0);
	cluster_vote(node, 2, ballot, 3, v);
	KUNIT_EXPECT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
	KUNIT_EXPECT_NE(test, cluster_accept(node, OWNER, ballot, 4, v), 0);
	/* Asked once more it says how it ended, or refuses. */
	if (!cluster_accept(node, OWNER, ballot, 3, v))
		KUNIT_EXPECT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(&node->core), U64_MAX);
}

static void is_told_at_once_of_what_is_settled(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	u64 ballot = promised_at(test, node, 1, false);
	struct paxos_note *note;

	cluster_accept(node, OWNER, ballot, 1, v);
	cluster_vote(node, 2, ballot, 1, v);
	ballot = cluster_hand_out(node, OTHER, 0);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OTHER, ballot, 1, true), 0);
	note = cluster_note(node, PAXOS_NOTE_CHOSEN, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->owner, OTHER);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&note->id, &v->id));
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 0);
	/* With a ballot for more than this instance at the next step. */
	ballot = cluster_hand_out(node, OTHER, 0);
	cluster_prepare(node, OTHER, ballot, 1, false);
	cluster_promise(node, 3, ballot, 1, false);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OTHER, ballot, 1, w), 0);
	note = cluster_note(node, PAXOS_NOTE_CHOSEN, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&note->id, &v->id));
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
}

/* The bytes of a vote that was reported are here, or are fetched. */
static void adopts_a_value_it_has(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 first = promised_at(test, node, 1, true), second;

	cluster_accept(node, OWNER, first, 1, v);
	second = cluster_hand_out(node, OTHER, 0);
	cluster_prepare(node, OTHER, second, 1, true);
	cluster_promise(node, 3, second, 1, true);
	KUNIT_EXPECT_EQ(test, cluster_adopt(node, OTHER, second, 1, &v->id), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_FETCH), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->vbal, second);
}

static void fetches_a_value_it_adopts(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 2500), *w = cluster_value(node, 2, 50);
	u64 ballot = cluster_hand_out(node, OWNER, paxos_ballot_make(9, 1, true));
	struct paxos_out *out;
	u32 unit;

	cluster_prepare(node, OWNER, ballot, 1, true);
	report(node, 2, ballot, 1, paxos_ballot_make(2, 2, true), w);
	report(node, 4, ballot, 1, paxos_ballot_make(4, 3, true), v);
	KUNIT_EXPECT_EQ(test, cluster_adopt(node, OWNER, ballot, 1, &v->id), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	out = cluster_out(node, PAXOS_WIRE_FETCH, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(4));
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&out->msg.entry[0].id, &v->id));
	/* Another value meanwhile would be a second one. */
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, w), -EBUSY);
	for (unit = 0; unit < 3; unit++) {
		KUNIT_EXPECT_TRUE(test, !slot_of(node, 1)->vval);
		KUNIT_EXPECT_EQ(test, part_of(test, node, 4, ballot, v, unit), PAXOS_REASON_OK);
	}
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PART), 3);
	KUNIT_EXPECT_EQ(test, slot_of(node, 1)->vbal, ballot);
	cluster_vote(node, 2, ballot, 1, v);
	cluster_vote(node, 5, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* The one who reported it may be gone. */
static void fetches_from_another_after_a_while(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 2500);
	u64 ballot = cluster_hand_out(node, OWNER, paxos_ballot_make(9, 1, true));
	u64 asked = 0;
	int i;

	cluster_prepare(node, OWNER, ballot, 1, true);
	report(node, 2, ballot, 1, paxos_ballot_make(4, 3, true), v);
	report(node, 4, ballot, 1, paxos_ballot_make(4, 3, true), v);
	cluster_adopt(node, OWNER, ballot, 1, &v->id);
	for (i = 0; i < 4; i++) {
		struct paxos_out *out = cluster_out(node, PAXOS_WIRE_FETCH, 0);

		KUNIT_ASSERT_NOT_NULL(test, out);
		asked |= out->to;
		cluster_tick(node, paxos_proposal_deadline(&node->core));
	}
	KUNIT_EXPECT_EQ(test, asked, paxos_node_bit(2) | paxos_node_bit(4));
}

/* Outbid while the bytes came: nothing leaves. P16 */
static void does_not_send_what_was_outbid_while_fetched(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 1500);
	u64 ballot = cluster_hand_out(node, OWNER, paxos_ballot_make(9, 1, true));

	cluster_prepare(node, OWNER, ballot, 1, true);
	report(node, 2, ballot, 1, paxos_ballot_make(4, 3, true), v);
	cluster_adopt(node, OWNER, ballot, 1, &v->id);
	prepare_of(node, paxos_ballot_make(20, 3, true), 1);
	part_of(test, node, 2, ballot, v, 0);
	part_of(test, node, 2, ballot, v, 1);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PART), 0);
	KUNIT_EXPECT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_REFUSED, 0));
	KUNIT_EXPECT_NULL(test, slot_of(node, 1)->vval);
}

static void asks_again_those_who_have_not_answered(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	u64 ballot = prepared_at(test, node, 1, false), now = 0, gap = 0;
	struct paxos_msg msg = page_of(ballot, 1, 1, 7);
	int i;

	cluster_promise(node, 3, ballot, 1, false);
	cluster_hear(node, 4, &msg);
	for (i = 0; i < 10; i++) {
		u64 next = paxos_proposal_deadline(&node->core);
		struct paxos_out *out;
		u64 from_start = 0, second = 0;
		unsigned int n;

		KUNIT_ASSERT_GT(test, next, now);
		KUNIT_EXPECT_GE(test, next - now, gap);
		KUNIT_EXPECT_LE(test, next - now, PAXOS_RETRY_MAX_MS);
		gap = next - now;
		cluster_tick(node, next - 1);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 0);
		now = next;
		cluster_tick(node, now);
		for (n = 0; (out = cluster_out(node, PAXOS_WIRE_PREPARE, n)); n++) {
			KUNIT_EXPECT_EQ(test, out->msg.prepare.nonce, CLUSTER_NONCE);
			KUNIT_EXPECT_EQ(test, out->msg.prepare.from, 1);
			if (out->msg.prepare.page == 1)
				from_start |= out->to;
			else if (out->msg.prepare.page == 8)
				second |= out->to;
		}
		KUNIT_EXPECT_EQ(test, from_start, paxos_node_bit(2) | paxos_node_bit(5));
		KUNIT_EXPECT_EQ(test, second, paxos_node_bit(4));
	}
	KUNIT_EXPECT_EQ(test, gap, PAXOS_RETRY_MAX_MS);
	/* With a quorum there is no more to ask. */
	cluster_promise(node, 2, ballot, 1, false);
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(&node->core), U64_MAX);
}

/* Who looks for another leader sooner has a network that answers sooner. */
static void asks_as_soon_as_the_group_is_impatient(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_TIMING,
		.timing = { .heartbeat = 1, .timeout_min = 5, .timeout_max = 10 },
	};
	struct paxos_value *v = cluster_value(node, 5, 10);
	u64 ballot;

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	ballot = prepared_at(test, node, 1, false);
	cluster_tick(node, 4);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 0);
	cluster_tick(node, 5);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PREPARE), 1);
	cluster_promise(node, 2, ballot, 1, false);
	cluster_accept(node, OWNER, ballot, 1, v);
	cluster_tick(node, 9);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	cluster_tick(node, 10);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
}

static void asks_for_votes_again(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);
	struct paxos_value *v = cluster_value(node, 1, 3000);
	u64 ballot = promised_at(test, node, 1, true), now = 0;
	int i;

	cluster_accept(node, OWNER, ballot, 1, v);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PART), 3);
	cluster_vote(node, 3, ballot, 1, v);
	for (i = 0; i < 5; i++) {
		struct paxos_out *out;

		KUNIT_ASSERT_GT(test, paxos_proposal_deadline(&node->core), now);
		now = paxos_proposal_deadline(&node->core);
		cluster_tick(node, now);
		KUNIT_ASSERT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
		out = cluster_out(node, PAXOS_WIRE_ACCEPT, 0);
		KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2) | paxos_node_bit(4) |
				paxos_node_bit(5));
		/* Who lacks parts asks for those. */
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_PART), 0);
	}
	cluster_vote(node, 5, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(&node->core), U64_MAX);
}

/* P16: retransmissions included. */
static void once_refused_nothing_more_is_sent(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 1, true), now;
	u64 winner = paxos_ballot_make(20, 3, true);
	struct paxos_note *note;

	cluster_accept(node, OWNER, ballot, 1, v);
	KUNIT_EXPECT_EQ(test, cluster_refuse(node, 3, ballot, PAXOS_REFUSAL_BALLOT, winner),
			PAXOS_REASON_OK);
	note = cluster_note(node, PAXOS_NOTE_REFUSED, 0);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_EQ(test, note->owner, OWNER);
	KUNIT_EXPECT_EQ(test, note->node, 3);
	KUNIT_EXPECT_EQ(test, note->reason, PAXOS_REFUSAL_BALLOT);
	KUNIT_EXPECT_EQ(test, note->highest, winner);
	KUNIT_EXPECT_NE(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	for (now = 0; now < 3000; now += 50) {
		cluster_tick(node, now);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	}
	/* A vote that was given is a vote. */
	cluster_vote(node, 2, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

/* P16: its own acceptor's promise is a higher ballot seen. */
static void outbid_at_home_nothing_more_is_sent(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 1, true), now;
	u64 winner = paxos_ballot_make(20, 3, true);
	unsigned int refusals = 0;

	cluster_accept(node, OWNER, ballot, 1, v);
	KUNIT_EXPECT_EQ(test, prepare_of(node, winner, 1), PAXOS_REASON_OK);
	for (now = 0; now < 3000; now += 50) {
		struct paxos_note *note;

		cluster_tick(node, now);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
		note = cluster_note(node, PAXOS_NOTE_REFUSED, 0);
		if (!note)
			continue;
		refusals++;
		KUNIT_EXPECT_EQ(test, note->owner, OWNER);
		KUNIT_EXPECT_EQ(test, note->highest, winner);
	}
	KUNIT_EXPECT_EQ(test, refusals, 1);
	KUNIT_EXPECT_EQ(test, paxos_proposal_deadline(&node->core), U64_MAX);
}

struct refusal {
	const char *desc;
	u8 reason;
};

static const struct refusal refusals[] = {
	{ "its window is full", PAXOS_REFUSAL_WINDOW },
	{ "it has trimmed", PAXOS_REFUSAL_TRIMMED },
	{ "its log is full", PAXOS_REFUSAL_FULL },
	{ "it is mute", PAXOS_REFUSAL_MUTE },
	{ "it knows another membership", PAXOS_REFUSAL_MEMBERSHIP },
};

KUNIT_ARRAY_PARAM_DESC(refusals, refusals, desc);

/* Others may still make a quorum. */
static void goes_on_when_one_says_that(struct kunit *test)
{
	const struct refusal *param = test->param_value;
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 1, true);

	cluster_accept(node, OWNER, ballot, 1, v);
	cluster_refuse(node, 3, ballot, param->reason, 0);
	KUNIT_ASSERT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_REFUSED, 0));
	KUNIT_EXPECT_EQ(test, cluster_note(node, PAXOS_NOTE_REFUSED, 0)->reason, param->reason);
	cluster_tick(node, paxos_proposal_deadline(&node->core));
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
	cluster_vote(node, 2, ballot, 1, v);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
}

static void a_refusal_nobody_asked_for_is_dropped(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = cluster_hand_out(node, OWNER, 0);

	KUNIT_EXPECT_EQ(test, cluster_refuse(node, 2, ballot, PAXOS_REFUSAL_BALLOT, ballot + 2),
			PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, cluster_refuse(node, 2, ballot + (8ULL << 17),
					     PAXOS_REFUSAL_BALLOT, ballot + (9ULL << 17)),
			PAXOS_REASON_STALE);
	KUNIT_EXPECT_NULL(test, cluster_note(node, PAXOS_NOTE_REFUSED, 0));
}

/* P11: for PREPARE, ACCEPT and whatever would be sent again. */
static void drop_ends_it(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot = promised_at(test, node, 1, false), other, now;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_DROP,
		.drop = { OTHER, ballot },
	};

	cluster_accept(node, OWNER, ballot, 1, v);
	other = cluster_hand_out(node, OTHER, 0);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -ENOENT);
	KUNIT_EXPECT_NULL(test, ev.dropped);
	ev.drop.owner = OWNER;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	KUNIT_ASSERT_NOT_NULL(test, ev.dropped);
	KUNIT_EXPECT_EQ(test, ev.dropped->ballot, ballot);
	KUNIT_EXPECT_NULL(test, ev.dropped->next);
	KUNIT_EXPECT_NULL(test, ev.dropped->value);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), -ENOENT);
	for (now = 0; now < 3000; now += 50) {
		cluster_tick(node, now);
		KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	}
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, -ENOENT);
	KUNIT_EXPECT_EQ(test, cluster_prepare(node, OTHER, other, 1, true), 0);
}

static void an_owner_that_goes_takes_all_its_ballots(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_DROP_OWNER,
		.drop.owner = OWNER,
	};
	struct paxos_proposal *p;
	int i, n = 0;

	for (i = 0; i < 9; i++)
		cluster_hand_out(node, i % 3 ? OWNER : OTHER, 0);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	for (p = ev.dropped; p; p = p->next, n++)
		KUNIT_EXPECT_EQ(test, p->owner, OWNER);
	KUNIT_EXPECT_EQ(test, n, 6);
	for (p = node->core.proposals, n = 0; p; p = p->next, n++)
		KUNIT_EXPECT_EQ(test, p->owner, OTHER);
	KUNIT_EXPECT_EQ(test, n, 3);
	/* One that has none goes as well. */
	ev.drop.owner = OWNER + 9;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
	KUNIT_EXPECT_NULL(test, ev.dropped);
}

/* Two sockets of one node are rivals like any others. */
static void two_owners_compete_for_an_instance(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	u64 first = promised_at(test, node, 1, true), second;

	second = cluster_hand_out(node, OTHER, 0);
	cluster_prepare(node, OTHER, second, 1, true);
	cluster_promise(node, 2, second, 1, true);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, first, 1, v), -ESTALE);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OTHER, second, 1, w), 0);
	KUNIT_EXPECT_EQ(test, cluster_vote(node, 2, first, 1, v), PAXOS_REASON_STALE);
	cluster_vote(node, 2, second, 1, w);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, w));
}

/* Nothing was sent: another value may be tried, or the same once there is room. */
static void what_finds_no_room_is_not_sent(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 900), *w = cluster_value(node, 2, 50);
	u64 ballot = promised_at(test, node, 1, false);
	struct paxos_entry entry;
	u8 bytes[50];
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &entry,
		.accept.ballot = paxos_ballot_make(30, 2, true),
	};

	cluster_entry(&entry, 3, w, bytes);
	cluster_hear(node, 2, &msg);
	node->core.window.bytes = 500;
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 2, v), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 0);
	KUNIT_EXPECT_NULL(test, slot_of(node, 2)->vval);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, CLUSTER_WINDOW + 1, w),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 2, w), 0);
	KUNIT_EXPECT_EQ(test, cluster_outs(node, PAXOS_WIRE_ACCEPT), 1);
}

/* A group of one decides in the step that asks. */
static void one_voter_decides_at_once(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 1);
	struct paxos_value *v = cluster_value(node, 1, 5000);
	u64 ballot = prepared_at(test, node, 1, false);

	KUNIT_EXPECT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_PROMISE, 0));
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 1, v), 0);
	KUNIT_EXPECT_TRUE(test, is_chosen(node, 1, v));
	KUNIT_EXPECT_NOT_NULL(test, cluster_note(node, PAXOS_NOTE_CHOSEN, 0));
	KUNIT_EXPECT_EQ(test, cluster_accept(node, OWNER, ballot, 2, v), 0);
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 2);
}

/* P10: now or again. */
static void prepare_is_not_repeated_before_its_promise_is_durable(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 ballot = cluster_hand_out(node, OWNER, 0);
	unsigned int i;

	node->core.volatile_store = false;
	cluster_prepare(node, OWNER, ballot, 1, false);
	cluster_tick(node, 100);
	for (i = 0; i < cluster_outs(node, PAXOS_WIRE_PREPARE); i++)
		KUNIT_EXPECT_GT(test, cluster_out(node, PAXOS_WIRE_PREPARE, i)->after,
				node->core.durable);
}

static struct kunit_case proposal_cases[] = {
	KUNIT_CASE(hands_out_above_all_it_saw),
	KUNIT_CASE(hands_out_a_ballot_once),
	KUNIT_CASE(says_when_the_counter_is_used_up),
	KUNIT_CASE_PARAM(only_a_voter_is_handed_a_ballot, standings_gen_params),
	KUNIT_CASE(promises_itself_before_prepare_leaves),
	KUNIT_CASE(prepare_is_not_repeated_before_its_promise_is_durable),
	KUNIT_CASE(does_not_prepare_what_it_would_refuse),
	KUNIT_CASE(serves_the_owner_alone),
	KUNIT_CASE(prepares_a_ballot_once),
	KUNIT_CASE(prepares_what_its_window_takes),
	KUNIT_CASE(needs_a_quorum_of_whole_promises),
	KUNIT_CASE_PARAM(does_not_count_a_promise, wrong_promises_gen_params),
	KUNIT_CASE(pages_are_asked_for_in_turn_and_count_when_whole),
	KUNIT_CASE(tells_the_owner_of_every_vote),
	KUNIT_CASE(votes_itself_before_accept_leaves),
	KUNIT_CASE(sends_one_value_for_an_instance),
	KUNIT_CASE(works_on_one_instance_at_a_time),
	KUNIT_CASE(a_single_ballot_ends_with_its_instance),
	KUNIT_CASE(is_told_at_once_of_what_is_settled),
	KUNIT_CASE(adopts_a_value_it_has),
	KUNIT_CASE(fetches_a_value_it_adopts),
	KUNIT_CASE(fetches_from_another_after_a_while),
	KUNIT_CASE(does_not_send_what_was_outbid_while_fetched),
	KUNIT_CASE(asks_again_those_who_have_not_answered),
	KUNIT_CASE(asks_as_soon_as_the_group_is_impatient),
	KUNIT_CASE(asks_for_votes_again),
	KUNIT_CASE(once_refused_nothing_more_is_sent),
	KUNIT_CASE(outbid_at_home_nothing_more_is_sent),
	KUNIT_CASE_PARAM(goes_on_when_one_says_that, refusals_gen_params),
	KUNIT_CASE(a_refusal_nobody_asked_for_is_dropped),
	KUNIT_CASE(drop_ends_it),
	KUNIT_CASE(an_owner_that_goes_takes_all_its_ballots),
	KUNIT_CASE(two_owners_compete_for_an_instance),
	KUNIT_CASE(what_finds_no_room_is_not_sent),
	KUNIT_CASE(one_voter_decides_at_once),
	{}
};

static struct kunit_suite proposal_suite = {
	.name = "paxos_proposal",
	.exit = cluster_exit,
	.test_cases = proposal_cases,
};

kunit_test_suite(proposal_suite);
