// SPDX-License-Identifier: GPL-2.0
/* What the library and the tool ask of the system, answered out of the input. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sanitizer/asan_interface.h>

#include "kernel.h"
#include "paxosnl.h"

#define FAMILY		0x1c
#define SOCKETS		8
#define DATAGRAM_MAX	8192
#define NESTED_MAX	8
#define FILES_MAX	64

/* A socket: what was asked through it last, and what waits in it. */
struct mnl_socket {
	bool open;
	uint32_t sequence;
	uint8_t command;
	bool asked;	/* no answer was made yet */
	bool resolve;	/* for the family's number */
};

static struct {
	const uint8_t *data;
	size_t left;
	bool honest;
	uint64_t now;		/* nanoseconds */
	unsigned int dry;
	struct mnl_socket socket[SOCKETS];
	const uint8_t *file;
	size_t file_size;
	int files[FILES_MAX];	/* descriptors that are open */
	unsigned int n_files;
	unsigned int closed;	/* others that were closed */
	struct paxos_channel_run owed;	/* taken, and not told yet */
	void *poisoned;
	size_t poisoned_size;
} kernel;

void kernel_begin(const uint8_t *data, size_t size, bool honest)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.data = data;
	kernel.left = size;
	kernel.honest = honest;
	kernel.now = 1000000000;
}

uint8_t kernel_byte(void)
{
	if (!kernel.left)
		return 0;
	kernel.left--;
	return *kernel.data++;
}

size_t kernel_left(void)
{
	return kernel.left;
}

unsigned int kernel_closed(void)
{
	return kernel.closed;
}

bool kernel_is_dry(void)
{
	return kernel.dry > 3;
}

void kernel_file(const uint8_t *text, size_t size)
{
	kernel.file = text;
	kernel.file_size = size;
}

static void unpoison(void)
{
	if (kernel.poisoned)
		ASAN_UNPOISON_MEMORY_REGION(kernel.poisoned, kernel.poisoned_size);
	kernel.poisoned = NULL;
}

void kernel_end(void)
{
	unsigned int i;

	for (i = 0; i < SOCKETS; i++)
		fuzz_check(!kernel.socket[i].open);
	kernel.poisoned = NULL;
}

/* Messages */

/* What is written of a datagram; nothing is written beyond its end. */
struct writer {
	uint8_t bytes[DATAGRAM_MAX] __attribute__((aligned(8)));
	size_t length;
};

static uint8_t *room(struct writer *w, size_t n)
{
	size_t padded = (n + 3) & ~(size_t)3;
	uint8_t *at = w->bytes + w->length;

	if (padded > DATAGRAM_MAX - w->length)
		return NULL;
	memset(at, 0, padded);
	w->length += padded;
	return at;
}

static void put(struct writer *w, uint16_t type, const void *data, size_t n)
{
	uint8_t *at = room(w, sizeof(struct nlattr) + n);
	struct nlattr attr = { .nla_len = (uint16_t)(sizeof(attr) + n), .nla_type = type };

	if (!at)
		return;
	memcpy(at, &attr, sizeof(attr));
	if (n)
		memcpy(at + sizeof(attr), data, n);
}

static void put_string(struct writer *w, uint16_t type, uint8_t sel)
{
	char text[300];
	size_t i, n = sel % 40;

	if (sel >= 250)
		n = sel;
	memset(text, 0, sizeof(text));
	if (sel < 40)
		return put(w, type, "g1", sizeof("g1"));
	for (i = 0; i < n; i++) {
		uint8_t byte = kernel_byte();

		text[i] = (char)(kernel.honest ? ' ' + byte % 95 : byte);
	}
	put(w, type, text, n + (kernel.honest || !(sel & 1)));
}

static void put_number(struct writer *w, uint16_t type, uint8_t kind, uint8_t sel)
{
	uint64_t number = sel;
	uint8_t i;

	/* Large ones cost more of the input. */
	if (sel >= 240)
		for (i = 0; i < 8; i++)
			number = number << 8 | kernel_byte();
	else if (sel >= 230)
		number = UINT64_MAX - (sel - 230);
	/* Whatever is a string to who reads it is ASCII. */
	if (kernel.honest && sel < 230)
		number &= 0x7f;
	else if (kernel.honest)
		number |= 0xff000000ff00ff00ull;
	put(w, type, &number, kind == 0 ? 4 : kind == 1 ? 8 : 2);
}

