/* SPDX-License-Identifier: GPL-2.0 */
/* Bundles: datagrams that bring heartbeats of several groups. */
#ifndef _PAXOS_CORE_BUNDLE_H
#define _PAXOS_CORE_BUNDLE_H

#include "wire.h"

/* What one message of a bundle takes. */
#define PAXOS_BUNDLE_UNIT	(sizeof(struct paxos_wire_header) + \
				 sizeof(struct paxos_wire_heartbeat))

/* As many as fit a datagram. */
#define PAXOS_BUNDLE_MAX	(PAXOS_WIRE_MAX / PAXOS_BUNDLE_UNIT)

/**
 * paxos_bundle_takes - may this message share a datagram?
 * @type: enum paxos_wire_type
 *
 * Return: true if it may.
 */
static inline bool paxos_bundle_takes(u8 type)
{
	return type == PAXOS_WIRE_HEARTBEAT;
}

enum paxos_reason paxos_bundle_split(const u8 *buf, size_t len, size_t *unit);

#endif
