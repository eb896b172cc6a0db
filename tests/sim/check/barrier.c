// SPDX-License-Identifier: GPL-2.0
/*
 * P26: what a read waits for. It has all that was chosen before it began, by
 * anyone, and all that the leader who confirmed it had sent by then; that leader
 * was heard by enough voters in heartbeats made after that, and had a value of
 * its ballot chosen; and all of it is decided where the read goes on.
 *
 * A leader's own acceptor counts if it knew of no higher ballot when the read
 * began: then there was a moment after that at which it did not.
 */
#include <stdlib.h>

#include "ballot.h"
#include "check.h"

void seen_read(struct sim *sim, struct sim_node *node, uint64_t number)
{
	struct history *h = sim->history;
	struct life *life = history_life(sim, node);
	struct reading *r;

	if (h->n_readings == h->readings_size) {
		h->readings_size = h->readings_size ? 2 * h->readings_size : 64;
		h->reading = realloc(h->reading, h->readings_size * sizeof(*h->reading));
		if (!h->reading)
			abort();
	}
	r = &h->reading[h->n_readings++];
	*r = (struct reading){
		.number = number,
		.life = life,
		.event = sim->events,
		.begun = seen_now(sim),
	};
	if (!life)
		return;
	memcpy(r->bound, life->bound, sizeof(r->bound));
	for (r->floor = life->top; r->floor && !life->instance[r->floor].chosen; r->floor--)
		;
}

/* A quorum of votes for it was heard by who proposed it at this ballot. */
static bool is_proved(const struct life *life, const struct attempt *a)
{
	uint64_t s;

	for (s = 1; s <= life->top; s++)
		if (paxos_quorum_has(quorum_votes(&life->instance[s], a->node, a->ballot),
				     life->membership.options.quorum.phase_2))
			return true;
	return false;
}

/* Did it send ACCEPT above the point before the read began? */
static bool had_sent(const struct reading *r, const struct attempt *a)
{
	uint64_t s;

	for (s = r->point + 1; s <= r->life->top; s++) {
		const struct request *q = history_request(&r->life->instance[s], a->ballot);

		if (q && q->event < r->event)
			return true;
	}
	return false;
}

static bool is_confirmed(const struct reading *r, const struct attempt *a)
{
	const struct paxos_quorum *quorum = &r->life->membership.options.quorum;
	uint64_t voters = 0;
	uint8_t i;

	for (i = 0; i < SIM_NODES; i++)
		if (a->beat_heard[i] >= r->event)
			voters |= 1ULL << i;
	if (r->bound[a->node - 1] <= a->ballot)
		voters |= paxos_node_bit(a->node);
	return paxos_quorum_has(voters & r->life->membership.options.voters,
				max(quorum->phase_1, quorum->phase_2));
}

/* Is there a leader who may have said so? If not, what the best of them lacked. */
static const char *judge(const struct reading *r)
{
	const char *why = "no leader was heard by enough voters since it began";
	const struct attempt *a;
	uint32_t i;

	for (i = 0; i < SIM_ATTEMPTS; i++) {
		for (a = r->life->attempt[i]; a; a = a->next) {
			if (!a->prepared || !is_confirmed(r, a))
				continue;
			if (!is_proved(r->life, a))
				why = "no value of the leader's ballot is chosen";
			else if (had_sent(r, a))
				why = "the leader had sent more";
			else
				return NULL;
		}
	}
	return why;
}

void seen_point(struct sim *sim, struct sim_node *node, uint64_t number, uint64_t point)
{
	struct history *h = sim->history;
	struct reading *r = &h->reading[h->n_readings];
	const char *why;

	while (r-- > h->reading && r->number != number)
		;
	if (r < h->reading || r->ended || !r->life || r->life != history_life(sim, node)) {
		sim_fail(sim, "barrier: node %u ends one that never began", node->id);
		return;
	}
	r->ended = seen_now(sim);
	r->point = point;
	if (node->core.window.prefix < point)
		sim_fail(sim, "barrier: node %u reads up to %llu, and has decided %llu", node->id,
			 (unsigned long long)point,
			 (unsigned long long)node->core.window.prefix);
	if (point < r->floor)
		sim_fail(sim, "barrier: node %u reads up to %llu, and %llu was chosen before",
			 node->id, (unsigned long long)point, (unsigned long long)r->floor);
	why = judge(r);
	if (why)
		sim_fail(sim, "barrier: node %u reads up to %llu: %s", node->id,
			 (unsigned long long)point, why);
}

/* When each heartbeat of a ballot was made. */
static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct attempt *a;

	if (msg->type != PAXOS_WIRE_HEARTBEAT || msg->heartbeat.answer)
		return;
	a = history_attempt(history_life(sim, node), msg->heartbeat.ballot);
	if (!a || a->node != node->id || a->number != node->life) {
		sim_fail(sim, "barrier: node %u leads by a ballot that is not its own", node->id);
		return;
	}
	if (a->n_beats >= msg->heartbeat.number) {
		sim_fail(sim, "barrier: node %u counts heartbeats twice", node->id);
		return;
	}
	a->beat = realloc(a->beat, msg->heartbeat.number * sizeof(*a->beat));
	if (!a->beat)
		abort();
	/* One that found no room was made now at the latest. */
	while (a->n_beats < msg->heartbeat.number)
		a->beat[a->n_beats++] = sim->events;
}

const struct checker checker_barrier = {
	.name = "barrier",
	.make = make,
};
