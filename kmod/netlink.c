// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: what userspace asks for. Requests run in
 * parallel; whatever they touch has its own lock. Policies and the table of
 * operations come from the spec, see netlink_gen.c.
 */

#include <linux/file.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include <linux/paxos.h>

#include "channel.h"
#include "core/ballot.h"
#include "deliver.h"
#include "group.h"
#include "net.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "owner.h"
#include "peer.h"
#include "stats.h"
#include "submit.h"
#include "timer.h"

/* What is in a message beside the bytes of a value, headers included. */
#define ENTRY_SIZE	256

/* The counters of a group: a name and a number of 40 bytes each, and more to come. */
#define COUNTERS_SIZE	8192

/* Every set of attributes begins with the group, so one function finds it. */
#define A_ID		((int)PAXOS_A_GROUP_ID)
#define A_NAME		((int)PAXOS_A_GROUP_NAME)

#define BEGINS_WITH_GROUP(set)							\
	static_assert(!(PAXOS_A_##set##_GROUP_ID - A_ID) &&			\
		      !(PAXOS_A_##set##_GROUP_NAME - A_NAME))
BEGINS_WITH_GROUP(MEMBER);
BEGINS_WITH_GROUP(ENTRY);
BEGINS_WITH_GROUP(BALLOT);
BEGINS_WITH_GROUP(LEADER);
BEGINS_WITH_GROUP(BARRIER);
BEGINS_WITH_GROUP(SUBMIT);
BEGINS_WITH_GROUP(CHANNEL);
BEGINS_WITH_GROUP(COUNTER);

/*
 * Where a dump goes on. Nothing in it is a reference: who begins a dump and
 * never ends it keeps nothing alive.
 */
struct cursor {
	u64 instance;	/* entries: the next one */
	u64 upto;	/* entries: the last one */
	u64 life;	/* entries: tells a group from one added later */
	u32 group;
	u8 node;
	bool begun;
	bool done;
};

static_assert(sizeof(struct cursor) <= sizeof_field(struct netlink_callback, ctx));

static struct cursor *cursor(struct netlink_callback *cb)
{
	return (struct cursor *)cb->ctx;
}

static struct paxos_net *home_of(const struct sk_buff *skb)
{
	return paxos_net(sock_net(skb->sk));
}

static int refuse(struct netlink_ext_ack *extack, int error, const struct nlattr *attr,
		  const char *text)
{
	NL_SET_BAD_ATTR(extack, attr);
	paxos_extack_text(extack, text);
	return error;
}

/* The attribute's name is in the text: only new tools read the number. */
static int missing(struct netlink_ext_ack *extack, int attr, const char *text)
{
	NL_SET_ERR_ATTR_MISS(extack, NULL, attr);
	paxos_extack_text(extack, text);
	return -EINVAL;
}

/*
 * The group that a request names, by id, by name, or by both if they are of one
 * group. The caller puts it.
 */
static struct paxos_group *find_group(struct paxos_net *home, struct nlattr **attrs,
				      struct netlink_ext_ack *extack)
{
	struct nlattr *id = attrs[A_ID], *name = attrs[A_NAME];
	struct paxos_group *group;

	if (name) {
		group = paxos_group_find_name(home, nla_data(name));
		if (!group) {
			NL_SET_BAD_ATTR(extack, name);
			paxos_extack_format(extack, "no group has this name", "no group named %s",
					    (const char *)nla_data(name));
			return ERR_PTR(-ENOENT);
		}
		if (id && nla_get_u32(id) != group->id) {
			paxos_group_put(group);
			return ERR_PTR(refuse(extack, -EINVAL, id,
					      "the group of this name has another id"));
		}
		return group;
	}
	if (!id)
		return ERR_PTR(missing(extack, A_NAME, "the group is missing: name or id"));
	group = paxos_group_find_id(home, nla_get_u32(id));
	if (!group) {
		NL_SET_BAD_ATTR(extack, id);
		paxos_extack_format(extack, "no group has this id", "no group with id %u",
				    nla_get_u32(id));
		return ERR_PTR(-ENOENT);
	}
	return group;
}

/*
 * What every request but one begins and ends with: the group that it names is
 * found, and put when the request is done.
 */
static int begin_request(const struct paxos_genl_ops *ops, struct sk_buff *skb,
			 struct genl_info *info)
{
	struct paxos_group *group;

	if (info->genlhdr->cmd == PAXOS_CMD_GROUP_NEW)
		return 0;
	group = find_group(home_of(skb), info->attrs, info->extack);
	if (IS_ERR(group))
		return PTR_ERR(group);
	info->user_ptr[0] = group;
	return 0;
}

static void end_request(const struct paxos_genl_ops *ops, struct sk_buff *skb,
			struct genl_info *info)
{
	if (info->user_ptr[0])
		paxos_group_put(info->user_ptr[0]);
}

static struct paxos_group *group_of(const struct genl_info *info)
{
	return info->user_ptr[0];
}

/* What came of an event, told to who asked for it. */
static int result(struct genl_info *info, const struct paxos_event *event, int error)
{
	struct netlink_ext_ack *extack = info->extack;
	const char *why = event->why;

	if (!error || !why)
		return error;
	if (event->node && event->instance)
		paxos_extack_format(extack, why, "%s: node %u, instance %llu", why, event->node,
				    event->instance);
	else if (event->node)
		paxos_extack_format(extack, why, "%s: node %u", why, event->node);
	else if (event->instance)
		paxos_extack_format(extack, why, "%s: instance %llu", why, event->instance);
	else
		paxos_extack_text(extack, why);
	return error;
}

static int step(struct genl_info *info, struct paxos_event *event)
{
	return result(info, event, paxos_group_step(group_of(info), event));
}

static int get_u64(struct genl_info *info, int attr, const char *text, u64 *value)
{
	if (!info->attrs[attr])
		return missing(info->extack, attr, text);
	*value = nla_get_u64(info->attrs[attr]);
	return 0;
}

/* Changes of the set of groups and members, which dumps must not miss unseen. */
static void changed(struct paxos_net *home)
{
	atomic_inc(&home->generation);
}

static void dump_begin(struct paxos_net *home, struct netlink_callback *cb)
{
	/* 0 says that nothing is checked. */
	cb->seq = (u32)atomic_read(&home->generation) | 1U << 31;
}

static void *reply_begin(struct sk_buff **reply, size_t size, struct genl_info *info, u8 cmd)
{
	void *head;

	*reply = genlmsg_new(size, GFP_KERNEL);
	if (!*reply)
		return ERR_PTR(-ENOMEM);
	head = genlmsg_put_reply(*reply, info, &paxos_netlink_family, 0, cmd);
	if (!head) {
		nlmsg_free(*reply);
		return ERR_PTR(-EMSGSIZE);
	}
	return head;
}

static int reply_end(struct sk_buff *reply, void *head, int error, struct genl_info *info)
{
	if (error) {
		nlmsg_free(reply);
		return error;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/* One message, which tells of the group that the request names. */
static int reply_group(struct genl_info *info, size_t size, u8 cmd,
		       int (*fill)(struct sk_buff *reply, struct paxos_group *group))
{
	struct sk_buff *reply;
	void *head = reply_begin(&reply, size, info, cmd);

	if (IS_ERR(head))
		return PTR_ERR(head);
	return reply_end(reply, head, fill(reply, group_of(info)), info);
}

static void *dump_message(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	void *head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				 &paxos_netlink_family, NLM_F_MULTI, cmd);

	if (head && cb->seq)
		genl_dump_check_consistent(cb, head);
	return head;
}

/**
 * paxos_netlink_put_u64 - put a number without alignment
 * @skb: the message
 * @attr: the attribute
 * @value: the number
 *
 * The spec has no attribute to pad with, so that 64 bits lie on a boundary of
 * four bytes, as they do in every family that was born with a spec.
 *
 * Return: 0 or -EMSGSIZE.
 */
int paxos_netlink_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put(skb, attr, sizeof(value), &value);
}

static int put_addr(struct sk_buff *skb, int ipv4, int ipv6, int port,
		    const struct paxos_addr *addr)
{
	int error;

	if (addr->family == AF_INET)
		error = nla_put_in_addr(skb, ipv4, addr->v4);
	else
		error = nla_put_in6_addr(skb, ipv6, &addr->v6);
	return error ? : nla_put_be16(skb, port, addr->port);
}

static int put_group(struct sk_buff *skb, const struct paxos_group *group)
{
	if (nla_put_u32(skb, A_ID, group->id) || nla_put_string(skb, A_NAME, group->name))
		return -EMSGSIZE;
	return 0;
}

static u64 ms_since(u64 then)
{
	u64 now = paxos_timer_now();

	return now > then ? now - then : 0;
}

static int put_config(struct sk_buff *skb, const struct paxos_core *core)
{
	const struct paxos_config *config = &core->config;
	struct paxos_options options;

	paxos_core_options(core, &options);
	if (nla_put_u32(skb, PAXOS_A_GROUP_NODE, config->node) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_STORE, PAXOS_STORE_VOLATILE) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_AUTH, PAXOS_AUTH_NONE) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_ROLE, config->role) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_WINDOW, options.window) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_WINDOW_BYTES, options.window_bytes) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_QUORUM_1, options.quorum.phase_1) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_QUORUM_2, options.quorum.phase_2) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_VOTERS, hweight64(options.voters)) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_HEARTBEAT, config->heartbeat) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_TIMEOUT_MIN, config->timeout_min) ||
	    nla_put_u32(skb, PAXOS_A_GROUP_TIMEOUT_MAX, config->timeout_max) ||
	    nla_put(skb, PAXOS_A_GROUP_INCARNATION, PAXOS_ID_BYTES, config->incarnation))
		return -EMSGSIZE;
	return 0;
}

