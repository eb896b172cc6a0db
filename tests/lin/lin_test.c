// SPDX-License-Identifier: GPL-2.0
/*
 * lin-test [SEED [N]]: tests of the checker, as KTAP. N random small histories a
 * model are judged by it and by trying all orders; long ones must be quick.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lin_test.h"

#define LIMIT	(256ULL << 20)

static unsigned int results;

static void result(bool good, const char *what, const char *model)
{
	printf("%sok %u - %s: %s\n", good ? "" : "not ", ++results, model, what);
	fflush(stdout);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void print(const struct lin_model *model, const struct lin_history *history,
		  const struct lin_report *report)
{
	size_t i;

	for (i = 0; i < history->n_ops; i++)
		lin_text_op(stdout, model, history, &history->op[i]);
	lin_text_report(stdout, model, history, report);
}

/* What is said to be stuck is, and what is before it is not. */
static bool is_true(const struct lin_model *model, const struct lin_history *history,
		    const struct lin_report *report)
{
	return brute_replay(model, history, report) &&
	       !brute_check(model, history, report->stuck);
}

static void try_small(const struct lin_model *model, uint64_t seed, unsigned int n)
{
	unsigned int i, wrong = 0, good = 0, untrue = 0;
	struct lin_history history;
	enum lin_verdict wanted;
	struct lin_report report;

	for (i = 0; i < n && !wrong && !untrue; i++) {
		uint64_t random = seed * 1000003 + i;
		struct random_shape shape = {
			.n_ops = 1 + (uint32_t)random_below(&random, 6),
			.n_clients = 1 + (uint32_t)random_below(&random, 6),
			.n_keys = 1 + (uint32_t)(random_below(&random, 5) == 0),
			.n_values = 1 + (uint32_t)random_below(&random, 3),
			.longest = 1 + (uint32_t)random_below(&random, 9),
			.maybe = (uint32_t)random_below(&random, 3) * 250,
			.falsified = (uint32_t)random_below(&random, 4),
		};

		random_history(model, &shape, &random, &history);
		wanted = brute_check(model, &history, NULL) ? LIN_PASSED : LIN_VIOLATED;
		lin_check(model, &history, LIMIT, &report);
		good += report.verdict == LIN_PASSED;
		if (report.verdict != wanted ||
		    (!shape.falsified && report.verdict != LIN_PASSED))
			wrong++;
		else if (report.verdict == LIN_VIOLATED && !is_true(model, &history, &report))
			untrue++;
		if (wrong || untrue)
			print(model, &history, &report);
		lin_report_free(&report);
		lin_history_free(&history);
	}
	printf("# %s: %u random histories, %u of them linearizable\n", model->name, i, good);
	result(!wrong, "small histories are judged as by trying all orders", model->name);
	result(!untrue, "what is said to be stuck is stuck", model->name);
	/* If nearly all were of one kind, little was tested. */
	result(good > n / 10 && good < n - n / 10, "there are both kinds of them", model->name);
}

/* An object that answers truly, asked thousands of things by clients that time out. */
static void try_large(const struct lin_model *model, uint64_t seed)
{
	const struct random_shape shape = {
		.n_ops = 5000, .n_clients = 8, .n_keys = model == &lin_once ? 500 : 1,
		.n_values = model == &lin_counter ? 3 : 1000, .longest = 50, .maybe = 5,
	};
	uint64_t random = seed, steps = 0, passed = 0, found = 0, falsified = 0, truths = 0, k;
	double start = seconds(), took;
	struct lin_history history;
	struct lin_report report;
	size_t i;

	for (k = 0; k < 5; k++) {
		random_history(model, &shape, &random, &history);
		passed += lin_check(model, &history, LIMIT, &report) == LIN_PASSED;
		steps += report.steps;
		lin_report_free(&report);
		/* An answer that nothing explains, late in it. */
		for (i = history.n_ops / 2; i < history.n_ops; i++)
			if (history.op[i].outcome == LIN_OK && history.op[i].n_results == 1)
				break;
		if (i < history.n_ops) {
			falsified++;
			history.op[i].word[history.op[i].n_args] = 1000000007;
			lin_check(model, &history, LIMIT, &report);
			found += report.verdict == LIN_VIOLATED;
			truths += report.verdict == LIN_VIOLATED &&
				  brute_replay(model, &history, &report);
			lin_report_free(&report);
		}
		lin_history_free(&history);
	}
	took = seconds() - start;
	printf("# %s: 10 histories of %u operations in %.2f seconds, the good in %" PRIu64
	       " steps\n", model->name, shape.n_ops, took, steps);
	result(passed == 5, "long histories pass", model->name);
	result(falsified == 5 && found == 5, "one false answer in a long history is found",
	       model->name);
	result(truths == 5, "the order that is told before it is possible", model->name);
	result(took < 60, "long histories are judged soon", model->name);
}

/* Writes that all overlap, and a read of what nobody wrote: more orders than the memory holds. */
static void give_up(void)
{
	struct lin_op op = { 0 };
	struct lin_history history;
	struct lin_report report;
	uint64_t value;
	char name[32];
	uint32_t i;

	lin_history_init(&history);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		op = (struct lin_op){ .invoke = 1, .ret = 100, .n_args = 1 };
		op.client = lin_symbol(&history, name);
		op.key = lin_symbol(&history, "x");
		value = i;
		lin_add(&history, &op, &value, NULL);
	}
	op = (struct lin_op){ .invoke = 200, .ret = 300, .n_results = 1, .verb = 1 };
	op.key = lin_symbol(&history, "x");
	value = 77;
	lin_add(&history, &op, NULL, &value);
	lin_check(&lin_register, &history, 4 << 20, &report);
	result(report.verdict == LIN_GAVE_UP, "what is too hard is given up, not passed",
	       "register");
	result(report.bytes <= 4 << 20, "no more memory is taken than is allowed",
	       "register");
	lin_report_free(&report);
	lin_history_free(&history);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned int n = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 20000;
	const struct lin_model *const *model;

	printf("KTAP version 1\n");
	for (model = lin_models; *model; model++) {
		try_small(*model, seed, n);
		try_large(*model, seed);
	}
	give_up();
	printf("1..%u\n", results);
	return 0;
}
