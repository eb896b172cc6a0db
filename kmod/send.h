/* SPDX-License-Identifier: GPL-2.0 */
/* Sending what a step left in the outbox. */
#ifndef _PAXOS_SEND_H
#define _PAXOS_SEND_H

#include "core/outbox.h"

struct paxos_group;
struct paxos_peer_link;
struct paxos_scratch;
struct paxos_socket;

int paxos_send_datagram(struct paxos_socket *socket, struct paxos_peer_link *link,
			const u8 *bytes, u32 length);
void paxos_send_account(struct paxos_group *group, u8 node, u8 type, u32 length, int err);
void paxos_send_outbox(struct paxos_group *group, struct paxos_scratch *scratch,
		       struct paxos_header *header, u64 durable);

#endif
