// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery: entries one by one, and logs made by chance, of which it is known
 * from the whole what must be delivered.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <paxosnl.h>

#include "tap.h"

#define VALUE	PAXOS_KIND_VALUE
#define CLOSE	PAXOS_KIND_CLOSE
#define NO_OP	PAXOS_KIND_NO_OP

struct session_step {
	uint64_t client;
	uint64_t sequence;
	uint32_t kind;
	enum paxosnl_verdict verdict;
	uint64_t instance;
	uint64_t applied;
};

static int feed(struct paxosnl_sessions *t, uint64_t instance, uint64_t client,
		uint64_t sequence, uint32_t kind, struct paxosnl_delivery *d)
{
	const struct paxosnl_entry entry = {
		.instance = instance, .client = client, .sequence = sequence,
		.kind = kind, .value = "",
	};

	return paxosnl_sessions_feed(t, &entry, d);
}

static void walk(const struct session_step *steps, size_t count,
		 unsigned int keep)
{
	struct paxosnl_delivery d;
	struct paxosnl_sessions *t;
	size_t i;

	check(!paxosnl_sessions_open(&t, keep));
	for (i = 0; i < count; i++) {
		const struct session_step *s = &steps[i];

		snprintf(tap_note, sizeof(tap_note), "entry %zu: ", i + 1);
		check(paxosnl_sessions_next(t) == i + 1);
		check(!feed(t, i + 1, s->client, s->sequence, s->kind, &d));
		check(d.verdict == s->verdict);
		check(d.instance == s->instance);
		check(d.applied == s->applied);
	}
	paxosnl_sessions_close(t);
}

static void values_in_order(void)
{
	static const struct session_step steps[] = {
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 1, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 2, 2 },
		{ 8, 1, VALUE, PAXOSNL_DELIVER, 3, 1 },
		{ 0, 0, NO_OP, PAXOSNL_SKIP_NO_OP, 0, 0 },
		{ 7, 3, VALUE, PAXOSNL_DELIVER, 5, 3 },
		{ 8, 2, VALUE, PAXOSNL_DELIVER, 6, 2 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void repeats_are_skipped(void)
{
	static const struct session_step steps[] = {
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 1, 1 },
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 1, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 3, 2 },
		{ 7, 2, VALUE, PAXOSNL_SKIP_REPEAT, 3, 2 },
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 0, 2 },
		{ 7, 3, VALUE, PAXOSNL_DELIVER, 6, 3 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void repeats_are_told_as_far_as_they_are_kept(void)
{
	static const struct session_step steps[] = {
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 1, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 2, 2 },
		{ 7, 3, VALUE, PAXOSNL_DELIVER, 3, 3 },
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 1, 3 },
		{ 7, 4, VALUE, PAXOSNL_DELIVER, 5, 4 },
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 1, 4 },
		{ 7, 5, VALUE, PAXOSNL_DELIVER, 7, 5 },
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 0, 5 },
		{ 7, 2, VALUE, PAXOSNL_SKIP_REPEAT, 2, 5 },
		{ 7, 4, VALUE, PAXOSNL_SKIP_REPEAT, 5, 5 },
		{ 7, 5, VALUE, PAXOSNL_SKIP_REPEAT, 7, 5 },
	};

	/* Rounded up to 4. */
	walk(steps, ARRAY_SIZE(steps), 3);
}

