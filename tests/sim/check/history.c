// SPDX-License-Identifier: GPL-2.0
/* The history: what was said, by whom, to whom and when; the checkers read it. */

#include <stdlib.h>

#include "ballot.h"
#include "history.h"

static void *grow(void *array, uint32_t n, uint32_t *size, size_t each)
{
	if (n < *size)
		return array;
	*size = *size ? 2 * *size : 4;
	array = realloc(array, *size * each);
	if (!array)
		abort();
	return array;
}

void history_start(struct sim *sim)
{
	sim->history = calloc(1, sizeof(*sim->history));
	if (!sim->history)
		abort();
}

static void free_attempts(struct life *life)
{
	uint32_t i, k;

	for (i = 0; i < SIM_ATTEMPTS; i++) {
		struct attempt *a = life->attempt[i];

		while (a) {
			struct attempt *next = a->next;

			for (k = 0; k < SIM_NODES; k++)
				free(a->heard[k].report);
			free(a->beat);
			free(a);
			a = next;
		}
	}
}

void history_free(struct sim *sim)
{
	struct life *life = sim->history->lives;
	uint32_t i;

	while (life) {
		struct life *next = life->next;
		uint64_t s;

		for (s = 0; s <= life->top; s++) {
			for (i = 0; i < SIM_NODES; i++)
				free(life->instance[s].voter[i].vote);
			free(life->instance[s].request);
		}
		free_attempts(life);
		free(life);
		life = next;
	}
	free(sim->history->reading);
	free(sim->history);
	sim->history = NULL;
}

/* A voter is a node and the memory that the membership names. P8 */
bool history_names(const struct life *life, uint8_t node,
		   const uint8_t incarnation[PAXOS_ID_BYTES])
{
	const struct paxos_membership *m = &life->membership;
	uint32_t i;

	for (i = 0; i < m->options.quorum.voters; i++)
		if (m->voter[i].node == node)
			return !memcmp(m->voter[i].incarnation, incarnation, PAXOS_ID_BYTES);
	return false;
}

struct instance *history_at(struct sim *sim, struct life *life, uint64_t instance)
{
	if (!instance || instance > SIM_INSTANCES) {
		sim_fail(sim, "history: instance %llu is more than it holds",
			 (unsigned long long)instance);
		return NULL;
	}
	life->top = max(life->top, instance);
	return &life->instance[instance];
}

static struct attempt **bucket(struct life *life, uint64_t ballot)
{
	return &life->attempt[(ballot >> PAXOS_BALLOT_COUNTER_SHIFT) % SIM_ATTEMPTS];
}

struct attempt *history_attempt(const struct life *life, uint64_t ballot)
{
	struct attempt *a = *bucket((struct life *)life, ballot);

	while (a && a->ballot != ballot)
		a = a->next;
	return a;
}

struct vote *history_vote(const struct voter *voter, uint64_t ballot)
{
	uint32_t i;

	for (i = voter->n; i > 0; i--)
		if (voter->vote[i - 1].ballot == ballot)
			return &voter->vote[i - 1];
	return NULL;
}

struct request *history_request(const struct instance *in, uint64_t ballot)
{
	uint32_t i;

	for (i = in->n_requests; i > 0; i--)
		if (in->request[i - 1].ballot == ballot)
			return &in->request[i - 1];
	return NULL;
}

/* promised(s) of PROTOCOL */
uint64_t history_promised(const struct life *life, const struct instance *in, uint8_t node)
{
	return max(life->promise[node - 1].ballot, in->voter[node - 1].promised);
}

/* The voters whose promise its proposer heard whole. */
uint64_t history_whole(const struct attempt *attempt)
{
	uint64_t whole = 0;
	uint32_t i;

	for (i = 0; i < SIM_NODES; i++)
		if (attempt->heard[i].whole)
			whole |= 1ULL << i;
	return whole;
}

/* Before a step. */
void history_begin(struct sim *sim, struct sim_node *node)
{
	struct witness *w = history_witness(sim, node);

	if (w->number != node->life) {
		memset(w, 0, sizeof(*w));
		w->number = node->life;
	}
	w->record = node->core.record;
}

static bool is_none(const uint8_t identity[PAXOS_ID_BYTES])
{
	static const uint8_t none[PAXOS_ID_BYTES];

	return !memcmp(identity, none, PAXOS_ID_BYTES);
}

