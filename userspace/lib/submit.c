// SPDX-License-Identifier: GPL-2.0
/*
 * Submissions: values that the kernel takes to whoever leads, many at once, and
 * what becomes of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

/* Appends an attribute, if the request has room for it; in place, for speed. */
static bool submit_put(struct nlmsghdr *nlh, uint16_t type, const void *data,
		       size_t length)
{
	struct nlattr *attr = (void *)((char *)nlh + nlh->nlmsg_len);
	const size_t size = sizeof(*attr) + length;
	const size_t room = NL_REQUEST_MAX - nlh->nlmsg_len;

	if (NLMSG_ALIGN(size) > room)
		return false;
	attr->nla_len = (uint16_t)size;
	attr->nla_type = type;
	memcpy(attr + 1, data, length);
	memset((char *)attr + size, 0, NLMSG_ALIGN(size) - size);
	nlh->nlmsg_len += (uint32_t)NLMSG_ALIGN(size);
	return true;
}

static struct nlmsghdr *submit_request(struct paxosnl *nl, const char *group,
				       uint64_t client, uint64_t sequence)
{
	struct nlmsghdr *nlh = nl_request(nl, PAXOS_CMD_SUBMIT, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_SUBMIT_GROUP_NAME, group);
	submit_put(nlh, PAXOS_A_SUBMIT_CLIENT, &client, sizeof(client));
	submit_put(nlh, PAXOS_A_SUBMIT_SEQUENCE, &sequence, sizeof(sequence));
	return nlh;
}

static int submit_send(struct paxosnl *nl, struct nlmsghdr *nlh,
		       uint32_t *request)
{
	return request ? nl_send_only(nl, nlh, request) :
			 nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_submit - have values put into the log by whoever leads
 * @nl: the handle
 * @group: the group's name
 * @client: who made them, not 0
 * @sequence: the client's number of the first, from 1; the others follow it
 * @values: the values
 * @count: how many; together they are at most PAXOS_VALUE_MAX bytes, and four
 *   bytes more for each
 * @request: set to a number of the request if it is not NULL
 *
 * All of them are taken, or none. PAXOS_CMD_SUBMITTED_NTF tells of those that
 * are known here to be decided. Without @request this waits for the kernel to
 * take them. With it, it does not: a refusal comes as PAXOS_CMD_SUBMIT. It is
 * there when this returns, so read events without waiting before the client's next
 * values are submitted: those may be taken, and nobody would apply them who
 * misses the ones before.
 *
 * Return: 0 or a negative errno; -EAGAIN if too many are on their way: wait
 * until some are done.
 */
int paxosnl_submit(struct paxosnl *nl, const char *group, uint64_t client,
		   uint64_t sequence, const struct iovec *values, size_t count,
		   uint32_t *request)
{
	struct nlmsghdr *nlh = submit_request(nl, group, client, sequence);
	size_t i;

	for (i = 0; i < count; i++) {
		if (values[i].iov_len > PAXOS_VALUE_MAX)
			return nl_error(nl, -EMSGSIZE, "the value is too long");
		if (!submit_put(nlh, PAXOS_A_SUBMIT_VALUE, values[i].iov_base,
				values[i].iov_len))
			return nl_error(nl, -EMSGSIZE,
					"more than one request has room for");
	}
	return submit_send(nl, nlh, request);
}

/**
 * paxosnl_submit_close - have a client's session closed
 * @nl: the handle
 * @group: the group's name
 * @client: the client
 * @sequence: the client's next number
 * @request: as in paxosnl_submit()
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_submit_close(struct paxosnl *nl, const char *group, uint64_t client,
			 uint64_t sequence, uint32_t *request)
{
	struct nlmsghdr *nlh = submit_request(nl, group, client, sequence);

	mnl_attr_put_u32(nlh, PAXOS_A_SUBMIT_KIND, PAXOS_KIND_CLOSE);
	return submit_send(nl, nlh, request);
}

static bool submit_run(struct paxosnl *nl, const struct nlattr *nest,
		       size_t index)
{
	struct paxosnl_run *run;
	const struct nlattr *attr;

	if (index == nl->runs_max) {
		size_t max = nl->runs_max ? nl->runs_max * 2 : 32;

		run = realloc(nl->runs, max * sizeof(*run));
		if (!run)
			return false;
		nl->runs = run;
		nl->runs_max = max;
	}
	run = &nl->runs[index];
	memset(run, 0, sizeof(*run));
	nl_for_each_nested(attr, nest) {
		switch (nl_type(attr)) {
		case PAXOS_A_RUN_SEQUENCE:
			run->sequence = nl_u64(attr);
			break;
		case PAXOS_A_RUN_INSTANCE:
			run->instance = nl_u64(attr);
			break;
		case PAXOS_A_RUN_COUNT:
			run->count = nl_u32(attr);
			break;
		default:
			break;
		}
	}
	return true;
}

int submitted_decode(struct paxosnl *nl, const struct nlmsghdr *nlh,
		     struct paxosnl_submitted *submitted)
{
	const struct nlattr *attr;
	size_t count = 0;

	memset(submitted, 0, sizeof(*submitted));
	nl_for_each_genl(attr, nlh) {
		switch (nl_type(attr)) {
		case PAXOS_A_SUBMIT_GROUP_NAME:
			submitted->group = nl_string(attr);
			break;
		case PAXOS_A_SUBMIT_CLIENT:
			submitted->client = nl_u64(attr);
			break;
		case PAXOS_A_SUBMIT_RUN:
			if (!submit_run(nl, attr, count))
				return nl_error(nl, -ENOMEM, NULL);
			count++;
			break;
		default:
			break;
		}
	}
	submitted->runs = nl->runs;
	submitted->count = count;
	return 0;
}
