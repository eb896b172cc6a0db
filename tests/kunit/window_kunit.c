// SPDX-License-Identifier: GPL-2.0
/* The window: it refuses, never evicts, and no two instances share a slot. P5 */

#include "cluster.h"

#define SPAN	(4 * (u32)PAXOS_SLOTS_PER_PAGE)

static const u8 identity[PAXOS_ID_BYTES] = "an identity here";

struct bed {
	struct paxos_pool pool;
	struct paxos_window w;
	struct paxos_slot *dir[8];
	struct paxos_slot *longer[16];
	struct paxos_value *value[2 * SPAN];
};

/* A ring of eight pages, a window of four. */
static int window_init(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	if (!bed)
		return -ENOMEM;
	test->priv = bed;
	paxos_pool_init(&bed->pool, 1 << 20);
	cluster_give(test, &bed->pool, PAXOS_CHUNK_SMALL, 2 * SPAN);
	cluster_give(test, &bed->pool, PAXOS_CHUNK_PAGE, 24);
	paxos_window_init(&bed->w, &bed->pool, bed->dir, ARRAY_SIZE(bed->dir));
	bed->w.size = SPAN;
	bed->w.bytes = 10000;
	return 0;
}

static void window_exit(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int i;

	paxos_window_clear(&bed->w);
	for (i = 0; i < ARRAY_SIZE(bed->value); i++)
		paxos_value_put(bed->value[i]);
	paxos_pool_drain(&bed->pool);
	KUNIT_EXPECT_EQ(test, bed->pool.used, 0);
}

static struct paxos_slot *slot_of(struct kunit *test, u64 instance)
{
	struct bed *bed = test->priv;
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_slot *slot = paxos_window_slot(&bed->w, instance, &reason);

	KUNIT_ASSERT_NOT_NULL_MSG(test, slot, "instance %llu: %s", (unsigned long long)instance,
				  paxos_reason_name(reason));
	KUNIT_EXPECT_EQ(test, slot->instance, instance);
	return slot;
}

static void expect_refused(struct kunit *test, u64 instance, enum paxos_reason expected)
{
	struct bed *bed = test->priv;
	enum paxos_reason reason = PAXOS_REASON_OK;

	KUNIT_EXPECT_NULL(test, paxos_window_slot(&bed->w, instance, &reason));
	KUNIT_EXPECT_EQ(test, reason, expected);
}

/* The nth value of a test, of as many bytes as are asked for the first time. */
static struct paxos_value *value_of(struct kunit *test, unsigned int n, u32 length)
{
	struct bed *bed = test->priv;

	KUNIT_ASSERT_LT(test, n, ARRAY_SIZE(bed->value));
	if (!bed->value[n]) {
		bed->value[n] = paxos_value_alloc(&bed->pool, length, PAXOS_KIND_VALUE, NULL);
		KUNIT_ASSERT_NOT_NULL(test, bed->value[n]);
		bed->value[n]->id.client = n + 1;
		bed->value[n]->id.digest = 1000 + n;
	}
	return bed->value[n];
}

static void choose(struct kunit *test, u64 first, u64 last)
{
	struct bed *bed = test->priv;
	u64 s;

	for (s = first; s <= last; s++) {
		paxos_window_set_chosen(&bed->w, slot_of(test, s),
					value_of(test, (s - 1) % (2 * SPAN), 10));
		paxos_window_advance(&bed->w, identity);
	}
	KUNIT_EXPECT_EQ(test, bed->w.prefix, last);
}

static void reap_all(struct kunit *test)
{
	struct bed *bed = test->priv;
	int i;

	for (i = 0; paxos_window_reap(&bed->w, 1); i++)
		KUNIT_ASSERT_LT(test, i, 1000);
}

static void nothing_is_known_at_first(struct kunit *test)
{
	struct bed *bed = test->priv;

	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, 0));
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, 1));
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, U64_MAX));
	KUNIT_EXPECT_EQ(test, bed->pool.used, 0);
}

