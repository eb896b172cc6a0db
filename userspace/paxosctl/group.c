// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl group
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"

#define TIMING_MAX	(3600 * 1000)	/* milliseconds */
#define INIT_TIMEOUT	5000u	/* milliseconds */
#define INIT_RETRY	100
#define INIT_SETTLE	1500	/* more than from one HELLO to the next */
#define INIT_SILENT	3000	/* without so many HELLOs a voter is not up */

/* What the log may take before a person should look at it. */
static bool group_filling(const struct paxosnl_group *group)
{
	return group->log_used > group->log_size / 4 * 3;
}

/* Whatever is known of a group, into an object that is open. */
void group_print(struct ctl *ctl, const struct paxosnl_group *group)
{
	struct print *p = &ctl->print;
	bool more = p->json || ctl->statistics;

	print_string(p, "name", NULL, group->name);
	print_number(p, "id", "id", group->id);
	print_number(p, "node", "node", group->node);
	print_address(p, "local", "local", &group->local);
	print_string(p, "role", NULL, paxosnl_role_name(group->role));
	print_string(p, "store", NULL, paxosnl_store_name(group->store));
	print_string(p, "auth", "auth", paxosnl_auth_name(group->auth));
	print_string(p, "state", "state", paxosnl_state_name(group->state));
	print_break(p);
	print_number(p, "voters", "voters", group->voters);
	print_number(p, "quorum-1", "quorum 1", group->quorum_1);
	print_number(p, "quorum-2", "quorum 2", group->quorum_2);
	print_number(p, "window", "window", group->window);
	print_number(p, "window-bytes", "window-bytes", group->window_bytes);
	print_number(p, "log-size", "log-size", group->log_size);
	print_break(p);
	print_number(p, "heartbeat", "heartbeat", group->heartbeat);
	print_number(p, "timeout-min", "timeout", group->timeout_min);
	print_number(p, "timeout-max", NULL, group->timeout_max);
	print_break(p);
	print_number(p, "prefix", "prefix", group->prefix);
	print_number(p, "trim", "trim", group->trim);
	print_hex64(p, "hash", "hash", group->hash);
	print_number(p, "log-used", "log-used", group->log_used);
	print_bool(p, "log-filling", "(three quarters full: trim the log)",
		   group_filling(group));
	if (more) {
		print_break(p);
		print_hex(p, "incarnation", "incarnation", group->incarnation,
			  sizeof(group->incarnation));
		if (group->has_identity) {
			print_hex(p, "identity", "identity", group->identity,
				  sizeof(group->identity));
			print_number(p, "membership", "membership",
				     group->membership);
		}
		print_ballot(p, "promised", "promised", group->promised);
		print_ballot(p, "highest", "highest", group->highest);
	}
	if (group->why) {
		print_break(p);
		print_string(p, "why", "may not propose:", group->why);
	}
}

static int group_show_one(const struct paxosnl_group *group, void *data)
{
	struct ctl *ctl = data;

	print_begin(&ctl->print);
	group_print(ctl, group);
	print_end(&ctl->print);
	return 0;
}

static int group_batch_member(const struct paxosnl_member *member, void *data)
{
	struct ctl *ctl = data;
	char address[ADDRESS_MAX];

	fprintf(ctl->print.file, "member add %s node %u addr %s%s\n",
		member->group, member->node,
		address_format(&member->address, address),
		member->role == PAXOS_ROLE_LEARNER ? " learner" : "");
	return 0;
}

/*
 * The group as commands that make it again. Quorums that are majorities are the
 * default, and stay so when members are added to the file.
 */
static int group_batch(struct ctl *ctl, const char *name)
{
	struct paxosnl_group group;
	char address[ADDRESS_MAX];
	uint32_t majority;

	if (paxosnl_group_get(ctl->nl, name, &group))
		return fail_kernel(ctl->nl, "group \"%s\"", name);
	fprintf(ctl->print.file,
		"group add %s id %u node %u local %s %s auth %s%s",
		group.name, group.id, group.node,
		address_format(&group.local, address),
		paxosnl_store_name(group.store), paxosnl_auth_name(group.auth),
		group.role == PAXOS_ROLE_LEARNER ? " learner" : "");
	fprintf(ctl->print.file,
		" window %u window-bytes %u log-size %" PRIu64,
		group.window, group.window_bytes, group.log_size);
	fprintf(ctl->print.file, " heartbeat %u timeout %u %u",
		group.heartbeat, group.timeout_min, group.timeout_max);
	majority = group.voters / 2 + 1;
	if (group.quorum_1 != majority || group.quorum_2 != majority)
		fprintf(ctl->print.file, " quorum 1 %u quorum 2 %u",
			group.quorum_1, group.quorum_2);
	putc('\n', ctl->print.file);
	if (paxosnl_member_dump(ctl->nl, name, group_batch_member, ctl))
		return fail_kernel(ctl->nl, "group \"%s\"", name);
	return EXIT_DONE;
}

