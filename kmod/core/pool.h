/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool: memory that a group was given, in chunks of three sizes. The core
 * takes chunks from it and never allocates; the owner keeps it ahead of demand
 * from a context that may sleep, and bounds it. P36.
 */
#ifndef _PAXOS_CORE_POOL_H
#define _PAXOS_CORE_POOL_H

#include "port.h"

enum paxos_chunk_class {
	PAXOS_CHUNK_SMALL,
	PAXOS_CHUNK_MIDDLE,
	PAXOS_CHUNK_PAGE,
	PAXOS_CHUNK_CLASSES,
};

#define PAXOS_CHUNK_PAGE_SIZE	4096

struct paxos_chunk {
	struct paxos_chunk *next;
};

/**
 * struct paxos_pool - chunks free and taken
 * @free: free chunks, a list a class
 * @n_free: their number
 * @reserve: how many are to be free, follows from @limit
 * @returned: values whose last reference went without the owner's lock
 * @given: bytes that the owner gave and has not reclaimed
 * @used: bytes of chunks that are taken
 * @limit: @given never exceeds it
 *
 * Everything but @returned belongs to whoever holds the group's lock.
 */
struct paxos_pool {
	struct paxos_chunk *free[PAXOS_CHUNK_CLASSES];
	u32 n_free[PAXOS_CHUNK_CLASSES];
	u32 reserve[PAXOS_CHUNK_CLASSES];
	struct llist_head returned;
	u64 given;
	u64 used;
	u64 limit;
};

/**
 * paxos_pool_chunk_size - bytes of a chunk
 * @class: its class
 *
 * Return: bytes.
 */
static inline size_t paxos_pool_chunk_size(enum paxos_chunk_class class)
{
	static const u16 size[PAXOS_CHUNK_CLASSES] = {
		[PAXOS_CHUNK_SMALL] = 256,
		[PAXOS_CHUNK_MIDDLE] = 2048,
		[PAXOS_CHUNK_PAGE] = PAXOS_CHUNK_PAGE_SIZE,
	};

	return size[class];
}

static inline void paxos_pool_push(struct paxos_pool *pool, enum paxos_chunk_class class,
				   void *mem)
{
	struct paxos_chunk *chunk = mem;

	chunk->next = pool->free[class];
	pool->free[class] = chunk;
	pool->n_free[class]++;
}

static inline void *paxos_pool_pop(struct paxos_pool *pool, enum paxos_chunk_class class)
{
	struct paxos_chunk *chunk = pool->free[class];

	if (!chunk)
		return NULL;
	pool->free[class] = chunk->next;
	pool->n_free[class]--;
	return chunk;
}

/**
 * paxos_pool_take - take a chunk for use
 * @pool: the pool
 * @class: its class
 *
 * Context: any, under the group's lock.
 * Return: the chunk, its bytes undefined, or NULL.
 */
static inline void *paxos_pool_take(struct paxos_pool *pool, enum paxos_chunk_class class)
{
	void *chunk = paxos_pool_pop(pool, class);

	if (chunk)
		pool->used += paxos_pool_chunk_size(class);
	return chunk;
}

/**
 * paxos_pool_put - give back a chunk taken
 * @pool: the pool
 * @class: its class
 * @chunk: the chunk
 *
 * Context: any, under the group's lock.
 */
static inline void paxos_pool_put(struct paxos_pool *pool, enum paxos_chunk_class class,
				  void *chunk)
{
	pool->used -= paxos_pool_chunk_size(class);
	paxos_pool_push(pool, class, chunk);
}

void paxos_pool_init(struct paxos_pool *pool, u64 limit);
void paxos_pool_set_limit(struct paxos_pool *pool, u64 limit);
u32 paxos_pool_wants(const struct paxos_pool *pool, enum paxos_chunk_class class);
u32 paxos_pool_spares(const struct paxos_pool *pool, enum paxos_chunk_class class);
bool paxos_pool_is_steady(const struct paxos_pool *pool);
bool paxos_pool_is_low(const struct paxos_pool *pool);
bool paxos_pool_is_full(const struct paxos_pool *pool, enum paxos_chunk_class class);
void paxos_pool_give(struct paxos_pool *pool, enum paxos_chunk_class class, void *chunk);
void *paxos_pool_reclaim(struct paxos_pool *pool, enum paxos_chunk_class class);
void paxos_pool_drain_all(struct paxos_pool *pool);

/**
 * paxos_pool_drain - make the chunks of values free that were let go unlocked
 * @pool: the pool
 *
 * Context: any, under the group's lock.
 */
static inline void paxos_pool_drain(struct paxos_pool *pool)
{
	if (READ_ONCE(pool->returned.first))
		paxos_pool_drain_all(pool);
}

#endif
