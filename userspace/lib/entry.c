// SPDX-License-Identifier: GPL-2.0
/*
 * Entries of the log: what is decided, in order.
 */
#include <errno.h>
#include <string.h>

#include "nl.h"

struct entry_dump {
	paxosnl_entry_cb cb;
	void *data;
};

static int entry_decode(struct paxosnl *nl, const struct nlmsghdr *nlh,
			struct paxosnl_entry *entry)
{
	const struct nlattr *tb[PAXOS_A_ENTRY_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_ENTRY_MAX);
	memset(entry, 0, sizeof(*entry));
	entry->group_id = nl_u32(tb[PAXOS_A_ENTRY_GROUP_ID]);
	entry->group = nl_string(tb[PAXOS_A_ENTRY_GROUP_NAME]);
	entry->instance = nl_u64(tb[PAXOS_A_ENTRY_INSTANCE]);
	entry->client = nl_u64(tb[PAXOS_A_ENTRY_CLIENT]);
	entry->sequence = nl_u64(tb[PAXOS_A_ENTRY_SEQUENCE]);
	entry->digest = nl_u64(tb[PAXOS_A_ENTRY_DIGEST]);
	entry->kind = nl_u32(tb[PAXOS_A_ENTRY_KIND]);
	entry->hash = nl_u64(tb[PAXOS_A_ENTRY_HASH]);
	entry->trimmed = nl_u64(tb[PAXOS_A_ENTRY_TRIMMED]);
	entry->value = "";
	if (tb[PAXOS_A_ENTRY_VALUE]) {
		entry->value = mnl_attr_get_payload(tb[PAXOS_A_ENTRY_VALUE]);
		entry->length =
			mnl_attr_get_payload_len(tb[PAXOS_A_ENTRY_VALUE]);
	}
	/* A value that was cut is worse than none. */
	if (tb[PAXOS_A_ENTRY_LENGTH] &&
	    entry->length != nl_u32(tb[PAXOS_A_ENTRY_LENGTH]))
		return nl_error(nl, -EBADMSG,
				"a value is not as long as the kernel says");
	return 0;
}

static struct nlmsghdr *entry_request(struct paxosnl *nl, const char *group,
				      uint64_t instance)
{
	struct nlmsghdr *nlh = nl_request(nl, PAXOS_CMD_ENTRY_GET, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_ENTRY_GROUP_NAME, group);
	mnl_attr_put_u64(nlh, PAXOS_A_ENTRY_INSTANCE, instance);
	return nlh;
}

static int entry_get_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			void *data)
{
	return entry_decode(nl, nlh, data);
}

static int entry_dump_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 void *data)
{
	struct entry_dump *dump = data;
	struct paxosnl_entry entry;
	int rc = entry_decode(nl, nlh, &entry);

	return rc ? rc : dump->cb(&entry, dump->data);
}

/**
 * paxosnl_entry_get - get one decided instance
 * @nl: the handle
 * @group: the group's name
 * @instance: the instance
 * @entry: what is got
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_entry_get(struct paxosnl *nl, const char *group, uint64_t instance,
		      struct paxosnl_entry *entry)
{
	return nl_talk(nl, entry_request(nl, group, instance), entry_get_cb,
		       entry);
}

/**
 * paxosnl_entry_dump - get decided instances in order
 * @nl: the handle
 * @group: the group's name
 * @from: the first
 * @upto: the last, 0 for all up to the decided prefix
 * @cb: called for each; what it returns ends the dump if it is not 0. If the
 *   start was trimmed the first call says so, maybe without an entry.
 * @data: passed to @cb
 *
 * Return: 0, a negative errno, or what @cb returned.
 */
int paxosnl_entry_dump(struct paxosnl *nl, const char *group, uint64_t from,
		       uint64_t upto, paxosnl_entry_cb cb, void *data)
{
	struct entry_dump dump = { .cb = cb, .data = data };
	struct nlmsghdr *nlh = entry_request(nl, group, from);

	if (upto)
		mnl_attr_put_u64(nlh, PAXOS_A_ENTRY_UPTO, upto);
	return nl_dump(nl, nlh, entry_dump_cb, &dump);
}
