// SPDX-License-Identifier: GPL-2.0
/*
 * Leaders: who leads a group, and an end to it.
 */
#include <errno.h>
#include <string.h>

#include "nl.h"

struct leader_dump {
	paxosnl_leader_cb cb;
	void *data;
};

void leader_decode(const struct nlmsghdr *nlh, struct paxosnl_leader *leader)
{
	const struct nlattr *tb[PAXOS_A_LEADER_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_LEADER_MAX);
	memset(leader, 0, sizeof(*leader));
	leader->group_id = nl_u32(tb[PAXOS_A_LEADER_GROUP_ID]);
	leader->group = nl_string(tb[PAXOS_A_LEADER_GROUP_NAME]);
	leader->node = nl_u32(tb[PAXOS_A_LEADER_NODE]);
	leader->ballot = nl_u64(tb[PAXOS_A_LEADER_BALLOT]);
	leader->heard = nl_u64(tb[PAXOS_A_LEADER_HEARD]);
	leader->leads = tb[PAXOS_A_LEADER_FIRST];
	leader->first = nl_u64(tb[PAXOS_A_LEADER_FIRST]);
	leader->next = nl_u64(tb[PAXOS_A_LEADER_NEXT]);
	leader->number = nl_u64(tb[PAXOS_A_LEADER_NUMBER]);
	leader->quorum = nl_u64(tb[PAXOS_A_LEADER_QUORUM]);
}

static struct nlmsghdr *leader_request(struct paxosnl *nl, uint8_t command,
				       const char *group)
{
	struct nlmsghdr *nlh = nl_request(nl, command, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_LEADER_GROUP_NAME, group);
	return nlh;
}

static int leader_get_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 void *data)
{
	struct paxosnl_leader *leader = data;

	leader_decode(nlh, leader);
	if (!leader->group)
		return nl_error(nl, -EBADMSG, NULL);
	return 0;
}

static int leader_dump_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			  void *data)
{
	struct leader_dump *dump = data;
	struct paxosnl_leader leader;
	int rc = leader_get_cb(nl, nlh, &leader);

	return rc ? rc : dump->cb(&leader, dump->data);
}

/**
 * paxosnl_leader_get - get who leads a group, as far as this node knows
 * @nl: the handle
 * @group: the group's name
 * @leader: what is got
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_leader_get(struct paxosnl *nl, const char *group,
		       struct paxosnl_leader *leader)
{
	return nl_talk(nl, leader_request(nl, PAXOS_CMD_LEADER_GET, group),
		       leader_get_cb, leader);
}

/**
 * paxosnl_leader_dump - get it for all groups of the namespace
 * @nl: the handle
 * @cb: called for each; what it returns ends the dump if it is not 0
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_leader_dump(struct paxosnl *nl, paxosnl_leader_cb cb, void *data)
{
	struct leader_dump dump = { .cb = cb, .data = data };

	return nl_dump(nl, nl_request(nl, PAXOS_CMD_LEADER_GET, 0),
		       leader_dump_cb, &dump);
}

/**
 * paxosnl_leader_resign - let this node lead a group no more
 * @nl: the handle
 * @group: the group's name
 *
 * Whoever was granted the ballot is told, by PAXOS_CMD_GRANT_NTF.
 *
 * Return: 0 or a negative errno; -EHOSTUNREACH if this node does not lead.
 */
int paxosnl_leader_resign(struct paxosnl *nl, const char *group)
{
	return nl_talk(nl, leader_request(nl, PAXOS_CMD_LEADER_RESIGN, group),
		       NULL, NULL);
}

/**
 * paxosnl_leader_ask - ask the members of a group whom they follow
 * @nl: the handle
 * @group: the group's name
 *
 * A PAXOS_CMD_MEMBER_NTF tells of each answer.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_leader_ask(struct paxosnl *nl, const char *group)
{
	return nl_talk(nl, leader_request(nl, PAXOS_CMD_LEADER_ASK, group),
		       NULL, NULL);
}
