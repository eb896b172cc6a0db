// SPDX-License-Identifier: GPL-2.0
/* Values: bytes in chunks of a pool, counted by reference. */

#include "value.h"
#include "digest.h"
#include "pool.h"

#define INLINE_OFFSET	offsetof(struct paxos_value, bytes)

static_assert(sizeof(struct paxos_value) <= 256, "a value's head fits a small chunk");
static_assert(PAXOS_CHUNK_PAGE_SIZE % PAXOS_WIRE_UNIT == 0, "no unit crosses a page");
static_assert(offsetof(struct paxos_value, head) + 8 == INLINE_OFFSET, "hashed in one piece");
static_assert(PAXOS_VALUE_MAX / PAXOS_WIRE_UNIT <= 32, "units fit the mask of a FETCH");

static struct paxos_value *none(const struct paxos_pool *pool, enum paxos_chunk_class class,
				bool *full)
{
	if (full)
		*full = paxos_pool_is_full(pool, class);
	return NULL;
}

static struct paxos_value *with_pages(struct paxos_value *value, u32 pages, bool *full)
{
	struct paxos_pool *pool = value->pool;

	while (value->pages < pages) {
		u8 *page = paxos_pool_take(pool, PAXOS_CHUNK_PAGE);

		if (!page) {
			paxos_value_free(value);
			return none(pool, PAXOS_CHUNK_PAGE, full);
		}
		value->page[value->pages++] = page;
	}
	return value;
}

/**
 * paxos_value_alloc - make a value with room for its bytes
 * @pool: where the chunks come from
 * @length: bytes, 0 to PAXOS_VALUE_MAX
 * @kind: enum paxos_kind
 * @full: set when the pool's limit is the reason for NULL; may be NULL
 *
 * Context: any, under the group's lock.
 * Return: the value with one reference, its id unset, or NULL.
 */
struct paxos_value *paxos_value_alloc(struct paxos_pool *pool, u32 length, u8 kind, bool *full)
{
	enum paxos_chunk_class class = PAXOS_CHUNK_SMALL;
	struct paxos_value *value;
	u32 pages = 0;

	if (PAXOS_VIOLATED(length > PAXOS_VALUE_MAX))
		return NULL;
	if (length > paxos_pool_chunk_size(PAXOS_CHUNK_MIDDLE) - INLINE_OFFSET)
		pages = DIV_ROUND_UP(length, PAXOS_CHUNK_PAGE_SIZE);
	else if (length > paxos_pool_chunk_size(PAXOS_CHUNK_SMALL) - INLINE_OFFSET)
		class = PAXOS_CHUNK_MIDDLE;

	value = paxos_pool_take(pool, class);
	if (!value)
		return none(pool, class, full);
	/* Not all of it: its bytes are written, and it has no pages beyond @pages. */
	memset(&value->id, 0, sizeof(value->id));
	value->pool = pool;
	paxos_ref_set(&value->ref, 1);
	value->length = length;
	value->kind = kind;
	value->class = (u8)class;
	value->pages = 0;
	return pages ? with_pages(value, pages, full) : value;
}

/**
 * paxos_value_put - let go of a reference
 * @value: the value, or NULL
 *
 * The last one only queues the value: paxos_pool_drain() frees its chunks
 * under the lock, so that this can be called without.
 *
 * Context: any, with or without the group's lock; the pool must outlive it.
 */
void paxos_value_put(struct paxos_value *value)
{
	if (value && paxos_ref_put(&value->ref))
		llist_add(&value->node, &value->pool->returned);
}

/**
 * paxos_value_free - give the chunks back
 * @value: a value that nobody has a reference to
 *
 * Context: any, under the group's lock.
 */
void paxos_value_free(struct paxos_value *value)
{
	struct paxos_pool *pool = value->pool;

	while (value->pages)
		paxos_pool_put(pool, PAXOS_CHUNK_PAGE, value->page[--value->pages]);
	paxos_pool_put(pool, value->class, value);
}

/**
 * paxos_value_unit - where the bytes of a unit lie
 * @value: the value
 * @unit: number of the unit, below paxos_value_units()
 *
 * Return: its first byte; a unit is contiguous.
 */
