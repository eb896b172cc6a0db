// SPDX-License-Identifier: GPL-2.0
/*
 * The plan of a run: drawn from its seed, or asked for. Runs differ in what
 * goes wrong in them: some have much of one fault and none of another (swarm
 * testing, Groce et al., 2012).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"
#include "rng.h"

enum how { FIXED, EVENLY, SCALE, HALF, SIZES, SELDOM, FAULT };

static const struct knob {
	const char *name;
	size_t offset;
	uint64_t smallest;
	uint64_t largest;
	enum how how;
	uint64_t low;
	uint64_t high;
	const char *means;
} knobs[] = {
#define X(name, smallest, largest, how, low, high, means) \
	{ #name, offsetof(struct sim_plan, name), smallest, largest, how, low, high, means },
	SIM_KNOBS(X)
#undef X
};

static uint64_t *field(struct sim_plan *plan, enum sim_knob knob)
{
	return (uint64_t *)((char *)plan + knobs[knob].offset);
}

uint64_t plan_value(const struct sim_plan *plan, enum sim_knob knob)
{
	return *(const uint64_t *)((const char *)plan + knobs[knob].offset);
}

const char *knob_name(enum sim_knob knob)
{
	return knobs[knob].name;
}

/* Is it how often something goes wrong? */
bool plan_is_fault(enum sim_knob knob)
{
	return knobs[knob].how == FAULT;
}

