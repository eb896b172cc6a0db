// SPDX-License-Identifier: GPL-2.0
/*
 * explore [KEY=VALUE]...: every state that a tiny cluster can reach, breadth
 * first. Ends when there is none left, or at the first violation with the
 * shortest way to it, one event a line. A message that can be heard can be
 * lost, too: in some other order it is heard later, or never.
 *
 * Exit status: 0 all was seen and nothing found, 1 a violation, 2 a usage or
 * other error, 3 the limit was reached and the search is not complete.
 */
#include <stdlib.h>
#include <time.h>

#include "node.h"

struct setup setup = {
	.nodes = 3,
	.rounds = { 1, 1 },
	.pinned = 1,
	.types = ~(1U << PAXOS_WIRE_HELLO | 1U << PAXOS_WIRE_INIT),
	.limit = 400000000,
};

/* A state of the cluster is a state of each node; with it, where it came from. */
#define STRIDE	(setup.nodes + 1)

static u32 *states;
static u32 n_states;
static u32 room;
static u32 *slot;
static u32 slots;
static u64 steps;
static u32 depth;

static u64 hash(const u32 *state)
{
	u64 h = 0;
	unsigned int i;

	for (i = 0; i < setup.nodes; i++)
		h = mix(h ^ state[i]) * 3;
	return h;
}

static void put_slot(const u32 *state, u32 id)
{
	u32 at = hash(state) & (slots - 1);

	while (slot[at])
		at = (at + 1) & (slots - 1);
	slot[at] = id + 1;
}

static void make_room(void)
{
	u32 i;

	if (n_states == room) {
		room = room ? 2 * room : 1 << 16;
		states = realloc(states, (size_t)room * STRIDE * sizeof(*states));
	}
	if (!states)
		die("out of memory");
	if (n_states < slots / 4 * 3)
		return;
	free(slot);
	slots = slots ? 2 * slots : 1 << 17;
	slot = calloc(slots, sizeof(*slot));
	if (!slot)
		die("out of memory");
	for (i = 0; i < n_states; i++)
		put_slot(&states[(size_t)i * STRIDE], i);
}

static const u32 *state_at(u32 id)
{
	return &states[(size_t)id * STRIDE];
}

/* Adds a state that was not seen before. */
static bool add(const u32 *state, u32 parent)
{
	u32 at = hash(state) & (slots - 1);
	u32 *new;

	for (; slot[at]; at = (at + 1) & (slots - 1))
		if (!memcmp(state_at(slot[at] - 1), state, setup.nodes * sizeof(*state)))
			return false;
	make_room();
	new = &states[(size_t)n_states * STRIDE];
	memcpy(new, state, setup.nodes * sizeof(*state));
	new[setup.nodes] = parent;
	put_slot(new, n_states++);
	return true;
}

/* What was said to a node, by whomever. */
static void gather(const u32 *state, unsigned int node, u64 heard[WORDS])
{
	u32 w, words = (message_count() - 1) / 64 + 1;
	unsigned int i;

	memset(heard, 0, WORDS * sizeof(*heard));
	for (i = 0; i < setup.nodes; i++) {
		const struct history *h = history_get(node_get(state[i])->history);

		for (w = 0; i != node && w < words; w++)
			heard[w] |= h->to[node][w];
	}
}

static bool may_happen(u32 event, const u64 *heard)
{
	u32 message = event - EVENT_MESSAGE;

	return event < EVENT_MESSAGE || heard[message / 64] >> message % 64 & 1;
}

static void check(const u32 *state, unsigned int node, u32 before)
{
	u32 history[NODES_MAX], claims[NODES_MAX];
	const struct node *now = node_get(state[node]), *was = node_get(before);
	unsigned int i;

	if (now->history == was->history && now->claims == was->claims)
		return;
	for (i = 0; i < setup.nodes; i++) {
		history[i] = node_get(state[i])->history;
		claims[i] = node_get(state[i])->claims;
	}
	history_check_all(history, claims, node, was->history);
}

