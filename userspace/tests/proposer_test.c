// SPDX-License-Identifier: GPL-2.0
/*
 * The proposer: by scripts of what happens and what it must do, and many of them
 * at random against acceptors that lose, delay and forget to tell.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "proposer.h"
#include "tap.h"

#define MS	1000ull

#define OTHER_CLIENT	0x9000u
#define OWN_CLIENT	0x7000u

static struct proposer machine;
static struct proposer_outbox outbox;
static unsigned int outbox_next;
static uint64_t now, sequence;
static uint32_t voters, quorum_1, quorum_2, own_kind;

static const char * const refusals[] = {
	"", "ballot", "window", "trimmed", "full", "mute", "membership",
};

static const char * const results[] = {
	"", "chosen", "other", "not-proposed", "unknown",
};

static uint32_t script_refusal(const char *word)
{
	uint32_t i;

	for (i = 1; i < ARRAY_SIZE(refusals); i++)
		if (!strcmp(word, refusals[i]))
			return i;
	return 0;
}

static void script_vote(struct paxosnl_vote *vote, uint64_t instance,
			uint64_t ballot, uint64_t value)
{
	memset(vote, 0, sizeof(*vote));
	vote->instance = instance;
	vote->ballot = ballot;
	vote->client = value ? OTHER_CLIENT + value : OWN_CLIENT;
	vote->sequence = value ? 1 : sequence;
	vote->digest = value;
	vote->kind = PAXOS_KIND_VALUE;
}

static void script_promise(char **words, unsigned int count,
			   struct proposer_event *event,
			   struct paxosnl_vote *vote)
{
	struct paxosnl_promise *promise = &event->promise;
	unsigned int i;

	event->type = PROPOSER_PROMISE;
	promise->ballot = machine.ballot.ballot;
	promise->node = (uint32_t)strtoul(words[1], NULL, 10);
	promise->from = machine.instance;
	promise->upto = machine.instance;
	promise->votes = vote;
	promise->whole = true;
	for (i = 2; i < count; i++) {
		if (!strcmp(words[i], "vote")) {
			script_vote(vote, machine.instance,
				    strtoull(words[i + 1], NULL, 10),
				    strtoull(words[i + 2], NULL, 10));
			promise->count = 1;
			i += 2;
		} else if (!strcmp(words[i], "chosen")) {
			script_vote(vote, machine.instance, 0,
				    strtoull(words[++i], NULL, 10));
			vote->chosen = true;
			promise->count = 1;
		} else if (!strcmp(words[i], "trim")) {
			promise->trim = strtoull(words[++i], NULL, 10);
		} else if (!strcmp(words[i], "half")) {
			promise->whole = false;
		} else {
			check(false);
		}
	}
}

static void script_event(char **words, unsigned int count)
{
	struct proposer_event event = { .type = 0 };
	struct paxosnl_vote vote;
	const char *word = words[0];

	if (!strcmp(word, "voters")) {
		voters = (uint32_t)strtoul(words[1], NULL, 10);
		quorum_1 = (uint32_t)strtoul(words[2], NULL, 10);
		quorum_2 = (uint32_t)strtoul(words[3], NULL, 10);
		return;
	}
	if (!strcmp(word, "start")) {
		proposer_start(&machine, now, OWN_CLIENT, ++sequence,
			       count > 2 ? strtoull(words[2], NULL, 10) : 0,
			       now + 10000 * MS, &outbox);
		own_kind = PAXOS_KIND_VALUE;
		return;
	}
	if (!strcmp(word, "close")) {
		proposer_start_close(&machine, now, OWN_CLIENT, ++sequence,
				     now + 10000 * MS, &outbox);
		own_kind = PAXOS_KIND_CLOSE;
		return;
	}
	if (!strcmp(word, "pass")) {
		now += strtoull(words[1], NULL, 10) * MS;
		return;
	}
	if (!strcmp(word, "ballot")) {
		event.type = PROPOSER_BALLOT;
		event.ballot.ballot = strtoull(words[1], NULL, 10);
		event.ballot.next = strtoull(words[3], NULL, 10);
		event.ballot.voters = voters;
		event.ballot.quorum_1 = quorum_1;
		event.ballot.quorum_2 = quorum_2;
	} else if (!strcmp(word, "promise")) {
		script_promise(words, count, &event, &vote);
	} else if (!strcmp(word, "old-promise")) {
		script_promise(words + 1, 2, &event, &vote);
		event.promise.ballot = strtoull(words[1], NULL, 10);
	} else if (!strcmp(word, "refused")) {
		event.type = PROPOSER_REFUSED;
		event.refused.ballot = machine.ballot.ballot;
		event.refused.node = (uint32_t)strtoul(words[1], NULL, 10);
		event.refused.instance = machine.instance;
		event.refused.refusal = script_refusal(words[2]);
		check(event.refused.refusal);
		if (count > 3)
			event.refused.highest = strtoull(words[3], NULL, 10);
	} else if (!strcmp(word, "chosen")) {
		event.type = PROPOSER_CHOSEN;
		script_vote(&vote, 0, 0, strtoull(words[2], NULL, 10));
		event.chosen.ballot = machine.ballot.ballot;
		event.chosen.instance = strtoull(words[1], NULL, 10);
		event.chosen.client = vote.client;
		event.chosen.sequence = vote.sequence;
		event.chosen.kind = vote.kind;
	} else if (!strcmp(word, "closed")) {
		event.type = PROPOSER_CHOSEN;
		event.chosen.ballot = machine.ballot.ballot;
		event.chosen.instance = strtoull(words[1], NULL, 10);
		event.chosen.client = OWN_CLIENT;
		event.chosen.sequence = sequence;
		event.chosen.kind = PAXOS_KIND_CLOSE;
	} else if (!strcmp(word, "wait")) {
		event.type = PROPOSER_TIMER;
		now += strtoull(words[1], NULL, 10) * MS;
	} else if (!strcmp(word, "wake")) {
		event.type = PROPOSER_TIMER;
		check(proposer_wake(&machine) > now);
		now = proposer_wake(&machine);
	} else if (!strcmp(word, "lost")) {
		event.type = PROPOSER_LOST;
	} else if (!strcmp(word, "failed")) {
		event.type = PROPOSER_FAILED;
	} else if (!strcmp(word, "fatal")) {
		event.type = PROPOSER_FAILED_FOR_GOOD;
	} else if (!strcmp(word, "doubtful")) {
		event.type = PROPOSER_DOUBTFUL;
	} else if (!strcmp(word, "led")) {
		event.type = PROPOSER_LED;
	}
	check(event.type);
	now += 10;
	proposer_step(&machine, now, &event, &outbox);
}

static void script_action(char **words)
{
	const struct proposer_action *action = &outbox.actions[outbox_next];
	uint64_t number = strtoull(words[1], NULL, 10);
	const char *word = words[0];

	check(outbox_next < outbox.count);
	outbox_next++;
	if (!strcmp(word, "get") || !strcmp(word, "drop")) {
		check(action->type == (*word == 'g' ? PROPOSER_GET :
						      PROPOSER_DROP));
		check(action->ballot == number);
		return;
	}
	if (!strcmp(word, "done")) {
		check(action->type == PROPOSER_DONE);
		check(machine.phase == PROPOSER_IDLE);
		check(!strcmp(results[machine.outcome.result], words[1]));
		check(machine.outcome.instance ==
		      strtoull(words[2], NULL, 10));
		return;
	}
	check(action->ballot == number);
	check(action->instance == strtoull(words[2], NULL, 10));
	if (!strcmp(word, "prepare")) {
		check(action->type == PROPOSER_PREPARE);
	} else if (!strcmp(word, "accept")) {
		check(action->type == PROPOSER_ACCEPT);
		check(action->value.client == OWN_CLIENT);
		check(action->value.sequence == sequence);
		check(action->value.kind == own_kind);
	} else if (!strcmp(word, "adopt")) {
		number = strtoull(words[3], NULL, 10);
		check(action->type == PROPOSER_ADOPT);
		check(action->value.client ==
		      (number ? OTHER_CLIENT + number : OWN_CLIENT));
		check(action->value.digest == number);
	} else {
		check(false);
	}
}

static void script_line(char *line)
{
	unsigned int count = 0;
	char *words[8], *save;

	for (words[0] = strtok_r(line, " ", &save); words[count];
	     words[count] = strtok_r(NULL, " ", &save))
		check(++count < 8);
	if (!count)
		return;
	if (!strcmp(words[0], ">")) {
		script_action(words + 1);
		return;
	}
	/* All that the step before asked for was expected. */
	check(outbox_next == outbox.count);
	outbox.count = 0;
	outbox_next = 0;
	script_event(words, count);
}

