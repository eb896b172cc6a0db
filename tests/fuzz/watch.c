// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold after every step: of a node's own state whatever it was told,
 * and of what is chosen as long as nobody lied.
 */
#include "ballot.h"
#include "cluster.h"

static struct seen *seen_at(struct host *host, uint64_t instance)
{
	return &host->seen[instance % CLUSTER_SLOTS];
}

/* All who lost their memory may begin anew: then nothing of before counts. */
static uint64_t life_of(const struct host *host)
{
	uint64_t life;

	memcpy(&life, host->core.identity, sizeof(life));
	return life;
}

void watch_before(struct host *host)
{
	const struct paxos_core *core = &host->core;

	host->before.promise = core->promise.ballot;
	host->before.highest = core->highest;
	host->before.bound = core->bound;
	host->before.record = core->record;
	host->before.prefix = core->window.prefix;
	host->before.trim = core->window.trim;
	host->before.followed = core->leader.last;
}

/* P17, P18, P19: by the votes that were announced. */
static void check_chosen(struct cluster *c, struct host *host, const struct paxos_slot *slot)
{
	struct seen *known = &c->chosen[slot->instance % CLUSTER_SLOTS];
	const struct paxos_vid *id = &slot->chosen->id;
	uint32_t i;

	if (known->instance == slot->instance && known->group == life_of(host)) {
		fuzz_check(paxos_vid_equal(&known->chosen, id));
		return;
	}
	known->group = life_of(host);
	known->instance = slot->instance;
	known->chosen = *id;
	for (i = 0; i < c->n_votes; i++)
		if (c->vote[i].group == known->group && c->vote[i].instance == slot->instance &&
		    paxos_vid_equal(&c->vote[i].id, id) &&
		    paxos_quorum_has(c->vote[i].voters,
				     host->core.membership.options.quorum.phase_2))
			break;
	fuzz_check(i < c->n_votes || c->crowded);
	/* A leader makes its own, to have something chosen. */
	if (slot->chosen->kind == PAXOS_KIND_NO_OP && !id->client && !id->sequence)
		return;
	for (i = 0; i < c->n_made; i++)
		if (paxos_vid_equal(&c->made[i].id, id))
			break;
	fuzz_check(i < c->n_made);
}

static void remember(struct seen *seen, const struct paxos_slot *slot)
{
	memset(seen, 0, sizeof(*seen));
	seen->instance = slot->instance;
	seen->promised = slot->promised;
	seen->vbal = slot->vbal;
	if (slot->vval)
		seen->vote = slot->vval->id;
	seen->is_chosen = slot->chosen;
	if (slot->chosen)
		seen->chosen = slot->chosen->id;
}

/* P1, P2, P4, P17: nothing is taken back. */
static void check_slot(struct cluster *c, struct host *host, const struct paxos_slot *slot)
{
	struct seen *seen = seen_at(host, slot->instance);

	/* Of a long log two share what is remembered: of this one it is forgotten. */
	if (seen->instance && seen->instance != slot->instance)
		return remember(seen, slot);
	fuzz_check(slot->promised >= seen->promised);
	fuzz_check(slot->vbal >= seen->vbal);
	fuzz_check(!slot->vbal == !slot->vval);
	fuzz_check(slot->vbal <= host->core.bound && slot->promised <= host->core.bound);
	if (slot->vbal == seen->vbal) {
		fuzz_check(!slot->vval || paxos_vid_equal(&slot->vval->id, &seen->vote));
	} else {
		fuzz_check(host->core.state == PAXOS_STATE_VOTING);
		fuzz_check(slot->vbal >= host->before.promise);
		fuzz_check(slot->vbal >= seen->promised);
	}
	fuzz_check(!seen->is_chosen || (slot->chosen &&
					paxos_vid_equal(&slot->chosen->id, &seen->chosen)));
	if (slot->chosen && !seen->is_chosen && !c->hostile)
		check_chosen(c, host, slot);
	fuzz_check(slot->chosen || slot->instance > host->core.window.prefix);
	remember(seen, slot);
}

