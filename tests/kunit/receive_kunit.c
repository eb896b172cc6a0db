// SPDX-License-Identifier: GPL-2.0
/* The receive path: what a datagram has to be before a group hears of it. */

#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <net/net_namespace.h>

#include "core/bundle.h"
#include "group.h"
#include "net.h"
#include "receive.h"
#include "socket.h"
#include "timer.h"

#define GROUP		0x7061786f
#define PORT		40077
#define ME		0x7f000001
#define MEMBER		0x7f000002

/**
 * struct bed - a group with one member, and a datagram to it
 * @home: the namespace's state
 * @group: the group; this node is 1, the member is 2
 * @bytes: a HELLO of the member
 * @length: its bytes
 * @source: where it comes from
 * @port: and from which port
 * @udp_length: what the UDP header says
 * @checksum: what it says too
 * @protocol: ETH_P_IP
 * @linear: so many bytes after the UDP header lie in one piece with it
 */
struct bed {
	struct paxos_net *home;
	struct paxos_group *group;
	u8 bytes[2 * PAXOS_WIRE_MAX];
	u32 length;
	u32 source;
	u16 port;
	u32 udp_length;
	u16 checksum;
	u16 protocol;
	u32 linear;
};

static void set_length(struct bed *bed, u32 length)
{
	struct paxos_wire_header *head = (void *)bed->bytes;

	bed->length = length;
	bed->linear = length;
	bed->udp_length = length + sizeof(struct udphdr);
	head->length = cpu_to_be16(length);
}

static void make_hello(struct kunit *test, struct bed *bed)
{
	struct paxos_header header = { .group = GROUP, .sender = 2, .boot = 1, .sequence = 1 };
	struct paxos_msg msg = { .type = PAXOS_WIRE_HELLO };
	size_t length;

	header.incarnation[0] = 2;
	msg.hello.options.voters = 3;
	msg.hello.options.window = PAXOS_WINDOW_DEFAULT;
	msg.hello.options.window_bytes = PAXOS_WINDOW_BYTES_DEFAULT;
	msg.hello.options.alpha = PAXOS_WINDOW_DEFAULT;
	paxos_quorum_default(&msg.hello.options.quorum, 2);
	length = paxos_wire_encode(bed->bytes, sizeof(bed->bytes), &header, &msg);
	KUNIT_ASSERT_GT(test, length, 0);
	set_length(bed, length);
	bed->source = MEMBER;
	bed->port = PORT;
	bed->checksum = 0x1234;
	bed->protocol = ETH_P_IP;
}

static struct paxos_addr addr(u32 v4, u16 port)
{
	return (struct paxos_addr){
		.family = AF_INET, .port = htons(port), .v4 = htonl(v4),
	};
}

static int init_bed(struct kunit *test)
{
	struct net *net = current->nsproxy->net_ns;
	struct paxos_group_params params = {
		.id = GROUP, .name = "kunit", .node = 1, .local = addr(ME, PORT),
		.role = PAXOS_ROLE_VOTER,
	};
	struct paxos_addr member = addr(MEMBER, PORT);
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	rtnl_lock();
	dev_change_flags(net->loopback_dev, net->loopback_dev->flags | IFF_UP, NULL);
	rtnl_unlock();
	bed->home = paxos_net(net);
	KUNIT_ASSERT_EQ(test, paxos_group_add(bed->home, &params, NULL), 0);
	bed->group = paxos_group_find_id(bed->home, GROUP);
	KUNIT_ASSERT_NOT_NULL(test, bed->group);
	test->priv = bed;
	KUNIT_ASSERT_EQ(test, paxos_peer_add(bed->group, 2, PAXOS_ROLE_VOTER, &member, NULL), 0);
	make_hello(test, bed);
	return 0;
}

static void exit_bed(struct kunit *test)
{
	struct bed *bed = test->priv;

	if (!bed)
		return;
	paxos_group_del(bed->group, NULL);
	paxos_group_put(bed->group);
}

/* The datagram as UDP hands it over: from its UDP header on. */
static struct sk_buff *make_skb(struct kunit *test, const struct bed *bed)
{
	u32 paged = bed->length - bed->linear;
	struct page *page = NULL;
	struct udphdr *udp;
	struct sk_buff *skb;
	struct iphdr *ip;

