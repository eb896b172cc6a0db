// SPDX-License-Identifier: GPL-2.0
/* Sending what a step left in the outbox. */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "gather.h"
#include "group.h"
#include "scratch.h"
#include "send.h"
#include "socket.h"
#include "trace.h"

/*
 * Room for every header below ours, for that of the device it leaves by too. What a
 * datagram that came was kept in is used again, and no memory is cleared that is
 * about to be written: a datagram is cheap this way, as a driver's is.
 */
static struct sk_buff *make_skb(const struct dst_entry *dst, const u8 *bytes, u32 length)
{
	u32 room = LL_RESERVED_SPACE(dst->dev) + dst->header_len +
		sizeof(struct ipv6hdr) + sizeof(struct udphdr);
	u32 size = SKB_DATA_ALIGN(room + length) +
		SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
	void *head = napi_alloc_frag(size);
	struct sk_buff *skb;

	if (!head)
		return NULL;
	skb = napi_build_skb(head, size);
	if (!skb) {
		skb_free_frag(head);
		return NULL;
	}
	skb_reserve(skb, room);
	__skb_put_data(skb, bytes, length);
	return skb;
}

static struct rtable *route4(struct sock *sk, const struct paxos_addr *from,
			     struct paxos_peer_link *to)
{
	struct flowi4 flow = {
		.saddr = from->v4,
		.daddr = to->addr.v4,
		.fl4_sport = from->port,
		.fl4_dport = to->addr.port,
		.flowi4_proto = IPPROTO_UDP,
	};
	__be32 saddr;
	struct rtable *rt;

	rt = dst_cache_get_ip4(&to->cache, &saddr);
	if (rt)
		return rt;
	security_sk_classify_flow(sk, flowi4_to_flowi_common(&flow));
	rt = ip_route_output_flow(sock_net(sk), &flow, sk);
	if (IS_ERR(rt))
		return rt;
	/* One datagram to all of a network would be an amplifier. */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return ERR_PTR(-EACCES);
	}
	dst_cache_set_ip4(&to->cache, &rt->dst, flow.saddr);
	return rt;
}

/*
 * What udp_tunnel_xmit_skb() does for a datagram that was made here and never
 * had another dress: there is nothing to scrub off it, and no device that counts
 * it. It may not be fragmented, so no number has to tell its fragments from
 * others' (RFC 6864).
 */
static void emit4(struct sock *sk, struct rtable *rt, struct sk_buff *skb,
		  const struct paxos_addr *from, const struct paxos_addr *to)
{
	struct udphdr *udp = __skb_push(skb, sizeof(*udp));
	struct iphdr *ip;

	skb_reset_transport_header(skb);
	udp->source = from->port;
	udp->dest = to->port;
	udp->len = htons(skb->len);
	udp_set_csum(false, skb, from->v4, to->v4, skb->len);
	ip = __skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = 0;
	ip->id = 0;
	ip->frag_off = htons(IP_DF);
	ip->ttl = ip4_dst_hoplimit(&rt->dst);
	ip->protocol = IPPROTO_UDP;
	ip->saddr = from->v4;
	ip->daddr = to->v4;
	/* A route that has its MTU locked allows fragments. */
	if (ip_mtu_locked(&rt->dst)) {
		ip->frag_off = 0;
		__ip_select_ident(sock_net(sk), ip, 1);
	}
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb_dst_set(skb, &rt->dst);
	ip_local_out(sock_net(sk), sk, skb);
}

