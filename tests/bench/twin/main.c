// SPDX-License-Identifier: GPL-2.0
/*
 * twin NODE NODES [PATH]: a node of the userspace twin. With PATH it leads, and
 * takes values there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "twin.h"

#define EVENTS	8

static struct twin twin;

void die(const char *what)
{
	fprintf(stderr, "twin %u: %s: %s\n", twin.id, what, strerror(errno));
	exit(1);
}

/* The core's next tick, or what leading wants; in milliseconds from now. */
static int wait_ms(bool leads)
{
	u64 at = paxos_core_deadline(&twin.core), now = node_now();

	if (leads)
		at = min(at, lead_deadline());
	if (at == U64_MAX)
		return -1;
	/* What is due already waits a millisecond, as in the module. */
	return at > now ? (int)min_t(u64, at - now, 1000) : 1;
}

static void tick(void)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };

	if (paxos_core_deadline(&twin.core) <= node_now())
		node_step(&twin, &ev);
}

static void serve(int epoll, const char *path)
{
	struct epoll_event event[EVENTS];
	bool leads = false;
	int n, i;

	for (;;) {
		network_flush(&twin);
		n = epoll_wait(epoll, event, EVENTS, wait_ms(path));
		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (i = 0; i < n; i++) {
			if (event[i].data.fd == twin.udp)
				network_receive(&twin);
			else
				client_ready(&twin, event[i].data.fd);
		}
		tick();
		if (path && lead_go_on(&twin) && !leads) {
			leads = true;
			client_open(path, epoll);
		}
		if (leads) {
			client_submit(&twin);
			client_decided(&twin);
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event udp = { .events = EPOLLIN };
	int epoll;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: twin NODE NODES [PATH]\n");
		return 1;
	}
	twin.id = (u8)atoi(argv[1]);
	twin.nodes = (u8)atoi(argv[2]);
	if (!twin.id || twin.id > twin.nodes || twin.nodes > PAXOS_VOTERS_MAX) {
		fprintf(stderr, "twin: no such node\n");
		return 1;
	}
	network_open(&twin);
	node_start(&twin);
	epoll = epoll_create1(0);
	udp.data.fd = twin.udp;
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, twin.udp, &udp))
		die("epoll");
	serve(epoll, argv[3]);
}
