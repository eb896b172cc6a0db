// SPDX-License-Identifier: GPL-2.0
/*
 * Proposing: the state machine of proposer.c, driven by a netlink socket and a
 * clock.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "nl.h"
#include "proposer.h"

struct paxosnl_proposer {
	struct paxosnl *nl;
	struct proposer machine;
	struct proposer_outbox out;
	uint64_t client;	/* of the session, 0 for none yet */
	uint64_t sequence;	/* the last that it has in the log */
	const void *value;	/* while it is proposed */
	size_t length;
	int error;		/* of the last action that failed */
	bool yields;
	bool refused;
	char text[1024];
	char why[1280];
	char group[];
};

/* Something is in the way just now, and nothing is wrong. */
static bool propose_transient(int error)
{
	switch (-error) {
	case EAGAIN:
	case EBUSY:
	case EINTR:
	case ENOBUFS:
	case ENOMEM:
	case ESTALE:
		return true;
	default:
		return false;
	}
}

static bool propose_hopeless(const struct proposer *machine,
			     enum proposer_action_type type, int error)
{
	switch (type) {
	case PROPOSER_GET:
		/* No such group, or a node that may not propose. */
		return !propose_transient(error);
	case PROPOSER_PREPARE:
		/*
		 * The instance is trimmed, or above the window. A new ballot
		 * is at another instance, but for one that was asked for and
		 * one where the value may be already.
		 */
		return (error == -ERANGE && (machine->pinned || machine->open)) ||
		       (error == -ENOBUFS && machine->pinned);
	default:
		/* The log is full. */
		return error == -ENOSPC;
	}
}

static enum proposer_event_type
propose_failed(struct paxosnl_proposer *p, enum proposer_action_type type,
	       int error)
{
	p->error = error;
	p->refused = paxosnl_refused(p->nl);
	snprintf(p->text, sizeof(p->text), "%s", paxosnl_error(p->nl));
	if (!p->refused)
		return PROPOSER_DOUBTFUL;
	return propose_hopeless(&p->machine, type, error) ?
	       PROPOSER_FAILED_FOR_GOOD : PROPOSER_FAILED;
}

static int propose_accept(struct paxosnl_proposer *p,
			  const struct proposer_action *action)
{
	struct paxosnl_proposal proposal = {
		.client = action->value.client,
		.sequence = action->value.sequence,
		.kind = action->value.kind,
		.digest = action->value.digest,
	};

	if (action->type == PROPOSER_ACCEPT) {
		proposal.value = p->value;
		proposal.length = p->length;
	}
	return paxosnl_ballot_accept(p->nl, p->group, action->ballot,
				     action->instance, &proposal);
}

/* Does what the outbox says, and what follows from it, until nothing does. */
static void propose_perform(struct paxosnl_proposer *p)
{
	unsigned int i;

	do {
		struct proposer_event event = { .type = 0 };
		struct proposer_outbox out = p->out;
		int rc = 0;

		p->out.count = 0;
		for (i = 0; i < out.count; i++) {
			const struct proposer_action *action = &out.actions[i];

			switch (action->type) {
			case PROPOSER_DROP:
				/* If it fails the ballot was gone before. */
				paxosnl_ballot_del(p->nl, p->group,
						   action->ballot);
				break;
			case PROPOSER_GET:
				rc = paxosnl_ballot_get(p->nl, p->group,
							action->ballot,
							&event.ballot);
				if (!rc)
					event.type = PROPOSER_BALLOT;
				break;
			case PROPOSER_PREPARE:
				rc = paxosnl_ballot_prepare(p->nl, p->group,
							    action->ballot,
							    action->instance,
							    true);
				break;
			case PROPOSER_ACCEPT:
			case PROPOSER_ADOPT:
				rc = propose_accept(p, action);
				break;
			case PROPOSER_DONE:
				break;
			}
			if (rc)
				event.type = propose_failed(p, action->type,
							    rc);
		}
		if (event.type)
			proposer_step(&p->machine, nl_now(), &event,
				      &p->out);
	} while (p->out.count);
}

