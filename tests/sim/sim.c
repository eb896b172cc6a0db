// SPDX-License-Identifier: GPL-2.0
/* A run: from its plan, one event after another, to what the checkers say of it. */

#include <stdarg.h>
#include <stdlib.h>

#include "sim.h"

/* Eight bytes at a time: a run is mostly datagrams, and this sees them all. */
static void mix(struct sim *sim, const void *data, size_t len)
{
	const uint8_t *p = data;
	uint64_t hash = sim->hash, word;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3ULL;
	sim->hash = hash;
}

void sim_note(struct sim *sim, const char *fmt, ...)
{
	va_list args;

	if (!sim->trace)
		return;
	printf("%10llu.%03llu ", (unsigned long long)sim->now / 1000,
	       (unsigned long long)sim->now % 1000);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void sim_fail(struct sim *sim, const char *fmt, ...)
{
	va_list args;

	if (sim->failed)
		return;
	sim->failed = true;
	va_start(args, fmt);
	vsnprintf(sim->what, sizeof(sim->what), fmt, args);
	va_end(args);
	sim_note(sim, "%s", sim->what);
}

struct sim_node *sim_node(struct sim *sim, uint8_t id)
{
	return &sim->node[id - 1];
}

static void build_nodes(struct sim *sim)
{
	const struct sim_plan *plan = &sim->plan;
	uint32_t i;

	sim->n_nodes = (uint32_t)plan->nodes;
	for (i = 0; i < sim->n_nodes; i++) {
		struct sim_node *node = &sim->node[i];

		node->id = (uint8_t)(i + 1);
		node->voter = i < plan_voters(plan);
		node->rng = rng_stream(sim->order->seed, STREAM_NODE, node->id);
		node->rate = (int32_t)rng_below(&node->rng, 2 * plan->drift + 1) -
			     (int32_t)plan->drift;
		node->origin = rng_below(&node->rng, 1000000);
	}
	for (i = 0; i < sim->n_nodes; i++) {
		if (story_is_late(sim, sim->node[i].id))
			continue;
		if (sim->node[i].voter || !plan->join)
			node_start(sim, &sim->node[i]);
		else
			queue_push(sim, (struct sim_event){
				.at = 1000 * plan->join, .type = SIM_JOIN, .who = (uint8_t)(i + 1),
			});
	}
}

static void build_clients(struct sim *sim)
{
	const struct sim_plan *plan = &sim->plan;
	uint32_t i;

	sim->n_clients = (uint32_t)plan->clients;
	for (i = 0; i < sim->n_clients; i++) {
		struct sim_client *c = &sim->client[i];

		c->id = i + 1;
		c->rng = rng_stream(sim->order->seed, STREAM_CLIENT, c->id);
		c->node = (uint8_t)rng_between(&c->rng, 1, plan_voters(plan));
		if (plan->seats)
			c->node = (uint8_t)(i % plan_voters(plan) + 1);
		c->values = 1 + rng_below(&c->rng, plan->values);
		if (!plan->values || plan->mute >> i & 1)
			c->values = 0;
		c->next_at = sim->now + 100000 + i * 1000 * plan->stagger;
		c->wake_at = c->next_at;
		proposer_init(&c->proposer, rng_next(&c->rng));
		queue_push(sim, (struct sim_event){
			.at = c->next_at, .type = SIM_CLIENT_TIMER, .who = (uint8_t)i,
		});
	}
}

/* Half of it, for its buffers are not endless. */
static void put_off(struct sim *sim, struct sim_event *ev, uint64_t until)
{
	if (rng_chance(&sim_node(sim, ev->who)->rng, 500))
		return;
	ev->at = until;
	queue_push(sim, *ev);
	ev->bytes = NULL;
}

/* What is passed on or put off is no longer the event's. */
static void handle(struct sim *sim, struct sim_event *ev)
{
	struct sim_node *node = ev->who ? sim_node(sim, ev->who) : NULL;

	switch (ev->type) {
	case SIM_DATAGRAM:
		/* A host that stands still takes its mail when it goes on. */
		if (node->wake_at > sim->now) {
			put_off(sim, ev, node->wake_at);
			break;
		}
		network_deliver(sim, ev);
		break;
	case SIM_TICK:
		if (node->wake_at <= sim->now) {
			node_tick(sim, node, ev->life);
		} else if (node->tick_at == sim->now && node->life == ev->life) {
			node->tick_at = node->wake_at;
			queue_push(sim, (struct sim_event){
				.at = node->wake_at, .type = SIM_TICK,
				.who = ev->who, .life = ev->life,
			});
		}
		break;
	case SIM_PULSE:
		if (node->wake_at <= sim->now) {
			pulse_timer(sim, node, ev->life);
		} else if (node->pulse_at == sim->now && node->life == ev->life) {
			node->pulse_at = node->wake_at;
			queue_push(sim, (struct sim_event){
				.at = node->wake_at, .type = SIM_PULSE,
				.who = ev->who, .life = ev->life,
			});
		}
		break;
	case SIM_JOIN:
		sim_note(sim, "node %u is added, a learner", node->id);
		node_start(sim, node);
		break;
	case SIM_CLIENT_TIMER:
		client_timer(sim, &sim->client[ev->who]);
		break;
	case SIM_CLIENT_NOTE:
		client_hear(sim, ev);
		break;
	case SIM_CANDIDATE:
		candidate_timer(sim, ev->who);
		break;
	case SIM_CANDIDATE_NOTE:
		if (node->wake_at > sim->now) {
			ev->at = node->wake_at;
			queue_push(sim, *ev);
			ev->bytes = NULL;
		} else {
			candidate_hear(sim, ev);
		}
		break;
	case SIM_RANGER:
		ranger_timer(sim, ev->who);
		break;
	case SIM_READER:
		reader_timer(sim, ev->who);
		break;
	case SIM_ROGUE:
		rogue_timer(sim, ev->who);
		break;
	case SIM_SUBMITTER:
		submitter_timer(sim, ev->who);
		break;
	case SIM_WORKER:
		node_refill(sim, node, ev->life);
		break;
	case SIM_DISK:
		disk_written(sim, ev);
		break;
	case SIM_STORY:
		story_line(sim, ev->life);
		break;
	case SIM_FAULT:
		fault_tick(sim);
		operator_tick(sim);
		break;
	}
}

/* Fewer voters are left than can decide anything: such a run is about safety alone. */
bool sim_is_dead(const struct sim *sim)
{
	uint32_t i, voting = 0;

	for (i = 0; i < sim->n_nodes; i++)
		voting += sim->node[i].core.state == PAXOS_STATE_VOTING;
	return voting && voting < max(sim->plan.quorum_1, sim->plan.quorum_2) &&
	       sim->plan.doom;
}

/* Clients outbid whoever leads, and candidates want to: nobody is sure to win. */
bool sim_is_duel(const struct sim *sim)
{
	return sim->n_candidates && sim->plan.depose;
}

/* P38: must a client have its values decided where it is? */
bool sim_is_reachable(const struct sim *sim, const struct sim_client *client)
{
	/* Over links that are left its node may hear nothing of who leads. */
	if (client->led && sim->plan.remains && !candidates_lead(sim, client->node))
		return false;
	return sim->node[client->node - 1].core.state == PAXOS_STATE_VOTING &&
	       links_quorum(sim, client->node) && !sim_is_dead(sim);
}

/* What clients alone propose fits every log that is drawn. */
bool sim_may_fill(const struct sim *sim)
{
	return sim->n_candidates || sim->plan.submitters || sim->plan.grants;
}

static bool is_settled(struct sim *sim)
{
	uint32_t i;

	if (sim_is_dead(sim))
		return sim->now > sim->end + 5000000;
	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state < PAXOS_STATE_VOTING ||
		    (sim->node[i].core.window.prefix != sim->node[0].core.window.prefix &&
		     !(sim_may_fill(sim) && node_is_full(&sim->node[i]))))
			return false;
	for (i = 0; i < sim->n_clients && !sim_is_duel(sim); i++) {
		const struct sim_client *c = &sim->client[i];

		if (sim_is_reachable(sim, c) && (c->busy || c->sequence < c->values))
			return false;
	}
	return candidates_settled(sim);
}

