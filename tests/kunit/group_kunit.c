// SPDX-License-Identifier: GPL-2.0
/* Groups, their sockets, members, memory and owners: how they come and go. */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/netlink.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "group.h"
#include "net.h"
#include "owner.h"
#include "socket.h"
#include "submit.h"

#define GROUP		0x67726f75
#define PORT		40177
#define OWNER		4711

static struct paxos_net *home_of_test(void)
{
	struct net *net = current->nsproxy->net_ns;

	rtnl_lock();
	dev_change_flags(net->loopback_dev, net->loopback_dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	return paxos_net(net);
}

static struct paxos_addr addr(u32 v4, u16 port)
{
	return (struct paxos_addr){
		.family = AF_INET, .port = htons(port), .v4 = htonl(v4),
	};
}

static struct paxos_group_params params(u32 id, const char *name)
{
	return (struct paxos_group_params){
		.id = id, .name = name, .node = 1, .local = addr(0x7f000001, PORT),
		.role = PAXOS_ROLE_VOTER,
	};
}

static void end(struct paxos_group *group)
{
	if (!group)
		return;
	paxos_group_del(group, NULL);
	paxos_group_put(group);
}

static struct paxos_group *begin(struct kunit *test, u32 id, const char *name)
{
	struct paxos_group_params p = params(id, name);
	struct paxos_net *home = home_of_test();
	struct paxos_group *group;

	KUNIT_ASSERT_EQ(test, paxos_group_add(home, &p, NULL), 0);
	group = paxos_group_find_id(home, id);
	KUNIT_ASSERT_NOT_NULL(test, group);
	return group;
}

/* A voter alone is a quorum. */
static struct paxos_group *begin_voting(struct kunit *test)
{
	struct paxos_event init = { .type = PAXOS_EVENT_INIT };
	struct paxos_group *group = begin(test, GROUP, "kunit");

	KUNIT_EXPECT_EQ(test, paxos_group_step(group, &init), 0);
	KUNIT_EXPECT_EQ(test, group->core.state, PAXOS_STATE_VOTING);
	return group;
}

static int set_log_size(struct paxos_group *group, u64 log_size)
{
	struct paxos_group_change change = { .log_size = log_size };

	return paxos_group_set(group, &change, NULL);
}

static void is_found_until_deleted(struct kunit *test)
{
	struct paxos_group *group = begin(test, GROUP, "kunit"), *found;
	struct paxos_net *home = group->home;
	u32 id = 0;

	found = paxos_group_find_name(home, "kunit");
	KUNIT_EXPECT_PTR_EQ(test, found, group);
	paxos_group_put(found);
	found = paxos_group_next(home, &id);
	KUNIT_EXPECT_PTR_EQ(test, found, group);
	KUNIT_EXPECT_EQ(test, id, GROUP);
	paxos_group_put(found);
	id = GROUP + 1;
	KUNIT_EXPECT_NULL(test, paxos_group_next(home, &id));
	KUNIT_EXPECT_EQ(test, paxos_group_del(group, NULL), 0);
	KUNIT_EXPECT_NULL(test, paxos_group_find_id(home, GROUP));
	KUNIT_EXPECT_NULL(test, paxos_group_find_name(home, "kunit"));
	KUNIT_EXPECT_TRUE(test, list_empty(&home->sockets));
	paxos_group_put(group);
}

static void does_nothing_once_deleted(struct kunit *test)
{
	struct paxos_event tick = { .type = PAXOS_EVENT_TICK };
	struct paxos_group *group = begin(test, GROUP, "kunit");
	struct paxos_addr member = addr(0x7f000002, PORT);

	KUNIT_EXPECT_EQ(test, paxos_group_del(group, NULL), 0);
	KUNIT_EXPECT_EQ(test, paxos_group_del(group, NULL), -ENODEV);
	KUNIT_EXPECT_EQ(test, paxos_group_step(group, &tick), -ENODEV);
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_32M), -ENODEV);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, PAXOS_ROLE_VOTER, &member, NULL), -ENODEV);
	KUNIT_EXPECT_FALSE(test, !RB_EMPTY_NODE(&group->due.node));
	KUNIT_EXPECT_FALSE(test, work_busy(&group->refill));
	paxos_group_put(group);
}

