// SPDX-License-Identifier: GPL-2.0
/*
 * The submitter: step by step, and against a network and a leader made by
 * chance, where the table of sessions says what is true.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <paxosnl.h>

#include "tap.h"

#define CLIENT	7ull

static struct paxosnl_delivery told;

static int complete(struct paxosnl_submitter *s, uint64_t sequence,
		    uint64_t instance)
{
	return paxosnl_submitter_completed(s, PAXOS_KIND_VALUE, sequence,
					   instance, &told);
}

static struct paxosnl_submitter *submitter(unsigned int window)
{
	struct paxosnl_submitter *s;
	uint64_t sequence;
	unsigned int i;

	check(!paxosnl_submitter_open(&s, window));
	for (i = 1; i <= window; i++)
		check(!paxosnl_submitter_add(s, &sequence) && sequence == i);
	return s;
}

/* All of them are submitted, in order. */
static struct paxosnl_submitter *submitted(unsigned int window)
{
	struct paxosnl_submitter *s = submitter(window);
	unsigned int i;

	for (i = 1; i <= window; i++)
		check(paxosnl_submitter_next(s) == i);
	check(!paxosnl_submitter_next(s));
	return s;
}

static void the_window_is_kept(void)
{
	struct paxosnl_submitter *s;
	uint64_t sequence;

	check(paxosnl_submitter_open(&s, 0) == -EINVAL && !s);
	s = submitted(3);
	check(paxosnl_submitter_add(s, &sequence) == -EAGAIN);
	check(!complete(s, 1, 5));
	check(!paxosnl_submitter_add(s, &sequence) && sequence == 4);
	check(paxosnl_submitter_add(s, &sequence) == -EAGAIN);
	check(paxosnl_submitter_next(s) == 4);
	check(!paxosnl_submitter_next(s));
	check(paxosnl_submitter_added(s) == 4);
	check(paxosnl_submitter_applied(s) == 1);
	paxosnl_submitter_close(s);
}

static void chosen_in_order_is_applied(void)
{
	struct paxosnl_submitter *s = submitted(3);
	uint64_t i;

	for (i = 1; i <= 3; i++) {
		check(!complete(s, i, 10 * i));
		check(told.verdict == PAXOSNL_DELIVER);
		check(told.instance == 10 * i && told.applied == i);
	}
	check(!complete(s, 2, 40));
	check(told.verdict == PAXOSNL_SKIP_REPEAT && told.instance == 20);
	check(told.applied == 3);
	check(!paxosnl_submitter_next(s));
	paxosnl_submitter_close(s);
}

static void chosen_in_vain_is_submitted_again(void)
{
	struct paxosnl_submitter *s = submitted(4);

	check(!complete(s, 2, 1));
	check(told.verdict == PAXOSNL_SKIP_UNKNOWN);
	check(!complete(s, 3, 2));
	/* 1 and 4 are on their way: it would be in vain once more. */
	check(!paxosnl_submitter_next(s));
	check(!complete(s, 1, 3));
	check(told.verdict == PAXOSNL_DELIVER);
	check(paxosnl_submitter_next(s) == 2);
	check(paxosnl_submitter_next(s) == 3);
	check(!paxosnl_submitter_next(s));
	check(!complete(s, 4, 4));
	check(told.verdict == PAXOSNL_SKIP_GAP && told.applied == 1);
	check(!complete(s, 2, 5) && !complete(s, 3, 6));
	check(told.verdict == PAXOSNL_DELIVER);
	check(paxosnl_submitter_next(s) == 4);
	check(!complete(s, 4, 7));
	check(told.verdict == PAXOSNL_DELIVER && told.applied == 4);
	check(!paxosnl_submitter_next(s));
	paxosnl_submitter_close(s);
}

static void nothing_goes_behind_what_waits(void)
{
	struct paxosnl_submitter *s;
	uint64_t sequence;
	unsigned int i;

	check(!paxosnl_submitter_open(&s, 4));
	for (i = 0; i < 2; i++)
		check(!paxosnl_submitter_add(s, &sequence) &&
		      paxosnl_submitter_next(s) == sequence);
	check(!complete(s, 2, 1));
	check(!paxosnl_submitter_add(s, &sequence));
	check(!paxosnl_submitter_next(s));
	check(!complete(s, 1, 2));
	check(paxosnl_submitter_next(s) == 2);
	check(paxosnl_submitter_next(s) == 3);
	paxosnl_submitter_close(s);
}

static void what_is_lost_is_submitted_again(void)
{
	struct paxosnl_submitter *s = submitted(3);
	uint64_t i;

	check(!complete(s, 1, 1));
	check(!complete(s, 3, 2));
	paxosnl_submitter_again(s);
	for (i = 2; i <= 3; i++)
		check(paxosnl_submitter_next(s) == i);
	check(!paxosnl_submitter_next(s));
	/* One that is due by the clock and was chosen meanwhile. */
	paxosnl_submitter_again(s);
	check(!complete(s, 2, 3));
	check(paxosnl_submitter_next(s) == 3);
	check(!paxosnl_submitter_next(s));
	paxosnl_submitter_close(s);
}

