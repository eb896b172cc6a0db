// SPDX-License-Identifier: GPL-2.0
/*
 * Submitting many values of one session at once: which of them to submit, and
 * to submit again. It does no I/O and reads no clock.
 *
 * A value is applied only behind all that its client made before (P28). So when
 * one is lost, or is chosen behind its successor, the successors are chosen in
 * vain: chosen is not applied. Such a one is submitted again, and not before
 * what it waits for is applied, or it would be in vain once more. From its own
 * completions in the order of the log a client knows all of this by itself,
 * since no other client's entries matter.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paxosnl.h"

enum submitter_state {
	SUBMITTER_DUE = 1,	/* to be submitted */
	SUBMITTER_SENT,		/* submitted, and nothing heard of it */
	SUBMITTER_SKIPPED,	/* chosen in vain; waits for its predecessor */
};

/**
 * struct submitter_slot - one sequence
 * @state: an enum submitter_state, while it is not applied
 * @instance: where it was applied
 */
struct submitter_slot {
	enum submitter_state state;
	uint64_t instance;
};

/**
 * struct paxosnl_submitter - a session, from the side of its client
 * @applied: the last sequence that is applied
 * @added: the last sequence that was handed out
 * @cursor: all between @applied and this one are SUBMITTER_SENT
 * @instance: that of the last completion
 * @at: the instance where @applied was applied
 * @closed: the instance that closed the session, 0 if it is open
 * @window: how many sequences may be neither applied nor given up
 * @size: slots, a power of two of at least @window
 * @slots: each sequence has the one at its number modulo @size
 */
struct paxosnl_submitter {
	uint64_t applied;
	uint64_t added;
	uint64_t cursor;
	uint64_t instance;
	uint64_t at;
	uint64_t closed;
	uint64_t window;
	size_t size;
	struct submitter_slot slots[];
};

static struct submitter_slot *submitter_slot(struct paxosnl_submitter *s,
					     uint64_t sequence)
{
	return &s->slots[sequence & (s->size - 1)];
}

static void submitter_mark(struct paxosnl_submitter *s, uint64_t sequence,
			   enum submitter_state state)
{
	submitter_slot(s, sequence)->state = state;
	if (s->cursor > sequence)
		s->cursor = sequence;
}

static bool submitter_outstanding(const struct paxosnl_submitter *s,
				  uint64_t sequence)
{
	return sequence > s->applied && sequence <= s->added;
}

static void submitter_apply(struct paxosnl_submitter *s, uint64_t instance)
{
	uint64_t sequence = ++s->applied;

	submitter_slot(s, sequence)->instance = instance;
	s->at = instance;
	if (s->cursor <= sequence)
		s->cursor = sequence + 1;
	/* All that waited for this one, and for nothing else, at once. */
	while (++sequence <= s->added &&
	       submitter_slot(s, sequence)->state == SUBMITTER_SKIPPED)
		submitter_mark(s, sequence, SUBMITTER_DUE);
}

/**
 * paxosnl_submitter_open - begin a session
 * @sp: the submitter is put here, or NULL
 * @window: how many values may be on their way at once
 *
 * The session is that of a client with a new random id, which is the caller's
 * matter.
 *
 * Return: 0, -EINVAL for no window, or -ENOMEM.
 */
int paxosnl_submitter_open(struct paxosnl_submitter **sp, unsigned int window)
{
	struct paxosnl_submitter *s;
	size_t size = 1;

	*sp = NULL;
	if (!window)
		return -EINVAL;
	while (size < window)
		size *= 2;
	s = calloc(1, sizeof(*s) + size * sizeof(s->slots[0]));
	if (!s)
		return -ENOMEM;
	s->cursor = 1;
	s->window = window;
	s->size = size;
	*sp = s;
	return 0;
}

/**
 * paxosnl_submitter_resume - go on with a session that has values in the log
 * @s: the submitter, which was given none yet
 * @applied: the session's last sequence that is applied
 *
 * What comes next has the sequence behind it. Who does not know for sure that it
 * is applied, and that nothing behind it was submitted but what is submitted now,
 * begins another session.
 */
void paxosnl_submitter_resume(struct paxosnl_submitter *s, uint64_t applied)
{
	s->applied = applied;
	s->added = applied;
	s->cursor = applied + 1;
}

/**
 * paxosnl_submitter_close - free a submitter
 * @s: the submitter, or NULL
 *
 * What is on its way may still be applied: the session in the log ends with an
 * entry that closes it, and with nothing else.
 */
void paxosnl_submitter_close(struct paxosnl_submitter *s)
{
	free(s);
}

/**
 * paxosnl_submitter_add - one value more
 * @s: the submitter
 * @sequence: the sequence of the value
 *
 * Return: 0; -EAGAIN if as many as may be are on their way; -ESHUTDOWN if the
 * session was closed: begin another.
 */
int paxosnl_submitter_add(struct paxosnl_submitter *s, uint64_t *sequence)
{
	if (s->closed || s->added == UINT64_MAX)
		return -ESHUTDOWN;
	if (s->added - s->applied >= s->window)
		return -EAGAIN;
	*sequence = ++s->added;
	submitter_mark(s, s->added, SUBMITTER_DUE);
	return 0;
}

