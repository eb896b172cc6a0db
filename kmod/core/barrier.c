// SPDX-License-Identifier: GPL-2.0
/*
 * Barriers: what a linearizable read waits for, at any node. The node asks the
 * leader that it follows for a point, which has everything at or below it that
 * anyone was told of before; the leader gives it once enough voters, asked after
 * that, knew of no higher ballot; and the read goes on where all up to the point
 * is decided. P26
 */
#include "ballot.h"
#include "barrier.h"
#include "leader.h"
#include "rest.h"

enum { WAITING, ASKED, POINTED };

static void refuse(struct paxos_event *ev, int error, const char *why)
{
	ev->error = error;
	ev->why = why;
}

/*
 * Never the same twice, whatever was forgotten since: an answer to a question of
 * before must not be taken for one to this.
 */
static u64 fresh_number(struct paxos_core *core)
{
	const struct paxos_config *c = &core->config;
	u64 seed[2] = { c->boot, ++core->barriers.asked };
	u64 key[2], number;

	memcpy(key, c->incarnation, sizeof(key));
	number = paxos_siphash(key, seed, sizeof(seed));
	return number ? number : 1;
}

/**
 * paxos_barrier_begin - a read waits from now on
 * @core: the group
 * @ev: PAXOS_EVENT_BARRIER; its memory comes back in an outbox, done or dropped
 *
 * Without a leader it waits until there is one, or its owner drops it.
 *
 * Context: any, under the group's lock.
 */
void paxos_barrier_begin(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier *b = ev->barrier;

	if (!paxos_core_has_identity(core))
		return refuse(ev, -EPERM, "the group has no identity yet");
	if (all->count == PAXOS_BARRIERS_MAX)
		return refuse(ev, -EAGAIN, "too many barriers wait: try again");
	b->next = NULL;
	b->point = 0;
	b->phase = WAITING;
	b->done = false;
	if (all->last)
		all->last->next = b;
	else
		all->first = b;
	all->last = b;
	all->count++;
}

/**
 * paxos_barrier_drop - nobody waits for it any more
 * @core: the group
 * @ev: PAXOS_EVENT_DROP_BARRIER or DROP_OWNER
 * @owner: every barrier of the owner, not one
 * @ob: the outbox: it has their memory
 *
 * Context: any, under the group's lock; O(barriers).
 */
void paxos_barrier_drop(struct paxos_core *core, struct paxos_event *ev, bool owner,
			struct paxos_outbox *ob)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier **link = &all->first, **end = &ob->barriers;
	struct paxos_barrier *b;

	while (*end)
		end = &(*end)->next;
	all->last = NULL;
	while ((b = *link)) {
		if (b->owner != ev->drop.owner || (!owner && b->cookie != ev->drop.cookie)) {
			all->last = b;
			link = &b->next;
			continue;
		}
		*link = b->next;
		all->count--;
		b->next = NULL;
		*end = b;
		end = &b->next;
	}
}

/*
 * Enough voters answered this heartbeat or a later one. This node's own acceptor is
 * among them: had it promised more, there would be no grant, see paxos_leader_yield().
 */
static bool is_confirmed(const struct paxos_core *core, u64 beat)
{
	const struct paxos_quorum *quorum = &core->membership.options.quorum;
	const struct paxos_grant *g = &core->grant;
	u64 voters = 0;
	int i;

	if (core->state == PAXOS_STATE_VOTING)
		voters |= paxos_core_self(core);
	for (i = 0; i < quorum->voters; i++)
		if (g->answered[i] >= beat)
			voters |= paxos_node_bit(core->membership.voter[i].node);
	return paxos_quorum_has(voters, max(quorum->phase_1, quorum->phase_2));
}

/* One exchange at a time: those who ask meanwhile share the next. */
static void begin_exchange(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	bool wanted = false;
	int i;

	for (i = 0; i < PAXOS_NODE_MAX; i++)
		if ((g->readers & BIT_ULL(i)) && core->read[i].beat > g->number)
			wanted = true;
	if (!wanted || !is_confirmed(core, g->exchange))
		return;
	paxos_leader_beat(core, ob);
	g->exchange = g->number;
}

/* A member asks the leader; the same question again is the one that waits here. */
static enum paxos_reason asked(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
			       struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	struct paxos_read *read = &core->read[from - 1];

	if (!paxos_leader_leads(core, msg->barrier.ballot))
		return PAXOS_REASON_STALE;
	if ((g->readers & paxos_node_bit(from)) && read->number == msg->barrier.number)
		return PAXOS_REASON_DUPLICATE;
	g->readers |= paxos_node_bit(from);
	read->number = msg->barrier.number;
	/* P26: all that was ever sent, and answers to what is sent from now on. */
	read->point = g->next - 1;
	read->beat = g->number + 1;
	paxos_rest_stir(core);
	paxos_leader_prove(core, ob);
	begin_exchange(core, ob);
	return PAXOS_REASON_OK;
}

/* The leader answers: those who waited for this answer have their point. */
static enum paxos_reason answered(struct paxos_core *core, u8 from, const struct paxos_msg *msg)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier *b;

	if (!all->number || msg->barrier.number != all->number ||
	    msg->barrier.ballot != all->ballot || paxos_ballot_node(all->ballot) != from)
		return PAXOS_REASON_STALE;
	all->number = 0;
	for (b = all->first; b; b = b->next) {
		if (b->phase != ASKED)
			continue;
		b->phase = POINTED;
		b->point = msg->barrier.point;
	}
	return PAXOS_REASON_OK;
}

