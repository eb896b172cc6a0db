// SPDX-License-Identifier: GPL-2.0
/* The step: who may say what, when it wants to be called again, and what an operator may do. */

#include "cluster.h"

struct bed {
	struct cluster_node *node;
	struct paxos_header header;
	struct paxos_msg msg;
	struct paxos_entry entry;
	u8 bytes[50];
};

static struct bed *new_bed(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	bed->node = cluster_voter(test, 1, 3);
	return bed;
}

/* A message that node 1 has a use for, from node 2. */
static void make(struct bed *bed, u8 type)
{
	struct paxos_value *v = cluster_value(bed->node, 1, 50);
	const u64 ballot = paxos_ballot_make(4, 2, true);

	cluster_header(bed->node, 2, &bed->header);
	memset(&bed->msg, 0, sizeof(bed->msg));
	bed->msg.type = type;
	bed->msg.entry = &bed->entry;
	cluster_entry(&bed->entry, 1, v, bed->bytes);
	switch (type) {
	case PAXOS_WIRE_HELLO:
		bed->msg.hello.state = PAXOS_STATE_VOTING;
		break;
	case PAXOS_WIRE_INIT:
		bed->msg.init.options = bed->node->core.membership.options;
		memcpy(bed->msg.init.voter, bed->node->core.membership.voter,
		       sizeof(bed->msg.init.voter));
		break;
	case PAXOS_WIRE_PREPARE:
		bed->msg.prepare.ballot = ballot;
		bed->msg.prepare.from = 1;
		bed->msg.prepare.page = 1;
		break;
	case PAXOS_WIRE_PROMISE:
		bed->msg.promise.ballot = ballot;
		break;
	case PAXOS_WIRE_ACCEPT:
		bed->msg.accept.ballot = ballot;
		bed->msg.n_entries = 1;
		break;
	case PAXOS_WIRE_ACCEPTED:
		bed->msg.accepted.ballot = ballot;
		bed->msg.n_entries = 1;
		break;
	case PAXOS_WIRE_REFUSED:
		bed->msg.refused.ballot = ballot;
		bed->msg.refused.reason = PAXOS_REFUSAL_MUTE;
		break;
	case PAXOS_WIRE_DECIDED:
		bed->msg.decided = (struct paxos_decided){ ballot, 1, 1 };
		break;
	case PAXOS_WIRE_LEARN:
		bed->msg.learn.from = 1;
		bed->msg.learn.upto = 1;
		break;
	case PAXOS_WIRE_VALUES:
		bed->entry.chosen = true;
		bed->msg.n_entries = 1;
		break;
	case PAXOS_WIRE_FETCH:
		bed->msg.fetch.missing = 1;
		bed->msg.n_entries = 1;
		break;
	case PAXOS_WIRE_PART:
		bed->entry.ballot = ballot;
		bed->msg.n_entries = 1;
		break;
	}
}

static enum paxos_reason hear(struct bed *bed)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { &bed->header, &bed->msg },
	};

	bed->header.type = bed->msg.type;
	cluster_step(bed->node, &ev);
	return ev.reason;
}

/* What was refused at the door changed nothing, and got nothing back. P35 */
static void expect_untouched(struct kunit *test, struct bed *bed)
{
	const struct paxos_core *core = &bed->node->core;

	KUNIT_EXPECT_EQ(test, core->promise.ballot, 0);
	KUNIT_EXPECT_EQ(test, core->highest, 0);
	KUNIT_EXPECT_EQ(test, core->bound, 0);
	KUNIT_EXPECT_EQ(test, core->window.top, 0);
	KUNIT_EXPECT_EQ(test, core->window.prefix, 0);
	KUNIT_EXPECT_EQ(test, core->learning.target, 0);
}

struct kind {
	u8 type;
	bool between_voters;
	bool greets;
};

static const struct kind kinds[] = {
	{ PAXOS_WIRE_HELLO, false, true },
	{ PAXOS_WIRE_INIT, false, true },
	{ PAXOS_WIRE_PREPARE, true, false },
	{ PAXOS_WIRE_PROMISE, true, false },
	{ PAXOS_WIRE_ACCEPT, true, false },
	{ PAXOS_WIRE_ACCEPTED, true, false },
	{ PAXOS_WIRE_REFUSED, false, false },
	{ PAXOS_WIRE_DECIDED, false, false },
	{ PAXOS_WIRE_LEARN, false, false },
	{ PAXOS_WIRE_VALUES, false, false },
	{ PAXOS_WIRE_FETCH, false, false },
	{ PAXOS_WIRE_PART, false, false },
};

