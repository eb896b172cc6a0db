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
#include <unistd.h>

#include "paxosctl.h"

/* On their way at once, at most; the kernel says when that is too many. */
#define SUBMIT_WINDOW	1024u

/* Values of one call, at most. */
#define SUBMIT_BATCH	256u

/* Runs of completions that one call reads. */
#define SUBMIT_RUNS	64u

/* When the kernel takes no more it is asked again after so long, or a completion. */
#define SUBMIT_PAUSE	2

/**
 * struct value - one that is not applied
 * @bytes: it
 * @length: of it
 * @line: where it came from
 * @deadline: when its time is up
 * @sent: the kernel took it, or may have taken it
 * @twice: so it did once more: it may be in the log more than once
 */
struct value {
	char *bytes;
	size_t length;
	uint64_t line;
	uint64_t deadline;
	bool sent;
	bool twice;
};

/**
 * struct submit - values on their way
 * @ctl: the context
 * @group: the group's name
 * @timeout: milliseconds for each value, from when it was read
 * @lines: values are lines of standard input
 * @channel: by which they go, and are told to be done
 * @session: which values to submit
 * @client: whose they are
 * @values: those that are not applied, by sequence modulo the window
 * @seen: nothing that is not applied is at or below this instance
 * @taken: the last sequence that the kernel took, or may have taken
 * @batch: so many values in a call: what is refused is tried in halves
 * @input: what was read and is not yet a value
 * @used: how much
 * @line: lines so far
 * @ended: there is no more input
 * @heard: something became of values since it was looked what is due
 * @full: the kernel takes no more just now
 * @look: only the log says what became of values
 * @over: nothing more will be heard of what it took
 * @why: it took no more the last time
 * @rc: what went wrong: nothing more is submitted, and what was is waited for
 */
struct submit {
	struct ctl *ctl;
	const char *group;
	uint32_t timeout;
	bool lines;
	struct paxosnl_channel *channel;
	struct paxosnl_submitter *session;
	uint64_t client;
	struct value values[SUBMIT_WINDOW];
	uint64_t seen;
	uint64_t taken;
	size_t batch;
	char *input;
	size_t used;
	uint64_t line;
	bool ended;
	bool heard;
	bool full;
	bool look;
	bool over;
	char why[256];
	int rc;
};

static struct value *submit_value(struct submit *s, uint64_t sequence)
{
	return &s->values[sequence % SUBMIT_WINDOW];
}

static uint64_t submit_open(const struct submit *s)
{
	return paxosnl_submitter_added(s->session) -
	       paxosnl_submitter_applied(s->session);
}

static bool submit_in_doubt(const struct submit *s)
{
	return s->taken > paxosnl_submitter_applied(s->session);
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
	value->deadline = now_ms() + s->timeout;
	value->sent = false;
	value->twice = false;
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

/* The lines before are not to blame: what becomes of them is told. */
static void submit_end_input(struct submit *s, int rc)
{
	s->rc = rc;
	s->ended = true;
	s->used = 0;
}

/* Lines that are there, as far as the window has room. */
static void submit_lines(struct submit *s)
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
	if (rc)
		submit_end_input(s, rc);
}

#define SUBMIT_INPUT	(2 * (PAXOS_VALUE_MAX + 1))

static void submit_read(struct submit *s)
{
	ssize_t length = read(STDIN_FILENO, s->input + s->used,
			      SUBMIT_INPUT - s->used);

	if (length < 0 && errno != EINTR && errno != EAGAIN)
		submit_end_input(s, fail("cannot read standard input: %s",
					 strerror(errno)));
	if (!length)
		s->ended = true;
	if (length > 0)
		s->used += (size_t)length;
	submit_lines(s);
}

