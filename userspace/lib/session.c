// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: what makes delivery exactly once of a log that may hold a value
 * twice. What becomes of an entry follows from the entries before it and from
 * nothing else, so every node that reads the log skips the same ones.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "paxosnl.h"

#define SLOTS_FIRST	64u

/**
 * struct session - a client, as far as the log has it
 * @client: the client
 * @applied: its last sequence that was applied, 0 for none
 * @closed: the instance that closed it, 0 if it is open
 * @size: how many instances are kept, a power of two; 0 for none yet
 * @one: the instance of @applied, if @size is 1; or
 * @ring: the instances of the last @size sequences, each at its sequence modulo
 *   @size
 */
struct session {
	uint64_t client;
	uint64_t applied;
	uint64_t closed;
	size_t size;
	union {
		uint64_t one;
		uint64_t *ring;
	};
};

/**
 * struct paxosnl_sessions - the sessions of a log
 * @slots: a hash table with open addressing
 * @size: how many, a power of two
 * @count: how many are taken; a session is never forgotten
 * @keep: instances kept of each, a power of two
 * @next: the instance that is fed next
 * @text: why the last call failed
 */
struct paxosnl_sessions {
	struct session *slots;
	size_t size;
	size_t count;
	size_t keep;
	uint64_t next;
	char text[256];
};

__attribute__((format(printf, 3, 4)))
static int session_error(struct paxosnl_sessions *t, int error,
			 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->text, sizeof(t->text), format, args);
	va_end(args);
	return error;
}

/* A slot that is taken has applied something, or was closed. */
static bool session_used(const struct session *s)
{
	return s->applied || s->closed;
}

/* Clients are random, and still not everybody's are. */
static size_t session_hash(uint64_t client)
{
	client ^= client >> 33;
	client *= 0xff51afd7ed558ccdull;
	client ^= client >> 33;
	client *= 0xc4ceb9fe1a85ec53ull;
	client ^= client >> 33;
	return (size_t)client;
}

/* The client's slot, or the one that it would have. */
static struct session *session_find(struct session *slots, size_t size,
				    uint64_t client)
{
	size_t i = session_hash(client) & (size - 1);

	while (session_used(&slots[i]) && slots[i].client != client)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

/* Room for one more, with a quarter of the slots free. */
static int session_grow(struct paxosnl_sessions *t)
{
	size_t size = t->size ? 2 * t->size : SLOTS_FIRST;
	struct session *slots;
	size_t i;

	if (t->count + 1 <= t->size - t->size / 4)
		return 0;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return session_error(t, -ENOMEM, "out of memory");
	for (i = 0; i < t->size; i++)
		if (session_used(&t->slots[i]))
			*session_find(slots, size, t->slots[i].client) =
				t->slots[i];
	free(t->slots);
	t->slots = slots;
	t->size = size;
	return 0;
}

static uint64_t *session_at(struct session *s, uint64_t sequence)
{
	return s->size == 1 ? &s->one : &s->ring[sequence & (s->size - 1)];
}

/* Where a sequence was applied, 0 if it was not or that is not kept. */
static uint64_t session_instance(const struct session *s, uint64_t sequence)
{
	if (!sequence || sequence > s->applied ||
	    s->applied - sequence >= s->size)
		return 0;
	return s->size == 1 ? s->one : s->ring[sequence & (s->size - 1)];
}

/* Room for the instance of one sequence more, as far as they are kept. */
static int session_widen(struct paxosnl_sessions *t, struct session *s)
{
	size_t size = s->size ? 2 * s->size : 1;
	uint64_t *ring, sequence;

	if (s->size == t->keep || s->applied < s->size)
		return 0;
	if (size > 1) {
		ring = calloc(size, sizeof(*ring));
		if (!ring)
			return session_error(t, -ENOMEM, "out of memory");
		for (sequence = s->applied; sequence > s->applied - s->size;
		     sequence--)
			ring[sequence & (size - 1)] = *session_at(s, sequence);
		if (s->size > 1)
			free(s->ring);
		s->ring = ring;
	}
	s->size = size;
	return 0;
}

/* The session of a client that has one now, if memory allows. */
static int session_take(struct paxosnl_sessions *t, uint64_t client,
			struct session **sp)
{
	int rc = session_grow(t);

	if (rc)
		return rc;
	*sp = session_find(t->slots, t->size, client);
	if (!session_used(*sp)) {
		memset(*sp, 0, sizeof(**sp));
		(*sp)->client = client;
	}
	return 0;
}

static int session_apply(struct paxosnl_sessions *t,
			 const struct paxosnl_entry *entry)
{
	struct session *s;
	int rc = session_take(t, entry->client, &s);

	if (!rc)
		rc = session_widen(t, s);
	if (rc)
		return rc;
	t->count += !session_used(s);
	s->applied = entry->sequence;
	*session_at(s, s->applied) = entry->instance;
	return 0;
}

static int session_end(struct paxosnl_sessions *t,
		       const struct paxosnl_entry *entry)
{
	struct session *s;
	int rc = session_take(t, entry->client, &s);

	if (rc)
		return rc;
	t->count += !session_used(s);
	s->closed = entry->instance;
	return 0;
}

/* The rule of P28, for a value. */
static void session_judge(const struct session *s, uint64_t sequence,
			  struct paxosnl_delivery *delivery)
{
	uint64_t applied = s ? s->applied : 0;

	delivery->applied = applied;
	if (sequence && sequence <= applied) {
		delivery->verdict = PAXOSNL_SKIP_REPEAT;
		delivery->instance = session_instance(s, sequence);
	} else if (s && s->closed) {
		delivery->verdict = PAXOSNL_SKIP_CLOSED;
		delivery->instance = s->closed;
	} else if (sequence && sequence == applied + 1) {
		delivery->verdict = PAXOSNL_DELIVER;
	} else if (s) {
		delivery->verdict = PAXOSNL_SKIP_GAP;
	} else {
		delivery->verdict = PAXOSNL_SKIP_UNKNOWN;
	}
}

/* Nobody can say what was applied who has not seen all of the log. */
static int session_order(struct paxosnl_sessions *t,
			 const struct paxosnl_entry *entry)
{
	uint64_t first = entry->instance;

	if (entry->trimmed >= t->next)
		first = entry->trimmed + 1;
	if (first == t->next)
		return 0;
	if (first < t->next)
		return session_error(t, -EINVAL,
				     "instance %" PRIu64 " came before, the next is %" PRIu64,
				     first, t->next);
	if (t->next == 1)
		return session_error(t, -EINVAL,
				     "the log begins at instance %" PRIu64 ", sessions at 1",
				     first);
	return session_error(t, -EINVAL,
			     "instances %" PRIu64 " to %" PRIu64 " are missing",
			     t->next, first - 1);
}

/**
 * paxosnl_sessions_open - make a table of sessions, for a log that is read
 * @tp: the table is put here, or NULL
 * @keep: of how many of its last sequences each session keeps where they were
 *   applied, to tell of it when they come again; rounded up, at least 1
 *
 * Return: 0 or -ENOMEM.
 */
int paxosnl_sessions_open(struct paxosnl_sessions **tp, unsigned int keep)
{
	struct paxosnl_sessions *t = calloc(1, sizeof(*t));

	*tp = t;
	if (!t)
		return -ENOMEM;
	t->next = 1;
	t->keep = 1;
	while (t->keep < keep)
		t->keep *= 2;
	return 0;
}

/**
 * paxosnl_sessions_close - free a table of sessions
 * @t: the table, or NULL
 */
void paxosnl_sessions_close(struct paxosnl_sessions *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->size; i++)
		if (t->slots[i].size > 1)
			free(t->slots[i].ring);
	free(t->slots);
	free(t);
}

