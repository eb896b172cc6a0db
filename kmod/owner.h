/* SPDX-License-Identifier: GPL-2.0 */
/* Owners: the netlink sockets that hold ballots or wait for barriers, until they close. */
#ifndef _PAXOS_OWNER_H
#define _PAXOS_OWNER_H

#include <linux/types.h>

struct paxos_barrier;
struct netlink_ext_ack;
struct paxos_event;
struct paxos_group;
struct paxos_net;

int paxos_owner_hand_out(struct paxos_group *group, struct paxos_event *event);
int paxos_owner_drop(struct paxos_group *group, struct paxos_event *event);
int paxos_owner_barrier(struct paxos_group *group, u64 port, u64 cookie,
			struct paxos_event *event);
void paxos_owner_free_barriers(struct paxos_barrier *b);
int paxos_owner_submits(struct paxos_group *group, u64 port, struct netlink_ext_ack *extack);
void paxos_owner_gone(struct paxos_net *home, u64 owner);
void paxos_owner_forget(struct paxos_group *group);

#endif