/* Values that follow one another and are due. */
static uint32_t submit_gather(struct submit *s,
			      struct paxos_channel_value *values,
			      uint64_t *first)
{
	uint32_t count = 0;

	while (count < s->batch) {
		uint64_t sequence = paxosnl_submitter_next(s->session);
		struct value *value = submit_value(s, sequence);

		if (!sequence)
			break;
		if (!count)
			*first = sequence;
		if (sequence != *first + count) {
			paxosnl_submitter_returned(s->session, sequence);
			break;
		}
		values[count++] = (struct paxos_channel_value) {
			.addr = (uintptr_t)value->bytes,
			.length = (uint32_t)value->length,
		};
	}
	return count;
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

/* An entry of this client is in the log. */
static void submit_entry(struct submit *s, uint32_t kind, uint64_t sequence,
			 uint64_t instance)
{
	struct paxosnl_delivery delivery;
	struct value *value;

	if (paxosnl_submitter_completed(s->session, kind, sequence, instance,
					&delivery) ||
	    delivery.verdict != PAXOSNL_DELIVER)
		return;
	s->seen = instance;
	submit_print(s, "chosen", sequence, instance);
	value = submit_value(s, sequence);
	free(value->bytes);
	value->bytes = NULL;
}

static void submit_run_done(struct submit *s,
			    const struct paxos_channel_run *run)
{
	uint32_t i;

	for (i = 0; i < run->count && !s->look; i++) {
		uint64_t sequence = run->sequence + i;

		/* Not known: under its number it may be submitted again. */
		if (!run->instance)
			paxosnl_submitter_returned(s->session, sequence);
		/* This may be its second place, and it is applied at its first. */
		else if (sequence > paxosnl_submitter_applied(s->session) &&
			 submit_value(s, sequence)->twice)
			s->look = true;
		else
			submit_entry(s, PAXOS_KIND_VALUE, sequence,
				     run->instance + i);
	}
}

static void submit_taken(struct submit *s, uint64_t first, uint32_t count)
{
	uint64_t sequence;

	for (sequence = first; sequence < first + count; sequence++) {
		struct value *value = submit_value(s, sequence);

		value->twice = value->sent;
		value->sent = true;
	}
	if (count && s->taken < first + count - 1)
		s->taken = first + count - 1;
}

static void submit_returned(struct submit *s, uint64_t first, uint32_t count)
{
	while (count--)
		paxosnl_submitter_returned(s->session, first + count);
}

/* Why nothing more is submitted. */
static int submit_fail(struct submit *s)
{
	fail("cannot submit to \"%s\": %s", s->group, s->why);
	return EXIT_REFUSED;
}

/* None was taken. */
static void submit_refused(struct submit *s, uint64_t first, uint32_t count,
			   int error)
{
	/* It is on its way still. */
	if (error == -EEXIST && count == 1)
		return;
	submit_returned(s, first, count);
	/* Some of them may find room, or be those that are in the way. */
	if (count > 1)
		s->batch = count / 2;
	switch (error) {
	case -EAGAIN:
	case -ENOMEM:
		s->full = true;
		break;
	case -EEXIST:
		break;
	default:
		submit_end_input(s, submit_fail(s));
		/* What was taken before is not there any more. */
		s->over = first <= s->taken;
		break;
	}
}

/*
 * One call: some values, if there are any, and what became of those before, or
 * of these already. Returns whether there may be more to be told.
 */
static bool submit_enter(struct submit *s, uint64_t first,
			 const struct paxos_channel_value *values,
			 uint32_t count)
{
	struct paxos_channel_run runs[SUBMIT_RUNS];
	struct paxos_channel_enter enter = {
		.client = s->client,
		.sequence = first,
		.values = (uintptr_t)values,
		.n_values = count,
		.kind = PAXOS_KIND_VALUE,
		.runs = (uintptr_t)runs,
		.max_runs = SUBMIT_RUNS,
	};
	int rc = paxosnl_channel_enter(s->channel, &enter);
	uint32_t i;

	if (rc)
		snprintf(s->why, sizeof(s->why), "%s",
			 paxosnl_channel_error(s->channel));
	if (rc && count) {
		submit_refused(s, first, count, rc);
		return false;
	}
	if (rc && !s->rc) {
		/* The group is gone. */
		submit_end_input(s, submit_fail(s));
		s->over = true;
	}
	submit_taken(s, first, enter.taken);
	submit_returned(s, first + enter.taken, count - enter.taken);
	if (count && enter.taken == count)
		s->batch = s->batch < SUBMIT_BATCH / 2 ? s->batch * 2 :
			   SUBMIT_BATCH;
	for (i = 0; i < enter.n_runs; i++)
		submit_run_done(s, &runs[i]);
	if (enter.n_runs) {
		s->full = false;
		s->heard = true;
	}
	return enter.n_runs == SUBMIT_RUNS;
}

/* What is due, some at a time, until nothing is or the kernel takes no more. */
static void submit_due(struct submit *s)
{
	while (!s->full && !s->rc) {
		struct paxos_channel_value values[SUBMIT_BATCH];
		uint64_t first = 0;
		uint32_t count = submit_gather(s, values, &first);

		if (!count)
			return;
		submit_enter(s, first, values, count);
	}
}

/* The oldest of those that are not applied is out of time. */
static bool submit_late(struct submit *s)
{
	uint64_t sequence = paxosnl_submitter_applied(s->session) + 1;

	return submit_open(s) && submit_value(s, sequence)->deadline <= now_ms();
}

/* "line 7: ", where it helps: the first that is not applied. */
static const char *submit_where(struct submit *s, char where[32])
{
	uint64_t sequence = paxosnl_submitter_applied(s->session) + 1;
	uint64_t line = s->line + 1;

	where[0] = '\0';
	if (submit_open(s))
		line = submit_value(s, sequence)->line;
	if (s->lines)
		snprintf(where, 32, "line %" PRIu64 ": ", line);
	return where;
}

/* The kernel took them, and they are not known to be decided. */
static int submit_unknown(struct submit *s, const char *why)
{
	uint64_t first = paxosnl_submitter_applied(s->session) + 1, i;
	char where[32], upto[32] = "", who[64];

	if (s->ctl->print.json)
		for (i = first; i <= s->taken; i++)
			submit_print(s, "unknown", i, 0);
	if (s->taken > first)
		snprintf(upto, sizeof(upto), " to %" PRIu64, s->taken);
	snprintf(who, sizeof(who), "client %016" PRIx64 " sequence %" PRIu64,
		 s->client, first);
	fail("%soutcome unknown%s; it may still be chosen, as %s%s",
	     submit_where(s, where), why, who, upto);
	return EXIT_UNKNOWN;
}

/* The run ends before all is applied. Returns an exit code. */
static int submit_give_up(struct submit *s, int rc)
{
	char where[32], why[64] = "";

	if (stop_asked())
		snprintf(why, sizeof(why), ": interrupted");
	else if (submit_late(s))
		snprintf(why, sizeof(why), ": not decided here within %u ms",
			 s->timeout);
	if (submit_in_doubt(s))
		return submit_unknown(s, why);
	if (rc)
		return rc;
	fail("%snot proposed to \"%s\": %s", submit_where(s, where), s->group,
	     stop_asked() ? "interrupted" : s->why);
	return EXIT_REFUSED;
}

/* Milliseconds until the oldest is late, or the kernel is asked once more. */
static int submit_patience(struct submit *s)
{
	uint64_t now = now_ms(), at;

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
		{ .fd = paxosnl_channel_fd(s->channel), .events = POLLIN },
		{ .fd = wants ? STDIN_FILENO : -1, .events = POLLIN },
	};

	if (poll(fds, 2, submit_patience(s)) < 0) {
		if (errno == EINTR)
			return EXIT_DONE;
		return fail("poll: %s", strerror(errno));
	}
	s->full = false;
	if (fds[1].revents)
		submit_read(s);
	return EXIT_DONE;
}

