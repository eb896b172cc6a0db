// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams that were never sent as they are: a copy of one that was, bound to
 * something else. No tag would hold, but a group may go without, and what binds
 * a message (P1, P24) must hold by itself. And bytes of a value that changed on
 * the way where the checksum of UDP did not notice: the digest must.
 */
#include <endian.h>

#include "ballot.h"
#include "sim.h"

#define AT(type, field)	offsetof(struct paxos_wire_##type, field)

static void put(uint8_t *bytes, size_t offset, uint64_t number)
{
	number = htobe64(number);
	memcpy(bytes + offset, &number, sizeof(number));
}

/* A byte of the first value that is carried. */
static bool forge_value(uint8_t *bytes, const struct paxos_msg *msg, struct rng *rng)
{
	uint32_t i, n;

	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];

		if (!e->carried || !e->length)
			continue;
		n = e->length;
		if (msg->type == PAXOS_WIRE_PART)
			n = paxos_value_unit_length(e->length, msg->part.unit);
		bytes[(size_t)(e->bytes - bytes) + rng_below(rng, n)] ^=
			(uint8_t)(1 << rng_below(rng, 8));
		return true;
	}
	return false;
}

static bool forge_nonce(uint8_t *bytes, const struct paxos_msg *msg, struct rng *rng)
{
	const size_t body = sizeof(struct paxos_wire_header);

	if (msg->type == PAXOS_WIRE_PROMISE)
		put(bytes, body + AT(promise, nonce), rng_next(rng));
	else if (msg->type == PAXOS_WIRE_PREPARE)
		put(bytes, body + AT(prepare, nonce), rng_next(rng));
	else
		return false;
	return true;
}

/* The ballot of another node, or the fast one of the same hand-out. */
static bool forge_ballot(struct sim *sim, uint8_t *bytes, const struct paxos_msg *msg,
			 struct rng *rng)
{
	const size_t body = sizeof(struct paxos_wire_header);
	uint64_t ballot;

	static_assert(AT(prepare, ballot) == AT(accept, ballot), "one offset does for both");
	if (msg->type != PAXOS_WIRE_PREPARE && msg->type != PAXOS_WIRE_ACCEPT)
		return false;
	ballot = msg->type == PAXOS_WIRE_PREPARE ? msg->prepare.ballot : msg->accept.ballot;
	if (msg->type == PAXOS_WIRE_ACCEPT && rng_chance(rng, 500))
		ballot &= ~PAXOS_BALLOT_CLASSIC;
	else
		ballot = paxos_ballot_make(paxos_ballot_counter(ballot),
					   (uint32_t)rng_between(rng, 1, sim->n_nodes), true);
	put(bytes, body + AT(accept, ballot), ballot);
	return true;
}

/* Binds a datagram to something else. False if there is nothing to change in it. */
bool forge(struct sim *sim, uint8_t *bytes, uint16_t len, uint8_t to, struct rng *rng)
{
	struct paxos_header header;
	struct paxos_msg msg;

	if (paxos_wire_decode(bytes, len, &header, &msg, sim->scratch) != PAXOS_REASON_OK ||
	    msg.type == PAXOS_WIRE_HELLO)
		return false;
	/* An INIT is to be believed by what it says, of whoever was heard. */
	switch (msg.type == PAXOS_WIRE_INIT ? 0 : rng_below(rng, 8)) {
	case 0:
		put(bytes, AT(header, identity), rng_next(rng));
		return true;
	case 1:
		put(bytes, AT(header, incarnation), rng_next(rng));
		return true;
	case 2:
		/* Another voter's answer, by its looks. */
		bytes[AT(header, sender)] = (uint8_t)rng_between(rng, 1, sim->n_nodes);
		put(bytes, AT(header, incarnation), rng_next(rng));
		return true;
	case 3:
		bytes[AT(header, sender)] = to;
		return true;
	case 4:
		put(bytes, AT(header, membership), rng_between(rng, 1, 9));
		return true;
	case 5:
		return forge_ballot(sim, bytes, &msg, rng);
	case 6:
		return forge_value(bytes, &msg, rng);
	default:
		return forge_nonce(bytes, &msg, rng);
	}
}
