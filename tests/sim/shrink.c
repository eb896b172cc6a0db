// SPDX-License-Identifier: GPL-2.0
/*
 * Shrinking: from a run that fails to a smaller one in which the same checker
 * speaks. First the plan is made smaller, then the faults that are left are
 * taken away in halves, quarters and so on down to single ones (delta debugging,
 * Zeller and Hildebrandt, 2002), then the plan again.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"

#define PATIENCE	60	/* seconds for all of it */
#define RUN_PATIENCE	20	/* and for one run, which may never end */
#define SEEDS		600	/* others tried with a plan that was made smaller */
#define SEEDS_PATIENCE	10	/* and seconds for these */

/* What became of a run, told by the process that made it. */
struct verdict {
	bool over;
	bool failed;
	char what[256];
	struct sim_record record;
};

/**
 * struct shrink - a run that fails, and the way to it
 * @order: the smallest so far
 * @at: when it fails
 * @events: how many events it has
 * @checker: the beginning of what it says: who speaks
 * @verdict: of the run made last
 * @runs: how many were made
 * @deadline: of all of it, seconds of the monotonic clock
 */
struct shrink {
	struct sim_order order;
	uint64_t at;
	uint64_t events;
	char checker[256];
	struct verdict *verdict;
	unsigned int runs;
	time_t deadline;
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool is_late(const struct shrink *s)
{
	return seconds() >= s->deadline;
}

static void tell(struct verdict *verdict, const struct sim *sim)
{
	verdict->failed = sim->failed;
	memcpy(verdict->what, sim->what, sizeof(verdict->what));
	verdict->over = true;
}

static void make_run(struct verdict *verdict, const struct sim_order *order)
{
	struct sim_plan plan;
	struct sim *sim;
	int quiet = open("/dev/null", O_WRONLY);

	/* What does not fit together is no smaller run, and not worth a word. */
	if (quiet >= 0)
		dup2(quiet, STDERR_FILENO);
	alarm(RUN_PATIENCE);
	if (!plan_draw(&plan, order))
		_exit(2);
	sim = sim_run(order, SIM_TRACE_NONE, &verdict->record);
	tell(verdict, sim);
	_exit(0);
}

/* In a process of its own: what is looked for may bring it down, or never end. */
static void observe(struct shrink *s, const struct sim_order *order)
{
	struct verdict *v = s->verdict;
	int status = 0;
	pid_t pid;

	v->over = false;
	v->failed = false;
	v->what[0] = '\0';
	v->record.at = 0;
	v->record.events = 0;
	v->record.n_faults = 0;
	s->runs++;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid)
		make_run(v, order);
	waitpid(pid, &status, 0);
	if (v->over || (WIFEXITED(status) && WEXITSTATUS(status) == 2))
		return;
	v->failed = true;
	if (WIFSIGNALED(status))
		snprintf(v->what, sizeof(v->what), "signal %d: it ends there", WTERMSIG(status));
	else
		snprintf(v->what, sizeof(v->what), "exit %d: it ends there", WEXITSTATUS(status));
}

/* An assertion speaks for itself, whoever made it. */
static void name_checker(const char *what, char checker[256])
{
	size_t len = strncmp(what, "assertion:", 10) ? strcspn(what, ":") : strlen(what);

	snprintf(checker, 256, "%.*s", (int)len, what);
}

static void copy_order(struct sim_order *to, const struct sim_order *from)
{
	uint64_t *faults = to->faults;

	*to = *from;
	to->faults = realloc(faults, (from->n_faults + 1) * sizeof(*faults));
	if (!to->faults)
		abort();
	if (from->n_faults)
		memcpy(to->faults, from->faults, from->n_faults * sizeof(*faults));
}

/* Keeps @order if the same checker speaks, after fewer than @most events. */
static bool attempt_sooner(struct shrink *s, const struct sim_order *order, uint64_t most)
{
	char checker[256];

	if (is_late(s))
		return false;
	observe(s, order);
	name_checker(s->verdict->what, checker);
	if (!s->verdict->failed || strcmp(checker, s->checker) || s->verdict->record.events >= most)
		return false;
	copy_order(&s->order, order);
	s->at = s->verdict->record.at;
	s->events = s->verdict->record.events;
	return true;
}

static bool attempt(struct shrink *s, const struct sim_order *order)
{
	return attempt_sooner(s, order, UINT64_MAX);
}

static uint64_t value(const struct shrink *s, enum sim_knob knob)
{
	struct sim_plan plan;

	if (!plan_draw(&plan, &s->order))
		abort();
	return plan_value(&plan, knob);
}

