/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family, and the messages that replies and events share. */
#ifndef _PAXOS_NETLINK_H
#define _PAXOS_NETLINK_H

#include <linux/types.h>

struct genl_family;
struct paxos_group;
struct sk_buff;

/* Room for a message of a group or a member, headers apart. */
#define PAXOS_NETLINK_GROUP_SIZE	768
#define PAXOS_NETLINK_MEMBER_SIZE	512

extern struct genl_family paxos_netlink_family;

int paxos_netlink_put_u64(struct sk_buff *skb, int attr, u64 value);
int paxos_netlink_fill_group(struct sk_buff *skb, struct paxos_group *group);
int paxos_netlink_fill_member(struct sk_buff *skb, struct paxos_group *group, u8 node);

int paxos_netlink_init(void);
void paxos_netlink_uninit(void);

#endif
