// SPDX-License-Identifier: GPL-2.0
/*
 * The disk of a node with a journal: what a step recorded becomes durable some
 * time later, one write after another, and what rests on it leaves the node only
 * then. What a crash finds in between is lost, and so is what waited for it. The
 * journal's replay is to come: a node that crashed comes back without memory.
 */
#include <stdlib.h>

#include "sim.h"

/* A message that waits for its record. */
struct sim_held {
	struct sim_held *next;
	struct paxos_out out;
	struct paxos_entry entry[];
};

static uint64_t duration(struct sim *sim, struct sim_node *node)
{
	struct rng rng = rng_stream(sim->order->seed, STREAM_DISK,
				    (uint64_t)node->id << 32 | ++node->writes);
	uint64_t mean = sim->plan.disk;

	if (fault_strikes(sim, KNOB_stall, node->id, 0, node->writes, &rng))
		return rng_between(&rng, 100000, 10000000);
	return 1 + rng_below(&rng, mean) + rng_below(&rng, mean);
}

/* After a step: its records are written as soon as the write before has ended. */
void disk_write(struct sim *sim, struct sim_node *node)
{
	if (!sim->plan.disk) {
		node->durable = node->core.record;
		return;
	}
	if (node->writing || node->core.record == node->durable)
		return;
	node->writing = node->core.record;
	queue_push(sim, (struct sim_event){
		.at = sim->now + duration(sim, node),
		.type = SIM_DISK,
		.who = node->id,
		.life = node->life,
	});
}

/* Keeps a message of the outbox until its record is durable. */
void disk_hold(struct sim_node *node, const struct paxos_out *out)
{
	struct sim_held *held, **link = &node->held;
	uint16_t i;

	held = calloc(1, sizeof(*held) + out->msg.n_entries * sizeof(held->entry[0]));
	if (!held)
		abort();
	held->out = *out;
	held->out.msg.entry = held->entry;
	for (i = 0; i < out->msg.n_entries; i++) {
		held->entry[i] = out->msg.entry[i];
		paxos_value_get(held->entry[i].value);
	}
	while (*link)
		link = &(*link)->next;
	*link = held;
}

static void held_free(struct sim_held *held)
{
	uint16_t i;

	for (i = 0; i < held->out.msg.n_entries; i++)
		paxos_value_put(held->entry[i].value);
	free(held);
}

/* It leaves, and what the node said to itself it hears now. */
static void let_go(struct sim *sim, struct sim_node *node, struct sim_held *held)
{
	const uint64_t self = paxos_node_bit(node->id);
	struct paxos_event ev = { .type = PAXOS_EVENT_SELF };
	struct paxos_out out = held->out;

	check_leave(sim, node, &out.msg, out.to & self);
	out.to &= ~self;
	network_send(sim, node, &out);
	if (held->out.to & self) {
		ev.self = &held->out;
		node_step(sim, node, &ev);
	}
	held_free(held);
}

static void release(struct sim *sim, struct sim_node *node)
{
	struct sim_held **link = &node->held;

	while (*link) {
		struct sim_held *held = *link;

		if (held->out.after > node->durable) {
			link = &held->next;
			continue;
		}
		*link = held->next;
		let_go(sim, node, held);
	}
}

/* A write has ended. */
void disk_written(struct sim *sim, const struct sim_event *event)
{
	struct sim_node *node = sim_node(sim, event->who);
	struct paxos_event ev = { .type = PAXOS_EVENT_DURABLE };

	if (!node->up || node->life != event->life)
		return;
	/* A host that stands still hears of it when it goes on, be that earlier than planned. */
	if (node->wake_at > sim->now) {
		queue_push(sim, (struct sim_event){
			.at = min(node->wake_at, sim->now + 20000), .type = SIM_DISK,
			.who = node->id, .life = node->life,
		});
		return;
	}
	node->durable = node->writing;
	node->writing = 0;
	sim_note(sim, "node %u has record %llu on its disk", node->id,
		 (unsigned long long)node->durable);
	ev.durable = node->durable;
	node_step(sim, node, &ev);
	release(sim, node);
}

/* The node crashes. */
void disk_stop(struct sim_node *node)
{
	while (node->held) {
		struct sim_held *held = node->held;

		node->held = held->next;
		held_free(held);
	}
	node->durable = 0;
	node->writing = 0;
}
