// SPDX-License-Identifier: GPL-2.0
/*
 * sim FROM SEEDS: runs so many seeds from one on, a line for each that failed.
 * sim -t SEED: runs one, and prints all that happens.
 * sim -r SEED: likewise, but for HELLO and INIT.
 * sim -s SEED: finds a smaller run that fails as this one does, and prints it.
 * sim -n FILE: runs a story, whose file says what happens; see story.c.
 * NAME=VALUE after any of these asks for what the seed would have drawn.
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

/* There if sanitizers are. */
#pragma weak __sanitizer_set_death_callback
void __sanitizer_set_death_callback(void (*callback)(void));

static uint64_t running;

static int misused(FILE *file)
{
	fputs("usage: sim FROM SEEDS [NAME=VALUE]...\n"
	      "       sim { -t | -r | -s } SEED [NAME=VALUE]...\n"
	      "       sim -n STORY\n"
	      "       sim -h\n", file);
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

static int run_one(const struct sim_order *order, enum sim_trace trace)
{
	struct sim_plan plan;
	struct sim *sim;
	int failed;

	if (!plan_draw(&plan, order))
		return 2;
	printf("# seed %llu: ", (unsigned long long)order->seed);
	plan_print(&plan);
	/* Nothing of it may be lost if the run brings the process down. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	sim = sim_run(order, trace, NULL);
	failed = sim->failed;
	printf("%s, hash %016llx, %llu events\n", failed ? sim->what : "nothing is violated",
	       (unsigned long long)sim->hash, (unsigned long long)sim->events);
	free(sim);
	return failed;
}

/* A run that takes the process with it is a failure like others: its seed is told. */
static void last_words(void)
{
	char words[100];
	int len = snprintf(words, sizeof(words),
			   "not ok - seed %llu: process: this run brings it down\n",
			   (unsigned long long)running);

	if (write(STDOUT_FILENO, words, (size_t)len) != len)
		_exit(1);
}

static void die(int sig)
{
	last_words();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void watch_death(void)
{
	signal(SIGILL, die);
	signal(SIGABRT, die);
	/* From who waited too long for a run that does not end. */
	signal(SIGTERM, die);
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(last_words);
		return;
	}
	signal(SIGSEGV, die);
	signal(SIGBUS, die);
	signal(SIGFPE, die);
}

struct sum {
	uint64_t events;
	uint64_t sent;
	uint64_t chosen;
	uint64_t runs;
	uint64_t failed;
	uint64_t given_up;
};

/* One run in so many may be too hard to be searched for an order; more is a fault. */
#define GIVE_UP	1000

/* One run in a hundred is run twice: the same seed is the same run. */
static void run_again(struct sim *sim, const struct sim_order *order)
{
	struct sim *again = sim_run(order, SIM_TRACE_NONE, NULL);

	if (again->hash != sim->hash)
		sim_fail(sim, "again: two runs of the seed differ");
	free(again);
}

static void add_run(struct sum *sum, const struct sim_order *order)
{
	struct sim *sim = sim_run(order, SIM_TRACE_NONE, NULL);
	uint32_t i;

	sum->runs++;
	sum->events += sim->events;
	sum->sent += sim->sent;
	for (i = 0; i < sim->n_clients; i++)
		sum->chosen += sim->client[i].chosen;
	if (order->seed % 100 == 0)
		run_again(sim, order);
	sum->given_up += sim->given_up;
	if (sim->failed) {
		sum->failed++;
		printf("not ok - seed %llu: %s\n", (unsigned long long)order->seed, sim->what);
		fflush(stdout);
	}
	free(sim);
}

static int run_many(struct sim_order *order, uint64_t seeds)
{
	const uint64_t from = order->seed;
	struct timespec start, end;
	struct sim_plan plan;
	struct sum sum = { 0 };
	double seconds;
	bool too_many;

	watch_death();
	/* What one run has freed is for the next, not for the kernel. */
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (; order->seed - from < seeds; order->seed++) {
		/* What is asked for may not go with what this seed draws. */
		if (!plan_draw(&plan, order))
			return 2;
		running = order->seed;
		add_run(&sum, order);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	printf("# %llu events, %.0f a second; %llu datagrams, %llu values chosen\n",
	       (unsigned long long)sum.events, (double)sum.events / seconds,
	       (unsigned long long)sum.sent, (unsigned long long)sum.chosen);
	printf("# %llu of %llu runs too hard to be searched for an order\n",
	       (unsigned long long)sum.given_up, (unsigned long long)sum.runs);
	too_many = sum.given_up > 1 + sum.runs / GIVE_UP;
	if (too_many)
		printf("not ok - linearizable: too many runs are given up\n");
	printf("%llu passed, %llu failed\n", (unsigned long long)(sum.runs - sum.failed),
	       (unsigned long long)(sum.failed + too_many));
	return sum.failed || too_many;
}

static int shrink_one(struct sim_order *order)
{
	struct sim_plan plan;

	if (!plan_draw(&plan, order))
		return 2;
	if (shrink_order(order))
		return run_one(order, SIM_TRACE_ROUNDS);
	printf("seed %llu does not fail\n", (unsigned long long)order->seed);
	return 0;
}

static int run_story(const char *name, struct sim_order *order)
{
	struct sim_plan plan;
	struct sim *sim;
	int failed;

	if (!story_read(name, order) || !plan_draw(&plan, order)) {
		story_free(order);
		return 2;
	}
	sim = sim_run(order, SIM_TRACE_ROUNDS, false);
	failed = sim->failed;
	free(sim);
	story_free(order);
	return failed;
}

static int run_way(char way, struct sim_order *order, uint64_t seeds)
{
	switch (way) {
	case 't':
		return run_one(order, SIM_TRACE_ALL);
	case 'r':
		return run_one(order, SIM_TRACE_ROUNDS);
	case 's':
		return shrink_one(order);
	}
	return run_many(order, seeds);
}

int main(int argc, char **argv)
{
	struct sim_order order = { 0 };
	uint64_t seeds = 0;
	char way = '\0';
	int i, rc;

	if (argc == 2 && !strcmp(argv[1], "-h")) {
		misused(stdout);
		plan_help();
		return 0;
	}
	if (argc < 3)
		return misused(stderr);
	if (argc == 3 && !strcmp(argv[1], "-n")) {
		rc = run_story(argv[2], &order);
		free(order.faults);
		return rc;
	}
	if (argv[1][0] == '-' && strlen(argv[1]) == 2 && strchr("trs", argv[1][1]))
		way = argv[1][1];
	if (!parse_seed(argv[way ? 2 : 1], &order.seed) || (!way && !parse_seed(argv[2], &seeds)))
		return misused(stderr);
	for (i = 3; i < argc; i++)
		if (!order_parse(&order, argv[i]))
			return 2;
	rc = run_way(way, &order, seeds);
	free(order.faults);
	return rc;
}