static int put_state(struct sk_buff *skb, const struct paxos_core *core)
{
	const struct paxos_window *w = &core->window;
	const char *why = paxos_core_why_not(core);

	if (nla_put_u32(skb, PAXOS_A_GROUP_STATE, core->state) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_MEMBERSHIP, core->membership.version) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_PREFIX, w->prefix) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_TRIM, w->trim) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_HASH, w->hash) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_PROMISED, core->promise.ballot) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_GROUP_HIGHEST, core->highest))
		return -EMSGSIZE;
	if (paxos_core_has_identity(core) &&
	    nla_put(skb, PAXOS_A_GROUP_IDENTITY, PAXOS_ID_BYTES, core->identity))
		return -EMSGSIZE;
	if (why && nla_put_string(skb, PAXOS_A_GROUP_WHY, why))
		return -EMSGSIZE;
	return 0;
}

/**
 * paxos_netlink_fill_group - put all that is known of a group
 * @skb: the message
 * @group: the group
 *
 * Context: any.
 * Return: 0, -ENODEV when the group is being deleted, or -EMSGSIZE.
 */
int paxos_netlink_fill_group(struct sk_buff *skb, struct paxos_group *group)
{
	int error = -ENODEV;

	spin_lock_bh(&group->lock);
	if (!group->dead) {
		error = put_group(skb, group) ? :
			put_addr(skb, PAXOS_A_GROUP_IPV4, PAXOS_A_GROUP_IPV6, PAXOS_A_GROUP_PORT,
				 &group->local) ? :
			put_config(skb, &group->core) ? :
			put_state(skb, &group->core) ? :
			paxos_netlink_put_u64(skb, PAXOS_A_GROUP_LOG_SIZE, group->pool.limit) ? :
			paxos_netlink_put_u64(skb, PAXOS_A_GROUP_LOG_USED, group->pool.used);
	}
	spin_unlock_bh(&group->lock);
	return error;
}

/**
 * paxos_netlink_fill_member - put all that is known of a member
 * @skb: the message
 * @group: its group
 * @node: the member
 *
 * Context: any.
 * Return: 0, -ENOENT when there is no such member, or -EMSGSIZE.
 */
int paxos_netlink_fill_member(struct sk_buff *skb, struct paxos_group *group, u8 node)
{
	struct paxos_addr addr;
	struct paxos_peer peer;

	spin_lock_bh(&group->lock);
	peer = *paxos_core_peer(&group->core, node);
	spin_unlock_bh(&group->lock);
	if (!peer.present || !paxos_peer_addr(group, node, &addr))
		return -ENOENT;
	if (put_group(skb, group) ||
	    nla_put_u32(skb, PAXOS_A_MEMBER_NODE, node) ||
	    put_addr(skb, PAXOS_A_MEMBER_IPV4, PAXOS_A_MEMBER_IPV6, PAXOS_A_MEMBER_PORT, &addr) ||
	    nla_put_u32(skb, PAXOS_A_MEMBER_ROLE, peer.role))
		return -EMSGSIZE;
	if (!peer.heard)
		return 0;
	if (nla_put_u32(skb, PAXOS_A_MEMBER_STATE, peer.state) ||
	    nla_put(skb, PAXOS_A_MEMBER_INCARNATION, PAXOS_ID_BYTES, peer.incarnation) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_MEMBER_PREFIX, peer.prefix) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_MEMBER_TRIM, peer.trim) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_MEMBER_HEARD, ms_since(peer.heard_at)) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_MEMBER_FOLLOWS, peer.follows))
		return -EMSGSIZE;
	if (!peer.answered_at)
		return 0;
	return paxos_netlink_put_u64(skb, PAXOS_A_MEMBER_ANSWERED, ms_since(peer.answered_at));
}