static uint64_t held_bytes(const struct paxos_slot *slot)
{
	const struct paxos_value *parts = slot->parts.value;
	uint64_t bytes = slot->vval ? slot->vval->length : 0;

	if (slot->chosen && slot->chosen != slot->vval)
		bytes += slot->chosen->length;
	if (parts && parts != slot->vval && parts != slot->chosen)
		bytes += parts->length;
	return bytes;
}

/* P5, P36: within its bounds, and every instance has a slot of its own. */
static void check_window(struct cluster *c, struct host *host)
{
	const struct paxos_window *w = &host->core.window;
	uint64_t open = 0;
	uint32_t i, k;

	fuzz_check(w->trim <= w->prefix && w->prefix <= max(w->top, w->trim));
	fuzz_check(w->top <= paxos_window_upto(w));
	fuzz_check(w->trim >= host->before.trim && w->prefix >= host->before.prefix);
	for (i = 0; i < w->dir_size; i++) {
		const struct paxos_slot *slot = w->dir[i];

		for (k = 0; slot && k < PAXOS_SLOTS_PER_PAGE; k++, slot++) {
			uint64_t page = (slot->instance - 1) / PAXOS_SLOTS_PER_PAGE;

			if (!slot->instance)
				continue;
			fuzz_check((page & (w->dir_size - 1)) == i);
			fuzz_check((slot->instance - 1) % PAXOS_SLOTS_PER_PAGE == k);
			fuzz_check(slot->instance <= w->top);
			if (slot->instance <= w->trim) {
				/* Forgotten, and to be freed with its page. */
				fuzz_check(page < w->trim / PAXOS_SLOTS_PER_PAGE);
				continue;
			}
			fuzz_check(paxos_window_find(w, slot->instance) == slot);
			check_slot(c, host, slot);
			if (slot->instance > w->prefix)
				open += held_bytes(slot);
		}
	}
	fuzz_check(open == w->open_bytes);
	fuzz_check(host->pool.used <= host->pool.given);
}

/* P2, P3: one value a ballot, and every vote in the history. */
static void hear_accepted(struct cluster *c, struct host *host, const struct paxos_msg *msg)
{
	uint16_t i;
	uint32_t k;

	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct vote *vote = NULL;

		for (k = 0; k < c->n_votes; k++) {
			struct vote *v = &c->vote[k];

			if (v->instance != e->instance || v->ballot != msg->accepted.ballot ||
			    v->group != life_of(host))
				continue;
			if (paxos_vid_equal(&v->id, &e->id))
				vote = v;
			else
				fuzz_check(!(v->voters & paxos_node_bit(host->id)));
		}
		if (!vote && c->n_votes == CLUSTER_VOTES) {
			c->crowded = true;
			continue;
		}
		if (!vote) {
			vote = &c->vote[c->n_votes++];
			*vote = (struct vote){ .group = life_of(host), .instance = e->instance,
					       .id = e->id, .ballot = msg->accepted.ballot };
		}
		vote->voters |= paxos_node_bit(host->id);
	}
}

/* P13: as many whole promises as a quorum that know of nothing there. */
static bool is_free(const struct host *host, const struct round *r, uint64_t instance)
{
	uint64_t free = r->whole;
	uint16_t i;

	for (i = 0; i < r->n; i++)
		if (r->report[i].instance == instance)
			free &= ~paxos_node_bit(r->report[i].node);
	return paxos_quorum_has(free, host->core.membership.options.quorum.phase_1);
}

/* P11, P12: what the kernel itself proposes, it does under a grant, where it may. */
static void check_leads(const struct cluster *c, const struct host *host, uint64_t ballot,
			uint64_t instance)
{
	uint32_t i;

	if (host->core.grant.ballot != ballot || instance < host->core.grant.first)
		return;
	for (i = 0; i < c->n_rounds; i++)
		if (c->round[i].ballot == ballot && c->round[i].node == host->id &&
		    c->round[i].life == host->life)
			break;
	fuzz_check(i < c->n_rounds);
	fuzz_check(c->hostile || c->round[i].blind ||
		   is_free(host, &c->round[i], instance));
}

