// SPDX-License-Identifier: GPL-2.0
/*
 * The client: values come over a Unix socket, many a message, and what is chosen
 * is told likewise. There is one client at a time, as there is one load.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "twin.h"

/**
 * struct waiting - what a client sent last
 * @submit: its head
 * @done: values of it that were submitted
 * @bytes: the message
 */
struct waiting {
	struct client_submit submit;
	u32 done;
	u8 bytes[CLIENT_MAX];
};

static struct waiting waiting;
static int epoll_fd;
static int listener = -1;
static int client = -1;
static u64 told;	/* instances up to here are told, or nobody's */
static u64 next;	/* sequence of the value that is told next */

static void watch(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl");
}

/**
 * client_open - begin to listen
 * @path: of the socket
 * @epoll: where who comes is watched
 */
void client_open(const char *path, int epoll)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	epoll_fd = epoll;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	unlink(path);
	listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(listener, 1))
		die(path);
	watch(listener);
}

static void hang_up(void)
{
	close(client);
	client = -1;
	next = 0;
}

static void receive(struct twin *twin)
{
	ssize_t n;

	if (waiting.done < waiting.submit.count)
		return;
	n = recv(client, waiting.bytes, sizeof(waiting.bytes), MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < (ssize_t)sizeof(waiting.submit))
		return hang_up();
	memcpy(&waiting.submit, waiting.bytes, sizeof(waiting.submit));
	if (waiting.submit.count > CLIENT_VALUES ||
	    (size_t)n != sizeof(waiting.submit) +
			 (size_t)waiting.submit.count * waiting.submit.length)
		die("not what a client sends");
	waiting.done = 0;
	if (!next) {
		next = waiting.submit.first;
		told = twin->core.grant.next - 1;
	}
	client_submit(twin);
}

/**
 * client_ready - there is something at one of the client's descriptors
 */
void client_ready(struct twin *twin, int fd)
{
	if (fd != listener)
		return receive(twin);
	if (client >= 0)
		die("a second client");
	client = accept(listener, NULL, NULL);
	if (client < 0)
		die("accept");
	watch(client);
}

/* What the core took: it is told as one range, so all that is left is to free it. */
void client_done(struct paxos_outbox *ob)
{
	while (ob->done) {
		struct paxos_submission *s = ob->done;

		ob->done = s->next;
		paxos_value_put(s->value);
		free(s);
	}
}

/**
 * client_submit - hand what waits to the core, if that takes it
 */
void client_submit(struct twin *twin)
{
	const struct client_submit *s = &waiting.submit;
	struct paxos_event ev = { .type = PAXOS_EVENT_SUBMIT };
	struct paxos_submission **link = &ev.submit.first, *next;

	for (; waiting.done + ev.submit.count < s->count; ev.submit.count++) {
		u32 n = waiting.done + ev.submit.count;

		*link = calloc(1, sizeof(**link));
		if (!*link)
			die("no memory");
		(*link)->value = node_value(twin, s->first + n, waiting.bytes + sizeof(*s) +
					    (size_t)n * s->length, s->length);
		link = &(*link)->younger;
	}
	if (!ev.submit.count)
		return;
	node_step(twin, &ev);
	if (!ev.error) {
		waiting.done = s->count;
		return;
	}
	for (; ev.submit.first; ev.submit.first = next) {
		next = ev.submit.first->younger;
		paxos_value_put(ev.submit.first->value);
		free(ev.submit.first);
	}
	if (ev.error != -EAGAIN)
		die(ev.why);
}

/**
 * client_decided - tell what is chosen meanwhile
 */
void client_decided(const struct twin *twin)
{
	struct client_chosen chosen = {
		.first = next,
		.count = twin->core.window.prefix - told,
		.instance = told + 1,
	};

	if (!next || twin->core.window.prefix <= told)
		return;
	told += chosen.count;
	next += chosen.count;
	if (client >= 0 && send(client, &chosen, sizeof(chosen), MSG_NOSIGNAL) < 0)
		hang_up();
}