static void script_begin(const char *name)
{
	check(outbox_next == outbox.count);
	snprintf(tap_note, sizeof(tap_note), "%s: ", name);
	now = 1000000;
	sequence = 0;
	voters = 3;
	quorum_1 = 2;
	quorum_2 = 2;
	outbox.count = 0;
	outbox_next = 0;
	proposer_init(&machine, 42);
}

/* See proposer.script, which says what its lines mean. */
static const char *script_path;

static void proposer_scripts(void)
{
	FILE *file = fopen(script_path, "re");
	unsigned int scripts = 0;
	char line[128];

	check(file);
	while (fgets(line, sizeof(line), file)) {
		check(strchr(line, '\n'));
		*strchr(line, '\n') = '\0';
		if (*line == '#')
			continue;
		if (*line == '=') {
			script_begin(line + 2);
			scripts++;
		} else {
			script_line(line);
		}
	}
	check(outbox_next == outbox.count);
	check(scripts > 40);
	fclose(file);
}

/* Two proposers that lose do not come back together, and wait ever longer. */
static void proposer_back_off(void)
{
	const struct proposer_event timer = { .type = PROPOSER_TIMER };
	struct proposer_event refused = { .type = PROPOSER_REFUSED };
	struct proposer_event ballot = {
		.type = PROPOSER_BALLOT,
		.ballot = { .next = 1, .voters = 3, .quorum_1 = 2,
			    .quorum_2 = 2 },
	};
	uint64_t longest = 0, same = 0, last = 0;
	struct proposer p;
	unsigned int i;

	proposer_init(&p, 7);
	now = 0;
	proposer_start(&p, now, 1, 1, 0, UINT64_MAX, &outbox);
	for (i = 0; i < 1000; i++) {
		uint64_t wait;

		ballot.ballot.ballot = 2 * i + 1;
		proposer_step(&p, now, &ballot, &outbox);
		refused.refused.ballot = ballot.ballot.ballot;
		refused.refused.node = 2;
		refused.refused.refusal = PAXOS_REFUSAL_BALLOT;
		proposer_step(&p, now, &refused, &outbox);
		wait = proposer_wake(&p) - now;
		check(wait > 0 && wait <= 1000 * MS);
		if (i < 1)
			check(wait <= 10 * MS + 1);
		if (wait > longest)
			longest = wait;
		if (wait == last)
			same++;
		last = wait;
		now += wait;
		proposer_step(&p, now, &timer, &outbox);
		check(outbox.count == 1);
		check(outbox.actions[0].type == PROPOSER_GET);
	}
	check(longest > 500 * MS);
	check(same < 5);
}

