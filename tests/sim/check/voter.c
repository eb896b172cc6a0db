// SPDX-License-Identifier: GPL-2.0
/*
 * P8: who promises and votes is a voter with the memory that the membership
 * names, and only once every voter has adopted the group's identity. All who
 * have it mean the same membership, and no operator takes a voter away.
 */
#include "check.h"

static void make(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg)
{
	const struct life *life = history_life(sim, node);

	if (msg->type != PAXOS_WIRE_PROMISE && msg->type != PAXOS_WIRE_ACCEPTED)
		return;
	if (!history_names(life, node->id, node->core.config.incarnation))
		sim_fail(sim, "voter: node %u answers as a voter and is none", node->id);
	if (life->adopted != life->membership.options.voters)
		sim_fail(sim, "voter: node %u answers before every voter has adopted", node->id);
}

static void event(struct sim *sim, struct sim_node *node, const struct paxos_event *ev)
{
	struct life *life = history_life(sim, node);
	const struct paxos_membership *m = &node->core.membership;
	uint8_t identity[PAXOS_ID_BYTES];

	if (life && ev->type == PAXOS_EVENT_MEMBER_GONE && !ev->error &&
	    (life->membership.options.voters & paxos_node_bit(ev->member.node)))
		sim_fail(sim, "voter: node %u lets voter %u go", node->id, ev->member.node);
	if (life && !life->proven) {
		paxos_membership_identity(m, node->core.config.group, identity);
		if (memcmp(identity, node->core.identity, PAXOS_ID_BYTES))
			sim_fail(sim, "voter: node %u has an identity that nobody made", node->id);
		life->proven = true;
	}
	if (!life || m->version != life->membership.version)
		return;
	if (!paxos_options_equal(&m->options, &life->membership.options) ||
	    memcmp(m->voter, life->membership.voter, sizeof(m->voter)))
		sim_fail(sim, "voter: node %u means another membership", node->id);
}

const struct checker checker_voter = {
	.name = "voter",
	.event = event,
	.make = make,
};
