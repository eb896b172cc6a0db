/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Proposals: ballots handed out to userspace, and what the kernel does under
 * them. It enforces what a proposer may not do: P10, P11, P12.
 */
#ifndef _PAXOS_CORE_PROPOSAL_H
#define _PAXOS_CORE_PROPOSAL_H

#include "step.h"

void paxos_proposal_hand_out(struct paxos_core *core, struct paxos_event *ev);
void paxos_proposal_prepare(struct paxos_core *core, struct paxos_event *ev,
			    struct paxos_outbox *ob);
void paxos_proposal_accept(struct paxos_core *core, struct paxos_event *ev,
			   struct paxos_outbox *ob);
void paxos_proposal_end(struct paxos_core *core, u64 ballot);
void paxos_proposal_grant(struct paxos_core *core, struct paxos_event *ev,
			  struct paxos_outbox *ob);
void paxos_proposal_drop(struct paxos_core *core, struct paxos_event *ev, bool owner,
			 struct paxos_outbox *ob);
enum paxos_reason paxos_proposal_promise(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_proposal_refused(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob);
void paxos_proposal_have(struct paxos_core *core, u8 from, struct paxos_slot *slot,
			 struct paxos_value *value, struct paxos_outbox *ob);
bool paxos_proposal_wants(const struct paxos_core *core, u64 instance,
			  const struct paxos_vid *id);
struct paxos_value *paxos_proposal_value(const struct paxos_core *core, u64 instance,
					 const struct paxos_vid *id);
void paxos_proposal_chosen(struct paxos_core *core, const struct paxos_slot *slot,
			   struct paxos_outbox *ob);
void paxos_proposal_tick(struct paxos_core *core, struct paxos_outbox *ob);
u64 paxos_proposal_deadline(const struct paxos_core *core);

#endif
