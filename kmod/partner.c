// SPDX-License-Identifier: GPL-2.0
/*
 * Partners: other nodes, each as one socket reaches it. All groups that have a
 * member there share its pulses, and all groups of a namespace its vow.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/ipv6.h>

#include "core/rest.h"
#include "group.h"
#include "net.h"
#include "partner.h"
#include "send.h"
#include "socket.h"
#include "timer.h"
#include "trace.h"

/* So many pulses go in one turn; who else is due has the next. */
#define AT_ONCE		128

static const struct rhashtable_params table_params = {
	.key_len = sizeof_field(struct paxos_partner, key),
	.key_offset = offsetof(struct paxos_partner, key),
	.head_offset = offsetof(struct paxos_partner, by_key),
	.automatic_shrinking = true,
};

static void make_key(struct paxos_partner_key *key, struct paxos_socket *socket,
		     const struct paxos_addr *addr)
{
	memset(key, 0, sizeof(*key));
	key->socket = socket;
	key->port = addr->port;
	if (addr->family == AF_INET)
		ipv6_addr_set_v4mapped(addr->v4, &key->addr);
	else
		key->addr = addr->v6;
}

/**
 * paxos_partner_open - prepare a namespace's state for partners
 * @home: the namespace's state
 *
 * Return: 0 or a negative errno.
 */
int paxos_partner_open(struct paxos_net *home)
{
	struct paxos_partners *all = &home->partners;

	INIT_LIST_HEAD(&all->list);
	do
		get_random_bytes(&all->life, sizeof(all->life));
	while (!all->life);
	atomic64_set(&all->epoch, 1);
	atomic64_set(&all->number, 0);
	return rhashtable_init(&all->table, &table_params);
}

/**
 * paxos_partner_close - undo paxos_partner_open()
 * @home: the namespace's state, without members
 */
void paxos_partner_close(struct paxos_net *home)
{
	WARN_ON_ONCE(!list_empty(&home->partners.list));
	rhashtable_destroy(&home->partners.table);
}

static struct paxos_partner *alloc(const struct paxos_partner_key *key,
				   const struct paxos_addr *addr)
{
	struct paxos_partner *partner = kzalloc(sizeof(*partner), GFP_KERNEL_ACCOUNT);

	if (!partner)
		return NULL;
	if (dst_cache_init(&partner->link.cache, GFP_KERNEL_ACCOUNT)) {
		kfree(partner);
		return NULL;
	}
	partner->key = *key;
	partner->link.addr = *addr;
	partner->users = 1;
	spin_lock_init(&partner->lock);
	return partner;
}

static void free_now(struct paxos_partner *partner)
{
	dst_cache_destroy(&partner->link.cache);
	kfree(partner);
}

static void free_rcu_late(struct rcu_head *rcu)
{
	free_now(container_of(rcu, struct paxos_partner, link.rcu));
}

/**
 * paxos_partner_get - who is at an address, for one member more
 * @home: the namespace's state
 * @socket: which socket speaks with it
 * @addr: where it is
 *
 * Context: process, under the namespace's mutex.
 * Return: the partner, or NULL without memory.
 */
struct paxos_partner *paxos_partner_get(struct paxos_net *home, struct paxos_socket *socket,
					const struct paxos_addr *addr)
{
	struct paxos_partners *all = &home->partners;
	struct paxos_partner_key key;
	struct paxos_partner *partner;

	lockdep_assert_held(&home->mutex);
	make_key(&key, socket, addr);
	partner = rhashtable_lookup_fast(&all->table, &key, table_params);
	if (partner) {
		partner->users++;
		return partner;
	}
	partner = alloc(&key, addr);
	if (!partner)
		return NULL;
	if (rhashtable_insert_fast(&all->table, &partner->by_key, table_params)) {
		free_now(partner);
		return NULL;
	}
	list_add_tail_rcu(&partner->list, &all->list);
	return partner;
}

