// SPDX-License-Identifier: GPL-2.0
/*
 * The digest: SipHash-1-3 with all of its 64 bits. The kernel has it for hash
 * tables alone, cut to 32 bits, and a library only with twice the rounds; each
 * node hashes each value, so rounds are what a value costs.
 */

#include "digest.h"
#include "value.h"

static u64 word(const u8 *at)
{
	__le64 w;

	memcpy(&w, at, sizeof(w));
	return le64_to_cpu(w);
}

/* What follows the last whole word, and the length above it. */
static u64 last_word(const u8 *at, size_t len)
{
	u64 last = (u64)len << 56;
	u32 shift = 0;

	if (len & 4) {
		__le32 w;

		memcpy(&w, at, sizeof(w));
		last |= le32_to_cpu(w);
		at += sizeof(w);
		shift = 32;
	}
	if (len & 2) {
		__le16 w;

		memcpy(&w, at, sizeof(w));
		last |= (u64)le16_to_cpu(w) << shift;
		at += sizeof(w);
		shift += 16;
	}
	if (len & 1)
		last |= (u64)*at << shift;
	return last;
}

/**
 * paxos_digest_bytes - SipHash-1-3 of bytes
 * @identity: the group's, the key: its halves are two numbers, the highest byte first
 * @data: the bytes, wherever they lie
 * @len: their number
 *
 * The same on every machine: it reads words with the lowest byte first.
 *
 * Return: the hash.
 */
u64 paxos_digest_bytes(const u8 identity[16], const void *data, size_t len)
{
	const u8 *at = data, *end = at + (len & ~(size_t)7);
	u64 key[2], a, b, c, d, m;

	paxos_value_key(key, identity);
	a = SIPHASH_CONST_0 ^ key[0];
	b = SIPHASH_CONST_1 ^ key[1];
	c = SIPHASH_CONST_2 ^ key[0];
	d = SIPHASH_CONST_3 ^ key[1];
	for (; at != end; at += 8) {
		m = word(at);
		d ^= m;
		SIPHASH_PERMUTATION(a, b, c, d);
		a ^= m;
	}
	m = last_word(at, len);
	d ^= m;
	SIPHASH_PERMUTATION(a, b, c, d);
	a ^= m;
	c ^= 0xff;
	SIPHASH_PERMUTATION(a, b, c, d);
	SIPHASH_PERMUTATION(a, b, c, d);
	SIPHASH_PERMUTATION(a, b, c, d);
	return a ^ b ^ c ^ d;
}
