/* SPDX-License-Identifier: GPL-2.0 */
/* The acceptor: promises and votes. */
#ifndef _PAXOS_CORE_ACCEPTOR_H
#define _PAXOS_CORE_ACCEPTOR_H

#include "state.h"

u64 paxos_acceptor_promised(const struct paxos_core *core, const struct paxos_slot *slot);
enum paxos_reason paxos_acceptor_refuse(struct paxos_core *core, u8 to, u64 ballot,
					u64 instance, enum paxos_reason reason,
					struct paxos_outbox *ob);
enum paxos_reason paxos_acceptor_prepare(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_acceptor_vote(struct paxos_core *core, u8 from,
				      struct paxos_slot *slot, u64 ballot,
				      struct paxos_value *value, struct paxos_outbox *ob);
enum paxos_reason paxos_acceptor_accept(struct paxos_core *core, u8 from,
					const struct paxos_msg *msg, struct paxos_outbox *ob);
void paxos_acceptor_answer(u8 to, u64 ballot, struct paxos_slot *slot,
			   struct paxos_outbox *ob);
void paxos_acceptor_answer_range(struct paxos_core *core, u8 to, u64 ballot, u64 first,
				 u64 end, struct paxos_outbox *ob);

void paxos_acceptor_tick(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_acceptor_deadline(const struct paxos_core *core);

#endif
