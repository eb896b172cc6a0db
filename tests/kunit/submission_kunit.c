// SPDX-License-Identifier: GPL-2.0
/* Submissions: from any node to the leader, in order, and back through the log. */

#include "cluster.h"

#define OWNER	(CLUSTER_OWNER + 1)
#define MANY	60

static struct paxos_submission *done(struct cluster *c, u8 id, u32 nth)
{
	struct cluster_node *node = c->node[id - 1];

	KUNIT_ASSERT_LT(c->test, nth, node->n_done);
	return node->done[nth];
}

/* All of them in the log once, in order, from one instance on; and their owner knows. */
static void in_order(struct cluster *c, u8 id, struct paxos_value **value, u32 n, u64 first)
{
	u32 i;

	KUNIT_EXPECT_EQ(c->test, c->node[id - 1]->n_done, n);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_TRUE(c->test, cluster_has_chosen(c, id, first + i, value[i]));
		KUNIT_EXPECT_EQ(c->test, done(c, id, i)->instance, first + i);
		KUNIT_EXPECT_EQ(c->test, done(c, id, i)->owner, OWNER);
	}
	KUNIT_EXPECT_EQ(c->test, cluster_core(c, id)->submissions.count, 0);
	cluster_no_alarm(c);
}

static void from_any_node_in_one_hop(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[9];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_values(c, 2, value, 9, 64);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 9), 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 9);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_SUBMIT], 1);
	cluster_pass(c, PAXOS_TELL_MS);
	in_order(c, 2, value, 9, 1);
	/* What the own learner knows needs no answer, and goes to nobody again. */
	cluster_pass(c, 100);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_SUBMIT], 1);
}

static void at_the_leader_without_a_hop(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[MANY];

	cluster_lead(c, 1);
	cluster_values(c, 1, value, MANY, 64);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, MANY), 0);
	cluster_pass(c, 5);
	in_order(c, 1, value, MANY, 1);
	KUNIT_EXPECT_EQ(test, c->delivered[PAXOS_WIRE_SUBMIT], 0);
}

static void waits_for_a_leader(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[3];

	cluster_values(c, 2, value, 3, 64);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 3), 0);
	cluster_pass(c, 500);
	KUNIT_EXPECT_EQ(test, c->node[1]->n_done, 0);
	cluster_lead(c, 3);
	cluster_pass(c, 20);
	in_order(c, 2, value, 3, 1);
}

/* Lost, repeated and out of order: taken in order, and once. */
static void order_survives_the_network(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[MANY];
	u32 i;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	c->drop_every = 4;
	c->twice_every = 4;
	c->shuffle = true;
	c->seed = 11;
	cluster_values(c, 2, value, MANY, 300);
	for (i = 0; i < MANY; i += 4) {
		KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, &value[i], 4), 0);
		cluster_settle(c);
	}
	cluster_pass(c, 2500);
	in_order(c, 2, value, MANY, 1);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, MANY + 1);
}

static void long_values_too(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[6];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_values(c, 2, value, 6, 20000);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 6), 0);
	cluster_pass(c, 100);
	in_order(c, 2, value, 6, 1);
}

static void long_values_in_a_bad_network(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[8];
	u32 i;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	c->drop_every = 5;
	c->seed = 3;
	for (i = 0; i < 8; i++)
		value[i] = cluster_value(c->node[1], (u8)(i + 1), i % 2 ? 9000 : 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 8), 0);
	cluster_pass(c, 2500);
	in_order(c, 2, value, 8, 1);
}

static void sent_again_to_the_next_leader(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[MANY];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_values(c, 2, value, MANY, 64);
	/* The leader hears of them and can tell nobody. */
	c->cut[0] = ~0ULL;
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, MANY), 0);
	cluster_settle(c);
	KUNIT_EXPECT_GT(test, cluster_core(c, 1)->grant.next, 40);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 0);
	cluster_pass(c, 200);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->leader.ballot, 0);
	cluster_lead(c, 3);
	cluster_pass(c, 50);
	in_order(c, 2, value, MANY, 1);
}

/* The leader's window is full of what gets no votes. */
static void a_full_leader_is_waited_for(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[CLUSTER_WINDOW], *more[4];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	cluster_values(c, 1, value, CLUSTER_WINDOW, 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, CLUSTER_WINDOW), 0);
	cluster_pass(c, 2);
	cluster_values(c, 2, more, 4, 20);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, more, 4), 0);
	cluster_settle(c);
	KUNIT_EXPECT_TRUE(test, cluster_core(c, 2)->submissions.full);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, CLUSTER_WINDOW + 1);
	c->losing = 0;
	cluster_pass(c, 200);
	in_order(c, 2, more, 4, CLUSTER_WINDOW + 1);
}

