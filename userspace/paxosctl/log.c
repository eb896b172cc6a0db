// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl log
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "paxosctl.h"

/* Entries that one dump asks for, so that a signal does not wait for a log. */
#define FOLLOW_CHUNK	1024u

#define BARRIER_TIMEOUT	10000u	/* milliseconds */

static void log_print(struct ctl *ctl, const struct paxosnl_entry *entry)
{
	struct print *p = &ctl->print;

	print_begin(p);
	print_number(p, "instance", NULL, entry->instance);
	print_hex64(p, "hash", "hash", entry->hash);
	print_hex64(p, "client", "client", entry->client);
	print_number(p, "sequence", "sequence", entry->sequence);
	if (p->json || ctl->statistics)
		print_hex64(p, "digest", "digest", entry->digest);
	print_string(p, "kind", NULL, paxosnl_kind_name(entry->kind));
	if (entry->kind == PAXOS_KIND_VALUE) {
		print_number(p, "length", NULL, entry->length);
		print_value(p, "value", NULL, entry->value, entry->length);
	}
	print_end(p);
}

struct log_show {
	struct ctl *ctl;
	bool warn;	/* the start was asked for */
};

static int log_show_cb(const struct paxosnl_entry *entry, void *data)
{
	struct log_show *show = data;

	if (entry->trimmed && show->warn)
		fail("instances up to %" PRIu64 " are trimmed here",
		     entry->trimmed);
	if (entry->instance)
		log_print(show->ctl, entry);
	return 0;
}

static int log_show(struct ctl *ctl, int argc, char **argv)
{
	struct log_show show = { .ctl = ctl };
	uint64_t from = 1, to = 0;
	const char *group;
	struct arg args[] = {
		{ "from", ARG_U64, &from, false, 1, UINT64_MAX },
		{ "to", ARG_U64, &to, false, 1, UINT64_MAX },
	};
	int rc;

	rc = args_group(&argc, &argv, &group);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc && to && to < from)
		rc = fail("to: %" PRIu64 " lies below from", to);
	if (!rc)
		rc = ctl_open(ctl);
	if (rc)
		return rc;
	show.warn = args[0].seen;
	print_list_begin(&ctl->print);
	if (paxosnl_entry_dump(ctl->nl, group, from, to, log_show_cb, &show))
		rc = fail_kernel(ctl->nl, "log of \"%s\"", group);
	print_list_end(&ctl->print);
	return rc;
}

/**
 * struct follow - somebody follows a log
 * @ctl: the context
 * @group: the group's name
 * @next: the instance wanted next
 * @explicit: where to begin was asked for
 * @left: values until the end, if there is one
 * @limited: there is one
 * @trimmed: what was wanted is trimmed, up to here
 * @more: the kernel told of something new
 * @deleted: the kernel told that the group is gone
 * @sessions: for delivery exactly once, else NULL
 * @confused: what they cannot be fed with has come
 */
struct follow {
	struct ctl *ctl;
	const char *group;
	uint64_t next;
	bool explicit;
	uint64_t left;
	bool limited;
	uint64_t trimmed;
	bool more;
	bool deleted;
	struct paxosnl_sessions *sessions;
	bool confused;
};

/* What the application proposed, and nothing else. */
static void follow_print(struct ctl *ctl, const struct paxosnl_entry *entry)
{
	struct print *p = &ctl->print;

	if (p->json) {
		log_print(ctl, entry);
		return;
	}
	fwrite(entry->value, 1, entry->length, p->file);
	putc('\n', p->file);
}

/* Whether the application is to have it. */
static bool follow_wanted(struct follow *follow,
			  const struct paxosnl_entry *entry)
{
	struct paxosnl_delivery delivery;

	if (!follow->sessions)
		return entry->kind == PAXOS_KIND_VALUE;
	follow->confused = paxosnl_sessions_feed(follow->sessions, entry,
						 &delivery);
	return !follow->confused && delivery.verdict == PAXOSNL_DELIVER;
}

static int follow_entry_cb(const struct paxosnl_entry *entry, void *data)
{
	struct follow *follow = data;

	if (entry->trimmed >= follow->next) {
		if (follow->explicit) {
			follow->trimmed = entry->trimmed;
			return 1;
		}
		follow->next = entry->trimmed + 1;
	}
	if (!entry->instance)
		return 0;
	/* Trimmed under our eyes, else there are no holes. */
	if (entry->instance != follow->next) {
		follow->trimmed = entry->instance - 1;
		return 1;
	}
	follow->next++;
	follow->explicit = true;
	if (!follow_wanted(follow, entry))
		return follow->confused;
	follow_print(follow->ctl, entry);
	return follow->limited && !--follow->left;
}

static int follow_event_cb(const struct paxosnl_event *event, void *data)
{
	struct follow *follow = data;

	if (event->type == PAXOS_CMD_DECIDED_NTF &&
	    !strcmp(event->decided.group, follow->group))
		follow->more = true;
	else if (event->type == PAXOS_CMD_GROUP_DEL_NTF &&
		 !strcmp(event->group.name, follow->group))
		follow->deleted = true;
	return 0;
}

