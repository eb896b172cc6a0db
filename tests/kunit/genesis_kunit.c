// SPDX-License-Identifier: GPL-2.0
/* Genesis: a group begins once, with all of its voters, and never twice. */

#include "cluster.h"

static int init_error(struct cluster *c, u8 id, u8 *node)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };

	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, !ev.error, !ev.why);
	*node = ev.node;
	return ev.error;
}

static struct cluster *introduced(struct kunit *test, unsigned int n, u8 learners)
{
	struct cluster *c = cluster_new(test, n);
	u8 id;

	for (id = 1; id <= n; id++)
		cluster_introduce(c, id, learners);
	return c;
}

static const struct paxos_options *options_of(struct cluster *c, u8 id)
{
	return &cluster_core(c, id)->membership.options;
}

static void expect_state(struct kunit *test, struct cluster *c, u8 id, u8 state)
{
	KUNIT_EXPECT_EQ_MSG(test, cluster_core(c, id)->state, state, "node %u", id);
}

/* One life, known to all: and a voter each of those that the membership names. */
static void expect_alive(struct kunit *test, struct cluster *c, u8 voters)
{
	u8 id;

	for (id = 1; id <= c->n; id++) {
		struct paxos_core *core = cluster_core(c, id);

		expect_state(test, c, id, id <= voters ? PAXOS_STATE_VOTING :
			     PAXOS_STATE_LEARNING);
		KUNIT_EXPECT_MEMEQ(test, core->identity, cluster_core(c, 1)->identity,
				   PAXOS_ID_BYTES);
		KUNIT_EXPECT_EQ(test, core->membership.options.quorum.voters, voters);
		if (id <= voters)
			KUNIT_EXPECT_TRUE(test, paxos_membership_names(&core->membership, id,
								       core->config.incarnation));
	}
}

struct group {
	const char *desc;
	unsigned int nodes;
	u8 learners;
};

static const struct group groups[] = {
	{ "one voter", 1, 0 },
	{ "two voters", 2, 0 },
	{ "three voters", 3, 0 },
	{ "five voters", 5, 0 },
	{ "one voter, a learner", 2, 1 },
	{ "three voters, two learners", 5, 2 },
};

KUNIT_ARRAY_PARAM_DESC(groups, groups, desc);

static void begins_with_all_its_voters(struct kunit *test)
{
	const struct group *param = test->param_value;
	struct cluster *c = introduced(test, param->nodes, param->learners);

	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, (u8)(param->nodes - param->learners));
	cluster_no_alarm(c);
}

/* Nobody is asked twice: the identity follows from the voters. */
static void an_init_may_be_repeated_anywhere(struct kunit *test)
{
	const struct group *param = test->param_value;
	struct cluster *c = introduced(test, param->nodes, param->learners);
	u8 identity[PAXOS_ID_BYTES];
	u8 id, voters = (u8)(param->nodes - param->learners);

	cluster_pass(c, 100);
	for (id = 1; id <= voters; id++)
		KUNIT_EXPECT_EQ(test, cluster_init(c, id), 0);
	memcpy(identity, cluster_core(c, 1)->identity, PAXOS_ID_BYTES);
	cluster_pass(c, 3000);
	for (id = 1; id <= voters; id++)
		KUNIT_EXPECT_EQ(test, cluster_init(c, id), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, voters);
	KUNIT_EXPECT_MEMEQ(test, identity, cluster_core(c, 1)->identity, PAXOS_ID_BYTES);
}

/* In whatever order members were configured. */
static void identity_does_not_follow_the_order_of_configuration(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 3);
	u8 id, other;

	for (id = 1; id <= 3; id++)
		for (other = 3; other; other--) {
			struct paxos_event ev = {
				.type = PAXOS_EVENT_MEMBER,
				.member = { (u8)((other + id) % 3 + 1), PAXOS_ROLE_VOTER },
			};

			if (ev.member.node != id)
				cluster_do(c, id, &ev);
		}
	cluster_pass(c, 100);
	for (id = 1; id <= 3; id++)
		KUNIT_EXPECT_EQ(test, cluster_init(c, id), 0);
	for (id = 1; id <= 3; id++)
		KUNIT_EXPECT_MEMEQ(test, cluster_core(c, 1)->identity,
				   cluster_core(c, id)->identity, PAXOS_ID_BYTES);
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
}

