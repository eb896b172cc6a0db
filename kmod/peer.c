// SPDX-License-Identifier: GPL-2.0
/* Peers: where the members of a group are, and how to get there. */

#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ipv6.h>

#include "group.h"
#include "net.h"
#include "partner.h"
#include "peer.h"

/**
 * paxos_addr_equal - are two addresses the same?
 * @a: one
 * @b: the other
 *
 * Return: true if family, address and port are.
 */
bool paxos_addr_equal(const struct paxos_addr *a, const struct paxos_addr *b)
{
	if (a->family != b->family || a->port != b->port)
		return false;
	if (a->family == AF_INET)
		return a->v4 == b->v4;
	return ipv6_addr_equal(&a->v6, &b->v6);
}

/**
 * paxos_addr_text - write an address as people do
 * @addr: the address
 * @text: where to
 *
 * Return: @text.
 */
const char *paxos_addr_text(const struct paxos_addr *addr, char text[PAXOS_ADDR_TEXT])
{
	if (addr->family == AF_INET)
		snprintf(text, PAXOS_ADDR_TEXT, "%pI4:%u", &addr->v4, ntohs(addr->port));
	else
		snprintf(text, PAXOS_ADDR_TEXT, "[%pI6c]:%u", &addr->v6, ntohs(addr->port));
	return text;
}

/**
 * paxos_addr_check - can a node be there?
 * @addr: the address
 * @extack: told why not
 *
 * Return: 0 or -EINVAL.
 */
int paxos_addr_check(const struct paxos_addr *addr, struct netlink_ext_ack *extack)
{
	const char *why = NULL;

	if (!addr->port) {
		why = "the port cannot be 0";
	} else if (addr->family == AF_INET) {
		if (ipv4_is_zeronet(addr->v4))
			why = "name one address: a wildcard is none";
		else if (ipv4_is_multicast(addr->v4) || ipv4_is_lbcast(addr->v4))
			why = "a multicast or broadcast address is no node's";
	} else if (ipv6_addr_any(&addr->v6)) {
		why = "name one address: a wildcard is none";
	} else if (ipv6_addr_is_multicast(&addr->v6)) {
		why = "a multicast or broadcast address is no node's";
	} else if (ipv6_addr_v4mapped(&addr->v6)) {
		why = "give an IPv4 address as such";
	} else if (ipv6_addr_type(&addr->v6) & IPV6_ADDR_LINKLOCAL) {
		why = "a link-local address names no link: use a global one";
	}
	if (!why)
		return 0;
	paxos_extack_text(extack, why);
	return -EINVAL;
}

/**
 * paxos_addr_is_source - did a datagram come from there?
 * @addr: the address
 * @skb: the datagram, from its UDP header on, its IP header set
 *
 * Return: true if its source is @addr.
 */
bool paxos_addr_is_source(const struct paxos_addr *addr, const struct sk_buff *skb)
{
	if (udp_hdr(skb)->source != addr->port)
		return false;
	if (addr->family == AF_INET)
		return skb->protocol == htons(ETH_P_IP) && ip_hdr(skb)->saddr == addr->v4;
	return skb->protocol == htons(ETH_P_IPV6) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->saddr, &addr->v6);
}

static struct paxos_peer_link *link_alloc(struct paxos_group *group,
					  const struct paxos_addr *addr)
{
	struct paxos_peer_link *link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (!link)
		return NULL;
	if (dst_cache_init(&link->cache, GFP_KERNEL_ACCOUNT)) {
		kfree(link);
		return NULL;
	}
	link->addr = *addr;
	link->partner = paxos_partner_get(group->home, group->socket, addr);
	if (!link->partner) {
		dst_cache_destroy(&link->cache);
		kfree(link);
		return NULL;
	}
	return link;
}

static void link_free_rcu(struct rcu_head *rcu)
{
	struct paxos_peer_link *link = container_of(rcu, struct paxos_peer_link, rcu);

	dst_cache_destroy(&link->cache);
	kfree(link);
}

