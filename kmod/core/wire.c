// SPDX-License-Identifier: GPL-2.0
/* The wire format: bytes to messages and back. */

#include "ballot.h"
#include "wire.h"

static_assert(sizeof(struct paxos_wire_header) == 80, "the header has no holes");
static_assert(sizeof(struct paxos_wire_options) == 24, "no holes");
static_assert(sizeof(struct paxos_wire_hello) == 72, "no holes");
static_assert(sizeof(struct paxos_wire_init) == 32, "no holes");
static_assert(sizeof(struct paxos_wire_voter) == 24, "no holes");
static_assert(sizeof(struct paxos_wire_prepare) == 40, "no holes");
static_assert(sizeof(struct paxos_wire_promise) == 56, "no holes");
static_assert(sizeof(struct paxos_wire_accept) == 40, "no holes");
static_assert(sizeof(struct paxos_wire_accepted) == 24, "no holes");
static_assert(sizeof(struct paxos_wire_refused) == 48, "no holes");
static_assert(sizeof(struct paxos_wire_values) == 32, "no holes");
static_assert(sizeof(struct paxos_wire_entry) == 48, "no holes");
static_assert(sizeof(struct paxos_wire_entry) == PAXOS_ENTRY_NEXT_SIZE + 4 * sizeof(__be64),
	      "what the next of a run leaves out");
static_assert(sizeof(struct paxos_wire_fetch) == 48, "no holes");
static_assert(sizeof(struct paxos_wire_part) == 48, "no holes");
static_assert(sizeof(struct paxos_wire_heartbeat) == 72, "no holes");
static_assert(sizeof(struct paxos_wire_barrier) == 32, "no holes");
static_assert(sizeof(struct paxos_wire_submit) == 32, "no holes");
static_assert(sizeof(struct paxos_wire_header) + sizeof(struct paxos_wire_part) +
	      PAXOS_WIRE_UNIT <= PAXOS_WIRE_MAX, "a PART fits");
static_assert(sizeof(struct paxos_wire_header) + sizeof(struct paxos_wire_accept) +
	      sizeof(struct paxos_wire_entry) + PAXOS_INLINE_MAX <= PAXOS_WIRE_MAX,
	      "an ACCEPT with one inline value fits");

/* Structs of the wire where they lie, which may be at any address: no copy is made. */
struct header_at {
	struct paxos_wire_header w;
} __packed __may_alias;

struct accept_at {
	struct paxos_wire_accept w;
} __packed __may_alias;

struct accepted_at {
	struct paxos_wire_accepted w;
} __packed __may_alias;

struct entry_at {
	struct paxos_wire_entry w;
} __packed __may_alias;

struct vid_at {
	struct paxos_wire_vid w;
} __packed __may_alias;

/* What is left to read of a datagram. */
struct reader {
	const u8 *at;
	size_t left;
	enum paxos_reason reason;
};

static void fail(struct reader *r, enum paxos_reason reason)
{
	if (r->reason == PAXOS_REASON_OK)
		r->reason = reason;
}

static void check(struct reader *r, bool ok)
{
	if (!ok)
		fail(r, PAXOS_REASON_FIELD);
}

static const void *take(struct reader *r, size_t n)
{
	const u8 *at = r->at;

	if (r->reason != PAXOS_REASON_OK)
		return NULL;
	if (r->left < n) {
		fail(r, PAXOS_REASON_LENGTH);
		return NULL;
	}
	r->at += n;
	r->left -= n;
	return at;
}

static bool get(struct reader *r, void *dst, size_t n)
{
	const void *at = take(r, n);

	if (!at) {
		memset(dst, 0, n);
		return false;
	}
	memcpy(dst, at, n);
	return true;
}

static void zero(struct reader *r, const void *pad, size_t n)
{
	const u8 *p = pad;
	u64 bits = 0, word;
	u32 half;

	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		bits |= word;
	}
	if (n & 4) {
		memcpy(&half, p, sizeof(half));
		bits |= half;
		p += sizeof(half);
	}
	for (n &= 3; n; n--)
		bits |= *p++;
	if (bits)
		fail(r, PAXOS_REASON_PADDING);
}

static void check_instance(struct reader *r, u64 instance)
{
	/* All ones means "no end"; it is no instance. */
	check(r, instance && instance != U64_MAX);
}

static void decode_options(struct reader *r, const struct paxos_wire_options *wire,
			   struct paxos_options *o)
{
	o->voters = be64_to_cpu(wire->voters);
	o->window = be32_to_cpu(wire->window);
	o->window_bytes = be32_to_cpu(wire->window_bytes);
	o->alpha = be32_to_cpu(wire->alpha);
	o->quorum.voters = (u8)hweight64(o->voters);
	o->quorum.phase_1 = wire->quorum_1;
	o->quorum.phase_2 = wire->quorum_2;
	o->quorum.fast = wire->quorum_fast;
	check(r, o->window <= PAXOS_WINDOW_MAX);
	zero(r, &wire->pad, sizeof(wire->pad));
}

static void decode_hello(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_hello w;

	get(r, &w, sizeof(w));
	decode_options(r, &w.options, &m->hello.options);
	m->hello.prefix = be64_to_cpu(w.prefix);
	m->hello.trim = be64_to_cpu(w.trim);
	m->hello.hash = be64_to_cpu(w.hash);
	m->hello.highest = be64_to_cpu(w.highest);
	m->hello.follows = be64_to_cpu(w.follows);
	m->hello.state = w.state;
	m->hello.ask = w.flags & PAXOS_WIRE_HELLO_ASK;
	m->hello.answer = w.flags & PAXOS_WIRE_HELLO_ANSWER;
	check(r, w.state <= PAXOS_STATE_MUTE);
	check(r, !(w.flags & ~(PAXOS_WIRE_HELLO_ASK | PAXOS_WIRE_HELLO_ANSWER)));
	check(r, m->hello.trim <= m->hello.prefix);
	check(r, m->hello.prefix != U64_MAX);
	check(r, !m->hello.highest || paxos_ballot_is_valid(m->hello.highest));
	check(r, !m->hello.follows || paxos_ballot_is_valid(m->hello.follows));
	zero(r, w.pad, sizeof(w.pad));
}

