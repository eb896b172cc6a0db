// SPDX-License-Identifier: GPL-2.0
/*
 * load SYSTEM NODES BYTES OUTSTANDING COUNT WHERE [LEARNER]: submits values, so many
 * on their way at a time, and says what COUNT of them took once as many, or a few
 * hundred, have warmed caches. With LEARNER, a node that the voters of the module's
 * group do not know yet, they get to know it then, and COUNT begins when it learns.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "learner.h"
#include "report.h"
#include "target.h"

#define BYTES_MAX	1024
#define NODES_MAX	15
#define ADMIT_MAX	100000	/* values at most until a learner learns */

/**
 * struct load - a run
 * @target: what it goes to
 * @report: what it was told to do, and what came of it
 * @warm: values before those that count
 * @total: values that must complete
 * @count: those of them that count
 * @sent: submitted so far
 * @done: completed so far
 * @begun: when each was submitted
 */
struct load {
	const struct target *target;
	struct report report;
	uint64_t warm;
	uint64_t total;
	uint64_t count;
	uint64_t sent;
	uint64_t done;
	uint64_t *begun;
};

static const struct target *targets[] = {
	&target_etcd,
	&target_paxos,
	&target_twin,
};

static uint8_t bytes[BYTES_MAX];

void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/**
 * value_bytes - a value, which differs from every other
 */
const uint8_t *value_bytes(uint64_t number)
{
	memcpy(bytes, &number, sizeof(number));
	return bytes;
}

static unsigned int parse(const char *text, unsigned int least, unsigned int most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < least || n > most) {
		fprintf(stderr, "load: '%s' is not a number from %u to %u\n", text, least, most);
		exit(1);
	}
	return (unsigned int)n;
}

static const struct target *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (!strcmp(targets[i]->system, name))
			return targets[i];
	fprintf(stderr, "load: no system '%s'\n", name);
	exit(1);
}

static void submit(struct load *load)
{
	const struct report *r = &load->report;

	for (;;) {
		uint64_t open = load->sent - load->done;
		unsigned int n = r->outstanding - (unsigned int)open, taken, i;
		uint64_t now;

		if (!n)
			return;
		if (n > TARGET_MANY)
			n = TARGET_MANY;
		now = clock_now();
		for (i = 0; i < n; i++)
			load->begun[load->sent + i] = now;
		taken = load->target->submit(load->sent, n, r->bytes);
		if (!taken) {
			if (!open)
				die("nothing is taken");
			return;
		}
		load->sent += taken;
	}
}

static void reap(struct load *load, bool counts)
{
	struct report *r = &load->report;
	uint64_t done[TARGET_MANY], now;
	unsigned int n, i;

	n = load->target->reap(done);
	now = clock_now();
	for (i = 0; i < n; i++) {
		if (done[i] >= load->sent || !load->begun[done[i]])
			die("a value completes that is not on its way");
		if (counts)
			r->latency[r->n_latency++] = now - load->begun[done[i]];
		load->begun[done[i]] = 0;
	}
	load->done += n;
}

static void warm(struct load *load)
{
	while (load->done < load->warm) {
		submit(load);
		reap(load, false);
	}
}

/* Goes on meanwhile: what it is for is to learn beside commits. */
static void admit(struct load *load)
{
	const uint64_t most = load->done + ADMIT_MAX;

	learner_admit();
	while (!learner_learns()) {
		if (load->done >= most) {
			fputs("load: the learner does not begin\n", stderr);
			exit(1);
		}
		submit(load);
		reap(load, false);
	}
	learner_begin(&load->report.lag);
}

static void run(struct load *load)
{
	struct report *r = &load->report;
	struct span span;
	uint64_t before;

	warm(load);
	if (r->learner)
		admit(load);
	before = load->done;
	load->total = before + load->count;
	span_begin(&span);
	while (load->done < load->total) {
		submit(load);
		reap(load, true);
	}
	r->instructions = span_end(&span, &r->elapsed);
	r->commits = load->done - before;
	if (r->learner)
		learner_end(&r->lag);
	while (load->done < load->sent)
		reap(load, false);
}

static void *array(uint64_t n, size_t size)
{
	void *memory = calloc(n, size);

	if (!memory)
		die("calloc");
	return memory;
}

static void prepare(struct load *load)
{
	struct report *r = &load->report;
	const uint64_t more = r->outstanding + TARGET_MANY;

	load->warm = (uint64_t)2 * r->outstanding + (load->count < 200 ? load->count : 200);
	load->begun = array(load->warm + (r->learner ? ADMIT_MAX + more : 0) + load->count + more,
			    sizeof(*load->begun));
	r->latency = array(load->count + r->outstanding + more, sizeof(*r->latency));
}

int main(int argc, char **argv)
{
	struct load load = { };
	struct report *r = &load.report;
	unsigned int learner = 0;

	if (argc < 7 || argc > 8) {
		fprintf(stderr,
			"usage: load SYSTEM NODES BYTES OUTSTANDING COUNT WHERE [LEARNER]\n");
		return 1;
	}
	load.target = find(argv[1]);
	r->system = load.target->system;
	r->nodes = parse(argv[2], 1, NODES_MAX);
	r->bytes = parse(argv[3], sizeof(uint64_t), BYTES_MAX);
	r->outstanding = parse(argv[4], 1, 65536);
	load.count = parse(argv[5], 1, 100000000);
	r->learner = argc == 8;
	if (r->learner)
		learner = parse(argv[7], r->nodes + 1, NODES_MAX);
	if (r->learner && load.target != &target_paxos) {
		fprintf(stderr, "load: learners are the module's\n");
		return 1;
	}
	clock_check();
	/* A page that is touched for the first time costs, and not the target. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	prepare(&load);
	if (r->learner)
		learner_open(argv[6], r->nodes, learner);
	load.target->open(argv[6]);
	run(&load);
	report_print(r);
	return 0;
}