static bool refuse(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("sim: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	return false;
}

/* From low to high, each power of two as likely as the others. */
static uint64_t draw_scale(struct rng *rng, uint64_t low, uint64_t high)
{
	uint64_t steps = 0, from;

	while (low << (steps + 1) <= high)
		steps++;
	from = low << rng_below(rng, steps + 1);
	return rng_between(rng, from, 2 * from - 1 < high ? 2 * from - 1 : high);
}

static uint64_t draw(const struct knob *knob, uint64_t seed)
{
	static const uint8_t sizes[] = { 1, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8 };
	struct rng rng = rng_named(seed, STREAM_PLAN, knob->name);

	switch (knob->how) {
	case FIXED:
		return knob->low;
	case EVENLY:
		return rng_between(&rng, knob->low, knob->high);
	case SCALE:
		return draw_scale(&rng, knob->low, knob->high);
	case HALF:
		return rng_chance(&rng, 500) ? 0 : draw_scale(&rng, knob->low, knob->high);
	case SIZES:
		return sizes[rng_below(&rng, sizeof(sizes))];
	case SELDOM:
		return rng_chance(&rng, 800) ? 0 : rng_between(&rng, knob->low, knob->high);
	case FAULT:
		return rng_chance(&rng, 500) ? 0 : rng_between(&rng, knob->low, knob->high);
	}
	return 0;
}

uint64_t plan_voters(const struct sim_plan *plan)
{
	return plan->nodes - plan->learners;
}

/* What was drawn for itself may not go with the rest; what was asked for must. */
static bool fit(struct sim_plan *plan, const struct sim_order *order)
{
	uint64_t n, least;

	if (plan->learners >= plan->nodes && !(order->given & 1ULL << KNOB_learners))
		plan->learners = 0;
	if (plan->learners >= plan->nodes)
		return refuse("learners=%" PRIu64 " of nodes=%" PRIu64 ": nobody votes",
			      plan->learners, plan->nodes);
	n = plan_voters(plan);
	least = (1 << 18) + 3 * plan->window_bytes + 512 * plan->window;
	if (plan->log_size < least && !(order->given & 1ULL << KNOB_log_size))
		plan->log_size = least;
	if (plan->quorum_2 > n && !(order->given & 1ULL << KNOB_quorum_2))
		plan->quorum_2 = 0;
	if (!plan->quorum_2)
		plan->quorum_2 = n / 2 + 1;
	if (!plan->quorum_1)
		plan->quorum_1 = n + 1 - plan->quorum_2;
	if (plan->quorum_1 > n || plan->quorum_2 > n)
		return refuse("a quorum is larger than the %" PRIu64 " voters", n);
	if (plan->quorum_1 + plan->quorum_2 <= n)
		return refuse("quorum_1=%" PRIu64 " and quorum_2=%" PRIu64 " of %" PRIu64
			      " voters need not meet", plan->quorum_1, plan->quorum_2, n);
	return true;
}

/* Returns false, and says why, if what was asked for does not fit together. */
bool plan_draw(struct sim_plan *plan, const struct sim_order *order)
{
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		*field(plan, k) = order->given & 1ULL << k ? order->value[k] :
							     draw(&knobs[k], order->seed);
	return fit(plan, order);
}

/* The faults stop: what is left of the run shows whether all is settled. */
void plan_calm(struct sim_plan *plan)
{
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		if (knobs[k].how == FAULT)
			*field(plan, k) = 0;
	plan->delay = 500;
}

void plan_print(const struct sim_plan *plan)
{
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		printf("%s%s=%" PRIu64, k ? " " : "", knobs[k].name, plan_value(plan, k));
	putchar('\n');
}

void plan_help(void)
{
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		printf("  %-13s %" PRIu64 " to %" PRIu64 ": %s\n", knobs[k].name,
		       knobs[k].smallest, knobs[k].largest, knobs[k].means);
	printf("  %-13s these happen, and no others: FAULT:NUMBER,... or none\n", "faults");
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static enum sim_knob find(const char *name, size_t len)
{
	enum sim_knob k;

	for (k = 0; k < SIM_KNOB_COUNT; k++)
		if (strlen(knobs[k].name) == len && !memcmp(knobs[k].name, name, len))
			break;
	return k;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* NAME:NUMBER, NAME:CLIENT:NUMBER or NAME:FROM-TO:NUMBER, as fault_name() has it. */
static bool parse_fault(char *text, uint64_t *fault)
{
	size_t len = strcspn(text, ":");
	enum sim_knob k = find(text, len);
	uint64_t from = 0, to = 0, number;
	char *part = text + len, *dash, *last;

	if (k == SIM_KNOB_COUNT || (knobs[k].how != FAULT && k != KNOB_heal) || !*part)
		return false;
	last = strrchr(text, ':');
	if (last != part) {
		*last = '\0';
		dash = strchr(part, '-');
		if (dash) {
			*dash = '\0';
			if (!parse_number(dash + 1, &to) || to > 255)
				return false;
		}
		if (!parse_number(part + 1, &from) || from > 255)
			return false;
	}
	if (!parse_number(last + 1, &number) || number > UINT32_MAX || (k == KNOB_heal && from))
		return false;
	*fault = sim_fault_id(k, (uint8_t)from, (uint8_t)to, (uint32_t)number);
	return true;
}

static bool parse_faults(struct sim_order *order, const char *text)
{
	char *copy = strdup(text), *part, *rest = copy;
	bool right = true;

	if (!copy)
		abort();
	order->listed = true;
	order->n_faults = 0;
	order->faults = realloc(order->faults, (strlen(text) + 1) * sizeof(*order->faults));
	if (!order->faults)
		abort();
	if (!strcmp(text, "none"))
		rest = NULL;
	while (right && (part = strsep(&rest, ",")))
		right = parse_fault(part, &order->faults[order->n_faults++]);
	qsort(order->faults, order->n_faults, sizeof(*order->faults), compare);
	free(copy);
	return right || refuse("faults=%s: not a list of faults, or none", text);
}

/* NAME=VALUE. Returns false, and says why, if it is not understood. */
bool order_parse(struct sim_order *order, const char *text)
{
	size_t len = strcspn(text, "=");
	enum sim_knob k = find(text, len);
	uint64_t value;

	if (!text[len])
		return refuse("%s: not NAME=VALUE", text);
	if (len == 6 && !memcmp(text, "faults", 6))
		return parse_faults(order, text + len + 1);
	if (k == SIM_KNOB_COUNT)
		return refuse("%s: no knob of this name; sim -h lists them", text);
	if (!parse_number(text + len + 1, &value))
		return refuse("%s: not a number", text);
	if (value < knobs[k].smallest || value > knobs[k].largest)
		return refuse("%s: %s is %" PRIu64 " to %" PRIu64, text, knobs[k].name,
			      knobs[k].smallest, knobs[k].largest);
	order->value[k] = value;
	order->given |= 1ULL << k;
	return true;
}

bool order_lists(const struct sim_order *order, uint64_t fault)
{
	return bsearch(&fault, order->faults, order->n_faults, sizeof(fault), compare);
}

/* What order_parse() understands. */
const char *fault_name(uint64_t fault, char name[FAULT_NAME])
{
	uint8_t from = (uint8_t)(fault >> 48), to = (uint8_t)(fault >> 40);
	const char *knob = knobs[fault >> 56].name;
	uint32_t number = (uint32_t)fault;

	if (to)
		snprintf(name, FAULT_NAME, "%s:%u-%u:%u", knob, from, to, number);
	else if (from)
		snprintf(name, FAULT_NAME, "%s:%u:%u", knob, from, number);
	else
		snprintf(name, FAULT_NAME, "%s:%u", knob, number);
	return name;
}

void order_print(FILE *file, const struct sim_order *order)
{
	char name[FAULT_NAME];
	const char *space = "";
	enum sim_knob k;
	size_t i;

	for (k = 0; k < SIM_KNOB_COUNT; k++) {
		if (!(order->given & 1ULL << k))
			continue;
		fprintf(file, "%s%s=%" PRIu64, space, knobs[k].name, order->value[k]);
		space = " ";
	}
	if (!order->listed)
		return;
	fprintf(file, "%sfaults=%s", space, order->n_faults ? "" : "none");
	for (i = 0; i < order->n_faults; i++)
		fprintf(file, "%s%s", i ? "," : "", fault_name(order->faults[i], name));
}