static int propose_event_cb(const struct paxosnl_event *from, void *data)
{
	struct paxosnl_proposer *p = data;
	struct proposer_event event;

	switch (from->type) {
	case PAXOS_CMD_PROMISE_NTF:
		event.type = PROPOSER_PROMISE;
		event.promise = from->promise;
		break;
	case PAXOS_CMD_REFUSED_NTF:
		event.type = PROPOSER_REFUSED;
		event.refused = from->refused;
		break;
	case PAXOS_CMD_CHOSEN_NTF:
		event.type = PROPOSER_CHOSEN;
		event.chosen = from->chosen;
		break;
	default:
		return 0;
	}
	proposer_step(&p->machine, nl_now(), &event, &p->out);
	propose_perform(p);
	return 0;
}

/* Milliseconds until a time, rounded up: a timer is never early. */
static int propose_until(uint64_t when)
{
	uint64_t now = nl_now();

	if (when <= now)
		return 0;
	when = (when - now + 999) / 1000;
	return when > 60000 ? 60000 : (int)when;
}

static const char *propose_why(struct paxosnl_proposer *p,
			       unsigned int timeout)
{
	const struct proposer *m = &p->machine;
	char more[1100] = "";

	if (m->refusal)
		snprintf(more, sizeof(more), "; node %u refused: %s",
			 m->refuser, paxosnl_refusal_name(m->refusal));
	else if (p->error)
		snprintf(more, sizeof(more), "; %s", p->text);

	switch (m->why) {
	case PROPOSER_WHY_ALARM:
		return "alarm: voters report two values for one instance";
	case PROPOSER_WHY_FAILED:
		return p->text;
	case PROPOSER_WHY_LED:
		return "somebody leads by now";
	case PROPOSER_WHY_TRIMMED:
		snprintf(p->why, sizeof(p->why),
			 "the instance is trimmed at node %u", m->refuser);
		break;
	case PROPOSER_WHY_DEADLINE:
	default:
		if (m->outcome.result == PAXOSNL_UNKNOWN)
			snprintf(p->why, sizeof(p->why),
				 "votes were asked for, and a quorum did not answer within %u ms%s",
				 timeout, more);
		else if (m->losses && !m->refusal &&
			 m->answered >= m->ballot.quorum_1)
			snprintf(p->why, sizeof(p->why),
				 "other proposers were faster for %u ms%s",
				 timeout, more);
		else
			snprintf(p->why, sizeof(p->why),
				 "no quorum promised within %u ms: %u of %u voters answered, %u are needed%s",
				 timeout, m->answered, m->ballot.voters,
				 m->ballot.quorum_1, more);
		break;
	}
	return p->why;
}

static int propose_length(struct paxosnl_proposer *p, size_t length)
{
	if (length <= PAXOS_VALUE_MAX)
		return 0;
	snprintf(p->text, sizeof(p->text),
		 "the value has %zu bytes, %d are the most", length,
		 PAXOS_VALUE_MAX);
	return -EMSGSIZE;
}

/* A session is a client with a random id. */
static int propose_session(struct paxosnl_proposer *p)
{
	p->sequence = 0;
	do {
		if (getrandom(&p->client, sizeof(p->client), 0) < 0) {
			int error = errno;

			snprintf(p->text, sizeof(p->text), "no randomness: %s",
				 strerror(error));
			return -error;
		}
	} while (!p->client);
	return 0;
}

static void propose_reset(struct paxosnl_proposer *p)
{
	p->error = 0;
	p->refused = false;
	p->text[0] = '\0';
}

/* Does somebody lead, as far as this node knows? */
static bool propose_is_led(struct paxosnl_proposer *p)
{
	struct paxosnl_leader leader;

	return !paxosnl_leader_get(p->nl, p->group, &leader) && leader.node;
}

/* Until something happens, but not beyond when it is looked who leads. */
static uint64_t propose_wake(const struct paxosnl_proposer *p, uint64_t look)
{
	uint64_t wake = proposer_wake(&p->machine);

	return p->yields && look < wake ? look : wake;
}

