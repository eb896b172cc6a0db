// SPDX-License-Identifier: GPL-2.0
/*
 * channel GROUP CASE [COUNT]: one case of what a channel promises; says what is not
 * so, and ends with 1 then. Cases that need a leader, or none, say so.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <paxosnl.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define RUNS		64
#define VALUES_MAX	4096
#define SECOND		1000000000ULL
#define FOREVER		UINT64_MAX

static struct paxosnl *nl;
static struct paxosnl_channel *ch;
static const char *group;
static unsigned int wrong;
static uint64_t client;
static uint64_t count;

static struct paxos_channel_value values[VALUES_MAX];
static struct paxos_channel_run runs[RUNS];

static void expect(bool holds, const char *what)
{
	if (holds)
		return;
	printf("not so: %s (%s)\n", what, paxosnl_channel_error(ch));
	wrong++;
}

/* Values of some bytes each: all the same. */
static struct paxos_channel_enter ask(uint64_t sequence, uint32_t n, uint32_t length)
{
	static uint8_t bytes[PAXOS_VALUE_MAX];
	uint32_t i;

	for (i = 0; i < n; i++)
		values[i] = (struct paxos_channel_value) {
			.addr = (uintptr_t)bytes,
			.length = length,
		};
	return (struct paxos_channel_enter) {
		.client = client,
		.sequence = sequence,
		.values = (uintptr_t)values,
		.n_values = n,
		.kind = PAXOS_KIND_VALUE,
		.runs = (uintptr_t)runs,
		.max_runs = RUNS,
	};
}

static struct paxos_channel_enter ask_to_read(uint32_t min_done, uint64_t timeout)
{
	struct paxos_channel_enter enter = ask(0, 0, 0);

	enter.min_done = min_done;
	enter.timeout = timeout;
	return enter;
}

static uint64_t count_done(const struct paxos_channel_enter *enter)
{
	uint64_t n = 0;
	uint32_t i;

	for (i = 0; i < enter->n_runs; i++)
		n += runs[i].count;
	return n;
}

static void refused(struct paxos_channel_enter enter, int error, const char *text)
{
	int rc = paxosnl_channel_enter(ch, &enter);
	char what[256];

	snprintf(what, sizeof(what), "%s: %s, and not %s", text, strerror(error), strerror(-rc));
	expect(rc == -error && strstr(paxosnl_channel_error(ch), text) && !enter.taken &&
	       !enter.n_runs, what);
}

#define REFUSED(error, text, change) do {			\
	struct paxos_channel_enter e = ask(1, 3, 64);		\
								\
	change;							\
	refused(e, error, text);				\
} while (0)

/* A page that is there, and behind it one that is not. */
static uint8_t *edge(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *at = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);

	if (at == MAP_FAILED || munmap(at + page, page))
		exit(1);
	return at + page;
}

/* Needs a leader: what is not refused is decided. */
static void refusals(void)
{
	struct paxos_channel_enter enter;
	char text[5];

	REFUSED(EINVAL, "flags", e.flags = 1);
	REFUSED(EINVAL, "room", (e.min_done = 1, e.max_runs = 0));
	REFUSED(EINVAL, "client is missing", e.client = 0);
	REFUSED(EINVAL, "sequence is missing", e.sequence = 0);
	REFUSED(ERANGE, "no more", e.sequence = UINT64_MAX - 1);
	REFUSED(EINVAL, "or a close", e.kind = PAXOS_KIND_NO_OP);
	REFUSED(EINVAL, "or a close", e.kind = 257);
	REFUSED(EINVAL, "one close", e.kind = PAXOS_KIND_CLOSE);
	REFUSED(EINVAL, "no bytes", (e.kind = PAXOS_KIND_CLOSE, e.n_values = 1));
	REFUSED(EMSGSIZE, "32768", values[2].length = PAXOS_VALUE_MAX + 1);
	REFUSED(EINVAL, "reserved", values[1].reserved = 1);
	REFUSED(EFAULT, "no memory", e.values = 0);
	REFUSED(EFAULT, "no memory", e.values = (uintptr_t)edge() - sizeof(values[0]));
	REFUSED(EFAULT, "no memory", values[1].addr = 0);
	REFUSED(EFAULT, "no memory", values[2].addr = (uintptr_t)edge() - 63);
	REFUSED(EFAULT, "no memory", values[2].addr = UINT64_MAX - 1);
	REFUSED(EFAULT, "no memory", values[2].addr = UINT64_MAX / 2 + 1);

	/* A reader who has room for less of the text gets less. */
	enter = ask(1, 1, 64);
	enter.flags = 1;
	enter.text = (uintptr_t)text;
	enter.text_length = sizeof(text);
	memset(text, 'x', sizeof(text));
	expect(paxosnl_channel_enter(ch, &enter) == -EINVAL && !strcmp(text, "flag"),
	       "a text is cut off");
	enter.text = (uintptr_t)edge() - 2;
	expect(paxosnl_channel_enter(ch, &enter) == -EINVAL, "a text that has no memory");
	expect(ioctl(paxosnl_channel_fd(ch), PAXOS_CHANNEL_ENTER + 1, &enter) < 0 &&
	       errno == ENOTTY, "another ioctl");
	expect(ioctl(paxosnl_channel_fd(ch), PAXOS_CHANNEL_ENTER, NULL) < 0 && errno == EFAULT,
	       "no struct");

	/* None of them was taken: the first sequences are free. */
	enter = ask(1, 3, 64);
	enter.min_done = 3;
	enter.timeout = 30 * SECOND;
	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 3 && count_done(&enter) == 3 &&
	       runs[0].sequence == 1 && runs[0].client == client, "and afterwards");
}