static void describe(const struct kind *kind, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s", paxos_wire_type_name(kind->type));
}

KUNIT_ARRAY_PARAM(kinds, kinds, describe);

/* P24: one's own sender id is dropped. */
static void does_not_hear_its_own_id(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);

	make(bed, param->type);
	bed->header.sender = 1;
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_SELF);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	expect_untouched(test, bed);
}

/* P34 */
static void hears_configured_members_alone(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);

	make(bed, param->type);
	bed->header.sender = 64;
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_NO_MEMBER);
	make(bed, param->type);
	paxos_core_peer(&bed->node->core, 2)->present = false;
	bed->node->core.members &= ~paxos_node_bit(2);
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_NO_MEMBER);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	expect_untouched(test, bed);
}

/* P24 */
static void hears_its_own_life_alone(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);
	int i;

	for (i = 0; i < PAXOS_ID_BYTES; i += 5) {
		make(bed, param->type);
		bed->header.identity[i] ^= 1;
		KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_IDENTITY);
	}
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	expect_untouched(test, bed);
	make(bed, param->type);
	bed->node->core.state = PAXOS_STATE_CONFIGURED;
	if (!param->greets)
		KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_NO_IDENTITY);
	expect_untouched(test, bed);
}

/* P8, P24: votes are between voters; the rest is between all whose memory is known. */
static void knows_whose_memory_it_hears(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_peer *peer = paxos_core_peer(&bed->node->core, 2);

	if (param->greets)
		return;
	make(bed, param->type);
	bed->header.incarnation[7] ^= 1;
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_INCARNATION);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	expect_untouched(test, bed);
	/* It said who it is now: no voter, but a member. */
	memcpy(peer->incarnation, bed->header.incarnation, PAXOS_ID_BYTES);
	if (param->between_voters) {
		KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_INCARNATION);
		expect_untouched(test, bed);
	} else {
		KUNIT_EXPECT_NE(test, hear(bed), PAXOS_REASON_INCARNATION);
	}
}

/* P24 */
static void a_learner_does_not_vote_or_ask_for_votes(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_peer *peer = paxos_core_peer(&bed->node->core, 9);

	if (!param->between_voters)
		return;
	make(bed, param->type);
	bed->header.sender = 9;
	peer->present = true;
	bed->node->core.members |= paxos_node_bit(9);
	peer->heard = true;
	memcpy(peer->incarnation, bed->header.incarnation, PAXOS_ID_BYTES);
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_NO_VOTER);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
	expect_untouched(test, bed);
}

/* P24: refused with the version, where there is somebody to refuse. */
static void votes_under_one_membership(struct kunit *test)
{
	const struct kind *param = test->param_value;
	struct bed *bed = new_bed(test);
	bool asks = param->type == PAXOS_WIRE_PREPARE || param->type == PAXOS_WIRE_ACCEPT;
	struct paxos_out *out;

	make(bed, param->type);
	bed->header.membership = 12;
	if (!param->between_voters) {
		KUNIT_EXPECT_NE(test, hear(bed), PAXOS_REASON_MEMBERSHIP);
		return;
	}
	KUNIT_EXPECT_EQ(test, hear(bed), PAXOS_REASON_MEMBERSHIP);
	expect_untouched(test, bed);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_REFUSED), asks);
	out = cluster_out(bed->node, PAXOS_WIRE_REFUSED, 0);
	if (out)
		KUNIT_EXPECT_EQ(test, out->msg.refused.reason, PAXOS_REFUSAL_MEMBERSHIP);
}

static int member(struct cluster_node *node, u8 id, u8 role)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER,
		.member = { id, role },
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.error;
}

static int member_gone(struct cluster_node *node, u8 id)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER_GONE,
		.member.node = id,
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.error;
}