static int submit_entry_cb(const struct paxosnl_entry *entry, void *data)
{
	struct submit *s = data;

	if (entry->client == s->client)
		submit_entry(s, entry->kind, entry->sequence, entry->instance);
	return 0;
}

/* The log has all. What is not there is submitted again, if it is not on its way. */
static int submit_look(struct submit *s)
{
	s->look = false;
	paxosnl_submitter_again(s->session);
	s->heard = true;
	if (paxosnl_entry_dump(s->ctl->nl, s->group, s->seen + 1, 0,
			       submit_entry_cb, s))
		return fail_kernel(s->ctl->nl, "log of \"%s\"", s->group);
	return EXIT_DONE;
}

static int submit_events(struct submit *s)
{
	while (submit_enter(s, 0, NULL, 0))
		continue;
	return ctl_flush(s->ctl, s->look ? submit_look(s) : EXIT_DONE);
}

static int submit_loop(struct submit *s)
{
	int rc;

	while (!stop_asked()) {
		s->heard = false;
		submit_lines(s);
		submit_due(s);
		/* When some are done, more may be due. */
		rc = submit_events(s);
		if (rc)
			return submit_give_up(s, rc);
		if (s->heard)
			continue;
		if (s->rc ? !submit_in_doubt(s) || s->over :
			    s->ended && !s->used && !submit_open(s))
			break;
		if (submit_late(s))
			break;
		rc = submit_wait(s);
		if (rc)
			return submit_give_up(s, rc);
	}
	if (!s->rc && s->ended && !s->used && !submit_open(s))
		return EXIT_DONE;
	return ctl_flush(s->ctl, submit_give_up(s, s->rc));
}

