// SPDX-License-Identifier: GPL-2.0
/*
 * The leader: what a node does by a ballot that its proposer prepared for all
 * instances and granted to the kernel. P10 to P12, P16, P38.
 */
#include "acceptor.h"
#include "ballot.h"
#include "genesis.h"
#include "inbox.h"
#include "leader.h"
#include "learner.h"
#include "parts.h"
#include "proposal.h"
#include "rest.h"

/* Messages and entries that a step keeps for what else it has to say. */
#define STEP_RESERVE	10

/* A member that found no room is thought of for so long. */
#define CROWDED_MS	1000

/* One tick sends so many ACCEPTs again; the next one goes on. */
#define TICK_MESSAGES	8

static void refuse(struct paxos_event *ev, int error, const char *why)
{
	ev->error = error;
	ev->why = why;
}

static u64 everybody(const struct paxos_core *core)
{
	return paxos_core_members(core) & ~paxos_core_self(core);
}

static void tell_owner(struct paxos_core *core, u8 why, u64 highest, struct paxos_outbox *ob)
{
	struct paxos_note *note;

	/* One that is gone hears nothing. */
	if (!core->grant.owner)
		return;
	note = paxos_outbox_note(ob, PAXOS_NOTE_GRANT);
	if (!note)
		return;
	note->owner = core->grant.owner;
	note->ballot = core->grant.ballot;
	note->reason = why;
	note->highest = highest;
}

/*
 * Who leads is known here, or no more: for whoever watches the group. The others
 * hear of it at once, so that who misses the leader knows whether a quorum does.
 */
static void tell_leader(struct paxos_core *core, u64 ballot, struct paxos_outbox *ob)
{
	struct paxos_note *note = paxos_outbox_note(ob, PAXOS_NOTE_LEADER);

	core->leader.ballot = ballot;
	paxos_genesis_greet(core, everybody(core), false, ob);
	if (!note)
		return;
	note->node = ballot ? (u8)paxos_ballot_node(ballot) : 0;
	note->ballot = ballot;
}

/*
 * Each node's patience with each leader is another, within what is configured,
 * so that not all who miss one begin at once.
 */
static u64 patience(const struct paxos_core *core, u64 ballot)
{
	const struct paxos_config *c = &core->config;
	u64 seed[2] = { ballot, c->node };
	u64 key[2];

	memcpy(key, c->incarnation, sizeof(key));
	return c->timeout_min + paxos_siphash(key, seed, sizeof(seed)) %
	       (c->timeout_max - c->timeout_min + 1);
}

static void follow(struct paxos_core *core, u64 ballot, u64 number, u64 vow,
		   struct paxos_outbox *ob)
{
	struct paxos_leader *l = &core->leader;

	if (l->ballot != ballot) {
		tell_leader(core, ballot, ob);
		l->patience = patience(core, ballot);
	}
	l->last = ballot;
	l->number = number;
	l->vow = vow;
	l->heard_at = core->now;
	l->lost_at = core->now + l->patience;
}

static void lose(struct paxos_core *core, struct paxos_outbox *ob)
{
	tell_leader(core, 0, ob);
}

/*
 * What was counted and not told: a run of instances that a quorum voted for at
 * this very ballot. What this node learned in another way it did not count.
 * P18a
 */
static bool untold(struct paxos_core *core, struct paxos_decided *d)
{
	struct paxos_grant *g = &core->grant;
	u64 s = max(g->told, core->window.trim) + 1;

	d->ballot = 0;
	for (; s <= core->window.prefix && s < g->next; s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);
		bool counted = slot && slot->tally.ballot == g->ballot &&
			       paxos_quorum_has(slot->tally.voters,
						core->membership.options.quorum.phase_2);

		if (d->ballot && (!counted || s - d->first == PAXOS_DECIDED_MAX))
			break;
		g->told = s;
		if (!counted)
			continue;
		if (!d->ballot)
			d->first = s;
		d->ballot = g->ballot;
		d->upto = s;
	}
	g->tell_at = s <= core->window.prefix && s < g->next ? core->now : 0;
	return d->ballot;
}