/*
 * A cluster: acceptors with a little kernel before each, proposers on some of
 * the nodes, and a network that delays and loses between all of them. What
 * comes out is held against what the proposers were told.
 */
#define SIM_NODES	5
#define SIM_INSTANCES	4096
#define SIM_EVENTS	8192
#define SIM_PROPOSERS	4

struct sim_value {
	uint32_t proposer;	/* from 1, 0 is none */
	uint64_t sequence;
};

struct sim_acceptor {
	uint64_t promised[SIM_INSTANCES];
	uint64_t voted[SIM_INSTANCES];
	struct sim_value value[SIM_INSTANCES];
	struct sim_value chosen[SIM_INSTANCES];
	uint64_t next;
	uint64_t highest;
	uint64_t counter;
};

enum sim_type {
	SIM_PREPARE,	/* kernel to acceptor */
	SIM_PROMISE,	/* acceptor to kernel */
	SIM_ACCEPT,
	SIM_ACCEPTED,
	SIM_REFUSED,
	SIM_DECIDED,	/* kernel to kernel */
	SIM_EVENT,	/* kernel to proposer */
};

struct sim_message {
	uint64_t when;
	enum sim_type type;
	uint32_t node;		/* acceptor */
	uint32_t proposer;	/* from 1 */
	uint64_t ballot;
	uint64_t instance;
	bool chosen;
	uint64_t voted;
	uint64_t highest;
	struct sim_value value;
	struct proposer_event event;
	struct paxosnl_vote vote;
};

