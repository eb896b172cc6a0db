// SPDX-License-Identifier: GPL-2.0
/*
 * Basic Paxos, the proposer's side.
 *
 * A round is: have a ballot handed out, prepare it for one instance, apply the
 * value rule to the promises of a quorum (P13), have the value that it calls
 * for accepted, and learn what was chosen. If that is another's value the next
 * instance is tried, under a new ballot. A round that another proposer's
 * ballot ended is followed by a random wait, the longer the more were lost.
 *
 * The value goes in once. As soon as ACCEPT was sent with it at instance s it
 * may be chosen there, by a later proposer who finds one vote for it, however
 * the round ended. So every further round is at s, until s is settled: chosen
 * with this value, and that is the end; or with another's, and then this one is
 * nowhere and may be tried elsewhere. If the deadline comes first the outcome
 * is unknown. A value is in the log twice only if the caller, after an unknown
 * outcome, proposes the same bytes again: as a new value, with a new sequence.
 */
#include <string.h>

#include "proposer.h"

/* A quorum of promises takes that long as long as nobody has measured it. */
#define RTT_START	5000ull

/* The wait after a lost round is at most a multiple of the above. */
#define BACKOFF_SHIFT	8u
#define BACKOFF_MAX	1000000ull

/*
 * The kernel sends again what was lost on its way. A phase that lasts is one
 * without a quorum, and there is nothing to do but wait, or one whose events
 * were lost, and a new round finds out.
 */
#define PHASE_MIN	1000000ull
#define PHASE_MAX	8000000ull

/* How long the other votes may take when one voter has refused. */
#define GRACE_MIN	20000ull