/* Reads all that is decided. Returns an exit code, or -1 to go on. */
static int follow_read(struct follow *follow)
{
	struct ctl *ctl = follow->ctl;
	uint64_t before;
	int rc;

	do {
		before = follow->next;
		rc = paxosnl_entry_dump(ctl->nl, follow->group, before,
					before + FOLLOW_CHUNK - 1,
					follow_entry_cb, follow);
		if (rc < 0)
			return fail_kernel(ctl->nl, "log of \"%s\"",
					   follow->group);
		if (follow->trimmed) {
			ctl_flush(ctl, EXIT_DONE);
			fail("instance %" PRIu64 " is trimmed here, as all up to %" PRIu64 "%s",
			     follow->next, follow->trimmed,
			     follow->sessions ? ", and once takes all from instance 1 on" : "");
			return EXIT_REFUSED;
		}
		if (follow->confused) {
			ctl_flush(ctl, EXIT_DONE);
			return fail("log of \"%s\": %s", follow->group,
				    paxosnl_sessions_error(follow->sessions));
		}
		if (ctl_flush(ctl, EXIT_DONE))
			return EXIT_USAGE;
		if (rc)
			return EXIT_DONE;
	} while (follow->next != before && !stop_asked());
	return -1;
}

static int follow_wait(struct follow *follow, struct paxosnl *events)
{
	int rc;

	while (!follow->more && !stop_asked()) {
		rc = paxosnl_event_read(events, 1000, follow_event_cb, follow);
		/* What was lost told only of what can be read now. */
		if (rc == -ENOBUFS)
			follow->more = true;
		else if (rc && rc != -EINTR)
			return fail_kernel(events, "log of \"%s\"",
					   follow->group);
		if (follow->deleted) {
			fail("log of \"%s\": the group was deleted",
			     follow->group);
			return EXIT_REFUSED;
		}
	}
	follow->more = false;
	return -1;
}

static int follow_run(struct follow *follow, struct paxosnl *events)
{
	int rc;

	/* First the events, then the log: so nothing falls between. */
	if (paxosnl_subscribe(events, PAXOS_MCGRP_DECIDED) ||
	    paxosnl_subscribe(events, PAXOS_MCGRP_EVENTS))
		return fail_kernel(events, "log of \"%s\"", follow->group);
	stop_on_signals();
	while (!stop_asked()) {
		rc = follow_read(follow);
		if (rc < 0 && !stop_asked())
			rc = follow_wait(follow, events);
		if (rc >= 0)
			return rc;
	}
	return EXIT_DONE;
}

static int log_follow(struct ctl *ctl, int argc, char **argv)
{
	struct follow follow = { .ctl = ctl, .next = 1 };
	struct paxosnl *events;
	bool once = false;
	struct arg args[] = {
		{ "from", ARG_U64, &follow.next, false, 1, UINT64_MAX - 65536 },
		{ "count", ARG_U64, &follow.left, false, 1, UINT64_MAX },
		{ "once", ARG_FLAG, &once },
	};
	int rc;

	rc = args_group(&argc, &argv, &follow.group);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc && once && follow.next > 1)
		rc = fail("from: once takes the log from instance 1: else repeats are not known");
	if (!rc)
		rc = ctl_open(ctl);
	if (rc)
		return rc;
	follow.explicit = args[0].seen || once;
	follow.limited = args[1].seen;
	if (once && paxosnl_sessions_open(&follow.sessions, 1))
		return fail("out of memory");
	rc = paxosnl_open(&events);
	if (rc) {
		paxosnl_sessions_close(follow.sessions);
		return fail_open(rc);
	}
	rc = follow_run(&follow, events);
	paxosnl_close(events);
	paxosnl_sessions_close(follow.sessions);
	return rc;
}

static int log_trim(struct ctl *ctl, int argc, char **argv)
{
	const char *group;
	bool force = false;
	uint64_t to = 0;
	struct arg args[] = {
		{ "to", ARG_U64, &to, true, 1, UINT64_MAX },
		{ "force", ARG_FLAG, &force },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &group, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	if (paxosnl_group_trim(ctl->nl, group, to, force))
		return fail_kernel(ctl->nl, "cannot trim the log of \"%s\"",
				   group);
	return EXIT_DONE;
}

static int log_barrier(struct ctl *ctl, int argc, char **argv)
{
	uint32_t timeout = BARRIER_TIMEOUT;
	uint64_t instance = 0;
	const char *group;
	struct arg args[] = {
		{ "timeout", ARG_U32, &timeout, false, 1, UINT32_MAX },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &group, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	rc = paxosnl_barrier(ctl->nl, group, timeout, &instance);
	if (rc == -ETIME) {
		fail("no barrier of \"%s\" in %u ms: no leader here, or one without a quorum",
		     group, timeout);
		return EXIT_UNKNOWN;
	}
	if (rc)
		return fail_kernel(ctl->nl, "log of \"%s\"", group);
	print_list_begin(&ctl->print);
	print_begin(&ctl->print);
	print_number(&ctl->print, "instance", "instance", instance);
	print_end(&ctl->print);
	print_list_end(&ctl->print);
	return EXIT_DONE;
}

static const struct command commands[] = {
	{ "show", log_show, "show GROUP [ from N ] [ to N ]" },
	{ "follow", log_follow, "follow GROUP [ from N ] [ count N ] [ once ]" },
	{ "outcome", log_outcome,
	  "outcome GROUP client HEX sequence N [ close ] [ timeout MS ]" },
	{ "barrier", log_barrier, "barrier GROUP [ timeout MS ]" },
	{ "trim", log_trim, "trim GROUP to N [ force ]" },
};

int do_log(struct ctl *ctl, int argc, char **argv)
{
	return ctl_command(ctl, "log", commands, ARRAY_SIZE(commands), argc,
			   argv);
}
