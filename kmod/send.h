/* SPDX-License-Identifier: GPL-2.0 */
/* Sending what a step left in the outbox. */
#ifndef _PAXOS_SEND_H
#define _PAXOS_SEND_H

#include "core/outbox.h"

struct paxos_group;
struct paxos_scratch;

void paxos_send_outbox(struct paxos_group *group, struct paxos_scratch *scratch,
		       struct paxos_header *header, u64 durable);

#endif
