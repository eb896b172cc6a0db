// SPDX-License-Identifier: GPL-2.0
/*
 * A candidate: the state machine of election.c, driven by two netlink sockets
 * and a clock. One socket holds the ballots and hears what comes of them, the
 * other hears what every process may: who leads, and whom members follow.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "election.h"
#include "nl.h"

/* Actions that wait for those before them, of as many steps as a look takes. */
#define CANDIDATE_ACTIONS	512

struct paxosnl_candidate {
	struct paxosnl *nl;
	struct paxosnl *events;
	struct election machine;
	struct election_report *reports;
	struct election_action actions[CANDIDATE_ACTIONS];
	unsigned int begin;
	unsigned int end;
	uint32_t ended;		/* why the last grant did */
	enum election_phase told;
	uint64_t told_ballot;
	paxosnl_standing_cb cb;
	void *data;
	int rc;			/* of the callback, or what ends all */
	bool refused;
	char text[1024];
	char group[];
};

static uint32_t candidate_node(uint64_t ballot)
{
	return (uint32_t)(ballot >> 1) & 0xffff;
}

static int candidate_fail(struct paxosnl_candidate *c, struct paxosnl *nl,
			  int error)
{
	c->refused = paxosnl_refused(nl);
	snprintf(c->text, sizeof(c->text), "%s", paxosnl_error(nl));
	if (!c->rc)
		c->rc = error;
	return error;
}

/* Says where the candidate stands, if that is news. */
static void candidate_tell(struct paxosnl_candidate *c)
{
	const struct election *e = &c->machine;
	struct paxosnl_standing standing = { .type = (uint32_t)e->phase };
	uint64_t ballot = election_leads(e) ? e->ballot : e->leader;

	if (e->phase != ELECTION_FOLLOWING && !election_leads(e))
		ballot = e->ballot;
	if (e->phase == c->told && ballot == c->told_ballot)
		return;
	/* A ballot that is not yet there is no news. */
	if (e->phase == ELECTION_PREPARING && !ballot)
		return;
	c->told = e->phase;
	c->told_ballot = ballot;
	standing.group = c->group;
	standing.ballot = ballot;
	standing.node = ballot ? candidate_node(ballot) : 0;
	standing.ended = c->ended;
	standing.alarm = e->alarm;
	if (election_leads(e)) {
		standing.first = e->first;
		standing.open = e->first - e->next;
	}
	c->ended = 0;
	if (c->cb && !c->rc)
		c->rc = c->cb(&standing, c->data);
}

static void candidate_feed(struct paxosnl_candidate *c,
			   const struct election_event *event)
{
	struct election_outbox out;
	unsigned int i;

	election_step(&c->machine, nl_now(), event, &out);
	for (i = 0; i < out.count; i++) {
		/* What found no room was not done, as if it had been lost. */
		if (c->end - c->begin == CANDIDATE_ACTIONS)
			break;
		c->actions[c->end++ % CANDIDATE_ACTIONS] = out.actions[i];
	}
	candidate_tell(c);
}

static void candidate_group(struct paxosnl_candidate *c,
			    const struct paxosnl_group *group)
{
	struct election_event event = { .type = ELECTION_GROUP };

	event.group.node = group->node;
	event.group.quorum_1 = group->quorum_1;
	event.group.quorum_2 = group->quorum_2;
	event.group.timeout_min = (uint64_t)group->timeout_min * 1000;
	event.group.timeout_max = (uint64_t)group->timeout_max * 1000;
	event.group.prefix = group->prefix;
	event.group.promised = group->promised;
	event.group.votes = group->state == PAXOS_STATE_VOTING;
	candidate_feed(c, &event);
}

static int candidate_member_cb(const struct paxosnl_member *member, void *data)
{
	struct paxosnl_candidate *c = data;
	struct election_event event = { .type = ELECTION_MEMBER };

	event.member.node = member->node;
	/* One that lost its memory is configured a voter, and is none. */
	event.member.voter = member->role == PAXOS_ROLE_VOTER &&
			     member->state == PAXOS_STATE_VOTING;
	event.member.answered = member->has_answered;
	event.member.since = member->answered * 1000;
	event.member.follows = member->follows;
	event.member.prefix = member->prefix;
	candidate_feed(c, &event);
	return 0;
}

