/* SPDX-License-Identifier: GPL-2.0 */
/* Receiving: from a datagram to a step of its group. */
#ifndef _PAXOS_RECEIVE_H
#define _PAXOS_RECEIVE_H

struct paxos_socket;
struct sk_buff;

void paxos_receive(struct paxos_socket *socket, struct sk_buff *skb);

#endif