	skb = alloc_skb(sizeof(*ip) + sizeof(*udp) + bed->linear, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	ip = skb_put_zero(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = 5;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = htonl(bed->source);
	ip->daddr = htonl(ME);
	skb_pull(skb, sizeof(*ip));
	skb_reset_transport_header(skb);
	udp = skb_put_zero(skb, sizeof(*udp));
	udp->source = htons(bed->port);
	udp->dest = htons(PORT);
	udp->len = htons(bed->udp_length);
	udp->check = (__force __sum16)htons(bed->checksum);
	skb_put_data(skb, bed->bytes, bed->linear);
	if (paged) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), bed->bytes + bed->linear, paged);
		skb_add_rx_frag(skb, 0, page, 0, paged, PAGE_SIZE);
	}
	skb->protocol = htons(bed->protocol);
	return skb;
}

static void receive(struct kunit *test, struct bed *bed)
{
	struct sk_buff *skb = make_skb(test, bed);

	rcu_read_lock();
	local_bh_disable();
	paxos_receive(bed->group->socket, skb);
	local_bh_enable();
	rcu_read_unlock();
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
		wanted->value = value;
	if (str_has_prefix(name, "drop-") || !strcmp(name, "in-hello"))
		wanted->sum += value;
	return 0;
}

static struct wanted count(struct paxos_stats __percpu *stats, const char *name)
{
	struct wanted wanted = { .name = name };

	paxos_stats_read(stats, look, &wanted);
	return wanted;
}

/* One datagram in, one counter up, and no other. */
static void expect(struct kunit *test, struct bed *bed, const char *name, bool found)
{
	struct paxos_stats __percpu *stats = found ? bed->group->stats : bed->home->stats;
	struct wanted before = count(stats, name), after;

	receive(test, bed);
	after = count(stats, name);
	KUNIT_EXPECT_EQ_MSG(test, after.value, before.value + 1, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, after.sum, before.sum + 1, "%s", name);
}

static void a_member_is_heard(struct kunit *test)
{
	expect(test, test->priv, "in-hello", true);
}

static void a_datagram_in_pieces_is_heard(struct kunit *test)
{
	struct bed *bed = test->priv;

	for (bed->linear = 0; bed->linear < bed->length; bed->linear++)
		expect(test, bed, "in-hello", true);
}

static void what_is_cut_at_any_byte_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	u32 whole = bed->length, length;

	for (length = 0; length < whole; length++) {
		bool head = length >= sizeof(struct paxos_wire_header);

		/* The header says so, too: only then it is looked at in full. */
		set_length(bed, head ? length : whole);
		bed->length = length;
		bed->linear = length;
		bed->udp_length = length + sizeof(struct udphdr);
		expect(test, bed, head ? "drop-length" : "drop-short", head);
		bed->linear = length / 2;
		expect(test, bed, head ? "drop-length" : "drop-short", head);
	}
}

static void what_is_longer_than_it_says_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;
	__be16 length = head->length;

	set_length(bed, bed->length + 8);
	expect(test, bed, "drop-length", true);
	head->length = length;
	expect(test, bed, "drop-length", false);
}

static void what_udp_adds_to_is_not_looked_at(struct kunit *test)
{
	struct bed *bed = test->priv;

	bed->length += 20;
	bed->linear = bed->length;
	expect(test, bed, "in-hello", true);
}

static void a_udp_length_that_cannot_be_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	u32 whole = bed->udp_length;

	bed->udp_length = whole + 1;
	expect(test, bed, "drop-length", false);
	bed->udp_length = 65535;
	expect(test, bed, "drop-length", false);
	bed->udp_length = 7;
	expect(test, bed, "drop-length", false);
	bed->udp_length = 0;
	expect(test, bed, "drop-length", false);
	bed->udp_length = whole - 1;
	expect(test, bed, "drop-length", false);
}

