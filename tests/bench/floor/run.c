// SPDX-License-Identifier: GPL-2.0
/*
 * run NODES BYTES OUTSTANDING COUNT: the floor, with the datagrams that the
 * module sends for so many values: as many of them in one as fit, and an answer
 * to each. Node i is 10.0.0.i in the namespace ni.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/paxos.h>
#include <linux/paxos_wire.h>

#include "clock.h"
#include "floor.h"
#include "report.h"

#define NODES_MAX	(FLOOR_PEERS + 1)
#define NETWORK		0x0a000000

static void die(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned int parse(const char *text, unsigned int least, unsigned int most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (end == text || *end || n < least || n > most) {
		fprintf(stderr, "floor: '%s' is not a number from %u to %u\n", text, least, most);
		exit(1);
	}
	return (unsigned int)n;
}

static unsigned int entry_bytes(unsigned int bytes)
{
	return (unsigned int)sizeof(struct paxos_wire_entry) + ((bytes + 7) & ~7U);
}

static unsigned int ask_bytes(unsigned int values, unsigned int bytes)
{
	return (unsigned int)(sizeof(struct paxos_wire_header) +
			      sizeof(struct paxos_wire_accept)) + values * entry_bytes(bytes);
}

static unsigned int answer_bytes(unsigned int values)
{
	return (unsigned int)(sizeof(struct paxos_wire_header) +
			      sizeof(struct paxos_wire_accepted) +
			      values * sizeof(struct paxos_wire_vid));
}

static int open_node(unsigned int id, unsigned int nodes, unsigned int answer)
{
	struct floor_end end = {
		.local = htonl(NETWORK + id),
		.port = htons(PAXOS_DEFAULT_PORT),
		.answer = answer,
	};
	char name[32];
	unsigned int i;
	int fd;

	snprintf(name, sizeof(name), "/run/netns/n%u", id);
	fd = open(name, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
	for (i = 2; id == 1 && i <= nodes; i++)
		end.peer[end.peers++] = htonl(NETWORK + i);
	fd = open("/dev/paxos_floor", O_RDWR);
	if (fd < 0)
		die("/dev/paxos_floor");
	if (ioctl(fd, FLOOR_OPEN, &end))
		die("FLOOR_OPEN");
	return fd;
}

int main(int argc, char **argv)
{
	struct report report = { .system = "floor" };
	unsigned int each = 1, count, id;
	struct floor_run run = { };
	uint64_t *took;
	struct span span;
	int leader;

	if (argc != 5) {
		fprintf(stderr, "usage: run NODES BYTES OUTSTANDING COUNT\n");
		return 1;
	}
	report.nodes = parse(argv[1], 2, NODES_MAX);
	report.bytes = parse(argv[2], 0, PAXOS_WIRE_UNIT);
	report.outstanding = parse(argv[3], 1, 65536);
	count = parse(argv[4], 1, 100000000);
	clock_check();
	while (each < report.outstanding && ask_bytes(each + 1, report.bytes) <= PAXOS_WIRE_MAX)
		each++;
	for (id = report.nodes; id > 1; id--)
		open_node(id, report.nodes, answer_bytes(each));
	leader = open_node(1, report.nodes, 0);

	run.burst = (report.outstanding + each - 1) / each;
	run.rounds = (count + each - 1) / each;
	run.ask = ask_bytes(each, report.bytes);
	took = calloc(run.rounds, sizeof(*took));
	if (!took)
		die("calloc");
	run.took = (uintptr_t)took;
	/* Once for routes, caches and pages; the second time counts. */
	if (ioctl(leader, FLOOR_RUN, &run))
		die("FLOOR_RUN");
	span_begin(&span);
	if (ioctl(leader, FLOOR_RUN, &run))
		die("FLOOR_RUN");
	report.instructions = span_end(&span, &report.elapsed);
	report.commits = (uint64_t)run.rounds * each;
	report.latency = took;
	report.n_latency = (run.rounds + run.burst - 1) / run.burst;
	report_print(&report);
	return 0;
}
