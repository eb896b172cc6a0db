// SPDX-License-Identifier: GPL-2.0
/*
 * The node in hand: a core, its memory and its proposer, always at the same
 * place, so that its pointers hold when its bytes are put back.
 *
 * Time stands still. Timers that send again make nothing new, for what was said
 * once may be heard at any time. Those that change what a node does, such as a
 * proposer's patience, are events that may come at any moment.
 */
#include <stdlib.h>

#include "model.h"

#define OWNER		1
#define WAKE		1000	/* the normalized time of the proposer's timer */
#define NEVER		(U64_MAX / 2)

struct memory mem;
u32 said[SAID_MAX];
u32 n_said;

void say(u32 message)
{
	if (n_said == SAID_MAX)
		die("a step says more than %u messages", SAID_MAX);
	said[n_said++] = message;
}

static void give_chunks(void)
{
	unsigned int i;

	paxos_pool_init(&mem.pool, 1 << 20);
	for (i = SMALLS; i > 0; i--)
		paxos_pool_give(&mem.pool, PAXOS_CHUNK_SMALL, mem.small[i - 1]);
	paxos_pool_give(&mem.pool, PAXOS_CHUNK_PAGE, mem.page);
}

void memory_boot(u8 node, u8 life)
{
	struct paxos_config config = {
		.group = 7,
		.node = node,
		.role = PAXOS_ROLE_VOTER,
		.window = 4,
		.window_bytes = 1 << 16,
		.quorum_1 = setup.quorum_1,
		.quorum_2 = setup.quorum_2,
		.boot = 1,
		.incarnation = { node, life },
	};
	unsigned int i;

	memset(&mem, 0, sizeof(mem));
	give_chunks();
	paxos_core_init(&mem.core, &config, &mem.pool, mem.dir, 1, true, NOW);
	for (i = 1; i <= setup.nodes; i++) {
		struct paxos_event ev = { .type = PAXOS_EVENT_MEMBER };

		if (i == node)
			continue;
		ev.member.node = (u8)i;
		ev.member.role = PAXOS_ROLE_VOTER;
		memory_step(&ev);
	}
	mem.life = life;
	proposer_init(&mem.proposer, 1);
}

/* A message that leaves, now or when its record is durable. */
static void leave(const struct paxos_out *out, u8 to)
{
	struct paxos_header header;
	u32 id, i;

	paxos_core_header(&mem.core, &header);
	id = message_intern(&header, &out->msg, to);
	if (out->after <= mem.core.durable) {
		say(id);
		return;
	}
	/* The same again leaves no sooner, and brings nothing new when it does. */
	for (i = 0; i < mem.waitings; i++)
		if (mem.waiting[i] == id && mem.after[i] <= out->after)
			return;
	if (mem.waitings == WAITING)
		die("more than %u messages wait for their record", WAITING);
	mem.waiting[mem.waitings] = id;
	mem.after[mem.waitings++] = out->after;
}

/*
 * What the core heard from itself at once is history, too. What it could not
 * hear since it is not durable will be history, but it does not hear it: it
 * asks itself again.
 */
static void take_message(const struct paxos_out *out)
{
	u8 self = mem.core.config.node;
	u8 to;

	if (!(setup.types & 1U << out->msg.type))
		return;
	/*
	 * Who is new greets. The greetings of old may be heard again, and what
	 * later ones would tell beyond them, the highest ballot, is told by
	 * others: they would only be many.
	 */
	if (out->msg.type == PAXOS_WIRE_HELLO && mem.core.state != PAXOS_STATE_CONFIGURED &&
	    mem.alive)
		return;
	if (!out->to)
		leave(out, self);
	for (to = 1; to <= setup.nodes; to++)
		if (out->to & paxos_node_bit(to))
			leave(out, to);
}