/* What the kernel keeps of a ballot. */
struct sim_ballot {
	uint64_t ballot;
	uint64_t instance;
	uint64_t again;
	bool accepting;
	struct sim_value value;
	uint32_t promised;
	uint32_t voted;
	bool told;
};

struct sim_proposer {
	struct proposer machine;
	struct proposer_outbox out;
	struct sim_ballot ballot;
	uint32_t node;
	uint64_t sequence;
	unsigned int left;
	uint64_t resume;
};

struct sim {
	uint64_t now;
	uint64_t random;
	unsigned int loss;	/* of 100 messages */
	unsigned int deaf;	/* of 100 events */
	uint32_t nodes;
	uint32_t quorum;
	uint64_t timeout;
	struct sim_acceptor acceptors[SIM_NODES];
	struct sim_proposer proposers[SIM_PROPOSERS];
	unsigned int count;
	struct sim_message *queue;
	unsigned int length;
	struct sim_value log[SIM_INSTANCES];
	/* Told to the proposers, of each value. */
	uint8_t result[SIM_PROPOSERS][SIM_INSTANCES];
	uint64_t where[SIM_PROPOSERS][SIM_INSTANCES];
	unsigned int results[5];
};

static uint64_t sim_random(struct sim *sim, uint64_t below)
{
	sim->random ^= sim->random >> 12;
	sim->random ^= sim->random << 25;
	sim->random ^= sim->random >> 27;
	return (sim->random * 0x2545f4914f6cdd1dull >> 11) % below;
}

static struct sim_message *sim_send(struct sim *sim, enum sim_type type,
				    uint32_t node, uint32_t proposer,
				    uint64_t ballot, uint64_t instance)
{
	static struct sim_message lost;
	struct sim_message *message = &lost;
	unsigned int loss = type == SIM_EVENT ? sim->deaf : sim->loss;

	if (sim_random(sim, 100) >= loss) {
		check(sim->length < SIM_EVENTS);
		message = &sim->queue[sim->length++];
	}
	memset(message, 0, sizeof(*message));
	message->when = sim->now + 50 + sim_random(sim, 2000);
	message->type = type;
	message->node = node;
	message->proposer = proposer;
	message->ballot = ballot;
	message->instance = instance;
	return message;
}

static bool sim_same(const struct sim_value *a, const struct sim_value *b)
{
	return a->proposer == b->proposer && a->sequence == b->sequence;
}

/* A node learns. */
static void sim_learn(struct sim *sim, uint32_t node, uint64_t instance,
		      const struct sim_value *value)
{
	struct sim_acceptor *a = &sim->acceptors[node];

	check(value->proposer);
	if (sim->log[instance].proposer)
		check(sim_same(&sim->log[instance], value));
	sim->log[instance] = *value;
	a->chosen[instance] = *value;
	while (a->chosen[a->next].proposer)
		a->next++;
}

