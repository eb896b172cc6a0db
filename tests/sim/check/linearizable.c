// SPDX-License-Identifier: GPL-2.0
/*
 * Linearizable (P29): what clients were told. Each instance is written once:
 * whoever is told of it is told the same, and it is a value that somebody had
 * proposed there by then. And the group is a log to which they append: a value
 * has one place, and one that is proposed after another was told to be chosen
 * comes behind it, since who is told that has all below it chosen.
 *
 * A reader whose barrier ended reads the log up to its point, and nothing that is
 * above: all that was told to be chosen before it began is in there. Other reads at
 * a node are not looked at: nobody promises that it has heard of what is chosen,
 * and it may read an old prefix. What a client is told through its node of an
 * instance is only held to be true, not to be new. The log as a whole is read
 * once more, at the end, from what a quorum voted for.
 *
 * An outcome that is not known, and a client that died, are a maybe; so is all
 * that was proposed by others than clients, whom nobody asks.
 */
#include <stdlib.h>

#include "../../lin/lin.h"
#include "check.h"

#define LIMIT	(64U << 20)	/* bytes that a search may take */

/* An operation of a client, as far as it got. */
struct deed {
	struct life *life;
	uint64_t client;
	uint64_t sequence;
	uint64_t instance;	/* 0 for an append to the log */
	uint64_t begun;
	uint64_t ended;
	struct paxos_vid told;
	enum lin_outcome outcome;
	bool reads;		/* nothing was proposed, something was heard */
	bool led;		/* left to whoever leads */
};

/* What a client has under way: numbers of deeds plus one. */
struct doing {
	size_t append;
	size_t attempt;
	bool sent;
};

struct seen {
	struct deed *deed;
	size_t n;
	size_t size;
	uint64_t clock;
	struct doing doing[SIM_CLIENTS];
};

void seen_start(struct sim *sim)
{
	sim->seen = calloc(1, sizeof(*sim->seen));
	if (!sim->seen)
		abort();
}

void seen_free(struct sim *sim)
{
	free(sim->seen->deed);
	free(sim->seen);
	sim->seen = NULL;
}

/* The clock of what clients see. */
uint64_t seen_now(struct sim *sim)
{
	return ++sim->seen->clock;
}

static struct doing *doing_of(struct sim *sim, const struct sim_client *client)
{
	return &sim->seen->doing[client - sim->client];
}

/* Returns its number plus one. */
static size_t begin(struct sim *sim, const struct sim_client *client, uint64_t instance)
{
	struct seen *seen = sim->seen;

	if (seen->n == seen->size) {
		seen->size = seen->size ? 2 * seen->size : 64;
		seen->deed = realloc(seen->deed, seen->size * sizeof(*seen->deed));
		if (!seen->deed)
			abort();
	}
	seen->deed[seen->n++] = (struct deed){
		.life = history_life(sim, sim_node(sim, client->node)),
		.client = client->id,
		.sequence = client->sequence,
		.instance = instance,
		.begun = ++seen->clock,
		.outcome = LIN_MAYBE,
	};
	return seen->n;
}

static void end(struct sim *sim, size_t number, enum lin_outcome outcome,
		const struct paxos_vid *told)
{
	struct deed *deed = &sim->seen->deed[number - 1];

	deed->ended = ++sim->seen->clock;
	deed->outcome = outcome;
	if (told)
		deed->told = *told;
}

/* The client has begun with its next value. */
void seen_begin(struct sim *sim, struct sim_client *client)
{
	doing_of(sim, client)->append = begin(sim, client, 0);
}

/* What was not sent cannot be chosen. */
static void give_up(struct sim *sim, struct doing *doing)
{
	if (doing->attempt)
		end(sim, doing->attempt, doing->sent ? LIN_MAYBE : LIN_FAILED, NULL);
	doing->attempt = 0;
	doing->sent = false;
}

/* It tries its value at an instance: perhaps where it tried before. */
void seen_try(struct sim *sim, struct sim_client *client, uint64_t instance)
{
	struct doing *doing = doing_of(sim, client);

	if (doing->attempt && sim->seen->deed[doing->attempt - 1].instance == instance)
		return;
	give_up(sim, doing);
	doing->attempt = begin(sim, client, instance);
}

/* ACCEPT with its own value was granted. */
void seen_send(struct sim *sim, struct sim_client *client)
{
	doing_of(sim, client)->sent = true;
}

