// SPDX-License-Identifier: GPL-2.0
/*
 * The checkers' history: what every node said, under which memory. They judge
 * by messages and by what is decided, not by what the code thinks of itself.
 */
#include <stdlib.h>

#include "ballot.h"
#include "sim.h"

#define BALLOTS		512	/* most ballots at one instance that the history holds */

/* A promise or a vote of one voter, at one instance and ballot. */
struct said {
	uint64_t ballot;
	bool promised;
	uint64_t vbal;		/* reported with the promise, 0 for no vote */
	bool chosen;
	struct paxos_vid report;
	bool voted;
	struct paxos_vid vote;
};

struct voter_history {
	struct said *said;
	size_t n;
	size_t size;
	uint64_t promised;	/* highest promise or vote sent */
};

struct accept_sent {
	uint64_t ballot;
	struct paxos_vid id;
};

struct instance {
	struct voter_history voter[SIM_NODES];
	struct accept_sent *accept;
	size_t n_accepts;
	bool chosen;
	struct paxos_vid id;
	bool known[SIM_NODES];
	uint64_t hash;
};

struct history {
	struct instance instance[SIM_INSTANCES + 1];
	uint64_t promised[SIM_NODES];	/* for all instances */
	uint64_t top;
};

static struct instance *at(struct sim *sim, uint64_t instance)
{
	struct history *h = sim->history;

	if (!instance || instance > SIM_INSTANCES) {
		sim_fail(sim, "instance %llu is more than the history holds",
			 (unsigned long long)instance);
		return NULL;
	}
	h->top = max(h->top, instance);
	return &h->instance[instance];
}

static struct said *say(struct voter_history *v, uint64_t ballot)
{
	size_t i;

	for (i = v->n; i > 0; i--)
		if (v->said[i - 1].ballot == ballot)
			return &v->said[i - 1];
	if (v->n == v->size) {
		v->size = v->size ? 2 * v->size : 4;
		v->said = realloc(v->said, v->size * sizeof(*v->said));
		if (!v->said)
			abort();
	}
	memset(&v->said[v->n], 0, sizeof(v->said[0]));
	v->said[v->n].ballot = ballot;
	return &v->said[v->n++];
}

static const struct paxos_quorum *quorum(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		if (sim->node[i].core.state == PAXOS_STATE_VOTING)
			return &sim->node[i].core.membership.options.quorum;
	return &sim->node[0].core.membership.options.quorum;
}

/* P17, P18: a quorum of voters said the same of one instance at one ballot. */
static void check_quorum(struct sim *sim, struct instance *in, uint64_t instance,
			 uint64_t ballot, const struct paxos_vid *id)
{
	uint32_t i, votes = 0;
	size_t k;

	for (i = 0; i < sim->n_nodes; i++)
		for (k = 0; k < in->voter[i].n; k++) {
			const struct said *s = &in->voter[i].said[k];

			votes += s->ballot == ballot && s->voted && paxos_vid_equal(&s->vote, id);
		}
	if (votes < quorum(sim)->phase_2)
		return;
	if (in->chosen && !paxos_vid_equal(&in->id, id))
		sim_fail(sim, "agreement: two values are chosen at instance %llu",
			 (unsigned long long)instance);
	in->chosen = true;
	in->id = *id;
}

static void check_voter(struct sim *sim, struct sim_node *node, const char *what)
{
	if (node->core.state != PAXOS_STATE_VOTING)
		sim_fail(sim, "amnesia: node %u sends %s and is no voter", node->id, what);
}

/* P2, P3, P5 */
static void check_accepted(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const uint64_t ballot = msg->accepted.ballot;
	uint16_t i;

	check_voter(sim, node, "ACCEPTED");
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = at(sim, e->instance);
		struct voter_history *v;
		struct said *s;

		if (!in)
			return;
		v = &in->voter[node->id - 1];
		s = say(v, ballot);
		/* What was said once may be said again. */
		if (s->voted && paxos_vid_equal(&s->vote, &e->id))
			continue;
		if (ballot < v->promised || ballot < sim->history->promised[node->id - 1])
			sim_fail(sim, "promise: node %u votes at %llx below it, instance %llu",
				 node->id, (unsigned long long)ballot,
				 (unsigned long long)e->instance);
		if (e->instance > paxos_window_upto(&node->core.window) ||
		    e->instance <= node->core.window.trim)
			sim_fail(sim, "window: node %u votes outside it", node->id);
		v->promised = ballot;
		if (s->voted)
			sim_fail(sim, "one value a ballot: node %u votes for two at instance %llu",
				 node->id, (unsigned long long)e->instance);
		s->voted = true;
		s->vote = e->id;
		check_quorum(sim, in, e->instance, ballot, &e->id);
	}
}

