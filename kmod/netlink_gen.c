// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/specs/paxos.yaml */
/* YNL-GEN kernel source */
/* Then edited, by scripts/gen-netlink */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <linux/paxos.h>

/* PAXOS_CMD_GROUP_GET - do */
static const struct nla_policy paxos_group_get_nl_policy[PAXOS_A_GROUP_NAME + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_GROUP_NEW - do */
static const struct nla_policy paxos_group_new_nl_policy[PAXOS_A_GROUP_TIMEOUT_MAX + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_GROUP_NODE] = NLA_POLICY_RANGE(NLA_U32, 1, PAXOS_NODE_MAX),
	[PAXOS_A_GROUP_IPV4] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[PAXOS_A_GROUP_PORT] = { .type = NLA_U16, },
	[PAXOS_A_GROUP_STORE] = NLA_POLICY_RANGE(NLA_U32, 1, 1),
	[PAXOS_A_GROUP_AUTH] = NLA_POLICY_RANGE(NLA_U32, 1, 1),
	[PAXOS_A_GROUP_ROLE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[PAXOS_A_GROUP_WINDOW] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_WINDOW_BYTES] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_LOG_SIZE] = { .type = NLA_U64, },
	[PAXOS_A_GROUP_QUORUM_1] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_QUORUM_2] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_HEARTBEAT] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_TIMEOUT_MIN] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_TIMEOUT_MAX] = { .type = NLA_U32, },
};

/* PAXOS_CMD_GROUP_SET - do */
static const struct nla_policy paxos_group_set_nl_policy[PAXOS_A_GROUP_TIMEOUT_MAX + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_GROUP_LOG_SIZE] = { .type = NLA_U64, },
	[PAXOS_A_GROUP_HEARTBEAT] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_TIMEOUT_MIN] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_TIMEOUT_MAX] = { .type = NLA_U32, },
};

/* PAXOS_CMD_GROUP_DEL - do */
static const struct nla_policy paxos_group_del_nl_policy[PAXOS_A_GROUP_NAME + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_GROUP_INIT - do */
static const struct nla_policy paxos_group_init_nl_policy[PAXOS_A_GROUP_NAME + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_GROUP_TRIM - do */
static const struct nla_policy paxos_group_trim_nl_policy[PAXOS_A_GROUP_FORCE + 1] = {
	[PAXOS_A_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_GROUP_TO] = { .type = NLA_U64, },
	[PAXOS_A_GROUP_FORCE] = { .type = NLA_FLAG, },
};

/* PAXOS_CMD_MEMBER_GET - do */
static const struct nla_policy paxos_member_get_nl_policy[PAXOS_A_MEMBER_NODE + 1] = {
	[PAXOS_A_MEMBER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_MEMBER_NODE] = NLA_POLICY_RANGE(NLA_U32, 1, PAXOS_NODE_MAX),
};

/* PAXOS_CMD_MEMBER_NEW - do */
static const struct nla_policy paxos_member_new_nl_policy[PAXOS_A_MEMBER_ROLE + 1] = {
	[PAXOS_A_MEMBER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_MEMBER_NODE] = NLA_POLICY_RANGE(NLA_U32, 1, PAXOS_NODE_MAX),
	[PAXOS_A_MEMBER_IPV4] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[PAXOS_A_MEMBER_PORT] = { .type = NLA_U16, },
	[PAXOS_A_MEMBER_ROLE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* PAXOS_CMD_MEMBER_SET - do */
static const struct nla_policy paxos_member_set_nl_policy[PAXOS_A_MEMBER_PORT + 1] = {
	[PAXOS_A_MEMBER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_MEMBER_NODE] = NLA_POLICY_RANGE(NLA_U32, 1, PAXOS_NODE_MAX),
	[PAXOS_A_MEMBER_IPV4] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[PAXOS_A_MEMBER_PORT] = { .type = NLA_U16, },
};

/* PAXOS_CMD_MEMBER_DEL - do */
static const struct nla_policy paxos_member_del_nl_policy[PAXOS_A_MEMBER_NODE + 1] = {
	[PAXOS_A_MEMBER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_MEMBER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_MEMBER_NODE] = NLA_POLICY_RANGE(NLA_U32, 1, PAXOS_NODE_MAX),
};

/* PAXOS_CMD_ENTRY_GET - do */
static const struct nla_policy paxos_entry_get_nl_policy[PAXOS_A_ENTRY_UPTO + 1] = {
	[PAXOS_A_ENTRY_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_ENTRY_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_ENTRY_INSTANCE] = { .type = NLA_U64, },
	[PAXOS_A_ENTRY_UPTO] = { .type = NLA_U64, },
};

/* PAXOS_CMD_BALLOT_GET - do */
static const struct nla_policy paxos_ballot_get_nl_policy[PAXOS_A_BALLOT_ABOVE + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_ABOVE] = { .type = NLA_U64, },
};

/* PAXOS_CMD_BALLOT_PREPARE - do */
static const struct nla_policy paxos_ballot_prepare_nl_policy[PAXOS_A_BALLOT_SINGLE + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_BALLOT] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_INSTANCE] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_SINGLE] = { .type = NLA_FLAG, },
};

