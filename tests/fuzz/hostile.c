// SPDX-License-Identifier: GPL-2.0
/*
 * A member that lies: messages that are well formed and pass for its own, with
 * fields near to what matters to who hears them.
 */
#include "ballot.h"
#include "cluster.h"

/* Who lies has memory of his own. */
static struct paxos_pool pool;

static struct paxos_value *own_value(const struct made *made)
{
	enum paxos_chunk_class class;

	if (!pool.limit)
		paxos_pool_init(&pool, 4 << 20);
	paxos_pool_drain(&pool);
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		uint32_t n = paxos_pool_wants(&pool, class);

		while (n--)
			paxos_pool_give(&pool, class, calloc(1, paxos_pool_chunk_size(class)));
	}
	return value_of(&pool, made);
}

uint64_t hostile_instance(const struct host *host, uint8_t sel)
{
	const struct paxos_window *w = &host->core.window;
	const uint64_t n = sel >> 4;

	switch (sel & 15) {
	case 0:
		return w->prefix + 1;
	case 1:
		return w->prefix;
	case 2:
		return w->prefix + 2;
	case 3:
		return w->prefix + 1 + n;
	case 4:
		return w->prefix + w->size;
	case 5:
		return w->prefix + w->size + 1;
	case 6:
		return w->trim;
	case 7:
		return w->trim + 1;
	case 8:
		return w->top;
	case 9:
		return w->top + 1;
	case 10:
		return 1 + n;
	case 11:
		return U64_MAX;
	case 12:
		return U64_MAX - 1 - n;
	case 13:
		return w->prefix + PAXOS_SLOTS_PER_PAGE * n;
	case 14:
		return 1ULL << (4 * n);
	default:
		return w->prefix + n - 8;
	}
}

uint64_t hostile_ballot(const struct cluster *c, const struct host *host, uint8_t from,
			uint8_t sel)
{
	const struct paxos_core *core = &host->core;
	const uint64_t n = sel >> 3;
	uint32_t i, k = 0;

	switch (sel & 7) {
	case 0:
		return c->n_rounds ? c->round[n % c->n_rounds].ballot : 0;
	case 1:
		return core->promise.ballot;
	case 2:
		return paxos_ballot_make(paxos_ballot_counter(core->highest) + 1 + n, from, true);
	case 3:
		return paxos_ballot_make(paxos_ballot_counter(core->highest) + 1 + n, from, false);
	case 4:
		return paxos_ballot_make(paxos_ballot_counter(core->promise.ballot), from, true);
	case 5:
		return paxos_ballot_make(1 + n, from, true);
	case 6:
		return paxos_ballot_make(PAXOS_BALLOT_COUNTER_MAX - n, from, true);
	default:
		/* One of the hearer's own. */
		for (i = c->n_rounds; i > 0; i--)
			if (c->round[i - 1].node == host->id && k++ == n % 4)
				return c->round[i - 1].ballot;
		return core->highest;
	}
}

/* A value that nobody made before, its digest right. */
const struct made *cluster_make(struct cluster *c, struct host *host, uint64_t client,
				uint8_t shape)
{
	static const uint32_t lengths[] = {
		0, 1, 40, 200, 1000, 1024, 1025, 2048, 5000, 32768, 3, 64, 7, 8, 300, 1984,
	};
	struct made *made;
	struct paxos_value *value;

	if (c->n_made == CLUSTER_VALUES)
		return NULL;
	made = &c->made[c->n_made];
	made->kind = shape % 32 == 31 ? PAXOS_KIND_NO_OP : PAXOS_KIND_VALUE;
	made->length = made->kind == PAXOS_KIND_VALUE ? lengths[shape % 16] : 0;
	made->id.client = made->kind == PAXOS_KIND_VALUE ? client : 0;
	made->id.sequence = made->kind == PAXOS_KIND_VALUE ? c->n_made + 1 : 0;
	value = own_value(made);
	if (!value)
		return NULL;
	made->id.digest = paxos_value_digest(value, host->core.identity);
	paxos_value_put(value);
	c->n_made++;
	return made;
}

