// SPDX-License-Identifier: GPL-2.0
/*
 * The clock of a machine whose CPU takes a nanosecond for each instruction:
 * QEMU's -icount shift=0,sleep=off. The counter of cycles is virtual time, read
 * by one instruction. While nothing can run that time jumps on to the next
 * timer, so what the CPU was idle for is taken off what is told as instructions.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mark.h"

#define LOOPS	50000ULL
#define TRIES	50

/**
 * clock_now - nanoseconds
 */
uint64_t clock_now(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/**
 * clock_idle - nanoseconds that the CPU had nothing to do so far
 *
 * Where the kernel has them to the nanosecond; elsewhere they come in ticks.
 */
uint64_t clock_idle(void)
{
	static const char key[] = "  .idle_sleeptime";
	FILE *file = fopen("/proc/timer_list", "r");
	unsigned long long idle = 0, one;
	bool found = false;
	char line[256];

	if (!file)
		die("no /proc/timer_list to read idle time from");
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, sizeof(key) - 1) ||
		    sscanf(line + sizeof(key) - 1, " : %llu nsecs", &one) != 1)
			continue;
		idle += one;
		found = true;
	}
	fclose(file);
	if (!found)
		die("the kernel does not say how long it was idle");
	return idle;
}

/**
 * clock_check - see that an instruction is a nanosecond here, or end
 *
 * Interrupts and other processes come in between: not each time.
 */
void clock_check(void)
{
	uint64_t best = UINT64_MAX;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		uint64_t n = LOOPS, start = clock_now(), took;

		__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(n));
		took = clock_now() - start;
		if (took < best)
			best = took;
	}
	if (best >= 2 * LOOPS && best < 2 * LOOPS + LOOPS / 100)
		return;
	fprintf(stderr, "bench: %llu instructions take %llu ns: this is not QEMU with -icount\n",
		2 * LOOPS, (unsigned long long)best);
	exit(1);
}

void span_begin(struct span *span)
{
	span->idle = clock_idle();
	mark_begin();
	span->start = clock_now();
}

/**
 * span_end - instructions since span_begin
 * @span: the stretch
 * @elapsed: set to nanoseconds since then, NULL if nobody wants them
 */
uint64_t span_end(const struct span *span, uint64_t *elapsed)
{
	uint64_t took = clock_now() - span->start, idle;

	mark_end();
	idle = clock_idle() - span->idle;
	if (elapsed)
		*elapsed = took;
	return idle < took ? took - idle : 0;
}
