// SPDX-License-Identifier: GPL-2.0
/*
 * Random histories: clients ask an object made here, which has nothing of the
 * models, and get true answers, some of which are falsified afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "lin_test.h"

/* An operation with the moment when it is done, if it ever is. */
struct doing {
	struct lin_op op;
	uint64_t point;
	bool done;
	uint64_t arg[2];
	uint64_t *result;
};

/* All kinds of object in one: a test uses of it what its model has. */
struct object {
	uint64_t value;
	uint64_t total;
	uint64_t holder;
	uint64_t token;
	uint64_t *log;
	uint64_t length;
};

uint64_t random_below(uint64_t *random, uint64_t n)
{
	uint64_t z = *random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return (z ^ z >> 31) % n;
}

static void answer(struct doing *d, uint64_t result)
{
	d->result = realloc(d->result, (d->op.n_results + 1) * sizeof(*d->result));
	if (!d->result)
		abort();
	d->result[d->op.n_results++] = result;
}

static void do_register(struct object *o, struct doing *d, const char *verb)
{
	bool equal;

	if (!strcmp(verb, "write")) {
		o->value = d->arg[0];
	} else if (!strcmp(verb, "read")) {
		answer(d, o->value);
	} else {
		equal = o->value == d->arg[0];
		o->value = equal ? d->arg[1] : o->value;
		answer(d, equal ? LIN_YES : LIN_NO);
	}
}

static void do_counter(struct object *o, struct doing *d, const char *verb)
{
	o->total += !strcmp(verb, "add") ? d->arg[0] : 0;
	answer(d, o->total);
}

/* Tokens are mostly the one in force: with others too little would happen. */
static void do_lock(struct object *o, struct doing *d, const char *verb, uint64_t *random)
{
	if (!strcmp(verb, "acquire")) {
		if (o->holder) {
			answer(d, LIN_BUSY);
		} else {
			o->holder = d->op.client + 1;
			o->token += 1 + random_below(random, 2);
			answer(d, o->token);
		}
	} else if (!strcmp(verb, "holder")) {
		answer(d, o->holder ? o->token : LIN_NONE);
	} else {
		d->arg[0] = random_below(random, 4) ? o->token : d->arg[0];
		if (o->holder && d->arg[0] == o->token &&
		    (!strcmp(verb, "expire") || o->holder == d->op.client + 1))
			o->holder = 0;
		else
			answer(d, LIN_STALE);
	}
}

static void do_log(struct object *o, struct doing *d, const char *verb, uint64_t *random)
{
	uint64_t i;

	if (!strcmp(verb, "append")) {
		o->log[o->length++] = d->arg[0];
		answer(d, o->length);
	} else if (!strcmp(verb, "read")) {
		d->arg[0] = 1 + random_below(random, o->length + 1);
		answer(d, d->arg[0] > o->length ? LIN_NONE : o->log[d->arg[0] - 1]);
	} else {
		/* Of long logs a few are told in full, or nobody reads to the end. */
		d->arg[0] = random_below(random, 1 + o->length % 100);
		for (i = 0; i < d->arg[0] && i < o->length; i++)
			answer(d, o->log[i]);
	}
}

static void do_once(struct object *o, struct doing *d, const char *verb)
{
	if (!strcmp(verb, "propose") && o->value == LIN_NONE)
		o->value = d->arg[0];
	answer(d, o->value);
}

static void do_it(const struct lin_model *model, struct object *o, struct doing *d,
		  uint64_t *random)
{
	const char *verb = model->verb[d->op.verb].name;

	if (model == &lin_register)
		do_register(o, d, verb);
	else if (model == &lin_counter)
		do_counter(o, d, verb);
	else if (model == &lin_lock)
		do_lock(o, d, verb, random);
	else if (model == &lin_log)
		do_log(o, d, verb, random);
	else
		do_once(o, d, verb);
}

static int by_point(const void *a, const void *b)
{
	const struct doing *x = a, *y = b;

	return x->point < y->point ? -1 : x->point > y->point;
}

/* Clients ask one thing after another; each is done at some point before its answer. */
static void draw(const struct lin_model *model, const struct random_shape *shape,
		 uint64_t *random, struct lin_history *history, struct doing *doing)
{
	uint64_t *free_at = calloc(shape->n_clients, sizeof(*free_at));
	uint32_t i, n_verbs = 0;
	char name[32];

	if (!free_at)
		abort();
	while (model->verb[n_verbs].name)
		n_verbs++;
	for (i = 0; i < shape->n_ops; i++) {
		uint64_t client = random_below(random, shape->n_clients);
		uint64_t dice = random_below(random, 1000);
		struct doing *d = &doing[i];

		snprintf(name, sizeof(name), "c%u", (unsigned int)client);
		d->op.client = lin_symbol(history, name);
		snprintf(name, sizeof(name), "k%u",
			 (unsigned int)random_below(random, shape->n_keys));
		d->op.key = lin_symbol(history, name);
		d->op.verb = (uint8_t)random_below(random, n_verbs);
		d->op.n_args = (uint32_t)strlen(model->verb[d->op.verb].args);
		d->arg[0] = 1 + random_below(random, shape->n_values);
		d->arg[1] = 1 + random_below(random, shape->n_values);
		d->op.invoke = free_at[client] + random_below(random, shape->longest);
		d->op.ret = d->op.invoke + random_below(random, shape->longest + 1);
		d->point = d->op.invoke + random_below(random, d->op.ret - d->op.invoke + 1);
		d->done = true;
		free_at[client] = d->op.ret;
		if (dice < shape->maybe) {
			d->op.outcome = LIN_MAYBE;
			d->done = dice % 2;
			d->point += random_below(random, 5 * shape->longest);
		} else if (dice < shape->maybe + 20) {
			d->op.outcome = LIN_FAILED;
			d->done = false;
		}
	}
	free(free_at);
}

void random_history(const struct lin_model *model, const struct random_shape *shape,
		    uint64_t *random, struct lin_history *history)
{
	struct doing *doing = calloc(shape->n_ops, sizeof(*doing));
	struct object *object;
	uint32_t i, k;

	if (!doing)
		abort();
	lin_history_init(history);
	draw(model, shape, random, history, doing);
	qsort(doing, shape->n_ops, sizeof(*doing), by_point);
	/* Keys are symbols: clients and keys are all that has a name here. */
	object = calloc(history->n_names, sizeof(*object));
	if (!object)
		abort();
	for (i = 0; i < history->n_names; i++) {
		object[i].value = LIN_NONE;
		object[i].log = calloc(shape->n_ops + 1, sizeof(*object[i].log));
		if (!object[i].log)
			abort();
	}
	for (i = 0; i < shape->n_ops; i++)
		if (doing[i].done)
			do_it(model, &object[doing[i].op.key], &doing[i], random);
	for (k = 0; k < shape->falsified; k++) {
		struct doing *d = &doing[random_below(random, shape->n_ops)];

		if (d->op.n_results)
			d->result[random_below(random, d->op.n_results)] =
				random_below(random, 5) ? 1 + random_below(random, 4) :
							  LIN_NONE + random_below(random, 5);
	}
	for (i = 0; i < shape->n_ops; i++) {
		if (doing[i].op.outcome != LIN_OK)
			doing[i].op.n_results = 0;
		lin_add(history, &doing[i].op, doing[i].arg, doing[i].result);
		free(doing[i].result);
	}
	for (i = 0; i < history->n_names; i++)
		free(object[i].log);
	free(object);
	free(doing);
}
