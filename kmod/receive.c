// SPDX-License-Identifier: GPL-2.0
/* Receiving: from a datagram to a step of its group. */

#include <linux/skbuff.h>
#include <linux/udp.h>

#include "core/bundle.h"
#include "gather.h"
#include "group.h"
#include "net.h"
#include "partner.h"
#include "receive.h"
#include "scratch.h"
#include "socket.h"
#include "trace.h"

/**
 * struct arrival - what is known of a datagram, or of one message of several in it
 * @skb: the datagram, from its UDP header on
 * @bytes: after the UDP header; of the message, if there are several
 * @data: these, in one piece
 * @bundled: there are several
 * @id: the group that it names
 * @sender: the node that it says it comes from; 0 while not read
 * @group: the group, once found
 * @stats: where it is counted: the group's, once found, or the namespace's
 */
struct arrival {
	struct sk_buff *skb;
	u32 bytes;
	const u8 *data;
	bool bundled;
	u32 id;
	u8 sender;
	struct paxos_group *group;
	struct paxos_stats __percpu *stats;
};

/* Every check of bounds is here; later reads stay within @bytes. */
static enum paxos_reason measure(struct arrival *a)
{
	const struct udphdr *udp;
	struct udphdr copy;
	u32 length;

	udp = skb_header_pointer(a->skb, 0, sizeof(copy), &copy);
	if (!udp)
		return PAXOS_REASON_SHORT;
	length = ntohs(udp->len);
	if (length < sizeof(*udp) || length > a->skb->len)
		return PAXOS_REASON_LENGTH;
	a->bytes = length - sizeof(*udp);
	if (a->bytes > PAXOS_WIRE_MAX)
		return PAXOS_REASON_LARGE;
	/* UDP dropped what has a wrong one. We never send without, so one that
	 * is missing was lost on the way.
	 */
	if (!udp->check)
		return PAXOS_REASON_CHECKSUM;
	return PAXOS_REASON_OK;
}

/*
 * The bytes after the UDP header, copied only if they lie in pieces: and then
 * once, since a process may still write to pages that it lent to its socket.
 * What is judged and what is decoded must be the same.
 */
static enum paxos_reason look(struct arrival *a)
{
	/* A rule that redirects what we send brought it here while another one's
	 * messages are still being heard, and may lie where these would.
	 */
	if (paxos_gather_is_open())
		return PAXOS_REASON_NO_MEMORY;
	a->data = skb_header_pointer(a->skb, sizeof(struct udphdr), a->bytes,
				     paxos_scratch()->in);
	return a->data ? PAXOS_REASON_OK : PAXOS_REASON_SHORT;
}

/*
 * Whose is it? Only a configured member's datagram, sent from where that
 * member is, comes further. P34, P35.
 */
static enum paxos_reason attribute(struct arrival *a, const struct paxos_socket *socket)
{
	struct paxos_peer_link *link;
	struct paxos_group *group;
	enum paxos_reason reason;

	reason = paxos_wire_peek(a->data, a->bytes, &a->id, &a->sender);
	if (reason != PAXOS_REASON_OK)
		return reason;
	group = paxos_group_lookup(socket->home, a->id);
	if (!group || group->socket != socket)
		return PAXOS_REASON_NO_GROUP;
	a->group = group;
	a->stats = group->stats;
	if (a->sender == group->core.config.node)
		return PAXOS_REASON_SELF;
	link = rcu_dereference(group->peer[a->sender - 1]);
	if (!link)
		return PAXOS_REASON_NO_MEMBER;
	if (!paxos_addr_is_source(&link->addr, a->skb))
		return PAXOS_REASON_ADDRESS;
	return PAXOS_REASON_OK;
}

static enum paxos_reason believe(struct arrival *a)
{
	struct paxos_scratch *scratch = paxos_scratch();
	struct paxos_event event __uninitialized;
	enum paxos_reason reason;
	u8 type;

