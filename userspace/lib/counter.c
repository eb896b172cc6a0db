// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of groups and of the namespace.
 */
#include "nl.h"

struct counter_dump {
	paxosnl_counter_cb cb;
	void *data;
};

static int counter_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
		      void *data)
{
	struct counter_dump *dump = data;
	struct paxosnl_counter counter = { .group = NULL };
	const struct nlattr *attr;
	int rc;

	(void)nl;
	nl_for_each_genl(attr, nlh) {
		const struct nlattr *tb[PAXOS_A_COUNT_MAX + 1];

		switch (mnl_attr_get_type(attr)) {
		case PAXOS_A_COUNTER_GROUP_ID:
			counter.group_id = nl_u32(attr);
			break;
		case PAXOS_A_COUNTER_GROUP_NAME:
			counter.group = nl_string(attr);
			break;
		case PAXOS_A_COUNTER_COUNTER:
			nl_parse_nested(attr, tb, PAXOS_A_COUNT_MAX);
			counter.name = nl_string(tb[PAXOS_A_COUNT_NAME]);
			counter.value = nl_u64(tb[PAXOS_A_COUNT_VALUE]);
			if (!counter.name)
				break;
			rc = dump->cb(&counter, dump->data);
			if (rc)
				return rc;
			break;
		default:
			break;
		}
	}
	return 0;
}

/**
 * paxosnl_counter_get - get the counters of one group
 * @nl: the handle
 * @group: the group's name
 * @cb: called for each; what it returns ends it if it is not 0
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_counter_get(struct paxosnl *nl, const char *group,
			paxosnl_counter_cb cb, void *data)
{
	struct counter_dump dump = { .cb = cb, .data = data };
	struct nlmsghdr *nlh = nl_request(nl, PAXOS_CMD_COUNTER_GET, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_COUNTER_GROUP_NAME, group);
	return nl_talk(nl, nlh, counter_cb, &dump);
}

/**
 * paxosnl_counter_dump - get the counters of all groups and of the namespace
 * @nl: the handle
 * @cb: called for each; what it returns ends the dump if it is not 0
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_counter_dump(struct paxosnl *nl, paxosnl_counter_cb cb, void *data)
{
	struct counter_dump dump = { .cb = cb, .data = data };

	return nl_dump(nl, nl_request(nl, PAXOS_CMD_COUNTER_GET, 0),
		       counter_cb, &dump);
}