static const struct made *pick_value(struct cluster *c, struct host *host, uint8_t sel)
{
	const struct made *made = NULL;

	if (sel & 3 || !c->n_made)
		made = cluster_make(c, host, 66, sel >> 2);
	if (!made && c->n_made)
		made = &c->made[(sel >> 2) % c->n_made];
	return made;
}

/* What is named and what it is said to be need not agree. */
static bool fill_entry(struct cluster *c, struct host *host, struct paxos_entry *e,
		       uint64_t instance, uint64_t ballot, const struct program_op *op)
{
	const struct paxos_slot *slot = paxos_window_find(&host->core.window, instance);
	const struct made *made = pick_value(c, host, op->c);
	struct made other;

	memset(e, 0, sizeof(*e));
	if (!made)
		return false;
	other = *made;
	e->instance = instance;
	e->ballot = ballot;
	e->chosen = op->d & 1;
	if (op->d & 2 && slot && slot->vval)
		other.id = slot->vval->id;
	if (op->d & 4 && slot && slot->parts.value) {
		other.id = slot->parts.value->id;
		other.length = slot->parts.value->length;
		other.kind = slot->parts.value->kind;
	}
	if (op->d & 8 && slot && slot->chosen)
		other.id = slot->chosen->id;
	if ((op->d & 48) == 48)
		other.id.digest ^= 1;
	if ((op->d & 36) == 36) {
		other.kind ^= PAXOS_KIND_VALUE | PAXOS_KIND_NO_OP;
		other.length = 0;
	}
	if ((op->d & 80) == 80)
		other.length = other.length * 2 % (PAXOS_VALUE_MAX + 1);
	if (other.kind == PAXOS_KIND_NO_OP)
		other.length = 0;
	e->id = other.id;
	e->length = other.length;
	e->kind = other.kind;
	e->value = own_value(&other);
	e->carried = e->length <= PAXOS_INLINE_MAX && !(op->d & 128);
	return e->value;
}

static void say_hello(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
		      const struct program_op *op)
{
	paxos_core_options(&host->core, &m->hello.options);
	if (op->c & 1)
		m->hello.options.window++;
	if (op->c & 32)
		m->hello.options.window_bytes++;
	if (op->c & 64)
		m->hello.options.alpha++;
	if (op->c & 128 && op->d % 3 == 0)
		m->hello.options.quorum.phase_1 ^= 1;
	if (op->c & 128 && op->d % 3 == 1)
		m->hello.options.quorum.phase_2 ^= 1;
	if (op->c & 128 && op->d % 3 == 2)
		m->hello.options.quorum.fast ^= 1;
	m->hello.prefix = op->a == 255 ? host->core.window.prefix : hostile_instance(host, op->a);
	m->hello.trim = min(m->hello.prefix, op->c & 2 ? hostile_instance(host, op->e) : 0);
	m->hello.hash = op->c & 4 ? 1 : host->core.window.hash;
	m->hello.highest = op->c & 8 ? hostile_ballot(c, host, from, op->b) : 0;
	m->hello.state = op->d % (PAXOS_STATE_MUTE + 1);
	m->hello.ask = op->c & 16;
}

/* Of the life that all voters could have begun, or of that which they live. */
static void say_init(struct cluster *c, struct host *host, struct paxos_msg *m,
		     struct paxos_header *header, const struct program_op *op)
{
	struct paxos_membership member = { .version = 0 };
	uint8_t i, n = 0;

	if (paxos_core_has_identity(&host->core) && !(op->c & 1)) {
		member = host->core.membership;
	} else {
		paxos_core_options(&host->core, &member.options);
		for (i = 0; i < c->n; i++)
			if (member.options.voters & paxos_node_bit(c->host[i].id)) {
				member.voter[n].node = c->host[i].id;
				memcpy(member.voter[n++].incarnation,
				       c->host[i].core.config.incarnation, PAXOS_ID_BYTES);
			}
	}
	if (op->c & 2)
		member.voter[op->d % PAXOS_VOTERS_MAX].incarnation[0] ^= 1;
	if (op->c & 4)
		member.options.window = 1 + op->d;
	m->init.options = member.options;
	memcpy(m->init.voter, member.voter, sizeof(member.voter));
	m->init.live = op->c & 8;
	paxos_membership_identity(&member, host->core.config.group, header->identity);
	header->membership = op->c & 16 ? op->d : 0;
}