static void put_attrs(struct writer *w, unsigned int depth);

static void put_nested(struct writer *w, uint16_t type, unsigned int depth)
{
	size_t start = w->length;
	struct nlattr attr = { .nla_type = type | NLA_F_NESTED };

	if (!room(w, sizeof(attr)))
		return;
	put_attrs(w, depth + 1);
	attr.nla_len = (uint16_t)(w->length - start);
	memcpy(w->bytes + start, &attr, sizeof(attr));
}

static void put_bytes(struct writer *w, uint16_t type, uint8_t n)
{
	uint8_t bytes[255];
	uint8_t i;

	for (i = 0; i < n; i++)
		bytes[i] = kernel_byte() & (kernel.honest ? 0x7f : 0xff);
	put(w, type, bytes, n);
}

/* An attribute that says another length than it has. */
static void put_lie(struct writer *w, uint16_t type, uint8_t length)
{
	struct nlattr attr = { .nla_len = length, .nla_type = type };
	uint8_t *at = room(w, sizeof(attr));

	if (at)
		memcpy(at, &attr, sizeof(attr));
}

static void put_attrs(struct writer *w, unsigned int depth)
{
	uint8_t type, kind;

	while (kernel.left && (type = kernel_byte()) != 0) {
		kind = kernel_byte();
		switch (kind & 7) {
		case 0:
		case 1:
		case 6:
			put_number(w, type, kind & 7, kernel_byte());
			break;
		case 2:
			put_string(w, type, kernel_byte());
			break;
		case 3:
			put_bytes(w, type, kernel_byte());
			break;
		case 4:
			if (depth < NESTED_MAX)
				put_nested(w, type, depth);
			break;
		case 5:
			put(w, type, NULL, 0);
			break;
		default:
			put_lie(w, type, kernel_byte());
		}
	}
}

static struct nlmsghdr *begin(struct writer *w, uint16_t type, uint16_t flags, uint32_t sequence)
{
	struct nlmsghdr *nlh = (void *)room(w, sizeof(*nlh));

	if (!nlh)
		return NULL;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = sequence;
	return nlh;
}

static void put_error(struct writer *w, uint16_t flags, uint8_t sel)
{
	static const int errors[] = {
		0, EPERM, ENOENT, EAGAIN, EBUSY, ESTALE, ENOBUFS, ENOSPC, ERANGE, EEXIST, EINVAL,
		ENOTCONN, EMSGSIZE, 1000, -1, 0,
	};
	struct nlmsgerr err = { .error = -errors[sel & 15] };

	/* The request is there, or its head, or not even that. */
	err.msg.nlmsg_len = sel & 64 ? kernel_byte() : sizeof(err.msg);
	if (sel & 128) {
		uint8_t *at = room(w, sizeof(err.error));

		if (at)
			memcpy(at, &err.error, sizeof(err.error));
	} else {
		uint8_t *at = room(w, sizeof(err));

		if (at)
			memcpy(at, &err, sizeof(err));
	}
	if (flags & NLM_F_ACK_TLVS)
		put_attrs(w, 0);
}

static void put_genl(struct writer *w, uint8_t command)
{
	struct genlmsghdr genl = { .cmd = command, .version = PAXOS_GENL_VERSION };
	uint8_t *at = room(w, sizeof(genl));

	if (at)
		memcpy(at, &genl, sizeof(genl));
	put_attrs(w, 0);
}

static const uint8_t notices[] = {
	PAXOS_CMD_GROUP_NTF, PAXOS_CMD_GROUP_DEL_NTF, PAXOS_CMD_ALARM_NTF, PAXOS_CMD_MEMBER_NTF,
	PAXOS_CMD_MEMBER_DEL_NTF, PAXOS_CMD_DECIDED_NTF, PAXOS_CMD_PROMISE_NTF,
	PAXOS_CMD_REFUSED_NTF, PAXOS_CMD_CHOSEN_NTF,
};

