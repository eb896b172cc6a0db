// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams that come through UDP itself: cut, in fragments, over IPv6, junk;
 * and answers for which there is no memory. Every one is counted once.
 */

#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/prandom.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "group.h"
#include "net.h"
#include "receive.h"
#include "socket.h"

#define GROUP		0x75647000
#define PORT		40277
#define MEMBER_PORT	40278
#define STRANGER_PORT	40279

/**
 * struct bed - a group of two at one address, and who is not it
 * @net: the namespace
 * @home: the module's state there
 * @group: the group; this node is 1
 * @addr: where it is
 * @member: a socket at the address of node 2
 * @stranger: a socket at the address of nobody
 * @mtu: of the loopback device, before
 * @length: of @bytes
 * @bytes: a HELLO of the member, that asks for one
 */
struct bed {
	struct net *net;
	struct paxos_net *home;
	struct paxos_group *group;
	struct paxos_addr addr;
	struct socket *member;
	struct socket *stranger;
	unsigned int mtu;
	u32 length;
	u8 bytes[2 * PAXOS_WIRE_MAX];
};

static int store(const struct paxos_addr *addr, u16 port, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *v6 = (void *)ss;
	struct sockaddr_in *v4 = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = addr->family;
	if (addr->family == AF_INET) {
		v4->sin_port = htons(port);
		v4->sin_addr.s_addr = addr->v4;
		return sizeof(*v4);
	}
	v6->sin6_port = htons(port);
	v6->sin6_addr = addr->v6;
	return sizeof(*v6);
}

static struct socket *open_socket(struct kunit *test, struct bed *bed, u16 port)
{
	struct sockaddr_storage ss;
	int length = store(&bed->addr, port, &ss);
	struct socket *sock = NULL;

	KUNIT_ASSERT_EQ(test, sock_create_kern(bed->net, bed->addr.family, SOCK_DGRAM,
					       IPPROTO_UDP, &sock), 0);
	KUNIT_EXPECT_EQ(test, kernel_bind(sock, (struct sockaddr *)&ss, length), 0);
	return sock;
}

static void make_hello(struct kunit *test, struct bed *bed)
{
	struct paxos_header header = { .group = GROUP, .sender = 2, .boot = 1, .sequence = 1 };
	struct paxos_msg msg = { .type = PAXOS_WIRE_HELLO };

	header.incarnation[0] = 2;
	msg.hello.options.voters = 3;
	msg.hello.options.window = PAXOS_WINDOW_DEFAULT;
	msg.hello.options.window_bytes = PAXOS_WINDOW_BYTES_DEFAULT;
	msg.hello.options.alpha = PAXOS_WINDOW_DEFAULT;
	msg.hello.ask = true;
	paxos_quorum_default(&msg.hello.options.quorum, 2);
	bed->length = paxos_wire_encode(bed->bytes, sizeof(bed->bytes), &header, &msg);
	KUNIT_ASSERT_GT(test, bed->length, 0);
}

static void begin(struct kunit *test, struct bed *bed)
{
	struct paxos_group_params params = {
		.id = GROUP, .name = "udp", .node = 1, .local = bed->addr,
		.role = PAXOS_ROLE_VOTER,
	};
	struct paxos_addr member = bed->addr;

	member.port = htons(MEMBER_PORT);
	bed->member = open_socket(test, bed, MEMBER_PORT);
	bed->stranger = open_socket(test, bed, STRANGER_PORT);
	KUNIT_ASSERT_EQ(test, paxos_group_add(bed->home, &params, NULL), 0);
	bed->group = paxos_group_find_id(bed->home, GROUP);
	KUNIT_ASSERT_NOT_NULL(test, bed->group);
	KUNIT_ASSERT_EQ(test, paxos_peer_add(bed->group, 2, PAXOS_ROLE_VOTER, &member, NULL), 0);
	make_hello(test, bed);
}

static void end(struct bed *bed)
{
	if (bed->group) {
		paxos_group_del(bed->group, NULL);
		paxos_group_put(bed->group);
	}
	if (bed->member)
		sock_release(bed->member);
	if (bed->stranger)
		sock_release(bed->stranger);
	bed->group = NULL;
	bed->member = NULL;
	bed->stranger = NULL;
}

