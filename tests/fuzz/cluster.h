/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some cores and what lies between them, in memory, for a fuzzer that says what
 * happens next.
 */
#ifndef FUZZ_CLUSTER_H
#define FUZZ_CLUSTER_H

#include "fuzz.h"
#include "program.h"
#include "step.h"

#define CLUSTER_NODES	6	/* five voters at most, and a learner */
#define CLUSTER_MAIL	96	/* datagrams on their way; the oldest is lost */
#define CLUSTER_ROUNDS	48	/* ballots that a proposer works with */
#define CLUSTER_REPORTS	48	/* what promises said in one of them */
#define CLUSTER_VALUES	64	/* values that somebody made */
#define CLUSTER_SLOTS	512	/* instances remembered at a node */
#define CLUSTER_VOTES	512	/* votes remembered in all */
#define CLUSTER_SENT	128	/* values that ACCEPTs named */

/**
 * struct made - a value that somebody made; its bytes follow from its id
 * @id: the id, under the identity of then
 * @length: how many bytes
 * @kind: enum paxos_kind
 */
struct made {
	struct paxos_vid id;
	uint32_t length;
	uint8_t kind;
};

/**
 * struct seen - what was seen of a slot when the last step ended
 * @group: begins the identity of the group's life
 * @instance: which; 0 for none
 * @promised: by the acceptor, for this instance alone
 * @vbal: ballot of its vote
 * @vote: value of its vote
 * @is_chosen: @chosen holds
 * @chosen: what it knows to be chosen
 */
struct seen {
	uint64_t group;
	uint64_t instance;
	uint64_t promised;
	uint64_t vbal;
	struct paxos_vid vote;
	bool is_chosen;
	struct paxos_vid chosen;
};

/**
 * struct mail - a datagram on its way
 * @to: bit node - 1 is set for who gets it
 * @after: the record that must be durable at the sender first
 * @from: the sender
 * @length: bytes
 * @bytes: as many, no more
 */
struct mail {
	uint64_t to;
	uint64_t after;
	uint8_t from;
	uint16_t length;
	uint8_t *bytes;
};

/**
 * struct report - what a promise said of one instance
 * @node: whose promise
 * @instance: the instance
 * @ballot: of the vote
 * @id: the value
 * @chosen: it is known to be chosen
 */
struct report {
	uint8_t node;
	uint64_t instance;
	uint64_t ballot;
	struct paxos_vid id;
	bool chosen;
};

/**
 * struct round - a ballot handed out to a proposer
 * @ballot: the ballot
 * @owner: the proposer
 * @node: where
 * @life: of the node
 * @from: first instance prepared
 * @single: the only one
 * @prepared: PREPARE was asked for
 * @granted: the node was let lead by it
 * @whole: whose promises are whole
 * @n: reports
 * @report: what they said
 * @blind: there were more
 */
struct round {
	uint64_t ballot;
	uint64_t owner;
	uint8_t node;
	uint32_t life;
	uint64_t from;
	bool single;
	bool prepared;
	bool granted;
	uint64_t whole;
	uint16_t n;
	struct report report[CLUSTER_REPORTS];
	bool blind;
};

/**
 * struct host - a node
 * @id: its id
 * @voter: configured a voter
 * @starved: its pool is given nothing
 * @life: how often it was started
 * @core: the group
 * @before: scalars of it when the last step ended
 * @pool: its memory
 * @dir: its window's ring
 * @held: mail that waits for its record
 * @n_held: how many
 * @seen: by instance modulo CLUSTER_SLOTS
 */
struct host {
	uint8_t id;
	bool voter;
	bool starved;
	uint32_t life;
	struct paxos_core core;
	struct {
		uint64_t promise;
		uint64_t highest;
		uint64_t bound;
		uint64_t record;
		uint64_t prefix;
		uint64_t trim;
		uint64_t followed;
	} before;
	struct paxos_pool pool;
	struct paxos_slot **dir;
	struct mail held[CLUSTER_MAIL];
	uint32_t n_held;
	struct seen seen[CLUSTER_SLOTS];
};

