// SPDX-License-Identifier: GPL-2.0
/*
 * A reader: a process at any node, a learner's too, that waits for a barrier and
 * then reads the log that its node has, up to there. Now and then it loses its
 * patience.
 */
#include <stdlib.h>

#include "sim.h"

struct sim_reader {
	uint64_t id;
	uint8_t node;
	uint32_t life;
	struct rng rng;
	uint64_t cookie;
	uint64_t since;
	uint64_t patience;
	bool waits;
};

static void wake(struct sim *sim, struct sim_reader *r)
{
	queue_push(sim, (struct sim_event){
		.at = sim->now + rng_between(&r->rng, 500, r->waits ? 100000 : 300000),
		.type = SIM_READER,
		.who = (uint8_t)(r - sim->readers),
	});
}

/* Names what it waits for, in all of the run. */
static uint64_t number_of(const struct sim *sim, const struct sim_reader *r)
{
	return r->cookie << 8 | (uint64_t)(r - sim->readers);
}

static void begin(struct sim *sim, struct sim_reader *r)
{
	struct sim_node *node = sim_node(sim, r->node);
	struct paxos_event ev = { .type = PAXOS_EVENT_BARRIER };
	struct paxos_barrier *b = calloc(1, sizeof(*b));

	if (!b)
		abort();
	b->owner = r->id;
	b->cookie = ++r->cookie;
	ev.barrier = b;
	r->life = node->life;
	r->since = sim->now;
	r->patience = rng_between(&r->rng, 10000, 3000000);
	r->waits = true;
	seen_read(sim, node, number_of(sim, r));
	node_step(sim, node, &ev);
	if (!ev.error)
		return;
	r->waits = false;
	free(b);
}

/* With all that its owner has, as if it died, or alone. */
static void give_up(struct sim *sim, struct sim_reader *r)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_DROP_BARRIER };

	if (rng_chance(&r->rng, 500))
		ev.type = PAXOS_EVENT_DROP_OWNER;
	ev.drop.owner = r->id;
	ev.drop.cookie = r->cookie;
	r->waits = false;
	node_step(sim, sim_node(sim, r->node), &ev);
}

static struct sim_reader *find(struct sim *sim, uint64_t id)
{
	uint32_t i;

	for (i = 0; i < sim->plan.readers; i++)
		if (sim->readers[i].id == id)
			return &sim->readers[i];
	return NULL;
}

/* What an outbox has: done, and told, or dropped. */
void reader_barriers(struct sim *sim, struct sim_node *node, struct paxos_barrier *b)
{
	while (b) {
		struct paxos_barrier *next = b->next;
		struct sim_reader *r = find(sim, b->owner);

		if (b->done && r && r->waits && r->cookie == b->cookie) {
			r->waits = false;
			sim_note(sim, "reader %llu at node %u reads up to %llu",
				 (unsigned long long)r->id, node->id,
				 (unsigned long long)b->point);
			seen_point(sim, node, number_of(sim, r), b->point);
		} else if (b->done) {
			sim_fail(sim, "barrier: node %u ends one that nobody waits for", node->id);
		}
		free(b);
		b = next;
	}
}

void reader_timer(struct sim *sim, uint8_t who)
{
	struct sim_reader *r = &sim->readers[who];
	struct sim_node *node = sim_node(sim, r->node);

	if (r->waits && r->life != node->life)
		r->waits = false;
	if (sim->calm) {
		if (r->waits)
			give_up(sim, r);
		return;
	}
	wake(sim, r);
	if (!node->up || node->wake_at > sim->now)
		return;
	if (r->waits && sim->now - r->since > r->patience)
		give_up(sim, r);
	else if (!r->waits)
		begin(sim, r);
}

void readers_start(struct sim *sim)
{
	uint32_t i;

	sim->readers = calloc(sim->plan.readers + 1, sizeof(*sim->readers));
	if (!sim->readers)
		abort();
	for (i = 0; i < sim->plan.readers; i++) {
		struct sim_reader *r = &sim->readers[i];

		r->id = 3 * SIM_OTHERS + i;
		r->rng = rng_stream(sim->order->seed, STREAM_CLIENT, r->id);
		r->node = (uint8_t)rng_between(&r->rng, 1, sim->n_nodes);
		wake(sim, r);
	}
}

void readers_free(struct sim *sim)
{
	free(sim->readers);
}
