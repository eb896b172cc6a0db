// SPDX-License-Identifier: GPL-2.0
/*
 * What the search has seen. A key says which operations that are sure are
 * placed, and the state after them; with each key are kept the sets of maybes
 * with which it was reached. Lowe (2017) keeps key and set as one; here a set
 * that has all of one seen before is seen too: whoever has used fewer maybes
 * can do all that he can who has used more.
 */
#include <stdlib.h>
#include <string.h>

#include "lin.h"

struct lin_memo {
	uint64_t *block;	/* keys: first set, n, n words; sets: next, n, n words */
	size_t used;
	size_t size;
	size_t *slot;		/* of a key, offset in the block plus one */
	size_t n;
	size_t n_slots;
	uint64_t work;		/* sets looked at */
};

struct lin_memo *lin_memo_new(void)
{
	struct lin_memo *memo = calloc(1, sizeof(*memo));

	if (!memo)
		abort();
	return memo;
}

static uint64_t hash(const uint64_t *word, size_t n)
{
	uint64_t h = n;

	while (n--) {
		h = (h ^ *word++) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 29;
	}
	return h;
}

/* Where the key is in the table, or where it belongs. */
static size_t place(const struct lin_memo *memo, const uint64_t *word, size_t n)
{
	size_t i = hash(word, n) & (memo->n_slots - 1);

	for (; memo->slot[i]; i = (i + 1) & (memo->n_slots - 1)) {
		const uint64_t *old = &memo->block[memo->slot[i] - 1];

		if (old[1] == n && !memcmp(old + 2, word, n * sizeof(*word)))
			break;
	}
	return i;
}

static void rehash(struct lin_memo *memo)
{
	size_t *old = memo->slot, n_old = memo->n_slots, i;

	memo->n_slots = n_old ? 2 * n_old : 256;
	memo->slot = calloc(memo->n_slots, sizeof(*memo->slot));
	if (!memo->slot)
		abort();
	for (i = 0; i < n_old; i++) {
		const uint64_t *key = old[i] ? &memo->block[old[i] - 1] : NULL;

		if (key)
			memo->slot[place(memo, key + 2, key[1])] = old[i];
	}
	free(old);
}

/* Returns its offset plus one. */
static size_t append(struct lin_memo *memo, uint64_t next, const uint64_t *word, size_t n)
{
	size_t at = memo->used;

	if (memo->used + n + 2 > memo->size) {
		memo->size = 2 * memo->size + n + 256;
		memo->block = realloc(memo->block, memo->size * sizeof(*memo->block));
		if (!memo->block)
			abort();
	}
	memo->block[at] = next;
	memo->block[at + 1] = n;
	memcpy(&memo->block[at + 2], word, n * sizeof(*word));
	memo->used += n + 2;
	return at + 1;
}

static bool has_all(const uint64_t *set, size_t n, const uint64_t *of, size_t n_of)
{
	size_t i;

	for (i = 0; i < n_of; i++)
		if (of[i] & ~(i < n ? set[i] : 0))
			return false;
	return true;
}

/* False if it, or the same with fewer maybes, is there already. */
bool lin_memo_add(struct lin_memo *memo, const uint64_t *key, size_t n, const uint64_t *set,
		  size_t n_set)
{
	uint64_t next;
	size_t i, at;

	if (2 * (memo->n + 1) > memo->n_slots)
		rehash(memo);
	i = place(memo, key, n);
	if (!memo->slot[i]) {
		memo->slot[i] = append(memo, 0, key, n);
		memo->n++;
	}
	for (next = memo->block[memo->slot[i] - 1]; next; next = memo->block[next - 1]) {
		const uint64_t *old = &memo->block[next - 1];

		memo->work++;
		if (has_all(set, n_set, old + 2, old[1]))
			return false;
	}
	at = append(memo, memo->block[memo->slot[i] - 1], set, n_set);
	memo->block[memo->slot[i] - 1] = at;
	return true;
}

size_t lin_memo_bytes(const struct lin_memo *memo)
{
	return memo->size * sizeof(*memo->block) + memo->n_slots * sizeof(*memo->slot);
}

uint64_t lin_memo_work(const struct lin_memo *memo)
{
	return memo->work;
}

void lin_memo_free(struct lin_memo *memo)
{
	free(memo->block);
	free(memo->slot);
	free(memo);
}
