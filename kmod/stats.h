/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a group, and of a namespace for what reaches no group. */
#ifndef _PAXOS_STATS_H
#define _PAXOS_STATS_H

#include <linux/u64_stats_sync.h>

#include "core/reason.h"
#include "core/port.h"

/* What is counted beside drops and messages: name of the constant, and its own. */
#define PAXOS_COUNTERS(X)							\
	X(IN_BYTES, "in-bytes", "bytes of the datagrams taken")			\
	X(OUT_BYTES, "out-bytes", "bytes of the datagrams sent")		\
	X(IN_BUNDLED, "in-bundled", "messages taken that shared a datagram")	\
	X(OUT_BUNDLED, "out-bundled", "messages sent behind another in its datagram") \
	X(IN_PULSES, "in-pulses", "pulses taken, each of all groups that are shared with a node") \
	X(OUT_PULSES, "out-pulses", "pulses sent, likewise")			\
	X(DECIDED, "decided", "instances that the decided prefix rose by")	\
	X(SEND_NO_MEMBER, "send-no-member", "its member is gone")		\
	X(SEND_NO_ROUTE, "send-no-route", "no route to the member")		\
	X(SEND_NO_MEMORY, "send-no-memory", "no memory for a datagram")		\
	X(SEND_LARGE, "send-large", "a message that fits no datagram")		\
	X(LOST, "lost", "messages and notes that found no room")		\
	X(REFILLS, "refills", "times the pool was given or relieved of memory")	\
	X(REFILL_FAILED, "refill-failed", "times there was none to give")

enum paxos_counter {
#define X(name, text, doc) PAXOS_COUNTER_##name,
	PAXOS_COUNTERS(X)
#undef X
	PAXOS_COUNTER_COUNT
};

/**
 * struct paxos_stats - what one CPU counted
 * @drop: datagrams dropped, by reason
 * @in: messages taken, by type
 * @out: datagrams sent, by type
 * @counter: the rest, by enum paxos_counter
 * @sync: lets 32-bit readers see whole numbers
 *
 * Written with bottom halves off.
 */
struct paxos_stats {
	u64_stats_t drop[PAXOS_REASON_COUNT];
	u64_stats_t in[__PAXOS_WIRE_MAX];
	u64_stats_t out[__PAXOS_WIRE_MAX];
	u64_stats_t counter[PAXOS_COUNTER_COUNT];
	struct u64_stats_sync sync;
};

struct paxos_stats __percpu *paxos_stats_alloc(void);
void paxos_stats_free(struct paxos_stats __percpu *stats);
void paxos_stats_drop(struct paxos_stats __percpu *stats, enum paxos_reason reason);
void paxos_stats_in(struct paxos_stats __percpu *stats, u8 type, u32 bytes);
void paxos_stats_out(struct paxos_stats __percpu *stats, u8 type, u32 bytes);
void paxos_stats_add(struct paxos_stats __percpu *stats, enum paxos_counter counter, u64 n);
int paxos_stats_read(struct paxos_stats __percpu *stats,
		     int (*emit)(void *ctx, const char *name, u64 value), void *ctx);

#endif
