// SPDX-License-Identifier: GPL-2.0
/* The acceptor: promises and votes. P1 to P8. */

#include "acceptor.h"
#include "ballot.h"
#include "learner.h"
#include "parts.h"

/* A page of a promise looks at so many instances at most, and reports fewer. */
#define PAGE_SCAN	256
#define PAGE_ENTRIES	((PAXOS_WIRE_MAX - sizeof(struct paxos_wire_header) - \
			  sizeof(struct paxos_wire_promise)) / sizeof(struct paxos_wire_entry))

/**
 * paxos_acceptor_promised - promised(s)
 * @core: the group
 * @slot: the instance, NULL if nothing is known of it
 *
 * Return: the highest of the promise for all instances, the one for this
 * instance alone, and the ballot of its vote.
 */
u64 paxos_acceptor_promised(const struct paxos_core *core, const struct paxos_slot *slot)
{
	u64 promised = core->promise.ballot;

	if (slot) {
		promised = max(promised, slot->promised);
		promised = max(promised, slot->vbal);
	}
	return promised;
}

static u8 refusal(enum paxos_reason reason)
{
	switch (reason) {
	case PAXOS_REASON_BALLOT:
		return PAXOS_REFUSAL_BALLOT;
	case PAXOS_REASON_WINDOW:
		return PAXOS_REFUSAL_WINDOW;
	case PAXOS_REASON_TRIMMED:
		return PAXOS_REFUSAL_TRIMMED;
	case PAXOS_REASON_FULL:
		return PAXOS_REFUSAL_FULL;
	case PAXOS_REASON_MUTE:
		return PAXOS_REFUSAL_MUTE;
	case PAXOS_REASON_MEMBERSHIP:
		return PAXOS_REFUSAL_MEMBERSHIP;
	default:
		return 0;
	}
}

/**
 * paxos_acceptor_refuse - tell a proposer why not
 * @core: the group
 * @to: the proposer's node
 * @ballot: what it asked for
 * @instance: where
 * @reason: why; what is no answer of its own is passed over in silence
 * @ob: the outbox
 *
 * Return: @reason.
 */
enum paxos_reason paxos_acceptor_refuse(struct paxos_core *core, u8 to, u64 ballot,
					u64 instance, enum paxos_reason reason,
					struct paxos_outbox *ob)
{
	struct paxos_slot *slot = paxos_window_find(&core->window, instance);
	struct paxos_out *out;

	if (!refusal(reason))
		return reason;
	out = paxos_outbox_message(ob, PAXOS_WIRE_REFUSED, paxos_node_bit(to));
	if (!out)
		return reason;
	out->msg.refused.ballot = ballot;
	out->msg.refused.highest = paxos_acceptor_promised(core, slot);
	out->msg.refused.instance = instance;
	out->msg.refused.trim = core->window.trim;
	out->msg.refused.upto = paxos_window_upto(&core->window);
	out->msg.refused.reason = refusal(reason);
	return reason;
}

static enum paxos_reason may_vote(const struct paxos_core *core)
{
	return core->state == PAXOS_STATE_VOTING ? PAXOS_REASON_OK : PAXOS_REASON_MUTE;
}

/*
 * P5: what is chosen stands in for the vote. False when there is no room: there
 * must be no promise then, for one left out reads as "no vote". P7: the promise's
 * own record covers what it reports. A vote or a promise for this instance that
 * came later is at a ballot that voids the page, and one at the same ballot does,
 * too.
 */
static bool report(struct paxos_outbox *ob, struct paxos_out *out,
		   const struct paxos_slot *slot)
{
	const struct paxos_value *value = slot->chosen ? slot->chosen : slot->vval;
	struct paxos_entry *entry;

	if (!value)
		return true;
	if (PAXOS_VIOLATED(out->after < slot->record))
		return false;
	entry = paxos_outbox_entry(ob, &out->msg);
	if (!entry)
		return false;
	entry->instance = slot->instance;
	entry->ballot = slot->vbal;
	entry->id = value->id;
	entry->length = value->length;
	entry->kind = value->kind;
	entry->chosen = slot->chosen;
	return true;
}

static struct paxos_out *promise(struct paxos_core *core, u8 to, const struct paxos_msg *msg,
				 u64 upto, struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_PROMISE, paxos_node_bit(to));

	if (!out)
		return NULL;
	out->msg.promise.ballot = msg->prepare.ballot;
	out->msg.promise.nonce = msg->prepare.nonce;
	out->msg.promise.from = msg->prepare.from;
	out->msg.promise.page = msg->prepare.page;
	out->msg.promise.upto = upto;
	out->msg.promise.trim = core->window.trim;
	out->msg.promise.single = msg->prepare.single;
	return out;
}