/**
 * paxos_partner_put - one member less is there
 * @home: the namespace's state
 * @partner: the partner, gone after a grace period if that was the last; or NULL
 *
 * Context: process, under the namespace's mutex.
 */
void paxos_partner_put(struct paxos_net *home, struct paxos_partner *partner)
{
	lockdep_assert_held(&home->mutex);
	if (!partner || --partner->users)
		return;
	rhashtable_remove_fast(&home->partners.table, &partner->by_key, table_params);
	list_del_rcu(&partner->list);
	call_rcu(&partner->link.rcu, free_rcu_late);
}

static struct paxos_vow vow(struct paxos_net *home)
{
	return (struct paxos_vow) {
		.life = home->partners.life,
		.epoch = atomic64_read(&home->partners.epoch),
	};
}

/**
 * paxos_partner_vow - what this namespace's pulses hold up now
 * @home: the namespace's state
 *
 * Context: any.
 * Return: the name of the vow.
 */
u64 paxos_partner_vow(struct paxos_net *home)
{
	const struct paxos_vow own = vow(home);

	return paxos_vow_name(&own);
}

/**
 * paxos_partner_raise - something that was said under the vow holds no more
 * @home: the namespace's state
 *
 * What still holds is said again: by leaders at rest, who are roused.
 *
 * Context: bottom halves off; before anything that broke it is heard of.
 */
void paxos_partner_raise(struct paxos_net *home)
{
	/* Whoever begins to rest now sees it, or is seen: paxos_timer_rouse(). */
	atomic64_inc_return(&home->partners.epoch);
	paxos_timer_rouse(&home->timer);
}

static struct paxos_partner *partner_of(struct paxos_group *group, int i)
{
	struct paxos_peer_link *link = rcu_dereference(group->peer[i]);

	return link ? READ_ONCE(link->partner) : NULL;
}

/**
 * paxos_partner_want - a group wants pulses to all of its members
 * @group: the group
 *
 * Context: under the group's lock, RCU read side.
 */
void paxos_partner_want(struct paxos_group *group)
{
	const u64 now = group->core.now, until = paxos_rest_until(&group->core);
	u64 due = U64_MAX, members;

	for (members = group->core.members; members; members &= members - 1) {
		struct paxos_partner *partner = partner_of(group, __ffs64(members));

		if (!partner)
			continue;
		spin_lock(&partner->lock);
		paxos_pulse_want(&partner->pulse, group->core.config.heartbeat, now, until);
		due = min(due, paxos_pulse_due(&partner->pulse, now));
		spin_unlock(&partner->lock);
	}
	paxos_timer_pulse(&group->home->timer, due);
}

/**
 * paxos_partner_heard - what the members' pulses say
 * @group: the group
 * @heard: by node id - 1: those of members and voters are filled in
 *
 * Context: under the group's lock, RCU read side.
 */
void paxos_partner_heard(struct paxos_group *group, struct paxos_heard *heard)
{
	const struct paxos_core *core = &group->core;
	u64 members = core->members | core->membership.options.voters;

	for (; members; members &= members - 1) {
		const int i = __ffs64(members);
		struct paxos_partner *partner = partner_of(group, i);

		if (!partner) {
			memset(&heard[i], 0, sizeof(heard[i]));
			continue;
		}
		spin_lock(&partner->lock);
		heard[i] = partner->pulse.heard;
		spin_unlock(&partner->lock);
	}
	/* Its own are asked for by nobody, but are not to be another group's. */
	memset(&heard[core->config.node - 1], 0, sizeof(*heard));
}

static enum paxos_counter counter(int err)
{
	return err == -ENOMEM || err == -ENOBUFS ? PAXOS_COUNTER_SEND_NO_MEMORY :
						   PAXOS_COUNTER_SEND_NO_ROUTE;
}