/* Lost, and what came behind it was not: the log has both, where they are. */
static void what_was_lost_is_in_the_log(void)
{
	struct paxosnl_submitter *s = submitted(3);

	check(!complete(s, 1, 1));
	check(!complete(s, 3, 3));
	check(complete(s, 2, 2) == -EINVAL);
	paxosnl_submitter_again(s);
	check(complete(s, 1, 1) == -EINVAL);
	check(!complete(s, 2, 2));
	check(told.verdict == PAXOSNL_DELIVER && told.instance == 2);
	check(!complete(s, 3, 3));
	check(told.verdict == PAXOSNL_DELIVER && told.instance == 3);
	check(complete(s, 3, 3) == -EINVAL);
	check(!paxosnl_submitter_next(s));
	paxosnl_submitter_close(s);
}

static void what_came_back_goes_first(void)
{
	struct paxosnl_submitter *s = submitter(3);

	check(paxosnl_submitter_next(s) == 1);
	check(paxosnl_submitter_next(s) == 2);
	paxosnl_submitter_returned(s, 2);
	check(paxosnl_submitter_next(s) == 2);
	check(paxosnl_submitter_next(s) == 3);
	paxosnl_submitter_returned(s, 4);
	paxosnl_submitter_returned(s, 0);
	check(!paxosnl_submitter_next(s));
	check(!complete(s, 1, 1));
	paxosnl_submitter_returned(s, 1);
	check(!paxosnl_submitter_next(s));
	paxosnl_submitter_close(s);
}

static void a_closed_session_is_over(void)
{
	struct paxosnl_submitter *s = submitted(3);
	uint64_t sequence;

	check(!complete(s, 1, 1));
	check(!paxosnl_submitter_completed(s, PAXOS_KIND_CLOSE, 9, 2, &told));
	check(told.verdict == PAXOSNL_SKIP_CLOSE && told.instance == 2);
	check(!complete(s, 2, 3));
	check(told.verdict == PAXOSNL_SKIP_CLOSED && told.instance == 2);
	check(told.applied == 1);
	check(!complete(s, 1, 4));
	check(told.verdict == PAXOSNL_SKIP_REPEAT && told.instance == 1);
	paxosnl_submitter_again(s);
	check(!paxosnl_submitter_next(s));
	check(paxosnl_submitter_add(s, &sequence) == -ESHUTDOWN);
	paxosnl_submitter_close(s);
}

/* Of a session that another began, what is applied is behind. */
static void a_session_goes_on(void)
{
	struct paxosnl_delivery delivery;
	struct paxosnl_submitter *s;
	uint64_t sequence = 0;

	check(!paxosnl_submitter_open(&s, 2));
	paxosnl_submitter_resume(s, 6);
	check(paxosnl_submitter_applied(s) == 6);
	check(!paxosnl_submitter_next(s));
	check(!paxosnl_submitter_add(s, &sequence) && sequence == 7);
	check(!paxosnl_submitter_add(s, &sequence) && sequence == 8);
	check(paxosnl_submitter_add(s, &sequence) == -EAGAIN);
	check(paxosnl_submitter_next(s) == 7);
	check(paxosnl_submitter_next(s) == 8);
	/* The log is read from before what it goes on with. */
	check(!paxosnl_submitter_completed(s, PAXOS_KIND_VALUE, 6, 20, &delivery));
	check(delivery.verdict == PAXOSNL_SKIP_REPEAT && !delivery.instance);
	check(!paxosnl_submitter_completed(s, PAXOS_KIND_VALUE, 7, 21, &delivery));
	check(delivery.verdict == PAXOSNL_DELIVER);
	check(!paxosnl_submitter_completed(s, PAXOS_KIND_VALUE, 7, 22, &delivery));
	check(delivery.verdict == PAXOSNL_SKIP_REPEAT && delivery.instance == 21);
	check(!paxosnl_submitter_completed(s, PAXOS_KIND_VALUE, 8, 23, &delivery));
	check(delivery.verdict == PAXOSNL_DELIVER);
	paxosnl_submitter_close(s);
}

static void what_cannot_be_is_refused(void)
{
	struct paxosnl_submitter *s = submitted(2);

	check(complete(s, 3, 1) == -EBADMSG);
	check(complete(s, 0, 1) == -EBADMSG);
	check(!complete(s, 1, 5));
	check(complete(s, 2, 5) == -EINVAL);
	check(complete(s, 2, 4) == -EINVAL);
	check(paxosnl_submitter_completed(s, PAXOS_KIND_NO_OP, 2, 6, &told) ==
	      -EPROTONOSUPPORT);
	check(paxosnl_submitter_applied(s) == 1);
	check(!complete(s, 2, 6));
	check(told.verdict == PAXOSNL_DELIVER);
	paxosnl_submitter_close(s);
}

/* A network and a leader made by chance */

