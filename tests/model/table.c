// SPDX-License-Identifier: GPL-2.0
/* Tables: byte strings, each kept once and named by a number from 0. */

#include <stdlib.h>

#include "model.h"

u64 mix(u64 x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ull;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ull;
	return x ^ x >> 32;
}

/* Room for one more. */
void *grow(void *array, u32 n, u32 *room, size_t each)
{
	if (n < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	array = realloc(array, *room * each);
	if (!array)
		die("out of memory");
	return array;
}

static u64 hash(const u8 *key, u32 len)
{
	u64 h = len;
	u64 word;

	for (; len >= sizeof(word); key += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, key, sizeof(word));
		h = mix(h ^ word);
	}
	while (len--)
		h = mix(h ^ *key++);
	return h;
}

static void rehash(struct table *t)
{
	u32 i, at;

	free(t->slot);
	t->slots = t->slots ? 2 * t->slots : 256;
	t->slot = calloc(t->slots, sizeof(*t->slot));
	if (!t->slot)
		die("out of memory");
	for (i = 0; i < t->n; i++) {
		at = hash(t->bytes + t->at[i], t->len[i]) & (t->slots - 1);
		while (t->slot[at])
			at = (at + 1) & (t->slots - 1);
		t->slot[at] = i + 1;
	}
}

u32 table_put(struct table *t, const void *key, u32 len, bool *fresh)
{
	u32 at, id, room = t->room;

	if (2 * (t->n + 1) > t->slots)
		rehash(t);
	at = hash(key, len) & (t->slots - 1);
	for (; t->slot[at]; at = (at + 1) & (t->slots - 1)) {
		id = t->slot[at] - 1;
		if (t->len[id] == len && !memcmp(t->bytes + t->at[id], key, len)) {
			if (fresh)
				*fresh = false;
			return id;
		}
	}
	while (t->used + len > t->size) {
		t->size = t->size ? 2 * t->size : 65536;
		t->bytes = realloc(t->bytes, t->size);
		if (!t->bytes)
			die("out of memory");
	}
	t->at = grow(t->at, t->n, &room, sizeof(*t->at));
	t->len = grow(t->len, t->n, &t->room, sizeof(*t->len));
	memcpy(t->bytes + t->used, key, len);
	t->at[t->n] = t->used;
	t->len[t->n] = len;
	t->used += len;
	t->slot[at] = ++t->n;
	if (fresh)
		*fresh = true;
	return t->n - 1;
}

const void *table_get(const struct table *t, u32 id, u32 *len)
{
	if (len)
		*len = t->len[id];
	return t->bytes + t->at[id];
}
