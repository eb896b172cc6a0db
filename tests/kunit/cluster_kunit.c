// SPDX-License-Identifier: GPL-2.0
/* Clusters in memory: what the suites of the core share, and what whole groups show. */

#include "cluster.h"

/* Settling ends: so many datagrams are a storm. */
#define CLUSTER_STORM	200000

static void incarnation_of(u8 id, u8 life, u8 incarnation[PAXOS_ID_BYTES])
{
	memset(incarnation, id, PAXOS_ID_BYTES);
	incarnation[0] = life;
}

u32 cluster_random(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Each chunk is memory of its own, so that running over its end is seen. */
void cluster_give(struct kunit *test, struct paxos_pool *pool, enum paxos_chunk_class class,
		  u32 n)
{
	while (n--) {
		void *chunk = kunit_kmalloc(test, paxos_pool_chunk_size(class), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, chunk);
		paxos_pool_give(pool, class, chunk);
	}
}

/* Enough for any step, and no more: chunks are slow to make where memory is watched. */
static void refill(struct cluster_node *node)
{
	static const u32 enough[PAXOS_CHUNK_CLASSES] = {
		[PAXOS_CHUNK_SMALL] = 32,
		[PAXOS_CHUNK_MIDDLE] = 8,
		[PAXOS_CHUNK_PAGE] = 16,
	};
	enum paxos_chunk_class class;

	for (class = 0; class < PAXOS_CHUNK_CLASSES && !node->starved; class++)
		while (node->pool.n_free[class] < enough[class] &&
		       paxos_pool_wants(&node->pool, class))
			cluster_give(node->test, &node->pool, class, 1);
}

static void forget_owners(struct cluster_node *node)
{
	while (node->core.proposals) {
		struct paxos_event ev = {
			.type = PAXOS_EVENT_DROP_OWNER,
			.drop.owner = node->core.proposals->owner,
		};

		paxos_outbox_release(node->ob);
		paxos_step(&node->core, &ev, node->ob);
		node->ob->barriers = NULL;
	}
	while (node->core.barriers.first) {
		struct paxos_event ev = {
			.type = PAXOS_EVENT_DROP_OWNER,
			.drop.owner = node->core.barriers.first->owner,
		};

		paxos_outbox_release(node->ob);
		paxos_step(&node->core, &ev, node->ob);
		node->ob->barriers = NULL;
	}
}

/* Those that are done go to whoever looks, the value without them. */
static void keep_done(struct cluster_node *node)
{
	struct paxos_submission *s;

	for (s = node->ob->done; s; s = s->next) {
		paxos_value_put(s->value);
		KUNIT_ASSERT_LT(node->test, node->n_done, CLUSTER_LOGGED);
		node->done[node->n_done++] = s;
	}
	node->ob->done = NULL;
	node->ob->last_done = NULL;
}

/* What was taken from the pool comes back to it. */
static void empty(struct cluster_node *node)
{
	forget_owners(node);
	paxos_submission_drop_all(&node->core, node->ob);
	keep_done(node);
	paxos_outbox_release(node->ob);
	while (node->n_values)
		paxos_value_put(node->value[--node->n_values]);
	paxos_core_clear(&node->core);
	KUNIT_EXPECT_EQ_MSG(node->test, node->pool.used, 0, "node %u leaks",
			    node->core.config.node);
}

/* The exit of every suite that makes nodes: takes them apart, and looks for leaks. */
void cluster_exit(struct kunit *test)
{
	struct cluster_node *node;

	for (node = test->priv; node; node = node->next)
		empty(node);
}

static void node_begin(struct cluster_node *node, u8 id, u8 life, u64 now)
{
	struct paxos_config config = {
		.group = CLUSTER_GROUP,
		.node = id,
		.role = PAXOS_ROLE_VOTER,
		.window = CLUSTER_WINDOW,
		.window_bytes = CLUSTER_WINDOW_BYTES,
		.boot = 1,
		.heartbeat = 10,
		.timeout_min = 50,
		.timeout_max = 100,
	};

	incarnation_of(id, life, config.incarnation);
	node->promised = 0;
	paxos_core_init(&node->core, &config, &node->pool, node->dir, node->dir_size, true, now);
}

/**
 * cluster_node - a node that was just configured, a voter of a group without members
 * @test: the test
 * @id: its id
 *
 * Return: the node; cluster_exit() takes it apart.
 */
struct cluster_node *cluster_node(struct kunit *test, u8 id)
{
	struct cluster_node *node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, node);
	node->test = test;
	node->ob = kunit_kzalloc(test, sizeof(*node->ob), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, node->ob);
	node->dir_size = paxos_window_dir_size(CLUSTER_LOG, CLUSTER_WINDOW);
	node->dir = kunit_kcalloc(test, node->dir_size, sizeof(*node->dir), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, node->dir);
	paxos_pool_init(&node->pool, CLUSTER_LOG);
	refill(node);
	node_begin(node, id, 1, 0);
	node->next = test->priv;
	test->priv = node;
	return node;
}

/**
 * cluster_live - put a node into the middle of a group's life, as a voter
 * @node: the node
 * @voters: how many there are, with ids from 1
 */
void cluster_live(struct cluster_node *node, u8 voters)
{
	struct paxos_core *core = &node->core;
	struct paxos_membership *m = &core->membership;
	u8 id;

	memset(m, 0, sizeof(*m));
	m->options.voters = (1ULL << voters) - 1;
	m->options.window = core->config.window;
	m->options.window_bytes = core->config.window_bytes;
	m->options.alpha = core->config.window;
	paxos_quorum_default(&m->options.quorum, voters);
	for (id = 1; id <= voters; id++) {
		struct paxos_peer *peer = paxos_core_peer(core, id);

		m->voter[id - 1].node = id;
		incarnation_of(id, 1, m->voter[id - 1].incarnation);
		if (id == core->config.node)
			continue;
		peer->present = true;
		core->members |= paxos_node_bit(id);
		peer->heard = true;
		peer->agrees = true;
		peer->role = PAXOS_ROLE_VOTER;
		peer->state = PAXOS_STATE_VOTING;
		incarnation_of(id, 1, peer->incarnation);
	}
	paxos_membership_identity(m, core->config.group, core->identity);
	for (id = 1; id <= voters; id++)
		memcpy(paxos_core_peer(core, id)->identity, core->identity, PAXOS_ID_BYTES);
	core->state = PAXOS_STATE_VOTING;
}