static void decode_init(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_init w;
	u64 voters = 0;
	u8 last = 0;
	int i;

	get(r, &w, sizeof(w));
	decode_options(r, &w.options, &m->init.options);
	m->init.live = w.flags & PAXOS_WIRE_INIT_LIVE;
	check(r, !(w.flags & ~PAXOS_WIRE_INIT_LIVE));
	zero(r, w.pad, sizeof(w.pad));
	memset(m->init.voter, 0, sizeof(m->init.voter));
	check(r, w.voters && w.voters <= PAXOS_VOTERS_MAX);
	check(r, !paxos_quorum_check(&m->init.options.quorum));
	check(r, m->init.options.window && m->init.options.alpha);
	for (i = 0; r->reason == PAXOS_REASON_OK && i < w.voters; i++) {
		struct paxos_wire_voter v;

		get(r, &v, sizeof(v));
		check(r, v.node > last && v.node <= PAXOS_NODE_MAX);
		zero(r, v.pad, sizeof(v.pad));
		if (r->reason != PAXOS_REASON_OK)
			return;
		m->init.voter[i].node = v.node;
		memcpy(m->init.voter[i].incarnation, v.incarnation, PAXOS_ID_BYTES);
		voters |= BIT_ULL(v.node - 1);
		last = v.node;
	}
	check(r, voters == m->init.options.voters);
}

static void decode_prepare(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_prepare w;

	get(r, &w, sizeof(w));
	m->prepare.ballot = be64_to_cpu(w.ballot);
	m->prepare.nonce = be64_to_cpu(w.nonce);
	m->prepare.from = be64_to_cpu(w.from);
	m->prepare.page = be64_to_cpu(w.page);
	m->prepare.single = w.flags & PAXOS_WIRE_SINGLE;
	check(r, paxos_ballot_is_valid(m->prepare.ballot));
	check_instance(r, m->prepare.from);
	check_instance(r, m->prepare.page);
	check(r, m->prepare.page >= m->prepare.from);
	check(r, !m->prepare.single || m->prepare.page == m->prepare.from);
	check(r, !(w.flags & ~PAXOS_WIRE_SINGLE));
	zero(r, w.pad, sizeof(w.pad));
}

/* Which entry flags a message may have, and must have; and if of an instance. */
struct entry_rule {
	u8 may;
	u8 must;
	bool nowhere;
};

static const struct entry_rule promise_rule = {
	.may = PAXOS_WIRE_ENTRY_CHOSEN,
};

static const struct entry_rule accept_rule = {
	.may = PAXOS_WIRE_ENTRY_INLINE,
};

static const struct entry_rule submit_rule = {
	.may = PAXOS_WIRE_ENTRY_INLINE,
	.nowhere = true,
};

static const struct entry_rule values_rule = {
	.may = PAXOS_WIRE_ENTRY_CHOSEN | PAXOS_WIRE_ENTRY_INLINE,
	.must = PAXOS_WIRE_ENTRY_CHOSEN,
};

/* Bytes are an application's: whatever else is in the log has none. */
static void check_kind(struct reader *r, const struct paxos_entry *e)
{
	check(r, e->kind >= PAXOS_KIND_VALUE && e->kind <= PAXOS_KIND_CLOSE);
	check(r, e->kind == PAXOS_KIND_VALUE || !e->length);
}

static void decode_entry(struct reader *r, struct paxos_entry *e,
			 const struct paxos_entry *before, struct entry_rule rule)
{
	const struct entry_at *p = take(r, PAXOS_ENTRY_NEXT_SIZE);
	u8 flags;

	if (!p)
		return;
	flags = p->w.flags & (u8)~PAXOS_WIRE_ENTRY_NEXT;
	e->bytes = NULL;
	e->value = NULL;
	e->id.digest = be64_to_cpu(p->w.digest);
	e->length = be32_to_cpu(p->w.length);
	e->kind = p->w.kind;
	e->chosen = flags & PAXOS_WIRE_ENTRY_CHOSEN;
	e->carried = flags & PAXOS_WIRE_ENTRY_INLINE;
	if (flags != p->w.flags) {
		if (!before)
			return fail(r, PAXOS_REASON_FIELD);
		e->instance = before->instance + !!before->instance;
		e->ballot = before->ballot;
		e->id.client = before->id.client;
		e->id.sequence = before->id.sequence + 1;
	} else {
		if (!take(r, sizeof(*p) - PAXOS_ENTRY_NEXT_SIZE))
			return;
		e->instance = be64_to_cpu(p->w.instance);
		e->ballot = be64_to_cpu(p->w.ballot);
		e->id.client = be64_to_cpu(p->w.client);
		e->id.sequence = be64_to_cpu(p->w.sequence);
		/* What could be said in short is: a message has one form. */
		check(r, !before || !paxos_wire_is_next(e, before));
	}
	if (rule.nowhere)
		check(r, !e->instance && !e->ballot);
	else
		check_instance(r, e->instance);
	check_kind(r, e);
	check(r, e->length <= PAXOS_VALUE_MAX);
	check(r, !(flags & ~rule.may) && (flags & rule.must) == rule.must);
	if (p->w.pad)
		fail(r, PAXOS_REASON_PADDING);
	if (!e->carried)
		return;
	check(r, e->length <= PAXOS_INLINE_MAX);
	e->bytes = take(r, paxos_wire_padded(e->length));
	if (e->bytes)
		zero(r, e->bytes + e->length, paxos_wire_padded(e->length) - e->length);
}

static void decode_entries(struct reader *r, struct paxos_msg *m, u16 n, struct entry_rule rule)
{
	u64 last = 0;
	u16 i;

	check(r, n <= PAXOS_ENTRIES_MAX);
	for (i = 0; r->reason == PAXOS_REASON_OK && i < n; i++) {
		decode_entry(r, &m->entry[i], i ? &m->entry[i - 1] : NULL, rule);
		check(r, rule.nowhere || m->entry[i].instance > last);
		last = m->entry[i].instance;
	}
	m->n_entries = n;
}

