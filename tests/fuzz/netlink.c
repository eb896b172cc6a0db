// SPDX-License-Identifier: GPL-2.0
/*
 * The library against a kernel that may say anything: nothing is read beside
 * what came, nothing is kept, and what a callback is given can be read.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "kernel.h"
#include "paxosnl.h"

/* What is given must be there: it is read, to the last byte. */
static volatile uint8_t sink;

static void read_bytes(const void *bytes, size_t length)
{
	const uint8_t *p = bytes;

	while (length--)
		sink ^= *p++;
}

static void read_string(const char *text)
{
	if (text)
		read_bytes(text, strlen(text) + 1);
}

/* Now and then whoever is told wants no more. */
static int enough(void)
{
	return kernel_byte() == 77 ? 5 : 0;
}

static int group_cb(const struct paxosnl_group *group, void *data)
{
	(void)data;
	read_bytes(group, sizeof(*group));
	fuzz_check(group->name);
	read_string(group->name);
	read_string(group->why);
	return enough();
}

static int member_cb(const struct paxosnl_member *member, void *data)
{
	(void)data;
	read_bytes(member, sizeof(*member));
	fuzz_check(member->group);
	read_string(member->group);
	return enough();
}

static int entry_cb(const struct paxosnl_entry *entry, void *data)
{
	(void)data;
	read_string(entry->group);
	fuzz_check(entry->value);
	read_bytes(entry->value, entry->length);
	return enough();
}

static int counter_cb(const struct paxosnl_counter *counter, void *data)
{
	(void)data;
	read_string(counter->group);
	fuzz_check(counter->name);
	read_string(counter->name);
	return enough();
}

static int leader_cb(const struct paxosnl_leader *leader, void *data)
{
	(void)data;
	fuzz_check(leader->group);
	read_string(leader->group);
	return enough();
}

static int event_cb(const struct paxosnl_event *event, void *data)
{
	const struct paxosnl_promise *promise = &event->promise;

	(void)data;
	read_string(event->name);
	switch (event->type) {
	case PAXOS_CMD_GROUP_NTF:
	case PAXOS_CMD_GROUP_DEL_NTF:
		read_string(event->group.name);
		read_string(event->group.why);
		break;
	case PAXOS_CMD_MEMBER_NTF:
	case PAXOS_CMD_MEMBER_DEL_NTF:
		read_string(event->member.group);
		break;
	case PAXOS_CMD_DECIDED_NTF:
		read_string(event->decided.group);
		break;
	case PAXOS_CMD_ALARM_NTF:
		read_string(event->alarm.group);
		break;
	case PAXOS_CMD_PROMISE_NTF:
		read_string(promise->group);
		read_bytes(promise->votes, promise->count * sizeof(*promise->votes));
		break;
	case PAXOS_CMD_REFUSED_NTF:
		read_string(event->refused.group);
		break;
	case PAXOS_CMD_CHOSEN_NTF:
		read_string(event->chosen.group);
		break;
	case PAXOS_CMD_SUBMITTED_NTF:
		read_string(event->submitted.group);
		read_bytes(event->submitted.runs,
			   event->submitted.count * sizeof(*event->submitted.runs));
		break;
	case PAXOS_CMD_SUBMIT:
		fuzz_check(event->refusal.error < 0);
		read_string(event->refusal.why);
		break;
	case PAXOS_CMD_GRANT_NTF:
		read_string(event->grant_end.group);
		break;
	case PAXOS_CMD_LEADER_NTF:
		read_string(event->leader.group);
		break;
	case PAXOS_CMD_BARRIER_NTF:
		read_string(event->barrier.group);
		break;
	default:
		fuzz_check(!"an event that is known");
	}
	return enough();
}

static int ask_group(struct paxosnl *nl, uint8_t what)
{
	struct paxosnl_group group = { .name = "g1", .id = 7, .node = 1, .store = 1, .auth = 1,
				       .log_size = 1 << 20, .heartbeat = 1 };
	int rc;

	switch (what) {
	case 0:
		rc = paxosnl_group_get(nl, "g1", &group);
		if (!rc)
			group_cb(&group, NULL);
		return rc;
	case 1:
		return paxosnl_group_dump(nl, group_cb, NULL);
	case 2:
		return paxosnl_group_new(nl, &group);
	case 3:
		return paxosnl_group_set(nl, &group);
	case 4:
		return paxosnl_group_init(nl, "g1");
	case 5:
		return paxosnl_group_trim(nl, "g1", 3, true);
	default:
		return paxosnl_group_del(nl, "g1");
	}
}

static int ask_member(struct paxosnl *nl, uint8_t what)
{
	struct paxosnl_member member = { .group = "g1", .node = 2 };
	int rc;

	switch (what) {
	case 7:
		rc = paxosnl_member_get(nl, "g1", 2, &member);
		if (!rc)
			member_cb(&member, NULL);
		return rc;
	case 8:
		return paxosnl_member_dump(nl, NULL, member_cb, NULL);
	case 9:
		return paxosnl_member_new(nl, &member);
	case 10:
		return paxosnl_member_set(nl, &member);
	default:
		return paxosnl_member_del(nl, "g1", 2);
	}
}