static void a_gap_is_skipped_and_the_rest_of_it(void)
{
	static const struct session_step steps[] = {
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 1, 1 },
		{ 7, 3, VALUE, PAXOSNL_SKIP_GAP, 0, 1 },
		{ 7, 4, VALUE, PAXOSNL_SKIP_GAP, 0, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 4, 2 },
		{ 7, 4, VALUE, PAXOSNL_SKIP_GAP, 0, 2 },
		{ 7, 3, VALUE, PAXOSNL_DELIVER, 6, 3 },
		{ 7, 4, VALUE, PAXOSNL_DELIVER, 7, 4 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void an_unknown_session_is_skipped(void)
{
	static const struct session_step steps[] = {
		{ 7, 2, VALUE, PAXOSNL_SKIP_UNKNOWN, 0, 0 },
		{ 8, UINT64_MAX, VALUE, PAXOSNL_SKIP_UNKNOWN, 0, 0 },
		{ 7, 3, VALUE, PAXOSNL_SKIP_UNKNOWN, 0, 0 },
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 4, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 5, 2 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void sequence_0_is_none(void)
{
	static const struct session_step steps[] = {
		{ 7, 0, VALUE, PAXOSNL_SKIP_UNKNOWN, 0, 0 },
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 2, 1 },
		{ 7, 0, VALUE, PAXOSNL_SKIP_GAP, 0, 1 },
		{ 7, 2, VALUE, PAXOSNL_DELIVER, 4, 2 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void a_closed_session_applies_nothing(void)
{
	static const struct session_step steps[] = {
		{ 7, 1, VALUE, PAXOSNL_DELIVER, 1, 1 },
		{ 8, 1, VALUE, PAXOSNL_DELIVER, 2, 1 },
		{ 7, 9, CLOSE, PAXOSNL_SKIP_CLOSE, 3, 1 },
		{ 7, 2, VALUE, PAXOSNL_SKIP_CLOSED, 3, 1 },
		{ 7, 9, VALUE, PAXOSNL_SKIP_CLOSED, 3, 1 },
		/* What was applied was applied. */
		{ 7, 1, VALUE, PAXOSNL_SKIP_REPEAT, 1, 1 },
		/* The first is the one that did it. */
		{ 7, 9, CLOSE, PAXOSNL_SKIP_CLOSE, 3, 1 },
		{ 7, 2, VALUE, PAXOSNL_SKIP_CLOSED, 3, 1 },
		{ 8, 2, VALUE, PAXOSNL_DELIVER, 9, 2 },
		/* Of a client that nobody has heard of. */
		{ 9, 1, CLOSE, PAXOSNL_SKIP_CLOSE, 10, 0 },
		{ 9, 1, VALUE, PAXOSNL_SKIP_CLOSED, 10, 0 },
		{ 9, 2, VALUE, PAXOSNL_SKIP_CLOSED, 10, 0 },
	};

	walk(steps, ARRAY_SIZE(steps), 1);
}

static void what_is_known_of_a_client(void)
{
	struct paxosnl_session s;
	struct paxosnl_delivery d;
	struct paxosnl_sessions *t;

	check(!paxosnl_sessions_open(&t, 1));
	check(paxosnl_sessions_get(t, 7, &s) == -ENOENT);
	check(!feed(t, 1, 7, 2, VALUE, &d));
	check(paxosnl_sessions_get(t, 7, &s) == -ENOENT);
	check(!feed(t, 2, 7, 1, VALUE, &d));
	check(!feed(t, 3, 7, 2, VALUE, &d));
	check(!paxosnl_sessions_get(t, 7, &s));
	check(s.client == 7 && s.applied == 2 && s.instance == 3 && !s.closed);
	check(paxosnl_sessions_get(t, 8, &s) == -ENOENT);
	check(!feed(t, 4, 7, 1, CLOSE, &d));
	check(!feed(t, 5, 8, 1, CLOSE, &d));
	check(!paxosnl_sessions_get(t, 7, &s));
	check(s.applied == 2 && s.instance == 3 && s.closed == 4);
	check(!paxosnl_sessions_get(t, 8, &s));
	check(s.client == 8 && !s.applied && !s.instance && s.closed == 5);
	paxosnl_sessions_close(t);
}

static void the_whole_log_or_an_error(void)
{
	const struct paxosnl_entry trimmed = { .trimmed = 4 };
	struct paxosnl_delivery d;
	struct paxosnl_sessions *t;

	check(!paxosnl_sessions_open(&t, 1));
	check(feed(t, 2, 7, 1, VALUE, &d) == -EINVAL);
	check(strstr(paxosnl_sessions_error(t), "begins at instance 2"));
	check(paxosnl_sessions_feed(t, &trimmed, &d) == -EINVAL);
	check(strstr(paxosnl_sessions_error(t), "begins at instance 5"));
	check(!feed(t, 1, 7, 1, VALUE, &d));
	check(feed(t, 3, 7, 2, VALUE, &d) == -EINVAL);
	check(strstr(paxosnl_sessions_error(t), "2 to 2 are missing"));
	check(paxosnl_sessions_feed(t, &trimmed, &d) == -EINVAL);
	check(strstr(paxosnl_sessions_error(t), "2 to 4 are missing"));
	check(feed(t, 1, 7, 1, VALUE, &d) == -EINVAL);
	check(strstr(paxosnl_sessions_error(t), "instance 1 came before"));
	check(feed(t, 2, 7, 2, CLOSE + 1, &d) == -EPROTONOSUPPORT);
	check(feed(t, 2, 7, 2, 0, &d) == -EPROTONOSUPPORT);
	/* None of them left a trace. */
	check(paxosnl_sessions_next(t) == 2);
	check(!feed(t, 2, 7, 2, VALUE, &d));
	check(d.verdict == PAXOSNL_DELIVER);
	paxosnl_sessions_close(t);
}

/* However many clients there are, and whatever their numbers are like. */
static void many_sessions(void)
{
	static const unsigned int shifts[] = { 0, 13, 33, 47 };
	const uint64_t clients = 100000;
	struct paxosnl_delivery d;
	struct paxosnl_sessions *t;
	struct paxosnl_session s;
	uint64_t i, instance;
	size_t shift;

	for (shift = 0; shift < ARRAY_SIZE(shifts); shift++) {
		check(!paxosnl_sessions_open(&t, 1));
		instance = 0;
		for (i = 0; i < 2 * clients; i++) {
			uint64_t client = (i % clients) << shifts[shift];
			bool odd = client >> shifts[shift] & 1;

			check(!feed(t, ++instance, client, 1 + i / clients,
				    odd ? CLOSE : VALUE, &d));
			check(d.verdict == (odd ? PAXOSNL_SKIP_CLOSE :
						  PAXOSNL_DELIVER));
		}
		for (i = 0; i < clients; i++) {
			check(!paxosnl_sessions_get(t, i << shifts[shift], &s));
			check(s.applied == (i & 1 ? 0 : 2));
			check(s.instance == (i & 1 ? 0 : clients + i + 1));
			check(s.closed == (i & 1 ? i + 1 : 0));
		}
		paxosnl_sessions_close(t);
	}
}

/* Logs made by chance */

#define LOG_LENGTH	300u
#define LOG_CLIENTS	5u

struct line {
	uint64_t client;
	uint64_t sequence;
	uint32_t kind;
};

static uint64_t random_state;

static unsigned int random_below(unsigned int limit)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return (unsigned int)(random_state >> 33) % limit;
}

static void make_log(struct line *log)
{
	uint64_t made[LOG_CLIENTS] = { 0 };
	unsigned int i;

	for (i = 1; i <= LOG_LENGTH; i++) {
		unsigned int client = random_below(LOG_CLIENTS);
		unsigned int what = random_below(100);
		struct line *line = &log[i];

		line->client = 1000 + client;
		line->kind = VALUE;
		if (what < 4) {
			line->kind = NO_OP;
			line->client = 0;
			line->sequence = 0;
		} else if (what < 5) {
			line->kind = CLOSE;
			line->sequence = 1 + random_below(40);
		} else if (what < 60) {
			line->sequence = ++made[client];
		} else if (what < 95) {
			/* Again, or one that is lost and comes later. */
			line->sequence = 1 + random_below((unsigned int)
							  made[client] + 3);
		} else {
			line->sequence = random_below(3) ? made[client] : 0;
		}
	}
}

/*
 * From the whole log: the first of its client, the first 2 behind it, and so
 * on, until its session is closed. Into @at goes where each is.
 */
static uint64_t expected(const struct line *log, uint64_t client,
			 unsigned int at[LOG_LENGTH + 1])
{
	unsigned int end = LOG_LENGTH + 1, from = 1, i;
	uint64_t sequence = 0;

	for (i = 1; i < end; i++)
		if (log[i].client == client && log[i].kind == CLOSE)
			end = i;
	while (from < end) {
		for (i = from; i < end; i++)
			if (log[i].client == client && log[i].kind == VALUE &&
			    log[i].sequence == sequence + 1)
				break;
		if (i < end)
			at[++sequence] = i;
		from = i + 1;
	}
	return sequence;
}

static void check_client(const struct line *log,
			 const struct paxosnl_delivery *said, uint64_t client)
{
	unsigned int at[LOG_LENGTH + 1], i;
	uint64_t last = 0, most;

	most = expected(log, client, at);
	for (i = 1; i <= LOG_LENGTH; i++) {
		if (log[i].client != client ||
		    said[i].verdict != PAXOSNL_DELIVER)
			continue;
		check(log[i].kind == VALUE);
		check(log[i].sequence == last + 1);
		last++;
		check(last <= most && at[last] == i);
	}
	check(last == most);
}

static void check_log(const struct line *log)
{
	static struct paxosnl_delivery said[LOG_LENGTH + 1];
	struct paxosnl_sessions *t, *other;
	struct paxosnl_delivery again;
	unsigned int i;

	check(!paxosnl_sessions_open(&t, LOG_LENGTH));
	check(!paxosnl_sessions_open(&other, 1 + random_below(8)));
	for (i = 1; i <= LOG_LENGTH; i++) {
		const struct line *line = &log[i];

		check(!feed(t, i, line->client, line->sequence, line->kind,
			    &said[i]));
		check(!feed(other, i, line->client, line->sequence, line->kind,
			    &again));
		check(again.verdict == said[i].verdict);
		check(again.applied == said[i].applied);
		check(again.instance == said[i].instance ||
		      (!again.instance &&
		       said[i].verdict == PAXOSNL_SKIP_REPEAT));
		/* The recorded result is that of the first time. */
		if (said[i].verdict == PAXOSNL_SKIP_REPEAT)
			check(said[said[i].instance].verdict ==
			      PAXOSNL_DELIVER &&
			      log[said[i].instance].client == line->client &&
			      log[said[i].instance].sequence == line->sequence);
	}
	for (i = 0; i < LOG_CLIENTS; i++)
		check_client(log, said, 1000 + i);
	paxosnl_sessions_close(t);
	paxosnl_sessions_close(other);
}

static void whatever_the_log_is_like(void)
{
	static struct line log[LOG_LENGTH + 1];
	unsigned int seed;

	for (seed = 1; seed <= 2000; seed++) {
		snprintf(tap_note, sizeof(tap_note), "seed %u: ", seed);
		random_state = seed;
		make_log(log);
		check_log(log);
	}
}

int main(void)
{
	run(values_in_order);
	run(repeats_are_skipped);
	run(repeats_are_told_as_far_as_they_are_kept);
	run(a_gap_is_skipped_and_the_rest_of_it);
	run(an_unknown_session_is_skipped);
	run(sequence_0_is_none);
	run(a_closed_session_applies_nothing);
	run(what_is_known_of_a_client);
	run(the_whole_log_or_an_error);
	run(many_sessions);
	run(whatever_the_log_is_like);
	return finish();
}