static void init_needs_every_voter(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	u8 node;

	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, node, 2);
	c->node[2]->down = true;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, node, 3);
	expect_state(test, c, 1, PAXOS_STATE_CONFIGURED);
	c->node[2]->down = false;
	cluster_pass(c, 3000);
	/* One that was up and went is not up. */
	c->node[1]->down = true;
	cluster_pass(c, 2 * PAXOS_SILENT_MS);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -ENOTCONN);
	KUNIT_EXPECT_EQ(test, node, 2);
	c->node[1]->down = false;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
}

/* A learner need not be up. */
static void init_waits_for_no_learner(struct kunit *test)
{
	struct cluster *c = introduced(test, 4, 1);

	c->node[3]->down = true;
	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 3000);
	expect_state(test, c, 1, PAXOS_STATE_VOTING);
	c->node[3]->down = false;
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
}

struct difference {
	const char *desc;
	void (*make)(struct paxos_config *config);
};

static void other_window(struct paxos_config *config)
{
	config->window *= 2;
}

static void other_bytes(struct paxos_config *config)
{
	config->window_bytes *= 2;
}

static void other_quorum_1(struct paxos_config *config)
{
	config->quorum_1 = 3;
}

static void other_quorum_2(struct paxos_config *config)
{
	config->quorum_2 = 3;
}

static const struct difference differences[] = {
	{ "window", other_window },
	{ "bytes of the window", other_bytes },
	{ "quorum 1", other_quorum_1 },
	{ "quorum 2", other_quorum_2 },
};

KUNIT_ARRAY_PARAM_DESC(differences, differences, desc);

/* P14: no node sets any of them alone. */
static void init_refuses_voters_that_differ_in(struct kunit *test)
{
	const struct difference *param = test->param_value;
	struct cluster *c = introduced(test, 3, 0);
	u8 node, id;

	param->make(&cluster_core(c, 2)->config);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -EINVAL);
	KUNIT_EXPECT_EQ(test, node, 2);
	KUNIT_EXPECT_EQ(test, init_error(c, 2, &node), -EINVAL);
	/* And what all have alike is in force. */
	param->make(&cluster_core(c, 1)->config);
	param->make(&cluster_core(c, 3)->config);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
	for (id = 1; id <= 3; id++)
		KUNIT_EXPECT_TRUE(test, paxos_options_equal(options_of(c, id), options_of(c, 2)));
	cluster_decide(c, 1, 1, cluster_value(c->node[0], 1, 10));
}

/* One knows of a voter that the others do not. */
static void init_refuses_other_voters(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER,
		.member = { 9, PAXOS_ROLE_VOTER },
	};
	u8 node;

	cluster_do(c, 2, &ev);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -EINVAL);
	KUNIT_EXPECT_EQ(test, node, 2);
	ev.member.role = PAXOS_ROLE_LEARNER;
	cluster_do(c, 2, &ev);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), 0);
}

/* P14 */
static void init_refuses_unsafe_quorums(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	u8 node, id;

	for (id = 1; id <= 3; id++)
		cluster_core(c, id)->config.quorum_1 = 1;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), -EINVAL);
	for (id = 1; id <= 3; id++)
		cluster_core(c, id)->config.quorum_2 = 3;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
	KUNIT_EXPECT_NULL(test, paxos_quorum_check(&options_of(c, 1)->quorum));
}

static void init_is_run_at_a_voter(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 1);
	u8 node;

	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, init_error(c, 3, &node), -EINVAL);
	expect_state(test, c, 3, PAXOS_STATE_CONFIGURED);
}