static int ask_log(struct paxosnl *nl, uint8_t what)
{
	struct paxosnl_entry entry;
	int rc;

	switch (what) {
	case 12:
		rc = paxosnl_entry_get(nl, "g1", 1, &entry);
		if (!rc)
			entry_cb(&entry, NULL);
		return rc;
	case 13:
		return paxosnl_entry_dump(nl, "g1", 1, 9, entry_cb, NULL);
	case 14:
		return paxosnl_counter_get(nl, "g1", counter_cb, NULL);
	default:
		return paxosnl_counter_dump(nl, counter_cb, NULL);
	}
}

static int ask_ballot(struct paxosnl *nl, uint8_t what)
{
	static const char value[PAXOS_VALUE_MAX + 1];
	struct paxosnl_proposal proposal = {
		.client = 1, .sequence = 1, .kind = PAXOS_KIND_VALUE,
	};
	struct paxosnl_ballot ballot;
	int rc;

	switch (what) {
	case 16:
		rc = paxosnl_ballot_get(nl, "g1", 5, &ballot);
		fuzz_check(rc || (ballot.ballot && ballot.next && ballot.quorum_1));
		return rc;
	case 17:
		return paxosnl_ballot_prepare(nl, "g1", 5, 1, true);
	case 25:
		return paxosnl_ballot_grant(nl, "g1", 5, 1);
	case 26:
		return paxosnl_ballot_renew(nl, "g1", 5);
	case 18:
		proposal.value = value;
		proposal.length = (size_t)kernel_byte() * 129;
		return paxosnl_ballot_accept(nl, "g1", 5, 1, &proposal);
	default:
		return paxosnl_ballot_del(nl, "g1", 5);
	}
}

static int ask_barrier(struct paxosnl *nl)
{
	uint64_t instance;

	if (kernel_byte() & 1)
		return paxosnl_barrier_begin(nl, "g1", 3);
	return paxosnl_barrier(nl, "g1", 50, &instance);
}

static int ask_leader(struct paxosnl *nl, uint8_t what)
{
	struct paxosnl_leader leader;
	int rc;

	switch (what) {
	case 23:
		return ask_barrier(nl);
	case 24:
		return paxosnl_leader_ask(nl, "g1");
	case 27:
		rc = paxosnl_leader_get(nl, "g1", &leader);
		if (!rc)
			leader_cb(&leader, NULL);
		return rc;
	case 28:
		return paxosnl_leader_dump(nl, leader_cb, NULL);
	default:
		return paxosnl_leader_resign(nl, "g1");
	}
}

static int ask_submit(struct paxosnl *nl, uint8_t what)
{
	static const char value[PAXOS_VALUE_MAX + 1];
	struct iovec values[2] = {
		{ .iov_base = (void *)value, .iov_len = (size_t)kernel_byte() * 129 },
		{ .iov_base = (void *)value, .iov_len = (size_t)kernel_byte() },
	};
	uint32_t request;

	if (what == 30)
		return paxosnl_submit_close(nl, "g1", 5, 1, NULL);
	return paxosnl_submit(nl, "g1", 5, 1, values, 2, kernel_byte() & 1 ? &request : NULL);
}

/* A channel is one descriptor, which is closed once; there is none if it failed. */
static int ask_channel(struct paxosnl *nl)
{
	static const char value[PAXOS_VALUE_MAX];
	struct paxos_channel_value values[2] = {
		{ .addr = (uintptr_t)value, .length = kernel_byte() * 128u },
		{ .addr = (uintptr_t)value, .length = kernel_byte() },
	};
	struct paxos_channel_run runs[3];
	struct paxosnl_channel *ch;
	unsigned int tries, closed;
	int rc = paxosnl_channel_open(nl, "g1", &ch);

	fuzz_check(!rc == !!ch);
	if (rc)
		return rc;
	fuzz_check(paxosnl_channel_fd(ch) >= 0);
	for (tries = kernel_byte() % 8; tries && !rc; tries--) {
		struct paxos_channel_enter enter = {
			.client = 1,
			.sequence = 1 + tries,
			.values = (uintptr_t)values,
			.n_values = tries % 3,
			.kind = PAXOS_KIND_VALUE,
			.runs = (uintptr_t)runs,
			.max_runs = 3,
			.min_done = 1,
		};

		rc = paxosnl_channel_enter(ch, &enter);
		fuzz_check(!rc || (rc < 0 && *paxosnl_channel_error(ch)));
		read_bytes(runs, enter.n_runs * sizeof(*runs));
		read_string(paxosnl_channel_error(ch));
		fuzz_check(!enter.text && !enter.text_length);
	}
	closed = kernel_closed();
	paxosnl_channel_close(ch);
	fuzz_check(kernel_closed() == closed + 1);
	return 0;
}

