// SPDX-License-Identifier: GPL-2.0
/*
 * The canonical form of the node in hand: all that decides how it behaves, and
 * nothing else. Where chunks lie, how many records there were, and how late it
 * is do not. Two nodes with one form are one state; twins=1 checks on the way
 * that they do behave alike.
 */
#include "model.h"

static u64 *out;
static u32 n;

static void put(u64 x)
{
	if (n == CANON_MAX)
		die("a canonical form of more than %u words", CANON_MAX);
	out[n++] = x;
}

static void put_id(const struct paxos_vid *id)
{
	put(id->client);
	put(id->sequence);
	put(id->digest);
}

static void put_value(const struct paxos_value *value)
{
	put(!!value);
	if (value)
		put_id(&value->id);
}

/* How far on its way to the disk a record is: numbers say no more. */
static void put_record(u64 record)
{
	put(record <= mem.core.durable ? 0 : record <= mem.submitted ? 1 : 2);
}

static void put_slot(const struct paxos_slot *slot)
{
	put(slot->promised);
	put(slot->nonce);
	put(slot->vbal);
	put_value(slot->vval);
	put_value(slot->chosen);
	put_record(slot->record);
	/* Nobody counts any more where it is known what is chosen. */
	if (!slot->chosen) {
		put(slot->tally.ballot);
		if (slot->tally.ballot) {
			put_id(&slot->tally.id);
			put(slot->tally.voters);
		}
	}
	put_value(slot->parts.value);
	if (slot->parts.value) {
		put(slot->parts.ballot);
		put(slot->parts.missing);
		put((u64)slot->parts.from << 8 | slot->parts.flags);
	}
}

static void put_window(const struct paxos_window *w)
{
	u64 s;

	put(w->prefix);
	put(w->trim);
	put(w->top);
	put(w->hash);
	for (s = 1; s <= w->top; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);

		put(!!slot);
		if (slot)
			put_slot(slot);
	}
}

static void put_proposals(const struct paxos_core *core)
{
	const struct paxos_proposal *p;
	unsigned int i;

	for (p = core->proposals; p; p = p->next) {
		put(p->ballot);
		put(p->nonce);
		put((u64)p->from << 32 | p->instance << 16 | p->phase << 8 | p->single);
		put(p->whole << 8 | p->reporter);
		put(p->reported);
		put_record(p->record);
		for (i = 0; i < setup.nodes; i++)
			put(p->page[i]);
		put_id(&p->id);
		put_value(p->value);
	}
	put(0);
}

static void put_peers(const struct paxos_core *core)
{
	unsigned int i;

	for (i = 0; i < setup.nodes; i++) {
		const struct paxos_peer *peer = &core->peer[i];

		put((u64)peer->heard << 32 | (u64)peer->agrees << 24 | (u64)peer->state << 16 |
		    (u64)peer->incarnation[1] << 8 | !!peer->identity[0]);
		put(peer->prefix << 32 | peer->trim);
	}
}

/* In which order it asked decides nothing that a cluster this small can see. */
static void put_learning(const struct paxos_learning *l)
{
	unsigned int i;

	put(l->target);
	put((u64)l->source << 32 | (u64)l->width << 16 | (u64)l->class << 8 |
	    (u64)l->settled << 2 | (u64)l->answered << 1 | l->starved);
	for (i = 0; i < PAXOS_ASKS; i++) {
		const struct paxos_ask *ask = &l->ask[i];

		if (!ask->from)
			continue;
		put(ask->from << 32 | ask->upto);
		put(ask->asked << 32 | ask->last);
		put((u64)i << 32 | (u64)ask->source << 8 | (u64)ask->out << 2 |
		    (u64)ask->again << 1 | ask->named);
	}
	put(0);
}

