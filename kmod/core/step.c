// SPDX-License-Identifier: GPL-2.0
/* The step: checks who speaks, hands the event to its noun, and tidies up. */

#include "acceptor.h"
#include "ballot.h"
#include "barrier.h"
#include "catchup.h"
#include "genesis.h"
#include "inbox.h"
#include "leader.h"
#include "learner.h"
#include "pace.h"
#include "parts.h"
#include "proposal.h"
#include "rest.h"
#include "step.h"
#include "submission.h"

/* Pages freed in one step; the rest waits for the next. */
#define REAP_PAGES	4

#define WHY_LIVES	"the group lives: voters change only through its log"

/**
 * paxos_core_init - a group that was just added
 * @core: the group
 * @config: what the operator said
 * @pool: where values and slots come from
 * @dir: zeroed memory for the window's ring
 * @dir_size: its length, from paxos_window_dir_size()
 * @volatile_store: promises and votes are as durable as they get once made
 * @now: milliseconds
 */
void paxos_core_init(struct paxos_core *core, const struct paxos_config *config,
		     struct paxos_pool *pool, struct paxos_slot **dir, u32 dir_size,
		     bool volatile_store, u64 now)
{
	memset(core, 0, sizeof(*core));
	core->config = *config;
	core->state = PAXOS_STATE_CONFIGURED;
	core->volatile_store = volatile_store;
	core->now = now;
	core->hello_at = now;
	paxos_window_init(&core->window, pool, dir, dir_size);
	core->window.size = config->window;
	core->window.bytes = config->window_bytes;
}

/**
 * paxos_core_clear - let go of all values and slots
 * @core: the group; proposals, submissions and barriers must have been dropped
 */
void paxos_core_clear(struct paxos_core *core)
{
	PAXOS_VIOLATED(core->proposals || core->submissions.count);
	PAXOS_VIOLATED(core->barriers.first);
	paxos_inbox_clear(core);
	paxos_window_clear(&core->window);
}

/**
 * paxos_core_header - what this node's messages begin with
 * @core: the group
 * @header: filled in but for type and sequence
 */
void paxos_core_header(const struct paxos_core *core, struct paxos_header *header)
{
	header->type = 0;
	header->sequence = 0;
	header->group = core->config.group;
	header->sender = core->config.node;
	header->boot = core->config.boot;
	header->membership = core->membership.version;
	memcpy(header->incarnation, core->config.incarnation, PAXOS_ID_BYTES);
	memcpy(header->identity, core->identity, PAXOS_ID_BYTES);
}

/**
 * paxos_core_options - the options in force, or those that init would settle
 * @core: the group
 * @options: filled in
 */
void paxos_core_options(const struct paxos_core *core, struct paxos_options *options)
{
	const struct paxos_config *c = &core->config;
	int i;

	if (paxos_core_has_identity(core)) {
		*options = core->membership.options;
		return;
	}
	memset(options, 0, sizeof(*options));
	if (c->role == PAXOS_ROLE_VOTER)
		options->voters = paxos_core_self(core);
	for (i = 0; i < PAXOS_NODE_MAX; i++)
		if (core->peer[i].present && core->peer[i].role == PAXOS_ROLE_VOTER)
			options->voters |= BIT_ULL(i);
	options->window = c->window;
	options->window_bytes = c->window_bytes;
	options->alpha = c->window;
	paxos_quorum_default(&options->quorum, hweight64(options->voters));
	if (c->quorum_1)
		options->quorum.phase_1 = c->quorum_1;
	if (c->quorum_2)
		options->quorum.phase_2 = c->quorum_2;
	/* A small Q1 wants a larger F, which P14 ties to it. */
	while (options->quorum.phase_1 + 2 * options->quorum.fast <= 2 * options->quorum.voters &&
	       options->quorum.fast < options->quorum.voters)
		options->quorum.fast++;
}

