// SPDX-License-Identifier: GPL-2.0
/*
 * Members: the other nodes of a group.
 */
#include <errno.h>
#include <string.h>

#include "nl.h"

struct member_dump {
	paxosnl_member_cb cb;
	void *data;
};

void member_decode(const struct nlmsghdr *nlh, struct paxosnl_member *member)
{
	const struct nlattr *tb[PAXOS_A_MEMBER_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_MEMBER_MAX);
	memset(member, 0, sizeof(*member));
	member->group_id = nl_u32(tb[PAXOS_A_MEMBER_GROUP_ID]);
	member->group = nl_string(tb[PAXOS_A_MEMBER_GROUP_NAME]);
	member->node = nl_u32(tb[PAXOS_A_MEMBER_NODE]);
	nl_address(&member->address, tb[PAXOS_A_MEMBER_IPV4],
		   tb[PAXOS_A_MEMBER_IPV6], tb[PAXOS_A_MEMBER_PORT]);
	member->role = nl_u32(tb[PAXOS_A_MEMBER_ROLE]);
	member->has_state = tb[PAXOS_A_MEMBER_STATE];
	member->state = nl_u32(tb[PAXOS_A_MEMBER_STATE]);
	member->has_incarnation = nl_bytes(tb[PAXOS_A_MEMBER_INCARNATION],
					   member->incarnation,
					   sizeof(member->incarnation));
	member->prefix = nl_u64(tb[PAXOS_A_MEMBER_PREFIX]);
	member->trim = nl_u64(tb[PAXOS_A_MEMBER_TRIM]);
	member->has_heard = tb[PAXOS_A_MEMBER_HEARD];
	member->heard = nl_u64(tb[PAXOS_A_MEMBER_HEARD]);
	member->follows = nl_u64(tb[PAXOS_A_MEMBER_FOLLOWS]);
	member->has_answered = tb[PAXOS_A_MEMBER_ANSWERED];
	member->answered = nl_u64(tb[PAXOS_A_MEMBER_ANSWERED]);
}

static struct nlmsghdr *member_request(struct paxosnl *nl, uint8_t command,
				       const char *group, uint32_t node)
{
	struct nlmsghdr *nlh = nl_request(nl, command, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_MEMBER_GROUP_NAME, group);
	mnl_attr_put_u32(nlh, PAXOS_A_MEMBER_NODE, node);
	return nlh;
}

static int member_get_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 void *data)
{
	struct paxosnl_member *member = data;

	member_decode(nlh, member);
	if (!member->group)
		return nl_error(nl, -EBADMSG, NULL);
	return 0;
}

static int member_dump_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			  void *data)
{
	struct member_dump *dump = data;
	struct paxosnl_member member;
	int rc = member_get_cb(nl, nlh, &member);

	return rc ? rc : dump->cb(&member, dump->data);
}

/**
 * paxosnl_member_get - get one member
 * @nl: the handle
 * @group: the group's name
 * @node: the member's id
 * @member: what is got
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_member_get(struct paxosnl *nl, const char *group, uint32_t node,
		       struct paxosnl_member *member)
{
	return nl_talk(nl, member_request(nl, PAXOS_CMD_MEMBER_GET, group, node),
		       member_get_cb, member);
}

/**
 * paxosnl_member_dump - get the members of a group, this node not among them
 * @nl: the handle
 * @group: the group's name, NULL for all groups
 * @cb: called for each; what it returns ends the dump if it is not 0
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_member_dump(struct paxosnl *nl, const char *group,
			paxosnl_member_cb cb, void *data)
{
	struct member_dump dump = { .cb = cb, .data = data };
	struct nlmsghdr *nlh = nl_request(nl, PAXOS_CMD_MEMBER_GET, 0);

	if (group)
		mnl_attr_put_strz(nlh, PAXOS_A_MEMBER_GROUP_NAME, group);
	return nl_dump(nl, nlh, member_dump_cb, &dump);
}

/**
 * paxosnl_member_new - add a member
 * @nl: the handle
 * @member: its group, node, address and role
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_member_new(struct paxosnl *nl, const struct paxosnl_member *member)
{
	struct nlmsghdr *nlh;

	nlh = member_request(nl, PAXOS_CMD_MEMBER_NEW, member->group,
			     member->node);
	nl_put_address(nlh, PAXOS_A_MEMBER_IPV4, PAXOS_A_MEMBER_IPV6,
		       PAXOS_A_MEMBER_PORT, &member->address);
	if (member->role)
		mnl_attr_put_u32(nlh, PAXOS_A_MEMBER_ROLE, member->role);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_member_set - change a member's address
 * @nl: the handle
 * @member: its group, node and address
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_member_set(struct paxosnl *nl, const struct paxosnl_member *member)
{
	struct nlmsghdr *nlh;

	nlh = member_request(nl, PAXOS_CMD_MEMBER_SET, member->group,
			     member->node);
	nl_put_address(nlh, PAXOS_A_MEMBER_IPV4, PAXOS_A_MEMBER_IPV6,
		       PAXOS_A_MEMBER_PORT, &member->address);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_member_del - delete a member
 * @nl: the handle
 * @group: the group's name
 * @node: the member's id
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_member_del(struct paxosnl *nl, const char *group, uint32_t node)
{
	return nl_talk(nl, member_request(nl, PAXOS_CMD_MEMBER_DEL, group, node),
		       NULL, NULL);
}
