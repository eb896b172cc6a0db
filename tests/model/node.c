// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes: every state that one was ever in, and every step from each, run once
 * and remembered. A step depends on the node and the event alone.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "node.h"

#define LINE	64
#define LINES	(sizeof(struct memory) / LINE)

/* A node's memory, as the lines in which it differs from the node's first. */
struct image {
	u32 n;
	u16 line[LINES];
	u8 bytes[LINES][LINE];
};

/* What a node is, apart from what it said. */
struct own {
	struct image *image;
	struct image *twin;
	u32 specials;
	u32 claims;
	u8 node;
	u8 life;
};

struct move {
	u32 own;
	u32 event;
	u32 to;
	u32 said;
};

static struct memory base[NODES_MAX];
static u32 fresh_own[NODES_MAX];

static struct table canons;
static struct own *owns;
static u32 owns_room;

static struct table move_keys;
static struct move *moves;
static u32 moves_room;
static struct table lists;

/* The event that was tried last; a violation is its doing. */
u32 node_bad_event;

static struct table node_keys;
static struct node *nodes;
static u32 nodes_room;

/* As little as it takes: there are many. */
static struct image *save(void)
{
	static struct image image;
	const u8 *now = (const u8 *)&mem, *first;
	struct image *copy;
	size_t size, i;

	first = (const u8 *)&base[mem.core.config.node - 1];
	image.n = 0;
	for (i = 0; i < LINES; i++) {
		if (!memcmp(now + i * LINE, first + i * LINE, LINE))
			continue;
		image.line[image.n] = (u16)i;
		memcpy(image.bytes[image.n++], now + i * LINE, LINE);
	}
	size = sizeof(image.n) + image.n * (sizeof(u16) + LINE);
	copy = malloc(size);
	if (!copy)
		die("out of memory");
	copy->n = image.n;
	memcpy((u8 *)copy + sizeof(u32), image.line, image.n * sizeof(u16));
	memcpy((u8 *)copy + sizeof(u32) + image.n * sizeof(u16), image.bytes, image.n * LINE);
	return copy;
}

static void load(u8 node, const struct image *image)
{
	const u8 *line = (const u8 *)image + sizeof(u32);
	const u8 *bytes = line + image->n * sizeof(u16);
	u16 at;
	u32 i;

	mem = base[node - 1];
	for (i = 0; i < image->n; i++) {
		memcpy(&at, line + i * sizeof(at), sizeof(at));
		memcpy((u8 *)&mem + (size_t)at * LINE, bytes + i * LINE, LINE);
	}
}

static bool is_same(const struct image *a, const struct image *b)
{
	return a->n == b->n && !memcmp(a, b, sizeof(u32) + a->n * (sizeof(u16) + LINE));
}

/* The state that the node in hand is in. */
static u32 intern(void)
{
	u64 words[CANON_MAX];
	struct own *own;
	bool fresh;
	u32 id;

	memory_normalize();
	id = table_put(&canons, words, canon(words), &fresh);
	if (fresh) {
		owns = grow(owns, id, &owns_room, sizeof(*owns));
		own = &owns[id];
		own->image = save();
		own->twin = NULL;
		own->specials = memory_specials();
		own->claims = canon_claims();
		own->node = mem.core.config.node;
		own->life = mem.life;
	} else if (setup.twins && !owns[id].twin) {
		struct image *image = save();

		if (is_same(image, owns[id].image))
			free(image);
		else
			owns[id].twin = image;
	}
	return id;
}

static sigjmp_buf aborted;

static void on_abort(int signal)
{
	(void)signal;
	siglongjmp(aborted, 1);
}

/* An assertion of the core is a violation like any other: it has a trace. */
static void run_event(u32 event)
{
	signal(SIGABRT, on_abort);
	if (sigsetjmp(aborted, 1))
		violated("an assertion of the core, told above");
	else
		memory_event(event);
	signal(SIGABRT, SIG_DFL);
}

