// SPDX-License-Identifier: GPL-2.0
/* Counters: one set a CPU, so that counting costs no shared cache line. */

#include <linux/percpu.h>
#include <linux/string_helpers.h>

#include "core/wire.h"
#include "stats.h"

static const char * const counter_names[PAXOS_COUNTER_COUNT] = {
#define X(name, text, doc) [PAXOS_COUNTER_##name] = (text),
	PAXOS_COUNTERS(X)
#undef X
};

/* Longest name that a reader is told, with the zero at its end. */
#define NAME_MAX_LENGTH		32

/**
 * paxos_stats_alloc - counters, all zero
 *
 * Context: process.
 * Return: the counters or NULL.
 */
struct paxos_stats __percpu *paxos_stats_alloc(void)
{
	struct paxos_stats __percpu *stats;
	unsigned int cpu;

	stats = alloc_percpu_gfp(struct paxos_stats, GFP_KERNEL_ACCOUNT);
	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->sync);
	return stats;
}

/**
 * paxos_stats_free - free counters
 * @stats: what paxos_stats_alloc() gave, or NULL
 */
void paxos_stats_free(struct paxos_stats __percpu *stats)
{
	free_percpu(stats);
}

/**
 * paxos_stats_drop - count a datagram that was dropped
 * @stats: the counters
 * @reason: why
 *
 * Context: bottom halves are off.
 */
void paxos_stats_drop(struct paxos_stats __percpu *stats, enum paxos_reason reason)
{
	struct paxos_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->drop[reason]);
	u64_stats_update_end(&here->sync);
}

/**
 * paxos_stats_in - count a message that was taken
 * @stats: the counters
 * @type: its type
 * @bytes: of its datagram
 *
 * Context: bottom halves are off.
 */
void paxos_stats_in(struct paxos_stats __percpu *stats, u8 type, u32 bytes)
{
	struct paxos_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->in[type]);
	u64_stats_add(&here->counter[PAXOS_COUNTER_IN_BYTES], bytes);
	u64_stats_update_end(&here->sync);
}

/**
 * paxos_stats_out - count a datagram that was sent
 * @stats: the counters
 * @type: type of the message
 * @bytes: of the datagram
 *
 * Context: bottom halves are off.
 */
void paxos_stats_out(struct paxos_stats __percpu *stats, u8 type, u32 bytes)
{
	struct paxos_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_inc(&here->out[type]);
	u64_stats_add(&here->counter[PAXOS_COUNTER_OUT_BYTES], bytes);
	u64_stats_update_end(&here->sync);
}

/**
 * paxos_stats_add - count something else
 * @stats: the counters
 * @counter: what
 * @n: how often
 *
 * Context: bottom halves are off.
 */
void paxos_stats_add(struct paxos_stats __percpu *stats, enum paxos_counter counter, u64 n)
{
	struct paxos_stats *here = this_cpu_ptr(stats);

	u64_stats_update_begin(&here->sync);
	u64_stats_add(&here->counter[counter], n);
	u64_stats_update_end(&here->sync);
}

/* The sum of a counter over all CPUs, found by its place in the struct. */
static u64 sum(struct paxos_stats __percpu *stats, size_t offset)
{
	unsigned int cpu;
	u64 total = 0;

	for_each_possible_cpu(cpu) {
		const struct paxos_stats *there = per_cpu_ptr(stats, cpu);
		const u64_stats_t *counter = (const void *)there + offset;
		unsigned int start;
		u64 value;

		do {
			start = u64_stats_fetch_begin(&there->sync);
			value = u64_stats_read(counter);
		} while (u64_stats_fetch_retry(&there->sync, start));
		total += value;
	}
	return total;
}

/* "in-hello": names of messages are written in capitals elsewhere. */
static const char *message_name(char name[NAME_MAX_LENGTH], const char *way, u8 type)
{
	snprintf(name, NAME_MAX_LENGTH, "%s-%s", way, paxos_wire_type_name(type));
	string_lower(name, name);
	return name;
}

/**
 * paxos_stats_read - tell every counter by its name
 * @stats: the counters
 * @emit: called for each, in an order that never changes; nonzero ends it
 * @ctx: handed to @emit
 *
 * Return: what @emit returned last.
 */
int paxos_stats_read(struct paxos_stats __percpu *stats,
		     int (*emit)(void *ctx, const char *name, u64 value), void *ctx)
{
	char name[NAME_MAX_LENGTH];
	unsigned int i;
	int err = 0;

	for (i = PAXOS_WIRE_HELLO; i < __PAXOS_WIRE_MAX && !err; i++)
		err = emit(ctx, message_name(name, "in", i),
			   sum(stats, offsetof(struct paxos_stats, in[i])));
	for (i = PAXOS_WIRE_HELLO; i < __PAXOS_WIRE_MAX && !err; i++)
		err = emit(ctx, message_name(name, "out", i),
			   sum(stats, offsetof(struct paxos_stats, out[i])));
	for (i = 0; i < PAXOS_COUNTER_COUNT && !err; i++)
		err = emit(ctx, counter_names[i],
			   sum(stats, offsetof(struct paxos_stats, counter[i])));
	for (i = PAXOS_REASON_OK + 1; i < PAXOS_REASON_COUNT && !err; i++) {
		snprintf(name, sizeof(name), "drop-%s", paxos_reason_name(i));
		err = emit(ctx, name, sum(stats, offsetof(struct paxos_stats, drop[i])));
	}
	return err;
}