static u64 learners(const struct paxos_core *core)
{
	return everybody(core) & ~core->membership.options.voters;
}

static void tell_decided(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	u64 to = everybody(core);
	struct paxos_decided d;
	struct paxos_out *out;

	if (!untold(core, &d)) {
		/* That is all that learners were not told. */
		d = g->withheld;
		to = d.ballot ? learners(core) : 0;
	}
	g->withheld.ballot = 0;
	out = paxos_outbox_message(ob, PAXOS_WIRE_DECIDED, to);
	if (out)
		out->msg.decided = d;
}

/*
 * What is decided rides on an ACCEPT to the voters. Learners get none of these: they
 * are told once a millisecond, or each would cost a commit a tenth.
 */
static void carry_decided(struct paxos_core *core, struct paxos_decided *d,
			  struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	struct paxos_out *out;

	memset(d, 0, sizeof(*d));
	if (!untold(core, d) || !learners(core))
		return;
	if (core->now < g->learners_at + PAXOS_TELL_MS) {
		g->withheld = *d;
		if (!g->tell_at)
			g->tell_at = core->now + PAXOS_TELL_MS;
		return;
	}
	g->learners_at = core->now;
	g->withheld.ballot = 0;
	out = paxos_outbox_message(ob, PAXOS_WIRE_DECIDED, learners(core));
	if (out)
		out->msg.decided = *d;
}

/*
 * Appends to the ACCEPT while it goes to the same nodes and fits a datagram. Who
 * gets another at once need not answer the one before on its own.
 */
static struct paxos_out *send_accept(struct paxos_core *core, const struct paxos_slot *slot,
				     struct paxos_out *before, u64 to, struct paxos_outbox *ob)
{
	struct paxos_value *value = slot->vval;
	struct paxos_out *out;

	if (before && before->to != to)
		before = NULL;
	if (before && paxos_outbox_append(ob, before, slot->instance, slot->vbal, value, false))
		return before;
	out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPT, to);
	if (!out)
		return NULL;
	out->msg.accept.ballot = core->grant.ballot;
	if (!paxos_outbox_append(ob, out, slot->instance, slot->vbal, value, false)) {
		ob->n_out--;
		return NULL;
	}
	if (before)
		before->msg.accept.more = true;
	return out;
}

/*
 * This node's own votes, then ACCEPT for these instances, then their parts: the
 * entries of a message lie side by side, so each kind has its own walk. P11
 */
static void send_new(struct paxos_core *core, u64 first, u64 end, struct paxos_outbox *ob)
{
	const u64 others = paxos_core_others(core);
	struct paxos_out *out = NULL;
	struct paxos_decided decided;
	u64 s;

	paxos_acceptor_answer_range(core, core->config.node, core->grant.ballot, first, end, ob);
	carry_decided(core, &decided, ob);
	for (s = first; s < end; s++) {
		struct paxos_out *before = out;

		out = send_accept(core, paxos_window_find(&core->window, s), out, others, ob);
		if (out && !before)
			out->msg.accept.decided = decided;
	}
	for (s = first; s < end; s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (slot->vval->length > PAXOS_INLINE_MAX)
			paxos_parts_send(core, s, slot->vbal, slot->vval, U32_MAX, others, ob);
	}
}

static enum paxos_reason vote(struct paxos_core *core, struct paxos_value *value,
			      struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_slot *slot;

	slot = paxos_window_slot(&core->window, g->next, &reason);
	if (!slot)
		return reason;
	/* Chosen, or voted for: by a higher ballot than this. */
	if (slot->chosen || slot->vval)
		return PAXOS_REASON_BALLOT;
	if (!paxos_window_has_room(&core->window, slot, value->length))
		return PAXOS_REASON_WINDOW;
	reason = paxos_acceptor_vote(core, core->config.node, slot, g->ballot, value, ob);
	if (reason != PAXOS_REASON_OK)
		return reason;
	slot->tally.ballot = g->ballot;
	slot->tally.id = value->id;
	slot->tally.voters = 0;
	g->next++;
	return PAXOS_REASON_OK;
}