/* What a journal would bring back of the node in hand. */
static u32 intern_scrubbed(void)
{
	static struct memory copy;
	u32 id;

	if (!mem.crashes)
		return 0;
	copy = mem;
	memory_scrub();
	id = intern();
	mem = copy;
	return id;
}

/* From an image, that of the state or of its twin. Returns the state after it. */
static u32 step_from(u8 node, const struct image *image, u32 event)
{
	load(node, image);
	n_said = 0;
	if (event == EVENT_CRASH)
		return mem.core.volatile_store ? fresh_own[node - 1] : mem.back;
	if (event == EVENT_SUBMIT)
		mem.back_submitted = intern_scrubbed();
	run_event(event);
	/* A step that was cut short leaves nothing to look at. */
	return verdict[0] ? 0 : intern();
}

static const struct move *move_of(u32 own, u32 event)
{
	const u32 key[] = { own, event };
	struct move *m;
	bool fresh;
	u32 id, to;

	id = table_put(&move_keys, key, sizeof(key), &fresh);
	if (!fresh)
		return &moves[id];
	to = step_from(owns[own].node, owns[own].image, event);
	moves = grow(moves, id, &moves_room, sizeof(*moves));
	m = &moves[id];
	m->own = own;
	m->event = event;
	m->to = to;
	m->said = table_put(&lists, said, n_said * (u32)sizeof(*said), NULL);
	return m;
}

/* Steps from the other memory that was taken for the same state. */
u32 node_check_twins(void)
{
	u32 i, n = moves ? move_keys.n : 0, checked = 0;

	for (i = 0; i < n && !verdict[0]; i++) {
		const struct move m = moves[i];
		u32 len, to;
		const void *list;

		if (!owns[m.own].twin)
			continue;
		to = step_from(owns[m.own].node, owns[m.own].twin, m.event);
		list = table_get(&lists, m.said, &len);
		if (to != m.to || len != n_said * sizeof(*said) || memcmp(list, said, len))
			violated("the canonical form hides what counts: event %u of state %u",
				 m.event, m.own);
		checked++;
	}
	return checked;
}

static u32 node_intern(u8 id, u32 own, u32 history)
{
	const u32 key[] = { own, history };
	bool fresh;
	u32 state;

	state = table_put(&node_keys, key, sizeof(key), &fresh);
	if (!fresh)
		return state;
	nodes = grow(nodes, state, &nodes_room, sizeof(*nodes));
	nodes[state] = (struct node){
		.own = own,
		.history = history,
		.claims = owns[own].claims,
		.id = id,
	};
	return state;
}

const struct node *node_get(u32 state)
{
	return &nodes[state];
}

static void try_event(u32 state, u32 event)
{
	const struct move *m = move_of(nodes[state].own, event);
	const u32 *list;
	struct node *node;
	u32 len, history, to;

	node_bad_event = event;
	if (verdict[0])
		return;
	list = table_get(&lists, m->said, &len);
	history = history_add(nodes[state].history, list, len / (u32)sizeof(*list));
	to = node_intern(nodes[state].id, m->to, history);
	if (to == state || verdict[0])
		return;
	node = &nodes[state];
	node->hop = grow(node->hop, node->hops, &node->room, sizeof(*node->hop));
	node->hop[node->hops++] = (struct hop){ event, to };
}

/*
 * Greetings matter to who is new, and of who is new: what a voter remembers of
 * the greetings of old does not decide how it votes.
 */
static bool is_deaf(u32 state, u32 message)
{
	const struct message *m = message_get(message);

	return (m->msg.type == PAXOS_WIRE_HELLO || m->msg.type == PAXOS_WIRE_INIT) &&
	       m->life == 1 && owns[nodes[state].own].life == 1;
}

