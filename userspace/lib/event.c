// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what the kernel tells unasked, to all who subscribed or to the socket
 * that holds a ballot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"

static bool event_vote(struct paxosnl *nl, const struct nlattr *nest,
		       size_t index)
{
	const struct nlattr *tb[PAXOS_A_VOTE_MAX + 1];
	struct paxosnl_vote *vote;

	if (index == nl->votes_max) {
		size_t max = nl->votes_max ? nl->votes_max * 2 : 64;

		vote = realloc(nl->votes, max * sizeof(*vote));
		if (!vote)
			return false;
		nl->votes = vote;
		nl->votes_max = max;
	}
	nl_parse_nested(nest, tb, PAXOS_A_VOTE_MAX);
	vote = &nl->votes[index];
	vote->instance = nl_u64(tb[PAXOS_A_VOTE_INSTANCE]);
	vote->ballot = nl_u64(tb[PAXOS_A_VOTE_BALLOT]);
	vote->client = nl_u64(tb[PAXOS_A_VOTE_CLIENT]);
	vote->sequence = nl_u64(tb[PAXOS_A_VOTE_SEQUENCE]);
	vote->digest = nl_u64(tb[PAXOS_A_VOTE_DIGEST]);
	vote->kind = nl_u32(tb[PAXOS_A_VOTE_KIND]);
	vote->length = nl_u32(tb[PAXOS_A_VOTE_LENGTH]);
	vote->chosen = tb[PAXOS_A_VOTE_CHOSEN];
	return true;
}

static int event_promise(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 struct paxosnl_promise *promise)
{
	const struct nlattr *tb[PAXOS_A_BALLOT_MAX + 1];
	const struct nlattr *attr;
	size_t count = 0;

	nl_parse(nlh, tb, PAXOS_A_BALLOT_MAX);
	promise->group = nl_string(tb[PAXOS_A_BALLOT_GROUP_NAME]);
	promise->ballot = nl_u64(tb[PAXOS_A_BALLOT_BALLOT]);
	promise->node = nl_u32(tb[PAXOS_A_BALLOT_NODE]);
	promise->from = nl_u64(tb[PAXOS_A_BALLOT_FROM]);
	promise->upto = nl_u64(tb[PAXOS_A_BALLOT_UPTO]);
	promise->trim = nl_u64(tb[PAXOS_A_BALLOT_TRIM]);
	promise->whole = tb[PAXOS_A_BALLOT_WHOLE];
	promise->quorum = tb[PAXOS_A_BALLOT_QUORUM];
	nl_for_each_genl(attr, nlh) {
		if (mnl_attr_get_type(attr) != PAXOS_A_BALLOT_VOTE)
			continue;
		/* A vote left out would be "no vote": rather no promise. */
		if (!event_vote(nl, attr, count))
			return nl_error(nl, -ENOMEM, NULL);
		count++;
	}
	promise->votes = nl->votes;
	promise->count = count;
	return 0;
}

static void event_refused(const struct nlmsghdr *nlh,
			  struct paxosnl_refused *refused)
{
	const struct nlattr *tb[PAXOS_A_BALLOT_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_BALLOT_MAX);
	refused->group = nl_string(tb[PAXOS_A_BALLOT_GROUP_NAME]);
	refused->ballot = nl_u64(tb[PAXOS_A_BALLOT_BALLOT]);
	refused->node = nl_u32(tb[PAXOS_A_BALLOT_NODE]);
	refused->instance = nl_u64(tb[PAXOS_A_BALLOT_INSTANCE]);
	refused->refusal = nl_u32(tb[PAXOS_A_BALLOT_REFUSAL]);
	refused->highest = nl_u64(tb[PAXOS_A_BALLOT_HIGHEST]);
}

static void event_chosen(const struct nlmsghdr *nlh,
			 struct paxosnl_chosen *chosen)
{
	const struct nlattr *tb[PAXOS_A_BALLOT_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_BALLOT_MAX);
	chosen->group = nl_string(tb[PAXOS_A_BALLOT_GROUP_NAME]);
	chosen->ballot = nl_u64(tb[PAXOS_A_BALLOT_BALLOT]);
	chosen->upto = nl_u64(tb[PAXOS_A_BALLOT_UPTO]);
	chosen->instance = nl_u64(tb[PAXOS_A_BALLOT_INSTANCE]);
	chosen->client = nl_u64(tb[PAXOS_A_BALLOT_CLIENT]);
	chosen->sequence = nl_u64(tb[PAXOS_A_BALLOT_SEQUENCE]);
	chosen->digest = nl_u64(tb[PAXOS_A_BALLOT_DIGEST]);
	chosen->kind = nl_u32(tb[PAXOS_A_BALLOT_KIND]);
}

