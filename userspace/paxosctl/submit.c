// SPDX-License-Identifier: GPL-2.0
/*
 * Values through the leader: many on their way at once, as one session, and each
 * printed when it is applied, in the order in which they were made.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "paxosctl.h"

/* On their way at once, at most; the kernel says when that is too many. */
#define SUBMIT_WINDOW	1024u

/* Values of one request: together they must fit into it. */
#define SUBMIT_BATCH	64u

/* When the kernel takes no more it is asked again after so long, or a completion. */
#define SUBMIT_PAUSE	2

struct value {
	char *bytes;
	size_t length;
	uint64_t line;
	uint64_t deadline;
};

/**
 * struct submit - values on their way
 * @ctl: the context
 * @group: the group's name
 * @timeout: milliseconds for each value, from when it was read
 * @lines: values are lines of standard input
 * @nl: the handle
 * @session: which values to submit
 * @client: whose they are
 * @values: those that are not applied, by sequence modulo the window
 * @input: what was read and is not yet a value
 * @used: how much
 * @line: lines so far
 * @ended: there is no more input
 * @heard: something became of values since it was looked what is due
 * @full: the kernel takes no more just now
 * @rc: what ends the run
 */
struct submit {
	struct ctl *ctl;
	const char *group;
	uint32_t timeout;
	bool lines;
	struct paxosnl *nl;
	struct paxosnl_submitter *session;
	uint64_t client;
	struct value values[SUBMIT_WINDOW];
	char *input;
	size_t used;
	uint64_t line;
	bool ended;
	bool heard;
	bool full;
	int rc;
};

static uint64_t submit_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct value *submit_value(struct submit *s, uint64_t sequence)
{
	return &s->values[sequence % SUBMIT_WINDOW];
}

static uint64_t submit_open(const struct submit *s)
{
	return paxosnl_submitter_added(s->session) -
	       paxosnl_submitter_applied(s->session);
}

/* One value more; there is room for it. */
static int submit_add(struct submit *s, const char *bytes, size_t length)
{
	struct value *value;
	uint64_t sequence;
	char *copy;

	copy = malloc(length ? length : 1);
	if (!copy)
		return fail("out of memory");
	memcpy(copy, bytes, length);
	if (paxosnl_submitter_add(s->session, &sequence)) {
		free(copy);
		return fail("line %" PRIu64 ": the session was closed", s->line);
	}
	value = submit_value(s, sequence);
	value->bytes = copy;
	value->length = length;
	value->line = s->line;
	value->deadline = submit_now() + s->timeout;
	return EXIT_DONE;
}

static int submit_line(struct submit *s, const char *line, size_t length)
{
	s->line++;
	if (length > PAXOS_VALUE_MAX)
		return fail("line %" PRIu64 ": the value is too long, %d bytes are the most",
			    s->line, PAXOS_VALUE_MAX);
	return submit_add(s, line, length);
}

/* Lines that are there, as far as the window has room. */
static int submit_lines(struct submit *s)
{
	size_t at = 0;
	int rc = EXIT_DONE;

	while (!rc && submit_open(s) < SUBMIT_WINDOW && at < s->used) {
		char *end = memchr(s->input + at, '\n', s->used - at);
		size_t length = end ? (size_t)(end - (s->input + at)) :
				      s->used - at;

		/* The last one may come without an end. */
		if (!end && !s->ended && length <= PAXOS_VALUE_MAX)
			break;
		rc = submit_line(s, s->input + at, length);
		at += length + (end ? 1 : 0);
	}
	memmove(s->input, s->input + at, s->used - at);
	s->used -= at;
	return rc;
}

#define SUBMIT_INPUT	(2 * (PAXOS_VALUE_MAX + 1))

static int submit_read(struct submit *s)
{
	ssize_t length = read(STDIN_FILENO, s->input + s->used,
			      SUBMIT_INPUT - s->used);

	if (length < 0 && errno != EINTR && errno != EAGAIN)
		return fail("cannot read standard input: %s", strerror(errno));
	if (!length)
		s->ended = true;
	if (length > 0)
		s->used += (size_t)length;
	return submit_lines(s);
}