/* A voter adopts, and votes once told that all have. */
static void nobody_votes_before_all_adopted(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	u8 id;

	cluster_pass(c, 100);
	c->cut[0] = paxos_node_bit(3);
	c->cut[1] = paxos_node_bit(3);
	KUNIT_EXPECT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 5000);
	expect_state(test, c, 1, PAXOS_STATE_ADOPTED);
	expect_state(test, c, 2, PAXOS_STATE_ADOPTED);
	expect_state(test, c, 3, PAXOS_STATE_CONFIGURED);
	for (id = 1; id <= 3; id++)
		KUNIT_EXPECT_NOT_NULL(test, paxos_core_why_not(cluster_core(c, id)));
	c->cut[0] = 0;
	cluster_pass(c, 3000);
	/* 3 heard of it from 1 alone, and 2 hears of 3. */
	expect_alive(test, c, 3);
}

struct storm {
	const char *desc;
	u64 losing;
	u32 drop_every;
	u32 twice_every;
	bool shuffle;
};

static const struct storm storms[] = {
	{ "INIT lost", BIT_ULL(PAXOS_WIRE_INIT), 0, 0, false },
	{ "HELLO lost", BIT_ULL(PAXOS_WIRE_HELLO), 0, 0, false },
	{ "one in two lost", 0, 2, 0, true },
	{ "all twice and reordered", 0, 0, 1, true },
};

KUNIT_ARRAY_PARAM_DESC(storms, storms, desc);

static void begins_in_spite_of(struct kunit *test)
{
	const struct storm *param = test->param_value;
	struct cluster *c = introduced(test, 5, 1);

	cluster_pass(c, 100);
	c->losing = param->losing;
	c->drop_every = param->drop_every;
	c->twice_every = param->twice_every;
	c->shuffle = param->shuffle;
	KUNIT_EXPECT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 3000);
	c->losing = 0;
	cluster_pass(c, 30000);
	expect_alive(test, c, 4);
	cluster_no_alarm(c);
}

/* P8: it comes back as another, and learns. */
static void who_lost_its_memory_is_mute(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *v = cluster_value(c->node[0], 1, 100);
	u8 node;

	cluster_decide(c, 1, 1, v);
	cluster_restart(c, 3);
	cluster_introduce(c, 3, 0);
	cluster_pass(c, 3000);
	expect_state(test, c, 3, PAXOS_STATE_MUTE);
	KUNIT_EXPECT_MEMEQ(test, cluster_core(c, 3)->identity, cluster_core(c, 1)->identity,
			   PAXOS_ID_BYTES);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 1);
	KUNIT_EXPECT_NOT_NULL(test, paxos_core_why_not(cluster_core(c, 3)));
	/* No init makes it a voter again. */
	KUNIT_EXPECT_EQ(test, init_error(c, 3, &node), -EEXIST);
	KUNIT_EXPECT_EQ(test, init_error(c, 1, &node), 0);
	cluster_pass(c, 3000);
	expect_state(test, c, 3, PAXOS_STATE_MUTE);
}

/* P8: with a majority gone the group does not live on in the rest. */
static void a_majority_that_lost_its_memory_decides_nothing(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);

	cluster_decide(c, 1, 1, cluster_value(c->node[0], 1, 100));
	cluster_restart(c, 2);
	cluster_restart(c, 3);
	cluster_introduce(c, 2, 0);
	cluster_introduce(c, 3, 0);
	cluster_pass(c, 3000);
	cluster_propose(c, 1, 2, cluster_value(c->node[0], 2, 100));
	cluster_pass(c, 5000);
	KUNIT_EXPECT_FALSE(test, c->node[0]->proposer.chosen);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 1);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->window.prefix, 1);
}