/* Instance 0 is none: it is trimmed from the start. */
static void refuses_what_is_outside(struct kunit *test)
{
	expect_refused(test, 0, PAXOS_REASON_TRIMMED);
	expect_refused(test, SPAN + 1, PAXOS_REASON_WINDOW);
	expect_refused(test, U64_MAX, PAXOS_REASON_WINDOW);
	slot_of(test, 1);
	slot_of(test, SPAN);
	choose(test, 1, 1);
	slot_of(test, SPAN + 1);
	expect_refused(test, SPAN + 2, PAXOS_REASON_WINDOW);
	choose(test, 2, 2);
	paxos_window_trim(&((struct bed *)test->priv)->w, 2);
	expect_refused(test, 1, PAXOS_REASON_TRIMMED);
	expect_refused(test, 2, PAXOS_REASON_TRIMMED);
	slot_of(test, 3);
}

/* Written to at once, and read back when all others were written. */
static void no_two_instances_share_a_slot(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 s;

	for (s = SPAN; s; s--)
		slot_of(test, s)->nonce = ~s;
	for (s = 1; s <= SPAN; s++) {
		struct paxos_slot *slot = paxos_window_find(&bed->w, s);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->instance, s);
		KUNIT_EXPECT_EQ(test, slot->nonce, ~s);
		KUNIT_EXPECT_PTR_EQ(test, slot, slot_of(test, s));
	}
}

/* Many times around the ring, trimming behind. */
static void the_ring_is_used_again(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 s;

	for (s = 1; s <= 40 * SPAN; s++) {
		struct paxos_slot *slot = slot_of(test, s);

		KUNIT_ASSERT_EQ(test, slot->vbal, 0);
		KUNIT_ASSERT_EQ(test, slot->promised, 0);
		KUNIT_ASSERT_NULL(test, slot->chosen);
		slot->promised = s;
		choose(test, s, s);
		if (s % 7 == 0 && s > SPAN)
			paxos_window_trim(&bed->w, s - SPAN);
		paxos_window_reap(&bed->w, 1);
	}
	KUNIT_EXPECT_GE(test, bed->pool.n_free[PAXOS_CHUNK_PAGE], 24 - ARRAY_SIZE(bed->dir));
	for (s = bed->w.trim + 1; s <= bed->w.prefix; s++) {
		struct paxos_slot *slot = paxos_window_find(&bed->w, s);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->promised, s);
	}
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, bed->w.trim));
}

/* A ring that nobody trims is full: it refuses, and what it holds stays. */
static void never_evicts(struct kunit *test)
{
	struct bed *bed = test->priv;
	const u64 last = ARRAY_SIZE(bed->dir) * PAXOS_SLOTS_PER_PAGE;
	u64 s;

	choose(test, 1, last);
	expect_refused(test, last + 1, PAXOS_REASON_POOL_EMPTY);
	for (s = 1; s <= last; s++) {
		struct paxos_slot *slot = paxos_window_find(&bed->w, s);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->instance, s);
		KUNIT_EXPECT_NOT_NULL(test, slot->chosen);
	}
	paxos_window_trim(&bed->w, PAXOS_SLOTS_PER_PAGE);
	reap_all(test);
	slot_of(test, last + 1);
}

static void an_empty_pool_refuses(struct kunit *test)
{
	struct bed *bed = test->priv;
	void *page[32];
	int n = 0;

	slot_of(test, 1);
	while ((page[n] = paxos_pool_take(&bed->pool, PAXOS_CHUNK_PAGE)))
		n++;
	slot_of(test, PAXOS_SLOTS_PER_PAGE);
	expect_refused(test, PAXOS_SLOTS_PER_PAGE + 1, PAXOS_REASON_POOL_EMPTY);
	bed->pool.limit = bed->pool.given;
	expect_refused(test, PAXOS_SLOTS_PER_PAGE + 1, PAXOS_REASON_FULL);
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, PAXOS_SLOTS_PER_PAGE + 1));
	while (n)
		paxos_pool_put(&bed->pool, PAXOS_CHUNK_PAGE, page[--n]);
	slot_of(test, PAXOS_SLOTS_PER_PAGE + 1);
}