static struct life *find_life(struct sim *sim, const uint8_t identity[PAXOS_ID_BYTES])
{
	struct life *life;

	for (life = sim->history->lives; life; life = life->next)
		if (!memcmp(life->identity, identity, PAXOS_ID_BYTES))
			return life;
	return NULL;
}

/* After a step: has the node become a member of a life of the group? */
void history_adopt(struct sim *sim, struct sim_node *node)
{
	struct witness *w = history_witness(sim, node);
	struct life *life;

	if (w->life || is_none(node->core.identity))
		return;
	life = find_life(sim, node->core.identity);
	if (!life) {
		life = calloc(1, sizeof(*life));
		if (!life)
			abort();
		memcpy(life->identity, node->core.identity, PAXOS_ID_BYTES);
		life->membership = node->core.membership;
		life->next = sim->history->lives;
		sim->history->lives = life;
	}
	w->life = life;
	if (history_names(life, node->id, node->core.config.incarnation))
		life->adopted |= paxos_node_bit(node->id);
}

/* A page counts if it joins what came before, and reports no vote above its ballot. P6, P13 */
static void hear_promise(struct attempt *a, uint8_t from, const struct paxos_msg *msg)
{
	struct heard *h = &a->heard[from - 1];
	uint16_t i;

	if (msg->promise.nonce != a->nonce || msg->promise.from != a->from ||
	    msg->promise.single != a->single || msg->promise.trim >= a->from || h->whole)
		return;
	for (i = 0; i < msg->n_entries; i++)
		if (!msg->entry[i].chosen && msg->entry[i].ballot >= a->ballot)
			return;
	if (!h->upto)
		h->upto = a->from - 1;
	if (msg->promise.page > h->upto + 1)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];

		if (e->instance <= h->upto)
			continue;
		h->report = grow(h->report, h->n, &h->size, sizeof(*h->report));
		h->report[h->n++] = (struct report){ e->instance, e->ballot, e->id, e->chosen };
	}
	h->whole = a->single || msg->promise.upto == U64_MAX;
	h->upto = max(h->upto, msg->promise.upto);
}

static void hear_accepted(struct sim *sim, struct life *life, uint8_t from,
			  const struct paxos_msg *msg)
{
	uint16_t i;

	for (i = 0; i < msg->n_entries; i++) {
		struct instance *in = history_at(sim, life, msg->entry[i].instance);
		struct request *r = in ? history_request(in, msg->accepted.ballot) : NULL;

		if (r && paxos_vid_equal(&r->id, &msg->entry[i].id))
			r->heard |= paxos_node_bit(from);
	}
}

static void hear_beat(struct attempt *a, uint8_t from, const struct paxos_msg *msg)
{
	uint64_t *at = &a->beat_heard[from - 1];

	if (msg->heartbeat.promised > a->ballot)
		a->outbid = true;
	else if (msg->heartbeat.number <= a->n_beats)
		*at = max(*at, a->beat[msg->heartbeat.number - 1]);
}

/* The sender has the right to it. */
static void hear(struct sim *sim, struct sim_node *node, uint8_t from,
		 const struct paxos_msg *msg)
{
	struct witness *w = history_witness(sim, node);
	struct attempt *a = NULL;

	if (msg->type == PAXOS_WIRE_PROMISE)
		a = history_attempt(w->life, msg->promise.ballot);
	else if (msg->type == PAXOS_WIRE_ACCEPTED)
		a = history_attempt(w->life, msg->accepted.ballot);
	else if (msg->type == PAXOS_WIRE_REFUSED)
		a = history_attempt(w->life, msg->refused.ballot);
	else if (msg->type == PAXOS_WIRE_HEARTBEAT)
		a = history_attempt(w->life, msg->heartbeat.ballot);
	if (a && (a->node != node->id || a->number != node->life || !a->prepared))
		a = NULL;

	switch (msg->type) {
	case PAXOS_WIRE_PREPARE:
		w->highest = max(w->highest, msg->prepare.ballot);
		return;
	case PAXOS_WIRE_ACCEPT:
		w->highest = max(w->highest, msg->accept.ballot);
		return;
	case PAXOS_WIRE_PROMISE:
		if (a)
			hear_promise(a, from, msg);
		return;
	case PAXOS_WIRE_ACCEPTED:
		if (a)
			hear_accepted(sim, w->life, from, msg);
		return;
	case PAXOS_WIRE_REFUSED:
		if (a && msg->refused.reason == PAXOS_REFUSAL_BALLOT)
			a->outbid = a->outbid || msg->refused.highest > a->ballot;
		return;
	case PAXOS_WIRE_VALUES:
		w->reported[from - 1] = max(w->reported[from - 1], msg->values.prefix);
		return;
	case PAXOS_WIRE_HEARTBEAT:
		w->reported[from - 1] = max(w->reported[from - 1], msg->heartbeat.prefix);
		if (!msg->heartbeat.answer)
			w->highest = max(w->highest, msg->heartbeat.ballot);
		else if (a)
			hear_beat(a, from, msg);
		return;
	default:
		return;
	}
}