static void record_promise(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg,
			   uint64_t instance, const struct paxos_entry *e)
{
	struct instance *in = at(sim, instance);
	struct voter_history *v;
	uint64_t vbal = 0;
	struct said *s;
	size_t k;

	if (!in)
		return;
	v = &in->voter[node->id - 1];
	if (msg->promise.ballot < v->promised)
		sim_fail(sim, "promise: node %u promises below its promise at instance %llu",
			 node->id, (unsigned long long)instance);
	v->promised = msg->promise.ballot;
	/* What it votes for it must report. */
	for (k = 0; k < v->n; k++)
		if (v->said[k].voted)
			vbal = max(vbal, v->said[k].ballot);
	if (vbal && instance > node->core.window.trim && !(e && (e->chosen || e->ballot == vbal)))
		sim_fail(sim, "promise: node %u does not report its vote at instance %llu",
			 node->id, (unsigned long long)instance);
	s = say(v, msg->promise.ballot);
	/* Said again it may know more; what the proposer heard may be the first. */
	if (s->promised)
		return;
	s->promised = true;
	s->vbal = e ? e->ballot : 0;
	s->chosen = e && e->chosen;
	if (e)
		s->report = e->id;
}

/* P1, P6 */
static void check_promise(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	uint64_t *promised = &sim->history->promised[node->id - 1];
	uint16_t i;

	check_voter(sim, node, "PROMISE");
	if (msg->promise.ballot < *promised)
		sim_fail(sim, "promise: node %u promises below its promise", node->id);
	if (msg->promise.single) {
		record_promise(sim, node, msg, msg->promise.from,
			       msg->n_entries ? &msg->entry[0] : NULL);
		return;
	}
	*promised = msg->promise.ballot;
	for (i = 0; i < msg->n_entries; i++)
		record_promise(sim, node, msg, msg->entry[i].instance, &msg->entry[i]);
}

/* Is there a quorum of promises under which P13 allows this value? */
static bool is_justified(struct sim *sim, struct instance *in, uint64_t ballot,
			 const struct paxos_vid *id)
{
	uint32_t need = quorum(sim)->phase_1, i, j;
	size_t k;

	for (i = 0; i <= sim->n_nodes; i++) {
		uint64_t limit = 0;
		uint32_t below = 0;

		/* The highest vote of the quorum: none (i is 0), or that of node i. */
		for (k = 0; i && k < in->voter[i - 1].n; k++) {
			const struct said *s = &in->voter[i - 1].said[k];

			if (s->ballot == ballot && s->promised && !s->chosen && s->vbal &&
			    paxos_vid_equal(&s->report, id))
				limit = s->vbal;
		}
		if (i && !limit)
			continue;
		for (j = 0; j < sim->n_nodes; j++)
			for (k = 0; k < in->voter[j].n; k++) {
				const struct said *s = &in->voter[j].said[k];

				below += s->ballot == ballot && s->promised && !s->chosen &&
					 s->vbal <= limit;
			}
		if (below >= need)
			return true;
	}
	return false;
}

/* P11, P12, P13 */
static void check_accept(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const uint64_t ballot = msg->accept.ballot;
	uint16_t i;
	size_t k;

	if (paxos_ballot_node(ballot) != node->id)
		sim_fail(sim, "node %u uses another's ballot", node->id);
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = at(sim, e->instance);

		if (!in)
			return;
		for (k = 0; k < in->n_accepts; k++)
			if (in->accept[k].ballot == ballot)
				break;
		if (k < in->n_accepts) {
			if (!paxos_vid_equal(&in->accept[k].id, &e->id))
				sim_fail(sim, "proposer: two values at one ballot, instance %llu",
					 (unsigned long long)e->instance);
			continue;
		}
		if (!is_justified(sim, in, ballot, &e->id))
			sim_fail(sim, "value rule: node %u may not, instance %llu ballot %llx",
				 node->id, (unsigned long long)e->instance,
				 (unsigned long long)ballot);
		in->accept = realloc(in->accept, (k + 1) * sizeof(*in->accept));
		if (!in->accept)
			abort();
		in->accept[in->n_accepts++] = (struct accept_sent){ ballot, e->id };
	}
}