/* P20: in order, without a gap. */
static void prefix_stops_at_a_gap(struct kunit *test)
{
	struct bed *bed = test->priv;

	paxos_window_set_chosen(&bed->w, slot_of(test, 1), value_of(test, 0, 10));
	paxos_window_set_chosen(&bed->w, slot_of(test, 3), value_of(test, 2, 10));
	slot_of(test, 2);
	KUNIT_EXPECT_EQ(test, paxos_window_advance(&bed->w, identity), 1);
	KUNIT_EXPECT_EQ(test, paxos_window_advance(&bed->w, identity), 0);
	KUNIT_EXPECT_EQ(test, bed->w.prefix, 1);
	paxos_window_set_chosen(&bed->w, slot_of(test, 2), value_of(test, 1, 10));
	KUNIT_EXPECT_EQ(test, paxos_window_advance(&bed->w, identity), 2);
	KUNIT_EXPECT_EQ(test, bed->w.prefix, 3);
}

/* P21: from what is chosen alone, not from when it was learnt. */
static void hash_is_the_same_in_every_order_of_arrival(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_slot **dir = kunit_kcalloc(test, 8, sizeof(*dir), GFP_KERNEL);
	struct paxos_window *other = kunit_kzalloc(test, sizeof(*other), GFP_KERNEL);
	enum paxos_reason reason;
	u64 s;

	KUNIT_ASSERT_NOT_NULL(test, dir);
	KUNIT_ASSERT_NOT_NULL(test, other);
	choose(test, 1, SPAN);
	paxos_window_init(other, &bed->pool, dir, 8);
	other->size = SPAN;
	for (s = SPAN; s; s--) {
		struct paxos_slot *slot = paxos_window_slot(other, s, &reason);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		/* Votes do not matter. */
		paxos_window_set_vote(other, slot, s, value_of(test, s % 5, 10));
		paxos_window_set_chosen(other, slot, value_of(test, s - 1, 10));
	}
	KUNIT_EXPECT_EQ(test, paxos_window_advance(other, identity), SPAN);
	KUNIT_EXPECT_EQ(test, other->hash, bed->w.hash);
	for (s = 1; s <= SPAN; s++)
		KUNIT_EXPECT_EQ(test, paxos_window_find(other, s)->hash,
				paxos_window_find(&bed->w, s)->hash);
	paxos_window_clear(other);
}

struct change {
	const char *desc;
	struct paxos_vid id;
	bool other_identity;
};

static const struct change changes[] = {
	{ "client", { 9, 0, 1001 }, false },
	{ "sequence", { 2, 9, 1001 }, false },
	{ "digest", { 2, 0, 9 }, false },
	{ "identity", { 2, 0, 1001 }, true },
};

KUNIT_ARRAY_PARAM_DESC(changes, changes, desc);

static void hash_sees(struct kunit *test)
{
	const struct change *param = test->param_value;
	u8 other[PAXOS_ID_BYTES] = "another identity";
	struct bed *bed = test->priv;
	u64 hash;

	choose(test, 1, 2);
	hash = bed->w.hash;
	paxos_window_clear(&bed->w);
	paxos_window_init(&bed->w, &bed->pool, bed->dir, ARRAY_SIZE(bed->dir));
	bed->w.size = SPAN;
	value_of(test, 1, 10)->id = param->id;
	paxos_window_set_chosen(&bed->w, slot_of(test, 1), value_of(test, 0, 10));
	paxos_window_set_chosen(&bed->w, slot_of(test, 2), value_of(test, 1, 10));
	paxos_window_advance(&bed->w, param->other_identity ? other : identity);
	KUNIT_EXPECT_EQ(test, bed->w.prefix, 2);
	KUNIT_EXPECT_NE(test, bed->w.hash, hash);
}