static void take_note(const struct paxos_note *note)
{
	const struct proposer *p = &mem.proposer;
	struct letter *l;
	u16 i;

	if (note->type == PAXOS_NOTE_ALARM)
		violated("alarm %u at node %u of instance %llu by node %u", note->reason,
			 mem.core.config.node, (unsigned long long)note->instance, note->node);
	if (note->type != PAXOS_NOTE_PROMISE && note->type != PAXOS_NOTE_REFUSED &&
	    note->type != PAXOS_NOTE_CHOSEN)
		return;
	/* The proposer would not look at these. */
	if (p->phase == PROPOSER_IDLE ||
	    (note->type != PAXOS_NOTE_CHOSEN && note->ballot != p->ballot.ballot))
		return;
	if (mem.letters == LETTERS || note->n_entries > VOTES)
		die("more notes than a node's memory has room for");
	l = &mem.letter[mem.letters++];
	memset(l, 0, sizeof(*l));
	l->note = *note;
	l->note.entry = NULL;
	for (i = 0; i < note->n_entries; i++) {
		const struct paxos_entry *e = &note->entry[i];

		l->vote[i].instance = e->instance;
		l->vote[i].ballot = e->ballot;
		l->vote[i].client = e->id.client;
		l->vote[i].sequence = e->id.sequence;
		l->vote[i].digest = e->id.digest;
		l->vote[i].kind = e->kind;
		l->vote[i].length = e->length;
		l->vote[i].chosen = e->chosen;
	}
}

void memory_step(struct paxos_event *ev)
{
	static struct paxos_outbox ob;
	u16 i;

	paxos_outbox_init(&ob);
	if (!ev->now)
		ev->now = NOW;
	paxos_step(&mem.core, ev, &ob);
	if (ob.lost || ev->reason == PAXOS_REASON_POOL_EMPTY || ev->reason == PAXOS_REASON_FULL ||
	    ev->error == -EAGAIN || ev->error == -ENOSPC)
		die("a node's memory is too small: lost %u reason %s error %d", ob.lost,
		    paxos_reason_name(ev->reason), ev->error);
	for (i = 0; i < ob.n_out; i++)
		take_message(&ob.out[i]);
	for (i = 0; i < ob.n_notes; i++)
		take_note(&ob.note[i]);
	paxos_outbox_release(&ob);
	paxos_pool_drain(&mem.pool);
}

static void act(const struct proposer_outbox *todo);

static void feed(u64 now, const struct proposer_event *event)
{
	struct proposer_outbox out;

	proposer_step(&mem.proposer, now, event, &out);
	act(&out);
}

static void fail(int error)
{
	struct proposer_event ev = { .type = PROPOSER_FAILED };

	if (error != -ESTALE && error != -ENOBUFS && error != -EPERM && error != -ERANGE)
		ev.type = PROPOSER_FAILED_FOR_GOOD;
	feed(0, &ev);
}

static void get(u64 above)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_HAND_OUT };
	struct proposer_event got = { .type = PROPOSER_BALLOT };
	const struct paxos_quorum *q = &mem.core.membership.options.quorum;
	unsigned int i;

	/* So far, and no further: the proposer waits for an answer for ever. */
	if (!mem.rounds)
		return;
	mem.rounds--;
	for (i = 0; i < PROPOSALS && mem.taken[i]; i++)
		;
	if (i == PROPOSALS)
		die("more than %u ballots at a time", PROPOSALS);
	memset(&mem.proposal[i], 0, sizeof(mem.proposal[i]));
	ev.hand_out.proposal = &mem.proposal[i];
	ev.hand_out.owner = OWNER;
	ev.hand_out.above = above;
	memory_step(&ev);
	if (ev.error)
		return fail(ev.error);
	mem.taken[i] = true;
	got.ballot.ballot = ev.ballot;
	got.ballot.next = ev.instance;
	got.ballot.voters = q->voters;
	got.ballot.quorum_1 = q->phase_1;
	got.ballot.quorum_2 = q->phase_2;
	feed(0, &got);
}

struct paxos_value *memory_value(u64 client, u64 sequence)
{
	u8 bytes[4] = { (u8)client, (u8)sequence };
	struct paxos_value *value;

	value = paxos_value_alloc(&mem.pool, sizeof(bytes), PAXOS_KIND_VALUE, NULL);
	if (!value)
		die("a node's memory is too small for its value");
	value->id.client = client;
	value->id.sequence = sequence;
	paxos_value_write(value, 0, bytes, sizeof(bytes));
	value->id.digest = paxos_value_digest(value, mem.core.identity);
	return value;
}

static void do_accept(const struct proposer_action *action)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_ACCEPT };
	struct paxos_value *value = NULL;

	ev.accept.owner = OWNER;
	ev.accept.ballot = action->ballot;
	ev.accept.instance = action->instance;
	if (action->type == PROPOSER_ACCEPT)
		value = memory_value(mem.proposer.own.client, mem.proposer.own.sequence);
	ev.accept.value = value;
	ev.accept.id.client = action->value.client;
	ev.accept.id.sequence = action->value.sequence;
	ev.accept.id.digest = action->value.digest;
	memory_step(&ev);
	paxos_value_put(value);
	paxos_pool_drain(&mem.pool);
	if (ev.error)
		fail(ev.error);
}

