/* SPDX-License-Identifier: GPL-2.0 */
/* The inbox: what the members submit to this node while it leads. */
#ifndef _PAXOS_CORE_INBOX_H
#define _PAXOS_CORE_INBOX_H

#include "state.h"

void paxos_inbox_clear(struct paxos_core *core);
enum paxos_reason paxos_inbox_submit(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_inbox_part(struct paxos_core *core, u8 from,
				   const struct paxos_msg *msg, struct paxos_outbox *ob);

#endif