/* An ACCEPT, its parts, and this node's own vote; the rest is for what comes along. */
static bool has_room(const struct paxos_outbox *ob, const struct paxos_value *value,
		     unsigned int *messages, unsigned int *entries)
{
	unsigned int units = value->length <= PAXOS_INLINE_MAX ? 0 :
			     paxos_value_units(value->length);

	*messages += 1 + units;
	*entries += 2 + units;
	return ob->n_out + *messages + STEP_RESERVE <= PAXOS_OUTBOX_MESSAGES &&
	       ob->n_entries + *entries + STEP_RESERVE <= PAXOS_OUTBOX_ENTRIES;
}

/* While others found no room this node leaves them some. */
static bool is_crowded(const struct paxos_core *core, u8 from)
{
	const struct paxos_grant *g = &core->grant;
	const struct paxos_window *w = &core->window;

	return from == core->config.node && g->crowded_at &&
	       core->now - g->crowded_at < CROWDED_MS &&
	       g->next > w->prefix + max(1U, w->size - w->size / 4);
}

static void retry_soon(struct paxos_core *core)
{
	core->grant.retry_ms = paxos_core_retry_ms(core);
	core->grant.retry_at = core->now + core->grant.retry_ms;
}

/* From this instance on all have got their values. */
static void opened(struct paxos_core *core, u64 first, struct paxos_outbox *ob)
{
	paxos_rest_stir(core);
	if (first == paxos_leader_lowest(core))
		retry_soon(core);
	send_new(core, first, core->grant.next, ob);
}

/**
 * paxos_leader_assign - give the next instances to values
 * @core: the group
 * @from: whose they are
 * @value: the values, to which the caller keeps its references
 * @n: how many
 * @taken: set to how many got an instance, the first so many of them
 * @ob: the outbox
 *
 * P11: this node's acceptor votes first, and an instance is assigned once. As
 * many are taken as a step and the window have room for. P16: none once a higher
 * ballot was seen. And none before the owner has finished what was open: it may
 * be what is submitted again.
 *
 * Context: any, under the group's lock; O(values taken).
 * Return: PAXOS_REASON_OK, also when only the step had no room for more, or why
 * the others have to wait.
 */
enum paxos_reason paxos_leader_assign(struct paxos_core *core, u8 from,
				      struct paxos_value **value, u32 n, u32 *taken,
				      struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	enum paxos_reason reason = PAXOS_REASON_OK;
	unsigned int messages = 0, entries = 0;
	const u64 first = g->next;

	*taken = 0;
	if (!g->ballot)
		return PAXOS_REASON_STALE;
	if (core->window.prefix + 1 < g->first)
		reason = PAXOS_REASON_WINDOW;
	while (reason == PAXOS_REASON_OK && *taken < n) {
		if (!has_room(ob, value[*taken], &messages, &entries))
			break;
		reason = is_crowded(core, from) ? PAXOS_REASON_WINDOW :
						  vote(core, value[*taken], ob);
		if (reason == PAXOS_REASON_OK)
			++*taken;
	}
	if (first < g->next)
		opened(core, first, ob);
	if (reason == PAXOS_REASON_BALLOT)
		paxos_leader_end(core, PAXOS_GRANT_OUTBID, core->bound, ob);
	else if (reason != PAXOS_REASON_OK && from != core->config.node)
		g->crowded_at = core->now;
	return reason;
}

/* The highest instance from one on where this node has a value, or one below it. */
static u64 occupied(const struct paxos_core *core, u64 first)
{
	u64 s = core->window.top;

	for (; s >= first; s--) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);

		/* A promise for the instance alone, or parts of a value, are no vote. */
		if (slot && (slot->vval || slot->chosen))
			return s;
	}
	return first - 1;
}