static void put_core(const struct paxos_core *core)
{
	put((u64)core->state << 8 | core->config.incarnation[1]);
	put(core->config.boot);
	put(core->promise.ballot);
	put(core->promise.nonce);
	put(core->promise.from);
	put_record(core->promise.record);
	put(core->highest);
	put(core->bound);
	put_window(&core->window);
	put_proposals(core);
	if (core->learning.target > core->window.prefix)
		put_learning(&core->learning);
	put_peers(core);
}

/* Promises by node, since the order in which they came does not count. */
static void put_replies(const struct proposer *p)
{
	unsigned int node, i;

	for (node = 1; node <= setup.nodes; node++)
		for (i = 0; i < p->count; i++) {
			const struct rule_reply *r = &p->replies[i];

			if (r->node != node)
				continue;
			put((u64)node << 8 | (u64)r->voted << 2 | (u64)r->chosen << 1 |
			    p->whole[i]);
			put(r->ballot);
			put(r->value.client << 8 | r->value.sequence);
		}
}

static void put_proposer(const struct proposer *p)
{
	put((u64)mem.started << 16 | (u64)mem.rounds << 8 | p->phase);
	if (p->phase == PROPOSER_IDLE)
		return;
	put(p->open << 8 | p->opened);
	put(p->ballot.ballot);
	put(p->ballot.next);
	put(p->instance);
	put(p->floor);
	put(p->highest);
	if (p->phase == PROPOSER_PREPARING)
		put_replies(p);
	put(p->refused << 32 | p->trimmed);
}

static void put_letters(void)
{
	u32 i, k;

	put(mem.letters);
	for (i = 0; i < mem.letters; i++) {
		const struct letter *l = &mem.letter[i];

		put((u64)l->note.type << 32 | (u64)l->note.node << 24 |
		    (u64)l->note.reason << 16 | (u64)l->note.whole << 8 | l->note.n_entries);
		put(l->note.ballot);
		put(l->note.highest);
		put(l->note.instance);
		put(l->note.from);
		put(l->note.upto);
		put_id(&l->note.id);
		for (k = 0; k < l->note.n_entries; k++) {
			put(l->vote[k].instance << 8 | l->vote[k].chosen);
			put(l->vote[k].ballot);
			put(l->vote[k].client << 8 | l->vote[k].sequence);
		}
	}
}

static void put_disk(void)
{
	u32 i;

	put(mem.core.record > mem.submitted);
	put(mem.submitted > mem.core.durable);
	put((u64)mem.back << 32 | mem.back_submitted);
	put((u64)mem.crashes << 8 | mem.life);
	for (i = 0; i < mem.waitings; i++) {
		put(mem.waiting[i] + 1);
		put_record(mem.after[i]);
	}
	put(0);
}

/* What the node says is chosen: bit 8 (instance - 1) + index - 1. */
u32 canon_claims(void)
{
	const struct paxos_window *w = &mem.core.window;
	const struct paxosnl_outcome *o = &mem.proposer.outcome;
	struct paxos_vid own = { mem.proposer.own.client, mem.proposer.own.sequence, 0 };
	u32 claims = 0;
	u64 s;

	for (s = 1; s <= w->top; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);

		if (s > 4)
			die("more than four instances");
		if (!slot || !slot->chosen)
			continue;
		if (!value_index(&slot->chosen->id))
			violated("validity (P19): node %u takes what nobody proposed",
				 mem.core.config.node);
		else
			claims |= 1U << (8 * (s - 1) + value_index(&slot->chosen->id) - 1);
	}
	/* What a proposer was told, too. */
	if (mem.proposer.phase == PROPOSER_IDLE && o->result == PAXOSNL_CHOSEN && o->instance)
		claims |= 1U << (8 * (o->instance - 1) + value_index(&own) - 1);
	return claims;
}

u32 canon(u64 words[CANON_MAX])
{
	out = words;
	n = 0;
	put(mem.core.config.node);
	put_core(&mem.core);
	put_proposer(&mem.proposer);
	put_letters();
	put_disk();
	put(canon_claims());
	return n * (u32)sizeof(u64);
}