/* P21: of all before it, and of where it stands. */
static void hash_runs_over_the_whole_log(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 hash[3];
	int i;

	for (i = 0; i < 3; i++) {
		/* Two logs that end alike, and one an instance later. */
		paxos_window_clear(&bed->w);
		paxos_window_init(&bed->w, &bed->pool, bed->dir, ARRAY_SIZE(bed->dir));
		bed->w.size = SPAN;
		if (i == 2) {
			paxos_window_jump(&bed->w, 1, 0);
			KUNIT_EXPECT_GE(test, bed->w.top, bed->w.prefix);
		}
		paxos_window_set_chosen(&bed->w, slot_of(test, bed->w.prefix + 1),
					value_of(test, i % 2, 10));
		paxos_window_advance(&bed->w, identity);
		paxos_window_set_chosen(&bed->w, slot_of(test, bed->w.prefix + 1),
					value_of(test, 5, 10));
		paxos_window_advance(&bed->w, identity);
		hash[i] = bed->w.hash;
	}
	KUNIT_EXPECT_NE(test, hash[0], hash[1]);
	KUNIT_EXPECT_NE(test, hash[0], hash[2]);
}

static void open_bytes_are_those_of_open_instances(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_value *a = value_of(test, 0, 100), *b = value_of(test, 1, 30);
	struct paxos_parts parts = { .ballot = 5, .value = b, .missing = 1 };
	struct paxos_slot *slot = slot_of(test, 1);

	paxos_window_set_vote(&bed->w, slot, 1, a);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 100);
	paxos_window_set_parts(&bed->w, slot, &parts);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 130);
	paxos_window_set_vote(&bed->w, slot, 2, b);
	/* The same value in two places counts once. */
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 30);
	paxos_window_set_parts(&bed->w, slot, NULL);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 30);
	KUNIT_EXPECT_NULL(test, slot->parts.value);
	paxos_window_set_vote(&bed->w, slot_of(test, 2), 1, a);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 130);
	paxos_window_set_chosen(&bed->w, slot, b);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 130);
	paxos_window_advance(&bed->w, identity);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 100);
	/* It is closed: what it is given now is the log's. */
	paxos_window_set_vote(&bed->w, slot, 9, a);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 100);
	paxos_window_trim(&bed->w, 1);
	reap_all(test);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, 100);
}

static void has_room_for_as_many_bytes_as_it_was_told(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_slot *first = slot_of(test, 1), *second = slot_of(test, 2);

	bed->w.bytes = 100;
	/* One always fits. */
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, first, PAXOS_VALUE_MAX));
	paxos_window_set_vote(&bed->w, first, 1, value_of(test, 0, 60));
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, second, 40));
	KUNIT_EXPECT_FALSE(test, paxos_window_has_room(&bed->w, second, 41));
	/* And in place of what is there. */
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, first, PAXOS_VALUE_MAX));
	paxos_window_set_chosen(&bed->w, first, value_of(test, 0, 60));
	paxos_window_advance(&bed->w, identity);
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, second, 101));
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, first, 101));
}

/* What is above it cannot be decided before it. P38 */
static void has_room_for_the_lowest_open_instance(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_slot *first = slot_of(test, 1), *third = slot_of(test, 3);

	bed->w.bytes = 100;
	paxos_window_set_vote(&bed->w, third, 1, value_of(test, 0, 100));
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, first, PAXOS_VALUE_MAX));
	KUNIT_EXPECT_FALSE(test, paxos_window_has_room(&bed->w, slot_of(test, 2), 1));
	paxos_window_set_vote(&bed->w, first, 1, value_of(test, 0, 60));
	paxos_window_set_chosen(&bed->w, first, first->vval);
	paxos_window_advance(&bed->w, identity);
	KUNIT_EXPECT_TRUE(test, paxos_window_has_room(&bed->w, slot_of(test, 2), 1));
}