static void say_range(struct cluster *c, struct host *host, struct paxos_decided *d,
		      uint8_t from, uint8_t ballot, uint8_t first, uint8_t span)
{
	d->ballot = hostile_ballot(c, host, from, ballot);
	d->first = hostile_instance(host, first);
	d->upto = d->first + span % 64 * (span >> 6) * (span >> 6);
}

/* A page of a promise: what was asked for, or what nobody asked for. */
static void say_promise(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
			const struct program_op *op)
{
	const uint64_t ballot = hostile_ballot(c, host, from, op->b);
	const struct paxos_proposal *p;

	m->promise.ballot = ballot;
	m->promise.from = hostile_instance(host, op->a);
	m->promise.page = m->promise.from;
	for (p = host->core.proposals; p; p = p->next)
		if (p->ballot == ballot && !(op->e & 1)) {
			int i = paxos_membership_index(&host->core.membership, from);

			m->promise.nonce = p->nonce;
			m->promise.from = p->from;
			m->promise.single = p->single;
			m->promise.page = i < 0 ? p->from : p->page[i];
			/* Almost what was asked for. */
			if (op->f == 224)
				m->promise.single = !p->single;
			if (op->f == 240)
				m->promise.page = ++m->promise.from;
			if (op->f == 208)
				m->promise.page++;
		}
	m->promise.upto = m->promise.single ? m->promise.from :
			  op->e & 2 ? U64_MAX : m->promise.page + (op->e >> 3);
	m->promise.trim = op->e & 4 ? hostile_instance(host, op->f) : 0;
}

static void say_refused(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
			const struct program_op *op)
{
	m->refused.ballot = hostile_ballot(c, host, from, op->b);
	m->refused.highest = op->c & 1 ? hostile_ballot(c, host, from, op->d) : 0;
	m->refused.instance = hostile_instance(host, op->a);
	m->refused.reason = (uint8_t)(PAXOS_REFUSAL_BALLOT + op->e % PAXOS_REFUSAL_MEMBERSHIP);
}

/* One that leads, or hears who does. */
static void say_heartbeat(struct cluster *c, struct host *host, struct paxos_msg *m,
			  uint8_t from, const struct program_op *op)
{
	m->heartbeat.ballot = hostile_ballot(c, host, op->d & 1 ? host->id : from, op->b);
	m->heartbeat.number = op->d & 4 ? host->core.grant.number : op->c;
	m->heartbeat.prefix = hostile_instance(host, op->a);
	m->heartbeat.answer = op->d & 1;
	m->heartbeat.resign = (op->d & 3) == 2;
	if (op->d & 1)
		m->heartbeat.promised = op->d & 8 ? hostile_ballot(c, host, from, op->e) : 0;
	else if (op->f & 128)
		say_range(c, host, &m->heartbeat.decided, from, op->b, op->e, op->f);
}

static void say_barrier(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
			const struct program_op *op)
{
	const struct paxos_core *core = &host->core;

	m->barrier.ballot = op->d & 8 ? hostile_ballot(c, host, from, op->b) :
			    op->d & 1 ? core->leader.ballot : core->grant.ballot;
	m->barrier.number = op->d & 4 ? core->barriers.number : 1ULL + op->c;
	m->barrier.answer = op->d & 1;
	m->barrier.point = op->d & 1 ? hostile_instance(host, op->a) : 0;
}

static void say_submit(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
		       const struct program_op *op)
{
	const struct paxos_core *core = &host->core;
	uint64_t number = op->d & 1 ? core->submissions.number :
				      max(core->inbox[from - 1].expected, 1ULL);

	m->submit.ballot = op->a & 8 ? hostile_ballot(c, host, from, op->b) :
			   op->d & 1 ? core->leader.ballot : core->grant.ballot;
	m->submit.number = op->a & 16 ? 1ULL << (op->e & 63) : number + (op->e & 7);
	m->submit.answer = op->d & 1;
	m->submit.full = (op->d & 1) && (op->a & 2);
	m->submit.again = !(op->d & 1) && (op->a & 2);
	m->submit.base = op->d & 1 ? 0 : op->a & 4 ? 1 : m->submit.number;
}

