// SPDX-License-Identifier: GPL-2.0
/* A node: the core with its memory and clock, and all that leaves it watched. */

#include <stdlib.h>

#include "sim.h"

uint64_t node_ms(const struct sim *sim, const struct sim_node *node)
{
	int64_t drift = (int64_t)(sim->now / 1000) * node->rate / 1000000;

	return node->origin + sim->now / 1000 + (uint64_t)drift;
}

/* What the module's worker does: the pool is kept ahead of demand, as well as it can. */
static void refill(struct sim *sim, struct sim_node *node)
{
	enum paxos_chunk_class class;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		uint32_t n = paxos_pool_wants(&node->pool, class);
		uint32_t spare = paxos_pool_spares(&node->pool, class);

		/* Memory is scarce: it gets a part of what it asks for, one chunk at least. */
		if (sim->plan.scarce)
			n = (uint32_t)DIV_ROUND_UP(n * (1000 - sim->plan.scarce), 1000);
		while (n--) {
			void *chunk = malloc(paxos_pool_chunk_size(class));

			if (!chunk)
				abort();
			paxos_pool_give(&node->pool, class, chunk);
		}
		while (spare--)
			free(paxos_pool_reclaim(&node->pool, class));
	}
	if (node->pool.given > sim->plan.log_size)
		sim_fail(sim, "memory: node %u asks for more than its log-size", node->id);
}

/* The worker runs at once, or late: then all that asks for it meanwhile waits with it. */
static void wake_worker(struct sim *sim, struct sim_node *node)
{
	struct rng rng;

	if (node->refill_at)
		return;
	rng = rng_stream(sim->order->seed, STREAM_WORKER,
			 (uint64_t)node->id << 32 | ++node->refills);
	if (!fault_strikes(sim, KNOB_late, node->id, 0, node->refills, &rng)) {
		refill(sim, node);
		return;
	}
	node->refill_at = sim->now + rng_between(&rng, 1000, 1000000);
	queue_push(sim, (struct sim_event){
		.at = node->refill_at, .type = SIM_WORKER, .who = node->id, .life = node->life,
	});
}

void node_refill(struct sim *sim, struct sim_node *node, uint32_t life)
{
	if (!node->up || life != node->life || node->refill_at != sim->now)
		return;
	node->refill_at = 0;
	refill(sim, node);
}

static void queue_tick(struct sim *sim, struct sim_node *node)
{
	uint64_t deadline = paxos_core_deadline(&node->core);
	uint64_t now = node_ms(sim, node);
	uint64_t at = sim->now + (deadline > now ? (deadline - now) * 1000 : 0) + 1000;

	if (node->tick_at && node->tick_at <= at)
		return;
	node->tick_at = at;
	queue_push(sim, (struct sim_event){
		.at = at, .type = SIM_TICK, .who = node->id, .life = node->life,
	});
}

/* P7: what rests on a record waits for it, unless the node has heard it already. */
static void let_out(struct sim *sim, struct sim_node *node, const struct paxos_out *out)
{
	check_make(sim, node, &out->msg);
	if (out->to && out->after > node->durable) {
		disk_hold(node, out);
		return;
	}
	/* What it said to itself alone it has heard. */
	check_leave(sim, node, &out->msg, !out->to);
	network_send(sim, node, out);
}

static void tell(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	client_note(sim, node, note);
	candidate_note(sim, node, note);
	ranger_note(sim, node, note);
}

void node_step(struct sim *sim, struct sim_node *node, struct paxos_event *event)
{
	struct paxos_outbox *ob = &sim->outbox;
	struct paxos_heard heard[PAXOS_NODE_MAX];
	uint32_t bits;
	uint16_t i;

	paxos_outbox_init(ob);
	event->now = node_ms(sim, node);
	event->vow = sim->plan.pulse ? paxos_vow_name(&node->vow) : 0;
	event->heard = event->type == PAXOS_EVENT_TICK ? pulse_heard(sim, node, heard) : NULL;
	invariant_watch(sim);
	check_begin(sim, node, event);
	bits = paxos_step(&node->core, event, ob);
	pulse_step(sim, node, bits);
	disk_write(sim, node);
	check_event(sim, node, event);
	check_owed(sim, node);
	for (i = 0; i < ob->n_out; i++)
		let_out(sim, node, &ob->out[i]);
	check_state(sim, node, ob);
	for (i = 0; i < ob->n_notes; i++) {
		trace_note(sim, node, &ob->note[i]);
		check_note(sim, node, &ob->note[i]);
		if (ob->note[i].type == PAXOS_NOTE_ALARM &&
		    ob->note[i].reason != PAXOS_ALARM_LOG_FILLING &&
		    ob->note[i].reason != PAXOS_ALARM_TRIMMED_AWAY)
			sim_fail(sim, "alarm: node %u gives %u at instance %llu by node %u",
				 node->id, ob->note[i].reason,
				 (unsigned long long)ob->note[i].instance, ob->note[i].node);
		else
			tell(sim, node, &ob->note[i]);
	}
	reader_barriers(sim, node, ob->barriers);
	ob->barriers = NULL;
	submitter_done(sim, node, ob);
	check_end_step(sim, node);
	paxos_outbox_release(ob);
	if (bits & PAXOS_STEP_REFILL)
		wake_worker(sim, node);
	queue_tick(sim, node);
}