static bool attempt_value(struct shrink *s, enum sim_knob knob, uint64_t value)
{
	struct sim_order order = s->order;

	order.value[knob] = value;
	order.given |= 1ULL << knob;
	return attempt(s, &order);
}

/* The smallest that does, of the few worth trying. Did it get smaller? */
static bool lower(struct shrink *s, enum sim_knob knob, uint64_t least)
{
	uint64_t have = value(s, knob), try;
	unsigned int eighth;
	bool lowered = false;

	if (have <= 16) {
		for (try = least; try < have; try++)
			if (attempt_value(s, knob, try))
				return true;
		return false;
	}
	for (eighth = 0; eighth < 8;) {
		try = least + (have - least) * eighth / 8;
		if (try < have && attempt_value(s, knob, try)) {
			have = try;
			lowered = true;
			eighth = 0;
			if (have <= least)
				break;
		} else {
			eighth++;
		}
	}
	return lowered;
}

static bool mute(struct shrink *s)
{
	uint64_t clients = value(s, KNOB_clients), i;
	bool muted = false;

	for (i = 0; i < clients; i++) {
		uint64_t have = value(s, KNOB_mute);

		if (!(have >> i & 1) && attempt_value(s, KNOB_mute, have | 1ULL << i))
			muted = true;
	}
	return muted;
}

/* A run that has failed needs no more time; whether it fails does not change. */
static void stop_early(struct shrink *s)
{
	uint64_t ms = s->at / 1000 + 1;

	if (ms < value(s, KNOB_end))
		attempt_value(s, KNOB_end, ms);
}

/* Sizes of quorums that are the usual ones need no thought. */
static bool simplify_quorums(struct shrink *s)
{
	struct sim_order order = s->order;
	uint64_t majority;
	struct sim_plan plan;

	if (!plan_draw(&plan, &s->order))
		abort();
	majority = plan_voters(&plan) / 2 + 1;
	if (plan.quorum_1 + plan.quorum_2 == plan_voters(&plan) + 1 && plan.quorum_2 == majority)
		return false;
	/* What is not asked for they are of themselves, at any size of the cluster. */
	order.given &= ~(1ULL << KNOB_quorum_1);
	order.value[KNOB_quorum_2] = 0;
	order.given |= 1ULL << KNOB_quorum_2;
	return attempt(s, &order);
}

/*
 * What was made smaller for one seed may fail sooner with another: now and then
 * much sooner.
 */
static bool other_seeds(struct shrink *s)
{
	struct sim_order order = { 0 };
	const time_t until = seconds() + SEEDS_PATIENCE;
	bool found = false;
	unsigned int i;

	for (i = 1; i <= SEEDS && seconds() < until; i++) {
		const uint64_t events = s->events;

		copy_order(&order, &s->order);
		order.seed += i;
		found |= attempt_sooner(s, &order, events - events / 4);
	}
	free(order.faults);
	return found;
}

static bool shrink_plan(struct shrink *s)
{
	bool smaller = false;

	stop_early(s);
	smaller |= lower(s, KNOB_nodes, 1);
	smaller |= lower(s, KNOB_learners, 0);
	smaller |= simplify_quorums(s);
	smaller |= lower(s, KNOB_rogues, 0);
	smaller |= lower(s, KNOB_submitters, 0);
	smaller |= lower(s, KNOB_rangers, 0);
	smaller |= lower(s, KNOB_readers, 0);
	smaller |= lower(s, KNOB_clients, 0);
	smaller |= mute(s);
	smaller |= lower(s, KNOB_values, 0);
	smaller |= lower(s, KNOB_bytes, 8);
	smaller |= lower(s, KNOB_stagger, 0);
	smaller |= lower(s, KNOB_remains, 0);
	smaller |= lower(s, KNOB_doom, 0);
	smaller |= lower(s, KNOB_drift, 0);
	stop_early(s);
	smaller |= lower(s, KNOB_end, 1);
	return smaller;
}