/* A node that was in none of it is told of the group, and of its log. */
static void a_late_learner_adopts_and_learns(struct kunit *test)
{
	struct cluster *c = introduced(test, 4, 1);
	u64 s;

	c->node[3]->down = true;
	cluster_pass(c, 100);
	cluster_init(c, 1);
	cluster_pass(c, 100);
	for (s = 1; s <= 20; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, 100));
	c->node[3]->down = false;
	cluster_pass(c, 5000);
	expect_state(test, c, 4, PAXOS_STATE_LEARNING);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 4)->window.prefix, 20);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 4)->window.hash, cluster_core(c, 1)->window.hash);
	/* And follows from then on. */
	cluster_decide(c, 2, 21, cluster_value(c->node[1], 21, 3000));
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 4)->window.prefix, 21);
}

/* A voter of another life is in the way, until it is deleted and added. */
static void two_lives_do_not_mix(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u8 node;

	cluster_decide(c, 1, 1, cluster_value(c->node[0], 1, 100));
	c->node[0]->down = true;
	cluster_restart(c, 2);
	cluster_restart(c, 3);
	cluster_introduce(c, 2, 0);
	cluster_introduce(c, 3, 0);
	cluster_pass(c, 100);
	c->node[0]->down = false;
	/* 1 is heard, and not listened to. */
	c->losing = BIT_ULL(PAXOS_WIRE_INIT);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, init_error(c, 2, &node), -EEXIST);
	KUNIT_EXPECT_EQ(test, node, 1);
	c->losing = 0;
	cluster_restart(c, 1);
	cluster_introduce(c, 1, 0);
	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, init_error(c, 2, &node), 0);
	cluster_pass(c, 3000);
	expect_alive(test, c, 3);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 0);
}

/* Node 2 of a group that begins, or lives. */
static struct paxos_msg *init_of(struct cluster *c, struct paxos_header *header, bool live)
{
	struct paxos_membership *m = kunit_kzalloc(c->test, sizeof(*m), GFP_KERNEL);
	struct paxos_msg *msg = kunit_kzalloc(c->test, sizeof(*msg), GFP_KERNEL);
	u8 id;

	KUNIT_ASSERT_NOT_NULL(c->test, m);
	KUNIT_ASSERT_NOT_NULL(c->test, msg);
	paxos_core_options(cluster_core(c, 2), &m->options);
	for (id = 1; id <= c->n; id++) {
		m->voter[id - 1].node = id;
		memcpy(m->voter[id - 1].incarnation, cluster_core(c, id)->config.incarnation,
		       PAXOS_ID_BYTES);
	}
	paxos_core_header(cluster_core(c, 2), header);
	paxos_membership_identity(m, CLUSTER_GROUP, header->identity);
	msg->type = PAXOS_WIRE_INIT;
	msg->init.options = m->options;
	memcpy(msg->init.voter, m->voter, sizeof(msg->init.voter));
	msg->init.live = live;
	return msg;
}

static enum paxos_reason hear(struct cluster *c, u8 id, const struct paxos_header *header,
			      const struct paxos_msg *msg)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { header, msg },
	};

	cluster_do(c, id, &ev);
	return ev.reason;
}

/* What the identity is made from is what it is checked against. */
static void a_forged_init_is_refused(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	struct paxos_header header, wrong;
	struct paxos_msg *msg;
	int i;

	cluster_pass(c, 100);
	msg = init_of(c, &header, false);
	for (i = 0; i < PAXOS_ID_BYTES; i++) {
		wrong = header;
		wrong.identity[i] ^= 1;
		KUNIT_EXPECT_EQ(test, hear(c, 1, &wrong, msg), PAXOS_REASON_IDENTITY);
	}
	msg->init.voter[2].incarnation[3] ^= 1;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_IDENTITY);
	msg->init.voter[2].incarnation[3] ^= 1;
	msg->init.options.window++;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_IDENTITY);
	msg->init.options.window--;
	msg->init.options.quorum.phase_2++;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_IDENTITY);
	msg->init.options.quorum.phase_2--;
	/* Who is not named can't have begun it. */
	wrong = header;
	wrong.incarnation[0]++;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &wrong, msg), PAXOS_REASON_INCARNATION);
	expect_state(test, c, 1, PAXOS_STATE_CONFIGURED);
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_OK);
	expect_state(test, c, 1, PAXOS_STATE_ADOPTED);
}

