// SPDX-License-Identifier: GPL-2.0
/* Catching up: what is asked for, of whom, and what is done when the answer does not come. */

#include "cluster.h"

#define MANY	1000	/* further behind than all asks reach */
#define MANY_OPEN	1024	/* and a window that takes it */

/* What the last step asked for, the how many-th. */
static struct paxos_out *asks(struct cluster_node *node, unsigned int nth)
{
	return cluster_out(node, PAXOS_WIRE_LEARN, nth);
}

static unsigned int n_asks(struct cluster_node *node)
{
	return cluster_outs(node, PAXOS_WIRE_LEARN);
}

static void expect_ask(struct kunit *test, struct cluster_node *node, unsigned int nth, u8 to,
		       u64 from, u64 upto)
{
	struct paxos_out *out = asks(node, nth);

	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(to));
	KUNIT_EXPECT_EQ(test, out->msg.learn.from, from);
	KUNIT_EXPECT_EQ(test, out->msg.learn.upto, upto);
}

static void hello(struct cluster_node *node, u8 from, u64 prefix, u64 trim)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_HELLO,
		.hello = { .prefix = prefix, .trim = trim, .state = PAXOS_STATE_VOTING },
	};

	paxos_core_options(&node->core, &msg.hello.options);
	msg.hello.highest = node->core.highest;
	cluster_hear(node, from, &msg);
}

/* One datagram of the answer to the LEARN that began at an instance. */
struct answer {
	u8 from;
	u64 asked;
	u64 first;
	u16 n;
	bool last;
	u64 prefix;
	u64 trim;
};

static enum paxos_reason answer(struct kunit *test, struct cluster_node *node,
				struct paxos_value *value, struct answer a)
{
	struct paxos_entry *entry = kunit_kcalloc(test, a.n + 1, sizeof(*entry), GFP_KERNEL);
	u8 *bytes = kunit_kmalloc(test, PAXOS_INLINE_MAX, GFP_KERNEL);
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_VALUES,
		.n_entries = a.n,
		.entry = entry,
		.values = {
			.prefix = a.prefix ? a.prefix : MANY,
			.trim = a.trim,
			.asked = (u32)a.asked,
			.last = a.last,
		},
	};
	u16 i;

	KUNIT_ASSERT_NOT_NULL(test, entry);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < a.n; i++) {
		if (value->length <= PAXOS_INLINE_MAX) {
			cluster_entry(&entry[i], a.first + i, value, bytes);
		} else {
			entry[i].instance = a.first + i;
			entry[i].id = value->id;
			entry[i].length = value->length;
			entry[i].kind = value->kind;
		}
		entry[i].chosen = true;
	}
	return cluster_hear(node, a.from ? a.from : 2, &msg);
}

/* An answer in one piece, to the LEARN that began with what it begins with. */
static enum paxos_reason whole(struct kunit *test, struct cluster_node *node,
			       struct paxos_value *value, u64 first, u16 n)
{
	const struct answer a = { .asked = first, .first = first, .n = n, .last = true };

	return answer(test, node, value, a);
}

/* A node with room for many. */
static struct cluster_node *roomy(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);

	node->core.window.size = MANY_OPEN;
	cluster_give(test, &node->pool, PAXOS_CHUNK_SMALL, MANY);
	cluster_give(test, &node->pool, PAXOS_CHUNK_MIDDLE, MANY / 10);
	cluster_give(test, &node->pool, PAXOS_CHUNK_PAGE, MANY / 10);
	return node;
}

/* Such a node, which hears how far another is. */
static struct cluster_node *late(struct kunit *test, u64 prefix)
{
	struct cluster_node *node = roomy(test);

	hello(node, 2, prefix, 0);
	return node;
}