static void link_free(struct paxos_group *group, struct paxos_peer_link *link)
{
	if (!link)
		return;
	paxos_partner_put(group->home, link->partner);
	call_rcu(&link->rcu, link_free_rcu);
}

static struct paxos_peer_link *link_of(const struct paxos_group *group, u8 node)
{
	return rcu_dereference_protected(group->peer[node - 1],
					 lockdep_is_held(&group->home->mutex));
}

/* Two nodes at one address would not be told apart, nor this node from another. */
static int check_place(const struct paxos_group *group, u8 node,
		       const struct paxos_addr *addr, struct netlink_ext_ack *extack)
{
	u8 other;
	int err;

	err = paxos_addr_check(addr, extack);
	if (err)
		return err;
	if (addr->family != group->local.family) {
		paxos_extack_text(extack, group->local.family == AF_INET ?
				  "the group speaks IPv4: give an IPv4 address" :
				  "the group speaks IPv6: give an IPv6 address");
		return -EINVAL;
	}
	if (paxos_addr_equal(addr, &group->local)) {
		paxos_extack_text(extack, "address and port are this node's own");
		return -EINVAL;
	}
	for (other = 1; other <= PAXOS_NODE_MAX; other++) {
		const struct paxos_peer_link *link = link_of(group, other);

		if (other == node || !link || !paxos_addr_equal(addr, &link->addr))
			continue;
		paxos_extack_format(extack, "address and port are another member's",
				    "address and port are those of node %u", other);
		return -EEXIST;
	}
	return 0;
}

static int check_node(const struct paxos_group *group, u8 node,
		      struct netlink_ext_ack *extack)
{
	if (group->dead) {
		paxos_extack_text(extack, "the group is being deleted");
		return -ENODEV;
	}
	if (node < 1 || node > PAXOS_NODE_MAX) {
		paxos_extack_text(extack, "a node id is 1 to 64");
		return -EINVAL;
	}
	if (node == group->core.config.node) {
		paxos_extack_format(extack, "that is this node: its members are the others",
				    "node %u is this node: its members are the others", node);
		return -EINVAL;
	}
	return 0;
}

static int step_member(struct paxos_group *group, struct paxos_event *event,
		       struct netlink_ext_ack *extack)
{
	int err = paxos_group_step(group, event);

	if (err)
		paxos_extack_text(extack, event->why);
	return err;
}

/**
 * paxos_peer_addr - where a member is
 * @group: the group
 * @node: the member's id
 * @addr: filled in
 *
 * Context: any.
 * Return: false if there is no such member.
 */
bool paxos_peer_addr(struct paxos_group *group, u8 node, struct paxos_addr *addr)
{
	struct paxos_peer_link *link;

	rcu_read_lock();
	link = rcu_dereference(group->peer[node - 1]);
	if (link)
		*addr = link->addr;
	rcu_read_unlock();
	return link;
}

static int add(struct paxos_group *group, u8 node, u8 role, const struct paxos_addr *addr,
	       struct netlink_ext_ack *extack)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_MEMBER,
		.member = { .node = node, .role = role },
	};
	struct paxos_peer_link *link;
	int err;

	err = check_node(group, node, extack);
	if (err)
		return err;
	if (link_of(group, node)) {
		paxos_extack_format(extack, "the node is a member already",
				    "node %u is a member already", node);
		return -EEXIST;
	}
	err = check_place(group, node, addr, extack);
	if (err)
		return err;
	link = link_alloc(group, addr);
	if (!link)
		return -ENOMEM;
	/* First, for the core greets a member as soon as it knows it. */
	rcu_assign_pointer(group->peer[node - 1], link);
	err = step_member(group, &event, extack);
	if (err) {
		RCU_INIT_POINTER(group->peer[node - 1], NULL);
		link_free(group, link);
	}
	return err;
}

/**
 * paxos_peer_add - configure a member
 * @group: the group
 * @node: the member's id
 * @role: enum paxos_role
 * @addr: where it is
 * @extack: told why not
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno.
 */