/* While a member found no room the leader's own values leave it some. */
static void the_leader_leaves_room_to_others(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[CLUSTER_WINDOW], *more[1];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_values(c, 1, value, CLUSTER_WINDOW, 10);
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, 20), 0);
	cluster_core(c, 1)->grant.crowded_at = c->now;
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, &value[20], 44), 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 3 * CLUSTER_WINDOW / 4 + 1);
	cluster_values(c, 2, more, 1, 20);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, more, 1), 0);
	cluster_settle(c);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 3 * CLUSTER_WINDOW / 4 + 2);
}

static void what_cannot_be_is_refused(struct kunit *test)
{
	struct cluster *c = cluster_new(test, 3);
	struct paxos_value *value[CLUSTER_WINDOW + 1];

	cluster_values(c, 1, value, 1, 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, 1), -EPERM);
	c = cluster_born(test, 3);
	cluster_values(c, 1, value, CLUSTER_WINDOW, 10);
	value[CLUSTER_WINDOW] = value[0];
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, CLUSTER_WINDOW + 1), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, CLUSTER_WINDOW - 1), 0);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, value, 1), -EEXIST);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, &value[CLUSTER_WINDOW - 1], 2), -EAGAIN);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 1, OWNER, &value[CLUSTER_WINDOW - 1], 1), 0);
}

/* A part fits the value that was named, or it is none of it. */
static void parts_are_of_what_was_named(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_entry entry = { .kind = PAXOS_KIND_VALUE, .length = 1500 };
	struct paxos_value *v = cluster_value(c->node[1], 1, 1500);
	struct paxos_value *longer = cluster_value(c->node[1], 2, 4000);
	struct paxos_msg named = { .type = PAXOS_WIRE_SUBMIT, .n_entries = 1, .entry = &entry };
	struct paxos_msg part = { .type = PAXOS_WIRE_PART, .n_entries = 1, .entry = &entry };
	struct paxos_core *core = cluster_core(c, 1);

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	entry.id = v->id;
	named.submit.ballot = core->grant.ballot;
	named.submit.number = core->inbox[1].expected;
	named.submit.base = named.submit.number;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &named), PAXOS_REASON_OK);
	KUNIT_ASSERT_EQ(test, core->inbox[1].missing, 3);
	entry.ballot = core->grant.ballot;
	entry.carried = true;
	part.part.unit = 1;
	/* Its second unit is a whole one: it would be written beyond the end. */
	entry.length = longer->length;
	entry.bytes = paxos_value_unit(longer, 1);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_FIELD);
	entry.length = v->length;
	entry.bytes = paxos_value_unit(v, 1);
	entry.kind = PAXOS_KIND_CLOSE;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_FIELD);
	entry.kind = PAXOS_KIND_VALUE;
	entry.id = longer->id;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_UNWANTED);
	KUNIT_EXPECT_EQ(test, core->inbox[1].missing, 3);
	entry.id = v->id;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].missing, 1);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_DUPLICATE);
	part.part.unit = 0;
	entry.bytes = paxos_value_unit(v, 0);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, &part), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].expected, named.submit.number + 1);
}

static void who_left_is_told_nothing(struct kunit *test)
{
	struct paxos_event gone = { .type = PAXOS_EVENT_DROP_OWNER, .drop.owner = OWNER };
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[6];

	cluster_values(c, 2, value, 6, 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 3), 0);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER + 1, &value[3], 3), 0);
	cluster_do(c, 2, &gone);
	KUNIT_EXPECT_EQ(test, c->node[1]->n_done, 3);
	KUNIT_EXPECT_EQ(test, done(c, 2, 0)->owner, 0);
	KUNIT_EXPECT_EQ(test, done(c, 2, 0)->instance, 0);
	cluster_lead(c, 1);
	cluster_pass(c, 20);
	KUNIT_EXPECT_EQ(test, c->node[1]->n_done, 6);
	KUNIT_EXPECT_EQ(test, done(c, 2, 3)->owner, OWNER + 1);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 2, done(c, 2, 3)->instance, value[3]));
}

/* What is decided while it waits, or given up, leaves a gap that the leader passes. */
static void a_gap_that_is_withdrawn_is_passed(struct kunit *test)
{
	struct paxos_event gone = { .type = PAXOS_EVENT_DROP_OWNER, .drop.owner = OWNER + 1 };
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[6];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_values(c, 2, value, 6, 10);
	c->losing = BIT_ULL(PAXOS_WIRE_SUBMIT);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 2), 0);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER + 1, &value[2], 2), 0);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, &value[4], 2), 0);
	cluster_settle(c);
	cluster_do(c, 2, &gone);
	c->losing = 0;
	cluster_pass(c, 200);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->window.prefix, 4);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 2, 3, value[4]));
}