static void candidate_leader(struct paxosnl_candidate *c, uint64_t ballot)
{
	candidate_feed(c, &(struct election_event){
		.type = ELECTION_LEADER,
		.leader = ballot,
	});
}

static int candidate_look_group(struct paxosnl_candidate *c)
{
	struct paxosnl_group group;
	int rc = paxosnl_group_get(c->events, c->group, &group);

	if (rc)
		return candidate_fail(c, c->events, rc);
	candidate_group(c, &group);
	return 0;
}

/* The group last: with it the candidate begins. */
static int candidate_look(struct paxosnl_candidate *c)
{
	struct paxosnl_leader leader;
	int rc;

	rc = paxosnl_leader_get(c->events, c->group, &leader);
	if (rc)
		return candidate_fail(c, c->events, rc);
	candidate_leader(c, leader.ballot);
	rc = paxosnl_member_dump(c->events, c->group, candidate_member_cb, c);
	if (rc)
		return candidate_fail(c, c->events, rc);
	return candidate_look_group(c);
}

static int candidate_accept(struct paxosnl_candidate *c,
			    const struct election_action *action)
{
	struct paxosnl_proposal proposal = {
		.client = action->value.client,
		.sequence = action->value.sequence,
		.kind = action->type == ELECTION_NO_OP ? PAXOS_KIND_NO_OP :
							 action->value.kind,
		.digest = action->value.digest,
	};

	/* Bytes that are none, not a digest, make the kernel make the no-op. */
	if (action->type == ELECTION_NO_OP)
		proposal.value = "";
	return paxosnl_ballot_accept(c->nl, c->group, action->ballot,
				     action->instance, &proposal);
}

static bool candidate_is_stale(const struct paxosnl_candidate *c,
			       const struct election_action *action)
{
	if (action->type == ELECTION_GET)
		return c->machine.phase != ELECTION_PREPARING ||
		       c->machine.ballot;
	return action->ballot != c->machine.ballot;
}

static void candidate_do(struct paxosnl_candidate *c,
			 const struct election_action *action)
{
	struct election_event event = { .type = ELECTION_FAILED };
	int rc = 0;

	switch (action->type) {
	case ELECTION_LOOK:
		candidate_look(c);
		return;
	case ELECTION_LOOK_GROUP:
		candidate_look_group(c);
		return;
	case ELECTION_ASK:
		/* It is asked again, whatever comes of it. */
		paxosnl_leader_ask(c->events, c->group);
		return;
	case ELECTION_DROP:
		/* If it fails the ballot was gone before. */
		paxosnl_ballot_del(c->nl, c->group, action->ballot);
		return;
	default:
		if (candidate_is_stale(c, action))
			return;
		break;
	}
	switch (action->type) {
	case ELECTION_GET:
		rc = paxosnl_ballot_get(c->nl, c->group, action->ballot,
					&event.ballot);
		if (!rc)
			event.type = ELECTION_BALLOT;
		break;
	case ELECTION_PREPARE:
		rc = paxosnl_ballot_prepare(c->nl, c->group, action->ballot,
					    action->instance, false);
		break;
	case ELECTION_GRANT:
		rc = paxosnl_ballot_grant(c->nl, c->group, action->ballot,
					  action->instance);
		if (!rc)
			event.type = ELECTION_GRANTED;
		break;
	case ELECTION_RENEW:
		rc = paxosnl_ballot_renew(c->nl, c->group, action->ballot);
		break;
	default:
		rc = candidate_accept(c, action);
		break;
	}
	/* Perhaps the group is gone, or its node may not lead any more. */
	if (rc && action->type == ELECTION_GET)
		candidate_look(c);
	if (rc) {
		event.failed.instance = action->instance;
		event.failed.error = rc;
	}
	if (rc || event.type != ELECTION_FAILED)
		candidate_feed(c, &event);
}

/* Does what is to be done, and what follows from it, until nothing does. */
static void candidate_perform(struct paxosnl_candidate *c)
{
	struct election_action action;

	while (c->begin != c->end) {
		action = c->actions[c->begin++ % CANDIDATE_ACTIONS];
		candidate_do(c, &action);
	}
}

