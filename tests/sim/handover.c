// SPDX-License-Identifier: GPL-2.0
/*
 * Handover: a value of a client goes through whoever leads, once its node knows of
 * one, as the tool's do. It is the same value then, so that it may be in the log
 * twice, where it was proposed before and where the leader puts it. P28
 */
#include "sim.h"

#define PAUSE	2000	/* microseconds, when the node takes no more just now */

/* The tool looks whether somebody leads; beside rangers alone nobody need ever. */
bool handover_is_due(struct sim *sim, const struct sim_client *client)
{
	return sim->n_candidates && !sim->plan.depose &&
	       sim_node(sim, client->node)->core.leader.ballot;
}

static void submit(struct sim *sim, struct sim_client *client)
{
	/* It may come back at once. */
	client->handover.try_at = UINT64_MAX;
	if (!submitter_submit(sim, client->node, client->id, client->sequence, 1))
		client->handover.try_at = sim->now + PAUSE;
}

void handover_begin(struct sim *sim, struct sim_client *client)
{
	client->led = true;
	client->handover = (struct sim_handover){ 0 };
	seen_lead(sim, client);
	submit(sim, client);
}

/* Its node gives it back: it is in the log there, or nobody knows. */
void handover_done(struct sim *sim, struct sim_client *client, const struct paxos_submission *s)
{
	if (!client->led || s->value->id.sequence != client->sequence)
		return;
	client->handover.instance = s->instance;
	client->handover.try_at = sim->now + 1 + rng_below(&client->rng, 200);
}

/* It may have been there before, and is applied at its first place. */
static uint64_t first(const struct paxos_core *core, const struct paxos_vid *id, uint64_t last)
{
	uint64_t s;

	for (s = core->window.trim + 1; s < last; s++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, s);

		if (slot && slot->chosen && slot->chosen->id.client == id->client &&
		    slot->chosen->id.sequence == id->sequence)
			return s;
	}
	return last;
}

/* Returns where its value is in the log, as it knows by now; 0 if it does not. */
uint64_t handover_step(struct sim *sim, struct sim_client *client)
{
	const struct paxos_vid id = { .client = client->id, .sequence = client->sequence };

	if (sim->now < client->handover.try_at)
		return 0;
	if (client->handover.instance)
		return first(&sim_node(sim, client->node)->core, &id, client->handover.instance);
	submit(sim, client);
	return 0;
}
