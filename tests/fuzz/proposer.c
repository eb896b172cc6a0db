// SPDX-License-Identifier: GPL-2.0
/*
 * The proposer's state machine, told whatever chance says happened. Held against
 * it are only the events it was given: what it may propose follows from them
 * (P11, P12, P13), and so does what it may say became of its value.
 */
#include <string.h>

#include "fuzz.h"
#include "program.h"
#include "proposer.h"

#define CLIENT		0x4242u
#define INSTANCES	2048	/* all lie below */
#define FIRST		64	/* and most of them here */
#define EVENTS		512

enum what {
	BALLOT, PROMISE, PROMISE_ODD, REFUSED, CHOSEN, CHOSEN_OWN, TIMER, WAKE, LOST, FAILED,
	FAILED_FOR_GOOD, DOUBTFUL, PASS, N_WHAT, LED,
};

/* From here on somebody leads, which comes seldom. */
#define LED_FROM	(256 / N_WHAT * N_WHAT)

/* What a voter's promise said last, for the ballot that is held. */
struct heard {
	uint32_t node;
	bool whole;
	bool voted;
	bool chosen;
	uint64_t ballot;
	struct rule_value value;
};

/* An ACCEPT that was asked for. */
struct asked {
	uint64_t ballot;
	uint64_t instance;
	struct rule_value value;
};

static struct {
	struct proposer machine;
	uint64_t now;
	uint64_t deadline;
	uint64_t sequence;
	uint64_t pinned;
	struct paxosnl_ballot ballot;	/* held, its ballot 0 if none is */
	bool waits;			/* a ballot was asked for */
	uint64_t above;
	uint64_t highest;		/* of those handed out */
	uint64_t instance;		/* prepared */
	bool accepting;
	struct heard heard[PAXOS_VOTERS_MAX];
	unsigned int n_heard;
	struct asked asked[EVENTS];
	unsigned int n_asked;
	bool may_be[INSTANCES];		/* the own value may be chosen there */
	bool told_own[INSTANCES];	/* somebody said so */
	bool told_other[INSTANCES];
	struct asked last;
	bool last_opened;
	bool done;
} run;

static bool is_own(const struct rule_value *value)
{
	return value->client == CLIENT && value->sequence == run.sequence &&
	       value->kind == PAXOS_KIND_VALUE;
}

static struct rule_value value_of(uint8_t n)
{
	struct rule_value value = { .client = 7u + n % 4, .sequence = 1, .kind = PAXOS_KIND_VALUE };

	if (n % 8 == 7) {
		value.client = CLIENT;
		value.sequence = run.sequence - (n & 64 ? 1 : 0);
	}
	if (n % 8 == 6)
		value = (struct rule_value){ .kind = PAXOS_KIND_NO_OP };
	value.digest = value.client * 5 + (n & 128 ? 1 : 0);
	return value;
}

/* P12: whole promises of Q1 voters, each counted once. P13: what they call for. */
static void check_rule(const struct proposer_action *action)
{
	const struct heard *best = NULL;
	uint32_t whole = 0;
	unsigned int i;

	fuzz_check(action->ballot && action->ballot == run.ballot.ballot);
	fuzz_check(action->instance == run.instance);
	for (i = 0; i < run.n_heard; i++) {
		const struct heard *h = &run.heard[i];

		if (!h->whole)
			continue;
		whole++;
		fuzz_check(!h->chosen);
		fuzz_check(!h->voted || h->ballot < action->ballot);
		if (h->voted && h->ballot && (!best || h->ballot > best->ballot))
			best = h;
	}
	fuzz_check(whole >= run.ballot.quorum_1);
	fuzz_check(!best == (action->type == PROPOSER_ACCEPT));
	if (best)
		fuzz_check(rule_same(&best->value, &action->value));
	else
		fuzz_check(is_own(&action->value));
}