static short polled(int timeout)
{
	struct pollfd p = { .fd = paxosnl_channel_fd(ch), .events = POLLIN };

	return poll(&p, 1, timeout) > 0 ? p.revents : 0;
}

/* Needs a leader. Runs that have no memory are not lost. */
static void unwritable(void)
{
	struct paxos_channel_enter enter = ask(1, 2, 64);

	enter.min_done = 2;
	enter.timeout = 30 * SECOND;
	enter.runs = (uintptr_t)edge();
	expect(paxosnl_channel_enter(ch, &enter) == -EFAULT && enter.taken == 2 && !enter.n_runs,
	       "taken, and no memory for the runs");
	enter = ask_to_read(2, 0);
	expect(!paxosnl_channel_enter(ch, &enter) && count_done(&enter) == 2 &&
	       runs[0].sequence == 1 && runs[0].instance, "they can still be read");
}

/* Needs a leader. What two clients submit in turn are runs of one value each. */
static void half_writable(void)
{
	enum { TURNS = 20, WRITABLE = 18 };
	struct paxos_channel_run *to = (void *)(edge() - WRITABLE * sizeof(*to));
	struct paxos_channel_enter enter;
	uint32_t i, got;

	for (i = 0; i < 2 * TURNS; i++) {
		enter = ask(1 + i / 2, 1, 64);
		enter.client += i % 2;
		enter.max_runs = 0;
		expect(!paxosnl_channel_enter(ch, &enter), "it is taken");
	}
	enter = ask_to_read(2 * TURNS, 30 * SECOND);
	enter.runs = (uintptr_t)to;
	expect(paxosnl_channel_enter(ch, &enter) == -EFAULT && enter.n_runs &&
	       enter.n_runs <= WRITABLE && polled(0) == POLLIN, "some of the runs have memory");
	got = enter.n_runs;
	memcpy(runs, to, got * sizeof(*to));
	enter = ask_to_read(2 * TURNS - got, 0);
	enter.runs = (uintptr_t)(runs + got);
	expect(!paxosnl_channel_enter(ch, &enter) && enter.n_runs == 2 * TURNS - got,
	       "the others can still be read");
	for (i = 0; i < 2 * TURNS; i++)
		expect(runs[i].client == client + i % 2 && runs[i].sequence == 1 + i / 2 &&
		       runs[i].count == 1 && runs[i].instance == runs[0].instance + i,
		       "each of them once, in the order of the log");
	expect(!polled(0), "nothing any more");
}

/* Needs a leader. What was done and nobody read goes with the channel. */
static void leave_unread(void)
{
	struct paxos_channel_enter enter = ask(1, 50, 64);
	uint32_t i;

	enter.max_runs = 0;
	for (i = 0; i < 10; i++) {
		enter.sequence = 1;
		enter.client = client + i;
		expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 50, "all are taken");
	}
	expect(polled(30000) == POLLIN, "something can be read");
	enter = ask_to_read(500, 30 * SECOND);
	enter.max_runs = 1;
	expect(!paxosnl_channel_enter(ch, &enter) && enter.n_runs == 1, "all of it is done");
}