static void sim_fill(struct proposer_event *event, struct paxosnl_vote *vote,
		     const struct sim_message *m)
{
	memset(vote, 0, sizeof(*vote));
	vote->instance = m->instance;
	vote->ballot = m->voted;
	vote->chosen = m->chosen;
	vote->client = m->value.proposer;
	vote->sequence = m->value.sequence;
	vote->digest = m->value.proposer * 1000000ull + m->value.sequence;
	vote->kind = PAXOS_KIND_VALUE;
	event->type = PROPOSER_PROMISE;
	event->promise.ballot = m->ballot;
	event->promise.node = m->node + 1;
	event->promise.from = m->instance;
	event->promise.upto = m->instance;
	event->promise.whole = true;
	event->promise.count = m->value.proposer ? 1 : 0;
}

static void sim_pump(struct sim *sim, uint32_t proposer)
{
	struct sim_ballot *b = &sim->proposers[proposer - 1].ballot;
	struct sim_message *m;
	uint32_t node;

	for (node = 0; node < sim->nodes; node++) {
		m = sim_send(sim, b->accepting ? SIM_ACCEPT : SIM_PREPARE,
			     node, proposer, b->ballot, b->instance);
		m->value = b->value;
	}
	b->again = sim->now + 8000;
}

static void sim_chosen(struct sim *sim, uint32_t proposer, uint64_t instance,
		       const struct sim_value *value)
{
	struct sim_proposer *p = &sim->proposers[proposer - 1];
	struct sim_message *m;

	if (p->ballot.told)
		return;
	p->ballot.told = true;
	m = sim_send(sim, SIM_EVENT, p->node, proposer, p->ballot.ballot,
		     instance);
	m->event.type = PROPOSER_CHOSEN;
	m->event.chosen.ballot = p->ballot.ballot;
	m->event.chosen.instance = instance;
	m->event.chosen.client = value->proposer;
	m->event.chosen.sequence = value->sequence;
	m->event.chosen.kind = PAXOS_KIND_VALUE;
}

/* Does what the machine wants, as kernel and netlink would. */
static void sim_perform(struct sim *sim, uint32_t proposer)
{
	struct sim_proposer *p = &sim->proposers[proposer - 1];
	struct sim_acceptor *a = &sim->acceptors[p->node];
	unsigned int i;

	do {
		struct proposer_outbox out = p->out;
		struct proposer_event event = { .type = 0 };

		p->out.count = 0;
		for (i = 0; i < out.count; i++) {
			struct proposer_action *action = &out.actions[i];

			switch (action->type) {
			case PROPOSER_DROP:
				p->ballot.ballot = 0;
				break;
			case PROPOSER_GET:
				if (a->highest >> 17 > a->counter)
					a->counter = a->highest >> 17;
				if (action->ballot >> 17 > a->counter)
					a->counter = action->ballot >> 17;
				a->counter++;
				event.type = PROPOSER_BALLOT;
				event.ballot.ballot = a->counter << 17 |
						      (p->node + 1) << 1 | 1;
				event.ballot.next = a->next;
				event.ballot.voters = sim->nodes;
				event.ballot.quorum_1 = sim->quorum;
				event.ballot.quorum_2 = sim->quorum;
				break;
			case PROPOSER_PREPARE:
				memset(&p->ballot, 0, sizeof(p->ballot));
				p->ballot.ballot = action->ballot;
				p->ballot.instance = action->instance;
				check(action->instance < SIM_INSTANCES);
				/* Sometimes the kernel is out of memory. */
				if (!sim_random(sim, 200)) {
					event.type = PROPOSER_FAILED;
					break;
				}
				sim_pump(sim, proposer);
				break;
			case PROPOSER_ACCEPT:
			case PROPOSER_ADOPT:
				/* P12, as the kernel counts */
				check(action->ballot == p->ballot.ballot);
				check((unsigned int)__builtin_popcount(p->ballot.promised) >=
				      sim->quorum);
				p->ballot.value.proposer =
					(uint32_t)action->value.client;
				p->ballot.value.sequence =
					action->value.sequence;
				if (!sim_random(sim, 200)) {
					event.type = PROPOSER_FAILED;
					break;
				}
				if (!sim_random(sim, 200))
					event.type = PROPOSER_DOUBTFUL;
				p->ballot.accepting = true;
				sim_pump(sim, proposer);
				break;
			case PROPOSER_DONE:
				break;
			}
		}
		if (event.type)
			proposer_step(&p->machine, sim->now, &event, &p->out);
	} while (p->out.count);
}

