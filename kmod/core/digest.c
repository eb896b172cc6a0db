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

struct sip {
	u64 a, b, c, d;
};

static void begin(struct sip *s, const u8 identity[16])
{
	u64 key[2];

	paxos_value_key(key, identity);
	s->a = SIPHASH_CONST_0 ^ key[0];
	s->b = SIPHASH_CONST_1 ^ key[1];
	s->c = SIPHASH_CONST_2 ^ key[0];
	s->d = SIPHASH_CONST_3 ^ key[1];
}

static void mix(struct sip *s, u64 m)
{
	s->d ^= m;
	SIPHASH_PERMUTATION(s->a, s->b, s->c, s->d);
	s->a ^= m;
}

static u64 end(struct sip *s, u64 last)
{
	mix(s, last);
	s->c ^= 0xff;
	SIPHASH_PERMUTATION(s->a, s->b, s->c, s->d);
	SIPHASH_PERMUTATION(s->a, s->b, s->c, s->d);
	SIPHASH_PERMUTATION(s->a, s->b, s->c, s->d);
	return s->a ^ s->b ^ s->c ^ s->d;
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
__flatten
u64 paxos_digest_bytes(const u8 identity[16], const void *data, size_t len)
{
	const u8 *at = data, *tail = at + (len & ~(size_t)7);
	struct sip s;

	begin(&s, identity);
	for (; at != tail; at += 8)
		mix(&s, word(at));
	return end(&s, last_word(at, len));
}

/**
 * paxos_digest_copy - the same of a word and the bytes after it, which are copied
 * @identity: the group's
 * @head: the word, as it lies before them
 * @to: where the bytes go
 * @from: the bytes
 * @len: their number
 *
 * Each is read once: what is copied is what was hashed.
 *
 * Return: the hash.
 */
__flatten
u64 paxos_digest_copy(const u8 identity[16], __be64 head, u8 *to, const u8 *from, size_t len)
{
	const size_t whole = len & ~(size_t)7;
	struct sip s;
	size_t i;

	begin(&s, identity);
	mix(&s, word((const u8 *)&head));
	for (i = 0; i < whole; i += 8) {
		memcpy(to + i, from + i, 8);
		mix(&s, word(to + i));
	}
	for (; i < len; i++)
		to[i] = from[i];
	return end(&s, last_word(to + whole, sizeof(head) + len));
}
