/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outbox: all that a step wants done, for the caller to do once it has let
 * go of the lock. A message names the record that must be durable before it
 * leaves, so that no caller can forget it. P7.
 */
#ifndef _PAXOS_CORE_OUTBOX_H
#define _PAXOS_CORE_OUTBOX_H

#include "wire.h"

struct paxos_submission;

#define PAXOS_OUTBOX_MESSAGES	72
#define PAXOS_OUTBOX_ENTRIES	192
#define PAXOS_OUTBOX_NOTES	32

/**
 * struct paxos_out - a message to be sent
 * @to: bit node - 1 is set for every node it goes to
 * @after: the record that must be durable first, 0 for none
 * @size: its bytes; 0 unless paxos_outbox_append() or paxos_outbox_vote() added
 *	all of its entries
 * @msg: the message
 */
struct paxos_out {
	u64 to;
	u64 after;
	size_t size;
	struct paxos_msg msg;
};

enum paxos_note_type {
	PAXOS_NOTE_STATE,	/* the node's state changed */
	PAXOS_NOTE_MEMBER,	/* a member's state changed */
	PAXOS_NOTE_DECIDED,	/* the decided prefix rose */
	PAXOS_NOTE_PROMISE,	/* to the owner of a ballot */
	PAXOS_NOTE_REFUSED,	/* to the owner of a ballot */
	PAXOS_NOTE_CHOSEN,	/* to the owner of a ballot */
	PAXOS_NOTE_ALARM,	/* see enum paxos_alarm */
	PAXOS_NOTE_GRANT,	/* to the owner of a ballot: its grant ended */
	PAXOS_NOTE_LEADER,	/* another leads, or nobody */
};

/**
 * struct paxos_note - something to tell userspace
 * @type: what
 * @node: MEMBER, PROMISE, REFUSED, ALARM: which member; LEADER: who, 0 for
 *	nobody
 * @reason: REFUSED: enum paxos_refusal; ALARM: enum paxos_alarm; GRANT: enum
 *	paxos_grant_end
 * @kind: CHOSEN: enum paxos_kind
 * @whole: PROMISE: the voter's promise is whole
 * @quorum: PROMISE: the whole ones make a quorum
 * @owner: the ballot's owner
 * @ballot: the ballot
 * @highest: REFUSED, GRANT: the ballot that won
 * @instance: REFUSED, CHOSEN, ALARM: the instance
 * @from: DECIDED, PROMISE: first instance of the range
 * @upto: DECIDED, PROMISE: last instance of the range; CHOSEN: by a ballot that is
 *   granted: all to here are, whatever their values; 0 for @instance alone
 * @trim: PROMISE: the voter's trim point
 * @id: CHOSEN: the value
 * @n_entries: PROMISE: votes reported
 * @entry: PROMISE: these
 */
struct paxos_note {
	u8 type;
	u8 node;
	u8 reason;
	u8 kind;
	bool whole;
	bool quorum;
	u64 owner;
	u64 ballot;
	u64 highest;
	u64 instance;
	u64 from;
	u64 upto;
	u64 trim;
	struct paxos_vid id;
	u16 n_entries;
	const struct paxos_entry *entry;
};

/**
 * struct paxos_barrier - a read that waits, in memory of whoever asked for it
 * @next: links those of a group, or of an outbox
 * @owner: who asked
 * @cookie: which of the owner's it is
 * @point: everything that was acknowledged before it began is at or below it
 * @phase: how far it is
 * @done: all up to @point is decided here; else it was dropped
 */
struct paxos_barrier {
	struct paxos_barrier *next;
	u64 owner;
	u64 cookie;
	u64 point;
	u8 phase;
	bool done;
};

/**
 * struct paxos_outbox - what a step left to do
 * @n_out: messages
 * @n_entries: entries of messages and notes
 * @n_notes: notes
 * @lost: messages and notes that found no room; a lost datagram to the rest
 * @barriers: reads that wait no more: to be told if they are done, and freed
 * @done: submissions for the caller to tell their owners of and to free, in the
 *	order of the log
 * @last_done: the last of these
 * @out: the messages
 * @entry: their entries
 * @note: the notes
 */
struct paxos_outbox {
	u16 n_out;
	u16 n_entries;
	u16 n_notes;
	u16 lost;
	struct paxos_barrier *barriers;
	struct paxos_submission *done;
	struct paxos_submission *last_done;
	struct paxos_out out[PAXOS_OUTBOX_MESSAGES];
	struct paxos_entry entry[PAXOS_OUTBOX_ENTRIES];
	struct paxos_note note[PAXOS_OUTBOX_NOTES];
};

