/* SPDX-License-Identifier: GPL-2.0 */
/* The learner: counts votes, decides, catches up, and serves those behind. */
#ifndef _PAXOS_CORE_LEARNER_H
#define _PAXOS_CORE_LEARNER_H

#include "state.h"

enum paxos_reason paxos_learner_chosen(struct paxos_core *core, struct paxos_slot *slot,
				       struct paxos_value *value, struct paxos_outbox *ob);
enum paxos_reason paxos_learner_accepted(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_learner_decided(struct paxos_core *core, u8 from,
					const struct paxos_decided *d, struct paxos_outbox *ob);
enum paxos_reason paxos_learner_claim(struct paxos_core *core, u8 from,
				      const struct paxos_entry *entry, struct paxos_outbox *ob);
void paxos_learner_tell(struct paxos_core *core, u8 to, const struct paxos_slot *slot,
			struct paxos_outbox *ob);
enum paxos_reason paxos_learner_answer(struct paxos_core *core, u8 to,
				       const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_learner_serve(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg, struct paxos_outbox *ob);
enum paxos_reason paxos_learner_values(struct paxos_core *core, u8 from,
				       const struct paxos_msg *msg, struct paxos_outbox *ob);
void paxos_learner_heard(struct paxos_core *core, u8 from, u64 prefix);

#endif