/* Groups */

int paxos_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_group(info, PAXOS_NETLINK_GROUP_SIZE, PAXOS_CMD_GROUP_GET,
			   paxos_netlink_fill_group);
}

/* A dump is of all groups: one that asks for less must not get more. */
static int refuse_group(struct netlink_callback *cb)
{
	struct nlattr **attrs = paxos_genl_dump_attrs(cb);
	struct nlattr *attr = attrs[A_ID] ? attrs[A_ID] : attrs[A_NAME];

	if (!attr)
		return 0;
	return refuse(cb->extack, -EINVAL, attr, "a dump is of all groups");
}

/*
 * Calls @put for every group from the cursor on, until a message finds no room.
 */
static int dump_groups(struct sk_buff *skb, struct netlink_callback *cb,
		       int (*put)(struct sk_buff *skb, struct netlink_callback *cb,
				  struct paxos_group *group))
{
	struct paxos_net *home = home_of(skb);
	struct cursor *c = cursor(cb);
	struct paxos_group *group;
	int error = 0;

	dump_begin(home, cb);
	while (!c->done) {
		const u32 wanted = c->group;

		group = paxos_group_next(home, &c->group);
		if (!group) {
			c->done = true;
			break;
		}
		/* The one that was begun with is gone, and this is another. */
		if (c->group != wanted)
			c->node = 0;
		error = put(skb, cb, group);
		paxos_group_put(group);
		if (error)
			break;
		c->node = 0;
		c->done = ++c->group == 0;
	}
	return skb->len ? skb->len : error;
}

static int dump_group(struct sk_buff *skb, struct netlink_callback *cb, struct paxos_group *group)
{
	void *head = dump_message(skb, cb, PAXOS_CMD_GROUP_GET);
	int error;

	if (!head)
		return -EMSGSIZE;
	error = paxos_netlink_fill_group(skb, group);
	if (error) {
		genlmsg_cancel(skb, head);
		return error == -ENODEV ? 0 : error;
	}
	genlmsg_end(skb, head);
	return 0;
}

int paxos_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return refuse_group(cb) ? : dump_groups(skb, cb, dump_group);
}

static int get_addr(struct genl_info *info, int ipv4, int ipv6, int port, struct paxos_addr *addr)
{
	struct nlattr **attrs = info->attrs;

	memset(addr, 0, sizeof(*addr));
	if (attrs[ipv4] && attrs[ipv6])
		return refuse(info->extack, -EINVAL, attrs[ipv6], "two addresses: ipv4 or ipv6");
	if (attrs[ipv4]) {
		addr->family = AF_INET;
		addr->v4 = nla_get_in_addr(attrs[ipv4]);
	} else if (attrs[ipv6]) {
		addr->family = AF_INET6;
		addr->v6 = nla_get_in6_addr(attrs[ipv6]);
	} else {
		return missing(info->extack, ipv4, "the address is missing: ipv4 or ipv6");
	}
	addr->port = attrs[port] ? nla_get_be16(attrs[port]) : htons(PAXOS_DEFAULT_PORT);
	if (!addr->port)
		return refuse(info->extack, -EINVAL, attrs[port], "port 0 is none");
	return 0;
}

/* 0 stands for a default within; from outside it would be taken for a number. */
static int get_u32(struct genl_info *info, int attr, u32 max, const char *text, u32 *value)
{
	struct nlattr *nla = info->attrs[attr];

	if (!nla)
		return 0;
	*value = nla_get_u32(nla);
	if (*value && *value <= max)
		return 0;
	return refuse(info->extack, -ERANGE, nla, text);
}

static int get_log_size(struct genl_info *info, u64 *value)
{
	struct nlattr *nla = info->attrs[PAXOS_A_GROUP_LOG_SIZE];

	if (!nla)
		return 0;
	*value = nla_get_u64(nla);
	return *value ? 0 : refuse(info->extack, -ERANGE, nla, "log-size cannot be 0");
}

static int get_timing(struct genl_info *info, struct paxos_timing *timing)
{
	return get_u32(info, PAXOS_A_GROUP_HEARTBEAT, PAXOS_TIMING_MAX,
		       "heartbeat is 1 to 3600000 ms", &timing->heartbeat) ? :
	       get_u32(info, PAXOS_A_GROUP_TIMEOUT_MIN, PAXOS_TIMING_MAX,
		       "timeout-min is 1 to 3600000 ms", &timing->timeout_min) ? :
	       get_u32(info, PAXOS_A_GROUP_TIMEOUT_MAX, PAXOS_TIMING_MAX,
		       "timeout-max is 1 to 3600000 ms", &timing->timeout_max);
}

static int get_params(struct genl_info *info, struct paxos_group_params *params)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;
	u32 quorum_1 = 0, quorum_2 = 0;
	int error;

	if (!attrs[PAXOS_A_GROUP_NAME])
		return missing(extack, PAXOS_A_GROUP_NAME, "the name is missing");
	if (!attrs[PAXOS_A_GROUP_ID])
		return missing(extack, PAXOS_A_GROUP_ID, "the id is missing");
	if (!attrs[PAXOS_A_GROUP_NODE])
		return missing(extack, PAXOS_A_GROUP_NODE, "the node is missing: this node's id");
	if (!attrs[PAXOS_A_GROUP_STORE])
		return missing(extack, PAXOS_A_GROUP_STORE,
			       "the store is missing: say volatile to keep it in memory");
	if (!attrs[PAXOS_A_GROUP_AUTH])
		return missing(extack, PAXOS_A_GROUP_AUTH,
			       "auth is missing: say none to go without keys");
	params->name = nla_data(attrs[PAXOS_A_GROUP_NAME]);
	params->id = nla_get_u32(attrs[PAXOS_A_GROUP_ID]);
	params->node = nla_get_u32(attrs[PAXOS_A_GROUP_NODE]);
	params->role = PAXOS_ROLE_VOTER;
	if (attrs[PAXOS_A_GROUP_ROLE])
		params->role = nla_get_u32(attrs[PAXOS_A_GROUP_ROLE]);
	error = get_addr(info, PAXOS_A_GROUP_IPV4, PAXOS_A_GROUP_IPV6, PAXOS_A_GROUP_PORT,
			 &params->local) ? :
		get_u32(info, PAXOS_A_GROUP_WINDOW, PAXOS_WINDOW_MAX,
			"window is 1 to 65536 instances", &params->window) ? :
		get_u32(info, PAXOS_A_GROUP_WINDOW_BYTES, U32_MAX,
			"window-bytes cannot be 0", &params->window_bytes) ? :
		get_u32(info, PAXOS_A_GROUP_QUORUM_1, PAXOS_VOTERS_MAX,
			"quorum 1 is 1 to 15 voters", &quorum_1) ? :
		get_u32(info, PAXOS_A_GROUP_QUORUM_2, PAXOS_VOTERS_MAX,
			"quorum 2 is 1 to 15 voters", &quorum_2) ? :
		get_timing(info, &params->timing) ? :
		get_log_size(info, &params->log_size);
	params->quorum_1 = quorum_1;
	params->quorum_2 = quorum_2;
	return error;
}