/* P4: the vote and its ballot change together. */
static void a_vote_replaces_the_one_before(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_slot *slot = slot_of(test, 1);

	paxos_window_set_vote(&bed->w, slot, 3, value_of(test, 0, 10));
	paxos_window_set_vote(&bed->w, slot, 4, value_of(test, 1, 10));
	KUNIT_EXPECT_EQ(test, slot->vbal, 4);
	KUNIT_EXPECT_PTR_EQ(test, slot->vval, value_of(test, 1, 10));
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value_of(test, 0, 10)->ref), 1);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value_of(test, 1, 10)->ref), 2);
	/* P18a: apart from what is chosen. */
	paxos_window_set_chosen(&bed->w, slot, value_of(test, 2, 10));
	KUNIT_EXPECT_EQ(test, slot->vbal, 4);
	KUNIT_EXPECT_PTR_EQ(test, slot->vval, value_of(test, 1, 10));
}

static void trim_forgets_at_once_and_frees_in_time(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 hash, used;

	choose(test, 1, 3 * PAXOS_SLOTS_PER_PAGE);
	hash = paxos_window_find(&bed->w, 70)->hash;
	paxos_window_trim(&bed->w, 70);
	KUNIT_EXPECT_EQ(test, bed->w.trim, 70);
	KUNIT_EXPECT_EQ(test, bed->w.trim_hash, hash);
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, 1));
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, 70));
	KUNIT_EXPECT_NOT_NULL(test, paxos_window_find(&bed->w, 71));
	used = bed->pool.used;
	KUNIT_EXPECT_TRUE(test, paxos_window_reap(&bed->w, 1));
	KUNIT_EXPECT_FALSE(test, paxos_window_reap(&bed->w, 1));
	KUNIT_EXPECT_EQ(test, bed->pool.used, used - 2 * PAXOS_CHUNK_PAGE_SIZE);
	/* It never falls. */
	paxos_window_trim(&bed->w, 10);
	KUNIT_EXPECT_EQ(test, bed->w.trim, 70);
	KUNIT_EXPECT_NOT_NULL(test, paxos_window_find(&bed->w, 71));
}

/* A value of a trimmed instance is let go of, though its page has live ones. */
static void trim_lets_go_of_values_beside_live_ones(struct kunit *test)
{
	struct bed *bed = test->priv;

	choose(test, 1, 3);
	paxos_window_trim(&bed->w, 2);
	reap_all(test);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value_of(test, 0, 10)->ref), 1);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value_of(test, 1, 10)->ref), 1);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value_of(test, 2, 10)->ref), 2);
}

static void trimmed_pages_lie_in_the_way_until_reaped(struct kunit *test)
{
	struct bed *bed = test->priv;
	const u64 last = ARRAY_SIZE(bed->dir) * PAXOS_SLOTS_PER_PAGE;

	choose(test, 1, last);
	paxos_window_trim(&bed->w, last);
	expect_refused(test, last + 1, PAXOS_REASON_POOL_EMPTY);
	reap_all(test);
	slot_of(test, last + 1);
	KUNIT_EXPECT_EQ(test, bed->pool.used, 2 * SPAN * 256 + PAXOS_CHUNK_PAGE_SIZE);
}

/* Decided, open, and beside a hole: all of it goes, a page at a time. */
static void is_forgotten_bit_by_bit(struct kunit *test)
{
	struct bed *bed = test->priv;
	const u64 last = 2 * PAXOS_SLOTS_PER_PAGE;

	choose(test, 1, last);
	paxos_window_trim(&bed->w, 3);
	slot_of(test, last + PAXOS_SLOTS_PER_PAGE + 1);
	paxos_window_forget(&bed->w);
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, last));
	KUNIT_EXPECT_TRUE(test, paxos_window_reap(&bed->w, 1));
	KUNIT_EXPECT_GT(test, bed->pool.used, 0);
	reap_all(test);
	paxos_pool_drain(&bed->pool);
	/* The bed keeps the values. */
	KUNIT_EXPECT_EQ(test, bed->pool.used, last * 256);
}

struct jump {
	const char *desc;
	u64 to;
};

static const struct jump jumps[] = {
	{ "one further", 6 },
	{ "within the page", 20 },
	{ "to the end of the page", 32 },
	{ "within the window", 50 },
	{ "to the end of the window", 128 },
	{ "within the ring", 200 },
	{ "once around the ring", 261 },
	{ "just beyond the ring", 300 },
	{ "far ahead", 1ULL << 50 },
	{ "to where instances end", U64_MAX - 2 },
};

