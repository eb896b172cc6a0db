// SPDX-License-Identifier: GPL-2.0
/*
 * The search (Wing and Gong, 1993): place one operation after another, each time
 * one that was invoked before any that is not placed returned, and go back where
 * no one fits. Lowe (2017): what was searched once, the same operations placed
 * and the same state after them, is not searched again. Each key by itself, as
 * Herlihy and Wing (1990) allow.
 *
 * An operation that is a maybe need not be placed. These rules keep many of them
 * from costing much, and lose nothing:
 *  - those that are sure are tried first;
 *  - one that would change nothing is left out;
 *  - of two that do the same, the one invoked first is placed first;
 *  - if the operation after it could follow as well without it, and leave the
 *    same state, then it is left out: without it there are only more ways on,
 *    and they are tried, since what is before it is still being searched.
 * And since in practice few follow each other directly, orders in which few do
 * are searched first.
 */
#include <stdlib.h>
#include <string.h>

#include "lin.h"

/* An invocation or a return of an operation that is sure; number 0 is the list's head. */
struct event {
	size_t next;
	size_t prev;
	size_t op;
	bool returns;
};

struct frame {
	size_t index;
	bool is_maybe;
	struct lin_state before;
	size_t top;
	size_t used_top;
	size_t row;
};

/**
 * struct search - a search for an order of one key's operations
 * @model: what kind of object it is
 * @prepared: what the model made for it
 * @limit: bytes that it may take
 * @sure: operations that were done, by invocation
 * @n_sure: how many
 * @maybe: operations that may have been done, by invocation
 * @n_maybe: how many
 * @twin: of each @maybe, index plus one of the last before it that does the same
 * @event: what is not placed yet, a list in order of time
 * @call: of each @sure its invocation in @event
 * @placed: a bit for each @sure
 * @top: one above the highest bit that is set
 * @used: a bit for each @maybe
 * @used_top: likewise
 * @row: how many maybes were placed last, one directly after another
 * @longest: so many may be
 * @cut: more would have been tried
 * @state: after all that is placed
 * @frame: what is placed, in that order
 * @depth: how many
 * @memo: what was seen
 * @key: room for an entry of it
 * @best: event of the latest return that could not be met
 * @steps: operations that were tried
 * @report: what is told of it
 */
struct search {
	const struct lin_model *model;
	void *prepared;
	size_t limit;
	const struct lin_op **sure;
	size_t n_sure;
	const struct lin_op **maybe;
	size_t n_maybe;
	size_t *twin;
	struct event *event;
	size_t *call;
	uint64_t *placed;
	size_t top;
	uint64_t *used;
	size_t used_top;
	size_t row;
	size_t longest;
	bool cut;
	struct lin_state state;
	struct frame *frame;
	size_t depth;
	struct lin_memo *memo;
	uint64_t *key;
	size_t best;
	uint64_t steps;
	struct lin_report *report;
};

static void *array(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		abort();
	return p;
}