/* P11: one value for an instance and a ballot. */
static void check_accept(const struct proposer_action *action)
{
	unsigned int i;

	check_rule(action);
	for (i = 0; i < run.n_asked; i++)
		fuzz_check(run.asked[i].ballot != action->ballot);
	if (run.n_asked < EVENTS)
		run.asked[run.n_asked++] = (struct asked){ action->ballot, action->instance,
							   action->value };
	run.accepting = true;
	run.last = (struct asked){ action->ballot, action->instance, action->value };
	run.last_opened = false;
	/* The own value goes where it is open already, or nowhere else is it open. */
	if (action->type == PROPOSER_ACCEPT) {
		for (i = 0; i < INSTANCES; i++)
			fuzz_check(!run.may_be[i] || run.told_other[i] || i == action->instance);
		fuzz_check(!run.pinned || action->instance == run.pinned);
		run.last_opened = !run.may_be[action->instance];
		run.may_be[action->instance] = true;
	}
}

/* What it says must follow from what it was told. */
static void check_outcome(void)
{
	const struct paxosnl_outcome *o = &run.machine.outcome;
	unsigned int i;

	fuzz_check(run.machine.phase == PROPOSER_IDLE);
	fuzz_check(o->client == CLIENT && o->sequence == run.sequence);
	run.done = true;
	switch (o->result) {
	case PAXOSNL_CHOSEN:
		fuzz_check(run.told_own[o->instance % INSTANCES]);
		break;
	case PAXOSNL_OTHER:
		fuzz_check(run.pinned && o->instance == run.pinned);
		fuzz_check(run.told_other[run.pinned]);
		break;
	case PAXOSNL_NOT_PROPOSED:
		for (i = 0; i < INSTANCES; i++)
			fuzz_check(!run.may_be[i] || run.told_other[i]);
		break;
	case PAXOSNL_UNKNOWN:
		fuzz_check(run.may_be[o->instance % INSTANCES]);
		break;
	default:
		fuzz_check(!"an outcome");
	}
}

static void perform(const struct proposer_outbox *out)
{
	unsigned int i;

	fuzz_check(out->count <= PROPOSER_ACTIONS);
	for (i = 0; i < out->count; i++) {
		const struct proposer_action *action = &out->actions[i];

		fuzz_check(!run.done);
		switch (action->type) {
		case PROPOSER_DROP:
			fuzz_check(action->ballot && action->ballot == run.ballot.ballot);
			run.ballot.ballot = 0;
			break;
		case PROPOSER_GET:
			fuzz_check(!run.ballot.ballot);
			run.waits = true;
			run.above = action->ballot;
			break;
		case PROPOSER_PREPARE:
			fuzz_check(action->ballot == run.ballot.ballot);
			fuzz_check(!run.pinned || action->instance == run.pinned);
			fuzz_check(action->instance && action->instance < INSTANCES);
			run.instance = action->instance;
			run.accepting = false;
			run.n_heard = 0;
			break;
		case PROPOSER_ACCEPT:
		case PROPOSER_ADOPT:
			fuzz_check(!run.accepting);
			check_accept(action);
			break;
		case PROPOSER_DONE:
			check_outcome();
			break;
		}
	}
	if (!run.done)
		fuzz_check(proposer_wake(&run.machine) <= run.deadline);
}

static void step(const struct proposer_event *event)
{
	struct proposer_outbox out;

	if (run.done)
		return;
	proposer_step(&run.machine, run.now, event, &out);
	perform(&out);
}

/* Ballots are handed out once, each above those before: the kernel sees to it. */
static void say_ballot(const struct program_op *op)
{
	struct proposer_event event = { .type = PROPOSER_BALLOT };

	/* It is handed out when it is asked for, or never. */
	if (!run.waits || run.machine.phase != PROPOSER_GETTING)
		return;
	if (run.above > run.highest)
		run.highest = run.above;
	if (run.highest >> 17 >= (1ull << 47) - 2)
		return;
	run.highest = ((run.highest >> 17) + 1 + (op->e & 3)) << 17 | (1 + op->f % 64) << 1 | 1;
	run.waits = false;
	run.ballot = (struct paxosnl_ballot){
		.ballot = run.highest,
		.next = 1 + op->a % FIRST,
		.voters = 1 + op->b % 20,
		.quorum_1 = 1 + op->c % 16,
		.quorum_2 = 1 + op->d % 16,
	};
	event.ballot = run.ballot;
	step(&event);
}

