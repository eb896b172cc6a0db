// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: how a program that measures makes the node it is at lead a fresh group:
 * a ballot, promises, and the grant. There is nothing in the log that would have
 * to be finished first.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <paxosnl.h>

#include "grant.h"

#define PATIENCE_MS	100
#define TRIES		50

/**
 * struct promises - what was heard of a ballot
 * @ballot: the ballot
 * @quorum: a quorum of promises is whole
 */
struct promises {
	uint64_t ballot;
	bool quorum;
};

static void complain(struct paxosnl *nl, const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, paxosnl_error(nl));
	exit(1);
}

static int heard(const struct paxosnl_event *event, void *data)
{
	struct promises *promises = data;

	if (event->type == PAXOS_CMD_GRANT_NTF) {
		fprintf(stderr, "bench: the lead of %s ended: %s\n", event->grant_end.group,
			paxosnl_grant_end_name(event->grant_end.why));
		exit(1);
	}
	if (event->type == PAXOS_CMD_PROMISE_NTF && event->promise.ballot == promises->ballot &&
	    event->promise.quorum)
		promises->quorum = true;
	return 0;
}

uint64_t grant_take(struct paxosnl *nl, const char *group)
{
	struct paxosnl_ballot ballot;
	struct promises promises = { };
	unsigned int tries;

	if (paxosnl_ballot_get(nl, group, 0, &ballot))
		complain(nl, "no ballot");
	promises.ballot = ballot.ballot;
	if (paxosnl_ballot_prepare(nl, group, ballot.ballot, ballot.next, false))
		complain(nl, "cannot prepare");
	for (tries = 0; !promises.quorum; tries++)
		if (tries == TRIES || paxosnl_event_read(nl, PATIENCE_MS, heard, &promises))
			complain(nl, "no promises");
	if (paxosnl_ballot_grant(nl, group, ballot.ballot, ballot.next))
		complain(nl, "no grant");
	return ballot.ballot;
}

void grant_renew(struct paxosnl *nl, const char *group, uint64_t ballot)
{
	if (paxosnl_ballot_renew(nl, group, ballot))
		complain(nl, "cannot renew");
}

/**
 * grant_watch - end the program if a grant ended meanwhile
 */
void grant_watch(struct paxosnl *nl)
{
	struct promises promises = { };

	if (paxosnl_event_read(nl, 0, heard, &promises))
		complain(nl, "cannot listen");
}