struct cluster_node *cluster_voter(struct kunit *test, u8 id, u8 voters)
{
	struct cluster_node *node = cluster_node(test, id);

	cluster_live(node, voters);
	return node;
}

/* The header of a message that a voter would send. */
void cluster_header(const struct cluster_node *node, u8 from, struct paxos_header *header)
{
	paxos_core_header(&node->core, header);
	header->sender = from;
	incarnation_of(from, 1, header->incarnation);
}

static void check_bytes(struct cluster_node *node)
{
	const struct paxos_window *w = &node->core.window;
	u64 bytes = 0, s;

	for (s = w->prefix + 1; s <= w->top; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);

		if (!slot)
			continue;
		if (slot->vval)
			bytes += slot->vval->length;
		if (slot->chosen && slot->chosen != slot->vval)
			bytes += slot->chosen->length;
		if (slot->parts.value && slot->parts.value != slot->vval &&
		    slot->parts.value != slot->chosen)
			bytes += slot->parts.value->length;
	}
	KUNIT_EXPECT_EQ(node->test, bytes, w->open_bytes);
}

/**
 * cluster_step - one event at a node
 * @node: the node
 * @ev: the event
 *
 * The outbox keeps what the step left until the next one.
 *
 * Return: what the step returns.
 */
u32 cluster_step(struct cluster_node *node, struct paxos_event *ev)
{
	u32 bits;
	u16 i;

	paxos_outbox_release(node->ob);
	refill(node);
	bits = paxos_step(&node->core, ev, node->ob);
	/* The test has their memory. */
	node->ob->barriers = NULL;
	for (i = 0; i < node->ob->n_notes; i++) {
		if (node->ob->note[i].type != PAXOS_NOTE_ALARM)
			continue;
		node->alarms++;
		node->alarm = node->ob->note[i].reason;
	}
	keep_done(node);
	for (i = 0; i < node->ob->n_out; i++)
		KUNIT_EXPECT_LE(node->test, paxos_wire_size(&node->ob->out[i].msg), PAXOS_WIRE_MAX);
	KUNIT_EXPECT_EQ(node->test, node->ob->lost, 0);
	/* P1 */
	KUNIT_EXPECT_GE(node->test, node->core.promise.ballot, node->promised);
	node->promised = node->core.promise.ballot;
	check_bytes(node);
	return bits;
}

/* A message of another voter, as if it had been decoded. */
enum paxos_reason cluster_hear(struct cluster_node *node, u8 from, const struct paxos_msg *msg)
{
	struct paxos_header header;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { .header = &header, .msg = msg },
	};

	cluster_header(node, from, &header);
	header.type = msg->type;
	cluster_step(node, &ev);
	return ev.reason;
}

/**
 * cluster_value - a value with bytes and a digest
 * @node: whose pool it comes from
 * @seed: tells values apart: the client's id, and what the bytes look like
 * @length: bytes
 *
 * Return: the value; the node keeps a reference until the test ends.
 */
struct paxos_value *cluster_value(struct cluster_node *node, u8 seed, u32 length)
{
	struct paxos_value *value;
	u32 i;

	KUNIT_ASSERT_LT(node->test, node->n_values, CLUSTER_KEPT);
	refill(node);
	value = paxos_value_alloc(&node->pool, length, PAXOS_KIND_VALUE, NULL);
	KUNIT_ASSERT_NOT_NULL(node->test, value);
	node->value[node->n_values++] = value;
	for (i = 0; i < length; i++) {
		u8 byte = (u8)(seed * 31 + i * 7 + (i >> 8));

		paxos_value_write(value, i, &byte, 1);
	}
	value->id.client = seed;
	value->id.sequence = 1;
	value->id.digest = paxos_value_digest(value, node->core.identity);
	return value;
}

/**
 * cluster_entry - an entry that names a value
 * @entry: filled in
 * @instance: the instance
 * @value: the value
 * @bytes: where its bytes are put to be carried, NULL if they are not
 */
void cluster_entry(struct paxos_entry *entry, u64 instance, struct paxos_value *value,
		   u8 *bytes)
{
	memset(entry, 0, sizeof(*entry));
	entry->instance = instance;
	entry->id = value->id;
	entry->length = value->length;
	entry->kind = value->kind;
	if (!bytes)
		return;
	paxos_value_read(value, 0, bytes, value->length);
	entry->carried = true;
	entry->bytes = bytes;
}

/* The nth message of a type that the last step left, from 0, or NULL. */
struct paxos_out *cluster_out(const struct cluster_node *node, u8 type, unsigned int nth)
{
	u16 i;

	for (i = 0; i < node->ob->n_out; i++)
		if (node->ob->out[i].to && node->ob->out[i].msg.type == type && !nth--)
			return &node->ob->out[i];
	return NULL;
}

unsigned int cluster_outs(const struct cluster_node *node, u8 type)
{
	unsigned int n = 0;

	while (cluster_out(node, type, n))
		n++;
	return n;
}

struct paxos_note *cluster_note(const struct cluster_node *node, u8 type, unsigned int nth)
{
	u16 i;

	for (i = 0; i < node->ob->n_notes; i++)
		if (node->ob->note[i].type == type && !nth--)
			return &node->ob->note[i];
	return NULL;
}

