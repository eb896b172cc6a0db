// SPDX-License-Identifier: GPL-2.0
/*
 * The operator: brings the group to life, adds nodes anew that can no longer be
 * part of it, and trims logs.
 */
#include "sim.h"

static bool is_up(const struct sim *sim, const struct sim_node *node)
{
	return node->up && node->wake_at <= sim->now;
}

/* Until the group lives somebody keeps trying. */
static void init(struct sim *sim)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_INIT };
	struct sim_node *node = &sim->node[rng_below(&sim->init, sim->n_nodes)];

	if (is_up(sim, node) && node->core.state == PAXOS_STATE_CONFIGURED)
		node_step(sim, node, &ev);
}

/* Does anybody whom a node's membership names live no more? */
static bool is_orphan(struct sim *sim, const struct sim_node *node)
{
	const struct paxos_membership *m = &node->core.membership;
	uint32_t i;

	for (i = 0; i < m->options.quorum.voters; i++) {
		const struct sim_node *voter = sim_node(sim, m->voter[i].node);

		if (memcmp(voter->core.config.incarnation, m->voter[i].incarnation,
			   PAXOS_ID_BYTES))
			return true;
	}
	return false;
}

/*
 * A group whose voters are gone before it lived, or all at once, comes to life
 * anew, and so does a node that adopted what is no more: deleted, and added.
 */
static void add_anew(struct sim *sim)
{
	const struct sim_node *alive = NULL;
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state == PAXOS_STATE_VOTING)
			alive = &sim->node[i];
	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];

		if (!is_up(sim, node) || node->core.state == PAXOS_STATE_VOTING ||
		    node->core.state == PAXOS_STATE_CONFIGURED)
			continue;
		if (alive ? !memcmp(node->core.identity, alive->core.identity, PAXOS_ID_BYTES) :
			    !is_orphan(sim, node))
			continue;
		sim_note(sim, "node %u is deleted and added anew", node->id);
		node_stop(sim, node);
		node_start(sim, node);
	}
}

static bool trim(struct sim *sim, struct sim_node *node, uint64_t to, bool force)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TRIM, .trim = { to, force } };

	node_step(sim, node, &ev);
	if (!ev.error)
		sim_note(sim, "node %u is trimmed to %llu%s", node->id, (unsigned long long)to,
			 force ? " by force" : "");
	return !ev.error;
}

static void trim_any(struct sim *sim)
{
	struct sim_node *node;
	struct rng rng;

	if (!fault_chance(sim, KNOB_trim, &rng))
		return;
	node = &sim->node[rng_below(&rng, sim->n_nodes)];
	if (is_up(sim, node))
		trim(sim, node,
		     node->core.window.trim + rng_below(&rng, node->core.window.prefix -
							      node->core.window.trim + 1),
		     rng_chance(&rng, (uint32_t)sim->plan.force));
}

/* When all is calm a log that fills is trimmed as far as the others allow. */
static void trim_full(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];
		const struct paxos_window *w = &node->core.window;
		uint64_t to;

		if (!is_up(sim, node) || node->pool.used < node->pool.limit / 2)
			continue;
		for (to = w->prefix; to > w->trim; to -= (to - w->trim + 1) / 2)
			if (trim(sim, node, to, false))
				break;
	}
}

void operator_tick(struct sim *sim)
{
	init(sim);
	add_anew(sim);
	trim_any(sim);
	if (sim->calm)
		trim_full(sim);
}