u8 *paxos_value_unit(struct paxos_value *value, u32 unit)
{
	u32 offset = unit * PAXOS_WIRE_UNIT;

	if (!value->pages)
		return (u8 *)value + INLINE_OFFSET + offset;
	return value->page[offset / PAXOS_CHUNK_PAGE_SIZE] + offset % PAXOS_CHUNK_PAGE_SIZE;
}

static u32 run(struct paxos_value *value, u32 offset, u32 length)
{
	if (!value->pages)
		return length;
	return min_t(u32, length, PAXOS_CHUNK_PAGE_SIZE - offset % PAXOS_CHUNK_PAGE_SIZE);
}

static u8 *at(struct paxos_value *value, u32 offset)
{
	return paxos_value_unit(value, offset / PAXOS_WIRE_UNIT) + offset % PAXOS_WIRE_UNIT;
}

/**
 * paxos_value_write - copy bytes into a value that is being made
 * @value: the value
 * @offset: where they go
 * @src: the bytes
 * @length: their number; @offset + @length is at most the value's length
 */
void paxos_value_write(struct paxos_value *value, u32 offset, const u8 *src, u32 length)
{
	if (PAXOS_VIOLATED(offset > value->length || length > value->length - offset))
		return;
	while (length) {
		u32 n = run(value, offset, length);

		memcpy(at(value, offset), src, n);
		src += n;
		offset += n;
		length -= n;
	}
}

/**
 * paxos_value_read - copy bytes out of a value
 * @value: the value
 * @offset: where they begin
 * @dst: where they go
 * @length: their number; @offset + @length is at most the value's length
 *
 * Context: any, the caller has a reference; no lock is needed.
 */
void paxos_value_read(struct paxos_value *value, u32 offset, u8 *dst, u32 length)
{
	if (PAXOS_VIOLATED(offset > value->length || length > value->length - offset))
		return;
	while (length) {
		u32 n = run(value, offset, length);

		memcpy(dst, at(value, offset), n);
		dst += n;
		offset += n;
		length -= n;
	}
}

static u64 digest_units(struct paxos_value *value, const u8 identity[16])
{
	__be64 hash[1 + PAXOS_VALUE_MAX / PAXOS_WIRE_UNIT];
	u32 units = DIV_ROUND_UP(value->length, PAXOS_WIRE_UNIT);
	u32 i;

	hash[0] = value->head;
	for (i = 0; i < units; i++) {
		const u32 length = paxos_value_unit_length(value->length, i);

		hash[1 + i] = cpu_to_be64(paxos_digest_bytes(identity,
							     paxos_value_unit(value, i),
							     length));
	}
	return paxos_digest_bytes(identity, hash, (1 + units) * sizeof(hash[0]));
}

/**
 * paxos_value_digest - the digest of a complete value
 * @value: the value
 * @identity: the group's, which keys the hash
 *
 * paxos_digest_bytes() of kind and length, and of the bytes that follow them if they
 * are one unit. Of a longer value it is of the hashes of the units: these are hashed
 * where they lie, so that no value has to be contiguous.
 *
 * Return: the digest.
 */
u64 paxos_value_digest(struct paxos_value *value, const u8 identity[16])
{
	value->head = cpu_to_be64((u64)value->kind << 32 | value->length);
	if (value->length > PAXOS_WIRE_UNIT)
		return digest_units(value, identity);
	return paxos_digest_bytes(identity, &value->head, sizeof(value->head) + value->length);
}

/**
 * paxos_value_fill - write the bytes of a value that is one unit at most
 * @value: the value
 * @bytes: all of them
 * @identity: the group's
 *
 * Return: what paxos_value_digest() says of it.
 */
u64 paxos_value_fill(struct paxos_value *value, const u8 *bytes, const u8 identity[16])
{
	if (!value->length)
		return paxos_value_digest(value, identity);
	value->head = cpu_to_be64((u64)value->kind << 32 | value->length);
	return paxos_digest_copy(identity, value->head, value->bytes, bytes, value->length);
}
