// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl log outcome: what became of a value of which propose could not say.
 * The log answers, read from its beginning through a table of sessions. Status 2
 * means that the value is not applied and never will be, and nothing else:
 * somebody may propose it anew upon it. Whatever keeps from an answer is 3.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "paxosctl.h"

#define CLOSE_TIMEOUT	10000u	/* milliseconds */

/* When the kernel does not take a close it is asked again after so many ms. */
#define CLOSE_RETRY	20u

/* How long what is chosen may take to arrive here. */
#define ARRIVE_TIMEOUT	1000u

/**
 * struct outcome - a value that is asked after
 * @ctl: the context
 * @group: the group's name
 * @client: the value's client
 * @sequence: its sequence
 * @sessions: what the log was read into
 * @applied: the instance where it is applied, 0 for none
 * @closed: the instance that closes its session, 0 for none
 * @skipped: an instance where it is and is not applied, 0 for none
 * @verdict: why not
 * @close: the instance where the close is chosen that was asked for, 0 for none
 * @why: why there is none, if it was asked for
 */
struct outcome {
	struct ctl *ctl;
	const char *group;
	uint64_t client;
	uint64_t sequence;
	struct paxosnl_sessions *sessions;
	uint64_t applied;
	uint64_t closed;
	uint64_t skipped;
	enum paxosnl_verdict verdict;
	uint64_t close;
	char why[1400];
};

static bool outcome_known(const struct outcome *o)
{
	return o->applied || o->closed;
}

/* An error that is no answer. */
static int outcome_fail(int rc)
{
	return rc == EXIT_REFUSED ? EXIT_UNKNOWN : rc;
}

static int outcome_entry_cb(const struct paxosnl_entry *entry, void *data)
{
	struct outcome *o = data;
	struct paxosnl_delivery delivery;
	int rc;

	rc = paxosnl_sessions_feed(o->sessions, entry, &delivery);
	if (rc) {
		fail("log of \"%s\": %s", o->group,
		     paxosnl_sessions_error(o->sessions));
		return EXIT_UNKNOWN;
	}
	if (entry->client != o->client)
		return 0;
	if (delivery.verdict == PAXOSNL_SKIP_CLOSE) {
		o->closed = delivery.instance;
	} else if (entry->sequence == o->sequence) {
		if (delivery.verdict == PAXOSNL_DELIVER) {
			o->applied = entry->instance;
		} else if (!o->skipped) {
			o->skipped = entry->instance;
			o->verdict = delivery.verdict;
		}
	}
	/* What comes behind changes nothing. */
	return outcome_known(o) ? -ECANCELED : 0;
}

/* Reads what is decided here and was not read. */
static int outcome_read(struct outcome *o)
{
	int rc;

	rc = paxosnl_entry_dump(o->ctl->nl, o->group,
				paxosnl_sessions_next(o->sessions), 0,
				outcome_entry_cb, o);
	if (rc == -ECANCELED && outcome_known(o))
		return EXIT_DONE;
	if (rc < 0)
		return outcome_fail(fail_kernel(o->ctl->nl, "log of \"%s\"",
						o->group));
	return rc;
}

static int outcome_event_cb(const struct paxosnl_event *event, void *data)
{
	(void)event;
	(void)data;
	return 0;
}

/* Reads until it is known, or the time has come. */
static int outcome_wait(struct outcome *o, uint64_t deadline)
{
	struct paxosnl *events;
	uint64_t now;
	int rc;

	rc = paxosnl_open(&events);
	if (rc)
		return fail_open(rc);
	/* First the events, then the log: so nothing falls between. */
	rc = paxosnl_subscribe(events, PAXOS_MCGRP_DECIDED);
	while (!rc) {
		rc = outcome_read(o);
		now = now_ms();
		if (rc || outcome_known(o) || now >= deadline) {
			paxosnl_close(events);
			return rc;
		}
		rc = paxosnl_event_read(events, deadline - now > 1000 ? 1000 :
					(int)(deadline - now),
					outcome_event_cb, o);
		/* Some were lost: there is something to read. */
		if (rc == -ENOBUFS || rc == -EINTR)
			rc = 0;
	}
	rc = outcome_fail(fail_kernel(events, "log of \"%s\"", o->group));
	paxosnl_close(events);
	return rc;
}

