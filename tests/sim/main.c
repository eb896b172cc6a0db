// SPDX-License-Identifier: GPL-2.0
/*
 * sim FROM SEEDS: runs so many seeds from one on, a line for each that failed.
 * sim -t SEED: runs one, and prints all that happens.
 * NAME=VALUE after either asks for what the seed would have drawn otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "sim.h"

static int misused(FILE *file)
{
	fputs("usage: sim FROM SEEDS [NAME=VALUE]... | sim -t SEED [NAME=VALUE]... | sim -h\n",
	      file);
	return 2;
}

static bool parse_seed(const char *text, uint64_t *seed)
{
	char *end;

	errno = 0;
	*seed = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno) {
		fprintf(stderr, "sim: %s: not a number\n", text);
		return false;
	}
	return true;
}

static int run_one(struct sim_order *order)
{
	struct sim_plan plan;
	struct sim *sim;
	int failed;

	if (!plan_draw(&plan, order))
		return 2;
	printf("# seed %llu: ", (unsigned long long)order->seed);
	plan_print(&plan);
	sim = sim_run(order, true, false);
	failed = sim->failed;
	printf("%s, hash %016llx, %llu events\n", failed ? sim->what : "nothing is violated",
	       (unsigned long long)sim->hash, (unsigned long long)sim->events);
	sim_free(sim);
	return failed;
}

struct sum {
	uint64_t events;
	uint64_t sent;
	uint64_t chosen;
	uint64_t runs;
	uint64_t failed;
};

/* One run in a hundred is run twice: the same seed is the same run. */
static void run_again(struct sim *sim, const struct sim_order *order)
{
	struct sim *again = sim_run(order, false, false);

	if (again->hash != sim->hash)
		sim_fail(sim, "again: two runs of the seed differ");
	sim_free(again);
}

static void add_run(struct sum *sum, const struct sim_order *order)
{
	struct sim *sim = sim_run(order, false, false);
	uint32_t i;

	sum->runs++;
	sum->events += sim->events;
	sum->sent += sim->sent;
	for (i = 0; i < sim->n_clients; i++)
		sum->chosen += sim->client[i].chosen;
	if (order->seed % 100 == 0)
		run_again(sim, order);
	if (sim->failed) {
		sum->failed++;
		printf("not ok - seed %llu: %s\n", (unsigned long long)order->seed, sim->what);
		fflush(stdout);
	}
	sim_free(sim);
}

static int run_many(struct sim_order *order, uint64_t seeds)
{
	const uint64_t from = order->seed;
	struct timespec start, end;
	struct sim_plan plan;
	struct sum sum = { 0 };
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (; order->seed - from < seeds; order->seed++) {
		/* What is asked for may not go with what this seed draws. */
		if (!plan_draw(&plan, order))
			return 2;
		add_run(&sum, order);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	printf("# %llu events, %.0f a second; %llu datagrams, %llu values chosen\n",
	       (unsigned long long)sum.events, (double)sum.events / seconds,
	       (unsigned long long)sum.sent, (unsigned long long)sum.chosen);
	printf("%llu passed, %llu failed\n", (unsigned long long)(sum.runs - sum.failed),
	       (unsigned long long)sum.failed);
	return sum.failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct sim_order order = { 0 };
	uint64_t seeds = 0;
	bool trace;
	int i, rc;

	if (argc == 2 && !strcmp(argv[1], "-h")) {
		misused(stdout);
		plan_help();
		return 0;
	}
	if (argc < 3)
		return misused(stderr);
	trace = !strcmp(argv[1], "-t");
	if (!parse_seed(argv[trace ? 2 : 1], &order.seed) ||
	    (!trace && !parse_seed(argv[2], &seeds)))
		return misused(stderr);
	for (i = 3; i < argc; i++)
		if (!order_parse(&order, argv[i]))
			return 2;
	rc = trace ? run_one(&order) : run_many(&order, seeds);
	free(order.faults);
	return rc;
}