/* Number and epoch are drawn under the lock, so that none falls behind the other. */
static void send(struct paxos_net *home, struct paxos_partner *partner, u64 now, bool answer)
{
	struct paxos_vow own;
	u8 bytes[PAXOS_PULSE_SIZE];
	u64 number;
	int err;

	spin_lock(&partner->lock);
	if (!answer && paxos_pulse_due(&partner->pulse, now) > now) {
		spin_unlock(&partner->lock);
		return;
	}
	number = atomic64_inc_return(&home->partners.number);
	own = vow(home);
	paxos_pulse_write(&partner->pulse, &own, number, now, answer, bytes);
	spin_unlock(&partner->lock);
	err = paxos_send_datagram(partner->key.socket, &partner->link, bytes, sizeof(bytes));
	trace_paxos_send(0, 0, PAXOS_WIRE_PULSE, sizeof(bytes), err);
	paxos_stats_add(home->stats, err ? counter(err) : PAXOS_COUNTER_OUT_PULSES, 1);
}

static u64 due_at(struct paxos_partner *partner, u64 now)
{
	u64 due;

	spin_lock(&partner->lock);
	due = paxos_pulse_due(&partner->pulse, now);
	spin_unlock(&partner->lock);
	return due;
}

/**
 * paxos_partner_beat - send the pulses that are due
 * @home: the namespace's state
 * @now: milliseconds
 *
 * Context: bottom halves off, RCU read side.
 * Return: when the next ones are, U64_MAX for never.
 */
u64 paxos_partner_beat(struct paxos_net *home, u64 now)
{
	struct paxos_partner *partner;
	unsigned int left = AT_ONCE;
	u64 next = U64_MAX;

	list_for_each_entry_rcu(partner, &home->partners.list, list) {
		if (left && due_at(partner, now) <= now) {
			send(home, partner, now, false);
			left--;
		}
		next = min(next, due_at(partner, now));
	}
	return next;
}

static struct paxos_partner *find(struct paxos_socket *socket, const struct sk_buff *skb)
{
	struct paxos_addr from = { .port = udp_hdr(skb)->source };
	struct paxos_partner_key key;

	if (skb->protocol == htons(ETH_P_IP)) {
		from.family = AF_INET;
		from.v4 = ip_hdr(skb)->saddr;
	} else {
		from.family = AF_INET6;
		from.v6 = ipv6_hdr(skb)->saddr;
	}
	make_key(&key, socket, &from);
	return rhashtable_lookup(&socket->home->partners.table, &key, table_params);
}

/**
 * paxos_partner_hear - a pulse came
 * @socket: where
 * @skb: its datagram, from its UDP header on, its IP header set
 * @bytes: after the UDP header, PAXOS_PULSE_SIZE of them
 *
 * It is believed from where a member of some group of this socket is, and each is
 * answered with one of the same length, or with none: paxos_pulse_owes(). P34, P35
 *
 * Context: bottom halves off, RCU read side.
 * Return: PAXOS_REASON_OK, or why it is dropped.
 */
enum paxos_reason paxos_partner_hear(struct paxos_socket *socket, const struct sk_buff *skb,
				     const u8 *bytes)
{
	struct paxos_net *home = socket->home;
	const struct paxos_vow own = vow(home);
	const u64 now = paxos_timer_now();
	struct paxos_partner *partner;
	enum paxos_reason reason;
	struct paxos_beat beat;
	bool owes;

	reason = paxos_pulse_read(bytes, &beat);
	if (reason != PAXOS_REASON_OK)
		return reason;
	partner = find(socket, skb);
	if (!partner)
		return PAXOS_REASON_NO_MEMBER;
	trace_paxos_receive(0, 0, PAXOS_WIRE_PULSE, PAXOS_PULSE_SIZE);
	spin_lock(&partner->lock);
	reason = paxos_pulse_hear(&partner->pulse, &own, &beat, now);
	owes = paxos_pulse_owes(&partner->pulse, &beat, now);
	spin_unlock(&partner->lock);
	if (reason != PAXOS_REASON_OK)
		return reason;
	paxos_stats_add(home->stats, PAXOS_COUNTER_IN_PULSES, 1);
	if (owes)
		send(home, partner, now, true);
	return PAXOS_REASON_OK;
}