/* Basic Paxos, and the recovery of one instance: the group's promise stays. P1 */
static enum paxos_reason prepare_single(struct paxos_core *core, u8 from,
					const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	const u64 ballot = msg->prepare.ballot;
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_slot *slot;
	struct paxos_out *out;

	slot = paxos_window_slot(&core->window, msg->prepare.from, &reason);
	if (!slot)
		return reason;
	if (ballot > paxos_acceptor_promised(core, slot)) {
		/* P1 */
		if (PAXOS_VIOLATED(ballot <= slot->promised || ballot <= slot->vbal))
			return PAXOS_REASON_STALE;
		slot->promised = ballot;
		slot->nonce = msg->prepare.nonce;
		slot->record = paxos_core_record(core);
		core->bound = max(core->bound, ballot);
	} else if (ballot != paxos_acceptor_promised(core, slot) || ballot != slot->promised ||
		   msg->prepare.nonce != slot->nonce) {
		return PAXOS_REASON_BALLOT;
	} else if (ballot == slot->vbal) {
		/* Raised by the vote since: it answers no PREPARE any more. */
		return PAXOS_REASON_STALE;
	}
	out = promise(core, from, msg, msg->prepare.from, ob);
	if (!out)
		return PAXOS_REASON_OUTBOX_FULL;
	out->after = slot->record;
	if (report(ob, out, slot))
		return PAXOS_REASON_OK;
	ob->n_out--;
	return PAXOS_REASON_OUTBOX_FULL;
}

/*
 * How far a page reaches: to the last instance that has anything to report, or
 * as far as one step may look. P6: only while each of them is promised to this
 * ballot and to none above.
 */
static enum paxos_reason page_end(const struct paxos_core *core, u64 ballot, u64 page, u64 *upto)
{
	const struct paxos_window *w = &core->window;
	unsigned int entries = 0;
	u64 s;

	for (s = page; s <= w->top; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);

		if (s - page == PAGE_SCAN || entries == PAGE_ENTRIES) {
			*upto = s - 1;
			return PAXOS_REASON_OK;
		}
		if (!slot)
			continue;
		if (paxos_acceptor_promised(core, slot) != ballot)
			return PAXOS_REASON_BALLOT;
		if (slot->vbal == ballot)
			return PAXOS_REASON_STALE;
		if (slot->vval || slot->chosen)
			entries++;
	}
	*upto = U64_MAX;
	return PAXOS_REASON_OK;
}

/*
 * A node that prepares hears its own pages within one step, and copies what they
 * report into notes: half of the room is for that. Without room for a whole page
 * there is none, and the next tick asks again.
 */
static enum paxos_reason prepare_page(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	enum paxos_reason reason;
	struct paxos_out *out;
	u64 s, upto = 0;

	if (ob->n_entries + 2 * PAGE_ENTRIES > PAXOS_OUTBOX_ENTRIES)
		return PAXOS_REASON_OUTBOX_FULL;
	reason = page_end(core, msg->prepare.ballot, msg->prepare.page, &upto);
	if (reason != PAXOS_REASON_OK)
		return reason;
	out = promise(core, from, msg, upto, ob);
	if (!out)
		return PAXOS_REASON_OUTBOX_FULL;
	out->after = core->promise.record;
	for (s = msg->prepare.page; s <= min(upto, core->window.top); s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (!slot || report(ob, out, slot))
			continue;
		/* One left out would read as "no vote". */
		ob->n_out--;
		return PAXOS_REASON_OUTBOX_FULL;
	}
	return PAXOS_REASON_OK;
}

static enum paxos_reason prepare_all(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_promise *p = &core->promise;

	if (msg->prepare.from <= core->window.trim)
		return PAXOS_REASON_TRIMMED;
	if (msg->prepare.ballot > core->bound) {
		/* P1 */
		if (PAXOS_VIOLATED(msg->prepare.ballot <= p->ballot))
			return PAXOS_REASON_STALE;
		p->ballot = msg->prepare.ballot;
		p->nonce = msg->prepare.nonce;
		p->from = msg->prepare.from;
		p->record = paxos_core_record(core);
		core->bound = p->ballot;
	} else if (msg->prepare.ballot != p->ballot || msg->prepare.nonce != p->nonce ||
		   msg->prepare.from != p->from) {
		return PAXOS_REASON_BALLOT;
	}
	return prepare_page(core, from, msg, ob);
}

/**
 * paxos_acceptor_prepare - PREPARE: promise, or refuse
 * @core: the group
 * @from: the proposer's node, which may be this one
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, or why there is no promise.
 */