static void decode_promise(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_promise w;
	u16 i;

	get(r, &w, sizeof(w));
	m->promise.ballot = be64_to_cpu(w.ballot);
	m->promise.nonce = be64_to_cpu(w.nonce);
	m->promise.from = be64_to_cpu(w.from);
	m->promise.page = be64_to_cpu(w.page);
	m->promise.upto = be64_to_cpu(w.upto);
	m->promise.trim = be64_to_cpu(w.trim);
	m->promise.single = w.flags & PAXOS_WIRE_SINGLE;
	check(r, paxos_ballot_is_valid(m->promise.ballot));
	check_instance(r, m->promise.from);
	check_instance(r, m->promise.page);
	check(r, m->promise.page >= m->promise.from);
	check(r, m->promise.upto >= m->promise.page);
	if (m->promise.single)
		check(r, m->promise.page == m->promise.from &&
		      m->promise.upto == m->promise.from);
	check(r, !(w.flags & ~PAXOS_WIRE_SINGLE));
	zero(r, w.pad, sizeof(w.pad));
	decode_entries(r, m, be16_to_cpu(w.entries), promise_rule);
	for (i = 0; r->reason == PAXOS_REASON_OK && i < m->n_entries; i++) {
		check(r, m->entry[i].instance >= m->promise.page);
		check(r, m->entry[i].instance <= m->promise.upto);
		/* What is chosen may stand without a vote; a vote has a ballot. */
		check(r, m->entry[i].chosen || paxos_ballot_is_valid(m->entry[i].ballot));
	}
}

static void decode_range(struct reader *r, struct paxos_wire_decided w, struct paxos_decided *d)
{
	d->ballot = be64_to_cpu(w.ballot);
	d->first = be64_to_cpu(w.first);
	d->upto = be64_to_cpu(w.upto);
	if (!d->ballot) {
		check(r, !d->first && !d->upto);
		return;
	}
	check(r, paxos_ballot_is_valid(d->ballot));
	check_instance(r, d->first);
	check_instance(r, d->upto);
	check(r, d->upto >= d->first && d->upto - d->first < PAXOS_DECIDED_MAX);
}

static void decode_accept(struct reader *r, struct paxos_msg *m)
{
	const struct accept_at *p = take(r, sizeof(*p));

	if (!p)
		return;
	m->accept.ballot = be64_to_cpu(p->w.ballot);
	check(r, paxos_ballot_is_valid(m->accept.ballot));
	decode_range(r, p->w.decided, &m->accept.decided);
	m->accept.more = p->w.flags & PAXOS_WIRE_ACCEPT_MORE;
	check(r, !(p->w.flags & ~PAXOS_WIRE_ACCEPT_MORE));
	zero(r, p->w.pad, sizeof(p->w.pad));
	check(r, p->w.entries);
	decode_entries(r, m, be16_to_cpu(p->w.entries), accept_rule);
}

static void decode_vid(struct paxos_wire_vid w, struct paxos_vid *id)
{
	id->client = be64_to_cpu(w.client);
	id->sequence = be64_to_cpu(w.sequence);
	id->digest = be64_to_cpu(w.digest);
}

/* Votes for values of one client, one after the other. */
static bool is_run(const struct paxos_msg *m)
{
	u16 i;

	for (i = 1; i < m->n_entries; i++)
		if (!paxos_wire_is_next(&m->entry[i], &m->entry[i - 1]))
			return false;
	return i > 1;
}

static void decode_votes(struct reader *r, struct paxos_msg *m, u64 first, bool run)
{
	struct paxos_entry *e = m->entry;
	u16 i;

	for (i = 0; i < m->n_entries; i++, e++) {
		const struct vid_at *p;
		const void *at;
		__be64 digest;

		if (i && run) {
			at = take(r, sizeof(digest));
			if (!at)
				return;
			memcpy(&digest, at, sizeof(digest));
			paxos_entry_vote(e, first + i, e[-1].id.client, e[-1].id.sequence + 1,
					 be64_to_cpu(digest));
		} else {
			p = take(r, sizeof(*p));
			if (!p)
				return;
			paxos_entry_vote(e, first + i, be64_to_cpu(p->w.client),
					 be64_to_cpu(p->w.sequence), be64_to_cpu(p->w.digest));
		}
	}
}

static void decode_accepted(struct reader *r, struct paxos_msg *m)
{
	const struct accepted_at *p = take(r, sizeof(*p));
	u64 first;
	u16 n;

	if (!p)
		return;
	m->accepted.ballot = be64_to_cpu(p->w.ballot);
	first = be64_to_cpu(p->w.first);
	n = be16_to_cpu(p->w.values);
	check(r, paxos_ballot_is_valid(m->accepted.ballot));
	check_instance(r, first);
	check(r, !(p->w.flags & ~PAXOS_WIRE_ACCEPTED_RUN));
	zero(r, p->w.pad, sizeof(p->w.pad));
	check(r, n && n <= PAXOS_ENTRIES_MAX && first <= U64_MAX - n);
	if (r->reason != PAXOS_REASON_OK)
		return;
	m->n_entries = n;
	decode_votes(r, m, first, p->w.flags);
	/* A message has one form. What was told to be a run was read as one. */
	if (r->reason == PAXOS_REASON_OK)
		check(r, p->w.flags ? n > 1 : !is_run(m));
}

static void decode_refused(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_refused w;

	get(r, &w, sizeof(w));
	m->refused.ballot = be64_to_cpu(w.ballot);
	m->refused.highest = be64_to_cpu(w.highest);
	m->refused.instance = be64_to_cpu(w.instance);
	m->refused.trim = be64_to_cpu(w.trim);
	m->refused.upto = be64_to_cpu(w.upto);
	m->refused.reason = w.reason;
	check(r, paxos_ballot_is_valid(m->refused.ballot));
	check(r, !m->refused.highest || paxos_ballot_is_valid(m->refused.highest));
	check_instance(r, m->refused.instance);
	check(r, w.reason >= PAXOS_REFUSAL_BALLOT && w.reason <= PAXOS_REFUSAL_MEMBERSHIP);
	zero(r, w.pad, sizeof(w.pad));
}