/* Needs a leader. */
static void one_by_one(void)
{
	uint64_t i, last = 0;

	for (i = 1; i <= count && !wrong; i++) {
		struct paxos_channel_enter enter = ask(i, 1, 1 + (uint32_t)i % 200);

		enter.min_done = 1;
		enter.timeout = 30 * SECOND;
		expect(!paxosnl_channel_enter(ch, &enter), "no error");
		expect(enter.taken == 1 && enter.n_runs == 1 && runs[0].count == 1 &&
		       runs[0].sequence == i && runs[0].kind == PAXOS_KIND_VALUE &&
		       runs[0].client == client, "one value, one run");
		expect(runs[0].instance > last, "instances rise");
		last = runs[0].instance;
	}
}

/* Needs a leader. As much at once as is taken, of values of all lengths. */
static void many(void)
{
	uint64_t next = 1, done = 0;

	while (done < count && !wrong) {
		uint32_t left = (uint32_t)(count - next + 1), i;
		struct paxos_channel_enter enter = ask(next, left < 700 ? left : 700, 0);
		int rc;

		for (i = 0; i < enter.n_values; i++)
			values[i].length = (uint32_t)((next + i) % 97 ? (next + i) % 128 :
						      (next + i) * 331 % PAXOS_VALUE_MAX);
		enter.min_done = 1;
		enter.timeout = 30 * SECOND;
		rc = paxosnl_channel_enter(ch, &enter);
		if (rc == -EAGAIN) {
			enter = ask_to_read(1, 30 * SECOND);
			rc = paxosnl_channel_enter(ch, &enter);
		}
		expect(!rc && enter.n_runs, "it goes on");
		next += enter.taken;
		for (i = 0; i < enter.n_runs; i++) {
			expect(runs[i].sequence == done + 1 && runs[i].instance, "in order");
			done += runs[i].count;
		}
	}
	expect(done == count, "all of them");
}

/* Nobody may lead. The window has room for 1,024 values. */
static void full(void)
{
	struct paxos_channel_enter enter = ask(1, 1000, 8);

	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 1000 &&
	       !*paxosnl_channel_error(ch), "all of them");
	enter = ask(1001, 1000, 8);
	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 24 &&
	       strstr(paxosnl_channel_error(ch), "on their way"), "some of them, and why not all");
	refused(ask(1025, 1000, 8), EAGAIN, "on their way");
}

/* Needs a leader. */
static void close_session(void)
{
	struct paxos_channel_enter enter = ask(1, 1, 64);

	enter.max_runs = 0;
	expect(!paxosnl_channel_enter(ch, &enter), "a value");
	enter = ask(2, 1, 0);
	enter.kind = PAXOS_KIND_CLOSE;
	enter.values = 0;
	enter.min_done = 2;
	enter.timeout = 30 * SECOND;
	expect(!paxosnl_channel_enter(ch, &enter) && enter.n_runs == 2 &&
	       runs[0].kind == PAXOS_KIND_VALUE && runs[1].kind == PAXOS_KIND_CLOSE &&
	       runs[1].sequence == 2 && runs[1].instance == runs[0].instance + 1,
	       "a close is a run of its own");
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void caught(int number)
{
	(void)number;
}

/* Nobody may lead. */
static void waits(void)
{
	struct sigaction action = { .sa_handler = caught };
	struct paxos_channel_enter enter = ask(1, 2, 64);
	uint64_t begun = now();

	enter.min_done = 1;
	enter.timeout = SECOND / 5;
	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 2 && !enter.n_runs,
	       "what was taken is no error");
	expect(now() - begun >= SECOND / 5, "a wait is as long as it is said");
	expect(!polled(0), "nothing to be read");
	enter = ask_to_read(1, 0);
	expect(!paxosnl_channel_enter(ch, &enter) && !enter.n_runs, "no wait");
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	enter = ask_to_read(1, FOREVER);
	expect(paxosnl_channel_enter(ch, &enter) == -EINTR, "a signal");
	alarm(1);
	enter = ask(3, 1, 64);
	enter.min_done = 1;
	enter.timeout = FOREVER;
	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 1 && !enter.n_runs,
	       "a signal, when something was taken");
	refused(ask(1, 1, 64), EEXIST, "on its way already");
}

