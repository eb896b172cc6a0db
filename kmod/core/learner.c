// SPDX-License-Identifier: GPL-2.0
/* The learner: counts votes, decides, and serves those behind. P17 to P22. */

#include "ballot.h"
#include "catchup.h"
#include "leader.h"
#include "learner.h"
#include "pace.h"
#include "parts.h"
#include "proposal.h"
#include "submission.h"

/* A DECIDED that grows while consecutive instances are decided in one step. */
static void announce(struct paxos_core *core, u64 ballot, u64 instance,
		     struct paxos_out **last, struct paxos_outbox *ob)
{
	struct paxos_out *out = *last;

	if (out && out->msg.decided.upto + 1 == instance) {
		out->msg.decided.upto = instance;
		return;
	}
	out = paxos_outbox_message(ob, PAXOS_WIRE_DECIDED,
				   paxos_core_members(core) & ~paxos_core_self(core));
	if (!out)
		return;
	out->msg.decided.ballot = ballot;
	out->msg.decided.first = instance;
	out->msg.decided.upto = instance;
	*last = out;
}

static void note_chosen(struct paxos_core *core, const struct paxos_slot *slot,
			struct paxos_outbox *ob)
{
	paxos_core_record(core);
	if (core->proposals)
		paxos_proposal_chosen(core, slot, ob);
}

/**
 * paxos_learner_chosen - a value is known to be chosen
 * @core: the group
 * @slot: the instance
 * @value: the value, complete; a reference is taken
 * @ob: the outbox
 *
 * The caller knows by P18, by P18a, or because a member that knows said so.
 * The prefix moves at the end of the step.
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, DUPLICATE, or DISAGREEMENT, which is an alarm. P17.
 */
enum paxos_reason paxos_learner_chosen(struct paxos_core *core, struct paxos_slot *slot,
				       struct paxos_value *value, struct paxos_outbox *ob)
{
	if (slot->chosen) {
		if (paxos_vid_equal(&slot->chosen->id, &value->id))
			return PAXOS_REASON_DUPLICATE;
		paxos_core_alarm(core, PAXOS_ALARM_DISAGREEMENT, 0, slot->instance, ob);
		return PAXOS_REASON_DISAGREEMENT;
	}
	paxos_window_set_chosen(&core->window, slot, value);
	paxos_window_set_parts(&core->window, slot, NULL);
	note_chosen(core, slot, ob);
	return PAXOS_REASON_OK;
}

/* The bytes behind votes that this node counted: its own vote's, or the proposal's. */
static struct paxos_value *counted_value(struct paxos_core *core, struct paxos_slot *slot)
{
	struct paxos_value *value = paxos_window_value(slot, &slot->tally.id);

	return value ? value : paxos_proposal_value(core, slot->instance, &slot->tally.id);
}

static enum paxos_reason count(struct paxos_core *core, u8 from, u64 ballot,
			       const struct paxos_entry *entry, struct paxos_out **decided,
			       struct paxos_outbox *ob)
{
	struct paxos_slot *slot = paxos_window_find(&core->window, entry->instance);
	struct paxos_value *value;

	/* P18: the same instance, ballot and value, or it is no vote for it. */
	if (!slot || slot->chosen || slot->tally.ballot != ballot ||
	    !paxos_vid_equal(&slot->tally.id, &entry->id))
		return PAXOS_REASON_STALE;
	if (slot->tally.voters & paxos_node_bit(from))
		return PAXOS_REASON_DUPLICATE;
	slot->tally.voters |= paxos_node_bit(from);
	if (!paxos_quorum_has(slot->tally.voters, core->membership.options.quorum.phase_2))
		return PAXOS_REASON_OK;
	if (paxos_leader_leads(core, ballot))
		paxos_leader_counted(core, entry->instance);
	else
		announce(core, ballot, entry->instance, decided, ob);
	value = counted_value(core, slot);
	if (value)
		return paxos_learner_chosen(core, slot, value, ob);
	/* The ballot was given back and the own vote has moved on: ask a voter. */
	paxos_catchup_aim(core, from, entry->instance);
	return PAXOS_REASON_OK;
}

/**
 * paxos_learner_accepted - ACCEPTED: count votes for what this node proposed
 * @core: the group
 * @from: the voter; the step has checked that it is one
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why a vote was not counted.
 */
enum paxos_reason paxos_learner_accepted(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	enum paxos_reason first = PAXOS_REASON_OK;
	struct paxos_out *decided = NULL;
	u16 i;

	if (paxos_ballot_node(msg->accepted.ballot) != core->config.node)
		return PAXOS_REASON_NOT_OWNER;
	for (i = 0; i < msg->n_entries; i++) {
		enum paxos_reason reason;

		reason = count(core, from, msg->accepted.ballot, &msg->entry[i], &decided, ob);
		if (first == PAXOS_REASON_OK)
			first = reason;
	}
	return first;
}

