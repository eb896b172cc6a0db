// SPDX-License-Identifier: GPL-2.0
/*
 * Cores as a program has them: the input says what is asked of whom, which
 * datagrams arrive, twice, or never, who loses his memory, and what a member
 * that lies would say.
 */
#include "ballot.h"
#include "cluster.h"

#define STEPS	3000	/* of all nodes; what a program makes of itself is bounded */

enum what {
	DELIVER, DELIVER_KEEP, LOSE, DELIVER_ALL, TICK, INIT, HAND_OUT, PREPARE, ACCEPT,
	ACCEPT_WRONG, DROP, DROP_OWNER, TRIM, MEMBER, MEMBER_GONE, DURABLE, RESTART, STARVE,
	FEED, MOVE, LIMIT, PROPOSE, HOSTILE,
	N_WHAT = HOSTILE + PAXOS_WIRE_PART,
};

/* What chance would need many instructions for: they have numbers of their own. */
#define MANY	224

enum many { MANY_VALUES, MANY_BALLOTS, MANY_MEMBERS, MANY_CHUNKS, N_MANY };

/* Likewise: leaders, and those who follow them. */
#define LEAD	192

enum lead {
	LEAD_GRANT, LEAD_RENEW, LEAD_RESIGN, LEAD_SUBMIT, LEAD_BARRIER, LEAD_NO_BARRIER,
	LEAD_TIMING, LEAD_ASK, LEAD_HOSTILE, LEAD_ALL, N_LEAD,
};

static struct host *host_of(struct cluster *c, const struct program_op *op)
{
	return &c->host[op->node % c->n];
}

static void deliver(struct cluster *c, uint32_t index, bool keep)
{
	struct mail mail, copy;
	uint8_t to;

	if (!c->n_mail)
		return;
	index %= c->n_mail;
	mail = c->mail[index];
	if (keep) {
		/* The list may lose it meanwhile. */
		copy = mail;
		copy.bytes = malloc(mail.length);
		if (!copy.bytes)
			abort();
		memcpy(copy.bytes, mail.bytes, mail.length);
		mail = copy;
	} else {
		mail = mail_take(c, index);
	}
	for (to = 1; to <= c->n; to++)
		host_deliver(c, &mail, to);
	free(mail.bytes);
}

/* It arrives at one of those it goes to, or is lost on its way there. */
static void deliver_one(struct cluster *c, uint32_t index, uint8_t to, bool lose)
{
	struct mail *mail, copy;

	if (!c->n_mail)
		return;
	mail = &c->mail[index % c->n_mail];
	if (!(mail->to & paxos_node_bit(to)))
		return;
	mail->to &= ~paxos_node_bit(to);
	copy = *mail;
	copy.bytes = malloc(copy.length);
	if (!copy.bytes)
		abort();
	memcpy(copy.bytes, mail->bytes, copy.length);
	if (!mail->to)
		free(mail_take(c, index % c->n_mail).bytes);
	if (!lose)
		host_hear(c, to, copy.bytes, copy.length);
	free(copy.bytes);
}

static void deliver_all(struct cluster *c, uint32_t n)
{
	while (n-- && c->n_mail && c->steps < STEPS)
		deliver(c, 0, false);
}

static void tick(struct cluster *c, struct host *host, uint8_t how_long)
{
	static const uint16_t times[] = { 1, 5, 20, 30, 100, 500, 1100, 4000 };
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };

	c->now += times[how_long % ARRAY_SIZE(times)];
	host_step(c, host, &ev);
}

static void tick_all(struct cluster *c, uint8_t how_long)
{
	uint8_t i;

	for (i = 0; i < c->n; i++)
		tick(c, &c->host[i], i ? 0 : how_long);
}

static struct paxos_event init(struct cluster *c, struct host *host)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };

	host_step(c, host, &ev);
	return ev;
}

/* P10: handed out once, above all that was seen. */
static struct round *hand_out(struct cluster *c, struct host *host, uint64_t owner, uint64_t above)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };
	uint64_t highest = host->core.highest;
	struct round *r;
	uint32_t i;

	if (c->n_rounds == CLUSTER_ROUNDS)
		return NULL;
	ev.hand_out.proposal = calloc(1, sizeof(*ev.hand_out.proposal));
	if (!ev.hand_out.proposal)
		abort();
	ev.hand_out.owner = owner;
	ev.hand_out.above = above;
	host_step(c, host, &ev);
	if (ev.error) {
		free(ev.hand_out.proposal);
		return NULL;
	}
	fuzz_check(ev.ballot > highest && ev.ballot > above);
	fuzz_check(paxos_ballot_node(ev.ballot) == host->id);
	for (i = 0; i < c->n_rounds; i++)
		fuzz_check(c->round[i].ballot != ev.ballot || c->round[i].life != host->life);
	r = &c->round[c->n_rounds++];
	memset(r, 0, sizeof(*r));
	r->ballot = ev.ballot;
	r->owner = owner;
	r->node = host->id;
	r->life = host->life;
	return r;
}

