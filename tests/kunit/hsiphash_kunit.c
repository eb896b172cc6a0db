// SPDX-License-Identifier: GPL-2.0
/* The digest's hash beside the kernel's own of as many rounds, which is half of it. */

#include <kunit/test.h>
#include <linux/random.h>
#include <linux/siphash.h>

#include "core/digest.h"

static void lower_half_is_the_kernels(struct kunit *test)
{
	u8 *bytes = kunit_kmalloc(test, 1100, GFP_KERNEL);
	hsiphash_key_t kernels;
	__be64 key[2];
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	if (BITS_PER_LONG != 64)
		kunit_skip(test, "its words are of 32 bits here");
	get_random_bytes(bytes, 1100);
	for (len = 0; len <= 1092; len++) {
		get_random_bytes(key, sizeof(key));
		kernels.key[0] = (unsigned long)be64_to_cpu(key[0]);
		kernels.key[1] = (unsigned long)be64_to_cpu(key[1]);
		KUNIT_EXPECT_EQ(test, (u32)paxos_digest_bytes((u8 *)key, bytes + len % 8, len),
				hsiphash(bytes + len % 8, len, &kernels));
	}
}

static struct kunit_case hsiphash_cases[] = {
	KUNIT_CASE(lower_half_is_the_kernels),
	{}
};

static struct kunit_suite hsiphash_suite = {
	.name = "paxos_hsiphash",
	.test_cases = hsiphash_cases,
};

kunit_test_suite(hsiphash_suite);