static void sim_receive(struct sim *sim, struct sim_message *m)
{
	struct sim_acceptor *a = &sim->acceptors[m->node];
	struct sim_proposer *p = &sim->proposers[m->proposer - 1];
	struct sim_message *r;

	switch (m->type) {
	case SIM_PREPARE:
		if (m->ballot > a->highest)
			a->highest = m->ballot;
		if (m->ballot < a->promised[m->instance] ||
		    m->ballot <= a->voted[m->instance]) {
			r = sim_send(sim, SIM_REFUSED, m->node, m->proposer,
				     m->ballot, m->instance);
			r->highest = a->promised[m->instance];
			return;
		}
		a->promised[m->instance] = m->ballot;
		r = sim_send(sim, SIM_PROMISE, m->node, m->proposer, m->ballot,
			     m->instance);
		r->voted = a->voted[m->instance];
		r->value = a->value[m->instance];
		if (a->chosen[m->instance].proposer) {
			r->chosen = true;
			r->value = a->chosen[m->instance];
		}
		return;
	case SIM_ACCEPT:
		if (m->ballot > a->highest)
			a->highest = m->ballot;
		if (m->ballot < a->promised[m->instance]) {
			r = sim_send(sim, SIM_REFUSED, m->node, m->proposer,
				     m->ballot, m->instance);
			r->highest = a->promised[m->instance];
			return;
		}
		if (a->voted[m->instance] == m->ballot)
			check(sim_same(&a->value[m->instance], &m->value));
		a->promised[m->instance] = m->ballot;
		a->voted[m->instance] = m->ballot;
		a->value[m->instance] = m->value;
		sim_send(sim, SIM_ACCEPTED, m->node, m->proposer, m->ballot,
			 m->instance)->value = m->value;
		return;
	case SIM_DECIDED:
		sim_learn(sim, m->node, m->instance, &m->value);
		for (uint32_t i = 0; i < sim->count; i++)
			if (sim->proposers[i].node == m->node &&
			    sim->proposers[i].ballot.ballot &&
			    sim->proposers[i].ballot.instance == m->instance)
				sim_chosen(sim, i + 1, m->instance, &m->value);
		return;
	case SIM_PROMISE:
		if (m->ballot != p->ballot.ballot)
			return;
		if (p->ballot.promised & 1u << m->node)
			return;
		p->ballot.promised |= 1u << m->node;
		r = sim_send(sim, SIM_EVENT, p->node, m->proposer, m->ballot,
			     m->instance);
		sim_fill(&r->event, &r->vote, m);
		return;
	case SIM_REFUSED:
		if (m->highest > sim->acceptors[p->node].highest)
			sim->acceptors[p->node].highest = m->highest;
		if (m->ballot != p->ballot.ballot)
			return;
		r = sim_send(sim, SIM_EVENT, p->node, m->proposer, m->ballot,
			     m->instance);
		r->event.type = PROPOSER_REFUSED;
		r->event.refused.ballot = m->ballot;
		r->event.refused.node = m->node + 1;
		r->event.refused.refusal = PAXOS_REFUSAL_BALLOT;
		r->event.refused.highest = m->highest;
		return;
	case SIM_ACCEPTED:
		if (m->ballot != p->ballot.ballot || !p->ballot.accepting)
			return;
		p->ballot.voted |= 1u << m->node;
		if ((unsigned int)__builtin_popcount(p->ballot.voted) <
		    sim->quorum || p->ballot.told)
			return;
		sim_learn(sim, p->node, m->instance, &m->value);
		for (uint32_t i = 0; i < sim->nodes; i++)
			sim_send(sim, SIM_DECIDED, i, m->proposer, m->ballot,
				 m->instance)->value = m->value;
		sim_chosen(sim, m->proposer, m->instance, &m->value);
		return;
	case SIM_EVENT:
		if (m->event.type == PROPOSER_PROMISE)
			m->event.promise.votes = &m->vote;
		proposer_step(&p->machine, sim->now, &m->event, &p->out);
		sim_perform(sim, m->proposer);
		return;
	}
}

