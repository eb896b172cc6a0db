/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of the core share: nodes in memory, and clusters of them
 * over a network that does what it is told. Datagrams go through the wire
 * format, every step is watched for what must never happen, and a node that a
 * test leaves behind must not have leaked.
 */
#ifndef _PAXOS_KUNIT_CLUSTER_H
#define _PAXOS_KUNIT_CLUSTER_H

#include <kunit/test.h>

#include "core/acceptor.h"
#include "core/ballot.h"
#include "core/barrier.h"
#include "core/catchup.h"
#include "core/genesis.h"
#include "core/leader.h"
#include "core/learner.h"
#include "core/parts.h"
#include "core/proposal.h"
#include "core/rest.h"
#include "core/step.h"
#include "core/submission.h"

#define CLUSTER_GROUP		7
#define CLUSTER_WINDOW		64
#define CLUSTER_WINDOW_BYTES	(1024 * 1024)
#define CLUSTER_LOG		(8 * 1024 * 1024)
#define CLUSTER_OWNER		100
#define CLUSTER_NONCE		0x5eedULL
#define CLUSTER_NODES		5
#define CLUSTER_KEPT		64
#define CLUSTER_LOGGED		256

/**
 * struct cluster_proposer - Basic Paxos, as a program in userspace does it
 * @proposal: the memory that the core keeps
 * @instance: for which instance, 0 while idle
 * @ballot: the ballot in use
 * @value: what it wants chosen
 * @reported: ballot of the highest vote reported, 0 for none
 * @id: the value of that vote
 * @accepting: phase 2 was begun
 * @lost: a higher ballot won
 * @chosen: the instance is settled
 * @chosen_id: with this
 */
struct cluster_proposer {
	struct paxos_proposal *proposal;
	u64 instance;
	u64 ballot;
	struct paxos_value *value;
	u64 reported;
	struct paxos_vid id;
	bool accepting;
	bool lost;
	bool chosen;
	struct paxos_vid chosen_id;
};

/**
 * struct cluster_node - a core with memory of its own
 * @next: made before it by the same test
 * @test: whose it is
 * @core: the core
 * @pool: its memory
 * @dir: its ring
 * @dir_size: length of the ring
 * @ob: what its last step left
 * @value: values that a test made, let go when it ends
 * @n_values: how many
 * @starved: the pool is not filled up
 * @down: it hears nothing and does nothing
 * @alarms: how many it raised
 * @alarm: the last one's kind
 * @promised: highest promise for all instances, which never falls
 * @proposer: of its userspace
 * @done: submissions that were done, in this order
 * @n_done: how many
 */
struct cluster_node {
	struct cluster_node *next;
	struct kunit *test;
	struct paxos_core core;
	struct paxos_pool pool;
	struct paxos_slot **dir;
	u32 dir_size;
	struct paxos_outbox *ob;
	struct paxos_value *value[CLUSTER_KEPT];
	u32 n_values;
	bool starved;
	bool down;
	u32 alarms;
	u8 alarm;
	u64 promised;
	struct cluster_proposer proposer;
	struct paxos_submission *done[CLUSTER_LOGGED];
	u32 n_done;
};

struct cluster_datagram {
	struct cluster_datagram *next;
	u8 from;
	u8 to;
	u16 length;
	u8 bytes[PAXOS_WIRE_MAX];
};

/**
 * struct cluster - nodes and what lies between them
 * @test: whose it is
 * @n: nodes, with ids from 1
 * @now: milliseconds
 * @node: the nodes
 * @head: oldest datagram on its way
 * @tail: youngest
 * @spare: datagrams to be used again
 * @cut: by sender - 1: nodes that get nothing from it
 * @losing: bit t is set when messages of type t are lost
 * @drop_every: one of so many datagrams is lost, by chance, 0 for none
 * @twice_every: one of so many is delivered twice
 * @shuffle: deliver in a random order
 * @seed: of chance
 * @sent: datagrams so far
 * @delivered: by type of message
 * @pulses: the nodes pulse
 * @mute: bit node - 1: its pulses are lost
 * @pulsed: pulses sent so far
 * @vow: what each node's hold up
 * @number: of the last of each node
 * @pulse: between two nodes, as the first has it
 * @heard: what those of a node that ticks say
 * @chosen: what was chosen, by instance
 * @hash: the running hash, by instance
 * @header: of the datagram that is being delivered
 * @msg: its message
 * @entry: its entries
 */
