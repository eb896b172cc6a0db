// SPDX-License-Identifier: GPL-2.0
/* The module: what it is made of, in the order in which that is needed. */

#include <linux/module.h>
#include <linux/rcupdate.h>

#include "group.h"
#include "net.h"
#include "netlink.h"
#include "scratch.h"
#include "submit.h"

static int __init paxos_init(void)
{
	int err;

	err = paxos_scratch_init();
	if (err)
		return err;
	err = paxos_submit_init();
	if (err)
		goto scratch;
	err = paxos_group_init();
	if (err)
		goto submit;
	err = paxos_net_init();
	if (err)
		goto group;
	/* Last: requests may come from here on. */
	err = paxos_netlink_init();
	if (err)
		goto net;
	return 0;

net:
	paxos_net_uninit();
group:
	paxos_group_uninit();
submit:
	paxos_submit_uninit();
scratch:
	/* A routine of ours may still wait for its grace period. */
	rcu_barrier();
	paxos_scratch_uninit();
	return err;
}

static void __exit paxos_exit(void)
{
	paxos_netlink_uninit();
	paxos_net_uninit();
	paxos_group_uninit();
	paxos_submit_uninit();
	rcu_barrier();
	paxos_scratch_uninit();
}

module_init(paxos_init);
module_exit(paxos_exit);

MODULE_DESCRIPTION("Consensus among hosts by Paxos, over UDP");
MODULE_AUTHOR("The paxos developers");
MODULE_LICENSE("GPL");