static void event_grant_end(const struct nlmsghdr *nlh,
			    struct paxosnl_grant_end *end)
{
	const struct nlattr *tb[PAXOS_A_BALLOT_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_BALLOT_MAX);
	end->group = nl_string(tb[PAXOS_A_BALLOT_GROUP_NAME]);
	end->ballot = nl_u64(tb[PAXOS_A_BALLOT_BALLOT]);
	end->why = nl_u32(tb[PAXOS_A_BALLOT_WHY]);
	end->highest = nl_u64(tb[PAXOS_A_BALLOT_HIGHEST]);
}

static void event_decided(const struct nlmsghdr *nlh,
			  struct paxosnl_decided *decided)
{
	const struct nlattr *tb[PAXOS_A_ENTRY_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_ENTRY_MAX);
	decided->group_id = nl_u32(tb[PAXOS_A_ENTRY_GROUP_ID]);
	decided->group = nl_string(tb[PAXOS_A_ENTRY_GROUP_NAME]);
	decided->first = nl_u64(tb[PAXOS_A_ENTRY_INSTANCE]);
	decided->upto = nl_u64(tb[PAXOS_A_ENTRY_UPTO]);
}

static void event_alarm(const struct nlmsghdr *nlh, struct paxosnl_alarm *alarm)
{
	const struct nlattr *tb[PAXOS_A_GROUP_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_GROUP_MAX);
	alarm->group_id = nl_u32(tb[PAXOS_A_GROUP_ID]);
	alarm->group = nl_string(tb[PAXOS_A_GROUP_NAME]);
	alarm->alarm = nl_u32(tb[PAXOS_A_GROUP_ALARM]);
	alarm->node = nl_u32(tb[PAXOS_A_GROUP_NODE]);
	alarm->instance = nl_u64(tb[PAXOS_A_GROUP_INSTANCE]);
}

/* An ACK is none: nobody asked for it. */
static int event_refusal(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 struct paxosnl_event *event)
{
	int error = nl_refusal(nl, nlh);

	if (!error)
		return 0;
	memset(event, 0, sizeof(*event));
	event->type = PAXOS_CMD_SUBMIT;
	event->name = "submit";
	event->refusal.request = nlh->nlmsg_seq & ~NL_UNAWAITED;
	event->refusal.error = error;
	event->refusal.why = nl->error;
	return 1;
}

/* Returns 1 for an event, 0 for none that is known here, or an error. */
static int event_decode(struct paxosnl *nl, const struct nlmsghdr *nlh,
			struct paxosnl_event *event)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const char *group;
	int rc = 0;

	if (nlh->nlmsg_type == NLMSG_ERROR)
		return event_refusal(nl, nlh, event);
	if (nlh->nlmsg_type != nl->family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	memset(event, 0, sizeof(*event));
	event->type = genl->cmd;
	switch (genl->cmd) {
	case PAXOS_CMD_GROUP_NTF:
		event->name = "group-ntf";
		group_decode(nlh, &event->group);
		group = event->group.name;
		break;
	case PAXOS_CMD_GROUP_DEL_NTF:
		event->name = "group-del-ntf";
		group_decode(nlh, &event->group);
		group = event->group.name;
		break;
	case PAXOS_CMD_ALARM_NTF:
		event->name = "alarm-ntf";
		event_alarm(nlh, &event->alarm);
		group = event->alarm.group;
		break;
	case PAXOS_CMD_MEMBER_NTF:
		event->name = "member-ntf";
		member_decode(nlh, &event->member);
		group = event->member.group;
		break;
	case PAXOS_CMD_MEMBER_DEL_NTF:
		event->name = "member-del-ntf";
		member_decode(nlh, &event->member);
		group = event->member.group;
		break;
	case PAXOS_CMD_DECIDED_NTF:
		event->name = "decided-ntf";
		event_decided(nlh, &event->decided);
		group = event->decided.group;
		break;
	case PAXOS_CMD_PROMISE_NTF:
		event->name = "promise-ntf";
		rc = event_promise(nl, nlh, &event->promise);
		group = event->promise.group;
		break;
	case PAXOS_CMD_REFUSED_NTF:
		event->name = "refused-ntf";
		event_refused(nlh, &event->refused);
		group = event->refused.group;
		break;
	case PAXOS_CMD_CHOSEN_NTF:
		event->name = "chosen-ntf";
		event_chosen(nlh, &event->chosen);
		group = event->chosen.group;
		break;
	case PAXOS_CMD_GRANT_NTF:
		event->name = "grant-ntf";
		event_grant_end(nlh, &event->grant_end);
		group = event->grant_end.group;
		break;
	case PAXOS_CMD_SUBMITTED_NTF:
		event->name = "submitted-ntf";
		rc = submitted_decode(nl, nlh, &event->submitted);
		group = event->submitted.group;
		break;
	case PAXOS_CMD_LEADER_NTF:
		event->name = "leader-ntf";
		leader_decode(nlh, &event->leader);
		group = event->leader.group;
		break;
	case PAXOS_CMD_BARRIER_NTF:
		event->name = "barrier-ntf";
		barrier_decode(nlh, &event->barrier);
		group = event->barrier.group;
		break;
	default:
		return 0;
	}
	if (rc)
		return rc;
	return group ? 1 : nl_error(nl, -EBADMSG, NULL);
}

