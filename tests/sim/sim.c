// SPDX-License-Identifier: GPL-2.0
/*
 * sim FROM SEEDS: runs so many seeds from one on, a line for each that failed.
 * sim -t SEED: runs one, and prints all that happens.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "sim.h"

#define CALM	90000000	/* microseconds to settle everything, once all is calm */

static void mix(struct sim *sim, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		sim->hash = (sim->hash ^ *p++) * 0x100000001b3ULL;
}

void sim_note(struct sim *sim, const char *fmt, ...)
{
	va_list args;

	if (!sim->trace)
		return;
	printf("%10llu.%03llu ", (unsigned long long)sim->now / 1000,
	       (unsigned long long)sim->now % 1000);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void sim_fail(struct sim *sim, const char *fmt, ...)
{
	va_list args;

	if (sim->failed)
		return;
	sim->failed = true;
	va_start(args, fmt);
	vsnprintf(sim->what, sizeof(sim->what), fmt, args);
	va_end(args);
	sim_note(sim, "%s", sim->what);
}

struct sim_node *sim_node(struct sim *sim, uint8_t id)
{
	return &sim->node[id - 1];
}

/* Nodes of each cluster size; now and then one of them is a learner. */
static void build(struct sim *sim)
{
	static const uint8_t sizes[] = { 1, 2, 3, 3, 4, 5, 5, 7 };
	uint32_t i, voters = sizes[rng_below(&sim->rng, ARRAY_SIZE(sizes))];

	sim->n_nodes = voters + (rng_chance(&sim->rng, 300) ? 1 : 0);
	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];

		node->id = (uint8_t)(i + 1);
		node->voter = i < voters;
		node->rate = (int32_t)rng_below(&sim->rng, 401) - 200;
		node->origin = rng_below(&sim->rng, 1000000);
	}
	for (i = 0; i < sim->n_nodes; i++)
		node_start(sim, &sim->node[i]);
	sim->n_clients = (uint32_t)rng_between(&sim->rng, 1, 6);
	for (i = 0; i < sim->n_clients; i++) {
		struct sim_client *c = &sim->client[i];

		c->id = i + 1;
		c->node = (uint8_t)rng_between(&sim->rng, 1, voters);
		c->values = rng_between(&sim->rng, 1, 12);
		c->next_at = sim->now + 100000;
		c->wake_at = c->next_at;
		proposer_init(&c->proposer, rng_next(&sim->rng));
		queue_push(sim, (struct sim_event){
			.at = c->next_at, .type = SIM_CLIENT_TIMER, .who = (uint8_t)i,
		});
	}
}

/* Until the group lives somebody keeps trying to bring it to life. */
static void init(struct sim *sim)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };
	struct sim_node *node = &sim->node[rng_below(&sim->rng, sim->n_nodes)];

	if (node->core.state == PAXOS_STATE_CONFIGURED && node->wake_at <= sim->now)
		node_step(sim, node, &ev);
}

static void handle(struct sim *sim, const struct sim_event *ev)
{
	struct sim_node *node = ev->who ? sim_node(sim, ev->who) : NULL;

	switch (ev->type) {
	case SIM_DATAGRAM:
		/* A host that stands still takes its mail when it goes on. */
		if (node->wake_at > sim->now && rng_chance(&sim->rng, 500))
			break;
		network_deliver(sim, ev);
		break;
	case SIM_TICK:
		if (node->wake_at <= sim->now) {
			node_tick(sim, node, ev->life);
		} else if (node->tick_at == sim->now && node->life == ev->life) {
			node->tick_at = node->wake_at;
			queue_push(sim, (struct sim_event){
				.at = node->wake_at, .type = SIM_TICK,
				.who = ev->who, .life = ev->life,
			});
		}
		break;
	case SIM_CLIENT_TIMER:
		client_timer(sim, &sim->client[ev->who]);
		break;
	case SIM_CLIENT_NOTE:
		client_hear(sim, ev);
		break;
	case SIM_FAULT:
		init(sim);
		fault_tick(sim);
		if (sim->calm)
			queue_push(sim, (struct sim_event){
				.at = sim->now + 20000, .type = SIM_FAULT,
			});
		break;
	}
}

