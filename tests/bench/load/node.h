/* SPDX-License-Identifier: GPL-2.0 */
/* Nodes: what a program that measures does at those in other namespaces. */
#ifndef _PAXOS_BENCH_NODE_H
#define _PAXOS_BENCH_NODE_H

#include <stdint.h>

#include <paxosnl.h>

struct paxosnl *node_open(unsigned int node);
struct paxosnl_address node_address(unsigned int node);
void node_member_add(struct paxosnl *nl, const char *group, unsigned int node, uint32_t role);
uint64_t node_prefix(struct paxosnl *nl, const char *group);

#endif