/**
 * paxos_leader_grant - let this node lead by a prepared ballot
 * @core: the group
 * @p: the ballot's proposal, owned by who asks
 * @ev: PAXOS_EVENT_GRANT
 * @ob: the outbox
 *
 * P12: whole promises for all instances from a quorum, and none of them reported
 * anything where new values are to go: that is the owner's to finish, by the same
 * ballot and below the grant. P10: while its own acceptor promised none above.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_grant(struct paxos_core *core, struct paxos_proposal *p,
			struct paxos_event *ev, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	const u64 first = ev->grant.first;
	u64 least;

	if (g->ballot == p->ballot)
		return refuse(ev, -EEXIST, "the ballot was granted before");
	if (p->granted)
		return refuse(ev, -ESTALE, "the grant of this ballot has ended: ask for another");
	if (p->single)
		return refuse(ev, -EINVAL, "the ballot is prepared for one instance alone");
	if (p->phase == PAXOS_PHASE_OVER || max(core->bound, core->leader.last) > p->ballot)
		return refuse(ev, -ESTALE, "a higher ballot was seen: ask for another ballot");
	if (p->phase < PAXOS_PHASE_PREPARED)
		return refuse(ev, -EPERM, "no quorum of promises yet");
	least = max(p->highest, occupied(core, core->window.prefix + 1)) + 1;
	/* What the owner has fetched it wants to propose there. */
	if (p->phase == PAXOS_PHASE_FETCHING)
		least = max(least, p->instance + 1);
	if (first < p->from || first < least) {
		ev->instance = max(p->from, least);
		return refuse(ev, -EINVAL, "values may be in the way below this instance");
	}
	if (g->ballot)
		paxos_leader_end(core, PAXOS_GRANT_OUTBID, p->ballot, ob);
	memset(g, 0, sizeof(*g));
	p->granted = true;
	g->ballot = p->ballot;
	g->owner = p->owner;
	g->first = first;
	g->next = first;
	g->finished = core->window.prefix;
	g->told = core->window.prefix;
	g->renewed_at = core->now;
	g->quorum_at = core->now;
	/* At once: whoever else stands may be about to outbid it. */
	paxos_leader_beat(core, ob);
}

/**
 * paxos_leader_renew - the owner of the grant is still there
 * @core: the group
 * @ev: PAXOS_EVENT_RENEW
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_renew(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_grant *g = &core->grant;

	if (!paxos_leader_leads(core, ev->grant.ballot) || g->owner != ev->grant.owner)
		return refuse(ev, -ESTALE, "this ballot is not granted, or no more");
	g->renewed_at = core->now;
}

static void send_heartbeat(struct paxos_core *core, bool resign, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	struct paxos_out *out;

	out = paxos_outbox_message(ob, PAXOS_WIRE_HEARTBEAT, everybody(core));
	g->number++;
	paxos_rest_beat(core);
	if (!out)
		return;
	out->msg.heartbeat.ballot = g->ballot;
	out->msg.heartbeat.number = g->number;
	out->msg.heartbeat.prefix = core->window.prefix;
	out->msg.heartbeat.vow = core->vow;
	out->msg.heartbeat.resign = resign;
	untold(core, &out->msg.heartbeat.decided);
	if (!out->msg.heartbeat.decided.ballot)
		memset(&out->msg.heartbeat.decided, 0, sizeof(out->msg.heartbeat.decided));
}

/**
 * paxos_leader_end - this node leads no more
 * @core: the group
 * @why: enum paxos_grant_end
 * @highest: the ballot that is in the way, or 0
 * @ob: the outbox
 *
 * P11, P16: nothing is sent by the ballot any more, repeated ACCEPTs included.
 * Votes that still come are counted: what is chosen is chosen. The others are
 * told, so that they need not wait for their patience to end.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_end(struct paxos_core *core, u8 why, u64 highest, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;

	if (!g->ballot)
		return;
	send_heartbeat(core, true, ob);
	tell_owner(core, why, highest, ob);
	if (core->leader.ballot == g->ballot)
		lose(core, ob);
	paxos_proposal_end(core, g->ballot);
	paxos_inbox_clear(core);
	core->broken = true;
	memset(g, 0, sizeof(*g));
}

/**
 * paxos_leader_yield - this node's own acceptor promised a higher ballot
 * @core: the group
 * @ob: the outbox
 *
 * P16: nothing more is sent by the grant, whatever instance that is for.
 *
 * Context: any, under the group's lock, in each step that needs it before anything
 * is sent in consequence of its event.
 */
