/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: where the members of a group are, and how to get there. */
#ifndef _PAXOS_PEER_H
#define _PAXOS_PEER_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <net/dst_cache.h>

struct netlink_ext_ack;
struct paxos_group;
struct paxos_partner;
struct sk_buff;

/**
 * struct paxos_addr - an address and a UDP port
 * @family: AF_INET or AF_INET6
 * @port: the port
 * @v4: the address, if AF_INET
 * @v6: the address, if AF_INET6
 */
struct paxos_addr {
	u16 family;
	__be16 port;
	union {
		__be32 v4;
		struct in6_addr v6;
	};
};

/* "[" address "]:" port */
#define PAXOS_ADDR_TEXT		56

/**
 * struct paxos_peer_link - the way to a member
 * @addr: where it is
 * @cache: routes to it, one a CPU
 * @partner: who is there, for all groups of the socket; NULL once the group is dead
 * @rcu: frees it
 *
 * Its address never changes once published: another one is another link.
 */
struct paxos_peer_link {
	struct paxos_addr addr;
	struct dst_cache cache;
	struct paxos_partner *partner;
	struct rcu_head rcu;
};

bool paxos_addr_equal(const struct paxos_addr *a, const struct paxos_addr *b);
const char *paxos_addr_text(const struct paxos_addr *addr, char text[PAXOS_ADDR_TEXT]);
int paxos_addr_check(const struct paxos_addr *addr, struct netlink_ext_ack *extack);
bool paxos_addr_is_source(const struct paxos_addr *addr, const struct sk_buff *skb);

bool paxos_peer_addr(struct paxos_group *group, u8 node, struct paxos_addr *addr);
int paxos_peer_add(struct paxos_group *group, u8 node, u8 role,
		   const struct paxos_addr *addr, struct netlink_ext_ack *extack);
int paxos_peer_set(struct paxos_group *group, u8 node, const struct paxos_addr *addr,
		   struct netlink_ext_ack *extack);
int paxos_peer_del(struct paxos_group *group, u8 node, struct netlink_ext_ack *extack);
void paxos_peer_leave(struct paxos_group *group);
void paxos_peer_forget(struct paxos_group *group);

#endif