/* What comes of ballots. */
static int candidate_ballot_cb(const struct paxosnl_event *from, void *data)
{
	struct paxosnl_candidate *c = data;
	struct election_event event;

	switch (from->type) {
	case PAXOS_CMD_PROMISE_NTF:
		event.type = ELECTION_PROMISE;
		event.promise = from->promise;
		break;
	case PAXOS_CMD_REFUSED_NTF:
		event.type = ELECTION_REFUSED;
		event.refused = from->refused;
		break;
	case PAXOS_CMD_CHOSEN_NTF:
		event.type = ELECTION_CHOSEN;
		event.chosen = from->chosen;
		break;
	case PAXOS_CMD_GRANT_NTF:
		event.type = ELECTION_ENDED;
		event.ended.ballot = from->grant_end.ballot;
		event.ended.why = from->grant_end.why;
		event.ended.highest = from->grant_end.highest;
		if (election_leads(&c->machine) &&
		    event.ended.ballot == c->machine.ballot)
			c->ended = event.ended.why;
		break;
	default:
		return 0;
	}
	candidate_feed(c, &event);
	candidate_perform(c);
	return c->rc;
}

/* What everybody hears. */
static int candidate_event_cb(const struct paxosnl_event *from, void *data)
{
	struct paxosnl_candidate *c = data;

	switch (from->type) {
	case PAXOS_CMD_GROUP_NTF:
		if (!strcmp(from->group.name, c->group))
			candidate_group(c, &from->group);
		break;
	case PAXOS_CMD_GROUP_DEL_NTF:
		if (strcmp(from->group.name, c->group))
			break;
		snprintf(c->text, sizeof(c->text), "the group was deleted");
		c->refused = true;
		c->rc = -ENOENT;
		break;
	case PAXOS_CMD_MEMBER_NTF:
		if (!strcmp(from->member.group, c->group))
			candidate_member_cb(&from->member, c);
		break;
	case PAXOS_CMD_LEADER_NTF:
		if (!strcmp(from->leader.group, c->group))
			candidate_leader(c, from->leader.ballot);
		break;
	default:
		break;
	}
	candidate_perform(c);
	return c->rc;
}

static void candidate_read(struct paxosnl_candidate *c, struct paxosnl *nl,
			   paxosnl_event_cb cb)
{
	const struct election_event lost = { .type = ELECTION_LOST };
	int rc = paxosnl_event_read(nl, 0, cb, c);

	if (c->rc || !rc || rc == -EINTR || rc == -EAGAIN)
		return;
	if (rc != -ENOBUFS) {
		candidate_fail(c, nl, rc);
		return;
	}
	candidate_feed(c, &lost);
	candidate_perform(c);
}

static int candidate_allocate(struct paxosnl_candidate *c, unsigned int priority)
{
	struct paxosnl_group group;
	uint64_t seed;
	size_t room;
	int rc;

	rc = paxosnl_group_get(c->events, c->group, &group);
	if (rc)
		return candidate_fail(c, c->events, rc);
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		return -errno;
	room = 2 * (size_t)group.window;
	c->reports = calloc(room, sizeof(*c->reports));
	if (!c->reports)
		return -ENOMEM;
	election_init(&c->machine, seed, priority, c->reports, room);
	return 0;
}

/**
 * paxosnl_candidate_open - stand for the lead of a group
 * @cp: the candidate is put here; if this fails, too, so that
 *   paxosnl_candidate_error() says why, or NULL if there is no memory
 * @group: the group's name
 * @priority: 1 to 10; of several candidates those with less wait longer
 *
 * Nothing happens but in paxosnl_candidate_run().
 *
 * Return: 0, -ENOENT if the module is not loaded or there is no such group, or
 * another negative errno.
 */
