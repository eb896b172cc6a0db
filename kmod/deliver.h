/* SPDX-License-Identifier: GPL-2.0 */
/* Telling userspace what a step found out. */
#ifndef _PAXOS_DELIVER_H
#define _PAXOS_DELIVER_H

#include "core/outbox.h"

struct paxos_group;

void paxos_deliver_notes(struct paxos_group *group, const struct paxos_outbox *ob);

#endif
