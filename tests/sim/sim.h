/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulator: nodes that run the module's core and the tool's proposer, in
 * virtual time, over a network that loses, repeats, delays, alters and cuts.
 * One seed is one run, to the byte. Times are microseconds.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdio.h>

#include "rest.h"
#include "step.h"
#include "submission.h"
#include "plan.h"
#include "proposer.h"
#include "rng.h"

struct sim_candidate;
struct sim_held;
struct sim_ranger;
struct sim_reader;
struct sim_rogue;
struct sim_submitter;

#define SIM_CANDIDATES	900	/* ids of candidates */
#define SIM_OTHERS	1000	/* ids of rangers begin here, rogues and readers above */

/**
 * struct sim_node - a host: a core, its memory, its clock
 * @id: node id
 * @voter: configured a voter
 * @up: it runs
 * @core: the group
 * @pool: its memory
 * @dir: its window's ring
 * @life: how often it was started; names its incarnation
 * @rate: parts per million that its clock runs fast
 * @origin: what its clock showed at the start
 * @wake_at: when it goes on after a pause
 * @tick_at: when its next tick is queued, 0 if none is
 * @durable: number of its last record that is durable
 * @refill_at: when its worker brings memory, 0 if it was not asked to
 * @refills: how often it was asked to
 * @writing: number of the last record of the write under way, 0 for none
 * @writes: how many writes there were
 * @held: messages that wait for records
 * @vow: what its pulses hold up
 * @pulses: how many it sent
 * @pulse: those between it and the others, by node id - 1
 * @pulse_at: when its next is queued, 0 if none is
 * @rng: its randomness
 */
struct sim_node {
	uint8_t id;
	bool voter;
	bool up;
	struct paxos_core core;
	struct paxos_pool pool;
	struct paxos_slot **dir;
	uint32_t life;
	int32_t rate;
	uint64_t origin;
	uint64_t wake_at;
	uint64_t tick_at;
	uint64_t durable;
	uint64_t refill_at;
	uint32_t refills;
	uint64_t writing;
	uint32_t writes;
	struct sim_held *held;
	struct paxos_vow vow;
	uint64_t pulses;
	struct paxos_pulse pulse[SIM_NODES];
	uint64_t pulse_at;
	struct rng rng;
};

/**
 * struct sim_handover - a value on its way through whoever leads
 * @instance: where it is, as its node said; 0 if that did not say
 * @try_at: when it is looked at, or submitted once more
 */
struct sim_handover {
	uint64_t instance;
	uint64_t try_at;
};

/**
 * struct sim_client - a proposer process at a node, with values to propose
 * @id: the client's id, and its owner id at the node
 * @node: where it runs
 * @proposer: the tool's state machine
 * @sequence: of the value it works on
 * @values: how many it has in all
 * @chosen: how many it was told are chosen
 * @unknown: how many it does not know of
 * @next_at: when it submits the next one, 0 while it works on one
 * @wake_at: when its timer is queued for
 * @deadline: when it gives up the one that it works on
 * @look_at: when it looks whether somebody leads
 * @busy: it works on one
 * @led: it leaves that to whoever leads
 * @handover: how far that came
 * @full: it was told that the log is full
 * @rng: its randomness
 * @notes: how many notes were on their way to it
 */
struct sim_client {
	uint64_t id;
	uint8_t node;
	struct proposer proposer;
	uint64_t sequence;
	uint64_t values;
	uint64_t chosen;
	uint64_t unknown;
	uint64_t next_at;
	uint64_t wake_at;
	uint64_t deadline;
	uint64_t look_at;
	bool busy;
	bool led;
	struct sim_handover handover;
	bool full;
	struct rng rng;
	uint32_t notes;
};

struct sim_event;
struct history;
struct seen;

/**
 * struct sim_record - how far a run came, true whenever it is looked at
 * @at: virtual time
 * @events: how many events there were
 * @n_faults: how many faults happened
 * @faults: which
 */
struct sim_record {
	uint64_t at;
	uint64_t events;
	size_t n_faults;
	uint64_t faults[1000000];
};

enum sim_trace {
	SIM_TRACE_NONE,
	SIM_TRACE_ROUNDS,	/* all but HELLO and INIT, which no round needs */
	SIM_TRACE_ALL,
};