static void propose_look(struct paxosnl_proposer *p, uint64_t *look)
{
	const struct proposer_event led = { .type = PROPOSER_LED };

	if (!p->yields || nl_now() < *look || p->machine.phase == PROPOSER_IDLE)
		return;
	if (propose_is_led(p)) {
		proposer_step(&p->machine, nl_now(), &led, &p->out);
		propose_perform(p);
	}
	*look = nl_now() + PROPOSER_LOOK_AGAIN;
}

/* What was begun, until its outcome is known or the time is up. */
static int propose_finish(struct paxosnl_proposer *p, unsigned int timeout,
			  struct paxosnl_outcome *outcome)
{
	const struct proposer_event timer = { .type = PROPOSER_TIMER };
	const struct proposer_event lost = { .type = PROPOSER_LOST };
	uint64_t look = nl_now() + PROPOSER_LOOK_AGAIN;
	int rc;

	propose_perform(p);
	while (p->machine.phase != PROPOSER_IDLE) {
		rc = paxosnl_event_read(p->nl,
					propose_until(propose_wake(p, look)),
					propose_event_cb, p);
		if (rc < 0 && rc != -EINTR) {
			proposer_step(&p->machine, nl_now(), &lost,
				      &p->out);
			propose_perform(p);
		}
		proposer_step(&p->machine, nl_now(), &timer, &p->out);
		propose_perform(p);
		propose_look(p, &look);
	}
	p->value = NULL;
	*outcome = p->machine.outcome;
	outcome->led = p->machine.why == PROPOSER_WHY_LED;
	if (outcome->result == PAXOSNL_NOT_PROPOSED &&
	    p->machine.why == PROPOSER_WHY_FAILED)
		return p->error;
	if (outcome->result == PAXOSNL_NOT_PROPOSED ||
	    outcome->result == PAXOSNL_UNKNOWN)
		outcome->why = propose_why(p, timeout);
	return 0;
}

/**
 * paxosnl_proposer_open - open a proposer for a group
 * @pp: the proposer is put here, or NULL
 * @group: the group's name
 *
 * The proposer has a socket of its own: the kernel drops its ballots when it is
 * closed.
 *
 * Return: 0, -ENOENT if the module is not loaded, or another negative errno.
 */
int paxosnl_proposer_open(struct paxosnl_proposer **pp, const char *group)
{
	struct paxosnl_proposer *p;
	size_t length = strlen(group) + 1;
	uint64_t seed;
	int rc;

	*pp = NULL;
	p = calloc(1, sizeof(*p) + length);
	if (!p)
		return -ENOMEM;
	memcpy(p->group, group, length);
	rc = paxosnl_open(&p->nl);
	if (rc)
		goto fail;
	if (getrandom(&seed, sizeof(seed), 0) < 0) {
		rc = -errno;
		goto fail;
	}
	proposer_init(&p->machine, seed);
	*pp = p;
	return 0;
fail:
	paxosnl_proposer_close(p);
	return rc;
}

/**
 * paxosnl_proposer_close - close a proposer
 * @p: the proposer, or NULL
 */
void paxosnl_proposer_close(struct paxosnl_proposer *p)
{
	if (!p)
		return;
	paxosnl_close(p->nl);
	free(p);
}

/**
 * paxosnl_proposer_error - why the last call failed
 * @p: the proposer
 *
 * Return: a text.
 */
const char *paxosnl_proposer_error(const struct paxosnl_proposer *p)
{
	return p->text;
}

/**
 * paxosnl_proposer_refused - whether the last call failed as the kernel said no
 * @p: the proposer
 *
 * Return: true if the kernel refused.
 */
bool paxosnl_proposer_refused(const struct paxosnl_proposer *p)
{
	return p->refused;
}

/**
 * paxosnl_proposer_yield - leave it to who leads, as soon as somebody does
 * @p: the proposer
 * @yields: whether it should
 *
 * A value is given up then, with @led in its outcome. Who goes on with it submits
 * it under the very client and sequence that the outcome names: it may be chosen
 * nevertheless, and what is in the log twice is applied once.
 */
void paxosnl_proposer_yield(struct paxosnl_proposer *p, bool yields)
{
	p->yields = yields;
}