/**
 * paxos_barrier_hear - BARRIER: a member asks for a point, or the leader has it
 * @core: the group
 * @from: who says so
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(members + barriers).
 * Return: PAXOS_REASON_OK, or why it is passed over.
 */
enum paxos_reason paxos_barrier_hear(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	return msg->barrier.answer ? answered(core, from, msg) : asked(core, from, msg, ob);
}

/* To whom may be this node itself, which hears it at once. */
static void send(struct paxos_core *core, u8 to, const struct paxos_msg *msg,
		 struct paxos_outbox *ob)
{
	struct paxos_out *out;

	if (to == core->config.node) {
		paxos_barrier_hear(core, to, msg, ob);
		return;
	}
	out = paxos_outbox_message(ob, PAXOS_WIRE_BARRIER, paxos_node_bit(to));
	if (out)
		out->msg.barrier = msg->barrier;
}

/* Another leads, or nobody: it may never decide what the one before had sent. */
static void begin_anew(struct paxos_core *core)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier *b;

	all->ballot = core->leader.ballot;
	all->number = 0;
	for (b = all->first; b; b = b->next)
		b->phase = WAITING;
}

/* Apart, since a message is large, and few steps have a question. */
static void put_question(struct paxos_core *core, struct paxos_outbox *ob)
{
	const struct paxos_barriers *all = &core->barriers;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_BARRIER,
		.barrier = { .ballot = all->ballot, .number = all->number },
	};

	send(core, (u8)paxos_ballot_node(all->ballot), &msg, ob);
}

/* They wait in the order they came: if any was not asked for, the last was not. */
static bool some_wait(const struct paxos_barriers *all)
{
	return all->last && all->last->phase == WAITING;
}

/**
 * paxos_barrier_ask - ask the leader for a point, or once more
 * @core: the group
 * @ob: the outbox
 *
 * One question at a time: barriers that begin while one is out are not
 * answered by it, and share the next.
 *
 * Context: any, under the group's lock; O(barriers) when there is a question.
 */
void paxos_barrier_ask(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier *b;

	if (all->ballot != core->leader.ballot)
		begin_anew(core);
	if (!all->ballot)
		return;
	if (all->number) {
		if (core->now < all->retry_at)
			return;
		all->retry_ms = min_t(u32, 2 * all->retry_ms, PAXOS_RETRY_MAX_MS);
	} else {
		if (!some_wait(all))
			return;
		for (b = all->first; b; b = b->next)
			if (b->phase == WAITING)
				b->phase = ASKED;
		all->number = fresh_number(core);
		all->retry_ms = paxos_core_retry_ms(core);
	}
	all->retry_at = core->now + all->retry_ms;
	put_question(core, ob);
}

static void answer(struct paxos_core *core, u8 node, struct paxos_outbox *ob)
{
	const struct paxos_grant *g = &core->grant;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_BARRIER,
		.barrier = {
			.ballot = g->ballot,
			.number = core->read[node - 1].number,
			.point = core->read[node - 1].point,
			.answer = true,
		},
	};

	send(core, node, &msg, ob);
}

/* P26: the leader answers those whose exchange is over. */
static void confirm(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_grant *g = &core->grant;
	u8 node;

	if (!g->readers || !g->proved)
		return;
	for (node = 1; node <= PAXOS_NODE_MAX; node++) {
		const struct paxos_read *read = &core->read[node - 1];

		if (!(g->readers & paxos_node_bit(node)) || !is_confirmed(core, read->beat))
			continue;
		g->readers &= ~paxos_node_bit(node);
		answer(core, node, ob);
	}
	begin_exchange(core, ob);
}

static bool is_over(const struct paxos_core *core, const struct paxos_barrier *b)
{
	return b && b->phase == POINTED && core->window.prefix >= b->point;
}

/* In order: who came later has no lower a point. */
static void finish(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_barriers *all = &core->barriers;
	struct paxos_barrier **end = &ob->barriers;
	struct paxos_barrier *b = all->first;

	if (!is_over(core, b))
		return;
	while (*end)
		end = &(*end)->next;
	while (is_over(core, b)) {
		all->first = b->next;
		all->count--;
		b->next = NULL;
		b->done = true;
		*end = b;
		end = &b->next;
		b = all->first;
	}
	if (!b)
		all->last = NULL;
}

/**
 * paxos_barrier_end_step - what this step made possible
 * @core: the group
 * @ob: the outbox
 *
 * Context: any, under the group's lock, once the decided prefix has moved.
 */
void paxos_barrier_end_step(struct paxos_core *core, struct paxos_outbox *ob)
{
	confirm(core, ob);
	finish(core, ob);
	if (some_wait(&core->barriers))
		paxos_barrier_ask(core, ob);
}

/**
 * paxos_barrier_deadline - when paxos_barrier_ask() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_barrier_deadline(const struct paxos_core *core)
{
	const struct paxos_barriers *all = &core->barriers;

	if (!all->first || !core->leader.ballot)
		return U64_MAX;
	if (all->ballot != core->leader.ballot)
		return core->now;
	if (all->number)
		return all->retry_at;
	return some_wait(all) ? core->now : U64_MAX;
}
