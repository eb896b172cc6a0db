// SPDX-License-Identifier: GPL-2.0
/*
 * The target etcd: a Put a value by its own protocol, gRPC over one HTTP/2
 * connection, as cheap as a client can be: headers are said once and then named
 * by their numbers, of what comes back frames are looked at and no more. The
 * answer of a Put that failed has no data, and ends the program.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "target.h"

#define PORT		2379
#define FRAME_HEAD	9
#define WINDOW		65535
#define KEYS		4096
#define PUT_MAX		1200	/* frames of one Put, with a value of 1024 bytes */

enum frame_type {
	FRAME_DATA = 0,
	FRAME_HEADERS = 1,
	FRAME_RST_STREAM = 3,
	FRAME_SETTINGS = 4,
	FRAME_PING = 6,
	FRAME_GOAWAY = 7,
	FRAME_WINDOW_UPDATE = 8,
};

#define FLAG_ACK		1
#define FLAG_END_STREAM		1
#define FLAG_END_HEADERS	4

static int fd = -1;
static bool introduced;
static int64_t window = WINDOW;	/* bytes of data that may be sent */
static uint8_t out[TARGET_MANY * PUT_MAX];
static uint8_t in[1 << 16];
static size_t n_in;
static size_t parsed;
static uint64_t answered;	/* stream whose data came */

static uint8_t *frame(uint8_t *to, uint32_t length, uint8_t type, uint8_t flags, uint32_t stream)
{
	uint32_t id = htonl(stream);

	to[0] = (uint8_t)(length >> 16);
	to[1] = (uint8_t)(length >> 8);
	to[2] = (uint8_t)length;
	to[3] = type;
	to[4] = flags;
	memcpy(to + 5, &id, sizeof(id));
	return to + FRAME_HEAD;
}

static void send_all(const uint8_t *bytes, size_t length)
{
	while (length) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0)
			die("send");
		bytes += n;
		length -= (size_t)n;
	}
}

/* Our window is so wide that it need not be opened again. */
static void introduce(void)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	uint32_t more = htonl(0x7fffffff - WINDOW);
	uint8_t *to = out;

	memcpy(to, preface, sizeof(preface) - 1);
	to = frame(to + sizeof(preface) - 1, 0, FRAME_SETTINGS, 0, 0);
	to = frame(to, sizeof(more), FRAME_WINDOW_UPDATE, 0, 0);
	memcpy(to, &more, sizeof(more));
	send_all(out, (size_t)(to - out) + sizeof(more));
}

static void etcd_open(const char *where)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int one = 1;

	if (inet_pton(AF_INET, where, &addr.sin_addr) != 1) {
		errno = EINVAL;
		die(where);
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		die(where);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	introduce();
}

/* A length as protobuf writes it. */
static uint8_t *varint(uint8_t *to, uint32_t n)
{
	for (; n >= 0x80; n >>= 7)
		*to++ = (uint8_t)(n | 0x80);
	*to++ = (uint8_t)n;
	return to;
}

static uint8_t *put_request(uint8_t *to, uint64_t number, unsigned int bytes)
{
	char key[16];
	int n = snprintf(key, sizeof(key), "key-%04u", (unsigned int)(number % KEYS));

	*to++ = 0x0a;
	to = varint(to, (uint32_t)n);
	memcpy(to, key, (size_t)n);
	to += n;
	*to++ = 0x12;
	to = varint(to, bytes);
	memcpy(to, value_bytes(number), bytes);
	return to + bytes;
}

static uint8_t *text(uint8_t *to, const char *t)
{
	size_t n = strlen(t);

	*to++ = (uint8_t)n;
	memcpy(to, t, n);
	return to + n;
}

/*
 * POST and http by their numbers; then path, authority, content-type and te,
 * which enter the table when they are said first, and are 65 to 62 of it later.
 */
