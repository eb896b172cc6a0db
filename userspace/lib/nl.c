// SPDX-License-Identifier: GPL-2.0
/*
 * The handle: one generic netlink socket, its requests, and what comes back.
 *
 * The kernel runs a request while it is being sent, so its reply is in the
 * socket's queue when the send returns, or it was dropped there because the
 * queue was full of events. Events come on the same socket at any time; those
 * that come between a request and its reply are kept for the next read.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "nl.h"

/* Long enough for a scheduler, short enough for a proposer's deadline. */
#define NL_REPLY_TIMEOUT	500

/* A dump asks the kernel for the next part each time it is read. */
#define NL_DUMP_TIMEOUT		30000

/*
 * Room for what comes while the process is elsewhere, taken only as it is needed.
 * A completion of a few bytes takes more than a kilobyte of it: with the default
 * of 208 KiB some are lost as soon as a few hundred values are on their way.
 */
#define NL_RECEIVE_BUFFER	(2 * 1024 * 1024)

/* Keeps an error and its text, and returns the error. */
int nl_error(struct paxosnl *nl, int error, const char *text)
{
	snprintf(nl->error, sizeof(nl->error), "%s",
		 text ? text : strerror(-error));
	nl->refused = false;
	return error;
}

void nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
		     uint16_t max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1u));
	nl_for_each_nested(attr, nest)
		if (nl_type(attr) <= max)
			tb[nl_type(attr)] = attr;
}

void nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
	      uint16_t max)
{
	const struct nlattr *attr;

	memset(tb, 0, sizeof(*tb) * (max + 1u));
	nl_for_each_genl(attr, nlh)
		if (nl_type(attr) <= max)
			tb[nl_type(attr)] = attr;
}

uint32_t nl_u32(const struct nlattr *attr)
{
	uint32_t number;

	if (!attr || attr->nla_len != sizeof(*attr) + sizeof(number))
		return 0;
	memcpy(&number, attr + 1, sizeof(number));
	return number;
}

uint64_t nl_u64(const struct nlattr *attr)
{
	uint64_t number;

	if (!attr || attr->nla_len != sizeof(*attr) + sizeof(number))
		return 0;
	memcpy(&number, attr + 1, sizeof(number));
	return number;
}

const char *nl_string(const struct nlattr *attr)
{
	if (!attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return NULL;
	return mnl_attr_get_str(attr);
}

bool nl_bytes(const struct nlattr *attr, void *to, size_t length)
{
	if (!attr || attr->nla_len != sizeof(*attr) + length)
		return false;
	memcpy(to, attr + 1, length);
	return true;
}

void nl_address(struct paxosnl_address *address, const struct nlattr *ipv4,
		const struct nlattr *ipv6, const struct nlattr *port)
{
	uint16_t number;

	memset(address, 0, sizeof(*address));
	if (nl_bytes(ipv4, &address->v4, sizeof(address->v4)))
		address->family = AF_INET;
	else if (nl_bytes(ipv6, &address->v6, sizeof(address->v6)))
		address->family = AF_INET6;
	if (nl_bytes(port, &number, sizeof(number)))
		address->port = ntohs(number);
}

void nl_put_address(struct nlmsghdr *nlh, uint16_t ipv4, uint16_t ipv6,
		    uint16_t port, const struct paxosnl_address *address)
{
	if (address->family == AF_INET)
		mnl_attr_put(nlh, ipv4, sizeof(address->v4), &address->v4);
	else if (address->family == AF_INET6)
		mnl_attr_put(nlh, ipv6, sizeof(address->v6), &address->v6);
	if (address->port)
		mnl_attr_put_u16(nlh, port, htons(address->port));
}

struct nlmsghdr *nl_request(struct paxosnl *nl, uint8_t command,
			    uint16_t flags)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = command;
	genl->version = nl->family == GENL_ID_CTRL ? 1 : PAXOS_GENL_VERSION;
	return nlh;
}