static void what_is_too_large_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;

	set_length(bed, PAXOS_WIRE_MAX + 1);
	expect(test, bed, "drop-large", false);
	bed->linear = 0;
	expect(test, bed, "drop-large", false);
	set_length(bed, PAXOS_WIRE_MAX);
	expect(test, bed, "drop-length", true);
}

static void what_has_no_checksum_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;

	bed->checksum = 0;
	expect(test, bed, "drop-checksum", false);
}

static void a_sender_that_is_no_node_is_dropped(struct kunit *test)
{
	static const u8 senders[] = { 0, PAXOS_NODE_MAX + 1, 128, 255 };
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(senders); i++) {
		head->sender = senders[i];
		expect(test, bed, "drop-field", false);
	}
}

static void a_sender_that_is_no_member_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;

	for (head->sender = 3; head->sender <= PAXOS_NODE_MAX; head->sender++)
		expect(test, bed, "drop-no-member", true);
}

static void what_this_node_would_have_sent_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;

	head->sender = 1;
	bed->source = ME;
	expect(test, bed, "drop-self", true);
}

static void what_comes_from_elsewhere_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;

	bed->source = MEMBER + 1;
	expect(test, bed, "drop-address", true);
	bed->source = MEMBER;
	bed->port = PORT + 1;
	expect(test, bed, "drop-address", true);
	bed->port = PORT;
	bed->protocol = ETH_P_IPV6;
	expect(test, bed, "drop-address", true);
}

static void a_group_that_is_not_here_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;

	head->group = cpu_to_be32(GROUP + 1);
	expect(test, bed, "drop-no-group", false);
}

static void a_group_of_another_socket_is_dropped(struct kunit *test)
{
	struct paxos_group_params params = {
		.id = GROUP + 1, .name = "elsewhere", .node = 1, .local = addr(ME, PORT + 1),
		.role = PAXOS_ROLE_VOTER,
	};
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;
	struct paxos_group *group;

	KUNIT_ASSERT_EQ(test, paxos_group_add(bed->home, &params, NULL), 0);
	head->group = cpu_to_be32(GROUP + 1);
	expect(test, bed, "drop-no-group", false);
	group = paxos_group_find_id(bed->home, GROUP + 1);
	KUNIT_ASSERT_NOT_NULL(test, group);
	paxos_group_del(group, NULL);
	paxos_group_put(group);
}

static void another_version_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;

	head->version = PAXOS_WIRE_VERSION + 1;
	expect(test, bed, "drop-version", false);
}

static void another_type_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;
	unsigned int type;

	head->type = 0;
	expect(test, bed, "drop-type", false);
	for (type = __PAXOS_WIRE_MAX; type < 256; type++) {
		head->type = type;
		expect(test, bed, "drop-type", false);
	}
}

static void what_is_tagged_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_header *head = (void *)bed->bytes;

	head->auth = PAXOS_AUTH_NONE + 1;
	expect(test, bed, "drop-auth", true);
}

static u64 sent(struct bed *bed)
{
	return count(bed->group->stats, "out-bytes").value;
}

/* So many heartbeats of the member, to this node's group but for one. */
static void make_bundle(struct bed *bed, u32 n, u32 elsewhere)
{
	struct paxos_msg msg = { .type = PAXOS_WIRE_HEARTBEAT };
	u32 i;

	msg.heartbeat.ballot = 1ULL << 17 | 2 << 1 | 1;
	msg.heartbeat.number = 1;
	for (i = 0; i < n; i++) {
		struct paxos_header header = {
			.group = GROUP + (i == elsewhere), .sender = 2, .boot = 1,
			.sequence = i + 1, .incarnation = { 2 },
		};

		paxos_wire_encode(bed->bytes + i * PAXOS_BUNDLE_UNIT, PAXOS_WIRE_MAX, &header,
				  &msg);
	}
	bed->length = n * PAXOS_BUNDLE_UNIT;
	bed->linear = bed->length;
	bed->udp_length = bed->length + sizeof(struct udphdr);
}