/* P20: the next range at once when all of the last has come. */
static void asks_for_a_long_gap_in_slices(struct kunit *test)
{
	struct cluster_node *node = late(test, PAXOS_LEARN_MAX + 4);
	struct paxos_value *v = cluster_value(node, 1, 50);
	const u16 half = PAXOS_LEARN_MAX / 2;

	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 2, 1, PAXOS_LEARN_MAX);
	answer(test, node, v, (struct answer){ .asked = 1, .first = 1, .n = half });
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	/* Whether it is an answer or was told unasked. */
	answer(test, node, v, (struct answer){ .first = half + 1, .n = half });
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 2, PAXOS_LEARN_MAX + 1, 2 * PAXOS_LEARN_MAX);
}

/* And nothing more when all is here. */
static void asks_for_nothing_more(struct kunit *test)
{
	struct cluster_node *node = late(test, 10);
	const struct answer all = { .asked = 1, .first = 1, .n = 10, .last = true, .prefix = 10 };

	expect_ask(test, node, 0, 2, 1, 10);
	answer(test, node, cluster_value(node, 1, 50), all);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	KUNIT_EXPECT_EQ(test, paxos_catchup_deadline(&node->core), U64_MAX);
}

/* One more at a time while all goes well, and never more than so many. */
static void has_more_and_more_under_way(struct kunit *test)
{
	struct cluster_node *node = late(test, MANY);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 first = 1, next = PAXOS_LEARN_MAX + 1;
	unsigned int i, under_way = 1;

	for (i = 0; i < 6; i++) {
		whole(test, node, v, first, PAXOS_LEARN_MAX);
		first += PAXOS_LEARN_MAX;
		under_way += n_asks(node) - 1;
		for (; n_asks(node) && next <= asks(node, n_asks(node) - 1)->msg.learn.from;
		     next += PAXOS_LEARN_MAX)
			;
		KUNIT_EXPECT_EQ(test, under_way, min_t(unsigned int, i + 2, PAXOS_ASKS));
		KUNIT_EXPECT_EQ(test, next, first + under_way * PAXOS_LEARN_MAX);
	}
}

/* What the end of an answer finds missing was lost: that alone is asked for again. */
static void asks_again_for_what_was_lost(struct kunit *test)
{
	struct cluster_node *node = late(test, PAXOS_LEARN_MAX);
	struct paxos_value *v = cluster_value(node, 1, 50);
	const struct answer some = { .asked = 1, .first = 1, .n = 10, .prefix = PAXOS_LEARN_MAX };
	struct answer a = some;

	answer(test, node, v, a);
	a.first = 31;
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	a.first = 71;
	a.last = true;
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 2, 11, 30);
	/* The same end of an answer again is no reason to ask again. */
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	a.asked = 11;
	a.first = 11;
	a.n = 20;
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 2, 41, 70);
}

/* An answer ends where its datagrams do: the rest at once. */
static void goes_on_where_an_answer_ended(struct kunit *test)
{
	struct cluster_node *node = late(test, PAXOS_LEARN_MAX);
	struct paxos_value *v = cluster_value(node, 1, 1000);
	const u64 upto = asks(node, 0)->msg.learn.upto;

	answer(test, node, v, (struct answer){ .asked = 1, .first = 1, .n = 1 });
	answer(test, node, v, (struct answer){ .asked = 1, .first = 2, .n = 1, .last = true });
	expect_ask(test, node, 0, 2, 3, upto);
}

/* P34: an answer of no use is not asked for again before its time. */
static void waits_when_nothing_came_of_it(struct kunit *test)
{
	struct cluster_node *node = late(test, PAXOS_LEARN_MAX);
	struct paxos_value *v = cluster_value(node, 1, 50);
	u64 deadline = paxos_catchup_deadline(&node->core);

	v->id.digest++;
	KUNIT_EXPECT_EQ(test, whole(test, node, v, 1, 10), PAXOS_REASON_DIGEST);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	KUNIT_EXPECT_GE(test, paxos_catchup_deadline(&node->core), deadline);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 2, 1, PAXOS_LEARN_MAX);
}