/* Takes error and text out of an NLMSG_ERROR or an NLMSG_DONE. */
static int nl_answer(struct paxosnl *nl, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MISS_TYPE + 1] = { NULL };
	const struct nlattr *attr;
	const char *text = NULL;
	size_t offset = sizeof(int);
	char missing[48];
	int error;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(error))
		return nl_error(nl, -EBADMSG, NULL);
	memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (error >= 0)
		return 0;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

		offset = sizeof(*err);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			offset += mnl_nlmsg_get_payload_len(&err->msg);
	}
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS &&
	    mnl_nlmsg_get_payload_len(nlh) > offset) {
		nl_for_each(attr, mnl_nlmsg_get_payload_offset(nlh, offset),
			    mnl_nlmsg_get_payload_tail(nlh))
			if (mnl_attr_get_type(attr) <= NLMSGERR_ATTR_MISS_TYPE)
				tb[mnl_attr_get_type(attr)] = attr;
		text = nl_string(tb[NLMSGERR_ATTR_MSG]);
		if (!text && tb[NLMSGERR_ATTR_MISS_TYPE]) {
			snprintf(missing, sizeof(missing),
				 "attribute %u is missing",
				 nl_u32(tb[NLMSGERR_ATTR_MISS_TYPE]));
			text = missing;
		}
	}
	if (!text && error == -EPERM)
		text = "no permission, CAP_NET_ADMIN is needed";
	if (text && *text)
		nl_error(nl, error, text);
	else
		nl_error(nl, error, NULL);
	nl->refused = true;
	return error;
}

/*
 * One datagram. The socket is connected to the kernel, so nobody else's comes but by
 * a multicast group: only then is it looked who sent it. Returns its length,
 * though it may be longer than the buffer, or -1.
 */
static ssize_t nl_read(struct paxosnl *nl, int flags)
{
	const int fd = mnl_socket_get_fd(nl->socket);
	struct sockaddr_nl from = { .nl_family = AF_UNSPEC };
	struct iovec iov = {
		.iov_base = nl->buffer,
		.iov_len = NL_BUFFER_SIZE,
	};
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t length;

	if (!nl->subscribed)
		return recvfrom(fd, nl->buffer, NL_BUFFER_SIZE,
				flags | MSG_TRUNC, NULL, NULL);
	do
		length = recvmsg(fd, &msg, flags | MSG_TRUNC);
	while (length >= 0 && from.nl_pid != 0);
	return length;
}

/*
 * Reads one datagram into the buffer. Returns its length, 0 when there was none
 * within the timeout (milliseconds, negative for ever), or an error: -ENOBUFS
 * when the kernel dropped some that did not fit.
 */
int nl_receive(struct paxosnl *nl, int timeout)
{
	struct pollfd pollfd;
	ssize_t length;
	int ready;

	/* Who waits for ever needs no clock, and one system call. */
	length = nl_read(nl, timeout < 0 ? 0 : MSG_DONTWAIT);
	if (length < 0 && errno == EAGAIN) {
		if (!timeout)
			return 0;
		pollfd.fd = mnl_socket_get_fd(nl->socket);
		pollfd.events = POLLIN;
		ready = poll(&pollfd, 1, timeout);
		if (ready < 0)
			return nl_error(nl, -errno, NULL);
		if (!ready)
			return 0;
		length = nl_read(nl, MSG_DONTWAIT);
		if (length < 0 && errno == EAGAIN)
			return 0;
	}
	if (length < 0)
		return nl_error(nl, -errno, NULL);
	if (length > NL_BUFFER_SIZE)
		return nl_error(nl, -EMSGSIZE, NULL);
	return (int)length;
}

