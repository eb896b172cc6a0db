/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libpaxosnl - drive paxos.ko over generic netlink.
 *
 * A handle is one netlink socket, for one thread at a time. Functions return
 * 0, or a negative errno with a text in paxosnl_error(). Strings and bytes
 * inside what a callback or a getter is given lie in the handle's buffer:
 * those of a callback hold until it returns, those of a getter until the next
 * call on the handle. A callback calls nothing on the handle it came from.
 */
#ifndef PAXOSNL_H
#define PAXOSNL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <linux/paxos.h>
#include <linux/paxos_channel.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The handle: nl.c */

struct paxosnl;

int paxosnl_open(struct paxosnl **nlp);
void paxosnl_close(struct paxosnl *nl);
int paxosnl_fd(const struct paxosnl *nl);
const char *paxosnl_error(const struct paxosnl *nl);
bool paxosnl_refused(const struct paxosnl *nl);
bool paxosnl_interrupted(const struct paxosnl *nl);

/* Names of numbers: name.c */

const char *paxosnl_store_name(uint32_t store);
const char *paxosnl_auth_name(uint32_t auth);
const char *paxosnl_role_name(uint32_t role);
const char *paxosnl_state_name(uint32_t state);
const char *paxosnl_kind_name(uint32_t kind);
const char *paxosnl_refusal_name(uint32_t refusal);
const char *paxosnl_alarm_name(uint32_t alarm);
const char *paxosnl_verdict_name(uint32_t verdict);
const char *paxosnl_grant_end_name(uint32_t why);

/* Addresses */

/**
 * struct paxosnl_address - where a node is reached
 * @family: AF_INET, AF_INET6, or 0 for none
 * @port: UDP port, in host order; 0 leaves it to the kernel
 * @v4: the address if @family is AF_INET
 * @v6: the address if @family is AF_INET6
 */
