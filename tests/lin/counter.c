// SPDX-License-Identifier: GPL-2.0
/*
 * A counter: a number, at first 0.
 *
 *	add N = ok [TOTAL]	TOTAL: what it is after it
 *	read = ok TOTAL
 */
#include <inttypes.h>

#include "lin.h"

enum { ADD, READ };

static const struct lin_verb verbs[] = {
	[ADD] = { "add", "n", "n?" },
	[READ] = { "read", "", "n" },
	{ NULL, NULL, NULL },
};

static bool step(void *model, const struct lin_op *op, struct lin_state *state)
{
	(void)model;
	if (op->verb == ADD)
		state->word[0] += op->word[0];
	return op->outcome != LIN_OK || !op->n_results ||
	       op->word[op->n_args] == state->word[0];
}

static void show(const struct lin_history *history, const void *model,
		 const struct lin_state *state, char *text, size_t size)
{
	(void)history;
	(void)model;
	snprintf(text, size, "%" PRId64, (int64_t)state->word[0]);
}

const struct lin_model lin_counter = {
	.name = "counter",
	.verb = verbs,
	.step = step,
	.show = show,
};