bool nl_is_event(const struct paxosnl *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == NLMSG_ERROR)
		return nlh->nlmsg_seq & NL_UNAWAITED;
	if (nlh->nlmsg_type != nl->family || nl->family == GENL_ID_CTRL ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return false;
	switch (genl->cmd) {
	case PAXOS_CMD_GROUP_NTF:
	case PAXOS_CMD_GROUP_DEL_NTF:
	case PAXOS_CMD_ALARM_NTF:
	case PAXOS_CMD_MEMBER_NTF:
	case PAXOS_CMD_MEMBER_DEL_NTF:
	case PAXOS_CMD_DECIDED_NTF:
	case PAXOS_CMD_PROMISE_NTF:
	case PAXOS_CMD_REFUSED_NTF:
	case PAXOS_CMD_CHOSEN_NTF:
	case PAXOS_CMD_GRANT_NTF:
	case PAXOS_CMD_LEADER_NTF:
	case PAXOS_CMD_BARRIER_NTF:
	case PAXOS_CMD_SUBMITTED_NTF:
		return true;
	default:
		return false;
	}
}

static void nl_event_keep(struct paxosnl *nl, const struct nlmsghdr *nlh)
{
	struct nl_event *event;

	event = malloc(sizeof(*event) + nlh->nlmsg_len);
	if (!event) {
		nl->overrun = true;
		return;
	}
	event->next = NULL;
	event->length = nlh->nlmsg_len;
	memcpy(event->message, nlh, nlh->nlmsg_len);
	*nl->events_end = event;
	nl->events_end = &event->next;
}

static void nl_events_keep_from(struct paxosnl *nl, const struct nlmsghdr *nlh,
				int length)
{
	for (; mnl_nlmsg_ok(nlh, length); nlh = mnl_nlmsg_next(nlh, &length))
		if (nl_is_event(nl, nlh))
			nl_event_keep(nl, nlh);
}

/* Keeps the events of the datagram in the buffer. */
void nl_events_keep(struct paxosnl *nl, int length)
{
	nl_events_keep_from(nl, (const struct nlmsghdr *)nl->buffer, length);
}

/* Keeps those of a part of a datagram that came before all that are kept. */
void nl_events_keep_first(struct paxosnl *nl, const struct nlmsghdr *nlh,
			  int length)
{
	struct nl_event *later = nl->events, **end = nl->events_end;

	nl->events = NULL;
	nl->events_end = &nl->events;
	nl_events_keep_from(nl, nlh, length);
	if (later) {
		*nl->events_end = later;
		nl->events_end = end;
	}
}

/* The datagram that was read, safe from what is read next. */
const struct nlmsghdr *nl_swap(struct paxosnl *nl)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)nl->buffer;

	nl->buffer = nl->buffers[nl->buffer == nl->buffers[0]];
	return nlh;
}

/* The oldest event that was kept; whoever takes it frees it. */
struct nl_event *nl_event_take(struct paxosnl *nl)
{
	struct nl_event *event = nl->events;

	if (event) {
		nl->events = event->next;
		if (!nl->events)
			nl->events_end = &nl->events;
	}
	return event;
}

static int nl_send_as(struct paxosnl *nl, struct nlmsghdr *nlh,
		      uint32_t sequence)
{
	if (nl->busy)
		return nl_error(nl, -EBUSY, NULL);
	nlh->nlmsg_seq = sequence;
	if (sendto(mnl_socket_get_fd(nl->socket), nlh, nlh->nlmsg_len, 0, NULL,
		   0) < 0)
		return nl_error(nl, -errno, NULL);
	return 0;
}

static int nl_send(struct paxosnl *nl, struct nlmsghdr *nlh)
{
	/* Events have sequence 0. */
	if (++nl->sequence == NL_UNAWAITED)
		nl->sequence = 1;
	return nl_send_as(nl, nlh, nl->sequence);
}

/* Without an ACK: no news is good news, and a refusal comes as an event. */
int nl_send_only(struct paxosnl *nl, struct nlmsghdr *nlh, uint32_t *request)
{
	nl->unawaited = (nl->unawaited + 1) & ~NL_UNAWAITED;
	*request = nl->unawaited;
	return nl_send_as(nl, nlh, nl->unawaited | NL_UNAWAITED);
}

