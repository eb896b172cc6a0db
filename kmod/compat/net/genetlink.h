/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes around a request is called with another type since Linux 6.2; the
 * attributes of a dump's request moved in Linux 6.7.
 */
#ifndef _PAXOS_COMPAT_NET_GENETLINK_H
#define _PAXOS_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define paxos_genl_ops genl_ops
#else
#define paxos_genl_ops genl_split_ops
#endif

static inline struct nlattr **paxos_genl_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#endif