static void refuses_an_id_or_a_name_that_is_taken(struct kunit *test)
{
	struct paxos_group *group = begin(test, GROUP, "kunit");
	struct paxos_group_params id = params(GROUP, "other");
	struct paxos_group_params name = params(GROUP + 1, "kunit");

	KUNIT_EXPECT_EQ(test, paxos_group_add(group->home, &id, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, paxos_group_add(group->home, &name, NULL), -EEXIST);
	KUNIT_EXPECT_NULL(test, paxos_group_find_id(group->home, GROUP + 1));
	KUNIT_EXPECT_NULL(test, paxos_group_find_name(group->home, "other"));
	KUNIT_EXPECT_EQ(test, group->socket->users, 1);
	end(group);
}

static void share_a_socket(struct kunit *test)
{
	struct paxos_group *one = begin(test, GROUP, "one");
	struct paxos_group *two = begin(test, GROUP + 1, "two");
	struct paxos_net *home = one->home;

	KUNIT_EXPECT_PTR_EQ(test, one->socket, two->socket);
	KUNIT_EXPECT_EQ(test, one->socket->users, 2);
	end(one);
	KUNIT_EXPECT_EQ(test, two->socket->users, 1);
	end(two);
	KUNIT_EXPECT_TRUE(test, list_empty(&home->sockets));
}

struct bad {
	const char *name;
	u8 node;
	u16 port;
	u32 v4;
	u8 role;
	u32 window;
	u32 window_bytes;
	u64 log_size;
	u8 quorum;
	int error;
};

#define LONGEST	"0123456789012345678901234567890"

static const struct bad bads[] = {
	{ .name = "", .error = -EINVAL },
	{ .name = LONGEST "1", .error = -EINVAL },
	{ .name = "a b", .error = -EINVAL },
	{ .name = "a/b", .error = -EINVAL },
	{ .name = "\xc3\xa4", .error = -EINVAL },
	{ .node = PAXOS_NODE_MAX + 1, .error = -ERANGE },
	{ .v4 = 0xe0000001, .error = -EINVAL },
	{ .v4 = 0xffffffff, .error = -EINVAL },
	{ .v4 = 0x00000001, .error = -EADDRNOTAVAIL },
	{ .v4 = 0x7fffffff, .error = -EADDRNOTAVAIL },
	{ .v4 = 0xc0000201, .error = -EADDRNOTAVAIL },
	{ .role = PAXOS_ROLE_LEARNER + 1, .error = -EINVAL },
	{ .window = PAXOS_WINDOW_MAX + 1, .error = -ERANGE },
	{ .window_bytes = PAXOS_VALUE_MAX - 1, .error = -ERANGE },
	{ .log_size = PAXOS_LOG_SIZE_MIN - 1, .error = -ERANGE },
	{ .log_size = PAXOS_LOG_SIZE_MIN, .error = -ERANGE },
	{ .log_size = PAXOS_LOG_SIZE_MAX + 1, .error = -ERANGE },
	{ .window = 16, .window_bytes = SZ_1M, .log_size = SZ_1M, .error = -ERANGE },
	{ .quorum = PAXOS_VOTERS_MAX + 1, .error = -ERANGE },
	/* And what is just within. */
	{ .name = LONGEST },
	{ .name = "A-z_0.9" },
	{ .node = PAXOS_NODE_MAX },
	{ .window = 1, .window_bytes = PAXOS_VALUE_MAX, .log_size = PAXOS_LOG_SIZE_MIN },
	{ .window = PAXOS_WINDOW_MAX },
	{ .window_bytes = SZ_64M },
};

static void takes_what_it_can_be_and_nothing_else(struct kunit *test)
{
	struct paxos_net *home = home_of_test();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad *bad = &bads[i];
		struct paxos_group_params p = params(GROUP, bad->name ?: "kunit");
		struct netlink_ext_ack extack = { };

		if (bad->node)
			p.node = bad->node;
		if (bad->v4)
			p.local.v4 = htonl(bad->v4);
		if (bad->role)
			p.role = bad->role;
		p.window = bad->window;
		p.window_bytes = bad->window_bytes;
		p.log_size = bad->log_size;
		p.quorum_1 = bad->quorum;
		KUNIT_EXPECT_EQ_MSG(test, paxos_group_add(home, &p, &extack), bad->error,
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, !!extack._msg, !!bad->error, "case %u", i);
		end(paxos_group_find_id(home, GROUP));
	}
}

