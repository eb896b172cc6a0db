/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets: one for each local address and port, shared by the groups there. */
#ifndef _PAXOS_SOCKET_H
#define _PAXOS_SOCKET_H

#include <linux/list.h>

#include "peer.h"

struct netlink_ext_ack;
struct paxos_net;
struct socket;

/**
 * struct paxos_socket - a bound UDP socket
 * @list: links it into &paxos_net.sockets
 * @home: the namespace's state
 * @addr: what it is bound to
 * @sock: the socket
 * @users: groups that share it; under &paxos_net.mutex
 */
struct paxos_socket {
	struct list_head list;
	struct paxos_net *home;
	struct paxos_addr addr;
	struct socket *sock;
	unsigned int users;
};

struct paxos_socket *paxos_socket_get(struct paxos_net *home, const struct paxos_addr *addr,
				      struct netlink_ext_ack *extack);
bool paxos_socket_put(struct paxos_socket *socket);
void paxos_socket_release(struct paxos_socket *socket);

#endif