/**
 * paxos_core_alarm - tell userspace of what must not be
 * @core: the group
 * @alarm: enum paxos_alarm
 * @node: the member that showed it, 0 for none
 * @instance: where
 * @ob: the outbox
 */
void paxos_core_alarm(struct paxos_core *core, u8 alarm, u8 node, u64 instance,
		      struct paxos_outbox *ob)
{
	struct paxos_note *note = paxos_outbox_note(ob, PAXOS_NOTE_ALARM);

	if (!note)
		return;
	note->reason = alarm;
	note->node = node ? node : core->config.node;
	note->instance = instance;
}

/**
 * paxos_core_why_not - why this node may not propose
 * @core: the group
 *
 * Return: a constant text, or NULL when it may.
 */
const char *paxos_core_why_not(const struct paxos_core *core)
{
	switch (core->state) {
	case PAXOS_STATE_VOTING:
		return NULL;
	case PAXOS_STATE_CONFIGURED:
		return "the group has no identity yet: run group init when every voter is up";
	case PAXOS_STATE_ADOPTED:
		return "not every voter is known to have adopted the group's identity";
	case PAXOS_STATE_LEARNING:
		return "this node is a learner";
	default:
		return "this node lost its memory: an earlier incarnation votes, so it only learns";
	}
}

/**
 * paxos_core_deadline - when the next tick is due
 * @core: the group
 *
 * Return: milliseconds.
 */
u64 paxos_core_deadline(const struct paxos_core *core)
{
	u64 deadline = min(paxos_genesis_deadline(core), paxos_leader_deadline(core));

	/* After each step: of what is rarely there it is not even asked when. */
	if (core->owed.ballot)
		deadline = min(deadline, paxos_acceptor_deadline(core));
	if (core->pace.n)
		deadline = min(deadline, paxos_pace_deadline(core));
	if (paxos_catchup_is_behind(core))
		deadline = min(deadline, paxos_catchup_deadline(core));
	if (core->proposals)
		deadline = min(deadline, paxos_proposal_deadline(core));
	if (core->barriers.first)
		deadline = min(deadline, paxos_barrier_deadline(core));
	if (core->submissions.unheld)
		deadline = min(deadline, paxos_submission_deadline(core));
	if (paxos_window_is_trimmed(&core->window))
		deadline = min(deadline, core->now + 1);
	return deadline;
}

/* Phase 1 and 2 are between voters, who act under the membership in force. P8, P24 */
static enum paxos_reason check_voter(struct paxos_core *core, const struct paxos_header *h,
				     const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	u64 ballot = 0, instance = 0;

	if (!(core->membership.options.voters & paxos_node_bit(h->sender)))
		return PAXOS_REASON_NO_VOTER;
	if (!paxos_membership_names(&core->membership, h->sender, h->incarnation))
		return PAXOS_REASON_INCARNATION;
	if (h->membership == core->membership.version)
		return PAXOS_REASON_OK;
	if (msg->type == PAXOS_WIRE_PREPARE) {
		ballot = msg->prepare.ballot;
		instance = msg->prepare.from;
	} else if (msg->type == PAXOS_WIRE_ACCEPT) {
		ballot = msg->accept.ballot;
		instance = msg->entry[0].instance;
	}
	if (ballot)
		paxos_acceptor_refuse(core, h->sender, ballot, instance,
				      PAXOS_REASON_MEMBERSHIP, ob);
	return PAXOS_REASON_MEMBERSHIP;
}

static bool is_present(const struct paxos_peer *peer, const struct paxos_header *h)
{
	return peer->heard && !memcmp(peer->incarnation, h->incarnation, PAXOS_ID_BYTES);
}

