// SPDX-License-Identifier: GPL-2.0
/*
 * load SYSTEM NODES BYTES OUTSTANDING COUNT WHERE: submits values, so many on
 * their way at a time, and says what COUNT of them took once as many, or a few
 * hundred, have warmed caches.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "clock.h"
#include "report.h"
#include "target.h"

#define BYTES_MAX	1024

/**
 * struct load - a run
 * @target: what it goes to
 * @report: what it was told to do, and what came of it
 * @warm: values before those that count
 * @total: values that must complete
 * @sent: submitted so far
 * @done: completed so far
 * @begun: when each was submitted
 */
struct load {
	const struct target *target;
	struct report report;
	uint64_t warm;
	uint64_t total;
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

static void run(struct load *load)
{
	struct report *r = &load->report;
	struct span span;
	uint64_t before;

	while (load->done < load->warm) {
		submit(load);
		reap(load, false);
	}
	before = load->done;
	span_begin(&span);
	while (load->done < load->total) {
		submit(load);
		reap(load, true);
	}
	r->instructions = span_end(&span, &r->elapsed);
	r->commits = load->done - before;
	while (load->done < load->sent)
		reap(load, false);
}

int main(int argc, char **argv)
{
	struct load load = { };
	struct report *r = &load.report;
	unsigned int count;

	if (argc != 7) {
		fprintf(stderr, "usage: load SYSTEM NODES BYTES OUTSTANDING COUNT WHERE\n");
		return 1;
	}
	load.target = find(argv[1]);
	r->system = load.target->system;
	r->nodes = parse(argv[2], 1, 15);
	r->bytes = parse(argv[3], sizeof(uint64_t), BYTES_MAX);
	r->outstanding = parse(argv[4], 1, 65536);
	count = parse(argv[5], 1, 100000000);
	clock_check();
	/* A page that is touched for the first time costs, and not the target. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	load.warm = (uint64_t)2 * r->outstanding + (count < 200 ? count : 200);
	load.total = load.warm + count;
	load.begun = calloc(load.total + r->outstanding + TARGET_MANY, sizeof(*load.begun));
	r->latency = calloc(count + 2 * (size_t)r->outstanding + TARGET_MANY,
			    sizeof(*r->latency));
	if (!load.begun || !r->latency)
		die("calloc");
	load.target->open(argv[6]);
	run(&load);
	report_print(r);
	return 0;
}