/* P34: nor one that a full log refuses, though there is memory for others and more is wanted. */
static void waits_when_the_log_is_full(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 400);
	struct paxos_pool *pool = &node->pool;
	u64 deadline;

	node->core.window.size = MANY_OPEN;
	node->starved = true;
	cluster_give(test, pool, PAXOS_CHUNK_SMALL, PAXOS_LEARN_MAX);
	while (pool->n_free[PAXOS_CHUNK_MIDDLE])
		KUNIT_ASSERT_NOT_NULL(test, paxos_pool_reclaim(pool, PAXOS_CHUNK_MIDDLE));
	while (pool->n_free[PAXOS_CHUNK_SMALL] >= PAXOS_LEARN_MAX)
		KUNIT_ASSERT_NOT_NULL(test, paxos_pool_reclaim(pool, PAXOS_CHUNK_SMALL));
	pool->limit = pool->given;
	hello(node, 2, MANY, 0);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	KUNIT_ASSERT_EQ(test, n_asks(node), 1);
	/* As after answers that went well. */
	node->core.learning.width = PAXOS_ASKS;
	cluster_tick(node, node->core.now);
	deadline = paxos_catchup_deadline(&node->core);
	KUNIT_EXPECT_EQ(test, whole(test, node, v, 1, 2), PAXOS_REASON_FULL);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	/* Nor with what comes next, whatever it is. */
	cluster_tick(node, node->core.now);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	cluster_tick(node, max(deadline, paxos_catchup_deadline(&node->core)));
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
}

/* P34: nor what comes beside a long value that is on its way, and is no news. */
static void waits_while_a_long_one_comes(struct kunit *test)
{
	struct cluster_node *node = late(test, 2);
	struct paxos_value *v = cluster_value(node, 1, 2000);
	struct paxos_pool *pool = &node->pool;
	const struct answer a = { .asked = 1, .first = 1, .n = 2, .last = true };
	int class;

	KUNIT_EXPECT_EQ(test, whole(test, node, v, 1, 1), PAXOS_REASON_OK);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 2, 1, 2);
	node->starved = true;
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++)
		while (pool->n_free[class])
			KUNIT_ASSERT_NOT_NULL(test, paxos_pool_reclaim(pool, class));
	pool->limit = pool->given;
	KUNIT_EXPECT_EQ(test, answer(test, node, v, a), PAXOS_REASON_DUPLICATE);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	cluster_tick(node, node->core.now);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
}

/* Asked later and answered before it: its answer was lost. */
static void an_answer_that_was_overtaken_is_lost(struct kunit *test)
{
	struct cluster_node *node = late(test, MANY);
	struct paxos_value *v = cluster_value(node, 1, 50);
	const u16 all = PAXOS_LEARN_MAX;

	whole(test, node, v, 1, all);
	KUNIT_ASSERT_EQ(test, n_asks(node), 2);
	expect_ask(test, node, 0, 2, all + 1, 2 * all);
	expect_ask(test, node, 1, 2, 2 * all + 1, 3 * all);
	whole(test, node, v, 2 * all + 1, all);
	expect_ask(test, node, 0, 2, all + 1, 2 * all);
	/* And so less is asked for at a time. */
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
}

/* P5: what lies above the window could not be taken. */
static void asks_for_no_more_than_the_window(struct kunit *test)
{
	struct cluster_node *node = roomy(test);

	node->core.window.size = CLUSTER_WINDOW;
	hello(node, 2, MANY, 0);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 2, 1, CLUSTER_WINDOW);
}

