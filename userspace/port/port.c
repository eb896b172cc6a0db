// SPDX-License-Identifier: GPL-2.0
/*
 * What kmod/core/port.h asks of a program that runs the core in userspace,
 * from the libraries that implement the same functions as the kernel does.
 */
#include <stdio.h>
#include <stdlib.h>

#include <blake2.h>
#include <sodium.h>

#include "port.h"

static_assert(crypto_shorthash_siphash24_KEYBYTES == 16, "SipHash takes 128 bits of key");

u64 paxos_siphash(const u64 key[2], const void *data, size_t len)
{
	unsigned char k[16], out[8];
	u64 hash = 0;
	int i;

	for (i = 0; i < 8; i++) {
		k[i] = (unsigned char)(key[0] >> (8 * i));
		k[8 + i] = (unsigned char)(key[1] >> (8 * i));
	}
	crypto_shorthash_siphash24(out, data, len, k);
	for (i = 7; i >= 0; i--)
		hash = hash << 8 | out[i];
	return hash;
}

void paxos_blake2s(u8 out[32], const void *data, size_t len)
{
	if (blake2s(out, data, NULL, 32, len, 0))
		abort();
}

/* A program that would rather go on has its own. */
__attribute__((weak)) bool paxos_violated(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: violated: %s\n", file, line, what);
	abort();
}
