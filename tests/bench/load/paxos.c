// SPDX-License-Identifier: GPL-2.0
/*
 * The target paxos-volatile: the module, through libpaxosnl. The node whose
 * namespace this is leads; values go to it many a request, without an ACK.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <paxosnl.h>

#include "clock.h"
#include "grant.h"
#include "target.h"

#define CLIENT		1
#define BYTES_MAX	1024
#define DONE_MAX	65536	/* no more values are outstanding */
#define RECEIVE_BYTES	(4 << 20)
#define WAIT_MS		1000
#define TRIES		10
#define RENEW_NS	1000000000ULL

static struct paxosnl *nl;
static const char *group;
static uint64_t ballot;
static uint64_t renewed;
static uint64_t finished[DONE_MAX];	/* and not told yet */
static unsigned int n_finished;
static unsigned int n_told;

static void complain(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, paxosnl_error(nl));
	errno = 0;
	die("the module");
}

static void paxos_open(const char *where)
{
	int size = RECEIVE_BYTES;

	group = where;
	if (paxosnl_open(&nl))
		die("no netlink socket");
	/* A completion a value, for all that are outstanding: more than the default holds. */
	if (setsockopt(paxosnl_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("SO_RCVBUFFORCE");
	ballot = grant_take(nl, group);
	renewed = clock_now();
}

/* As many as one request has room for. */
static unsigned int fit(unsigned int count, unsigned int bytes)
{
	unsigned int most = PAXOS_VALUE_MAX / (bytes + 4);

	return count < most ? count : most;
}

static unsigned int paxos_submit(uint64_t first, unsigned int count, unsigned int bytes)
{
	static uint8_t value[TARGET_MANY][BYTES_MAX];
	struct iovec iov[TARGET_MANY];
	uint32_t request;
	unsigned int i;

	if (clock_now() - renewed >= RENEW_NS) {
		grant_renew(nl, group, ballot);
		renewed = clock_now();
	}
	count = fit(count, bytes);
	for (i = 0; i < count; i++) {
		memcpy(value[i], value_bytes(first + i), bytes);
		iov[i].iov_base = value[i];
		iov[i].iov_len = bytes;
	}
	/* Sequences begin with 1. */
	if (paxosnl_submit(nl, group, CLIENT, first + 1, iov, count, &request))
		complain("cannot submit");
	return count;
}

static void finish(const struct paxosnl_run *run)
{
	uint32_t i;

	if (!run->instance)
		die("what became of a value is not known");
	for (i = 0; i < run->count && n_finished < DONE_MAX; i++)
		finished[n_finished++] = run->sequence + i - 1;
}

/* Ends the reading once there is something to go on with. */
static int heard(const struct paxosnl_event *event, void *data)
{
	size_t i;

	(void)data;
	switch (event->type) {
	case PAXOS_CMD_SUBMITTED_NTF:
		for (i = 0; i < event->submitted.count; i++)
			finish(&event->submitted.runs[i]);
		return 1;
	case PAXOS_CMD_SUBMIT:
		fprintf(stderr, "load: refused: %s\n", event->refusal.why);
		errno = -event->refusal.error;
		die("a value");
		return 1;
	case PAXOS_CMD_GRANT_NTF:
		die("the lead ended");
		return 1;
	default:
		return 0;
	}
}

static unsigned int paxos_reap(uint64_t done[TARGET_MANY])
{
	unsigned int n = 0, tries;

	if (n_told == n_finished) {
		n_told = 0;
		n_finished = 0;
	}
	for (tries = 0; !n_finished; tries++) {
		if (paxosnl_event_read(nl, WAIT_MS, heard, NULL) < 0)
			complain("cannot listen");
		if (!n_finished && tries == TRIES)
			die("nothing completes");
	}
	while (n_told < n_finished && n < TARGET_MANY)
		done[n++] = finished[n_told++];
	return n;
}

const struct target target_paxos = {
	.system = "paxos-volatile",
	.open = paxos_open,
	.submit = paxos_submit,
	.reap = paxos_reap,
};
