// SPDX-License-Identifier: GPL-2.0
/*
 * The floor: the datagrams of a commit between sockets of the kernel, and
 * nothing else: no protocol, no state, no lock, no process. What a commit costs
 * above it is what the module does. Sockets and sending are as in kmod/.
 *
 * An open file is a node in the namespace of who opened it.
 */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/dst_cache.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp_tunnel.h>

#include "floor.h"

/* No datagram is larger than the module's largest. */
#define BYTES_MAX	1232

/* So many on their way at a time keep softirqs below the bounds where they give way. */
#define TOGETHER	64

/**
 * struct way - to another node
 * @addr: its address
 * @cache: the route
 */
struct way {
	__be32 addr;
	struct dst_cache cache;
};

/**
 * struct end - a node
 * @net: its namespace
 * @sock: its socket, NULL before FLOOR_OPEN
 * @local: its address
 * @port: everybody's
 * @answer: bytes of an answer
 * @ways: how many @way has
 * @heard: answers that came
 * @way: to its peers, or to the last that asked
 * @bytes: what datagrams are made of
 */
struct end {
	struct net *net;
	struct socket *sock;
	__be32 local;
	__be16 port;
	u32 answer;
	u32 ways;
	u64 heard;
	struct way way[FLOOR_PEERS];
	u8 bytes[BYTES_MAX];
};

static struct rtable *route(struct end *end, struct way *way)
{
	struct flowi4 flow = {
		.saddr = end->local,
		.daddr = way->addr,
		.fl4_sport = end->port,
		.fl4_dport = end->port,
		.flowi4_proto = IPPROTO_UDP,
	};
	struct rtable *rt;
	__be32 saddr;

	rt = dst_cache_get_ip4(&way->cache, &saddr);
	if (rt)
		return rt;
	rt = ip_route_output_flow(end->net, &flow, end->sock->sk);
	if (!IS_ERR(rt))
		dst_cache_set_ip4(&way->cache, &rt->dst, flow.saddr);
	return rt;
}

static int send(struct end *end, struct way *way, u32 length)
{
	struct rtable *rt = route(end, way);
	struct sk_buff *skb;
	u32 room;

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	room = LL_RESERVED_SPACE(rt->dst.dev) + rt->dst.header_len + sizeof(struct iphdr) +
		sizeof(struct udphdr);
	skb = alloc_skb(room + length, GFP_ATOMIC);
	if (!skb) {
		ip_rt_put(rt);
		return -ENOMEM;
	}
	skb_reserve(skb, room);
	skb_put_data(skb, end->bytes, length);
	udp_tunnel_xmit_skb(rt, end->sock->sk, skb, end->local, way->addr, 0,
			    ip4_dst_hoplimit(&rt->dst), htons(IP_DF), end->port, end->port,
			    false, false);
	return 0;
}

static void answer(struct end *end, const struct sk_buff *skb)
{
	struct way *way = &end->way[0];

	/* One node asks: the leader. */
	if (way->addr != ip_hdr(skb)->saddr) {
		dst_cache_reset(&way->cache);
		way->addr = ip_hdr(skb)->saddr;
	}
	send(end, way, end->answer);
}

static int encap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct end *end = rcu_dereference_sk_user_data(sk);

	if (end && end->ways)
		end->heard++;
	else if (end)
		answer(end, skb);
	consume_skb(skb);
	return 0;
}

static int bind(struct end *end)
{
	struct udp_tunnel_sock_cfg tunnel = {
		.sk_user_data = end,
		.encap_type = 1,
		.encap_rcv = encap_rcv,
	};
	struct udp_port_cfg port = {
		.family = AF_INET,
		.local_ip.s_addr = end->local,
		.local_udp_port = end->port,
		.use_udp_checksums = 1,
	};
	struct socket *sock;
	int err;

	err = udp_sock_create(end->net, &port, &sock);
	if (err)
		return err;
	sock->sk->sk_allocation = GFP_ATOMIC;
	end->sock = sock;
	setup_udp_tunnel_sock(end->net, sock, &tunnel);
	return 0;
}

