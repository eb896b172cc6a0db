// SPDX-License-Identifier: GPL-2.0
/*
 * garbage KIND COUNT SEED PORT...: send COUNT datagrams to the node behind each
 * of these ports of a bridge, made of nothing or of what is really said there.
 *
 * KIND is "stranger": from addresses that are no member's, or "member": from
 * those of members. Frames on their way to the node are watched for templates,
 * and answers to nobody are not waited for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/paxos_wire.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define FRAME_MAX	1514
#define BATCH		32
#define TEMPLATES	64
#define PORTS_MAX	64
#define PATIENCE	20000	/* milliseconds until something must be said */
#define PAUSE		100	/* microseconds between two rounds, for softirqs */

/* No options, so headers are where they are. */
#pragma pack(push, 1)

struct frame {
	struct ether_header eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t bytes[FRAME_MAX - sizeof(struct ether_header) -
		      sizeof(struct iphdr) - sizeof(struct udphdr)];
};

#pragma pack(pop)

#define HEADERS		(sizeof(struct frame) - sizeof(((struct frame *)0)->bytes))
#define BYTES_MAX	sizeof(((struct frame *)0)->bytes)

/**
 * struct port - a way to a node
 * @fd: a packet socket
 * @template: what was said to the node
 * @length: bytes of payload of each
 * @count: how many there were, the last of them are kept
 */
struct port {
	int fd;
	struct frame template[TEMPLATES];
	size_t length[TEMPLATES];
	unsigned int count;
};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % below;
}

static void fill(uint8_t *to, size_t length)
{
	while (length--)
		*to++ = (uint8_t)draw(256);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t sum(uint32_t total, const void *data, size_t length)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i + 1 < length; i += 2)
		total += (uint32_t)(byte[i] << 8 | byte[i + 1]);
	if (length & 1)
		total += (uint32_t)(byte[length - 1] << 8);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

static void seal(struct frame *f, size_t length)
{
	uint16_t udp_length = (uint16_t)(sizeof(f->udp) + length);
	uint32_t total;

	f->ip.tot_len = htons((uint16_t)(sizeof(f->ip) + udp_length));
	f->ip.check = 0;
	f->ip.check = htons((uint16_t)~sum(0, &f->ip, sizeof(f->ip)));
	f->udp.len = htons(udp_length);
	f->udp.check = 0;
	total = sum(udp_length + IPPROTO_UDP, &f->ip.saddr, 8);
	total = sum(total, &f->udp, udp_length);
	f->udp.check = htons((uint16_t)~total);
	if (!f->udp.check)
		f->udp.check = 0xffff;
}

static void put_length(struct frame *f, size_t length)
{
	struct paxos_wire_header *header = (void *)f->bytes;

	if (length >= sizeof(*header))
		header->length = htons((uint16_t)length);
}

/* A number that somebody may have forgotten. */
static uint64_t odd_number(void)
{
	static const uint64_t odd[] = {
		0, 1, 2, 63, 64, 65, 0xff, 1024, 1025, 0x7fff, 0x8000, 32768,
		32769, 0xffff, 0x10000, INT32_MAX, UINT32_MAX, INT64_MAX,
		UINT64_MAX, UINT64_MAX - 1,
	};

	return odd[draw(ARRAY_SIZE(odd))];
}

/* Puts one somewhere, as a number of 1, 2, 4 or 8 bytes that lies as they do. */
static void put_odd(struct frame *f, size_t length)
{
	size_t size = (size_t)1 << draw(4);
	uint64_t number = odd_number();
	size_t at, i;

	if (length < size)
		return;
	at = draw(length / size) * size;
	for (i = 0; i < size; i++)
		f->bytes[at + i] = (uint8_t)(number >> 8 * (size - 1 - i));
}

static size_t mutate(struct port *p, struct frame *f, size_t length)
{
	size_t head = sizeof(struct paxos_wire_header);
	unsigned int i, other;
	size_t n;

	switch (draw(10)) {
	case 0:
		/* nothing at all */
		length = draw(BYTES_MAX + 1);
		fill(f->bytes, length);
		break;
	case 1:
		/* only its header is right */
		if (length < head)
			break;
		length = head + draw(PAXOS_WIRE_MAX - head + 1);
		fill(f->bytes + head, length - head);
		f->bytes[1] = (uint8_t)(1 + draw(__PAXOS_WIRE_MAX - 1));
		put_length(f, length);
		break;
	case 2:
		for (i = 0; length && i <= draw(8); i++)
			f->bytes[draw(length)] ^= (uint8_t)(1 << draw(8));
		break;
	case 3:
		length = draw(length + 1);
		break;
	case 4:
		length = draw(length + 1);
		put_length(f, length);
		break;
	case 5:
		n = draw(BYTES_MAX - length + 1);
		fill(f->bytes + length, n);
		length += n;
		put_length(f, length);
		break;
	case 6:
	case 7:
		for (i = 0; i <= draw(3); i++)
			put_odd(f, length);
		break;
	case 8:
		/* the header of one and the body of another */
		other = (unsigned int)draw(p->count < TEMPLATES ? p->count : TEMPLATES);
		if (length < head || p->length[other] < head)
			break;
		length = p->length[other];
		memcpy(f->bytes + head, p->template[other].bytes + head, length - head);
		put_length(f, length);
		break;
	default:
		/* once more, as it was */
		break;
	}
	return length;
}