/* Asks for the close, unless it is on its way, and waits for it. */
static int outcome_enter(struct outcome *o, struct paxosnl_channel *ch,
			 bool *ours, uint64_t wait)
{
	struct paxos_channel_run run;
	struct paxos_channel_enter enter = {
		.client = o->client,
		.sequence = o->sequence,
		.n_values = !*ours,
		.kind = PAXOS_KIND_CLOSE,
		.runs = (uintptr_t)&run,
		.max_runs = 1,
		.min_done = 1,
		.timeout = wait * 1000000,
	};
	int rc = paxosnl_channel_enter(ch, &enter);

	if (rc)
		return rc;
	if (enter.n_runs)
		o->close = run.instance;
	/* Nobody knows what became of it: once more, then. */
	*ours = !enter.n_runs || run.instance;
	return 0;
}

/* Until the close is decided; it is on its way for as long as @ch is open. */
static int outcome_await_close(struct outcome *o, struct paxosnl_channel *ch,
			       uint64_t deadline)
{
	uint64_t now = now_ms();
	bool ours = false;
	int rc;

	while (!o->close && now < deadline) {
		uint64_t wait = deadline - now;

		if (wait > CLOSE_RETRY)
			wait = CLOSE_RETRY;
		rc = outcome_enter(o, ch, &ours, wait);
		switch (rc) {
		case 0:
		case -EINTR:
			break;
		case -EAGAIN:
		case -ENOMEM:
			poll(NULL, 0, (int)wait);
			break;
		case -EEXIST:
			/* Somebody else has it closed already: the log will tell. */
			return 0;
		default:
			return rc;
		}
		now = now_ms();
	}
	return 0;
}

/* Nothing of the client is to be applied any more: the leader sees to it. */
static int outcome_submit_close(struct outcome *o, uint32_t timeout)
{
	struct paxosnl_channel *ch;
	int rc = paxosnl_channel_open(o->ctl->nl, o->group, &ch);

	if (rc)
		return outcome_fail(fail_kernel(o->ctl->nl,
						"cannot close the session at \"%s\"",
						o->group));
	rc = outcome_await_close(o, ch, now_ms() + timeout);
	if (rc) {
		fail("cannot close the session at \"%s\": %s", o->group,
		     paxosnl_channel_error(ch));
		rc = EXIT_UNKNOWN;
	} else if (!o->close) {
		snprintf(o->why, sizeof(o->why),
			 "its session could not be closed: not decided here within %u ms",
			 timeout);
	}
	paxosnl_channel_close(ch);
	return rc;
}

/* The same where nobody leads: by Basic Paxos. */
static int outcome_close(struct outcome *o, uint32_t timeout)
{
	struct paxosnl_outcome closed = { .instance = 0 };
	struct paxosnl_proposer *proposer;
	int rc;

	rc = paxosnl_proposer_open(&proposer, o->group);
	if (rc)
		return fail_open(rc);
	rc = paxosnl_propose_close(proposer, o->client, o->sequence, timeout,
				   &closed);
	if (rc) {
		fail("cannot close the session at \"%s\": %s", o->group,
		     paxosnl_proposer_error(proposer));
		rc = paxosnl_proposer_refused(proposer) ? EXIT_UNKNOWN :
							  EXIT_USAGE;
	} else if (closed.result == PAXOSNL_CHOSEN) {
		o->close = closed.instance;
	} else {
		snprintf(o->why, sizeof(o->why),
			 "its session could not be closed: %s",
			 closed.why ? closed.why : "");
	}
	paxosnl_proposer_close(proposer);
	return rc;
}

