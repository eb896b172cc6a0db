// SPDX-License-Identifier: GPL-2.0
/*
 * catchup COUNT BYTES [LOSS]: what it costs a learner, and who serves it, that the
 * learner gets COUNT instances that were decided before it came. Node 1 is a voter
 * in the namespace n1, and alone, so that its log is made quickly; node 2 learns,
 * in n2. LOSS per cent of the datagrams that come to n2 were made to be lost.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "node.h"

#define GROUP		"catchup"
#define POLL_NS		5000000		/* costs little beside what happens meanwhile */
#define PATIENCE	100000		/* polls without a step forward */
#define VALUE_COST	1024		/* bytes of a log for a value, its own apart */

static void die(const char *what, struct paxosnl *nl)
{
	fprintf(stderr, "catchup: %s: %s\n", what, nl ? paxosnl_error(nl) : strerror(errno));
	exit(1);
}

static unsigned long parse(const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < least || n > most) {
		fprintf(stderr, "catchup: '%s' is not a number from %lu to %lu\n", text, least,
			most);
		exit(1);
	}
	return n;
}

static void add_group(struct paxosnl *nl, unsigned int node, uint32_t role, uint64_t log_size)
{
	struct paxosnl_group group = {
		.id = 7,
		.name = GROUP,
		.node = node,
		.local = node_address(node),
		.store = PAXOS_STORE_VOLATILE,
		.auth = PAXOS_AUTH_NONE,
		.role = role,
		.log_size = log_size,
	};

	if (paxosnl_group_new(nl, &group))
		die("group", nl);
}

/* Sleeps, which costs nothing here, until all of it is there. */
static void await(struct paxosnl *nl, uint64_t count)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	uint64_t prefix = 0, got;
	unsigned int polls;

	for (polls = 0; polls < PATIENCE; polls++) {
		got = node_prefix(nl, GROUP);
		if (got >= count)
			return;
		if (got > prefix)
			polls = 0;
		prefix = got;
		nanosleep(&pause, NULL);
	}
	fprintf(stderr, "catchup: it stays at %llu\n", (unsigned long long)prefix);
	exit(1);
}

/* One ballot for all of them; alone a voter decides at once. */
static void fill(struct paxosnl *nl, uint64_t count, size_t bytes)
{
	static char value[PAXOS_VALUE_MAX];
	struct paxosnl_proposal proposal = {
		.client = 1,
		.kind = PAXOS_KIND_VALUE,
		.value = value,
		.length = bytes,
	};
	struct paxosnl_ballot ballot;
	uint64_t i;

	if (paxosnl_group_init(nl, GROUP))
		die("init", nl);
	if (paxosnl_ballot_get(nl, GROUP, 0, &ballot) ||
	    paxosnl_ballot_prepare(nl, GROUP, ballot.ballot, 1, false))
		die("ballot", nl);
	for (i = 1; i <= count; i++) {
		proposal.sequence = i;
		memcpy(value, &i, bytes < sizeof(i) ? bytes : sizeof(i));
		while (paxosnl_ballot_accept(nl, GROUP, ballot.ballot, i, &proposal)) {
			/* The worker gives memory meanwhile. */
			if (errno != EAGAIN)
				die("accept", nl);
			usleep(100);
		}
	}
	await(nl, count);
}

int main(int argc, char **argv)
{
	uint64_t count, elapsed, instructions;
	unsigned int bytes, loss = 0;
	struct paxosnl *voter, *learner;
	struct span span;

	if (argc < 3 || argc > 4) {
		fputs("Usage: catchup COUNT BYTES [LOSS]\n", stderr);
		return 1;
	}
	count = parse(argv[1], 1, 100000000);
	bytes = (unsigned int)parse(argv[2], 0, PAXOS_VALUE_MAX);
	if (argc == 4)
		loss = (unsigned int)parse(argv[3], 0, 99);
	clock_check();
	voter = node_open(1);
	learner = node_open(2);
	add_group(voter, 1, PAXOS_ROLE_VOTER, (64 << 20) + count * (VALUE_COST + 2 * bytes));
	add_group(learner, 2, PAXOS_ROLE_LEARNER, (64 << 20) + count * (VALUE_COST + 2 * bytes));
	node_member_add(learner, GROUP, 1, PAXOS_ROLE_VOTER);
	fill(voter, count, bytes);
	span_begin(&span);
	node_member_add(voter, GROUP, 2, PAXOS_ROLE_LEARNER);
	await(learner, count);
	instructions = span_end(&span, &elapsed);
	printf("{\"system\": \"catchup\", \"loss\": %u, \"bytes\": %u, \"instances\": %llu, ",
	       loss, bytes, (unsigned long long)count);
	printf("\"instructions_per_instance\": %llu, \"instances_per_second\": %llu}\n",
	       (unsigned long long)(instructions / count),
	       (unsigned long long)(count * 1000000000 / elapsed));
	paxosnl_close(voter);
	paxosnl_close(learner);
	return 0;
}