/* One of the node's ballots, the newest first; now and then another's. */
static struct round *pick_round(struct cluster *c, const struct host *host, uint8_t sel)
{
	uint32_t i, n = sel % 4;

	for (i = c->n_rounds; i > 0; i--)
		if ((c->round[i - 1].node == host->id || sel > 250) && !n--)
			return &c->round[i - 1];
	return NULL;
}

static void prepare(struct cluster *c, struct host *host, struct round *r, uint64_t instance,
		    bool single, uint64_t owner)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	ev.prepare.owner = owner;
	ev.prepare.ballot = r->ballot;
	ev.prepare.nonce = r->ballot * 3 + 1;
	ev.prepare.instance = instance;
	ev.prepare.single = single;
	if (!r->prepared) {
		r->from = instance;
		r->single = single;
	}
	host_step(c, host, &ev);
	if (!ev.error)
		r->prepared = true;
}

/* P13, as an honest proposer does it. False if it has to keep still. */
static bool apply_rule(const struct cluster *c, const struct round *r, uint64_t instance,
		       struct paxos_vid *id)
{
	const struct report *best = NULL;
	uint16_t i;

	if (r->blind)
		return false;
	for (i = 0; i < r->n; i++) {
		const struct report *report = &r->report[i];

		if (report->instance != instance || !(r->whole & paxos_node_bit(report->node)))
			continue;
		if (report->chosen) {
			*id = report->id;
			return true;
		}
		if (best && best->ballot == report->ballot)
			fuzz_check(c->hostile || paxos_vid_equal(&best->id, &report->id));
		if (!best || report->ballot > best->ballot)
			best = report;
	}
	if (best)
		*id = best->id;
	else
		memset(id, 0, sizeof(*id));
	return true;
}

/* P12: only after whole promises of a quorum. */
static void check_quorum(const struct cluster *c, const struct host *host, const struct round *r)
{
	if (!c->hostile)
		fuzz_check(paxos_quorum_has(r->whole,
					    host->core.membership.options.quorum.phase_1));
}

static void accept(struct cluster *c, struct host *host, struct round *r, uint64_t instance,
		   uint8_t shape, bool wrong)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	const struct made *made = NULL;
	struct paxos_slot *slot;
	uint32_t sent = c->n_sent;

	if (!apply_rule(c, r, instance, &ev.accept.id) && !wrong)
		return;
	if (wrong || (!ev.accept.id.client && !ev.accept.id.digest)) {
		if (shape & 128 && c->n_made && wrong)
			made = &c->made[shape % c->n_made];
		else
			made = cluster_make(c, host, host->id, shape);
		if (!made)
			return;
		ev.accept.id = made->id;
		/* By name alone: the bytes are to be had from a voter, or nowhere. */
		if (!(wrong && shape & 64))
			ev.accept.value = value_of(&host->pool, made);
	}
	ev.accept.owner = r->owner;
	ev.accept.ballot = r->ballot;
	ev.accept.instance = instance;
	slot = paxos_window_find(&host->core.window, instance);
	/* That is the proposer's promise to the kernel: who breaks it lies. */
	if (wrong && !(slot && slot->chosen))
		c->hostile = true;
	host_step(c, host, &ev);
	paxos_value_put(ev.accept.value);
	if (!ev.error && c->n_sent > sent)
		check_quorum(c, host, r);
}

static void drop(struct cluster *c, struct host *host, uint8_t type, uint64_t owner,
		 uint64_t ballot)
{
	struct paxos_event ev = { .type = type };

	ev.drop.owner = owner;
	ev.drop.ballot = ballot;
	host_step(c, host, &ev);
	while (ev.dropped) {
		struct paxos_proposal *p = ev.dropped;

		ev.dropped = p->next;
		free(p);
	}
}

static void trim(struct cluster *c, struct host *host, uint64_t to, bool force)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM };
	uint64_t prefix = host->core.window.prefix;

	ev.trim.to = to;
	ev.trim.force = force;
	host_step(c, host, &ev);
	fuzz_check(ev.error || to <= prefix);
}