/* What is due, some at a time, until nothing is or the kernel takes no more. */
static int submit_due(struct submit *s)
{
	while (!s->full) {
		struct iovec values[SUBMIT_BATCH];
		uint64_t first = 0, sequence = 0;
		size_t bytes = 0, count = 0;
		int rc;

		while (count < SUBMIT_BATCH) {
			struct value *value;

			sequence = paxosnl_submitter_next(s->session);
			if (!sequence)
				break;
			value = submit_value(s, sequence);
			if (!count)
				first = sequence;
			if (sequence != first + count ||
			    (count && bytes + value->length + 8 > PAXOS_VALUE_MAX)) {
				paxosnl_submitter_returned(s->session, sequence);
				break;
			}
			values[count].iov_base = value->bytes;
			values[count++].iov_len = value->length;
			bytes += value->length + 8;
		}
		if (!count)
			return EXIT_DONE;
		rc = paxosnl_submit(s->nl, s->group, s->client, first, values,
				    count, NULL);
		if (!rc)
			continue;
		while (count--)
			paxosnl_submitter_returned(s->session, first + count);
		if (rc != -EAGAIN && rc != -ENOBUFS && rc != -ENOMEM)
			return fail_kernel(s->nl, "cannot submit to \"%s\"",
					   s->group);
		s->full = true;
	}
	return EXIT_DONE;
}

static void submit_print(struct submit *s, const char *outcome,
			 uint64_t sequence, uint64_t instance)
{
	struct print *p = &s->ctl->print;

	print_begin(p);
	if (p->json) {
		print_string(p, "outcome", NULL, outcome);
		if (s->lines)
			print_number(p, "line", NULL,
				     submit_value(s, sequence)->line);
	}
	if (instance)
		print_number(p, "instance", "instance", instance);
	if (p->json) {
		print_hex64(p, "client", NULL, s->client);
		print_number(p, "sequence", NULL, sequence);
	}
	print_end(p);
}

static void submit_applied(struct submit *s, uint64_t sequence,
			   uint64_t instance)
{
	struct value *value = submit_value(s, sequence);

	submit_print(s, "chosen", sequence, instance);
	free(value->bytes);
	value->bytes = NULL;
}

static void submit_run_done(struct submit *s, const struct paxosnl_run *run)
{
	struct paxosnl_delivery delivery;
	uint32_t i;

	for (i = 0; i < run->count; i++) {
		uint64_t sequence = run->sequence + i;

		/* Not known: under its number it may be submitted again. */
		if (!run->instance) {
			paxosnl_submitter_returned(s->session, sequence);
			continue;
		}
		if (paxosnl_submitter_completed(s->session, PAXOS_KIND_VALUE,
						sequence, run->instance + i,
						&delivery))
			continue;
		if (delivery.verdict == PAXOSNL_DELIVER)
			submit_applied(s, sequence, run->instance + i);
	}
}

static int submit_event_cb(const struct paxosnl_event *event, void *data)
{
	struct submit *s = data;
	size_t i;

	if (event->type != PAXOS_CMD_SUBMITTED_NTF ||
	    event->submitted.client != s->client)
		return 0;
	s->full = false;
	s->heard = true;
	for (i = 0; i < event->submitted.count; i++)
		submit_run_done(s, &event->submitted.runs[i]);
	return 0;
}

/* The oldest of those that are not applied, out of time. */
static int submit_late(struct submit *s)
{
	uint64_t sequence = paxosnl_submitter_applied(s->session) + 1;
	char where[32] = "";
	char who[64];

	if (s->lines)
		snprintf(where, sizeof(where), "line %" PRIu64 ": ",
			 submit_value(s, sequence)->line);
	if (s->ctl->print.json)
		submit_print(s, "unknown", sequence, 0);
	snprintf(who, sizeof(who), "client %016" PRIx64 " sequence %" PRIu64, s->client, sequence);
	fail("%soutcome unknown: not decided here within %u ms; it may still be chosen, as %s",
	     where, s->timeout, who);
	return EXIT_UNKNOWN;
}

