// SPDX-License-Identifier: GPL-2.0
/* Values in parts: what came is kept, what is missing is fetched. */

#include "acceptor.h"
#include "ballot.h"
#include "inbox.h"
#include "learner.h"
#include "parts.h"
#include "proposal.h"
#include "submission.h"

/**
 * paxos_parts_units - the units of a value
 * @length: bytes of it
 *
 * Return: bit n is set for unit n.
 */
u32 paxos_parts_units(u32 length)
{
	u32 units = paxos_value_units(length);

	return units == 32 ? U32_MAX : (1U << units) - 1;
}

static bool is_intact(const struct paxos_core *core, struct paxos_value *value)
{
	return paxos_value_digest(value, core->identity) == value->id.digest;
}

/**
 * paxos_parts_inline - the value that an entry carries
 * @core: the group
 * @entry: the entry, which carries its bytes
 * @reason: set to why there is none
 *
 * Context: any, under the group's lock.
 * Return: the value with a reference for the caller, or NULL.
 */
struct paxos_value *paxos_parts_inline(struct paxos_core *core, const struct paxos_entry *entry,
				       enum paxos_reason *reason)
{
	struct paxos_value *value;
	bool full = false;

	value = paxos_value_alloc(core->window.pool, entry->length, entry->kind, &full);
	if (!value) {
		*reason = full ? PAXOS_REASON_FULL : PAXOS_REASON_POOL_EMPTY;
		return NULL;
	}
	value->id = entry->id;
	/* As many as one unit has at most: they lie in one piece. */
	if (paxos_value_fill(value, entry->bytes, core->identity) == entry->id.digest)
		return value;
	paxos_value_put(value);
	*reason = PAXOS_REASON_DIGEST;
	return NULL;
}

/**
 * paxos_parts_obtain - the value that an entry names, if it is at hand
 * @core: the group
 * @slot: the instance
 * @entry: the entry; its bytes are used if it carries them
 * @reason: set to why not; PAXOS_REASON_OK means that the bytes must come first
 *
 * Context: any, under the group's lock.
 * Return: the value with a reference for the caller, or NULL.
 */
struct paxos_value *paxos_parts_obtain(struct paxos_core *core, struct paxos_slot *slot,
				       const struct paxos_entry *entry,
				       enum paxos_reason *reason)
{
	struct paxos_value *value = paxos_window_value(slot, &entry->id);

	*reason = PAXOS_REASON_OK;
	if (value)
		return paxos_value_get(value);
	return entry->carried ? paxos_parts_inline(core, entry, reason) : NULL;
}

/* A reassembly of the same value goes on, with more reason than before. */
static void merge(struct paxos_parts *p, u64 ballot, u8 flags, u8 from)
{
	if (p->flags & PAXOS_PARTS_CHOSEN)
		return;
	if (flags & PAXOS_PARTS_CHOSEN) {
		p->flags = PAXOS_PARTS_CHOSEN;
		p->ballot = PAXOS_BALLOT_CHOSEN;
		p->from = from;
		return;
	}
	/* Only an ACCEPT says at which ballot to vote; a part alone does not. */
	if ((flags & PAXOS_PARTS_ASKED) &&
	    (!(p->flags & PAXOS_PARTS_ASKED) || ballot >= p->ballot)) {
		p->flags |= PAXOS_PARTS_ASKED;
		p->ballot = ballot;
		p->from = from;
	}
}

/**
 * paxos_parts_begin - begin a reassembly, or give one a further reason
 * @core: the group
 * @slot: the instance
 * @entry: names value, length and kind
 * @ballot: the ballot it is proposed at, or PAXOS_BALLOT_CHOSEN
 * @flags: PAXOS_PARTS_*, what to do when it is whole
 * @from: who has the bytes
 *
 * A higher ballot replaces what is there, at an equal one the first stays.
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK when it begins, DUPLICATE when it was there already,
 * or why it can't be.
 */
