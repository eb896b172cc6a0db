/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Submissions: values that this node's clients want in the log, wherever, until
 * they are. Whoever leads gives them an instance; this node's own learner says
 * which it was.
 */
#ifndef _PAXOS_CORE_SUBMISSION_H
#define _PAXOS_CORE_SUBMISSION_H

#include "step.h"

void paxos_submission_take(struct paxos_core *core, struct paxos_event *ev);
void paxos_submission_drop(struct paxos_core *core, u64 owner, struct paxos_outbox *ob);
void paxos_submission_drop_all(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_submission_delivered(struct paxos_core *core, u64 first, u64 upto,
				struct paxos_outbox *ob);
bool paxos_submission_push(struct paxos_core *core, struct paxos_outbox *ob);
enum paxos_reason paxos_submission_hear(struct paxos_core *core, u8 from,
					const struct paxos_msg *msg, struct paxos_outbox *ob);
struct paxos_value *paxos_submission_value(struct paxos_core *core, const struct paxos_vid *id);
void paxos_submission_tick(struct paxos_core *core);
u64 paxos_submission_deadline(const struct paxos_core *core);

#endif
