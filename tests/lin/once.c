// SPDX-License-Identifier: GPL-2.0
/*
 * Consensus: what is written once stays. A key is an instance of the log.
 *
 *	propose V = ok CHOSEN	the first proposed is chosen, and all are told it
 *	read = ok CHOSEN | ok none
 */
#include "lin.h"

enum { PROPOSE, READ };

static const struct lin_verb verbs[] = {
	[PROPOSE] = { "propose", "w", "w" },
	[READ] = { "read", "", "w" },
	{ NULL, NULL, NULL },
};

static bool step(void *model, const struct lin_op *op, struct lin_state *state)
{
	(void)model;
	if (op->verb == PROPOSE && state->word[0] == LIN_NONE)
		state->word[0] = op->word[0];
	return op->outcome != LIN_OK || op->word[op->n_args] == state->word[0];
}

static void show(const struct lin_history *history, const void *model,
		 const struct lin_state *state, char *text, size_t size)
{
	char number[32];

	(void)model;
	snprintf(text, size, "%s", lin_word(history, 'w', state->word[0], number));
}

const struct lin_model lin_once = {
	.name = "once",
	.verb = verbs,
	.first = { { LIN_NONE } },
	.step = step,
	.show = show,
};