/* A client of its own, or that of which the first value is. */
static int submit_client(struct submit *s, const struct submit_order *order)
{
	if (order->client) {
		s->client = order->client;
		paxosnl_submitter_resume(s->session, order->sequence - 1);
		return EXIT_DONE;
	}
	do {
		if (getrandom(&s->client, sizeof(s->client), 0) < 0)
			return fail("no randomness: %s", strerror(errno));
	} while (!s->client);
	return EXIT_DONE;
}

/* The value that it begins with. */
static int submit_first(struct submit *s, const struct submit_order *order)
{
	struct value *value;
	int rc;

	if (!order->value)
		return EXIT_DONE;
	rc = submit_add(s, order->value, order->length);
	if (rc)
		return rc;
	value = submit_value(s, paxosnl_submitter_added(s->session));
	if (order->deadline)
		value->deadline = order->deadline;
	if (order->sent) {
		value->sent = true;
		s->taken = order->sequence;
		if (s->seen > order->seen)
			s->seen = order->seen;
	}
	return EXIT_DONE;
}

static int submit_begin(struct submit *s, const struct submit_order *order)
{
	struct paxosnl_group group;
	int rc;

	if (paxosnl_submitter_open(&s->session, SUBMIT_WINDOW))
		return fail("out of memory");
	rc = submit_client(s, order);
	if (rc)
		return rc;
	if (paxosnl_channel_open(s->ctl->nl, s->group, &s->channel) ||
	    paxosnl_group_get(s->ctl->nl, s->group, &group))
		return fail_kernel(s->ctl->nl, "cannot submit to \"%s\"",
				   s->group);
	/* What is decided here is of others. */
	s->seen = group.prefix;
	s->batch = SUBMIT_BATCH;
	stop_on_signals();
	return submit_first(s, order);
}

static void submit_end(struct submit *s)
{
	unsigned int i;

	for (i = 0; i < SUBMIT_WINDOW; i++)
		free(s->values[i].bytes);
	paxosnl_submitter_close(s->session);
	paxosnl_channel_close(s->channel);
	free(s->input);
	free(s);
}

/*
 * Has values put into the log by whoever leads: one, or lines of standard input,
 * or both. Returns an exit code.
 */
int submit_values(struct ctl *ctl, const struct submit_order *order)
{
	struct submit *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return fail("out of memory");
	s->ctl = ctl;
	s->group = order->group;
	s->timeout = order->timeout;
	s->lines = order->lines;
	s->line = order->line;
	s->ended = !order->lines;
	s->input = malloc(SUBMIT_INPUT);
	rc = s->input ? submit_begin(s, order) : fail("out of memory");
	if (!rc)
		rc = submit_loop(s);
	submit_end(s);
	return rc;
}
