/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * What Paxos says on the wire: one message a UDP datagram, a header and a
 * body. Numbers are big-endian and naturally aligned, padding is zero, and a
 * receiver refuses a datagram whose length is not exactly what it says; but
 * HEARTBEATs of several groups may follow one another in a datagram.
 *
 * A datagram never exceeds what the IPv6 minimum MTU of 1,280 bytes carries,
 * so none is ever fragmented and no path needs to be probed. Longer values
 * travel as numbered units of PAXOS_WIRE_UNIT bytes, each its own datagram.
 */
#ifndef _UAPI_LINUX_PAXOS_WIRE_H
#define _UAPI_LINUX_PAXOS_WIRE_H

#include <linux/types.h>

#define PAXOS_WIRE_VERSION	1
#define PAXOS_WIRE_MAX		1232	/* 1,280 less IPv6 and UDP headers */
#define PAXOS_WIRE_UNIT		1024	/* bytes of a value in one PART */

enum paxos_wire_type {
	PAXOS_WIRE_HELLO = 1,
	PAXOS_WIRE_INIT,
	PAXOS_WIRE_PREPARE,
	PAXOS_WIRE_PROMISE,
	PAXOS_WIRE_ACCEPT,
	PAXOS_WIRE_ACCEPTED,
	PAXOS_WIRE_REFUSED,
	PAXOS_WIRE_DECIDED,
	PAXOS_WIRE_LEARN,
	PAXOS_WIRE_VALUES,
	PAXOS_WIRE_FETCH,
	PAXOS_WIRE_PART,
	PAXOS_WIRE_HEARTBEAT,
	PAXOS_WIRE_BARRIER,
	PAXOS_WIRE_SUBMIT,
	__PAXOS_WIRE_MAX,
};

/* The type of what is no group's message: struct paxos_wire_pulse. */
#define PAXOS_WIRE_PULSE	64

/**
 * struct paxos_wire_header - what every datagram begins with
 * @version: PAXOS_WIRE_VERSION
 * @type: enum paxos_wire_type
 * @length: bytes of the whole datagram, header included
 * @group: the group's id
 * @sender: node id of the sender, 1 to 64
 * @auth: how @tag is made; 1 for none
 * @pad: zero
 * @boot: how often the sender's incarnation was started
 * @sequence: the sender's number of this datagram, rising
 * @incarnation: names the sender's memory
 * @identity: names the group's life; zero before init
 * @membership: the instance that decided the membership the sender acts under
 * @tag: keyed hash of the datagram; zero without a key
 */
struct paxos_wire_header {
	__u8	version;
	__u8	type;
	__be16	length;
	__be32	group;
	__u8	sender;
	__u8	auth;
	__be16	pad;
	__be32	boot;
	__be64	sequence;
	__u8	incarnation[16];
	__u8	identity[16];
	__be64	membership;
	__u8	tag[16];
};

/**
 * struct paxos_wire_options - what all voters of a group must have alike
 * @voters: bit node - 1 is set for every voter
 * @window: instances that may be open above the decided prefix
 * @window_bytes: bytes of values in open instances
 * @alpha: how many instances later a membership is in force
 * @quorum_1: voters that make a quorum of promises
 * @quorum_2: voters that make a quorum of votes
 * @quorum_fast: voters that make a fast quorum
 * @pad: zero
 */
struct paxos_wire_options {
	__be64	voters;
	__be32	window;
	__be32	window_bytes;
	__be32	alpha;
	__u8	quorum_1;
	__u8	quorum_2;
	__u8	quorum_fast;
	__u8	pad;
};

#define PAXOS_WIRE_HELLO_ASK	1	/* answer with a HELLO at once */
#define PAXOS_WIRE_HELLO_ANSWER	2	/* such an answer: the way there and back is whole */