/**
 * cluster_hand_out - ask for a ballot
 * @node: the node
 * @owner: the socket that asks
 * @above: a ballot to be outbid, 0 for none
 *
 * Return: the ballot, 0 when it is refused.
 */
u64 cluster_hand_out(struct cluster_node *node, u64 owner, u64 above)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_HAND_OUT,
		.hand_out = {
			.proposal = kunit_kzalloc(node->test, sizeof(struct paxos_proposal),
						  GFP_KERNEL),
			.owner = owner,
			.above = above,
		},
	};

	KUNIT_ASSERT_NOT_NULL(node->test, ev.hand_out.proposal);
	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, ev.ballot != 0);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.ballot;
}

int cluster_prepare(struct cluster_node *node, u64 owner, u64 ballot, u64 instance, bool single)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = { owner, ballot, CLUSTER_NONCE, instance, single },
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.error;
}

int cluster_accept(struct cluster_node *node, u64 owner, u64 ballot, u64 instance,
		   struct paxos_value *value)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_ACCEPT,
		.accept = {
			.owner = owner,
			.ballot = ballot,
			.instance = instance,
			.value = value,
		},
	};

	cluster_step(node, &ev);
	KUNIT_EXPECT_EQ(node->test, !ev.error, !ev.why);
	return ev.error;
}

/* A value that was reported: its id alone. */
int cluster_adopt(struct cluster_node *node, u64 owner, u64 ballot, u64 instance,
		  const struct paxos_vid *id)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_ACCEPT,
		.accept = {
			.owner = owner,
			.ballot = ballot,
			.instance = instance,
			.id = *id,
		},
	};

	cluster_step(node, &ev);
	return ev.error;
}

void cluster_tick(struct cluster_node *node, u64 now)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK, .now = now };

	cluster_step(node, &ev);
}

/* A whole promise that reports nothing. */
enum paxos_reason cluster_promise(struct cluster_node *node, u8 from, u64 ballot, u64 instance,
				  bool single)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PROMISE,
		.promise = {
			.ballot = ballot,
			.nonce = CLUSTER_NONCE,
			.from = instance,
			.page = instance,
			.upto = single ? instance : U64_MAX,
			.single = single,
		},
	};

	return cluster_hear(node, from, &msg);
}

enum paxos_reason cluster_vote(struct cluster_node *node, u8 from, u64 ballot, u64 instance,
			       const struct paxos_value *value)
{
	struct paxos_entry entry = { .instance = instance, .id = value->id };
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPTED,
		.n_entries = 1,
		.entry = &entry,
		.accepted.ballot = ballot,
	};

	return cluster_hear(node, from, &msg);
}

enum paxos_reason cluster_refuse(struct cluster_node *node, u8 from, u64 ballot, u8 reason,
				 u64 highest)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_REFUSED,
		.refused = {
			.ballot = ballot,
			.highest = highest,
			.instance = 1,
			.reason = reason,
		},
	};

	return cluster_hear(node, from, &msg);
}

/**
 * cluster_new - nodes that were just configured and know of no one
 * @test: the test
 * @n: how many
 *
 * Return: the cluster.
 */
struct cluster *cluster_new(struct kunit *test, unsigned int n)
{
	struct cluster *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_LE(test, n, CLUSTER_NODES);
	c->test = test;
	c->n = n;
	c->seed = 1;
	c->tail = &c->head;
	for (i = 0; i < n; i++)
		c->node[i] = cluster_node(test, (u8)(i + 1));
	return c;
}

/**
 * cluster_introduce - tell a node of all the others
 * @c: the cluster
 * @id: the node
 * @learners: how many nodes, the last ones, do not vote
 */
void cluster_introduce(struct cluster *c, u8 id, u8 learners)
{
	u8 other;

	for (other = 1; other <= c->n; other++) {
		struct paxos_event ev = {
			.type = PAXOS_EVENT_MEMBER,
			.member.node = other,
			.member.role = other + learners > c->n ? PAXOS_ROLE_LEARNER :
				PAXOS_ROLE_VOTER,
		};

		if (other == id) {
			c->node[id - 1]->core.config.role = ev.member.role;
			continue;
		}
		cluster_do(c, id, &ev);
		KUNIT_ASSERT_EQ(c->test, ev.error, 0);
	}
}

static struct cluster_datagram *datagram(struct cluster *c)
{
	struct cluster_datagram *d = c->spare;