static void member(struct cluster *c, struct host *host, uint8_t node, uint8_t type, uint8_t role)
{
	struct paxos_event ev = { .type = type };

	ev.member.node = (uint8_t)(1 + node % (node & 128 ? PAXOS_NODE_MAX : CLUSTER_NODES));
	ev.member.role = role & 1 ? PAXOS_ROLE_LEARNER : PAXOS_ROLE_VOTER;
	host_step(c, host, &ev);
}

static void durable(struct cluster *c, struct host *host, uint8_t back)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_DURABLE };

	ev.durable = host->core.record - min_t(u64, host->core.record, back % 8);
	host_step(c, host, &ev);
}

/* The ring grows, as when the operator raises the log's size. */
static void move(struct host *host)
{
	struct paxos_window *w = &host->core.window;
	struct paxos_slot **dir;

	if (w->dir_size > 512)
		return;
	dir = calloc(2 * w->dir_size, sizeof(*dir));
	if (!dir)
		abort();
	free(paxos_window_move(w, dir, 2 * w->dir_size));
	host->dir = dir;
	host->pool.limit *= 2;
}

/* A whole proposal, so that chance need not find each of its steps. */
static void propose(struct cluster *c, struct host *host, const struct program_op *op)
{
	struct round *r = hand_out(c, host, 1 + op->a % 3, 0);
	uint64_t instance = host->core.window.prefix + 1 + (op->b & 3);

	if (!r)
		return;
	prepare(c, host, r, instance, !(op->b & 4), r->owner);
	deliver_all(c, 4 + op->c % 16);
	if (!(op->b & 8) || c->journal)
		durable(c, host, 0);
	accept(c, host, r, instance, op->d, false);
	deliver_all(c, op->e % 64);
	if (op->b & 16)
		drop(c, host, PAXOS_EVENT_DROP, r->owner, r->ballot);
}

/* A value that no voter has: its bytes come from somebody else, later. */
static void accept_by_name(struct cluster *c, struct host *host, const struct round *r,
			   uint64_t instance, const struct made *made)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };

	ev.accept.owner = r->owner;
	ev.accept.ballot = r->ballot;
	ev.accept.instance = instance;
	ev.accept.id = made->id;
	c->hostile = true;
	host_step(c, host, &ev);
}

/* More ballots for one instance than a step has notes, or sends again for. */
static void many_ballots(struct cluster *c, struct host *host, const struct program_op *op)
{
	uint64_t instance = op->b & 64 ? host->core.window.trim + 1 :
			    host->core.window.prefix + 1 + op->b % 4;
	const struct made *made = op->d & 4 ? cluster_make(c, host, 66, op->f) : NULL;
	uint8_t i;

	for (i = 0; i < op->a % CLUSTER_ROUNDS && c->steps < STEPS; i++) {
		struct round *r = hand_out(c, host, 1 + op->c % 3, 0);

		if (!r)
			break;
		prepare(c, host, r, instance, !(op->d & 1), r->owner);
		deliver_all(c, op->e % 16);
		if (made)
			accept_by_name(c, host, r, instance, made);
		else if (op->d & 2)
			accept(c, host, r, instance, op->f, false);
	}
	if (made && op->d & 8)
		hostile_parts(c, host, instance, made);
}

static void run_many(struct cluster *c, struct host *host, const struct program_op *op)
{
	struct program_op values = *op;
	uint8_t i;

	switch ((op->what - MANY) % N_MANY) {
	case MANY_VALUES:
		/* The next in order, or some with others between them. */
		values.a = op->a & 1 ? 0 : (uint8_t)(op->a << 4 | 3);
		for (i = 0; i <= op->e % 24 && c->steps < STEPS; i++)
			hostile_say(c, &values, op->a & 2 ? PAXOS_WIRE_ACCEPT : PAXOS_WIRE_VALUES);
		return;
	case MANY_BALLOTS:
		return many_ballots(c, host, op);
	case MANY_MEMBERS:
		for (i = 0; i < op->a % 20; i++)
			member(c, host, 128 | (uint8_t)(op->b + i), op->c & 1 ?
			       PAXOS_EVENT_MEMBER_GONE : PAXOS_EVENT_MEMBER, op->d);
		return;
	default:
		host->starved = op->b & 1;
		if (host->starved)
			host_dry(host, op->b >> 1);
		else
			host_feed(host, 1 + op->a % 3);
	}
}

/* All that it takes to lead. */
static struct round *lead(struct cluster *c, struct host *host, const struct program_op *op)
{
	struct round *r = hand_out(c, host, 1 + op->a % 3, 0);

