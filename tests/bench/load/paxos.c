// SPDX-License-Identifier: GPL-2.0
/*
 * The target paxos-volatile: the module, through libpaxosnl. The node whose
 * namespace this is leads; values go to it many a call, by a channel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <paxosnl.h>

#include "clock.h"
#include "grant.h"
#include "target.h"

#define CLIENT		1
#define BYTES_MAX	1024
#define DONE_MAX	65536	/* no more values are outstanding */
#define WAIT_NS		2000000000ULL
#define RENEW_NS	1000000000ULL

static struct paxosnl *nl;
static struct paxosnl_channel *channel;
static struct paxos_channel_enter next;
static const char *group;
static uint64_t ballot;
static uint64_t renewed;
static uint64_t finished[DONE_MAX];	/* and not told yet */
static uint64_t n_finished;
static uint64_t n_told;

static void paxos_open(const char *where)
{
	group = where;
	if (paxosnl_open(&nl))
		die("no netlink socket");
	ballot = grant_take(nl, group);
	renewed = clock_now();
	if (paxosnl_channel_open(nl, group, &channel)) {
		fprintf(stderr, "load: %s\n", paxosnl_error(nl));
		die("no channel");
	}
}

static void finish(const struct paxos_channel_run *run)
{
	uint32_t i;

	if (!run->instance)
		die("what became of a value is not known");
	if (n_finished + run->count - n_told > DONE_MAX)
		die("more values complete than may be outstanding");
	for (i = 0; i < run->count; i++)
		finished[n_finished++ % DONE_MAX] = run->sequence + i - 1;
}

/* What is submitted goes with the next call, which waits as well. */
static void enter(unsigned int min_done)
{
	static struct paxos_channel_run runs[TARGET_MANY];
	unsigned int i;

	if (clock_now() - renewed >= RENEW_NS) {
		grant_renew(nl, group, ballot);
		renewed = clock_now();
	}
	next.runs = (uintptr_t)runs;
	next.max_runs = TARGET_MANY;
	next.min_done = min_done;
	next.timeout = WAIT_NS;
	if (paxosnl_channel_enter(channel, &next) || next.taken < next.n_values) {
		fprintf(stderr, "load: %s\n", paxosnl_channel_error(channel));
		die("the module");
	}
	next.n_values = 0;
	for (i = 0; i < next.n_runs; i++)
		finish(&runs[i]);
}

static unsigned int paxos_submit(uint64_t first, unsigned int count, unsigned int bytes)
{
	static uint8_t value[TARGET_MANY][BYTES_MAX];
	static struct paxos_channel_value where[TARGET_MANY];
	unsigned int i;

	if (next.n_values)
		enter(0);
	for (i = 0; i < count; i++) {
		memcpy(value[i], value_bytes(first + i), bytes);
		where[i].addr = (uintptr_t)value[i];
		where[i].length = bytes;
	}
	next.client = CLIENT;
	/* Sequences begin with 1. */
	next.sequence = first + 1;
	next.values = (uintptr_t)where;
	next.n_values = count;
	next.kind = PAXOS_KIND_VALUE;
	return count;
}

static unsigned int paxos_reap(uint64_t done[TARGET_MANY])
{
	unsigned int n = 0;

	if (next.n_values || n_told == n_finished)
		enter(n_told == n_finished);
	if (n_told == n_finished)
		die("nothing completes");
	while (n_told < n_finished && n < TARGET_MANY)
		done[n++] = finished[n_told++ % DONE_MAX];
	return n;
}

const struct target target_paxos = {
	.system = "paxos-volatile",
	.open = paxos_open,
	.submit = paxos_submit,
	.reap = paxos_reap,
};
