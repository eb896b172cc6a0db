// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of hosts and links. Each chance for a fault has a name and a stream of
 * its own, so that it is the same fault whatever else did or did not happen.
 */
#include <stdlib.h>

#include "sim.h"

#define TICK	20000	/* microseconds between two chances for a fault */

static void record(struct sim *sim, uint64_t fault)
{
	/* Room for a power of two of them. */
	if (!(sim->n_struck & (sim->n_struck - 1))) {
		size_t n = sim->n_struck ? 2 * sim->n_struck : 1;

		sim->struck = realloc(sim->struck, n * sizeof(*sim->struck));
		if (!sim->struck)
			abort();
	}
	sim->struck[sim->n_struck++] = fault;
}

/* Does this chance of a fault become one? Draws once, whatever the answer. */
bool fault_strikes(struct sim *sim, enum sim_knob knob, uint8_t from, uint8_t to,
		   uint32_t number, struct rng *rng)
{
	bool strikes = rng_chance(rng, (uint32_t)plan_value(&sim->plan, knob));

	if (sim->order->listed)
		strikes = !sim->calm &&
			  order_lists(sim->order, sim_fault_id(knob, from, to, number));
	if (strikes && sim->record)
		record(sim, sim_fault_id(knob, from, to, number));
	return strikes;
}

/* Partitions of PROTOCOL's table: halves, one-way, ring, star, chain, isolate. */
static void partition(struct sim *sim, struct rng *rng)
{
	uint32_t n = sim->n_nodes, i, j;
	uint64_t side = rng_next(rng);
	uint64_t shape = rng_below(rng, 7);
	uint32_t one = (uint32_t)rng_below(rng, n);
	bool both = rng_chance(rng, 500);

	for (i = 0; i < n; i++) {
		uint64_t cut = 0;

		for (j = 0; j < n; j++) {
			bool gone = false;

			if (shape == 0)
				gone = (side >> i & 1) != (side >> j & 1) &&
				       (both || side >> i & 1);
			else if (shape == 1)
				gone = i == one || (both && j == one);
			else if (shape == 2)
				gone = (i + 1) % n != j && (j + 1) % n != i;
			else if (shape == 3)
				gone = i != one && j != one;
			else if (shape == 4)
				gone = i + 1 != j && j + 1 != i;
			else if (shape == 5)
				gone = rng_chance(rng, 300);
			if (gone && i != j)
				cut |= 1ULL << j;
		}
		sim->cut[i] = cut;
	}
	for (i = 0; sim->trace && i < n; i++)
		for (j = 0; j < n; j++)
			if (sim->cut[i] >> j & 1)
				sim_note(sim, "link %u -> %u is cut (cut:%u)", i + 1, j + 1,
					 sim->ticks);
}

static void heal(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->cut[i])
			break;
	if (i < sim->n_nodes)
		sim_note(sim, "all links are whole again");
	memset(sim->cut, 0, sizeof(sim->cut));
}

static bool all_alive(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state < PAXOS_STATE_VOTING)
			return false;
	return true;
}

/* Enough voters must keep their memory, or no more can be decided. */
static bool may_crash(struct sim *sim, const struct sim_node *node)
{
	const struct paxos_quorum *q = &sim->node[0].core.membership.options.quorum;
	uint32_t i, voting = 0;

	for (i = 0; i < sim->n_nodes; i++)
		voting += sim->node[i].core.state == PAXOS_STATE_VOTING;
	return node->core.state != PAXOS_STATE_VOTING || voting > max(q->phase_1, q->phase_2);
}

static bool chance(struct sim *sim, enum sim_knob knob, struct rng *rng)
{
	*rng = rng_stream(sim->order->seed, STREAM_FAULT + knob, sim->ticks);
	return fault_strikes(sim, knob, 0, 0, sim->ticks, rng);
}

void fault_tick(struct sim *sim)
{
	struct sim_node *node;
	struct rng rng;

	if (sim->calm)
		return;
	sim->ticks++;
	if (chance(sim, KNOB_cut, &rng))
		partition(sim, &rng);
	rng = rng_stream(sim->order->seed, STREAM_FAULT + KNOB_heal, sim->ticks);
	if (rng_chance(&rng, (uint32_t)sim->plan.heal))
		heal(sim);
	if (chance(sim, KNOB_pause, &rng)) {
		uint64_t most = rng_chance(&rng, 100) ? 60000000 : 500000;

		node = &sim->node[rng_below(&rng, sim->n_nodes)];
		if (node->wake_at <= sim->now) {
			node->wake_at = sim->now + rng_between(&rng, 1000, most);
			sim_note(sim, "node %u stands still for %llu ms (pause:%u)", node->id,
				 (unsigned long long)(node->wake_at - sim->now) / 1000,
				 sim->ticks);
		}
	}
	/* A group is born with all voters up: none loses its memory before. */
	if (chance(sim, KNOB_crash, &rng)) {
		node = &sim->node[rng_below(&rng, sim->n_nodes)];
		if (all_alive(sim) && may_crash(sim, node)) {
			sim_note(sim, "node %u loses its memory (crash:%u)", node->id,
				 sim->ticks);
			node_stop(sim, node);
			node_start(sim, node);
		}
	}
	if (chance(sim, KNOB_kill, &rng) && sim->n_clients) {
		sim_note(sim, "a proposer dies (kill:%u)", sim->ticks);
		client_die(sim, &sim->client[rng_below(&rng, sim->n_clients)]);
	}
	queue_push(sim, (struct sim_event){ .at = sim->now + TICK, .type = SIM_FAULT });
}

void fault_start(struct sim *sim)
{
	queue_push(sim, (struct sim_event){ .at = sim->now + TICK, .type = SIM_FAULT });
}

void fault_stop(struct sim *sim)
{
	uint32_t i;

	sim->calm = true;
	plan_calm(&sim->plan);
	memset(sim->cut, 0, sizeof(sim->cut));
	for (i = 0; i < sim->n_nodes; i++)
		sim->node[i].wake_at = 0;
	sim_note(sim, "all is calm");
}