static void members_come_and_go_before_the_group_lives(struct kunit *test)
{
	struct cluster_node *node = cluster_node(test, 1);
	struct paxos_options options;
	u8 id;

	KUNIT_EXPECT_EQ(test, member(node, 1, PAXOS_ROLE_VOTER), -EINVAL);
	KUNIT_EXPECT_EQ(test, member_gone(node, 2), -ENOENT);
	for (id = 2; id <= PAXOS_VOTERS_MAX; id++)
		KUNIT_EXPECT_EQ(test, member(node, id, PAXOS_ROLE_VOTER), 0);
	KUNIT_EXPECT_EQ(test, member(node, 40, PAXOS_ROLE_VOTER), -E2BIG);
	KUNIT_EXPECT_EQ(test, member(node, 40, PAXOS_ROLE_LEARNER), 0);
	KUNIT_EXPECT_EQ(test, member(node, 5, PAXOS_ROLE_VOTER), 0);
	paxos_core_options(&node->core, &options);
	KUNIT_EXPECT_EQ(test, options.voters, (1ULL << PAXOS_VOTERS_MAX) - 1);
	KUNIT_EXPECT_EQ(test, member(node, 5, PAXOS_ROLE_LEARNER), 0);
	KUNIT_EXPECT_EQ(test, member_gone(node, 6), 0);
	KUNIT_EXPECT_EQ(test, member(node, 40, PAXOS_ROLE_VOTER), 0);
	paxos_core_options(&node->core, &options);
	KUNIT_EXPECT_EQ(test, options.voters,
			(((1ULL << PAXOS_VOTERS_MAX) - 1) & ~0x30ULL) | paxos_node_bit(40));
	KUNIT_EXPECT_EQ(test, options.quorum.voters, 14);
	KUNIT_EXPECT_NULL(test, paxos_quorum_check(&options.quorum));
}

static void voters_stay_once_the_group_lives(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);

	KUNIT_EXPECT_EQ(test, member(node, 4, PAXOS_ROLE_VOTER), -EBUSY);
	KUNIT_EXPECT_EQ(test, member(node, 2, PAXOS_ROLE_LEARNER), -EBUSY);
	KUNIT_EXPECT_EQ(test, member_gone(node, 2), -EBUSY);
	/* Learners, and addresses of voters, are a local matter. */
	KUNIT_EXPECT_EQ(test, member(node, 4, PAXOS_ROLE_LEARNER), 0);
	KUNIT_EXPECT_EQ(test, member(node, 2, PAXOS_ROLE_VOTER), 0);
	KUNIT_EXPECT_EQ(test, member_gone(node, 4), 0);
	KUNIT_EXPECT_EQ(test, paxos_core_members(&node->core), 6);
}

/* A Q1 below the majority wants a larger fast quorum: every safe choice has one. P14 */
static void every_safe_choice_of_quorums_passes(struct kunit *test)
{
	struct cluster_node *node = cluster_node(test, 1);
	struct paxos_options options;
	u8 n, one, two;

	for (n = 1; n <= PAXOS_VOTERS_MAX; n++) {
		if (n > 1)
			member(node, n, PAXOS_ROLE_VOTER);
		for (one = 1; one <= n; one++)
			for (two = 1; two <= n; two++) {
				node->core.config.quorum_1 = one;
				node->core.config.quorum_2 = two;
				paxos_core_options(&node->core, &options);
				KUNIT_EXPECT_EQ(test, options.quorum.phase_1, one);
				KUNIT_EXPECT_EQ(test, options.quorum.phase_2, two);
				KUNIT_EXPECT_EQ_MSG(test, !paxos_quorum_check(&options.quorum),
						    one + two > n, "%u %u of %u", one, two, n);
			}
	}
}

static void decide(struct cluster_node *node, u64 upto)
{
	struct paxos_value *v = node->n_values ? node->value[0] : cluster_value(node, 1, 50);
	u64 s;

	for (s = node->core.window.prefix + 1; s <= upto; s++) {
		u8 bytes[50];
		struct paxos_entry entry;
		struct paxos_msg msg = {
			.type = PAXOS_WIRE_VALUES,
			.n_entries = 1,
			.entry = &entry,
		};

		cluster_entry(&entry, s, v, bytes);
		entry.chosen = true;
		cluster_hear(node, 2, &msg);
	}
	KUNIT_EXPECT_EQ(node->test, node->core.window.prefix, upto);
}

static int trim(struct cluster_node *node, u64 to, bool force)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_TRIM,
		.trim = { to, force },
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.error;
}

