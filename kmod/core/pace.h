/* SPDX-License-Identifier: GPL-2.0 */
/* The pace at which a node under load feeds those who catch up. */
#ifndef _PAXOS_CORE_PACE_H
#define _PAXOS_CORE_PACE_H

#include "state.h"

bool paxos_pace_admits(struct paxos_core *core, u8 node, const struct paxos_msg *msg);
void paxos_pace_charge(struct paxos_core *core, const struct paxos_msg *msg, u32 datagrams);
void paxos_pace_tick(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_pace_deadline(const struct paxos_core *core);

#endif
