/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The step: one event in, a changed state and a filled outbox out. The caller
 * holds the group's lock around it and sends, notifies and frees after it.
 */
#ifndef _PAXOS_CORE_STEP_H
#define _PAXOS_CORE_STEP_H

#include "state.h"

enum paxos_event_type {
	PAXOS_EVENT_MESSAGE,	/* a decoded message of a configured member */
	PAXOS_EVENT_TICK,	/* time passed */
	PAXOS_EVENT_MEMBER,	/* a member is configured or changed */
	PAXOS_EVENT_MEMBER_GONE,
	PAXOS_EVENT_INIT,	/* group init */
	PAXOS_EVENT_HAND_OUT,	/* a ballot is asked for */
	PAXOS_EVENT_PREPARE,
	PAXOS_EVENT_ACCEPT,
	PAXOS_EVENT_DROP,	/* a ballot is given back */
	PAXOS_EVENT_DROP_OWNER,	/* an owner is gone */
	PAXOS_EVENT_TRIM,
	PAXOS_EVENT_DURABLE,	/* records up to one are durable */
	PAXOS_EVENT_GRANT,	/* this node is to lead by a prepared ballot */
	PAXOS_EVENT_RENEW,	/* the grant's owner is still there */
	PAXOS_EVENT_RESIGN,	/* this node is to lead no more, whoever was granted it */
	PAXOS_EVENT_TIMING,	/* heartbeat and timeouts are changed */
	PAXOS_EVENT_SUBMIT,	/* values that a client wants in the log */
	PAXOS_EVENT_ASK,	/* who does each member follow? */
	PAXOS_EVENT_BARRIER,	/* a read waits */
	PAXOS_EVENT_DROP_BARRIER,	/* and no more */
	PAXOS_EVENT_SELF,	/* a message to this node itself, which waited for its record */
};

/**
 * struct paxos_event - what happened
 * @type: enum paxos_event_type
 * @now: milliseconds
 * @vow: what this node's pulses hold up, 0 if it has none
 * @heard: TICK: what other nodes' pulses hold up, by node id - 1, at least of all
 *	members; or NULL
 * @message: MESSAGE
 * @member: MEMBER, MEMBER_GONE (node alone)
 * @hand_out: HAND_OUT: @proposal is zeroed memory, which the core keeps until
 *	DROP or DROP_OWNER returns it in @dropped
 * @prepare: PREPARE
 * @accept: ACCEPT: a @value with a reference that the caller keeps, or an @id
 *	whose bytes are here or with a voter
 * @drop: DROP, DROP_BARRIER (its cookie), DROP_OWNER (owner alone)
 * @trim: TRIM
 * @durable: DURABLE: number of the record
 * @grant: GRANT, RENEW (owner and ballot)
 * @timing: TIMING: milliseconds, each above 0
 * @submit: SUBMIT: @count submissions linked by younger, with owner and value; all
 *	are taken, or none with an error
 * @barrier: BARRIER: memory with owner and cookie, which the core keeps until an
 *	outbox has it
 * @self: SELF: the message; it left the outbox with this node's bit in @to
 *	because its record was not durable, and now is
 * @reason: set by MESSAGE: why it was dropped
 * @error: set by the others: 0 or a negative errno
 * @why: set with @error: a text for the operator, a constant string
 * @node: set with @error: the member it speaks of, or 0
 * @instance: set with @error: the instance it speaks of; HAND_OUT: the lowest
 *	instance not known to be chosen
 * @ballot: set by HAND_OUT
 * @dropped: set by DROP and DROP_OWNER: memory to free, linked by next
 */
struct paxos_event {
	u8 type;
	u64 now;
	u64 vow;
	const struct paxos_heard *heard;
	union {
		struct {
			const struct paxos_header *header;
			const struct paxos_msg *msg;
		} message;
		struct {
			u8 node;
			u8 role;
		} member;
		struct {
			struct paxos_proposal *proposal;
			u64 owner;
			u64 above;
		} hand_out;
		struct {
			u64 owner;
			u64 ballot;
			u64 nonce;
			u64 instance;
			bool single;
		} prepare;
		struct {
			u64 owner;
			u64 ballot;
			u64 instance;
			struct paxos_value *value;
			struct paxos_vid id;
		} accept;
		struct {
			u64 owner;
			u64 ballot;
			u64 cookie;
		} drop;
		struct {
			u64 to;
			bool force;
		} trim;
		u64 durable;
		struct {
			u64 owner;
			u64 ballot;
			u64 first;
		} grant;
		struct {
			u32 heartbeat;
			u32 timeout_min;
			u32 timeout_max;
		} timing;
		struct {
			struct paxos_submission *first;
			u32 count;
		} submit;
		struct paxos_barrier *barrier;
		const struct paxos_out *self;
	};
	enum paxos_reason reason;
	int error;
	const char *why;
	u8 node;
	u64 instance;
	u64 ballot;
	struct paxos_proposal *dropped;
};

/* What a step tells its caller beside the outbox. */
#define PAXOS_STEP_SEND		1	/* the outbox has messages */
#define PAXOS_STEP_NOTE		2	/* the outbox has notes */
#define PAXOS_STEP_DECIDED	4	/* the prefix rose */
#define PAXOS_STEP_REFILL	8	/* the pool runs low */
#define PAXOS_STEP_CARE		16	/* the pool is not steady */
#define PAXOS_STEP_BROKEN	32	/* something said under the vow holds no more */
#define PAXOS_STEP_PULSE	64	/* all members want a pulse, see paxos_rest_until() */

void paxos_core_init(struct paxos_core *core, const struct paxos_config *config,
		     struct paxos_pool *pool, struct paxos_slot **dir, u32 dir_size,
		     bool volatile_store, u64 now);
void paxos_core_clear(struct paxos_core *core);
void paxos_core_header(const struct paxos_core *core, struct paxos_header *header);
void paxos_core_options(const struct paxos_core *core, struct paxos_options *options);
u64 paxos_core_deadline(const struct paxos_core *core);
const char *paxos_core_why_not(const struct paxos_core *core);
u32 paxos_step(struct paxos_core *core, struct paxos_event *event, struct paxos_outbox *ob);

#endif