static void sim_proposer_run(struct sim *sim, uint32_t proposer)
{
	const struct proposer_event timer = { .type = PROPOSER_TIMER };
	struct sim_proposer *p = &sim->proposers[proposer - 1];

	if (p->ballot.ballot && sim->now >= p->ballot.again)
		sim_pump(sim, proposer);
	if (p->machine.phase != PROPOSER_IDLE) {
		if (sim->now >= proposer_wake(&p->machine)) {
			proposer_step(&p->machine, sim->now, &timer, &p->out);
			sim_perform(sim, proposer);
		}
		return;
	}
	if (p->sequence && !sim->result[proposer - 1][p->sequence]) {
		check(p->machine.why != PROPOSER_WHY_ALARM);
		check(p->machine.outcome.result);
		sim->result[proposer - 1][p->sequence] =
			(uint8_t)p->machine.outcome.result;
		sim->where[proposer - 1][p->sequence] =
			p->machine.outcome.instance;
		sim->results[p->machine.outcome.result]++;
	}
	if (!p->left)
		return;
	p->left--;
	p->sequence++;
	check(p->sequence < SIM_INSTANCES);
	proposer_start(&p->machine, sim->now, proposer, p->sequence,
		       sim_random(sim, 20) ? 0 :
		       sim->acceptors[p->node].next + sim_random(sim, 2),
		       sim->now + sim->timeout, &p->out);
	sim_perform(sim, proposer);
}

/* Nodes tell each other what they know: one instance now and then. */
static void sim_gossip(struct sim *sim)
{
	uint32_t from = (uint32_t)sim_random(sim, sim->nodes);
	uint32_t to = (uint32_t)sim_random(sim, sim->nodes);
	uint64_t instance = sim->acceptors[to].next;

	if (instance < SIM_INSTANCES &&
	    sim->acceptors[from].chosen[instance].proposer)
		sim_send(sim, SIM_DECIDED, to, 1, 0, instance)->value =
			sim->acceptors[from].chosen[instance];
}

static bool sim_busy(const struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->count; i++)
		if (sim->proposers[i].left ||
		    sim->proposers[i].machine.phase != PROPOSER_IDLE)
			return true;
	return false;
}

/* What was told and what is, once nothing moves any more. */
static void sim_compare(struct sim *sim)
{
	uint8_t seen[SIM_PROPOSERS][SIM_INSTANCES] = { { 0 } };
	uint64_t instance, n;
	uint32_t i;

	for (instance = 1; instance < SIM_INSTANCES; instance++) {
		const struct sim_value *value = &sim->log[instance];
		uint8_t result;

		if (!value->proposer)
			continue;
		/* No value is there twice. */
		check(!seen[value->proposer - 1][value->sequence]++);
		result = sim->result[value->proposer - 1][value->sequence];
		check(result == PAXOSNL_CHOSEN || result == PAXOSNL_UNKNOWN);
		check(sim->where[value->proposer - 1][value->sequence] ==
		      instance);
	}
	for (i = 0; i < sim->count; i++)
		for (n = 1; n <= sim->proposers[i].sequence; n++)
			if (sim->result[i][n] == PAXOSNL_CHOSEN)
				check(seen[i][n]);
}

static struct sim *sim;

