// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes: what a program that measures does at those in other namespaces. Node I is
 * 10.0.0.I in nI, as tests/bench/net.sh made it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node.h"

#define NETWORK	0x0a000000

static void complain(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

static int namespace(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		complain(name, strerror(errno));
	return fd;
}

/**
 * node_open - a handle of a node, which stays in its namespace
 */
struct paxosnl *node_open(unsigned int node)
{
	int here = namespace("/proc/self/ns/net"), there;
	struct paxosnl *nl;
	char name[32];

	snprintf(name, sizeof(name), "/run/netns/n%u", node);
	there = namespace(name);
	if (setns(there, CLONE_NEWNET) || paxosnl_open(&nl) || setns(here, CLONE_NEWNET))
		complain(name, strerror(errno));
	close(there);
	close(here);
	return nl;
}

struct paxosnl_address node_address(unsigned int node)
{
	return (struct paxosnl_address){
		.family = AF_INET,
		.v4.s_addr = htonl(NETWORK + node),
	};
}

/**
 * node_member_add - a node gets to know another
 */
void node_member_add(struct paxosnl *nl, const char *group, unsigned int node, uint32_t role)
{
	struct paxosnl_member member = {
		.group = group,
		.node = node,
		.address = node_address(node),
		.role = role,
	};

	if (paxosnl_member_new(nl, &member))
		complain("no member", paxosnl_error(nl));
}

/**
 * node_prefix - the instance up to which all is known to be decided
 */
uint64_t node_prefix(struct paxosnl *nl, const char *group)
{
	struct paxosnl_group got;

	if (paxosnl_group_get(nl, group, &got))
		complain("no group", paxosnl_error(nl));
	return got.prefix;
}