/**
 * struct sim - a run
 * @order: what was asked for
 * @plan: what it is made of; without faults once all is calm
 * @now: virtual time
 * @end: when faults stop
 * @calm: they have stopped
 * @n_nodes: nodes; @node has them by id - 1
 * @n_clients: proposers
 * @n_candidates: candidates; @candidates has them by node id - 1
 * @candidates: who stand for the lead
 * @quiet_at: when something was last in their way, or asked of who leads
 * @settled_at: when somebody led last, and had nothing to do
 * @rangers: proposers that prepare for many instances
 * @readers: processes that read through barriers
 * @rogues: processes that ask for what is forbidden
 * @submitters: clients of whoever leads
 * @link: datagrams sent so far, by sender and receiver
 * @init: draws who tries to bring the group to life
 * @ticks: how many chances for a fault there were
 * @record: what is noted of it for who looks on, or NULL
 * @cut: bit to - 1 is set while datagrams from the index are lost
 * @down: likewise, of links that flap
 * @flaps: links that flap, likewise
 * @flap_until: how long they do
 * @clogged: until when a link is, by sender and receiver
 * @queue: what will happen, a heap
 * @hash: of all that happened
 * @trace: how much of what happens is printed
 * @events: how many events there were
 * @sent: how many datagrams
 * @given_up: its history was too hard to be searched for an order
 * @failed: a checker has spoken
 * @what: what it said
 * @history: what was said by whom, for the checkers
 * @seen: what clients were told
 * @old: datagrams kept for replay, a sample of all that were sent
 */
struct sim {
	const struct sim_order *order;
	struct sim_plan plan;
	uint64_t now;
	uint64_t end;
	bool calm;
	uint32_t n_nodes;
	struct sim_node node[SIM_NODES];
	uint32_t n_clients;
	struct sim_client client[SIM_CLIENTS];
	uint32_t n_candidates;
	struct sim_candidate *candidates;
	uint64_t quiet_at;
	uint64_t settled_at;
	struct sim_ranger *rangers;
	struct sim_reader *readers;
	struct sim_rogue *rogues;
	struct sim_submitter *submitters;
	uint32_t link[SIM_NODES][SIM_NODES];
	struct rng init;
	uint32_t ticks;
	struct sim_record *record;
	uint64_t cut[SIM_NODES];
	uint64_t down[SIM_NODES];
	uint64_t flaps[SIM_NODES];
	uint64_t flap_until;
	uint64_t clogged[SIM_NODES][SIM_NODES];
	struct sim_event *queue;
	size_t queue_len;
	size_t queue_size;
	uint64_t queue_seq;
	uint64_t hash;
	enum sim_trace trace;
	uint64_t events;
	uint64_t sent;
	bool given_up;
	bool failed;
	char what[256];
	struct history *history;
	struct seen *seen;
	struct {
		uint8_t from;
		uint8_t to;
		uint16_t len;
		uint8_t bytes[PAXOS_WIRE_MAX];
	} old[256];
	struct paxos_outbox outbox;
	struct paxos_entry scratch[PAXOS_ENTRIES_MAX];
};

enum sim_event_type {
	SIM_DATAGRAM,
	SIM_TICK,
	SIM_PULSE,
	SIM_CLIENT_TIMER,
	SIM_CLIENT_NOTE,
	SIM_FAULT,
	SIM_JOIN,
	SIM_CANDIDATE,
	SIM_CANDIDATE_NOTE,
	SIM_RANGER,
	SIM_READER,
	SIM_ROGUE,
	SIM_SUBMITTER,
	SIM_DISK,
	SIM_WORKER,
	SIM_STORY,
};

/**
 * struct sim_event - something that will happen
 * @at: when
 * @seq: breaks ties
 * @type: what
 * @who: node id, or index of the client
 * @from: DATAGRAM: sender
 * @altered: DATAGRAM: some of its bits were flipped
 * @life: TICK and others: life of the node it was queued for; STORY: which line
 * @len: DATAGRAM: length
 * @bytes: DATAGRAM, CLIENT_NOTE, CANDIDATE_NOTE: freed after it
 */
struct sim_event {
	uint64_t at;
	uint64_t seq;
	uint8_t type;
	uint8_t who;
	uint8_t from;
	bool altered;
	uint32_t life;
	uint16_t len;
	uint8_t *bytes;
};

/* sim.c */
struct sim *sim_run(const struct sim_order *order, enum sim_trace trace,
		    struct sim_record *record);
void sim_fail(struct sim *sim, const char *fmt, ...);
void sim_note(struct sim *sim, const char *fmt, ...);
struct sim_node *sim_node(struct sim *sim, uint8_t id);
bool sim_may_fill(const struct sim *sim);
bool sim_is_dead(const struct sim *sim);
bool sim_is_duel(const struct sim *sim);
bool sim_is_reachable(const struct sim *sim, const struct sim_client *client);