static void members_have_places_of_their_own(struct kunit *test)
{
	struct paxos_group *group = begin(test, GROUP, "kunit");
	struct paxos_addr two = addr(0x7f000002, PORT), three = addr(0x7f000003, PORT), found;
	struct paxos_addr six = {
		.family = AF_INET6, .port = htons(PORT), .v6 = IN6ADDR_LOOPBACK_INIT,
	};
	const u8 voter = PAXOS_ROLE_VOTER;

	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 1, voter, &two, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 0, voter, &two, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 65, voter, &two, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, voter, &group->local, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, voter, &six, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, voter, &two, NULL), 0);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, voter, &three, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 3, voter, &two, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, paxos_peer_set(group, 3, &three, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, paxos_peer_set(group, 2, &three, NULL), 0);
	KUNIT_EXPECT_TRUE(test, paxos_peer_addr(group, 2, &found));
	KUNIT_EXPECT_TRUE(test, paxos_addr_equal(&found, &three));
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 3, voter, &two, NULL), 0);
	KUNIT_EXPECT_EQ(test, paxos_peer_del(group, 2, NULL), 0);
	KUNIT_EXPECT_EQ(test, paxos_peer_del(group, 2, NULL), -ENOENT);
	KUNIT_EXPECT_FALSE(test, paxos_peer_addr(group, 2, &found));
	end(group);
}

static void voters_stay_once_the_group_lives(struct kunit *test)
{
	struct paxos_group *group = begin_voting(test);
	struct paxos_addr two = addr(0x7f000002, PORT), found;
	struct netlink_ext_ack extack = { };

	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, PAXOS_ROLE_VOTER, &two, &extack), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_FALSE(test, paxos_peer_addr(group, 2, &found));
	KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, PAXOS_ROLE_LEARNER, &two, &extack), 0);
	end(group);
}

static void the_log_grows_and_shrinks(struct kunit *test)
{
	struct paxos_group *group = begin(test, GROUP, "kunit");
	u32 dir_size = group->core.window.dir_size;

	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_1M), -ERANGE);
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_256M), 0);
	KUNIT_EXPECT_GT(test, group->core.window.dir_size, dir_size);
	KUNIT_EXPECT_EQ(test, group->pool.limit, SZ_256M);
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_16M), 0);
	KUNIT_EXPECT_EQ(test, group->pool.limit, SZ_16M);
	KUNIT_EXPECT_LE(test, group->pool.given, SZ_16M);
	end(group);
}