KUNIT_ARRAY_PARAM_DESC(jumps, jumps, desc);

/* P20, and votes above it stay. */
static void jumps_ahead(struct kunit *test)
{
	const struct jump *param = test->param_value;
	struct bed *bed = test->priv;
	u64 s, open = 0;

	choose(test, 1, 5);
	for (s = 6; s <= 100; s++) {
		paxos_window_set_vote(&bed->w, slot_of(test, s), s, value_of(test, s, 10));
		open += s > param->to ? 10 : 0;
	}
	paxos_window_jump(&bed->w, param->to, 0x1234);
	KUNIT_EXPECT_EQ(test, bed->w.trim, param->to);
	KUNIT_EXPECT_EQ(test, bed->w.trim_hash, 0x1234);
	KUNIT_EXPECT_EQ(test, bed->w.prefix, param->to);
	KUNIT_EXPECT_EQ(test, bed->w.hash, 0x1234);
	KUNIT_EXPECT_EQ(test, bed->w.open_bytes, open);
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, 1));
	KUNIT_EXPECT_NULL(test, paxos_window_find(&bed->w, param->to));
	reap_all(test);
	for (s = param->to + 1; s <= 100; s++) {
		struct paxos_slot *slot = paxos_window_find(&bed->w, s);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->vbal, s);
	}
	/* Life goes on there. */
	s = param->to + 1;
	if (!slot_of(test, s)->vval)
		KUNIT_EXPECT_EQ(test, slot_of(test, s)->promised, 0);
	choose(test, s, s);
	KUNIT_EXPECT_EQ(test, bed->w.prefix, s);
	KUNIT_EXPECT_NE(test, bed->w.hash, 0x1234);
	if (s < U64_MAX - 300)
		slot_of(test, s + SPAN);
	expect_refused(test, U64_MAX, PAXOS_REASON_WINDOW);
}

/* Reaped page by page, with instances made meanwhile. */
static void reaps_behind_a_jump_while_life_goes_on(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 s, to = 5 * PAXOS_SLOTS_PER_PAGE;

	choose(test, 1, 4 * PAXOS_SLOTS_PER_PAGE);
	paxos_window_jump(&bed->w, to, 1);
	for (s = to + 1; s <= to + 2 * PAXOS_SLOTS_PER_PAGE; s++)
		slot_of(test, s)->nonce = s;
	while (paxos_window_reap(&bed->w, 1))
		for (s = to + 1; s <= to + 2 * PAXOS_SLOTS_PER_PAGE; s++) {
			KUNIT_ASSERT_NOT_NULL(test, paxos_window_find(&bed->w, s));
			KUNIT_ASSERT_EQ(test, paxos_window_find(&bed->w, s)->nonce, s);
		}
	KUNIT_EXPECT_EQ(test, bed->pool.n_free[PAXOS_CHUNK_PAGE], 22);
}

static void moves_to_a_longer_ring(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 s;

	/* Not at the ring's beginning. */
	choose(test, 1, 5 * PAXOS_SLOTS_PER_PAGE);
	paxos_window_trim(&bed->w, 3 * PAXOS_SLOTS_PER_PAGE + 1);
	reap_all(test);
	for (s = bed->w.prefix + 1; s <= bed->w.prefix + SPAN; s++)
		slot_of(test, s)->nonce = s;
	KUNIT_EXPECT_PTR_EQ(test, paxos_window_move(&bed->w, bed->longer,
						    ARRAY_SIZE(bed->longer)),
			    (struct paxos_slot **)bed->dir);
	for (s = bed->w.trim + 1; s <= bed->w.top; s++) {
		struct paxos_slot *slot = paxos_window_find(&bed->w, s);

		KUNIT_ASSERT_NOT_NULL(test, slot);
		KUNIT_EXPECT_EQ(test, slot->instance, s);
		if (s > bed->w.prefix)
			KUNIT_EXPECT_EQ(test, slot->nonce, s);
	}
	choose(test, bed->w.prefix + 1, bed->w.trim + 15 * PAXOS_SLOTS_PER_PAGE);
	paxos_window_trim(&bed->w, bed->w.prefix);
	reap_all(test);
	memset(bed->dir, 0, sizeof(bed->dir));
}

