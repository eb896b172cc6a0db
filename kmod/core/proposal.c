// SPDX-License-Identifier: GPL-2.0
/* Proposals: what the kernel does, and refuses to do, under ballots handed out. */

#include "acceptor.h"
#include "ballot.h"
#include "leader.h"
#include "learner.h"
#include "parts.h"
#include "proposal.h"

/* A tick sends again for so many proposals; the next one follows at once. */
#define TICK_PROPOSALS	16

static void refuse(struct paxos_event *ev, int error, const char *why)
{
	ev->error = error;
	ev->why = why;
}

static void refuse_reason(struct paxos_event *ev, enum paxos_reason reason)
{
	switch (reason) {
	case PAXOS_REASON_TRIMMED:
		return refuse(ev, -ERANGE, "the instance is trimmed");
	case PAXOS_REASON_WINDOW:
		return refuse(ev, -ENOBUFS,
			      "the window is full: too high an instance, or too many bytes in it");
	case PAXOS_REASON_FULL:
		return refuse(ev, -ENOSPC, "the log is full: trim it, or raise its log-size");
	case PAXOS_REASON_POOL_EMPTY:
	case PAXOS_REASON_OUTBOX_FULL:
		return refuse(ev, -EAGAIN, "no memory at hand: try again");
	case PAXOS_REASON_BALLOT:
		return refuse(ev, -ESTALE, "a higher ballot was seen: ask for another ballot");
	case PAXOS_REASON_SETTLED:
		return refuse(ev, -ESTALE, "another value is chosen for the instance");
	case PAXOS_REASON_EQUIVOCATION:
		return refuse(ev, -EEXIST,
			      "another value was sent for this instance under this ballot");
	default:
		return refuse(ev, -EINVAL, "this node's acceptor refuses");
	}
}

static struct paxos_proposal *find(const struct paxos_core *core, u64 ballot)
{
	struct paxos_proposal *p;

	for (p = core->proposals; p; p = p->next)
		if (p->ballot == ballot)
			return p;
	return NULL;
}

static struct paxos_proposal *find_owned(const struct paxos_core *core, struct paxos_event *ev,
					 u64 ballot, u64 owner)
{
	struct paxos_proposal *p = find(core, ballot);

	if (p && p->owner == owner)
		return p;
	refuse(ev, -ENOENT, "no such ballot was handed out to this socket");
	return NULL;
}

static void retry_soon(const struct paxos_core *core, struct paxos_proposal *p)
{
	p->retry_ms = paxos_core_retry_ms(core);
	p->retry_at = core->now + p->retry_ms;
}

static void forget_value(struct paxos_proposal *p)
{
	paxos_value_put(p->value);
	p->value = NULL;
}

/**
 * paxos_proposal_hand_out - hand out a ballot
 * @core: the group
 * @ev: PAXOS_EVENT_HAND_OUT
 *
 * P10: once, above all that this node saw or handed out, and only at a voter
 * that may vote.
 */
void paxos_proposal_hand_out(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_proposal *p = ev->hand_out.proposal;
	u64 ballot;

	if (paxos_core_why_not(core))
		return refuse(ev, -EPERM, paxos_core_why_not(core));
	ballot = paxos_ballot_above(max(core->highest, ev->hand_out.above), core->config.node);
	if (!ballot)
		return refuse(ev, -EOVERFLOW, "the counter of ballots is used up");
	p->owner = ev->hand_out.owner;
	p->ballot = ballot;
	p->phase = PAXOS_PHASE_HANDED;
	p->next = core->proposals;
	core->proposals = p;
	paxos_core_saw(core, ballot);
	ev->ballot = ballot;
	ev->instance = core->window.prefix + 1;
}

/* P10: not before this node's own promise is durable, neither now nor again. */
static void send_prepare(const struct paxos_proposal *p, u64 page, u64 to,
			 struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_PREPARE, to);

	if (!out)
		return;
	out->msg.prepare.ballot = p->ballot;
	out->msg.prepare.nonce = p->nonce;
	out->msg.prepare.from = p->from;
	out->msg.prepare.page = page;
	out->msg.prepare.single = p->single;
	out->after = p->record;
}

