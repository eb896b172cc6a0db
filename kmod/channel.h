/* SPDX-License-Identifier: GPL-2.0 */
/* Channels: descriptors by which a process submits to one group. */
#ifndef _PAXOS_CHANNEL_H
#define _PAXOS_CHANNEL_H

struct file;
struct netlink_ext_ack;
struct paxos_group;
struct paxos_submission;

struct file *paxos_channel_open(struct paxos_group *group, struct netlink_ext_ack *extack);
struct paxos_submission *paxos_channel_done(struct paxos_group *group,
					    struct paxos_submission *first);
void paxos_channel_sever(struct paxos_group *group);

#endif
