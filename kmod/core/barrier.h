/* SPDX-License-Identifier: GPL-2.0 */
/* Barriers: an instance below which all is that anyone was told of before. */
#ifndef _PAXOS_CORE_BARRIER_H
#define _PAXOS_CORE_BARRIER_H

#include "step.h"

/* Cheap enough to be asked in each step: is there a read, or a question that is out? */
static inline bool paxos_barrier_asks(const struct paxos_core *core)
{
	return core->barriers.first || core->barriers.number;
}

/* Is there a read here, or one of a member's that this leader is to answer? */
static inline bool paxos_barrier_waits(const struct paxos_core *core)
{
	return core->barriers.first || core->grant.readers;
}

void paxos_barrier_begin(struct paxos_core *core, struct paxos_event *ev);
void paxos_barrier_drop(struct paxos_core *core, struct paxos_event *ev, bool owner,
			struct paxos_outbox *ob);
enum paxos_reason paxos_barrier_hear(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg, struct paxos_outbox *ob);
void paxos_barrier_ask(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_barrier_end_step(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_barrier_deadline(const struct paxos_core *core);

#endif
