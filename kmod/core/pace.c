// SPDX-License-Identifier: GPL-2.0
/*
 * The pace: a node that votes has work of its own, and those who are far behind get a
 * bounded share of its time: two datagrams a millisecond, for all together. What asks
 * for more waits here, a bounded number, in the order in which it came. A node
 * that does not vote just now feeds as fast as it is asked; and who is no more than
 * a window behind follows the log rather than catching up with it. P34
 */
#include "learner.h"
#include "pace.h"

/* It has work of its own while it voted so lately. */
#define BUSY_MS		10

/* Datagrams a millisecond. */
#define PER_MS		2

static bool is_busy(const struct paxos_core *core)
{
	const struct paxos_pace *p = &core->pace;

	return p->voted_at && core->now - p->voted_at < BUSY_MS;
}

/* When the next answer may go, in milliseconds. */
static u64 due(const struct paxos_core *core)
{
	return is_busy(core) ? max(core->now, DIV_ROUND_UP(core->pace.paid, PER_MS)) : core->now;
}

static bool is_near(const struct paxos_core *core, const struct paxos_msg *msg)
{
	const struct paxos_window *w = &core->window;

	return msg->learn.from > w->prefix || w->prefix - msg->learn.from < w->size;
}

/* What is asked for again waits once. */
static void wait(struct paxos_core *core, u8 node, const struct paxos_msg *msg)
{
	struct paxos_pace *p = &core->pace;
	struct paxos_waiting *w;
	u32 i;

	for (i = 0; i < p->n; i++) {
		w = &p->waiting[(p->head + i) % PAXOS_WAITING];
		if (w->node == node && w->from == msg->learn.from)
			break;
	}
	/* Who finds no room asks again. */
	if (i == PAXOS_WAITING)
		return;
	w = &p->waiting[(p->head + i) % PAXOS_WAITING];
	w->node = node;
	w->from = msg->learn.from;
	w->upto = msg->learn.upto;
	if (i == p->n)
		p->n++;
}

/**
 * paxos_pace_admits - may a LEARN be answered now?
 * @core: the group
 * @node: who sent it
 * @msg: the message
 *
 * Context: any, under the group's lock; O(1).
 * Return: false if it waits.
 */
bool paxos_pace_admits(struct paxos_core *core, u8 node, const struct paxos_msg *msg)
{
	if (is_near(core, msg) || (!core->pace.n && due(core) <= core->now))
		return true;
	wait(core, node, msg);
	return false;
}

/**
 * paxos_pace_charge - an answer was given
 * @core: the group
 * @msg: what was asked
 * @datagrams: that it took, or will: those of values that are fetched are to come
 */
void paxos_pace_charge(struct paxos_core *core, const struct paxos_msg *msg, u32 datagrams)
{
	struct paxos_pace *p = &core->pace;

	if (!is_near(core, msg))
		p->paid = max(p->paid, core->now * PER_MS) + datagrams;
}

/**
 * paxos_pace_tick - answer what has waited
 * @core: the group
 * @ob: the outbox
 *
 * Context: any, under the group's lock; one answer.
 */
void paxos_pace_tick(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_pace *p = &core->pace;
	const struct paxos_waiting *w = &p->waiting[p->head];
	struct paxos_msg msg = { .type = PAXOS_WIRE_LEARN };

	if (!p->n || due(core) > core->now)
		return;
	msg.learn.from = w->from;
	msg.learn.upto = w->upto;
	p->head = (p->head + 1) % PAXOS_WAITING;
	p->n--;
	/* It may have gone meanwhile. */
	if (paxos_core_peer(core, w->node)->present)
		paxos_learner_answer(core, w->node, &msg, ob);
}

/**
 * paxos_pace_deadline - when paxos_pace_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_pace_deadline(const struct paxos_core *core)
{
	return core->pace.n ? due(core) : U64_MAX;
}
