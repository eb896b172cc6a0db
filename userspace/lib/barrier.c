// SPDX-License-Identifier: GPL-2.0
/*
 * Barriers: a read of the log that has all that anyone was told of before waits
 * for one, at any node.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "nl.h"

void barrier_decode(const struct nlmsghdr *nlh, struct paxosnl_barrier *barrier)
{
	const struct nlattr *tb[PAXOS_A_BARRIER_MAX + 1];

	nl_parse(nlh, tb, PAXOS_A_BARRIER_MAX);
	barrier->group = nl_string(tb[PAXOS_A_BARRIER_GROUP_NAME]);
	barrier->cookie = nl_u64(tb[PAXOS_A_BARRIER_COOKIE]);
	barrier->instance = nl_u64(tb[PAXOS_A_BARRIER_INSTANCE]);
}

static int barrier_talk(struct paxosnl *nl, uint8_t command, const char *group,
			uint64_t cookie)
{
	struct nlmsghdr *nlh = nl_request(nl, command, 0);

	mnl_attr_put_strz(nlh, PAXOS_A_BARRIER_GROUP_NAME, group);
	mnl_attr_put_u64(nlh, PAXOS_A_BARRIER_COOKIE, cookie);
	return nl_talk(nl, nlh, NULL, NULL);
}

/**
 * paxosnl_barrier_begin - wait for a barrier, as events come
 * @nl: the handle
 * @group: the group's name
 * @cookie: names it; one that was never used, nor by another process: draw it
 *
 * A PAXOS_CMD_BARRIER_NTF with the cookie says that the node has decided all
 * that anyone, at any node, was told of before this call. While there is no
 * leader it does not come.
 *
 * Return: 0 or a negative errno; -EAGAIN if too many wait.
 */
int paxosnl_barrier_begin(struct paxosnl *nl, const char *group,
			  uint64_t cookie)
{
	return barrier_talk(nl, PAXOS_CMD_BARRIER, group, cookie);
}

/**
 * paxosnl_barrier_del - wait no more
 * @nl: the handle
 * @group: the group's name
 * @cookie: as it began
 *
 * Its event may have come by now.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_barrier_del(struct paxosnl *nl, const char *group, uint64_t cookie)
{
	return barrier_talk(nl, PAXOS_CMD_BARRIER_DEL, group, cookie);
}

/* Takes the barrier's event out of those that are kept. Other events stay. */
static bool barrier_take(struct paxosnl *nl, uint64_t cookie,
			 uint64_t *instance)
{
	struct nl_event **link = &nl->events, *event;
	struct paxosnl_barrier barrier;
	bool found = false;

	while ((event = *link)) {
		const struct nlmsghdr *nlh = (const void *)event->message;
		const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

		if (!found && genl->cmd == PAXOS_CMD_BARRIER_NTF) {
			barrier_decode(nlh, &barrier);
			found = barrier.cookie == cookie;
			if (found) {
				*instance = barrier.instance;
				*link = event->next;
				free(event);
				continue;
			}
		}
		link = &event->next;
	}
	nl->events_end = link;
	return found;
}

/* Returns 0 when it came, -ENOBUFS when it may have been lost. */
static int barrier_wait(struct paxosnl *nl, uint64_t cookie, uint64_t deadline,
			uint64_t *instance)
{
	uint64_t now;
	int length;

	while (!barrier_take(nl, cookie, instance)) {
		if (nl->overrun)
			return -ENOBUFS;
		now = nl_now() / 1000;
		length = nl_receive(nl, now >= deadline ? 0 :
				    deadline - now > 1000 ? 1000 :
				    (int)(deadline - now));
		if (length < 0)
			return length;
		if (length)
			nl_events_keep(nl, length);
		else if (now >= deadline)
			return nl_error(nl, -ETIME,
					"no leader confirmed it in time");
	}
	return 0;
}

/**
 * paxosnl_barrier - wait until a read at this node has all that there was
 * @nl: the handle
 * @group: the group's name
 * @timeout: milliseconds to wait at most
 * @instance: set to the barrier: all that anyone, at any node, was told of
 *   before this call is at or below it, and decided here
 *
 * Events that come meanwhile are kept for paxosnl_event_read().
 *
 * Return: 0; -ETIME if there was no leader, or none that could say so, in
 * time; -EINTR if a signal came; or another negative errno.
 */
int paxosnl_barrier(struct paxosnl *nl, const char *group, uint32_t timeout,
		    uint64_t *instance)
{
	uint64_t deadline = nl_now() / 1000 + timeout, cookie;
	bool overrun = nl->overrun;
	int rc;

	do {
		if (getrandom(&cookie, sizeof(cookie), 0) != sizeof(cookie))
			return nl_error(nl, -errno, NULL);
		nl->overrun = false;
		rc = paxosnl_barrier_begin(nl, group, cookie);
		if (rc)
			break;
		rc = barrier_wait(nl, cookie, deadline, instance);
		/* What was lost is told to who reads events. */
		overrun |= nl->overrun || rc == -ENOBUFS;
		if (rc) {
			char error[sizeof(nl->error)];

			/* The answer that counts is the first. */
			memcpy(error, nl->error, sizeof(error));
			paxosnl_barrier_del(nl, group, cookie);
			nl_error(nl, rc, error);
		}
	} while (rc == -ENOBUFS && nl_now() / 1000 < deadline);
	nl->overrun = overrun;
	return rc;
}