static void sim_run(uint64_t seed, unsigned int count, unsigned int loss,
		    unsigned int deaf, uint64_t timeout, unsigned int values)
{
	struct sim_message *queue = sim->queue;
	uint64_t end;
	uint32_t i;

	memset(sim, 0, sizeof(*sim));
	sim->queue = queue;
	sim->now = 1;
	sim->random = seed * 0x9e3779b97f4a7c15ull + 1;
	sim->nodes = seed % 2 ? 3 : 5;
	sim->quorum = sim->nodes / 2 + 1;
	sim->count = count;
	sim->loss = loss;
	sim->deaf = deaf;
	sim->timeout = timeout;
	for (i = 0; i < sim->nodes; i++)
		sim->acceptors[i].next = 1;
	for (i = 0; i < count; i++) {
		proposer_init(&sim->proposers[i].machine,
			      sim_random(sim, UINT64_MAX));
		sim->proposers[i].node = i % sim->nodes;
		sim->proposers[i].left = values;
	}
	end = 0;
	while (!end || sim->now < end) {
		unsigned int k, length;

		/* The tail settles what was still on its way. */
		if (!end && !sim_busy(sim))
			end = sim->now + 100 * MS;
		check(sim->now < 3600000 * MS);
		sim->now += 100;
		if (!sim_random(sim, 50))
			sim_gossip(sim);
		length = sim->length;
		for (k = 0; k < length;) {
			struct sim_message m;

			if (sim->queue[k].when > sim->now) {
				k++;
				continue;
			}
			m = sim->queue[k];
			sim->queue[k] = sim->queue[--sim->length];
			if (sim->length < length)
				length = sim->length;
			sim_receive(sim, &m);
		}
		for (i = 1; i <= count; i++)
			sim_proposer_run(sim, i);
	}
	sim_compare(sim);
}

static void sim_many(const char *what, unsigned int runs, unsigned int count,
		     unsigned int loss, unsigned int deaf, uint64_t timeout,
		     unsigned int values, bool all)
{
	unsigned int results[5] = { 0 }, i, k;
	uint64_t elapsed = 0;

	for (i = 1; i <= runs; i++) {
		snprintf(tap_note, sizeof(tap_note), "seed %u: ", i);
		sim_run(i, count, loss, deaf, timeout, values);
		elapsed += sim->now;
		for (k = 1; k < 5; k++)
			results[k] += sim->results[k];
	}
	printf("# %s: %u chosen, %u other, %u not proposed, %u unknown; %" PRIu64 " us a value\n",
	       what, results[PAXOSNL_CHOSEN], results[PAXOSNL_OTHER],
	       results[PAXOSNL_NOT_PROPOSED], results[PAXOSNL_UNKNOWN],
	       elapsed / (results[PAXOSNL_CHOSEN] + 1));
	if (all)
		check(!results[PAXOSNL_NOT_PROPOSED] &&
		      !results[PAXOSNL_UNKNOWN]);
	else
		check(results[PAXOSNL_UNKNOWN]);
	check(results[PAXOSNL_CHOSEN]);
}

static void proposer_alone(void)
{
	sim_many("alone", 20, 1, 0, 0, 10000 * MS, 100, true);
}

static void proposer_duel(void)
{
	sim_many("two", 20, 2, 0, 0, 10000 * MS, 100, true);
}

static void proposer_crowd(void)
{
	sim_many("four", 20, 4, 0, 0, 10000 * MS, 50, true);
}

static void proposer_loss(void)
{
	sim_many("four, 30% lost", 20, 4, 30, 0, 30000 * MS, 30, true);
}

static void proposer_deaf(void)
{
	sim_many("three, 30% lost, 10% of events", 20, 3, 30, 10, 60000 * MS,
		 20, true);
}

static void proposer_impatient(void)
{
	sim_many("four, 30% lost, 25 ms", 100, 4, 30, 5, 25 * MS, 60, false);
}

int main(int argc, char **argv)
{
	script_path = argc > 1 ? argv[1] : "proposer.script";
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return 1;
	sim->queue = calloc(SIM_EVENTS, sizeof(*sim->queue));
	if (!sim->queue)
		return 1;
	run(proposer_scripts);
	run(proposer_back_off);
	run(proposer_alone);
	run(proposer_duel);
	run(proposer_crowd);
	run(proposer_loss);
	run(proposer_deaf);
	run(proposer_impatient);
	free(sim->queue);
	free(sim);
	return finish();
}