/* Values on their way, and nothing else: for who is killed. */
static void wait_for_ever(void)
{
	struct paxos_channel_enter enter = ask(1, 10, 64);

	enter.min_done = 10;
	enter.timeout = FOREVER;
	printf("taken\n");
	fflush(stdout);
	expect(!paxosnl_channel_enter(ch, &enter), "taken");
}

/* Nobody leads, and somebody will. */
static void polls(void)
{
	struct paxos_channel_enter enter = ask(1, 3, 64);

	expect(!paxosnl_channel_enter(ch, &enter), "taken");
	expect(polled(500) == 0, "nothing to be read");
	printf("looks\n");
	fflush(stdout);
	expect(polled(60000) == POLLIN, "something to be read");
	enter = ask_to_read(3, 30 * SECOND);
	expect(!paxosnl_channel_enter(ch, &enter) && count_done(&enter) == 3, "all of it");
	expect(polled(0) == 0, "nothing any more");
}

struct thread {
	pthread_t id;
	uint64_t client;
	uint64_t count;
	uint64_t done;
	bool failed;
};

static uint64_t all_done;

/* Each submits its own, and reads whatever comes. */
static void *thread_run(void *data)
{
	struct thread *t = data;
	uint64_t next = 1;

	while (__atomic_load_n(&all_done, __ATOMIC_RELAXED) < 2 * t->count) {
		struct paxos_channel_run own[8];
		struct paxos_channel_value value = {
			.addr = (uintptr_t)t,
			.length = 16,
		};
		char text[80];
		struct paxos_channel_enter enter = {
			.client = t->client,
			.sequence = next,
			.values = (uintptr_t)&value,
			.n_values = next <= t->count,
			.kind = PAXOS_KIND_VALUE,
			.runs = (uintptr_t)own,
			.max_runs = 8,
			.min_done = 1,
			.timeout = SECOND / 100,
			.text = (uintptr_t)text,
			.text_length = sizeof(text),
		};
		uint32_t i;

		if (paxosnl_channel_enter(ch, &enter)) {
			printf("a thread: %s\n", text);
			t->failed = true;
			return NULL;
		}
		next += enter.taken;
		for (i = 0; i < enter.n_runs; i++) {
			t->done += own[i].count;
			__atomic_fetch_add(&all_done, own[i].count, __ATOMIC_RELAXED);
		}
	}
	return NULL;
}

/* Needs a leader. */
static void threads(void)
{
	struct thread t[2] = { { .count = count }, { .count = count } };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		t[i].client = client + 1 + i;
		if (pthread_create(&t[i].id, NULL, thread_run, &t[i]))
			exit(1);
	}
	for (i = 0; i < 2; i++)
		pthread_join(t[i].id, NULL);
	expect(t[0].done + t[1].done == 2 * count && !t[0].failed && !t[1].failed,
	       "each completion to one of them");
}

static void send_fd(int to, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { };
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(to, &msg, 0) != 1)
		exit(1);
}