static void outcome_print(struct outcome *o, const char *outcome)
{
	struct print *p = &o->ctl->print;

	if (!p->json && !o->applied)
		return;
	print_begin(p);
	if (p->json) {
		print_string(p, "outcome", NULL, outcome);
		print_hex64(p, "client", NULL, o->client);
		print_number(p, "sequence", NULL, o->sequence);
	}
	if (o->applied)
		print_number(p, "instance", "instance", o->applied);
	if (p->json) {
		if (o->closed)
			print_number(p, "closed", NULL, o->closed);
		if (o->skipped) {
			print_number(p, "skipped", NULL, o->skipped);
			print_string(p, "verdict", NULL,
				     paxosnl_verdict_name(o->verdict));
		}
		print_number(p, "read", NULL,
			     paxosnl_sessions_next(o->sessions) - 1);
		if (!outcome_known(o) && o->why[0])
			print_string(p, "why", NULL, o->why);
	}
	print_end(p);
}

static int outcome_result(struct outcome *o)
{
	char what[80] = "is not in the log", name[64];

	if (o->applied) {
		outcome_print(o, "applied");
		return EXIT_DONE;
	}
	snprintf(name, sizeof(name), "client %016" PRIx64 " sequence %" PRIu64,
		 o->client, o->sequence);
	if (o->skipped)
		snprintf(what, sizeof(what),
			 "is at instance %" PRIu64 " and is skipped there (%s)",
			 o->skipped, paxosnl_verdict_name(o->verdict));
	if (o->closed) {
		outcome_print(o, "closed");
		fail("%s %s, and never will be applied: instance %" PRIu64 " closed its session",
		     name, what, o->closed);
		return EXIT_REFUSED;
	}
	if (o->close)
		snprintf(o->why, sizeof(o->why),
			 "instance %" PRIu64 " closes its session, and is not here yet",
			 o->close);
	outcome_print(o, "unknown");
	fail("%s %s up to instance %" PRIu64 ", it may still be chosen%s%s",
	     name, what, paxosnl_sessions_next(o->sessions) - 1,
	     o->why[0] ? "; " : "", o->why);
	return EXIT_UNKNOWN;
}

static int outcome_run(struct outcome *o, bool close, uint32_t timeout)
{
	uint64_t deadline = now_ms() + timeout, arrive;
	int rc;

	if (close) {
		/* It may be known, and then there is nothing to close. */
		rc = outcome_read(o);
		if (!rc && !outcome_known(o))
			rc = leader_of(o->ctl, o->group) ?
			     outcome_submit_close(o, timeout) :
			     outcome_close(o, timeout);
		if (rc)
			return rc;
		arrive = now_ms() + ARRIVE_TIMEOUT;
		if (o->close && arrive > deadline)
			deadline = arrive;
	}
	if (!outcome_known(o)) {
		rc = outcome_wait(o, deadline);
		if (rc)
			return rc;
	}
	return outcome_result(o);
}

int log_outcome(struct ctl *ctl, int argc, char **argv)
{
	struct outcome o = { .ctl = ctl };
	uint32_t timeout = 0;
	bool close = false;
	struct arg args[] = {
		{ "client", ARG_HEX64, &o.client, true },
		{ "sequence", ARG_U64, &o.sequence, true, 1, UINT64_MAX },
		{ "close", ARG_FLAG, &close },
		{ "timeout", ARG_U32, &timeout, false, 1, UINT32_MAX },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &o.group, args, ARRAY_SIZE(args));
	if (rc)
		return outcome_fail(rc);
	if (close && !args[3].seen)
		timeout = CLOSE_TIMEOUT;
	if (paxosnl_sessions_open(&o.sessions, 1))
		return fail("out of memory");
	print_list_begin(&ctl->print);
	rc = outcome_run(&o, close, timeout);
	print_list_end(&ctl->print);
	paxosnl_sessions_close(o.sessions);
	return ctl_flush(ctl, rc);
}
