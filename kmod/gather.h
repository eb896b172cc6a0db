/* SPDX-License-Identifier: GPL-2.0 */
/* Gathering: heartbeats of many groups that go the same way, in one datagram. */
#ifndef _PAXOS_GATHER_H
#define _PAXOS_GATHER_H

#include "core/bundle.h"

struct paxos_group;
struct paxos_peer_link;

/* Ways that are gathered for at once; what goes elsewhere pushes one out. */
#define PAXOS_GATHER_WAYS	16

/**
 * struct paxos_parcel - a datagram that is being filled
 * @link: the way that it goes; the first message's, and all have the same address
 * @n: messages in it
 * @length: their bytes
 * @group: whose each is
 * @node: and which member it goes to
 * @bytes: the messages
 */
struct paxos_parcel {
	struct paxos_peer_link *link;
	u32 n;
	u32 length;
	struct paxos_group *group[PAXOS_BUNDLE_MAX];
	u8 node[PAXOS_BUNDLE_MAX];
	u8 bytes[PAXOS_WIRE_MAX];
};

/**
 * struct paxos_gather - what a CPU gathers while several groups have their turn
 * @open: they have
 * @ways: parcels in use
 * @next: which one is pushed out next
 * @parcel: the datagrams
 *
 * Groups and links in it are kept by the RCU read side that lasts as long.
 */
struct paxos_gather {
	bool open;
	u32 ways;
	u32 next;
	struct paxos_parcel parcel[PAXOS_GATHER_WAYS];
};

void paxos_gather_begin(void);
bool paxos_gather_is_open(void);
bool paxos_gather_take(struct paxos_group *group, u8 node, struct paxos_peer_link *link,
		       const u8 *bytes, u32 length);
void paxos_gather_end(void);

#endif