/* What a node says on an event: each message once, with all whom it goes to. */
static void tell_said(u8 id, const u32 *list, u32 n)
{
	char text[512];
	u32 i, k;

	for (i = 0; i < n; i = k) {
		snprintf(text, sizeof(text), "%s", message_text(list[i]));
		printf("%s %s to ", i ? ";" : "; says", text);
		for (k = i; k < n && !strcmp(text, message_text(list[k])); k++) {
			u8 to = message_get(list[k])->to;

			if (to == id)
				printf("%sitself", k > i ? ", " : "");
			else
				printf("%s%u", k > i ? ", " : "", to);
		}
	}
}

static void tell(unsigned int number, u32 state, u32 event)
{
	static const char * const special[] = {
		[EVENT_START] = "its proposer gets a value to propose",
		[EVENT_NOTE] = "its proposer hears what happened",
		[EVENT_TIMER] = "its proposer loses patience",
		[EVENT_TICK] = "its time to send again has come",
		[EVENT_SUBMIT] = "begins to write its records to the disk",
		[EVENT_DURABLE] = "they are durable",
		[EVENT_CRASH] = "stops, and comes back with what is durable alone",
	};
	u8 id = node_get(state)->id;
	const u32 *list;
	u32 n;

	printf("%3u  node %u: ", number, id);
	if (event < EVENT_MESSAGE)
		printf("%s", special[event]);
	else
		printf("hears %s from %u", message_text(event - EVENT_MESSAGE),
		       message_get(event - EVENT_MESSAGE)->from);
	list = node_said(state, event, &n);
	tell_said(id, list, n);
	printf("\n");
}

static u32 event_between(u32 from, u32 to, const u64 *heard)
{
	const struct node *node = node_expand(from, heard);
	u32 i;

	for (i = 0; i < node->hops; i++)
		if (node->hop[i].to == to && may_happen(node->hop[i].event, heard))
			return node->hop[i].event;
	die("a state that nothing leads to");
}

/* The way from the first state to this one. Returns how long it is. */
static unsigned int tell_way(u32 id)
{
	const u32 *state = state_at(id), *before;
	u64 heard[WORDS];
	unsigned int i, number;

	if (!id)
		return 0;
	number = tell_way(state[setup.nodes]) + 1;
	before = state_at(state[setup.nodes]);
	for (i = 0; before[i] == state[i]; i++)
		;
	gather(before, i, heard);
	tell(number, before[i], event_between(before[i], state[i], heard));
	return number;
}

static bool expand(u32 id)
{
	u32 state[NODES_MAX];
	u64 heard[WORDS];
	unsigned int i;
	u32 k;

	memcpy(state, state_at(id), setup.nodes * sizeof(*state));
	for (i = 0; i < setup.nodes; i++) {
		const struct node *node;
		u32 before = state[i];

		gather(state, i, heard);
		node = node_expand(before, heard);
		if (verdict[0]) {
			tell(tell_way(id) + 1, before, node_bad_event);
			return false;
		}
		for (k = 0; k < node->hops; k++) {
			if (!may_happen(node->hop[k].event, heard))
				continue;
			steps++;
			state[i] = node->hop[k].to;
			if (!add(state, id))
				continue;
			check(state, i, before);
			if (verdict[0]) {
				tell_way(n_states - 1);
				return false;
			}
		}
		state[i] = before;
	}
	return true;
}

/* Breadth first: the states are their own queue. Returns false when it was cut short. */
static bool search(void)
{
	u32 id, level_end = 1;

	for (id = 0; id < n_states; id++) {
		if (id == level_end) {
			depth++;
			level_end = n_states;
		}
		if (!expand(id))
			return true;
		if (n_states >= setup.limit)
			return false;
	}
	return true;
}

static u64 number(const char *text)
{
	char *end;
	u64 n = strtoull(text, &end, 0);

	if (end == text || *end)
		die("explore: '%s' does not count", text);
	return n;
}

