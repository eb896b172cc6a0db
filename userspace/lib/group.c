// SPDX-License-Identifier: GPL-2.0
/*
 * Groups: add, delete, change, initialise, trim, look at.
 */
#include <errno.h>
#include <string.h>

#include "nl.h"

struct group_dump {
	paxosnl_group_cb cb;
	void *data;
};

void group_decode(const struct nlmsghdr *nlh, struct paxosnl_group *group)
{
	const struct nlattr *tb[PAXOS_A_GROUP_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_GROUP_MAX);
	memset(group, 0, sizeof(*group));
	group->id = nl_u32(tb[PAXOS_A_GROUP_ID]);
	group->name = nl_string(tb[PAXOS_A_GROUP_NAME]);
	group->node = nl_u32(tb[PAXOS_A_GROUP_NODE]);
	nl_address(&group->local, tb[PAXOS_A_GROUP_IPV4],
		   tb[PAXOS_A_GROUP_IPV6], tb[PAXOS_A_GROUP_PORT]);
	group->store = nl_u32(tb[PAXOS_A_GROUP_STORE]);
	group->auth = nl_u32(tb[PAXOS_A_GROUP_AUTH]);
	group->role = nl_u32(tb[PAXOS_A_GROUP_ROLE]);
	group->window = nl_u32(tb[PAXOS_A_GROUP_WINDOW]);
	group->window_bytes = nl_u32(tb[PAXOS_A_GROUP_WINDOW_BYTES]);
	group->log_size = nl_u64(tb[PAXOS_A_GROUP_LOG_SIZE]);
	group->quorum_1 = nl_u32(tb[PAXOS_A_GROUP_QUORUM_1]);
	group->quorum_2 = nl_u32(tb[PAXOS_A_GROUP_QUORUM_2]);
	group->heartbeat = nl_u32(tb[PAXOS_A_GROUP_HEARTBEAT]);
	group->timeout_min = nl_u32(tb[PAXOS_A_GROUP_TIMEOUT_MIN]);
	group->timeout_max = nl_u32(tb[PAXOS_A_GROUP_TIMEOUT_MAX]);
	group->voters = nl_u32(tb[PAXOS_A_GROUP_VOTERS]);
	group->state = nl_u32(tb[PAXOS_A_GROUP_STATE]);
	group->has_identity = nl_bytes(tb[PAXOS_A_GROUP_IDENTITY],
				       group->identity,
				       sizeof(group->identity));
	nl_bytes(tb[PAXOS_A_GROUP_INCARNATION], group->incarnation,
		 sizeof(group->incarnation));
	group->membership = nl_u64(tb[PAXOS_A_GROUP_MEMBERSHIP]);
	group->prefix = nl_u64(tb[PAXOS_A_GROUP_PREFIX]);
	group->trim = nl_u64(tb[PAXOS_A_GROUP_TRIM]);
	group->hash = nl_u64(tb[PAXOS_A_GROUP_HASH]);
	group->promised = nl_u64(tb[PAXOS_A_GROUP_PROMISED]);
	group->highest = nl_u64(tb[PAXOS_A_GROUP_HIGHEST]);
	group->log_used = nl_u64(tb[PAXOS_A_GROUP_LOG_USED]);
	group->why = nl_string(tb[PAXOS_A_GROUP_WHY]);
}

static struct nlmsghdr *group_request(struct paxosnl *nl, uint8_t command,
				      const char *name)
{
	struct nlmsghdr *nlh = nl_request(nl, command, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_GROUP_NAME, name);
	return nlh;
}

static int group_get_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			void *data)
{
	struct paxosnl_group *group = data;

	group_decode(nlh, group);
	if (!group->name)
		return nl_error(nl, -EBADMSG, NULL);
	return 0;
}

static int group_dump_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 void *data)
{
	struct group_dump *dump = data;
	struct paxosnl_group group;
	int rc = group_get_cb(nl, nlh, &group);

	return rc ? rc : dump->cb(&group, dump->data);
}

