// SPDX-License-Identifier: GPL-2.0
/*
 * Histories: all that a node ever said, a set that only grows, and what it must
 * never be. The judgement is by what was said, not by what the code thinks.
 */
#include <stdlib.h>

#include "ballot.h"
#include "history.h"

static struct table sets;
static struct history *histories;
static u32 room;

/* Votes and requests for them, as one bit each: instance, ballot, value. */
struct vote {
	u64 instance;
	u64 ballot;
	u64 value;
};

static struct vote vote[64];
static u32 n_votes;

static u64 vote_bit(u64 instance, u64 ballot, const struct paxos_vid *id)
{
	u64 value = value_index(id);
	u32 i;

	for (i = 0; i < n_votes; i++)
		if (vote[i].instance == instance && vote[i].ballot == ballot &&
		    vote[i].value == value)
			return 1ULL << i;
	if (n_votes == ARRAY_SIZE(vote))
		die("more than 64 different votes");
	vote[n_votes] = (struct vote){ instance, ballot, value };
	return 1ULL << n_votes++;
}

static unsigned int majority(void)
{
	return setup.nodes / 2 + 1;
}

static bool covers(const struct message *promise, u64 instance)
{
	const struct paxos_msg *p = &promise->msg;

	return p->promise.single ? p->promise.from == instance : p->promise.from <= instance;
}

/* Do two promises speak of one instance? */
static bool overlap(const struct message *a, const struct message *b)
{
	return covers(a, b->msg.promise.from) || covers(b, a->msg.promise.from);
}

static const struct paxos_entry *entry_at(const struct message *m, u64 instance)
{
	u16 i;

	for (i = 0; i < m->msg.n_entries; i++)
		if (m->msg.entry[i].instance == instance)
			return &m->msg.entry[i];
	return NULL;
}

static void check_memory(const struct message *m)
{
	if (m->life > 1)
		violated("amnesia (P8): node %u lost its memory and sends %s", m->from,
			 paxos_wire_type_name(m->msg.type));
}

/* What a node did now and what it did before cannot both be right. */
static void contradicts(const char *obligation, u8 node, const char *does, u64 now,
			const char *did, u64 before)
{
	violated("%s: node %u %s %s after it %s %s", obligation, node, does, ballot_text(now), did,
		 ballot_text(before));
}

/* A promise, and a vote that the node gave before. P1, P6 */
static void check_promise_after(const struct message *m, const struct message *vote, u64 instance)
{
	const struct paxos_entry *e = entry_at(m, instance);
	u64 ballot = m->msg.promise.ballot, voted = vote->msg.accepted.ballot;

	if (!covers(m, instance))
		return;
	if (voted >= ballot)
		contradicts("promises rise (P1)", m->from, "promises", ballot, "voted at", voted);
	else if (!e || (!e->chosen && e->ballot < voted))
		contradicts("promises report votes (P6)", m->from, "does not say, promising",
			    ballot, "voted at", voted);
}

static void check_promise(const struct history *h, const struct message *m)
{
	u64 ballot = m->msg.promise.ballot;
	u32 i;
	u16 k;

	check_memory(m);
	for (i = 0; i < h->n; i++) {
		const struct message *x = message_get(h->message[i]);

		if (x->msg.type == PAXOS_WIRE_PROMISE && x->msg.promise.ballot > ballot &&
		    overlap(m, x))
			contradicts("promises rise (P1)", m->from, "promises", ballot, "promised",
				    x->msg.promise.ballot);
		for (k = 0; x->msg.type == PAXOS_WIRE_ACCEPTED && k < x->msg.n_entries; k++)
			check_promise_after(m, x, x->msg.entry[k].instance);
	}
}

/* P2, P3: no vote below a promise or vote, and one value a ballot. */
static void check_vote(const struct history *h, const struct message *m,
		       const struct paxos_entry *vote)
{
	u64 ballot = m->msg.accepted.ballot;
	u32 i;

	for (i = 0; i < h->n; i++) {
		const struct message *x = message_get(h->message[i]);
		const struct paxos_entry *e;

		if (x->msg.type == PAXOS_WIRE_PROMISE && covers(x, vote->instance) &&
		    x->msg.promise.ballot > ballot)
			contradicts("votes keep promises (P2)", m->from, "votes at", ballot,
				    "promised", x->msg.promise.ballot);
		if (x->msg.type != PAXOS_WIRE_ACCEPTED)
			continue;
		e = entry_at(x, vote->instance);
		if (e && x->msg.accepted.ballot > ballot)
			contradicts("votes rise (P2)", m->from, "votes at", ballot, "voted at",
				    x->msg.accepted.ballot);
		if (e && x->msg.accepted.ballot == ballot && !paxos_vid_equal(&e->id, &vote->id))
			violated("one value a ballot (P3): node %u votes for two at %s", m->from,
				 ballot_text(ballot));
	}
}