static int init_bed(struct kunit *test)
{
	struct net *net = current->nsproxy->net_ns;
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	bed->net = net;
	bed->home = paxos_net(net);
	bed->mtu = net->loopback_dev->mtu;
	bed->addr.family = AF_INET;
	bed->addr.port = htons(PORT);
	bed->addr.v4 = htonl(INADDR_LOOPBACK);
	rtnl_lock();
	dev_change_flags(net->loopback_dev, net->loopback_dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	test->priv = bed;
	begin(test, bed);
	return 0;
}

static void set_mtu(struct bed *bed, unsigned int mtu)
{
	rtnl_lock();
	dev_set_mtu(bed->net->loopback_dev, mtu);
	rtnl_unlock();
}

static void exit_bed(struct kunit *test)
{
	struct bed *bed = test->priv;

	if (!bed)
		return;
	set_mtu(bed, bed->mtu);
	end(bed);
}

static void set_length(struct bed *bed, u32 length)
{
	struct paxos_wire_header *head = (void *)bed->bytes;

	head->length = cpu_to_be16(length);
}

static int send(struct bed *bed, struct socket *from, u32 length)
{
	struct sockaddr_storage ss;
	struct msghdr msg = {
		.msg_name = &ss,
		.msg_namelen = store(&bed->addr, PORT, &ss),
	};
	struct kvec vec = { bed->bytes, length };

	return kernel_sendmsg(from, &msg, &vec, 1, length);
}

struct wanted {
	const char *name;
	u64 value;
	u64 sum;
};

static int look(void *ctx, const char *name, u64 value)
{
	struct wanted *wanted = ctx;

	if (!strcmp(name, wanted->name))
		wanted->value += value;
	if (str_has_prefix(name, "drop-") ||
	    (str_has_prefix(name, "in-") && strcmp(name, "in-bytes")))
		wanted->sum += value;
	return 0;
}

/* What was counted, in the group and in the namespace. */
static struct wanted count(const struct bed *bed, const char *name)
{
	struct wanted wanted = { .name = name };

	paxos_stats_read(bed->group->stats, look, &wanted);
	paxos_stats_read(bed->home->stats, look, &wanted);
	return wanted;
}

/* So many more are counted than before, and no more; soon, if not yet. */
static void counted(struct kunit *test, const struct bed *bed, struct wanted before, u64 more,
		    const char *name)
{
	struct wanted after;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		after = count(bed, name);
		if (after.sum >= before.sum + more)
			break;
		usleep_range(1000, 2000);
	}
	KUNIT_EXPECT_EQ_MSG(test, after.sum, before.sum + more, "%s", name);
}

/* One datagram, counted once, and under this name. */
static void expect(struct kunit *test, struct bed *bed, u32 length, const char *name)
{
	struct wanted before = count(bed, name);

	KUNIT_EXPECT_EQ(test, send(bed, bed->member, length), length);
	counted(test, bed, before, 1, name);
	KUNIT_EXPECT_EQ_MSG(test, count(bed, name).value, before.value + 1, "%s of %u bytes", name,
			    length);
}

static void cut_at_every_byte(struct kunit *test, struct bed *bed)
{
	u32 length;

	for (length = 0; length < bed->length; length++) {
		bool head = length >= sizeof(struct paxos_wire_header);

		set_length(bed, head ? length : bed->length);
		expect(test, bed, length, head ? "drop-length" : "drop-short");
	}
	set_length(bed, bed->length);
	expect(test, bed, bed->length, "in-hello");
}

static void is_cut_at_every_byte(struct kunit *test)
{
	cut_at_every_byte(test, test->priv);
}

static void comes_over_ipv6(struct kunit *test)
{
	struct bed *bed = test->priv;

	end(bed);
	bed->addr.family = AF_INET6;
	bed->addr.v6 = in6addr_loopback;
	begin(test, bed);
	cut_at_every_byte(test, bed);
}

/* Put together again it is a list of buffers: no byte may be read across. */
static void comes_in_fragments(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int mtu;

	for (mtu = 68; mtu <= 84; mtu += 16) {
		set_mtu(bed, mtu);
		cut_at_every_byte(test, bed);
	}
	set_length(bed, PAXOS_WIRE_MAX + 1);
	expect(test, bed, PAXOS_WIRE_MAX + 1, "drop-large");
	expect(test, bed, 2 * PAXOS_WIRE_MAX, "drop-large");
}

static void has_no_checksum(struct kunit *test)
{
	struct bed *bed = test->priv;

	bed->member->sk->sk_no_check_tx = 1;
	expect(test, bed, bed->length, "drop-checksum");
}

