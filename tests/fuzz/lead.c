// SPDX-License-Identifier: GPL-2.0
/*
 * What is asked of a core that leads, or follows who does: grants, submissions,
 * barriers; and what must hold of what comes back.
 */
#include "barrier.h"
#include "cluster.h"
#include "submission.h"

/* A read, and the highest instance that anybody knew to be chosen when it began. */
struct reading {
	struct paxos_barrier barrier;
	uint64_t group;
	uint64_t floor;
};

static uint64_t life_of(const struct host *host)
{
	uint64_t life;

	memcpy(&life, host->core.identity, sizeof(life));
	return life;
}

/* P12: above all that the promises say, by a ballot that is in nobody's way. */
static void check_grant(const struct cluster *c, const struct host *host, struct round *r,
			uint64_t first)
{
	uint16_t i;

	fuzz_check(!r->granted && r->prepared && !r->single && first >= r->from);
	fuzz_check(host->core.bound == r->ballot);
	for (i = 0; i < r->n; i++)
		fuzz_check(r->report[i].instance < first);
	if (!c->hostile)
		fuzz_check(paxos_quorum_has(r->whole,
					    host->core.membership.options.quorum.phase_1));
	r->granted = true;
}

void lead_grant(struct cluster *c, struct host *host, struct round *r, uint64_t first,
		uint64_t owner)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_GRANT };

	ev.grant.owner = owner;
	ev.grant.ballot = r->ballot;
	ev.grant.first = first;
	host_step(c, host, &ev);
	if (ev.error)
		return;
	fuzz_check(owner == r->owner && r->node == host->id && r->life == host->life);
	check_grant(c, host, r, first);
}

/* Above all that was heard of, as an honest candidate does it. */
uint64_t lead_first(const struct host *host, const struct round *r)
{
	uint64_t first = max(r->from, host->core.window.top + 1);
	uint16_t i;

	for (i = 0; i < r->n; i++)
		first = max(first, r->report[i].instance + 1);
	return first;
}

void lead_renew(struct cluster *c, struct host *host, const struct round *r, uint64_t owner)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_RENEW };

	ev.grant.owner = owner;
	ev.grant.ballot = r->ballot;
	host_step(c, host, &ev);
	fuzz_check(ev.error || (owner == r->owner && r->granted &&
				host->core.grant.ballot == r->ballot));
}

void lead_submit(struct cluster *c, struct host *host, uint64_t owner, uint8_t n, uint8_t shape)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_SUBMIT };
	struct paxos_submission **link = &ev.submit.first, *s, *next;
	const uint32_t before = host->core.submissions.count;

	for (; ev.submit.count < n; ev.submit.count++) {
		const struct made *made = shape & 128 && c->n_made ?
			&c->made[(shape + ev.submit.count) % c->n_made] :
			cluster_make(c, host, host->id, (uint8_t)(shape & 15));
		struct paxos_value *value = made ? value_of(&host->pool, made) : NULL;

		if (!value)
			break;
		*link = calloc(1, sizeof(**link));
		if (!*link)
			abort();
		(*link)->owner = owner;
		(*link)->value = value;
		link = &(*link)->younger;
	}
	if (!ev.submit.count)
		return;
	s = ev.submit.first;
	n = (uint8_t)ev.submit.count;
	host_step(c, host, &ev);
	if (!ev.error)
		return;
	/* All, or none; and the caller has them as they were. */
	fuzz_check(host->core.submissions.count <= before);
	for (; s; s = next, n--) {
		next = s->younger;
		paxos_value_put(s->value);
		free(s);
	}
	fuzz_check(!n);
}

/* P28: what they are told is what the log has there, each after the one before. */
static void take_done(struct cluster *c, struct host *host, struct paxos_outbox *ob)
{
	uint64_t last = 0;

	while (ob->done) {
		struct paxos_submission *s = ob->done;
		const struct paxos_slot *slot;

		slot = paxos_window_find(&host->core.window, s->instance);
		if (c && s->instance) {
			fuzz_check(s->instance > last && s->instance <= host->core.window.prefix);
			fuzz_check(slot && slot->chosen &&
				   paxos_vid_equal(&slot->chosen->id, &s->value->id));
			last = s->instance;
		}
		ob->done = s->next;
		paxos_value_put(s->value);
		free(s);
	}
	ob->last_done = NULL;
}

static uint64_t highest_chosen(const struct cluster *c, const struct host *host)
{
	uint64_t highest = 0;
	uint32_t i;

	for (i = 0; i < CLUSTER_SLOTS; i++)
		if (c->chosen[i].group == life_of(host))
			highest = max(highest, c->chosen[i].instance);
	return highest;
}

void lead_barrier(struct cluster *c, struct host *host, uint64_t owner, uint64_t cookie)
{
	struct paxos_event ev = { .type = PAXOS_EVENT_BARRIER };
	struct reading *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->barrier.owner = owner;
	r->barrier.cookie = cookie;
	r->group = life_of(host);
	r->floor = highest_chosen(c, host);
	ev.barrier = &r->barrier;
	host_step(c, host, &ev);
	if (ev.error)
		free(r);
}

/* P26 */
static void take_barriers(const struct cluster *c, const struct host *host,
			  struct paxos_barrier *b)
{
	while (b) {
		struct paxos_barrier *next = b->next;
		const struct reading *r = (const struct reading *)b;

		if (b->done) {
			fuzz_check(host->core.window.prefix >= b->point);
			fuzz_check(c->hostile || b->point >= r->floor);
		}
		free(b);
		b = next;
	}
}

void lead_take(struct cluster *c, struct host *host, struct paxos_outbox *ob)
{
	fuzz_check(host->core.submissions.count <= host->core.window.size);
	fuzz_check(host->core.barriers.count <= PAXOS_BARRIERS_MAX);
	/* What was followed is not followed again after more. */
	fuzz_check(host->core.leader.last >= host->before.followed);
	/* P16: its own acceptor goes before. */
	fuzz_check(!host->core.grant.ballot || host->core.bound <= host->core.grant.ballot);
	take_done(c, host, ob);
	take_barriers(c, host, ob->barriers);
	ob->barriers = NULL;
}

void lead_stop(struct host *host)
{
	struct paxos_outbox *ob = calloc(1, sizeof(*ob));

	if (!ob)
		abort();
	paxos_outbox_init(ob);
	paxos_submission_drop_all(&host->core, ob);
	take_done(NULL, host, ob);
	while (host->core.barriers.first) {
		struct paxos_barrier *b = host->core.barriers.first;

		host->core.barriers.first = b->next;
		free(b);
	}
	free(ob);
}