/**
 * paxos_proposal_prepare - begin phase 1
 * @core: the group
 * @ev: PAXOS_EVENT_PREPARE
 * @ob: the outbox
 *
 * P10: this node's acceptor promises first, and PREPARE leaves only when that
 * promise is durable. Its promise comes back to the owner like the others'.
 */
void paxos_proposal_prepare(struct paxos_core *core, struct paxos_event *ev,
			    struct paxos_outbox *ob)
{
	struct paxos_proposal *p = find_owned(core, ev, ev->prepare.ballot, ev->prepare.owner);
	struct paxos_msg msg = { .type = PAXOS_WIRE_PREPARE };
	enum paxos_reason reason;
	struct paxos_slot *slot;
	int i;

	if (!p)
		return;
	if (p->phase != PAXOS_PHASE_HANDED)
		return refuse(ev, -EBUSY, "the ballot is prepared already: ask for another");
	if (!ev->prepare.instance || ev->prepare.instance > paxos_window_upto(&core->window))
		return refuse_reason(ev, PAXOS_REASON_WINDOW);
	if (ev->prepare.instance <= core->window.trim)
		return refuse_reason(ev, PAXOS_REASON_TRIMMED);

	p->nonce = ev->prepare.nonce;
	p->from = ev->prepare.instance;
	p->single = ev->prepare.single;
	for (i = 0; i < PAXOS_VOTERS_MAX; i++)
		p->page[i] = p->from;
	slot = paxos_window_find(&core->window, p->from);
	if (p->single && slot && slot->chosen) {
		paxos_proposal_chosen(core, slot, ob);
		return;
	}
	msg.prepare.ballot = p->ballot;
	msg.prepare.nonce = p->nonce;
	msg.prepare.from = p->from;
	msg.prepare.page = p->from;
	msg.prepare.single = p->single;
	p->phase = PAXOS_PHASE_PREPARING;
	reason = paxos_acceptor_prepare(core, core->config.node, &msg, ob);
	if (reason == PAXOS_REASON_BALLOT) {
		/* Outbid already; the owner hears of it as of any refusal. */
		p->phase = PAXOS_PHASE_OVER;
		return;
	}
	if (reason != PAXOS_REASON_OK) {
		p->phase = PAXOS_PHASE_HANDED;
		return refuse_reason(ev, reason);
	}
	p->record = core->record;
	send_prepare(p, p->from, paxos_core_others(core), ob);
	retry_soon(core, p);
}

/* P13: a report at or above the ballot is never "no vote", it voids the promise. */
static bool voids(const struct paxos_proposal *p, const struct paxos_msg *msg)
{
	u16 i;

	if (msg->promise.trim >= p->from)
		return true;
	for (i = 0; i < msg->n_entries; i++)
		if (!msg->entry[i].chosen && msg->entry[i].ballot >= p->ballot)
			return true;
	return false;
}

static void take_report(struct paxos_core *core, struct paxos_proposal *p, u8 from,
			const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	u16 i;

	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *entry = &msg->entry[i];

		p->highest = max(p->highest, entry->instance);
		if (entry->chosen) {
			paxos_learner_claim(core, from, entry, ob);
		} else if (entry->instance == p->from && entry->ballot > p->reported) {
			p->reported = entry->ballot;
			p->reporter = from;
		}
	}
}

/**
 * paxos_proposal_promise - PROMISE: a page of a voter's promise
 * @core: the group
 * @from: the voter; the step has checked that it is one
 * @msg: the message
 * @ob: the outbox
 *
 * P6: pages are taken in order, and only whole promises count. P12.
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why it does not count.
 */