static int group_show(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_group group;
	const char *name = NULL;
	bool batch = false;
	struct arg args[] = {
		{ "batch", ARG_FLAG, &batch },
	};
	int rc;

	rc = argc ? args_group(&argc, &argv, &name) : EXIT_DONE;
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc && batch && ctl->print.json)
		rc = fail("batch: is no JSON, leave -j out");
	if (!rc)
		rc = ctl_open(ctl);
	if (rc)
		return rc;
	if (batch)
		return group_batch(ctl, name);

	print_list_begin(&ctl->print);
	if (name) {
		if (paxosnl_group_get(ctl->nl, name, &group))
			rc = fail_kernel(ctl->nl, "group \"%s\"", name);
		else
			group_show_one(&group, ctl);
	} else if (paxosnl_group_dump(ctl->nl, group_show_one, ctl)) {
		rc = fail_kernel(ctl->nl, "group show");
	} else {
		warn_interrupted(ctl->nl);
	}
	print_list_end(&ctl->print);
	return rc;
}

static int group_add(struct ctl *ctl, int argc, char **argv)
{
	static const char * const auths[] = { "none", NULL };
	struct paxosnl_group group = { .store = PAXOS_STORE_VOLATILE };
	bool is_volatile = false, learner = false;
	uint32_t timeout[2] = { 0, 0 };
	char local[ADDRESS_MAX];
	struct arg args[] = {
		{ "id", ARG_U32, &group.id, true, 1, UINT32_MAX },
		{ "node", ARG_U32, &group.node, true, 1, PAXOS_NODE_MAX },
		{ "local", ARG_ADDRESS, &group.local, true },
		{ "volatile", ARG_FLAG, &is_volatile, true },
		{ "auth", ARG_WORD, &group.auth, true, .words = auths },
		{ "learner", ARG_FLAG, &learner },
		{ "window", ARG_U32, &group.window, false, 1, UINT32_MAX },
		{ "window-bytes", ARG_U32, &group.window_bytes, false, 1,
		  UINT32_MAX },
		{ "log-size", ARG_U64, &group.log_size, false, 1, UINT64_MAX },
		{ "quorum 1", ARG_U32, &group.quorum_1, false, 1,
		  PAXOS_VOTERS_MAX },
		{ "quorum 2", ARG_U32, &group.quorum_2, false, 1,
		  PAXOS_VOTERS_MAX },
		{ "heartbeat", ARG_U32, &group.heartbeat, false, 1,
		  TIMING_MAX },
		{ "timeout", ARG_RANGE, timeout, false, 1, TIMING_MAX },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &group.name, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	group.role = learner ? PAXOS_ROLE_LEARNER : PAXOS_ROLE_VOTER;
	group.timeout_min = timeout[0];
	group.timeout_max = timeout[1];
	if (paxosnl_group_new(ctl->nl, &group))
		return fail_kernel(ctl->nl, "cannot add group \"%s\" at %s",
				   group.name,
				   address_format(&group.local, local));
	return EXIT_DONE;
}

static int group_set(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_group group = { .id = 0 };
	uint32_t timeout[2] = { 0, 0 };
	struct arg args[] = {
		{ "log-size", ARG_U64, &group.log_size, false, 1, UINT64_MAX },
		{ "heartbeat", ARG_U32, &group.heartbeat, false, 1,
		  TIMING_MAX },
		{ "timeout", ARG_RANGE, timeout, false, 1, TIMING_MAX },
	};
	int rc;

	rc = args_group(&argc, &argv, &group.name);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc && !group.log_size && !group.heartbeat && !timeout[0])
		rc = fail("what to change is missing: log-size, heartbeat or timeout");
	if (!rc)
		rc = ctl_open(ctl);
	if (rc)
		return rc;
	group.timeout_min = timeout[0];
	group.timeout_max = timeout[1];
	if (paxosnl_group_set(ctl->nl, &group))
		return fail_kernel(ctl->nl, "cannot set group \"%s\"",
				   group.name);
	return EXIT_DONE;
}

static int group_del(struct ctl *ctl, int argc, char **argv)
{
	const char *name;
	int rc;

	rc = ctl_begin(ctl, argc, argv, &name, NULL, 0);
	if (rc)
		return rc;
	if (paxosnl_group_del(ctl->nl, name))
		return fail_kernel(ctl->nl, "cannot delete group \"%s\"", name);
	return EXIT_DONE;
}

/*
 * A voter that was not heard yet may be on its way up. What one says of itself
 * may be older than what was just changed there, until it has said it again.
 */
static bool group_init_again(int error, uint64_t waited)
{
	switch (-error) {
	case EAGAIN:
	case ENOTCONN:
		return true;
	case EEXIST:
	case EINVAL:
		return waited < INIT_SETTLE;
	default:
		return false;
	}
}