/* Where the next entry of this message goes, NULL when there is no room. */
static inline struct paxos_entry *paxos_outbox_place(struct paxos_outbox *ob,
						     const struct paxos_msg *msg, size_t size)
{
	if (size > PAXOS_WIRE_MAX || msg->n_entries == PAXOS_ENTRIES_MAX)
		return NULL;
	if (ob->n_entries == PAXOS_OUTBOX_ENTRIES) {
		ob->lost++;
		return NULL;
	}
	if (PAXOS_VIOLATED(&msg->entry[msg->n_entries] != &ob->entry[ob->n_entries]))
		return NULL;
	return &ob->entry[ob->n_entries];
}

/**
 * paxos_outbox_vote - append a vote to the ACCEPTED appended last, if it fits
 * @ob: the outbox
 * @out: the message; all its votes came by this way
 * @instance: where, one above that of the vote before
 * @id: which value
 *
 * Return: false when a datagram, or the outbox, has no room for it.
 */
static inline bool paxos_outbox_vote(struct paxos_outbox *ob, struct paxos_out *out,
				     u64 instance, const struct paxos_vid *id)
{
	struct paxos_msg *msg = &out->msg;
	const u16 n = msg->n_entries;
	struct paxos_entry *at;
	bool run = n;
	size_t size;

	/* Of one it can be both. */
	if (n) {
		const struct paxos_vid *last = &msg->entry[n - 1].id;

		run = out->size == paxos_wire_accepted_size(n, true) &&
		      id->sequence == last->sequence + 1 && id->client == last->client;
	}
	size = paxos_wire_accepted_size(n + 1, run);
	at = paxos_outbox_place(ob, msg, size);
	if (!at)
		return false;
	paxos_entry_vote(at, instance, id->client, id->sequence, id->digest);
	out->size = size;
	msg->n_entries++;
	ob->n_entries++;
	return true;
}

/* What paxos_outbox_append() does, for who appends many in a row. */
static inline bool paxos_outbox_put(struct paxos_outbox *ob, struct paxos_out *out, u64 instance,
				    u64 ballot, struct paxos_value *value, bool chosen)
{
	const u32 length = value->length;
	const bool carried = length <= PAXOS_INLINE_MAX;
	struct paxos_msg *msg = &out->msg;
	const u16 n = msg->n_entries;
	struct paxos_entry *at;
	size_t size;

	if (!n)
		size = paxos_wire_size(msg) + sizeof(struct paxos_wire_entry);
	else if (paxos_wire_goes_on(&msg->entry[n - 1], instance, ballot, &value->id))
		size = out->size + PAXOS_ENTRY_NEXT_SIZE;
	else
		size = out->size + sizeof(struct paxos_wire_entry);
	if (carried)
		size += paxos_wire_padded(length);
	at = paxos_outbox_place(ob, msg, size);
	if (!at)
		return false;
	/* Where it lies, and not a copy of it: a value is sent for little more than this. */
	at->instance = instance;
	at->ballot = ballot;
	at->id = value->id;
	at->length = length;
	at->kind = value->kind;
	at->chosen = chosen;
	at->carried = carried;
	at->bytes = NULL;
	at->value = NULL;
	if (carried) {
		paxos_ref_get(&value->ref);
		at->value = value;
	}
	out->size = size;
	msg->n_entries++;
	ob->n_entries++;
	return true;
}

void paxos_outbox_init(struct paxos_outbox *ob);
struct paxos_out *paxos_outbox_message(struct paxos_outbox *ob, u8 type, u64 to);
struct paxos_entry *paxos_outbox_entry(struct paxos_outbox *ob, struct paxos_msg *msg);
bool paxos_outbox_append(struct paxos_outbox *ob, struct paxos_out *out, u64 instance,
			 u64 ballot, struct paxos_value *value, bool chosen);
struct paxos_note *paxos_outbox_note(struct paxos_outbox *ob, u8 type);
bool paxos_outbox_note_entries(struct paxos_outbox *ob, struct paxos_note *note,
			       const struct paxos_msg *msg);
size_t paxos_outbox_encode(const struct paxos_out *out, u8 *buf, size_t size,
			   const struct paxos_header *header);
void paxos_outbox_release(struct paxos_outbox *ob);

#endif