enum paxos_reason paxos_parts_begin(struct paxos_core *core, struct paxos_slot *slot,
				    const struct paxos_entry *entry, u64 ballot, u8 flags,
				    u8 from)
{
	struct paxos_parts parts = {
		.ballot = ballot,
		.missing = paxos_parts_units(entry->length),
		.from = from,
		.flags = flags,
	};
	struct paxos_value *value = slot->parts.value;
	bool full = false;

	if (value && paxos_vid_equal(&value->id, &entry->id)) {
		if (value->length != entry->length || value->kind != entry->kind)
			return PAXOS_REASON_FIELD;
		merge(&slot->parts, ballot, flags, from);
		return PAXOS_REASON_DUPLICATE;
	}
	if (value && slot->parts.ballot >= ballot)
		return PAXOS_REASON_UNWANTED;
	value = paxos_value_alloc(core->window.pool, entry->length, entry->kind, &full);
	if (!value)
		return full ? PAXOS_REASON_FULL : PAXOS_REASON_POOL_EMPTY;
	value->id = entry->id;
	parts.value = value;
	paxos_window_set_parts(&core->window, slot, &parts);
	paxos_value_put(value);
	return PAXOS_REASON_OK;
}

/**
 * paxos_parts_fetch - ask for what is missing of a reassembly
 * @core: the group
 * @slot: the instance
 * @to: who is asked
 * @ob: the outbox
 */
void paxos_parts_fetch(struct paxos_core *core, struct paxos_slot *slot, u64 to,
		       struct paxos_outbox *ob)
{
	struct paxos_entry *entry;
	struct paxos_out *out;

	if (!slot->parts.value || !slot->parts.missing)
		return;
	out = paxos_outbox_message(ob, PAXOS_WIRE_FETCH, to & ~paxos_core_self(core));
	if (!out)
		return;
	entry = paxos_outbox_entry(ob, &out->msg);
	if (!entry) {
		ob->n_out--;
		return;
	}
	entry->instance = slot->instance;
	entry->ballot = slot->parts.ballot;
	entry->id = slot->parts.value->id;
	out->msg.fetch.missing = slot->parts.missing;
}

/**
 * paxos_parts_send - send units of a value
 * @core: the group
 * @instance: where it is proposed or chosen
 * @ballot: the ballot, or what a FETCH named
 * @value: the value
 * @units: bit n is set for unit n
 * @to: who gets them
 * @ob: the outbox
 *
 * A value has 32 units at most, so the work is bounded. P35.
 */
void paxos_parts_send(struct paxos_core *core, u64 instance, u64 ballot,
		      struct paxos_value *value, u32 units, u64 to, struct paxos_outbox *ob)
{
	u32 unit;

	units &= paxos_parts_units(value->length);
	to &= ~paxos_core_self(core);
	for (unit = 0; units; unit++, units >>= 1) {
		struct paxos_entry *entry;
		struct paxos_out *out;

		if (!(units & 1))
			continue;
		out = paxos_outbox_message(ob, PAXOS_WIRE_PART, to);
		if (!out)
			return;
		entry = paxos_outbox_entry(ob, &out->msg);
		if (!entry) {
			ob->n_out--;
			return;
		}
		entry->instance = instance;
		entry->ballot = ballot;
		entry->id = value->id;
		entry->length = value->length;
		entry->kind = value->kind;
		entry->carried = true;
		entry->value = paxos_value_get(value);
		out->msg.part.unit = (u8)unit;
	}
}

/**
 * paxos_parts_serve - FETCH: send what is asked for
 * @core: the group
 * @from: who asks
 * @msg: the message
 * @ob: the outbox
 *
 * Return: PAXOS_REASON_OK, or UNKNOWN when the value is not here.
 */
enum paxos_reason paxos_parts_serve(struct paxos_core *core, u8 from,
				    const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	const struct paxos_entry *entry = &msg->entry[0];
	struct paxos_slot *slot = paxos_window_find(&core->window, entry->instance);
	struct paxos_value *value = NULL;

	if (slot)
		value = paxos_window_value(slot, &entry->id);
	if (!value)
		value = entry->instance ?
			paxos_proposal_value(core, entry->instance, &entry->id) :
			paxos_submission_value(core, &entry->id);
	if (!value)
		return PAXOS_REASON_UNKNOWN;
	paxos_parts_send(core, entry->instance, entry->ballot, value, msg->fetch.missing,
			 paxos_node_bit(from), ob);
	return PAXOS_REASON_OK;
}

