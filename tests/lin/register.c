// SPDX-License-Identifier: GPL-2.0
/*
 * A register: holds one value, at first none.
 *
 *	write V = ok
 *	read = ok V
 *	cas OLD NEW = ok yes | ok no	no: it did not hold OLD
 */
#include "lin.h"

enum { WRITE, READ, CAS };

static const struct lin_verb verbs[] = {
	[WRITE] = { "write", "w", "" },
	[READ] = { "read", "", "w" },
	[CAS] = { "cas", "ww", "w" },
	{ NULL, NULL, NULL },
};

static bool step(void *model, const struct lin_op *op, struct lin_state *state)
{
	const uint64_t *result = op->outcome == LIN_OK ? op->word + op->n_args : NULL;
	bool equal;

	(void)model;
	switch (op->verb) {
	case WRITE:
		state->word[0] = op->word[0];
		return true;
	case READ:
		return !result || state->word[0] == *result;
	default:
		equal = state->word[0] == op->word[0];
		if (result && *result != (equal ? LIN_YES : LIN_NO))
			return false;
		if (equal)
			state->word[0] = op->word[1];
		return true;
	}
}

static void show(const struct lin_history *history, const void *model,
		 const struct lin_state *state, char *text, size_t size)
{
	char number[32];

	(void)model;
	snprintf(text, size, "%s", lin_word(history, 'w', state->word[0], number));
}

const struct lin_model lin_register = {
	.name = "register",
	.verb = verbs,
	.first = { { LIN_NONE } },
	.step = step,
	.show = show,
};