/**
 * paxosnl_submitter_next - what to submit now
 * @s: the submitter
 *
 * What it says counts as submitted from then on. It says nothing while a value
 * that was chosen in vain waits for those before it: what came behind would be
 * in vain, too.
 *
 * Return: the sequence, 0 for none.
 */
uint64_t paxosnl_submitter_next(struct paxosnl_submitter *s)
{
	if (s->closed)
		return 0;
	while (s->cursor <= s->added) {
		struct submitter_slot *slot = submitter_slot(s, s->cursor);

		if (slot->state == SUBMITTER_SKIPPED)
			return 0;
		if (slot->state == SUBMITTER_DUE) {
			slot->state = SUBMITTER_SENT;
			return s->cursor++;
		}
		s->cursor++;
	}
	return 0;
}

/**
 * paxosnl_submitter_returned - a value could not be submitted just now
 * @s: the submitter
 * @sequence: what paxosnl_submitter_next() had said
 */
void paxosnl_submitter_returned(struct paxosnl_submitter *s, uint64_t sequence)
{
	if (submitter_outstanding(s, sequence) &&
	    submitter_slot(s, sequence)->state == SUBMITTER_SENT)
		submitter_mark(s, sequence, SUBMITTER_DUE);
}

/**
 * paxosnl_submitter_again - nothing is heard, or the leader is another one
 * @s: the submitter
 *
 * All that is not applied is submitted again, in order. The log may come to hold
 * it twice; it is applied once.
 *
 * Completions are taken anew from behind the last value that is applied: who has
 * lost some reads the log from there and has them all, those that came after the
 * loss once more.
 */
void paxosnl_submitter_again(struct paxosnl_submitter *s)
{
	uint64_t sequence;

	for (sequence = s->added; sequence > s->applied; sequence--)
		submitter_mark(s, sequence, SUBMITTER_DUE);
	if (!s->closed)
		s->instance = s->at;
}

/**
 * paxosnl_submitter_completed - an entry of this client is in the log
 * @s: the submitter
 * @kind: PAXOS_KIND_VALUE or PAXOS_KIND_CLOSE
 * @sequence: its sequence
 * @instance: where
 * @delivery: what every node makes of it: PAXOSNL_DELIVER, and it is applied;
 *   PAXOSNL_SKIP_GAP and PAXOSNL_SKIP_UNKNOWN, and it will be submitted again;
 *   PAXOSNL_SKIP_REPEAT, and nothing changes; PAXOSNL_SKIP_CLOSE, and nothing
 *   that is not applied yet ever will be; PAXOSNL_SKIP_CLOSED
 *
 * Completions come in the order of the log, each occurrence of a value having
 * its own. If some of a value were lost it is taken for not applied, and is
 * submitted again, which does no harm. A lost close is another matter: who has
 * lost completions looks for one in the log.
 *
 * Return: 0; -EINVAL if it comes out of order; -EPROTONOSUPPORT for another
 * kind; -EBADMSG for a sequence that was never handed out: somebody else uses
 * this client's id.
 */
int paxosnl_submitter_completed(struct paxosnl_submitter *s, uint32_t kind,
				uint64_t sequence, uint64_t instance,
				struct paxosnl_delivery *delivery)
{
	if (instance <= s->instance)
		return -EINVAL;
	if (kind != PAXOS_KIND_VALUE && kind != PAXOS_KIND_CLOSE)
		return -EPROTONOSUPPORT;
	if (kind == PAXOS_KIND_VALUE && (!sequence || sequence > s->added))
		return -EBADMSG;
	s->instance = instance;
	memset(delivery, 0, sizeof(*delivery));
	if (kind == PAXOS_KIND_CLOSE) {
		if (!s->closed)
			s->closed = instance;
		delivery->verdict = PAXOSNL_SKIP_CLOSE;
		delivery->instance = s->closed;
	} else if (sequence <= s->applied) {
		delivery->verdict = PAXOSNL_SKIP_REPEAT;
		if (s->applied - sequence < s->size)
			delivery->instance =
				submitter_slot(s, sequence)->instance;
	} else if (s->closed) {
		delivery->verdict = PAXOSNL_SKIP_CLOSED;
		delivery->instance = s->closed;
	} else if (sequence == s->applied + 1) {
		submitter_apply(s, instance);
		delivery->verdict = PAXOSNL_DELIVER;
		delivery->instance = instance;
	} else {
		/* It may have become due before, by a clock. */
		if (submitter_slot(s, sequence)->state == SUBMITTER_SENT)
			submitter_mark(s, sequence, SUBMITTER_SKIPPED);
		delivery->verdict = s->applied ? PAXOSNL_SKIP_GAP :
				    PAXOSNL_SKIP_UNKNOWN;
	}
	delivery->applied = s->applied;
	return 0;
}

/**
 * paxosnl_submitter_applied - how far the session has come
 * @s: the submitter
 *
 * Return: the last sequence that is applied, 0 for none; all before it are.
 */
uint64_t paxosnl_submitter_applied(const struct paxosnl_submitter *s)
{
	return s->applied;
}

/**
 * paxosnl_submitter_added - how many values the session has
 * @s: the submitter
 *
 * Return: the last sequence that was handed out, 0 for none.
 */
uint64_t paxosnl_submitter_added(const struct paxosnl_submitter *s)
{
	return s->added;
}