/* Its value is left to whoever leads. */
void seen_lead(struct sim *sim, struct sim_client *client)
{
	sim->seen->deed[doing_of(sim, client)->append - 1].led = true;
}

/* Was a client's value left to whoever led, who puts it anywhere? */
bool seen_led(const struct sim *sim, uint64_t client, uint64_t sequence)
{
	size_t i;

	for (i = 0; i < sim->seen->n; i++) {
		const struct deed *d = &sim->seen->deed[i];

		if (d->led && d->client == client && d->sequence == sequence)
			return true;
	}
	return false;
}

/* It is told what is chosen. */
void seen_told(struct sim *sim, struct sim_client *client, uint64_t instance,
	       const struct paxos_vid *id)
{
	struct doing *doing = doing_of(sim, client);
	size_t number = doing->attempt;

	if (number && sim->seen->deed[number - 1].instance == instance) {
		doing->attempt = 0;
		doing->sent = false;
	} else {
		number = begin(sim, client, instance);
		sim->seen->deed[number - 1].reads = true;
	}
	end(sim, number, LIN_OK, id);
}

/* The outcome of its value: chosen at @instance, or not known (0). */
void seen_end(struct sim *sim, struct sim_client *client, uint64_t instance, bool proposed)
{
	struct doing *doing = doing_of(sim, client);

	if (doing->append) {
		end(sim, doing->append, instance ? LIN_OK : proposed ? LIN_MAYBE : LIN_FAILED,
		    NULL);
		sim->seen->deed[doing->append - 1].told.sequence = instance;
	}
	doing->append = 0;
	give_up(sim, doing);
}

/* A value by its name, as traces have it. */
static uint64_t symbol(struct lin_history *h, uint64_t client, uint64_t sequence)
{
	char name[48];

	if (!client)
		return lin_symbol(h, "no-op");
	snprintf(name, sizeof(name), "%llu/%llu", (unsigned long long)client,
		 (unsigned long long)sequence);
	return lin_symbol(h, name);
}

/* A life of the group, and an instance of it or all. */
static uint32_t key(struct lin_history *h, const struct life *life, uint64_t instance)
{
	const struct life *before;
	unsigned int number = 0;
	char name[48];

	for (before = life; before; before = before->next)
		number++;
	if (instance)
		snprintf(name, sizeof(name), "group-%u/instance-%llu", number,
			 (unsigned long long)instance);
	else
		snprintf(name, sizeof(name), "group-%u", number);
	return lin_symbol(h, name);
}

static bool is_client(const struct sim *sim, uint64_t id)
{
	return id && id <= sim->n_clients;
}

/* What others than clients propose may be there at any time. */
static void add_foreign(struct lin_history *h, uint32_t key, uint64_t value)
{
	struct lin_op op = { .key = key, .outcome = LIN_MAYBE, .n_args = 1 };

	op.client = lin_symbol(h, "others");
	lin_add(h, &op, &value, NULL);
}

static uint32_t client_symbol(struct lin_history *h, uint64_t id)
{
	char name[32];

	snprintf(name, sizeof(name), "client-%llu", (unsigned long long)id);
	return lin_symbol(h, name);
}

static void judge(struct sim *sim, const struct lin_model *model, const struct lin_history *h)
{
	struct lin_report report;
	char op[160] = "";
	FILE *file;

	switch (lin_check(model, h, LIMIT, &report)) {
	case LIN_PASSED:
		break;
	case LIN_VIOLATED:
		if (sim->trace)
			lin_text_report(stdout, model, h, &report);
		file = fmemopen(op, sizeof(op) - 1, "w");
		if (!file)
			abort();
		lin_text_op(file, model, h, report.stuck);
		fclose(file);
		op[strcspn(op, "\n")] = '\0';
		sim_fail(sim, "linearizable: no order explains %s (a %s)",
			 op + strspn(op, " "),
			 model == &lin_log ? "log" : "value written once");
		break;
	case LIN_GAVE_UP:
		/* In general the search has no bound; how many are too hard is counted. */
		sim_note(sim, "linearizable: gave up on %s", h->name[report.key]);
		sim->given_up = true;
		break;
	}
	lin_report_free(&report);
}

