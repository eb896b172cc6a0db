// SPDX-License-Identifier: GPL-2.0
/* P13, P16: the value of an ACCEPT is one that the promises heard allow. */

#include "check.h"

static const struct report *report_of(const struct heard *h, uint64_t instance)
{
	uint32_t i;

	for (i = 0; i < h->n; i++)
		if (h->report[i].instance == instance)
			return &h->report[i];
	return NULL;
}

/* Is there a quorum of whole promises whose highest vote is at @limit? 0: none voted. */
static bool is_highest(const struct attempt *a, uint64_t instance, uint64_t limit, uint32_t need)
{
	uint32_t i, n = 0;

	for (i = 0; i < SIM_NODES; i++) {
		const struct report *r = report_of(&a->heard[i], instance);

		n += a->heard[i].whole && !(r && r->chosen) && (!r || r->ballot <= limit);
	}
	return n >= need;
}

/*
 * Is there a quorum under which this value may be asked for? Who reported the vote
 * need not be of it: with a quorum that voted for nothing higher the value of any
 * vote is safe, also of a page of a promise that never became whole.
 */
bool rule_allows(const struct life *life, const struct attempt *a, uint64_t instance,
		 const struct paxos_vid *id)
{
	uint32_t i, need = life->membership.options.quorum.phase_1;

	if (is_highest(a, instance, 0, need))
		return true;
	for (i = 0; i < SIM_NODES; i++) {
		const struct report *r = report_of(&a->heard[i], instance);

		if (!r || !paxos_vid_equal(&r->id, id))
			continue;
		if (r->chosen || is_highest(a, instance, r->ballot, need))
			return true;
	}
	return false;
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	struct life *life = history_life(sim, node);
	const struct attempt *a;
	uint16_t i;

	if (msg->type != PAXOS_WIRE_ACCEPT)
		return;
	a = history_attempt(life, msg->accept.ballot);
	for (i = 0; a && i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];
		struct instance *in = history_at(sim, life, e->instance);

		if (!in || history_request(in, msg->accept.ballot))
			continue;
		if (!rule_allows(life, a, e->instance, &e->id))
			sim_fail(sim, "rule: node %u may not ask for it, instance %llu, %s",
				 node->id, (unsigned long long)e->instance,
				 trace_ballot_text(msg->accept.ballot));
	}
}

const struct checker checker_rule = {
	.name = "rule",
	.make = make,
};