int paxos_peer_add(struct paxos_group *group, u8 node, u8 role,
		   const struct paxos_addr *addr, struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&group->home->mutex);
	err = add(group, node, role, addr, extack);
	mutex_unlock(&group->home->mutex);
	return err;
}

static int find(struct paxos_group *group, u8 node, struct netlink_ext_ack *extack)
{
	int err;

	err = check_node(group, node, extack);
	if (err)
		return err;
	if (link_of(group, node))
		return 0;
	paxos_extack_format(extack, "no such member", "node %u is no member", node);
	return -ENOENT;
}

static int set(struct paxos_group *group, u8 node, const struct paxos_addr *addr,
	       struct netlink_ext_ack *extack)
{
	struct paxos_event event = { .type = PAXOS_EVENT_MEMBER };
	struct paxos_peer_link *link;
	int err;

	err = find(group, node, extack);
	if (err)
		return err;
	err = check_place(group, node, addr, extack);
	if (err)
		return err;
	link = link_alloc(group, addr);
	if (!link)
		return -ENOMEM;
	link = rcu_replace_pointer(group->peer[node - 1], link,
				   lockdep_is_held(&group->home->mutex));
	link_free(group, link);
	/* The core greets it there, and counts on no pulses from before. */
	event.member.node = node;
	event.member.role = group->core.peer[node - 1].role;
	paxos_group_step(group, &event);
	return 0;
}

/**
 * paxos_peer_set - change where a member is
 * @group: the group
 * @node: the member's id
 * @addr: where it is from now on
 * @extack: told why not
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno.
 */
int paxos_peer_set(struct paxos_group *group, u8 node, const struct paxos_addr *addr,
		   struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&group->home->mutex);
	err = set(group, node, addr, extack);
	mutex_unlock(&group->home->mutex);
	return err;
}

static int del(struct paxos_group *group, u8 node, struct netlink_ext_ack *extack)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_MEMBER_GONE,
		.member = { .node = node },
	};
	struct paxos_peer_link *link;
	int err;

	err = find(group, node, extack);
	if (err)
		return err;
	err = step_member(group, &event, extack);
	if (err)
		return err;
	link = rcu_replace_pointer(group->peer[node - 1], NULL,
				   lockdep_is_held(&group->home->mutex));
	link_free(group, link);
	return 0;
}

/**
 * paxos_peer_del - forget a member
 * @group: the group
 * @node: the member's id
 * @extack: told why not
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno.
 */
int paxos_peer_del(struct paxos_group *group, u8 node, struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&group->home->mutex);
	err = del(group, node, extack);
	mutex_unlock(&group->home->mutex);
	return err;
}

/**
 * paxos_peer_leave - no pulse is sent or heard any more for a group that ends
 * @group: the group, dead
 *
 * Partners outlive no socket: a grace period follows before that is closed.
 *
 * Context: process, under the namespace's mutex.
 */
void paxos_peer_leave(struct paxos_group *group)
{
	u8 node;

	for (node = 1; node <= PAXOS_NODE_MAX; node++) {
		struct paxos_peer_link *link = link_of(group, node);

		if (!link)
			continue;
		paxos_partner_put(group->home, link->partner);
		WRITE_ONCE(link->partner, NULL);
	}
}

/**
 * paxos_peer_forget - forget all members of a group that ends
 * @group: the group, dead for a grace period: nothing is sent any more
 *
 * Lets go of the routes at once: a namespace that ends waits for its devices.
 *
 * Context: process, under the namespace's mutex.
 */
void paxos_peer_forget(struct paxos_group *group)
{
	u8 node;

	for (node = 1; node <= PAXOS_NODE_MAX; node++) {
		struct paxos_peer_link *link = link_of(group, node);

		if (!link)
			continue;
		dst_cache_reset_now(&link->cache);
		RCU_INIT_POINTER(group->peer[node - 1], NULL);
		link_free(group, link);
	}
}
