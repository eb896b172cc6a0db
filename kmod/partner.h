/* SPDX-License-Identifier: GPL-2.0 */
/* Partners: other nodes, each as one socket reaches it, whatever the groups. */
#ifndef _PAXOS_PARTNER_H
#define _PAXOS_PARTNER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "core/pulse.h"
#include "peer.h"

struct paxos_group;
struct paxos_net;
struct paxos_socket;

/**
 * struct paxos_partner_key - what tells one from another
 * @socket: the socket that speaks with it
 * @addr: where it is; mapped, if that is IPv4
 * @port: likewise
 * @pad: zero
 */
struct paxos_partner_key {
	struct paxos_socket *socket;
	struct in6_addr addr;
	__be16 port;
	u16 pad[3];
};

/**
 * struct paxos_partner - a node that is a member of some groups of a socket
 * @by_key: links it into &paxos_partners.table
 * @list: and into &paxos_partners.list
 * @key: what it is found by
 * @link: the way to it
 * @users: members that are there; under &paxos_net.mutex
 * @lock: guards @pulse; nothing else is taken under it
 * @pulse: what goes and comes
 */
struct paxos_partner {
	struct rhash_head by_key;
	struct list_head list;
	struct paxos_partner_key key;
	struct paxos_peer_link link;
	unsigned int users;
	spinlock_t lock;		/* guards what follows */
	struct paxos_pulse pulse;
};

/**
 * struct paxos_partners - those of a namespace
 * @table: by key; read under RCU, written under &paxos_net.mutex
 * @list: all of them, likewise
 * @life: of this namespace's vow
 * @epoch: of it
 * @number: of the pulse sent last
 */
struct paxos_partners {
	struct rhashtable table;
	struct list_head list;
	u64 life;
	atomic64_t epoch;
	atomic64_t number;
};

int paxos_partner_open(struct paxos_net *home);
void paxos_partner_close(struct paxos_net *home);
struct paxos_partner *paxos_partner_get(struct paxos_net *home, struct paxos_socket *socket,
					const struct paxos_addr *addr);
void paxos_partner_put(struct paxos_net *home, struct paxos_partner *partner);

u64 paxos_partner_vow(struct paxos_net *home);
void paxos_partner_raise(struct paxos_net *home);
void paxos_partner_want(struct paxos_group *group);
void paxos_partner_heard(struct paxos_group *group, struct paxos_heard *heard);
u64 paxos_partner_beat(struct paxos_net *home, u64 now);
enum paxos_reason paxos_partner_hear(struct paxos_socket *socket, const struct sk_buff *skb,
				     const u8 *bytes);

#endif
