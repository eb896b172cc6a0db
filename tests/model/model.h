/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The model checker: every order of events in a tiny cluster that runs the
 * module's core and the library's proposer.
 *
 * What makes it finish: a node's step depends on the node alone, so it is run
 * once for each of its states and events and looked up from then on. A state of
 * the cluster is one number a node, which names the node's own state and all
 * that it ever said. What was said may be heard at any time, again and again,
 * or never: loss, delay, reordering and duplicates need no events of their own.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdio.h>

#include "step.h"
#include "proposer.h"

#define NODES_MAX	6
#define PROPOSERS_MAX	4	/* nodes, from 1, that propose a value */
#define PROPOSALS	4	/* ballots that a node holds at a time */
#define SMALLS		16	/* small chunks of a node's pool */
#define LETTERS		12
#define VOTES		4	/* votes that a note reports */
#define WAITING		24	/* messages that wait for their record */

#define NOW		1000000	/* where each node's clock stands, ms */

/**
 * struct setup - what is explored
 * @nodes: voters
 * @rounds: ballots that a node's proposer may ask for, by id - 1
 * @pinned: the instance where values may go, 0 for the first that is free
 * @all: nodes whose ballots are prepared for all instances, not for one alone
 * @types: bit t is set when messages of type t are sent at all
 * @async: notes reach the proposer later than they are made
 * @drops: a proposer may give up, too, when it has no round left
 * @durable: nodes whose records become durable later; the others are volatile
 * @crash: nodes that lose their memory, once, but for what is durable
 * @quorum_1: 0 for a majority
 * @quorum_2: 0 for a majority
 * @limit: give up after so many states
 * @twins: check that states taken for equal do behave alike
 */
struct setup {
	unsigned int nodes;
	unsigned int rounds[PROPOSERS_MAX];
	u64 pinned;
	u64 all;
	u32 types;
	bool async;
	bool drops;
	u64 durable;
	u64 crash;
	u8 quorum_1;
	u8 quorum_2;
	u32 limit;
	bool twins;
};

extern struct setup setup;

/**
 * enum event - what may happen at a node
 * @EVENT_START: its proposer is given a value
 * @EVENT_NOTE: its proposer hears the next note of the core
 * @EVENT_TIMER: its proposer's patience ends
 * @EVENT_TICK: its core's time passes
 * @EVENT_SUBMIT: all records so far are on their way to the disk
 * @EVENT_DURABLE: those are on it
 * @EVENT_CRASH: it stops, and is back at once
 * @EVENT_MESSAGE: this and above: it hears the message
 */
enum event {
	EVENT_START,
	EVENT_NOTE,
	EVENT_TIMER,
	EVENT_TICK,
	EVENT_SUBMIT,
	EVENT_DURABLE,
	EVENT_CRASH,
	EVENT_MESSAGE,
};

/* A note on its way to a proposer, as a netlink message is. */
struct letter {
	struct paxos_note note;
	struct paxosnl_vote vote[VOTES];
};

/**
 * struct memory - all that a node is; a copy of it is a copy of the node
 * @core: the group
 * @pool: where its values come from
 * @dir: its window's ring
 * @proposal: memory for ballots, each free or the core's
 * @taken: which
 * @proposer: the node's proposer
 * @letter: notes that it has not heard
 * @letters: how many
 * @waiting: messages said, whose record is not durable
 * @after: their records
 * @waitings: how many
 * @started: the proposer has its value
 * @alive: the group has come to life, once
 * @rounds: how many ballots it may still ask for
 * @crashes: how often the node may still stop
 * @life: how often it was started
 * @submitted: records up to this one are on their way to the disk
 * @back_submitted: what it comes back as when those are durable
 * @back: what it comes back as, a node's state
 * @small: small chunks
 * @page: a chunk for slots
 */
struct memory {
	struct paxos_core core;
	struct paxos_pool pool;
	struct paxos_slot *dir[1];
	struct paxos_proposal proposal[PROPOSALS];
	bool taken[PROPOSALS];
	struct proposer proposer;
	struct letter letter[LETTERS];
	u32 letters;
	u32 waiting[WAITING];
	u64 after[WAITING];
	u32 waitings;
	bool started;
	bool alive;
	u8 rounds;
	u8 crashes;
	u8 life;
	u64 submitted;
	u32 back_submitted;
	u32 back;
	u64 small[SMALLS][256 / sizeof(u64)];
	u64 page[PAXOS_CHUNK_PAGE_SIZE / sizeof(u64)];
} __attribute__((aligned(64)));

/* memory.c: the node that is in hand, always at one place. */
extern struct memory mem;

void memory_boot(u8 node, u8 life);
struct paxos_value *memory_value(u64 client, u64 sequence);
void memory_step(struct paxos_event *ev);
void memory_event(u32 event);
void memory_normalize(void);
void memory_scrub(void);
u32 memory_specials(void);

/* Messages that the event in hand made the node say, in order. */
#define SAID_MAX	48
extern u32 said[SAID_MAX];
extern u32 n_said;
void say(u32 message);

/* canon.c */
#define CANON_MAX	1024
u32 canon(u64 out[CANON_MAX]);
u32 canon_claims(void);

/**
 * struct message - something that a node said to another
 * @from: who
 * @to: to whom; itself when it was heard at once
 * @life: of the sender's memory
 * @length: of the datagram
 * @bytes: the datagram
 * @header: decoded
 * @msg: decoded
 * @entry: its entries
 */
struct message {
	u8 from;
	u8 to;
	u8 life;
	u16 length;
	u8 *bytes;
	struct paxos_header header;
	struct paxos_msg msg;
	struct paxos_entry entry[VOTES];
};

/* message.c */
u32 message_intern(const struct paxos_header *header, const struct paxos_msg *msg, u8 to);
u32 message_count(void);
const struct message *message_get(u32 id);
const char *message_text(u32 id);
const char *ballot_text(u64 ballot);
const char *value_text(const struct paxos_vid *id);
unsigned int value_index(const struct paxos_vid *id);

/* table.c: byte strings, each kept once and named by a number. */
struct table {
	u8 *bytes;
	size_t used;
	size_t size;
	size_t *at;
	u32 *len;
	u32 n;
	u32 room;
	u32 *slot;
	u32 slots;
};

u32 table_put(struct table *t, const void *key, u32 len, bool *fresh);
const void *table_get(const struct table *t, u32 id, u32 *len);
void *grow(void *array, u32 n, u32 *room, size_t each);
u64 mix(u64 x);

/* verdict.c */
extern char verdict[512];
void violated(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