/* P11: one value for each instance and ballot, at who the ballot was handed to. */
static void hear_accept(struct cluster *c, struct host *host, uint64_t ballot,
			const struct paxos_entry *e)
{
	uint32_t i;

	fuzz_check(paxos_ballot_node(ballot) == host->id);
	check_leads(c, host, ballot, e->instance);
	for (i = 0; i < c->n_sent; i++)
		if (c->sent[i].group == life_of(host) && c->sent[i].instance == e->instance &&
		    c->sent[i].ballot == ballot)
			break;
	if (i < c->n_sent)
		fuzz_check(paxos_vid_equal(&c->sent[i].id, &e->id));
	else if (c->n_sent < CLUSTER_SENT)
		c->sent[c->n_sent++] = (struct vote){ .group = life_of(host), .id = e->id,
						      .instance = e->instance,
						      .ballot = ballot };
}

/* P6: what it voted for before this step it must report. */
static void hear_promise(struct host *host, const struct paxos_msg *msg)
{
	uint32_t i;
	uint16_t k;

	fuzz_check(msg->promise.single || msg->promise.ballot >= host->before.promise);
	for (i = 0; i < CLUSTER_SLOTS; i++) {
		const struct seen *seen = &host->seen[i];

		if (seen->instance < msg->promise.page || seen->instance > msg->promise.upto ||
		    seen->instance <= msg->promise.trim || !seen->vbal)
			continue;
		fuzz_check(seen->vbal < msg->promise.ballot);
		for (k = 0; k < msg->n_entries; k++)
			if (msg->entry[k].instance == seen->instance)
				break;
		fuzz_check(k < msg->n_entries);
		fuzz_check(msg->entry[k].chosen ||
			   (msg->entry[k].ballot == seen->vbal &&
			    paxos_vid_equal(&msg->entry[k].id, &seen->vote)));
	}
}

static void check_message(struct cluster *c, struct host *host, const struct paxos_msg *msg)
{
	bool votes = host->core.state == PAXOS_STATE_VOTING;
	uint16_t i;

	switch (msg->type) {
	case PAXOS_WIRE_PROMISE:
		fuzz_check(votes);
		hear_promise(host, msg);
		break;
	case PAXOS_WIRE_ACCEPT:
		fuzz_check(votes);
		for (i = 0; i < msg->n_entries; i++)
			hear_accept(c, host, msg->accept.ballot, &msg->entry[i]);
		break;
	case PAXOS_WIRE_ACCEPTED:
		fuzz_check(votes);
		hear_accepted(c, host, msg);
		break;
	default:
		break;
	}
}

static void check_note(struct cluster *c, const struct host *host, const struct paxos_note *note)
{
	uint64_t s;

	switch (note->type) {
	case PAXOS_NOTE_DECIDED:
		/* P20, P21 */
		fuzz_check(note->upto == host->core.window.prefix);
		for (s = note->from; s <= note->upto; s++) {
			const struct paxos_slot *slot = paxos_window_find(&host->core.window, s);

			fuzz_check(slot && slot->chosen);
		}
		break;
	case PAXOS_NOTE_ALARM:
		fuzz_check(c->hostile || note->reason == PAXOS_ALARM_LOG_FILLING ||
			   note->reason == PAXOS_ALARM_TRIMMED_AWAY);
		break;
	default:
		break;
	}
}

void watch_step(struct cluster *c, struct host *host, const struct paxos_outbox *ob)
{
	const struct paxos_core *core = &host->core;
	uint16_t i;

	fuzz_check(core->promise.ballot >= host->before.promise);
	fuzz_check(core->highest >= host->before.highest);
	fuzz_check(core->bound >= host->before.bound && core->bound >= core->promise.ballot);
	fuzz_check(core->record >= host->before.record && core->durable <= core->record);
	fuzz_check(core->state == PAXOS_STATE_VOTING || paxos_core_why_not(core));
	fuzz_check(paxos_core_deadline(core));
	/* The messages first: they are held against what was before the step. */
	for (i = 0; i < ob->n_out; i++)
		check_message(c, host, &ob->out[i].msg);
	check_window(c, host);
	for (i = 0; i < ob->n_notes; i++)
		check_note(c, host, &ob->note[i]);
	watch_before(host);
}