/**
 * struct paxos_wire_hello - how far a member is; also asks who else is there
 * @options: the sender's configuration, or what init settled
 * @prefix: all instances up to here are chosen and known to the sender
 * @trim: instances up to here are trimmed at the sender
 * @hash: running hash at @prefix
 * @highest: highest ballot the sender has seen
 * @follows: ballot of the leader that the sender hears, or leads by; 0 for none
 * @state: enum paxos_state
 * @flags: PAXOS_WIRE_HELLO_*
 * @pad: zero
 */
struct paxos_wire_hello {
	struct paxos_wire_options options;
	__be64	prefix;
	__be64	trim;
	__be64	hash;
	__be64	highest;
	__be64	follows;
	__u8	state;
	__u8	flags;
	__u8	pad[6];
};

struct paxos_wire_voter {
	__u8	node;
	__u8	pad[7];
	__u8	incarnation[16];
};

#define PAXOS_WIRE_INIT_LIVE	1	/* every voter has adopted the identity */

/**
 * struct paxos_wire_init - the group's identity, and what it was made from
 * @options: of the first membership
 * @voters: how many &struct paxos_wire_voter follow, by rising node id
 * @flags: PAXOS_WIRE_INIT_LIVE
 * @pad: zero
 */
struct paxos_wire_init {
	struct paxos_wire_options options;
	__u8	voters;
	__u8	flags;
	__u8	pad[6];
};

#define PAXOS_WIRE_SINGLE	1	/* one instance alone, not all from it on */

/**
 * struct paxos_wire_prepare - asks for a promise, a page at a time
 * @ballot: the ballot
 * @nonce: drawn for this attempt, so that an older promise is not taken for it
 * @from: first instance of the promise
 * @page: first instance of the page asked for
 * @flags: PAXOS_WIRE_SINGLE
 * @pad: zero
 */
struct paxos_wire_prepare {
	__be64	ballot;
	__be64	nonce;
	__be64	from;
	__be64	page;
	__u8	flags;
	__u8	pad[7];
};

#define PAXOS_WIRE_ENTRY_CHOSEN	1	/* known to be chosen, not just voted */
#define PAXOS_WIRE_ENTRY_INLINE	2	/* the bytes follow, padded to eight */
#define PAXOS_WIRE_ENTRY_NEXT	4	/* it goes on from the entry before */

/**
 * struct paxos_wire_entry - an instance and a value
 * @digest: keyed hash of kind, length and bytes
 * @length: bytes of the value
 * @kind: enum paxos_kind
 * @flags: PAXOS_WIRE_ENTRY_*
 * @pad: zero
 * @instance: the instance
 * @ballot: ballot of the vote in a PROMISE, of the request in an ACCEPT, else 0
 * @client: who made the value
 * @sequence: the client's number of it
 *
 * With PAXOS_WIRE_ENTRY_NEXT it ends before @instance: ballot and client are those
 * of the entry before, instance and sequence one more; where entries have no
 * instance, this has none.
 */
struct paxos_wire_entry {
	__be64	digest;
	__be32	length;
	__u8	kind;
	__u8	flags;
	__be16	pad;
	__be64	instance;
	__be64	ballot;
	__be64	client;
	__be64	sequence;
};

/**
 * struct paxos_wire_promise - one page of a promise; entries follow
 * @ballot: what was promised
 * @nonce: as in the PREPARE
 * @from: as in the PREPARE
 * @page: first instance of this page
 * @upto: last instance of this page; all ones when nothing is above it
 * @trim: the sender's trim point
 * @entries: how many &struct paxos_wire_entry follow
 * @flags: PAXOS_WIRE_SINGLE
 * @pad: zero
 */
struct paxos_wire_promise {
	__be64	ballot;
	__be64	nonce;
	__be64	from;
	__be64	page;
	__be64	upto;
	__be64	trim;
	__be16	entries;
	__u8	flags;
	__u8	pad[5];
};

/**
 * struct paxos_wire_decided - the sender counted a quorum of votes
 * @ballot: at exactly this ballot, 0 if there is nothing to tell
 * @first: for every instance from here
 * @upto: to here
 */
