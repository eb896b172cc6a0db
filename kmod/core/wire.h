/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages, decoded, and the way between them and bytes. The decoder is
 * total: any bytes in, a message or a named reason out.
 */
#ifndef _PAXOS_CORE_WIRE_H
#define _PAXOS_CORE_WIRE_H

#include "port.h"
#include "quorum.h"
#include "reason.h"
#include "value.h"

#define PAXOS_ID_BYTES		16

/* Instances that may be open: a step may have to look at each. */
#define PAXOS_WINDOW_MAX	65536

/* What an entry takes that goes on from the one before it. */
#define PAXOS_ENTRY_NEXT_SIZE	offsetof(struct paxos_wire_entry, instance)

/* As many as fit a datagram, whatever the message. */
#define PAXOS_ENTRIES_MAX	((PAXOS_WIRE_MAX - sizeof(struct paxos_wire_header)) / \
				 PAXOS_ENTRY_NEXT_SIZE)

/* Values up to here travel inside ACCEPT and VALUES, longer ones as PARTs. */
#define PAXOS_INLINE_MAX	PAXOS_WIRE_UNIT

/* A DECIDED names at most so many instances. */
#define PAXOS_DECIDED_MAX	4096

/**
 * struct paxos_header - what every message says of its sender
 * @type: enum paxos_wire_type
 * @sender: node id
 * @group: the group's id
 * @boot: starts of the incarnation
 * @sequence: the sender's number of the datagram
 * @membership: the version that the sender acts under
 * @incarnation: names the sender's memory
 * @identity: names the group's life, zero before init
 */
struct paxos_header {
	u8 type;
	u8 sender;
	u32 group;
	u32 boot;
	u64 sequence;
	u64 membership;
	u8 incarnation[PAXOS_ID_BYTES];
	u8 identity[PAXOS_ID_BYTES];
};

/**
 * struct paxos_options - what all voters of a group have alike
 * @voters: bit node - 1 is set for every voter
 * @window: instances that may be open above the decided prefix
 * @window_bytes: bytes of values in open instances
 * @alpha: how many instances later a membership is in force
 * @quorum: sizes
 */
struct paxos_options {
	u64 voters;
	u32 window;
	u32 window_bytes;
	u32 alpha;
	struct paxos_quorum quorum;
};

/**
 * struct paxos_entry - an instance and a value, in a message
 * @instance: the instance
 * @ballot: of the vote or the request
 * @id: which value
 * @length: its bytes
 * @kind: enum paxos_kind
 * @chosen: it is known to be chosen
 * @carried: the bytes are carried
 * @bytes: received: the bytes carried, within the datagram
 * @value: to be sent: the value, with a reference
 */
struct paxos_entry {
	u64 instance;
	u64 ballot;
	struct paxos_vid id;
	u32 length;
	u8 kind;
	bool chosen;
	bool carried;
	const u8 *bytes;
	struct paxos_value *value;
};

/* A vote for it names no more than that; written without a look at what was there. */
static inline void paxos_entry_vote(struct paxos_entry *e, u64 instance, u64 client,
				    u64 sequence, u64 digest)
{
	e->instance = instance;
	e->ballot = 0;
	e->id.client = client;
	e->id.sequence = sequence;
	e->id.digest = digest;
	e->length = 0;
	e->kind = 0;
	e->chosen = false;
	e->carried = false;
	e->bytes = NULL;
	e->value = NULL;
}

struct paxos_decided {
	u64 ballot;
	u64 first;
	u64 upto;
};

struct paxos_voter {
	u8 node;
	u8 incarnation[PAXOS_ID_BYTES];
};

/**
 * struct paxos_msg - a message; see &struct paxos_wire_header's siblings
 * @type: enum paxos_wire_type
 * @n_entries: how many @entry has
 * @entry: entries of a PROMISE, ACCEPT, ACCEPTED (instance and id), VALUES;
 *	the one of a PART and the one of a FETCH
 * @hello: &struct paxos_wire_hello
 * @init: &struct paxos_wire_init
 * @prepare: &struct paxos_wire_prepare
 * @promise: &struct paxos_wire_promise
 * @accept: &struct paxos_wire_accept
 * @accepted: &struct paxos_wire_accepted
 * @refused: &struct paxos_wire_refused
 * @decided: &struct paxos_wire_decided
 * @learn: &struct paxos_wire_learn
 * @values: &struct paxos_wire_values
 * @fetch: &struct paxos_wire_fetch
 * @part: &struct paxos_wire_part
 * @heartbeat: &struct paxos_wire_heartbeat
 * @barrier: &struct paxos_wire_barrier
 * @submit: &struct paxos_wire_submit
 */
