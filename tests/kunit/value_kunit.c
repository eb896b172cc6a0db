// SPDX-License-Identifier: GPL-2.0
/* Values: bytes at every border of chunks, digests that see every change, no leak. */

#include "cluster.h"

static const u8 identity[PAXOS_ID_BYTES] = "an identity here";

struct size_of_value {
	u32 length;
	u32 chunks;
};

static const struct size_of_value sizes[] = {
	{ 0, 1 }, { 1, 1 }, { 183, 1 }, { 184, 1 }, { 185, 1 }, { 191, 1 }, { 192, 1 },
	{ 193, 1 }, { 1023, 1 }, { 1024, 1 }, { 1025, 1 }, { 1983, 1 }, { 1984, 1 },
	{ 1985, 2 }, { 2048, 2 }, { 4095, 2 }, { 4096, 2 }, { 4097, 3 }, { 8191, 3 },
	{ 8192, 3 }, { 8193, 4 }, { 28672, 8 }, { 28673, 9 }, { 32767, 9 },
	{ PAXOS_VALUE_MAX, 9 },
};

static void describe(const struct size_of_value *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u bytes", size->length);
}

KUNIT_ARRAY_PARAM(sizes, sizes, describe);

static struct paxos_pool *new_pool(struct kunit *test, u32 small, u32 middle, u32 pages)
{
	struct paxos_pool *pool = kunit_kzalloc(test, sizeof(*pool), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pool);
	paxos_pool_init(pool, 1 << 20);
	cluster_give(test, pool, PAXOS_CHUNK_SMALL, small);
	cluster_give(test, pool, PAXOS_CHUNK_MIDDLE, middle);
	cluster_give(test, pool, PAXOS_CHUNK_PAGE, pages);
	return pool;
}

static struct paxos_value *new_value(struct kunit *test, struct paxos_pool *pool, u32 length)
{
	struct paxos_value *value;

	value = paxos_value_alloc(pool, length, PAXOS_KIND_VALUE, NULL);
	KUNIT_ASSERT_NOT_NULL(test, value);
	return value;
}

static void let_go(struct kunit *test, struct paxos_pool *pool, struct paxos_value *value)
{
	paxos_value_put(value);
	paxos_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->used, 0);
}

static u8 *new_bytes(struct kunit *test, u32 length, u32 seed)
{
	u8 *bytes = kunit_kmalloc(test, length + 1, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < length; i++)
		bytes[i] = (u8)cluster_random(&seed);
	return bytes;
}

static void reads_back_what_was_written(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, param->length);
	u8 *in = new_bytes(test, param->length, 1);
	u8 *out = new_bytes(test, param->length, 2);

	paxos_value_write(value, 0, in, param->length);
	paxos_value_read(value, 0, out, param->length);
	KUNIT_EXPECT_MEMEQ(test, in, out, param->length);
	let_go(test, pool, value);
}

static void takes_no_more_chunks_than_it_needs(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, param->length);

	KUNIT_EXPECT_EQ(test, 12 - pool->n_free[0] - pool->n_free[1] - pool->n_free[2],
			param->chunks);
	let_go(test, pool, value);
}

/* In pieces that fall across every border, in two orders. */
static void is_written_in_any_pieces(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, param->length);
	u8 *in = new_bytes(test, param->length, 1);
	u8 *out = new_bytes(test, param->length, 2);
	u32 at, n;

	for (at = 0; at < param->length; at += n) {
		n = min_t(u32, 777, param->length - at);
		paxos_value_write(value, param->length - at - n, in + param->length - at - n, n);
	}
	for (at = 0; at < param->length; at += n) {
		n = min_t(u32, 1500, param->length - at);
		paxos_value_read(value, at, out + at, n);
	}
	KUNIT_EXPECT_MEMEQ(test, in, out, param->length);
	let_go(test, pool, value);
}