enum paxos_reason paxos_proposal_promise(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_proposal *p = find(core, msg->promise.ballot);
	int i = paxos_membership_index(&core->membership, from);
	struct paxos_note *note;

	if (!p || p->phase == PAXOS_PHASE_HANDED || p->phase == PAXOS_PHASE_OVER || i < 0)
		return PAXOS_REASON_STALE;
	if (msg->promise.nonce != p->nonce)
		return PAXOS_REASON_NONCE;
	if (msg->promise.from != p->from || msg->promise.single != p->single)
		return PAXOS_REASON_FIELD;
	if ((p->whole & paxos_node_bit(from)) || msg->promise.page != p->page[i])
		return PAXOS_REASON_DUPLICATE;
	if (voids(p, msg))
		return PAXOS_REASON_BALLOT;

	note = paxos_outbox_note(ob, PAXOS_NOTE_PROMISE);
	/* A page that the owner never hears of must not count: it is asked for again. */
	if (!note || !paxos_outbox_note_entries(ob, note, msg))
		return PAXOS_REASON_OUTBOX_FULL;

	if (p->single || msg->promise.upto == U64_MAX)
		p->whole |= paxos_node_bit(from);
	else
		p->page[i] = msg->promise.upto + 1;
	if (p->phase == PAXOS_PHASE_PREPARING) {
		retry_soon(core, p);
		if (paxos_quorum_has(p->whole, core->membership.options.quorum.phase_1))
			p->phase = PAXOS_PHASE_PREPARED;
	}

	note->owner = p->owner;
	note->ballot = p->ballot;
	note->node = from;
	note->from = msg->promise.page;
	note->upto = msg->promise.upto;
	note->trim = msg->promise.trim;
	note->whole = p->whole & paxos_node_bit(from);
	note->quorum = p->phase != PAXOS_PHASE_PREPARING;
	if (!(p->whole & paxos_node_bit(from)))
		send_prepare(p, p->page[i], paxos_node_bit(from), ob);
	take_report(core, p, from, msg, ob);
	return PAXOS_REASON_OK;
}

/**
 * paxos_proposal_refused - REFUSED: a member says no
 * @core: the group
 * @from: the member
 * @msg: the message
 * @ob: the outbox
 *
 * P16: once outbid, nothing more is sent. Votes that still come are counted.
 *
 * Return: PAXOS_REASON_OK, or STALE when nobody asked.
 */
enum paxos_reason paxos_proposal_refused(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_proposal *p = find(core, msg->refused.ballot);
	struct paxos_note *note;

	paxos_core_saw(core, msg->refused.highest);
	if (!p || p->phase == PAXOS_PHASE_HANDED)
		return PAXOS_REASON_STALE;
	/* A PREPARE that an ACCEPT overtook: who voted promises no more at this ballot. */
	if (msg->refused.reason == PAXOS_REFUSAL_BALLOT && msg->refused.highest == p->ballot &&
	    p->phase != PAXOS_PHASE_PREPARING)
		return PAXOS_REASON_STALE;
	if (msg->refused.reason == PAXOS_REFUSAL_BALLOT && msg->refused.highest >= p->ballot) {
		p->phase = PAXOS_PHASE_OVER;
		if (paxos_leader_leads(core, p->ballot))
			paxos_leader_end(core, PAXOS_GRANT_OUTBID, msg->refused.highest, ob);
	}
	note = paxos_outbox_note(ob, PAXOS_NOTE_REFUSED);
	if (note) {
		note->owner = p->owner;
		note->ballot = p->ballot;
		note->node = from;
		note->instance = msg->refused.instance;
		note->reason = msg->refused.reason;
		note->highest = msg->refused.highest;
	}
	return PAXOS_REASON_OK;
}

static bool is_busy(const struct paxos_proposal *p)
{
	return p->phase == PAXOS_PHASE_FETCHING || p->phase == PAXOS_PHASE_ACCEPTING;
}

static void send_accept(struct paxos_core *core, u64 ballot, u64 instance,
			struct paxos_value *value, u64 to, struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPT,
						     to & ~paxos_core_self(core));

	if (!out)
		return;
	out->msg.accept.ballot = ballot;
	if (!paxos_outbox_append(ob, out, instance, ballot, value, false))
		ob->n_out--;
}

/* It is about no instance any more. */
static void rest(struct paxos_proposal *p)
{
	forget_value(p);
	p->instance = 0;
	if (is_busy(p))
		p->phase = PAXOS_PHASE_PREPARED;
}

/* What is proposed by a grant is the leader's to send again, and to count. */
static void hand_over(struct paxos_core *core, struct paxos_proposal *p)
{
	if (!p->granted || p->phase != PAXOS_PHASE_ACCEPTING)
		return;
	paxos_leader_finishes(core, p->instance);
	rest(p);
}

