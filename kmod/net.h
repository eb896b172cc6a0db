/* SPDX-License-Identifier: GPL-2.0 */
/* What the module keeps in a network namespace. */
#ifndef _PAXOS_NET_H
#define _PAXOS_NET_H

#include <linux/atomic.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>

#include "partner.h"
#include "stats.h"
#include "timer.h"

struct net;

/**
 * struct paxos_net - the state of a network namespace
 * @net: the namespace
 * @mutex: held by whoever adds, changes or deletes groups, members and sockets
 * @groups: groups by id; read under RCU, written under @mutex
 * @names: groups by name; read under RCU, written under @mutex
 * @generation: changes with the set of groups and members, so that a dump tells
 *	when it saw part of a change
 * @sockets: open sockets; under @mutex
 * @partners: the nodes at the other ends of these, and what is told to them at once
 * @owner_mutex: guards @owners and the groups' lists of them
 * @owners: who holds ballots, by netlink port; see owner.c
 * @stats: what happened before a group was found
 * @timer: when its groups have something to do
 *
 * Lock order: @mutex, @owner_mutex, &paxos_group.lock, &paxos_partner.lock or
 * &paxos_timer.lock.
 */
struct paxos_net {
	struct net *net;
	struct mutex mutex;		/* configuration */
	struct xarray groups;
	struct rhashtable names;
	atomic_t generation;
	struct list_head sockets;
	struct paxos_partners partners;
	struct mutex owner_mutex;	/* owners */
	DECLARE_HASHTABLE(owners, 6);
	struct paxos_stats __percpu *stats;
	struct paxos_timer timer;
};

struct paxos_net *paxos_net(const struct net *net);
int paxos_net_init(void);
void paxos_net_uninit(void);

#endif