static bool is_equal(const struct lin_state *a, const struct lin_state *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static size_t words(size_t bits)
{
	return (bits + 63) / 64;
}

static void lift(struct search *s, size_t number)
{
	const struct event *e = &s->event[number];

	s->event[e->prev].next = e->next;
	s->event[e->next].prev = e->prev;
}

static void unlift(struct search *s, size_t number)
{
	const struct event *e = &s->event[number];

	s->event[e->prev].next = number;
	s->event[e->next].prev = number;
}

/*
 * Which operations that are sure are placed, in few words: all are up to some,
 * and of those after it few.
 */
static size_t write_key(struct search *s)
{
	size_t first = s->event[0].next ? s->event[s->event[0].next].op : s->n_sure;
	size_t n = 0, i;

	s->key[n++] = first;
	s->key[n++] = s->top > first ? words(s->top) - first / 64 : 0;
	for (i = first / 64; s->top > first && i < words(s->top); i++)
		s->key[n++] = s->placed[i];
	memcpy(&s->key[n], &s->state, sizeof(s->state));
	return n + sizeof(s->state) / sizeof(s->key[0]);
}

static const struct lin_op *op_of(const struct search *s, const struct frame *f)
{
	return f->is_maybe ? s->maybe[f->index] : s->sure[f->index];
}

static void push(struct search *s, size_t i, bool is_maybe, const struct lin_state *state)
{
	s->frame[s->depth++] = (struct frame){
		i, is_maybe, s->state, s->top, s->used_top, s->row,
	};
	s->state = *state;
	s->row = is_maybe ? s->row + 1 : 0;
	if (is_maybe) {
		s->used[i / 64] |= 1ULL << i % 64;
		s->used_top = i + 1 > s->used_top ? i + 1 : s->used_top;
		return;
	}
	s->placed[i / 64] |= 1ULL << i % 64;
	s->top = i + 1 > s->top ? i + 1 : s->top;
	lift(s, s->call[i]);
	lift(s, s->call[s->n_sure + i]);
}

static struct frame pop(struct search *s)
{
	struct frame f = s->frame[--s->depth];
	size_t i = f.index;

	s->state = f.before;
	s->top = f.top;
	s->used_top = f.used_top;
	s->row = f.row;
	if (f.is_maybe) {
		s->used[i / 64] &= ~(1ULL << i % 64);
	} else {
		s->placed[i / 64] &= ~(1ULL << i % 64);
		unlift(s, s->call[s->n_sure + i]);
		unlift(s, s->call[i]);
	}
	return f;
}

/* The maybe that was placed last is of no use to @op, which leaves @state. */
static bool is_idle(struct search *s, const struct lin_op *op, const struct lin_state *state)
{
	const struct frame *last = s->depth ? &s->frame[s->depth - 1] : NULL;
	struct lin_state without;

	if (!last || !last->is_maybe)
		return false;
	without = last->before;
	return s->model->step(s->prepared, op, &without) && is_equal(&without, state);
}

static bool is_used(const struct search *s, size_t maybe)
{
	return s->used[maybe / 64] >> maybe % 64 & 1;
}

static bool put(struct search *s, size_t i, bool is_maybe)
{
	const struct lin_op *op = is_maybe ? s->maybe[i] : s->sure[i];
	struct lin_state state = s->state;

	if (is_maybe && (is_used(s, i) || (s->twin[i] && !is_used(s, s->twin[i] - 1))))
		return false;
	s->report->steps++;
	s->steps++;
	if ((s->model->hopeless && s->model->hopeless(s->prepared, op, &state)) ||
	    !s->model->step(s->prepared, op, &state) ||
	    (is_maybe && is_equal(&state, &s->state)) ||
	    is_idle(s, op, &state))
		return false;
	if (is_maybe && s->row == s->longest) {
		s->cut = true;
		return false;
	}
	push(s, i, is_maybe, &state);
	if (lin_memo_add(s->memo, s->key, write_key(s), s->used,
			 words(s->used_top)))
		return true;
	pop(s);
	return false;
}

/* The latest return that could not be met is what the report is about. */
static void note_stuck(struct search *s, size_t number, const struct lin_history *history)
{
	struct lin_report *r = s->report;
	size_t i;

	if (number <= s->best)
		return;
	s->best = number;
	r->stuck_at = number;
	r->stuck = s->sure[s->event[number].op];
	r->n_placed = s->depth;
	for (i = 0; i < s->depth; i++)
		r->placed[i] = op_of(s, &s->frame[i]);
	s->model->show(history, s->prepared, &s->state, r->state, sizeof(r->state));
}

/*
 * What is kept doubles as it grows, so that no more than half may be taken. Work
 * is bounded with it: so many bytes, so many steps.
 */
static bool is_full(struct search *s)
{
	size_t bytes = lin_memo_bytes(s->memo);

	if (s->model->bytes)
		bytes += s->model->bytes(s->prepared);
	if (bytes > s->report->bytes)
		s->report->bytes = bytes;
	return bytes > s->limit / 2 || s->steps + lin_memo_work(s->memo) > 4 * s->limit;
}

static enum lin_verdict search(struct search *s, const struct lin_history *history)
{
	size_t at = s->event[0].next, maybe = 0;
	struct frame last;

	while (s->event[0].next) {
		if (!s->event[at].returns) {
			if (put(s, s->event[at].op, false)) {
				at = s->event[0].next;
				maybe = 0;
				if (is_full(s))
					return LIN_GAVE_UP;
			} else {
				at = s->event[at].next;
			}
			continue;
		}
		/* No call before this return fits: perhaps a maybe explains it. */
		if (maybe < s->n_maybe &&
		    s->maybe[maybe]->invoke <= s->sure[s->event[at].op]->ret) {
			if (put(s, maybe, true)) {
				at = s->event[0].next;
				maybe = 0;
				if (is_full(s))
					return LIN_GAVE_UP;
			} else {
				maybe++;
			}
			continue;
		}
		note_stuck(s, at, history);
		if (!s->depth)
			return LIN_VIOLATED;
		last = pop(s);
		at = last.is_maybe ? s->event[0].next : s->event[s->call[last.index]].next;
		maybe = last.is_maybe ? last.index + 1 : 0;
		while (last.is_maybe && !s->event[at].returns)
			at = s->event[at].next;
	}
	return LIN_PASSED;
}

/* One that was cut short says nothing unless it passed. */
static enum lin_verdict search_all(struct search *s, const struct lin_history *history)
{
	enum lin_verdict verdict;

	for (s->longest = 1;; s->longest *= 4) {
		s->memo = lin_memo_new();
		s->cut = false;
		verdict = search(s, history);
		lin_memo_free(s->memo);
		if (verdict != LIN_VIOLATED || !s->cut)
			return verdict;
	}
}

/* An event to be sorted: invocations come before returns at the same time. */
struct moment {
	uint64_t time;
	size_t op;
	bool returns;
};

static int by_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->returns != y->returns)
		return x->returns ? 1 : -1;
	return x->op < y->op ? -1 : x->op > y->op;
}