/*
 * Phase 2 with the bytes at hand. P11: this node's acceptor votes before ACCEPT
 * leaves, and it never votes for two values at one ballot.
 */
static enum paxos_reason send_value(struct paxos_core *core, const struct paxos_proposal *p,
				    struct paxos_slot *slot, struct paxos_value *value,
				    struct paxos_outbox *ob)
{
	enum paxos_reason reason;

	/* P12 */
	if (PAXOS_VIOLATED(!paxos_quorum_has(p->whole, core->membership.options.quorum.phase_1)))
		return PAXOS_REASON_STALE;
	if (slot->vbal == p->ballot && !paxos_vid_equal(&slot->vval->id, &value->id))
		return PAXOS_REASON_EQUIVOCATION;
	if (!paxos_window_has_room(&core->window, slot, value->length))
		return PAXOS_REASON_WINDOW;
	reason = paxos_acceptor_vote(core, core->config.node, slot, p->ballot, value, ob);
	if (reason != PAXOS_REASON_OK)
		return reason;
	slot->tally.ballot = p->ballot;
	slot->tally.id = value->id;
	slot->tally.voters = 0;
	paxos_acceptor_answer(core->config.node, p->ballot, slot, ob);
	send_accept(core, p->ballot, slot->instance, value, paxos_core_others(core), ob);
	if (value->length > PAXOS_INLINE_MAX)
		paxos_parts_send(core, slot->instance, p->ballot, value, U32_MAX,
				 paxos_core_others(core), ob);
	return PAXOS_REASON_OK;
}

/* The proposal's own instance: it is sent again until it is chosen. */
static enum paxos_reason begin(struct paxos_core *core, struct paxos_proposal *p,
			       struct paxos_slot *slot, struct paxos_value *value,
			       struct paxos_outbox *ob)
{
	enum paxos_reason reason;

	p->instance = slot->instance;
	p->id = value->id;
	p->value = paxos_value_get(value);
	reason = send_value(core, p, slot, value, ob);
	if (reason == PAXOS_REASON_OK) {
		p->phase = PAXOS_PHASE_ACCEPTING;
		retry_soon(core, p);
		hand_over(core, p);
		return PAXOS_REASON_OK;
	}
	forget_value(p);
	if (reason == PAXOS_REASON_BALLOT)
		p->phase = PAXOS_PHASE_OVER;
	return reason;
}

/*
 * Who has the bytes of a vote: who reported the highest, or had the bytes asked for
 * before, is asked alone at first. That answers in a round trip; all others are asked
 * if it does not.
 */
static void fetch(struct paxos_core *core, const struct paxos_proposal *p, bool again,
		  struct paxos_outbox *ob)
{
	u64 to = p->whole & ~paxos_core_self(core);
	struct paxos_entry *entry;
	struct paxos_out *out;

	if (!again && p->reporter && to & paxos_node_bit(p->reporter))
		to = paxos_node_bit(p->reporter);
	out = paxos_outbox_message(ob, PAXOS_WIRE_FETCH, to);
	if (!out)
		return;
	entry = paxos_outbox_entry(ob, &out->msg);
	if (!entry) {
		ob->n_out--;
		return;
	}
	entry->instance = p->instance;
	entry->ballot = p->ballot;
	entry->id = p->id;
	out->msg.fetch.missing = U32_MAX;
}

static void begin_fetch(struct paxos_core *core, struct paxos_proposal *p, u64 instance,
			const struct paxos_vid *id, struct paxos_outbox *ob)
{
	p->instance = instance;
	p->id = *id;
	p->phase = PAXOS_PHASE_FETCHING;
	fetch(core, p, false, ob);
	retry_soon(core, p);
}

/* Below the grant, bytes at hand: beside whatever else the ballot is about. */
static enum paxos_reason finish(struct paxos_core *core, struct paxos_proposal *p,
				struct paxos_slot *slot, const struct paxos_vid *id,
				struct paxos_value *value, struct paxos_outbox *ob)
{
	enum paxos_reason reason;