/* P36: nor for more than there is memory for, until there is. */
static void asks_for_no_more_than_there_is_memory_for(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);
	struct paxos_pool *pool = &node->pool;
	u32 n;

	node->core.window.size = MANY_OPEN;
	node->starved = true;
	while (pool->n_free[PAXOS_CHUNK_SMALL] > 5)
		KUNIT_ASSERT_NOT_NULL(test, paxos_pool_reclaim(pool, PAXOS_CHUNK_SMALL));
	hello(node, 2, MANY, 0);
	/* More is to come, but it is not waited for without end. */
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 2, 1, 5);
	whole(test, node, v, 1, 5);
	expect_ask(test, node, 0, 2, 6, 6);
	KUNIT_EXPECT_EQ(test, whole(test, node, v, 6, 1), PAXOS_REASON_POOL_EMPTY);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	for (n = 0; n < PAXOS_CHUNK_CLASSES; n++)
		cluster_give(test, pool, n, paxos_pool_wants(pool, n));
	cluster_tick(node, node->core.now);
	expect_ask(test, node, 0, 2, 6, 6);
}

/* Long values come in parts, a few at a time, the lowest first. */
static void fetches_a_few_long_values_at_once(struct kunit *test)
{
	struct cluster_node *node = late(test, 40);
	struct paxos_value *v = cluster_value(node, 1, 2000);
	unsigned int i;

	answer(test, node, v, (struct answer){ .asked = 1, .first = 1, .n = 20 });
	answer(test, node, v, (struct answer){ .asked = 1, .first = 21, .n = 20, .last = true });
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	for (i = 1; i <= 40; i++) {
		struct paxos_slot *slot = paxos_window_find(&node->core.window, i);

		KUNIT_EXPECT_EQ(test, slot && slot->parts.flags, i <= PAXOS_FETCH_MAX);
	}
	/* One is here: another is asked for, and no more. */
	for (i = 0; i < 2; i++) {
		struct paxos_entry entry = {
			.instance = 1,
			.ballot = PAXOS_BALLOT_CHOSEN,
			.id = v->id,
			.length = v->length,
			.kind = v->kind,
			.carried = true,
			.bytes = paxos_value_unit(v, i),
		};
		struct paxos_msg msg = {
			.type = PAXOS_WIRE_PART,
			.n_entries = 1,
			.entry = &entry,
			.part.unit = (u8)i,
		};

		KUNIT_EXPECT_EQ(test, cluster_hear(node, 2, &msg), PAXOS_REASON_OK);
	}
	KUNIT_EXPECT_EQ(test, node->core.window.prefix, 1);
	expect_ask(test, node, 0, 2, PAXOS_FETCH_MAX + 1, PAXOS_FETCH_MAX + 1);
}

static void impatient(struct kunit *test, struct cluster_node *node)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_TIMING,
		.timing = { .heartbeat = 1, .timeout_min = 5, .timeout_max = 10 },
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(test, ev.error, 0);
}

/* Who looks for another leader sooner is answered sooner. */
static void asks_as_soon_as_the_group_is_impatient(struct kunit *test)
{
	struct cluster_node *node = roomy(test);

	impatient(test, node);
	hello(node, 2, 10, 0);
	expect_ask(test, node, 0, 2, 1, 10);
	cluster_tick(node, 4);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	cluster_tick(node, 5);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	cluster_tick(node, 14);
	KUNIT_EXPECT_EQ(test, n_asks(node), 0);
	cluster_tick(node, 15);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
}