/* What a PART carries is all of it, each byte once. */
static void its_units_are_all_of_it(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, param->length);
	u8 *in = new_bytes(test, param->length, 1);
	u32 unit, at = 0;

	paxos_value_write(value, 0, in, param->length);
	KUNIT_EXPECT_GE(test, paxos_value_units(param->length), 1);
	KUNIT_EXPECT_LE(test, paxos_value_units(param->length), 32);
	for (unit = 0; unit < paxos_value_units(param->length); unit++) {
		u32 n = paxos_value_unit_length(param->length, unit);

		KUNIT_EXPECT_LE(test, n, PAXOS_WIRE_UNIT);
		KUNIT_EXPECT_MEMEQ(test, paxos_value_unit(value, unit), in + at, n);
		at += n;
	}
	KUNIT_EXPECT_EQ(test, at, param->length);
	let_go(test, pool, value);
}

static void digest_sees_every_byte(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, param->length);
	u8 *in = new_bytes(test, param->length, 1);
	u64 digest;
	u32 i;

	paxos_value_write(value, 0, in, param->length);
	digest = paxos_value_digest(value, identity);
	KUNIT_EXPECT_EQ(test, digest, paxos_value_digest(value, identity));
	for (i = 0; i < param->length; i += i < 300 || i + 300 > param->length ? 1 : 97) {
		u8 other = in[i] ^ (u8)(1 << i % 8);

		paxos_value_write(value, i, &other, 1);
		KUNIT_ASSERT_NE_MSG(test, digest, paxos_value_digest(value, identity),
				    "byte %u", i);
		paxos_value_write(value, i, in + i, 1);
	}
	KUNIT_EXPECT_EQ(test, digest, paxos_value_digest(value, identity));
	let_go(test, pool, value);
}

static void digest_sees_kind_length_and_identity(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct paxos_pool *pool = new_pool(test, 4, 4, 16);
	struct paxos_value *value = new_value(test, pool, param->length);
	u8 *zero = kunit_kzalloc(test, PAXOS_VALUE_MAX, GFP_KERNEL);
	u8 other[PAXOS_ID_BYTES];
	u64 digest;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, zero);
	paxos_value_write(value, 0, zero, param->length);
	digest = paxos_value_digest(value, identity);
	value->kind = PAXOS_KIND_NO_OP;
	KUNIT_EXPECT_NE(test, digest, paxos_value_digest(value, identity));
	value->kind = PAXOS_KIND_VALUE;
	for (i = 0; i < PAXOS_ID_BYTES; i++) {
		memcpy(other, identity, sizeof(other));
		other[i] ^= 0x10;
		KUNIT_EXPECT_NE(test, digest, paxos_value_digest(value, other));
	}
	paxos_value_put(value);
	if (param->length < PAXOS_VALUE_MAX) {
		value = new_value(test, pool, param->length + 1);
		paxos_value_write(value, 0, zero, param->length + 1);
		KUNIT_EXPECT_NE(test, digest, paxos_value_digest(value, identity));
		paxos_value_put(value);
	}
	paxos_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->used, 0);
}

/* As another program computes it from what Documentation/wire.rst says. */
static void digest_is_what_the_format_says(struct kunit *test)
{
	static const struct {
		u32 length;
		u64 digest;
	} known[] = {
		{ 0, 0x9027ba61ed15677a },
		{ 64, 0x132f3f103a0e90ce },
		{ 1024, 0xfca1d0a32cc23a86 },
		{ 2500, 0xd53cc052fa66aa9b },
	};
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		struct paxos_value *value = new_value(test, pool, known[i].length);
		u32 at;

		for (at = 0; at < known[i].length; at++) {
			u8 byte = (u8)(at % 251);

			paxos_value_write(value, at, &byte, 1);
		}
		KUNIT_EXPECT_EQ(test, paxos_value_digest(value, identity), known[i].digest);
		let_go(test, pool, value);
	}
}

/* The same bytes in another order of units are another value. */
static void digest_sees_where_a_unit_lies(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 2, 2, 8);
	struct paxos_value *value = new_value(test, pool, 2 * PAXOS_WIRE_UNIT);
	u8 *in = new_bytes(test, 2 * PAXOS_WIRE_UNIT, 1);
	u64 digest;

	paxos_value_write(value, 0, in, 2 * PAXOS_WIRE_UNIT);
	digest = paxos_value_digest(value, identity);
	paxos_value_write(value, 0, in + PAXOS_WIRE_UNIT, PAXOS_WIRE_UNIT);
	paxos_value_write(value, PAXOS_WIRE_UNIT, in, PAXOS_WIRE_UNIT);
	KUNIT_EXPECT_NE(test, digest, paxos_value_digest(value, identity));
	let_go(test, pool, value);
}