static int open_end(struct end *end, const struct floor_end *how)
{
	u32 i;

	if (end->sock)
		return -EBUSY;
	if (how->peers > FLOOR_PEERS || how->answer > BYTES_MAX)
		return -EINVAL;
	end->local = (__force __be32)how->local;
	end->port = (__force __be16)how->port;
	end->answer = how->answer;
	end->ways = how->peers;
	for (i = 0; i < how->peers; i++)
		end->way[i].addr = (__force __be32)how->peer[i];
	return bind(end);
}

/* With bottom halves off the datagrams pile up, and then pass all at once. */
static int ask_together(struct end *end, u32 rounds, u32 ask)
{
	int err = 0;
	u32 i;

	local_bh_disable();
	while (rounds-- && !err)
		for (i = 0; i < end->ways && !err; i++)
			err = send(end, &end->way[i], ask);
	local_bh_enable();
	return err;
}

static int burst(struct end *end, u32 rounds, u32 ask)
{
	u64 want = end->heard + (u64)rounds * end->ways;
	unsigned long limit = jiffies + HZ;
	int err = 0;

	while (rounds && !err) {
		u32 some = min(rounds, TOGETHER / end->ways);

		err = ask_together(end, some, ask);
		rounds -= some;
	}
	while (!err && READ_ONCE(end->heard) < want) {
		/* More than one run of softirqs takes: they go on in a thread. */
		cond_resched();
		if (signal_pending(current))
			err = -EINTR;
		else if (time_after(jiffies, limit))
			err = -ETIMEDOUT;
	}
	return err;
}

static int run(struct end *end, const struct floor_run *how)
{
	u64 __user *took = u64_to_user_ptr(how->took);
	u32 done = 0;

	if (!end->sock || !end->ways)
		return -ENOTCONN;
	if (!how->burst || how->ask > BYTES_MAX)
		return -EINVAL;
	while (done < how->rounds) {
		u32 rounds = min(how->burst, how->rounds - done);
		u64 start = ktime_get_ns();
		int err = burst(end, rounds, how->ask);

		if (err)
			return err;
		if (put_user(ktime_get_ns() - start, took++))
			return -EFAULT;
		done += rounds;
	}
	return 0;
}

static long ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct end *end = file->private_data;
	union {
		struct floor_end end;
		struct floor_run run;
	} how;

	switch (cmd) {
	case FLOOR_OPEN:
		if (copy_from_user(&how.end, (void __user *)arg, sizeof(how.end)))
			return -EFAULT;
		return open_end(end, &how.end);
	case FLOOR_RUN:
		if (copy_from_user(&how.run, (void __user *)arg, sizeof(how.run)))
			return -EFAULT;
		return run(end, &how.run);
	default:
		return -ENOTTY;
	}
}

static void free_end(struct end *end)
{
	u32 i;

	if (end->sock)
		udp_tunnel_sock_release(end->sock);
	for (i = 0; i < FLOOR_PEERS; i++)
		dst_cache_destroy(&end->way[i].cache);
	put_net(end->net);
	kfree(end);
}

static int open(struct inode *inode, struct file *file)
{
	struct end *end = kzalloc(sizeof(*end), GFP_KERNEL);
	int i;

	if (!end)
		return -ENOMEM;
	end->net = get_net(current->nsproxy->net_ns);
	for (i = 0; i < FLOOR_PEERS; i++) {
		if (dst_cache_init(&end->way[i].cache, GFP_KERNEL)) {
			free_end(end);
			return -ENOMEM;
		}
	}
	file->private_data = end;
	return 0;
}

static int release(struct inode *inode, struct file *file)
{
	free_end(file->private_data);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.unlocked_ioctl = ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "paxos_floor",
	.mode = 0600,
	.fops = &operations,
};
module_misc_device(device);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What the datagrams of a commit cost without a protocol");
