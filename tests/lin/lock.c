// SPDX-License-Identifier: GPL-2.0
/*
 * A lock with tokens (P27): at most one holder, each grant with a token above
 * all before. It does not expire by itself, but by an operation of its own.
 *
 *	acquire = ok TOKEN | ok busy
 *	release TOKEN = ok | ok stale	stale: the client does not hold it under TOKEN
 *	expire TOKEN = ok | ok stale	by anybody
 *	holder = ok TOKEN | ok none
 *
 * The token of an acquire that is a maybe is not known: it is above all before,
 * and whoever names one first settles which. That a token is stale which nobody
 * was told of says that it is not this one; this is not kept, since nobody can
 * name a token that he was not given.
 */
#include <inttypes.h>

#include "lin.h"

enum { ACQUIRE, RELEASE, EXPIRE, HOLDER };

/* What the words of the state are. */
enum {
	WHO,		/* the holder's symbol plus one, 0 for none */
	TOKEN,		/* the last one, or the least that it can be */
	EXACT,		/* there is a holder, and its token is known */
};

static const struct lin_verb verbs[] = {
	[ACQUIRE] = { "acquire", "", "n" },
	[RELEASE] = { "release", "n", "w?" },
	[EXPIRE] = { "expire", "n", "w?" },
	[HOLDER] = { "holder", "", "n" },
	{ NULL, NULL, NULL },
};

static void set(struct lin_state *state, uint64_t who, uint64_t token, bool exact)
{
	state->word[WHO] = who;
	state->word[TOKEN] = token;
	state->word[EXACT] = exact;
}

static bool acquire(const struct lin_op *op, struct lin_state *state)
{
	const uint64_t who = op->client + 1ULL;
	uint64_t token;

	if (op->outcome == LIN_MAYBE) {
		if (!state->word[WHO])
			set(state, who, state->word[TOKEN] + 1, false);
		return true;
	}
	token = op->word[op->n_args];
	if (token == LIN_BUSY)
		return state->word[WHO];
	if (state->word[WHO] || token >= LIN_NONE || token <= state->word[TOKEN])
		return false;
	set(state, who, token, true);
	return true;
}

static bool end(const struct lin_op *op, struct lin_state *state)
{
	const uint64_t token = op->word[0];
	bool held = state->word[WHO] &&
		    (op->verb == EXPIRE || state->word[WHO] == op->client + 1ULL);
	bool is_it = held && (state->word[EXACT] ? token == state->word[TOKEN] :
						   token >= state->word[TOKEN]);

	if (op->outcome == LIN_OK && op->n_results)
		return op->word[1] == LIN_STALE && !(is_it && state->word[EXACT]);
	if (is_it)
		set(state, 0, token, false);
	return is_it || op->outcome == LIN_MAYBE;
}

static bool holder(const struct lin_op *op, struct lin_state *state)
{
	uint64_t token;

	if (op->outcome == LIN_MAYBE)
		return true;
	token = op->word[op->n_args];
	if (!state->word[WHO])
		return token == LIN_NONE;
	if (token >= LIN_NONE || (state->word[EXACT] ? token != state->word[TOKEN] :
						       token < state->word[TOKEN]))
		return false;
	set(state, state->word[WHO], token, true);
	return true;
}

static bool step(void *model, const struct lin_op *op, struct lin_state *state)
{
	(void)model;
	switch (op->verb) {
	case ACQUIRE:
		return acquire(op, state);
	case HOLDER:
		return holder(op, state);
	default:
		return end(op, state);
	}
}

static void show(const struct lin_history *history, const void *model,
		 const struct lin_state *state, char *text, size_t size)
{
	const char *least = state->word[EXACT] ? "" : " at least";

	(void)model;
	if (state->word[WHO])
		snprintf(text, size, "%s holds it, token%s %" PRIu64,
			 history->name[state->word[WHO] - 1], least, state->word[TOKEN]);
	else
		snprintf(text, size, "free, last token%s %" PRIu64, least, state->word[TOKEN]);
}

const struct lin_model lin_lock = {
	.name = "lock",
	.verb = verbs,
	.by_client = true,
	.step = step,
	.show = show,
};
