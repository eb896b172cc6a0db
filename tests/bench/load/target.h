/* SPDX-License-Identifier: GPL-2.0 */
/* Targets: what values are submitted to, each by its own protocol. */
#ifndef _PAXOS_BENCH_TARGET_H
#define _PAXOS_BENCH_TARGET_H

#include <stdint.h>

/* So many values at most are submitted, and completions told, by one call. */
#define TARGET_MANY	48

/**
 * struct target - a protocol; a call that cannot go on ends the program
 * @system: its name in reports
 * @open: begin, at the address or name that the command line has
 * @submit: submit so many values of so many bytes, whose numbers rise from the
 *	first on; returns how many were taken, 0 for none until something completes
 * @reap: wait until something completes; returns how many, their numbers in done
 */
struct target {
	const char *system;
	void (*open)(const char *where);
	unsigned int (*submit)(uint64_t first, unsigned int count, unsigned int bytes);
	unsigned int (*reap)(uint64_t done[TARGET_MANY]);
};

extern const struct target target_etcd;
extern const struct target target_paxos;
extern const struct target target_twin;

void die(const char *what);
const uint8_t *value_bytes(uint64_t number);

#endif