/* Another life of the node counts anew, to a leader that counts on. */
static void a_node_that_comes_back_is_heard_anew(struct kunit *test)
{
	struct paxos_event renew = { .type = PAXOS_EVENT_RENEW };
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value[30];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	renew.grant.owner = CLUSTER_OWNER;
	renew.grant.ballot = cluster_core(c, 1)->grant.ballot;
	cluster_values(c, 2, value, 20, 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 20), 0);
	cluster_pass(c, 5);
	KUNIT_EXPECT_EQ(test, c->node[1]->n_done, 20);
	cluster_restart(c, 2);
	cluster_introduce(c, 2, 0);
	cluster_pass(c, 1500);
	cluster_do(c, 1, &renew);
	KUNIT_ASSERT_EQ(test, renew.error, 0);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->state, PAXOS_STATE_MUTE);
	cluster_values(c, 2, value, 30, 20);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 30), 0);
	cluster_pass(c, 200);
	KUNIT_EXPECT_EQ(test, c->node[1]->n_done, 50);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 1, 50, value[29]));
	cluster_no_alarm(c);
}

/* Not on the stack, of which a case has too little for a few messages. */
static struct paxos_msg *submitted(struct cluster *c, struct paxos_entry *entry, u16 n)
{
	const struct paxos_core *core = cluster_core(c, 1);
	struct paxos_msg *msg = kunit_kzalloc(c->test, sizeof(*msg), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(c->test, msg);
	msg->type = PAXOS_WIRE_SUBMIT;
	msg->n_entries = n;
	msg->entry = entry;
	msg->submit.ballot = core->grant.ballot;
	msg->submit.number = core->inbox[1].expected;
	msg->submit.base = core->inbox[1].expected;
	return msg;
}

/* What comes behind a value whose bytes do not is not taken before these are there. */
static void a_long_one_holds_up_those_behind(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_core *core = cluster_core(c, 1);
	struct paxos_entry entry[4];
	struct paxos_value *value[4];
	struct paxos_msg *msg;
	u8 bytes[4][16];
	u64 first;
	u32 i;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	for (i = 0; i < 4; i++) {
		value[i] = cluster_value(c->node[1], (u8)(i + 1), i == 2 ? 1500 : 16);
		cluster_entry(&entry[i], 0, value[i], i == 2 ? NULL : bytes[i]);
	}
	msg = submitted(c, entry, 4);
	first = msg->submit.number;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].expected, first + 2);
	KUNIT_EXPECT_EQ(test, core->grant.next, 3);
	/* Again: of the two that are known nothing is taken, the third is waited for. */
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].missing, 3);
	KUNIT_EXPECT_EQ(test, core->inbox[1].expected, first + 2);
	KUNIT_EXPECT_EQ(test, core->grant.next, 3);
}

/* The one that was waited for was given up: another has its number. */
static void another_long_one_takes_its_place(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_core *core = cluster_core(c, 1);
	struct paxos_value *one = cluster_value(c->node[1], 1, 1500);
	struct paxos_value *other = cluster_value(c->node[1], 2, 3000);
	struct paxos_entry entry;
	struct paxos_msg *msg;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_entry(&entry, 0, one, NULL);
	msg = submitted(c, &entry, 1);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].missing, 3);
	cluster_entry(&entry, 0, other, NULL);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->inbox[1].missing, 7);
	KUNIT_ASSERT_NOT_NULL(test, core->inbox[1].value);
	KUNIT_EXPECT_EQ(test, core->inbox[1].value->length, 3000);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&core->inbox[1].value->id, &other->id));
}