int paxos_nl_group_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_net *home = home_of(skb);
	struct paxos_group_params params = { };
	struct paxos_group *group;
	int error;

	error = get_params(info, &params) ? : paxos_group_add(home, &params, info->extack);
	if (error)
		return error;
	changed(home);
	/* Gone already if somebody was quick: then there is nothing to tell. */
	group = paxos_group_find_id(home, params.id);
	if (group) {
		paxos_deliver_group(group);
		paxos_group_put(group);
	}
	return 0;
}

int paxos_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_group *group = group_of(info);
	struct paxos_group_change change = { };
	struct nlattr **attrs = info->attrs;
	int error;

	if (!attrs[PAXOS_A_GROUP_LOG_SIZE] && !attrs[PAXOS_A_GROUP_HEARTBEAT] &&
	    !attrs[PAXOS_A_GROUP_TIMEOUT_MIN] && !attrs[PAXOS_A_GROUP_TIMEOUT_MAX])
		return missing(info->extack, PAXOS_A_GROUP_LOG_SIZE,
			       "what to change is missing: log-size, heartbeat or timeouts");
	error = get_log_size(info, &change.log_size) ? :
		get_timing(info, &change.timing) ? :
		paxos_group_set(group, &change, info->extack);
	if (!error)
		paxos_deliver_group(group);
	return error;
}

int paxos_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_group *group = group_of(info);
	int error = paxos_group_del(group, info->extack);

	if (!error)
		paxos_deliver_group_del(home_of(skb)->net, group);
	return error;
}

int paxos_nl_group_init_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_INIT };

	return step(info, &event);
}

int paxos_nl_group_trim_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_TRIM };

	event.trim.force = nla_get_flag(info->attrs[PAXOS_A_GROUP_FORCE]);
	return get_u64(info, PAXOS_A_GROUP_TO, "to is missing: the last instance to forget",
		       &event.trim.to) ? :
	       step(info, &event);
}

/* Members */

static int get_node(struct genl_info *info, u8 *node)
{
	struct nlattr *attr = info->attrs[PAXOS_A_MEMBER_NODE];

	if (!attr)
		return missing(info->extack, PAXOS_A_MEMBER_NODE, "the node is missing");
	*node = nla_get_u32(attr);
	return 0;
}

static int no_member(struct genl_info *info, u8 node)
{
	NL_SET_BAD_ATTR(info->extack, info->attrs[PAXOS_A_MEMBER_NODE]);
	paxos_extack_format(info->extack, "the group has no such member",
			    "the group has no member %u", node);
	return -ENOENT;
}

int paxos_nl_member_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *head;
	int error;
	u8 node;

	error = get_node(info, &node);
	if (error)
		return error;
	head = reply_begin(&reply, PAXOS_NETLINK_MEMBER_SIZE, info, PAXOS_CMD_MEMBER_GET);
	if (IS_ERR(head))
		return PTR_ERR(head);
	error = reply_end(reply, head, paxos_netlink_fill_member(reply, group_of(info), node),
			  info);
	return error == -ENOENT ? no_member(info, node) : error;
}

static int dump_members(struct sk_buff *skb, struct netlink_callback *cb,
			struct paxos_group *group)
{
	struct cursor *c = cursor(cb);
	void *head;
	int error;

	for (; c->node < PAXOS_NODE_MAX; c->node++) {
		head = dump_message(skb, cb, PAXOS_CMD_MEMBER_GET);
		if (!head)
			return -EMSGSIZE;
		error = paxos_netlink_fill_member(skb, group, c->node + 1);
		if (error)
			genlmsg_cancel(skb, head);
		else
			genlmsg_end(skb, head);
		if (error && error != -ENOENT)
			return error;
	}
	return 0;
}

int paxos_nl_member_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = paxos_genl_dump_attrs(cb);
	struct paxos_net *home = home_of(skb);
	struct paxos_group *group;
	int error;

	if (attrs[PAXOS_A_MEMBER_NODE])
		return refuse(cb->extack, -EINVAL, attrs[PAXOS_A_MEMBER_NODE],
			      "a dump is of all members");
	if (!attrs[A_ID] && !attrs[A_NAME])
		return dump_groups(skb, cb, dump_members);
	group = find_group(home, attrs, cb->extack);
	if (IS_ERR(group))
		return PTR_ERR(group);
	dump_begin(home, cb);
	error = dump_members(skb, cb, group);
	paxos_group_put(group);
	return skb->len ? skb->len : error;
}

int paxos_nl_member_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_group *group = group_of(info);
	u8 role = PAXOS_ROLE_VOTER;
	struct paxos_addr addr;
	int error;
	u8 node;

	if (info->attrs[PAXOS_A_MEMBER_ROLE])
		role = nla_get_u32(info->attrs[PAXOS_A_MEMBER_ROLE]);
	error = get_node(info, &node) ? :
		get_addr(info, PAXOS_A_MEMBER_IPV4, PAXOS_A_MEMBER_IPV6, PAXOS_A_MEMBER_PORT,
			 &addr) ? :
		paxos_peer_add(group, node, role, &addr, info->extack);
	if (error)
		return error;
	changed(home_of(skb));
	paxos_deliver_member(group, node);
	return 0;
}

int paxos_nl_member_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_group *group = group_of(info);
	struct paxos_addr addr;
	int error;
	u8 node;

	error = get_node(info, &node) ? :
		get_addr(info, PAXOS_A_MEMBER_IPV4, PAXOS_A_MEMBER_IPV6, PAXOS_A_MEMBER_PORT,
			 &addr) ? :
		paxos_peer_set(group, node, &addr, info->extack);
	if (!error)
		paxos_deliver_member(group, node);
	return error;
}

