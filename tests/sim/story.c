// SPDX-License-Identifier: GPL-2.0
/*
 * A story: a run that a text file scripts, to be read. Nothing goes wrong in it
 * but what the file says, and every datagram takes equally long. A line each;
 * what follows # is a comment.
 *
 *	nodes N [learners N]		the last ones are learners; client N is at node N
 *	seed N				where back-off is drawn from
 *	set KNOB=VALUE			as in any run; delay is what each datagram takes
 *	late NODE			it is not there at first
 *	tell { all | rounds | none }	what is told; rounds: without HELLO and INIT
 *	at MS WHAT
 *	end MS
 *
 * and WHAT is one of
 *
 *	init NODE			group init
 *	propose NODE [BYTES]		its client has a new value, of 40 bytes
 *	lose FROM TO TYPE [N]		the Nth such datagram from now on is lost (1)
 *	repeat FROM TO TYPE [N]		likewise, it comes twice
 *	hold FROM TO TYPE N MS		likewise, it comes so much later
 *	cut FROM TO, join FROM TO	a link, one way
 *	forget NODE			it loses its memory, and is there again at once
 *	start NODE			one that was late
 *	tell { all | rounds | none }	likewise, from now on
 *	expect NODE decided N		all instances up to N are known there
 *	expect NODE state STATE
 *	expect NODE value C/N INSTANCE	value N of client C is chosen there, as it knows
 *
 * What is expected and is not ends the run as a violated obligation does.
 */
#include <errno.h>
#include <stdlib.h>

#include "sim.h"

#define LINES	200
#define WORDS	8

enum rule_type { RULE_NONE, RULE_LOSE, RULE_REPEAT, RULE_HOLD };

/* Something to do, or a rule for datagrams once it is done. */
struct line {
	uint32_t number;
	uint64_t at;
	char word[WORDS][20];
	uint32_t n_words;
	enum rule_type rule;
	uint64_t seen;
};

struct story {
	struct line line[LINES];
	uint32_t n_lines;
	uint64_t late;
	enum sim_trace tells;
	uint32_t length[SIM_NODES][16];	/* by client and sequence */
	uint64_t values[SIM_NODES];
};

static bool refuse(uint32_t number, const char *what)
{
	fprintf(stderr, "sim: line %u of the story: %s\n", number, what);
	return false;
}