struct paxos_wire_decided {
	__be64	ballot;
	__be64	first;
	__be64	upto;
};

#define PAXOS_WIRE_ACCEPT_MORE	1	/* another follows at once: answer that one */

/**
 * struct paxos_wire_accept - asks for votes; entries of rising instances follow
 * @ballot: the ballot
 * @decided: what else the sender knows is decided
 * @entries: how many &struct paxos_wire_entry follow
 * @flags: PAXOS_WIRE_ACCEPT_*
 * @pad: zero
 */
struct paxos_wire_accept {
	__be64	ballot;
	struct paxos_wire_decided decided;
	__be16	entries;
	__u8	flags;
	__u8	pad[5];
};

struct paxos_wire_vid {
	__be64	client;
	__be64	sequence;
	__be64	digest;
};

/* All are of one client, with rising sequences: digests alone follow the first. */
#define PAXOS_WIRE_ACCEPTED_RUN	1

/**
 * struct paxos_wire_accepted - votes for consecutive instances
 * @ballot: the ballot
 * @first: the first instance
 * @values: how many &struct paxos_wire_vid follow, one an instance
 * @flags: PAXOS_WIRE_ACCEPTED_*
 * @pad: zero
 */
struct paxos_wire_accepted {
	__be64	ballot;
	__be64	first;
	__be16	values;
	__u8	flags;
	__u8	pad[5];
};

/**
 * struct paxos_wire_refused - no promise, or no vote, and why
 * @ballot: what was asked for
 * @highest: the highest ballot in the way
 * @instance: the instance asked for
 * @trim: the sender's trim point
 * @upto: the highest instance the sender's window takes
 * @reason: enum paxos_refusal
 * @pad: zero
 */
struct paxos_wire_refused {
	__be64	ballot;
	__be64	highest;
	__be64	instance;
	__be64	trim;
	__be64	upto;
	__u8	reason;
	__u8	pad[7];
};

/**
 * struct paxos_wire_learn - asks for what is chosen
 * @from: first instance
 * @upto: last instance
 */
struct paxos_wire_learn {
	__be64	from;
	__be64	upto;
};

#define PAXOS_WIRE_VALUES_LAST	1	/* the answer ends here */

/**
 * struct paxos_wire_values - what the sender knows is chosen; entries follow
 * @prefix: the sender's decided prefix
 * @trim: its trim point
 * @hash: running hash at the trim point
 * @asked: low half of the LEARN's first instance; 0 if this answers none
 * @entries: how many &struct paxos_wire_entry follow
 * @flags: PAXOS_WIRE_VALUES_LAST
 * @pad: zero
 */
struct paxos_wire_values {
	__be64	prefix;
	__be64	trim;
	__be64	hash;
	__be32	asked;
	__be16	entries;
	__u8	flags;
	__u8	pad;
};

/**
 * struct paxos_wire_fetch - asks for bytes of a value
 * @instance: where it was voted for or chosen, 0 if it is submitted
 * @ballot: copied into the answer
 * @value: which value
 * @missing: bit n is set when unit n is wanted
 * @pad: zero
 */
struct paxos_wire_fetch {
	__be64	instance;
	__be64	ballot;
	struct paxos_wire_vid value;
	__be32	missing;
	__u8	pad[4];
};

/**
 * struct paxos_wire_part - one unit of a value; the bytes follow, padded
 * @instance: where the value is proposed or chosen, 0 if it is submitted
 * @ballot: the ballot it is proposed at, or as in the FETCH
 * @value: which value
 * @length: bytes of the whole value
 * @kind: enum paxos_kind
 * @unit: number of the unit, from 0
 * @pad: zero
 */
struct paxos_wire_part {
	__be64	instance;
	__be64	ballot;
	struct paxos_wire_vid value;
	__be32	length;
	__u8	kind;
	__u8	unit;
	__be16	pad;
};