static void hello(struct cluster_node *node, u8 from, u64 prefix)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_HELLO,
		.hello = { .prefix = prefix, .state = PAXOS_STATE_VOTING },
	};
	struct paxos_slot *slot = paxos_window_find(&node->core.window, prefix);

	msg.hello.hash = slot ? slot->hash : node->core.window.trim_hash;
	paxos_core_options(&node->core, &msg.hello.options);
	cluster_hear(node, from, &msg);
}

/* P22: Q2 voters, this node among them, have reported it as decided. */
static void trims_what_a_quorum_has(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 5);

	decide(node, 10);
	KUNIT_EXPECT_EQ(test, trim(node, 11, false), -ERANGE);
	KUNIT_EXPECT_EQ(test, trim(node, 11, true), -ERANGE);
	KUNIT_EXPECT_EQ(test, trim(node, 5, false), -EBUSY);
	hello(node, 2, 10);
	KUNIT_EXPECT_EQ(test, trim(node, 5, false), -EBUSY);
	hello(node, 4, 4);
	KUNIT_EXPECT_EQ(test, trim(node, 5, false), -EBUSY);
	KUNIT_EXPECT_EQ(test, trim(node, 4, false), 0);
	KUNIT_EXPECT_EQ(test, node->core.window.trim, 4);
	/* It only rises; what is trimmed already is no mistake. */
	KUNIT_EXPECT_EQ(test, trim(node, 3, false), 0);
	KUNIT_EXPECT_EQ(test, node->core.window.trim, 4);
	KUNIT_EXPECT_EQ(test, trim(node, 9, true), 0);
	KUNIT_EXPECT_EQ(test, node->core.window.trim, 9);
	KUNIT_EXPECT_EQ(test, node->alarms, 0);
}

/* A learner's word is no voter's. */
static void a_learner_is_none_of_those_who_have_it(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);

	decide(node, 10);
	member(node, 9, PAXOS_ROLE_LEARNER);
	hello(node, 9, 10);
	KUNIT_EXPECT_EQ(test, trim(node, 5, false), -EBUSY);
	hello(node, 3, 10);
	KUNIT_EXPECT_EQ(test, trim(node, 5, false), 0);
}

static void nothing_is_trimmed_before_the_group_lives(struct kunit *test)
{
	struct cluster_node *node = cluster_node(test, 1);

	KUNIT_EXPECT_EQ(test, trim(node, 0, false), -EPERM);
	KUNIT_EXPECT_EQ(test, trim(node, 1, true), -EPERM);
}

/* Told once, and again only after it was well below. */
static void warns_once_when_the_log_is_filling(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 s;

	node->core.window.size = 1000;
	node->pool.limit = 1536 * 1024;
	for (s = 1; node->alarms == 0; s++) {
		KUNIT_ASSERT_LT(test, s, 4000);
		decide(node, s);
	}
	KUNIT_EXPECT_EQ(test, node->alarm, PAXOS_ALARM_LOG_FILLING);
	KUNIT_EXPECT_GT(test, node->pool.used, node->pool.limit / 4 * 3);
	decide(node, s + 20);
	KUNIT_EXPECT_EQ(test, node->alarms, 1);
	trim(node, s + 10, true);
	while (paxos_window_reap(&node->core.window, 1))
		;
	cluster_tick(node, 1);
	decide(node, s + 40);
	KUNIT_EXPECT_EQ(test, node->alarms, 1);
	for (; node->alarms == 1; s++) {
		KUNIT_ASSERT_LT(test, s, 8000);
		decide(node, s + 41);
	}
}

/* A tick at the deadline does what there is to do: time never stands still. */
static void every_deadline_is_met(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 ballot, now = 5, before;
	int i;

	cluster_tick(node, now);
	hello(node, 2, 0);
	ballot = cluster_hand_out(node, CLUSTER_OWNER, 0);
	cluster_prepare(node, CLUSTER_OWNER, ballot, 1, false);
	for (i = 0; i < 200; i++) {
		if (i == 50)
			cluster_promise(node, 2, ballot, 1, false);
		if (i == 50)
			cluster_accept(node, CLUSTER_OWNER, ballot, 1, v);
		if (i == 100)
			hello(node, 2, 100);
		before = paxos_core_deadline(&node->core);
		KUNIT_EXPECT_LE(test, before, now + PAXOS_HELLO_MS);
		now = max_t(u64, now, before);
		cluster_tick(node, now);
		KUNIT_ASSERT_GT_MSG(test, paxos_core_deadline(&node->core), now, "tick %d", i);
	}
}