struct cluster {
	struct kunit *test;
	unsigned int n;
	u64 now;
	struct cluster_node *node[CLUSTER_NODES];
	struct cluster_datagram *head;
	struct cluster_datagram **tail;
	struct cluster_datagram *spare;
	u64 cut[CLUSTER_NODES];
	u64 losing;
	u32 drop_every;
	u32 twice_every;
	bool shuffle;
	u32 seed;
	u64 sent;
	u32 delivered[__PAXOS_WIRE_MAX];
	bool pulses;
	u64 mute;
	u64 pulsed;
	struct paxos_vow vow[CLUSTER_NODES];
	u64 number[CLUSTER_NODES];
	struct paxos_pulse pulse[CLUSTER_NODES][CLUSTER_NODES];
	struct paxos_heard heard[PAXOS_NODE_MAX];
	struct paxos_vid chosen[CLUSTER_LOGGED];
	u64 hash[CLUSTER_LOGGED];
	struct paxos_header header;
	struct paxos_msg msg;
	struct paxos_entry entry[PAXOS_ENTRIES_MAX];
};

u32 cluster_random(u32 *seed);
void cluster_give(struct kunit *test, struct paxos_pool *pool, enum paxos_chunk_class class,
		  u32 n);

/* One node alone. */
void cluster_exit(struct kunit *test);
struct cluster_node *cluster_node(struct kunit *test, u8 id);
struct cluster_node *cluster_voter(struct kunit *test, u8 id, u8 voters);
void cluster_live(struct cluster_node *node, u8 voters);
void cluster_header(const struct cluster_node *node, u8 from, struct paxos_header *header);
u32 cluster_step(struct cluster_node *node, struct paxos_event *ev);
enum paxos_reason cluster_hear(struct cluster_node *node, u8 from, const struct paxos_msg *msg);
struct paxos_value *cluster_value(struct cluster_node *node, u8 seed, u32 length);
void cluster_entry(struct paxos_entry *entry, u64 instance, struct paxos_value *value,
		   u8 *bytes);
struct paxos_out *cluster_out(const struct cluster_node *node, u8 type, unsigned int nth);
unsigned int cluster_outs(const struct cluster_node *node, u8 type);
struct paxos_note *cluster_note(const struct cluster_node *node, u8 type, unsigned int nth);

/* What a program asks of one node; they return the error. */
u64 cluster_hand_out(struct cluster_node *node, u64 owner, u64 above);
int cluster_prepare(struct cluster_node *node, u64 owner, u64 ballot, u64 instance, bool single);
int cluster_accept(struct cluster_node *node, u64 owner, u64 ballot, u64 instance,
		   struct paxos_value *value);
int cluster_adopt(struct cluster_node *node, u64 owner, u64 ballot, u64 instance,
		  const struct paxos_vid *id);
void cluster_tick(struct cluster_node *node, u64 now);
/* And what others say to it. */
enum paxos_reason cluster_promise(struct cluster_node *node, u8 from, u64 ballot, u64 instance,
				  bool single);
enum paxos_reason cluster_vote(struct cluster_node *node, u8 from, u64 ballot, u64 instance,
			       const struct paxos_value *value);
enum paxos_reason cluster_refuse(struct cluster_node *node, u8 from, u64 ballot, u8 reason,
				 u64 highest);

/* A cluster. */
struct cluster *cluster_new(struct kunit *test, unsigned int n);
struct cluster *cluster_born(struct kunit *test, unsigned int n);
void cluster_do(struct cluster *c, u8 id, struct paxos_event *ev);
void cluster_restart(struct cluster *c, u8 id);
void cluster_introduce(struct cluster *c, u8 id, u8 learners);
void cluster_settle(struct cluster *c);
void cluster_pulse(struct cluster *c);
void cluster_pass(struct cluster *c, u32 ms);
int cluster_init(struct cluster *c, u8 id);
int cluster_submit(struct cluster *c, u8 id, u64 owner, struct paxos_value **value, u32 n);
void cluster_values(struct cluster *c, u8 id, struct paxos_value **value, u32 n, u32 length);
void cluster_lead(struct cluster *c, u8 id);
void cluster_propose(struct cluster *c, u8 id, u64 instance, struct paxos_value *value);
void cluster_give_up(struct cluster *c, u8 id);
void cluster_decide(struct cluster *c, u8 id, u64 instance, struct paxos_value *value);
void cluster_trim(struct cluster *c, u8 id, u64 to, int error);
bool cluster_has_chosen(struct cluster *c, u8 id, u64 instance, const struct paxos_value *value);
bool cluster_all_have(struct cluster *c, u64 instance, const struct paxos_value *value);
void cluster_no_alarm(struct cluster *c);

static inline struct paxos_core *cluster_core(struct cluster *c, u8 id)
{
	return &c->node[id - 1]->core;
}

#endif