/* P5: what finds no room in the leader's log is not taken, and its sender is told. */
static void a_full_log_takes_nothing(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_core *core = cluster_core(c, 1);
	struct paxos_value *value = cluster_value(c->node[1], 1, 16);
	struct paxos_pool *pool = &c->node[0]->pool;
	void **chunk = kunit_kcalloc(test, 1024, sizeof(*chunk), GFP_KERNEL);
	struct paxos_entry entry;
	struct paxos_msg *msg;
	struct paxos_out *out;
	u64 limit, first;
	u8 bytes[16];
	u32 n = 0;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_entry(&entry, 0, value, bytes);
	msg = submitted(c, &entry, 1);
	first = msg->submit.number;
	limit = pool->limit;
	KUNIT_ASSERT_NOT_NULL(test, chunk);
	c->node[0]->starved = true;
	while (n < 1024 && (chunk[n] = paxos_pool_take(pool, PAXOS_CHUNK_SMALL)))
		n++;
	pool->limit = pool->given;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_FULL);
	out = cluster_out(c->node[0], PAXOS_WIRE_SUBMIT, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2));
	KUNIT_EXPECT_TRUE(test, out->msg.submit.answer && out->msg.submit.full);
	KUNIT_EXPECT_EQ(test, out->msg.submit.number, first);
	KUNIT_EXPECT_EQ(test, core->grant.next, 1);
	pool->limit = limit;
	while (n)
		paxos_pool_put(pool, PAXOS_CHUNK_SMALL, chunk[--n]);
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[0], 2, msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, core->grant.next, 2);
}

/* What an earlier life of a node had under way is nothing that it waits for. */
static void an_earlier_life_submits_nothing(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value = cluster_value(c->node[1], 1, 16);
	struct paxos_header header;
	struct paxos_entry entry;
	struct paxos_msg *msg;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { .header = &header },
	};
	u8 bytes[16];

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	cluster_entry(&entry, 0, value, bytes);
	msg = submitted(c, &entry, 1);
	cluster_header(c->node[0], 2, &header);
	ev.message.msg = msg;
	header.type = msg->type;
	header.boot--;
	cluster_step(c->node[0], &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_INCARNATION);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 1);
	header.boot++;
	cluster_step(c->node[0], &ev);
	KUNIT_EXPECT_EQ(test, ev.reason, PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 1)->grant.next, 2);
}

/* What the leader holds is the leader's to say, and can be nothing that was never sent. */
static void believes_its_leader_alone(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_msg msg = { .type = PAXOS_WIRE_SUBMIT };
	struct paxos_submissions *all;
	struct paxos_value *value[4];
	u64 held;

	cluster_lead(c, 1);
	cluster_pass(c, 1);
	c->losing = BIT_ULL(PAXOS_WIRE_SUBMIT);
	cluster_values(c, 2, value, 4, 10);
	KUNIT_EXPECT_EQ(test, cluster_submit(c, 2, OWNER, value, 4), 0);
	cluster_settle(c);
	all = &cluster_core(c, 2)->submissions;
	held = all->held;
	msg.submit.answer = true;
	msg.submit.ballot = all->ballot;
	msg.submit.number = held + 2;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 3, &msg), PAXOS_REASON_STALE);
	msg.submit.ballot--;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &msg), PAXOS_REASON_STALE);
	msg.submit.ballot = all->ballot;
	msg.submit.number = U64_MAX / 2 + 1;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &msg), PAXOS_REASON_FIELD);
	KUNIT_EXPECT_EQ(test, all->held, held);
	msg.submit.number = held + 2;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &msg), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, all->held, held + 2);
	msg.submit.number = held + 1;
	KUNIT_EXPECT_EQ(test, cluster_hear(c->node[1], 1, &msg), PAXOS_REASON_STALE);
	KUNIT_EXPECT_EQ(test, all->held, held + 2);
}

static struct kunit_case submission_cases[] = {
	KUNIT_CASE(from_any_node_in_one_hop),
	KUNIT_CASE(at_the_leader_without_a_hop),
	KUNIT_CASE(waits_for_a_leader),
	KUNIT_CASE(order_survives_the_network),
	KUNIT_CASE(long_values_too),
	KUNIT_CASE(long_values_in_a_bad_network),
	KUNIT_CASE(sent_again_to_the_next_leader),
	KUNIT_CASE(a_full_leader_is_waited_for),
	KUNIT_CASE(the_leader_leaves_room_to_others),
	KUNIT_CASE(what_cannot_be_is_refused),
	KUNIT_CASE(parts_are_of_what_was_named),
	KUNIT_CASE(who_left_is_told_nothing),
	KUNIT_CASE(a_gap_that_is_withdrawn_is_passed),
	KUNIT_CASE(a_node_that_comes_back_is_heard_anew),
	KUNIT_CASE(a_long_one_holds_up_those_behind),
	KUNIT_CASE(another_long_one_takes_its_place),
	KUNIT_CASE(a_full_log_takes_nothing),
	KUNIT_CASE(an_earlier_life_submits_nothing),
	KUNIT_CASE(believes_its_leader_alone),
	{}
};

static struct kunit_suite submission_suite = {
	.name = "paxos_submission",
	.exit = cluster_exit,
	.test_cases = submission_cases,
};

kunit_test_suite(submission_suite);