/* What is told of leaders, and of what goes through them. */
static const uint8_t of_leaders[] = {
	PAXOS_CMD_GRANT_NTF, PAXOS_CMD_LEADER_NTF, PAXOS_CMD_SUBMITTED_NTF, PAXOS_CMD_BARRIER_NTF,
};

static uint8_t notice(uint8_t sel)
{
	return sel < 200 ? notices[sel % sizeof(notices)] : of_leaders[sel % sizeof(of_leaders)];
}

static void put_message(struct writer *w, struct mnl_socket *s, uint8_t what)
{
	static const uint16_t flags[] = {
		NLM_F_ACK_TLVS | NLM_F_CAPPED, NLM_F_ACK_TLVS, NLM_F_DUMP_INTR, 0,
	};
	const uint16_t flag = flags[what >> 3 & 3];
	struct nlmsghdr *nlh;
	size_t start = w->length;

	switch (what & 7) {
	case 0:
	case 1:
		nlh = begin(w, NLMSG_ERROR, flag, s->sequence);
		if (nlh)
			put_error(w, flag, kernel_byte());
		break;
	case 2:
		nlh = begin(w, NLMSG_DONE, flag, s->sequence);
		if (nlh)
			put_error(w, flag, kernel_byte() | 128);
		break;
	case 3:
	case 4:
		nlh = begin(w, FAMILY, flag | NLM_F_MULTI, s->sequence);
		if (nlh)
			put_genl(w, s->command);
		break;
	case 5:
		nlh = begin(w, FAMILY, 0, 0);
		if (nlh)
			put_genl(w, notice(kernel_byte()));
		break;
	case 6:
		/* As short as can be, or of somebody else. */
		nlh = begin(w, what & 128 ? FAMILY : GENL_ID_CTRL, flag,
			    s->sequence + (what >> 6 & 1));
		if (nlh && kernel_byte() & 1)
			put_genl(w, kernel_byte());
		break;
	default:
		put_bytes(w, 0, kernel_byte());
		return;
	}
	if (nlh)
		nlh->nlmsg_len = (uint32_t)(w->length - start) - (what == 255);
}

/* The family, as the kernel describes it; a liar does so as the input says. */
static void put_family(struct writer *w, struct mnl_socket *s)
{
	static const char * const names[] = { PAXOS_MCGRP_DECIDED, PAXOS_MCGRP_EVENTS };
	struct nlmsghdr *nlh = begin(w, GENL_ID_CTRL, 0, s->sequence);
	struct nlattr nest = { .nla_type = CTRL_ATTR_MCAST_GROUPS };
	uint16_t family = FAMILY;
	struct genlmsghdr genl = { .cmd = CTRL_CMD_NEWFAMILY };
	uint32_t i;
	size_t start, inner;

	memcpy(room(w, sizeof(genl)), &genl, sizeof(genl));
	put(w, CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
	start = w->length;
	room(w, sizeof(nest));
	for (i = 0; i < 2; i++) {
		struct nlattr one = { .nla_type = (uint16_t)(i + 1) };
		uint32_t id = i + 5;

		inner = w->length;
		room(w, sizeof(one));
		put(w, CTRL_ATTR_MCAST_GRP_NAME, names[i], strlen(names[i]) + 1);
		put(w, CTRL_ATTR_MCAST_GRP_ID, &id, sizeof(id));
		one.nla_len = (uint16_t)(w->length - inner);
		memcpy(w->bytes + inner, &one, sizeof(one));
	}
	nest.nla_len = (uint16_t)(w->length - start);
	memcpy(w->bytes + start, &nest, sizeof(nest));
	nlh->nlmsg_len = (uint32_t)w->length;
}

/* The next datagram: false when there is none. */
static bool next(struct writer *w, struct mnl_socket *s)
{
	uint8_t n;

	w->length = 0;
	if (s->asked && s->resolve) {
		s->asked = false;
		if (kernel.honest || kernel_byte() != 1) {
			put_family(w, s);
			return true;
		}
	}
	if (!kernel.left) {
		kernel.dry++;
		return false;
	}
	n = kernel_byte();
	if (n >= 250)
		errno = n & 1 ? ENOBUFS : EINTR;
	if (n >= 250 || n < 8)
		return false;
	for (n = (uint8_t)(n % 3 + 1); n && w->length < DATAGRAM_MAX; n--)
		put_message(w, s, kernel_byte());
	return true;
}

/* Calls of libmnl */

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	unsigned int i;

	(void)bus;
	(void)flags;
	for (i = 0; i < SOCKETS; i++)
		if (!kernel.socket[i].open) {
			memset(&kernel.socket[i], 0, sizeof(kernel.socket[i]));
			kernel.socket[i].open = true;
			return &kernel.socket[i];
		}
	errno = EMFILE;
	return NULL;
}