static bool shrink_rates(struct shrink *s)
{
	bool smaller = false;
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		if (plan_is_fault(k) && value(s, k))
			smaller |= attempt_value(s, k, 0) || attempt_value(s, k, value(s, k) / 2);
	return smaller;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* From rates to the very faults that happened, of which any may then be left out. */
static bool list_faults(struct shrink *s)
{
	struct sim_order order = s->order;
	enum sim_knob k;

	if (order.listed)
		return true;
	observe(s, &order);
	order.listed = true;
	order.n_faults = s->verdict->record.n_faults;
	order.faults = malloc((order.n_faults + 1) * sizeof(*order.faults));
	if (!order.faults)
		abort();
	memcpy(order.faults, s->verdict->record.faults, order.n_faults * sizeof(*order.faults));
	qsort(order.faults, order.n_faults, sizeof(*order.faults), compare);
	/* The list says all about them. */
	for (k = 0; k < SIM_KNOB_COUNT; k++)
		if (plan_is_fault(k))
			order.given &= ~(1ULL << k);
	attempt(s, &order);
	free(order.faults);
	return s->order.listed;
}

/* Leaves out @n of them, from the @first on. */
static bool attempt_without(struct shrink *s, size_t first, size_t n)
{
	struct sim_order order = { 0 };
	bool still;

	copy_order(&order, &s->order);
	n = min(n, order.n_faults - first);
	memmove(&order.faults[first], &order.faults[first + n],
		(order.n_faults - first - n) * sizeof(*order.faults));
	order.n_faults -= n;
	still = attempt(s, &order);
	free(order.faults);
	return still;
}

static bool shrink_faults(struct shrink *s)
{
	size_t before = s->order.n_faults, first, n;

	for (n = before; n && !is_late(s); n /= 2) {
		size_t had;

		do {
			had = s->order.n_faults;
			for (first = 0; first < s->order.n_faults && !is_late(s);)
				if (!attempt_without(s, first, n))
					first += n;
			/* Some are only free to go when others, behind them, are gone. */
		} while (n == 1 && s->order.n_faults < had && !is_late(s));
	}
	return s->order.n_faults < before;
}

static void report(const struct shrink *s, const struct sim_order *from, uint64_t events)
{
	struct sim_plan was, is;
	enum sim_knob k;

	if (!plan_draw(&was, from) || !plan_draw(&is, &s->order))
		abort();
	printf("# shrunk from %llu events to %llu in %u runs%s\n", (unsigned long long)events,
	       (unsigned long long)s->events, s->runs, is_late(s) ? ", no more time" : "");
	for (k = 0; k < SIM_KNOB_COUNT; k++)
		if (s->order.given & 1ULL << k && plan_value(&was, k) != plan_value(&is, k))
			printf("#   %s: %llu of %llu\n", knob_name(k),
			       (unsigned long long)plan_value(&is, k),
			       (unsigned long long)plan_value(&was, k));
	if (s->order.listed)
		printf("#   faults: %zu in all\n", s->order.n_faults);
	if (s->order.seed != from->seed)
		printf("#   and the seed is another\n");
	printf("# again: make sim SEED=%llu SET=\"", (unsigned long long)s->order.seed);
	order_print(stdout, &s->order);
	printf("\"\n");
	fflush(stdout);
}

/*
 * That something never comes is seen at the end of long calm. Now that it is
 * known, a shorter one shows as well what is missing.
 */
static void calm_down(struct shrink *s)
{
	uint64_t ms;

	if (s->at / 1000 <= value(s, KNOB_end))
		return;
	for (ms = 2000; ms < value(s, KNOB_calm); ms *= 2)
		if (attempt_value(s, KNOB_calm, ms))
			return;
}

static void work(struct shrink *s)
{
	bool smaller;

	do
		smaller = shrink_plan(s) | shrink_rates(s);
	while (smaller && !is_late(s));
	while (!s->order.listed && !is_late(s) && other_seeds(s)) {
		shrink_plan(s);
		shrink_rates(s);
	}
	if (!list_faults(s))
		return;
	do {
		smaller = shrink_faults(s);
		smaller |= shrink_plan(s);
	} while (smaller && !is_late(s));
	calm_down(s);
}

/* Makes @order the smallest that fails as it does. Returns false if it does not fail. */
bool shrink_order(struct sim_order *order)
{
	struct shrink s = { .deadline = seconds() + PATIENCE };
	uint64_t events;

	s.verdict = mmap(NULL, sizeof(*s.verdict), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.verdict == MAP_FAILED)
		abort();
	copy_order(&s.order, order);
	observe(&s, order);
	if (!s.verdict->failed) {
		free(s.order.faults);
		munmap(s.verdict, sizeof(*s.verdict));
		return false;
	}
	name_checker(s.verdict->what, s.checker);
	s.at = s.verdict->record.at;
	s.events = s.verdict->record.events;
	events = s.events;
	printf("# seed %llu: %s\n", (unsigned long long)order->seed, s.verdict->what);
	work(&s);
	report(&s, order, events);
	copy_order(order, &s.order);
	free(s.order.faults);
	munmap(s.verdict, sizeof(*s.verdict));
	return true;
}
