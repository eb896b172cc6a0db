// SPDX-License-Identifier: GPL-2.0
/* A history: operations, and the names that they use, each name a number. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lin.h"

static void *grown(void *old, size_t n, size_t size)
{
	void *p = realloc(old, n * size);

	if (!p)
		abort();
	return p;
}

void lin_history_init(struct lin_history *history)
{
	memset(history, 0, sizeof(*history));
}

void lin_history_free(struct lin_history *history)
{
	size_t i;

	for (i = 0; i < history->n_ops; i++)
		free(history->op[i].word);
	for (i = 0; i < history->n_names; i++)
		free(history->name[i]);
	free(history->op);
	free(history->name);
	free(history->hash);
	lin_history_init(history);
}

/* Where the name is in the table, or where it belongs. */
static size_t place(const struct lin_history *history, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325ULL;
	const char *p;
	size_t i;

	for (p = name; *p; p++)
		hash = (hash ^ (uint8_t)*p) * 0x100000001b3ULL;
	i = hash & (history->n_hash - 1);
	for (; history->hash[i]; i = (i + 1) & (history->n_hash - 1))
		if (!strcmp(history->name[history->hash[i] - 1], name))
			break;
	return i;
}

static void rehash(struct lin_history *history)
{
	size_t i;

	free(history->hash);
	history->n_hash = history->n_hash ? 2 * history->n_hash : 64;
	history->hash = calloc(history->n_hash, sizeof(*history->hash));
	if (!history->hash)
		abort();
	for (i = 0; i < history->n_names; i++)
		history->hash[place(history, history->name[i])] = (uint32_t)i + 1;
}

/* The number of a name, which it gets when it is first seen. */
uint32_t lin_symbol(struct lin_history *history, const char *name)
{
	size_t i;

	if (2 * (history->n_names + 1) > history->n_hash) {
		rehash(history);
		history->name = grown(history->name, history->n_hash, sizeof(*history->name));
	}
	i = place(history, name);
	if (!history->hash[i]) {
		history->name[history->n_names] = strdup(name);
		if (!history->name[history->n_names])
			abort();
		history->n_names++;
		history->hash[i] = (uint32_t)history->n_names;
	}
	return history->hash[i] - 1;
}

/* Takes a copy; the words of @op itself are not looked at. Operations may come in any order. */
struct lin_op *lin_add(struct lin_history *history, const struct lin_op *op,
		       const uint64_t *args, const uint64_t *results)
{
	struct lin_op *copy;

	if (history->n_ops == history->size) {
		history->size = history->size ? 2 * history->size : 64;
		history->op = grown(history->op, history->size, sizeof(*history->op));
	}
	copy = &history->op[history->n_ops++];
	*copy = *op;
	copy->word = grown(NULL, op->n_args + op->n_results + 1, sizeof(*copy->word));
	if (op->n_args)
		memcpy(copy->word, args, op->n_args * sizeof(*args));
	if (op->n_results)
		memcpy(copy->word + op->n_args, results, op->n_results * sizeof(*results));
	if (op->outcome == LIN_MAYBE)
		copy->ret = LIN_NEVER;
	return copy;
}

/* A word as text: of @type n a number, of w a symbol's name. */
const char *lin_word(const struct lin_history *history, char type, uint64_t word, char text[32])
{
	static const char *const words[LIN_WORDS] = { "none", "busy", "stale", "yes", "no" };

	if (word >= LIN_NONE && word < LIN_NONE + LIN_WORDS)
		return words[word - LIN_NONE];
	if (type == 'w' && word < history->n_names)
		return history->name[word];
	snprintf(text, 32, "%" PRId64, (int64_t)word);
	return text;
}