static void decode_decided(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_decided w;

	get(r, &w, sizeof(w));
	decode_range(r, w, &m->decided);
	check(r, m->decided.ballot);
}

static void decode_learn(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_learn w;

	get(r, &w, sizeof(w));
	m->learn.from = be64_to_cpu(w.from);
	m->learn.upto = be64_to_cpu(w.upto);
	check_instance(r, m->learn.from);
	check_instance(r, m->learn.upto);
	check(r, m->learn.upto >= m->learn.from);
}

static void decode_values(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_values w __uninitialized;

	get(r, &w, sizeof(w));
	m->values.prefix = be64_to_cpu(w.prefix);
	m->values.trim = be64_to_cpu(w.trim);
	m->values.hash = be64_to_cpu(w.hash);
	m->values.asked = be32_to_cpu(w.asked);
	m->values.last = w.flags & PAXOS_WIRE_VALUES_LAST;
	check(r, m->values.trim <= m->values.prefix && m->values.prefix != U64_MAX);
	check(r, !(w.flags & ~PAXOS_WIRE_VALUES_LAST));
	zero(r, &w.pad, sizeof(w.pad));
	decode_entries(r, m, be16_to_cpu(w.entries), values_rule);
}

/*
 * FETCH and PART name one value: what is chosen has a key of its own, and what is
 * submitted has no instance yet.
 */
static void check_key(struct reader *r, const struct paxos_entry *e)
{
	if (e->instance)
		check_instance(r, e->instance);
	check(r, paxos_ballot_is_valid(e->ballot) ||
	      (e->instance && e->ballot == PAXOS_BALLOT_CHOSEN));
}

static void decode_fetch(struct reader *r, struct paxos_msg *m)
{
	struct paxos_entry *e = &m->entry[0];
	struct paxos_wire_fetch w;

	memset(e, 0, sizeof(*e));
	get(r, &w, sizeof(w));
	e->instance = be64_to_cpu(w.instance);
	e->ballot = be64_to_cpu(w.ballot);
	decode_vid(w.value, &e->id);
	m->fetch.missing = be32_to_cpu(w.missing);
	check_key(r, e);
	check(r, m->fetch.missing);
	zero(r, w.pad, sizeof(w.pad));
	m->n_entries = 1;
}

static void decode_part(struct reader *r, struct paxos_msg *m)
{
	struct paxos_entry *e = &m->entry[0];
	struct paxos_wire_part w;
	u32 n = 0;

	memset(e, 0, sizeof(*e));
	get(r, &w, sizeof(w));
	e->instance = be64_to_cpu(w.instance);
	e->ballot = be64_to_cpu(w.ballot);
	decode_vid(w.value, &e->id);
	e->length = be32_to_cpu(w.length);
	e->kind = w.kind;
	m->part.unit = w.unit;
	check_key(r, e);
	check_kind(r, e);
	check(r, e->length <= PAXOS_VALUE_MAX);
	check(r, w.unit < paxos_value_units(e->length));
	zero(r, &w.pad, sizeof(w.pad));
	if (r->reason == PAXOS_REASON_OK)
		n = paxos_value_unit_length(e->length, w.unit);
	e->carried = true;
	e->bytes = take(r, paxos_wire_padded(n));
	if (e->bytes)
		zero(r, e->bytes + n, paxos_wire_padded(n) - n);
	m->n_entries = 1;
}

static void decode_heartbeat(struct reader *r, struct paxos_msg *m)
{
	const u8 known = PAXOS_WIRE_HEARTBEAT_ANSWER | PAXOS_WIRE_HEARTBEAT_RESIGN;
	struct paxos_wire_heartbeat w;

	get(r, &w, sizeof(w));
	m->heartbeat.ballot = be64_to_cpu(w.ballot);
	m->heartbeat.number = be64_to_cpu(w.number);
	m->heartbeat.promised = be64_to_cpu(w.promised);
	m->heartbeat.prefix = be64_to_cpu(w.prefix);
	m->heartbeat.vow = be64_to_cpu(w.vow);
	m->heartbeat.answer = w.flags & PAXOS_WIRE_HEARTBEAT_ANSWER;
	m->heartbeat.resign = w.flags & PAXOS_WIRE_HEARTBEAT_RESIGN;
	check(r, paxos_ballot_is_valid(m->heartbeat.ballot));
	check(r, m->heartbeat.number && m->heartbeat.prefix != U64_MAX);
	check(r, w.flags != known && !(w.flags & ~known));
	check(r, !m->heartbeat.promised ||
	      (m->heartbeat.answer && paxos_ballot_is_valid(m->heartbeat.promised)));
	decode_range(r, w.decided, &m->heartbeat.decided);
	check(r, !m->heartbeat.answer || !m->heartbeat.decided.ballot);
	zero(r, w.pad, sizeof(w.pad));
}

static void decode_barrier(struct reader *r, struct paxos_msg *m)
{
	struct paxos_wire_barrier w;

	get(r, &w, sizeof(w));
	m->barrier.ballot = be64_to_cpu(w.ballot);
	m->barrier.number = be64_to_cpu(w.number);
	m->barrier.point = be64_to_cpu(w.point);
	m->barrier.answer = w.flags & PAXOS_WIRE_BARRIER_ANSWER;
	check(r, paxos_ballot_is_valid(m->barrier.ballot));
	check(r, m->barrier.number && m->barrier.point != U64_MAX);
	check(r, m->barrier.answer || !m->barrier.point);
	check(r, !(w.flags & ~PAXOS_WIRE_BARRIER_ANSWER));
	zero(r, w.pad, sizeof(w.pad));
}