enum paxos_reason paxos_acceptor_prepare(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	enum paxos_reason reason = may_vote(core);
	struct paxos_out *out;

	if (paxos_ballot_node(msg->prepare.ballot) != from)
		return PAXOS_REASON_NOT_OWNER;
	if (core->state == PAXOS_STATE_ADOPTED)
		return reason;
	if (reason == PAXOS_REASON_OK)
		reason = msg->prepare.single ? prepare_single(core, from, msg, ob) :
					       prepare_all(core, from, msg, ob);
	if (reason == PAXOS_REASON_OK)
		return reason;
	out = &ob->out[ob->n_out];
	if (paxos_acceptor_refuse(core, from, msg->prepare.ballot, msg->prepare.from, reason,
				  ob) == PAXOS_REASON_BALLOT &&
	    !msg->prepare.single && out < &ob->out[ob->n_out])
		out->msg.refused.highest = core->bound;
	return reason;
}

/**
 * paxos_acceptor_vote - vote for a value, if the promise allows it
 * @core: the group
 * @from: who asks
 * @slot: the instance
 * @ballot: the ballot
 * @value: the value, complete; a reference is taken
 * @ob: the outbox
 *
 * P2: the vote sets ballot and value in one step. P3: one value a ballot. The
 * answer is the caller's, see paxos_acceptor_answer().
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK when the vote stands, now or from before.
 */
enum paxos_reason paxos_acceptor_vote(struct paxos_core *core, u8 from,
				      struct paxos_slot *slot, u64 ballot,
				      struct paxos_value *value, struct paxos_outbox *ob)
{
	if (may_vote(core) != PAXOS_REASON_OK)
		return PAXOS_REASON_MUTE;
	/* A vote that was given is given, whatever was promised since. P3 */
	if (ballot == slot->vbal && paxos_vid_equal(&slot->vval->id, &value->id))
		return PAXOS_REASON_OK;
	if (ballot < paxos_acceptor_promised(core, slot))
		return PAXOS_REASON_BALLOT;
	if (ballot == slot->vbal) {
		paxos_core_alarm(core, PAXOS_ALARM_EQUIVOCATION, from, slot->instance, ob);
		return PAXOS_REASON_EQUIVOCATION;
	}
	/* A late ACCEPT of a round that lost: its proposer is told what won. */
	if (slot->chosen && !paxos_vid_equal(&slot->chosen->id, &value->id))
		return PAXOS_REASON_SETTLED;
	/* P2 */
	if (PAXOS_VIOLATED(ballot < core->promise.ballot || ballot < slot->promised))
		return PAXOS_REASON_STALE;
	paxos_window_set_vote(&core->window, slot, ballot, value);
	slot->record = paxos_core_record(core);
	core->bound = max(core->bound, ballot);
	core->pace.voted_at = core->now;
	/* What was being put together for this ballot or a lower one is over. */
	if (slot->parts.value && slot->parts.ballot <= ballot)
		paxos_window_set_parts(&core->window, slot, NULL);
	return PAXOS_REASON_OK;
}

/* Appends to the last ACCEPTED if the instance is the next one there, and it fits. */
static void answer(u8 to, u64 ballot, const struct paxos_slot *slot, struct paxos_out **last,
		   struct paxos_outbox *ob)
{
	const struct paxos_vid *id = &slot->vval->id;
	struct paxos_out *out = *last;

	if (out && out->msg.entry[out->msg.n_entries - 1].instance + 1 != slot->instance)
		out = NULL;
	if (!out || !paxos_outbox_vote(ob, out, slot->instance, id)) {
		out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPTED, paxos_node_bit(to));
		if (!out)
			return;
		out->msg.accepted.ballot = ballot;
		if (!paxos_outbox_vote(ob, out, slot->instance, id)) {
			ob->n_out--;
			return;
		}
	}
	out->after = max(out->after, slot->record);
	*last = out;
}

/**
 * paxos_acceptor_answer - ACCEPTED for one vote
 * @to: the proposer's node
 * @ballot: the ballot of the vote
 * @slot: the instance
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 */
void paxos_acceptor_answer(u8 to, u64 ballot, struct paxos_slot *slot,
			   struct paxos_outbox *ob)
{
	struct paxos_out *last = NULL;

	if (PAXOS_VIOLATED(slot->vbal != ballot))
		return;
	answer(to, ballot, slot, &last, ob);
}

/**
 * paxos_acceptor_answer_range - ACCEPTED for consecutive votes
 * @core: the group
 * @to: the proposer's node
 * @ballot: the ballot of all these votes
 * @first: the first instance
 * @end: one above the last
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(range).
 */
__flatten
void paxos_acceptor_answer_range(struct paxos_core *core, u8 to, u64 ballot, u64 first,
				 u64 end, struct paxos_outbox *ob)
{
	struct paxos_out *last = NULL;

	for (; first < end; first++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, first);

		if (PAXOS_VIOLATED(!slot || slot->vbal != ballot))
			return;
		answer(to, ballot, slot, &last, ob);
	}
}

/*
 * The answer that waited. What was voted for at a higher ballot since has nothing
 * to say at this one.
 */