	if (d) {
		c->spare = d->next;
		return d;
	}
	d = kunit_kmalloc(c->test, sizeof(*d), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(c->test, d);
	return d;
}

static void post(struct cluster *c, const struct cluster_datagram *letter)
{
	struct cluster_datagram *d = datagram(c);

	memcpy(d, letter, sizeof(*d));
	d->next = NULL;
	*c->tail = d;
	c->tail = &d->next;
}

static bool is_lost(struct cluster *c, u8 from, u8 to, u8 type)
{
	c->sent++;
	return c->cut[from - 1] & paxos_node_bit(to) || c->losing & BIT_ULL(type) ||
	       (c->drop_every && cluster_random(&c->seed) % c->drop_every == 0);
}

static void send(struct cluster *c, struct cluster_node *node)
{
	struct cluster_datagram *letter = datagram(c);
	u8 from = node->core.config.node, to;
	struct paxos_header header;
	u16 i;

	paxos_core_header(&node->core, &header);
	letter->from = from;
	for (i = 0; i < node->ob->n_out; i++) {
		const struct paxos_out *out = &node->ob->out[i];

		if (!out->to)
			continue;
		/* P7 */
		KUNIT_EXPECT_LE(c->test, out->after, node->core.durable);
		letter->length = (u16)paxos_outbox_encode(out, letter->bytes,
							  sizeof(letter->bytes), &header);
		KUNIT_EXPECT_GT(c->test, letter->length, 0);
		for (to = 1; to <= c->n; to++) {
			letter->to = to;
			if (!(out->to & paxos_node_bit(to)) ||
			    is_lost(c, from, to, out->msg.type))
				continue;
			post(c, letter);
			if (c->twice_every && cluster_random(&c->seed) % c->twice_every == 0)
				post(c, letter);
		}
	}
	letter->next = c->spare;
	c->spare = letter;
}

static void agree(struct cluster *c, const struct cluster_node *node)
{
	const struct paxos_window *w = &node->core.window;
	u64 s;

	for (s = w->trim + 1; s <= w->top && s < CLUSTER_LOGGED; s++) {
		const struct paxos_slot *slot = paxos_window_find(w, s);

		if (!slot || !slot->chosen)
			continue;
		/* P17 */
		if (!c->chosen[s].digest)
			c->chosen[s] = slot->chosen->id;
		KUNIT_EXPECT_TRUE_MSG(c->test, paxos_vid_equal(&c->chosen[s], &slot->chosen->id),
				      "instance %llu at node %u", (unsigned long long)s,
				      node->core.config.node);
		/* P21 */
		if (s > w->prefix)
			continue;
		if (!c->hash[s])
			c->hash[s] = slot->hash;
		KUNIT_EXPECT_EQ(c->test, c->hash[s], slot->hash);
	}
}

static void promised(struct cluster_proposer *p, const struct paxos_note *note)
{
	u16 i;

	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *entry = &note->entry[i];
		u64 ballot = entry->chosen ? U64_MAX : entry->ballot;

		if (entry->instance != p->instance || ballot <= p->reported)
			continue;
		p->reported = ballot;
		p->id = entry->id;
	}
}

/* Returns true when phase 2 is to begin: the value rule can be applied. P13 */
static bool take_notes(struct cluster_node *node)
{
	struct cluster_proposer *p = &node->proposer;
	bool quorum = false;
	u16 i;

	for (i = 0; i < node->ob->n_notes; i++) {
		const struct paxos_note *note = &node->ob->note[i];

		if (note->ballot != p->ballot || !p->ballot)
			continue;
		if (note->type == PAXOS_NOTE_PROMISE && !p->accepting) {
			promised(p, note);
			quorum |= note->quorum;
		} else if (note->type == PAXOS_NOTE_REFUSED && note->highest >= p->ballot) {
			p->lost = true;
		} else if (note->type == PAXOS_NOTE_CHOSEN) {
			p->chosen = true;
			p->chosen_id = note->id;
		}
	}
	return quorum && !p->accepting && !p->lost && !p->chosen;
}

static void begin_phase_2(struct cluster *c, u8 id)
{
	struct cluster_proposer *p = &c->node[id - 1]->proposer;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_ACCEPT,
		.accept = {
			.owner = CLUSTER_OWNER,
			.ballot = p->ballot,
			.instance = p->instance,
			.value = p->reported ? NULL : p->value,
			.id = p->id,
		},
	};

	p->accepting = true;
	cluster_do(c, id, &ev);
	if (ev.error)
		p->lost = true;
}

/**
 * cluster_pulse - the nodes pulse from now on, each in its first life
 * @c: the cluster
 */
void cluster_pulse(struct cluster *c)
{
	unsigned int i;

	c->pulses = true;
	for (i = 0; i < c->n; i++)
		c->vow[i] = (struct paxos_vow){ .life = 1000 * (i + 1), .epoch = 1 };
}

static void pulse(struct cluster *c, unsigned int from, unsigned int to, bool answer)
{
	u8 bytes[PAXOS_PULSE_SIZE];
	struct paxos_beat beat;

	paxos_pulse_write(&c->pulse[from][to], &c->vow[from], ++c->number[from], c->now, answer,
			  bytes);
	c->pulsed++;
	if ((c->cut[from] | (c->mute & BIT_ULL(from) ? ~0ULL : 0)) & BIT_ULL(to) ||
	    c->node[to]->down)
		return;
	KUNIT_EXPECT_TRUE(c->test, paxos_pulse_is(bytes, sizeof(bytes)));
	KUNIT_EXPECT_EQ(c->test, paxos_pulse_read(bytes, &beat), PAXOS_REASON_OK);
	if (paxos_pulse_hear(&c->pulse[to][from], &c->vow[to], &beat, c->now) ==
	    PAXOS_REASON_OK && paxos_pulse_owes(&c->pulse[to][from], &beat, c->now))
		pulse(c, to, from, true);
}

static u64 pulse_due(struct cluster *c, unsigned int from)
{
	u64 due = U64_MAX;
	unsigned int to;

	for (to = 0; to < c->n; to++)
		due = min_t(u64, due, paxos_pulse_due(&c->pulse[from][to], c->now));
	return due;
}

static void pulse_all(struct cluster *c, unsigned int from)
{
	unsigned int to;

	for (to = 0; to < c->n; to++)
		if (paxos_pulse_due(&c->pulse[from][to], c->now) <= c->now)
			pulse(c, from, to, false);
}

static void watch_pulses(struct cluster *c, unsigned int from, u32 bits)
{
	const struct paxos_core *core = &c->node[from]->core;
	unsigned int to;

	if (bits & PAXOS_STEP_BROKEN)
		c->vow[from].epoch++;
	for (to = 0; bits & PAXOS_STEP_PULSE && to < c->n; to++)
		if (to != from)
			paxos_pulse_want(&c->pulse[from][to], core->config.heartbeat, c->now,
					 paxos_rest_until(core));
}

/* A leader at rest is roused when its node's vow ends. */
static u64 deadline(struct cluster *c, unsigned int i)
{
	const struct paxos_core *core = &c->node[i]->core;

	if (core->grant.rests && core->grant.vow != paxos_vow_name(&c->vow[i]))
		return c->now;
	return paxos_core_deadline(core);
}

/**
 * cluster_do - an event at a node, and all that follows from it at that node
 * @c: the cluster
 * @id: the node
 * @ev: the event
 */