/**
 * paxos_learner_decided - DECIDED: a quorum voted at this ballot
 * @core: the group
 * @from: who counted
 * @d: ballot and range
 * @ob: the outbox
 *
 * P18a: it never says which value. The own vote is what is chosen only if it
 * was given at exactly this ballot; everything else is asked for.
 *
 * Context: any, under the group's lock; O(range), at most the window.
 * Return: PAXOS_REASON_OK, or DUPLICATE when all of it was known.
 */
enum paxos_reason paxos_learner_decided(struct paxos_core *core, u8 from,
					const struct paxos_decided *d, struct paxos_outbox *ob)
{
	u64 s = max(d->first, core->window.prefix + 1);
	u64 upto = min(d->upto, paxos_window_upto(&core->window));

	if (d->upto <= core->window.prefix)
		return PAXOS_REASON_DUPLICATE;
	if (!paxos_ballot_is_classic(d->ballot))
		return PAXOS_REASON_FAST;
	for (; s <= upto; s++) {
		struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (slot && !slot->chosen && slot->vval && slot->vbal == d->ballot)
			paxos_learner_chosen(core, slot, slot->vval, ob);
	}
	paxos_catchup_aim(core, from, d->upto);
	return PAXOS_REASON_OK;
}

/**
 * paxos_learner_claim - a member knows that this is chosen
 * @core: the group
 * @from: the member
 * @entry: instance and value, perhaps with its bytes
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, or why nothing came of it.
 */
enum paxos_reason paxos_learner_claim(struct paxos_core *core, u8 from,
				      const struct paxos_entry *entry, struct paxos_outbox *ob)
{
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_value *value;
	struct paxos_slot *slot;
	bool coming;

	if (entry->instance <= core->window.trim)
		return PAXOS_REASON_DUPLICATE;
	slot = paxos_window_slot(&core->window, entry->instance, &reason);
	if (!slot)
		return reason;
	if (slot->chosen) {
		if (paxos_vid_equal(&slot->chosen->id, &entry->id))
			return PAXOS_REASON_DUPLICATE;
		paxos_core_alarm(core, PAXOS_ALARM_DISAGREEMENT, from, entry->instance, ob);
		return PAXOS_REASON_DISAGREEMENT;
	}
	/* What one that is late hears: nothing is here yet, and all of it comes. */
	if (entry->carried && paxos_window_is_bare(slot)) {
		value = paxos_parts_inline(core, entry, &reason);
		if (!value)
			return reason;
		paxos_window_fill(&core->window, slot, value);
		note_chosen(core, slot, ob);
		return PAXOS_REASON_OK;
	}
	value = paxos_parts_obtain(core, slot, entry, &reason);
	if (value) {
		reason = paxos_learner_chosen(core, slot, value, ob);
		paxos_value_put(value);
		return reason;
	}
	if (reason != PAXOS_REASON_OK)
		return reason;
	coming = slot->parts.flags & PAXOS_PARTS_CHOSEN;
	reason = paxos_parts_begin(core, slot, entry, PAXOS_BALLOT_CHOSEN,
				   PAXOS_PARTS_CHOSEN, from);
	if (reason != PAXOS_REASON_OK && reason != PAXOS_REASON_DUPLICATE)
		return reason;
	paxos_parts_fetch(core, slot, paxos_node_bit(from), ob);
	/* What is on its way already is no news: paxos_catchup_answered(). */
	return coming ? PAXOS_REASON_DUPLICATE : PAXOS_REASON_OK;
}

/* Of the long values that an answer names so many datagrams are paid for with it. */
#define LEARN_PARTS	(PAXOS_FETCH_MAX * (PAXOS_VALUE_MAX / PAXOS_WIRE_UNIT))

static struct paxos_out *values(struct paxos_core *core, u8 to, u64 asked,
				struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_VALUES, paxos_node_bit(to));

	if (!out)
		return NULL;
	out->msg.values.prefix = core->window.prefix;
	out->msg.values.trim = core->window.trim;
	out->msg.values.hash = core->window.trim_hash;
	out->msg.values.asked = (u32)asked;
	return out;
}

/* Appends to a message while it fits a datagram. */
static bool tell(const struct paxos_slot *slot, struct paxos_out *out, struct paxos_outbox *ob)
{
	return paxos_outbox_put(ob, out, slot->instance, 0, slot->chosen, true);
}

/**
 * paxos_learner_tell - VALUES for one instance
 * @core: the group
 * @to: who is told
 * @slot: the instance, its chosen value known
 * @ob: the outbox
 */