/**
 * paxosnl_sessions_error - why the last call failed
 * @t: the table
 *
 * Return: a text.
 */
const char *paxosnl_sessions_error(const struct paxosnl_sessions *t)
{
	return t->text;
}

/**
 * paxosnl_sessions_next - where to go on reading
 * @t: the table
 *
 * Return: the instance that paxosnl_sessions_feed() takes next, 1 at first.
 */
uint64_t paxosnl_sessions_next(const struct paxosnl_sessions *t)
{
	return t->next;
}

/**
 * paxosnl_sessions_feed - the next entry of the log
 * @t: the table
 * @entry: the entry, as paxosnl_entry_dump() gives it
 * @delivery: what to do with it
 *
 * Entries come in the order of the log, all of them, from instance 1: who has
 * not seen the beginning cannot tell a repeat from a value. A call that failed
 * has changed nothing.
 *
 * Return: 0; -EINVAL if this is not the next entry; -EPROTONOSUPPORT for a kind
 * of entry that this library does not know; -ENOMEM.
 */
int paxosnl_sessions_feed(struct paxosnl_sessions *t,
			  const struct paxosnl_entry *entry,
			  struct paxosnl_delivery *delivery)
{
	const struct session *s = NULL;
	int rc = session_order(t, entry);

	if (rc)
		return rc;
	memset(delivery, 0, sizeof(*delivery));
	if (t->size)
		s = session_find(t->slots, t->size, entry->client);
	if (s && !session_used(s))
		s = NULL;
	switch (entry->kind) {
	case PAXOS_KIND_VALUE:
		session_judge(s, entry->sequence, delivery);
		if (delivery->verdict != PAXOSNL_DELIVER)
			break;
		rc = session_apply(t, entry);
		delivery->instance = entry->instance;
		delivery->applied = entry->sequence;
		break;
	case PAXOS_KIND_CLOSE:
		delivery->verdict = PAXOSNL_SKIP_CLOSE;
		delivery->instance = entry->instance;
		delivery->applied = s ? s->applied : 0;
		if (s && s->closed)
			delivery->instance = s->closed;
		else
			rc = session_end(t, entry);
		break;
	case PAXOS_KIND_NO_OP:
		delivery->verdict = PAXOSNL_SKIP_NO_OP;
		break;
	default:
		rc = session_error(t, -EPROTONOSUPPORT,
				   "instance %" PRIu64 " is of kind %u, which is not known here",
				   entry->instance, entry->kind);
		break;
	}
	if (!rc)
		t->next++;
	return rc;
}

/**
 * paxosnl_sessions_get - what the log has of a client, as far as it was fed
 * @t: the table
 * @client: the client
 * @session: what is known of it
 *
 * Return: 0, or -ENOENT for an unknown session: nothing of the client was
 * applied, and nobody closed it.
 */
int paxosnl_sessions_get(struct paxosnl_sessions *t, uint64_t client,
			 struct paxosnl_session *session)
{
	const struct session *s = NULL;

	if (t->size)
		s = session_find(t->slots, t->size, client);
	if (!s || !session_used(s))
		return session_error(t, -ENOENT,
				     "nothing of client %016" PRIx64 " up to instance %" PRIu64,
				     client, t->next - 1);
	session->client = client;
	session->applied = s->applied;
	session->instance = session_instance(s, s->applied);
	session->closed = s->closed;
	return 0;
}