void node_tick(struct sim *sim, struct sim_node *node, uint32_t life)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_TICK };

	/* One that was queued before is passed over when it comes. */
	if (!node->up || life != node->life || node->tick_at != sim->now)
		return;
	node->tick_at = 0;
	node_step(sim, node, &ev);
}

static void incarnation(struct sim *sim, struct sim_node *node, uint8_t out[PAXOS_ID_BYTES])
{
	struct rng rng = rng_stream(sim->order->seed, STREAM_NODE,
				    (uint64_t)node->id << 32 | node->life);
	uint64_t half[2] = { rng_next(&rng), rng_next(&rng) };

	memcpy(out, half, sizeof(half));
}

void node_start(struct sim *sim, struct sim_node *node)
{
	struct paxos_config config = {
		.group = 7,
		.node = node->id,
		.role = node->voter ? PAXOS_ROLE_VOTER : PAXOS_ROLE_LEARNER,
		.window = (uint32_t)sim->plan.window,
		.window_bytes = (uint32_t)sim->plan.window_bytes,
		.quorum_1 = (uint8_t)sim->plan.quorum_1,
		.quorum_2 = (uint8_t)sim->plan.quorum_2,
		.boot = 1,
		.heartbeat = 10,
		.timeout_min = 50,
		.timeout_max = 100,
	};
	const uint64_t log_size = sim->plan.log_size;
	uint32_t dir_size = paxos_window_dir_size(log_size, config.window);
	uint8_t id;

	node->life++;
	pulse_start(sim, node);
	incarnation(sim, node, config.incarnation);
	paxos_pool_init(&node->pool, log_size);
	refill(sim, node);
	node->dir = calloc(dir_size, sizeof(*node->dir));
	if (!node->dir)
		abort();
	paxos_core_init(&node->core, &config, &node->pool, node->dir, dir_size,
			!sim->plan.disk, node_ms(sim, node));
	node->up = true;
	node->tick_at = 0;
	node->refill_at = 0;
	for (id = 1; id <= sim->n_nodes; id++) {
		struct paxos_event ev = { .type = PAXOS_EVENT_MEMBER };

		if (id == node->id)
			continue;
		ev.member.node = id;
		ev.member.role = sim_node(sim, id)->voter ? PAXOS_ROLE_VOTER : PAXOS_ROLE_LEARNER;
		node_step(sim, node, &ev);
	}
	queue_tick(sim, node);
}

/* It may take no more of the log until that is trimmed: what it was warned of. P5 */
bool node_is_full(const struct sim_node *node)
{
	enum paxos_chunk_class class;

	/* What lies in reserve for one class is none for another. */
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++)
		if (paxos_pool_is_full(&node->pool, class))
			return true;
	return node->pool.used > node->pool.limit / 4 * 3;
}

/* The node loses its memory; what was on its way to it is lost when it comes. */
void node_stop(struct sim *sim, struct sim_node *node)
{
	enum paxos_chunk_class class;
	struct sim_client *client;

	if (!node->up)
		return;
	for (client = sim->client; client < sim->client + sim->n_clients; client++)
		if (client->node == node->id)
			client_die(sim, client);
	disk_stop(node);
	while (node->core.proposals) {
		struct paxos_proposal *p = node->core.proposals;

		node->core.proposals = p->next;
		paxos_value_put(p->value);
		free(p);
	}
	while (node->core.barriers.first) {
		struct paxos_barrier *b = node->core.barriers.first;

		node->core.barriers.first = b->next;
		free(b);
	}
	paxos_outbox_init(&sim->outbox);
	paxos_submission_drop_all(&node->core, &sim->outbox);
	submitter_forget(&sim->outbox);
	paxos_core_clear(&node->core);
	if (node->pool.used)
		sim_fail(sim, "memory: node %u: %llu bytes of the pool are lost", node->id,
			 (unsigned long long)node->pool.used);
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		void *chunk;

		while ((chunk = paxos_pool_reclaim(&node->pool, class)))
			free(chunk);
	}
	free(node->dir);
	node->up = false;
}
