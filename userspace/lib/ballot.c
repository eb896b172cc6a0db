// SPDX-License-Identifier: GPL-2.0
/*
 * Ballots: handed out by the kernel to one socket, used through it, and gone
 * with it.
 */
#include <errno.h>
#include <string.h>

#include "nl.h"

static struct nlmsghdr *ballot_request(struct paxosnl *nl, uint8_t command,
				       const char *group, uint64_t ballot)
{
	struct nlmsghdr *nlh = nl_request(nl, command, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_BALLOT_GROUP_NAME, group);
	if (ballot)
		mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_BALLOT, ballot);
	return nlh;
}

static int ballot_get_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 void *data)
{
	const struct nlattr *tb[PAXOS_A_BALLOT_MAX + 1];
	struct paxosnl_ballot *ballot = data;

	nl_parse(nlh, tb, PAXOS_A_BALLOT_MAX);
	memset(ballot, 0, sizeof(*ballot));
	ballot->ballot = nl_u64(tb[PAXOS_A_BALLOT_BALLOT]);
	ballot->next = nl_u64(tb[PAXOS_A_BALLOT_NEXT]);
	ballot->voters = nl_u32(tb[PAXOS_A_BALLOT_VOTERS]);
	ballot->quorum_1 = nl_u32(tb[PAXOS_A_BALLOT_QUORUM_1]);
	ballot->quorum_2 = nl_u32(tb[PAXOS_A_BALLOT_QUORUM_2]);
	/* A proposer that counts to a quorum of 0 decides alone. */
	if (!ballot->ballot || !ballot->next || !ballot->voters ||
	    !ballot->quorum_1 || !ballot->quorum_2)
		return nl_error(nl, -EBADMSG, NULL);
	return 0;
}

/**
 * paxosnl_ballot_get - have a ballot handed out to this handle
 * @nl: the handle
 * @group: the group's name
 * @above: a ballot that it shall be higher than, 0 for what the kernel saw
 * @ballot: what is handed out
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_ballot_get(struct paxosnl *nl, const char *group, uint64_t above,
		       struct paxosnl_ballot *ballot)
{
	struct nlmsghdr *nlh;

	nlh = ballot_request(nl, PAXOS_CMD_BALLOT_GET, group, 0);
	if (above)
		mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_ABOVE, above);
	return nl_talk(nl, nlh, ballot_get_cb, ballot);
}

/**
 * paxosnl_ballot_prepare - ask all voters for a promise
 * @nl: the handle
 * @group: the group's name
 * @ballot: a ballot handed out to this handle
 * @instance: the first instance, or the only one
 * @single: for that instance alone
 *
 * Answers come as PAXOS_CMD_PROMISE_NTF and PAXOS_CMD_REFUSED_NTF.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_ballot_prepare(struct paxosnl *nl, const char *group,
			   uint64_t ballot, uint64_t instance, bool single)
{
	struct nlmsghdr *nlh;

	nlh = ballot_request(nl, PAXOS_CMD_BALLOT_PREPARE, group, ballot);
	mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_INSTANCE, instance);
	if (single)
		mnl_attr_put(nlh, PAXOS_A_BALLOT_SINGLE, 0, NULL);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_ballot_accept - ask all voters to accept a value
 * @nl: the handle
 * @group: the group's name
 * @ballot: a ballot for which a quorum of promises is whole
 * @instance: the instance
 * @proposal: the value, or the vote that names it
 *
 * That the value is the one that the promises call for is the caller's duty.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_ballot_accept(struct paxosnl *nl, const char *group,
			  uint64_t ballot, uint64_t instance,
			  const struct paxosnl_proposal *proposal)
{
	struct nlmsghdr *nlh;

	if (proposal->value && proposal->length > PAXOS_VALUE_MAX)
		return nl_error(nl, -EMSGSIZE, "the value is too long");
	nlh = ballot_request(nl, PAXOS_CMD_BALLOT_ACCEPT, group, ballot);
	mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_INSTANCE, instance);
	mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_CLIENT, proposal->client);
	mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_SEQUENCE, proposal->sequence);
	if (proposal->value) {
		mnl_attr_put_u32(nlh, PAXOS_A_BALLOT_KIND, proposal->kind);
		mnl_attr_put(nlh, PAXOS_A_BALLOT_VALUE, proposal->length,
			     proposal->value);
	} else {
		mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_DIGEST, proposal->digest);
	}
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_ballot_grant - let this node lead by a ballot
 * @nl: the handle
 * @group: the group's name
 * @ballot: a ballot for which a quorum of promises is whole, from an instance on
 * @instance: where values go from here on; all below is the caller's to finish
 *
 * It lasts until the ballot is given back or a PAXOS_CMD_GRANT_NTF says that it
 * ended, as it does when it is not renewed every second.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_ballot_grant(struct paxosnl *nl, const char *group, uint64_t ballot,
			 uint64_t instance)
{
	struct nlmsghdr *nlh;

	nlh = ballot_request(nl, PAXOS_CMD_BALLOT_GRANT, group, ballot);
	mnl_attr_put_u64(nlh, PAXOS_A_BALLOT_INSTANCE, instance);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_ballot_renew - say that the owner of a grant is still there
 * @nl: the handle
 * @group: the group's name
 * @ballot: a ballot that was granted to this handle
 *
 * Return: 0 or a negative errno; -ESTALE if the grant has ended.
 */
int paxosnl_ballot_renew(struct paxosnl *nl, const char *group, uint64_t ballot)
{
	return nl_talk(nl, ballot_request(nl, PAXOS_CMD_BALLOT_RENEW, group,
					  ballot), NULL, NULL);
}

/**
 * paxosnl_ballot_del - give a ballot back
 * @nl: the handle
 * @group: the group's name
 * @ballot: a ballot handed out to this handle
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_ballot_del(struct paxosnl *nl, const char *group, uint64_t ballot)
{
	return nl_talk(nl, ballot_request(nl, PAXOS_CMD_BALLOT_DEL, group,
					  ballot), NULL, NULL);
}
