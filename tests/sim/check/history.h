/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was said, by whom, to whom, and when: all that the checkers judge by.
 * It is written down from the messages that nodes make and hear and from what
 * is asked of them, never from what a node thinks of it.
 */
#ifndef SIM_CHECK_HISTORY_H
#define SIM_CHECK_HISTORY_H

#include "sim.h"

#define SIM_INSTANCES	16384	/* highest instance that the history can hold */
#define SIM_ATTEMPTS	256	/* buckets of ballots */

/**
 * struct vote - a vote that a voter gave, as its first ACCEPTED said
 * @ballot: at which ballot
 * @id: for which value
 * @record: what must be durable first
 * @out: it left the node, or the node heard itself: it is a vote from then on
 */
struct vote {
	uint64_t ballot;
	struct paxos_vid id;
	uint64_t record;
	bool out;
};

/**
 * struct voter - a voter at one instance
 * @vote: its votes, by rising ballot as they were given
 * @n: how many
 * @size: how many there is room for
 * @promised: the highest ballot of a promise for this instance alone, or of a vote
 * @single: the ballot of the promise for this instance alone
 * @nonce: that of it
 * @record: what that promise rests on
 */
struct voter {
	struct vote *vote;
	uint32_t n;
	uint32_t size;
	uint64_t promised;
	uint64_t single;
	uint64_t nonce;
	uint64_t record;
};

/**
 * struct request - an ACCEPT that was made
 * @ballot: its ballot
 * @id: its value
 * @heard: voters whose ACCEPTED the proposer heard
 * @event: of the run: when it was made
 */
struct request {
	uint64_t ballot;
	struct paxos_vid id;
	uint64_t heard;
	uint64_t event;
};

struct instance {
	struct voter voter[SIM_NODES];
	struct request *request;
	uint32_t n_requests;
	bool chosen;
	struct paxos_vid id;
	uint64_t hash;
};

/* A vote, or a chosen value, that a promise reports. */
struct report {
	uint64_t instance;
	uint64_t ballot;
	struct paxos_vid id;
	bool chosen;
};

/**
 * struct heard - how much of a voter's promise its proposer heard
 * @upto: the last instance of the pages that join
 * @whole: all of it
 * @report: what they report
 * @n: how many
 * @size: how many there is room for
 */
struct heard {
	uint64_t upto;
	bool whole;
	struct report *report;
	uint32_t n;
	uint32_t size;
};

/**
 * struct attempt - a ballot that was handed out
 * @next: in its bucket
 * @ballot: the ballot
 * @owner: whose it is
 * @node: where
 * @number: in which life of the node
 * @prepared: PREPARE was granted; then
 * @nonce: of it
 * @from: of it
 * @single: of it
 * @promised: the node's own acceptor has promised
 * @record: what that rests on
 * @outbid: the proposer was told of a higher ballot
 * @dropped: it was given back
 * @heard: the promises
 * @beat: when its heartbeats were made, by number less one
 * @n_beats: how many
 * @beat_heard: when that was made which a voter answered last, knowing of no
 *	higher ballot, and its leader heard so
 */
struct attempt {
	struct attempt *next;
	uint64_t ballot;
	uint64_t owner;
	uint8_t node;
	uint32_t number;
	bool prepared;
	uint64_t nonce;
	uint64_t from;
	bool single;
	bool promised;
	uint64_t record;
	bool outbid;
	bool dropped;
	struct heard heard[SIM_NODES];
	uint64_t *beat;
	uint64_t n_beats;
	uint64_t beat_heard[SIM_NODES];
};

/* A voter's promise for all instances. */
struct promise {
	uint64_t ballot;
	uint64_t nonce;
	uint64_t from;
	uint64_t record;
};

/**
 * struct life - one life of the group, from an init on
 * @next: the one before
 * @identity: names it
 * @membership: who votes
 * @proven: its identity was shown to follow from its membership
 * @adopted: voters of it that have adopted the identity
 * @promise: for all instances, by voter
 * @bound: the highest ballot that a voter promised or voted at anywhere
 * @attempt: ballots
 * @top: highest instance that anything was said of
 * @instance: the instances
 */
struct life {
	struct life *next;
	uint8_t identity[PAXOS_ID_BYTES];
	struct paxos_membership membership;
	bool proven;
	uint64_t adopted;
	struct promise promise[SIM_NODES];
	uint64_t bound[SIM_NODES];
	struct attempt *attempt[SIM_ATTEMPTS];
	uint64_t top;
	struct instance instance[SIM_INSTANCES + 1];
};

/**
 * struct witness - what was seen of a node since it was started
 * @number: which life of the node
 * @life: the group's life that it belongs to, NULL for none yet
 * @record: number of its last record before the step
 * @lost: an answer of it found no room once, so that the next may be the first
 * @prefix: its decided prefix before the step
 * @trim: its trim point before the step
 * @told: the prefix that its followers were told of
 * @highest: highest ballot that it saw or handed out
 * @reported: prefixes that voters reported to it
 * @greeted: what members said of themselves, when
 */
struct witness {
	uint32_t number;
	struct life *life;
	uint64_t record;
	bool lost;
	uint64_t prefix;
	uint64_t trim;
	uint64_t told;
	uint64_t highest;
	uint64_t reported[SIM_NODES];
	struct {
		uint64_t at;
		uint64_t prefix;
		uint64_t trim;
		uint8_t identity[PAXOS_ID_BYTES];
	} greeted[SIM_NODES];
};

/**
 * struct reading - a read through a barrier
 * @number: names it
 * @life: of the group
 * @event: of the run: when it began
 * @begun: likewise, as what clients see is counted
 * @ended: when it was told its point; 0 if it never was
 * @floor: the highest instance that was chosen when it began
 * @bound: that of every voter then
 * @point: what it was told
 */
struct reading {
	uint64_t number;
	struct life *life;
	uint64_t event;
	uint64_t begun;
	uint64_t ended;
	uint64_t floor;
	uint64_t bound[SIM_NODES];
	uint64_t point;
};

struct history {
	struct life *lives;
	struct witness witness[SIM_NODES];
	struct reading *reading;
	size_t n_readings;
	size_t readings_size;
};

static inline struct witness *history_witness(struct sim *sim, const struct sim_node *node)
{
	return &sim->history->witness[node->id - 1];
}

static inline struct life *history_life(struct sim *sim, const struct sim_node *node)
{
	return history_witness(sim, node)->life;
}

void history_start(struct sim *sim);
void history_free(struct sim *sim);
void history_begin(struct sim *sim, struct sim_node *node);
void history_adopt(struct sim *sim, struct sim_node *node);
void history_hear(struct sim *sim, struct sim_node *node, const struct paxos_header *header,
		  const struct paxos_msg *msg);
void history_hear_oneself(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
void history_event(struct sim *sim, struct sim_node *node, const struct paxos_event *event);
void history_make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
void history_leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
void history_end_step(struct sim *sim, struct sim_node *node);
bool history_names(const struct life *life, uint8_t node,
		   const uint8_t incarnation[PAXOS_ID_BYTES]);
struct instance *history_at(struct sim *sim, struct life *life, uint64_t instance);
struct attempt *history_attempt(const struct life *life, uint64_t ballot);
struct vote *history_vote(const struct voter *voter, uint64_t ballot);
struct request *history_request(const struct instance *in, uint64_t ballot);
uint64_t history_promised(const struct life *life, const struct instance *in, uint8_t node);
uint64_t history_whole(const struct attempt *attempt);

#endif