static int ask(struct paxosnl *nl, uint8_t what)
{
	what %= 32;
	if (what < 7)
		return ask_group(nl, what);
	if (what < 12)
		return ask_member(nl, what);
	if (what < 16)
		return ask_log(nl, what);
	if (what < 20)
		return ask_ballot(nl, what);
	if (what == 25 || what == 26)
		return ask_ballot(nl, what);
	if ((what > 26 && what < 30) || what == 23 || what == 24)
		return ask_leader(nl, what);
	if (what >= 30)
		return ask_submit(nl, what);
	if (what == 22)
		return ask_channel(nl);
	if (what == 20)
		return paxosnl_subscribe(nl, kernel_byte() & 1 ? "events" : "decided");
	return paxosnl_event_read(nl, 100, event_cb, NULL);
}

/*
 * P28: sequences are consecutive but where a session begins, or the values
 * behind would be skipped. Gives the next, as far as the session goes on.
 */
static uint64_t check_session(const struct paxosnl_outcome *outcome, uint64_t instance,
			      uint64_t next)
{
	fuzz_check(outcome->client);
	fuzz_check(outcome->sequence == (instance ? 1 : next));
	if (instance || outcome->result == PAXOSNL_UNKNOWN || outcome->led)
		return 1;
	return outcome->result == PAXOSNL_CHOSEN ? next + 1 : next;
}

static int standing_cb(const struct paxosnl_standing *standing, void *data)
{
	(void)data;
	read_bytes(standing, sizeof(*standing));
	fuzz_check(standing->group);
	read_string(standing->group);
	fuzz_check(standing->type <= PAXOSNL_RESIGNED);
	return enough();
}

/* A candidate: it looks, asks, prepares, leads and is deposed, as it is told. */
static void stand(void)
{
	struct paxosnl_candidate *c;
	unsigned int tries;
	int rc;

	rc = paxosnl_candidate_open(&c, "g1", 1 + kernel_byte() % PAXOSNL_PRIORITY_MAX);
	if (rc && c)
		read_string(paxosnl_candidate_error(c));
	for (tries = 0; !rc && tries < 64 && kernel_left(); tries++) {
		if (kernel_byte() == 99)
			paxosnl_candidate_resign(c);
		rc = paxosnl_candidate_run(c, 100, standing_cb, NULL);
		if (rc < 0)
			read_string(paxosnl_candidate_error(c));
		(void)paxosnl_candidate_refused(c);
		/* What failed is over. */
		rc = rc < 0 && rc != -EINTR ? rc : 0;
	}
	paxosnl_candidate_close(c);
}

static void propose(bool yields)
{
	struct paxosnl_outcome outcome;
	struct paxosnl_proposer *p;
	uint64_t instance, next = 1;
	uint8_t byte;
	int rc;

	if (paxosnl_proposer_open(&p, "g1"))
		return;
	paxosnl_proposer_yield(p, yields);
	do {
		byte = kernel_byte();
		instance = byte < 0xf8 ? byte % 4 : 0;
		if (byte < 0xf8)
			rc = paxosnl_propose(p, "value", 5, instance, 1 + kernel_byte() * 40,
					     &outcome);
		else
			rc = paxosnl_propose_close(p, 9, 3, 1 + kernel_byte() * 40, &outcome);
		if (rc) {
			read_string(paxosnl_proposer_error(p));
			next = instance ? 1 : next;
			continue;
		}
		if (byte < 0xf8)
			next = check_session(&outcome, instance, next);
		else
			fuzz_check(outcome.client == 9 && outcome.sequence == 3);
		fuzz_check(outcome.result >= PAXOSNL_CHOSEN &&
			   outcome.result <= PAXOSNL_UNKNOWN);
		read_string(outcome.why);
		fuzz_check(outcome.why || outcome.result <= PAXOSNL_OTHER);
		fuzz_check(instance || outcome.result != PAXOSNL_OTHER);
		fuzz_check(!outcome.led || (yields && outcome.result >= PAXOSNL_NOT_PROPOSED));
	} while (kernel_left());
	paxosnl_proposer_close(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct paxosnl *nl;
	uint8_t first;
	int rc;

	kernel_begin(data, size, false);
	first = kernel_byte();
	if (first & 1) {
		propose(first & 128);
	} else if (first >= 200) {
		stand();
	} else if (!paxosnl_open(&nl)) {
		while (kernel_left()) {
			rc = ask(nl, kernel_byte());
			if (rc < 0)
				fuzz_check(*paxosnl_error(nl));
			(void)paxosnl_refused(nl);
			(void)paxosnl_interrupted(nl);
		}
		paxosnl_close(nl);
	}
	kernel_end();
	return 0;
}