static void check_instances(struct sim *sim)
{
	enum { PROPOSE, READ };
	struct lin_history h;
	size_t i;

	lin_history_init(&h);
	for (i = 0; i < sim->seen->n; i++) {
		const struct deed *d = &sim->seen->deed[i];
		struct lin_op op = { .invoke = d->begun, .ret = d->ended };
		uint64_t value, told;

		if (!d->instance)
			continue;
		op.key = key(&h, d->life, d->instance);
		op.client = client_symbol(&h, d->client);
		op.verb = d->reads ? READ : PROPOSE;
		op.outcome = (uint8_t)d->outcome;
		op.n_args = !d->reads;
		op.n_results = d->outcome == LIN_OK;
		value = symbol(&h, d->client, d->sequence);
		told = symbol(&h, d->told.client, d->told.sequence);
		/* Where a leader puts a client's value the client never tried it. */
		if (op.n_results && (!is_client(sim, d->told.client) ||
				     seen_led(sim, d->told.client, d->told.sequence)))
			add_foreign(&h, op.key, told);
		lin_add(&h, &op, &value, &told);
	}
	judge(sim, &lin_once, &h);
	lin_history_free(&h);
}

/* Reads through barriers: each found the whole log, and it ended at the point. */
static void add_readings(struct sim *sim, struct lin_history *h, const struct life *life,
			 struct lin_op op, const uint64_t *value, uint64_t n)
{
	const struct history *history = sim->history;
	const uint64_t all = LIN_NONE - 1;
	size_t i;

	for (i = 0; i < history->n_readings; i++) {
		const struct reading *r = &history->reading[i];

		if (r->life != life || !r->ended || r->point > n)
			continue;
		op.invoke = r->begun;
		op.ret = r->ended;
		op.n_results = (uint32_t)r->point;
		lin_add(h, &op, &all, value);
	}
}

/* Is it there before? That it may be once.c says. */
static bool is_again(const struct life *life, uint64_t s)
{
	const struct paxos_vid *id = &life->instance[s].id;
	uint64_t t;

	for (t = 1; t < s; t++)
		if (life->instance[t].id.client == id->client &&
		    life->instance[t].id.sequence == id->sequence)
			return true;
	return false;
}

/* What a quorum voted for, from the first instance on to the first that is open. */
static void read_log(struct sim *sim, struct lin_history *h, struct life *life)
{
	enum { APPEND, READ, PREFIX };
	uint64_t *value = calloc(life->top + 1, sizeof(*value)), n = 0;
	struct lin_op op = { .verb = PREFIX, .n_args = 1 };

	if (!value)
		abort();
	op.key = key(h, life, 0);
	op.client = lin_symbol(h, "reader");
	op.invoke = sim->seen->clock + 1;
	op.ret = sim->seen->clock + 2;
	for (; n < life->top && life->instance[n + 1].chosen; n++) {
		const struct paxos_vid *id = &life->instance[n + 1].id;

		value[n] = symbol(h, id->client, id->sequence);
		if (!is_client(sim, id->client) || is_again(life, n + 1))
			add_foreign(h, op.key, value[n]);
	}
	op.n_results = (uint32_t)n;
	lin_add(h, &op, &n, value);
	op.client = lin_symbol(h, "readers");
	add_readings(sim, h, life, op, value, n);
	free(value);
}

static void check_logs(struct sim *sim)
{
	struct lin_history h;
	struct life *life;
	size_t i;

	lin_history_init(&h);
	for (i = 0; i < sim->seen->n; i++) {
		const struct deed *d = &sim->seen->deed[i];
		struct lin_op op = { .invoke = d->begun, .ret = d->ended, .n_args = 1 };
		uint64_t value;

		if (d->instance)
			continue;
		op.key = key(&h, d->life, 0);
		op.client = client_symbol(&h, d->client);
		op.outcome = (uint8_t)d->outcome;
		op.n_results = d->outcome == LIN_OK;
		value = symbol(&h, d->client, d->sequence);
		lin_add(&h, &op, &value, &d->told.sequence);
	}
	for (life = sim->history->lives; life; life = life->next)
		read_log(sim, &h, life);
	judge(sim, &lin_log, &h);
	lin_history_free(&h);
}

static void check_run(struct sim *sim)
{
	check_instances(sim);
	if (!sim->failed)
		check_logs(sim);
}

const struct checker checker_linearizable = {
	.name = "linearizable",
	.end = check_run,
};