int mnl_socket_bind(struct mnl_socket *s, unsigned int groups, pid_t pid)
{
	(void)s;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *s, int type, void *buf, socklen_t len)
{
	(void)s;
	(void)len;
	if (type == NETLINK_ADD_MEMBERSHIP && *(uint32_t *)buf == 66) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *s)
{
	return (int)(s - kernel.socket);
}

int mnl_socket_close(struct mnl_socket *s)
{
	unpoison();
	s->open = false;
	return 0;
}

/* Calls of the C library */

int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	fuzz_check(addr->sa_family == AF_NETLINK && len == sizeof(struct sockaddr_nl));
	return 0;
}

/* Requests are whole messages of attributes that lie within them. */
ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *addr,
	       socklen_t addr_len)
{
	struct mnl_socket *to = &kernel.socket[fd];
	const struct nlmsghdr *nlh = buf;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	fuzz_check(!flags && !addr && !addr_len);
	fuzz_check(mnl_nlmsg_ok(nlh, (int)len) && nlh->nlmsg_len == len);
	fuzz_check(nlh->nlmsg_flags & NLM_F_REQUEST && nlh->nlmsg_seq);
	fuzz_check(len <= PAXOS_VALUE_MAX + 4096);
	to->sequence = nlh->nlmsg_seq;
	to->command = genl->cmd;
	to->asked = true;
	to->resolve = nlh->nlmsg_type == GENL_ID_CTRL;
	return (ssize_t)len;
}

ssize_t recvfrom(int fd, void *buf, size_t size, int flags, struct sockaddr *addr, socklen_t *len)
{
	static struct writer w;
	uint8_t *to = buf;

	(void)addr;
	(void)len;
	fuzz_check(flags & MSG_TRUNC);
	unpoison();
	errno = EAGAIN;
	if (!next(&w, &kernel.socket[fd]))
		return -1;
	fuzz_check(w.length <= size);
	memcpy(to, w.bytes, w.length);
	/* What was there before is no part of what came. */
	kernel.poisoned = to + w.length;
	kernel.poisoned_size = size - w.length;
	ASAN_POISON_MEMORY_REGION(kernel.poisoned, kernel.poisoned_size);
	return (ssize_t)w.length;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	msg->msg_flags = 0;
	memset(msg->msg_name, 0, sizeof(struct sockaddr_nl));
	return recvfrom(fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, flags, NULL, NULL);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	(void)fds;
	(void)n;
	fuzz_check(timeout >= 0);
	/* Who has nothing to hear waits for ever longer. */
	kernel.now += (uint64_t)timeout * 1000000 << (kernel.dry < 24 ? kernel.dry : 24);
	return kernel.left ? 1 : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	kernel.now += 1000 + (kernel.dry ? 1000000 : 0);
	now->tv_sec = (time_t)(kernel.now / 1000000000);
	now->tv_nsec = (long)(kernel.now % 1000000000);
	return 0;
}

int nanosleep(const struct timespec *pause, struct timespec *left)
{
	(void)left;
	kernel.now += (uint64_t)pause->tv_nsec;
	return 0;
}

ssize_t getrandom(void *buf, size_t len, unsigned int flags)
{
	(void)flags;
	memset(buf, 7, len);
	return (ssize_t)len;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)len;
	return 0;
}

int setns(int fd, int type)
{
	(void)fd;
	(void)type;
	if (kernel_byte() & 1)
		return 0;
	errno = EPERM;
	return -1;
}

static bool is_file(const char *path)
{
	return !strcmp(path, "f") || !strcmp(path, "/run/netns/f");
}