/* What a member has, as far as this node can know. */
static void greet(struct sim *sim, struct witness *w, const struct sim_node *node,
		  const struct paxos_header *h, const struct paxos_msg *msg)
{
	uint8_t from = h->sender;

	if (!from || from > sim->n_nodes || from == node->id)
		return;
	if (msg->type == PAXOS_WIRE_HELLO) {
		w->greeted[from - 1].at = sim->now;
		w->greeted[from - 1].prefix = msg->hello.prefix;
		w->greeted[from - 1].trim = msg->hello.trim;
		memcpy(w->greeted[from - 1].identity, h->identity, PAXOS_ID_BYTES);
	} else if (msg->type == PAXOS_WIRE_VALUES) {
		/* The latest that it said, be it old. */
		w->greeted[from - 1].trim = max(w->greeted[from - 1].trim, msg->values.trim);
	}
}

/* Phase 1 and 2 are of one version of the membership; all else passes between them. P24 */
static bool is_of_version(uint8_t type)
{
	return type == PAXOS_WIRE_PREPARE || type == PAXOS_WIRE_PROMISE ||
	       type == PAXOS_WIRE_ACCEPT || type == PAXOS_WIRE_ACCEPTED ||
	       type == PAXOS_WIRE_HEARTBEAT;
}

/* Before a step: a message is about to be heard. What binds nobody is not written down. P24 */
void history_hear(struct sim *sim, struct sim_node *node, const struct paxos_header *header,
		  const struct paxos_msg *msg)
{
	struct witness *w = history_witness(sim, node);
	struct life *life = find_life(sim, header->identity);

	greet(sim, w, node, header, msg);
	if (!life || !header->sender || header->sender > sim->n_nodes ||
	    header->sender == node->id ||
	    !history_names(life, header->sender, header->incarnation))
		return;
	/* Who greets may be believed of before one belongs to the same life. */
	if (msg->type == PAXOS_WIRE_HELLO)
		w->reported[header->sender - 1] = max(w->reported[header->sender - 1],
						      msg->hello.prefix);
	else if (life == w->life && (!is_of_version(msg->type) ||
				     header->membership == life->membership.version))
		hear(sim, node, header->sender, msg);
}

void history_hear_oneself(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (history_life(sim, node))
		hear(sim, node, node->id, msg);
}

static void hand_out(struct witness *w, struct sim_node *node, const struct paxos_event *ev)
{
	struct attempt **link = bucket(w->life, ev->ballot);
	struct attempt *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	a->ballot = ev->ballot;
	a->owner = ev->hand_out.owner;
	a->node = node->id;
	a->number = node->life;
	a->next = *link;
	*link = a;
	w->highest = max(w->highest, ev->ballot);
}

static void drop_owner(struct life *life, const struct sim_node *node, uint64_t owner)
{
	struct attempt *a;
	uint32_t i;

	for (i = 0; i < SIM_ATTEMPTS; i++)
		for (a = life->attempt[i]; a; a = a->next)
			if (a->node == node->id && a->number == node->life && a->owner == owner)
				a->dropped = true;
}

/* After a step: what was asked of the node, and granted. */
void history_event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	struct witness *w = history_witness(sim, node);
	struct attempt *a;

	if (!w->life || ev->error)
		return;
	switch (ev->type) {
	case PAXOS_EVENT_HAND_OUT:
		hand_out(w, node, ev);
		return;
	case PAXOS_EVENT_PREPARE:
		a = history_attempt(w->life, ev->prepare.ballot);
		if (!a)
			return;
		a->prepared = true;
		a->nonce = ev->prepare.nonce;
		a->from = ev->prepare.instance;
		a->single = ev->prepare.single;
		return;
	case PAXOS_EVENT_DROP:
		a = history_attempt(w->life, ev->drop.ballot);
		if (a)
			a->dropped = true;
		return;
	case PAXOS_EVENT_DROP_OWNER:
		drop_owner(w->life, node, ev->drop.owner);
		return;
	default:
		return;
	}
}

