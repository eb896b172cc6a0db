// SPDX-License-Identifier: GPL-2.0
/*
 * Bundles: datagrams that bring heartbeats of several groups, each a whole
 * message of its own, with its own header and tag.
 */
#include "bundle.h"

static_assert(PAXOS_BUNDLE_UNIT % 8 == 0, "every message begins aligned");

/* Is there a message here that may share a datagram, and is it so long? */
static bool is_unit(const u8 *at)
{
	struct paxos_wire_header w;

	memcpy(&w, at, sizeof(w));
	return w.version == PAXOS_WIRE_VERSION && paxos_bundle_takes(w.type) &&
	       be16_to_cpu(w.length) == PAXOS_BUNDLE_UNIT;
}

/**
 * paxos_bundle_split - is a datagram one message, or several?
 * @buf: the whole datagram
 * @len: its bytes
 * @unit: set to the bytes of each message: @len if there is but one, or one that
 *	paxos_wire_peek() is to refuse
 *
 * All of a bundle is judged before any of it is believed: what is none costs no
 * more than a look at each of its headers. P34
 *
 * Context: any.
 * Return: PAXOS_REASON_OK, or PAXOS_REASON_BUNDLE if what follows the first
 * message makes no bundle.
 */
enum paxos_reason paxos_bundle_split(const u8 *buf, size_t len, size_t *unit)
{
	size_t at;

	*unit = len;
	if (len <= PAXOS_BUNDLE_UNIT || len > PAXOS_WIRE_MAX || !is_unit(buf))
		return PAXOS_REASON_OK;
	if (len % PAXOS_BUNDLE_UNIT)
		return PAXOS_REASON_BUNDLE;
	for (at = PAXOS_BUNDLE_UNIT; at < len; at += PAXOS_BUNDLE_UNIT)
		if (!is_unit(buf + at))
			return PAXOS_REASON_BUNDLE;
	*unit = PAXOS_BUNDLE_UNIT;
	return PAXOS_REASON_OK;
}