/* All but the entries. */
static void say_body(struct cluster *c, struct host *host, struct paxos_msg *m,
		     struct paxos_header *header, const struct program_op *op)
{
	const uint8_t from = header->sender;

	switch (m->type) {
	case PAXOS_WIRE_HELLO:
		return say_hello(c, host, m, from, op);
	case PAXOS_WIRE_INIT:
		return say_init(c, host, m, header, op);
	case PAXOS_WIRE_PREPARE:
		m->prepare.ballot = hostile_ballot(c, host, from, op->b);
		m->prepare.nonce = op->c;
		m->prepare.from = hostile_instance(host, op->a);
		m->prepare.page = op->d & 1 ? hostile_instance(host, op->e) : m->prepare.from;
		m->prepare.single = op->d & 2;
		return;
	case PAXOS_WIRE_PROMISE:
		return say_promise(c, host, m, from, op);
	case PAXOS_WIRE_ACCEPT:
		m->accept.ballot = hostile_ballot(c, host, from, op->b);
		if (op->f & 128)
			say_range(c, host, &m->accept.decided, from, op->b, op->e, op->f);
		return;
	case PAXOS_WIRE_ACCEPTED:
		m->accepted.ballot = hostile_ballot(c, host, from, op->b);
		return;
	case PAXOS_WIRE_REFUSED:
		return say_refused(c, host, m, from, op);
	case PAXOS_WIRE_DECIDED:
		return say_range(c, host, &m->decided, from, op->b, op->a, op->e);
	case PAXOS_WIRE_LEARN:
		m->learn.from = hostile_instance(host, op->a);
		m->learn.upto = op->c & 1 ? hostile_instance(host, op->e) : m->learn.from + op->e;
		return;
	case PAXOS_WIRE_VALUES:
		m->values.prefix = hostile_instance(host, op->e);
		m->values.trim = op->f & 64 ? hostile_instance(host, op->b) : 0;
		m->values.hash = op->b;
		/* Also as an answer to what was asked. */
		m->values.asked = (u32)host->core.learning.ask[op->c % PAXOS_ASKS].asked;
		m->values.last = op->f & 32;
		return;
	case PAXOS_WIRE_FETCH:
		m->fetch.missing = op->e ? 1U << (op->e & 31) | op->f : U32_MAX;
		return;
	case PAXOS_WIRE_HEARTBEAT:
		return say_heartbeat(c, host, m, from, op);
	case PAXOS_WIRE_BARRIER:
		return say_barrier(c, host, m, from, op);
	case PAXOS_WIRE_SUBMIT:
		return say_submit(c, host, m, from, op);
	default:
		m->part.unit = op->e;
	}
}

/* How many entries the message has: one where that is its form. */
static uint16_t count_entries(uint8_t type, const struct program_op *op)
{
	switch (type) {
	case PAXOS_WIRE_PROMISE:
	case PAXOS_WIRE_VALUES:
		return op->f & 15;
	case PAXOS_WIRE_ACCEPT:
	case PAXOS_WIRE_ACCEPTED:
		return 1 + (op->f & 7);
	case PAXOS_WIRE_FETCH:
	case PAXOS_WIRE_PART:
		return 1;
	case PAXOS_WIRE_SUBMIT:
		return op->d & 1 ? 0 : 1 + (op->f & 7);
	default:
		return 0;
	}
}

static void say_entries(struct cluster *c, struct host *host, struct paxos_msg *m, uint8_t from,
			const struct program_op *op)
{
	uint64_t instance = hostile_instance(host, op->a);
	uint64_t ballot = hostile_ballot(c, host, from, op->b);
	uint16_t i, n = count_entries(m->type, op);

	if (m->type == PAXOS_WIRE_PROMISE) {
		/* In the page, at a ballot of its own. */
		instance = max(instance, m->promise.page);
		ballot = hostile_ballot(c, host, from, op->c);
	}
	if ((m->type == PAXOS_WIRE_FETCH || m->type == PAXOS_WIRE_PART) && op->f & 32)
		ballot = PAXOS_BALLOT_CHOSEN;
	/* What is submitted has no instance yet. */
	if (m->type == PAXOS_WIRE_SUBMIT)
		ballot = 0;
	if (m->type == PAXOS_WIRE_SUBMIT || (m->type == PAXOS_WIRE_PART && op->f & 64))
		instance = 0;
	for (i = 0; i < n; i++) {
		struct paxos_entry *e = &m->entry[i];

		m->n_entries = (uint16_t)(i + 1);
		if (!fill_entry(c, host, e, instance ? instance + i : 0, ballot, op) ||
		    (m->type != PAXOS_WIRE_PART && paxos_wire_size(m) > PAXOS_WIRE_MAX)) {
			paxos_value_put(e->value);
			m->n_entries = i;
			break;
		}
		if (m->type == PAXOS_WIRE_VALUES)
			e->chosen = true;
		else if (m->type != PAXOS_WIRE_PROMISE)
			e->chosen = false;
		if (m->type == PAXOS_WIRE_PROMISE)
			e->carried = false;
	}
	if (m->type == PAXOS_WIRE_PART && m->n_entries)
		m->part.unit = (uint8_t)(op->e % paxos_value_units(m->entry[0].length));
}