/**
 * paxosnl_group_get - get one group
 * @nl: the handle
 * @name: the group's name
 * @group: what is got
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_get(struct paxosnl *nl, const char *name,
		      struct paxosnl_group *group)
{
	return nl_talk(nl, group_request(nl, PAXOS_CMD_GROUP_GET, name),
		       group_get_cb, group);
}

/**
 * paxosnl_group_dump - get all groups of the namespace
 * @nl: the handle
 * @cb: called for each; what it returns ends the dump if it is not 0
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_group_dump(struct paxosnl *nl, paxosnl_group_cb cb, void *data)
{
	struct group_dump dump = { .cb = cb, .data = data };

	return nl_dump(nl, nl_request(nl, PAXOS_CMD_GROUP_GET, 0),
		       group_dump_cb, &dump);
}

static void group_put_timing(struct nlmsghdr *nlh,
			     const struct paxosnl_group *group)
{
	if (group->heartbeat)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_HEARTBEAT,
				 group->heartbeat);
	if (group->timeout_min)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_TIMEOUT_MIN,
				 group->timeout_min);
	if (group->timeout_max)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_TIMEOUT_MAX,
				 group->timeout_max);
}

/**
 * paxosnl_group_new - add a group
 * @nl: the handle
 * @group: the group; see there what need not be given
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_new(struct paxosnl *nl, const struct paxosnl_group *group)
{
	struct nlmsghdr *nlh;

	nlh = group_request(nl, PAXOS_CMD_GROUP_NEW, group->name);
	mnl_attr_put_u32(nlh, PAXOS_A_GROUP_ID, group->id);
	mnl_attr_put_u32(nlh, PAXOS_A_GROUP_NODE, group->node);
	nl_put_address(nlh, PAXOS_A_GROUP_IPV4, PAXOS_A_GROUP_IPV6,
		       PAXOS_A_GROUP_PORT, &group->local);
	mnl_attr_put_u32(nlh, PAXOS_A_GROUP_STORE, group->store);
	mnl_attr_put_u32(nlh, PAXOS_A_GROUP_AUTH, group->auth);
	if (group->role)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_ROLE, group->role);
	if (group->window)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_WINDOW, group->window);
	if (group->window_bytes)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_WINDOW_BYTES,
				 group->window_bytes);
	if (group->log_size)
		mnl_attr_put_u64(nlh, PAXOS_A_GROUP_LOG_SIZE, group->log_size);
	if (group->quorum_1)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_QUORUM_1, group->quorum_1);
	if (group->quorum_2)
		mnl_attr_put_u32(nlh, PAXOS_A_GROUP_QUORUM_2, group->quorum_2);
	group_put_timing(nlh, group);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_group_set - change a group that lives
 * @nl: the handle
 * @group: the group; see there what is read
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_set(struct paxosnl *nl, const struct paxosnl_group *group)
{
	struct nlmsghdr *nlh;

	nlh = group_request(nl, PAXOS_CMD_GROUP_SET, group->name);
	if (group->log_size)
		mnl_attr_put_u64(nlh, PAXOS_A_GROUP_LOG_SIZE, group->log_size);
	group_put_timing(nlh, group);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_group_del - delete a group with all its memory
 * @nl: the handle
 * @name: the group's name
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_del(struct paxosnl *nl, const char *name)
{
	return nl_talk(nl, group_request(nl, PAXOS_CMD_GROUP_DEL, name),
		       NULL, NULL);
}

/**
 * paxosnl_group_init - begin to give a group its identity
 * @nl: the handle
 * @name: the group's name
 *
 * Returns at once. Subscribe to the events before, wait for a
 * PAXOS_CMD_GROUP_NTF, and look at the group's state.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_init(struct paxosnl *nl, const char *name)
{
	return nl_talk(nl, group_request(nl, PAXOS_CMD_GROUP_INIT, name),
		       NULL, NULL);
}

/**
 * paxosnl_group_trim - forget the log up to an instance, on this node
 * @nl: the handle
 * @name: the group's name
 * @to: the last instance to forget
 * @force: though not enough members are known to have it
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_group_trim(struct paxosnl *nl, const char *name, uint64_t to,
		       bool force)
{
	struct nlmsghdr *nlh = group_request(nl, PAXOS_CMD_GROUP_TRIM, name);

	mnl_attr_put_u64(nlh, PAXOS_A_GROUP_TO, to);
	if (force)
		mnl_attr_put(nlh, PAXOS_A_GROUP_FORCE, 0, NULL);
	return nl_talk(nl, nlh, NULL, NULL);
}
