// SPDX-License-Identifier: GPL-2.0
/*
 * submit GROUP COUNT OUTSTANDING TEXT [BATCH [MS]]: COUNT values "N of TEXT", BATCH
 * in a request, so many of them on their way at once; says what became of them and
 * ends when that is known of all. Only what was refused is submitted again. With MS
 * so long passes behind each request, and nothing is read before all were made: for
 * counts that are not refused.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <paxosnl.h>

#define BATCH_MAX	64
#define TEXT_MAX	64

/* Requests whose refusal may still come, by number. */
#define ASKED		65536

struct submit {
	const char *group;
	uint64_t client;
	uint64_t count;
	uint64_t next;		/* the sequence to be submitted next */
	uint64_t done;
	uint64_t unknown;
	uint64_t again;		/* done more than once */
	uint64_t backwards;	/* instances that do not rise with sequences */
	uint64_t messages;
	uint64_t refused;
	uint64_t waiting;
	uint64_t asked[ASKED];	/* first sequence of each request */
	uint64_t *instance;	/* by sequence */
	unsigned int pause;	/* milliseconds behind each request, 0 for none */
	bool failed;
};

static void settle(struct submit *s, const struct paxosnl_run *run)
{
	uint64_t i, n;

	for (i = 0; i < run->count; i++) {
		n = run->sequence + i;
		if (!n || n > s->count || s->instance[n]) {
			s->again++;
			continue;
		}
		s->done++;
		s->waiting--;
		s->instance[n] = run->instance ? run->instance + i : UINT64_MAX;
		if (!run->instance)
			s->unknown++;
		else if (n > 1 && s->instance[n - 1] > s->instance[n])
			s->backwards++;
	}
}

static int hear(const struct paxosnl_event *event, void *data)
{
	struct submit *s = data;
	uint64_t first;
	size_t i;

	switch (event->type) {
	case PAXOS_CMD_SUBMITTED_NTF:
		s->messages++;
		for (i = 0; i < event->submitted.count; i++)
			settle(s, &event->submitted.runs[i]);
		return 0;
	case PAXOS_CMD_SUBMIT:
		s->refused++;
		first = s->asked[event->refusal.request % ASKED];
		if (event->refusal.error != -EAGAIN) {
			fprintf(stderr, "submit: %s\n", event->refusal.why);
			s->failed = true;
		}
		s->waiting -= s->next - first;
		s->next = first;
		return 0;
	default:
		return 0;
	}
}

static int send_some(struct paxosnl *nl, struct submit *s, size_t n, const char *text)
{
	static char bytes[BATCH_MAX][TEXT_MAX];
	struct iovec values[BATCH_MAX];
	uint32_t request;
	size_t i;

	if (n > s->count - s->next + 1)
		n = s->count - s->next + 1;
	for (i = 0; i < n; i++) {
		values[i].iov_base = bytes[i];
		values[i].iov_len = (size_t)snprintf(bytes[i], TEXT_MAX, "%llu of %s",
						     (unsigned long long)(s->next + i), text);
	}
	if (paxosnl_submit(nl, s->group, s->client, s->next, values, n, &request))
		return -1;
	s->asked[request % ASKED] = s->next;
	s->next += n;
	s->waiting += n;
	return 0;
}

static int run(struct paxosnl *nl, struct submit *s, uint64_t outstanding, size_t batch,
	       const char *text)
{
	uint64_t refused;

	while (s->done < s->count && !s->failed) {
		refused = s->refused;
		/* A refusal is there by now, and what comes behind it must not be taken. */
		while (s->next <= s->count && s->waiting + batch <= outstanding &&
		       s->refused == refused) {
			if (send_some(nl, s, batch, text))
				return -1;
			if (s->pause)
				usleep(1000 * s->pause);
			else if (paxosnl_event_read(nl, 0, hear, s))
				return -1;
		}
		if (s->waiting && paxosnl_event_read(nl, -1, hear, s))
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct submit s;
	struct paxosnl *nl;
	size_t batch = 1;

	if (argc < 5) {
		fprintf(stderr, "submit GROUP COUNT OUTSTANDING TEXT [BATCH [MS]]\n");
		return 1;
	}
	s.group = argv[1];
	s.count = strtoull(argv[2], NULL, 10);
	s.next = 1;
	s.client = ((uint64_t)getpid() << 32) + (uint64_t)strlen(argv[4]) + 1;
	s.instance = calloc(s.count + 1, sizeof(*s.instance));
	if (argc > 5)
		batch = strtoul(argv[5], NULL, 10);
	if (argc > 6)
		s.pause = (unsigned int)strtoul(argv[6], NULL, 10);
	if (!s.instance || batch < 1 || batch > BATCH_MAX || paxosnl_open(&nl))
		return 1;
	if (run(nl, &s, strtoull(argv[3], NULL, 10), batch, argv[4])) {
		fprintf(stderr, "submit: %s\n", paxosnl_error(nl));
		s.failed = true;
	}
	printf("%llu done, %llu unknown, %llu again, %llu backwards, %llu refused, %llu messages\n",
	       (unsigned long long)s.done, (unsigned long long)s.unknown,
	       (unsigned long long)s.again, (unsigned long long)s.backwards,
	       (unsigned long long)s.refused, (unsigned long long)s.messages);
	paxosnl_close(nl);
	free(s.instance);
	return s.failed;
}