/* shrink.c */
bool shrink_order(struct sim_order *order);

/* trace.c */
void trace_message(struct sim *sim, uint8_t from, uint8_t to, const struct paxos_msg *msg,
		   const char *how);
void trace_dropped(struct sim *sim, const struct sim_node *node, const struct paxos_msg *msg,
		   enum paxos_reason reason);
void trace_note(struct sim *sim, const struct sim_node *node, const struct paxos_note *note);
const char *trace_ballot_text(uint64_t ballot);
void trace_ballot(struct sim *sim, const struct sim_client *client, const char *what,
		  uint64_t ballot);

/* queue.c */
uint8_t *datagram_alloc(uint16_t len);
void event_free(struct sim_event *event);
void queue_push(struct sim *sim, struct sim_event event);
bool queue_pop(struct sim *sim, struct sim_event *event);
void queue_free(struct sim *sim);

/* pulse.c */
void pulse_start(struct sim *sim, struct sim_node *node);
void pulse_raise(struct sim *sim, struct sim_node *node);
void pulse_step(struct sim *sim, struct sim_node *node, uint32_t bits);
void pulse_timer(struct sim *sim, struct sim_node *node, uint32_t life);
void pulse_deliver(struct sim *sim, struct sim_node *node, const struct sim_event *event);
const struct paxos_heard *pulse_heard(struct sim *sim, struct sim_node *node,
				      struct paxos_heard heard[PAXOS_NODE_MAX]);

/* network.c */
void network_pulse(struct sim *sim, struct sim_node *from, uint8_t to,
		   const uint8_t bytes[PAXOS_PULSE_SIZE]);
void network_send(struct sim *sim, struct sim_node *from, const struct paxos_out *out);
void network_deliver(struct sim *sim, const struct sim_event *event);

/**
 * struct story_fate - what a story says of a datagram
 * @lost: it is lost
 * @twice: it comes twice
 * @held: it comes so many microseconds later
 */
struct story_fate {
	bool lost;
	bool twice;
	uint64_t held;
};

/* story.c */
bool story_read(const char *name, struct sim_order *order);
bool story_is_late(const struct sim *sim, uint8_t node);
uint32_t story_length(const struct sim *sim, uint64_t client, uint64_t sequence,
		      uint32_t length);
void story_start(struct sim *sim);
void story_line(struct sim *sim, uint32_t i);
struct story_fate story_fate(struct sim *sim, uint8_t from, uint8_t to,
			     const struct paxos_msg *msg);
void story_free(struct sim_order *order);

/* forge.c */
bool forge(struct sim *sim, uint8_t *bytes, uint16_t len, uint8_t to, struct rng *rng);

/* links.c */
void links_tick(struct sim *sim);
void links_calm(struct sim *sim);
void links_cut_one(struct sim *sim, uint8_t from, uint8_t to);
bool links_cut(const struct sim *sim, uint8_t from, uint8_t to);
bool links_quorum(const struct sim *sim, uint8_t node);

/* operator.c */
void operator_tick(struct sim *sim);

/* node.c */
void node_start(struct sim *sim, struct sim_node *node);
bool node_is_full(const struct sim_node *node);
void node_stop(struct sim *sim, struct sim_node *node);
uint64_t node_ms(const struct sim *sim, const struct sim_node *node);
void node_step(struct sim *sim, struct sim_node *node, struct paxos_event *event);
void node_refill(struct sim *sim, struct sim_node *node, uint32_t life);
void node_tick(struct sim *sim, struct sim_node *node, uint32_t life);

/* invariant.c */
void invariant_watch(struct sim *sim);

/* disk.c */
void disk_write(struct sim *sim, struct sim_node *node);
void disk_hold(struct sim_node *node, const struct paxos_out *out);
void disk_written(struct sim *sim, const struct sim_event *event);
void disk_stop(struct sim_node *node);

/* client.c */
void client_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note);
void client_hear(struct sim *sim, const struct sim_event *event);
void client_timer(struct sim *sim, struct sim_client *client);
void client_propose(struct sim *sim, struct sim_client *client);
void client_die(struct sim *sim, struct sim_client *client);
uint32_t client_value(const struct sim *sim, uint64_t client, uint64_t sequence,
		      uint8_t *bytes);
struct paxos_value *client_make(const struct sim *sim, struct sim_node *node, uint64_t client,
				uint64_t sequence);
