/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values: what instances are decided to be. A value is counted by reference,
 * lies in chunks of a pool, and does not change once its bytes are complete.
 */
#ifndef _PAXOS_CORE_VALUE_H
#define _PAXOS_CORE_VALUE_H

#include "port.h"

struct paxos_pool;

/**
 * struct paxos_vid - tells one value from another
 * @client: who made it; 0 for a no-op
 * @sequence: the client's number of it
 * @digest: SipHash-1-3 of kind, length and bytes under the group's identity
 */
struct paxos_vid {
	u64 client;
	u64 sequence;
	u64 digest;
};

#define PAXOS_VALUE_PAGES	(PAXOS_VALUE_MAX / 4096)

/**
 * struct paxos_value - a value and its bytes
 * @pool: where its chunks came from
 * @node: links it into the pool's list of those let go
 * @id: what it is
 * @ref: references
 * @length: bytes
 * @kind: enum paxos_kind
 * @class: class of the first chunk
 * @pages: how many chunks of a page hold the bytes; 0 if they follow here
 * @head: kind and length, as they are hashed together with the bytes
 * @bytes: the bytes, or
 * @page: the pages that hold them
 */
struct paxos_value {
	struct paxos_pool *pool;
	struct llist_node node;
	struct paxos_vid id;
	struct paxos_ref ref;
	u32 length;
	u8 kind;
	u8 class;
	u8 pages;
	__be64 head;
	union {
		u8 bytes[8];
		u8 *page[PAXOS_VALUE_PAGES];
	};
};

static inline bool paxos_vid_equal(const struct paxos_vid *a, const struct paxos_vid *b)
{
	return a->client == b->client && a->sequence == b->sequence &&
	       a->digest == b->digest;
}

/* How many PARTs carry a value: an empty one takes one, to say so. */
static inline u32 paxos_value_units(u32 length)
{
	return length ? DIV_ROUND_UP(length, PAXOS_WIRE_UNIT) : 1;
}

static inline u32 paxos_value_unit_length(u32 length, u32 unit)
{
	return min_t(u32, length - unit * PAXOS_WIRE_UNIT, PAXOS_WIRE_UNIT);
}

/* Takes a reference of a value that the caller has one of, or of none. */
static inline struct paxos_value *paxos_value_get(struct paxos_value *value)
{
	if (value)
		paxos_ref_get(&value->ref);
	return value;
}

/* The key of a group's hashes. */
static inline void paxos_value_key(u64 key[2], const u8 identity[16])
{
	__be64 high, low;

	/* Not an array, which a compiler would keep in memory, and guard. */
	memcpy(&high, identity, sizeof(high));
	memcpy(&low, identity + sizeof(high), sizeof(low));
	key[0] = be64_to_cpu(high);
	key[1] = be64_to_cpu(low);
}

struct paxos_value *paxos_value_alloc(struct paxos_pool *pool, u32 length, u8 kind,
				      bool *full);
void paxos_value_put(struct paxos_value *value);
void paxos_value_free(struct paxos_value *value);
u8 *paxos_value_unit(struct paxos_value *value, u32 unit);
void paxos_value_write(struct paxos_value *value, u32 offset, const u8 *src, u32 length);
void paxos_value_read(struct paxos_value *value, u32 offset, u8 *dst, u32 length);
u64 paxos_value_digest(struct paxos_value *value, const u8 identity[16]);
u64 paxos_value_fill(struct paxos_value *value, const u8 *bytes, const u8 identity[16]);

#endif