static void link_events(struct search *s)
{
	struct moment *moment = array(2 * s->n_sure, sizeof(*moment));
	size_t i, n = 2 * s->n_sure;

	for (i = 0; i < s->n_sure; i++) {
		moment[2 * i] = (struct moment){ s->sure[i]->invoke, i, false };
		moment[2 * i + 1] = (struct moment){ s->sure[i]->ret, i, true };
	}
	qsort(moment, n, sizeof(*moment), by_time);
	s->event = array(n, sizeof(*s->event));
	s->call = array(n, sizeof(*s->call));
	for (i = 0; i <= n; i++) {
		s->event[i].next = i == n ? 0 : i + 1;
		s->event[i].prev = i ? i - 1 : n;
	}
	for (i = 0; i < n; i++) {
		s->event[i + 1].op = moment[i].op;
		s->event[i + 1].returns = moment[i].returns;
		s->call[(moment[i].returns ? s->n_sure : 0) + moment[i].op] = i + 1;
	}
	free(moment);
}

static bool does_the_same(const struct lin_model *model, const struct lin_op *a,
			  const struct lin_op *b)
{
	return a->verb == b->verb && a->n_args == b->n_args &&
	       (!model->by_client || a->client == b->client) &&
	       !memcmp(a->word, b->word, a->n_args * sizeof(*a->word));
}

static void link_twins(struct search *s)
{
	size_t i, j;

	s->twin = array(s->n_maybe, sizeof(*s->twin));
	for (i = 0; i < s->n_maybe; i++)
		for (j = i; j > 0 && !s->twin[i]; j--)
			if (does_the_same(s->model, s->maybe[i], s->maybe[j - 1]))
				s->twin[i] = j;
}

/*
 * A model that looks ahead sees what returned up to @horizon: all, or what was
 * stuck before. What is stuck with all in sight may be so only because of what
 * comes after it.
 */
static void *prepare(const struct lin_model *model, const struct lin_op *const *op, size_t n,
		     const struct lin_op *horizon)
{
	const struct lin_op **seen = array(n, sizeof(*seen));
	size_t i, n_seen = 0;
	bool passed = false;
	void *prepared;

	/* At equal times they return in this order, as by_time() has it. */
	for (i = 0; i < n; i++) {
		if (!horizon || op[i]->ret < horizon->ret ||
		    (op[i]->ret == horizon->ret && !passed))
			seen[n_seen++] = op[i];
		passed |= op[i] == horizon;
	}
	prepared = model->prepare(seen, n_seen);
	free(seen);
	return prepared;
}

