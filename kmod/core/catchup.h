/* SPDX-License-Identifier: GPL-2.0 */
/* Catching up: what is decided elsewhere and not known here is asked for, in bulk. */
#ifndef _PAXOS_CORE_CATCHUP_H
#define _PAXOS_CORE_CATCHUP_H

#include "state.h"

/* Does somebody know of more that is decided? */
static inline bool paxos_catchup_is_behind(const struct paxos_core *core)
{
	return core->learning.target > core->window.prefix;
}

void paxos_catchup_aim(struct paxos_core *core, u8 source, u64 target);
bool paxos_catchup_takes(const struct paxos_core *core, u64 instance);
void paxos_catchup_answered(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
			    bool fruitful);
bool paxos_catchup_elsewhere(struct paxos_core *core);
bool paxos_catchup_is_gone(struct paxos_core *core);
void paxos_catchup_starve(struct paxos_core *core);
void paxos_catchup_tick(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_catchup_deadline(const struct paxos_core *core);

#endif