int paxos_nl_member_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_group *group = group_of(info);
	int error;
	u8 node;

	error = get_node(info, &node) ? : paxos_peer_del(group, node, info->extack);
	if (error)
		return error;
	changed(home_of(skb));
	paxos_deliver_member_del(group, node);
	return 0;
}

/* Entries */

/* What an entry is, copied under the lock; the value holds its own reference. */
struct entry {
	u64 instance;
	u64 hash;
	u64 trim;
	u64 prefix;
	struct paxos_value *value;
};

static void find_entry(struct paxos_group *group, u64 instance, struct entry *entry)
{
	struct paxos_window *w = &group->core.window;
	struct paxos_slot *slot;

	entry->instance = instance;
	entry->value = NULL;
	spin_lock_bh(&group->lock);
	entry->trim = w->trim;
	entry->prefix = w->prefix;
	if (instance > w->trim && instance <= w->prefix && !group->dead) {
		slot = paxos_window_find(w, instance);
		if (slot && slot->chosen) {
			entry->value = paxos_value_get(slot->chosen);
			entry->hash = slot->hash;
		}
	}
	spin_unlock_bh(&group->lock);
}

static int put_value(struct sk_buff *skb, struct paxos_value *value)
{
	struct nlattr *attr = nla_reserve(skb, PAXOS_A_ENTRY_VALUE, value->length);

	if (!attr)
		return -EMSGSIZE;
	paxos_value_read(value, 0, nla_data(attr), value->length);
	return 0;
}

static int put_entry(struct sk_buff *skb, const struct paxos_group *group,
		     const struct entry *entry, u64 trimmed)
{
	struct paxos_value *value = entry->value;

	if (put_group(skb, group) ||
	    (trimmed && paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_TRIMMED, trimmed)))
		return -EMSGSIZE;
	if (!value)
		return 0;
	if (paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_INSTANCE, entry->instance) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_CLIENT, value->id.client) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_SEQUENCE, value->id.sequence) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_DIGEST, value->id.digest) ||
	    nla_put_u32(skb, PAXOS_A_ENTRY_KIND, value->kind) ||
	    nla_put_u32(skb, PAXOS_A_ENTRY_LENGTH, value->length) ||
	    (value->kind == PAXOS_KIND_VALUE && put_value(skb, value)) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_HASH, entry->hash))
		return -EMSGSIZE;
	return 0;
}

static int reply_entry(struct paxos_group *group, u64 instance, struct genl_info *info)
{
	struct sk_buff *reply;
	struct entry entry;
	void *head;
	int error;

	find_entry(group, instance, &entry);
	if (!entry.value) {
		NL_SET_BAD_ATTR(info->extack, info->attrs[PAXOS_A_ENTRY_INSTANCE]);
		if (instance && instance <= entry.trim) {
			paxos_extack_format(info->extack, "the instance is trimmed",
					    "trimmed, as all up to instance %llu", entry.trim);
			return -ERANGE;
		}
		paxos_extack_format(info->extack, "the instance is not known to be decided",
				    "not decided, as far as is known: instance %llu", instance);
		return -ENODATA;
	}
	head = reply_begin(&reply, ENTRY_SIZE + entry.value->length, info, PAXOS_CMD_ENTRY_GET);
	error = PTR_ERR_OR_ZERO(head);
	if (!error)
		error = reply_end(reply, head, put_entry(reply, group, &entry, 0), info);
	paxos_value_put(entry.value);
	return error;
}

int paxos_nl_entry_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *upto = info->attrs[PAXOS_A_ENTRY_UPTO];
	u64 instance;

	if (upto)
		return refuse(info->extack, -EINVAL, upto, "upto is for dumps");
	return get_u64(info, PAXOS_A_ENTRY_INSTANCE, "the instance is missing", &instance) ? :
	       reply_entry(group_of(info), instance, info);
}

/* Random, and drawn anew when a group is added. */
static u64 life_of(const struct paxos_group *group)
{
	u64 life;

	memcpy(&life, group->core.config.incarnation, sizeof(life));
	return life;
}

/* What a dump needs is said here; what is wrong later, since 6.1 loses the text. */
int paxos_nl_entry_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = NLMSG_ALIGN(ENTRY_SIZE + PAXOS_VALUE_MAX);
	return 0;
}

static int dump_entries_begin(struct netlink_callback *cb, struct paxos_net *home)
{
	struct nlattr **attrs = paxos_genl_dump_attrs(cb);
	struct cursor *c = cursor(cb);
	struct paxos_group *group;
	struct entry last;

	group = find_group(home, attrs, cb->extack);
	if (IS_ERR(group))
		return PTR_ERR(group);
	c->group = group->id;
	c->life = life_of(group);
	/* The prefix may rise for as long as the dump lasts, and would for ever. */
	find_entry(group, 0, &last);
	c->upto = last.prefix;
	paxos_group_put(group);

	c->instance = 1;
	if (attrs[PAXOS_A_ENTRY_INSTANCE])
		c->instance = max(1ULL, nla_get_u64(attrs[PAXOS_A_ENTRY_INSTANCE]));
	if (attrs[PAXOS_A_ENTRY_UPTO])
		c->upto = min(c->upto, nla_get_u64(attrs[PAXOS_A_ENTRY_UPTO]));
	c->begun = true;
	return 0;
}

/*
 * One message: an entry, or that there is none any more. A trim that overtakes
 * the dump is told like one that came before it.
 */
static int dump_entry(struct sk_buff *skb, struct netlink_callback *cb, struct paxos_group *group)
{
	struct cursor *c = cursor(cb);
	u64 instance = c->instance, trimmed = 0;
	struct entry entry;
	int error = 0;
	void *head;

	find_entry(group, instance, &entry);
	while (instance <= entry.trim) {
		trimmed = entry.trim;
		instance = trimmed + 1;
		if (instance > c->upto)
			break;
		find_entry(group, instance, &entry);
	}
	if (!trimmed && !entry.value)
		return refuse(cb->extack, -ENOENT, NULL, "the group was deleted");
	head = dump_message(skb, cb, PAXOS_CMD_ENTRY_GET);
	if (head)
		error = put_entry(skb, group, &entry, trimmed);
	if (!head || error) {
		if (head)
			genlmsg_cancel(skb, head);
		error = -EMSGSIZE;
	} else {
		genlmsg_end(skb, head);
		c->instance = instance + !!entry.value;
	}
	paxos_value_put(entry.value);
	return error;
}