/* P36: a pool of the log's size never spans more than the ring. */
static void its_ring_is_long_enough(struct kunit *test)
{
	static const u64 logs[] = { 0, 65536, 1 << 20, 16 << 20, 1ULL << 32 };
	static const u32 windows[] = { 1, 31, 32, 33, 1024, 65536 };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(logs); i++)
		for (k = 0; k < ARRAY_SIZE(windows); k++) {
			u32 size = paxos_window_dir_size(logs[i], windows[k]);

			KUNIT_EXPECT_EQ(test, size & (size - 1), 0);
			/* A full log of nothing but slots, and a window on top. */
			KUNIT_EXPECT_GE(test, size, logs[i] / PAXOS_CHUNK_PAGE_SIZE +
					windows[k] / PAXOS_SLOTS_PER_PAGE + 2);
		}
}

static void finds_complete_values_alone(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_slot *slot = slot_of(test, 1);
	struct paxos_value *a = value_of(test, 0, 10), *b = value_of(test, 1, 10);
	struct paxos_value *c = value_of(test, 2, 10);
	struct paxos_parts parts = { .ballot = 5, .value = c, .missing = 1 };

	paxos_window_set_vote(&bed->w, slot, 1, a);
	paxos_window_set_chosen(&bed->w, slot, b);
	paxos_window_set_parts(&bed->w, slot, &parts);
	KUNIT_EXPECT_PTR_EQ(test, paxos_window_value(slot, &a->id), a);
	KUNIT_EXPECT_PTR_EQ(test, paxos_window_value(slot, &b->id), b);
	KUNIT_EXPECT_NULL(test, paxos_window_value(slot, &c->id));
	slot->parts.missing = 0;
	KUNIT_EXPECT_PTR_EQ(test, paxos_window_value(slot, &c->id), c);
	KUNIT_EXPECT_NULL(test, paxos_window_value(slot, &(struct paxos_vid){ 1, 0, 1 }));
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(nothing_is_known_at_first),
	KUNIT_CASE(refuses_what_is_outside),
	KUNIT_CASE(no_two_instances_share_a_slot),
	KUNIT_CASE(the_ring_is_used_again),
	KUNIT_CASE(never_evicts),
	KUNIT_CASE(an_empty_pool_refuses),
	KUNIT_CASE(prefix_stops_at_a_gap),
	KUNIT_CASE(hash_is_the_same_in_every_order_of_arrival),
	KUNIT_CASE_PARAM(hash_sees, changes_gen_params),
	KUNIT_CASE(hash_runs_over_the_whole_log),
	KUNIT_CASE(open_bytes_are_those_of_open_instances),
	KUNIT_CASE(has_room_for_as_many_bytes_as_it_was_told),
	KUNIT_CASE(has_room_for_the_lowest_open_instance),
	KUNIT_CASE(a_vote_replaces_the_one_before),
	KUNIT_CASE(trim_forgets_at_once_and_frees_in_time),
	KUNIT_CASE(trim_lets_go_of_values_beside_live_ones),
	KUNIT_CASE(trimmed_pages_lie_in_the_way_until_reaped),
	KUNIT_CASE(is_forgotten_bit_by_bit),
	KUNIT_CASE_PARAM(jumps_ahead, jumps_gen_params),
	KUNIT_CASE(reaps_behind_a_jump_while_life_goes_on),
	KUNIT_CASE(moves_to_a_longer_ring),
	KUNIT_CASE(its_ring_is_long_enough),
	KUNIT_CASE(finds_complete_values_alone),
	{}
};

static struct kunit_suite window_suite = {
	.name = "paxos_window",
	.init = window_init,
	.exit = window_exit,
	.test_cases = window_cases,
};

kunit_test_suite(window_suite);