static int event_deliver(struct paxosnl *nl, const struct nlmsghdr *nlh,
			 paxosnl_event_cb cb, void *data)
{
	struct paxosnl_event event;
	int rc = event_decode(nl, nlh, &event);

	return rc > 0 ? cb(&event, data) : rc;
}

/*
 * Unlike a reply's callback, an event's may make requests, and a proposer lives on
 * that: their replies do not come where the events are.
 */
static int event_deliver_all(struct paxosnl *nl, int length,
			     paxosnl_event_cb cb, void *data)
{
	const struct nlmsghdr *nlh = nl_swap(nl);
	int rc = 0;

	while (!rc && mnl_nlmsg_ok(nlh, length)) {
		if (nl_is_event(nl, nlh))
			rc = event_deliver(nl, nlh, cb, data);
		nlh = mnl_nlmsg_next(nlh, &length);
	}
	if (rc)
		nl_events_keep_first(nl, nlh, length);
	return rc;
}

static int event_deliver_kept(struct paxosnl *nl, struct nl_event *kept,
			      paxosnl_event_cb cb, void *data)
{
	free(nl->event);
	nl->event = kept;
	return event_deliver(nl, (const struct nlmsghdr *)kept->message, cb,
			     data);
}

/**
 * paxosnl_subscribe - have events delivered to a handle
 * @nl: the handle
 * @mcgrp: PAXOS_MCGRP_DECIDED or PAXOS_MCGRP_EVENTS
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_subscribe(struct paxosnl *nl, const char *mcgrp)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nl->mcgrps); i++)
		if (!strcmp(nl->mcgrps[i].name, mcgrp))
			break;
	if (i == ARRAY_SIZE(nl->mcgrps))
		return nl_error(nl, -ENOENT, "no such multicast group");
	if (!mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP,
				   &nl->mcgrps[i].id, sizeof(uint32_t))) {
		nl->subscribed = true;
		return 0;
	}
	if (errno != EPERM)
		return nl_error(nl, -errno, NULL);
	nl_error(nl, -EPERM, "no permission, CAP_NET_ADMIN is needed");
	nl->refused = true;
	return -EPERM;
}

/**
 * paxosnl_event_read - read the events that are there, wait if there is none
 * @nl: the handle
 * @timeout: milliseconds to wait for the first, 0 for not at all, negative for
 *   ever
 * @cb: called for each; what it returns ends the reading if it is not 0. It may
 *   make requests on the handle, and must not read events.
 * @data: passed to @cb
 *
 * Once it has dropped one the kernel drops all, and does not say so again, until
 * the queue was empty. So a loss is told of behind all that is there: what is
 * looked at then has what was lost.
 *
 * Return: 0 if some came or none did in time; -ENOBUFS if some were lost: look
 * again at all that they told of, then go on reading; -EINTR if a signal came;
 * another negative errno; or what @cb returned.
 */
int paxosnl_event_read(struct paxosnl *nl, int timeout, paxosnl_event_cb cb,
		       void *data)
{
	struct nl_event *kept;
	int length, rc;

	for (;;) {
		while ((kept = nl_event_take(nl))) {
			timeout = 0;
			rc = event_deliver_kept(nl, kept, cb, data);
			if (rc)
				return rc;
		}
		length = nl_receive(nl, nl->overrun ? 0 : timeout);
		if (length == -ENOBUFS && !nl->overrun) {
			nl->overrun = true;
			continue;
		}
		if (!length && nl->overrun) {
			nl->overrun = false;
			return nl_error(nl, -ENOBUFS, NULL);
		}
		if (length <= 0)
			return length;
		timeout = 0;
		rc = event_deliver_all(nl, length, cb, data);
		if (rc)
			return rc;
	}
}