/* What an event says that is a refusal; its text is in the handle. */
int nl_refusal(struct paxosnl *nl, const struct nlmsghdr *nlh)
{
	int rc = nl_answer(nl, nlh);

	nl->refused = false;
	return rc;
}

/*
 * Reads until the request is answered. What belongs to it and is no end goes
 * to the callback; once that has returned something other than 0 the rest is
 * read and thrown away, and that is the result.
 */
static int nl_replies(struct paxosnl *nl, nl_cb cb, void *data, bool dump)
{
	int timeout = dump ? NL_DUMP_TIMEOUT : NL_REPLY_TIMEOUT;
	const struct nlmsghdr *nlh;
	int length, rc = 0;

	for (;;) {
		length = nl_receive(nl, timeout);
		if (!length)
			return nl_error(nl, -ETIMEDOUT,
					"no answer from the kernel");
		if (length == -ENOBUFS) {
			nl->overrun = true;
			continue;
		}
		if (length == -EINTR)
			continue;
		if (length < 0)
			return length;
		nlh = (const struct nlmsghdr *)nl->buffer;
		for (; mnl_nlmsg_ok(nlh, length);
		     nlh = mnl_nlmsg_next(nlh, &length)) {
			if (nl_is_event(nl, nlh)) {
				nl_event_keep(nl, nlh);
				continue;
			}
			if (nlh->nlmsg_seq != nl->sequence)
				continue;
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				nl->interrupted = true;
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				int error = nl_answer(nl, nlh);

				/* What was asked for is not there. */
				if (!error && cb && !dump)
					return nl_error(nl, -EBADMSG, NULL);
				return error ? error : rc;
			}
			if (cb && !rc) {
				nl->busy = true;
				rc = cb(nl, nlh, data);
				nl->busy = false;
			}
			/* One reply, and no ACK was asked for. */
			if (cb && !dump)
				return rc;
		}
	}
}

/*
 * A request without a callback is acknowledged. One with a callback has one
 * reply, which stays in the buffer for the caller.
 */
int nl_talk(struct paxosnl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data)
{
	int rc;

	if (!cb)
		nlh->nlmsg_flags |= NLM_F_ACK;
	rc = nl_send(nl, nlh);
	return rc ? rc : nl_replies(nl, cb, data, false);
}

int nl_dump(struct paxosnl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data)
{
	int rc;

	nlh->nlmsg_flags |= NLM_F_DUMP;
	nl->interrupted = false;
	rc = nl_send(nl, nlh);
	return rc ? rc : nl_replies(nl, cb, data, true);
}

static void nl_mcgrp_decode(struct paxosnl *nl, const struct nlattr *nest,
			    size_t index)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct nl_mcgrp *mcgrp = &nl->mcgrps[index];
	const char *name;

	nl_parse_nested(nest, tb, CTRL_ATTR_MCAST_GRP_MAX);
	name = nl_string(tb[CTRL_ATTR_MCAST_GRP_NAME]);
	if (name)
		snprintf(mcgrp->name, sizeof(mcgrp->name), "%s", name);
	mcgrp->id = nl_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
}

static int nl_family_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
			void *data)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	uint16_t *family = data;
	const struct nlattr *nest;
	size_t count = 0;

	nl_parse(nlh, tb, CTRL_ATTR_MAX);
	if (!nl_bytes(tb[CTRL_ATTR_FAMILY_ID], family, sizeof(*family)))
		return nl_error(nl, -EBADMSG, NULL);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		nl_for_each_nested(nest, tb[CTRL_ATTR_MCAST_GROUPS])
			if (count < ARRAY_SIZE(nl->mcgrps))
				nl_mcgrp_decode(nl, nest, count++);
	return 0;
}

static int nl_resolve(struct paxosnl *nl)
{
	uint16_t family = 0;
	struct nlmsghdr *nlh;
	int rc;

	nl->family = GENL_ID_CTRL;
	nlh = nl_request(nl, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, PAXOS_GENL_NAME);
	rc = nl_talk(nl, nlh, nl_family_cb, &family);
	nl->family = family;
	return rc;
}

