// SPDX-License-Identifier: GPL-2.0
/* What the module keeps in a network namespace. */

#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "group.h"
#include "net.h"

static unsigned int net_id __read_mostly;

/**
 * paxos_net - a namespace's state
 * @net: the namespace
 *
 * Context: any, as long as the module's namespace operations are registered.
 * Return: the state.
 */
struct paxos_net *paxos_net(const struct net *net)
{
	return net_generic(net, net_id);
}

static int __net_init open_net(struct net *net)
{
	struct paxos_net *home = paxos_net(net);
	int err;

	home->net = net;
	mutex_init(&home->mutex);
	mutex_init(&home->owner_mutex);
	hash_init(home->owners);
	INIT_LIST_HEAD(&home->sockets);
	paxos_timer_open(&home->timer);
	home->stats = paxos_stats_alloc();
	if (!home->stats)
		return -ENOMEM;
	err = paxos_partner_open(home);
	if (err)
		goto free_stats;
	err = paxos_group_open(home);
	if (err)
		goto close_partners;
	return 0;

close_partners:
	paxos_partner_close(home);
free_stats:
	paxos_stats_free(home->stats);
	return err;
}

/* Before anything else of the namespace goes: no datagram finds it half gone. */
static void __net_exit leave_net(struct net *net)
{
	paxos_group_end(paxos_net(net));
}

static void __net_exit close_net(struct net *net)
{
	struct paxos_net *home = paxos_net(net);

	paxos_timer_close(&home->timer);
	paxos_group_close(home);
	paxos_partner_close(home);
	paxos_stats_free(home->stats);
}

static struct pernet_operations net_ops = {
	.init = open_net,
	.pre_exit = leave_net,
	.exit = close_net,
	.id = &net_id,
	.size = sizeof(struct paxos_net),
};

/**
 * paxos_net_init - begin to keep state, in every namespace
 *
 * Return: 0 or a negative errno.
 */
int paxos_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * paxos_net_uninit - end all groups everywhere
 */
void paxos_net_uninit(void)
{
	unregister_pernet_subsys(&net_ops);
}