struct paxosnl_address {
	int family;
	uint16_t port;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

/* Groups: group.c */

/**
 * struct paxosnl_group - a group as this node sees it
 * @id: its id on the wire
 * @name: its name on this host
 * @node: this node's id
 * @local: this node's address
 * @store: an enum paxos_store
 * @auth: an enum paxos_auth
 * @role: an enum paxos_role
 * @window: instances that may be open above the decided prefix
 * @window_bytes: bytes of values in open instances
 * @log_size: bytes that the log may take
 * @quorum_1: voters whose promises make a quorum
 * @quorum_2: voters whose votes make a quorum
 * @heartbeat: milliseconds from one heartbeat of a leader to the next
 * @timeout_min: a leader silent for so many milliseconds may be taken for gone
 * @timeout_max: a leader silent for so many milliseconds is taken for gone
 * @voters: how many voters are configured, this node included if it votes
 * @state: an enum paxos_state
 * @has_identity: the group was initialised, @identity names its life
 * @identity: 128 bits
 * @incarnation: 128 bits that name this node's memory
 * @membership: the instance that decided the membership in force
 * @prefix: all instances up to this one are chosen and known here
 * @trim: instances up to this one are trimmed
 * @hash: running hash of the log at @prefix
 * @promised: the promise for all instances
 * @highest: the highest ballot seen
 * @log_used: bytes of the log in use
 * @why: why this node may not propose, NULL if it may
 *
 * In paxosnl_group_new() a number that is 0 is not given: the kernel has a
 * default for it. What follows @voters, and @voters itself, is not read there.
 * paxosnl_group_set() reads @name, @log_size, @heartbeat and the timeouts, and
 * leaves as it is what is 0.
 */
struct paxosnl_group {
	uint32_t id;
	const char *name;
	uint32_t node;
	struct paxosnl_address local;
	uint32_t store;
	uint32_t auth;
	uint32_t role;
	uint32_t window;
	uint32_t window_bytes;
	uint64_t log_size;
	uint32_t quorum_1;
	uint32_t quorum_2;
	uint32_t heartbeat;
	uint32_t timeout_min;
	uint32_t timeout_max;
	uint32_t voters;
	uint32_t state;
	bool has_identity;
	uint8_t identity[16];
	uint8_t incarnation[16];
	uint64_t membership;
	uint64_t prefix;
	uint64_t trim;
	uint64_t hash;
	uint64_t promised;
	uint64_t highest;
	uint64_t log_used;
	const char *why;
};

typedef int (*paxosnl_group_cb)(const struct paxosnl_group *group, void *data);

int paxosnl_group_get(struct paxosnl *nl, const char *name,
		      struct paxosnl_group *group);
int paxosnl_group_dump(struct paxosnl *nl, paxosnl_group_cb cb, void *data);
int paxosnl_group_new(struct paxosnl *nl, const struct paxosnl_group *group);
int paxosnl_group_set(struct paxosnl *nl, const struct paxosnl_group *group);
int paxosnl_group_del(struct paxosnl *nl, const char *name);
int paxosnl_group_init(struct paxosnl *nl, const char *name);
int paxosnl_group_trim(struct paxosnl *nl, const char *name, uint64_t to,
		       bool force);

/* Members: member.c */

/**
 * struct paxosnl_member - another node of a group
 * @group_id: the group's id
 * @group: the group's name
 * @node: the member's id
 * @address: where it is reached
 * @role: an enum paxos_role; 0 in paxosnl_member_new() leaves it to the kernel
 * @has_state: it was heard, @state holds
 * @state: what it said of itself last, an enum paxos_state
 * @has_incarnation: it was heard, @incarnation holds
 * @incarnation: 128 bits that name its memory
 * @prefix: its decided prefix, as it said last
 * @trim: its trim point, as it said last
 * @has_heard: it was heard, @heard holds
 * @heard: milliseconds since it was heard
 * @follows: ballot of the leader that it hears, or leads by, 0 for none
 * @has_answered: it answered when asked, @answered holds
 * @answered: milliseconds since it did
 */
struct paxosnl_member {
	uint32_t group_id;
	const char *group;
	uint32_t node;
	struct paxosnl_address address;
	uint32_t role;
	bool has_state;
	uint32_t state;
	bool has_incarnation;
	uint8_t incarnation[16];
	uint64_t prefix;
	uint64_t trim;
	bool has_heard;
	uint64_t heard;
	uint64_t follows;
	bool has_answered;
	uint64_t answered;
};

typedef int (*paxosnl_member_cb)(const struct paxosnl_member *member,
				 void *data);

int paxosnl_member_get(struct paxosnl *nl, const char *group, uint32_t node,
		       struct paxosnl_member *member);
int paxosnl_member_dump(struct paxosnl *nl, const char *group,
			paxosnl_member_cb cb, void *data);
int paxosnl_member_new(struct paxosnl *nl, const struct paxosnl_member *member);
int paxosnl_member_set(struct paxosnl *nl, const struct paxosnl_member *member);
int paxosnl_member_del(struct paxosnl *nl, const char *group, uint32_t node);

/* The log: entry.c */

/**
 * struct paxosnl_entry - one decided instance
 * @group_id: the group's id
 * @group: the group's name
 * @instance: the instance, 0 in a message that tells of a trim alone
 * @client: who made the value
 * @sequence: the client's number of the value
 * @digest: keyed hash of kind, length and bytes
 * @kind: an enum paxos_kind
 * @length: bytes of the value
 * @value: the bytes
 * @hash: running hash of the log at this instance
 * @trimmed: in a dump, the trim point if it lies at or above the first
 *   instance asked for, 0 otherwise
 */
struct paxosnl_entry {
	uint32_t group_id;
	const char *group;
	uint64_t instance;
	uint64_t client;
	uint64_t sequence;
	uint64_t digest;
	uint32_t kind;
	uint32_t length;
	const void *value;
	uint64_t hash;
	uint64_t trimmed;
};

typedef int (*paxosnl_entry_cb)(const struct paxosnl_entry *entry, void *data);

int paxosnl_entry_get(struct paxosnl *nl, const char *group, uint64_t instance,
		      struct paxosnl_entry *entry);
int paxosnl_entry_dump(struct paxosnl *nl, const char *group, uint64_t from,
		       uint64_t upto, paxosnl_entry_cb cb, void *data);

/* Delivery, exactly once: session.c */

/**
 * enum paxosnl_verdict - what is done with an entry of the log
 * @PAXOSNL_DELIVER: apply it
 * @PAXOSNL_SKIP_REPEAT: skip it, it was applied before
 * @PAXOSNL_SKIP_GAP: skip it, its client has made others that must come first
 * @PAXOSNL_SKIP_CLOSED: skip it, an entry before it closed its session
 * @PAXOSNL_SKIP_UNKNOWN: skip it, it is not the first of its client and nothing
 *   of that client was applied
 * @PAXOSNL_SKIP_CLOSE: nothing to apply, it closes a session
 * @PAXOSNL_SKIP_NO_OP: nothing to apply
 */
enum paxosnl_verdict {
	PAXOSNL_DELIVER = 1,
	PAXOSNL_SKIP_REPEAT,
	PAXOSNL_SKIP_GAP,
	PAXOSNL_SKIP_CLOSED,
	PAXOSNL_SKIP_UNKNOWN,
	PAXOSNL_SKIP_CLOSE,
	PAXOSNL_SKIP_NO_OP,
};

/**
 * struct paxosnl_delivery - what is done with an entry, and why
 * @verdict: which of these it is
 * @instance: where the value was applied, for a repeat the first time (0 if that
 *   is not kept); or where its session was closed; 0 otherwise
 * @applied: the last sequence of its client that is applied, 0 for none
 */
struct paxosnl_delivery {
	enum paxosnl_verdict verdict;
	uint64_t instance;
	uint64_t applied;
};

/**
 * struct paxosnl_session - a client, as far as the log has it
 * @client: the client
 * @applied: its last sequence that was applied, 0 for none
 * @instance: where that was, 0 for nowhere
 * @closed: the instance that closed the session, 0 if it is open
 */
struct paxosnl_session {
	uint64_t client;
	uint64_t applied;
	uint64_t instance;
	uint64_t closed;
};

struct paxosnl_sessions;

int paxosnl_sessions_open(struct paxosnl_sessions **tp, unsigned int keep);
void paxosnl_sessions_close(struct paxosnl_sessions *t);
const char *paxosnl_sessions_error(const struct paxosnl_sessions *t);
uint64_t paxosnl_sessions_next(const struct paxosnl_sessions *t);
int paxosnl_sessions_feed(struct paxosnl_sessions *t,
			  const struct paxosnl_entry *entry,
			  struct paxosnl_delivery *delivery);
int paxosnl_sessions_get(struct paxosnl_sessions *t, uint64_t client,
			 struct paxosnl_session *session);

/* The other side of it, for who submits: submitter.c */

struct paxosnl_submitter;

int paxosnl_submitter_open(struct paxosnl_submitter **sp, unsigned int window);
void paxosnl_submitter_resume(struct paxosnl_submitter *s, uint64_t applied);
void paxosnl_submitter_close(struct paxosnl_submitter *s);
int paxosnl_submitter_add(struct paxosnl_submitter *s, uint64_t *sequence);
uint64_t paxosnl_submitter_next(struct paxosnl_submitter *s);
void paxosnl_submitter_returned(struct paxosnl_submitter *s, uint64_t sequence);
void paxosnl_submitter_again(struct paxosnl_submitter *s);
int paxosnl_submitter_completed(struct paxosnl_submitter *s, uint32_t kind,
				uint64_t sequence, uint64_t instance,
				struct paxosnl_delivery *delivery);
uint64_t paxosnl_submitter_applied(const struct paxosnl_submitter *s);
uint64_t paxosnl_submitter_added(const struct paxosnl_submitter *s);

/* Counters: counter.c */

/**
 * struct paxosnl_counter - a number with a name
 * @group_id: the group's id
 * @group: the group's name, NULL for a counter of the namespace
 * @name: what is counted
 * @value: how many
 */
struct paxosnl_counter {
	uint32_t group_id;
	const char *group;
	const char *name;
	uint64_t value;
};

typedef int (*paxosnl_counter_cb)(const struct paxosnl_counter *counter,
				  void *data);

int paxosnl_counter_get(struct paxosnl *nl, const char *group,
			paxosnl_counter_cb cb, void *data);
int paxosnl_counter_dump(struct paxosnl *nl, paxosnl_counter_cb cb, void *data);

/* Ballots, for whoever writes a proposer of their own: ballot.c */

/**
 * struct paxosnl_vote - what a voter last accepted, or what is chosen
 * @instance: the instance
 * @ballot: the ballot of the vote
 * @client: who made the value
 * @sequence: the client's number of the value
 * @digest: keyed hash of kind, length and bytes
 * @kind: an enum paxos_kind
 * @length: bytes of the value
 * @chosen: it is known to be chosen
 */
struct paxosnl_vote {
	uint64_t instance;
	uint64_t ballot;
	uint64_t client;
	uint64_t sequence;
	uint64_t digest;
	uint32_t kind;
	uint32_t length;
	bool chosen;
};

/**
 * struct paxosnl_ballot - a ballot handed out to a handle
 * @ballot: the ballot
 * @next: the lowest instance not known to be chosen
 * @voters: how many voters the group has
 * @quorum_1: voters whose promises make a quorum
 * @quorum_2: voters whose votes make a quorum
 */
struct paxosnl_ballot {
	uint64_t ballot;
	uint64_t next;
	uint32_t voters;
	uint32_t quorum_1;
	uint32_t quorum_2;
};

/**
 * struct paxosnl_proposal - a value to be accepted
 * @client: who made it
 * @sequence: the client's number of it, from 1
 * @kind: an enum paxos_kind
 * @value: the bytes, or NULL to name a vote that a promise reported
 * @length: how many bytes
 * @digest: the vote's digest, when @value is NULL
 */
struct paxosnl_proposal {
	uint64_t client;
	uint64_t sequence;
	uint32_t kind;
	const void *value;
	size_t length;
	uint64_t digest;
};

int paxosnl_ballot_get(struct paxosnl *nl, const char *group, uint64_t above,
		       struct paxosnl_ballot *ballot);
int paxosnl_ballot_prepare(struct paxosnl *nl, const char *group,
			   uint64_t ballot, uint64_t instance, bool single);
int paxosnl_ballot_accept(struct paxosnl *nl, const char *group,
			  uint64_t ballot, uint64_t instance,
			  const struct paxosnl_proposal *proposal);
int paxosnl_ballot_grant(struct paxosnl *nl, const char *group, uint64_t ballot,
			 uint64_t instance);
int paxosnl_ballot_renew(struct paxosnl *nl, const char *group,
			 uint64_t ballot);
int paxosnl_ballot_del(struct paxosnl *nl, const char *group, uint64_t ballot);

/* Leaders: leader.c */

/**
 * struct paxosnl_leader - who leads a group, as far as this node knows
 * @group_id: the group's id
 * @group: the group's name
 * @node: who leads, 0 if nobody does; then there is nothing else
 * @ballot: by which ballot
 * @heard: milliseconds since it was heard
 * @leads: it is this node; then the rest holds
 * @first: the first instance of its grant
 * @next: the instance that the next value gets
 * @number: heartbeats sent so far
 * @quorum: milliseconds since a quorum of voters answered
 *
 * In a PAXOS_CMD_LEADER_NTF only what comes before @heard holds.
 */
struct paxosnl_leader {
	uint32_t group_id;
	const char *group;
	uint32_t node;
	uint64_t ballot;
	uint64_t heard;
	bool leads;
	uint64_t first;
	uint64_t next;
	uint64_t number;
	uint64_t quorum;
};

typedef int (*paxosnl_leader_cb)(const struct paxosnl_leader *leader,
				 void *data);

int paxosnl_leader_get(struct paxosnl *nl, const char *group,
		       struct paxosnl_leader *leader);
int paxosnl_leader_dump(struct paxosnl *nl, paxosnl_leader_cb cb, void *data);
int paxosnl_leader_resign(struct paxosnl *nl, const char *group);
int paxosnl_leader_ask(struct paxosnl *nl, const char *group);

/* Barriers: barrier.c */

/**
 * struct paxosnl_barrier - what a read waited for is decided
 * @group: the group's name
 * @cookie: as it began
 * @instance: all that anyone was told of before it began is at or below it
 */
struct paxosnl_barrier {
	const char *group;
	uint64_t cookie;
	uint64_t instance;
};

int paxosnl_barrier_begin(struct paxosnl *nl, const char *group,
			  uint64_t cookie);
int paxosnl_barrier_del(struct paxosnl *nl, const char *group, uint64_t cookie);
int paxosnl_barrier(struct paxosnl *nl, const char *group, uint32_t timeout,
		    uint64_t *instance);

/* Submissions: submit.c */

/**
 * struct paxosnl_run - values of consecutive sequences, at consecutive instances
 * @sequence: of the first
 * @instance: of the first; 0 if it is not known what became of them
 * @count: how many
 */
struct paxosnl_run {
	uint64_t sequence;
	uint64_t instance;
	uint32_t count;
};

int paxosnl_submit(struct paxosnl *nl, const char *group, uint64_t client,
		   uint64_t sequence, const struct iovec *values, size_t count,
		   uint32_t *request);
int paxosnl_submit_close(struct paxosnl *nl, const char *group, uint64_t client,
			 uint64_t sequence, uint32_t *request);

/* Channels: channel.c */

struct paxosnl_channel;

int paxosnl_channel_open(struct paxosnl *nl, const char *group,
			 struct paxosnl_channel **chp);
void paxosnl_channel_close(struct paxosnl_channel *ch);
int paxosnl_channel_fd(const struct paxosnl_channel *ch);
int paxosnl_channel_enter(struct paxosnl_channel *ch,
			  struct paxos_channel_enter *enter);
const char *paxosnl_channel_error(const struct paxosnl_channel *ch);

/* Events: event.c */

/**
 * struct paxosnl_decided - the decided prefix rose
 * @group_id: the group's id
 * @group: the group's name
 * @first: first instance newly decided
 * @upto: last instance decided, all below are
 */
struct paxosnl_decided {
	uint32_t group_id;
	const char *group;
	uint64_t first;
	uint64_t upto;
};

/**
 * struct paxosnl_alarm - something that an operator must know
 * @group_id: the group's id
 * @group: the group's name
 * @alarm: an enum paxos_alarm
 * @node: the member it is about, 0 for none
 * @instance: the instance it is about, 0 for none
 */
struct paxosnl_alarm {
	uint32_t group_id;
	const char *group;
	uint32_t alarm;
	uint32_t node;
	uint64_t instance;
};

/**
 * struct paxosnl_promise - a page of a promise
 * @group: the group's name
 * @ballot: the ballot promised
 * @node: the voter
 * @from: first instance of the page
 * @upto: last instance of the page
 * @trim: the voter's trim point
 * @votes: what it voted for in the page
 * @count: how many votes
 * @whole: with this page the voter's promise is whole
 * @quorum: the whole promises make a quorum
 */
struct paxosnl_promise {
	const char *group;
	uint64_t ballot;
	uint32_t node;
	uint64_t from;
	uint64_t upto;
	uint64_t trim;
	const struct paxosnl_vote *votes;
	size_t count;
	bool whole;
	bool quorum;
};

/**
 * struct paxosnl_refused - a member refused a ballot
 * @group: the group's name
 * @ballot: the ballot refused
 * @node: the member
 * @instance: the instance it is about
 * @refusal: an enum paxos_refusal
 * @highest: the ballot that won
 */
struct paxosnl_refused {
	const char *group;
	uint64_t ballot;
	uint32_t node;
	uint64_t instance;
	uint32_t refusal;
	uint64_t highest;
};

/**
 * struct paxosnl_chosen - the instance that a ballot works on is chosen
 * @group: the group's name
 * @ballot: the ballot
 * @upto: the ballot is granted, and all instances to this one, which is below the
 *   grant, are chosen: then the rest is 0; or 0
 * @instance: the instance
 * @client: who made the value chosen
 * @sequence: the client's number of it
 * @digest: its digest
 * @kind: an enum paxos_kind
 */
struct paxosnl_chosen {
	const char *group;
	uint64_t ballot;
	uint64_t upto;
	uint64_t instance;
	uint64_t client;
	uint64_t sequence;
	uint64_t digest;
	uint32_t kind;
};

/**
 * struct paxosnl_grant_end - this node leads no more by a ballot
 * @group: the group's name
 * @ballot: the ballot
 * @why: an enum paxos_grant_end
 * @highest: the ballot that won, 0 if none did
 */
struct paxosnl_grant_end {
	const char *group;
	uint64_t ballot;
	uint32_t why;
	uint64_t highest;
};

/**
 * struct paxosnl_submitted - values that a handle submitted are done
 * @group: the group's name
 * @client: who made them
 * @runs: which, and where they are
 * @count: how many runs
 */
struct paxosnl_submitted {
	const char *group;
	uint64_t client;
	const struct paxosnl_run *runs;
	size_t count;
};

/**
 * struct paxosnl_refusal - a request that was not waited for was refused
 * @request: its number, from paxosnl_submit()
 * @error: a negative errno
 * @why: a text
 */
struct paxosnl_refusal {
	uint32_t request;
	int error;
	const char *why;
};

/**
 * struct paxosnl_event - what the kernel tells unasked
 * @type: the PAXOS_CMD_..._NTF that it came as
 * @name: that as text, as the netlink spec names it
 * @group: for PAXOS_CMD_GROUP_NTF, and with id and name alone for
 *   PAXOS_CMD_GROUP_DEL_NTF
 * @member: for PAXOS_CMD_MEMBER_NTF, and with group and node alone for
 *   PAXOS_CMD_MEMBER_DEL_NTF
 * @decided: for PAXOS_CMD_DECIDED_NTF
 * @alarm: for PAXOS_CMD_ALARM_NTF
 * @promise: for PAXOS_CMD_PROMISE_NTF
 * @refused: for PAXOS_CMD_REFUSED_NTF
 * @chosen: for PAXOS_CMD_CHOSEN_NTF
 * @grant_end: for PAXOS_CMD_GRANT_NTF
 * @leader: for PAXOS_CMD_LEADER_NTF
 * @submitted: for PAXOS_CMD_SUBMITTED_NTF
 * @refusal: for PAXOS_CMD_SUBMIT, which is no event but what became of a request
 * @barrier: for PAXOS_CMD_BARRIER_NTF
 */
struct paxosnl_event {
	uint32_t type;
	const char *name;
	union {
		struct paxosnl_group group;
		struct paxosnl_member member;
		struct paxosnl_decided decided;
		struct paxosnl_alarm alarm;
		struct paxosnl_promise promise;
		struct paxosnl_refused refused;
		struct paxosnl_chosen chosen;
		struct paxosnl_grant_end grant_end;
		struct paxosnl_leader leader;
		struct paxosnl_submitted submitted;
		struct paxosnl_refusal refusal;
		struct paxosnl_barrier barrier;
	};
};

typedef int (*paxosnl_event_cb)(const struct paxosnl_event *event, void *data);

int paxosnl_subscribe(struct paxosnl *nl, const char *mcgrp);
int paxosnl_event_read(struct paxosnl *nl, int timeout, paxosnl_event_cb cb,
		       void *data);

/* Basic Paxos: propose.c */

/**
 * enum paxosnl_result - what became of a value
 * @PAXOSNL_CHOSEN: it is chosen
 * @PAXOSNL_OTHER: the instance asked for is chosen otherwise, and the value is
 *   nowhere
 * @PAXOSNL_NOT_PROPOSED: no voter was ever asked to accept it, or only at
 *   instances that are chosen otherwise: it is not chosen, nor will it be
 * @PAXOSNL_UNKNOWN: voters were asked to accept it and no answer settled it: it
 *   may be chosen, now or later
 */
enum paxosnl_result {
	PAXOSNL_CHOSEN = 1,
	PAXOSNL_OTHER,
	PAXOSNL_NOT_PROPOSED,
	PAXOSNL_UNKNOWN,
};

/**
 * struct paxosnl_outcome - what became of a value, and where
 * @result: what became of it
 * @instance: where it is, may be, or was asked to be; 0 for none
 * @client: the client under which the value was proposed
 * @sequence: the sequence under which the value was proposed
 * @chosen: for PAXOSNL_OTHER, what is chosen there (without its bytes)
 * @why: a text that says why, for all but PAXOSNL_CHOSEN and PAXOSNL_OTHER; it
 *   holds until the next call on the proposer
 * @led: it was given up because somebody leads, see paxosnl_proposer_yield()
 */
struct paxosnl_outcome {
	enum paxosnl_result result;
	uint64_t instance;
	uint64_t client;
	uint64_t sequence;
	struct paxosnl_vote chosen;
	const char *why;
	bool led;
};

struct paxosnl_proposer;

int paxosnl_proposer_open(struct paxosnl_proposer **pp, const char *group);
void paxosnl_proposer_close(struct paxosnl_proposer *p);
const char *paxosnl_proposer_error(const struct paxosnl_proposer *p);
bool paxosnl_proposer_refused(const struct paxosnl_proposer *p);
void paxosnl_proposer_yield(struct paxosnl_proposer *p, bool yields);
int paxosnl_propose(struct paxosnl_proposer *p, const void *value,
		    size_t length, uint64_t instance, unsigned int timeout,
		    struct paxosnl_outcome *outcome);
int paxosnl_propose_again(struct paxosnl_proposer *p, uint64_t client,
			  uint64_t sequence, const void *value, size_t length,
			  unsigned int timeout, struct paxosnl_outcome *outcome);
int paxosnl_propose_close(struct paxosnl_proposer *p, uint64_t client,
			  uint64_t sequence, unsigned int timeout,
			  struct paxosnl_outcome *outcome);

/* Elections: candidate.c */

#define PAXOSNL_PRIORITY_MAX	10

/**
 * enum paxosnl_standing_type - where a candidate stands
 * @PAXOSNL_IDLE: its node may not lead now
 * @PAXOSNL_FOLLOWING: another leads
 * @PAXOSNL_ASKING: no leader is heard; does a quorum miss it, too?
 * @PAXOSNL_WAITING: a quorum does; it backs off
 * @PAXOSNL_PREPARING: promises are gathered
 * @PAXOSNL_FINISHING: it leads; what was open before is closed
 * @PAXOSNL_LEADING: it leads
 * @PAXOSNL_RESIGNED: it leaves it to others
 */
enum paxosnl_standing_type {
	PAXOSNL_IDLE,
	PAXOSNL_FOLLOWING,
	PAXOSNL_ASKING,
	PAXOSNL_WAITING,
	PAXOSNL_PREPARING,
	PAXOSNL_FINISHING,
	PAXOSNL_LEADING,
	PAXOSNL_RESIGNED,
};

/**
 * struct paxosnl_standing - where a candidate stands
 * @type: an enum paxosnl_standing_type
 * @group: the group's name
 * @ballot: of the leader that is followed, or the candidate's own; 0 for none
 * @node: whose ballot that is, 0 for none
 * @first: where it leads, the first instance of the grant
 * @open: where it leads, instances below @first that are not finished
 * @ended: where it led before, an enum paxos_grant_end: why no more; else 0
 * @alarm: voters reported two values for one instance
 */
struct paxosnl_standing {
	uint32_t type;
	const char *group;
	uint64_t ballot;
	uint32_t node;
	uint64_t first;
	uint64_t open;
	uint32_t ended;
	bool alarm;
};

typedef int (*paxosnl_standing_cb)(const struct paxosnl_standing *standing,
				   void *data);

struct paxosnl_candidate;

int paxosnl_candidate_open(struct paxosnl_candidate **cp, const char *group,
			   unsigned int priority);
void paxosnl_candidate_close(struct paxosnl_candidate *c);
const char *paxosnl_candidate_error(const struct paxosnl_candidate *c);
bool paxosnl_candidate_refused(const struct paxosnl_candidate *c);
int paxosnl_candidate_run(struct paxosnl_candidate *c, unsigned int timeout,
			  paxosnl_standing_cb cb, void *data);
void paxosnl_candidate_resign(struct paxosnl_candidate *c);

#ifdef __cplusplus
}
#endif

#endif /* PAXOSNL_H */
