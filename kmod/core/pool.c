// SPDX-License-Identifier: GPL-2.0
/* The pool: chunks of three sizes, given by the owner, taken by the core. */

#include "pool.h"
#include "value.h"

/*
 * What is kept free, so that a burst finds memory before the owner's worker has
 * run: one part in so many of the limit, of which a log is to be made, and not of
 * what lies idle. It is at least as much as lets a longest value in when half of it
 * is gone, and the worker told; and at most what one run of softirq can use up.
 */
static const struct {
	u32 part;
	u32 least;
	u32 most;
} classes[PAXOS_CHUNK_CLASSES] = {
	[PAXOS_CHUNK_SMALL]	= { 128, 64, 4096 },
	[PAXOS_CHUNK_MIDDLE]	= { 32, 16, 512 },
	[PAXOS_CHUNK_PAGE]	= { 128, 16, 512 },
};

static_assert(PAXOS_VALUE_MAX / PAXOS_CHUNK_PAGE_SIZE <= 16 / 2, "the least reserve of pages");

/**
 * paxos_pool_init - an empty pool
 * @pool: the pool
 * @limit: bytes that it may ever hold
 */
void paxos_pool_init(struct paxos_pool *pool, u64 limit)
{
	memset(pool, 0, sizeof(*pool));
	paxos_pool_set_limit(pool, limit);
}

/**
 * paxos_pool_set_limit - another limit, and what is kept free of it
 * @pool: the pool
 * @limit: bytes that it may hold from now on, once it holds no more
 *
 * Context: any, under the group's lock.
 */
void paxos_pool_set_limit(struct paxos_pool *pool, u64 limit)
{
	enum paxos_chunk_class c;

	pool->limit = limit;
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		u64 part = limit / (classes[c].part * paxos_pool_chunk_size(c));

		pool->reserve[c] = max_t(u32, min_t(u64, part, classes[c].most),
					 classes[c].least);
	}
}

/**
 * paxos_pool_wants - how many chunks of a class the owner should give now
 * @pool: the pool
 * @class: the class
 *
 * Context: any, under the group's lock.
 * Return: a number that keeps the pool within its limit.
 */
u32 paxos_pool_wants(const struct paxos_pool *pool, enum paxos_chunk_class class)
{
	u64 room = pool->limit > pool->given ? pool->limit - pool->given : 0;
	u32 lacks = 0;

	if (pool->n_free[class] < pool->reserve[class])
		lacks = pool->reserve[class] - pool->n_free[class];
	return (u32)min_t(u64, lacks, room / paxos_pool_chunk_size(class));
}

/**
 * paxos_pool_spares - how many free chunks of a class the owner may reclaim
 * @pool: the pool
 * @class: the class
 *
 * Twice the reserve stays, so that a worker that gives and reclaims does not
 * move the same chunks back and forth.
 *
 * Context: any, under the group's lock.
 * Return: a number of chunks.
 */
u32 paxos_pool_spares(const struct paxos_pool *pool, enum paxos_chunk_class class)
{
	u32 keep = 2 * pool->reserve[class];

	return pool->n_free[class] > keep ? pool->n_free[class] - keep : 0;
}

/**
 * paxos_pool_is_low - should the owner's worker run?
 * @pool: the pool
 *
 * Context: any, under the group's lock.
 * Return: true when a class has less than half its reserve and may grow.
 */
bool paxos_pool_is_low(const struct paxos_pool *pool)
{
	enum paxos_chunk_class c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		if (pool->n_free[c] < pool->reserve[c] / 2 &&
		    paxos_pool_wants(pool, c))
			return true;
	return false;
}

static bool is_steady(const struct paxos_pool *pool, enum paxos_chunk_class class)
{
	return pool->n_free[class] >= pool->reserve[class] / 2 &&
	       pool->n_free[class] <= 2 * pool->reserve[class];
}

/**
 * paxos_pool_is_steady - is there nothing to give and nothing to reclaim?
 * @pool: the pool
 *
 * Nearly always, and asked after each step: so it is one look a class.
 *
 * Context: any, under the group's lock.
 * Return: true when each class has half its reserve at least, and none to spare.
 */
bool paxos_pool_is_steady(const struct paxos_pool *pool)
{
	return is_steady(pool, PAXOS_CHUNK_SMALL) && is_steady(pool, PAXOS_CHUNK_MIDDLE) &&
	       is_steady(pool, PAXOS_CHUNK_PAGE);
}

/**
 * paxos_pool_is_full - is the log full, rather than the worker late?
 * @pool: the pool
 * @class: the class of which no chunk could be taken
 *
 * Context: any, under the group's lock.
 * Return: true when the limit allows no further chunk of @class.
 */
bool paxos_pool_is_full(const struct paxos_pool *pool, enum paxos_chunk_class class)
{
	return pool->given + paxos_pool_chunk_size(class) > pool->limit;
}

/**
 * paxos_pool_give - add a chunk
 * @pool: the pool
 * @class: its class
 * @chunk: paxos_pool_chunk_size() bytes, aligned as malloc does
 *
 * Context: any, under the group's lock.
 */
void paxos_pool_give(struct paxos_pool *pool, enum paxos_chunk_class class, void *chunk)
{
	pool->given += paxos_pool_chunk_size(class);
	paxos_pool_push(pool, class, chunk);
}

/**
 * paxos_pool_reclaim - take a free chunk out of the pool for good
 * @pool: the pool
 * @class: its class
 *
 * Context: any, under the group's lock.
 * Return: the chunk, now the owner's, or NULL when none is free.
 */
void *paxos_pool_reclaim(struct paxos_pool *pool, enum paxos_chunk_class class)
{
	void *chunk = paxos_pool_pop(pool, class);

	if (chunk)
		pool->given -= paxos_pool_chunk_size(class);
	return chunk;
}

/**
 * paxos_pool_drain_all - what paxos_pool_drain() does when there are some
 * @pool: the pool
 *
 * Context: any, under the group's lock.
 */
void paxos_pool_drain_all(struct paxos_pool *pool)
{
	struct llist_node *node = llist_del_all(&pool->returned);

	while (node) {
		struct paxos_value *value = llist_entry(node, struct paxos_value, node);

		node = node->next;
		paxos_value_free(value);
	}
}