	if (slot->chosen)
		return PAXOS_REASON_OK;
	/* The leader sees to it already. */
	if (slot->vbal == p->ballot)
		return paxos_vid_equal(&slot->vval->id, id) ? PAXOS_REASON_OK :
							      PAXOS_REASON_EQUIVOCATION;
	reason = send_value(core, p, slot, value, ob);
	if (reason == PAXOS_REASON_OK)
		paxos_leader_finishes(core, slot->instance);
	else if (reason == PAXOS_REASON_BALLOT)
		p->phase = PAXOS_PHASE_OVER;
	return reason;
}

/*
 * Room may come only when the lowest is decided: its bytes are fetched instead of
 * those that are being fetched for one above it, or for one that is decided.
 */
static bool is_in_the_way(const struct paxos_core *core, const struct paxos_proposal *p,
			  u64 instance)
{
	return is_busy(p) && p->instance < instance && p->instance > core->window.prefix;
}

static void refuse_busy(struct paxos_event *ev, const struct paxos_proposal *p)
{
	ev->instance = p->instance;
	refuse(ev, -EBUSY, "the ballot works on another instance");
}

static const char *why_no_accept(const struct paxos_proposal *p, const struct paxos_event *ev)
{
	if (p->single && ev->accept.instance != p->from)
		return "the ballot is prepared for another instance alone";
	if (ev->accept.instance < p->from)
		return "the ballot is prepared for higher instances alone";
	return NULL;
}

/* P11: from the grant's first instance on the kernel alone says what is accepted. */
static bool is_granted_away(const struct paxos_core *core, const struct paxos_proposal *p,
			    u64 instance)
{
	return p->granted && (!paxos_leader_leads(core, p->ballot) ||
			      instance >= core->grant.first);
}

/**
 * paxos_proposal_accept - begin phase 2
 * @core: the group
 * @ev: PAXOS_EVENT_ACCEPT
 * @ob: the outbox
 *
 * P12: only with whole promises of a quorum. That the value is the one that
 * P13 demands is the proposer's duty. A ballot works on one instance at a time; by
 * one that is granted any number is under way, but for bytes that are fetched, and
 * its owner is told by paxos_leader_finished().
 */
void paxos_proposal_accept(struct paxos_core *core, struct paxos_event *ev,
			   struct paxos_outbox *ob)
{
	struct paxos_proposal *p = find_owned(core, ev, ev->accept.ballot, ev->accept.owner);
	const struct paxos_vid *id = &ev->accept.id;
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_value *value = ev->accept.value;
	struct paxos_slot *slot;

	if (!p)
		return;
	if (value)
		id = &value->id;
	if (is_busy(p) && p->instance != ev->accept.instance && !p->granted)
		return refuse_busy(ev, p);
	slot = paxos_window_find(&core->window, ev->accept.instance);
	if (slot && slot->chosen && !p->granted) {
		p->instance = slot->instance;
		paxos_proposal_chosen(core, slot, ob);
		return;
	}
	if (p->phase == PAXOS_PHASE_OVER)
		return refuse_reason(ev, PAXOS_REASON_BALLOT);
	if (p->phase < PAXOS_PHASE_PREPARED)
		return refuse(ev, -EPERM, "no quorum of promises yet");
	if (why_no_accept(p, ev))
		return refuse(ev, -EINVAL, why_no_accept(p, ev));
	if (is_granted_away(core, p, ev->accept.instance))
		return refuse(ev, -EPERM, "the ballot was granted: the kernel proposes by it");
	if (p->granted && ev->accept.instance <= core->window.prefix)
		return paxos_leader_finished(core, ob);
	if (is_busy(p) && p->instance == ev->accept.instance) {
		if (!paxos_vid_equal(&p->id, id))
			refuse(ev, -EBUSY, "the ballot works on another value");
		return;
	}
	slot = paxos_window_slot(&core->window, ev->accept.instance, &reason);
	if (!slot)
		return refuse_reason(ev, reason);
	if (!value)
		value = paxos_window_value(slot, id);
	if (p->granted && (value || slot->chosen || slot->vbal == p->ballot))
		reason = finish(core, p, slot, id, value, ob);
	else if (is_in_the_way(core, p, ev->accept.instance))
		return refuse_busy(ev, p);
	else if (value)
		reason = begin(core, p, slot, value, ob);
	else
		begin_fetch(core, p, ev->accept.instance, id, ob);
	if (reason != PAXOS_REASON_OK)
		refuse_reason(ev, reason);
}

