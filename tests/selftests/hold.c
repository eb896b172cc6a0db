// SPDX-License-Identifier: GPL-2.0
/*
 * hold GROUP: prepares a ballot, grants it to the kernel and renews it, without
 * a thought for anybody else: no elections, no patience. Says when it leads and
 * why it does no more, and ends then.
 *
 * It finishes nothing that others began, as a proposer must: where a vote was
 * reported it grants itself what lies above.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <paxosnl.h>

#define RENEW_MS	1000
#define PREPARE_MS	10000

struct hold {
	const char *group;
	struct paxosnl_ballot ballot;
	uint64_t highest;	/* of the instances that promises reported */
	bool prepared;
	bool refused;
	bool ended;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int hear(const struct paxosnl_event *event, void *data)
{
	const struct paxosnl_grant_end *end = &event->grant_end;
	struct hold *hold = data;
	size_t i;

	switch (event->type) {
	case PAXOS_CMD_PROMISE_NTF:
		if (event->promise.ballot != hold->ballot.ballot)
			return 0;
		for (i = 0; i < event->promise.count; i++)
			if (event->promise.votes[i].instance > hold->highest)
				hold->highest = event->promise.votes[i].instance;
		if (event->promise.quorum)
			hold->prepared = true;
		return 0;
	case PAXOS_CMD_REFUSED_NTF:
		hold->refused = event->refused.ballot == hold->ballot.ballot &&
				event->refused.highest > hold->ballot.ballot;
		return 0;
	case PAXOS_CMD_GRANT_NTF:
		printf("ended %s %llu\n", paxosnl_grant_end_name(end->why),
		       (unsigned long long)end->highest);
		hold->ended = end->ballot == hold->ballot.ballot;
		return 0;
	default:
		return 0;
	}
}

static int fail(const struct paxosnl *nl, const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, paxosnl_error(nl));
	return 1;
}

static int prepare(struct paxosnl *nl, struct hold *hold)
{
	const uint64_t end = now_ms() + PREPARE_MS;

	if (paxosnl_ballot_get(nl, hold->group, 0, &hold->ballot))
		return fail(nl, "ballot");
	hold->prepared = false;
	hold->refused = false;
	if (paxosnl_ballot_prepare(nl, hold->group, hold->ballot.ballot, hold->ballot.next, false))
		return fail(nl, "prepare");
	while (!hold->prepared && !hold->refused) {
		if (now_ms() > end) {
			fprintf(stderr, "hold: no quorum promised\n");
			return 1;
		}
		if (paxosnl_event_read(nl, 100, hear, hold))
			return fail(nl, "promises");
	}
	return 0;
}

static int lead(struct paxosnl *nl, struct hold *hold)
{
	const uint64_t ballot = hold->ballot.ballot;
	uint64_t first = hold->ballot.next;
	uint64_t renew;
	int rc;

	if (first <= hold->highest)
		first = hold->highest + 1;
	if (paxosnl_ballot_grant(nl, hold->group, ballot, first))
		return fail(nl, "grant");
	printf("leads %llu\n", (unsigned long long)ballot);
	renew = now_ms() + RENEW_MS;
	while (!hold->ended) {
		rc = paxosnl_event_read(nl, RENEW_MS / 4, hear, hold);
		if (rc)
			return fail(nl, "events");
		if (hold->ended || now_ms() < renew)
			continue;
		renew = now_ms() + RENEW_MS;
		rc = paxosnl_ballot_renew(nl, hold->group, ballot);
		/* Why comes as an event, and is there already. */
		if (rc && rc != -ESTALE)
			return fail(nl, "renew");
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct hold hold = { .group = argc == 2 ? argv[1] : "g" };
	struct paxosnl *nl;
	int rc;

	if (paxosnl_open(&nl)) {
		fprintf(stderr, "hold: no module\n");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	do {
		rc = prepare(nl, &hold);
	} while (!rc && hold.refused);
	if (!rc)
		rc = lead(nl, &hold);
	paxosnl_close(nl);
	return rc;
}