static enum paxos_reason check(struct paxos_core *core, const struct paxos_header *h,
			       const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	const struct paxos_peer *peer;

	if (h->sender == core->config.node)
		return PAXOS_REASON_SELF;
	peer = paxos_core_peer(core, h->sender);
	if (!peer->present)
		return PAXOS_REASON_NO_MEMBER;
	if (msg->type == PAXOS_WIRE_HELLO || msg->type == PAXOS_WIRE_INIT)
		return PAXOS_REASON_OK;
	if (!paxos_core_has_identity(core))
		return PAXOS_REASON_NO_IDENTITY;
	if (memcmp(h->identity, core->identity, PAXOS_ID_BYTES))
		return PAXOS_REASON_IDENTITY;
	switch (msg->type) {
	case PAXOS_WIRE_PREPARE:
	case PAXOS_WIRE_PROMISE:
	case PAXOS_WIRE_ACCEPT:
	case PAXOS_WIRE_ACCEPTED:
	case PAXOS_WIRE_HEARTBEAT:
		return check_voter(core, h, msg, ob);
	case PAXOS_WIRE_SUBMIT:
		/* What an earlier life left under way comes too late. */
		if (!msg->submit.answer)
			return is_present(peer, h) && peer->boot == h->boot ?
			       PAXOS_REASON_OK : PAXOS_REASON_INCARNATION;
		fallthrough;
	default:
		/* These pass between all members whose memory is known. */
		if (paxos_membership_names(&core->membership, h->sender, h->incarnation))
			return PAXOS_REASON_OK;
		return is_present(peer, h) ? PAXOS_REASON_OK : PAXOS_REASON_INCARNATION;
	}
}

static enum paxos_reason accept(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
				struct paxos_outbox *ob)
{
	paxos_core_saw(core, msg->accept.ballot);
	/* Who may not ask is not believed what he says beside it, either. */
	if (paxos_ballot_node(msg->accept.ballot) != from)
		return PAXOS_REASON_NOT_OWNER;
	if (!paxos_ballot_is_classic(msg->accept.ballot))
		return PAXOS_REASON_FAST;
	if (msg->accept.decided.ballot)
		paxos_learner_decided(core, from, &msg->accept.decided, ob);
	return paxos_acceptor_accept(core, from, msg, ob);
}

/* A message whose sender has the right to it; this node's own come here too. */
static enum paxos_reason dispatch(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
				  struct paxos_outbox *ob)
{
	switch (msg->type) {
	case PAXOS_WIRE_PREPARE:
		paxos_core_saw(core, msg->prepare.ballot);
		return paxos_acceptor_prepare(core, from, msg, ob);
	case PAXOS_WIRE_PROMISE:
		return paxos_proposal_promise(core, from, msg, ob);
	case PAXOS_WIRE_ACCEPT:
		return accept(core, from, msg, ob);
	case PAXOS_WIRE_ACCEPTED:
		return paxos_learner_accepted(core, from, msg, ob);
	case PAXOS_WIRE_REFUSED:
		return paxos_proposal_refused(core, from, msg, ob);
	case PAXOS_WIRE_DECIDED:
		return paxos_learner_decided(core, from, &msg->decided, ob);
	case PAXOS_WIRE_LEARN:
		return paxos_learner_serve(core, from, msg, ob);
	case PAXOS_WIRE_VALUES:
		return paxos_learner_values(core, from, msg, ob);
	case PAXOS_WIRE_FETCH:
		return paxos_parts_serve(core, from, msg, ob);
	case PAXOS_WIRE_PART:
		return paxos_parts_receive(core, from, msg, ob);
	case PAXOS_WIRE_HEARTBEAT:
		return paxos_leader_heartbeat(core, from, msg, ob);
	case PAXOS_WIRE_BARRIER:
		return paxos_barrier_hear(core, from, msg, ob);
	case PAXOS_WIRE_SUBMIT:
		return paxos_submission_hear(core, from, msg, ob);
	default:
		return PAXOS_REASON_TYPE;
	}
}