static void run(struct sim *sim)
{
	const uint64_t calm = 1000 * sim->plan.calm;
	struct sim_event ev;
	uint32_t i;

	sim->init = rng_stream(sim->order->seed, STREAM_INIT, 0);
	sim->hash = 0xcbf29ce484222325ULL;
	sim->end = 1000 * sim->plan.end;
	invariant_watch(sim);
	check_start(sim);
	build_nodes(sim);
	build_clients(sim);
	story_start(sim);
	candidates_start(sim);
	rangers_start(sim);
	readers_start(sim);
	rogues_start(sim);
	submitters_start(sim);
	if (!sim->order->story)
		fault_start(sim);
	while (!sim->failed && queue_pop(sim, &ev)) {
		if (sim->order->story && ev.at > sim->end) {
			event_free(&ev);
			break;
		}
		if (!sim->order->story && !sim->calm && ev.at >= sim->end) {
			sim->now = sim->end;
			fault_stop(sim);
		}
		sim->now = ev.at;
		sim->events++;
		if (sim->record) {
			sim->record->at = sim->now;
			sim->record->events = sim->events;
		}
		mix(sim, &ev.at, sizeof(ev.at));
		mix(sim, &ev.type, 1);
		if (ev.type == SIM_DATAGRAM)
			mix(sim, ev.bytes, ev.len);
		handle(sim, &ev);
		event_free(&ev);
		if (sim->calm)
			candidates_watch(sim);
		if (sim->calm && (is_settled(sim) || sim->now > sim->end + calm))
			break;
	}
	if (!sim->failed)
		check_end(sim);
	sim->trace = SIM_TRACE_NONE;
	for (i = 0; i < sim->n_nodes; i++)
		node_stop(sim, &sim->node[i]);
	candidates_free(sim);
	rangers_free(sim);
	readers_free(sim);
	rogues_free(sim);
	submitters_free(sim);
	queue_free(sim);
	check_free(sim);
}

/* What is asked for fits together: plan_draw() has said so. */
struct sim *sim_run(const struct sim_order *order, enum sim_trace trace,
		    struct sim_record *record)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim || !plan_draw(&sim->plan, order))
		abort();
	sim->order = order;
	sim->trace = trace;
	sim->record = record;
	run(sim);
	return sim;
}