static void note_chosen(uint64_t instance, const struct rule_value *value)
{
	if (instance >= INSTANCES)
		return;
	if (is_own(value))
		run.told_own[instance] = true;
	else
		run.told_other[instance] = true;
}

/* What the machine shall remember of a promise, told a second time. */
static void note_promise(const struct paxosnl_promise *promise)
{
	struct heard *h = NULL;
	unsigned int i;

	if (promise->ballot != run.ballot.ballot || run.accepting ||
	    promise->trim >= run.instance || promise->from > run.instance ||
	    promise->upto < run.instance)
		return;
	for (i = 0; i < run.n_heard; i++)
		if (run.heard[i].node == promise->node)
			h = &run.heard[i];
	if (!h) {
		if (run.n_heard == PAXOS_VOTERS_MAX)
			return;
		h = &run.heard[run.n_heard++];
		memset(h, 0, sizeof(*h));
		h->node = promise->node;
	}
	if (h->whole)
		return;
	for (i = 0; i < promise->count; i++) {
		const struct paxosnl_vote *vote = &promise->votes[i];

		if (vote->instance != run.instance)
			continue;
		h->voted = !vote->chosen;
		h->chosen = vote->chosen;
		h->ballot = vote->ballot;
		h->value = (struct rule_value){ vote->client, vote->sequence, vote->digest,
						vote->kind };
	}
	h->whole = promise->whole;
	for (i = 0; i < run.n_heard; i++)
		if (run.heard[i].whole && run.heard[i].chosen)
			note_chosen(run.instance, &run.heard[i].value);
}

static uint64_t vote_ballot(uint8_t sel)
{
	return sel & 128 ? run.ballot.ballot + (sel & 3) - 1 :
	       (uint64_t)(sel & 15) << 17 | (sel >> 4 & 7) << 1 | 1;
}

static void say_promise(const struct program_op *op, bool odd)
{
	struct proposer_event event = { .type = PROPOSER_PROMISE };
	struct paxosnl_vote votes[4];
	uint8_t i, n = op->a & 3;

	for (i = 0; i < n; i++) {
		struct rule_value value = value_of((uint8_t)(op->c + i * (op->d & 1)));

		votes[i] = (struct paxosnl_vote){
			.instance = run.instance + i * (op->d >> 1 & 1),
			.ballot = vote_ballot(op->b),
			.client = value.client, .sequence = value.sequence,
			.digest = value.digest, .kind = value.kind,
			.chosen = (op->d & 12) == 12,
		};
	}
	event.promise = (struct paxosnl_promise){
		.ballot = run.ballot.ballot, .node = 1 + op->node % 16, .from = run.instance,
		.upto = run.instance, .votes = votes, .count = n, .whole = !(op->d & 128),
	};
	if (odd) {
		event.promise.ballot += op->e & 1;
		event.promise.node = op->node;
		event.promise.trim = op->e & 2 ? op->f : 0;
		event.promise.from += op->e & 4 ? op->f : 0;
		event.promise.upto = op->e & 8 ? op->f : UINT64_MAX;
	}
	/* A ballot that is not held has no promises. */
	if (!run.ballot.ballot)
		return;
	note_promise(&event.promise);
	step(&event);
}