/**
 * paxos_proposal_have - the bytes of a value came
 * @core: the group
 * @from: who had them
 * @slot: the instance
 * @value: the value, complete
 * @ob: the outbox
 */
void paxos_proposal_have(struct paxos_core *core, u8 from, struct paxos_slot *slot,
			 struct paxos_value *value, struct paxos_outbox *ob)
{
	struct paxos_proposal *p;

	for (p = core->proposals; p; p = p->next) {
		enum paxos_reason reason;

		if (p->phase != PAXOS_PHASE_FETCHING || p->instance != slot->instance ||
		    !paxos_vid_equal(&p->id, &value->id))
			continue;
		p->reporter = from;
		reason = begin(core, p, slot, value, ob);
		if (reason == PAXOS_REASON_OK)
			continue;
		paxos_acceptor_refuse(core, core->config.node, p->ballot, p->instance, reason,
				      ob);
		/* Its owner asks again, and the bytes are here. */
		if (p->granted)
			rest(p);
	}
}

/**
 * paxos_proposal_wants - does a proposal wait for the bytes of this value?
 * @core: the group
 * @instance: the instance
 * @id: the value
 *
 * Return: true if one does.
 */
bool paxos_proposal_wants(const struct paxos_core *core, u64 instance,
			  const struct paxos_vid *id)
{
	const struct paxos_proposal *p;

	for (p = core->proposals; p; p = p->next)
		if (p->phase == PAXOS_PHASE_FETCHING && p->instance == instance &&
		    paxos_vid_equal(&p->id, id))
			return true;
	return false;
}

/**
 * paxos_proposal_value - a value that this node proposes
 * @core: the group
 * @instance: where
 * @id: which
 *
 * Return: the value, no reference taken, or NULL.
 */
struct paxos_value *paxos_proposal_value(const struct paxos_core *core, u64 instance,
					 const struct paxos_vid *id)
{
	const struct paxos_proposal *p;

	for (p = core->proposals; p; p = p->next)
		if (p->value && p->instance == instance && paxos_vid_equal(&p->id, id))
			return p->value;
	return NULL;
}

/**
 * paxos_proposal_chosen - tell owners whose ballots are not granted what is settled
 * @core: the group
 * @slot: the instance, its chosen value known
 * @ob: the outbox
 */
void paxos_proposal_chosen(struct paxos_core *core, const struct paxos_slot *slot,
			   struct paxos_outbox *ob)
{
	struct paxos_proposal *p;

	for (p = core->proposals; p; p = p->next) {
		struct paxos_note *note;

		if (p->instance != slot->instance &&
		    !(p->single && p->from == slot->instance))
			continue;
		note = p->granted ? NULL : paxos_outbox_note(ob, PAXOS_NOTE_CHOSEN);
		if (note) {
			note->owner = p->owner;
			note->ballot = p->ballot;
			note->instance = slot->instance;
			note->id = slot->chosen->id;
			note->kind = slot->chosen->kind;
		}
		rest(p);
		if (p->single)
			p->phase = PAXOS_PHASE_OVER;
	}
}

/**
 * paxos_proposal_end - a ballot is used no more
 * @core: the group
 * @ballot: the ballot, which was granted
 *
 * P11, P16: its owner's ACCEPT, too, is sent no more.
 */
void paxos_proposal_end(struct paxos_core *core, u64 ballot)
{
	struct paxos_proposal *p = find(core, ballot);

	if (p)
		p->phase = PAXOS_PHASE_OVER;
}

/**
 * paxos_proposal_grant - let this node lead by a ballot
 * @core: the group
 * @ev: PAXOS_EVENT_GRANT
 * @ob: the outbox
 *
 * See paxos_leader_grant().
 */
void paxos_proposal_grant(struct paxos_core *core, struct paxos_event *ev,
			  struct paxos_outbox *ob)
{
	struct paxos_proposal *p = find_owned(core, ev, ev->grant.ballot, ev->grant.owner);

	if (!p)
		return;
	paxos_leader_grant(core, p, ev, ob);
	hand_over(core, p);
}

