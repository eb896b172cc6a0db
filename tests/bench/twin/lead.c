// SPDX-License-Identifier: GPL-2.0
/* How node 1 comes to lead: the group's beginning, phase 1, the grant, its renewal. */
#include <stdio.h>
#include <stdlib.h>

#include "twin.h"

#define AGAIN_MS	20
#define RENEW_MS	1000

enum stage {
	STAGE_INIT,
	STAGE_PREPARE,
	STAGE_PROMISES,
	STAGE_LEADS,
};

static enum stage stage;
static bool quorum;
static u64 ballot;
static u64 again_at;

void lead_note(const struct paxos_note *note)
{
	if (note->type == PAXOS_NOTE_PROMISE && note->quorum)
		quorum = true;
	if (note->type == PAXOS_NOTE_GRANT)
		die("the grant ended");
}

static int ask(struct twin *twin, struct paxos_event *ev)
{
	node_step(twin, ev);
	return ev->error;
}

static void prepare(struct twin *twin)
{
	struct paxos_event hand_out = {
		.type = PAXOS_EVENT_HAND_OUT,
		.hand_out = { .proposal = calloc(1, sizeof(struct paxos_proposal)),
			      .owner = TWIN_OWNER },
	};
	struct paxos_event ev = { .type = PAXOS_EVENT_PREPARE };

	if (!hand_out.hand_out.proposal || ask(twin, &hand_out))
		die("no ballot");
	ballot = hand_out.ballot;
	ev.prepare.owner = TWIN_OWNER;
	ev.prepare.ballot = ballot;
	ev.prepare.nonce = 1;
	ev.prepare.instance = hand_out.instance;
	if (ask(twin, &ev))
		die(ev.why);
	stage = STAGE_PROMISES;
}

static void grant(struct twin *twin)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_GRANT,
		.grant = { .owner = TWIN_OWNER, .ballot = ballot,
			   .first = twin->core.window.prefix + 1 },
	};

	if (ask(twin, &ev))
		die(ev.why);
	stage = STAGE_LEADS;
	again_at = ev.now + RENEW_MS;
}

static void renew(struct twin *twin)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_RENEW,
		.grant = { .owner = TWIN_OWNER, .ballot = ballot },
	};

	if (ask(twin, &ev))
		die(ev.why);
	again_at = ev.now + RENEW_MS;
}

static void begin(struct twin *twin)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };

	/* Refused until all are there. */
	ask(twin, &ev);
	again_at = ev.now + AGAIN_MS;
}

/**
 * lead_go_on - after each round of events, and when lead_deadline() comes
 *
 * Return: true once this node leads.
 */
bool lead_go_on(struct twin *twin)
{
	u64 now = node_now();

	if (stage == STAGE_INIT && twin->core.state == PAXOS_STATE_VOTING)
		stage = STAGE_PREPARE;
	if (stage == STAGE_INIT && now >= again_at)
		begin(twin);
	if (stage == STAGE_PREPARE)
		prepare(twin);
	if (stage == STAGE_PROMISES && quorum)
		grant(twin);
	if (stage == STAGE_LEADS && now >= again_at)
		renew(twin);
	return stage == STAGE_LEADS;
}

u64 lead_deadline(void)
{
	return again_at;
}
