/* SPDX-License-Identifier: GPL-2.0 */
/* Genesis: how a group comes to life once, and how members greet each other. */
#ifndef _PAXOS_CORE_GENESIS_H
#define _PAXOS_CORE_GENESIS_H

#include "step.h"

void paxos_genesis_init(struct paxos_core *core, struct paxos_event *ev,
			struct paxos_outbox *ob);
enum paxos_reason paxos_genesis_adopt(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg,
				      const struct paxos_header *header,
				      struct paxos_outbox *ob);
enum paxos_reason paxos_genesis_hello(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg,
				      const struct paxos_header *header,
				      struct paxos_outbox *ob);
void paxos_genesis_greet(struct paxos_core *core, u64 to, bool ask, struct paxos_outbox *ob);
void paxos_genesis_ask(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_genesis_tick(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_genesis_deadline(const struct paxos_core *core);

#endif