static void message(struct paxos_core *core, struct paxos_event *ev, struct paxos_outbox *ob)
{
	const struct paxos_header *h = ev->message.header;
	const struct paxos_msg *msg = ev->message.msg;

	ev->reason = check(core, h, msg, ob);
	if (ev->reason != PAXOS_REASON_OK)
		return;
	if (msg->type == PAXOS_WIRE_HELLO)
		ev->reason = paxos_genesis_hello(core, h->sender, msg, h, ob);
	else if (msg->type == PAXOS_WIRE_INIT)
		ev->reason = paxos_genesis_adopt(core, h->sender, msg, h, ob);
	else
		ev->reason = dispatch(core, h->sender, msg, ob);
}

static void refuse(struct paxos_event *ev, int error, const char *why)
{
	ev->error = error;
	ev->why = why;
}

/* Who agreed, agreed with the options of then: they will say so again. */
static void members_changed(struct paxos_core *core, const struct paxos_options *before)
{
	struct paxos_options options;
	int i;

	core->hello_at = core->now;
	paxos_core_options(core, &options);
	if (paxos_options_equal(before, &options))
		return;
	for (i = 0; i < PAXOS_NODE_MAX; i++)
		core->peer[i].agrees = false;
}

static void member(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_peer *peer = paxos_core_peer(core, ev->member.node);
	u64 bit = paxos_node_bit(ev->member.node);
	struct paxos_options options;
	bool votes = ev->member.role == PAXOS_ROLE_VOTER;

	if (ev->member.node == core->config.node)
		return refuse(ev, -EINVAL, "this is the node's own id");
	paxos_core_options(core, &options);
	if (paxos_core_has_identity(core)) {
		/* A node that lost its memory may name again who votes. */
		if (votes && !(options.voters & bit))
			return refuse(ev, -EBUSY, WHY_LIVES);
		if (!votes && (options.voters & bit))
			return refuse(ev, -EBUSY, "the group lives, and this node votes in it");
	} else if (votes && hweight64(options.voters | bit) > PAXOS_VOTERS_MAX) {
		return refuse(ev, -E2BIG, "a group has at most 15 voters");
	}
	if (!peer->present)
		memset(peer, 0, sizeof(*peer));
	peer->present = true;
	core->members |= bit;
	peer->role = ev->member.role;
	members_changed(core, &options);
	paxos_rest_move(core);
}

static void member_gone(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_peer *peer = paxos_core_peer(core, ev->member.node);
	struct paxos_options options;

	if (!peer->present)
		return refuse(ev, -ENOENT, "no such member");
	if (paxos_core_has_identity(core) &&
	    (core->membership.options.voters & paxos_node_bit(ev->member.node)))
		return refuse(ev, -EBUSY, WHY_LIVES);
	paxos_core_options(core, &options);
	memset(peer, 0, sizeof(*peer));
	core->members &= ~paxos_node_bit(ev->member.node);
	members_changed(core, &options);
	paxos_rest_move(core);
}

/* A voter that lost its memory has what it learned since, but votes no more. */
static bool has_upto(struct paxos_core *core, const struct paxos_voter *voter, u64 to)
{
	const struct paxos_peer *peer = paxos_core_peer(core, voter->node);

	return peer->prefix >= to &&
	       !memcmp(peer->incarnation, voter->incarnation, PAXOS_ID_BYTES);
}

/* P22: not above what a quorum is known to have, unless the operator insists. */
static void trim(struct paxos_core *core, struct paxos_event *ev)
{
	const u64 to = ev->trim.to;
	u64 have = 0;
	int i;

	if (!paxos_core_has_identity(core))
		return refuse(ev, -EPERM, "the group has no identity yet");
	if (to > core->window.prefix) {
		ev->instance = core->window.prefix;
		return refuse(ev, -ERANGE, "instances above the decided prefix cannot be trimmed");
	}
	for (i = 0; i < core->membership.options.quorum.voters; i++) {
		u8 node = core->membership.voter[i].node;

		if (node == core->config.node ? core->state == PAXOS_STATE_VOTING :
		    has_upto(core, &core->membership.voter[i], to))
			have |= paxos_node_bit(node);
	}
	if (!ev->trim.force &&
	    !paxos_quorum_has(have, core->membership.options.quorum.phase_2))
		return refuse(ev, -EBUSY,
			      "fewer voters than a quorum are known to have these instances");
	paxos_window_trim(&core->window, to);
	paxos_core_record(core);
	core->hello_at = core->now;
}

