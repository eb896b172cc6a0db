/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes of a dump's request moved in Linux 6.7. */
#ifndef _PAXOS_COMPAT_NET_GENETLINK_H
#define _PAXOS_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>
#include <linux/version.h>

static inline struct nlattr **paxos_genl_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#endif