static bool number_of(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static uint64_t number(const struct line *line, uint32_t word)
{
	uint64_t value = 0;

	number_of(line->word[word], &value);
	return value;
}

static uint8_t type_of(const char *name)
{
	uint8_t type;

	for (type = PAXOS_WIRE_HELLO; type <= PAXOS_WIRE_PART; type++)
		if (!strcmp(paxos_wire_type_name(type), name))
			return type;
	return 0;
}

/* What may stand at a place: a node, a number, a message's type, what to tell, or any word. */
static bool is_word(char kind, const char *word)
{
	uint64_t value;

	switch (kind) {
	case 'N':
		return number_of(word, &value) && value && value <= SIM_NODES;
	case 'n':
		return number_of(word, &value);
	case 't':
		return !strcmp(word, "all") || !strcmp(word, "rounds") || !strcmp(word, "none");
	case 'T':
		return type_of(word);
	default:
		return true;
	}
}

static bool fits(const struct line *line, const char *name, const char *kinds, uint32_t least)
{
	uint32_t i;

	if (strcmp(line->word[0], name) || line->n_words - 1 < least ||
	    line->n_words - 1 > strlen(kinds))
		return false;
	for (i = 1; i < line->n_words; i++)
		if (!is_word(kinds[i - 1], line->word[i]))
			return false;
	return true;
}

static bool is_action(const struct line *line)
{
	return fits(line, "init", "N", 1) || fits(line, "propose", "Nn", 1) ||
	       fits(line, "lose", "NNTn", 3) || fits(line, "repeat", "NNTn", 3) ||
	       fits(line, "hold", "NNTnn", 5) || fits(line, "cut", "NN", 2) ||
	       fits(line, "join", "NN", 2) || fits(line, "forget", "N", 1) ||
	       fits(line, "start", "N", 1) || fits(line, "tell", "t", 1) ||
	       fits(line, "expect", "Nwwn", 3);
}

static enum sim_trace tells(const struct line *line)
{
	if (!strcmp(line->word[1], "none"))
		return SIM_TRACE_NONE;
	return !strcmp(line->word[1], "all") ? SIM_TRACE_ALL : SIM_TRACE_ROUNDS;
}

static bool set(struct sim_order *order, const char *knob, const char *value)
{
	char text[60];

	snprintf(text, sizeof(text), "%s=%s", knob, value);
	return order_parse(order, text);
}

/* A line that says what the run is made of, or when something happens. */
static bool read_line(struct story *story, struct sim_order *order, struct line *line)
{
	uint64_t at;
	uint32_t i;

	if (fits(line, "nodes", "N", 1))
		return set(order, "nodes", line->word[1]);
	if (fits(line, "nodes", "Nwn", 3) && !strcmp(line->word[2], "learners"))
		return set(order, "nodes", line->word[1]) &&
		       set(order, "learners", line->word[3]);
	if (fits(line, "seed", "n", 1))
		return number_of(line->word[1], &order->seed);
	if (fits(line, "set", "w", 1))
		return order_parse(order, line->word[1]);
	if (fits(line, "end", "n", 1))
		return set(order, "end", line->word[1]);
	if (fits(line, "late", "N", 1)) {
		story->late |= paxos_node_bit((uint8_t)number(line, 1));
		return true;
	}
	if (fits(line, "tell", "t", 1)) {
		story->tells = tells(line);
		return true;
	}
	if (strcmp(line->word[0], "at") || line->n_words < 3 || !number_of(line->word[1], &at))
		return refuse(line->number, "not understood");
	line->at = 1000 * at;
	line->n_words -= 2;
	for (i = 0; i < line->n_words; i++)
		memcpy(line->word[i], line->word[i + 2], sizeof(line->word[i]));
	if (!is_action(line))
		return refuse(line->number, "not understood");
	if (story->n_lines == LINES)
		return refuse(line->number, "the story is too long");
	story->line[story->n_lines++] = *line;
	return true;
}

static bool split(struct line *line, char *text)
{
	char *save = NULL, *word;

	text[strcspn(text, "#\n")] = '\0';
	for (word = strtok_r(text, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (line->n_words == WORDS || strlen(word) >= sizeof(line->word[0]))
			return refuse(line->number, "a line has 8 words of 19 letters at most");
		memcpy(line->word[line->n_words++], word, strlen(word) + 1);
	}
	return true;
}

/* What a story is made of unless it says so. */
static void plain(struct sim_order *order)
{
	static const char *const knobs[] = {
		"learners=0", "quorum_1=0", "quorum_2=0", "window=64", "window_bytes=262144",
		"log_size=4194304", "clients=0", "values=0", "candidates=0", "rangers=0",
		"readers=0", "rogues=0", "submitters=0", "remains=0", "stagger=0", "join=0",
		"doom=0", "force=0", "drift=0", "disk=0",
		"delay=1000", "faults=none",
	};
	size_t i;

	order->seed = 1;
	for (i = 0; i < ARRAY_SIZE(knobs); i++)
		if (!order_parse(order, knobs[i]))
			abort();
}

/* Reads a file into an order. False, and says why, if it is no story. */
bool story_read(const char *name, struct sim_order *order)
{
	struct story *story = calloc(1, sizeof(*story));
	FILE *file = fopen(name, "r");
	uint32_t lines = 0;
	char *text = NULL;
	bool right = file;
	size_t size = 0;

	if (!story)
		abort();
	if (!file)
		fprintf(stderr, "sim: %s: %s\n", name, strerror(errno));
	story->tells = SIM_TRACE_ROUNDS;
	plain(order);
	while (right && getline(&text, &size, file) >= 0) {
		struct line line = { .number = ++lines };

		right = split(&line, text) && (!line.n_words || read_line(story, order, &line));
	}
	free(text);
	if (file)
		fclose(file);
	order->story = story;
	return right;
}

bool story_is_late(const struct sim *sim, uint8_t node)
{
	return sim->order->story && sim->order->story->late & paxos_node_bit(node);
}

/* How long a value is that a story proposes; @length if none does. */
uint32_t story_length(const struct sim *sim, uint64_t client, uint64_t sequence,
		      uint32_t length)
{
	const struct story *story = sim->order->story;

	if (!story || !client || client > SIM_NODES || sequence >= ARRAY_SIZE(story->length[0]))
		return length;
	return story->length[client - 1][sequence];
}

/* A client at each node, which has nothing to propose yet. */
void story_start(struct sim *sim)
{
	struct story *story = sim->order->story;
	uint32_t i;

	if (!story)
		return;
	sim->trace = story->tells;
	sim->n_clients = sim->n_nodes;
	for (i = 0; i < sim->n_clients; i++) {
		struct sim_client *c = &sim->client[i];

		c->id = i + 1;
		c->node = (uint8_t)(i + 1);
		c->rng = rng_stream(sim->order->seed, STREAM_CLIENT, c->id);
		proposer_init(&c->proposer, rng_next(&c->rng));
	}
	for (i = 0; i < story->n_lines; i++)
		queue_push(sim, (struct sim_event){
			.at = story->line[i].at, .type = SIM_STORY, .life = i,
		});
}

static void expect(struct sim *sim, const struct line *line)
{
	const struct sim_node *node = sim_node(sim, (uint8_t)number(line, 1));
	unsigned long long client, sequence;
	const struct paxos_slot *slot;
	bool met = false;

	if (!strcmp(line->word[2], "decided")) {
		met = node->core.window.prefix == number(line, 3);
	} else if (!strcmp(line->word[2], "state")) {
		met = node->up && !strcmp(paxosnl_state_name(node->core.state), line->word[3]);
	} else if (sscanf(line->word[3], "%llu/%llu", &client, &sequence) == 2) {
		slot = paxos_window_find(&node->core.window, number(line, 4));
		met = slot && slot->chosen && slot->chosen->id.client == client &&
		      slot->chosen->id.sequence == sequence;
	}
	if (!met)
		sim_fail(sim, "story: what line %u expects is not so", line->number);
}

static void propose(struct sim *sim, struct story *story, const struct line *line)
{
	struct sim_client *client = &sim->client[number(line, 1) - 1];
	uint64_t sequence = ++story->values[client->id - 1];

	if (sequence >= ARRAY_SIZE(story->length[0])) {
		sim_fail(sim, "story: line %u: too many values", line->number);
		return;
	}
	story->length[client->id - 1][sequence] = line->n_words > 2 ?
						  (uint32_t)number(line, 2) : 40;
	client_propose(sim, client);
}

static void link_up(struct sim *sim, const struct line *line, bool up)
{
	uint8_t from = (uint8_t)number(line, 1), to = (uint8_t)number(line, 2);

	if (up)
		sim->cut[from - 1] &= ~paxos_node_bit(to);
	else
		sim->cut[from - 1] |= paxos_node_bit(to);
	sim_note(sim, "link %u -> %u is %s", from, to, up ? "whole again" : "cut");
}

static void start(struct sim *sim, struct sim_node *node, const char *what)
{
	sim_note(sim, "node %u %s", node->id, what);
	node_stop(sim, node);
	node_start(sim, node);
}

/* The time of a line has come. */
void story_line(struct sim *sim, uint32_t i)
{
	struct story *story = sim->order->story;
	struct line *line = &story->line[i];
	const char *what = line->word[0];
	struct paxos_event init = { .type = PAXOS_EVENT_INIT };
	struct sim_node *node = strcmp(what, "tell") ?
				sim_node(sim, (uint8_t)number(line, 1)) : NULL;

	if (node && node->id == 0) {
		sim_fail(sim, "story: line %u names a node that is not there", line->number);
	} else if (!strcmp(what, "init")) {
		sim_note(sim, "group init at node %u", node->id);
		node_step(sim, node, &init);
	} else if (!strcmp(what, "propose")) {
		propose(sim, story, line);
	} else if (!strcmp(what, "cut") || !strcmp(what, "join")) {
		link_up(sim, line, !strcmp(what, "join"));
	} else if (!strcmp(what, "forget")) {
		start(sim, node, "loses its memory");
	} else if (!strcmp(what, "start")) {
		start(sim, node, "is there");
	} else if (!strcmp(what, "tell")) {
		sim->trace = tells(line);
	} else if (!strcmp(what, "expect")) {
		expect(sim, line);
	} else {
		line->rule = !strcmp(what, "lose") ? RULE_LOSE :
			     !strcmp(what, "repeat") ? RULE_REPEAT : RULE_HOLD;
	}
}

/* What becomes of a datagram: the rules that are in force say so. */
struct story_fate story_fate(struct sim *sim, uint8_t from, uint8_t to,
			     const struct paxos_msg *msg)
{
	struct story *story = sim->order->story;
	struct story_fate fate = { 0 };
	char how[60];
	uint32_t i;

	for (i = 0; story && i < story->n_lines; i++) {
		struct line *line = &story->line[i];

		if (!line->rule || number(line, 1) != from || number(line, 2) != to ||
		    type_of(line->word[3]) != msg->type ||
		    ++line->seen != (line->n_words > 4 ? number(line, 4) : 1))
			continue;
		fate.lost |= line->rule == RULE_LOSE;
		fate.twice |= line->rule == RULE_REPEAT;
		fate.held = line->rule == RULE_HOLD ? 1000 * number(line, 5) : fate.held;
		snprintf(how, sizeof(how), fate.lost ? " -- lost" : fate.twice ? " -- comes twice" :
			 " -- comes %s ms later", line->word[5]);
		trace_message(sim, from, to, msg, how);
	}
	return fate;
}

void story_free(struct sim_order *order)
{
	free(order->story);
	order->story = NULL;
}
