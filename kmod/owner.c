// SPDX-License-Identifier: GPL-2.0
/* Owners: the netlink sockets that wait for something or hold it, until they close. */

#include <linux/slab.h>

#include "channel.h"
#include "core/submission.h"
#include "deliver.h"
#include "group.h"
#include "net.h"
#include "owner.h"
#include "scratch.h"
#include "submit.h"

/* Ballots of one group that are out: each costs memory, and time under the lock. */
#define BALLOTS_MAX	1024

/**
 * struct paxos_owner - a socket and a group of which it holds ballots
 * @by_port: links it into &paxos_net.owners
 * @by_group: links it into &paxos_group.owners
 * @group: the group, which lives as long as this does
 * @port: the socket's netlink port
 * @ballots: how many it holds
 * @submits: it submitted a value, and may wait for it; it stays until it closes
 * @rcu: who submits looks for it without a lock
 * @reads: it asked for a barrier, and may wait for one; it stays until it closes
 */
struct paxos_owner {
	struct hlist_node by_port;
	struct list_head by_group;
	struct paxos_group *group;
	u64 port;
	unsigned int ballots;
	bool reads;
	bool submits;
	struct rcu_head rcu;
};

static void free_proposals(struct paxos_proposal *p)
{
	while (p) {
		struct paxos_proposal *next = p->next;

		kfree(p);
		p = next;
	}
}

/**
 * paxos_owner_free_barriers - free barriers that an outbox had
 * @b: the first, or NULL
 *
 * Context: any.
 */
void paxos_owner_free_barriers(struct paxos_barrier *b)
{
	while (b) {
		struct paxos_barrier *next = b->next;

		kfree(b);
		b = next;
	}
}

static struct paxos_owner *find(const struct paxos_group *group, u64 port)
{
	struct paxos_owner *owner;

	hash_for_each_possible(group->home->owners, owner, by_port, port)
		if (owner->port == port && owner->group == group)
			return owner;
	return NULL;
}

static struct paxos_owner *find_or_add(struct paxos_group *group, u64 port)
{
	struct paxos_owner *owner = find(group, port);

	if (owner)
		return owner;
	owner = kzalloc(sizeof(*owner), GFP_KERNEL_ACCOUNT);
	if (!owner)
		return NULL;
	owner->group = group;
	owner->port = port;
	hash_add_rcu(group->home->owners, &owner->by_port, port);
	list_add(&owner->by_group, &group->owners);
	return owner;
}

static void del(struct paxos_owner *owner)
{
	hash_del_rcu(&owner->by_port);
	list_del(&owner->by_group);
	kfree_rcu(owner, rcu);
}

static void del_unused(struct paxos_owner *owner)
{
	if (!owner->ballots && !owner->reads && !owner->submits)
		del(owner);
}

static bool has_room(const struct paxos_group *group)
{
	const struct paxos_owner *owner;
	unsigned int ballots = 0;

	list_for_each_entry(owner, &group->owners, by_group)
		ballots += owner->ballots;
	return ballots < BALLOTS_MAX;
}

static int hand_out(struct paxos_group *group, struct paxos_event *event)
{
	struct paxos_owner *owner;
	int err;

	if (!has_room(group)) {
		event->why = "too many ballots of the group are out: give some back";
		return -EBUSY;
	}
	owner = find_or_add(group, event->hand_out.owner);
	if (!owner)
		return -ENOMEM;
	err = paxos_group_step(group, event);
	if (!err)
		owner->ballots++;
	del_unused(owner);
	return err;
}

/**
 * paxos_owner_hand_out - hand out a ballot to a socket
 * @group: the group
 * @event: PAXOS_EVENT_HAND_OUT with the owner, which is the socket's netlink
 *	port; the ballot's memory is found here
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno, as in @event.
 */
int paxos_owner_hand_out(struct paxos_group *group, struct paxos_event *event)
{
	struct paxos_net *home = group->home;
	int err;

	event->hand_out.proposal = kzalloc(sizeof(*event->hand_out.proposal),
					   GFP_KERNEL_ACCOUNT);
	if (!event->hand_out.proposal)
		return -ENOMEM;
	mutex_lock(&home->owner_mutex);
	err = hand_out(group, event);
	mutex_unlock(&home->owner_mutex);
	if (err)
		kfree(event->hand_out.proposal);
	return err;
}

/**
 * paxos_owner_drop - take a ballot back from its owner
 * @group: the group
 * @event: PAXOS_EVENT_DROP with owner and ballot
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno, as in @event.
 */
int paxos_owner_drop(struct paxos_group *group, struct paxos_event *event)
{
	struct paxos_net *home = group->home;
	struct paxos_owner *owner;
	int err;

	mutex_lock(&home->owner_mutex);
	err = paxos_group_step(group, event);
	owner = err ? NULL : find(group, event->drop.owner);
	if (owner) {
		owner->ballots--;
		del_unused(owner);
	}
	mutex_unlock(&home->owner_mutex);
	if (!err)
		free_proposals(event->dropped);
	return err;
}

static int wait_for(struct paxos_group *group, struct paxos_event *event)
{
	struct paxos_owner *owner = find_or_add(group, event->barrier->owner);
	int err;

	if (!owner)
		return -ENOMEM;
	err = paxos_group_step(group, event);
	if (!err)
		owner->reads = true;
	del_unused(owner);
	return err;
}