/* With k chunks too few there is no value, and nothing is lost. */
static void a_failed_one_leaks_nothing(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 1, 0, 0);
	u32 pages;
	bool full;

	for (pages = 0; pages < 8; pages++) {
		full = true;
		KUNIT_EXPECT_NULL(test, paxos_value_alloc(pool, PAXOS_VALUE_MAX,
							  PAXOS_KIND_VALUE, &full));
		KUNIT_EXPECT_FALSE(test, full);
		KUNIT_EXPECT_EQ(test, pool->used, 0);
		KUNIT_EXPECT_EQ(test, pool->n_free[PAXOS_CHUNK_SMALL], 1);
		KUNIT_EXPECT_EQ(test, pool->n_free[PAXOS_CHUNK_PAGE], pages);
		cluster_give(test, pool, PAXOS_CHUNK_PAGE, 1);
	}
	let_go(test, pool, new_value(test, pool, PAXOS_VALUE_MAX));
}

/* The limit is the reason, or a worker that is late. */
static void says_when_the_log_is_full(struct kunit *test)
{
	static const u32 lengths[] = { 0, 1000, 5000 };
	struct paxos_pool *pool = new_pool(test, 0, 0, 0);
	bool full;
	int i;

	for (i = 0; i < 3; i++) {
		full = true;
		pool->limit = 1 << 20;
		KUNIT_EXPECT_NULL(test, paxos_value_alloc(pool, lengths[i], PAXOS_KIND_VALUE,
							  &full));
		KUNIT_EXPECT_FALSE(test, full);
		pool->limit = 255;
		KUNIT_EXPECT_NULL(test, paxos_value_alloc(pool, lengths[i], PAXOS_KIND_VALUE,
							  &full));
		KUNIT_EXPECT_TRUE(test, full);
	}
}

static void lives_as_long_as_its_last_reference(struct kunit *test)
{
	struct paxos_pool *pool = new_pool(test, 1, 0, 2);
	struct paxos_value *value = new_value(test, pool, 8192);

	KUNIT_EXPECT_PTR_EQ(test, paxos_value_get(value), value);
	paxos_value_put(value);
	paxos_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->used, pool->given);
	let_go(test, pool, value);
	KUNIT_EXPECT_NULL(test, paxos_value_get(NULL));
	paxos_value_put(NULL);
}

static void ids_are_equal_in_all_three_or_not_at_all(struct kunit *test)
{
	const struct paxos_vid id = { 1, 2, 3 };

	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&id, &(struct paxos_vid){ 1, 2, 3 }));
	KUNIT_EXPECT_FALSE(test, paxos_vid_equal(&id, &(struct paxos_vid){ 0, 2, 3 }));
	KUNIT_EXPECT_FALSE(test, paxos_vid_equal(&id, &(struct paxos_vid){ 1, 0, 3 }));
	KUNIT_EXPECT_FALSE(test, paxos_vid_equal(&id, &(struct paxos_vid){ 1, 2, 0 }));
}

static struct kunit_case value_cases[] = {
	KUNIT_CASE_PARAM(reads_back_what_was_written, sizes_gen_params),
	KUNIT_CASE_PARAM(takes_no_more_chunks_than_it_needs, sizes_gen_params),
	KUNIT_CASE_PARAM(is_written_in_any_pieces, sizes_gen_params),
	KUNIT_CASE_PARAM(its_units_are_all_of_it, sizes_gen_params),
	KUNIT_CASE_PARAM(digest_sees_every_byte, sizes_gen_params),
	KUNIT_CASE_PARAM(digest_sees_kind_length_and_identity, sizes_gen_params),
	KUNIT_CASE(digest_is_what_the_format_says),
	KUNIT_CASE(digest_sees_where_a_unit_lies),
	KUNIT_CASE(a_failed_one_leaks_nothing),
	KUNIT_CASE(says_when_the_log_is_full),
	KUNIT_CASE(lives_as_long_as_its_last_reference),
	KUNIT_CASE(ids_are_equal_in_all_three_or_not_at_all),
	{}
};

static struct kunit_suite value_suite = {
	.name = "paxos_value",
	.test_cases = value_cases,
};

kunit_test_suite(value_suite);