int paxos_nl_entry_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct paxos_net *home = home_of(skb);
	struct cursor *c = cursor(cb);
	struct paxos_group *group;
	int error = 0;

	if (!c->begun)
		error = dump_entries_begin(cb, home);
	if (error)
		return error;
	group = paxos_group_find_id(home, c->group);
	if (!group || life_of(group) != c->life) {
		if (group)
			paxos_group_put(group);
		return refuse(cb->extack, -ENOENT, NULL, "the group was deleted");
	}
	/* What was trimmed is told though nothing of it is left to dump. */
	while (c->instance <= c->upto && !error)
		error = dump_entry(skb, cb, group);
	paxos_group_put(group);
	return skb->len ? skb->len : error;
}

/* Ballots */

static int get_ballot(struct genl_info *info, u64 *ballot)
{
	return get_u64(info, PAXOS_A_BALLOT_BALLOT, "the ballot is missing", ballot);
}

static int get_instance(struct genl_info *info, u64 *instance)
{
	return get_u64(info, PAXOS_A_BALLOT_INSTANCE, "the instance is missing", instance);
}

static int put_ballot(struct sk_buff *skb, struct paxos_group *group,
		      const struct paxos_event *event)
{
	struct paxos_options options;

	spin_lock_bh(&group->lock);
	paxos_core_options(&group->core, &options);
	spin_unlock_bh(&group->lock);
	if (put_group(skb, group) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_BALLOT, event->ballot) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_NEXT, event->instance) ||
	    nla_put_u32(skb, PAXOS_A_BALLOT_VOTERS, hweight64(options.voters)) ||
	    nla_put_u32(skb, PAXOS_A_BALLOT_QUORUM_1, options.quorum.phase_1) ||
	    nla_put_u32(skb, PAXOS_A_BALLOT_QUORUM_2, options.quorum.phase_2))
		return -EMSGSIZE;
	return 0;
}

/* A ballot of which its owner was not told. */
static void take_back(struct paxos_group *group, const struct paxos_event *handed)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_DROP,
		.drop = { .owner = handed->hand_out.owner, .ballot = handed->ballot },
	};

	paxos_owner_drop(group, &event);
}

int paxos_nl_ballot_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_HAND_OUT };
	struct paxos_group *group = group_of(info);
	struct sk_buff *reply;
	void *head;
	int error;

	/* The reply first: a ballot that nobody hears of would never be used. */
	head = reply_begin(&reply, ENTRY_SIZE, info, PAXOS_CMD_BALLOT_GET);
	if (IS_ERR(head))
		return PTR_ERR(head);
	event.hand_out.owner = info->snd_portid;
	if (info->attrs[PAXOS_A_BALLOT_ABOVE])
		event.hand_out.above = nla_get_u64(info->attrs[PAXOS_A_BALLOT_ABOVE]);
	error = result(info, &event, paxos_owner_hand_out(group, &event)) ? :
		put_ballot(reply, group, &event);
	error = reply_end(reply, head, error, info);
	if (error && event.ballot)
		take_back(group, &event);
	return error;
}

int paxos_nl_ballot_prepare_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_PREPARE };

	event.prepare.owner = info->snd_portid;
	event.prepare.nonce = get_random_u64();
	event.prepare.single = nla_get_flag(info->attrs[PAXOS_A_BALLOT_SINGLE]);
	return get_ballot(info, &event.prepare.ballot) ? :
	       get_instance(info, &event.prepare.instance) ? :
	       step(info, &event);
}

/* The digest is keyed by what names the group's life. */
static int make_value(struct paxos_group *group, struct genl_info *info,
		      struct paxos_event *event, u8 kind, const u8 *bytes, u32 length)
{
	struct paxos_vid *id = &event->accept.id;
	u8 identity[PAXOS_ID_BYTES];
	struct paxos_value *value;

	if (!paxos_group_identity(group, identity))
		return refuse(info->extack, -EPERM, NULL, "the group has no identity yet");
	value = paxos_group_value(group, kind, bytes, length, info->extack);
	if (IS_ERR(value))
		return PTR_ERR(value);
	id->digest = paxos_value_digest(value, identity);
	value->id = *id;
	event->accept.value = value;
	return 0;
}

static int check_client(struct genl_info *info, const struct paxos_vid *id)
{
	if (!id->client)
		return missing(info->extack, PAXOS_A_BALLOT_CLIENT,
			       "the client is missing: who made the value, not 0");
	if (!id->sequence)
		return missing(info->extack, PAXOS_A_BALLOT_SEQUENCE,
			       "the sequence is missing: the client's number of the value, from 1");
	return 0;
}

static int check_bytes(struct genl_info *info, const struct nlattr *bytes)
{
	u32 length = nla_len(bytes);

	if (length <= PAXOS_VALUE_MAX)
		return 0;
	NL_SET_BAD_ATTR(info->extack, bytes);
	paxos_extack_format(info->extack, "the value is longer than 32768 bytes",
			    "value of %u bytes, at most %u", length, PAXOS_VALUE_MAX);
	return -EMSGSIZE;
}

/* Bytes that are new here: they become a value of the group. */
static int new_value(struct paxos_group *group, struct genl_info *info, struct paxos_event *event)
{
	struct nlattr *bytes = info->attrs[PAXOS_A_BALLOT_VALUE];
	struct paxos_vid *id = &event->accept.id;
	int error = check_client(info, id) ? : check_bytes(info, bytes);

	if (error)
		return error;
	return make_value(group, info, event, PAXOS_KIND_VALUE, nla_data(bytes), nla_len(bytes));
}

static int new_no_op(struct paxos_group *group, struct genl_info *info, struct paxos_event *event)
{
	struct nlattr *bytes = info->attrs[PAXOS_A_BALLOT_VALUE];
	struct paxos_vid *id = &event->accept.id;

	if (bytes && nla_len(bytes))
		return refuse(info->extack, -EINVAL, bytes, "a no-op has no bytes");
	if (id->client || id->sequence)
		return refuse(info->extack, -EINVAL, info->attrs[PAXOS_A_BALLOT_KIND],
			      "a no-op has neither client nor sequence");
	return make_value(group, info, event, PAXOS_KIND_NO_OP, NULL, 0);
}

/* Ends a client's session: what the log has of that client later is not applied. */
static int new_close(struct paxos_group *group, struct genl_info *info, struct paxos_event *event)
{
	struct nlattr *bytes = info->attrs[PAXOS_A_BALLOT_VALUE];
	int error = check_client(info, &event->accept.id);

	if (error)
		return error;
	if (bytes && nla_len(bytes))
		return refuse(info->extack, -EINVAL, bytes, "a close has no bytes");
	return make_value(group, info, event, PAXOS_KIND_CLOSE, NULL, 0);
}

