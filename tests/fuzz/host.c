// SPDX-License-Identifier: GPL-2.0
/* A node: the core with its memory, and the mail that it sends and gets. */

#include "cluster.h"

/* The pool is kept short, so that it runs dry now and then. */
static const uint32_t keep[PAXOS_CHUNK_CLASSES] = {
	[PAXOS_CHUNK_SMALL] = 16, [PAXOS_CHUNK_MIDDLE] = 4, [PAXOS_CHUNK_PAGE] = 10,
};

static void give(struct host *host, enum paxos_chunk_class class)
{
	void *chunk = malloc(paxos_pool_chunk_size(class));

	if (!chunk)
		abort();
	paxos_pool_give(&host->pool, class, chunk);
}

/* A worker that gives all that is wanted, once too often. */
void host_feed(struct host *host, uint8_t times)
{
	enum paxos_chunk_class class;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		uint32_t n = paxos_pool_wants(&host->pool, class) * times;

		while (n-- && !paxos_pool_is_full(&host->pool, class))
			give(host, class);
	}
}

/* Not a chunk is left, of the classes whose bits are not set. */
void host_dry(struct host *host, uint8_t classes)
{
	enum paxos_chunk_class class;
	void *chunk;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++)
		while (!(classes & 1 << class) &&
		       (chunk = paxos_pool_reclaim(&host->pool, class)))
			free(chunk);
}

void host_refill(struct host *host)
{
	enum paxos_chunk_class class;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		uint32_t n = paxos_pool_wants(&host->pool, class);
		uint32_t spare = paxos_pool_spares(&host->pool, class);

		while (n-- && host->pool.n_free[class] < keep[class])
			give(host, class);
		while (spare--)
			free(paxos_pool_reclaim(&host->pool, class));
	}
}

static void tell_members(struct cluster *c, struct host *host)
{
	uint8_t id;

	for (id = 1; id <= c->n; id++) {
		struct paxos_event ev = { .type = PAXOS_EVENT_MEMBER };

		if (id == host->id)
			continue;
		ev.member.node = id;
		ev.member.role = c->host[id - 1].voter ? PAXOS_ROLE_VOTER : PAXOS_ROLE_LEARNER;
		host_step(c, host, &ev);
	}
}

void host_start(struct cluster *c, struct host *host)
{
	struct paxos_config config = c->config;
	uint32_t dir_size = paxos_window_dir_size(c->log_size, config.window);

	host->life++;
	config.node = host->id;
	config.role = host->voter ? PAXOS_ROLE_VOTER : PAXOS_ROLE_LEARNER;
	memset(config.incarnation, host->id, PAXOS_ID_BYTES);
	memcpy(config.incarnation, &host->life, sizeof(host->life));
	paxos_pool_init(&host->pool, c->log_size);
	host_refill(host);
	host->dir = calloc(dir_size, sizeof(*host->dir));
	if (!host->dir)
		abort();
	memset(host->seen, 0, sizeof(host->seen));
	paxos_core_init(&host->core, &config, &host->pool, host->dir, dir_size, !c->journal,
			c->now);
	watch_before(host);
	tell_members(c, host);
}

/* All of its memory is lost; that there was no more of it is checked. */
void host_stop(struct cluster *c, struct host *host)
{
	enum paxos_chunk_class class;

	(void)c;
	while (host->core.proposals) {
		struct paxos_proposal *p = host->core.proposals;

		host->core.proposals = p->next;
		paxos_value_put(p->value);
		free(p);
	}
	lead_stop(host);
	while (host->n_held)
		free(host->held[--host->n_held].bytes);
	paxos_core_clear(&host->core);
	fuzz_check(!host->pool.used);
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		void *chunk;

		while ((chunk = paxos_pool_reclaim(&host->pool, class)))
			free(chunk);
	}
	fuzz_check(!host->pool.given);
	free(host->dir);
}

void mail_add(struct cluster *c, struct mail mail)
{
	if (c->n_mail == CLUSTER_MAIL)
		free(mail_take(c, 0).bytes);
	c->mail[c->n_mail++] = mail;
}

struct mail mail_take(struct cluster *c, uint32_t index)
{
	struct mail mail = c->mail[index];

	c->n_mail--;
	memmove(&c->mail[index], &c->mail[index + 1],
		(c->n_mail - index) * sizeof(c->mail[0]));
	return mail;
}