void paxos_leader_yield(struct paxos_core *core, struct paxos_outbox *ob)
{
	paxos_leader_end(core, PAXOS_GRANT_OUTBID, core->bound, ob);
}

/**
 * paxos_leader_resign - whoever was granted it, this node leads no more
 * @core: the group
 * @ev: PAXOS_EVENT_RESIGN
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_resign(struct paxos_core *core, struct paxos_event *ev,
			 struct paxos_outbox *ob)
{
	if (!core->grant.ballot)
		return refuse(ev, -EHOSTUNREACH, "this node does not lead the group");
	paxos_leader_end(core, PAXOS_GRANT_RESIGNED, 0, ob);
}

/**
 * paxos_leader_timing - other heartbeats, and another patience
 * @core: the group
 * @ev: PAXOS_EVENT_TIMING
 *
 * What was promised by the old ones is over: the next heartbeat goes out within
 * the new time, and a leader has as much from now on.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_timing(struct paxos_core *core, const struct paxos_event *ev)
{
	struct paxos_config *c = &core->config;

	c->heartbeat = ev->timing.heartbeat;
	c->timeout_min = ev->timing.timeout_min;
	c->timeout_max = ev->timing.timeout_max;
	core->grant.beat_at = min(core->grant.beat_at, core->now + c->heartbeat);
	paxos_rest_stir(core);
	core->leader.patience = patience(core, core->leader.ballot);
	core->leader.lost_at = core->now + core->leader.patience;
}

/**
 * paxos_leader_finishes - the owner proposes at an instance below the grant
 * @core: the group
 * @instance: where; this node has voted, and ACCEPT is sent
 *
 * From now on the leader sends it again and counts it, so that the owner may have
 * any number of them under way.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_finishes(struct paxos_core *core, u64 instance)
{
	struct paxos_grant *g = &core->grant;
	const bool begins = !paxos_leader_is_open(core);

	g->finishing = max(g->finishing, instance);
	paxos_rest_stir(core);
	if (begins || instance == core->window.prefix + 1)
		retry_soon(core);
}

/**
 * paxos_leader_finished - tell the owner up to where all below the grant is decided
 * @core: the group
 * @ob: the outbox
 *
 * One note a step, not one an instance: a message may decide a hundred.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_finished(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	struct paxos_note *note;

	g->finished = min(core->window.prefix, g->first - 1);
	if (!g->owner)
		return;
	note = paxos_outbox_note(ob, PAXOS_NOTE_CHOSEN);
	if (!note)
		return;
	note->owner = g->owner;
	note->ballot = g->ballot;
	note->upto = g->finished;
}

/**
 * paxos_leader_counted - a quorum voted for a value of this node's
 * @core: the group
 * @instance: where
 *
 * The log goes on: who did not answer has the usual time again. Votes above a gap
 * change nothing for whoever is asked about the gap. Others are told with the next
 * ACCEPT, or soon.
 */
void paxos_leader_counted(struct paxos_core *core, u64 instance)
{
	struct paxos_grant *g = &core->grant;

	g->proved = true;
	if (!g->tell_at)
		g->tell_at = core->now + PAXOS_TELL_MS;
	if (instance == core->window.prefix + 1)
		retry_soon(core);
}