/* A value that a promise reported: its bytes are here, or with who reported it. */
static int reported_value(struct genl_info *info, struct paxos_event *event)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[PAXOS_A_BALLOT_VALUE])
		return refuse(info->extack, -EINVAL, attrs[PAXOS_A_BALLOT_VALUE],
			      "a digest names a value: give one of the two");
	if (attrs[PAXOS_A_BALLOT_KIND])
		return refuse(info->extack, -EINVAL, attrs[PAXOS_A_BALLOT_KIND],
			      "a digest names a value, and its kind with it");
	if (!attrs[PAXOS_A_BALLOT_CLIENT])
		return missing(info->extack, PAXOS_A_BALLOT_CLIENT, "the client is missing");
	if (!attrs[PAXOS_A_BALLOT_SEQUENCE])
		return missing(info->extack, PAXOS_A_BALLOT_SEQUENCE, "the sequence is missing");
	event->accept.id.digest = nla_get_u64(attrs[PAXOS_A_BALLOT_DIGEST]);
	return 0;
}

static int get_value(struct paxos_group *group, struct genl_info *info, struct paxos_event *event)
{
	struct nlattr **attrs = info->attrs;
	struct paxos_vid *id = &event->accept.id;
	u32 kind = PAXOS_KIND_VALUE;

	if (attrs[PAXOS_A_BALLOT_CLIENT])
		id->client = nla_get_u64(attrs[PAXOS_A_BALLOT_CLIENT]);
	if (attrs[PAXOS_A_BALLOT_SEQUENCE])
		id->sequence = nla_get_u64(attrs[PAXOS_A_BALLOT_SEQUENCE]);
	if (attrs[PAXOS_A_BALLOT_DIGEST])
		return reported_value(info, event);
	if (attrs[PAXOS_A_BALLOT_KIND])
		kind = nla_get_u32(attrs[PAXOS_A_BALLOT_KIND]);
	if (kind == PAXOS_KIND_NO_OP)
		return new_no_op(group, info, event);
	if (kind == PAXOS_KIND_CLOSE)
		return new_close(group, info, event);
	if (attrs[PAXOS_A_BALLOT_VALUE])
		return new_value(group, info, event);
	return missing(info->extack, PAXOS_A_BALLOT_VALUE,
		       "the value is missing: value, digest, or the kind no-op or close");
}

int paxos_nl_ballot_accept_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_ACCEPT };
	int error;

	event.accept.owner = info->snd_portid;
	error = get_ballot(info, &event.accept.ballot) ? :
		get_instance(info, &event.accept.instance) ? :
		get_value(group_of(info), info, &event) ? :
		step(info, &event);
	paxos_value_put(event.accept.value);
	return error;
}

int paxos_nl_ballot_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_DROP };

	event.drop.owner = info->snd_portid;
	return get_ballot(info, &event.drop.ballot) ? :
	       result(info, &event, paxos_owner_drop(group_of(info), &event));
}

int paxos_nl_ballot_grant_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_GRANT };

	event.grant.owner = info->snd_portid;
	return get_ballot(info, &event.grant.ballot) ? :
	       get_instance(info, &event.grant.first) ? :
	       step(info, &event);
}

int paxos_nl_ballot_renew_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_RENEW };

	event.grant.owner = info->snd_portid;
	return get_ballot(info, &event.grant.ballot) ? : step(info, &event);
}

/* Leaders */

static int put_lead(struct sk_buff *skb, const struct paxos_grant *grant)
{
	if (!grant->ballot)
		return 0;
	if (paxos_netlink_put_u64(skb, PAXOS_A_LEADER_FIRST, grant->first) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_NEXT, grant->next) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_NUMBER, grant->number) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_QUORUM, ms_since(grant->quorum_at)))
		return -EMSGSIZE;
	return 0;
}

static int put_leader(struct sk_buff *skb, struct paxos_group *group)
{
	struct paxos_leader leader;
	struct paxos_grant grant;

	spin_lock_bh(&group->lock);
	leader = group->core.leader;
	grant = group->core.grant;
	spin_unlock_bh(&group->lock);
	if (put_group(skb, group))
		return -EMSGSIZE;
	if (!leader.ballot)
		return 0;
	if (nla_put_u32(skb, PAXOS_A_LEADER_NODE, paxos_ballot_node(leader.ballot)) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_BALLOT, leader.ballot) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_HEARD, ms_since(leader.heard_at)))
		return -EMSGSIZE;
	return put_lead(skb, &grant);
}

int paxos_nl_leader_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_group(info, ENTRY_SIZE, PAXOS_CMD_LEADER_GET, put_leader);
}

static int dump_leader(struct sk_buff *skb, struct netlink_callback *cb, struct paxos_group *group)
{
	void *head = dump_message(skb, cb, PAXOS_CMD_LEADER_GET);

	if (!head)
		return -EMSGSIZE;
	if (put_leader(skb, group)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

int paxos_nl_leader_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return refuse_group(cb) ? : dump_groups(skb, cb, dump_leader);
}

int paxos_nl_leader_resign_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_RESIGN };

	return step(info, &event);
}

int paxos_nl_leader_ask_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_ASK };

	return step(info, &event);
}

/* Barriers */

static int get_cookie(struct genl_info *info, u64 *cookie)
{
	return get_u64(info, PAXOS_A_BARRIER_COOKIE, "the cookie is missing", cookie);
}

int paxos_nl_barrier_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_BARRIER };
	u64 cookie;
	int error;

	error = get_cookie(info, &cookie);
	if (error)
		return error;
	error = paxos_owner_barrier(group_of(info), info->snd_portid, cookie, &event);
	return result(info, &event, error);
}

int paxos_nl_barrier_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_event event = { .type = PAXOS_EVENT_DROP_BARRIER };

	event.drop.owner = info->snd_portid;
	return get_cookie(info, &event.drop.cookie) ? : step(info, &event);
}

/* Submissions */

/* Only the last of several attributes of one type is in the table. */
static int count_values(struct genl_info *info, struct paxos_submit *submit)
{
	const struct nlattr *attr;
	int left, error;

	submit->type = PAXOS_A_SUBMIT_VALUE;
	submit->attrs = genlmsg_data(info->genlhdr);
	submit->length = genlmsg_len(info->genlhdr);
	nla_for_each_attr(attr, submit->attrs, submit->length, left) {
		if (nla_type(attr) != PAXOS_A_SUBMIT_VALUE)
			continue;
		error = check_bytes(info, attr);
		if (error)
			return error;
		submit->count++;
	}
	return 0;
}