static void prepare(const struct proposer_action *action)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	ev.prepare.owner = OWNER;
	ev.prepare.ballot = action->ballot;
	/* As good as drawn: no two rounds of a node have the same. */
	ev.prepare.nonce = 100u * mem.life + mem.rounds;
	ev.prepare.instance = action->instance;
	ev.prepare.single = !(setup.all & paxos_core_self(&mem.core));
	memory_step(&ev);
	if (ev.error)
		fail(ev.error);
}

static void drop(u64 ballot)
{
	struct paxos_event ev = { .type = ballot ? PAXOS_EVENT_DROP : PAXOS_EVENT_DROP_OWNER };

	ev.drop.owner = OWNER;
	ev.drop.ballot = ballot;
	memory_step(&ev);
	for (; ev.dropped; ev.dropped = ev.dropped->next)
		mem.taken[ev.dropped - mem.proposal] = false;
}

static void act(const struct proposer_outbox *todo)
{
	unsigned int i;

	for (i = 0; i < todo->count; i++) {
		const struct proposer_action *action = &todo->actions[i];

		/* Each but the drop is the last: what it leads to may act itself. */
		switch (action->type) {
		case PROPOSER_DROP:
			drop(action->ballot);
			break;
		case PROPOSER_GET:
			return get(action->ballot);
		case PROPOSER_PREPARE:
			return prepare(action);
		case PROPOSER_ACCEPT:
		case PROPOSER_ADOPT:
			return do_accept(action);
		case PROPOSER_DONE:
			return;
		}
	}
}

static void hear_note(void)
{
	struct letter l = mem.letter[0];
	const struct paxos_note *n = &l.note;
	struct proposer_event ev = { .type = PROPOSER_CHOSEN };

	mem.letters--;
	memmove(&mem.letter[0], &mem.letter[1], mem.letters * sizeof(l));
	memset(&mem.letter[mem.letters], 0, sizeof(l));
	if (n->type == PAXOS_NOTE_PROMISE) {
		ev.type = PROPOSER_PROMISE;
		ev.promise = (struct paxosnl_promise){
			.ballot = n->ballot, .node = n->node, .from = n->from, .upto = n->upto,
			.trim = n->trim, .votes = l.vote, .count = n->n_entries,
			.whole = n->whole, .quorum = n->quorum,
		};
	} else if (n->type == PAXOS_NOTE_REFUSED) {
		ev.type = PROPOSER_REFUSED;
		ev.refused = (struct paxosnl_refused){
			.ballot = n->ballot, .node = n->node, .instance = n->instance,
			.refusal = n->reason, .highest = n->highest,
		};
	} else {
		ev.chosen = (struct paxosnl_chosen){
			.ballot = n->ballot, .instance = n->instance, .client = n->id.client,
			.sequence = n->id.sequence, .digest = n->id.digest, .kind = n->kind,
		};
	}
	feed(0, &ev);
}

static void hear_message(u32 id)
{
	struct message m = *message_get(id);
	struct paxos_event ev = { .type = PAXOS_EVENT_MESSAGE };

	m.msg.entry = m.entry;
	ev.message.header = &m.header;
	ev.message.msg = &m.msg;
	memory_step(&ev);
}

static void become_durable(void)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_DURABLE, .durable = mem.submitted };
	u32 i, kept = 0;

	memory_step(&ev);
	for (i = 0; i < mem.waitings; i++) {
		if (mem.after[i] <= mem.core.durable) {
			say(mem.waiting[i]);
			continue;
		}
		mem.waiting[kept] = mem.waiting[i];
		mem.after[kept++] = mem.after[i];
	}
	mem.waitings = kept;
	mem.back = mem.back_submitted;
	mem.back_submitted = 0;
}