__flatten
static void answer_owed(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_owed *o = &core->owed;
	const u8 to = (u8)paxos_ballot_node(o->ballot);
	struct paxos_out *last = NULL;
	u64 s;

	if (!o->ballot)
		return;
	for (s = o->first; s < o->end; s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (slot && slot->vbal == o->ballot)
			answer(to, o->ballot, slot, &last, ob);
	}
	o->ballot = 0;
}

/* One answer for consecutive votes of one message, or of several that come at once. */
static void owe(struct paxos_core *core, u64 ballot, u64 instance, struct paxos_outbox *ob)
{
	struct paxos_owed *o = &core->owed;

	if (o->ballot == ballot && o->end == instance && o->end - o->first < PAXOS_ENTRIES_MAX) {
		o->end++;
		return;
	}
	answer_owed(core, ob);
	o->ballot = ballot;
	o->first = instance;
	o->end = instance + 1;
	o->at = core->now + PAXOS_TELL_MS;
}

/* Returns OK when the vote stands; STALE when the bytes are still to come. */
static enum paxos_reason accept_one(struct paxos_core *core, u8 from,
				    const struct paxos_entry *entry, u64 ballot,
				    struct paxos_slot **slotp, struct paxos_outbox *ob)
{
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_value *value;
	struct paxos_slot *slot;

	slot = paxos_window_slot(&core->window, entry->instance, &reason);
	*slotp = slot;
	if (!slot)
		return reason;
	if (ballot == slot->vbal && paxos_vid_equal(&slot->vval->id, &entry->id))
		return PAXOS_REASON_OK;
	if (ballot < paxos_acceptor_promised(core, slot))
		return PAXOS_REASON_BALLOT;
	if (slot->chosen && !paxos_vid_equal(&slot->chosen->id, &entry->id)) {
		paxos_learner_tell(core, from, slot, ob);
		return PAXOS_REASON_SETTLED;
	}
	if (!paxos_window_has_room(&core->window, slot, entry->length))
		return PAXOS_REASON_WINDOW;
	value = paxos_parts_obtain(core, slot, entry, &reason);
	if (value) {
		reason = paxos_acceptor_vote(core, from, slot, ballot, value, ob);
		paxos_value_put(value);
		return reason;
	}
	if (reason != PAXOS_REASON_OK)
		return reason;
	reason = paxos_parts_begin(core, slot, entry, ballot, PAXOS_PARTS_ASKED, from);
	/* Asked once more: what is missing was lost. */
	if (reason == PAXOS_REASON_DUPLICATE)
		paxos_parts_fetch(core, slot, paxos_node_bit(from), ob);
	return reason == PAXOS_REASON_OK ? PAXOS_REASON_STALE : reason;
}

/**
 * paxos_acceptor_accept - ACCEPT: vote, or refuse
 * @core: the group
 * @from: the proposer's node, which owns the ballot, a classic one
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why an entry got no vote.
 */
enum paxos_reason paxos_acceptor_accept(struct paxos_core *core, u8 from,
					const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	const u64 ballot = msg->accept.ballot;
	enum paxos_reason first = PAXOS_REASON_OK;
	bool refused = false;
	u16 i;

	if (core->state == PAXOS_STATE_ADOPTED)
		return PAXOS_REASON_MUTE;
	if (may_vote(core) != PAXOS_REASON_OK)
		return paxos_acceptor_refuse(core, from, ballot, msg->entry[0].instance,
					     PAXOS_REASON_MUTE, ob);
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *entry = &msg->entry[i];
		enum paxos_reason reason;
		struct paxos_slot *slot;

		reason = accept_one(core, from, entry, ballot, &slot, ob);
		if (reason == PAXOS_REASON_OK) {
			owe(core, ballot, entry->instance, ob);
			continue;
		}
		/* The bytes are on their way: no drop. */
		if (reason == PAXOS_REASON_STALE || reason == PAXOS_REASON_DUPLICATE)
			continue;
		/* One refusal a message is enough to be understood. */
		if (!refused) {
			paxos_acceptor_refuse(core, from, ballot, entry->instance, reason, ob);
			refused = true;
		}
		if (first == PAXOS_REASON_OK)
			first = reason;
	}
	if (!msg->accept.more)
		answer_owed(core, ob);
	return first;
}

/**
 * paxos_acceptor_tick - answer what waited for an ACCEPT that did not come
 * @core: the group
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 */
void paxos_acceptor_tick(struct paxos_core *core, struct paxos_outbox *ob)
{
	if (core->owed.ballot && core->now >= core->owed.at)
		answer_owed(core, ob);
}

/**
 * paxos_acceptor_deadline - when paxos_acceptor_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_acceptor_deadline(const struct paxos_core *core)
{
	return core->owed.ballot ? core->owed.at : U64_MAX;
}