/* Nobody's: another address, or a member's and another port. */
static void estrange(struct frame *f)
{
	if (draw(2))
		f->ip.saddr = htonl((ntohl(f->ip.saddr) & 0xffffff00) + 100 +
				    (uint32_t)draw(100));
	else
		f->udp.source = htons((uint16_t)(ntohs(f->udp.source) + 1 +
						 draw(60000)));
}

static size_t make(struct port *p, struct frame *f, bool stranger)
{
	unsigned int which;
	size_t length;

	which = (unsigned int)draw(p->count < TEMPLATES ? p->count : TEMPLATES);
	*f = p->template[which];
	length = mutate(p, f, p->length[which]);
	if (stranger)
		estrange(f);
	seal(f, length);
	/* A few are spoilt where the module does not look. */
	switch (draw(64)) {
	case 0:
		f->udp.check ^= htons(1);
		break;
	case 1:
		f->udp.check = 0;
		break;
	case 2:
		f->udp.len = htons((uint16_t)draw(2 * sizeof(f->udp) + length));
		break;
	default:
		break;
	}
	return HEADERS + length;
}

static void watch(struct port *p)
{
	struct sockaddr_ll from;
	socklen_t from_length;
	struct frame f;
	ssize_t length;
	unsigned int i;

	for (;;) {
		from_length = sizeof(from);
		length = recvfrom(p->fd, &f, sizeof(f), MSG_DONTWAIT,
				  (struct sockaddr *)&from, &from_length);
		if (length < 0)
			return;
		if (from.sll_pkttype != PACKET_OUTGOING ||
		    (size_t)length < HEADERS + sizeof(struct paxos_wire_header) ||
		    f.ip.ihl != 5 || f.ip.protocol != IPPROTO_UDP)
			continue;
		i = p->count++ % TEMPLATES;
		p->template[i] = f;
		p->length[i] = (size_t)ntohs(f.udp.len) - sizeof(f.udp);
	}
}

static void port_open(struct port *p, const char *name)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	struct pollfd wait;

	at.sll_ifindex = (int)if_nametoindex(name);
	if (!at.sll_ifindex)
		die(name);
	p->fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&at, sizeof(at)))
		die(name);
	p->count = 0;
	wait = (struct pollfd){ .fd = p->fd, .events = POLLIN };
	while (!p->count) {
		if (poll(&wait, 1, PATIENCE) <= 0) {
			fprintf(stderr, "%s: nothing is said there\n", name);
			exit(1);
		}
		watch(p);
	}
}

static unsigned long flood(struct port *p, unsigned long count, bool stranger)
{
	static struct frame frames[BATCH];
	struct mmsghdr msgs[BATCH];
	struct iovec iovs[BATCH];
	unsigned int i;
	int sent;

	if (count > BATCH)
		count = BATCH;
	for (i = 0; i < count; i++) {
		iovs[i].iov_base = &frames[i];
		iovs[i].iov_len = make(p, &frames[i], stranger);
		msgs[i] = (struct mmsghdr){
			.msg_hdr = { .msg_iov = &iovs[i], .msg_iovlen = 1 },
		};
	}
	sent = sendmmsg(p->fd, msgs, (unsigned int)count, 0);
	if (sent < 0 && errno != ENOBUFS)
		die("send");
	return sent < 0 ? 0 : (unsigned long)sent;
}

int main(int argc, char **argv)
{
	static struct port ports[PORTS_MAX];
	unsigned long left[PORTS_MAX];
	unsigned long count, more;
	bool stranger;
	int n, i;

	n = argc - 4;
	if (n < 1 || n > PORTS_MAX) {
		fputs("usage: garbage stranger|member COUNT SEED PORT...\n",
		      stderr);
		return 1;
	}
	stranger = !strcmp(argv[1], "stranger");
	count = strtoul(argv[2], NULL, 10);
	state = strtoull(argv[3], NULL, 10) * 2 + 1;
	for (i = 0; i < n; i++) {
		port_open(&ports[i], argv[4 + i]);
		left[i] = count;
	}
	do {
		more = 0;
		for (i = 0; i < n; i++) {
			left[i] -= flood(&ports[i], left[i], stranger);
			watch(&ports[i]);
			more += left[i];
		}
		/* What lies in a CPU's queue when that is full never arrives. */
		usleep(PAUSE);
	} while (more);
	printf("%lu datagrams to each of %d nodes\n", count, n);
	return 0;
}
