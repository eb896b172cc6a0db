// SPDX-License-Identifier: GPL-2.0
/* Sockets: one for each local address and port, shared by the groups there. */

#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp_tunnel.h>

#include "net.h"
#include "receive.h"
#include "socket.h"

/* encap_type is only to be nonzero: UDP itself knows no more of this one. */
#define ENCAP_TYPE	1

/*
 * UDP calls this for every datagram that has a right checksum, or none.
 *
 * Bottom halves are off, the RCU read side is held, the socket is not locked.
 * @skb begins at the UDP header, is trimmed to the UDP length, and may lie in
 * pieces. 0 says that it is ours now: this socket has no user who could read
 * the rest, and asks for no other protocol to look at it.
 */
static int paxos_encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct paxos_socket *socket = rcu_dereference_sk_user_data(sk);

	if (socket)
		paxos_receive(socket, skb);
	else
		kfree_skb_reason(skb, SKB_DROP_REASON_NO_SOCKET);
	return 0;
}

static void explain(struct netlink_ext_ack *extack, const struct paxos_addr *addr, int err)
{
	char text[PAXOS_ADDR_TEXT];

	paxos_addr_text(addr, text);
	switch (err) {
	case -EADDRINUSE:
		paxos_extack_format(extack, "another socket has the address and port",
				    "another socket has %s", text);
		break;
	case -EADDRNOTAVAIL:
		paxos_extack_format(extack, "the address is none of this host's",
				    "%s is no address of this host", text);
		break;
	case -EACCES:
		paxos_extack_text(extack, "a port below 1024 needs CAP_NET_BIND_SERVICE");
		break;
	case -EAFNOSUPPORT:
	case -EPFNOSUPPORT:
		paxos_extack_text(extack, "this kernel has no such address family");
		break;
	default:
		paxos_extack_format(extack, "no socket could be bound there",
				    "no socket could be bound to %s", text);
	}
}

/* UDP would bind to it, and hear what is said to all of the network. */
static bool is_broadcast(struct net *net, const struct paxos_addr *addr)
{
	return addr->family == AF_INET && inet_addr_type(net, addr->v4) == RTN_BROADCAST;
}

static int bind(struct paxos_socket *socket, struct netlink_ext_ack *extack)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = socket,
		.encap_type = ENCAP_TYPE,
		.encap_rcv = paxos_encap_rcv,
	};
	struct udp_port_cfg port = {
		.family = socket->addr.family,
		.local_udp_port = socket->addr.port,
		.use_udp_checksums = 1,
		.use_udp6_tx_checksums = 1,
		.use_udp6_rx_checksums = 1,
		.ipv6_v6only = 1,
	};
	int err;

	if (is_broadcast(socket->home->net, &socket->addr)) {
		explain(extack, &socket->addr, -EADDRNOTAVAIL);
		return -EADDRNOTAVAIL;
	}
	if (socket->addr.family == AF_INET)
		port.local_ip.s_addr = socket->addr.v4;
#if IS_ENABLED(CONFIG_IPV6)
	else
		port.local_ip6 = socket->addr.v6;
#endif
	err = udp_sock_create(socket->home->net, &port, &socket->sock);
	if (err) {
		explain(extack, &socket->addr, err);
		return err;
	}
	socket->sock->sk->sk_allocation = GFP_ATOMIC;
	/* No datagram is larger than any path must carry, and a forged ICMP error
	 * that says otherwise must not make the host drop them.
	 */
	if (socket->addr.family == AF_INET)
		ip_sock_set_mtu_discover(socket->sock->sk, IP_PMTUDISC_INTERFACE);
	setup_udp_tunnel_sock(socket->home->net, socket->sock, &tunnel);
	return 0;
}

/**
 * paxos_socket_get - the socket of a local address and port
 * @home: the namespace's state
 * @addr: the address, checked by paxos_addr_check()
 * @extack: told why there is none
 *
 * Context: process, under the namespace's mutex.
 * Return: the socket, one user more, or an error pointer.
 */
struct paxos_socket *paxos_socket_get(struct paxos_net *home, const struct paxos_addr *addr,
				      struct netlink_ext_ack *extack)
{
	struct paxos_socket *socket;
	int err;

	lockdep_assert_held(&home->mutex);
	list_for_each_entry(socket, &home->sockets, list) {
		if (paxos_addr_equal(&socket->addr, addr)) {
			socket->users++;
			return socket;
		}
	}
	socket = kzalloc(sizeof(*socket), GFP_KERNEL_ACCOUNT);
	if (!socket)
		return ERR_PTR(-ENOMEM);
	socket->home = home;
	socket->addr = *addr;
	socket->users = 1;
	err = bind(socket, extack);
	if (err) {
		kfree(socket);
		return ERR_PTR(err);
	}
	list_add(&socket->list, &home->sockets);
	return socket;
}

/**
 * paxos_socket_put - one user less
 * @socket: the socket
 *
 * Without users it receives nothing more from here on.
 *
 * Context: process, under the namespace's mutex.
 * Return: true if it has none left: after a grace period the caller calls
 * paxos_socket_release().
 */
bool paxos_socket_put(struct paxos_socket *socket)
{
	lockdep_assert_held(&socket->home->mutex);
	if (--socket->users)
		return false;
	list_del(&socket->list);
	rcu_assign_sk_user_data(socket->sock->sk, NULL);
	return true;
}

/**
 * paxos_socket_release - close a socket
 * @socket: one without users for a grace period; freed
 *
 * What udp_tunnel_sock_release() does, with the wait left to the caller, who
 * can wait for many at once.
 *
 * Context: process.
 */
void paxos_socket_release(struct paxos_socket *socket)
{
	kernel_sock_shutdown(socket->sock, SHUT_RDWR);
	sock_release(socket->sock);
	kfree(socket);
}