static int send4(struct sock *sk, const struct paxos_addr *from, struct paxos_peer_link *to,
		 const u8 *bytes, u32 length)
{
	struct rtable *rt = route4(sk, from, to);
	struct sk_buff *skb;

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	skb = make_skb(&rt->dst, bytes, length);
	if (!skb) {
		ip_rt_put(rt);
		return -ENOMEM;
	}
	emit4(sk, rt, skb, from, &to->addr);
	return 0;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *route6(struct sock *sk, const struct paxos_addr *from,
				struct paxos_peer_link *to)
{
	struct flowi6 flow = {
		.saddr = from->v6,
		.daddr = to->addr.v6,
		.fl6_sport = from->port,
		.fl6_dport = to->addr.port,
		.flowi6_proto = IPPROTO_UDP,
	};
	struct in6_addr saddr;
	struct dst_entry *dst;

	dst = dst_cache_get_ip6(&to->cache, &saddr);
	if (dst)
		return dst;
	security_sk_classify_flow(sk, flowi6_to_flowi_common(&flow));
	dst = ipv6_stub->ipv6_dst_lookup_flow(sock_net(sk), sk, &flow, NULL);
	if (!IS_ERR(dst))
		dst_cache_set_ip6(&to->cache, dst, &flow.saddr);
	return dst;
}

static int send6(struct sock *sk, const struct paxos_addr *from, struct paxos_peer_link *to,
		 const u8 *bytes, u32 length)
{
	struct in6_addr saddr = from->v6, daddr = to->addr.v6;
	struct dst_entry *dst = route6(sk, from, to);
	struct sk_buff *skb;

	if (IS_ERR(dst))
		return PTR_ERR(dst);
	skb = make_skb(dst, bytes, length);
	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	udp_tunnel6_xmit_skb(dst, sk, skb, NULL, &saddr, &daddr, 0, ip6_dst_hoplimit(dst),
			     0, from->port, to->addr.port, false);
	return 0;
}
#else
static int send6(struct sock *sk, const struct paxos_addr *from, struct paxos_peer_link *to,
		 const u8 *bytes, u32 length)
{
	return -EAFNOSUPPORT;
}
#endif

/**
 * paxos_send_datagram - send bytes to a node
 * @socket: where from
 * @link: the way there
 * @bytes: the bytes
 * @length: their number, at most PAXOS_WIRE_MAX
 *
 * Context: as paxos_send_outbox().
 * Return: 0 or a negative errno.
 */
int paxos_send_datagram(struct paxos_socket *socket, struct paxos_peer_link *link,
			const u8 *bytes, u32 length)
{
	struct sock *sk = socket->sock->sk;

	if (socket->addr.family == AF_INET)
		return send4(sk, &socket->addr, link, bytes, length);
	return send6(sk, &socket->addr, link, bytes, length);
}

static enum paxos_counter failure(int err)
{
	switch (err) {
	case -ENOENT:
		return PAXOS_COUNTER_SEND_NO_MEMBER;
	case -ENOMEM:
	case -ENOBUFS:
		return PAXOS_COUNTER_SEND_NO_MEMORY;
	default:
		return PAXOS_COUNTER_SEND_NO_ROUTE;
	}
}

/**
 * paxos_send_account - count a message that was sent, or could not be
 * @group: the group
 * @node: the member it went to
 * @type: enum paxos_wire_type
 * @length: its bytes
 * @err: 0, or why it was not sent
 *
 * Context: as paxos_send_outbox().
 */
void paxos_send_account(struct paxos_group *group, u8 node, u8 type, u32 length, int err)
{
	trace_paxos_send(group->id, node, type, length, err);
	if (err)
		paxos_stats_add(group->stats, failure(err), 1);
	else
		paxos_stats_out(group->stats, type, length);
}

static void send(struct paxos_group *group, const struct paxos_out *out, const u8 *bytes,
		 u32 length)
{
	u64 to = out->to;

	while (to) {
		u8 node = __ffs64(to) + 1;
		struct paxos_peer_link *link = rcu_dereference(group->peer[node - 1]);
		int err = -ENOENT;

		to &= to - 1;
		if (link && paxos_bundle_takes(out->msg.type) &&
		    paxos_gather_take(group, node, link, bytes, length))
			continue;
		if (link)
			err = paxos_send_datagram(group->socket, link, bytes, length);
		paxos_send_account(group, node, out->msg.type, length, err);
	}
}

/**
 * paxos_send_outbox - send the messages that a step left
 * @group: the group
 * @scratch: this CPU's, with the outbox
 * @header: of the group at the time of the step, with the first number to use
 * @durable: the last record that was durable then
 *
 * A datagram that cannot be sent is lost, as any may be, and counted.
 *
 * Context: bottom halves off, RCU read side, without the group's lock.
 */
void paxos_send_outbox(struct paxos_group *group, struct paxos_scratch *scratch,
		       struct paxos_header *header, u64 durable)
{
	const struct paxos_outbox *ob = &scratch->outbox;
	unsigned int i;

	for (i = 0; i < ob->n_out; i++) {
		const struct paxos_out *out = &ob->out[i];
		size_t length;

		/* P7. In memory a record is durable as soon as it is made. */
		if (WARN_ON_ONCE(out->after > durable))
			continue;
		/* What this node says to itself, it has heard already. */
		if (!out->to)
			continue;
		length = paxos_outbox_encode(out, scratch->out, sizeof(scratch->out), header);
		header->sequence++;
		if (length)
			send(group, out, scratch->out, length);
		else
			paxos_stats_add(group->stats, PAXOS_COUNTER_SEND_LARGE, 1);
	}
}