struct paxos_msg {
	u8 type;
	u16 n_entries;
	struct paxos_entry *entry;
	union {
		struct {
			struct paxos_options options;
			u64 prefix;
			u64 trim;
			u64 hash;
			u64 highest;
			u64 follows;
			u8 state;
			bool ask;
			bool answer;
		} hello;
		struct {
			struct paxos_options options;
			bool live;
			struct paxos_voter voter[PAXOS_VOTERS_MAX];
		} init;
		struct {
			u64 ballot;
			u64 nonce;
			u64 from;
			u64 page;
			bool single;
		} prepare;
		struct {
			u64 ballot;
			u64 nonce;
			u64 from;
			u64 page;
			u64 upto;
			u64 trim;
			bool single;
		} promise;
		struct {
			u64 ballot;
			struct paxos_decided decided;
			bool more;
		} accept;
		struct {
			u64 ballot;
		} accepted;
		struct {
			u64 ballot;
			u64 highest;
			u64 instance;
			u64 trim;
			u64 upto;
			u8 reason;
		} refused;
		struct paxos_decided decided;
		struct {
			u64 from;
			u64 upto;
		} learn;
		struct {
			u64 prefix;
			u64 trim;
			u64 hash;
			u32 asked;
			bool last;
		} values;
		struct {
			u32 missing;
		} fetch;
		struct {
			u8 unit;
		} part;
		struct {
			u64 ballot;
			u64 number;
			u64 promised;
			u64 prefix;
			u64 vow;
			struct paxos_decided decided;
			bool answer;
			bool resign;
		} heartbeat;
		struct {
			u64 ballot;
			u64 number;
			u64 point;
			bool answer;
		} barrier;
		struct {
			u64 ballot;
			u64 number;
			u64 base;
			bool answer;
			bool full;
			bool again;
		} submit;
	};
};

/*
 * Makes it say nothing. The voters of an INIT are as long as all the rest, and few
 * messages have any: who writes these writes all of them.
 */
static inline void paxos_msg_clear(struct paxos_msg *msg)
{
	memset(msg, 0, offsetof(struct paxos_msg, hello) + sizeof(msg->hello));
}

/* What bytes of a value take. */
static inline size_t paxos_wire_padded(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Does this go on from an entry? Those without instance have none. */
static inline bool paxos_wire_goes_on(const struct paxos_entry *before, u64 instance, u64 ballot,
				      const struct paxos_vid *id)
{
	return id->sequence == before->id.sequence + 1 && id->client == before->id.client &&
	       ballot == before->ballot && instance == before->instance + !!before->instance;
}

/* Does an entry go on from the one before it? */
static inline bool paxos_wire_is_next(const struct paxos_entry *e, const struct paxos_entry *before)
{
	return paxos_wire_goes_on(before, e->instance, e->ballot, &e->id);
}

/* What an entry takes, after the one before it, or as the first. */
static inline size_t paxos_wire_entry_size(const struct paxos_entry *e,
					   const struct paxos_entry *before)
{
	size_t size = before && paxos_wire_is_next(e, before) ? PAXOS_ENTRY_NEXT_SIZE :
			       sizeof(struct paxos_wire_entry);

	return size + (e->carried ? paxos_wire_padded(e->length) : 0);
}

/* What an ACCEPTED takes; of a run, digests alone follow the first vote. */
static inline size_t paxos_wire_accepted_size(u16 n, bool run)
{
	return sizeof(struct paxos_wire_header) + sizeof(struct paxos_wire_accepted) +
	       (run ? sizeof(struct paxos_wire_vid) + (n - 1) * sizeof(__be64) :
		      n * sizeof(struct paxos_wire_vid));
}

size_t paxos_wire_size(const struct paxos_msg *msg);
enum paxos_reason paxos_wire_peek(const u8 *buf, size_t len, u32 *group, u8 *sender);
enum paxos_reason paxos_wire_decode(const u8 *buf, size_t len, struct paxos_header *header,
				    struct paxos_msg *msg, struct paxos_entry *entry);
void paxos_wire_write(u8 *buf, size_t length, const struct paxos_header *header,
		      const struct paxos_msg *msg);
size_t paxos_wire_encode(u8 *buf, size_t size, const struct paxos_header *header,
			 const struct paxos_msg *msg);
const char *paxos_wire_type_name(u8 type);

#endif