static uint8_t *headers(uint8_t *to)
{
	static const uint8_t later[] = { 0x83, 0x86, 0xc1, 0xc0, 0xbf, 0xbe };

	if (introduced) {
		memcpy(to, later, sizeof(later));
		return to + sizeof(later);
	}
	introduced = true;
	*to++ = 0x83;
	*to++ = 0x86;
	*to++ = 0x44;
	to = text(to, "/etcdserverpb.KV/Put");
	*to++ = 0x41;
	to = text(to, "node");
	*to++ = 0x5f;
	to = text(to, "application/grpc");
	*to++ = 0x40;
	to = text(to, "te");
	return text(to, "trailers");
}

static uint8_t *put(uint8_t *to, uint64_t number, unsigned int bytes)
{
	uint32_t stream = (uint32_t)number * 2 + 1, length;
	uint8_t *data, *end;

	data = headers(to + FRAME_HEAD);
	frame(to, (uint32_t)(data - to) - FRAME_HEAD, FRAME_HEADERS, FLAG_END_HEADERS, stream);
	end = put_request(data + FRAME_HEAD + 5, number, bytes);
	length = (uint32_t)(end - data) - FRAME_HEAD;
	window -= length;
	to = frame(data, length, FRAME_DATA, FLAG_END_STREAM, stream);
	*to++ = 0;
	length = htonl(length - 5);
	memcpy(to, &length, sizeof(length));
	return end;
}

static unsigned int etcd_submit(uint64_t first, unsigned int count, unsigned int bytes)
{
	unsigned int i;
	uint8_t *to = out;

	for (i = 0; i < count; i++) {
		/* Key and the like take less than 64 bytes. */
		if (window < (int64_t)bytes + 64)
			break;
		to = put(to, first + i, bytes);
	}
	send_all(out, (size_t)(to - out));
	return i;
}

static uint32_t be32(const uint8_t *bytes)
{
	uint32_t n;

	memcpy(&n, bytes, sizeof(n));
	return ntohl(n);
}

static void echo(const uint8_t *frame_head, uint32_t length)
{
	uint8_t ack[FRAME_HEAD + 8];

	frame(ack, length, frame_head[3], FLAG_ACK, 0);
	memcpy(ack + FRAME_HEAD, frame_head + FRAME_HEAD, length);
	send_all(ack, FRAME_HEAD + length);
}

/* Returns true if a Put is done, which is that of *stream. */
static bool handle(const uint8_t *head, uint32_t length, uint32_t *stream)
{
	const uint8_t *body = head + FRAME_HEAD;

	*stream = be32(head + 5) & 0x7fffffff;
	switch (head[3]) {
	case FRAME_DATA:
		answered = *stream;
		return false;
	case FRAME_HEADERS:
		if (!(head[4] & FLAG_END_STREAM))
			return false;
		if (answered != *stream)
			die("etcd refused a Put");
		return true;
	case FRAME_SETTINGS:
		if (!(head[4] & FLAG_ACK))
			echo(head, 0);
		return false;
	case FRAME_PING:
		if (!(head[4] & FLAG_ACK))
			echo(head, length);
		return false;
	case FRAME_WINDOW_UPDATE:
		if (!*stream)
			window += be32(body) & 0x7fffffff;
		return false;
	case FRAME_RST_STREAM:
	case FRAME_GOAWAY:
		die("etcd ended a stream");
		return false;
	default:
		return false;
	}
}

static void receive(void)
{
	ssize_t n;

	memmove(in, in + parsed, n_in - parsed);
	n_in -= parsed;
	parsed = 0;
	n = recv(fd, in + n_in, sizeof(in) - n_in, 0);
	if (n <= 0)
		die("recv");
	n_in += (size_t)n;
}

static unsigned int etcd_reap(uint64_t done[TARGET_MANY])
{
	unsigned int n = 0;

	while (n < TARGET_MANY) {
		const uint8_t *head = in + parsed;
		uint32_t length, stream;

		length = n_in - parsed < FRAME_HEAD ? 0 : be32(head) >> 8;
		if (n_in - parsed < FRAME_HEAD + length) {
			if (n)
				break;
			receive();
			continue;
		}
		parsed += FRAME_HEAD + length;
		if (handle(head, length, &stream))
			done[n++] = stream / 2;
	}
	return n;
}

const struct target target_etcd = {
	.system = "etcd",
	.open = etcd_open,
	.submit = etcd_submit,
	.reap = etcd_reap,
};