/* Here each is dropped, for a reason that needs the group. P34 */
static void of_several_messages_each_is_judged(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_stats __percpu *here = bed->group->stats, *home = bed->home->stats;
	u32 n;

	for (n = 2; n <= PAXOS_BUNDLE_MAX; n++) {
		u64 before = count(here, "drop-no-identity").value;
		u64 lost = count(home, "drop-no-group").value;

		make_bundle(bed, n, n / 2);
		receive(test, bed);
		bed->linear = n;
		receive(test, bed);
		KUNIT_EXPECT_EQ(test, count(here, "drop-no-identity").value,
				before + 2 * (n - 1));
		KUNIT_EXPECT_EQ(test, count(home, "drop-no-group").value, lost + 2);
	}
}

static void what_makes_no_bundle_is_dropped_whole(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 before = count(bed->group->stats, "drop-no-identity").value;
	u32 i;

	for (i = 1; i < PAXOS_BUNDLE_MAX; i++) {
		struct paxos_wire_header *head = (void *)(bed->bytes + i * PAXOS_BUNDLE_UNIT);

		make_bundle(bed, PAXOS_BUNDLE_MAX, PAXOS_BUNDLE_MAX);
		head->type = PAXOS_WIRE_LEARN;
		expect(test, bed, "drop-bundle", false);
	}
	make_bundle(bed, 2, 2);
	bed->udp_length -= 8;
	bed->length -= 8;
	bed->linear = bed->length;
	expect(test, bed, "drop-bundle", false);
	KUNIT_EXPECT_EQ(test, count(bed->group->stats, "drop-no-identity").value, before);
}

static void make_pulse(struct bed *bed, u64 number, bool answer)
{
	const struct paxos_vow own = { .life = 99, .epoch = 1 };
	struct paxos_pulse pulse = { };

	paxos_pulse_write(&pulse, &own, number, 0, answer, bed->bytes);
	set_length(bed, PAXOS_PULSE_SIZE);
}

static u64 pulses(const struct bed *bed, const char *name)
{
	return count(bed->home->stats, name).value;
}

/* One for one, and none for an answer: two nodes do not talk for ever. */
static void a_pulse_is_answered_once(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 in = pulses(bed, "in-pulses"), out = pulses(bed, "out-pulses");

	make_pulse(bed, 5, false);
	receive(test, bed);
	KUNIT_EXPECT_EQ(test, pulses(bed, "in-pulses"), in + 1);
	KUNIT_EXPECT_EQ(test, pulses(bed, "out-pulses"), out + 1);
	expect(test, bed, "drop-duplicate", false);
	make_pulse(bed, 6, true);
	receive(test, bed);
	KUNIT_EXPECT_EQ(test, pulses(bed, "in-pulses"), in + 2);
	KUNIT_EXPECT_EQ(test, pulses(bed, "out-pulses"), out + 1);
}

/* Of those that come in one millisecond; these may take a few. */
static void many_pulses_are_not_answered_each(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 out = pulses(bed, "out-pulses"), since = paxos_timer_now(), passed;
	u32 i;

	for (i = 0; i < 500; i++) {
		make_pulse(bed, i + 1, false);
		receive(test, bed);
	}
	passed = paxos_timer_now() - since;
	KUNIT_EXPECT_GE(test, pulses(bed, "out-pulses"), out + 1);
	KUNIT_EXPECT_LE(test, pulses(bed, "out-pulses"), out + passed + 1);
}

static void a_pulse_in_pieces_is_heard(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 in = pulses(bed, "in-pulses");
	u32 i;

	for (i = 0; i < PAXOS_PULSE_SIZE; i++) {
		make_pulse(bed, i + 1, true);
		bed->linear = i;
		receive(test, bed);
	}
	KUNIT_EXPECT_EQ(test, pulses(bed, "in-pulses"), in + PAXOS_PULSE_SIZE);
}