static uint64_t proposer_random(struct proposer *p)
{
	/* xorshift64* */
	p->random ^= p->random >> 12;
	p->random ^= p->random << 25;
	p->random ^= p->random >> 27;
	return p->random * 0x2545f4914f6cdd1dull;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct proposer_action *proposer_do(struct proposer_outbox *out,
					   enum proposer_action_type type,
					   uint64_t ballot, uint64_t instance)
{
	struct proposer_action *action = &out->actions[out->count++];

	memset(action, 0, sizeof(*action));
	action->type = type;
	action->ballot = ballot;
	action->instance = instance;
	return action;
}

static bool proposer_is_own(const struct proposer *p,
			    const struct rule_value *value)
{
	/* The client is a random number of 64 bits: it need not be hashed. */
	return value->client == p->own.client &&
	       value->sequence == p->own.sequence &&
	       value->kind == p->own.kind;
}

static void proposer_phase(struct proposer *p, uint64_t now,
			   enum proposer_phase phase)
{
	uint64_t limit = max_u64(PHASE_MIN, 16 * p->rtt) <<
			 (p->timeouts < 3 ? p->timeouts : 3);

	p->phase = phase;
	p->since = now;
	p->wake = now + min_u64(limit, PHASE_MAX);
	p->refused = 0;
	p->trimmed = 0;
}

static void proposer_drop(struct proposer *p, struct proposer_outbox *out)
{
	if (p->ballot.ballot)
		proposer_do(out, PROPOSER_DROP, p->ballot.ballot, 0);
	p->ballot.ballot = 0;
}

static void proposer_finish(struct proposer *p, enum paxosnl_result result,
			    uint64_t instance, enum proposer_why why,
			    struct proposer_outbox *out)
{
	proposer_drop(p, out);
	p->phase = PROPOSER_IDLE;
	p->outcome.result = result;
	p->outcome.instance = instance;
	p->why = why;
	proposer_do(out, PROPOSER_DONE, 0, instance);
}

/* Gives up. Whether the value may yet be chosen depends on what was sent. */
static void proposer_give_up(struct proposer *p, enum proposer_why why,
			     struct proposer_outbox *out)
{
	if (p->open)
		proposer_finish(p, PAXOSNL_UNKNOWN, p->open, why, out);
	else
		proposer_finish(p, PAXOSNL_NOT_PROPOSED, 0, why, out);
}

/* Begins a round at once. */
static void proposer_round(struct proposer *p, uint64_t now,
			   struct proposer_outbox *out)
{
	if (now >= p->deadline) {
		proposer_give_up(p, PROPOSER_WHY_DEADLINE, out);
		return;
	}
	proposer_drop(p, out);
	proposer_phase(p, now, PROPOSER_GETTING);
	proposer_do(out, PROPOSER_GET, p->highest, 0);
}

/* Begins a round after a random wait. */
static void proposer_back_off(struct proposer *p, uint64_t now,
			      struct proposer_outbox *out)
{
	uint64_t limit;

	if (now >= p->deadline) {
		proposer_give_up(p, PROPOSER_WHY_DEADLINE, out);
		return;
	}
	proposer_drop(p, out);
	if (p->losses < BACKOFF_SHIFT)
		p->losses++;
	limit = min_u64(p->rtt << p->losses, BACKOFF_MAX);
	proposer_phase(p, now, PROPOSER_WAITING);
	p->wake = now + 1 + proposer_random(p) % limit;
}

/* An instance is chosen, as a promise or the kernel says. */
static void proposer_learn(struct proposer *p, uint64_t now, uint64_t instance,
			   const struct rule_value *value,
			   struct proposer_outbox *out)
{
	/* No instance, which is what nothing is pinned to, either. */
	if (!instance)
		return;
	if (proposer_is_own(p, value)) {
		/* A round that was won: the next loss waits less. */
		p->losses /= 2;
		p->timeouts = 0;
		p->open = 0;
		proposer_finish(p, PAXOSNL_CHOSEN, instance, PROPOSER_WHY_NONE,
				out);
		return;
	}
	if (instance == p->open)
		p->open = 0;
	if (instance == p->pinned) {
		p->outcome.chosen.instance = instance;
		p->outcome.chosen.client = value->client;
		p->outcome.chosen.sequence = value->sequence;
		p->outcome.chosen.digest = value->digest;
		p->outcome.chosen.kind = value->kind;
		p->outcome.chosen.chosen = true;
		proposer_finish(p, PAXOSNL_OTHER, instance, PROPOSER_WHY_NONE,
				out);
		return;
	}
	if (instance != p->instance)
		return;
	p->floor = max_u64(p->floor, instance + 1);
	p->timeouts = 0;
	/* Who waits lost to somebody, and still should not be in the way. */
	if (p->phase == PROPOSER_PREPARING || p->phase == PROPOSER_ACCEPTING)
		proposer_round(p, now, out);
}

/* Enough whole promises are there: the value rule. */
static void proposer_decide(struct proposer *p, uint64_t now,
			    struct proposer_outbox *out)
{
	struct rule_reply replies[PAXOS_VOTERS_MAX];
	struct proposer_action *action;
	struct rule_value value;
	unsigned int count = 0;
	unsigned int i;
	uint64_t highest;

	for (i = 0; i < p->count; i++)
		if (p->whole[i])
			replies[count++] = p->replies[i];

	/* There are no fast rounds yet: F is none. */
	switch (rule_apply(replies, count, p->ballot.voters, 0,
			   p->ballot.ballot, &value, &highest)) {
	case RULE_CHOSEN:
		proposer_learn(p, now, p->instance, &value, out);
		return;
	case RULE_VOID:
		p->highest = max_u64(p->highest, highest);
		proposer_back_off(p, now, out);
		return;
	case RULE_ALARM:
		proposer_give_up(p, PROPOSER_WHY_ALARM, out);
		return;
	case RULE_VALUE:
	case RULE_FREE:
		break;
	}
	if (now >= p->deadline) {
		proposer_give_up(p, PROPOSER_WHY_DEADLINE, out);
		return;
	}
	p->rtt = (3 * p->rtt + (now - p->since) + 3) / 4;
	proposer_phase(p, now, PROPOSER_ACCEPTING);
	if (highest) {
		action = proposer_do(out, PROPOSER_ADOPT, p->ballot.ballot,
				     p->instance);
		action->value = value;
		p->opened = false;
		return;
	}
	/*
	 * Free. If the own value is open here then nobody whom that ACCEPT
	 * reached is in this quorum, and it goes out once more, higher up.
	 */
	p->opened = !p->open;
	p->open = p->instance;
	action = proposer_do(out, PROPOSER_ACCEPT, p->ballot.ballot,
			     p->instance);
	action->value = p->own;
}

static void proposer_ballot(struct proposer *p, uint64_t now,
			    const struct paxosnl_ballot *ballot,
			    struct proposer_outbox *out)
{
	if (p->phase != PROPOSER_GETTING)
		return;
	p->ballot = *ballot;
	p->highest = max_u64(p->highest, ballot->ballot);
	p->floor = max_u64(p->floor, ballot->next);
	if (p->open)
		p->instance = p->open;
	else if (p->pinned)
		p->instance = p->pinned;
	else
		p->instance = p->floor;
	p->count = 0;
	p->answered = 0;
	proposer_phase(p, now, PROPOSER_PREPARING);
	proposer_do(out, PROPOSER_PREPARE, ballot->ballot, p->instance);
}

/* A voter does not help in this phase: are there enough without it? */
static void proposer_without(struct proposer *p, uint64_t now, uint32_t node,
			     struct proposer_outbox *out)
{
	bool preparing = p->phase == PROPOSER_PREPARING;
	uint32_t quorum = preparing ? p->ballot.quorum_1 : p->ballot.quorum_2;
	uint32_t refused;

	p->refused |= 1ull << ((node - 1) & 63);
	refused = (uint32_t)__builtin_popcountll(p->refused);
	if (p->ballot.voters >= refused &&
	    p->ballot.voters - refused >= quorum)
		return;
	if (p->trimmed && preparing) {
		/* It is chosen, and nobody can be asked what with. */
		if (p->open || p->pinned) {
			proposer_give_up(p, PROPOSER_WHY_TRIMMED, out);
			return;
		}
	}
	proposer_back_off(p, now, out);
}

static struct rule_reply *proposer_reply(struct proposer *p, uint32_t node,
					 unsigned int *index)
{
	unsigned int i;

	for (i = 0; i < p->count; i++)
		if (p->replies[i].node == node)
			break;
	if (i == PAXOS_VOTERS_MAX)
		return NULL;
	if (i == p->count) {
		p->count++;
		p->whole[i] = false;
		memset(&p->replies[i], 0, sizeof(p->replies[i]));
		p->replies[i].node = node;
	}
	*index = i;
	return &p->replies[i];
}

static void proposer_promise(struct proposer *p, uint64_t now,
			     const struct paxosnl_promise *promise,
			     struct proposer_outbox *out)
{
	unsigned int whole = 0;
	struct rule_reply *reply;
	unsigned int index;
	size_t i;

	if (p->phase != PROPOSER_PREPARING ||
	    promise->ballot != p->ballot.ballot)
		return;
	if (promise->trim >= p->instance) {
		/* P6: no answer. But all up to there is chosen. */
		if (!p->open && !p->pinned) {
			p->floor = max_u64(p->floor, promise->trim + 1);
			proposer_round(p, now, out);
			return;
		}
		p->trimmed |= 1ull << ((promise->node - 1) & 63);
		p->refusal = PAXOS_REFUSAL_TRIMMED;
		p->refuser = promise->node;
		proposer_without(p, now, promise->node, out);
		return;
	}
	/* Prepared was one instance: another page has nothing to say. */
	if (promise->from > p->instance || promise->upto < p->instance)
		return;
	reply = proposer_reply(p, promise->node, &index);
	if (!reply || p->whole[index])
		return;
	for (i = 0; i < promise->count; i++) {
		const struct paxosnl_vote *vote = &promise->votes[i];

		if (vote->instance != p->instance)
			continue;
		reply->chosen = vote->chosen;
		reply->voted = !vote->chosen;
		reply->ballot = vote->ballot;
		reply->value.client = vote->client;
		reply->value.sequence = vote->sequence;
		reply->value.digest = vote->digest;
		reply->value.kind = vote->kind;
	}
	p->whole[index] = promise->whole;
	for (i = 0; i < p->count; i++)
		if (p->whole[i])
			whole++;
	p->answered = whole;
	/*
	 * Counted here, not taken from the kernel's flag: what a quorum said
	 * is merged only if all of it arrived.
	 */
	if (whole >= p->ballot.quorum_1)
		proposer_decide(p, now, out);
}

static void proposer_refused(struct proposer *p, uint64_t now,
			     const struct paxosnl_refused *refused,
			     struct proposer_outbox *out)
{
	if ((p->phase != PROPOSER_PREPARING &&
	     p->phase != PROPOSER_ACCEPTING) ||
	    refused->ballot != p->ballot.ballot || !refused->node)
		return;
	if (refused->refusal != PAXOS_REFUSAL_BALLOT) {
		p->refusal = refused->refusal;
		p->refuser = refused->node;
		if (refused->refusal == PAXOS_REFUSAL_TRIMMED)
			p->trimmed |= 1ull << ((refused->node - 1) & 63);
		proposer_without(p, now, refused->node, out);
		return;
	}
	p->highest = max_u64(p->highest, refused->highest);
	if (p->phase == PROPOSER_PREPARING) {
		/* Nothing was sent that could be chosen. Be polite. */
		proposer_back_off(p, now, out);
		return;
	}
	/*
	 * The others may have voted already, and dropping the ballot would
	 * only hide it: give them the time that a round trip takes.
	 */
	p->wake = min_u64(p->wake,
			  now + max_u64(GRACE_MIN, 2 * p->rtt));
	proposer_without(p, now, refused->node, out);
}

static void proposer_failed(struct proposer *p, uint64_t now,
			    enum proposer_event_type type,
			    struct proposer_outbox *out)
{
	/* What had no effect opened nothing; what is doubtful did. */
	if (p->phase == PROPOSER_ACCEPTING && p->opened &&
	    type != PROPOSER_DOUBTFUL)
		p->open = 0;
	if (p->phase == PROPOSER_GETTING)
		p->ballot.ballot = 0;
	if (type == PROPOSER_FAILED_FOR_GOOD)
		proposer_give_up(p, PROPOSER_WHY_FAILED, out);
	else
		proposer_back_off(p, now, out);
}

static void proposer_timer(struct proposer *p, uint64_t now,
			   struct proposer_outbox *out)
{
	if (now >= p->deadline) {
		proposer_give_up(p, PROPOSER_WHY_DEADLINE, out);
		return;
	}
	if (now < p->wake)
		return;
	switch (p->phase) {
	case PROPOSER_WAITING:
		proposer_round(p, now, out);
		break;
	case PROPOSER_GETTING:
	case PROPOSER_PREPARING:
	case PROPOSER_ACCEPTING:
		/* Grace is over for a round that another's ballot ended. */
		if (p->phase == PROPOSER_ACCEPTING && p->refused) {
			proposer_back_off(p, now, out);
			break;
		}
		p->timeouts++;
		proposer_round(p, now, out);
		break;
	case PROPOSER_IDLE:
		break;
	}
}

/**
 * proposer_init - make a proposer that has nothing to propose
 * @p: the proposer
 * @seed: where its randomness begins; two proposers want two
 */
void proposer_init(struct proposer *p, uint64_t seed)
{
	memset(p, 0, sizeof(*p));
	p->random = seed ? seed : 1;
	p->rtt = RTT_START;
}

static void proposer_begin(struct proposer *p, uint64_t now, uint32_t kind,
			   uint64_t client, uint64_t sequence,
			   uint64_t instance, uint64_t deadline,
			   struct proposer_outbox *out)
{
	out->count = 0;
	p->own.client = client;
	p->own.sequence = sequence;
	p->own.digest = 0;
	p->own.kind = kind;
	p->pinned = instance;
	p->open = 0;
	p->opened = false;
	p->deadline = deadline;
	p->refusal = 0;
	p->answered = 0;
	p->why = PROPOSER_WHY_NONE;
	memset(&p->outcome, 0, sizeof(p->outcome));
	p->outcome.client = client;
	p->outcome.sequence = sequence;
	proposer_round(p, now, out);
}

/**
 * proposer_start - propose a value
 * @p: the proposer, done with the value before
 * @now: the time
 * @client: who made the value
 * @sequence: the client's number of it
 * @instance: the only instance where it may go, 0 for the first that is free
 * @deadline: when to give up
 * @out: what to do
 */
void proposer_start(struct proposer *p, uint64_t now, uint64_t client,
		    uint64_t sequence, uint64_t instance, uint64_t deadline,
		    struct proposer_outbox *out)
{
	proposer_begin(p, now, PAXOS_KIND_VALUE, client, sequence, instance,
		       deadline, out);
}

/**
 * proposer_start_close - propose to close a session
 * @p: the proposer, done with the value before
 * @now: the time
 * @client: whose session
 * @sequence: any of the client's, which becomes the entry's
 * @deadline: when to give up
 * @out: what to do
 */
void proposer_start_close(struct proposer *p, uint64_t now, uint64_t client,
			  uint64_t sequence, uint64_t deadline,
			  struct proposer_outbox *out)
{
	proposer_begin(p, now, PAXOS_KIND_CLOSE, client, sequence, 0, deadline,
		       out);
}

/**
 * proposer_step - something happened
 * @p: the proposer
 * @now: the time
 * @event: what happened
 * @out: what to do
 */
void proposer_step(struct proposer *p, uint64_t now,
		   const struct proposer_event *event,
		   struct proposer_outbox *out)
{
	struct rule_value value;

	out->count = 0;
	if (p->phase == PROPOSER_IDLE)
		return;
	switch (event->type) {
	case PROPOSER_BALLOT:
		proposer_ballot(p, now, &event->ballot, out);
		break;
	case PROPOSER_PROMISE:
		proposer_promise(p, now, &event->promise, out);
		break;
	case PROPOSER_REFUSED:
		proposer_refused(p, now, &event->refused, out);
		break;
	case PROPOSER_CHOSEN:
		value.client = event->chosen.client;
		value.sequence = event->chosen.sequence;
		value.digest = event->chosen.digest;
		value.kind = event->chosen.kind;
		proposer_learn(p, now, event->chosen.instance, &value, out);
		break;
	case PROPOSER_LOST:
		/* Waiting or asking, nothing is missed. */
		if (p->phase == PROPOSER_PREPARING ||
		    p->phase == PROPOSER_ACCEPTING)
			proposer_round(p, now, out);
		break;
	case PROPOSER_FAILED:
	case PROPOSER_FAILED_FOR_GOOD:
	case PROPOSER_DOUBTFUL:
		proposer_failed(p, now, event->type, out);
		break;
	case PROPOSER_LED:
		proposer_give_up(p, PROPOSER_WHY_LED, out);
		break;
	case PROPOSER_TIMER:
		break;
	}
	/* Time passes whatever happens. */
	if (!out->count && p->phase != PROPOSER_IDLE)
		proposer_timer(p, now, out);
}

/**
 * proposer_wake - when the proposer wants a PROPOSER_TIMER
 * @p: the proposer, with a value
 *
 * Return: the time.
 */
uint64_t proposer_wake(const struct proposer *p)
{
	return min_u64(p->wake, p->deadline);
}
