// SPDX-License-Identifier: GPL-2.0
/*
 * A log: values at indices from 1 on, without gaps, never changed.
 *
 *	append V = ok INDEX
 *	read INDEX = ok V | ok none	none: the log ends before
 *	prefix N = ok V...		the first N, or all if there are fewer
 *
 * A state is a whole log. Logs share what they begin with: each is the log
 * before it and one value more, and there is one of each, so that equal logs
 * have equal numbers.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lin.h"

enum { APPEND, READ, PREFIX };

static const struct lin_verb verbs[] = {
	[APPEND] = { "append", "w", "n" },
	[READ] = { "read", "n", "w" },
	[PREFIX] = { "prefix", "n", "w*" },
	{ NULL, NULL, NULL },
};

/*
 * The log @before and @value after it; number 0 is the empty one. @jump is one
 * that it begins with, such that few jumps lead to any (Myers, 1983).
 */
struct grown {
	uint64_t before;
	uint64_t jump;
	uint64_t value;
	uint64_t length;
};

struct logs {
	struct grown *log;
	size_t n;
	size_t size;
	size_t *slot;		/* by (before, value): number, 0 for none */
	size_t n_slots;
	uint64_t *known;	/* by index: what somebody was told is there */
	uint64_t n_known;
};

static size_t place(const struct logs *logs, uint64_t before, uint64_t value)
{
	uint64_t hash = (before * 0x9e3779b97f4a7c15ULL ^ value) * 0xbf58476d1ce4e5b9ULL;
	size_t i = (hash ^ hash >> 31) & (logs->n_slots - 1);

	for (; logs->slot[i]; i = (i + 1) & (logs->n_slots - 1)) {
		const struct grown *log = &logs->log[logs->slot[i]];

		if (log->before == before && log->value == value)
			break;
	}
	return i;
}

static void grow(struct logs *logs)
{
	size_t i;

	logs->size = logs->size ? 2 * logs->size : 64;
	logs->log = realloc(logs->log, logs->size * sizeof(*logs->log));
	free(logs->slot);
	logs->n_slots = 2 * logs->size;
	logs->slot = calloc(logs->n_slots, sizeof(*logs->slot));
	if (!logs->log || !logs->slot)
		abort();
	for (i = 1; i < logs->n; i++)
		logs->slot[place(logs, logs->log[i].before, logs->log[i].value)] = i;
}

static uint64_t appended(struct logs *logs, uint64_t before, uint64_t value)
{
	struct grown *b, *log;
	size_t i;

	if (logs->n == logs->size)
		grow(logs);
	i = place(logs, before, value);
	if (logs->slot[i])
		return logs->slot[i];
	b = &logs->log[before];
	log = &logs->log[logs->n];
	log->before = before;
	log->value = value;
	log->length = b->length + 1;
	log->jump = before;
	if (b->length - logs->log[b->jump].length ==
	    logs->log[b->jump].length - logs->log[logs->log[b->jump].jump].length)
		log->jump = logs->log[b->jump].jump;
	logs->slot[i] = logs->n;
	return logs->n++;
}

/* The log that @log begins with and that is so long. */
static uint64_t cut(const struct logs *logs, uint64_t log, uint64_t length)
{
	while (logs->log[log].length > length) {
		uint64_t jump = logs->log[log].jump;

		log = logs->log[jump].length >= length ? jump : logs->log[log].before;
	}
	return log;
}

/* Contradictions among what was told are for the search to find. */
static void know(struct logs *logs, uint64_t index, uint64_t value)
{
	if (index && index < logs->n_known && logs->known[index] == LIN_NONE)
		logs->known[index] = value;
}

static void *prepare(const struct lin_op *const *op, size_t n)
{
	struct logs *logs = calloc(1, sizeof(*logs));
	uint64_t k;
	size_t i;

	if (!logs)
		abort();
	grow(logs);
	logs->log[0] = (struct grown){ 0 };
	logs->n = 1;
	/* No more than was appended can be there. */
	logs->n_known = n + 1;
	logs->known = calloc(logs->n_known, sizeof(*logs->known));
	if (!logs->known)
		abort();
	for (k = 0; k < logs->n_known; k++)
		logs->known[k] = LIN_NONE;
	for (i = 0; i < n; i++) {
		const uint64_t *result = op[i]->word + op[i]->n_args;

		if (op[i]->outcome != LIN_OK)
			continue;
		if (op[i]->verb == APPEND)
			know(logs, result[0], op[i]->word[0]);
		else if (op[i]->verb == READ)
			know(logs, op[i]->word[0], result[0]);
		else
			for (k = 0; k < op[i]->n_results; k++)
				know(logs, k + 1, result[k]);
	}
	return logs;
}

static void release(void *model)
{
	struct logs *logs = model;

	free(logs->log);
	free(logs->slot);
	free(logs->known);
	free(logs);
}

static size_t bytes(const void *model)
{
	const struct logs *logs = model;

	return logs->size * sizeof(*logs->log) + logs->n_slots * sizeof(*logs->slot) +
	       logs->n_known * sizeof(*logs->known);
}

/* Does the log have these values from 1 on? It is long enough. */
static bool begins(const struct logs *logs, uint64_t log, const uint64_t *value, uint64_t n)
{
	log = cut(logs, log, n);
	while (n && logs->log[log].value == value[n - 1]) {
		log = logs->log[log].before;
		n--;
	}
	return !n;
}

static bool step(void *model, const struct lin_op *op, struct lin_state *state)
{
	struct logs *logs = model;
	const uint64_t *result = op->word + op->n_args;
	uint64_t log = state->word[0], length = logs->log[log].length;

	if (op->verb == APPEND) {
		if (op->outcome == LIN_OK && *result != length + 1)
			return false;
		state->word[0] = appended(logs, log, op->word[0]);
		return true;
	}
	if (op->outcome != LIN_OK)
		return true;
	if (op->verb == READ) {
		if (op->word[0] > length || !op->word[0])
			return *result == LIN_NONE;
		return logs->log[cut(logs, log, op->word[0])].value == *result;
	}
	if (op->n_results > op->word[0] || op->n_results > length ||
	    (op->n_results < op->word[0] && op->n_results != length))
		return false;
	return begins(logs, log, result, op->n_results);
}

/*
 * Somebody was told that another value is there. Such a log is not even made: a
 * long one that others wrote is tried with each of their values at each place.
 */
static bool hopeless(const void *model, const struct lin_op *op, const struct lin_state *state)
{
	const struct logs *logs = model;
	uint64_t index = logs->log[state->word[0]].length + 1;

	return op->verb == APPEND && index < logs->n_known && logs->known[index] != LIN_NONE &&
	       logs->known[index] != op->word[0];
}

static void show(const struct lin_history *history, const void *model,
		 const struct lin_state *state, char *text, size_t size)
{
	const struct logs *logs = model;
	const struct grown *log = &logs->log[state->word[0]];
	char number[32];

	if (log->length)
		snprintf(text, size, "%" PRIu64 " values, the last is %s", log->length,
			 lin_word(history, 'w', log->value, number));
	else
		snprintf(text, size, "nothing");
}

const struct lin_model lin_log = {
	.name = "log",
	.verb = verbs,
	.prepare = prepare,
	.release = release,
	.bytes = bytes,
	.step = step,
	.hopeless = hopeless,
	.show = show,
};