	/* A rule that redirects what we send into what this host receives brought it
	 * here while we still send: lost, as on a wire.
	 */
	if (scratch->busy)
		return PAXOS_REASON_NO_MEMORY;
	reason = paxos_wire_decode(a->data, a->bytes, &scratch->header, &scratch->msg,
				   scratch->entry);
	if (reason != PAXOS_REASON_OK)
		return reason;
	type = scratch->msg.type;
	trace_paxos_receive(a->id, a->sender, type, a->bytes);
	event.type = PAXOS_EVENT_MESSAGE;
	event.message.header = &scratch->header;
	event.message.msg = &scratch->msg;
	paxos_group_hear(a->group, &event, scratch);
	if (event.reason == PAXOS_REASON_OK)
		paxos_stats_in(a->stats, type, a->bytes);
	if (event.reason == PAXOS_REASON_OK && a->bundled)
		paxos_stats_add(a->stats, PAXOS_COUNTER_IN_BUNDLED, 1);
	return event.reason;
}

static enum skb_drop_reason drop_reason(enum paxos_reason reason)
{
	switch (reason) {
	case PAXOS_REASON_SHORT:
		return SKB_DROP_REASON_PKT_TOO_SMALL;
	case PAXOS_REASON_LARGE:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case PAXOS_REASON_CHECKSUM:
		return SKB_DROP_REASON_UDP_CSUM;
	case PAXOS_REASON_NO_MEMORY:
	case PAXOS_REASON_POOL_EMPTY:
		return SKB_DROP_REASON_NOMEM;
	default:
		return SKB_DROP_REASON_NOT_SPECIFIED;
	}
}

static enum paxos_reason hear(struct arrival *a, const struct paxos_socket *socket)
{
	enum paxos_reason reason = attribute(a, socket);

	return reason == PAXOS_REASON_OK ? believe(a) : reason;
}

static void drop(const struct arrival *a, enum paxos_reason reason)
{
	paxos_stats_drop(a->stats, reason);
	trace_paxos_drop(a->id, a->sender, reason, a->bytes);
}

/*
 * Each message is one group's, and judged for itself: another group's is heard
 * though one be dropped. What they answer goes back together.
 */
static void hear_all(const struct arrival *bundle, const struct paxos_socket *socket, u32 unit)
{
	u32 at;

	paxos_gather_begin();
	for (at = 0; at < bundle->bytes; at += unit) {
		struct arrival a = {
			.skb = bundle->skb,
			.stats = bundle->stats,
			.data = bundle->data + at,
			.bytes = unit,
			.bundled = true,
		};
		enum paxos_reason reason = hear(&a, socket);

		if (reason != PAXOS_REASON_OK)
			drop(&a, reason);
	}
	paxos_gather_end();
}

static enum paxos_reason judge(struct arrival *a, const struct paxos_socket *socket)
{
	enum paxos_reason reason;
	size_t unit = 0;

	reason = paxos_bundle_split(a->data, a->bytes, &unit);
	if (reason != PAXOS_REASON_OK)
		return reason;
	if (unit == a->bytes)
		return hear(a, socket);
	hear_all(a, socket, unit);
	return PAXOS_REASON_OK;
}

/**
 * paxos_receive - take a datagram
 * @socket: where it came
 * @skb: the datagram, from its UDP header on, in one piece or not; freed
 *
 * Nothing is allocated for it, and nothing answered, before it is known to
 * come from a configured member's address.
 *
 * Context: bottom halves off, RCU read side.
 */
void paxos_receive(struct paxos_socket *socket, struct sk_buff *skb)
{
	struct arrival a = { .skb = skb, .stats = socket->home->stats };
	enum paxos_reason reason;

	reason = measure(&a);
	if (reason == PAXOS_REASON_OK)
		reason = look(&a);
	if (reason == PAXOS_REASON_OK && paxos_pulse_is(a.data, a.bytes))
		reason = paxos_partner_hear(socket, skb, a.data);
	else if (reason == PAXOS_REASON_OK)
		reason = judge(&a, socket);
	if (reason == PAXOS_REASON_OK) {
		/* As one that polls does: the next to be sent takes its place. */
		napi_consume_skb(skb, 1);
		return;
	}
	drop(&a, reason);
	kfree_skb_reason(skb, drop_reason(reason));
}