/* What a node says must be a message to who hears it. */
static void send(struct cluster *c, struct host *host, const struct paxos_out *out)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct paxos_header header, heard;
	enum paxos_reason reason;
	uint8_t bytes[PAXOS_WIRE_MAX];
	struct paxos_msg msg;
	struct mail mail = { .to = out->to, .after = out->after, .from = host->id };

	paxos_core_header(&host->core, &header);
	mail.length = (uint16_t)paxos_wire_encode(bytes, sizeof(bytes), &header, &out->msg);
	fuzz_check(mail.length);
	mail.bytes = malloc(mail.length);
	if (!mail.bytes)
		abort();
	memcpy(mail.bytes, bytes, mail.length);
	reason = paxos_wire_decode(mail.bytes, mail.length, &heard, &msg, entry);
	if (reason != PAXOS_REASON_OK)
		dprintf(2, "node %u: %s refused: %s\n", host->id,
			paxos_wire_type_name(out->msg.type), paxos_reason_name(reason));
	fuzz_check(reason == PAXOS_REASON_OK);
	/* P7 */
	if (mail.after <= host->core.durable) {
		mail_add(c, mail);
	} else {
		fuzz_check(c->journal);
		if (host->n_held == CLUSTER_MAIL)
			free(mail.bytes);
		else
			host->held[host->n_held++] = mail;
	}
}

static void release(struct cluster *c, struct host *host)
{
	uint32_t i, kept = 0;

	for (i = 0; i < host->n_held; i++) {
		if (host->held[i].after <= host->core.durable)
			mail_add(c, host->held[i]);
		else
			host->held[kept++] = host->held[i];
	}
	host->n_held = kept;
}

static struct round *find_round(struct cluster *c, uint64_t ballot)
{
	uint32_t i;

	for (i = 0; i < c->n_rounds; i++)
		if (c->round[i].ballot == ballot)
			return &c->round[i];
	return NULL;
}

/* A page of a promise reaches the proposer, as over netlink. */
static void take_promise(struct cluster *c, struct host *host, const struct paxos_note *note)
{
	struct round *r = find_round(c, note->ballot);
	uint16_t i;

	if (!r || r->node != host->id || r->life != host->life)
		return;
	fuzz_check(r->owner == note->owner);
	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *e = &note->entry[i];

		if (r->n == CLUSTER_REPORTS) {
			r->blind = true;
			break;
		}
		r->report[r->n++] = (struct report){
			.node = note->node, .instance = e->instance, .ballot = e->ballot,
			.id = e->id, .chosen = e->chosen,
		};
	}
	if (note->whole)
		r->whole |= paxos_node_bit(note->node);
}

void host_step(struct cluster *c, struct host *host, struct paxos_event *event)
{
	static struct paxos_outbox ob;
	uint32_t bits;
	uint16_t i;

	c->steps++;
	paxos_outbox_init(&ob);
	event->now = c->now;
	bits = paxos_step(&host->core, event, &ob);
	fuzz_check(!(bits & PAXOS_STEP_SEND) == !ob.n_out);
	fuzz_check(!(bits & PAXOS_STEP_NOTE) == !(ob.n_notes || ob.done));
	fuzz_check(event->type == PAXOS_EVENT_MESSAGE || !event->error == !event->why);
	fuzz_check(*paxos_reason_name(event->reason));
	lead_take(c, host, &ob);
	watch_step(c, host, &ob);
	for (i = 0; i < ob.n_out; i++)
		if (ob.out[i].to)
			send(c, host, &ob.out[i]);
	for (i = 0; i < ob.n_notes; i++)
		if (ob.note[i].type == PAXOS_NOTE_PROMISE)
			take_promise(c, host, &ob.note[i]);
	release(c, host);
	paxos_outbox_release(&ob);
	if ((bits & PAXOS_STEP_REFILL) && !host->starved)
		host_refill(host);
}

void host_hear(struct cluster *c, uint8_t to, const uint8_t *bytes, size_t length)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct paxos_event ev = { .type = PAXOS_EVENT_MESSAGE };
	struct paxos_header header;
	struct paxos_msg msg;

	if (paxos_wire_decode(bytes, length, &header, &msg, entry) != PAXOS_REASON_OK)
		return;
	ev.message.header = &header;
	ev.message.msg = &msg;
	host_step(c, &c->host[to - 1], &ev);
}

void host_deliver(struct cluster *c, const struct mail *mail, uint8_t to)
{
	if (to <= c->n && (mail->to & paxos_node_bit(to)))
		host_hear(c, to, mail->bytes, mail->length);
}

/* The bytes follow from the id. */
struct paxos_value *value_of(struct paxos_pool *pool, const struct made *made)
{
	static uint8_t bytes[PAXOS_VALUE_MAX];
	struct paxos_value *value;

	value = paxos_value_alloc(pool, made->length, made->kind, NULL);
	if (!value)
		return NULL;
	memset(bytes, (int)(made->id.client * 31 + made->id.sequence), made->length);
	if (made->length > 1)
		bytes[made->length / 2] ^= 1;
	paxos_value_write(value, 0, bytes, made->length);
	value->id = made->id;
	return value;
}
