/* SPDX-License-Identifier: GPL-2.0 */
/* Time: one timer a group, set to when its core has something to do. */
#ifndef _PAXOS_TIMER_H
#define _PAXOS_TIMER_H

#include <linux/types.h>

struct paxos_group;

u64 paxos_timer_now(void);
void paxos_timer_init(struct paxos_group *group);
void paxos_timer_arm(struct paxos_group *group, u64 now, u64 deadline);
void paxos_timer_end(struct paxos_group *group);

#endif