static void handle(struct paxos_core *core, struct paxos_event *ev, struct paxos_outbox *ob)
{
	switch (ev->type) {
	case PAXOS_EVENT_MESSAGE:
		return message(core, ev, ob);
	case PAXOS_EVENT_MEMBER:
		return member(core, ev);
	case PAXOS_EVENT_MEMBER_GONE:
		return member_gone(core, ev);
	case PAXOS_EVENT_INIT:
		return paxos_genesis_init(core, ev, ob);
	case PAXOS_EVENT_HAND_OUT:
		return paxos_proposal_hand_out(core, ev);
	case PAXOS_EVENT_PREPARE:
		return paxos_proposal_prepare(core, ev, ob);
	case PAXOS_EVENT_ACCEPT:
		return paxos_proposal_accept(core, ev, ob);
	case PAXOS_EVENT_DROP:
		return paxos_proposal_drop(core, ev, false, ob);
	case PAXOS_EVENT_DROP_OWNER:
		paxos_barrier_drop(core, ev, true, ob);
		paxos_submission_drop(core, ev->drop.owner, ob);
		return paxos_proposal_drop(core, ev, true, ob);
	case PAXOS_EVENT_BARRIER:
		return paxos_barrier_begin(core, ev);
	case PAXOS_EVENT_DROP_BARRIER:
		return paxos_barrier_drop(core, ev, false, ob);
	case PAXOS_EVENT_TRIM:
		return trim(core, ev);
	case PAXOS_EVENT_DURABLE:
		core->durable = max(core->durable, ev->durable);
		return;
	case PAXOS_EVENT_GRANT:
		return paxos_proposal_grant(core, ev, ob);
	case PAXOS_EVENT_RENEW:
		return paxos_leader_renew(core, ev);
	case PAXOS_EVENT_RESIGN:
		return paxos_leader_resign(core, ev, ob);
	case PAXOS_EVENT_TIMING:
		return paxos_leader_timing(core, ev);
	case PAXOS_EVENT_SUBMIT:
		return paxos_submission_take(core, ev);
	case PAXOS_EVENT_ASK:
		return paxos_genesis_ask(core, ob);
	case PAXOS_EVENT_SELF:
		if (PAXOS_VIOLATED(ev->self->after > core->durable))
			return;
		ev->reason = dispatch(core, core->config.node, &ev->self->msg, ob);
		return;
	default:
		paxos_acceptor_tick(core, ob);
		paxos_pace_tick(core, ob);
		paxos_genesis_tick(core, ob);
		paxos_proposal_tick(core, ob);
		paxos_leader_tick(core, ev->heard, ob);
		paxos_submission_tick(core);
	}
}

/*
 * What this node says to itself goes the way of every message: it is counted
 * only when the record it rests on is durable. P7. What has to wait keeps this
 * node's bit and comes back as PAXOS_EVENT_SELF. What is said in answer is
 * appended and heard in turn; a chain ends with the decision.
 */
static u16 hear_oneself(struct paxos_core *core, u16 i, struct paxos_outbox *ob)
{
	const u64 self = paxos_core_self(core);

	for (; i < ob->n_out; i++) {
		struct paxos_out *out = &ob->out[i];

		if (!(out->to & self) || out->after > core->durable)
			continue;
		out->to &= ~self;
		dispatch(core, core->config.node, &out->msg, ob);
	}
	return i;
}

