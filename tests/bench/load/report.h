/* SPDX-License-Identifier: GPL-2.0 */
/* What a run is told as: one line of JSON. */
#ifndef _PAXOS_BENCH_REPORT_H
#define _PAXOS_BENCH_REPORT_H

#include <stddef.h>
#include <stdint.h>

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
};

void report_print(struct report *report);

#endif
