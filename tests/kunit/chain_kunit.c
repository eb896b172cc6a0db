// SPDX-License-Identifier: GPL-2.0
/* The running hash: what the format says, and that all of its input counts. P21 */

#include "cluster.h"
#include "core/chain.h"

#define WORDS	5	/* the hash before, instance, client, sequence, digest */
#define TRIES	128

static const u64 key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };

static u64 next(const u64 w[WORDS])
{
	const struct paxos_vid id = { w[2], w[3], w[4] };

	return paxos_chain_next(w[0], key, w[1], &id);
}

/* As another program computes it from what Documentation/wire.rst says. */
static void is_what_the_format_says(struct kunit *test)
{
	static const struct {
		struct paxos_vid id;
		u64 hash;
	} log[] = {
		{ { 0, 0, 0 }, 0x9219ea8f2e7c0c7b },
		{ { 1, 2, 3 }, 0x923ba265e44b97e2 },
		{ { U64_MAX, U64_MAX, U64_MAX }, 0x600f417243aeaa4f },
		{ { 0x1122334455667788, 1, 0x01053a4295688d12 }, 0x3d49f68b9c6bf1a9 },
	};
	static const u64 none[2] = { 0, 0 };
	u64 hash = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(log); i++) {
		hash = paxos_chain_next(hash, key, i + 1, &log[i].id);
		KUNIT_EXPECT_EQ(test, hash, log[i].hash);
	}
	KUNIT_EXPECT_EQ(test, paxos_chain_next(U64_MAX, none, U64_MAX,
					       &(struct paxos_vid){ 1, 0, 0 }),
			0x967aab2e9f338f44);
}

static u64 drawn(u32 *seed)
{
	u64 high = cluster_random(seed);

	return high << 32 ^ (u64)cluster_random(seed) << 16 ^ cluster_random(seed);
}

static void add_flips(u32 flips[64], const u64 w[WORDS], u32 bit)
{
	u64 other[WORDS], changed;
	u32 i;

	memcpy(other, w, sizeof(other));
	other[bit / 64] ^= 1ULL << bit % 64;
	changed = next(other) ^ next(w);
	for (i = 0; i < 64; i++)
		flips[i] += changed >> i & 1;
}

/* Six deviations to either side: 128 coins, 23,000 times. */
static void each_bit_changes_each_bit_half_the_time(struct kunit *test)
{
	u32 seed = 1, bit, i;

	for (bit = 0; bit < WORDS * 64; bit++) {
		u32 flips[64] = { 0 };

		for (i = 0; i < TRIES; i++) {
			const u64 w[WORDS] = { drawn(&seed), i + 1, drawn(&seed), i,
					       drawn(&seed) };

			add_flips(flips, w, bit);
		}
		for (i = 0; i < 64; i++) {
			KUNIT_EXPECT_GT_MSG(test, flips[i], 30, "bit %u of the input, %u", bit, i);
			KUNIT_EXPECT_LT_MSG(test, flips[i], 98, "bit %u of the input, %u", bit, i);
		}
	}
}

/* Two numbers that change places, in an instance or between two. */
static void the_order_counts(struct kunit *test)
{
	const struct paxos_vid a = { 3, 4, 5 }, b = { 6, 7, 8 };
	u64 w[WORDS] = { 11, 12, 13, 14, 15 };
	int i, j;

	for (i = 1; i < WORDS; i++) {
		for (j = i + 1; j < WORDS; j++) {
			u64 other[WORDS];

			memcpy(other, w, sizeof(other));
			other[i] = w[j];
			other[j] = w[i];
			KUNIT_EXPECT_NE(test, next(other), next(w));
		}
	}
	KUNIT_EXPECT_NE(test, paxos_chain_next(paxos_chain_next(0, key, 1, &a), key, 2, &b),
			paxos_chain_next(paxos_chain_next(0, key, 1, &b), key, 2, &a));
}

static void each_bit_of_the_key_counts(struct kunit *test)
{
	const struct paxos_vid id = { 1, 2, 3 };
	u64 hash = paxos_chain_next(0, key, 1, &id);
	int i;

	for (i = 0; i < 128; i++) {
		u64 other[2] = { key[0], key[1] };

		other[i / 64] ^= 1ULL << i % 64;
		KUNIT_EXPECT_NE(test, paxos_chain_next(0, other, 1, &id), hash);
	}
}

static struct kunit_case chain_cases[] = {
	KUNIT_CASE(is_what_the_format_says),
	KUNIT_CASE(each_bit_changes_each_bit_half_the_time),
	KUNIT_CASE(the_order_counts),
	KUNIT_CASE(each_bit_of_the_key_counts),
	{}
};

static struct kunit_suite chain_suite = {
	.name = "paxos_chain",
	.test_cases = chain_cases,
};

kunit_test_suite(chain_suite);