void hostile_say(struct cluster *c, const struct program_op *op, uint8_t type)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	uint8_t bytes[PAXOS_WIRE_MAX], to = (uint8_t)(1 + (op->node & 15) % c->n), *exact;
	uint8_t from = (uint8_t)(1 + (op->node >> 4) % c->n);
	struct host *host = &c->host[to - 1];
	struct paxos_msg msg = { .type = type, .entry = entry };
	struct paxos_header header;
	size_t length = 0;
	uint16_t i;

	/* As the hearer would have it; now and then from one who is nobody. */
	paxos_core_header(&host->core, &header);
	header.sender = op->node == 255 ? 9 : from;
	memcpy(header.incarnation, c->host[from - 1].core.config.incarnation, PAXOS_ID_BYTES);
	if (op->node >> 4 == 11)
		header.incarnation[15] ^= 1;
	if (op->node >> 4 == 12)
		header.membership = 1;
	if (op->node >> 4 == 13)
		memset(header.identity, 0, PAXOS_ID_BYTES);
	if (op->node >> 4 == 14)
		header.identity[0] ^= 1;
	say_body(c, host, &msg, &header, op);
	say_entries(c, host, &msg, from, op);
	if (msg.n_entries || !count_entries(type, op) || type == PAXOS_WIRE_PROMISE ||
	    type == PAXOS_WIRE_VALUES)
		length = paxos_wire_encode(bytes, sizeof(bytes), &header, &msg);
	for (i = 0; i < msg.n_entries; i++)
		paxos_value_put(entry[i].value);
	if (!length)
		return;
	exact = malloc(length);
	if (!exact)
		abort();
	memcpy(exact, bytes, length);
	/* Corruption on the way, as far as no checksum finds it. */
	if (op->node >> 4 == 15)
		exact[op->e % length] ^= (uint8_t)(1 << (op->d & 7));
	c->hostile = true;
	host_hear(c, to, exact, length);
	free(exact);
}

/* All units of a value, one by one, at a ballot that nobody outbids. */
void hostile_parts(struct cluster *c, struct host *host, uint64_t instance,
		   const struct made *made)
{
	struct paxos_entry entry = {
		.instance = instance, .ballot = PAXOS_BALLOT_CHOSEN, .id = made->id,
		.length = made->length, .kind = made->kind, .carried = true,
	};
	struct paxos_msg msg = { .type = PAXOS_WIRE_PART, .n_entries = 1, .entry = &entry };
	const struct host *from = &c->host[host->id % c->n];
	uint8_t bytes[PAXOS_WIRE_MAX], *exact;
	struct paxos_header header;
	size_t length;
	uint8_t unit;

	c->hostile = true;
	entry.value = own_value(made);
	for (unit = 0; entry.value && unit < paxos_value_units(made->length); unit++) {
		paxos_core_header(&host->core, &header);
		header.sender = from->id;
		memcpy(header.incarnation, from->core.config.incarnation, PAXOS_ID_BYTES);
		msg.part.unit = unit;
		length = paxos_wire_encode(bytes, sizeof(bytes), &header, &msg);
		fuzz_check(length);
		exact = malloc(length);
		if (!exact)
			abort();
		memcpy(exact, bytes, length);
		host_hear(c, host->id, exact, length);
		free(exact);
	}
	paxos_value_put(entry.value);
}
