// SPDX-License-Identifier: GPL-2.0
/*
 * The definition itself, for small histories: every order of every choice of
 * the operations that may have been done, one after the other.
 */
#include <stdlib.h>

#include "lin_test.h"

/* Returns are in order of time, at equal times as the search has them. */
static bool returns_before(const struct lin_op *a, const struct lin_op *b)
{
	if (a->ret != b->ret)
		return a->ret < b->ret;
	if (a->invoke != b->invoke)
		return a->invoke < b->invoke;
	return a < b;
}

/* With @last, only what returned up to there has to be placed. */
static bool must(const struct lin_op *op, const struct lin_op *last)
{
	return op->outcome == LIN_OK && (!last || !returns_before(last, op));
}

static bool try(const struct lin_model *model, void *prepared, const struct lin_history *history,
		uint32_t key, const struct lin_op *last, uint64_t placed, struct lin_state state)
{
	bool whole = true;
	size_t i, j;

	for (i = 0; i < history->n_ops; i++)
		if (history->op[i].key == key && !(placed >> i & 1) && must(&history->op[i], last))
			whole = false;
	if (whole)
		return true;
	for (i = 0; i < history->n_ops; i++) {
		const struct lin_op *op = &history->op[i];
		struct lin_state next = state;
		bool may = op->key == key && !(placed >> i & 1) && op->outcome != LIN_FAILED;

		for (j = 0; j < history->n_ops; j++)
			if (history->op[j].key == key && !(placed >> j & 1) &&
			    history->op[j].outcome == LIN_OK && history->op[j].ret < op->invoke)
				may = false;
		if (may && model->step(prepared, op, &next) &&
		    try(model, prepared, history, key, last, placed | 1ULL << i, next))
			return true;
	}
	return false;
}

/*
 * Is it linearizable? With @last: can be placed what returned up to there, on
 * its key alone?
 */
bool brute_check(const struct lin_model *model, const struct lin_history *history,
		 const struct lin_op *last)
{
	const struct lin_op **op = calloc(history->n_ops + 1, sizeof(*op));
	void *prepared;
	bool good = true;
	size_t i;

	if (!op)
		abort();
	for (i = 0; i < history->n_ops; i++)
		op[i] = &history->op[i];
	prepared = model->prepare ? model->prepare(op, history->n_ops) : NULL;
	for (i = 0; i < history->n_ops && good; i++)
		if (!last || last->key == history->op[i].key)
			good = try(model, prepared, history, history->op[i].key, last, 0,
				   model->first);
	if (model->release)
		model->release(prepared);
	free(op);
	return good;
}

/* Does the report say the truth of the order that it gives? */
bool brute_replay(const struct lin_model *model, const struct lin_history *history,
		  const struct lin_report *report)
{
	const struct lin_op **op = calloc(history->n_ops + 1, sizeof(*op));
	struct lin_state state = model->first;
	void *prepared;
	bool good = true;
	size_t i, j, due = 0;

	if (!op)
		abort();
	for (i = 0; i < history->n_ops; i++)
		op[i] = &history->op[i];
	prepared = model->prepare ? model->prepare(op, history->n_ops) : NULL;
	for (i = 0; i < report->n_placed && good; i++) {
		good = report->placed[i]->outcome != LIN_FAILED &&
		       report->placed[i] != report->stuck &&
		       model->step(prepared, report->placed[i], &state);
		for (j = 0; j < i; j++)
			good &= report->placed[j] != report->placed[i] &&
				report->placed[i]->ret >= report->placed[j]->invoke;
		due += report->placed[i]->outcome == LIN_OK &&
		       returns_before(report->placed[i], report->stuck);
	}
	for (i = 0; i < history->n_ops; i++)
		due -= history->op[i].key == report->key && history->op[i].outcome == LIN_OK &&
		       returns_before(&history->op[i], report->stuck);
	if (model->release)
		model->release(prepared);
	free(op);
	return good && !due;
}