/* P34, P35, P36 */
static void is_junk(struct kunit *test)
{
	struct bed *bed = test->priv;
	const u32 n = 2000, whole = bed->length;
	struct rnd_state random;
	struct wanted before;
	u64 given, sent;
	u8 *hello;
	u32 i;

	hello = kunit_kzalloc(test, sizeof(bed->bytes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, hello);
	memcpy(hello, bed->bytes, whole);
	prandom_seed_state(&random, 34);
	given = bed->group->pool.given;
	sent = count(bed, "out-bytes").value;
	before = count(bed, "in-hello");
	for (i = 0; i < n; i++) {
		u32 length = prandom_u32_state(&random) % PAXOS_WIRE_MAX, good = length / 2;

		memcpy(bed->bytes, hello, whole);
		prandom_bytes_state(&random, bed->bytes + good, PAXOS_WIRE_MAX - good);
		if (length >= sizeof(struct paxos_wire_header))
			set_length(bed, length);
		KUNIT_ASSERT_EQ(test, send(bed, i % 2 ? bed->stranger : bed->member, length),
				length);
	}
	counted(test, bed, before, n, "junk");
	KUNIT_EXPECT_EQ(test, count(bed, "in-hello").value, before.value);
	KUNIT_EXPECT_EQ(test, bed->group->pool.given, given);
	/* What it says of its own accord, once a second, is no answer. */
	KUNIT_EXPECT_LT(test, count(bed, "out-bytes").value, sent + n / 10 * whole);
}

static struct sk_buff *make_skb(struct kunit *test, const struct bed *bed)
{
	struct udphdr *udp;
	struct sk_buff *skb;
	struct iphdr *ip;

	skb = alloc_skb(sizeof(*ip) + sizeof(*udp) + bed->length, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	ip = skb_put_zero(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = 5;
	ip->saddr = bed->addr.v4;
	skb_pull(skb, sizeof(*ip));
	skb_reset_transport_header(skb);
	udp = skb_put_zero(skb, sizeof(*udp));
	udp->source = htons(MEMBER_PORT);
	udp->dest = bed->addr.port;
	udp->len = htons(bed->length + sizeof(*udp));
	udp->check = CSUM_MANGLED_0;
	skb_put_data(skb, bed->bytes, bed->length);
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

/* Whatever becomes of it, it is let go of once. */
static void receive(struct kunit *test, struct bed *bed, struct sk_buff *skb)
{
	skb_get(skb);
	rcu_read_lock();
	local_bh_disable();
	paxos_receive(bed->group->socket, skb);
	local_bh_enable();
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, refcount_read(&skb->users), 1);
	kfree_skb(skb);
}

/* A list of buffers of a few bytes each, as nobody sends it on purpose. */
static void lies_in_a_list(struct kunit *test)
{
	const u32 step = 7, first = sizeof(struct udphdr) + 3;
	struct bed *bed = test->priv;
	struct wanted before = count(bed, "in-hello");
	struct sk_buff *skb = make_skb(test, bed), *head, **next;
	u32 at, all = skb->len;

	head = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, head);
	head = skb_unshare(head, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, head);
	skb_trim(head, first);
	next = &skb_shinfo(head)->frag_list;
	for (at = first; at < all; at += step) {
		u32 length = min(step, all - at);
		struct sk_buff *piece = alloc_skb(length, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, piece);
		skb_copy_bits(skb, at, skb_put(piece, length), length);
		*next = piece;
		next = &piece->next;
		head->len += length;
		head->data_len += length;
		head->truesize += piece->truesize;
	}
	kfree_skb(skb);
	receive(test, bed, head);
	counted(test, bed, before, 1, "in-hello");
	KUNIT_EXPECT_EQ(test, count(bed, "in-hello").value, before.value + 1);
}

static void finds_the_group_dead(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct wanted before = count(bed, "drop-dead");

	/* As long as others may still find it. */
	spin_lock_bh(&bed->group->lock);
	bed->group->dead = true;
	spin_unlock_bh(&bed->group->lock);
	receive(test, bed, make_skb(test, bed));
	spin_lock_bh(&bed->group->lock);
	bed->group->dead = false;
	spin_unlock_bh(&bed->group->lock);
	KUNIT_EXPECT_EQ(test, count(bed, "drop-dead").value, before.value + 1);
}

/* The k-th allocation fails: the answer is lost, and nothing else. */
static void finds_no_memory_to_answer(struct kunit *test)
{
#ifdef CONFIG_FAILSLAB
	struct bed *bed = test->priv;
	u64 lost = count(bed, "send-no-memory").value, heard = count(bed, "in-hello").value;
	struct sk_buff *skb;
	bool hit = true;
	u32 k;

	for (k = 1; hit && k < 100; k++) {
		skb = make_skb(test, bed);
		current->fail_nth = k;
		receive(test, bed, skb);
		hit = !current->fail_nth;
		current->fail_nth = 0;
	}
	KUNIT_EXPECT_FALSE(test, hit);
	KUNIT_EXPECT_EQ(test, count(bed, "in-hello").value, heard + k - 1);
	/* An answer is made of what came, so there may be nothing that could fail. */
	if (k > 2)
		KUNIT_EXPECT_GT(test, count(bed, "send-no-memory").value, lost);
#else
	kunit_skip(test, "this kernel fails no allocation on demand");
#endif
}

static struct kunit_case udp_cases[] = {
	KUNIT_CASE(is_cut_at_every_byte),
	KUNIT_CASE(comes_over_ipv6),
	/* After it: what cannot carry IPv6 loses its address. */
	KUNIT_CASE(comes_in_fragments),
	KUNIT_CASE(has_no_checksum),
	KUNIT_CASE(is_junk),
	KUNIT_CASE(lies_in_a_list),
	KUNIT_CASE(finds_the_group_dead),
	KUNIT_CASE(finds_no_memory_to_answer),
	{}
};

static struct kunit_suite udp_suite = {
	.name = "paxos_udp",
	.init = init_bed,
	.exit = exit_bed,
	.test_cases = udp_cases,
};

kunit_test_suite(udp_suite);
