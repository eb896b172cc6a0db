// SPDX-License-Identifier: GPL-2.0
/*
 * The inbox: from each member the leader takes submissions in the order of their
 * numbers alone. It keeps the number that it waits for, and of a long value the
 * parts that came: one a member, so that nothing grows with what is sent. P36
 */
#include "inbox.h"
#include "leader.h"
#include "parts.h"

static void forget_parts(struct paxos_inbox *in)
{
	paxos_value_put(in->value);
	in->value = NULL;
	in->missing = 0;
}

/**
 * paxos_inbox_clear - a grant begins or ends
 * @core: the group
 */
void paxos_inbox_clear(struct paxos_core *core)
{
	int i;

	for (i = 0; i < PAXOS_NODE_MAX; i++) {
		forget_parts(&core->inbox[i]);
		core->inbox[i].expected = 0;
	}
}

static void answer(struct paxos_core *core, u8 to, bool full, struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_SUBMIT, paxos_node_bit(to));

	if (!out)
		return;
	out->msg.submit.ballot = core->grant.ballot;
	out->msg.submit.number = core->inbox[to - 1].expected;
	out->msg.submit.answer = true;
	out->msg.submit.full = full;
}

static void fetch(struct paxos_core *core, u8 from, struct paxos_outbox *ob)
{
	struct paxos_inbox *in = &core->inbox[from - 1];
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_FETCH, paxos_node_bit(from));
	struct paxos_entry *entry;

	if (!out)
		return;
	entry = paxos_outbox_entry(ob, &out->msg);
	if (!entry) {
		ob->n_out--;
		return;
	}
	entry->ballot = core->grant.ballot;
	entry->id = in->value->id;
	out->msg.fetch.missing = in->missing;
}

/* An instance for each, if there is room: who submitted goes on from the first without. */
static enum paxos_reason assign(struct paxos_core *core, u8 from, struct paxos_value **value,
				u32 n, struct paxos_outbox *ob)
{
	const u64 ballot = core->grant.ballot;
	enum paxos_reason reason;
	u32 taken;

	reason = paxos_leader_assign(core, from, value, n, &taken, ob);
	if (!paxos_leader_leads(core, ballot))
		return reason;
	core->inbox[from - 1].expected += taken;
	if (taken < n)
		answer(core, from, true, ob);
	return reason;
}

static enum paxos_reason take_short(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
				    u32 first, struct paxos_outbox *ob)
{
	struct paxos_value *value[PAXOS_LEADER_VALUES];
	enum paxos_reason reason = PAXOS_REASON_OK;
	enum paxos_reason assigned;
	u32 n = 0, i;

	for (i = first; i < msg->n_entries && n < PAXOS_LEADER_VALUES; i++) {
		if (!msg->entry[i].carried)
			break;
		value[n] = paxos_parts_inline(core, &msg->entry[i], &reason);
		if (!value[n])
			break;
		n++;
	}
	if (n) {
		assigned = assign(core, from, value, n, ob);
		if (assigned != PAXOS_REASON_OK)
			reason = assigned;
	} else if (reason == PAXOS_REASON_FULL || reason == PAXOS_REASON_POOL_EMPTY) {
		answer(core, from, true, ob);
	}
	while (n)
		paxos_value_put(value[--n]);
	return reason;
}

/* All parts are here: what is not what it says it is comes anew. */
static enum paxos_reason take_whole(struct paxos_core *core, u8 from, struct paxos_outbox *ob)
{
	struct paxos_inbox *in = &core->inbox[from - 1];
	const u64 before = in->expected;
	enum paxos_reason reason;

	if (paxos_value_digest(in->value, core->identity) != in->value->id.digest) {
		forget_parts(in);
		return PAXOS_REASON_DIGEST;
	}
	reason = assign(core, from, &in->value, 1, ob);
	if (in->expected > before)
		forget_parts(in);
	return reason;
}

static enum paxos_reason take_long(struct paxos_core *core, u8 from,
				   const struct paxos_entry *entry, bool again,
				   struct paxos_outbox *ob)
{
	struct paxos_inbox *in = &core->inbox[from - 1];
	bool full = false;

	if (in->value && paxos_vid_equal(&in->value->id, &entry->id)) {
		if (!in->missing)
			return take_whole(core, from, ob);
		if (again)
			fetch(core, from, ob);
		return PAXOS_REASON_OK;
	}
	forget_parts(in);
	in->value = paxos_value_alloc(core->window.pool, entry->length, entry->kind, &full);
	if (!in->value) {
		answer(core, from, true, ob);
		return full ? PAXOS_REASON_FULL : PAXOS_REASON_POOL_EMPTY;
	}
	in->value->id = entry->id;
	in->missing = paxos_parts_units(entry->length);
	if (again)
		fetch(core, from, ob);
	return PAXOS_REASON_OK;
}

/**
 * paxos_inbox_submit - SUBMIT: values of another node's
 * @core: the group
 * @from: who sent it
 * @msg: the message
 * @ob: the outbox
 *
 * Who is behind or ahead is told the number that is waited for. What the sender
 * holds no more, being decided or given up, is below its base.
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why not all of it was taken.
 */
enum paxos_reason paxos_inbox_submit(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_inbox *in = &core->inbox[from - 1];
	u64 expected = max(in->expected, msg->submit.base);
	u64 skip;

	if (!paxos_leader_leads(core, msg->submit.ballot))
		return PAXOS_REASON_STALE;
	if (expected != in->expected)
		forget_parts(in);
	in->expected = expected;
	if (msg->submit.number > expected) {
		answer(core, from, false, ob);
		return PAXOS_REASON_AHEAD;
	}
	skip = expected - msg->submit.number;
	if (skip >= msg->n_entries) {
		answer(core, from, false, ob);
		return PAXOS_REASON_DUPLICATE;
	}
	if (msg->entry[skip].carried)
		return take_short(core, from, msg, (u32)skip, ob);
	return take_long(core, from, &msg->entry[skip], msg->submit.again, ob);
}

/**
 * paxos_inbox_part - PART: a unit of a value that is submitted
 * @core: the group
 * @from: who sent it
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 * Return: PAXOS_REASON_OK, or why it was of no use.
 */
enum paxos_reason paxos_inbox_part(struct paxos_core *core, u8 from,
				   const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_inbox *in = &core->inbox[from - 1];
	const struct paxos_entry *entry = &msg->entry[0];
	const u32 unit = msg->part.unit;

	if (!paxos_leader_leads(core, entry->ballot))
		return PAXOS_REASON_STALE;
	if (!in->value || !paxos_vid_equal(&in->value->id, &entry->id))
		return PAXOS_REASON_UNWANTED;
	if (in->value->length != entry->length || in->value->kind != entry->kind)
		return PAXOS_REASON_FIELD;
	if (!(in->missing & 1U << unit))
		return PAXOS_REASON_DUPLICATE;
	paxos_value_write(in->value, unit * PAXOS_WIRE_UNIT, entry->bytes,
			  paxos_value_unit_length(entry->length, unit));
	in->missing &= ~(1U << unit);
	if (!in->missing)
		return take_whole(core, from, ob);
	/* The last unit came, so those before it that did not are lost. */
	if (unit + 1 == paxos_value_units(entry->length))
		fetch(core, from, ob);
	return PAXOS_REASON_OK;
}