/**
 * paxosnl_propose - have a value chosen, by Basic Paxos
 * @p: the proposer
 * @value: the bytes; NULL if there are none
 * @length: how many, at most PAXOS_VALUE_MAX
 * @instance: the only instance where the value may go, 0 for the first free one
 * @timeout: milliseconds, after which it gives up
 * @outcome: what became of the value, if 0 is returned
 *
 * One call puts the value into the log once at most. Who calls again with the
 * same bytes after PAXOSNL_UNKNOWN may find them there twice, and delivered
 * twice: paxosnl_propose_again() is for that.
 *
 * What a proposer has chosen is one session, its sequences from 1 on in the
 * order of the calls, so that delivery skips none (see paxosnl_sessions_feed()).
 * A value that is nowhere leaves its sequence to the next one. A new session
 * begins, with a random client, where the next value would wait for one whose
 * outcome is unknown; and a value for a certain instance is a session by itself,
 * since others may come to lie before it.
 *
 * Return: 0, or a negative errno if the value was not proposed at all, because
 * the kernel refused (no such group, a node that may not propose) or because
 * the value is too long.
 */
int paxosnl_propose(struct paxosnl_proposer *p, const void *value,
		    size_t length, uint64_t instance, unsigned int timeout,
		    struct paxosnl_outcome *outcome)
{
	uint64_t now = nl_now();
	int rc;

	propose_reset(p);
	rc = propose_length(p, length);
	if (!rc && (instance || !p->client))
		rc = propose_session(p);
	if (rc)
		return rc;
	p->value = value ? value : "";
	p->length = length;
	proposer_start(&p->machine, now, p->client, p->sequence + 1, instance,
		       now + (uint64_t)timeout * 1000, &p->out);
	rc = propose_finish(p, timeout, outcome);
	if (!rc && outcome->result == PAXOSNL_CHOSEN)
		p->sequence++;
	/* What is given up may be submitted under its number. */
	if (instance ||
	    (!rc && (outcome->result == PAXOSNL_UNKNOWN || outcome->led)))
		p->client = 0;
	return rc;
}

/**
 * paxosnl_propose_again - propose a value whose outcome is unknown once more
 * @p: a proposer, also one of another process or node
 * @client: the client, as the outcome named it
 * @sequence: its sequence
 * @value: the same bytes; NULL if there are none
 * @length: how many
 * @timeout: milliseconds, after which it gives up
 * @outcome: what became of it this time, if 0 is returned
 *
 * The log may hold it twice then, and delivery skips the second. That it is
 * chosen does not mean that it is applied, since its session may be closed: see
 * paxosnl_sessions_feed().
 *
 * Return: as paxosnl_propose().
 */
int paxosnl_propose_again(struct paxosnl_proposer *p, uint64_t client,
			  uint64_t sequence, const void *value, size_t length,
			  unsigned int timeout, struct paxosnl_outcome *outcome)
{
	uint64_t now = nl_now();
	int rc;

	propose_reset(p);
	rc = propose_length(p, length);
	if (rc)
		return rc;
	p->value = value ? value : "";
	p->length = length;
	proposer_start(&p->machine, now, client, sequence, 0,
		       now + (uint64_t)timeout * 1000, &p->out);
	return propose_finish(p, timeout, outcome);
}

/**
 * paxosnl_propose_close - close a session
 * @p: a proposer, also one of another process or node
 * @client: whose session
 * @sequence: one of the client's; those in doubt ask for one alike
 * @timeout: milliseconds, after which it gives up
 * @outcome: what became of it, if 0 is returned
 *
 * Behind the entry that comes of it nothing of that client is applied any more.
 * So who reads the log up to there knows for good what was, and what never will
 * be.
 *
 * Return: as paxosnl_propose().
 */
int paxosnl_propose_close(struct paxosnl_proposer *p, uint64_t client,
			  uint64_t sequence, unsigned int timeout,
			  struct paxosnl_outcome *outcome)
{
	uint64_t now = nl_now();

	propose_reset(p);
	p->value = "";
	p->length = 0;
	proposer_start_close(&p->machine, now, client, sequence,
			     now + (uint64_t)timeout * 1000, &p->out);
	return propose_finish(p, timeout, outcome);
}