/**
 * paxos_owner_barrier - let a socket wait for a barrier
 * @group: the group
 * @port: the socket's netlink port
 * @cookie: names the barrier, when the socket is told that it is done
 * @event: its type, PAXOS_EVENT_BARRIER; what came of it
 *
 * Whoever gets the outbox that has the barrier frees it.
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno, as in @event.
 */
int paxos_owner_barrier(struct paxos_group *group, u64 port, u64 cookie,
			struct paxos_event *event)
{
	struct paxos_net *home = group->home;
	struct paxos_barrier *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int err;

	if (!b)
		return -ENOMEM;
	b->owner = port;
	b->cookie = cookie;
	event->barrier = b;
	mutex_lock(&home->owner_mutex);
	err = wait_for(group, event);
	mutex_unlock(&home->owner_mutex);
	if (err)
		kfree(b);
	return err;
}

static bool is_known(struct paxos_group *group, u64 port)
{
	const struct paxos_owner *owner;
	bool known = false;

	rcu_read_lock();
	hash_for_each_possible_rcu(group->home->owners, owner, by_port, port)
		if (owner->port == port && owner->group == group)
			known = READ_ONCE(owner->submits);
	rcu_read_unlock();
	return known;
}

static int make_known(struct paxos_group *group, u64 port, struct netlink_ext_ack *extack)
{
	struct paxos_owner *owner;
	bool dead;

	spin_lock_bh(&group->lock);
	dead = group->dead;
	spin_unlock_bh(&group->lock);
	/* One that dies forgets its owners afterwards, and waits for the mutex. */
	if (dead) {
		paxos_extack_text(extack, "the group is being deleted");
		return -ENODEV;
	}
	owner = find_or_add(group, port);
	if (!owner)
		return -ENOMEM;
	WRITE_ONCE(owner->submits, true);
	return 0;
}

/**
 * paxos_owner_submits - a socket submits values, which end with it
 * @group: the group
 * @port: the socket's netlink port
 * @extack: told why not
 *
 * It takes no lock but the first time.
 *
 * Context: process, in a request of the socket; the caller has a reference to
 * @group.
 * Return: 0 or a negative errno.
 */
int paxos_owner_submits(struct paxos_group *group, u64 port, struct netlink_ext_ack *extack)
{
	struct paxos_net *home = group->home;
	int err;

	if (is_known(group, port))
		return 0;
	mutex_lock(&home->owner_mutex);
	err = make_known(group, port, extack);
	mutex_unlock(&home->owner_mutex);
	return err;
}

/**
 * paxos_owner_gone - a netlink socket was closed: its ballots and barriers end. P10, P11
 * @home: the state of the socket's namespace
 * @port: its netlink port
 *
 * Cheap for a socket that holds none. What it was handed out is seen here
 * without the mutex: a socket is closed only after its last request.
 *
 * Context: process.
 */
void paxos_owner_gone(struct paxos_net *home, u64 port)
{
	struct paxos_owner *owner;
	struct hlist_node *next;

	if (hlist_empty(&home->owners[hash_min(port, HASH_BITS(home->owners))]))
		return;
	mutex_lock(&home->owner_mutex);
	hash_for_each_possible_safe(home->owners, owner, next, by_port, port) {
		struct paxos_event event = {
			.type = PAXOS_EVENT_DROP_OWNER,
			.drop = { .owner = port },
		};

		if (owner->port != port)
			continue;
		if (!paxos_group_step(owner->group, &event))
			free_proposals(event.dropped);
		del(owner);
	}
	mutex_unlock(&home->owner_mutex);
}

/* No step of the group has the scratch: it is dead, and this CPU has time for it. */
static struct paxos_submission *drop_submissions(struct paxos_core *core)
{
	struct paxos_outbox *ob = &paxos_scratch()->outbox;

	paxos_outbox_init(ob);
	paxos_submission_drop_all(core, ob);
	return ob->done;
}

/**
 * paxos_owner_forget - forget all owners of a group that ends
 * @group: the group, dead
 *
 * Context: process.
 */
void paxos_owner_forget(struct paxos_group *group)
{
	struct paxos_net *home = group->home;
	struct paxos_owner *owner, *next;
	struct paxos_submission *submitted;
	struct paxos_barrier *b;
	struct paxos_proposal *p;

	mutex_lock(&home->owner_mutex);
	list_for_each_entry_safe(owner, next, &group->owners, by_group)
		del(owner);
	spin_lock_bh(&group->lock);
	for (p = group->core.proposals; p; p = p->next) {
		paxos_value_put(p->value);
		p->value = NULL;
	}
	p = group->core.proposals;
	group->core.proposals = NULL;
	b = group->core.barriers.first;
	group->core.barriers.first = NULL;
	group->core.barriers.last = NULL;
	submitted = drop_submissions(&group->core);
	spin_unlock_bh(&group->lock);
	mutex_unlock(&home->owner_mutex);
	rcu_read_lock();
	local_bh_disable();
	submitted = paxos_channel_done(group, submitted);
	paxos_deliver_submitted(group, submitted);
	local_bh_enable();
	rcu_read_unlock();
	paxos_channel_sever(group);
	paxos_submit_free(submitted);
	free_proposals(p);
	paxos_owner_free_barriers(b);
}