/* P10, P11: one's own ballots alone, and one value at each. */
static void check_accept(const struct history *h, const struct message *m)
{
	u64 ballot = m->msg.accept.ballot;
	u32 i;
	u16 k;

	if (paxos_ballot_node(ballot) != m->from)
		violated("ballots (P10): node %u uses %s", m->from, ballot_text(ballot));
	for (i = 0; i < h->n; i++) {
		const struct message *x = message_get(h->message[i]);

		if (x->msg.type != PAXOS_WIRE_ACCEPT || x->msg.accept.ballot != ballot)
			continue;
		for (k = 0; k < m->msg.n_entries; k++) {
			const struct paxos_entry *e = entry_at(x, m->msg.entry[k].instance);

			if (e && !paxos_vid_equal(&e->id, &m->msg.entry[k].id))
				violated("one value a ballot (P11): node %u asks for two at %s",
					 m->from, ballot_text(ballot));
		}
	}
}

static void check(const struct history *h, const struct message *m)
{
	u16 i;

	switch (m->msg.type) {
	case PAXOS_WIRE_PROMISE:
		return check_promise(h, m);
	case PAXOS_WIRE_ACCEPTED:
		check_memory(m);
		for (i = 0; i < m->msg.n_entries; i++)
			check_vote(h, m, &m->msg.entry[i]);
		return;
	case PAXOS_WIRE_ACCEPT:
		return check_accept(h, m);
	default:
		return;
	}
}

/* What the checks of the whole cluster look at, gathered once. */
static void digest(struct history *h, u32 id)
{
	const struct message *m = message_get(id);
	u64 ballot = m->msg.prepare.ballot;
	u64 s;
	u16 i;

	if (m->to != m->from)
		h->to[m->to - 1][id / 64] |= 1ULL << id % 64;
	switch (m->msg.type) {
	case PAXOS_WIRE_ACCEPTED:
		for (i = 0; i < m->msg.n_entries; i++)
			h->votes |= vote_bit(m->msg.entry[i].instance, ballot, &m->msg.entry[i].id);
		break;
	case PAXOS_WIRE_ACCEPT:
		for (i = 0; i < m->msg.n_entries; i++)
			h->accepts |= vote_bit(m->msg.entry[i].instance, ballot,
					       &m->msg.entry[i].id);
		break;
	case PAXOS_WIRE_DECIDED:
		/* The value that it does not name is any. */
		for (s = m->msg.decided.first; s <= m->msg.decided.upto; s++)
			h->decided |= vote_bit(s, ballot, &(struct paxos_vid){ 0 });
		break;
	default:
		break;
	}
}

static int compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static u32 intern(u32 *message, u32 n)
{
	struct history *h;
	bool fresh;
	u32 id, i;

	qsort(message, n, sizeof(*message), compare);
	id = table_put(&sets, message, n * (u32)sizeof(*message), &fresh);
	if (!fresh)
		return id;
	histories = grow(histories, id, &room, sizeof(*histories));
	h = &histories[id];
	memset(h, 0, sizeof(*h));
	h->n = n;
	h->message = malloc((n + 1) * sizeof(*message));
	if (!h->message)
		die("out of memory");
	memcpy(h->message, message, n * sizeof(*message));
	for (i = 0; i < n; i++)
		digest(h, message[i]);
	return id;
}

u32 history_none(void)
{
	u32 none;

	return intern(&none, 0);
}

const struct history *history_get(u32 id)
{
	return &histories[id];
}

bool history_has(u32 id, u32 message)
{
	const struct history *h = &histories[id];

	return h->n && bsearch(&message, h->message, h->n, sizeof(message), compare);
}

/* More was said, in this order. What was said before may be said again. */
u32 history_add(u32 id, const u32 *messages, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		const struct history *h = &histories[id];
		u32 all[MESSAGES_MAX];

		if (messages[i] >= MESSAGES_MAX || h->n == MESSAGES_MAX)
			die("more than %u messages", MESSAGES_MAX);
		if (history_has(id, messages[i]))
			continue;
		check(h, message_get(messages[i]));
		memcpy(all, h->message, h->n * sizeof(*all));
		all[h->n] = messages[i];
		id = intern(all, h->n + 1);
	}
	return id;
}