static void decode_submit(struct reader *r, struct paxos_msg *m)
{
	const u8 known = PAXOS_WIRE_SUBMIT_ANSWER | PAXOS_WIRE_SUBMIT_FULL |
			 PAXOS_WIRE_SUBMIT_AGAIN;
	struct paxos_wire_submit w __uninitialized;

	get(r, &w, sizeof(w));
	m->submit.ballot = be64_to_cpu(w.ballot);
	m->submit.number = be64_to_cpu(w.number);
	m->submit.base = be64_to_cpu(w.base);
	m->submit.answer = w.flags & PAXOS_WIRE_SUBMIT_ANSWER;
	m->submit.full = w.flags & PAXOS_WIRE_SUBMIT_FULL;
	m->submit.again = w.flags & PAXOS_WIRE_SUBMIT_AGAIN;
	check(r, paxos_ballot_is_valid(m->submit.ballot));
	check(r, m->submit.number && m->submit.number <= U64_MAX - PAXOS_ENTRIES_MAX);
	check(r, !(w.flags & ~known));
	zero(r, w.pad, sizeof(w.pad));
	if (m->submit.answer) {
		check(r, !w.entries && !m->submit.base && !m->submit.again);
		m->n_entries = 0;
		return;
	}
	check(r, w.entries && !m->submit.full);
	check(r, m->submit.base && m->submit.base <= m->submit.number);
	decode_entries(r, m, be16_to_cpu(w.entries), submit_rule);
}

static void decode_body(struct reader *r, struct paxos_msg *m)
{
	switch (m->type) {
	case PAXOS_WIRE_HELLO:
		return decode_hello(r, m);
	case PAXOS_WIRE_INIT:
		return decode_init(r, m);
	case PAXOS_WIRE_PREPARE:
		return decode_prepare(r, m);
	case PAXOS_WIRE_PROMISE:
		return decode_promise(r, m);
	case PAXOS_WIRE_ACCEPT:
		return decode_accept(r, m);
	case PAXOS_WIRE_ACCEPTED:
		return decode_accepted(r, m);
	case PAXOS_WIRE_REFUSED:
		return decode_refused(r, m);
	case PAXOS_WIRE_DECIDED:
		return decode_decided(r, m);
	case PAXOS_WIRE_LEARN:
		return decode_learn(r, m);
	case PAXOS_WIRE_VALUES:
		return decode_values(r, m);
	case PAXOS_WIRE_FETCH:
		return decode_fetch(r, m);
	case PAXOS_WIRE_PART:
		return decode_part(r, m);
	case PAXOS_WIRE_HEARTBEAT:
		return decode_heartbeat(r, m);
	case PAXOS_WIRE_BARRIER:
		return decode_barrier(r, m);
	case PAXOS_WIRE_SUBMIT:
		return decode_submit(r, m);
	default:
		fail(r, PAXOS_REASON_TYPE);
	}
}

static void encode_options(struct paxos_wire_options *w, const struct paxos_options *o)
{
	*w = (struct paxos_wire_options){
		.voters = cpu_to_be64(o->voters),
		.window = cpu_to_be32(o->window),
		.window_bytes = cpu_to_be32(o->window_bytes),
		.alpha = cpu_to_be32(o->alpha),
		.quorum_1 = o->quorum.phase_1,
		.quorum_2 = o->quorum.phase_2,
		.quorum_fast = o->quorum.fast,
	};
}

/* Where the next bytes of a datagram go; it is known to be large enough. */
static u8 *put(u8 *at, const void *src, size_t n)
{
	memcpy(at, src, n);
	return at + n;
}

static u8 *put_hello(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_hello w = {
		.prefix = cpu_to_be64(m->hello.prefix),
		.trim = cpu_to_be64(m->hello.trim),
		.hash = cpu_to_be64(m->hello.hash),
		.highest = cpu_to_be64(m->hello.highest),
		.follows = cpu_to_be64(m->hello.follows),
		.state = m->hello.state,
		.flags = (m->hello.ask ? PAXOS_WIRE_HELLO_ASK : 0) |
			 (m->hello.answer ? PAXOS_WIRE_HELLO_ANSWER : 0),
	};

	encode_options(&w.options, &m->hello.options);
	return put(at, &w, sizeof(w));
}

static u8 *put_init(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_init w = {
		.voters = m->init.options.quorum.voters,
		.flags = m->init.live ? PAXOS_WIRE_INIT_LIVE : 0,
	};
	int i;

	encode_options(&w.options, &m->init.options);
	at = put(at, &w, sizeof(w));
	for (i = 0; i < w.voters; i++) {
		struct paxos_wire_voter v = { .node = m->init.voter[i].node };

		memcpy(v.incarnation, m->init.voter[i].incarnation, PAXOS_ID_BYTES);
		at = put(at, &v, sizeof(v));
	}
	return at;
}

static u8 *put_prepare(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_prepare w = {
		.ballot = cpu_to_be64(m->prepare.ballot),
		.nonce = cpu_to_be64(m->prepare.nonce),
		.from = cpu_to_be64(m->prepare.from),
		.page = cpu_to_be64(m->prepare.page),
		.flags = m->prepare.single ? PAXOS_WIRE_SINGLE : 0,
	};

	return put(at, &w, sizeof(w));
}

