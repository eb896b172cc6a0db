/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values in parts: reassembly, and fetching what is missing. One reassembly
 * an instance, keyed by ballot and value, apart from the vote.
 */
#ifndef _PAXOS_CORE_PARTS_H
#define _PAXOS_CORE_PARTS_H

#include "state.h"

u32 paxos_parts_units(u32 length);
struct paxos_value *paxos_parts_inline(struct paxos_core *core, const struct paxos_entry *entry,
				       enum paxos_reason *reason);
struct paxos_value *paxos_parts_obtain(struct paxos_core *core, struct paxos_slot *slot,
				       const struct paxos_entry *entry,
				       enum paxos_reason *reason);
enum paxos_reason paxos_parts_begin(struct paxos_core *core, struct paxos_slot *slot,
				    const struct paxos_entry *entry, u64 ballot, u8 flags,
				    u8 from);
void paxos_parts_fetch(struct paxos_core *core, struct paxos_slot *slot, u64 to,
		       struct paxos_outbox *ob);
void paxos_parts_send(struct paxos_core *core, u64 instance, u64 ballot,
		      struct paxos_value *value, u32 units, u64 to, struct paxos_outbox *ob);
enum paxos_reason paxos_parts_serve(struct paxos_core *core, u8 from,
				    const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_parts_receive(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob);

#endif