void paxos_learner_tell(struct paxos_core *core, u8 to, const struct paxos_slot *slot,
			struct paxos_outbox *ob)
{
	struct paxos_out *out = values(core, to, 0, ob);

	if (out)
		tell(slot, out, ob);
}

/**
 * paxos_learner_answer - say what is chosen
 * @core: the group
 * @to: who asks
 * @msg: LEARN
 * @ob: the outbox
 *
 * At most PAXOS_LEARN_MAX instances in PAXOS_LEARN_DATAGRAMS messages, and bytes
 * of the short values only: the long ones are named, and fetched. P35. Who asks
 * sees by the last message what of the others was lost.
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, TRIMMED when the first is, UNKNOWN when none is known.
 */
__flatten
enum paxos_reason paxos_learner_answer(struct paxos_core *core, u8 to,
				       const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	u64 s = max(msg->learn.from, core->window.trim + 1);
	u64 upto = msg->learn.upto;
	struct paxos_out *out = NULL, *next;
	unsigned int n = 0, parts = 0;

	if (msg->learn.from <= core->window.trim) {
		/* An answer of its own, never "nothing chosen". P6, P22 */
		out = values(core, to, msg->learn.from, ob);
		if (out)
			out->msg.values.last = true;
		return PAXOS_REASON_TRIMMED;
	}
	if (upto - s >= PAXOS_LEARN_MAX)
		upto = s + PAXOS_LEARN_MAX - 1;
	for (; s <= min(upto, core->window.top); s++) {
		struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (!slot || !slot->chosen)
			continue;
		if (slot->chosen->length > PAXOS_INLINE_MAX && parts < LEARN_PARTS)
			parts += paxos_value_units(slot->chosen->length);
		if (out && tell(slot, out, ob))
			continue;
		if (n++ == PAXOS_LEARN_DATAGRAMS)
			break;
		next = values(core, to, msg->learn.from, ob);
		if (!next)
			break;
		out = next;
		if (!tell(slot, out, ob))
			break;
	}
	if (!out)
		return PAXOS_REASON_UNKNOWN;
	out->msg.values.last = true;
	paxos_pace_charge(core, msg, n + parts);
	return PAXOS_REASON_OK;
}

/**
 * paxos_learner_serve - LEARN: say what is chosen, now or in a while
 * @core: the group
 * @from: who asks
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 * Return: as paxos_learner_answer(), OK for what waits.
 */
enum paxos_reason paxos_learner_serve(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	if (!paxos_pace_admits(core, from, msg))
		return PAXOS_REASON_OK;
	return paxos_learner_answer(core, from, msg, ob);
}

/**
 * paxos_learner_values - VALUES: learn what is chosen
 * @core: the group
 * @from: who knows
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why an entry was of no use.
 */
__flatten
enum paxos_reason paxos_learner_values(struct paxos_core *core, u8 from,
				       const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_window *w = &core->window;
	enum paxos_reason first = PAXOS_REASON_OK;
	bool fruitful = false;
	u16 i;

	paxos_core_peer(core, from)->trim = msg->values.trim;
	paxos_learner_heard(core, from, msg->values.prefix);
	if (msg->values.trim > w->prefix) {
		if (paxos_catchup_elsewhere(core) || !paxos_catchup_is_gone(core))
			return PAXOS_REASON_TRIMMED;
		/* P20: begin at the trim point, and say what is missing before it. */
		paxos_core_alarm(core, PAXOS_ALARM_TRIMMED_AWAY, from, w->prefix + 1, ob);
		paxos_window_jump(w, msg->values.trim, msg->values.hash);
		/* They may be in what was passed over, and nobody here would know. */
		paxos_submission_drop_all(core, ob);
		paxos_core_record(core);
	}
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *entry = &msg->entry[i];
		enum paxos_reason reason;

		if (!entry->carried && !paxos_catchup_takes(core, entry->instance))
			continue;
		reason = paxos_learner_claim(core, from, entry, ob);
		if (reason == PAXOS_REASON_OK)
			fruitful = true;
		else if (reason == PAXOS_REASON_POOL_EMPTY)
			paxos_catchup_starve(core);
		if (first == PAXOS_REASON_OK)
			first = reason;
	}
	paxos_catchup_answered(core, from, msg, fruitful);
	return first;
}

/**
 * paxos_learner_heard - a member told its decided prefix
 * @core: the group
 * @from: the member
 * @prefix: its prefix
 */
void paxos_learner_heard(struct paxos_core *core, u8 from, u64 prefix)
{
	struct paxos_peer *peer = paxos_core_peer(core, from);

	peer->prefix = max(peer->prefix, prefix);
	paxos_catchup_aim(core, from, prefix);
}