static u8 *put_entries(u8 *at, const struct paxos_msg *m)
{
	const u8 *start = at;
	u16 i;

	for (i = 0; i < m->n_entries; i++) {
		const struct paxos_entry *e = &m->entry[i];
		const bool next = i && paxos_wire_is_next(e, e - 1);
		struct entry_at *p = (void *)at;

		p->w.digest = cpu_to_be64(e->id.digest);
		p->w.length = cpu_to_be32(e->length);
		p->w.kind = e->kind;
		p->w.flags = (e->chosen ? PAXOS_WIRE_ENTRY_CHOSEN : 0) |
			     (e->carried ? PAXOS_WIRE_ENTRY_INLINE : 0) |
			     (next ? PAXOS_WIRE_ENTRY_NEXT : 0);
		p->w.pad = 0;
		at += PAXOS_ENTRY_NEXT_SIZE;
		if (!next) {
			p->w.instance = cpu_to_be64(e->instance);
			p->w.ballot = cpu_to_be64(e->ballot);
			p->w.client = cpu_to_be64(e->id.client);
			p->w.sequence = cpu_to_be64(e->id.sequence);
			at += sizeof(*p) - PAXOS_ENTRY_NEXT_SIZE;
		}
		if (!e->carried || !e->length)
			continue;
		memcpy(at, paxos_value_unit(e->value, 0), e->length);
		at += e->length;
		for (; (at - start) & 7; at++)
			*at = 0;
	}
	return at;
}

static u8 *put_promise(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_promise w = {
		.ballot = cpu_to_be64(m->promise.ballot),
		.nonce = cpu_to_be64(m->promise.nonce),
		.from = cpu_to_be64(m->promise.from),
		.page = cpu_to_be64(m->promise.page),
		.upto = cpu_to_be64(m->promise.upto),
		.trim = cpu_to_be64(m->promise.trim),
		.entries = cpu_to_be16(m->n_entries),
		.flags = m->promise.single ? PAXOS_WIRE_SINGLE : 0,
	};

	return put_entries(put(at, &w, sizeof(w)), m);
}

static struct paxos_wire_decided encode_range(const struct paxos_decided *d)
{
	return (struct paxos_wire_decided){
		.ballot = cpu_to_be64(d->ballot),
		.first = cpu_to_be64(d->first),
		.upto = cpu_to_be64(d->upto),
	};
}

static u8 *put_accept(u8 *at, const struct paxos_msg *m)
{
	struct accept_at *p = (void *)at;

	p->w = (struct paxos_wire_accept){
		.ballot = cpu_to_be64(m->accept.ballot),
		.decided = encode_range(&m->accept.decided),
		.entries = cpu_to_be16(m->n_entries),
		.flags = m->accept.more ? PAXOS_WIRE_ACCEPT_MORE : 0,
	};
	return put_entries(at + sizeof(*p), m);
}

static struct paxos_wire_vid encode_vid(const struct paxos_vid *id)
{
	return (struct paxos_wire_vid){
		.client = cpu_to_be64(id->client),
		.sequence = cpu_to_be64(id->sequence),
		.digest = cpu_to_be64(id->digest),
	};
}

static u8 *put_accepted(u8 *at, const struct paxos_msg *m, bool run)
{
	struct accepted_at *p = (void *)at;
	u16 i;

	p->w = (struct paxos_wire_accepted){
		.ballot = cpu_to_be64(m->accepted.ballot),
		.first = cpu_to_be64(m->entry[0].instance),
		.values = cpu_to_be16(m->n_entries),
		.flags = run ? PAXOS_WIRE_ACCEPTED_RUN : 0,
	};
	at += sizeof(*p);
	for (i = 0; i < m->n_entries; i++) {
		struct paxos_wire_vid v = encode_vid(&m->entry[i].id);

		/* Of a length that is known here: no call. */
		if (i && run) {
			memcpy(at, &v.digest, sizeof(v.digest));
			at += sizeof(v.digest);
		} else {
			memcpy(at, &v, sizeof(v));
			at += sizeof(v);
		}
	}
	return at;
}

static u8 *put_refused(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_refused w = {
		.ballot = cpu_to_be64(m->refused.ballot),
		.highest = cpu_to_be64(m->refused.highest),
		.instance = cpu_to_be64(m->refused.instance),
		.trim = cpu_to_be64(m->refused.trim),
		.upto = cpu_to_be64(m->refused.upto),
		.reason = m->refused.reason,
	};

	return put(at, &w, sizeof(w));
}

static u8 *put_values(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_values w = {
		.prefix = cpu_to_be64(m->values.prefix),
		.trim = cpu_to_be64(m->values.trim),
		.hash = cpu_to_be64(m->values.hash),
		.asked = cpu_to_be32(m->values.asked),
		.entries = cpu_to_be16(m->n_entries),
		.flags = m->values.last ? PAXOS_WIRE_VALUES_LAST : 0,
	};

	return put_entries(put(at, &w, sizeof(w)), m);
}

static u8 *put_fetch(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_fetch w = {
		.instance = cpu_to_be64(m->entry[0].instance),
		.ballot = cpu_to_be64(m->entry[0].ballot),
		.value = encode_vid(&m->entry[0].id),
		.missing = cpu_to_be32(m->fetch.missing),
	};

	return put(at, &w, sizeof(w));
}

static u8 *put_part(u8 *at, const struct paxos_msg *m)
{
	const struct paxos_entry *e = &m->entry[0];
	u32 n = paxos_value_unit_length(e->length, m->part.unit);
	struct paxos_wire_part w = {
		.instance = cpu_to_be64(e->instance),
		.ballot = cpu_to_be64(e->ballot),
		.value = encode_vid(&e->id),
		.length = cpu_to_be32(e->length),
		.kind = e->kind,
		.unit = m->part.unit,
	};

	at = put(at, &w, sizeof(w));
	if (n)
		at = put(at, paxos_value_unit(e->value, m->part.unit), n);
	memset(at, 0, paxos_wire_padded(n) - n);
	return at + paxos_wire_padded(n) - n;
}

static u8 *put_heartbeat(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_heartbeat w = {
		.ballot = cpu_to_be64(m->heartbeat.ballot),
		.number = cpu_to_be64(m->heartbeat.number),
		.promised = cpu_to_be64(m->heartbeat.promised),
		.prefix = cpu_to_be64(m->heartbeat.prefix),
		.decided = encode_range(&m->heartbeat.decided),
		.vow = cpu_to_be64(m->heartbeat.vow),
		.flags = (m->heartbeat.answer ? PAXOS_WIRE_HEARTBEAT_ANSWER : 0) |
			 (m->heartbeat.resign ? PAXOS_WIRE_HEARTBEAT_RESIGN : 0),
	};

	return put(at, &w, sizeof(w));
}