/**
 * paxos_proposal_drop - take ballots back
 * @core: the group
 * @ev: PAXOS_EVENT_DROP or DROP_OWNER; their memory is returned in it
 * @owner: every ballot of the owner, not one
 * @ob: the outbox
 *
 * P11: nothing is sent under them any more. Votes that still come are counted:
 * what is chosen is chosen.
 */
void paxos_proposal_drop(struct paxos_core *core, struct paxos_event *ev, bool owner,
			 struct paxos_outbox *ob)
{
	struct paxos_proposal **link = &core->proposals;
	struct paxos_proposal *p;

	if (!owner && !find_owned(core, ev, ev->drop.ballot, ev->drop.owner))
		return;
	while ((p = *link)) {
		if (p->owner != ev->drop.owner || (!owner && p->ballot != ev->drop.ballot)) {
			link = &p->next;
			continue;
		}
		*link = p->next;
		if (owner && paxos_leader_leads(core, p->ballot))
			core->grant.owner = 0;
		if (paxos_leader_leads(core, p->ballot))
			paxos_leader_end(core, PAXOS_GRANT_RESIGNED, 0, ob);
		forget_value(p);
		p->next = ev->dropped;
		ev->dropped = p;
	}
}

/*
 * This node's own acceptor promised a higher ballot since: nothing more is sent
 * under this one, and the owner hears of it as from any voter. P16
 */
static void outbid(struct paxos_core *core, struct paxos_proposal *p, u64 instance,
		   struct paxos_outbox *ob)
{
	p->phase = PAXOS_PHASE_OVER;
	paxos_acceptor_refuse(core, core->config.node, p->ballot, instance,
			      PAXOS_REASON_BALLOT, ob);
}

static void prepare_again(struct paxos_core *core, struct paxos_proposal *p,
			  struct paxos_outbox *ob)
{
	u64 first = 0;
	int i;

	for (i = 0; i < core->membership.options.quorum.voters; i++) {
		u64 bit = paxos_node_bit(core->membership.voter[i].node);

		/* This node itself, too: its pages may have found no room. */
		if (p->whole & bit)
			continue;
		if (p->page[i] == p->from)
			first |= bit;
		else
			send_prepare(p, p->page[i], bit, ob);
	}
	send_prepare(p, p->from, first, ob);
}

static void accept_again(struct paxos_core *core, struct paxos_proposal *p,
			 struct paxos_outbox *ob)
{
	struct paxos_slot *slot = paxos_window_find(&core->window, p->instance);

	if (!slot || slot->tally.ballot != p->ballot)
		return;
	if (paxos_acceptor_promised(core, slot) > p->ballot)
		return outbid(core, p, p->instance, ob);
	send_accept(core, p->ballot, p->instance, p->value,
		    paxos_core_others(core) & ~slot->tally.voters, ob);
}

static bool is_waiting(const struct paxos_proposal *p)
{
	return p->phase == PAXOS_PHASE_PREPARING || is_busy(p);
}

/**
 * paxos_proposal_tick - send again what was not answered
 * @core: the group
 * @ob: the outbox
 *
 * The time between two doubles, and long values are not sent again whole:
 * who lacks a part of one asks for it.
 *
 * Context: any, under the group's lock.
 */
void paxos_proposal_tick(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_proposal *p;
	int n = 0;

	for (p = core->proposals; p; p = p->next) {
		if (!is_waiting(p) || core->now < p->retry_at)
			continue;
		if (n++ == TICK_PROPOSALS)
			break;
		p->retry_ms = min_t(u32, 2 * p->retry_ms, PAXOS_RETRY_MAX_MS);
		p->retry_at = core->now + p->retry_ms;
		if (p->phase == PAXOS_PHASE_PREPARING)
			prepare_again(core, p, ob);
		else if (p->phase == PAXOS_PHASE_FETCHING)
			fetch(core, p, true, ob);
		else
			accept_again(core, p, ob);
	}
}

/**
 * paxos_proposal_deadline - when paxos_proposal_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_proposal_deadline(const struct paxos_core *core)
{
	const struct paxos_proposal *p;
	u64 deadline = U64_MAX;

	for (p = core->proposals; p; p = p->next)
		if (is_waiting(p))
			deadline = min(deadline, p->retry_at);
	return deadline;
}