void cluster_do(struct cluster *c, u8 id, struct paxos_event *ev)
{
	struct cluster_node *node = c->node[id - 1];
	unsigned int i;
	bool ready;

	ev->now = c->now;
	if (c->pulses) {
		for (i = 0; i < c->n; i++)
			c->heard[i] = c->pulse[id - 1][i].heard;
		ev->vow = paxos_vow_name(&c->vow[id - 1]);
		ev->heard = ev->type == PAXOS_EVENT_TICK ? c->heard : NULL;
	}
	watch_pulses(c, id - 1, cluster_step(node, ev));
	agree(c, node);
	ready = take_notes(node);
	send(c, node);
	if (ready)
		begin_phase_2(c, id);
}

static struct cluster_datagram *next_datagram(struct cluster *c)
{
	struct cluster_datagram **at = &c->head, *d;
	u32 skip = c->shuffle ? cluster_random(&c->seed) % 16 : 0;

	while (skip-- && (*at)->next)
		at = &(*at)->next;
	d = *at;
	*at = d->next;
	if (!*at)
		c->tail = at;
	return d;
}

static void deliver(struct cluster *c, const struct cluster_datagram *d)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { .header = &c->header, .msg = &c->msg },
	};
	enum paxos_reason reason;

	if (c->node[d->to - 1]->down)
		return;
	reason = paxos_wire_decode(d->bytes, d->length, &c->header, &c->msg, c->entry);
	KUNIT_EXPECT_EQ_MSG(c->test, reason, PAXOS_REASON_OK, "a %s of node %u",
			    paxos_wire_type_name(d->bytes[1]), d->from);
	if (reason != PAXOS_REASON_OK)
		return;
	c->delivered[c->msg.type]++;
	cluster_do(c, d->to, &ev);
}

/* Deliver until there is silence; no time passes. */
void cluster_settle(struct cluster *c)
{
	u32 n = 0;

	while (c->head) {
		struct cluster_datagram *d = next_datagram(c);

		deliver(c, d);
		d->next = c->spare;
		c->spare = d;
		KUNIT_ASSERT_LT(c->test, n++, CLUSTER_STORM);
	}
}

/* Time passes, and who waits for it hears of it. */
void cluster_pass(struct cluster *c, u32 ms)
{
	const u64 until = c->now + ms;
	unsigned int i;
	u32 n = 0;

	for (;;) {
		u64 next = U64_MAX;

		cluster_settle(c);
		for (i = 0; i < c->n; i++)
			if (!c->node[i]->down)
				next = min_t(u64, next, min(deadline(c, i), pulse_due(c, i)));
		if (next > until)
			break;
		c->now = max_t(u64, c->now, next);
		for (i = 0; i < c->n; i++) {
			struct paxos_event ev = { .type = PAXOS_EVENT_TICK };

			if (!c->node[i]->down)
				pulse_all(c, i);
			if (!c->node[i]->down && deadline(c, i) <= c->now)
				cluster_do(c, (u8)(i + 1), &ev);
		}
		KUNIT_ASSERT_LT_MSG(c->test, n++, 20 * ms + 1000, "ticks without end");
	}
	c->now = until;
}

int cluster_init(struct cluster *c, u8 id)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };

	cluster_do(c, id, &ev);
	return ev.error;
}

/* A group of voters that lives. */
struct cluster *cluster_born(struct kunit *test, unsigned int n)
{
	struct cluster *c = cluster_new(test, n);
	u8 id;

	for (id = 1; id <= n; id++)
		cluster_introduce(c, id, 0);
	cluster_pass(c, 10);
	KUNIT_ASSERT_EQ(test, cluster_init(c, 1), 0);
	cluster_pass(c, 10);
	for (id = 1; id <= n; id++)
		KUNIT_ASSERT_EQ(test, cluster_core(c, id)->state, PAXOS_STATE_VOTING);
	return c;
}

/* All memory is lost: the node comes back under a new incarnation. */
void cluster_restart(struct cluster *c, u8 id)
{
	struct cluster_node *node = c->node[id - 1];
	u8 life = node->core.config.incarnation[0];
	u8 role = node->core.config.role;

	empty(node);
	memset(node->dir, 0, node->dir_size * sizeof(*node->dir));
	memset(&node->proposer, 0, sizeof(node->proposer));
	node_begin(node, id, (u8)(life + 1), c->now);
	node->core.config.role = role;
}

void cluster_give_up(struct cluster *c, u8 id)
{
	struct cluster_proposer *p = &c->node[id - 1]->proposer;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_DROP,
		.drop = { .owner = CLUSTER_OWNER, .ballot = p->ballot },
	};

	if (!p->ballot)
		return;
	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, ev.error, 0);
	KUNIT_EXPECT_PTR_EQ(c->test, ev.dropped, p->proposal);
	memset(p, 0, sizeof(*p));
}

/**
 * cluster_values - values of one client, in a row
 * @c: the cluster
 * @id: at this node
 * @value: the values, which the node keeps
 * @n: how many
 * @length: bytes of each
 */
void cluster_values(struct cluster *c, u8 id, struct paxos_value **value, u32 n, u32 length)
{
	u32 i;

	for (i = 0; i < n; i++)
		value[i] = cluster_value(c->node[id - 1], (u8)(i + 1), length);
}

/**
 * cluster_submit - a client wants values in the log
 * @c: the cluster
 * @id: its node
 * @owner: who it is
 * @value: the values
 * @n: how many
 *
 * Return: the error.
 */
int cluster_submit(struct cluster *c, u8 id, u64 owner, struct paxos_value **value, u32 n)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_SUBMIT, .submit.count = n };
	struct paxos_submission **link = &ev.submit.first;
	u32 i;

	for (i = 0; i < n; i++) {
		*link = kunit_kzalloc(c->test, sizeof(**link), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(c->test, *link);
		(*link)->owner = owner;
		(*link)->value = paxos_value_get(value[i]);
		link = &(*link)->younger;
	}
	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, !ev.error, !ev.why);
	for (i = 0; ev.error && i < n; i++)
		paxos_value_put(value[i]);
	return ev.error;
}