static bool group_is_up(const struct paxosnl_group *group)
{
	return group->state == PAXOS_STATE_VOTING ||
	       group->state == PAXOS_STATE_LEARNING;
}

static int group_ignore(const struct paxosnl_event *event, void *data)
{
	(void)event;
	(void)data;
	return 0;
}

struct group_silent {
	char nodes[256];
	size_t length;
};

static int group_silent_cb(const struct paxosnl_member *member, void *data)
{
	struct group_silent *silent = data;

	if (member->role != PAXOS_ROLE_VOTER ||
	    (member->has_heard && member->heard < INIT_SILENT))
		return 0;
	silent->length += (size_t)snprintf(silent->nodes + silent->length,
					   sizeof(silent->nodes) -
					   silent->length,
					   "%s %u", silent->length ? "," : "",
					   member->node);
	return 0;
}

/* Before 6.2 kernels can say only that a voter is missing, and not which. */
static int group_init_refused(struct ctl *ctl, const char *name, int error)
{
	struct group_silent silent = { .length = 0 };
	int rc = fail_kernel_begin(ctl->nl, "cannot init group \"%s\"", name);

	if (error == -ENOTCONN && !strstr(paxosnl_error(ctl->nl), "node ") &&
	    !paxosnl_member_dump(ctl->nl, name, group_silent_cb, &silent) &&
	    silent.length)
		fprintf(stderr, ": node%s", silent.nodes);
	putc('\n', stderr);
	return rc;
}

/*
 * Asks until the kernel takes it, then waits until the group votes here. Both
 * have an end: a voter may be down.
 */
static int group_init_wait(struct ctl *ctl, struct paxosnl *events,
			   const char *name, uint32_t timeout)
{
	uint64_t start = now_ms(), end = start + timeout;
	struct group_silent silent = { .length = 0 };
	struct paxosnl_group group;
	bool taken = false;
	int rc;

	for (;;) {
		if (!taken) {
			rc = paxosnl_group_init(ctl->nl, name);
			if (rc && (!group_init_again(rc, now_ms() - start) ||
				   now_ms() >= end))
				return group_init_refused(ctl, name, rc);
			taken = !rc;
		}
		if (paxosnl_group_get(ctl->nl, name, &group))
			return fail_kernel(ctl->nl, "group \"%s\"", name);
		if (group_is_up(&group))
			return EXIT_DONE;
		if (taken && group.state == PAXOS_STATE_MUTE) {
			fail("cannot init group \"%s\": %s", name,
			     group.why ? group.why :
			     "this node is no voter under its present incarnation");
			return EXIT_REFUSED;
		}
		if (now_ms() >= end)
			break;
		/* Whatever event comes, or none for a while: look again. */
		paxosnl_event_read(events, INIT_RETRY, group_ignore, NULL);
	}
	fprintf(stderr,
		"paxosctl: group \"%s\" is %s after %u ms, and may yet begin",
		name, paxosnl_state_name(group.state), timeout);
	if (!paxosnl_member_dump(ctl->nl, name, group_silent_cb, &silent) &&
	    silent.length)
		fprintf(stderr, ": not heard: node%s", silent.nodes);
	putc('\n', stderr);
	return EXIT_UNKNOWN;
}

static int group_init(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl *events;
	uint32_t timeout = INIT_TIMEOUT;
	const char *name;
	struct arg args[] = {
		{ "timeout", ARG_U32, &timeout, false, 1, UINT32_MAX },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &name, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	rc = paxosnl_open(&events);
	if (rc)
		return fail_open(rc);
	if (paxosnl_subscribe(events, PAXOS_MCGRP_EVENTS))
		rc = fail_kernel(events, "cannot init group \"%s\"", name);
	else
		rc = group_init_wait(ctl, events, name, timeout);
	paxosnl_close(events);
	return rc;
}

static const struct command commands[] = {
	{ "show", group_show, "show [ NAME [ batch ] ]" },
	{ "add", group_add,
	  "add NAME id N node N local ADDR[:PORT] volatile auth none\n"
	  "                      [ learner ] [ window N ] [ window-bytes N ] [ log-size N ]\n"
	  "                      [ quorum 1 N ] [ quorum 2 N ]\n"
	  "                      [ heartbeat MS ] [ timeout MIN MAX ]" },
	{ "set", group_set,
	  "set NAME [ log-size N ] [ heartbeat MS ] [ timeout MIN MAX ]" },
	{ "init", group_init, "init NAME [ timeout MS ]" },
	{ "del", group_del, "del NAME" },
};

int do_group(struct ctl *ctl, int argc, char **argv)
{
	return ctl_command(ctl, "group", commands, ARRAY_SIZE(commands), argc,
			   argv);
}
