// SPDX-License-Identifier: GPL-2.0
/*
 * A history as text, an operation a line, in any order:
 *
 *	INVOKED RETURNED CLIENT KEY VERB [ARGUMENT...] = OUTCOME [RESULT...]
 *
 *	0   4   a  x  write 1  = ok
 *	2   9   b  x  read     = ok 1
 *	5   -   c  x  write 2  = maybe
 *
 * Times are whole numbers of any unit. An operation comes before another if it
 * returned before the other was invoked; at equal times neither does. OUTCOME
 * is ok, failed (it was not done and never will be) or maybe (nobody knows; a
 * timeout is one). RETURNED of a maybe is - or the time when the client gave
 * up, which says nothing of when it happened. A client does one thing at a
 * time, except that it may go on after a maybe. Each KEY names an object of
 * its own. Values are words; none, busy, stale, yes and no mean what they say.
 * What follows # is a comment. Verbs and results are told at the head of each
 * model's file.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lin.h"

struct reader {
	const char *name;
	uint32_t line;
	bool bad;
};

__attribute__((format(printf, 2, 3)))
static bool complain(struct reader *r, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s:%u: ", r->name, r->line);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	r->bad = true;
	return false;
}

static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = (uint64_t)strtoll(text, &end, 10);
	return end != text && !*end && !errno;
}

static bool read_time(const char *text, uint64_t *time)
{
	return read_number(text, time) && *time <= INT64_MAX;
}

static bool read_word(struct lin_history *history, char type, const char *text, uint64_t *word)
{
	char unused[32];
	uint64_t w;

	for (w = LIN_NONE; w < LIN_NONE + LIN_WORDS; w++)
		if (!strcmp(text, lin_word(history, 'n', w, unused))) {
			*word = w;
			return true;
		}
	if (type == 'n')
		return read_number(text, word);
	*word = lin_symbol(history, text);
	return true;
}

/* Reads words as the model's letters say; NULL ends them. */
static bool read_words(struct reader *r, struct lin_history *history, const char *types,
		       char *const *token, size_t n, uint64_t *word)
{
	const char *t = types;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!*t)
			return complain(r, "%s is one word too many", token[i]);
		if (!read_word(history, *t, token[i], &word[i]))
			return complain(r, "%s is not a number", token[i]);
		if (t[1] != '*')
			t += t[1] == '?' ? 2 : 1;
	}
	if (*t && t[1] != '?' && t[1] != '*')
		return complain(r, "a word is missing");
	return true;
}

static bool read_outcome(struct reader *r, const char *text, struct lin_op *op)
{
	if (!strcmp(text, "ok"))
		op->outcome = LIN_OK;
	else if (!strcmp(text, "failed"))
		op->outcome = LIN_FAILED;
	else if (!strcmp(text, "maybe"))
		op->outcome = LIN_MAYBE;
	else
		return complain(r, "the outcome is ok, failed or maybe, not %s", text);
	return true;
}

static bool read_op(struct reader *r, const struct lin_model *model, struct lin_history *history,
		    char **token, size_t n)
{
	struct lin_op op = { .line = r->line };
	const struct lin_verb *verb;
	uint64_t *word;
	size_t equals;
	bool good;

	for (equals = 5; equals < n && strcmp(token[equals], "="); equals++)
		;
	if (equals + 1 >= n)
		return complain(r, "wanted: %s",
				"INVOKED RETURNED CLIENT KEY VERB [WORD...] = OUTCOME [WORD...]");
	for (verb = model->verb; verb->name && strcmp(verb->name, token[4]); verb++)
		;
	if (!verb->name)
		return complain(r, "%s: %s is not asked of a %s", token[4], token[4], model->name);
	op.verb = (uint8_t)(verb - model->verb);
	if (!read_outcome(r, token[equals + 1], &op))
		return false;
	if (!read_time(token[0], &op.invoke))
		return complain(r, "%s is not a time", token[0]);
	if (!(op.outcome == LIN_MAYBE && !strcmp(token[1], "-")) &&
	    !read_time(token[1], &op.ret))
		return complain(r, "%s is not a time", token[1]);
	if (op.outcome != LIN_MAYBE && op.ret < op.invoke)
		return complain(r, "it returns before it is invoked");
	op.client = lin_symbol(history, token[2]);
	op.key = lin_symbol(history, token[3]);
	op.n_args = (uint32_t)(equals - 5);
	op.n_results = (uint32_t)(n - equals - 2);
	if (op.outcome != LIN_OK && op.n_results)
		return complain(r, "only what is ok has a result");
	word = calloc(n, sizeof(*word));
	if (!word)
		abort();
	good = read_words(r, history, verb->args, token + 5, op.n_args, word) &&
	       (op.outcome != LIN_OK || read_words(r, history, verb->results, token + equals + 2,
						   op.n_results, word + op.n_args));
	if (good)
		lin_add(history, &op, word, word + op.n_args);
	free(word);
	return good;
}

