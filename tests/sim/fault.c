// SPDX-License-Identifier: GPL-2.0
/*
 * Faults: what goes wrong in a run is drawn once for it, so that some runs
 * have much of one fault and none of another (swarm testing, Groce et al., 2012).
 */
#include "sim.h"

#define TICK	20000	/* microseconds between two chances for a fault */

static uint32_t draw(struct sim *sim, uint32_t most)
{
	/* Half of the runs do without. */
	return rng_chance(&sim->rng, 500) ? 0 : (uint32_t)rng_between(&sim->rng, 1, most);
}

void fault_draw(struct sim *sim)
{
	struct sim_faults *f = &sim->faults;

	f->loss = draw(sim, 300);
	f->twice = draw(sim, 500);
	f->alter = draw(sim, 50);
	f->replay = draw(sim, 50);
	f->tail = draw(sim, 50);
	f->cut = draw(sim, 60);
	f->crash = draw(sim, 10);
	f->pause = draw(sim, 40);
	f->kill = draw(sim, 40);
	f->deaf = draw(sim, 100);
	f->delay = (uint32_t)(rng_chance(&sim->rng, 500) ? rng_between(&sim->rng, 50, 1000) :
							   rng_between(&sim->rng, 1000, 60000));
	queue_push(sim, (struct sim_event){ .at = sim->now + TICK, .type = SIM_FAULT });
}

/* Partitions of PROTOCOL's table: halves, one-way, ring, star, chain, isolate. */
static void partition(struct sim *sim)
{
	uint32_t n = sim->n_nodes, i, j;
	uint64_t side = rng_next(&sim->rng);
	uint64_t shape = rng_below(&sim->rng, 7);
	uint32_t one = (uint32_t)rng_below(&sim->rng, n);
	bool both = rng_chance(&sim->rng, 500);

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
				gone = rng_chance(&sim->rng, 300);
			if (gone && i != j)
				cut |= 1ULL << j;
		}
		sim->cut[i] = cut;
	}
	sim_note(sim, "cut in shape %llu", (unsigned long long)shape);
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

void fault_tick(struct sim *sim)
{
	struct sim_node *node = &sim->node[rng_below(&sim->rng, sim->n_nodes)];
	const struct sim_faults *f = &sim->faults;

	if (sim->calm)
		return;
	if (rng_chance(&sim->rng, f->cut))
		partition(sim);
	if (rng_chance(&sim->rng, 100))
		memset(sim->cut, 0, sizeof(sim->cut));
	if (rng_chance(&sim->rng, f->pause) && node->wake_at <= sim->now) {
		uint64_t most = rng_chance(&sim->rng, 100) ? 60000000 : 500000;

		node->wake_at = sim->now + rng_between(&sim->rng, 1000, most);
		sim_note(sim, "node %u stands still", node->id);
	}
	/* A group is born with all voters up: none loses its memory before. */
	if (rng_chance(&sim->rng, f->crash) && all_alive(sim) && may_crash(sim, node)) {
		sim_note(sim, "node %u loses its memory", node->id);
		node_stop(sim, node);
		node_start(sim, node);
	}
	if (sim->n_clients && rng_chance(&sim->rng, f->kill))
		client_die(sim, &sim->client[rng_below(&sim->rng, sim->n_clients)]);
	queue_push(sim, (struct sim_event){ .at = sim->now + TICK, .type = SIM_FAULT });
}

void fault_stop(struct sim *sim)
{
	uint32_t i;

	sim->calm = true;
	memset(&sim->faults, 0, sizeof(sim->faults));
	memset(sim->cut, 0, sizeof(sim->cut));
	sim->faults.delay = 500;
	for (i = 0; i < sim->n_nodes; i++)
		sim->node[i].wake_at = 0;
	sim_note(sim, "all is calm");
}
