/* SPDX-License-Identifier: GPL-2.0 */
/* The running hash of a log, by which nodes see that theirs is the same. P21. */
#ifndef _PAXOS_CORE_CHAIN_H
#define _PAXOS_CORE_CHAIN_H

#include "value.h"

/* The primes of xxHash, as they are its rounds. */
#define PAXOS_CHAIN_1		0x9e3779b185ebca87ULL
#define PAXOS_CHAIN_2		0xc2b2ae3d27d4eb4fULL
#define PAXOS_CHAIN_3		0x165667b19e3779f9ULL
#define PAXOS_CHAIN_4		0x85ebca77c2b2ae63ULL

static inline u64 paxos_chain_word(u64 hash, u64 word)
{
	hash ^= rol64(word * PAXOS_CHAIN_2, 31) * PAXOS_CHAIN_1;
	return rol64(hash, 27) * PAXOS_CHAIN_1 + PAXOS_CHAIN_4;
}

/**
 * paxos_chain_next - the running hash at an instance
 * @hash: the running hash at the one before; 0 at the first
 * @key: the group's
 * @instance: the instance
 * @id: of the value that is chosen there
 *
 * It guards against bugs, which do not look for two logs with one hash, and not
 * against an adversary: that would cost a value five times as much. Members are
 * believed in what is chosen anyway; and that bytes are those of the value is for
 * the digest to say, whose key is what it rests on.
 *
 * Each step can be undone, so that two logs that differ in a single number never
 * have one hash; and each bit of a number changes each bit of the hash half of the
 * time. The order counts: what is hashed is changed by each number in turn.
 *
 * Return: the hash.
 */
static inline u64 paxos_chain_next(u64 hash, const u64 key[2], u64 instance,
				   const struct paxos_vid *id)
{
	hash = (hash + instance) ^ key[0];
	hash = paxos_chain_word(hash, id->client ^ key[1]);
	hash = paxos_chain_word(hash, id->sequence);
	hash = paxos_chain_word(hash, id->digest);
	hash = (hash ^ hash >> 33) * PAXOS_CHAIN_2;
	hash = (hash ^ hash >> 29) * PAXOS_CHAIN_3;
	return hash ^ hash >> 32;
}

#endif