/**
 * cluster_lead - a node becomes the leader
 * @c: the cluster
 * @id: the node, whose ballots belong to CLUSTER_OWNER
 */
void cluster_lead(struct cluster *c, u8 id)
{
	struct cluster_node *node = c->node[id - 1];
	u64 ballot = cluster_hand_out(node, CLUSTER_OWNER, 0);
	u64 first = node->core.window.prefix + 1;
	struct paxos_event prepare = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = { CLUSTER_OWNER, ballot, CLUSTER_NONCE + ballot, first, false },
	};
	struct paxos_event grant = {
		.type = PAXOS_EVENT_GRANT,
		.grant = { .owner = CLUSTER_OWNER, .ballot = ballot, .first = first },
	};

	cluster_do(c, id, &prepare);
	cluster_settle(c);
	cluster_do(c, id, &grant);
	KUNIT_ASSERT_EQ(c->test, grant.error, 0);
	cluster_settle(c);
}

/**
 * cluster_propose - begin an attempt to have a value chosen
 * @c: the cluster
 * @id: where
 * @instance: for which instance
 * @value: the value
 *
 * What comes of it is in the node's proposer, once the cluster settled.
 */
void cluster_propose(struct cluster *c, u8 id, u64 instance, struct paxos_value *value)
{
	struct cluster_proposer *p = &c->node[id - 1]->proposer;
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };

	cluster_give_up(c, id);
	p->proposal = kunit_kzalloc(c->test, sizeof(*p->proposal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(c->test, p->proposal);
	ev.hand_out.proposal = p->proposal;
	ev.hand_out.owner = CLUSTER_OWNER;
	cluster_do(c, id, &ev);
	KUNIT_ASSERT_EQ(c->test, ev.error, 0);
	p->ballot = ev.ballot;
	p->instance = instance;
	p->value = value;
	ev = (struct paxos_event){
		.type = PAXOS_EVENT_PREPARE,
		.prepare = {
			.owner = CLUSTER_OWNER,
			.ballot = p->ballot,
			.nonce = CLUSTER_NONCE + p->ballot,
			.instance = instance,
			.single = true,
		},
	};
	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, ev.error, 0);
}

/* Attempts until the instance is settled. */
void cluster_decide(struct cluster *c, u8 id, u64 instance, struct paxos_value *value)
{
	struct cluster_proposer *p = &c->node[id - 1]->proposer;
	int i;

	for (i = 0; i < 20; i++) {
		cluster_propose(c, id, instance, value);
		cluster_pass(c, 2000);
		if (p->chosen)
			return;
	}
	KUNIT_FAIL(c->test, "instance %llu is not decided", (unsigned long long)instance);
}

void cluster_trim(struct cluster *c, u8 id, u64 to, int error)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM, .trim.to = to };

	cluster_do(c, id, &ev);
	KUNIT_EXPECT_EQ(c->test, ev.error, error);
}

bool cluster_has_chosen(struct cluster *c, u8 id, u64 instance, const struct paxos_value *value)
{
	const struct paxos_slot *slot = paxos_window_find(&cluster_core(c, id)->window, instance);

	return slot && slot->chosen && (!value || paxos_vid_equal(&slot->chosen->id, &value->id));
}

bool cluster_all_have(struct cluster *c, u64 instance, const struct paxos_value *value)
{
	u8 id;

	for (id = 1; id <= c->n; id++)
		if (!cluster_has_chosen(c, id, instance, value))
			return false;
	return true;
}

void cluster_no_alarm(struct cluster *c)
{
	unsigned int i;

	for (i = 0; i < c->n; i++)
		KUNIT_EXPECT_EQ_MSG(c->test, c->node[i]->alarms, 0, "node %u: alarm %u", i + 1,
				    c->node[i]->alarm);
}

struct size_of_cluster {
	const char *desc;
	unsigned int nodes;
};

static const struct size_of_cluster sizes[] = {
	{ "one node", 1 },
	{ "three nodes", 3 },
	{ "five nodes", 5 },
};

KUNIT_ARRAY_PARAM_DESC(sizes, sizes, desc);

static void decides_what_was_proposed(struct kunit *test)
{
	const struct size_of_cluster *param = test->param_value;
	struct cluster *c = cluster_born(test, param->nodes);
	struct paxos_value *value = cluster_value(c->node[0], 1, 100);
	u8 id;

	cluster_propose(c, 1, 1, value);
	cluster_settle(c);
	KUNIT_EXPECT_TRUE(test, c->node[0]->proposer.chosen);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, value)); /* P17, P19 */
	for (id = 1; id <= c->n; id++)
		KUNIT_EXPECT_EQ(test, cluster_core(c, id)->window.prefix, 1);
	cluster_no_alarm(c);
}

static void decides_a_log_in_order(struct kunit *test)
{
	const struct size_of_cluster *param = test->param_value;
	struct cluster *c = cluster_born(test, param->nodes);
	u64 s;

	for (s = 1; s <= 40; s++) {
		u8 id = (u8)(s % c->n + 1);

		cluster_decide(c, id, s, cluster_value(c->node[id - 1], (u8)s, (u32)s * 40));
		KUNIT_ASSERT_TRUE(test, cluster_all_have(c, s, NULL));
	}
	for (s = 1; s <= c->n; s++)
		KUNIT_EXPECT_EQ(test, cluster_core(c, (u8)s)->window.prefix, 40); /* P20 */
	cluster_no_alarm(c);
}