/* A voter adopts only what its own operator meant. */
static void a_voter_refuses_options_not_its_own(struct kunit *test)
{
	struct cluster *c = introduced(test, 3, 0);
	struct paxos_header header;
	struct paxos_msg *msg;

	cluster_pass(c, 100);
	msg = init_of(c, &header, false);
	cluster_core(c, 1)->config.window++;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_OPTIONS);
	expect_state(test, c, 1, PAXOS_STATE_CONFIGURED);
	cluster_core(c, 1)->config.window--;
	cluster_core(c, 1)->config.role = PAXOS_ROLE_LEARNER;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_OPTIONS);
	cluster_core(c, 1)->config.role = PAXOS_ROLE_VOTER;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_OK);
}

/* A life that has begun is not exchanged for another. */
static void another_identity_is_refused(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u8 identity[PAXOS_ID_BYTES];
	struct paxos_header header;
	struct paxos_msg *msg;

	memcpy(identity, cluster_core(c, 1)->identity, PAXOS_ID_BYTES);
	cluster_core(c, 3)->config.incarnation[5]++;
	msg = init_of(c, &header, true);
	cluster_core(c, 3)->config.incarnation[5]--;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_IDENTITY);
	KUNIT_EXPECT_MEMEQ(test, identity, cluster_core(c, 1)->identity, PAXOS_ID_BYTES);
	memset(msg, 0, sizeof(*msg));
	msg->type = PAXOS_WIRE_HELLO;
	msg->hello.state = PAXOS_STATE_VOTING;
	KUNIT_EXPECT_EQ(test, hear(c, 1, &header, msg), PAXOS_REASON_IDENTITY);
}

static void greets_every_second_and_asks_till_it_was_heard(struct kunit *test)
{
	struct cluster *c = introduced(test, 2, 0);
	u32 before;

	c->node[1]->down = true;
	cluster_pass(c, 5000);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_HELLO], 0);
	c->node[1]->down = false;
	cluster_pass(c, PAXOS_HELLO_MS);
	KUNIT_EXPECT_TRUE(test, paxos_core_peer(cluster_core(c, 1), 2)->heard);
	KUNIT_EXPECT_TRUE(test, paxos_core_peer(cluster_core(c, 2), 1)->heard);
	cluster_init(c, 1);
	cluster_pass(c, 3000);
	before = c->delivered[PAXOS_WIRE_HELLO];
	cluster_pass(c, 10 * PAXOS_HELLO_MS);
	/* Each once a second, and nobody asks any more. */
	KUNIT_EXPECT_GE(test, c->delivered[PAXOS_WIRE_HELLO] - before, 18);
	KUNIT_EXPECT_LE(test, c->delivered[PAXOS_WIRE_HELLO] - before, 22);
}

/* P21 */
static void another_hash_of_the_same_prefix_is_an_alarm(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 s, at;

	for (s = 1; s <= 5; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, 100));
	cluster_pass(c, 2000);
	cluster_trim(c, 1, 3, 0);
	cluster_pass(c, 2000);
	cluster_no_alarm(c);
	for (at = 3; at <= 5; at++) {
		struct paxos_msg msg = { .type = PAXOS_WIRE_HELLO };
		struct paxos_header header;

		paxos_core_header(cluster_core(c, 2), &header);
		msg.hello.state = PAXOS_STATE_VOTING;
		msg.hello.prefix = at;
		msg.hello.hash = paxos_window_find(&cluster_core(c, 2)->window, at)->hash;
		hear(c, 1, &header, &msg);
		KUNIT_EXPECT_EQ(test, c->node[0]->alarms, 0);
		msg.hello.hash++;
		hear(c, 1, &header, &msg);
		KUNIT_EXPECT_EQ(test, c->node[0]->alarms, 1);
		KUNIT_EXPECT_EQ(test, c->node[0]->alarm, PAXOS_ALARM_DIVERGENCE);
		c->node[0]->alarms = 0;
	}
}