static void warn_when_filling(struct paxos_core *core, struct paxos_outbox *ob)
{
	const struct paxos_pool *pool = core->window.pool;
	bool filling = pool->used > pool->limit / 4 * 3;

	if (filling && !core->warned_full) {
		paxos_core_alarm(core, PAXOS_ALARM_LOG_FILLING, 0, core->window.prefix, ob);
		core->warned_full = true;
	} else if (pool->used < pool->limit / 2) {
		core->warned_full = false;
	}
}

/* One note a step, however often the prefix rises in it. */
static void tell_prefix(struct paxos_core *core, u64 n, struct paxos_note **told,
			struct paxos_outbox *ob)
{
	if (!*told) {
		*told = paxos_outbox_note(ob, PAXOS_NOTE_DECIDED);
		if (!*told)
			return;
		(*told)->from = core->window.prefix - n + 1;
	}
	(*told)->upto = core->window.prefix;
}

static u32 advance(struct paxos_core *core, struct paxos_note **told, struct paxos_outbox *ob)
{
	u64 n = paxos_window_advance(&core->window, core->identity);

	if (!n)
		return 0;
	core->hello_at = min(core->hello_at, core->now + PAXOS_HELLO_SOON_MS);
	tell_prefix(core, n, told, ob);
	paxos_submission_delivered(core, core->window.prefix - n + 1, core->window.prefix, ob);
	return PAXOS_STEP_DECIDED;
}

/**
 * paxos_step - one event
 * @core: the group
 * @ev: what happened; reason, error and why say what came of it
 * @ob: an empty outbox, filled in
 *
 * Context: any, under the group's lock; sleeps and allocates nothing. The work
 * is O(entries of the message), and at most the window.
 * Return: PAXOS_STEP_* bits. What is in the outbox is to be sent and told
 * after the lock is let go of, and paxos_outbox_release() called then.
 */
u32 paxos_step(struct paxos_core *core, struct paxos_event *ev, struct paxos_outbox *ob)
{
	struct paxos_note *told = NULL;
	u32 bits = 0;
	u16 heard;

	core->now = max(core->now, ev->now);
	core->vow = ev->vow;
	ev->reason = PAXOS_REASON_OK;
	ev->error = 0;
	ev->why = NULL;
	ev->node = 0;
	ev->instance = 0;
	ev->ballot = 0;
	ev->dropped = NULL;
	/* What was let go of since the step before is memory at hand. */
	paxos_pool_drain(core->window.pool);
	handle(core, ev, ob);
	if (paxos_leader_is_outbid(core))
		paxos_leader_yield(core, ob);
	if (paxos_barrier_asks(core))
		paxos_barrier_ask(core, ob);
	heard = hear_oneself(core, 0, ob);
	bits |= advance(core, &told, ob);
	/* What was decided, or submitted just now; but what was dropped changes nothing. */
	if (ev->reason == PAXOS_REASON_OK && paxos_submission_push(core, ob)) {
		hear_oneself(core, heard, ob);
		bits |= advance(core, &told, ob);
	}
	if (paxos_leader_has_finished(core))
		paxos_leader_finished(core, ob);
	if (paxos_barrier_waits(core))
		paxos_barrier_end_step(core, ob);
	if (paxos_catchup_is_behind(core))
		paxos_catchup_tick(core, ob);
	if (paxos_window_is_trimmed(&core->window))
		paxos_window_reap(&core->window, REAP_PAGES);
	if (paxos_rest_breaks(core))
		bits |= PAXOS_STEP_BROKEN;
	if (paxos_rest_wants(core))
		bits |= PAXOS_STEP_PULSE;
	paxos_pool_drain(core->window.pool);
	warn_when_filling(core, ob);
	if (ob->n_out)
		bits |= PAXOS_STEP_SEND;
	if (ob->n_notes || ob->done)
		bits |= PAXOS_STEP_NOTE;
	if (!paxos_pool_is_steady(core->window.pool)) {
		bits |= PAXOS_STEP_CARE;
		if (paxos_pool_is_low(core->window.pool))
			bits |= PAXOS_STEP_REFILL;
	}
	return bits;
}