/* Operations of one key, by invocation. */
static enum lin_verdict check_key(const struct lin_model *model,
				  const struct lin_history *history,
				  const struct lin_op *const *op, size_t n, size_t limit,
				  const struct lin_op *horizon, struct lin_report *report)
{
	struct search s = { .model = model, .limit = limit, .report = report };
	enum lin_verdict verdict;
	size_t i;

	s.state = model->first;
	s.sure = array(n, sizeof(*s.sure));
	s.maybe = array(n, sizeof(*s.maybe));
	for (i = 0; i < n; i++) {
		if (op[i]->outcome == LIN_OK)
			s.sure[s.n_sure++] = op[i];
		else if (op[i]->outcome == LIN_MAYBE)
			s.maybe[s.n_maybe++] = op[i];
	}
	link_events(&s);
	link_twins(&s);
	s.placed = array(words(s.n_sure), sizeof(*s.placed));
	s.used = array(words(s.n_maybe), sizeof(*s.used));
	s.frame = array(n, sizeof(*s.frame));
	s.key = array(words(s.n_sure) + 8, sizeof(*s.key));
	s.prepared = model->prepare ? prepare(model, op, n, horizon) : NULL;
	report->placed = realloc(report->placed, (n + 1) * sizeof(*report->placed));
	if (!report->placed)
		abort();
	verdict = search_all(&s, history);
	if (model->release)
		model->release(s.prepared);
	free(s.key);
	free(s.frame);
	free(s.used);
	free(s.placed);
	free(s.twin);
	free(s.call);
	free(s.event);
	free(s.maybe);
	free(s.sure);
	return verdict;
}

/*
 * The model looked ahead, so that the report may be stuck before it must. With
 * nothing in sight but what returned up to there the search gets further, or it
 * is stuck indeed. That may take long: then the report stays as it is.
 */
static void find_stuck(const struct lin_model *model, const struct lin_history *history,
		       const struct lin_op *const *op, size_t n, size_t limit,
		       struct lin_report *report)
{
	struct lin_report further = { 0 };
	size_t best = report->stuck_at;

	while (check_key(model, history, op, n, limit, report->stuck, &further) ==
	       LIN_VIOLATED && further.stuck_at > best) {
		free(report->placed);
		*report = further;
		best = further.stuck_at;
		memset(&further, 0, sizeof(further));
	}
	free(further.placed);
}

static int by_key(const void *a, const void *b)
{
	const struct lin_op *x = *(const struct lin_op *const *)a;
	const struct lin_op *y = *(const struct lin_op *const *)b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->invoke != y->invoke)
		return x->invoke < y->invoke ? -1 : 1;
	return x < y ? -1 : x > y;
}

/**
 * lin_check - is the history linearizable?
 * @model: what kind of objects its keys are
 * @history: the operations
 * @limit: bytes that the search may take for one key
 * @report: what was found; lin_report_free() frees what is in it
 *
 * One key that is not linearizable decides, even if another made it give up.
 *
 * Return: the verdict.
 */
enum lin_verdict lin_check(const struct lin_model *model, const struct lin_history *history,
			   size_t limit, struct lin_report *report)
{
	const struct lin_op **op = array(history->n_ops, sizeof(*op));
	size_t first, n;

	memset(report, 0, sizeof(*report));
	for (n = 0; n < history->n_ops; n++)
		op[n] = &history->op[n];
	qsort(op, n, sizeof(*op), by_key);
	for (first = 0; first < history->n_ops; first += n) {
		enum lin_verdict verdict;

		for (n = 1; first + n < history->n_ops && op[first + n]->key == op[first]->key; n++)
			;
		verdict = check_key(model, history, op + first, n, limit, NULL, report);
		if (verdict == LIN_VIOLATED) {
			if (model->hopeless)
				find_stuck(model, history, op + first, n, limit / 64, report);
			report->verdict = verdict;
			report->key = op[first]->key;
			break;
		}
		if (verdict == LIN_GAVE_UP && report->verdict == LIN_PASSED) {
			report->verdict = verdict;
			report->key = op[first]->key;
		}
	}
	free(op);
	return report->verdict;
}

void lin_report_free(struct lin_report *report)
{
	free(report->placed);
	report->placed = NULL;
}
