// SPDX-License-Identifier: GPL-2.0
/* The digest's hash: what the authors of SipHash publish for 1-3, wherever bytes lie. */

#include <kunit/test.h>

#include "core/digest.h"

/* Of no byte, of 00, of 00 01, of 00 01 02 and so on, and the key is 00 01 to 0f. */
static const u64 published[] = {
	0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb,
	0xcf75576088d38328, 0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140,
	0x369095118d299a8e, 0x25a48eb36c063de4, 0x79de85ee92ff097f, 0x70c118c1f94dc352,
	0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34, 0xd320d86d2a519956,
	0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c, 0x8ffc389cb473e63e, 0xf21f9de58d297d1c,
	0xc0dc2f46a6cce040, 0xb992abfe2b45f844, 0x7ffe7b9ba320872e, 0x525a0e7fdae6c123,
	0xf464aeb267349c8c, 0x45cd5928705b0979, 0x3a3e35e3ca9913a5, 0xa91dc74e4ade3b35,
	0xfb0bed02ef6cd00d, 0x88d93cb44ab1e1f4, 0x540f11d643c5e663, 0x2370dd1f8c21d1bc,
	0x81157b6c16a7b60d, 0x4d54b9e57a8ff9bf, 0x759f12781f2a753e, 0xcea1a3bebf186b91,
	0x2cf508d3ada26206, 0xb6101c2da3c33057, 0xb3f47496ae3a36a1, 0x626b57547b108392,
	0xc1d2363299e41531, 0x667cc1923f1ad944, 0x65704ffec8138825, 0x24f280d1c28949a6,
	0xc2ca1cedfaf8876b, 0xc2164bfc9f042196, 0xa16e9c9368b1d623, 0x49fb169c8b5114fd,
	0x9f3143f8df074c46, 0xc6fdaf2412cc86b3, 0x7eaf49d10a52098f, 0x1cf313559d292f9a,
	0xc44a30dda2f41f12, 0x36fae98943a71ed0, 0x318fb34c73f0bce6, 0xa27abf3670a7e980,
	0xb4bcc0db243c6d75, 0x23f8d852fdb71513, 0x8f035f4da67d8a08, 0xd89cd0e5b7e8f148,
	0xf6f4e6bcf7a644ee, 0xaec59ad80f1837f2, 0xc3b2f6154b6694e0, 0x9d199062b7bbb3a8,
};

struct longer {
	size_t len;
	u64 hash;
};

/* The same beyond that, where the bytes begin again and the length is more than fits. */
static const struct longer longer[] = {
	{ 255, 0xf76214e3153c4a15 },
	{ 256, 0x75b3e64e167de370 },
	{ 1024, 0x998a8122a6cb5a94 },
	{ 1032, 0x7fb036d448f36d94 },
};

/* That key, as an identity: its halves are read with the highest byte first. */
static const u8 key[16] = { 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8 };

static u8 *new_bytes(struct kunit *test, size_t len)
{
	u8 *bytes = kunit_kmalloc(test, len, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	for (i = 0; i < len; i++)
		bytes[i] = (u8)i;
	return bytes;
}

static void is_siphash_1_3(struct kunit *test)
{
	u8 *bytes = new_bytes(test, 2048);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(published); i++)
		KUNIT_EXPECT_EQ(test, paxos_digest_bytes(key, bytes, i), published[i]);
	for (i = 0; i < ARRAY_SIZE(longer); i++)
		KUNIT_EXPECT_EQ(test, paxos_digest_bytes(key, bytes, longer[i].len),
				longer[i].hash);
}

/* The last byte is the last of its memory, so that one too many is seen to be read. */
static void reads_from_any_place_and_no_further(struct kunit *test)
{
	size_t i, shift;

	for (shift = 0; shift < 8; shift++) {
		for (i = 0; i < ARRAY_SIZE(published); i++) {
			u8 *bytes = kunit_kmalloc(test, shift + i + !(shift + i), GFP_KERNEL);
			size_t n;

			KUNIT_ASSERT_NOT_NULL(test, bytes);
			for (n = 0; n < i; n++)
				bytes[shift + n] = (u8)n;
			KUNIT_EXPECT_EQ(test, paxos_digest_bytes(key, bytes + shift, i),
					published[i]);
			kunit_kfree(test, bytes);
		}
	}
}

static void each_bit_of_the_key_matters(struct kunit *test)
{
	u8 *bytes = new_bytes(test, 72);
	int i;

	for (i = 0; i < 128; i++) {
		u8 other[16];

		memcpy(other, key, sizeof(other));
		other[i / 8] ^= (u8)(1 << i % 8);
		KUNIT_EXPECT_NE(test, paxos_digest_bytes(other, bytes, 72),
				paxos_digest_bytes(key, bytes, 72));
	}
}

/* All of the bytes are copied and none beside them, and it is the hash of word and bytes. */
static void copied_it_is_the_same(struct kunit *test)
{
	size_t i, n, shift;

	for (shift = 0; shift < 8; shift++) {
		for (i = 0; i < 72; i++) {
			u8 *both = new_bytes(test, 8 + i);
			u8 *from = kunit_kmalloc(test, shift + i + 1, GFP_KERNEL);
			u8 *to = kunit_kmalloc(test, i + 1, GFP_KERNEL);
			__be64 head;

			KUNIT_ASSERT_NOT_NULL(test, from);
			KUNIT_ASSERT_NOT_NULL(test, to);
			memcpy(&head, both, sizeof(head));
			for (n = 0; n < i; n++)
				from[1 + shift + n] = both[8 + n];
			to[i] = 0xa5;
			KUNIT_EXPECT_EQ(test, paxos_digest_copy(key, head, to, from + 1 + shift, i),
					paxos_digest_bytes(key, both, 8 + i));
			KUNIT_EXPECT_MEMEQ(test, to, both + 8, i);
			KUNIT_EXPECT_EQ(test, to[i], 0xa5);
			kunit_kfree(test, to);
			kunit_kfree(test, from);
			kunit_kfree(test, both);
		}
	}
}

static struct kunit_case digest_cases[] = {
	KUNIT_CASE(is_siphash_1_3),
	KUNIT_CASE(reads_from_any_place_and_no_further),
	KUNIT_CASE(each_bit_of_the_key_matters),
	KUNIT_CASE(copied_it_is_the_same),
	{}
};

static struct kunit_suite digest_suite = {
	.name = "paxos_digest",
	.test_cases = digest_cases,
};

kunit_test_suite(digest_suite);
