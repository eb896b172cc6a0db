// SPDX-License-Identifier: GPL-2.0
/*
 * P24: what comes with another identity or another version of the membership,
 * votes of an incarnation that is not named, and what carries the node's own id
 * changes nothing, and gets no answer that a voter or one who knows would give.
 * P10: nor does a ballot that is not its sender's, or ACCEPT at a fast one.
 */
#include "ballot.h"
#include "check.h"

/* What no such message may change. */
struct imprint {
	uint64_t record;
	uint64_t highest;
	uint64_t bound;
	uint64_t promise;
	uint64_t prefix;
	uint64_t top;
	uint64_t target;
	uint64_t proposals;
	uint8_t state;
};

static struct imprint before;
static bool foreign;	/* of another life, memory, membership or node */
static bool not_owned;	/* a ballot that is not its sender's, or a fast one */

static struct imprint take(const struct sim_node *node)
{
	const struct paxos_core *core = &node->core;
	const struct paxos_proposal *p;
	struct imprint i;

	memset(&i, 0, sizeof(i));
	i.record = core->record;
	i.highest = core->highest;
	i.bound = core->bound;
	i.promise = core->promise.ballot;
	i.prefix = core->window.prefix;
	i.top = core->window.top;
	i.target = core->learning.target;
	i.state = core->state;
	for (p = core->proposals; p; p = p->next)
		i.proposals = (i.proposals * 1000003 + p->ballot) * 1000003 +
			      (p->whole << 8 ^ p->phase ^ p->reported);
	return i;
}

static bool is_foreign(struct sim *sim, struct sim_node *node, const struct paxos_header *h,
		       const struct paxos_msg *msg)
{
	const struct life *life = history_life(sim, node);

	if (h->sender == node->id)
		return true;
	switch (msg->type) {
	case PAXOS_WIRE_HELLO:
	case PAXOS_WIRE_INIT:
		return false;
	case PAXOS_WIRE_PREPARE:
	case PAXOS_WIRE_PROMISE:
	case PAXOS_WIRE_ACCEPT:
	case PAXOS_WIRE_ACCEPTED:
	case PAXOS_WIRE_HEARTBEAT:
		if (life && (h->membership != life->membership.version ||
			     !history_names(life, h->sender, h->incarnation)))
			return true;
		break;
	default:
		break;
	}
	return !life || memcmp(h->identity, life->identity, PAXOS_ID_BYTES);
}

static bool is_not_owned(const struct paxos_header *h, const struct paxos_msg *msg)
{
	if (msg->type == PAXOS_WIRE_PREPARE)
		return paxos_ballot_node(msg->prepare.ballot) != h->sender;
	if (msg->type == PAXOS_WIRE_HEARTBEAT && !msg->heartbeat.answer)
		return paxos_ballot_node(msg->heartbeat.ballot) != h->sender;
	return msg->type == PAXOS_WIRE_ACCEPT &&
	       (paxos_ballot_node(msg->accept.ballot) != h->sender ||
		!paxos_ballot_is_classic(msg->accept.ballot));
}

static void hear(struct sim *sim, struct sim_node *node, const struct paxos_header *header,
		 const struct paxos_msg *msg)
{
	foreign = is_foreign(sim, node, header, msg);
	not_owned = is_not_owned(header, msg);
	if (foreign || not_owned)
		before = take(node);
}

static void event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	struct imprint after;

	foreign = foreign && ev->type == PAXOS_EVENT_MESSAGE;
	not_owned = not_owned && ev->type == PAXOS_EVENT_MESSAGE;
	if (!foreign && !not_owned)
		return;
	after = take(node);
	/* That such a ballot is about may be known: it only makes the next one higher. */
	if (!foreign)
		after.highest = before.highest;
	if (memcmp(&before, &after, sizeof(before)))
		sim_fail(sim, "binding: node %u acts on a %s of another life, memory or node",
			 node->id, paxos_wire_type_name(ev->message.msg->type));
}

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	if (!foreign && !not_owned)
		return;
	switch (msg->type) {
	case PAXOS_WIRE_PROMISE:
	case PAXOS_WIRE_ACCEPTED:
	case PAXOS_WIRE_VALUES:
	case PAXOS_WIRE_PART:
	case PAXOS_WIRE_DECIDED:
		sim_fail(sim, "binding: node %u answers what is of another life, memory or node",
			 node->id);
		return;
	default:
		return;
	}
}

const struct checker checker_binding = {
	.name = "binding",
	.hear = hear,
	.event = event,
	.make = make,
};
