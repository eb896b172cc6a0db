/* SPDX-License-Identifier: GPL-2.0 */
/* Learners: one that is far behind catches up while commits are measured. */
#ifndef _PAXOS_BENCH_LEARNER_H
#define _PAXOS_BENCH_LEARNER_H

#include <stdbool.h>
#include <stdint.h>

#include "report.h"

void learner_open(const char *group, unsigned int voters, unsigned int node);
void learner_admit(void);
bool learner_learns(void);
void learner_begin(struct lag *lag);
void learner_end(struct lag *lag);

#endif