/**
 * paxos_leader_prove - have a value of this very ballot chosen
 * @core: the group
 * @ob: the outbox
 *
 * P26: nobody reads before. A no-op is one, where nothing else is under way; all
 * that a grant has is free (P16). Without room or memory the tick tries again.
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_prove(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	const u64 first = g->next;
	enum paxos_reason reason;
	struct paxos_value *value;

	if (g->proved || paxos_leader_is_open(core))
		return;
	value = paxos_value_alloc(core->window.pool, 0, PAXOS_KIND_NO_OP, NULL);
	if (!value)
		return;
	value->id.digest = paxos_value_digest(value, core->identity);
	reason = vote(core, value, ob);
	paxos_value_put(value);
	if (reason == PAXOS_REASON_OK)
		opened(core, first, ob);
	else if (reason == PAXOS_REASON_BALLOT)
		paxos_leader_end(core, PAXOS_GRANT_OUTBID, core->bound, ob);
}

/**
 * paxos_leader_beat - a heartbeat, now
 * @core: the group, which this node leads
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_beat(struct paxos_core *core, struct paxos_outbox *ob)
{
	send_heartbeat(core, false, ob);
	follow(core, core->grant.ballot, core->grant.number, core->vow, ob);
}

static void answer(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
		   struct paxos_outbox *ob)
{
	struct paxos_out *out;

	if (core->state != PAXOS_STATE_VOTING)
		return;
	out = paxos_outbox_message(ob, PAXOS_WIRE_HEARTBEAT, paxos_node_bit(from));
	if (!out)
		return;
	out->msg.heartbeat.ballot = msg->heartbeat.ballot;
	out->msg.heartbeat.number = msg->heartbeat.number;
	out->msg.heartbeat.promised = core->bound;
	out->msg.heartbeat.prefix = core->window.prefix;
	out->msg.heartbeat.answer = true;
	if (core->bound > msg->heartbeat.ballot)
		return;
	out->msg.heartbeat.vow = core->vow;
	paxos_rest_answer(core, msg->heartbeat.ballot);
}

static enum paxos_reason heard_answer(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	int i = paxos_membership_index(&core->membership, from);
	u64 heard = paxos_core_self(core);
	int k;

	if (!paxos_leader_leads(core, msg->heartbeat.ballot) || i < 0 ||
	    msg->heartbeat.number > g->number)
		return PAXOS_REASON_STALE;
	if (msg->heartbeat.promised > g->ballot) {
		paxos_core_saw(core, msg->heartbeat.promised);
		paxos_leader_end(core, PAXOS_GRANT_OUTBID, msg->heartbeat.promised, ob);
		return PAXOS_REASON_OK;
	}
	if (msg->heartbeat.number <= g->answered[i])
		return PAXOS_REASON_DUPLICATE;
	g->answered[i] = msg->heartbeat.number;
	g->vows[i] = msg->heartbeat.vow;
	for (k = 0; k < core->membership.options.quorum.voters; k++)
		if (g->answered[k] >= msg->heartbeat.number)
			heard |= paxos_node_bit(core->membership.voter[k].node);
	if (paxos_quorum_has(heard, core->membership.options.quorum.phase_2))
		g->quorum_at = core->now;
	return PAXOS_REASON_OK;
}

/**
 * paxos_leader_heartbeat - HEARTBEAT: a leader is there, or was heard
 * @core: the group
 * @from: who says so
 * @msg: the message
 * @ob: the outbox
 *
 * A weak leader: of two the higher ballot is followed, and neither is believed
 * anything but that it is there, and what it counted.
 *
 * Context: any, under the group's lock; O(range decided), at most the window.
 * Return: PAXOS_REASON_OK, or why it is passed over.
 */
enum paxos_reason paxos_leader_heartbeat(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	struct paxos_leader *l = &core->leader;
	const u64 ballot = msg->heartbeat.ballot;

	if (msg->heartbeat.answer) {
		/* A leader that has less than those who answer catches up now. */
		paxos_learner_heard(core, from, msg->heartbeat.prefix);
		return heard_answer(core, from, msg, ob);
	}
	if (paxos_ballot_node(ballot) != from)
		return PAXOS_REASON_NOT_OWNER;
	paxos_core_saw(core, ballot);
	paxos_learner_heard(core, from, msg->heartbeat.prefix);
	if (msg->heartbeat.decided.ballot)
		paxos_learner_decided(core, from, &msg->heartbeat.decided, ob);
	/* It learns what is in its way from the answer. */
	answer(core, from, msg, ob);
	/* Who was followed by a higher ballot had a quorum promise it: this one is over. */
	if (ballot < l->last || (ballot == l->last && msg->heartbeat.number <= l->number))
		return PAXOS_REASON_STALE;
	if (ballot > core->grant.ballot && core->grant.ballot)
		paxos_leader_end(core, PAXOS_GRANT_OUTBID, ballot, ob);
	if (!msg->heartbeat.resign) {
		follow(core, ballot, msg->heartbeat.number, msg->heartbeat.vow, ob);
		return PAXOS_REASON_OK;
	}
	l->last = ballot;
	l->number = msg->heartbeat.number;
	if (l->ballot)
		lose(core, ob);
	return PAXOS_REASON_OK;
}