/* A list of nodes, as "13". */
static u64 node_set(const char *text)
{
	u64 nodes = 0;

	for (; *text; text++) {
		if (*text < '1' || (unsigned int)(*text - '0') > NODES_MAX)
			die("explore: '%s' are no nodes", text);
		nodes |= paxos_node_bit((u32)(*text - '0'));
	}
	return nodes;
}

static void set_rounds(const char *text)
{
	unsigned int i;

	memset(setup.rounds, 0, sizeof(setup.rounds));
	for (i = 0; text[i]; i++) {
		if (i == PROPOSERS_MAX || text[i] < '0' || text[i] > '3')
			die("explore: rounds are a digit of 0 to 3 for each node");
		setup.rounds[i] = (unsigned int)(text[i] - '0');
	}
}

static void set_types(const char *text)
{
	const u32 voting = 1U << PAXOS_WIRE_PREPARE | 1U << PAXOS_WIRE_PROMISE |
			   1U << PAXOS_WIRE_ACCEPT | 1U << PAXOS_WIRE_ACCEPTED |
			   1U << PAXOS_WIRE_FETCH | 1U << PAXOS_WIRE_PART;

	if (!strcmp(text, "voting"))
		setup.types = voting;
	else if (!strcmp(text, "refusing"))
		setup.types = voting | 1U << PAXOS_WIRE_REFUSED;
	else if (!strcmp(text, "deciding"))
		setup.types = voting | 1U << PAXOS_WIRE_DECIDED;
	else if (!strcmp(text, "greeting"))
		setup.types = voting | 1U << PAXOS_WIRE_HELLO | 1U << PAXOS_WIRE_INIT;
	else if (strcmp(text, "all"))
		die("explore: messages are voting, refusing, deciding, greeting or all");
}

static void set(const char *key, const char *value)
{
	if (!strcmp(key, "nodes"))
		setup.nodes = (unsigned int)number(value);
	else if (!strcmp(key, "rounds"))
		set_rounds(value);
	else if (!strcmp(key, "instance"))
		setup.pinned = number(value);
	else if (!strcmp(key, "all"))
		setup.all = node_set(value);
	else if (!strcmp(key, "messages"))
		set_types(value);
	else if (!strcmp(key, "async"))
		setup.async = number(value);
	else if (!strcmp(key, "drops"))
		setup.drops = number(value);
	else if (!strcmp(key, "durable"))
		setup.durable = node_set(value);
	else if (!strcmp(key, "crash"))
		setup.crash = node_set(value);
	else if (!strcmp(key, "quorum1"))
		setup.quorum_1 = (u8)number(value);
	else if (!strcmp(key, "quorum2"))
		setup.quorum_2 = (u8)number(value);
	else if (!strcmp(key, "limit"))
		setup.limit = (u32)number(value);
	else if (!strcmp(key, "twins"))
		setup.twins = number(value);
	else
		die("explore: no such setting: %s", key);
	if (!setup.nodes || setup.nodes > NODES_MAX)
		die("explore: 1 to %u nodes", NODES_MAX);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	double start = seconds();
	u32 first[NODES_MAX], owns, moves, nodes, twins = 0;
	bool complete;
	int i;

	for (i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			die("usage: explore [KEY=VALUE]...");
		*value++ = 0;
		set(argv[i], value);
		value[-1] = '=';
	}
	node_genesis(first);
	make_room();
	add(first, 0);
	complete = search();
	if (setup.twins && !verdict[0])
		twins = node_check_twins();
	nodes = node_count(&owns, &moves);
	printf("%u states, %llu steps, depth %u, %.1f s", n_states, (unsigned long long)steps,
	       depth, seconds() - start);
	printf("; of one node %u states, %u with what it said, %u steps, %u messages", owns, nodes,
	       moves, message_count());
	if (setup.twins)
		printf("; %u steps taken twice", twins);
	if (!history_chosen() && complete)
		violated("no value was ever chosen: the search shows nothing");
	printf("\n%s\n", verdict[0] ? verdict :
	       complete ? "complete: nothing found" : "NOT complete: the limit was reached");
	return verdict[0] ? 1 : complete ? 0 : 3;
}
