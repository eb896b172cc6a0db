// SPDX-License-Identifier: GPL-2.0
/*
 * Links between hosts, each way of its own: cut in every shape, flapping, or
 * clogged, so that what was sent comes all at once when they are free again.
 */
#include "sim.h"

enum shape { HALVES, ALONE, RING, STAR, CHAIN, SOME, SHAPES };

static bool is_gone(enum shape shape, uint32_t n, uint32_t i, uint32_t j, uint32_t one,
		    uint64_t side, bool both)
{
	switch (shape) {
	case HALVES:
		return (side >> i & 1) != (side >> j & 1) && (both || side >> i & 1);
	case ALONE:
		return i == one || (both && j == one);
	case RING:
		return (i + 1) % n != j && (j + 1) % n != i;
	case STAR:
		return i != one && j != one;
	case CHAIN:
		return i + 1 != j && j + 1 != i;
	default:
		return false;
	}
}

/* Partitions of PROTOCOL's table: halves, one-way, ring, star, chain, one alone. */
static void cut_in(struct sim *sim, enum shape shape, struct rng *rng, const char *why)
{
	uint32_t n = sim->n_nodes, i, j;
	uint64_t side = rng_next(rng);
	uint32_t one = (uint32_t)rng_below(rng, n);
	bool both = rng_chance(rng, 500);

	for (i = 0; i < n; i++) {
		sim->cut[i] = 0;
		for (j = 0; j < n; j++) {
			bool gone = shape == SOME ? rng_chance(rng, 300) :
				    is_gone(shape, n, i, j, one, side, both);

			if (!gone || i == j)
				continue;
			sim->cut[i] |= 1ULL << j;
			sim_note(sim, "link %u -> %u is cut (%s)", i + 1, j + 1, why);
		}
	}
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

static uint64_t some(struct sim *sim, struct rng *rng)
{
	uint64_t links = 0;
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		links |= (uint64_t)rng_chance(rng, 400) << i;
	return links;
}

/* Each flapping link is down or not, anew each time. */
static void flap(struct sim *sim)
{
	struct rng rng = rng_stream(sim->order->seed, STREAM_FLAP, sim->ticks);
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++) {
		uint64_t down = rng_next(&rng);

		sim->down[i] = sim->now < sim->flap_until ? sim->flaps[i] & down : 0;
	}
}

/* A chance for each fault of links. */
void links_tick(struct sim *sim)
{
	struct rng rng;
	char name[FAULT_NAME];
	uint32_t i;

	if (fault_chance(sim, KNOB_cut, &rng)) {
		fault_name(sim_fault_id(KNOB_cut, 0, 0, sim->ticks), name);
		cut_in(sim, (enum shape)rng_below(&rng, SHAPES), &rng, name);
	}
	rng = rng_stream(sim->order->seed, STREAM_FAULT + KNOB_heal, sim->ticks);
	if (rng_chance(&rng, (uint32_t)sim->plan.heal) ||
	    (sim->order->listed &&
	     order_lists(sim->order, sim_fault_id(KNOB_heal, 0, 0, sim->ticks))))
		heal(sim);
	if (fault_chance(sim, KNOB_flap, &rng)) {
		sim->flap_until = sim->now + rng_between(&rng, 100000, 3000000);
		for (i = 0; i < sim->n_nodes; i++)
			sim->flaps[i] = some(sim, &rng);
		sim_note(sim, "links begin to flap (flap:%u)", sim->ticks);
	}
	flap(sim);
	if (fault_chance(sim, KNOB_clog, &rng)) {
		uint64_t until = sim->now + rng_between(&rng, 100000, 5000000);
		uint32_t from = (uint32_t)rng_below(&rng, sim->n_nodes);
		uint64_t to = some(sim, &rng);

		for (i = 0; i < sim->n_nodes; i++)
			if (to >> i & 1)
				sim->clogged[from][i] = until;
		sim_note(sim, "links from %u are clogged for %llu ms (clog:%u)", from + 1,
			 (unsigned long long)(until - sim->now) / 1000, sim->ticks);
	}
}

/* The faults have stopped. What remains of the links is enough to live with. P38 */
void links_calm(struct sim *sim)
{
	static const enum shape shapes[] = { CHAIN, STAR, RING };
	struct rng rng = rng_stream(sim->order->seed, STREAM_FLAP, UINT32_MAX);

	memset(sim->cut, 0, sizeof(sim->cut));
	memset(sim->down, 0, sizeof(sim->down));
	memset(sim->clogged, 0, sizeof(sim->clogged));
	/* A group is born with all voters in touch. */
	if (sim->plan.remains && fault_all_alive(sim))
		cut_in(sim, shapes[sim->plan.remains - 1], &rng, "for good");
}

void links_cut_one(struct sim *sim, uint8_t from, uint8_t to)
{
	if (!to)
		return;
	sim->cut[from - 1] |= paxos_node_bit(to);
	sim_note(sim, "link %u -> %u is cut (cut:%u-%u:%u)", from, to, from, to, sim->ticks);
}

bool links_cut(const struct sim *sim, uint8_t from, uint8_t to)
{
	return ((sim->cut[from - 1] | sim->down[from - 1]) & paxos_node_bit(to)) != 0;
}

/* Has a node two-way links to quorums of both phases, itself among them? */
bool links_quorum(const struct sim *sim, uint8_t node)
{
	uint32_t voters = 0;
	uint8_t i;

	for (i = 1; i <= sim->n_nodes; i++)
		voters += sim->node[i - 1].core.state == PAXOS_STATE_VOTING &&
			  !links_cut(sim, node, i) && !links_cut(sim, i, node);
	return voters >= max(sim->plan.quorum_1, sim->plan.quorum_2);
}