static bool is_settled(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state < PAXOS_STATE_VOTING ||
		    sim->node[i].core.window.prefix != sim->node[0].core.window.prefix)
			return false;
	for (i = 0; i < sim->n_clients; i++)
		if (sim->client[i].busy ||
		    (sim->client[i].sequence < sim->client[i].values &&
		     sim_node(sim, sim->client[i].node)->core.state == PAXOS_STATE_VOTING))
			return false;
	return true;
}

static void run(struct sim *sim)
{
	struct sim_event ev;
	uint32_t i;

	sim->rng.state = sim->seed * 0x2545f4914f6cdd1dULL + 1;
	sim->hash = 0xcbf29ce484222325ULL;
	check_start(sim);
	fault_draw(sim);
	build(sim);
	sim->end = rng_between(&sim->rng, 500000, 10000000);
	while (!sim->failed && queue_pop(sim, &ev)) {
		if (!sim->calm && ev.at >= sim->end) {
			sim->now = sim->end;
			fault_stop(sim);
		}
		sim->now = ev.at;
		sim->events++;
		mix(sim, &ev.at, sizeof(ev.at));
		mix(sim, &ev.type, 1);
		if (ev.type == SIM_DATAGRAM)
			mix(sim, ev.bytes, ev.len);
		handle(sim, &ev);
		free(ev.bytes);
		if (sim->calm && (is_settled(sim) || sim->now > sim->end + CALM))
			break;
	}
	if (!sim->failed)
		check_end(sim);
	for (i = 0; i < sim->n_nodes; i++)
		node_stop(sim, &sim->node[i]);
	queue_free(sim);
	check_free(sim);
}

static struct sim *run_seed(uint64_t seed, bool trace)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		abort();
	sim->seed = seed;
	sim->trace = trace;
	run(sim);
	return sim;
}

int main(int argc, char **argv)
{
	uint64_t seed, from, seeds, events = 0, sent = 0, failed = 0, chosen = 0;
	struct timespec start, end;
	struct sim *sim;
	double seconds;

	if (argc == 3 && !strcmp(argv[1], "-t")) {
		sim = run_seed(strtoull(argv[2], NULL, 0), true);
		printf("%s, hash %016llx\n", sim->failed ? sim->what : "nothing is violated",
		       (unsigned long long)sim->hash);
		return sim->failed;
	}
	if (argc != 3) {
		fprintf(stderr, "usage: sim FROM SEEDS | sim -t SEED\n");
		return 2;
	}
	from = strtoull(argv[1], NULL, 0);
	seeds = strtoull(argv[2], NULL, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (seed = from; seed < from + seeds; seed++) {
		uint32_t i;

		sim = run_seed(seed, false);
		events += sim->events;
		sent += sim->sent;
		for (i = 0; i < sim->n_clients; i++)
			chosen += sim->client[i].chosen;
		/* One run in a hundred is run twice: the same seed is the same run. */
		if (seed % 100 == 0) {
			struct sim *again = run_seed(seed, false);

			if (again->hash != sim->hash)
				sim_fail(sim, "two runs of the seed differ");
			free(again);
		}
		if (sim->failed) {
			failed++;
			printf("not ok - seed %llu: %s\n", (unsigned long long)seed, sim->what);
			fflush(stdout);
		}
		free(sim);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	printf("# %llu events, %.0f a second; %llu datagrams, %llu values chosen\n",
	       (unsigned long long)events, (double)events / seconds, (unsigned long long)sent,
	       (unsigned long long)chosen);
	printf("%llu passed, %llu failed\n", (unsigned long long)(seeds - failed),
	       (unsigned long long)failed);
	return failed ? 1 : 0;
}
