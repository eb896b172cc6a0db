/* SPDX-License-Identifier: GPL-2.0 */
/* Groups: one replicated log each, with its lock and its memory. */
#ifndef _PAXOS_GROUP_H
#define _PAXOS_GROUP_H

#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/timerqueue.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "core/step.h"
#include "peer.h"
#include "stats.h"

/* What group add takes when it is not told. */
#define PAXOS_WINDOW_DEFAULT		1024
#define PAXOS_WINDOW_BYTES_DEFAULT	SZ_8M
#define PAXOS_LOG_SIZE_DEFAULT		((u64)SZ_16M)
#define PAXOS_HEARTBEAT_DEFAULT		10	/* ms */
#define PAXOS_TIMEOUT_MIN_DEFAULT	50
#define PAXOS_TIMEOUT_MAX_DEFAULT	100

/* And the most and the least that it takes. */
#define PAXOS_TIMING_MAX		(60 * 60 * MSEC_PER_SEC)
#define PAXOS_LOG_SIZE_MIN		((u64)SZ_1M)
#define PAXOS_LOG_SIZE_MAX		(256ULL * SZ_1G)

struct mem_cgroup;
struct netlink_ext_ack;
struct paxos_net;
struct paxos_scratch;
struct paxos_socket;

/**
 * struct paxos_group - a group at this node
 * @id: its id on the wire
 * @name: its name on this host, padded with zeros: it is a key of a hash table
 * @local: where this node sends and receives
 * @home: the namespace's state; valid until the group is dead
 * @by_name: links it into &paxos_net.names
 * @refs: references; the namespace holds one until the group is deleted
 * @lock: guards @core, @pool, @dead, @armed and @sequence; taken with bottom
 *	halves off, and nothing is sent or told under it
 * @core: the protocol's state
 * @pool: its memory
 * @dead: nothing happens any more: no step, no timer
 * @armed: when it is to tick, in milliseconds; 0 if it is not
 * @sequence: number of the datagram sent last
 * @socket: bound to @local; valid under RCU, or under the namespace's mutex,
 *	until a grace period after the group died
 * @last: the group was the last that used @socket, and releases it
 * @peer: the ways to the members by node id - 1; read under RCU, written under
 *	the namespace's mutex
 * @due: links it into &paxos_timer.due while it is to tick
 * @refill: gives memory to @pool
 * @memcg: who pays for that memory
 * @owners: who holds ballots of it; see owner.c
 * @channels: descriptors for it, by number; see channel.c
 * @next_channel: the number of the next, if it is free
 * @ending: links those that end together
 * @stats: its counters
 */
struct paxos_group {
	u32 id;
	char name[PAXOS_NAME_MAX + 1];
	struct paxos_addr local;
	struct paxos_net *home;
	struct rhash_head by_name;
	refcount_t refs;
	spinlock_t lock;	/* guards what follows, to sequence */
	struct paxos_core core;
	struct paxos_pool pool;
	bool dead;
	u64 armed;
	u64 sequence;
	struct paxos_socket *socket;
	bool last;
	struct paxos_peer_link __rcu *peer[PAXOS_NODE_MAX];
	struct timerqueue_node due;
	struct work_struct refill;
	struct mem_cgroup *memcg;
	struct list_head owners;
	struct xarray channels;
	u32 next_channel;
	struct list_head ending;
	struct paxos_stats __percpu *stats;
};

/**
 * struct paxos_timing - how often a leader is heard, and for how long it is not
 * @heartbeat: milliseconds, 0 for the default, or to leave it as it is
 * @timeout_min: likewise
 * @timeout_max: likewise
 */
struct paxos_timing {
	u32 heartbeat;
	u32 timeout_min;
	u32 timeout_max;
};

/**
 * struct paxos_group_params - what group add is told
 * @id: the group's id
 * @name: its name
 * @node: this node's id
 * @local: where this node sends and receives
 * @role: enum paxos_role
 * @window: instances that may be open, 0 for the default
 * @window_bytes: bytes of values in these, 0 for the default
 * @log_size: bytes of memory, 0 for the default
 * @quorum_1: 0 for a majority
 * @quorum_2: 0 for a majority
 * @timing: of heartbeats
 */
struct paxos_group_params {
	u32 id;
	const char *name;
	u8 node;
	struct paxos_addr local;
	u8 role;
	u32 window;
	u32 window_bytes;
	u64 log_size;
	u8 quorum_1;
	u8 quorum_2;
	struct paxos_timing timing;
};

/**
 * struct paxos_group_change - what group set is told
 * @log_size: bytes of memory, 0 to leave it
 * @timing: of heartbeats
 */
struct paxos_group_change {
	u64 log_size;
	struct paxos_timing timing;
};

/* Takes one reference more, of who has one or keeps the last from being put. */
static inline void paxos_group_get(struct paxos_group *group)
{
	refcount_inc(&group->refs);
}

struct paxos_group *paxos_group_lookup(struct paxos_net *home, u32 id);
struct paxos_group *paxos_group_find_id(struct paxos_net *home, u32 id);
struct paxos_group *paxos_group_find_name(struct paxos_net *home, const char *name);
struct paxos_group *paxos_group_next(struct paxos_net *home, u32 *id);
void paxos_group_put(struct paxos_group *group);

void paxos_group_hear(struct paxos_group *group, struct paxos_event *event,
		      struct paxos_scratch *scratch);
int paxos_group_step(struct paxos_group *group, struct paxos_event *event);
bool paxos_group_identity(struct paxos_group *group, u8 *identity);
int paxos_group_values(struct paxos_group *group, u8 kind, const u32 *length, u32 n,
		       struct paxos_value **value, struct netlink_ext_ack *extack);
struct paxos_value *paxos_group_value(struct paxos_group *group, u8 kind, const u8 *bytes,
				      u32 length, struct netlink_ext_ack *extack);

int paxos_group_add(struct paxos_net *home, const struct paxos_group_params *params,
		    struct netlink_ext_ack *extack);
int paxos_group_set(struct paxos_group *group, const struct paxos_group_change *change,
		    struct netlink_ext_ack *extack);
int paxos_group_del(struct paxos_group *group, struct netlink_ext_ack *extack);
void paxos_group_end(struct paxos_net *home);

int paxos_group_open(struct paxos_net *home);
void paxos_group_close(struct paxos_net *home);
int paxos_group_init(void);
void paxos_group_uninit(void);

#endif