/* One that answers at a pace is no silent one: it gets the time that it takes. */
static void who_answers_late_is_asked_late(struct kunit *test)
{
	struct cluster_node *node = roomy(test);
	struct paxos_value *v = cluster_value(node, 5, 1);
	struct answer a = { .asked = 1, .first = 1, .n = 10, .last = true };

	impatient(test, node);
	hello(node, 2, MANY, 0);
	expect_ask(test, node, 0, 2, 1, PAXOS_LEARN_MAX);
	cluster_tick(node, 5);
	expect_ask(test, node, 0, 2, 1, PAXOS_LEARN_MAX);
	cluster_tick(node, 8);
	/* It was asked at 0 first, whatever was asked since. */
	answer(test, node, v, a);
	expect_ask(test, node, 0, 2, 11, PAXOS_LEARN_MAX);
	KUNIT_EXPECT_EQ(test, paxos_catchup_deadline(&node->core), 8 + 2 * 8);
	cluster_tick(node, 10);
	a = (struct answer){ .asked = 11, .first = 11, .n = 10, .last = true };
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, paxos_catchup_deadline(&node->core), 10 + 5);
	/* But no longer than any group waits. */
	cluster_tick(node, 10 + 5);
	cluster_tick(node, 200);
	a = (struct answer){ .asked = 21, .first = 21, .n = 10, .last = true };
	answer(test, node, v, a);
	KUNIT_EXPECT_EQ(test, paxos_catchup_deadline(&node->core), 200 + PAXOS_RETRY_MS);
}

/* A silent member is not asked for ever, nor often. P38 */
static void asks_another_after_a_while(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	u64 now = 0, gap = 0, asked[2] = { };
	int i;

	hello(node, 2, 10, 0);
	hello(node, 3, 10, 0);
	for (i = 0; i < 12; i++) {
		u64 next = paxos_catchup_deadline(&node->core);
		struct paxos_out *out;

		KUNIT_ASSERT_GT(test, next, now);
		KUNIT_EXPECT_GE(test, next - now, min_t(u64, gap, PAXOS_RETRY_MAX_MS));
		KUNIT_EXPECT_LE(test, next - now, PAXOS_RETRY_MAX_MS);
		gap = next - now;
		hello(node, 2, 10, 0);
		hello(node, 3, 10, 0);
		cluster_tick(node, next - 1);
		KUNIT_EXPECT_EQ(test, n_asks(node), 0);
		now = next;
		cluster_tick(node, now);
		out = asks(node, 0);
		KUNIT_ASSERT_NOT_NULL(test, out);
		asked[out->to == paxos_node_bit(3)]++;
	}
	KUNIT_EXPECT_EQ(test, gap, PAXOS_RETRY_MAX_MS);
	KUNIT_EXPECT_EQ(test, asked[0], 6);
	KUNIT_EXPECT_EQ(test, asked[1], 6);
}

/* Who answers and loses something is not silent; who then says nothing is. */
static void stays_with_who_answers(struct kunit *test)
{
	struct cluster_node *node = late(test, PAXOS_LEARN_MAX);
	struct paxos_value *v = cluster_value(node, 1, 50);

	hello(node, 3, PAXOS_LEARN_MAX, 0);
	answer(test, node, v, (struct answer){ .asked = 1, .first = 1, .n = 10 });
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 2, 11, PAXOS_LEARN_MAX);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 3, 11, PAXOS_LEARN_MAX);
}

/* Whoever leads has work of its own: much is asked of another, if there is one. */
static void spares_the_leader(struct kunit *test)
{
	struct cluster_node *node = roomy(test);
	struct paxos_value *v = cluster_value(node, 1, 50);

	node->core.highest = paxos_ballot_make(4, 2, true);
	hello(node, 2, 1, 0);
	expect_ask(test, node, 0, 2, 1, 1);
	hello(node, 3, MANY, 0);
	hello(node, 2, MANY, 0);
	whole(test, node, v, 1, 1);
	KUNIT_ASSERT_NOT_NULL(test, asks(node, 0));
	KUNIT_EXPECT_EQ(test, asks(node, 0)->to, paxos_node_bit(3));
	/* Not if that is silent. */
	hello(node, 2, MANY, 0);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	KUNIT_ASSERT_NOT_NULL(test, asks(node, 0));
	KUNIT_EXPECT_EQ(test, asks(node, 0)->to, paxos_node_bit(2));
}