void memory_event(u32 event)
{
	struct paxos_event tick = { .type = PAXOS_EVENT_TICK, .now = NOW + 100 };
	struct proposer_event timer = { .type = PROPOSER_TIMER };
	struct proposer_outbox out;

	switch (event) {
	case EVENT_START:
		mem.started = true;
		proposer_start(&mem.proposer, 0, mem.core.config.node, mem.life, setup.pinned,
			       NEVER, &out);
		act(&out);
		break;
	case EVENT_NOTE:
		hear_note();
		break;
	case EVENT_TIMER:
		feed(WAKE, &timer);
		break;
	case EVENT_TICK:
		memory_step(&tick);
		break;
	case EVENT_SUBMIT:
		mem.submitted = mem.core.record;
		break;
	case EVENT_DURABLE:
		become_durable();
		break;
	default:
		hear_message(event - EVENT_MESSAGE);
	}
	while (mem.letters && !setup.async)
		hear_note();
}

static void normalize_proposer(void)
{
	struct proposer *p = &mem.proposer;

	/* What it waits for never comes: as good as none. */
	if (!mem.rounds && (p->phase == PROPOSER_WAITING || p->phase == PROPOSER_GETTING))
		p->phase = PROPOSER_IDLE;
	if (p->phase == PROPOSER_IDLE)
		mem.letters = 0;
	p->since = 0;
	p->wake = WAKE;
	p->random = 1;
	p->rtt = 1;
	p->losses = 0;
	p->timeouts = 0;
}

/* Every clock stands where it stood: what is due is for events to say. */
void memory_normalize(void)
{
	struct paxos_core *core = &mem.core;
	struct paxos_proposal *p;
	unsigned int i;

	core->now = NOW;
	core->hello_at = mem.life > 1 && core->volatile_store ? NOW : NEVER;
	core->init_at = NEVER;
	core->learning.retry_ms = PAXOS_RETRY_MS;
	for (i = 0; i < PAXOS_ASKS; i++) {
		core->learning.ask[i].asked_at = NOW;
		core->learning.ask[i].retry_at = NOW + PAXOS_RETRY_MS;
	}
	for (p = core->proposals; p; p = p->next) {
		p->retry_at = NOW + PAXOS_RETRY_MS;
		p->retry_ms = PAXOS_RETRY_MS;
	}
	for (i = 0; i < setup.nodes; i++)
		core->peer[i].heard_at = NOW;
	normalize_proposer();
}

/*
 * What a journal brings back of the node: promises, votes, what is chosen, and
 * who it is. Votes counted, values on their way and ballots handed out are gone.
 */
void memory_scrub(void)
{
	struct paxos_core *core = &mem.core;
	u64 s;

	drop(0);
	for (s = 1; s <= core->window.top; s++) {
		struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (!slot)
			continue;
		memset(&slot->tally, 0, sizeof(slot->tally));
		paxos_window_set_parts(&core->window, slot, NULL);
	}
	paxos_pool_drain(&mem.pool);
	memset(&core->learning, 0, sizeof(core->learning));
	core->highest = core->bound;
	core->durable = core->record;
	mem.submitted = core->record;
	mem.waitings = 0;
	mem.letters = 0;
	mem.back = 0;
	mem.back_submitted = 0;
	mem.crashes = 0;
	mem.life = 2;
	mem.started = false;
	proposer_init(&mem.proposer, 1);
	memory_normalize();
}

static bool wants_own_promise(void)
{
	const struct paxos_proposal *p;

	for (p = mem.core.proposals; p; p = p->next)
		if (p->phase == PAXOS_PHASE_PREPARING && !(p->whole & paxos_core_self(&mem.core)))
			return true;
	return false;
}

/* Which of the events that are no messages may happen. */
u32 memory_specials(void)
{
	const struct proposer *p = &mem.proposer;
	const struct paxos_core *core = &mem.core;
	u32 events = 0;

	if (!mem.started && mem.rounds && core->state == PAXOS_STATE_VOTING)
		events |= 1U << EVENT_START;
	if (mem.letters)
		events |= 1U << EVENT_NOTE;
	if (p->phase != PROPOSER_IDLE && (mem.rounds || setup.drops))
		events |= 1U << EVENT_TIMER;
	if (core->volatile_store ? core->state == PAXOS_STATE_CONFIGURED : wants_own_promise())
		events |= 1U << EVENT_TICK;
	if (core->record > mem.submitted && mem.submitted == core->durable)
		events |= 1U << EVENT_SUBMIT;
	if (mem.submitted > core->durable)
		events |= 1U << EVENT_DURABLE;
	if (mem.crashes)
		events |= 1U << EVENT_CRASH;
	return events;
}