static void say_refused(const struct program_op *op)
{
	struct proposer_event event = { .type = PROPOSER_REFUSED };

	event.refused.ballot = run.ballot.ballot + (op->e & 1);
	event.refused.node = op->node & 128 ? op->node : 1 + op->node % 16;
	event.refused.instance = run.instance;
	event.refused.refusal = op->a % 8;
	event.refused.highest = vote_ballot(op->b);
	step(&event);
}

static void say_chosen(const struct program_op *op, bool own)
{
	struct proposer_event event = { .type = PROPOSER_CHOSEN };
	struct rule_value value = value_of(own ? 7 : op->c);
	uint64_t instance = op->d & 1 ? run.instance : op->a % FIRST;

	/* One value an instance, or all bets are off. */
	if (instance < INSTANCES && (run.told_own[instance] || run.told_other[instance]) &&
	    run.told_own[instance] != is_own(&value))
		return;
	event.chosen.ballot = op->d & 2 ? run.ballot.ballot : 5;
	event.chosen.instance = instance;
	event.chosen.client = value.client;
	event.chosen.sequence = value.sequence;
	event.chosen.digest = value.digest;
	event.chosen.kind = value.kind;
	note_chosen(instance, &value);
	step(&event);
}

/* An action that failed had no effect, unless nobody knows. */
static void say_failed(enum proposer_event_type type)
{
	struct proposer_event event = { .type = type };

	if (type != PROPOSER_DOUBTFUL && run.machine.phase == PROPOSER_ACCEPTING &&
	    run.last_opened) {
		run.may_be[run.last.instance] = false;
		run.last_opened = false;
	}
	step(&event);
}

static void run_op(const struct program_op *op)
{
	const struct proposer_event timer = { .type = PROPOSER_TIMER };
	const struct proposer_event lost = { .type = PROPOSER_LOST };
	const struct proposer_event led = { .type = PROPOSER_LED };
	uint8_t what = op->what < LED_FROM ? op->what % N_WHAT : LED;

	switch (what) {
	case BALLOT:
		return say_ballot(op);
	case PROMISE:
	case PROMISE_ODD:
		return say_promise(op, what == PROMISE_ODD);
	case REFUSED:
		return say_refused(op);
	case CHOSEN:
	case CHOSEN_OWN:
		return say_chosen(op, what == CHOSEN_OWN);
	case WAKE:
		if (!run.done && proposer_wake(&run.machine) > run.now)
			run.now = proposer_wake(&run.machine);
		return step(&timer);
	case TIMER:
		return step(&timer);
	case LOST:
		return step(&lost);
	case LED:
		step(&led);
		/* Whatever came before, it is left to who leads. */
		fuzz_check(run.done);
		return;
	case FAILED:
		return say_failed(PROPOSER_FAILED);
	case FAILED_FOR_GOOD:
		return say_failed(PROPOSER_FAILED_FOR_GOOD);
	case DOUBTFUL:
		return say_failed(PROPOSER_DOUBTFUL);
	default:
		run.now += (uint64_t)op->a * op->a * op->b;
	}
}

static void start(const struct program_op *op)
{
	struct proposer_outbox out;

	memset(run.may_be, 0, sizeof(run.may_be));
	memset(run.told_own, 0, sizeof(run.told_own));
	memset(run.told_other, 0, sizeof(run.told_other));
	run.n_heard = 0;
	run.accepting = false;
	run.last_opened = false;
	run.done = false;
	run.pinned = op->a & 1 ? 1 + op->b % FIRST : 0;
	run.deadline = run.now + (1ull << (op->c % 28));
	proposer_start(&run.machine, run.now, CLIENT, ++run.sequence, run.pinned, run.deadline,
		       &out);
	perform(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct program_op op;
	size_t i;

	memset(&run, 0, sizeof(run));
	run.now = 1000;
	run.done = true;
	proposer_init(&run.machine, size);
	for (i = 0; i < size / sizeof(op); i++) {
		memcpy(&op, data + i * sizeof(op), sizeof(op));
		if (run.done)
			start(&op);
		else
			run_op(&op);
	}
	return 0;
}