static void decides_with_a_minority_down(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	struct paxos_value *value = cluster_value(c->node[0], 1, 100);

	c->node[3]->down = true;
	c->node[4]->down = true;
	cluster_decide(c, 1, 1, value);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 3, 1, value));
	KUNIT_EXPECT_FALSE(test, cluster_has_chosen(c, 4, 1, NULL));
	c->node[3]->down = false;
	c->node[4]->down = false;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, value));
	cluster_no_alarm(c);
}

static void decides_nothing_with_a_majority_down(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);

	c->node[2]->down = true;
	c->node[3]->down = true;
	c->node[4]->down = true;
	cluster_propose(c, 1, 1, cluster_value(c->node[0], 1, 100));
	cluster_pass(c, 5000);
	KUNIT_EXPECT_FALSE(test, c->node[0]->proposer.chosen);
	KUNIT_EXPECT_FALSE(test, cluster_has_chosen(c, 1, 1, NULL)); /* P12, P18 */
	KUNIT_EXPECT_FALSE(test, cluster_has_chosen(c, 2, 1, NULL));
}

/* Five proposers of one instance, all at once, then one after another. */
static void duelling_proposers_agree(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	u8 id;

	c->shuffle = true;
	c->twice_every = 3;
	for (id = 1; id <= 5; id++)
		cluster_propose(c, id, 1, cluster_value(c->node[id - 1], id, 2000));
	cluster_pass(c, 500);
	c->shuffle = false;
	for (id = 1; id <= 5; id++)
		cluster_decide(c, id, 1, cluster_value(c->node[id - 1], id, 2000));
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, NULL));
	for (id = 2; id <= 5; id++)
		KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&c->node[id - 1]->proposer.chosen_id,
							&c->node[0]->proposer.chosen_id));
	cluster_no_alarm(c);
}

struct storm {
	const char *desc;
	u32 drop_every;
	u32 twice_every;
	bool shuffle;
};

static const struct storm storms[] = {
	{ "calm", 0, 0, false },
	{ "reordered", 0, 0, true },
	{ "duplicated", 0, 2, false },
	{ "one in two lost", 2, 0, false },
	{ "one in three lost, reordered", 3, 0, true },
	{ "one in five lost, one in seven twice, reordered", 5, 7, true },
	{ "one in seventeen lost", 17, 0, false },
};

KUNIT_ARRAY_PARAM_DESC(storms, storms, desc);

static void in_a_storm(struct cluster *c, const struct storm *storm)
{
	c->drop_every = storm->drop_every;
	c->twice_every = storm->twice_every;
	c->shuffle = storm->shuffle;
}

static void long_values_arrive_in_a_storm(struct kunit *test)
{
	const struct storm *storm = test->param_value;
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value = cluster_value(c->node[0], 1, PAXOS_VALUE_MAX);
	u8 id;

	in_a_storm(c, storm);
	cluster_decide(c, 1, 1, value);
	cluster_pass(c, 20000);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, value));
	for (id = 1; id <= 3; id++) {
		struct paxos_slot *slot = paxos_window_find(&cluster_core(c, id)->window, 1);

		if (slot && slot->chosen)
			KUNIT_EXPECT_EQ(test, paxos_value_digest(slot->chosen,
								 cluster_core(c, id)->identity),
					value->id.digest);
	}
	cluster_no_alarm(c);
}

static void rivals_agree_in_a_storm(struct kunit *test)
{
	const struct storm *storm = test->param_value;
	struct cluster *c = cluster_born(test, 5);
	u64 s;
	u8 id;

	in_a_storm(c, storm);
	for (s = 1; s <= 6; s++)
		for (id = 1; id <= 5; id++) {
			cluster_propose(c, id, s, cluster_value(c->node[id - 1],
								(u8)(10 * s + id), 3000));
			cluster_pass(c, cluster_random(&c->seed) % 60);
		}
	for (s = 1; s <= 6; s++)
		cluster_decide(c, (u8)(s % 5 + 1), s,
			       cluster_value(c->node[s % 5], (u8)(100 + s), 10));
	cluster_pass(c, 30000);
	for (s = 1; s <= 6; s++)
		KUNIT_EXPECT_TRUE(test, cluster_all_have(c, s, NULL));
	cluster_no_alarm(c);
}

/* Every message of one type is lost for a while: something else makes up for it. */
static void any_lost_message_is_made_up_for(struct kunit *test)
{
	u8 type;

	for (type = PAXOS_WIRE_PREPARE; type < __PAXOS_WIRE_MAX; type++) {
		struct cluster *c = cluster_born(test, 3);
		struct paxos_value *value = cluster_value(c->node[0], 1, 5000);

		c->losing = BIT_ULL(type);
		cluster_propose(c, 1, 1, value);
		cluster_pass(c, 3000);
		c->losing = 0;
		cluster_pass(c, 3000);
		if (!c->node[0]->proposer.chosen)
			cluster_decide(c, 1, 1, value);
		cluster_pass(c, 2000);
		KUNIT_EXPECT_TRUE_MSG(test, cluster_all_have(c, 1, value), "%s",
				      paxos_wire_type_name(type));
		cluster_no_alarm(c);
	}
}

/* A proposer ends in phase 2, seen by one voter alone; another takes over. P13 */
static void a_vote_left_behind_is_adopted(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value = cluster_value(c->node[0], 1, 4000);

	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPTED);
	cluster_propose(c, 1, 1, value);
	c->cut[0] = paxos_node_bit(3);
	cluster_settle(c);
	c->losing = 0;
	c->node[0]->down = true;
	KUNIT_ASSERT_FALSE(test, cluster_has_chosen(c, 2, 1, NULL));
	cluster_decide(c, 3, 1, cluster_value(c->node[2], 3, 10));
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 3, 1, value));
	c->cut[0] = 0;
	c->node[0]->down = false;
	cluster_pass(c, 3000);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 1, value));
	cluster_no_alarm(c);
}