static u8 *put_barrier(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_barrier w = {
		.ballot = cpu_to_be64(m->barrier.ballot),
		.number = cpu_to_be64(m->barrier.number),
		.point = cpu_to_be64(m->barrier.point),
		.flags = m->barrier.answer ? PAXOS_WIRE_BARRIER_ANSWER : 0,
	};

	return put(at, &w, sizeof(w));
}

static u8 *put_submit(u8 *at, const struct paxos_msg *m)
{
	struct paxos_wire_submit w = {
		.ballot = cpu_to_be64(m->submit.ballot),
		.number = cpu_to_be64(m->submit.number),
		.base = cpu_to_be64(m->submit.base),
		.entries = cpu_to_be16(m->n_entries),
		.flags = (m->submit.answer ? PAXOS_WIRE_SUBMIT_ANSWER : 0) |
			 (m->submit.full ? PAXOS_WIRE_SUBMIT_FULL : 0) |
			 (m->submit.again ? PAXOS_WIRE_SUBMIT_AGAIN : 0),
	};

	return put_entries(put(at, &w, sizeof(w)), m);
}

static u8 *put_body(u8 *at, const struct paxos_msg *m, size_t length)
{
	struct paxos_wire_decided decided;
	struct paxos_wire_learn learn;

	switch (m->type) {
	case PAXOS_WIRE_HELLO:
		return put_hello(at, m);
	case PAXOS_WIRE_INIT:
		return put_init(at, m);
	case PAXOS_WIRE_PREPARE:
		return put_prepare(at, m);
	case PAXOS_WIRE_PROMISE:
		return put_promise(at, m);
	case PAXOS_WIRE_ACCEPT:
		return put_accept(at, m);
	case PAXOS_WIRE_ACCEPTED:
		/* Of one vote it makes no difference, and it is none. */
		return put_accepted(at, m, m->n_entries > 1 &&
				    length == paxos_wire_accepted_size(m->n_entries, true));
	case PAXOS_WIRE_REFUSED:
		return put_refused(at, m);
	case PAXOS_WIRE_DECIDED:
		decided = encode_range(&m->decided);
		return put(at, &decided, sizeof(decided));
	case PAXOS_WIRE_LEARN:
		learn.from = cpu_to_be64(m->learn.from);
		learn.upto = cpu_to_be64(m->learn.upto);
		return put(at, &learn, sizeof(learn));
	case PAXOS_WIRE_VALUES:
		return put_values(at, m);
	case PAXOS_WIRE_FETCH:
		return put_fetch(at, m);
	case PAXOS_WIRE_HEARTBEAT:
		return put_heartbeat(at, m);
	case PAXOS_WIRE_BARRIER:
		return put_barrier(at, m);
	case PAXOS_WIRE_SUBMIT:
		return put_submit(at, m);
	default:
		return put_part(at, m);
	}
}

static size_t entries_size(const struct paxos_msg *m)
{
	size_t size = 0;
	u16 i;

	for (i = 0; i < m->n_entries; i++)
		size += paxos_wire_entry_size(&m->entry[i], i ? &m->entry[i - 1] : NULL);
	return size;
}

/**
 * paxos_wire_type_name - a message's name
 * @type: enum paxos_wire_type
 *
 * Return: a constant string.
 */
const char *paxos_wire_type_name(u8 type)
{
	static const char * const name[__PAXOS_WIRE_MAX] = {
		[PAXOS_WIRE_HELLO] = "HELLO",
		[PAXOS_WIRE_INIT] = "INIT",
		[PAXOS_WIRE_PREPARE] = "PREPARE",
		[PAXOS_WIRE_PROMISE] = "PROMISE",
		[PAXOS_WIRE_ACCEPT] = "ACCEPT",
		[PAXOS_WIRE_ACCEPTED] = "ACCEPTED",
		[PAXOS_WIRE_REFUSED] = "REFUSED",
		[PAXOS_WIRE_DECIDED] = "DECIDED",
		[PAXOS_WIRE_LEARN] = "LEARN",
		[PAXOS_WIRE_VALUES] = "VALUES",
		[PAXOS_WIRE_FETCH] = "FETCH",
		[PAXOS_WIRE_PART] = "PART",
		[PAXOS_WIRE_HEARTBEAT] = "HEARTBEAT",
		[PAXOS_WIRE_BARRIER] = "BARRIER",
		[PAXOS_WIRE_SUBMIT] = "SUBMIT",
	};

	if (type == PAXOS_WIRE_PULSE)
		return "PULSE";
	return type < __PAXOS_WIRE_MAX && name[type] ? name[type] : "?";
}

/**
 * paxos_wire_size - how long a message is on the wire
 * @msg: the message
 *
 * Return: bytes, header included; 0 for a type that does not exist.
 */
size_t paxos_wire_size(const struct paxos_msg *msg)
{
	const size_t header = sizeof(struct paxos_wire_header);

	switch (msg->type) {
	case PAXOS_WIRE_HELLO:
		return header + sizeof(struct paxos_wire_hello);
	case PAXOS_WIRE_INIT:
		return header + sizeof(struct paxos_wire_init) +
		       msg->init.options.quorum.voters * sizeof(struct paxos_wire_voter);
	case PAXOS_WIRE_PREPARE:
		return header + sizeof(struct paxos_wire_prepare);
	case PAXOS_WIRE_PROMISE:
		return header + sizeof(struct paxos_wire_promise) + entries_size(msg);
	case PAXOS_WIRE_ACCEPT:
		return header + sizeof(struct paxos_wire_accept) + entries_size(msg);
	case PAXOS_WIRE_ACCEPTED:
		return paxos_wire_accepted_size(msg->n_entries, is_run(msg));
	case PAXOS_WIRE_REFUSED:
		return header + sizeof(struct paxos_wire_refused);
	case PAXOS_WIRE_DECIDED:
		return header + sizeof(struct paxos_wire_decided);
	case PAXOS_WIRE_LEARN:
		return header + sizeof(struct paxos_wire_learn);
	case PAXOS_WIRE_VALUES:
		return header + sizeof(struct paxos_wire_values) + entries_size(msg);
	case PAXOS_WIRE_FETCH:
		return header + sizeof(struct paxos_wire_fetch);
	case PAXOS_WIRE_PART:
		return header + sizeof(struct paxos_wire_part) +
		       paxos_wire_padded(paxos_value_unit_length(msg->entry[0].length,
								 msg->part.unit));
	case PAXOS_WIRE_HEARTBEAT:
		return header + sizeof(struct paxos_wire_heartbeat);
	case PAXOS_WIRE_BARRIER:
		return header + sizeof(struct paxos_wire_barrier);
	case PAXOS_WIRE_SUBMIT:
		return header + sizeof(struct paxos_wire_submit) + entries_size(msg);
	default:
		return 0;
	}
}

