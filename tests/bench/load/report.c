// SPDX-License-Identifier: GPL-2.0
/* What a run is told as: one line of JSON, of nothing that was not measured in it. */
#include <stdio.h>
#include <stdlib.h>

#include "report.h"

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t quantile(const struct report *r, unsigned int percent)
{
	return r->latency[(r->n_latency - 1) * percent / 100];
}

void report_print(struct report *r)
{
	if (!r->commits || !r->n_latency || !r->elapsed) {
		fprintf(stderr, "bench: nothing was measured\n");
		exit(1);
	}
	qsort(r->latency, r->n_latency, sizeof(*r->latency), compare);
	printf("{\"system\":\"%s\",\"auth\":\"none\",\"nodes\":%u,\"bytes\":%u,\"outstanding\":%u,",
	       r->system, r->nodes, r->bytes, r->outstanding);
	printf("\"instructions_per_commit\":%ju,\"latency_instructions\":%ju,",
	       (r->instructions + r->commits / 2) / r->commits, quantile(r, 50));
	printf("\"latency_p99_instructions\":%ju,\"commits\":%ju,",
	       quantile(r, 99), r->commits);
	if (r->learner)
		printf("\"learned\":%ju,\"behind\":%ju,", r->lag.learned, r->lag.behind);
	printf("\"commits_per_second\":%ju}\n",
	       (uintmax_t)((double)r->commits * 1e9 / (double)r->elapsed));
	fflush(stdout);
}