/* Who was asked is a member no more: nothing is sent there, and another is asked. */
static void asks_nobody_who_left(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MEMBER,
		.member = { .node = 9, .role = PAXOS_ROLE_LEARNER },
	};
	unsigned int i, n = 0;

	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
	hello(node, 9, 10, 0);
	expect_ask(test, node, 0, 9, 1, 10);
	ev.type = PAXOS_EVENT_MEMBER_GONE;
	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
	for (i = 0; i < 3; i++) {
		cluster_tick(node, paxos_catchup_deadline(&node->core));
		n += n_asks(node);
	}
	KUNIT_EXPECT_EQ(test, n, 0);
	hello(node, 3, 10, 0);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 3, 1, 10);
}

/* The only one that had it is gone: whoever is ahead says where the log begins. */
static void asks_who_is_ahead_when_nobody_has_it(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);

	hello(node, 2, 10, 0);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	cluster_tick(node, PAXOS_SILENT_MS + 1000);
	hello(node, 3, 10, 6);
	cluster_tick(node, paxos_catchup_deadline(&node->core));
	expect_ask(test, node, 0, 3, 1, 10);
}

/* Trimmed there, and not elsewhere: asked for there at once. P22 */
static void asks_who_has_not_trimmed(struct kunit *test)
{
	struct cluster_node *node = late(test, 10);
	const struct answer none = { .asked = 1, .last = true, .prefix = 10, .trim = 4 };

	expect_ask(test, node, 0, 2, 1, 10);
	hello(node, 3, 10, 0);
	KUNIT_EXPECT_EQ(test, answer(test, node, cluster_value(node, 1, 50), none),
			PAXOS_REASON_TRIMMED);
	KUNIT_EXPECT_EQ(test, n_asks(node), 1);
	expect_ask(test, node, 0, 3, 1, 10);
}

/* Numbers come to an end: what it asks for does not begin again below. */
static void asks_for_no_more_than_there_can_be(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 3);
	struct paxos_value *v = cluster_value(node, 1, 50);

	hello(node, 2, U64_MAX - 1, U64_MAX - 9);
	answer(test, node, v, (struct answer){ .prefix = U64_MAX - 1, .trim = U64_MAX - 9 });
	KUNIT_ASSERT_EQ(test, node->core.window.prefix, U64_MAX - 9);
	expect_ask(test, node, 0, 2, U64_MAX - 8, U64_MAX - 1);
}

static struct kunit_case catchup_cases[] = {
	KUNIT_CASE(asks_for_a_long_gap_in_slices),
	KUNIT_CASE(asks_for_nothing_more),
	KUNIT_CASE(has_more_and_more_under_way),
	KUNIT_CASE(asks_again_for_what_was_lost),
	KUNIT_CASE(goes_on_where_an_answer_ended),
	KUNIT_CASE(waits_when_nothing_came_of_it),
	KUNIT_CASE(waits_when_the_log_is_full),
	KUNIT_CASE(waits_while_a_long_one_comes),
	KUNIT_CASE(an_answer_that_was_overtaken_is_lost),
	KUNIT_CASE(asks_for_no_more_than_the_window),
	KUNIT_CASE(asks_for_no_more_than_there_is_memory_for),
	KUNIT_CASE(fetches_a_few_long_values_at_once),
	KUNIT_CASE(asks_as_soon_as_the_group_is_impatient),
	KUNIT_CASE(who_answers_late_is_asked_late),
	KUNIT_CASE(asks_another_after_a_while),
	KUNIT_CASE(stays_with_who_answers),
	KUNIT_CASE(spares_the_leader),
	KUNIT_CASE(asks_nobody_who_left),
	KUNIT_CASE(asks_who_is_ahead_when_nobody_has_it),
	KUNIT_CASE(asks_who_has_not_trimmed),
	KUNIT_CASE(asks_for_no_more_than_there_can_be),
	{}
};

static struct kunit_suite catchup_suite = {
	.name = "paxos_catchup",
	.exit = cluster_exit,
	.test_cases = catchup_cases,
};

kunit_test_suite(catchup_suite);