static int get_values(struct genl_info *info, struct paxos_submit *submit)
{
	struct nlattr **attrs = info->attrs;

	submit->kind = PAXOS_KIND_VALUE;
	if (attrs[PAXOS_A_SUBMIT_KIND])
		submit->kind = min(nla_get_u32(attrs[PAXOS_A_SUBMIT_KIND]), 255U);
	if (submit->kind == PAXOS_KIND_CLOSE) {
		if (attrs[PAXOS_A_SUBMIT_VALUE])
			return refuse(info->extack, -EINVAL, attrs[PAXOS_A_SUBMIT_VALUE],
				      "a close has no bytes");
		submit->count = 1;
		return 0;
	}
	if (submit->kind != PAXOS_KIND_VALUE)
		return refuse(info->extack, -EINVAL, attrs[PAXOS_A_SUBMIT_KIND],
			      "a value is submitted, or a close");
	if (!attrs[PAXOS_A_SUBMIT_VALUE])
		return missing(info->extack, PAXOS_A_SUBMIT_VALUE, "the value is missing");
	return count_values(info, submit);
}

static int get_submit(struct genl_info *info, struct paxos_submit *submit)
{
	struct nlattr **attrs = info->attrs;
	int error;

	if (attrs[PAXOS_A_SUBMIT_CLIENT])
		submit->client = nla_get_u64(attrs[PAXOS_A_SUBMIT_CLIENT]);
	if (!submit->client)
		return missing(info->extack, PAXOS_A_SUBMIT_CLIENT,
			       "the client is missing: who made the values, not 0");
	if (attrs[PAXOS_A_SUBMIT_SEQUENCE])
		submit->sequence = nla_get_u64(attrs[PAXOS_A_SUBMIT_SEQUENCE]);
	if (!submit->sequence)
		return missing(info->extack, PAXOS_A_SUBMIT_SEQUENCE,
			       "the sequence is missing: the client's number of the first value, from 1");
	error = get_values(info, submit);
	if (!error && submit->sequence > U64_MAX - submit->count)
		error = refuse(info->extack, -ERANGE, attrs[PAXOS_A_SUBMIT_SEQUENCE],
			       "there are no more sequences");
	return error;
}

int paxos_nl_submit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct paxos_submit submit = { .owner = info->snd_portid };

	return get_submit(info, &submit) ? :
	       paxos_owner_submits(group_of(info), submit.owner, info->extack) ? :
	       paxos_submit(group_of(info), &submit, info->extack);
}

/* Channels */

static int reply_channel(struct genl_info *info, int fd)
{
	struct sk_buff *reply;
	void *head = reply_begin(&reply, ENTRY_SIZE, info, PAXOS_CMD_CHANNEL);

	if (IS_ERR(head))
		return PTR_ERR(head);
	return reply_end(reply, head, put_group(reply, group_of(info)) ? :
				      nla_put_s32(reply, PAXOS_A_CHANNEL_FD, fd), info);
}

/* The descriptor is the caller's before he can have read which it is. */
int paxos_nl_channel_doit(struct sk_buff *skb, struct genl_info *info)
{
	int fd = get_unused_fd_flags(O_CLOEXEC), error;
	struct file *file;

	if (fd < 0)
		return refuse(info->extack, fd, NULL, "too many files are open");
	file = paxos_channel_open(group_of(info), info->extack);
	error = PTR_ERR_OR_ZERO(file);
	if (!error) {
		error = reply_channel(info, fd);
		if (!error) {
			fd_install(fd, file);
			return 0;
		}
		fput(file);
	}
	put_unused_fd(fd);
	return error;
}

/* Counters */

static int emit_counter(void *ctx, const char *name, u64 value)
{
	struct sk_buff *skb = ctx;
	struct nlattr *nest = nla_nest_start(skb, PAXOS_A_COUNTER_COUNTER);

	if (!nest || nla_put_string(skb, PAXOS_A_COUNT_NAME, name) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_COUNT_VALUE, value))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_counters(struct sk_buff *skb, struct paxos_group *group)
{
	return put_group(skb, group) ? : paxos_stats_read(group->stats, emit_counter, skb);
}

int paxos_nl_counter_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return reply_group(info, COUNTERS_SIZE, PAXOS_CMD_COUNTER_GET, put_counters);
}

int paxos_nl_counter_get_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = COUNTERS_SIZE;
	return 0;
}

static int dump_counters(struct sk_buff *skb, struct netlink_callback *cb,
			 struct paxos_group *group)
{
	void *head = dump_message(skb, cb, PAXOS_CMD_COUNTER_GET);

	if (!head)
		return -EMSGSIZE;
	if (group ? put_counters(skb, group) :
		    paxos_stats_read(home_of(skb)->stats, emit_counter, skb)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

int paxos_nl_counter_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct cursor *c = cursor(cb);
	int error;

	if (!c->begun) {
		error = refuse_group(cb) ? : dump_counters(skb, cb, NULL);
		if (error)
			return error;
		c->begun = true;
	}
	return dump_groups(skb, cb, dump_counters);
}

/* The family */

static const struct genl_multicast_group mcgrps[] = {
	[PAXOS_NLGRP_DECIDED]	= { PAXOS_MCGRP_DECIDED, GENL_MCAST_CAP_NET_ADMIN },
	[PAXOS_NLGRP_EVENTS]	= { PAXOS_MCGRP_EVENTS, GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family paxos_netlink_family __ro_after_init = {
	.name		= PAXOS_GENL_NAME,
	.version	= PAXOS_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.pre_doit	= begin_request,
	.post_doit	= end_request,
	.ops		= paxos_nl_ops,
	.n_ops		= ARRAY_SIZE(paxos_nl_ops),
	.mcgrps		= mcgrps,
	.n_mcgrps	= ARRAY_SIZE(mcgrps),
};

/*
 * Called for every netlink socket of the host that closes: ballots are tied to
 * the socket that they were handed out to. P10, P11.
 */
static int socket_closed(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC)
		paxos_owner_gone(paxos_net(notify->net), notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = socket_closed,
};

/**
 * paxos_netlink_init - let requests in
 *
 * To be called when all else is there: requests may come before it returns.
 *
 * Return: 0 or a negative errno.
 */
int __init paxos_netlink_init(void)
{
	int error = netlink_register_notifier(&notifier);

	if (error)
		return error;
	error = genl_register_family(&paxos_netlink_family);
	if (error)
		netlink_unregister_notifier(&notifier);
	return error;
}

/**
 * paxos_netlink_uninit - take no more requests
 *
 * None is running when this returns.
 */
void paxos_netlink_uninit(void)
{
	paxos_deliver_stop();
	genl_unregister_family(&paxos_netlink_family);
	netlink_unregister_notifier(&notifier);
}

MODULE_ALIAS_GENL_FAMILY(PAXOS_GENL_NAME);