/* What an answer that is made for the first time rests on: a record of this step. P7 */
static uint64_t rests_on(const struct witness *w)
{
	return w->lost ? 0 : w->record + 1;
}

static void raise_bound(struct life *life, const struct sim_node *node, uint64_t ballot)
{
	life->bound[node->id - 1] = max(life->bound[node->id - 1], ballot);
}

static void make_promise(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct witness *w = history_witness(sim, node);
	struct promise *p = &w->life->promise[node->id - 1];
	struct attempt *a = history_attempt(w->life, msg->promise.ballot);
	uint64_t record = rests_on(w);

	raise_bound(w->life, node, msg->promise.ballot);
	if (msg->promise.single) {
		struct instance *in = history_at(sim, w->life, msg->promise.from);
		struct voter *v = in ? &in->voter[node->id - 1] : NULL;

		if (!v)
			return;
		if (v->single != msg->promise.ballot)
			v->record = record;
		record = v->record;
		v->single = msg->promise.ballot;
		v->nonce = msg->promise.nonce;
		v->promised = max(v->promised, v->single);
	} else {
		if (p->ballot != msg->promise.ballot)
			p->record = record;
		record = p->record;
		p->ballot = msg->promise.ballot;
		p->nonce = msg->promise.nonce;
		p->from = msg->promise.from;
	}
	if (a && a->node == node->id && !a->promised) {
		a->promised = true;
		a->record = record;
	}
}

static void make_accepted(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct witness *w = history_witness(sim, node);
	uint16_t i;

	raise_bound(w->life, node, msg->accepted.ballot);
	for (i = 0; i < msg->n_entries; i++) {
		struct instance *in = history_at(sim, w->life, msg->entry[i].instance);
		struct voter *v = in ? &in->voter[node->id - 1] : NULL;

		if (!v || history_vote(v, msg->accepted.ballot))
			continue;
		v->vote = grow(v->vote, v->n, &v->size, sizeof(*v->vote));
		v->vote[v->n++] = (struct vote){
			.ballot = msg->accepted.ballot,
			.id = msg->entry[i].id,
			.record = rests_on(w),
		};
		v->promised = max(v->promised, msg->accepted.ballot);
	}
}

static void make_accept(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	for (i = 0; i < msg->n_entries; i++) {
		struct instance *in = history_at(sim, life, msg->entry[i].instance);

		if (!in || history_request(in, msg->accept.ballot))
			continue;
		/* Room for a power of two of them. */
		if (!(in->n_requests & (in->n_requests - 1))) {
			uint32_t n = in->n_requests ? 2 * in->n_requests : 1;

			in->request = realloc(in->request, n * sizeof(*in->request));
			if (!in->request)
				abort();
		}
		in->request[in->n_requests++] = (struct request){
			.ballot = msg->accept.ballot,
			.id = msg->entry[i].id,
			.event = sim->events,
		};
	}
}

/* After the checkers have judged a message that was made. */
void history_make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (!history_life(sim, node))
		return;
	switch (msg->type) {
	case PAXOS_WIRE_PROMISE:
		return make_promise(sim, node, msg);
	case PAXOS_WIRE_ACCEPTED:
		return make_accepted(sim, node, msg);
	case PAXOS_WIRE_ACCEPT:
		return make_accept(sim, node, msg);
	default:
		return;
	}
}

/* It leaves the node, or is heard by the node itself: votes are votes from now on. */
void history_leave(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	uint16_t i;

	if (!life || msg->type != PAXOS_WIRE_ACCEPTED)
		return;
	for (i = 0; i < msg->n_entries; i++) {
		struct instance *in = history_at(sim, life, msg->entry[i].instance);
		struct vote *vote;

		vote = in ? history_vote(&in->voter[node->id - 1], msg->accepted.ballot) : NULL;
		if (vote && paxos_vid_equal(&vote->id, &msg->entry[i].id))
			vote->out = true;
	}
}

/* After a step and all that came of it. */
void history_end_step(struct sim *sim, struct sim_node *node)
{
	struct witness *w = history_witness(sim, node);

	w->prefix = node->core.window.prefix;
	w->trim = node->core.window.trim;
}
