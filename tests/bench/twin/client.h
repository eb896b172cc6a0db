/* SPDX-License-Identifier: GPL-2.0 */
/* What a client and the leader's process say: messages over a Unix socket. */
#ifndef _PAXOS_BENCH_TWIN_CLIENT_H
#define _PAXOS_BENCH_TWIN_CLIENT_H

#include <stdint.h>

#define CLIENT_VALUES	48
#define CLIENT_MAX	(16 + CLIENT_VALUES * 1024)

/**
 * struct client_submit - values of one length, which follow
 * @first: sequence of the first
 * @count: how many
 * @length: bytes of each
 */
struct client_submit {
	uint64_t first;
	uint32_t count;
	uint32_t length;
};

/**
 * struct client_chosen - and what became of them
 * @first: sequence of the first that is chosen
 * @count: how many are
 * @instance: of the first
 */
struct client_chosen {
	uint64_t first;
	uint64_t count;
	uint64_t instance;
};

#endif