#define VALUES	200u
#define ROUTE	4096u	/* more than are ever under way */

static uint64_t random_state;

static unsigned int random_below(unsigned int limit)
{
	random_state = random_state * 6364136223846793005ull +
		       1442695040888963407ull;
	return (unsigned int)(random_state >> 33) % limit;
}

/**
 * struct world - a client, what is under way, and the log
 * @s: the client's submitter
 * @t: what nodes make of the log
 * @way: sequences under way to the leader
 * @count: how many
 * @loss: of a hundred, how many get lost
 * @twice: of a hundred, how many come twice
 * @disorder: of a hundred, how many are overtaken
 * @deaf: of a hundred, how many completions get lost
 * @length: of the log
 * @delivered: the last sequence that nodes applied
 */
struct world {
	struct paxosnl_submitter *s;
	struct paxosnl_sessions *t;
	uint64_t way[ROUTE];
	unsigned int count;
	unsigned int loss;
	unsigned int twice;
	unsigned int disorder;
	unsigned int deaf;
	uint64_t length;
	uint64_t delivered;
};

static void world_submit(struct world *w, uint64_t sequence)
{
	if (random_below(100) < w->loss)
		return;
	check(w->count + 2 <= ROUTE);
	w->way[w->count++] = sequence;
	if (random_below(100) < w->twice)
		w->way[w->count++] = sequence;
}

/* The leader puts the next that arrives into the log. */
static void world_choose(struct world *w)
{
	unsigned int i = 0;
	struct paxosnl_entry entry = { .client = CLIENT, .value = "" };
	struct paxosnl_delivery truth;

	if (random_below(100) < w->disorder)
		i = random_below(w->count);
	entry.sequence = w->way[i];
	entry.kind = PAXOS_KIND_VALUE;
	entry.instance = ++w->length;
	memmove(&w->way[i], &w->way[i + 1],
		(--w->count - i) * sizeof(w->way[0]));
	check(!paxosnl_sessions_feed(w->t, &entry, &truth));
	if (truth.verdict == PAXOSNL_DELIVER)
		check(entry.sequence == ++w->delivered);
	if (random_below(100) < w->deaf)
		return;
	check(!complete(w->s, entry.sequence, entry.instance));
	if (!w->deaf) {
		check(told.verdict == truth.verdict);
		check(told.applied == truth.applied);
		/* It keeps a window of them, and the table here all. */
		check(told.instance == truth.instance ||
		      (!told.instance && told.verdict == PAXOSNL_SKIP_REPEAT));
	}
	/* Never more than the truth. */
	check(paxosnl_submitter_applied(w->s) <= w->delivered);
}

static void world_run(struct world *w, unsigned int window)
{
	uint64_t sequence;
	unsigned int steps = 0;

	check(!paxosnl_submitter_open(&w->s, window));
	check(!paxosnl_sessions_open(&w->t, VALUES));
	while (paxosnl_submitter_applied(w->s) < VALUES) {
		check(++steps < 1000000);
		if (paxosnl_submitter_added(w->s) < VALUES)
			paxosnl_submitter_add(w->s, &sequence);
		sequence = paxosnl_submitter_next(w->s);
		if (sequence)
			world_submit(w, sequence);
		if (w->count && random_below(2))
			world_choose(w);
		/* A clock, now and then a hasty one. */
		if ((!sequence && !w->count) ||
		    (w->loss && w->count < ROUTE / 2 && !random_below(200)))
			paxosnl_submitter_again(w->s);
	}
	check(w->delivered == VALUES);
	paxosnl_submitter_close(w->s);
	paxosnl_sessions_close(w->t);
}

static void each_once_whatever_happens(void)
{
	static struct world w;
	unsigned int seed;

	for (seed = 1; seed <= 300; seed++) {
		snprintf(tap_note, sizeof(tap_note), "seed %u: ", seed);
		random_state = seed;
		memset(&w, 0, sizeof(w));
		w.loss = random_below(30);
		w.twice = random_below(30);
		w.disorder = random_below(60);
		w.deaf = random_below(2) * random_below(30);
		world_run(&w, 1 + random_below(64));
	}
}

/* Where nothing is lost and nothing overtakes, nothing goes twice. */
static void nothing_is_wasted(void)
{
	static struct world w;
	unsigned int seed;

	for (seed = 1; seed <= 20; seed++) {
		random_state = seed;
		memset(&w, 0, sizeof(w));
		world_run(&w, 1 + random_below(64));
		check(w.length == VALUES);
	}
}

int main(void)
{
	run(the_window_is_kept);
	run(chosen_in_order_is_applied);
	run(chosen_in_vain_is_submitted_again);
	run(nothing_goes_behind_what_waits);
	run(what_is_lost_is_submitted_again);
	run(what_was_lost_is_in_the_log);
	run(what_came_back_goes_first);
	run(a_closed_session_is_over);
	run(a_session_goes_on);
	run(what_cannot_be_is_refused);
	run(each_once_whatever_happens);
	run(nothing_is_wasted);
	return finish();
}
