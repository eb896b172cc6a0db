/* SPDX-License-Identifier: GPL-2.0 */
/* Grants: how a program that measures makes the node it is at lead a fresh group. */
#ifndef _PAXOS_BENCH_GRANT_H
#define _PAXOS_BENCH_GRANT_H

#include <stdint.h>

struct paxosnl;

uint64_t grant_take(struct paxosnl *nl, const char *group);
void grant_renew(struct paxosnl *nl, const char *group, uint64_t ballot);
void grant_watch(struct paxosnl *nl);

#endif