/* Milliseconds until the oldest is late, or the kernel is asked once more. */
static int submit_patience(struct submit *s)
{
	uint64_t now = submit_now(), at;

	if (!submit_open(s))
		return 1000;
	at = submit_value(s, paxosnl_submitter_applied(s->session) + 1)->deadline;
	if (at <= now)
		return 0;
	at -= now;
	if (s->full && at > SUBMIT_PAUSE)
		return SUBMIT_PAUSE;
	return at > 1000 ? 1000 : (int)at;
}

static int submit_wait(struct submit *s)
{
	bool wants = !s->ended && submit_open(s) < SUBMIT_WINDOW &&
		     s->used < SUBMIT_INPUT;
	struct pollfd fds[2] = {
		{ .fd = paxosnl_fd(s->nl), .events = POLLIN },
		{ .fd = wants ? STDIN_FILENO : -1, .events = POLLIN },
	};
	int rc;

	if (poll(fds, 2, submit_patience(s)) < 0 && errno != EINTR)
		return fail("poll: %s", strerror(errno));
	if (s->full)
		s->full = false;
	rc = fds[1].revents ? submit_read(s) : EXIT_DONE;
	return rc;
}

static int submit_events(struct submit *s)
{
	int rc = paxosnl_event_read(s->nl, 0, submit_event_cb, s);

	/* Completions were lost: what is not applied may be submitted again. */
	if (rc == -ENOBUFS) {
		paxosnl_submitter_again(s->session);
		s->heard = true;
	}
	if (rc && rc != -ENOBUFS && rc != -EINTR)
		return fail_kernel(s->nl, "cannot hear what became of it");
	return ctl_flush(s->ctl, EXIT_DONE);
}

static int submit_loop(struct submit *s)
{
	int rc;

	for (;;) {
		s->heard = false;
		rc = submit_lines(s);
		if (!rc)
			rc = submit_due(s);
		/* Some came beside the answers, and more may be due now. */
		if (!rc)
			rc = submit_events(s);
		if (rc)
			return rc;
		if (s->heard)
			continue;
		if (!submit_open(s)) {
			if (s->ended && !s->used)
				return EXIT_DONE;
		} else if (submit_value(s, paxosnl_submitter_applied(s->session) +
					1)->deadline <= submit_now()) {
			return submit_late(s);
		}
		rc = submit_wait(s);
		if (rc)
			return rc;
	}
}

static int submit_begin(struct submit *s)
{
	int rc = paxosnl_open(&s->nl);

	if (rc)
		return fail_open(rc);
	if (paxosnl_submitter_open(&s->session, SUBMIT_WINDOW))
		return fail("out of memory");
	do {
		if (getrandom(&s->client, sizeof(s->client), 0) < 0)
			return fail("no randomness: %s", strerror(errno));
	} while (!s->client);
	return EXIT_DONE;
}

static void submit_end(struct submit *s)
{
	unsigned int i;

	for (i = 0; i < SUBMIT_WINDOW; i++)
		free(s->values[i].bytes);
	paxosnl_submitter_close(s->session);
	if (s->nl)
		paxosnl_close(s->nl);
	free(s->input);
	free(s);
}

/*
 * Has values put into the log by whoever leads: one, or each line of standard
 * input if there is none. Returns an exit code.
 */
int submit_values(struct ctl *ctl, const char *group, uint32_t timeout,
		  const char *value, size_t length)
{
	struct submit *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return fail("out of memory");
	s->ctl = ctl;
	s->group = group;
	s->timeout = timeout;
	s->lines = !value;
	s->ended = value;
	s->input = malloc(SUBMIT_INPUT);
	rc = s->input ? submit_begin(s) : fail("out of memory");
	if (!rc && value)
		rc = submit_add(s, value, length);
	if (!rc)
		rc = submit_loop(s);
	submit_end(s);
	return rc;
}