#define PAXOS_WIRE_HEARTBEAT_ANSWER	1	/* of a voter, to the leader */
#define PAXOS_WIRE_HEARTBEAT_RESIGN	2	/* the leader leads no more */

/**
 * struct paxos_wire_heartbeat - a leader is there, or a voter that heard it
 * @ballot: what it leads by
 * @number: of this heartbeat, rising; copied into the answer
 * @promised: the highest ballot that the answering voter promised or voted at
 *	anywhere; 0 from a leader
 * @prefix: the sender's decided prefix
 * @decided: what else the leader knows is decided; zero in an answer
 * @vow: life and epoch of the sender's pulses, added; 0 if none hold this up
 * @flags: PAXOS_WIRE_HEARTBEAT_*
 * @pad: zero
 */
struct paxos_wire_heartbeat {
	__be64	ballot;
	__be64	number;
	__be64	promised;
	__be64	prefix;
	struct paxos_wire_decided decided;
	__be64	vow;
	__u8	flags;
	__u8	pad[7];
};

#define PAXOS_WIRE_PULSE_ANSWER	1	/* wants no other back */

/**
 * struct paxos_wire_pulse - what was said under this vow holds still
 * @version: PAXOS_WIRE_VERSION
 * @type: PAXOS_WIRE_PULSE
 * @length: bytes of the whole datagram
 * @auth: how @tag is made; 1 for none
 * @flags: PAXOS_WIRE_PULSE_*
 * @pad: zero
 * @life: drawn when the sender started, not 0
 * @epoch: rises when something that the sender said in a HEARTBEAT holds no more
 * @number: of the pulses from there to here, rising from 1
 * @echo_life: of the receiver, in the last pulse that came from it; 0 before the first
 * @echo_number: the number of this pulse
 * @tag: keyed hash of the datagram; zero without a key
 *
 * It is of two nodes, and of no group: all HEARTBEATs from this address to that one
 * whose @vow is the sum of @life and @epoch are meant.
 */
struct paxos_wire_pulse {
	__u8	version;
	__u8	type;
	__be16	length;
	__u8	auth;
	__u8	flags;
	__be16	pad;
	__be64	life;
	__be64	epoch;
	__be64	number;
	__be64	echo_life;
	__be64	echo_number;
	__u8	tag[16];
};

#define PAXOS_WIRE_BARRIER_ANSWER	1	/* of the leader, to the member that asked */

/**
 * struct paxos_wire_barrier - asks the leader for what a read must have, and its answer
 * @ballot: what the leader that is asked leads by
 * @number: the member's number of the question, copied into the answer
 * @point: everything that was acknowledged before the question came is at or
 *	below this instance; 0 in a question
 * @flags: PAXOS_WIRE_BARRIER_ANSWER
 * @pad: zero
 */
struct paxos_wire_barrier {
	__be64	ballot;
	__be64	number;
	__be64	point;
	__u8	flags;
	__u8	pad[7];
};

#define PAXOS_WIRE_SUBMIT_ANSWER	1	/* of the leader: it waits for @number */
#define PAXOS_WIRE_SUBMIT_FULL		2	/* with ANSWER: it has no room now */
#define PAXOS_WIRE_SUBMIT_AGAIN		4	/* it was sent before */

/**
 * struct paxos_wire_submit - values for the leader; entries without instance follow
 * @ballot: of the leader
 * @number: the sender's number of the first entry, from 1 for each ballot; in an
 *	answer the number that the leader waits for
 * @base: none below this number will come, or come again
 * @entries: how many &struct paxos_wire_entry follow, of consecutive numbers
 * @flags: PAXOS_WIRE_SUBMIT_*
 * @pad: zero
 */
struct paxos_wire_submit {
	__be64	ballot;
	__be64	number;
	__be64	base;
	__be16	entries;
	__u8	flags;
	__u8	pad[5];
};

#endif /* _UAPI_LINUX_PAXOS_WIRE_H */