	if (!r)
		return NULL;
	prepare(c, host, r, host->core.window.prefix + 1, false, r->owner);
	durable(c, host, 0);
	deliver_all(c, 8 + op->b % 32);
	lead_grant(c, host, r, lead_first(host, r), r->owner);
	return r;
}

/* What is below the grant is its owner's to finish, by the value rule. */
static void finish(struct cluster *c, struct host *host, struct round *r, uint8_t shape)
{
	uint64_t instance = host->core.window.prefix + 1;
	uint64_t first = host->core.grant.first;

	if (host->core.grant.ballot != r->ballot)
		return;
	for (; instance < first && c->steps < STEPS; instance++) {
		accept(c, host, r, instance, shape, false);
		deliver_all(c, 12);
	}
}

static void run_lead(struct cluster *c, struct host *host, const struct program_op *op)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };
	struct round *r = pick_round(c, host, op->a);
	const uint64_t owner = 1 + op->f % 3;

	switch ((op->what - LEAD) % N_LEAD) {
	case LEAD_GRANT:
		/* Also right over what was reported. */
		if (r)
			lead_grant(c, host, r, op->b & 2 && r->n ?
				   r->report[op->c % r->n].instance :
				   op->b & 1 ? hostile_instance(host, op->c) :
				   lead_first(host, r), op->b > 250 ? owner : r->owner);
		return;
	case LEAD_RENEW:
		if (r)
			lead_renew(c, host, r, op->b > 250 ? owner : r->owner);
		return;
	case LEAD_RESIGN:
		ev.type = PAXOS_EVENT_RESIGN;
		break;
	case LEAD_SUBMIT:
		return lead_submit(c, host, owner, (uint8_t)(1 + op->b % 12), op->c);
	case LEAD_BARRIER:
		return lead_barrier(c, host, owner, op->b % 4);
	case LEAD_NO_BARRIER:
		ev.type = PAXOS_EVENT_DROP_BARRIER;
		ev.drop.owner = owner;
		ev.drop.cookie = op->b % 4;
		break;
	case LEAD_TIMING:
		ev.type = PAXOS_EVENT_TIMING;
		ev.timing.heartbeat = 1 + op->b % 64;
		ev.timing.timeout_min = 1 + op->c;
		ev.timing.timeout_max = ev.timing.timeout_min + op->d;
		break;
	case LEAD_ASK:
		ev.type = PAXOS_EVENT_ASK;
		break;
	case LEAD_HOSTILE:
		return hostile_say(c, op, (uint8_t)(PAXOS_WIRE_HEARTBEAT + op->f % 3));
	default:
		r = lead(c, host, op);
		if (r && op->d & 1)
			finish(c, host, r, op->e);
		if (op->d & 2)
			lead_submit(c, host, owner, (uint8_t)(1 + op->c % 8), op->f & 127);
		return deliver_all(c, op->e % 64);
	}
	host_step(c, host, &ev);
}

static void run_local(struct cluster *c, struct host *host, const struct program_op *op)
{
	struct round *r = pick_round(c, host, op->a);

	switch (op->what % N_WHAT) {
	case INIT:
		init(c, host);
		break;
	case HAND_OUT:
		hand_out(c, host, 1 + op->a % 3,
			 op->b & 1 ? hostile_ballot(c, host, host->id, op->c) : 0);
		break;
	case PREPARE:
		if (r)
			prepare(c, host, r, hostile_instance(host, op->b), op->c & 1,
				op->c & 128 ? 9 : r->owner);
		break;
	case ACCEPT:
	case ACCEPT_WRONG:
		if (r)
			accept(c, host, r, op->b & 1 ? hostile_instance(host, op->c) :
			       r->from + (r->single ? 0 : op->b >> 4), op->d,
			       op->what % N_WHAT == ACCEPT_WRONG);
		break;
	case DROP:
		if (r)
			drop(c, host, PAXOS_EVENT_DROP, r->owner, r->ballot);
		break;
	case DROP_OWNER:
		drop(c, host, PAXOS_EVENT_DROP_OWNER, 1 + op->a % 3, 0);
		break;
	case TRIM:
		trim(c, host, hostile_instance(host, op->a), op->b & 1);
		break;
	case MEMBER:
		member(c, host, op->a, PAXOS_EVENT_MEMBER, op->b);
		break;
	case MEMBER_GONE:
		member(c, host, op->a, PAXOS_EVENT_MEMBER_GONE, op->b);
		break;
	case DURABLE:
		durable(c, host, op->a);
		break;
	default:
		propose(c, host, op);
	}
}