/* P36: the limit holds, and what is given back can be taken again. */
static void values_take_what_the_log_has(struct kunit *test)
{
	struct paxos_value **value, *last = NULL;
	struct paxos_group *group = begin(test, GROUP, "kunit");
	u32 i, n, most = SZ_16M / PAXOS_VALUE_MAX;
	u64 given;
	u8 *bytes;

	bytes = kunit_kzalloc(test, PAXOS_VALUE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	value = kunit_kcalloc(test, most, sizeof(*value), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, value);
	for (n = 0; n < most; n++) {
		last = paxos_group_value(group, PAXOS_KIND_VALUE, bytes, PAXOS_VALUE_MAX, NULL);
		if (IS_ERR(last))
			break;
		value[n] = last;
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(last), -ENOSPC);
	KUNIT_EXPECT_GT(test, n, most * 3 / 4);
	/* More than it may be shrunk to: its limit stays, and what it has at hand. */
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_32M), 0);
	given = group->pool.given;
	KUNIT_EXPECT_GT(test, given, group->pool.used);
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_8M + SZ_1M), -EBUSY);
	KUNIT_EXPECT_EQ(test, group->pool.limit, SZ_32M);
	KUNIT_EXPECT_EQ(test, group->pool.given, given);
	KUNIT_EXPECT_EQ(test, set_log_size(group, SZ_16M), 0);
	KUNIT_EXPECT_LE(test, group->pool.given, group->pool.limit);
	for (i = 0; i < n; i++)
		paxos_value_put(value[i]);
	/* All of it is in chunks of a page now; small ones are wanted. */
	for (i = 0; i < n; i++) {
		value[i] = paxos_group_value(group, PAXOS_KIND_VALUE, bytes, 1000, NULL);
		KUNIT_EXPECT_FALSE(test, IS_ERR(value[i]));
		if (IS_ERR(value[i]))
			value[i] = NULL;
	}
	KUNIT_EXPECT_LE(test, group->pool.given, group->pool.limit);
	for (i = 0; i < n; i++)
		paxos_value_put(value[i]);
	end(group);
}

static int hand_out(struct paxos_group *group, u64 owner, u64 *ballot)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_HAND_OUT,
		.hand_out = { .owner = owner },
	};
	int err = paxos_owner_hand_out(group, &event);

	*ballot = event.ballot;
	return err;
}

static int drop(struct paxos_group *group, u64 owner, u64 ballot)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_DROP,
		.drop = { .owner = owner, .ballot = ballot },
	};

	return paxos_owner_drop(group, &event);
}

static void ballots_end_with_their_socket(struct kunit *test)
{
	struct paxos_group *group = begin_voting(test);
	u64 one, two, three;

	KUNIT_EXPECT_EQ(test, hand_out(group, OWNER, &one), 0);
	KUNIT_EXPECT_EQ(test, hand_out(group, OWNER, &two), 0);
	KUNIT_EXPECT_EQ(test, hand_out(group, OWNER + 1, &three), 0);
	KUNIT_EXPECT_GT(test, two, one);
	KUNIT_EXPECT_GT(test, three, two);
	KUNIT_EXPECT_EQ(test, drop(group, OWNER + 1, one), -ENOENT);
	KUNIT_EXPECT_EQ(test, drop(group, OWNER, one), 0);
	KUNIT_EXPECT_EQ(test, drop(group, OWNER, one), -ENOENT);
	paxos_owner_gone(group->home, OWNER);
	KUNIT_EXPECT_EQ(test, drop(group, OWNER, two), -ENOENT);
	KUNIT_EXPECT_EQ(test, drop(group, OWNER + 1, three), 0);
	KUNIT_EXPECT_NULL(test, group->core.proposals);
	KUNIT_EXPECT_TRUE(test, list_empty(&group->owners));
	paxos_owner_gone(group->home, OWNER);
	end(group);
}

static void ballots_end_with_their_group(struct kunit *test)
{
	struct paxos_group *group = begin_voting(test);
	struct paxos_net *home = group->home;
	u64 ballot;

	KUNIT_EXPECT_EQ(test, hand_out(group, OWNER, &ballot), 0);
	KUNIT_EXPECT_EQ(test, paxos_group_del(group, NULL), 0);
	KUNIT_EXPECT_TRUE(test, hash_empty(home->owners));
	KUNIT_EXPECT_EQ(test, hand_out(group, OWNER, &ballot), -ENODEV);
	KUNIT_EXPECT_TRUE(test, hash_empty(home->owners));
	paxos_owner_gone(home, OWNER);
	paxos_group_put(group);
}