/* Who agreed before a voter was added has not agreed to that. */
static void init_forgets_what_agreed_with_other_voters(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 3);
	struct paxos_event ev = { .type = PAXOS_EVENT_MEMBER };
	u8 id;

	/* 1 and 2 know of each other alone; 3 knows all. */
	for (id = 1; id <= 2; id++) {
		ev.member.node = 3 - id;
		ev.member.role = PAXOS_ROLE_VOTER;
		cluster_do(c, id, &ev);
	}
	cluster_introduce(c, 3, 0);
	cluster_pass(c, 100);
	c->cut[1] = paxos_node_bit(1);
	ev.member.node = 3;
	cluster_do(c, 1, &ev);
	cluster_pass(c, 100);
	KUNIT_EXPECT_NE(test, cluster_init(c, 1), 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->state, PAXOS_STATE_CONFIGURED);
}

/* An INIT of the life before, heard again. */
static void a_dead_life_is_not_adopted(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg *msg = kunit_kzalloc(test, sizeof(*msg), GFP_KERNEL);
	struct paxos_header header;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { &header, msg },
	};
	u8 id;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	msg->type = PAXOS_WIRE_INIT;
	paxos_core_header(cluster_core(c, 2), &header);
	msg->init.options = cluster_core(c, 2)->membership.options;
	memcpy(msg->init.voter, cluster_core(c, 2)->membership.voter, sizeof(msg->init.voter));
	msg->init.live = true;
	for (id = 1; id <= 3; id++)
		cluster_restart(c, id);
	for (id = 1; id <= 3; id++)
		cluster_introduce(c, id, 0);
	cluster_pass(c, 100);
	cluster_do(c, 1, &ev);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->state, PAXOS_STATE_CONFIGURED);
	KUNIT_EXPECT_EQ(test, cluster_init(c, 2), 0);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->state, PAXOS_STATE_VOTING);
}

static struct kunit_case genesis_cases[] = {
	KUNIT_CASE_PARAM(begins_with_all_its_voters, groups_gen_params),
	KUNIT_CASE_PARAM(an_init_may_be_repeated_anywhere, groups_gen_params),
	KUNIT_CASE(identity_does_not_follow_the_order_of_configuration),
	KUNIT_CASE(init_needs_every_voter),
	KUNIT_CASE(init_waits_for_no_learner),
	KUNIT_CASE_PARAM(init_refuses_voters_that_differ_in, differences_gen_params),
	KUNIT_CASE(init_refuses_other_voters),
	KUNIT_CASE(init_forgets_what_agreed_with_other_voters),
	KUNIT_CASE(init_refuses_unsafe_quorums),
	KUNIT_CASE(init_is_run_at_a_voter),
	KUNIT_CASE(nobody_votes_before_all_adopted),
	KUNIT_CASE_PARAM(begins_in_spite_of, storms_gen_params),
	KUNIT_CASE(who_lost_its_memory_is_mute),
	KUNIT_CASE(a_majority_that_lost_its_memory_decides_nothing),
	KUNIT_CASE(a_late_learner_adopts_and_learns),
	KUNIT_CASE(two_lives_do_not_mix),
	KUNIT_CASE(a_dead_life_is_not_adopted),
	KUNIT_CASE(a_forged_init_is_refused),
	KUNIT_CASE(a_voter_refuses_options_not_its_own),
	KUNIT_CASE(another_identity_is_refused),
	KUNIT_CASE(greets_every_second_and_asks_till_it_was_heard),
	KUNIT_CASE(another_hash_of_the_same_prefix_is_an_alarm),
	{}
};

static struct kunit_suite genesis_suite = {
	.name = "paxos_genesis",
	.exit = cluster_exit,
	.test_cases = genesis_cases,
};

kunit_test_suite(genesis_suite);
