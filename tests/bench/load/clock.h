/* SPDX-License-Identifier: GPL-2.0 */
/* The clock of a machine whose CPU takes a nanosecond for each instruction. */
#ifndef _PAXOS_BENCH_CLOCK_H
#define _PAXOS_BENCH_CLOCK_H

#include <stdint.h>

/**
 * struct span - a stretch of a run
 * @idle: nanoseconds that the CPU had nothing to do before it began
 * @start: when it began
 */
struct span {
	uint64_t idle;
	uint64_t start;
};

uint64_t clock_now(void);
uint64_t clock_idle(void);
void clock_check(void);
void span_begin(struct span *span);
uint64_t span_end(const struct span *span, uint64_t *elapsed);

#endif