bool client_hand_out(struct sim *sim, struct sim_node *node, struct paxos_event *ev,
		     uint64_t owner);
void client_free(struct paxos_event *ev);
void client_done(struct sim *sim, const struct sim_node *node, const struct paxos_submission *s);
bool client_proposed(const struct sim *sim, uint64_t client, uint64_t sequence);

/* handover.c */
bool handover_is_due(struct sim *sim, const struct sim_client *client);
void handover_begin(struct sim *sim, struct sim_client *client);
void handover_done(struct sim *sim, struct sim_client *client, const struct paxos_submission *s);
uint64_t handover_step(struct sim *sim, struct sim_client *client);

/* candidate.c */
void candidates_start(struct sim *sim);
void candidate_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note);
void candidate_hear(struct sim *sim, const struct sim_event *event);
void candidate_timer(struct sim *sim, uint8_t who);
bool candidate_proposed(const struct sim *sim, uint64_t id, uint64_t sequence);
bool candidates_settled(struct sim *sim);
bool candidates_lead(const struct sim *sim, uint8_t node);
void candidates_watch(struct sim *sim);
void candidates_free(struct sim *sim);

/* ranger.c */
void rangers_start(struct sim *sim);
void ranger_note(struct sim *sim, const struct sim_node *node, const struct paxos_note *note);
void ranger_timer(struct sim *sim, uint8_t who);
bool ranger_proposed(const struct sim *sim, uint64_t id, uint64_t sequence);
void rangers_free(struct sim *sim);

/* reader.c */
void readers_start(struct sim *sim);
void reader_barriers(struct sim *sim, struct sim_node *node, struct paxos_barrier *b);
void reader_timer(struct sim *sim, uint8_t who);
void readers_free(struct sim *sim);

/* submitter.c */
void submitters_start(struct sim *sim);
void submitter_timer(struct sim *sim, uint8_t who);
bool submitter_proposed(const struct sim *sim, uint64_t id, uint64_t sequence);
uint32_t submitter_submit(struct sim *sim, uint8_t node, uint64_t id, uint64_t sequence,
			  uint32_t n);
void submitter_done(struct sim *sim, struct sim_node *node, struct paxos_outbox *ob);
void submitter_forget(struct paxos_outbox *ob);
void submitters_free(struct sim *sim);

/* rogue.c */
void rogues_start(struct sim *sim);
void rogue_timer(struct sim *sim, uint8_t who);
bool rogue_proposed(const struct sim *sim, uint64_t id, uint64_t sequence);
void rogues_free(struct sim *sim);

/* fault.c */
bool fault_strikes(struct sim *sim, enum sim_knob knob, uint8_t from, uint8_t to,
		   uint32_t number, struct rng *rng);
bool fault_chance(struct sim *sim, enum sim_knob knob, struct rng *rng);
bool fault_all_alive(const struct sim *sim);
void fault_start(struct sim *sim);
void fault_tick(struct sim *sim);
void fault_stop(struct sim *sim);

/* check/check.c */
void check_start(struct sim *sim);
void check_begin(struct sim *sim, struct sim_node *node, const struct paxos_event *event);
void check_event(struct sim *sim, struct sim_node *node, const struct paxos_event *event);
void check_make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
void check_owed(struct sim *sim, struct sim_node *node);
void check_leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg, bool heard);
void check_state(struct sim *sim, struct sim_node *node, const struct paxos_outbox *ob);
void check_note(struct sim *sim, struct sim_node *node, const struct paxos_note *note);
void check_end_step(struct sim *sim, struct sim_node *node);
void check_end(struct sim *sim);
void check_free(struct sim *sim);

/* check/barrier.c */
void seen_read(struct sim *sim, struct sim_node *node, uint64_t number);
void seen_point(struct sim *sim, struct sim_node *node, uint64_t number, uint64_t point);

/* check/linearizable.c */
void seen_start(struct sim *sim);
void seen_begin(struct sim *sim, struct sim_client *client);
void seen_try(struct sim *sim, struct sim_client *client, uint64_t instance);
void seen_send(struct sim *sim, struct sim_client *client);
void seen_lead(struct sim *sim, struct sim_client *client);
bool seen_led(const struct sim *sim, uint64_t client, uint64_t sequence);
void seen_told(struct sim *sim, struct sim_client *client, uint64_t instance,
	       const struct paxos_vid *id);
void seen_end(struct sim *sim, struct sim_client *client, uint64_t instance, bool proposed);
uint64_t seen_now(struct sim *sim);
void seen_free(struct sim *sim);

#endif
