/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handle from inside: requests, replies, and the events that come between
 * them on the same socket.
 */
#ifndef PAXOSNL_NL_H
#define PAXOSNL_NL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "paxosnl.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* Longest request: a value and what names it. */
#define NL_REQUEST_MAX	(PAXOS_VALUE_MAX + 4096)

/*
 * As libmnl's, which do not survive -Wconversion, and in place: a message of a few
 * attributes is a few instructions.
 */
static inline bool nl_ok(const struct nlattr *attr, const char *end)
{
	const size_t left = (size_t)(end - (const char *)attr);

	return (const char *)attr < end && left >= sizeof(*attr) &&
	       attr->nla_len >= sizeof(*attr) && attr->nla_len <= left;
}

static inline const struct nlattr *nl_next(const struct nlattr *attr)
{
	return (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
}

static inline uint16_t nl_type(const struct nlattr *attr)
{
	return (uint16_t)(attr->nla_type & NLA_TYPE_MASK);
}

#define nl_for_each(attr, start, end)					\
	for ((attr) = (start); nl_ok((attr), (const char *)(end));	\
	     (attr) = nl_next(attr))

/* The attributes of a message of generic netlink. */
#define nl_for_each_genl(attr, nlh)					\
	nl_for_each(attr, (const void *)((const char *)(nlh) +		\
					 NLMSG_LENGTH(GENL_HDRLEN)),	\
		    (const char *)(nlh) + NLMSG_ALIGN((nlh)->nlmsg_len))

#define nl_for_each_nested(attr, nest)					\
	nl_for_each(attr, (const void *)((nest) + 1),			\
		    (const char *)(nest) + (nest)->nla_len)

/*
 * In the sequence of a request whose answer nobody waits for: a refusal is an
 * event.
 */
#define NL_UNAWAITED	0x80000000u

/* More than the kernel ever puts into one message. */
#define NL_BUFFER_SIZE	(256 * 1024)

struct nl_event {
	struct nl_event *next;
	size_t length;
	uint32_t message[];
};

struct nl_mcgrp {
	char name[16];
	uint32_t id;
};

struct paxosnl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t sequence;
	bool busy;		/* a callback runs */
	bool refused;		/* the last error came from the kernel */
	bool interrupted;	/* the last dump saw things change */
	bool overrun;		/* events were lost and nobody was told */
	bool subscribed;	/* others than the kernel may send here */
	struct nl_mcgrp mcgrps[2];
	struct nl_event *events;	/* came while a reply was awaited */
	struct nl_event **events_end;
	struct nl_event *event;		/* the one that is being read */
	struct paxosnl_vote *votes;
	size_t votes_max;
	struct paxosnl_run *runs;
	size_t runs_max;
	uint32_t unawaited;	/* the last request of nl_send_only() */
	char error[1024];
	uint32_t request[NL_REQUEST_MAX / 4];
	/* What is read next comes here; what events are read from is beside it. */
	uint32_t *buffer;
	uint32_t buffers[2][NL_BUFFER_SIZE / 4];
};

typedef int (*nl_cb)(struct paxosnl *nl, const struct nlmsghdr *nlh,
		     void *data);

struct nlmsghdr *nl_request(struct paxosnl *nl, uint8_t command,
			    uint16_t flags);
int nl_talk(struct paxosnl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data);
int nl_send_only(struct paxosnl *nl, struct nlmsghdr *nlh, uint32_t *request);
int nl_refusal(struct paxosnl *nl, const struct nlmsghdr *nlh);
int nl_dump(struct paxosnl *nl, struct nlmsghdr *nlh, nl_cb cb, void *data);
int nl_receive(struct paxosnl *nl, int timeout);
void nl_events_keep(struct paxosnl *nl, int length);
void nl_events_keep_first(struct paxosnl *nl, const struct nlmsghdr *nlh,
			  int length);
bool nl_is_event(const struct paxosnl *nl, const struct nlmsghdr *nlh);
const struct nlmsghdr *nl_swap(struct paxosnl *nl);
struct nl_event *nl_event_take(struct paxosnl *nl);
int nl_error(struct paxosnl *nl, int error, const char *text);

uint64_t nl_now(void);

/* Attributes of a message, by type; what is above max is ignored. */
void nl_parse(const struct nlmsghdr *nlh, const struct nlattr **tb,
	      uint16_t max);
void nl_parse_nested(const struct nlattr *nest, const struct nlattr **tb,
		     uint16_t max);
uint32_t nl_u32(const struct nlattr *attr);
uint64_t nl_u64(const struct nlattr *attr);
const char *nl_string(const struct nlattr *attr);
bool nl_bytes(const struct nlattr *attr, void *to, size_t length);
void nl_address(struct paxosnl_address *address, const struct nlattr *ipv4,
		const struct nlattr *ipv6, const struct nlattr *port);
void nl_put_address(struct nlmsghdr *nlh, uint16_t ipv4, uint16_t ipv6,
		    uint16_t port, const struct paxosnl_address *address);

/* Decoders that replies and events share, or that make a file of their own. */
int submitted_decode(struct paxosnl *nl, const struct nlmsghdr *nlh,
		     struct paxosnl_submitted *submitted);
void barrier_decode(const struct nlmsghdr *nlh,
		    struct paxosnl_barrier *barrier);
void group_decode(const struct nlmsghdr *nlh, struct paxosnl_group *group);
void leader_decode(const struct nlmsghdr *nlh, struct paxosnl_leader *leader);
void member_decode(const struct nlmsghdr *nlh, struct paxosnl_member *member);

#endif /* PAXOSNL_NL_H */
