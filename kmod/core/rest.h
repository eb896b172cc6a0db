/* SPDX-License-Identifier: GPL-2.0 */
/* Rest: pulses do for a leader that has nothing new to say. */
#ifndef _PAXOS_CORE_REST_H
#define _PAXOS_CORE_REST_H

#include "state.h"

/* One heartbeat in so many is sent all the same. */
#define PAXOS_REST_BEATS	64

void paxos_rest_stir(struct paxos_core *core);
void paxos_rest_move(struct paxos_core *core);
void paxos_rest_beat(struct paxos_core *core);
void paxos_rest_answer(struct paxos_core *core, u64 ballot);
void paxos_rest_hear(struct paxos_core *core, const struct paxos_heard *heard);
void paxos_rest_begin(struct paxos_core *core, const struct paxos_heard *heard);
void paxos_rest_end(struct paxos_core *core, const struct paxos_heard *heard);
void paxos_rest_follow(struct paxos_core *core, const struct paxos_heard *heard);
bool paxos_rest_breaks(struct paxos_core *core);
bool paxos_rest_wants(struct paxos_core *core);
u64 paxos_rest_until(const struct paxos_core *core);
u64 paxos_rest_deadline(const struct paxos_core *core);

#endif