static void a_late_node_catches_up(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 s;

	c->node[2]->down = true;
	for (s = 1; s <= 50; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, s % 3 ? 300 : 3000));
	c->node[2]->down = false;
	cluster_pass(c, 5000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 50);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.hash, cluster_core(c, 1)->window.hash);
	cluster_no_alarm(c);
}

/* Everybody else has trimmed: a late node begins at the trim point. P20, P22 */
static void a_late_node_begins_at_the_trim_point(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 s;

	c->node[2]->down = true;
	for (s = 1; s <= 40; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, 100));
	cluster_pass(c, 2000);
	cluster_trim(c, 1, 35, 0);
	cluster_trim(c, 2, 35, 0);
	c->node[2]->down = false;
	cluster_pass(c, 5000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 40);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.trim, 35);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.hash, cluster_core(c, 1)->window.hash);
	KUNIT_EXPECT_EQ(test, c->node[2]->alarm, PAXOS_ALARM_TRIMMED_AWAY);
	cluster_decide(c, 3, 41, cluster_value(c->node[2], 99, 100));
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 41, NULL));
}

/* A node that lost its memory learns, and does not vote. P8 */
static void amnesia_makes_mute(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	struct paxos_value *value = cluster_value(c->node[0], 1, 100);

	cluster_decide(c, 1, 1, value);
	cluster_restart(c, 2);
	cluster_introduce(c, 2, 0);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->state, PAXOS_STATE_MUTE);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 2, 1, value));
	/* Two voters are left, and both are needed. */
	cluster_decide(c, 1, 2, value);
	KUNIT_EXPECT_TRUE(test, cluster_all_have(c, 2, value));
	c->node[2]->down = true;
	cluster_propose(c, 1, 3, value);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_FALSE(test, c->node[0]->proposer.chosen);
	cluster_no_alarm(c);
}

/* P8, P22: what it learnt since it learnt as another. */
static void amnesia_is_no_voter_that_has_it(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 s;

	c->node[2]->down = true;
	for (s = 1; s <= 10; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, 100));
	cluster_restart(c, 2);
	cluster_introduce(c, 2, 0);
	cluster_pass(c, 3000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 2)->window.prefix, 10);
	cluster_trim(c, 1, 5, -EBUSY);
}

/* A proposal that was outvoted arrives late where the outcome was learnt. P17 */
static void an_old_proposal_is_no_alarm(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 5);
	struct paxos_value *old = cluster_value(c->node[0], 1, 100);
	struct paxos_value *new = cluster_value(c->node[1], 2, 100);
	u8 bytes[100];
	struct paxos_entry entry;
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &entry,
	};

	/* Node 1 is promised by 2 and 3, and votes; nobody hears its ACCEPT. */
	c->losing = BIT_ULL(PAXOS_WIRE_ACCEPT);
	c->cut[0] = paxos_node_bit(4) | paxos_node_bit(5);
	cluster_propose(c, 1, 1, old);
	cluster_settle(c);
	msg.accept.ballot = c->node[0]->proposer.ballot;
	KUNIT_ASSERT_TRUE(test, c->node[0]->proposer.accepting);
	c->node[0]->down = true;
	/* Node 2 is promised by 3 and 4; 5 hears of the outcome alone. */
	c->losing = 0;
	c->cut[1] = paxos_node_bit(5);
	cluster_decide(c, 2, 1, new);
	cluster_pass(c, 2000);
	KUNIT_ASSERT_TRUE(test, cluster_has_chosen(c, 5, 1, new));

	cluster_entry(&entry, 1, old, bytes);
	cluster_hear(c->node[4], 1, &msg);
	KUNIT_EXPECT_TRUE(test, cluster_has_chosen(c, 5, 1, new));
	KUNIT_EXPECT_EQ(test, cluster_outs(c->node[4], PAXOS_WIRE_ACCEPTED), 0);
	cluster_no_alarm(c);
}

/* One has trimmed, another still has it all: nothing need be missed. P20 */
static void what_one_trimmed_another_tells(struct kunit *test)
{
	struct cluster *c = cluster_born(test, 3);
	u64 s;

	c->node[2]->down = true;
	for (s = 1; s <= 40; s++)
		cluster_decide(c, 1, s, cluster_value(c->node[0], (u8)s, 100));
	cluster_pass(c, 2000);
	cluster_trim(c, 1, 35, 0);
	c->node[2]->down = false;
	cluster_pass(c, 5000);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.prefix, 40);
	KUNIT_EXPECT_EQ(test, cluster_core(c, 3)->window.trim, 0);
	cluster_no_alarm(c);
}

static struct kunit_case cluster_cases[] = {
	KUNIT_CASE_PARAM(decides_what_was_proposed, sizes_gen_params),
	KUNIT_CASE_PARAM(decides_a_log_in_order, sizes_gen_params),
	KUNIT_CASE(decides_with_a_minority_down),
	KUNIT_CASE(decides_nothing_with_a_majority_down),
	KUNIT_CASE(duelling_proposers_agree),
	KUNIT_CASE_PARAM(long_values_arrive_in_a_storm, storms_gen_params),
	KUNIT_CASE_PARAM(rivals_agree_in_a_storm, storms_gen_params),
	KUNIT_CASE(any_lost_message_is_made_up_for),
	KUNIT_CASE(a_vote_left_behind_is_adopted),
	KUNIT_CASE(a_late_node_catches_up),
	KUNIT_CASE(a_late_node_begins_at_the_trim_point),
	KUNIT_CASE(what_one_trimmed_another_tells),
	KUNIT_CASE(amnesia_makes_mute),
	KUNIT_CASE(amnesia_is_no_voter_that_has_it),
	KUNIT_CASE(an_old_proposal_is_no_alarm),
	{}
};

static struct kunit_suite cluster_suite = {
	.name = "paxos_cluster",
	.exit = cluster_exit,
	.test_cases = cluster_cases,
};

kunit_test_suite(cluster_suite);