static int receive_fd(int from)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(from, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		exit(1);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static int enter_once(int fd, uint64_t sequence)
{
	struct paxos_channel_enter enter = ask(sequence, 1, 64);

	enter.min_done = 1;
	enter.timeout = 30 * SECOND;
	if (ioctl(fd, PAXOS_CHANNEL_ENTER, &enter))
		return errno;
	return enter.taken == 1 && enter.n_runs == 1 && runs[0].sequence == sequence ? 0 : EIO;
}

/* Needs a leader. Who has it may use it, without a right of its own. */
static void passed(void)
{
	int pair[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		exit(1);
	pid = fork();
	if (!pid)
		_exit(enter_once(paxosnl_channel_fd(ch), 1));
	expect(waitpid(pid, &status, 0) == pid && status == 0, "a child");
	pid = fork();
	if (!pid) {
		int fd;

		paxosnl_channel_close(ch);
		if (unshare(CLONE_NEWNET) || setresuid(65534, 65534, 65534))
			_exit(1);
		fd = receive_fd(pair[1]);
		_exit(enter_once(fd, 2));
	}
	send_fd(pair[0], paxosnl_channel_fd(ch));
	expect(waitpid(pid, &status, 0) == pid && status == 0, "a stranger elsewhere");
	expect(enter_once(paxosnl_channel_fd(ch), 3) == 0, "and who had it first");
	expect(fcntl(paxosnl_channel_fd(ch), F_GETFD) & FD_CLOEXEC, "it is closed on exec");
}

static void leave_namespace(void)
{
	int fd = open("/proc/1/ns/net", O_RDONLY);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		exit(1);
	close(fd);
	paxosnl_close(nl);
	nl = NULL;
}

static void is_gone(const char *when)
{
	struct paxos_channel_enter enter = ask(100, 1, 64);

	/* It dies, and is told to be gone a moment later. */
	refused(enter, ENODEV, "deleted");
	expect(polled(60000) & POLLHUP, "poll tells of it");
	refused(enter, ENODEV, "was deleted");
	refused(ask_to_read(0, 0), ENODEV, "was deleted");
	refused(ask_to_read(1, FOREVER), ENODEV, "was deleted");
	expect(polled(0) == (POLLIN | POLLHUP | POLLERR) || polled(0) == (POLLHUP | POLLERR),
	       when);
}

/* Nobody leads; the group, or its namespace, will be gone. */
static void gone(void)
{
	struct paxos_channel_enter enter = ask(1, 5, 64);

	leave_namespace();
	enter.min_done = 1;
	enter.timeout = FOREVER;
	printf("waits\n");
	fflush(stdout);
	expect(!paxosnl_channel_enter(ch, &enter) && enter.taken == 5, "the end ends the wait");
	expect(count_done(&enter) == 5 && enter.n_runs == 1 && !runs[0].instance,
	       "what became of them is not known");
	is_gone("and poll says so");
}

/* As above, of who sleeps with nothing under way, and of who polls. */
static void gone_idle(void)
{
	struct paxos_channel_enter enter = ask_to_read(1, FOREVER);
	bool poller = fork() == 0;

	leave_namespace();
	printf("waits\n");
	fflush(stdout);
	if (poller)
		expect(polled(60000) == (POLLHUP | POLLERR), "who polls is told");
	else
		expect(paxosnl_channel_enter(ch, &enter) == -ENODEV, "who waits is told");
	is_gone("and poll says so");
	if (!poller) {
		int status;

		expect(wait(&status) > 0 && !status, "the other process");
	}
}

/* Needs a leader. So much is not read that no more is taken. */
static void unread(void)
{
	uint64_t next = 1, done = 0;
	int rc;

	for (;;) {
		struct paxos_channel_enter enter = ask(next, 512, 0);

		enter.max_runs = 0;
		rc = paxosnl_channel_enter(ch, &enter);
		next += enter.taken;
		if (rc == -EAGAIN && strstr(paxosnl_channel_error(ch), "read them first"))
			break;
		if (rc && rc != -EAGAIN)
			break;
		if (rc)
			poll(NULL, 0, 1);
		if (next > 1000000)
			break;
	}
	expect(rc == -EAGAIN && next - 1 == 131072, "so many and no more");
	printf("%llu\n", (unsigned long long)(next - 1));
	while (done < next - 1 && !wrong) {
		struct paxos_channel_enter enter = ask_to_read(1, 30 * SECOND);

		expect(!paxosnl_channel_enter(ch, &enter) && enter.n_runs &&
		       runs[0].sequence == done + 1, "all can be read, in order");
		done += count_done(&enter);
	}
	expect(enter_once(paxosnl_channel_fd(ch), next) == 0, "and more is taken");
}

static void hold(void)
{
	printf("open\n");
	fflush(stdout);
	pause();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {
		{ "close", close_session },
		{ "full", full },
		{ "gone", gone },
		{ "gone-idle", gone_idle },
		{ "half-writable", half_writable },
		{ "hold", hold },
		{ "leave-unread", leave_unread },
		{ "many", many },
		{ "one-by-one", one_by_one },
		{ "passed", passed },
		{ "polls", polls },
		{ "refusals", refusals },
		{ "threads", threads },
		{ "unread", unread },
		{ "unwritable", unwritable },
		{ "wait-for-ever", wait_for_ever },
		{ "waits", waits },
	};
	size_t i;

	if (argc < 3)
		return 2;
	group = argv[1];
	if (argc > 3)
		count = strtoull(argv[3], NULL, 10);
	client = (uint64_t)getpid() << 20;
	if (paxosnl_open(&nl) || paxosnl_channel_open(nl, group, &ch)) {
		printf("%s\n", nl ? paxosnl_error(nl) : "no socket");
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (strcmp(argv[2], cases[i].name))
			continue;
		cases[i].run();
		paxosnl_channel_close(ch);
		paxosnl_close(nl);
		return wrong ? 1 : 0;
	}
	return 2;
}
