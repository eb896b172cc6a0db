/* SPDX-License-Identifier: GPL-2.0 */
/* What a run is told as: one line of JSON. */
#ifndef _PAXOS_BENCH_REPORT_H
#define _PAXOS_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct lag - a learner that catches up meanwhile
 * @learned: instances that it got
 * @behind: instances that it still lacks afterwards
 */
struct lag {
	uint64_t learned;
	uint64_t behind;
};

/**
 * struct report - what was measured
 * @system: of what
 * @nodes: of the cluster
 * @bytes: of a value
 * @outstanding: values on their way at a time
 * @commits: values that were counted
 * @instructions: that all of it took, everybody's
 * @elapsed: nanoseconds, with those the CPU was idle
 * @latency: of each value, in nanoseconds; sorted by report_print()
 * @n_latency: how many there are
 * @learner: there is a learner that catches up
 * @lag: how it fared
 */
struct report {
	const char *system;
	unsigned int nodes;
	unsigned int bytes;
	unsigned int outstanding;
	uint64_t commits;
	uint64_t instructions;
	uint64_t elapsed;
	uint64_t *latency;
	size_t n_latency;
	bool learner;
	struct lag lag;
};

void report_print(struct report *report);

#endif
