// SPDX-License-Identifier: GPL-2.0
/* The pool: it wants no more than its limit, and counts every chunk. */

#include "cluster.h"

struct class_of_chunk {
	const char *desc;
	enum paxos_chunk_class class;
};

static const struct class_of_chunk classes[] = {
	{ "small", PAXOS_CHUNK_SMALL },
	{ "middle", PAXOS_CHUNK_MIDDLE },
	{ "page", PAXOS_CHUNK_PAGE },
};

KUNIT_ARRAY_PARAM_DESC(classes, classes, desc);

static struct paxos_pool *new_pool(struct kunit *test, u64 limit)
{
	struct paxos_pool *pool = kunit_kzalloc(test, sizeof(*pool), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	paxos_pool_init(pool, limit);
	return pool;
}

static void an_empty_one_gives_nothing(struct kunit *test)
{
	const struct class_of_chunk *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 1 << 20);

	KUNIT_EXPECT_NULL(test, paxos_pool_take(pool, param->class));
	KUNIT_EXPECT_NULL(test, paxos_pool_reclaim(pool, param->class));
	KUNIT_EXPECT_EQ(test, pool->used, 0);
	KUNIT_EXPECT_TRUE(test, paxos_pool_is_low(pool));
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_full(pool, param->class));
}

static void counts_what_is_taken(struct kunit *test)
{
	const struct class_of_chunk *param = test->param_value;
	const size_t size = paxos_pool_chunk_size(param->class);
	struct paxos_pool *pool = new_pool(test, 1 << 20);
	void *chunk[3];
	int i;

	cluster_give(test, pool, param->class, 3);
	KUNIT_EXPECT_EQ(test, pool->given, 3 * size);
	for (i = 0; i < 3; i++) {
		chunk[i] = paxos_pool_take(pool, param->class);
		KUNIT_ASSERT_NOT_NULL(test, chunk[i]);
		memset(chunk[i], 0xff, size);
		KUNIT_EXPECT_EQ(test, pool->used, (i + 1) * size);
	}
	KUNIT_EXPECT_NULL(test, paxos_pool_take(pool, param->class));
	KUNIT_EXPECT_PTR_NE(test, chunk[0], chunk[1]);
	KUNIT_EXPECT_PTR_NE(test, chunk[1], chunk[2]);
	for (i = 0; i < 3; i++)
		paxos_pool_put(pool, param->class, chunk[i]);
	KUNIT_EXPECT_EQ(test, pool->used, 0);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_NOT_NULL(test, paxos_pool_reclaim(pool, param->class));
	KUNIT_EXPECT_EQ(test, pool->given, 0);
}

/* P36 */
static void wants_no_more_than_its_limit(struct kunit *test)
{
	const struct class_of_chunk *param = test->param_value;
	const size_t size = paxos_pool_chunk_size(param->class);
	struct paxos_pool *pool = new_pool(test, 5 * size + size - 1);

	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 5);
	cluster_give(test, pool, param->class, 4);
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_full(pool, param->class));
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 1);
	cluster_give(test, pool, param->class, 1);
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 0);
	KUNIT_EXPECT_TRUE(test, paxos_pool_is_full(pool, param->class));
	/* One that was set lower than what was given is no surprise. */
	pool->limit = 0;
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 0);
	KUNIT_EXPECT_TRUE(test, paxos_pool_is_full(pool, param->class));
}

static void is_kept_ahead_of_demand(struct kunit *test)
{
	const struct class_of_chunk *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 16 << 20);
	u32 reserve = paxos_pool_wants(pool, param->class);
	enum paxos_chunk_class c;
	u32 i;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		cluster_give(test, pool, c, paxos_pool_wants(pool, c));
	KUNIT_EXPECT_GT(test, reserve, 0);
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 0);
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_low(pool));
	for (i = 0; i < reserve / 2; i++)
		KUNIT_ASSERT_NOT_NULL(test, paxos_pool_take(pool, param->class));
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_low(pool));
	KUNIT_ASSERT_NOT_NULL(test, paxos_pool_take(pool, param->class));
	KUNIT_EXPECT_TRUE(test, paxos_pool_is_low(pool));
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), reserve / 2 + 1);
	/* Nothing more can be had: there is nothing for a worker to do. */
	pool->limit = pool->given;
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_low(pool));
}

/* A worker that gives and reclaims does not move chunks back and forth. */
static void spares_only_beyond_twice_the_reserve(struct kunit *test)
{
	const struct class_of_chunk *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 16 << 20);
	u32 reserve = paxos_pool_wants(pool, param->class);

	cluster_give(test, pool, param->class, 2 * reserve);
	KUNIT_EXPECT_EQ(test, paxos_pool_spares(pool, param->class), 0);
	cluster_give(test, pool, param->class, 3);
	KUNIT_EXPECT_EQ(test, paxos_pool_spares(pool, param->class), 3);
	KUNIT_EXPECT_NOT_NULL(test, paxos_pool_reclaim(pool, param->class));
	KUNIT_EXPECT_EQ(test, paxos_pool_spares(pool, param->class), 2);
	KUNIT_EXPECT_EQ(test, paxos_pool_wants(pool, param->class), 0);
}