int paxosnl_candidate_open(struct paxosnl_candidate **cp, const char *group,
			   unsigned int priority)
{
	size_t length = strlen(group) + 1;
	struct election_outbox out;
	struct paxosnl_candidate *c;
	int rc;

	*cp = NULL;
	if (!priority || priority > ELECTION_PRIORITY_MAX)
		return -EINVAL;
	c = calloc(1, sizeof(*c) + length);
	if (!c)
		return -ENOMEM;
	memcpy(c->group, group, length);
	rc = paxosnl_open(&c->nl);
	if (!rc)
		rc = paxosnl_open(&c->events);
	if (rc) {
		paxosnl_candidate_close(c);
		return rc;
	}
	*cp = c;
	rc = paxosnl_subscribe(c->events, PAXOS_MCGRP_EVENTS);
	if (rc)
		return candidate_fail(c, c->events, rc);
	rc = candidate_allocate(c, priority);
	if (rc)
		return rc;
	election_start(&c->machine, nl_now(), &out);
	c->actions[c->end++] = out.actions[0];
	return 0;
}

/**
 * paxosnl_candidate_close - stop, and resign at once if this node leads by it
 * @c: the candidate, or NULL
 */
void paxosnl_candidate_close(struct paxosnl_candidate *c)
{
	if (!c)
		return;
	paxosnl_close(c->nl);
	paxosnl_close(c->events);
	free(c->reports);
	free(c);
}

/**
 * paxosnl_candidate_error - why the last call failed
 * @c: the candidate
 *
 * Return: a text.
 */
const char *paxosnl_candidate_error(const struct paxosnl_candidate *c)
{
	return c->text;
}

/**
 * paxosnl_candidate_refused - whether the last call failed as the kernel said no
 * @c: the candidate
 *
 * Return: true if the kernel refused.
 */
bool paxosnl_candidate_refused(const struct paxosnl_candidate *c)
{
	return c->refused;
}

/* Waits until something comes, the machine wants its timer, or the time is up. */
static int candidate_wait(struct paxosnl_candidate *c, uint64_t until)
{
	struct pollfd fds[2] = {
		{ .fd = paxosnl_fd(c->nl), .events = POLLIN },
		{ .fd = paxosnl_fd(c->events), .events = POLLIN },
	};
	uint64_t wake = election_wake(&c->machine);
	uint64_t now = nl_now();
	struct timespec wait = { 0 };

	/* Some came beside the answer to a request. */
	if (c->nl->events || c->nl->overrun || c->events->events ||
	    c->events->overrun)
		return 0;
	if (wake < until)
		until = wake;
	if (until > now) {
		wait.tv_sec = (time_t)((until - now) / 1000000);
		wait.tv_nsec = (long)((until - now) % 1000000) * 1000;
	}
	return ppoll(fds, 2, &wait, NULL) < 0 ? -errno : 0;
}

/**
 * paxosnl_candidate_run - stand, and lead while elected
 * @c: the candidate
 * @timeout: milliseconds; it is to be called again soon, for the grant is
 *   renewed from in here
 * @cb: called whenever the candidate's standing changes; what it returns ends
 *   the run if it is not 0
 * @data: passed to @cb
 *
 * Return: 0 when the time is up, -EINTR if a signal came, another negative
 * errno, or what @cb returned.
 */
int paxosnl_candidate_run(struct paxosnl_candidate *c, unsigned int timeout,
			  paxosnl_standing_cb cb, void *data)
{
	const struct election_event timer = { .type = ELECTION_TIMER };
	uint64_t until = nl_now() + (uint64_t)timeout * 1000;
	int rc = 0;

	c->cb = cb;
	c->data = data;
	c->rc = 0;
	do {
		candidate_perform(c);
		if (!c->rc)
			rc = candidate_wait(c, until);
		if (!c->rc && !rc)
			candidate_read(c, c->nl, candidate_ballot_cb);
		if (!c->rc && !rc)
			candidate_read(c, c->events, candidate_event_cb);
		if (!c->rc && nl_now() >= election_wake(&c->machine)) {
			candidate_feed(c, &timer);
			candidate_perform(c);
		}
	} while (!c->rc && !rc && nl_now() < until);
	return c->rc ? c->rc : rc;
}

/**
 * paxosnl_candidate_resign - lead no more, and stand no more
 * @c: the candidate
 *
 * The others are told, and begin at once.
 */
void paxosnl_candidate_resign(struct paxosnl_candidate *c)
{
	candidate_feed(c, &(struct election_event){ .type = ELECTION_RESIGN });
	candidate_perform(c);
}
