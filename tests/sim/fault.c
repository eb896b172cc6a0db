// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of hosts and links. Each chance for a fault has a name and a stream of
 * its own, so that it is the same fault whatever else did or did not happen.
 */
#include "sim.h"

#define TICK	20000	/* microseconds between two chances for a fault */

static void record(struct sim_record *record, uint64_t fault)
{
	if (record->n_faults < ARRAY_SIZE(record->faults))
		record->faults[record->n_faults++] = fault;
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
		record(sim->record, sim_fault_id(knob, from, to, number));
	return strikes;
}

bool fault_all_alive(const struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state < PAXOS_STATE_VOTING)
			return false;
	return true;
}

/*
 * Enough voters must keep their memory, or no more can be decided: unless nobody
 * votes afterwards, and the group begins anew, or this run is about safety alone.
 */
static bool may_crash(const struct sim *sim, uint64_t nodes, bool all)
{
	uint32_t i, before = 0, after = 0;

	for (i = 0; i < sim->n_nodes; i++) {
		bool votes = sim->node[i].core.state == PAXOS_STATE_VOTING;

		before += votes;
		after += votes && !(nodes >> i & 1);
	}
	if (sim->plan.doom || after == before || (!after && all))
		return true;
	return after >= max(sim->plan.quorum_1, sim->plan.quorum_2);
}

static void crash(struct sim *sim, uint64_t nodes, const char *fault)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];

		if (!(nodes >> i & 1) || !node->up)
			continue;
		sim_note(sim, "node %u loses its memory (%s:%u)", node->id, fault, sim->ticks);
		node_stop(sim, node);
		node->wake_at = 0;
		node_start(sim, node);
	}
}

bool fault_chance(struct sim *sim, enum sim_knob knob, struct rng *rng)
{
	*rng = rng_stream(sim->order->seed, STREAM_FAULT + knob, sim->ticks);
	return fault_strikes(sim, knob, 0, 0, sim->ticks, rng);
}

static void crashes(struct sim *sim)
{
	struct rng rng;
	uint64_t nodes;

	if (fault_chance(sim, KNOB_crash, &rng)) {
		nodes = 1ULL << rng_below(&rng, sim->n_nodes);
		if (may_crash(sim, nodes, false))
			crash(sim, nodes, "crash");
	}
	/* Any set of them at once. */
	if (fault_chance(sim, KNOB_fall, &rng)) {
		nodes = rng_chance(&rng, 300) ? ~0ULL : rng_next(&rng);
		if (may_crash(sim, nodes, true))
			crash(sim, nodes, "fall");
	}
}

static void sleep_until(struct sim *sim, struct sim_node *node, uint64_t until, const char *fault)
{
	node->wake_at = until;
	sim_note(sim, "node %u stands still for %llu ms (%s:%u)", node->id,
		 (unsigned long long)(until - sim->now) / 1000, fault, sim->ticks);
}

static void stand_still(struct sim *sim)
{
	struct sim_node *node;
	struct rng rng;
	uint64_t most;

	if (!fault_chance(sim, KNOB_pause, &rng))
		return;
	most = rng_chance(&rng, 100) ? 60000000 : 500000;
	node = &sim->node[rng_below(&rng, sim->n_nodes)];
	if (node->wake_at > sim->now)
		return;
	sleep_until(sim, node, sim->now + rng_between(&rng, 1000, most), "pause");
}

/* One whose victim was asked for too, in a run that tells a story. */
static void strike(struct sim *sim, enum sim_knob knob, uint8_t victim, uint8_t to)
{
	const uint32_t most = knob == KNOB_kill ? sim->n_clients : sim->n_nodes;

	if (!victim || victim > most || to > sim->n_nodes)
		return;
	switch (knob) {
	case KNOB_cut:
		links_cut_one(sim, victim, to);
		break;
	case KNOB_pause:
		sleep_until(sim, sim_node(sim, victim), sim->now + 500000, "pause");
		break;
	case KNOB_crash:
		if (may_crash(sim, 1ULL << (victim - 1), false))
			crash(sim, 1ULL << (victim - 1), "crash");
		break;
	case KNOB_kill:
		client_die(sim, &sim->client[victim - 1]);
		break;
	default:
		/* The number counts something else: datagrams, notes, writes. */
		break;
	}
}

static void strike_listed(struct sim *sim)
{
	const struct sim_order *order = sim->order;
	size_t i;

	for (i = 0; order->listed && i < order->n_faults; i++) {
		const uint64_t fault = order->faults[i];

		if ((uint32_t)fault == sim->ticks)
			strike(sim, (enum sim_knob)(fault >> 56), (uint8_t)(fault >> 48),
			       (uint8_t)(fault >> 40));
	}
}

/* A chance for each fault of hosts and links. */
void fault_tick(struct sim *sim)
{
	struct rng rng;

	queue_push(sim, (struct sim_event){ .at = sim->now + TICK, .type = SIM_FAULT });
	if (sim->calm)
		return;
	sim->ticks++;
	links_tick(sim);
	stand_still(sim);
	crashes(sim);
	if (fault_chance(sim, KNOB_kill, &rng) && sim->n_clients) {
		sim_note(sim, "a proposer dies (kill:%u)", sim->ticks);
		client_die(sim, &sim->client[rng_below(&rng, sim->n_clients)]);
	}
	if (fault_chance(sim, KNOB_raise, &rng))
		pulse_raise(sim, &sim->node[rng_below(&rng, sim->n_nodes)]);
	strike_listed(sim);
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
	links_calm(sim);
	for (i = 0; i < sim->n_nodes; i++)
		sim->node[i].wake_at = 0;
	sim_note(sim, "all is calm");
}