/**
 * paxos_wire_write - write a message whose size is known
 * @buf: room for it
 * @length: what paxos_wire_size() says of it, at most PAXOS_WIRE_MAX
 * @header: the sender's header; its type is taken from @msg
 * @msg: the message; entries that are carried have a value
 *
 * Context: any; the values are referenced, no lock is needed.
 */
__flatten
void paxos_wire_write(u8 *buf, size_t length, const struct paxos_header *header,
		      const struct paxos_msg *msg)
{
	struct header_at *p = (void *)buf;

	p->w = (struct paxos_wire_header){
		.version = PAXOS_WIRE_VERSION,
		.type = msg->type,
		.length = cpu_to_be16((u16)length),
		.group = cpu_to_be32(header->group),
		.sender = header->sender,
		.auth = PAXOS_AUTH_NONE,
		.boot = cpu_to_be32(header->boot),
		.sequence = cpu_to_be64(header->sequence),
		.membership = cpu_to_be64(header->membership),
	};
	memcpy(p->w.incarnation, header->incarnation, PAXOS_ID_BYTES);
	memcpy(p->w.identity, header->identity, PAXOS_ID_BYTES);
	put_body(buf + sizeof(*p), msg, length);
}

/**
 * paxos_wire_encode - write a message into a buffer
 * @buf: the buffer
 * @size: its size
 * @header: as for paxos_wire_write()
 * @msg: likewise
 *
 * Context: as paxos_wire_write().
 * Return: bytes written, 0 if they do not fit @size or a datagram.
 */
size_t paxos_wire_encode(u8 *buf, size_t size, const struct paxos_header *header,
			 const struct paxos_msg *msg)
{
	const size_t length = paxos_wire_size(msg);

	if (PAXOS_VIOLATED(!length || length > PAXOS_WIRE_MAX || length > size))
		return 0;
	paxos_wire_write(buf, length, header, msg);
	return length;
}

/**
 * paxos_wire_peek - what is needed to find the group and the member
 * @buf: the first bytes of a datagram, at least those of the header if @len is
 * @len: bytes of the datagram
 * @group: set to the group's id
 * @sender: set to the sender's node id, 1 to PAXOS_NODE_MAX
 *
 * Context: any.
 * Return: PAXOS_REASON_OK, or why the datagram is none of ours.
 */
enum paxos_reason paxos_wire_peek(const u8 *buf, size_t len, u32 *group, u8 *sender)
{
	const struct header_at *p = (const void *)buf;

	if (len < sizeof(*p))
		return PAXOS_REASON_SHORT;
	if (len > PAXOS_WIRE_MAX)
		return PAXOS_REASON_LARGE;
	if (p->w.version != PAXOS_WIRE_VERSION)
		return PAXOS_REASON_VERSION;
	if (!p->w.type || p->w.type >= __PAXOS_WIRE_MAX)
		return PAXOS_REASON_TYPE;
	if (be16_to_cpu(p->w.length) != len)
		return PAXOS_REASON_LENGTH;
	if (!p->w.sender || p->w.sender > PAXOS_NODE_MAX)
		return PAXOS_REASON_FIELD;
	*group = be32_to_cpu(p->w.group);
	*sender = p->w.sender;
	return PAXOS_REASON_OK;
}

/**
 * paxos_wire_decode - bytes to a message
 * @buf: a whole datagram
 * @len: its bytes
 * @header: filled in
 * @msg: filled in; its entries point into @entry, their bytes into @buf
 * @entry: room for PAXOS_ENTRIES_MAX entries
 *
 * Every field is checked that can be checked without knowing the group.
 *
 * Context: any.
 * Return: PAXOS_REASON_OK, or why the datagram is refused; then nothing in
 * @header and @msg means anything.
 */
__flatten
enum paxos_reason paxos_wire_decode(const u8 *buf, size_t len, struct paxos_header *header,
				    struct paxos_msg *msg, struct paxos_entry *entry)
{
	const struct header_at *p = (const void *)buf;
	struct reader r = { .at = buf, .left = len };
	enum paxos_reason reason;

	reason = paxos_wire_peek(buf, len, &header->group, &header->sender);
	if (reason != PAXOS_REASON_OK)
		return reason;
	take(&r, sizeof(*p));
	if (p->w.auth != PAXOS_AUTH_NONE)
		return PAXOS_REASON_AUTH;
	zero(&r, &p->w.pad, sizeof(p->w.pad));
	zero(&r, p->w.tag, sizeof(p->w.tag));
	header->type = p->w.type;
	header->boot = be32_to_cpu(p->w.boot);
	header->sequence = be64_to_cpu(p->w.sequence);
	header->membership = be64_to_cpu(p->w.membership);
	memcpy(header->incarnation, p->w.incarnation, PAXOS_ID_BYTES);
	memcpy(header->identity, p->w.identity, PAXOS_ID_BYTES);
	paxos_msg_clear(msg);
	msg->type = p->w.type;
	msg->entry = entry;
	decode_body(&r, msg);
	if (r.left)
		fail(&r, PAXOS_REASON_LENGTH);
	return r.reason;
}
