/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/specs/paxos.yaml */
/* YNL-GEN kernel header */
/* Then edited, by scripts/gen-netlink */

#ifndef _LINUX_PAXOS_GEN_H
#define _LINUX_PAXOS_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <linux/paxos.h>

/* Ops table for paxos */
extern const struct genl_ops paxos_nl_ops[25];

int paxos_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int paxos_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_group_init_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_group_trim_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_member_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_member_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int paxos_nl_member_new_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_member_set_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_member_del_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_entry_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_entry_get_start(struct netlink_callback *cb);
int paxos_nl_entry_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int paxos_nl_ballot_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_ballot_prepare_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_ballot_accept_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_ballot_del_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_counter_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_counter_get_start(struct netlink_callback *cb);
int paxos_nl_counter_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int paxos_nl_ballot_grant_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_ballot_renew_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_leader_get_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_leader_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int paxos_nl_leader_resign_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_leader_ask_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_barrier_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_barrier_del_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_submit_doit(struct sk_buff *skb, struct genl_info *info);
int paxos_nl_channel_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	PAXOS_NLGRP_DECIDED,
	PAXOS_NLGRP_EVENTS,
};

#endif /* _LINUX_PAXOS_GEN_H */
