// SPDX-License-Identifier: GPL-2.0
/*
 * idle NODES GROUPS SECONDS [LEAD]: what a machine does while nothing is asked of
 * it: groups g1, g2 and so on live at its nodes. With LEAD the node whose namespace
 * this is leads all of them, and what renewing that costs is counted.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <paxosnl.h>

#include "clock.h"
#include "grant.h"

#define MS	1000000ULL
#define RENEW	(1000 * MS)

static struct paxosnl *nl;
static uint64_t *ballot;

static void name(char *text, size_t size, unsigned int group)
{
	snprintf(text, size, "g%u", group + 1);
}

static void renew(unsigned int groups)
{
	char group[16];
	unsigned int i;

	for (i = 0; i < groups; i++) {
		name(group, sizeof(group), i);
		grant_renew(nl, group, ballot[i]);
	}
	grant_watch(nl);
}

static void lead(unsigned int groups)
{
	char group[16];
	unsigned int i;

	ballot = calloc(groups, sizeof(*ballot));
	if (!ballot || paxosnl_open(&nl)) {
		fprintf(stderr, "idle: no netlink socket\n");
		exit(1);
	}
	for (i = 0; i < groups; i++) {
		/* The first must not lapse before the last has begun. */
		if (i % 100 == 99)
			renew(i);
		name(group, sizeof(group), i);
		ballot[i] = grant_take(nl, group);
	}
}

/* Time stands still for no one: what renewing took is not slept as well. */
static void wait(unsigned int groups, unsigned int seconds, bool leads)
{
	uint64_t now = clock_now(), end = now + seconds * 1000 * MS, next = now + RENEW;

	while (now < end) {
		uint64_t until = leads && next < end ? next : end;

		if (until > now)
			usleep((useconds_t)((until - now) / 1000 + 1));
		if (leads)
			renew(groups);
		next += RENEW;
		now = clock_now();
	}
}

int main(int argc, char **argv)
{
	unsigned int nodes, groups, seconds;
	bool leads = argc == 5;
	uint64_t busy, elapsed;
	struct span span;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: idle NODES GROUPS SECONDS [LEAD]\n");
		return 1;
	}
	nodes = (unsigned int)atoi(argv[1]);
	groups = (unsigned int)atoi(argv[2]);
	seconds = (unsigned int)atoi(argv[3]);
	clock_check();
	if (leads)
		lead(groups);
	/* What the beginning set off comes to rest. */
	wait(groups, 3, leads);
	span_begin(&span);
	wait(groups, seconds, leads);
	busy = span_end(&span, &elapsed);
	printf("{\"system\":\"paxos-volatile\",\"auth\":\"none\",\"nodes\":%u,", nodes);
	printf("\"groups\":%u,", groups);
	printf("\"leaders\":%u,\"idle_instructions_per_second\":%ju}\n", leads ? groups : 0,
	       (uintmax_t)((double)busy * 1e9 / (double)elapsed));
	return 0;
}
