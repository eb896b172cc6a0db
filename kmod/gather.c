// SPDX-License-Identifier: GPL-2.0
/* Gathering: heartbeats of many groups that go the same way, in one datagram. */

#include "gather.h"
#include "group.h"
#include "scratch.h"
#include "send.h"

static struct paxos_gather *gather(void)
{
	return &paxos_scratch()->gather;
}

static void send(struct paxos_parcel *parcel)
{
	int err = paxos_send_datagram(parcel->group[0]->socket, parcel->link, parcel->bytes,
				      parcel->length);
	u32 i;

	for (i = 0; i < parcel->n; i++) {
		paxos_send_account(parcel->group[i], parcel->node[i], PAXOS_WIRE_HEARTBEAT,
				   PAXOS_BUNDLE_UNIT, err);
		if (i && !err)
			paxos_stats_add(parcel->group[i]->stats, PAXOS_COUNTER_OUT_BUNDLED, 1);
	}
	parcel->n = 0;
	parcel->length = 0;
}

static bool goes_there(const struct paxos_parcel *parcel, const struct paxos_group *group,
		       const struct paxos_peer_link *link)
{
	return parcel->group[0]->socket == group->socket &&
	       paxos_addr_equal(&parcel->link->addr, &link->addr);
}

/* That which goes this way, or one that is empty. */
static struct paxos_parcel *find(struct paxos_gather *g, const struct paxos_group *group,
				 struct paxos_peer_link *link)
{
	struct paxos_parcel *parcel = NULL;
	u32 i;

	for (i = 0; i < g->ways; i++) {
		if (!g->parcel[i].n)
			parcel = &g->parcel[i];
		else if (goes_there(&g->parcel[i], group, link))
			return &g->parcel[i];
	}
	if (!parcel && g->ways < PAXOS_GATHER_WAYS)
		parcel = &g->parcel[g->ways++];
	if (!parcel) {
		parcel = &g->parcel[g->next++ % PAXOS_GATHER_WAYS];
		send(parcel);
	}
	parcel->link = link;
	return parcel;
}

/**
 * paxos_gather_begin - several groups have their turn: gather what they send
 *
 * Context: bottom halves off, RCU read side, both until paxos_gather_end().
 */
void paxos_gather_begin(void)
{
	struct paxos_gather *g = gather();

	WARN_ON_ONCE(g->open);
	g->open = true;
	g->ways = 0;
}

/**
 * paxos_gather_is_open - does this CPU gather?
 *
 * Context: bottom halves off.
 * Return: true between paxos_gather_begin() and paxos_gather_end().
 */
bool paxos_gather_is_open(void)
{
	return gather()->open;
}

/**
 * paxos_gather_take - let a heartbeat share a datagram, if that is the time
 * @group: whose it is
 * @node: the member that it goes to
 * @link: the way there
 * @bytes: the message
 * @length: its bytes
 *
 * Context: as paxos_send_outbox().
 * Return: true if it was taken, and counted; false if the caller is to send it.
 */
bool paxos_gather_take(struct paxos_group *group, u8 node, struct paxos_peer_link *link,
		       const u8 *bytes, u32 length)
{
	struct paxos_gather *g = gather();
	struct paxos_parcel *parcel;

	if (!g->open || length != PAXOS_BUNDLE_UNIT)
		return false;
	parcel = find(g, group, link);
	memcpy(parcel->bytes + parcel->length, bytes, length);
	parcel->group[parcel->n] = group;
	parcel->node[parcel->n++] = node;
	parcel->length += length;
	if (parcel->n == PAXOS_BUNDLE_MAX)
		send(parcel);
	return true;
}

/**
 * paxos_gather_end - send what was gathered
 */
void paxos_gather_end(void)
{
	struct paxos_gather *g = gather();
	u32 i;

	for (i = 0; i < g->ways; i++)
		if (g->parcel[i].n)
			send(&g->parcel[i]);
	g->open = false;
}