/* P37: groups that greet members which are not there come and go all together. */
static void end_while_their_timers_run(struct kunit *test)
{
	struct paxos_net *home = home_of_test();
	char name[PAXOS_NAME_MAX + 1];
	u32 i, round;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < 20; i++) {
			struct paxos_addr two = addr(0x7f000002, PORT + i);
			struct paxos_group *group;

			snprintf(name, sizeof(name), "kunit-%u", i);
			group = begin(test, GROUP + i, name);
			KUNIT_EXPECT_EQ(test, paxos_peer_add(group, 2, PAXOS_ROLE_VOTER, &two,
							     NULL), 0);
			paxos_group_put(group);
		}
		usleep_range(1000, 30000);
		paxos_group_end(home);
		KUNIT_EXPECT_TRUE(test, xa_empty(&home->groups));
		KUNIT_EXPECT_TRUE(test, list_empty(&home->sockets));
	}
}

/* As a socket does by netlink. */
static int submit(struct paxos_group *group, u64 owner, u64 sequence)
{
	struct {
		struct nlattr attr;
		u8 bytes[64];
	} values[3] = { };
	struct paxos_submit what = {
		.owner = owner, .client = 9, .sequence = sequence, .kind = PAXOS_KIND_VALUE,
		.count = ARRAY_SIZE(values), .type = 5, .attrs = &values[0].attr,
		.length = sizeof(values),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		values[i].attr.nla_len = sizeof(values[i]);
		values[i].attr.nla_type = 5;
	}
	return paxos_owner_submits(group, owner, NULL) ? : paxos_submit(group, &what, NULL);
}

/* All of them or none; and what nobody waits for any more is no burden. */
static void submissions_end_with_their_socket(struct kunit *test)
{
	struct paxos_group *group = begin_voting(test);
	struct paxos_net *home = group->home;

	KUNIT_EXPECT_EQ(test, submit(group, OWNER, 1), 0);
	KUNIT_EXPECT_EQ(test, submit(group, OWNER + 1, 4), 0);
	KUNIT_EXPECT_EQ(test, group->core.submissions.count, 6);
	KUNIT_EXPECT_EQ(test, submit(group, OWNER, 6), -EEXIST);
	KUNIT_EXPECT_EQ(test, group->core.submissions.count, 6);
	paxos_owner_gone(home, OWNER);
	KUNIT_EXPECT_EQ(test, group->core.submissions.count, 3);
	/* Known again, like the first time. */
	KUNIT_EXPECT_EQ(test, submit(group, OWNER, 7), 0);
	paxos_owner_gone(home, OWNER);
	paxos_owner_gone(home, OWNER + 1);
	KUNIT_EXPECT_EQ(test, group->core.submissions.count, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&group->owners));
	/* And those of a group that ends. */
	KUNIT_EXPECT_EQ(test, submit(group, OWNER, 1), 0);
	KUNIT_EXPECT_EQ(test, paxos_group_del(group, NULL), 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&group->owners));
	KUNIT_EXPECT_EQ(test, submit(group, OWNER, 10), -ENODEV);
	KUNIT_EXPECT_TRUE(test, list_empty(&group->owners));
	KUNIT_EXPECT_EQ(test, group->core.submissions.count, 0);
	paxos_group_put(group);
}

static struct kunit_case group_cases[] = {
	KUNIT_CASE(is_found_until_deleted),
	KUNIT_CASE(does_nothing_once_deleted),
	KUNIT_CASE(refuses_an_id_or_a_name_that_is_taken),
	KUNIT_CASE(share_a_socket),
	KUNIT_CASE(takes_what_it_can_be_and_nothing_else),
	KUNIT_CASE(members_have_places_of_their_own),
	KUNIT_CASE(voters_stay_once_the_group_lives),
	KUNIT_CASE(the_log_grows_and_shrinks),
	KUNIT_CASE(values_take_what_the_log_has),
	KUNIT_CASE(ballots_end_with_their_socket),
	KUNIT_CASE(ballots_end_with_their_group),
	KUNIT_CASE(end_while_their_timers_run),
	KUNIT_CASE(submissions_end_with_their_socket),
	{}
};

static struct kunit_suite group_suite = {
	.name = "paxos_group",
	.test_cases = group_cases,
};

kunit_test_suite(group_suite);