static void read_line(struct reader *r, const struct lin_model *model,
		      struct lin_history *history, char *line)
{
	char **token = calloc(strlen(line) / 2 + 2, sizeof(*token));
	char *comment = strchr(line, '#'), *save = NULL, *t;
	size_t n = 0;

	if (!token)
		abort();
	if (comment)
		*comment = 0;
	for (t = strtok_r(line, " \t\r\n", &save); t; t = strtok_r(NULL, " \t\r\n", &save))
		token[n++] = t;
	if (n)
		read_op(r, model, history, token, n);
	free(token);
}

static int by_client(const void *a, const void *b)
{
	const struct lin_op *x = *(const struct lin_op *const *)a;
	const struct lin_op *y = *(const struct lin_op *const *)b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	if (x->invoke != y->invoke)
		return x->invoke < y->invoke ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Who writes histories by hand forgets that a client waits for its answer. */
static void check_clients(struct reader *r, const struct lin_history *history)
{
	const struct lin_op **op = calloc(history->n_ops + 1, sizeof(*op));
	size_t i;

	if (!op)
		abort();
	for (i = 0; i < history->n_ops; i++)
		op[i] = &history->op[i];
	qsort(op, history->n_ops, sizeof(*op), by_client);
	for (i = 1; i < history->n_ops; i++)
		if (op[i]->client == op[i - 1]->client && op[i - 1]->outcome != LIN_MAYBE &&
		    op[i - 1]->ret > op[i]->invoke) {
			r->line = op[i]->line;
			complain(r, "client %s has not finished line %u yet",
				 history->name[op[i]->client], op[i - 1]->line);
		}
	free(op);
}

/* False, and complaints on standard error, for what is no history. */
bool lin_text_read(FILE *file, const char *name, const struct lin_model *model,
		   struct lin_history *history)
{
	struct reader r = { .name = name };
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, file) >= 0) {
		r.line++;
		read_line(&r, model, history, line);
	}
	if (ferror(file))
		complain(&r, "%s", strerror(errno));
	free(line);
	if (!r.bad)
		check_clients(&r, history);
	return !r.bad;
}

static void print_words(FILE *file, const struct lin_history *history, const char *types,
			const uint64_t *word, size_t n)
{
	const char *t = types;
	char text[32];
	size_t i;

	for (i = 0; i < n; i++) {
		fprintf(file, " %s", lin_word(history, *t, word[i], text));
		if (*t && t[1] != '*')
			t += t[1] == '?' ? 2 : 1;
	}
}

void lin_text_op(FILE *file, const struct lin_model *model, const struct lin_history *history,
		 const struct lin_op *op)
{
	static const char *const outcomes[] = { "ok", "failed", "maybe" };
	const struct lin_verb *verb = &model->verb[op->verb];

	fprintf(file, "%10" PRIu64 " ", op->invoke);
	if (op->ret == LIN_NEVER)
		fprintf(file, "%10s", "-");
	else
		fprintf(file, "%10" PRIu64, op->ret);
	fprintf(file, " %s %s %s", history->name[op->client], history->name[op->key], verb->name);
	print_words(file, history, verb->args, op->word, op->n_args);
	fprintf(file, " = %s", outcomes[op->outcome]);
	print_words(file, history, verb->results, op->word + op->n_args, op->n_results);
	fputc('\n', file);
}

void lin_text_report(FILE *file, const struct lin_model *model,
		     const struct lin_history *history, const struct lin_report *report)
{
	size_t i;

	switch (report->verdict) {
	case LIN_PASSED:
		fprintf(file, "linearizable: %zu operations\n", history->n_ops);
		return;
	case LIN_GAVE_UP:
		fprintf(file, "gave up: nobody knows whether %s is linearizable; %" PRIu64
			" steps took %zu KiB\n", history->name[report->key], report->steps,
			report->bytes >> 10);
		return;
	case LIN_VIOLATED:
		break;
	}
	fprintf(file, "not linearizable: %s\n", history->name[report->key]);
	fprintf(file, "these can be placed, in this order:\n");
	for (i = 0; i < report->n_placed; i++)
		lin_text_op(file, model, history, report->placed[i]);
	fprintf(file, "then it holds: %s\n", report->state);
	fprintf(file, "and this cannot be placed, here or earlier:\n");
	lin_text_op(file, model, history, report->stuck);
}