void check_message(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	switch (msg->type) {
	case PAXOS_WIRE_PROMISE:
		return check_promise(sim, node, msg);
	case PAXOS_WIRE_ACCEPT:
		return check_accept(sim, node, msg);
	case PAXOS_WIRE_ACCEPTED:
		return check_accepted(sim, node, msg);
	default:
		return;
	}
}

/* P19: what is chosen was proposed, to the byte. */
static void check_bytes(struct sim *sim, struct sim_node *node, struct paxos_value *value)
{
	static uint8_t want[PAXOS_VALUE_MAX], have[PAXOS_VALUE_MAX];
	uint32_t length, i;

	if (value->kind == PAXOS_KIND_NO_OP)
		return;
	for (i = 0; i < sim->n_clients; i++)
		if (sim->client[i].id == value->id.client &&
		    value->id.sequence <= sim->client[i].sequence)
			break;
	if (i == sim->n_clients) {
		sim_fail(sim, "validity: node %u learns a value that nobody proposed", node->id);
		return;
	}
	length = client_value(value->id.client, value->id.sequence, want);
	if (length == value->length)
		paxos_value_read(value, 0, have, length);
	if (length != value->length || memcmp(want, have, length))
		sim_fail(sim, "validity: node %u learns other bytes than were proposed", node->id);
}

/* P17, P18a: what a node takes for chosen is what a quorum voted for. */
void check_state(struct sim *sim, struct sim_node *node)
{
	uint64_t s;

	for (s = node->core.window.prefix + 1; s <= node->core.window.top; s++) {
		struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		struct instance *in = at(sim, s);

		if (!in)
			return;
		if (!slot || !slot->chosen)
			continue;
		if (!in->chosen || !paxos_vid_equal(&in->id, &slot->chosen->id))
			sim_fail(sim, "agreement: node %u takes what no quorum chose, at %llu",
				 node->id, (unsigned long long)s);
	}
}

/* P20, P21 */
void check_decided(struct sim *sim, struct sim_node *node, const struct paxos_note *note)
{
	uint64_t s;

	if (note->from != node->told + 1 && note->from != node->core.window.trim + 1)
		sim_fail(sim, "order: node %u tells %llu after %llu", node->id,
			 (unsigned long long)note->from, (unsigned long long)node->told);
	node->told = note->upto;
	for (s = note->from; s <= note->upto; s++) {
		struct paxos_slot *slot = paxos_window_find(&node->core.window, s);
		struct instance *in = at(sim, s);

		if (!in)
			return;
		if (!slot || !slot->chosen) {
			sim_fail(sim, "order: node %u tells %llu and does not have it", node->id,
				 (unsigned long long)s);
			return;
		}
		if (!in->chosen || !paxos_vid_equal(&in->id, &slot->chosen->id))
			sim_fail(sim, "agreement: node %u delivers what no quorum chose, at %llu",
				 node->id, (unsigned long long)s);
		check_bytes(sim, node, slot->chosen);
		if (in->hash && in->hash != slot->hash)
			sim_fail(sim, "hash: node %u differs at %llu", node->id,
				 (unsigned long long)s);
		in->hash = slot->hash;
	}
}

/* P38: all is calm, so every value is settled and every node has the log. */
void check_end(struct sim *sim)
{
	uint64_t prefix = 0;
	uint32_t i;

	for (i = 0; i < sim->n_nodes; i++)
		prefix = max(prefix, sim->node[i].core.window.prefix);
	for (i = 0; i < sim->n_nodes; i++) {
		const struct sim_node *node = &sim->node[i];

		if (node->core.state < PAXOS_STATE_VOTING)
			sim_fail(sim, "liveness: node %u is in state %u", node->id,
				 node->core.state);
		if (node->core.window.prefix != prefix)
			sim_fail(sim, "liveness: node %u has %llu of %llu", node->id,
				 (unsigned long long)node->core.window.prefix,
				 (unsigned long long)prefix);
	}
	for (i = 0; i < sim->n_clients; i++) {
		const struct sim_client *c = &sim->client[i];

		if (c->busy)
			sim_fail(sim, "liveness: client %llu still works on value %llu",
				 (unsigned long long)c->id, (unsigned long long)c->sequence);
	}
}

void check_start(struct sim *sim)
{
	sim->history = calloc(1, sizeof(*sim->history));
	if (!sim->history)
		abort();
}

void check_free(struct sim *sim)
{
	uint64_t s;
	uint32_t i;

	for (s = 0; s <= SIM_INSTANCES; s++) {
		struct instance *in = &sim->history->instance[s];

		for (i = 0; i < SIM_NODES; i++)
			free(in->voter[i].said);
		free(in->accept);
	}
	free(sim->history);
}
