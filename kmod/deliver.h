/* SPDX-License-Identifier: GPL-2.0 */
/* Telling userspace what a step found out, and what changed. */
#ifndef _PAXOS_DELIVER_H
#define _PAXOS_DELIVER_H

#include "core/outbox.h"

struct net;
struct paxos_group;
struct paxos_submission;

void paxos_deliver_group(struct paxos_group *group);
void paxos_deliver_group_del(struct net *net, const struct paxos_group *group);
void paxos_deliver_member(struct paxos_group *group, u8 node);
void paxos_deliver_member_del(struct paxos_group *group, u8 node);
void paxos_deliver_submitted(struct paxos_group *group, const struct paxos_submission *first);
void paxos_deliver_stop(void);
void paxos_deliver_notes(struct paxos_group *group, const struct paxos_outbox *ob);
void paxos_deliver_barriers(struct paxos_group *group, const struct paxos_barrier *b);

#endif