static void time_never_runs_back(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 deadline;

	cluster_tick(node, 100000);
	deadline = paxos_core_deadline(&node->core);
	KUNIT_EXPECT_GT(test, deadline, 100000);
	cluster_tick(node, 5);
	KUNIT_EXPECT_EQ(test, node->core.now, 100000);
	KUNIT_EXPECT_EQ(test, paxos_core_deadline(&node->core), deadline);
	KUNIT_EXPECT_EQ(test, node->ob->n_out, 0);
}

/* P7 */
static void what_is_durable_stays_so(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_event ev = { .type = PAXOS_EVENT_DURABLE };

	node->core.volatile_store = false;
	node->core.record = 9;
	ev.durable = 7;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, node->core.durable, 7);
	ev.durable = 3;
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, node->core.durable, 7);
}

/* What the caller is to do next. */
static void says_what_is_left_to_do(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct cluster_node *node = bed->node;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { &bed->header, &bed->msg },
	};
	enum paxos_chunk_class class;
	u32 bits;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++)
		cluster_give(test, &node->pool, class, paxos_pool_wants(&node->pool, class));
	make(bed, PAXOS_WIRE_PREPARE);
	bits = cluster_step(node, &ev);
	KUNIT_EXPECT_TRUE(test, bits & PAXOS_STEP_SEND);
	KUNIT_EXPECT_FALSE(test, bits & (PAXOS_STEP_DECIDED | PAXOS_STEP_REFILL));
	make(bed, PAXOS_WIRE_VALUES);
	bits = cluster_step(node, &ev);
	KUNIT_EXPECT_TRUE(test, bits & PAXOS_STEP_DECIDED);
	KUNIT_EXPECT_TRUE(test, bits & PAXOS_STEP_NOTE);
	KUNIT_EXPECT_FALSE(test, bits & PAXOS_STEP_SEND);
	node->starved = true;
	while (paxos_pool_reclaim(&node->pool, PAXOS_CHUNK_MIDDLE))
		;
	bits = cluster_step(node, &ev);
	KUNIT_EXPECT_TRUE(test, bits & PAXOS_STEP_REFILL);
	KUNIT_EXPECT_FALSE(test, bits & PAXOS_STEP_DECIDED);
}

/* What was trimmed is freed a few pages a step, and a tick is asked for till it is. */
static void frees_what_was_trimmed_bit_by_bit(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 used;
	int i;

	node->core.window.size = 2000;
	decide(node, 1000);
	used = node->pool.used;
	trim(node, 990, true);
	for (i = 0; paxos_core_deadline(&node->core) <= node->core.now + 1; i++) {
		KUNIT_ASSERT_LT(test, i, 100);
		cluster_tick(node, node->core.now + 1);
	}
	KUNIT_EXPECT_GT(test, i, 2);
	KUNIT_EXPECT_LT(test, node->pool.used, used / 10);
}