/* PAXOS_CMD_BALLOT_ACCEPT - do */
static const struct nla_policy paxos_ballot_accept_nl_policy[PAXOS_A_BALLOT_VALUE + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_BALLOT] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_INSTANCE] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_CLIENT] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_SEQUENCE] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_DIGEST] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[PAXOS_A_BALLOT_VALUE] = { .type = NLA_BINARY, },
};

/* PAXOS_CMD_BALLOT_DEL - do */
static const struct nla_policy paxos_ballot_del_nl_policy[PAXOS_A_BALLOT_BALLOT + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_BALLOT] = { .type = NLA_U64, },
};

/* PAXOS_CMD_COUNTER_GET - do */
static const struct nla_policy paxos_counter_get_nl_policy[PAXOS_A_COUNTER_GROUP_NAME + 1] = {
	[PAXOS_A_COUNTER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_COUNTER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_BALLOT_GRANT - do */
static const struct nla_policy paxos_ballot_grant_nl_policy[PAXOS_A_BALLOT_INSTANCE + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_BALLOT] = { .type = NLA_U64, },
	[PAXOS_A_BALLOT_INSTANCE] = { .type = NLA_U64, },
};

/* PAXOS_CMD_BALLOT_RENEW - do */
static const struct nla_policy paxos_ballot_renew_nl_policy[PAXOS_A_BALLOT_BALLOT + 1] = {
	[PAXOS_A_BALLOT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BALLOT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BALLOT_BALLOT] = { .type = NLA_U64, },
};

/* PAXOS_CMD_LEADER_GET - do */
static const struct nla_policy paxos_leader_get_nl_policy[PAXOS_A_LEADER_GROUP_NAME + 1] = {
	[PAXOS_A_LEADER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_LEADER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_LEADER_RESIGN - do */
static const struct nla_policy paxos_leader_resign_nl_policy[PAXOS_A_LEADER_GROUP_NAME + 1] = {
	[PAXOS_A_LEADER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_LEADER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_LEADER_ASK - do */
static const struct nla_policy paxos_leader_ask_nl_policy[PAXOS_A_LEADER_GROUP_NAME + 1] = {
	[PAXOS_A_LEADER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_LEADER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* PAXOS_CMD_BARRIER - do */
static const struct nla_policy paxos_barrier_nl_policy[PAXOS_A_BARRIER_COOKIE + 1] = {
	[PAXOS_A_BARRIER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BARRIER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BARRIER_COOKIE] = { .type = NLA_U64, },
};

/* PAXOS_CMD_BARRIER_DEL - do */
static const struct nla_policy paxos_barrier_del_nl_policy[PAXOS_A_BARRIER_COOKIE + 1] = {
	[PAXOS_A_BARRIER_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_BARRIER_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_BARRIER_COOKIE] = { .type = NLA_U64, },
};

/* PAXOS_CMD_SUBMIT - do */
static const struct nla_policy paxos_submit_nl_policy[PAXOS_A_SUBMIT_KIND + 1] = {
	[PAXOS_A_SUBMIT_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_SUBMIT_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
	[PAXOS_A_SUBMIT_CLIENT] = { .type = NLA_U64, },
	[PAXOS_A_SUBMIT_SEQUENCE] = { .type = NLA_U64, },
	[PAXOS_A_SUBMIT_VALUE] = { .type = NLA_BINARY, },
	[PAXOS_A_SUBMIT_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
};

/* PAXOS_CMD_CHANNEL - do */
static const struct nla_policy paxos_channel_nl_policy[PAXOS_A_CHANNEL_GROUP_NAME + 1] = {
	[PAXOS_A_CHANNEL_GROUP_ID] = { .type = NLA_U32, },
	[PAXOS_A_CHANNEL_GROUP_NAME] = { .type = NLA_NUL_STRING, .len = PAXOS_NAME_MAX, },
};

/* Ops table for paxos */
const struct genl_ops paxos_nl_ops[25] = {
	{
		.cmd		= PAXOS_CMD_GROUP_GET,
		.doit		= paxos_nl_group_get_doit,
		.dumpit		= paxos_nl_group_get_dumpit,
		.policy		= paxos_group_get_nl_policy,
		.maxattr	= PAXOS_A_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_GROUP_NEW,
		.doit		= paxos_nl_group_new_doit,
		.policy		= paxos_group_new_nl_policy,
		.maxattr	= PAXOS_A_GROUP_TIMEOUT_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_GROUP_SET,
		.doit		= paxos_nl_group_set_doit,
		.policy		= paxos_group_set_nl_policy,
		.maxattr	= PAXOS_A_GROUP_TIMEOUT_MAX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_GROUP_DEL,
		.doit		= paxos_nl_group_del_doit,
		.policy		= paxos_group_del_nl_policy,
		.maxattr	= PAXOS_A_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_GROUP_INIT,
		.doit		= paxos_nl_group_init_doit,
		.policy		= paxos_group_init_nl_policy,
		.maxattr	= PAXOS_A_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_GROUP_TRIM,
		.doit		= paxos_nl_group_trim_doit,
		.policy		= paxos_group_trim_nl_policy,
		.maxattr	= PAXOS_A_GROUP_FORCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_MEMBER_GET,
		.doit		= paxos_nl_member_get_doit,
		.dumpit		= paxos_nl_member_get_dumpit,
		.policy		= paxos_member_get_nl_policy,
		.maxattr	= PAXOS_A_MEMBER_NODE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_MEMBER_NEW,
		.doit		= paxos_nl_member_new_doit,
		.policy		= paxos_member_new_nl_policy,
		.maxattr	= PAXOS_A_MEMBER_ROLE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_MEMBER_SET,
		.doit		= paxos_nl_member_set_doit,
		.policy		= paxos_member_set_nl_policy,
		.maxattr	= PAXOS_A_MEMBER_PORT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_MEMBER_DEL,
		.doit		= paxos_nl_member_del_doit,
		.policy		= paxos_member_del_nl_policy,
		.maxattr	= PAXOS_A_MEMBER_NODE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_ENTRY_GET,
		.doit		= paxos_nl_entry_get_doit,
		.start		= paxos_nl_entry_get_start,
		.dumpit		= paxos_nl_entry_get_dumpit,
		.policy		= paxos_entry_get_nl_policy,
		.maxattr	= PAXOS_A_ENTRY_UPTO,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_GET,
		.doit		= paxos_nl_ballot_get_doit,
		.policy		= paxos_ballot_get_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_ABOVE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_PREPARE,
		.doit		= paxos_nl_ballot_prepare_doit,
		.policy		= paxos_ballot_prepare_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_SINGLE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_ACCEPT,
		.doit		= paxos_nl_ballot_accept_doit,
		.policy		= paxos_ballot_accept_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_VALUE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_DEL,
		.doit		= paxos_nl_ballot_del_doit,
		.policy		= paxos_ballot_del_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_BALLOT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_COUNTER_GET,
		.doit		= paxos_nl_counter_get_doit,
		.start		= paxos_nl_counter_get_start,
		.dumpit		= paxos_nl_counter_get_dumpit,
		.policy		= paxos_counter_get_nl_policy,
		.maxattr	= PAXOS_A_COUNTER_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_GRANT,
		.doit		= paxos_nl_ballot_grant_doit,
		.policy		= paxos_ballot_grant_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_INSTANCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BALLOT_RENEW,
		.doit		= paxos_nl_ballot_renew_doit,
		.policy		= paxos_ballot_renew_nl_policy,
		.maxattr	= PAXOS_A_BALLOT_BALLOT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_LEADER_GET,
		.doit		= paxos_nl_leader_get_doit,
		.dumpit		= paxos_nl_leader_get_dumpit,
		.policy		= paxos_leader_get_nl_policy,
		.maxattr	= PAXOS_A_LEADER_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_LEADER_RESIGN,
		.doit		= paxos_nl_leader_resign_doit,
		.policy		= paxos_leader_resign_nl_policy,
		.maxattr	= PAXOS_A_LEADER_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_LEADER_ASK,
		.doit		= paxos_nl_leader_ask_doit,
		.policy		= paxos_leader_ask_nl_policy,
		.maxattr	= PAXOS_A_LEADER_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BARRIER,
		.doit		= paxos_nl_barrier_doit,
		.policy		= paxos_barrier_nl_policy,
		.maxattr	= PAXOS_A_BARRIER_COOKIE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_BARRIER_DEL,
		.doit		= paxos_nl_barrier_del_doit,
		.policy		= paxos_barrier_del_nl_policy,
		.maxattr	= PAXOS_A_BARRIER_COOKIE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_SUBMIT,
		.doit		= paxos_nl_submit_doit,
		.policy		= paxos_submit_nl_policy,
		.maxattr	= PAXOS_A_SUBMIT_KIND,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= PAXOS_CMD_CHANNEL,
		.doit		= paxos_nl_channel_doit,
		.policy		= paxos_channel_nl_policy,
		.maxattr	= PAXOS_A_CHANNEL_GROUP_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};