int open(const char *path, int flags, ...)
{
	int fd;

	(void)flags;
	errno = ENOENT;
	if (!is_file(path))
		return -1;
	fd = memfd_create("f", MFD_CLOEXEC);
	if (fd < 0)
		abort();
	if (write(fd, kernel.file, kernel.file_size) != (ssize_t)kernel.file_size)
		abort();
	lseek(fd, 0, SEEK_SET);
	fuzz_check(kernel.n_files < FILES_MAX);
	kernel.files[kernel.n_files++] = fd;
	return fd;
}

/* The number of a channel is the input's, and may be that of whatever is open here. */
int close(int fd)
{
	unsigned int i;

	fuzz_check(fd >= 0);
	for (i = 0; i < kernel.n_files; i++) {
		if (kernel.files[i] != fd)
			continue;
		kernel.files[i] = kernel.files[--kernel.n_files];
		return (int)syscall(SYS_close, fd);
	}
	kernel.closed++;
	return 0;
}

/* Channels */

static volatile uint8_t seen;

static int refuse(struct paxos_channel_enter *enter, int error, const char *text)
{
	if (enter->text_length)
		snprintf((char *)(uintptr_t)enter->text, enter->text_length, "%s", text);
	errno = error;
	return -1;
}

/* What a value is made of can be read, to the last byte. */
static void read_values(const struct paxos_channel_enter *enter)
{
	const struct paxos_channel_value *value = (void *)(uintptr_t)enter->values;
	uint32_t i, k;

	fuzz_check(!value || enter->kind == PAXOS_KIND_VALUE);
	for (i = 0; value && i < enter->n_values; i++) {
		fuzz_check(!value[i].reserved && value[i].length <= PAXOS_VALUE_MAX);
		for (k = 0; k < value[i].length; k++)
			seen ^= ((const uint8_t *)(uintptr_t)value[i].addr)[k];
	}
}

/* Those that were owed, as one run; a liar tells of others. */
static void tell(struct paxos_channel_enter *enter)
{
	struct paxos_channel_run *run = (void *)(uintptr_t)enter->runs;

	if (!enter->max_runs || !kernel.owed.count)
		return;
	*run = kernel.owed;
	run->instance = kernel_byte();
	if (!kernel.honest) {
		run->client ^= kernel_byte();
		run->sequence += kernel_byte();
		run->count += kernel_byte();
	}
	kernel.owed.count = 0;
	enter->n_runs = 1;
}

static int enter_channel(struct paxos_channel_enter *enter)
{
	static const int errors[] = { EAGAIN, ENODEV, EINTR, ENOMEM, EEXIST, EPERM, EFAULT, EIO };
	const uint8_t sel = kernel_byte();

	enter->taken = 0;
	enter->n_runs = 0;
	if (!kernel.left) {
		kernel.dry++;
		return refuse(enter, ENODEV, "the group was deleted");
	}
	if (sel < 64)
		return refuse(enter, errors[sel % 8], sel & 8 ? "a reason" : "");
	/* What is told first is what was taken before. */
	if (kernel.owed.count)
		tell(enter);
	else
		kernel.now += enter->timeout < 1000000000000 ? enter->timeout : 0;
	if (!enter->n_values || kernel.owed.count)
		return 0;
	enter->taken = sel & 64 ? enter->n_values : 1 + sel % enter->n_values;
	if (enter->taken < enter->n_values)
		refuse(enter, 0, "too many values");
	kernel.owed = (struct paxos_channel_run){
		.client = enter->client,
		.sequence = enter->sequence,
		.count = enter->taken,
		.kind = enter->kind,
	};
	if (!enter->n_runs && sel & 128)
		tell(enter);
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct paxos_channel_enter *enter;
	va_list args;

	va_start(args, request);
	enter = va_arg(args, struct paxos_channel_enter *);
	va_end(args);
	fuzz_check(fd >= 0 && request == PAXOS_CHANNEL_ENTER && !enter->flags);
	fuzz_check(!enter->n_values || (enter->client && enter->sequence));
	read_values(enter);
	return enter_channel(enter);
}

FILE *fopen(const char *path, const char *mode)
{
	(void)mode;
	errno = ENOENT;
	if (!is_file(path))
		return NULL;
	return fmemopen((void *)(uintptr_t)kernel.file, kernel.file_size, "r");
}