/* Those who did not vote yet are asked again; one that did is not. */
static void accept_again(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	u64 s = max(g->retry_from, core->window.prefix + 1);
	const u16 most = (u16)(ob->n_out + TICK_MESSAGES);
	struct paxos_out *out = NULL;

	for (; s < g->next; s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);
		u64 to;

		if (!slot || slot->chosen || slot->vbal != g->ballot)
			continue;
		to = paxos_core_others(core) & ~slot->tally.voters;
		if (!to)
			continue;
		if (ob->n_out >= most)
			break;
		out = send_accept(core, slot, out, to, ob);
	}
	/* What found no room goes with the next tick. */
	g->retry_from = s < g->next ? s : 0;
	if (g->retry_from) {
		g->retry_at = core->now + 1;
		return;
	}
	g->retry_ms = min_t(u32, 2 * g->retry_ms, PAXOS_RETRY_MAX_MS);
	g->retry_at = core->now + g->retry_ms;
}

static void tick_grant(struct paxos_core *core, const struct paxos_heard *heard,
		       struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;

	if (core->now - g->renewed_at >= PAXOS_GRANT_MS)
		return paxos_leader_end(core, PAXOS_GRANT_NOT_RENEWED, 0, ob);
	if (heard)
		paxos_rest_hear(core, heard);
	if (paxos_quorum_has(paxos_core_self(core), core->membership.options.quorum.phase_2))
		g->quorum_at = core->now;
	/* P38: nobody waits for a leader that reaches no quorum. */
	if (core->now - g->quorum_at >= core->config.timeout_max)
		return paxos_leader_end(core, PAXOS_GRANT_ALONE, 0, ob);
	if (g->readers)
		paxos_leader_prove(core, ob);
	/* That may have shown that it is over. */
	if (!g->ballot)
		return;
	paxos_rest_end(core, heard);
	if (core->now >= g->beat_at) {
		paxos_leader_beat(core, ob);
		paxos_rest_begin(core, heard);
	}
	if (g->tell_at && core->now >= g->tell_at)
		tell_decided(core, ob);
	if (paxos_leader_is_open(core) && core->now >= g->retry_at)
		accept_again(core, ob);
}

/**
 * paxos_leader_tick - heartbeats, repeated ACCEPTs, and a leader that is silent
 * @core: the group
 * @heard: pulses, by node id - 1, or NULL
 * @ob: the outbox
 *
 * Context: any, under the group's lock.
 */
void paxos_leader_tick(struct paxos_core *core, const struct paxos_heard *heard,
		       struct paxos_outbox *ob)
{
	struct paxos_leader *l = &core->leader;

	if (core->grant.ballot)
		return tick_grant(core, heard, ob);
	if (!l->ballot || core->now < l->lost_at)
		return;
	if (heard)
		paxos_rest_follow(core, heard);
	if (core->now < l->lost_at)
		return;
	/* Who stood still himself cannot say that the leader was silent. */
	if (core->now - l->lost_at > core->config.timeout_min / 2)
		l->lost_at = core->now + l->patience;
	else
		lose(core, ob);
}

/**
 * paxos_leader_deadline - when paxos_leader_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_leader_deadline(const struct paxos_core *core)
{
	const struct paxos_grant *g = &core->grant;
	u64 deadline;

	if (!g->ballot)
		return core->leader.ballot ? core->leader.lost_at : U64_MAX;
	deadline = min(g->beat_at, g->renewed_at + PAXOS_GRANT_MS);
	deadline = min(deadline, paxos_rest_deadline(core));
	if (g->tell_at)
		deadline = min(deadline, g->tell_at);
	if (paxos_leader_is_open(core))
		deadline = min(deadline, g->retry_at);
	return deadline;
}
