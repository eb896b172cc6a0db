/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Basic Paxos, the proposer's side, as a pure state machine: what happened
 * goes in, what to do comes out. It does no I/O, reads no clock and draws its
 * randomness from a seed. Times are microseconds of any clock that does not
 * go back.
 */
#ifndef PAXOSNL_PROPOSER_H
#define PAXOSNL_PROPOSER_H

#include "paxosnl.h"
#include "rule.h"

/**
 * enum proposer_event_type - what can happen
 * @PROPOSER_BALLOT: the ballot that was asked for is handed out
 * @PROPOSER_PROMISE: a page of a promise came
 * @PROPOSER_REFUSED: a voter refused
 * @PROPOSER_CHOSEN: an instance is chosen
 * @PROPOSER_TIMER: the time of proposer_wake() has come
 * @PROPOSER_LOST: events were lost, nobody knows which
 * @PROPOSER_FAILED: the last action could not be done; it had no effect
 * @PROPOSER_FAILED_FOR_GOOD: the same, and trying again would not help
 * @PROPOSER_DOUBTFUL: whether the last action was done is not known
 * @PROPOSER_LED: somebody leads, and who wants a value chosen leaves it to him
 */
enum proposer_event_type {
	PROPOSER_BALLOT = 1,
	PROPOSER_PROMISE,
	PROPOSER_REFUSED,
	PROPOSER_CHOSEN,
	PROPOSER_TIMER,
	PROPOSER_LOST,
	PROPOSER_FAILED,
	PROPOSER_FAILED_FOR_GOOD,
	PROPOSER_DOUBTFUL,
	PROPOSER_LED,
};

/**
 * struct proposer_event - what happened
 * @type: which of these it is
 * @ballot: for PROPOSER_BALLOT
 * @promise: for PROPOSER_PROMISE
 * @refused: for PROPOSER_REFUSED
 * @chosen: for PROPOSER_CHOSEN
 */
struct proposer_event {
	enum proposer_event_type type;
	union {
		struct paxosnl_ballot ballot;
		struct paxosnl_promise promise;
		struct paxosnl_refused refused;
		struct paxosnl_chosen chosen;
	};
};

/* Who leaves it to a leader looks so often whether there is one, in microseconds. */
#define PROPOSER_LOOK_AGAIN	20000u

/**
 * enum proposer_action_type - what to do
 * @PROPOSER_DROP: give the ballot back
 * @PROPOSER_GET: have a ballot handed out above another
 * @PROPOSER_PREPARE: prepare the ballot for one instance
 * @PROPOSER_ACCEPT: have one's own value accepted
 * @PROPOSER_ADOPT: have a value accepted that a promise reported
 * @PROPOSER_DONE: nothing, the outcome is known
 */
enum proposer_action_type {
	PROPOSER_DROP = 1,
	PROPOSER_GET,
	PROPOSER_PREPARE,
	PROPOSER_ACCEPT,
	PROPOSER_ADOPT,
	PROPOSER_DONE,
};

/**
 * struct proposer_action - something to do
 * @type: which of these it is
 * @ballot: the ballot; for PROPOSER_GET the one to be above
 * @instance: the instance
 * @value: for PROPOSER_ACCEPT (without digest) and PROPOSER_ADOPT
 */
struct proposer_action {
	enum proposer_action_type type;
	uint64_t ballot;
	uint64_t instance;
	struct rule_value value;
};

/* At most a drop, and one thing more. */
#define PROPOSER_ACTIONS	2

/**
 * struct proposer_outbox - what a step says to do, in that order
 * @count: how many
 * @actions: these
 */
struct proposer_outbox {
	unsigned int count;
	struct proposer_action actions[PROPOSER_ACTIONS];
};

/**
 * enum proposer_why - why a value is not known to be chosen
 * @PROPOSER_WHY_NONE: it is
 * @PROPOSER_WHY_DEADLINE: the time was up
 * @PROPOSER_WHY_TRIMMED: the instance is trimmed
 * @PROPOSER_WHY_FAILED: an action failed for good
 * @PROPOSER_WHY_ALARM: voters contradict each other
 * @PROPOSER_WHY_LED: somebody leads by now
 */
enum proposer_why {
	PROPOSER_WHY_NONE,
	PROPOSER_WHY_DEADLINE,
	PROPOSER_WHY_TRIMMED,
	PROPOSER_WHY_FAILED,
	PROPOSER_WHY_ALARM,
	PROPOSER_WHY_LED,
};

enum proposer_phase {
	PROPOSER_IDLE,		/* no value, or one whose outcome is known */
	PROPOSER_WAITING,	/* backs off */
	PROPOSER_GETTING,	/* a ballot was asked for */
	PROPOSER_PREPARING,	/* promises are gathered */
	PROPOSER_ACCEPTING,	/* votes are gathered, by the kernel */
};

/**
 * struct proposer - one proposer; holds no pointer, can be copied
 * @phase: where it stands
 * @random: state of its randomness, never 0
 * @own: its value
 * @pinned: the only instance where the value may go, or 0
 * @open: the instance where ACCEPT was sent with the own value and which is not
 *   settled, or 0
 * @opened: the ACCEPT that opened it was the last action
 * @deadline: when to give up
 * @wake: when the present phase has lasted too long
 * @ballot: the ballot that is held, @ballot.ballot is 0 for none
 * @instance: the instance that the round is about
 * @floor: the lowest instance not known to be chosen from promises and events;
 *   it runs ahead of the kernel's, which waits for the bytes
 * @highest: the highest ballot heard of
 * @since: when the phase began
 * @rtt: how long a quorum of promises takes
 * @losses: rounds lost to other proposers, less those won
 * @timeouts: rounds that lasted too long, one after another
 * @replies: what voters said in this round
 * @whole: which of them are whole promises
 * @count: how many replies
 * @refused: which nodes refused in this phase, one bit each
 * @trimmed: which of them because the instance is trimmed there
 * @refusal: the last refusal that was no higher ballot, 0 if there was none
 * @refuser: whose it was
 * @answered: how many voters answered in the last round
 * @outcome: what became of the value
 * @why: why
 */
struct proposer {
	enum proposer_phase phase;
	uint64_t random;
	struct rule_value own;
	uint64_t pinned;
	uint64_t open;
	bool opened;
	uint64_t deadline;
	uint64_t wake;
	struct paxosnl_ballot ballot;
	uint64_t instance;
	uint64_t floor;
	uint64_t highest;
	uint64_t since;
	uint64_t rtt;
	unsigned int losses;
	unsigned int timeouts;
	struct rule_reply replies[PAXOS_VOTERS_MAX];
	bool whole[PAXOS_VOTERS_MAX];
	unsigned int count;
	uint64_t refused;
	uint64_t trimmed;
	uint32_t refusal;
	uint32_t refuser;
	unsigned int answered;
	struct paxosnl_outcome outcome;
	enum proposer_why why;
};

void proposer_init(struct proposer *p, uint64_t seed);
void proposer_start(struct proposer *p, uint64_t now, uint64_t client,
		    uint64_t sequence, uint64_t instance, uint64_t deadline,
		    struct proposer_outbox *out);
void proposer_start_close(struct proposer *p, uint64_t now, uint64_t client,
			  uint64_t sequence, uint64_t deadline,
			  struct proposer_outbox *out);
void proposer_step(struct proposer *p, uint64_t now,
		   const struct proposer_event *event,
		   struct proposer_outbox *out);
uint64_t proposer_wake(const struct proposer *p);

#endif /* PAXOSNL_PROPOSER_H */
