// SPDX-License-Identifier: GPL-2.0
/*
 * The network: what is sent arrives, or not, or twice, or late, or altered. A
 * datagram that was altered passes the decoder, as hostile bytes do, and is
 * refused afterwards, as the checksum or the tag would have done.
 */
#include <stdlib.h>

#include "sim.h"

/* A datagram on its way, and the randomness of what becomes of it. */
struct trip {
	uint8_t from;
	uint8_t to;
	uint32_t number;
	const struct paxos_msg *msg;
	struct rng rng;
	bool altered;
	bool late;
	uint64_t held;
};

static uint64_t delay(struct sim *sim, struct trip *trip)
{
	uint64_t mean = sim->plan.delay;

	if (sim->order->story)
		return mean + trip->held;
	return 1 + rng_below(&trip->rng, mean) + rng_below(&trip->rng, mean);
}

static bool strikes(struct sim *sim, enum sim_knob knob, struct trip *trip)
{
	static const char * const becomes[SIM_KNOB_COUNT] = {
		[KNOB_loss] = "lost",
		[KNOB_twice] = "sent twice",
		[KNOB_alter] = "altered",
		[KNOB_tail] = "late",
		[KNOB_replay] = "sent, and an old one with it",
		[KNOB_forge] = "sent, and a forged one with it",
	};
	char how[FAULT_NAME + 40], name[FAULT_NAME];

	if (!fault_strikes(sim, knob, trip->from, trip->to, trip->number, &trip->rng))
		return false;
	if (sim->trace) {
		fault_name(sim_fault_id(knob, trip->from, trip->to, trip->number), name);
		snprintf(how, sizeof(how), " -- %s (%s)", becomes[knob], name);
		trace_message(sim, trip->from, trip->to, trip->msg, how);
	}
	return true;
}

static void post(struct sim *sim, uint8_t from, uint8_t to, const uint8_t *bytes, uint16_t len,
		 struct trip *trip)
{
	struct sim_event event = {
		.at = max(sim->now, sim->clogged[from - 1][to - 1]) +
		      delay(sim, trip) * (trip->late ? 50 : 1),
		.type = SIM_DATAGRAM,
		.who = to,
		.from = from,
		.len = len,
		.altered = trip->altered,
		.bytes = datagram_alloc(len),
	};

	memcpy(event.bytes, bytes, len);
	if (event.altered) {
		uint64_t n = rng_between(&trip->rng, 1, 8);

		while (n--)
			event.bytes[rng_below(&trip->rng, len)] ^=
				(uint8_t)(1 << rng_below(&trip->rng, 8));
	}
	queue_push(sim, event);
}

/* As likely from the first minute as from the last: a sample of all that was sent. */
static void keep(struct sim *sim, struct trip *trip, const uint8_t *bytes, uint16_t len)
{
	uint64_t i = rng_below(&trip->rng, sim->sent);

	if (i >= ARRAY_SIZE(sim->old))
		return;
	sim->old[i].from = trip->from;
	sim->old[i].to = trip->to;
	sim->old[i].len = len;
	memcpy(sim->old[i].bytes, bytes, len);
}

static void replay(struct sim *sim, struct trip *trip)
{
	size_t i = rng_below(&trip->rng, ARRAY_SIZE(sim->old));

	if (sim->old[i].len)
		post(sim, sim->old[i].from, sim->old[i].to, sim->old[i].bytes, sim->old[i].len,
		     trip);
}

static void post_forged(struct sim *sim, struct trip *trip, const uint8_t *bytes, uint16_t len)
{
	uint8_t copy[PAXOS_WIRE_MAX];

	memcpy(copy, bytes, len);
	if (!forge(sim, copy, len, trip->to, &trip->rng))
		return;
	post(sim, trip->from, trip->to, copy, len, trip);
}

/*
 * Each question is asked of each datagram, in the same order: whether one fault
 * is there does not change the answers to the others.
 */
static void send_one(struct sim *sim, uint8_t from, uint8_t to, const struct paxos_msg *msg,
		     const uint8_t *bytes, uint16_t len)
{
	struct trip trip = { .from = from, .to = to, .msg = msg };
	struct story_fate fate = story_fate(sim, from, to, msg);
	bool replayed, forged, lost, twice;

	trip.number = ++sim->link[from - 1][to - 1];
	trip.rng = rng_stream(sim->order->seed, STREAM_LINK,
			      (uint64_t)from << 40 | (uint64_t)to << 32 | trip.number);
	sim->sent++;
	replayed = strikes(sim, KNOB_replay, &trip);
	forged = strikes(sim, KNOB_forge, &trip);
	lost = strikes(sim, KNOB_loss, &trip);
	twice = strikes(sim, KNOB_twice, &trip);
	trip.altered = strikes(sim, KNOB_alter, &trip);
	trip.late = strikes(sim, KNOB_tail, &trip);
	trip.held = fate.held;
	keep(sim, &trip, bytes, len);
	if (links_cut(sim, from, to)) {
		trace_message(sim, from, to, msg, " -- the link is cut");
	} else if (!lost && !fate.lost) {
		post(sim, from, to, bytes, len, &trip);
		trip.altered = false;
		trip.late = false;
		if (fate.twice)
			post(sim, from, to, bytes, len, &trip);
		if (twice)
			do
				post(sim, from, to, bytes, len, &trip);
			while (rng_chance(&trip.rng, 300));
	}
	trip.altered = false;
	if (replayed)
		replay(sim, &trip);
	if (forged)
		post_forged(sim, &trip, bytes, len);
}

void network_send(struct sim *sim, struct sim_node *from, const struct paxos_out *out)
{
	struct paxos_header header;
	uint8_t bytes[PAXOS_WIRE_MAX];
	size_t len;
	uint8_t to;

	paxos_core_header(&from->core, &header);
	len = paxos_outbox_encode(out, bytes, sizeof(bytes), &header);
	if (!len) {
		sim_fail(sim, "codec: node %u makes a message that fits no datagram", from->id);
		return;
	}
	for (to = 1; to <= sim->n_nodes; to++)
		if (out->to & paxos_node_bit(to))
			send_one(sim, from->id, to, &out->msg, bytes, (uint16_t)len);
}

/* What a node says of all its groups to another goes the same way. */
void network_pulse(struct sim *sim, struct sim_node *from, uint8_t to,
		   const uint8_t bytes[PAXOS_PULSE_SIZE])
{
	const struct paxos_msg msg = { .type = PAXOS_WIRE_PULSE };

	send_one(sim, from->id, to, &msg, bytes, PAXOS_PULSE_SIZE);
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
	if (paxos_pulse_is(event->bytes, event->len)) {
		pulse_deliver(sim, node, event);
		return;
	}
	reason = paxos_wire_decode(event->bytes, event->len, &header, &msg, entry);
	/* The decoder must stand any bytes; what it makes of these is not believed. */
	if (event->altered)
		return;
	if (reason != PAXOS_REASON_OK) {
		sim_fail(sim, "codec: node %u: %s from %u refused: %s", node->id,
			 paxos_wire_type_name(event->bytes[1]), event->from,
			 paxos_reason_name(reason));
		return;
	}
	ev.message.header = &header;
	ev.message.msg = &msg;
	trace_message(sim, event->from, node->id, &msg, "");
	node_step(sim, node, &ev);
	if (ev.reason != PAXOS_REASON_OK)
		trace_dropped(sim, node, &msg, ev.reason);
}
