// SPDX-License-Identifier: GPL-2.0
/*
 * A submitter: a client that wants values in the log and leaves it to whoever
 * leads to put them there. It may sit at any node, a learner too. It has several
 * values on their way, and is told in the order of the log which came where.
 */
#include <stdlib.h>

#include "sim.h"

#define BATCH	12	/* values at once, at most */
#define TOTAL	60	/* of one submitter: the history holds so many instances */

/**
 * struct sim_submitter - one
 * @id: client and owner
 * @node: where it sits
 * @sequence: of its last value
 * @rng: its chance
 */
struct sim_submitter {
	uint64_t id;
	uint8_t node;
	uint64_t sequence;
	struct rng rng;
};

static void wake(struct sim *sim, struct sim_submitter *m)
{
	queue_push(sim, (struct sim_event){
		.at = sim->now + 1000 + rng_below(&m->rng, 200000),
		.type = SIM_SUBMITTER,
		.who = (uint8_t)(m - sim->submitters),
	});
}

/* All of a request, or none. */
uint32_t submitter_submit(struct sim *sim, uint8_t at, uint64_t id, uint64_t sequence,
			  uint32_t n)
{
	struct sim_node *node = sim_node(sim, at);
	struct paxos_event ev = { .type = PAXOS_EVENT_SUBMIT };
	struct paxos_submission **link = &ev.submit.first, *s, *next;

	for (; ev.submit.count < n; ev.submit.count++) {
		struct paxos_value *value;

		value = client_make(sim, node, id, sequence + ev.submit.count);
		if (!value)
			break;
		*link = calloc(1, sizeof(**link));
		if (!*link)
			abort();
		(*link)->owner = id;
		(*link)->value = value;
		link = &(*link)->younger;
	}
	if (!ev.submit.count)
		return 0;
	n = ev.submit.count;
	node_step(sim, node, &ev);
	if (!ev.error) {
		sim_note(sim, "client %llu at node %u submits values %llu to %llu",
			 (unsigned long long)id, at, (unsigned long long)sequence,
			 (unsigned long long)(sequence + n - 1));
		return n;
	}
	for (s = ev.submit.first; s; s = next) {
		next = s->younger;
		paxos_value_put(s->value);
		free(s);
	}
	return 0;
}

/* They are what the log has there, each after the one before. */
void submitter_done(struct sim *sim, struct sim_node *node, struct paxos_outbox *ob)
{
	const struct paxos_submission *s;
	uint64_t last = 0;

	for (s = ob->done; s; s = s->next) {
		const struct paxos_slot *slot;

		client_done(sim, node, s);
		if (!s->instance)
			continue;
		slot = paxos_window_find(&node->core.window, s->instance);
		if (s->instance <= last || s->instance > node->core.window.prefix || !slot ||
		    !slot->chosen || !paxos_vid_equal(&slot->chosen->id, &s->value->id))
			sim_fail(sim, "single: node %u says that value %llu/%llu is at %llu",
				 node->id, (unsigned long long)s->value->id.client,
				 (unsigned long long)s->value->id.sequence,
				 (unsigned long long)s->instance);
		last = s->instance;
	}
	submitter_forget(ob);
}

void submitter_forget(struct paxos_outbox *ob)
{
	while (ob->done) {
		struct paxos_submission *s = ob->done;

		ob->done = s->next;
		paxos_value_put(s->value);
		free(s);
	}
	ob->last_done = NULL;
}

void submitter_timer(struct sim *sim, uint8_t who)
{
	struct sim_submitter *m = &sim->submitters[who];
	struct sim_node *node = sim_node(sim, m->node);
	uint32_t n;

	if (sim->calm || m->sequence >= TOTAL)
		return;
	wake(sim, m);
	if (!node->up || rng_chance(&m->rng, 300))
		return;
	n = (uint32_t)rng_between(&m->rng, 1, min_t(uint64_t, BATCH, TOTAL - m->sequence));
	m->sequence += submitter_submit(sim, m->node, m->id, m->sequence + 1, n);
	if (rng_chance(&m->rng, 30)) {
		struct paxos_event gone = { .type = PAXOS_EVENT_DROP_OWNER, .drop = { m->id, 0 } };

		node_step(sim, node, &gone);
	}
}

bool submitter_proposed(const struct sim *sim, uint64_t id, uint64_t sequence)
{
	uint32_t i;

	for (i = 0; i < sim->plan.submitters; i++)
		if (sim->submitters[i].id == id)
			return sequence && sequence <= sim->submitters[i].sequence + BATCH;
	return false;
}

void submitters_start(struct sim *sim)
{
	uint32_t i;

	sim->submitters = calloc(sim->plan.submitters + 1, sizeof(*sim->submitters));
	if (!sim->submitters)
		abort();
	for (i = 0; i < sim->plan.submitters; i++) {
		struct sim_submitter *m = &sim->submitters[i];

		m->id = 3 * SIM_OTHERS + i;
		m->rng = rng_stream(sim->order->seed, STREAM_CLIENT, m->id);
		m->node = (uint8_t)rng_between(&m->rng, 1, sim->n_nodes);
		wake(sim, m);
	}
}

void submitters_free(struct sim *sim)
{
	free(sim->submitters);
}
