// SPDX-License-Identifier: GPL-2.0
/* The network: as many datagrams a system call as there are. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "twin.h"

#define NETWORK	0x0a000000
#define IN	32
#define OUT	64

struct buffer {
	u8 bytes[PAXOS_WIRE_MAX];
};

static struct buffer in[IN];
static struct buffer out[OUT];
static unsigned int n_buffers;
static struct mmsghdr message[OUT];
static struct iovec part[OUT];
static unsigned int n_messages;
static struct sockaddr_in address[PAXOS_NODE_MAX + 1];

void network_open(struct twin *twin)
{
	int size = 1 << 22;
	u8 id;

	for (id = 1; id <= twin->nodes; id++) {
		address[id].sin_family = AF_INET;
		address[id].sin_port = htons(PAXOS_DEFAULT_PORT);
		address[id].sin_addr.s_addr = htonl(NETWORK + id);
	}
	twin->udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (twin->udp < 0)
		die("socket");
	setsockopt(twin->udp, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(twin->udp, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (bind(twin->udp, (struct sockaddr *)&address[twin->id], sizeof(address[0])))
		die("bind");
}

static void hear(struct twin *twin, const u8 *bytes, size_t length,
		 const struct sockaddr_in *from)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct paxos_header header;
	struct paxos_msg msg;
	struct paxos_event ev = {
		.type = PAXOS_EVENT_MESSAGE,
		.message = { .header = &header, .msg = &msg },
	};

	if (paxos_wire_decode(bytes, length, &header, &msg, entry) != PAXOS_REASON_OK)
		return;
	if (header.sender > twin->nodes ||
	    from->sin_addr.s_addr != address[header.sender].sin_addr.s_addr)
		return;
	node_step(twin, &ev);
}

void network_receive(struct twin *twin)
{
	struct sockaddr_in from[IN];
	struct mmsghdr got[IN];
	struct iovec iov[IN];
	int n, i;

	for (i = 0; i < IN; i++) {
		iov[i].iov_base = in[i].bytes;
		iov[i].iov_len = sizeof(in[i].bytes);
		got[i].msg_hdr = (struct msghdr){
			.msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &iov[i],
			.msg_iovlen = 1,
		};
	}
	n = recvmmsg(twin->udp, got, IN, MSG_DONTWAIT, NULL);
	if (n < 0 && errno != EAGAIN && errno != ECONNREFUSED)
		die("recvmmsg");
	for (i = 0; i < n; i++)
		hear(twin, in[i].bytes, got[i].msg_len, &from[i]);
}

void network_queue(struct twin *twin, const struct paxos_header *header,
		   const struct paxos_out *o)
{
	u64 to = o->to & ~paxos_node_bit(twin->id);
	struct buffer *buffer;
	size_t length;

	if (!to)
		return;
	if (n_buffers == OUT)
		network_flush(twin);
	buffer = &out[n_buffers++];
	length = paxos_outbox_encode(o, buffer->bytes, sizeof(buffer->bytes), header);
	if (!length)
		die("a message that no datagram holds");
	for (; to; to &= to - 1) {
		unsigned int i = n_messages++;

		part[i].iov_base = buffer->bytes;
		part[i].iov_len = length;
		message[i].msg_hdr = (struct msghdr){
			.msg_name = &address[__builtin_ctzll(to) + 1],
			.msg_namelen = sizeof(address[0]),
			.msg_iov = &part[i],
			.msg_iovlen = 1,
		};
		if (n_messages < OUT)
			continue;
		network_flush(twin);
		/* Some of it may still go to others. */
		if (to & (to - 1))
			n_buffers = (unsigned int)(buffer - out) + 1;
	}
}

void network_flush(struct twin *twin)
{
	unsigned int sent = 0;

	while (sent < n_messages) {
		int n = sendmmsg(twin->udp, message + sent, n_messages - sent, 0);

		/* What cannot be sent is lost, as any may be. */
		sent += n > 0 ? (unsigned int)n : 1;
	}
	n_messages = 0;
	n_buffers = 0;
}