/* To the kernel: no other process can send to this socket then. */
static int nl_connect(struct mnl_socket *socket)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return connect(mnl_socket_get_fd(socket),
		       (const struct sockaddr *)&kernel, sizeof(kernel));
}

/*
 * The kernel knows a ballot's owner by this number. Left to itself it would take
 * the process's, which in two PID namespaces may be the same, and a number that
 * is free again a moment before what it owned is.
 */
static int nl_bind(struct mnl_socket *socket)
{
	unsigned int tries;
	uint32_t port;

	for (tries = 0; tries < 100; tries++) {
		if (getrandom(&port, sizeof(port), 0) != sizeof(port))
			return -1;
		if (port && !mnl_socket_bind(socket, 0, (pid_t)port))
			return 0;
		if (port && errno != EADDRINUSE)
			return -1;
	}
	return -1;
}

/* What is lost is told, and can be looked at: a small buffer is only slower. */
static void nl_widen(struct mnl_socket *socket)
{
	int fd = mnl_socket_get_fd(socket);
	int size = NL_RECEIVE_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/**
 * paxosnl_open - open a handle in the network namespace of the caller
 * @nlp: the handle is put here, or NULL
 *
 * Return: 0, -ENOENT if the module is not loaded, or another negative errno.
 */
int paxosnl_open(struct paxosnl **nlp)
{
	struct paxosnl *nl;
	int on = 1;
	int rc;

	*nlp = NULL;
	nl = calloc(1, sizeof(*nl));
	if (!nl)
		return -ENOMEM;
	nl->events_end = &nl->events;
	nl->buffer = nl->buffers[0];
	nl->socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl->socket || nl_bind(nl->socket) || nl_connect(nl->socket)) {
		rc = -errno;
		paxosnl_close(nl);
		return rc;
	}
	nl_widen(nl->socket);
	/* Without these two there is the number of an error and no text. */
	mnl_socket_setsockopt(nl->socket, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->socket, NETLINK_CAP_ACK, &on, sizeof(on));
	rc = nl_resolve(nl);
	if (rc) {
		paxosnl_close(nl);
		return rc;
	}
	*nlp = nl;
	return 0;
}

/**
 * paxosnl_close - close a handle; the kernel drops the ballots it holds
 * @nl: the handle, or NULL
 */
void paxosnl_close(struct paxosnl *nl)
{
	struct nl_event *event;

	if (!nl)
		return;
	if (nl->socket)
		mnl_socket_close(nl->socket);
	while ((event = nl_event_take(nl)))
		free(event);
	free(nl->event);
	free(nl->votes);
	free(nl->runs);
	free(nl);
}

/**
 * paxosnl_fd - the handle's descriptor, to wait for events with poll()
 * @nl: the handle
 *
 * Events that came while a reply was awaited are no longer in the socket: read
 * until paxosnl_event_read() has none before each wait.
 *
 * Return: the descriptor.
 */
int paxosnl_fd(const struct paxosnl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

/**
 * paxosnl_error - why the last call failed
 * @nl: the handle
 *
 * Return: the kernel's own text where there is one, else that of the errno.
 */
const char *paxosnl_error(const struct paxosnl *nl)
{
	return nl->error;
}

/**
 * paxosnl_refused - whether the last call failed because the kernel said no
 * @nl: the handle
 *
 * Return: true if the request reached the kernel and was refused, so that it
 * had no effect; false if it never reached it, or the reply was lost.
 */
bool paxosnl_refused(const struct paxosnl *nl)
{
	return nl->refused;
}

/**
 * paxosnl_interrupted - whether things changed under the last dump
 * @nl: the handle
 *
 * Return: true if the dump may be inconsistent.
 */
bool paxosnl_interrupted(const struct paxosnl *nl)
{
	return nl->interrupted;
}
