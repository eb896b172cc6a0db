// SPDX-License-Identifier: GPL-2.0
/* The target twin: the leader's process, over a Unix socket. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../twin/client.h"
#include "target.h"

static int fd = -1;
static struct client_chosen chosen;	/* what of it was not told yet */

/* It is there once the node leads. */
static void twin_open(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int tries = 1000;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (fd < 0)
		die("socket");
	while (connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		if (!tries--)
			die(path);
		usleep(10000);
	}
}

static unsigned int twin_submit(uint64_t first, unsigned int count, unsigned int bytes)
{
	static uint8_t message[CLIENT_MAX];
	/* Sequences begin with 1. */
	struct client_submit submit = { first + 1, count, bytes };
	uint8_t *to = message + sizeof(submit);
	unsigned int i;

	memcpy(message, &submit, sizeof(submit));
	for (i = 0; i < count; i++, to += bytes)
		memcpy(to, value_bytes(first + i), bytes);
	if (send(fd, message, (size_t)(to - message), MSG_NOSIGNAL) < 0)
		die("send");
	return count;
}

static unsigned int twin_reap(uint64_t done[TARGET_MANY])
{
	unsigned int n = 0;

	if (!chosen.count && recv(fd, &chosen, sizeof(chosen), 0) != sizeof(chosen)) {
		errno = ECONNRESET;
		die("the leader is gone");
	}
	for (; chosen.count && n < TARGET_MANY; chosen.count--)
		done[n++] = chosen.first++ - 1;
	return n;
}

const struct target target_twin = {
	.system = "twin",
	.open = twin_open,
	.submit = twin_submit,
	.reap = twin_reap,
};