/*
 * May a part that nothing waits for begin a reassembly? Parts overtake their
 * ACCEPT on the way; the ballot must be one that could get this node's vote.
 */
static bool may_begin(const struct paxos_core *core, u8 from, const struct paxos_slot *slot,
		      const struct paxos_entry *entry)
{
	if (slot->chosen)
		return false;
	if (paxos_proposal_wants(core, entry->instance, &entry->id))
		return true;
	return core->state == PAXOS_STATE_VOTING && entry->ballot != PAXOS_BALLOT_CHOSEN &&
	       paxos_ballot_node(entry->ballot) == from &&
	       entry->ballot >= paxos_acceptor_promised(core, slot);
}

/* The bytes are whole and intact: do what they were wanted for. */
static enum paxos_reason complete(struct paxos_core *core, struct paxos_slot *slot,
				  struct paxos_outbox *ob)
{
	const struct paxos_parts parts = slot->parts;
	struct paxos_value *value = paxos_value_get(parts.value);
	enum paxos_reason reason = PAXOS_REASON_OK;

	if (parts.flags & PAXOS_PARTS_CHOSEN) {
		reason = paxos_learner_chosen(core, slot, value, ob);
	} else if (parts.flags & PAXOS_PARTS_ASKED) {
		reason = paxos_acceptor_vote(core, parts.from, slot, parts.ballot, value, ob);
		if (reason == PAXOS_REASON_OK)
			paxos_acceptor_answer(parts.from, parts.ballot, slot, ob);
		else
			paxos_acceptor_refuse(core, parts.from, parts.ballot, slot->instance,
					      reason, ob);
	}
	if (!slot->chosen)
		paxos_proposal_have(core, parts.from, slot, value, ob);
	paxos_value_put(value);
	return reason;
}

/**
 * paxos_parts_receive - PART: a unit of a value
 * @core: the group
 * @from: who sent it
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, or why it was of no use.
 */
enum paxos_reason paxos_parts_receive(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	const struct paxos_entry *entry = &msg->entry[0];
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_parts *parts;
	struct paxos_slot *slot;
	u32 unit = msg->part.unit;

	if (!entry->instance)
		return paxos_inbox_part(core, from, msg, ob);
	slot = paxos_window_slot(&core->window, entry->instance, &reason);
	if (!slot)
		return reason;
	if (paxos_window_value(slot, &entry->id))
		return PAXOS_REASON_DUPLICATE;
	parts = &slot->parts;
	if (!parts->value || !paxos_vid_equal(&parts->value->id, &entry->id)) {
		if (!may_begin(core, from, slot, entry))
			return PAXOS_REASON_UNWANTED;
		if (!paxos_window_has_room(&core->window, slot, entry->length))
			return PAXOS_REASON_WINDOW;
		reason = paxos_parts_begin(core, slot, entry, entry->ballot, 0, from);
		if (reason != PAXOS_REASON_OK)
			return reason;
	}
	if (parts->value->length != entry->length || parts->value->kind != entry->kind)
		return PAXOS_REASON_FIELD;
	if (!(parts->missing & 1U << unit))
		return PAXOS_REASON_DUPLICATE;
	paxos_value_write(parts->value, unit * PAXOS_WIRE_UNIT, entry->bytes,
			  paxos_value_unit_length(entry->length, unit));
	parts->missing &= ~(1U << unit);
	if (parts->missing) {
		/* The last unit came, so those before it that did not are lost. */
		if (parts->flags && unit + 1 == paxos_value_units(entry->length))
			paxos_parts_fetch(core, slot, paxos_node_bit(from), ob);
		return PAXOS_REASON_OK;
	}
	if (!is_intact(core, parts->value)) {
		paxos_window_set_parts(&core->window, slot, NULL);
		return PAXOS_REASON_DIGEST;
	}
	return complete(core, slot, ob);
}
