/* SPDX-License-Identifier: GPL-2.0 */
/* The digest: the keyed hash that tells the bytes of one value from another's. */
#ifndef _PAXOS_CORE_DIGEST_H
#define _PAXOS_CORE_DIGEST_H

#include "port.h"

u64 paxos_digest_bytes(const u8 identity[16], const void *data, size_t len);
u64 paxos_digest_copy(const u8 identity[16], __be64 head, u8 *to, const u8 *from, size_t len);

#endif