/* P34, P35 */
static void a_pulse_from_elsewhere_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	u64 out = pulses(bed, "out-pulses");
	struct paxos_addr member = addr(MEMBER + 1, PORT);

	make_pulse(bed, 5, false);
	bed->source = MEMBER + 1;
	expect(test, bed, "drop-no-member", false);
	bed->source = MEMBER;
	bed->port = PORT + 1;
	expect(test, bed, "drop-no-member", false);
	bed->port = PORT;
	/* It is elsewhere now, and nothing is believed from where it was. */
	KUNIT_ASSERT_EQ(test, paxos_peer_set(bed->group, 2, &member, NULL), 0);
	expect(test, bed, "drop-no-member", false);
	KUNIT_EXPECT_EQ(test, pulses(bed, "out-pulses"), out);
	bed->source = MEMBER + 1;
	receive(test, bed);
	KUNIT_EXPECT_EQ(test, pulses(bed, "out-pulses"), out + 1);
	KUNIT_ASSERT_EQ(test, paxos_peer_del(bed->group, 2, NULL), 0);
	make_pulse(bed, 6, false);
	expect(test, bed, "drop-no-member", false);
}

static void a_pulse_that_is_none_is_dropped(struct kunit *test)
{
	struct bed *bed = test->priv;
	struct paxos_wire_pulse *wire = (void *)bed->bytes;

	make_pulse(bed, 5, false);
	wire->version++;
	expect(test, bed, "drop-version", false);
	make_pulse(bed, 5, false);
	wire->auth++;
	expect(test, bed, "drop-auth", false);
	make_pulse(bed, 5, false);
	wire->tag[3] = 1;
	expect(test, bed, "drop-padding", false);
	make_pulse(bed, 5, false);
	wire->life = 0;
	expect(test, bed, "drop-field", false);
	make_pulse(bed, 5, false);
	set_length(bed, PAXOS_PULSE_SIZE + 1);
	expect(test, bed, "drop-short", false);
}

/* P35. */
static void a_stranger_gets_no_byte_back(struct kunit *test)
{
	struct bed *bed = test->priv;
	unsigned int i;
	u64 before;

	/* What is said of its own accord would be counted, too. */
	hrtimer_cancel(&bed->home->timer.timer);
	before = sent(bed);
	for (i = 0; i < bed->length; i++) {
		bed->bytes[i] ^= 0x5a;
		bed->source = MEMBER + 1 + i;
		receive(test, bed);
		bed->bytes[i] ^= 0x5a;
	}
	KUNIT_EXPECT_EQ(test, sent(bed), before);
}

static struct kunit_case receive_cases[] = {
	KUNIT_CASE(a_member_is_heard),
	KUNIT_CASE(a_datagram_in_pieces_is_heard),
	KUNIT_CASE(what_is_cut_at_any_byte_is_dropped),
	KUNIT_CASE(what_is_longer_than_it_says_is_dropped),
	KUNIT_CASE(what_udp_adds_to_is_not_looked_at),
	KUNIT_CASE(a_udp_length_that_cannot_be_is_dropped),
	KUNIT_CASE(what_is_too_large_is_dropped),
	KUNIT_CASE(what_has_no_checksum_is_dropped),
	KUNIT_CASE(a_sender_that_is_no_node_is_dropped),
	KUNIT_CASE(a_sender_that_is_no_member_is_dropped),
	KUNIT_CASE(what_this_node_would_have_sent_is_dropped),
	KUNIT_CASE(what_comes_from_elsewhere_is_dropped),
	KUNIT_CASE(a_group_that_is_not_here_is_dropped),
	KUNIT_CASE(a_group_of_another_socket_is_dropped),
	KUNIT_CASE(another_version_is_dropped),
	KUNIT_CASE(another_type_is_dropped),
	KUNIT_CASE(what_is_tagged_is_dropped),
	KUNIT_CASE(of_several_messages_each_is_judged),
	KUNIT_CASE(what_makes_no_bundle_is_dropped_whole),
	KUNIT_CASE(a_pulse_is_answered_once),
	KUNIT_CASE(many_pulses_are_not_answered_each),
	KUNIT_CASE(a_pulse_in_pieces_is_heard),
	KUNIT_CASE(a_pulse_from_elsewhere_is_dropped),
	KUNIT_CASE(a_pulse_that_is_none_is_dropped),
	KUNIT_CASE(a_stranger_gets_no_byte_back),
	{}
};

static struct kunit_suite receive_suite = {
	.name = "paxos_receive",
	.init = init_bed,
	.exit = exit_bed,
	.test_cases = receive_cases,
};

kunit_test_suite(receive_suite);