/* Ten thousand random messages of members change what they may, and nothing breaks. */
static void survives_members_that_talk_nonsense(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u32 seed = 99, i;
	u64 prefix = 0;

	cluster_hand_out(bed->node, CLUSTER_OWNER, 0);
	for (i = 0; i < 10000; i++) {
		u64 ballot = paxos_ballot_make(1 + cluster_random(&seed) % 6,
					       1 + cluster_random(&seed) % 3, true);
		u64 instance = 1 + cluster_random(&seed) % 5;

		if (bed->node->n_values == CLUSTER_KEPT)
			paxos_value_put(bed->node->value[--bed->node->n_values]);
		make(bed, (u8)(PAXOS_WIRE_PREPARE + cluster_random(&seed) % 10));
		bed->header.sender = (u8)(2 + cluster_random(&seed) % 2);
		cluster_header(bed->node, bed->header.sender, &bed->header);
		bed->entry.instance = instance;
		bed->entry.ballot = ballot;
		switch (bed->msg.type) {
		case PAXOS_WIRE_PREPARE:
			bed->msg.prepare.ballot = ballot;
			bed->msg.prepare.from = instance;
			bed->msg.prepare.page = instance;
			bed->msg.prepare.single = cluster_random(&seed) % 2;
			break;
		case PAXOS_WIRE_PROMISE:
			bed->msg.promise.ballot = ballot;
			bed->msg.promise.page = instance;
			bed->msg.promise.upto = instance;
			break;
		case PAXOS_WIRE_ACCEPT:
			bed->msg.accept.ballot = ballot;
			bed->msg.accept.decided.ballot = ballot;
			bed->msg.accept.decided.first = instance;
			bed->msg.accept.decided.upto = instance + 3;
			bed->entry.carried = cluster_random(&seed) % 2;
			break;
		case PAXOS_WIRE_ACCEPTED:
			bed->msg.accepted.ballot = ballot;
			break;
		case PAXOS_WIRE_REFUSED:
			bed->msg.refused.ballot = ballot;
			bed->msg.refused.highest = ballot + 4;
			bed->msg.refused.reason = (u8)(1 + cluster_random(&seed) % 6);
			break;
		case PAXOS_WIRE_DECIDED:
			bed->msg.decided = (struct paxos_decided){ ballot, instance, U64_MAX - 9 };
			break;
		case PAXOS_WIRE_LEARN:
			bed->msg.learn.from = instance;
			bed->msg.learn.upto = U64_MAX - 1;
			break;
		case PAXOS_WIRE_VALUES:
			bed->msg.values.prefix = instance;
			break;
		}
		hear(bed);
		KUNIT_EXPECT_GE(test, bed->node->core.window.prefix, prefix);
		prefix = bed->node->core.window.prefix;
	}
	bed->node->alarms = 0;
}

/* What was let go of after the step before is memory at hand. */
static void what_was_let_go_is_at_hand(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50), *w = cluster_value(node, 2, 50);
	struct paxos_pool *pool = &node->pool;
	struct paxos_entry entry;
	u8 bytes[50];
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &entry,
		.accept.ballot = paxos_ballot_make(4, 2, true),
	};

	cluster_entry(&entry, 1, v, bytes);
	cluster_hear(node, 2, &msg);
	node->starved = true;
	while (paxos_pool_reclaim(pool, PAXOS_CHUNK_SMALL))
		;
	pool->limit = pool->given;
	/* The last reference, put without the lock. */
	KUNIT_ASSERT_PTR_EQ(test, node->value[node->n_values - 1], w);
	node->n_values--;
	paxos_value_put(w);
	cluster_entry(&entry, 2, v, bytes);
	KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
}

static struct kunit_case step_cases[] = {
	KUNIT_CASE_PARAM(does_not_hear_its_own_id, kinds_gen_params),
	KUNIT_CASE_PARAM(hears_configured_members_alone, kinds_gen_params),
	KUNIT_CASE_PARAM(hears_its_own_life_alone, kinds_gen_params),
	KUNIT_CASE_PARAM(knows_whose_memory_it_hears, kinds_gen_params),
	KUNIT_CASE_PARAM(a_learner_does_not_vote_or_ask_for_votes, kinds_gen_params),
	KUNIT_CASE_PARAM(votes_under_one_membership, kinds_gen_params),
	KUNIT_CASE(members_come_and_go_before_the_group_lives),
	KUNIT_CASE(voters_stay_once_the_group_lives),
	KUNIT_CASE(every_safe_choice_of_quorums_passes),
	KUNIT_CASE(trims_what_a_quorum_has),
	KUNIT_CASE(a_learner_is_none_of_those_who_have_it),
	KUNIT_CASE(nothing_is_trimmed_before_the_group_lives),
	KUNIT_CASE(warns_once_when_the_log_is_filling),
	KUNIT_CASE(every_deadline_is_met),
	KUNIT_CASE(time_never_runs_back),
	KUNIT_CASE(what_is_durable_stays_so),
	KUNIT_CASE(says_what_is_left_to_do),
	KUNIT_CASE(frees_what_was_trimmed_bit_by_bit),
	KUNIT_CASE(what_was_let_go_is_at_hand),
	KUNIT_CASE(survives_members_that_talk_nonsense),
	{}
};

static struct kunit_suite step_suite = {
	.name = "paxos_step",
	.exit = cluster_exit,
	.test_cases = step_cases,
};

kunit_test_suite(step_suite);