/* Has this voter promised so that a vote for this value at the ballot is right? */
static bool allows(const struct history *h, const struct vote *v, u64 limit)
{
	u32 i;

	for (i = 0; i < h->n; i++) {
		const struct message *m = message_get(h->message[i]);
		const struct paxos_entry *e;

		if (m->msg.type != PAXOS_WIRE_PROMISE || m->msg.promise.ballot != v->ballot ||
		    !covers(m, v->instance))
			continue;
		e = entry_at(m, v->instance);
		if (!e || (!e->chosen && e->ballot <= limit))
			return true;
	}
	return false;
}

/* Did a voter report this value, and at which ballot? 0 if not. */
static u64 reported(const struct history *h, const struct vote *v)
{
	u64 highest = 0;
	u32 i;

	for (i = 0; i < h->n; i++) {
		const struct message *m = message_get(h->message[i]);
		const struct paxos_entry *e;

		if (m->msg.type != PAXOS_WIRE_PROMISE || m->msg.promise.ballot != v->ballot ||
		    !covers(m, v->instance))
			continue;
		e = entry_at(m, v->instance);
		if (e && !e->chosen && value_index(&e->id) == v->value)
			highest = max(highest, e->ballot);
	}
	return highest;
}

static bool is_quorum(const u32 *history, const struct vote *v, u64 limit)
{
	unsigned int i, n = 0;

	for (i = 0; i < setup.nodes; i++)
		n += allows(&histories[history[i]], v, limit);
	return n >= (setup.quorum_1 ? setup.quorum_1 : majority());
}

/* P12, P13: a quorum of promises was there, and the value is the one it calls for. */
static void check_request(const u32 *history, const struct vote *v, unsigned int node)
{
	unsigned int i;

	if (is_quorum(history, v, 0))
		return;
	for (i = 0; i < setup.nodes; i++) {
		u64 limit = reported(&histories[history[i]], v);

		if (limit && limit < v->ballot && is_quorum(history, v, limit))
			return;
	}
	violated("value rule (P12, P13): no quorum of promises lets node %u ask for this at %s",
		 node, ballot_text(v->ballot));
}

/* Votes that a quorum gave. P18 */
static u64 quorums(const u32 *history)
{
	unsigned int i, n, need = setup.quorum_2 ? setup.quorum_2 : majority();
	u64 any = 0, chosen = 0, bit;

	for (i = 0; i < setup.nodes; i++)
		any |= histories[history[i]].votes;
	for (; any; any &= any - 1) {
		bit = any & -any;
		for (i = n = 0; i < setup.nodes; i++)
			n += !!(histories[history[i]].votes & bit);
		if (n >= need)
			chosen |= bit;
	}
	return chosen;
}

static u32 ever_chosen;

/* What was ever chosen, in any state: of nothing, nothing can be wrong. */
u32 history_chosen(void)
{
	return ever_chosen;
}

/**
 * history_check_all - what holds of the whole cluster
 * @history: what each node said
 * @claims: what each node says is chosen
 * @node: index of the one that spoke last
 * @before: what it had said before
 */
void history_check_all(const u32 *history, const u32 *claims, unsigned int node, u32 before)
{
	u64 chosen = quorums(history), bits, decided = histories[history[node]].decided;
	u64 requests = histories[history[node]].accepts & ~histories[before].accepts;
	u32 known = 0;

	for (bits = chosen; bits; bits &= bits - 1) {
		const struct vote *v = &vote[__builtin_ctzll(bits)];
		u32 values = 0xffu << 8 * (v->instance - 1);
		u32 this = 1U << (8 * (v->instance - 1) + v->value - 1);

		if (known & values & ~this)
			violated("agreement (P17): two values are chosen in instance %llu",
				 (unsigned long long)v->instance);
		known |= this;
		decided &= ~vote_bit(v->instance, v->ballot, &(struct paxos_vid){ 0 });
	}
	ever_chosen |= known;
	if (claims[node] & ~known)
		violated("chosen by a quorum (P18): node %u takes what no quorum voted for",
			 node + 1);
	if (decided)
		violated("decided by a quorum (P18a): no quorum voted as node %u says, at %s",
			 node + 1, ballot_text(vote[__builtin_ctzll(decided)].ballot));
	for (; requests; requests &= requests - 1)
		check_request(history, &vote[__builtin_ctzll(requests)], node + 1);
}