static void run_op(struct cluster *c, const struct program_op *op)
{
	struct host *host = host_of(c, op);
	uint8_t what = op->what % N_WHAT;

	if (op->what >= MANY)
		return run_many(c, host, op);
	if (op->what >= LEAD)
		return run_lead(c, host, op);
	switch (what) {
	case DELIVER:
	case DELIVER_KEEP:
		if (op->b & 1)
			return deliver_one(c, op->a, host->id, false);
		return deliver(c, op->a, what == DELIVER_KEEP);
	case LOSE:
		if (op->b & 1)
			return deliver_one(c, op->a, host->id, true);
		if (c->n_mail)
			free(mail_take(c, op->a % c->n_mail).bytes);
		return;
	case DELIVER_ALL:
		return deliver_all(c, 1 + op->a);
	case TICK:
		if (op->b & 1)
			return tick(c, host, op->a);
		return tick_all(c, op->a);
	case RESTART:
		host_stop(c, host);
		return host_start(c, host);
	case STARVE:
		host->starved = true;
		return;
	case FEED:
		host->starved = false;
		return host_refill(host);
	case MOVE:
		return move(host);
	case LIMIT:
		host->pool.limit = max(host->pool.given,
				       op->a & 4 ? 0 : c->log_size >> (op->a & 3));
		return;
	default:
		if (what >= HOSTILE)
			return hostile_say(c, op, (uint8_t)(what - HOSTILE + PAXOS_WIRE_HELLO));
		return run_local(c, host, op);
	}
}

/* The head says what kind of cluster it is, and whether the group lives. */
static void begin(struct cluster *c, const struct program_op *head)
{
	static const uint8_t sizes[] = { 3, 3, 3, 5, 5, 1, 2, 4 };
	static const uint32_t windows[] = { 32, 2, 8, 33, 64, 300 };
	static const uint32_t bytes[] = { 1 << 20, 1, 2000, 70000 };
	static const uint32_t logs[] = { 256 << 10, 64 << 10, 1 << 20 };
	uint8_t i;

	memset(c, 0, sizeof(*c));
	c->now = 1000;
	c->n_voters = sizes[head->what % ARRAY_SIZE(sizes)];
	c->n = (uint8_t)(c->n_voters + (head->node & 1));
	c->journal = (head->node & 14) == 14;
	c->log_size = logs[head->a % ARRAY_SIZE(logs)];
	c->config.group = 7;
	c->config.window = windows[head->b % ARRAY_SIZE(windows)];
	c->config.window_bytes = bytes[head->c % ARRAY_SIZE(bytes)];
	c->config.boot = 1;
	c->config.heartbeat = 10;
	c->config.timeout_min = 50;
	c->config.timeout_max = 100;
	if (head->d & 1) {
		c->config.quorum_1 = c->n_voters;
		c->config.quorum_2 = (uint8_t)(1 + head->e % c->n_voters);
	} else if (head->d & 4) {
		c->config.quorum_1 = 1;
		c->config.quorum_2 = c->n_voters;
	}
	for (i = 0; i < c->n; i++) {
		c->host[i].id = (uint8_t)(i + 1);
		c->host[i].voter = i < c->n_voters;
	}
	for (i = 0; i < c->n; i++)
		host_start(c, &c->host[i]);
	if (head->d & 2)
		return;
	tick_all(c, 0);
	deliver_all(c, 80);
	fuzz_check(!init(c, &c->host[0]).error);
	/* Who adopted says so when it greets. */
	for (i = 0; i < 2; i++) {
		tick_all(c, 0);
		deliver_all(c, 80);
	}
	for (i = 0; i < c->n_voters; i++)
		fuzz_check(c->host[i].core.state == PAXOS_STATE_VOTING);
}

static void end(struct cluster *c)
{
	uint8_t i;

	for (i = 0; i < c->n; i++)
		host_stop(c, &c->host[i]);
	while (c->n_mail)
		free(c->mail[--c->n_mail].bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cluster cluster;
	struct program_op op;
	size_t i;

	if (size < sizeof(op))
		return 0;
	memcpy(&op, data, sizeof(op));
	begin(&cluster, &op);
	for (i = 1; i < size / sizeof(op) && i <= PROGRAM_MAX && cluster.steps < STEPS; i++) {
		memcpy(&op, data + i * sizeof(op), sizeof(op));
		run_op(&cluster, &op);
	}
	end(&cluster);
	return 0;
}