/* A state with all that may happen next, given what was said to it. */
const struct node *node_expand(u32 state, const u64 *heard)
{
	u32 w, specials;

	if (!nodes[state].asked_specials) {
		nodes[state].asked_specials = true;
		for (specials = owns[nodes[state].own].specials; specials && !verdict[0];
		     specials &= specials - 1)
			try_event(state, (u32)__builtin_ctz(specials));
	}
	for (w = 0; w <= (message_count() - 1) / 64; w++) {
		u64 news = heard[w] & ~nodes[state].asked[w];

		nodes[state].asked[w] |= news;
		for (; news && !verdict[0]; news &= news - 1) {
			u32 message = w * 64 + (u32)__builtin_ctzll(news);

			if (!is_deaf(state, message))
				try_event(state, EVENT_MESSAGE + message);
		}
	}
	return &nodes[state];
}

const u32 *node_said(u32 state, u32 event, u32 *n)
{
	const struct move *m = move_of(nodes[state].own, event);
	const u32 *list;
	u32 len;

	list = table_get(&lists, m->said, &len);
	*n = len / (u32)sizeof(*list);
	return list;
}

/* A step without regard to what was said before. */
u32 node_step(u32 own, u32 event, const u32 **list, u32 *n)
{
	const struct move m = *move_of(own, event);
	u32 len;

	*list = table_get(&lists, m.said, &len);
	*n = len / (u32)sizeof(**list);
	return m.to;
}

/* Takes a node in hand, as it was when the group came to life. */
void node_take(u8 node)
{
	mem = base[node - 1];
}

u32 node_count(u32 *n_owns, u32 *n_moves)
{
	if (n_owns)
		*n_owns = canons.n;
	if (n_moves)
		*n_moves = move_keys.n;
	return node_keys.n;
}

/* A queue of who is to hear what while the group comes to life. */
static u32 queue[1024];
static u32 queued;

static void run_and_queue(u8 node, u32 event)
{
	mem = base[node - 1];
	n_said = 0;
	memory_event(event);
	base[node - 1] = mem;
	if (queued + n_said > ARRAY_SIZE(queue))
		die("the group does not come to life");
	memcpy(&queue[queued], said, n_said * sizeof(*said));
	queued += n_said;
}

static void exchange(void)
{
	static u32 next;
	u8 node;

	for (node = 1; node <= setup.nodes; node++)
		run_and_queue(node, EVENT_TICK);
	for (; next < queued; next++)
		run_and_queue(message_get(queue[next])->to, EVENT_MESSAGE + queue[next]);
}

static void init(void)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };

	mem = base[0];
	n_said = 0;
	memory_step(&ev);
	if (ev.error)
		die("the group does not begin: %s", ev.why);
	base[0] = mem;
	memcpy(&queue[queued], said, n_said * sizeof(*said));
	queued += n_said;
}

static void come_to_life(void)
{
	u32 types = setup.types;
	u8 node;

	setup.types = ~0U;
	for (node = 1; node <= setup.nodes; node++) {
		memory_boot(node, 1);
		base[node - 1] = mem;
	}
	exchange();
	init();
	exchange();
	exchange();
	setup.types = types;
	for (node = 1; node <= setup.nodes; node++)
		if (base[node - 1].core.state != PAXOS_STATE_VOTING)
			die("node %u does not vote", node);
}

/* The first state of each node: all vote, and nothing was proposed. */
void node_genesis(u32 first[NODES_MAX])
{
	u8 node;
	u32 i;

	come_to_life();
	for (node = 1; node <= setup.nodes; node++) {
		u32 history = history_none();
		u64 bit = paxos_node_bit(node);

		memory_boot(node, 2);
		mem.alive = true;
		fresh_own[node - 1] = setup.crash & bit ? intern() : 0;
		mem = base[node - 1];
		mem.alive = true;
		mem.rounds = node > PROPOSERS_MAX ? 0 : (u8)setup.rounds[node - 1];
		mem.crashes = !!(setup.crash & bit);
		mem.core.volatile_store = !(setup.durable & bit);
		mem.submitted = mem.core.record;
		mem.back = setup.durable & bit ? intern_scrubbed() : 0;
		for (i = 0; i < queued; i++)
			if (message_get(queue[i])->from == node &&
			    setup.types & 1U << message_get(queue[i])->msg.type)
				history = history_add(history, &queue[i], 1);
		first[node - 1] = node_intern(node, intern(), history);
	}
}
