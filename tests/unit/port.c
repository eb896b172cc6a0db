// SPDX-License-Identifier: GPL-2.0
/*
 * The hashes that kmod/core/port.h asks of a program: the kernel's SipHash-2-4
 * and BLAKE2s, from libraries that others wrote, so that a mistake in how the
 * kernel's are called shows.
 */
#include <blake2.h>
#include <sodium.h>

#include "core/port.h"

u64 paxos_siphash(const u64 key[2], const void *data, size_t len)
{
	unsigned char out[crypto_shorthash_siphash24_BYTES];
	u64 k[2] = { htole64(key[0]), htole64(key[1]) };
	u64 hash;

	static_assert(sizeof(k) == crypto_shorthash_siphash24_KEYBYTES, "key");
	crypto_shorthash_siphash24(out, data, len, (const unsigned char *)k);
	memcpy(&hash, out, sizeof(hash));
	return le64toh(hash);
}

void paxos_blake2s(u8 out[32], const void *data, size_t len)
{
	blake2s(out, data, NULL, 32, len, 0);
}
