/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's only door out: what it needs from the kernel, and the same from
 * a C library, so that the module, the tests and the simulator run one code.
 * Keep it short; whatever does not fit belongs to the core's caller.
 */
#ifndef _PAXOS_CORE_PORT_H
#define _PAXOS_CORE_PORT_H

#ifdef __KERNEL__

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include <linux/types.h>
#include <crypto/blake2s.h>

/* Under KASAN each function that is flattened keeps its own frame, and that is too much. */
#ifdef CONFIG_KASAN
#undef __flatten
#define __flatten
#endif

#define paxos_ref		refcount_struct
#define paxos_ref_set		refcount_set
#define paxos_ref_get		refcount_inc
#define paxos_ref_put		refcount_dec_and_test
#define paxos_ref_read		refcount_read

/* A violated invariant is a bug of ours: say so once, and take the safe way. */
#define PAXOS_VIOLATED(cond)	WARN_ON_ONCE(cond)

static inline u64 paxos_siphash(const u64 key[2], const void *data, size_t len)
{
	const siphash_key_t k = { { key[0], key[1] } };

	return siphash(data, len, &k);
}

/* As of their bytes, the lowest of each first. */
static inline u64 paxos_siphash_4u64(const u64 key[2], u64 a, u64 b, u64 c, u64 d)
{
	const siphash_key_t k = { { key[0], key[1] } };

	return siphash_4u64(a, b, c, d, &k);
}

static inline void paxos_blake2s(u8 out[32], const void *data, size_t len)
{
	blake2s(out, data, NULL, 32, len, 0);
}

#else

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __force
#define U64_MAX			UINT64_MAX
#define U32_MAX			UINT32_MAX
#define BIT_ULL(n)		(1ULL << (n))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min_t(t, a, b)		min((t)(a), (t)(b))
#define max_t(t, a, b)		max((t)(a), (t)(b))
#define fallthrough		__attribute__((__fallthrough__))
#define __flatten		__attribute__((__flatten__))
#define __packed		__attribute__((__packed__))
#ifndef static_assert
#define static_assert		_Static_assert
#endif
#define cpu_to_be16		htobe16
#define cpu_to_be32		htobe32
#define cpu_to_be64		htobe64
#define be16_to_cpu		be16toh
#define be32_to_cpu		be32toh
#define be64_to_cpu		be64toh
#define le16_to_cpu		le16toh
#define le32_to_cpu		le32toh
#define le64_to_cpu		le64toh
#define hweight64(x)		((unsigned int)__builtin_popcountll(x))
#define hweight32(x)		((unsigned int)__builtin_popcount(x))

static inline u64 rol64(u64 word, unsigned int shift)
{
	return word << (shift & 63) | word >> (-shift & 63);
}

/* As <linux/siphash.h> has them. */
#define SIPHASH_PERMUTATION(a, b, c, d) ( \
	(a) += (b), (b) = rol64((b), 13), (b) ^= (a), (a) = rol64((a), 32), \
	(c) += (d), (d) = rol64((d), 16), (d) ^= (c), \
	(a) += (d), (d) = rol64((d), 21), (d) ^= (a), \
	(c) += (b), (b) = rol64((b), 17), (b) ^= (c), (c) = rol64((c), 32))
#define SIPHASH_CONST_0		0x736f6d6570736575ULL
#define SIPHASH_CONST_1		0x646f72616e646f6dULL
#define SIPHASH_CONST_2		0x6c7967656e657261ULL
#define SIPHASH_CONST_3		0x7465646279746573ULL

struct paxos_ref {
	int count;
};

static inline void paxos_ref_set(struct paxos_ref *ref, int n)
{
	ref->count = n;
}

static inline void paxos_ref_get(struct paxos_ref *ref)
{
	ref->count++;
}

static inline bool paxos_ref_put(struct paxos_ref *ref)
{
	return --ref->count == 0;
}

static inline int paxos_ref_read(const struct paxos_ref *ref)
{
	return ref->count;
}

/* One thread runs the core here, so the kernel's lock-free list is a stack. */
struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

static inline void llist_add(struct llist_node *node, struct llist_head *head)
{
	node->next = head->first;
	head->first = node;
}

static inline struct llist_node *llist_del_all(struct llist_head *head)
{
	struct llist_node *first = head->first;

	head->first = NULL;
	return first;
}

#define llist_entry(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

/* Supplied by the program: it may abort, or count and go on. */
bool paxos_violated(const char *what, const char *file, int line);
#define PAXOS_VIOLATED(cond) \
	((cond) ? paxos_violated(#cond, __FILE__, __LINE__) : false)

u64 paxos_siphash(const u64 key[2], const void *data, size_t len);

static inline u64 paxos_siphash_4u64(const u64 key[2], u64 a, u64 b, u64 c, u64 d)
{
	const u64 in[] = { htole64(a), htole64(b), htole64(c), htole64(d) };

	return paxos_siphash(key, in, sizeof(in));
}

void paxos_blake2s(u8 out[32], const void *data, size_t len);

#endif /* __KERNEL__ */

/*
 * Of a variable that is written before it is read, each time: many kernels clear
 * the stack first, which for what is large and used for every datagram is dear.
 */
#ifndef __uninitialized
#ifndef __has_attribute
#define __uninitialized
#elif __has_attribute(uninitialized)
#define __uninitialized		__attribute__((uninitialized))
#else
#define __uninitialized
#endif
#endif

/* What is read through it may have been written as something else. */
#define __may_alias		__attribute__((__may_alias__))

#include <linux/paxos.h>
#include <linux/paxos_wire.h>

#endif /* _PAXOS_CORE_PORT_H */
