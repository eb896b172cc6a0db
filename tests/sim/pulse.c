// SPDX-License-Identifier: GPL-2.0
/*
 * Pulses between the nodes, which stand for those of a whole namespace: what the
 * module keeps for each address, and another group that ends its vow.
 */
#include "sim.h"

void pulse_start(struct sim *sim, struct sim_node *node)
{
	struct rng rng = rng_stream(sim->order->seed, STREAM_PULSE,
				    (uint64_t)node->id << 32 | node->life);

	node->vow = (struct paxos_vow){ .life = rng_next(&rng) | 1, .epoch = 1 };
	node->pulses = 0;
	node->pulse_at = 0;
	memset(node->pulse, 0, sizeof(node->pulse));
}

static void queue_pulse(struct sim *sim, struct sim_node *node)
{
	const uint64_t now = node_ms(sim, node);
	uint64_t due = U64_MAX, at;
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		due = min(due, paxos_pulse_due(&node->pulse[i], now));
	if (due == U64_MAX)
		return;
	at = sim->now + (due > now ? (due - now) * 1000 : 0) + 1000;
	if (node->pulse_at && node->pulse_at <= at)
		return;
	node->pulse_at = at;
	queue_push(sim, (struct sim_event){
		.at = at, .type = SIM_PULSE, .who = node->id, .life = node->life,
	});
}

static void send_pulse(struct sim *sim, struct sim_node *node, uint8_t to, bool answer)
{
	uint8_t bytes[PAXOS_PULSE_SIZE];

	paxos_pulse_write(&node->pulse[to - 1], &node->vow, ++node->pulses, node_ms(sim, node),
			  answer, bytes);
	network_pulse(sim, node, to, bytes);
}

/* What the module does for the groups that rest when a vow ends. */
static void rouse(struct sim *sim, struct sim_node *node)
{
	if (!node->core.grant.rests || node->tick_at == sim->now)
		return;
	node->tick_at = sim->now;
	queue_push(sim, (struct sim_event){
		.at = sim->now, .type = SIM_TICK, .who = node->id, .life = node->life,
	});
}

/* Another group that shares the node's pulses ends what they hold up. */
void pulse_raise(struct sim *sim, struct sim_node *node)
{
	if (!node->up || node->wake_at > sim->now)
		return;
	node->vow.epoch++;
	sim_note(sim, "another group's leader ends at node %u (raise:%u)", node->id, sim->ticks);
	rouse(sim, node);
}

void pulse_step(struct sim *sim, struct sim_node *node, uint32_t bits)
{
	const uint64_t now = node_ms(sim, node);
	uint32_t i;

	if (bits & PAXOS_STEP_BROKEN) {
		node->vow.epoch++;
		rouse(sim, node);
	}
	if (!(bits & PAXOS_STEP_PULSE))
		return;
	for (i = 0; i < sim->n_nodes; i++)
		if (i + 1U != node->id)
			paxos_pulse_want(&node->pulse[i], node->core.config.heartbeat, now,
					 paxos_rest_until(&node->core));
	queue_pulse(sim, node);
}

void pulse_timer(struct sim *sim, struct sim_node *node, uint32_t life)
{
	const uint64_t now = node_ms(sim, node);
	uint8_t to;

	if (!node->up || life != node->life || node->pulse_at != sim->now)
		return;
	node->pulse_at = 0;
	for (to = 1; to <= sim->n_nodes; to++)
		if (paxos_pulse_due(&node->pulse[to - 1], now) <= now)
			send_pulse(sim, node, to, false);
	queue_pulse(sim, node);
}

void pulse_deliver(struct sim *sim, struct sim_node *node, const struct sim_event *event)
{
	const struct paxos_msg msg = { .type = PAXOS_WIRE_PULSE };
	struct paxos_pulse *pulse = &node->pulse[event->from - 1];
	enum paxos_reason reason;
	struct paxos_beat beat;

	reason = paxos_pulse_read(event->bytes, &beat);
	/* The tag or the checksum is wrong: it is not believed. */
	if (event->altered)
		return;
	if (reason != PAXOS_REASON_OK) {
		sim_fail(sim, "codec: node %u: PULSE from %u refused: %s", node->id, event->from,
			 paxos_reason_name(reason));
		return;
	}
	trace_message(sim, event->from, node->id, &msg, "");
	reason = paxos_pulse_hear(pulse, &node->vow, &beat, node_ms(sim, node));
	if (reason != PAXOS_REASON_OK)
		trace_dropped(sim, node, &msg, reason);
	else if (paxos_pulse_owes(pulse, &beat, node_ms(sim, node)))
		send_pulse(sim, node, event->from, true);
}

const struct paxos_heard *pulse_heard(struct sim *sim, struct sim_node *node,
				      struct paxos_heard heard[PAXOS_NODE_MAX])
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		heard[i] = node->pulse[i].heard;
	return heard;
}