/**
 * struct vote - an acceptance that was announced
 * @group: begins the identity of the group's life
 * @instance: where
 * @ballot: at which ballot
 * @id: for which value
 * @voters: by whom
 */
struct vote {
	uint64_t group;
	uint64_t instance;
	uint64_t ballot;
	struct paxos_vid id;
	uint64_t voters;
};

/**
 * struct cluster - a run
 * @n: nodes
 * @n_voters: those with the lowest ids
 * @journal: records are durable when the program says so
 * @hostile: a voter lied, or a proposer broke the value rule: what is chosen
 *	proves nothing any more
 * @now: milliseconds
 * @steps: how many there were
 * @config: what all nodes have alike
 * @log_size: limit of each pool
 * @host: the nodes by id - 1
 * @mail: on its way, oldest first
 * @n_mail: how many
 * @round: ballots
 * @n_rounds: how many
 * @made: values
 * @n_made: how many
 * @vote: what was voted for
 * @n_votes: how many
 * @crowded: more than fit: what no vote is known for may have got some
 * @sent: values that ACCEPTs named
 * @n_sent: how many
 * @chosen: as nodes took it, by instance modulo CLUSTER_SLOTS
 */
struct cluster {
	uint8_t n;
	uint8_t n_voters;
	bool journal;
	bool hostile;
	uint64_t now;
	uint32_t steps;
	struct paxos_config config;
	uint64_t log_size;
	struct host host[CLUSTER_NODES];
	struct mail mail[CLUSTER_MAIL];
	uint32_t n_mail;
	struct round round[CLUSTER_ROUNDS];
	uint32_t n_rounds;
	struct made made[CLUSTER_VALUES];
	uint32_t n_made;
	struct vote vote[CLUSTER_VOTES];
	uint32_t n_votes;
	bool crowded;
	struct vote sent[CLUSTER_SENT];
	uint32_t n_sent;
	struct seen chosen[CLUSTER_SLOTS];
};

/* host.c */
void host_start(struct cluster *c, struct host *host);
void host_stop(struct cluster *c, struct host *host);
void host_refill(struct host *host);
void host_feed(struct host *host, uint8_t times);
void host_dry(struct host *host, uint8_t classes);
void host_step(struct cluster *c, struct host *host, struct paxos_event *event);
void host_deliver(struct cluster *c, const struct mail *mail, uint8_t to);
void host_hear(struct cluster *c, uint8_t to, const uint8_t *bytes, size_t length);
struct mail mail_take(struct cluster *c, uint32_t index);
void mail_add(struct cluster *c, struct mail mail);
struct paxos_value *value_of(struct paxos_pool *pool, const struct made *made);

/* hostile.c */
void hostile_say(struct cluster *c, const struct program_op *op, uint8_t type);
void hostile_parts(struct cluster *c, struct host *host, uint64_t instance,
		   const struct made *made);
const struct made *cluster_make(struct cluster *c, struct host *host, uint64_t client,
				uint8_t shape);
uint64_t hostile_instance(const struct host *host, uint8_t sel);
uint64_t hostile_ballot(const struct cluster *c, const struct host *host, uint8_t from,
			uint8_t sel);

/* lead.c */
void lead_grant(struct cluster *c, struct host *host, struct round *r, uint64_t first,
		uint64_t owner);
uint64_t lead_first(const struct host *host, const struct round *r);
void lead_renew(struct cluster *c, struct host *host, const struct round *r, uint64_t owner);
void lead_submit(struct cluster *c, struct host *host, uint64_t owner, uint8_t n, uint8_t shape);
void lead_barrier(struct cluster *c, struct host *host, uint64_t owner, uint64_t cookie);
void lead_take(struct cluster *c, struct host *host, struct paxos_outbox *ob);
void lead_stop(struct host *host);

/* watch.c */
void watch_before(struct host *host);
void watch_step(struct cluster *c, struct host *host, const struct paxos_outbox *ob);

#endif
