// SPDX-License-Identifier: GPL-2.0
/*
 * The network: what is sent arrives, or not, or twice, or late, or altered. A
 * datagram that was altered passes the decoder, as hostile bytes do, and is
 * refused afterwards, as the checksum or the tag would have done.
 */
#include <stdlib.h>

#include "sim.h"

static uint64_t delay(struct sim *sim)
{
	uint64_t mean = sim->faults.delay;
	uint64_t d = 1 + rng_below(&sim->rng, mean) + rng_below(&sim->rng, mean);

	if (rng_chance(&sim->rng, sim->faults.tail))
		d *= 50;
	return d;
}

static void post(struct sim *sim, uint8_t from, uint8_t to, const uint8_t *bytes, uint16_t len,
		 uint64_t after)
{
	struct sim_event event = {
		.at = sim->now + after,
		.type = SIM_DATAGRAM,
		.who = to,
		.from = from,
		.len = len,
		.bytes = malloc(len),
	};

	if (!event.bytes)
		abort();
	memcpy(event.bytes, bytes, len);
	queue_push(sim, event);
}

static void keep(struct sim *sim, uint8_t from, uint8_t to, const uint8_t *bytes, uint16_t len)
{
	size_t i = rng_below(&sim->rng, ARRAY_SIZE(sim->old));

	sim->old[i].from = from;
	sim->old[i].to = to;
	sim->old[i].len = len;
	memcpy(sim->old[i].bytes, bytes, len);
}

static void send_one(struct sim *sim, uint8_t from, uint8_t to, const uint8_t *bytes,
		     uint16_t len)
{
	size_t i = rng_below(&sim->rng, ARRAY_SIZE(sim->old));

	sim->sent++;
	if (rng_chance(&sim->rng, sim->faults.replay) && sim->old[i].len)
		post(sim, sim->old[i].from, sim->old[i].to, sim->old[i].bytes,
		     sim->old[i].len, delay(sim));
	if (rng_chance(&sim->rng, 50))
		keep(sim, from, to, bytes, len);
	if (sim->cut[from - 1] & paxos_node_bit(to) || rng_chance(&sim->rng, sim->faults.loss))
		return;
	post(sim, from, to, bytes, len, delay(sim));
	while (rng_chance(&sim->rng, sim->faults.twice))
		post(sim, from, to, bytes, len, delay(sim));
}

void network_send(struct sim *sim, struct sim_node *from, const struct paxos_out *out)
{
	struct paxos_header header;
	uint8_t bytes[PAXOS_WIRE_MAX];
	size_t len;
	uint8_t to;

	paxos_core_header(&from->core, &header);
	len = paxos_wire_encode(bytes, sizeof(bytes), &header, &out->msg);
	if (!len) {
		sim_fail(sim, "node %u: a message that does not fit a datagram", from->id);
		return;
	}
	for (to = 1; to <= sim->n_nodes; to++)
		if (out->to & paxos_node_bit(to))
			send_one(sim, from->id, to, bytes, (uint16_t)len);
}

/* The decoder must stand any bytes; what it makes of these is not believed. */
static void deliver_altered(struct sim *sim, const struct sim_event *event)
{
	struct paxos_header header;
	struct paxos_msg msg;
	int n = (int)rng_between(&sim->rng, 1, 8);

	while (n--)
		event->bytes[rng_below(&sim->rng, event->len)] ^=
			(uint8_t)(1 << rng_below(&sim->rng, 8));
	paxos_wire_decode(event->bytes, event->len, &header, &msg, sim->scratch);
}

void network_deliver(struct sim *sim, const struct sim_event *event)
{
	struct sim_node *node = sim_node(sim, event->who);
	struct paxos_entry *entry = sim->scratch;
	struct paxos_header header;
	struct paxos_event ev = { .type = PAXOS_EVENT_MESSAGE };
	struct paxos_msg msg;
	enum paxos_reason reason;

	if (!node->up)
		return;
	if (rng_chance(&sim->rng, sim->faults.alter)) {
		deliver_altered(sim, event);
		return;
	}
	reason = paxos_wire_decode(event->bytes, event->len, &header, &msg, entry);
	if (reason != PAXOS_REASON_OK) {
		sim_fail(sim, "node %u: %s from %u refused: %s", node->id,
			 paxos_wire_type_name(event->bytes[1]), event->from,
			 paxos_reason_name(reason));
		return;
	}
	ev.message.header = &header;
	ev.message.msg = &msg;
	sim_note(sim, "%u < %u %s", node->id, event->from, paxos_wire_type_name(msg.type));
	node_step(sim, node, &ev);
	if (ev.reason != PAXOS_REASON_OK)
		sim_note(sim, "  %s", paxos_reason_name(ev.reason));
}