static void give_all(struct kunit *test, struct paxos_pool *pool)
{
	enum paxos_chunk_class c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		cluster_give(test, pool, c, paxos_pool_wants(pool, c));
}

/* As much comes in one run of softirq, which no worker interrupts. */
static void a_burst_finds_memory(struct kunit *test)
{
	static const u32 length[] = { 64, 1024 };
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(length); i++) {
		struct paxos_pool *pool = new_pool(test, 16 << 20);

		give_all(test, pool);
		for (n = 0; n < 256; n++)
			KUNIT_ASSERT_NOT_NULL(test, paxos_value_alloc(pool, length[i],
								      PAXOS_KIND_VALUE, NULL));
		KUNIT_EXPECT_TRUE(test, paxos_pool_is_low(pool) || length[i] < 256);
	}
}

/* The log is for what is decided: not more than a quarter of it lies idle. */
static void the_reserve_is_a_part_of_the_log(struct kunit *test)
{
	enum paxos_chunk_class c;
	u64 limit;

	for (limit = 1 << 20; limit <= 1ULL << 38; limit *= 2) {
		struct paxos_pool *pool = new_pool(test, limit);
		u64 idle = 0;

		for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
			idle += 2 * pool->reserve[c] * paxos_pool_chunk_size(c);
		KUNIT_EXPECT_LE(test, idle, limit / 4);
		/* And no more than a few megabytes of the largest. */
		KUNIT_EXPECT_LE(test, idle, 16 << 20);
	}
}

/* Half of the reserve is gone, and nobody was told to give more. */
static void a_longest_value_always_fits(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 1 << 20);
	enum paxos_chunk_class c;
	u32 i;

	give_all(test, pool);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		for (i = pool->reserve[c] / 2; i; i--)
			KUNIT_ASSERT_NOT_NULL(test, paxos_pool_take(pool, c));
	KUNIT_EXPECT_FALSE(test, paxos_pool_is_low(pool));
	KUNIT_EXPECT_NOT_NULL(test, paxos_value_alloc(pool, PAXOS_VALUE_MAX, PAXOS_KIND_VALUE,
						      NULL));
}

static void the_reserve_follows_the_limit(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 1 << 20);
	u32 before;

	give_all(test, pool);
	before = pool->n_free[PAXOS_CHUNK_MIDDLE];
	paxos_pool_set_limit(pool, 16 << 20);
	give_all(test, pool);
	KUNIT_EXPECT_GT(test, pool->n_free[PAXOS_CHUNK_MIDDLE], 2 * before);
	paxos_pool_set_limit(pool, 1 << 20);
	KUNIT_EXPECT_EQ(test, paxos_pool_spares(pool, PAXOS_CHUNK_MIDDLE),
			pool->n_free[PAXOS_CHUNK_MIDDLE] - 2 * before);
}

static void drain_frees_what_was_let_go(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 1 << 20);
	struct paxos_value *value[3];
	int i;

	cluster_give(test, pool, PAXOS_CHUNK_SMALL, 3);
	cluster_give(test, pool, PAXOS_CHUNK_PAGE, 24);
	for (i = 0; i < 3; i++) {
		value[i] = paxos_value_alloc(pool, PAXOS_VALUE_MAX, PAXOS_KIND_VALUE, NULL);
		KUNIT_ASSERT_NOT_NULL(test, value[i]);
	}
	KUNIT_EXPECT_EQ(test, pool->used, pool->given);
	paxos_value_put(value[0]);
	paxos_value_put(value[2]);
	KUNIT_EXPECT_EQ(test, pool->used, pool->given);
	paxos_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->used, pool->given / 3);
	KUNIT_EXPECT_EQ(test, pool->n_free[PAXOS_CHUNK_PAGE], 16);
	paxos_pool_drain(pool);
	paxos_value_put(value[1]);
	paxos_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->used, 0);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE_PARAM(an_empty_one_gives_nothing, classes_gen_params),
	KUNIT_CASE_PARAM(counts_what_is_taken, classes_gen_params),
	KUNIT_CASE_PARAM(wants_no_more_than_its_limit, classes_gen_params),
	KUNIT_CASE_PARAM(is_kept_ahead_of_demand, classes_gen_params),
	KUNIT_CASE_PARAM(spares_only_beyond_twice_the_reserve, classes_gen_params),
	KUNIT_CASE(a_burst_finds_memory),
	KUNIT_CASE(the_reserve_is_a_part_of_the_log),
	KUNIT_CASE(a_longest_value_always_fits),
	KUNIT_CASE(the_reserve_follows_the_limit),
	KUNIT_CASE(drain_frees_what_was_let_go),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "paxos_pool",
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
