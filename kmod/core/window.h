/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window: what this node knows of every instance above its trim point. It
 * refuses and never evicts; two instances never share a slot. P5.
 */
#ifndef _PAXOS_CORE_WINDOW_H
#define _PAXOS_CORE_WINDOW_H

#include "pool.h"
#include "value.h"
#include "wire.h"

/**
 * struct paxos_tally - votes counted for one value at one ballot
 * @ballot: the ballot, 0 if this node counts nothing here
 * @id: the value
 * @voters: bit node - 1 is set for who voted
 */
struct paxos_tally {
	u64 ballot;
	struct paxos_vid id;
	u64 voters;
};

#define PAXOS_PARTS_ASKED	1	/* an ACCEPT waits for the bytes */
#define PAXOS_PARTS_CHOSEN	2	/* the value is known to be chosen */

/**
 * struct paxos_parts - a value whose bytes arrive one unit at a time
 * @ballot: the ballot it is proposed at, or PAXOS_BALLOT_CHOSEN
 * @value: the value being made, or NULL
 * @missing: bit n is set while unit n has not come
 * @from: who has the bytes, and is answered
 * @flags: PAXOS_PARTS_*
 *
 * Kept apart from the vote: until it is whole it is nothing.
 */
struct paxos_parts {
	u64 ballot;
	struct paxos_value *value;
	u32 missing;
	u8 from;
	u8 flags;
};

/**
 * struct paxos_slot - one instance
 * @instance: which; 0 while nothing is known of it
 * @promised: promise for this instance alone
 * @nonce: of that promise
 * @vbal: ballot of the vote last given
 * @vval: its value
 * @chosen: the value that is chosen, once known; kept apart from the vote
 * @hash: running hash of the log here, once in the decided prefix
 * @record: the record that promise and vote rest on
 * @tally: votes counted by this node
 * @parts: value on its way
 */
struct paxos_slot {
	u64 instance;
	u64 promised;
	u64 nonce;
	u64 vbal;
	struct paxos_value *vval;
	struct paxos_value *chosen;
	u64 hash;
	u64 record;
	struct paxos_tally tally;
	struct paxos_parts parts;
};

#define PAXOS_SLOTS_PER_PAGE	(PAXOS_CHUNK_PAGE_SIZE / sizeof(struct paxos_slot))

/**
 * struct paxos_window - the slots above the trim point
 * @pool: where pages and values come from
 * @dir: a ring of pages of slots, in the owner's memory
 * @dir_size: its length, a power of two
 * @size: how many instances above @prefix may be open
 * @bytes: how many bytes of values these may hold
 * @open_bytes: how many they do hold
 * @tail: the lowest page that may still lie in the ring
 * @head: one above the highest page that ever lay in it
 * @trim: instances up to here are forgotten
 * @trim_hash: running hash there
 * @prefix: instances up to here are chosen and known
 * @hash: running hash there
 * @top: highest instance that has a slot
 */
struct paxos_window {
	struct paxos_pool *pool;
	struct paxos_slot **dir;
	u32 dir_size;
	u32 size;
	u32 bytes;
	u64 open_bytes;
	u64 tail;
	u64 head;
	u64 trim;
	u64 trim_hash;
	u64 prefix;
	u64 hash;
	u64 top;
};

/* Is there something for paxos_window_reap() to do? */
static inline bool paxos_window_is_trimmed(const struct paxos_window *w)
{
	return w->tail < w->trim / PAXOS_SLOTS_PER_PAGE;
}

static inline u64 paxos_window_page(u64 instance)
{
	return (instance - 1) / PAXOS_SLOTS_PER_PAGE;
}

static inline struct paxos_slot **paxos_window_entry(const struct paxos_window *w, u64 page)
{
	return &w->dir[page & (w->dir_size - 1)];
}

/**
 * paxos_window_upto - the highest instance that may be open
 * @w: the window
 *
 * Return: an instance. P5.
 */
static inline u64 paxos_window_upto(const struct paxos_window *w)
{
	if (w->prefix > U64_MAX - 1 - w->size)
		return U64_MAX - 1;
	return w->prefix + w->size;
}

/**
 * paxos_window_find - look an instance up
 * @w: the window
 * @instance: the instance
 *
 * Return: its slot, or NULL when nothing is known of it or it is trimmed.
 */
static inline struct paxos_slot *paxos_window_find(const struct paxos_window *w, u64 instance)
{
	struct paxos_slot *slot;

	if (instance <= w->trim || instance > w->top)
		return NULL;
	slot = *paxos_window_entry(w, paxos_window_page(instance));
	if (!slot)
		return NULL;
	slot += (instance - 1) % PAXOS_SLOTS_PER_PAGE;
	if (!slot->instance)
		return NULL;
	if (PAXOS_VIOLATED(slot->instance != instance))
		return NULL;
	return slot;
}

/* Does a slot hold no value at all? */
static inline bool paxos_window_is_bare(const struct paxos_slot *slot)
{
	return !slot->vval && !slot->chosen && !slot->parts.value;
}

/**
 * paxos_window_fill - record what is chosen in a slot that is bare
 * @w: the window
 * @slot: the instance
 * @value: the value; the caller's reference is the slot's from now on
 *
 * P17, P18a: as paxos_window_set_chosen().
 */
static inline void paxos_window_fill(struct paxos_window *w, struct paxos_slot *slot,
				     struct paxos_value *value)
{
	if (slot->instance > w->prefix)
		w->open_bytes += value->length;
	slot->chosen = value;
}

u32 paxos_window_dir_size(u64 log_size, u32 window);
void paxos_window_init(struct paxos_window *w, struct paxos_pool *pool,
		       struct paxos_slot **dir, u32 dir_size);
struct paxos_slot *paxos_window_slot(struct paxos_window *w, u64 instance,
				     enum paxos_reason *reason);
bool paxos_window_has_room(const struct paxos_window *w, const struct paxos_slot *slot,
			   u32 length);
void paxos_window_set_vote(struct paxos_window *w, struct paxos_slot *slot, u64 ballot,
			   struct paxos_value *value);
void paxos_window_set_parts(struct paxos_window *w, struct paxos_slot *slot,
			    const struct paxos_parts *parts);
void paxos_window_set_chosen(struct paxos_window *w, struct paxos_slot *slot,
			     struct paxos_value *value);
u64 paxos_window_advance(struct paxos_window *w, const u8 identity[PAXOS_ID_BYTES]);
void paxos_window_trim(struct paxos_window *w, u64 to);
void paxos_window_jump(struct paxos_window *w, u64 to, u64 hash);
bool paxos_window_reap(struct paxos_window *w, unsigned int budget);
void paxos_window_forget(struct paxos_window *w);
void paxos_window_clear(struct paxos_window *w);
struct paxos_slot **paxos_window_move(struct paxos_window *w, struct paxos_slot **dir,
				      u32 dir_size);
struct paxos_value *paxos_window_value(const struct paxos_slot *slot,
				       const struct paxos_vid *id);

#endif
