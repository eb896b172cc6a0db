// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl leader run: stands for the lead of a group until it is told to stop.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"

/* Who begins at once, unless told otherwise, is the first. */
#define PRIORITY	PAXOSNL_PRIORITY_MAX

/* What the run wakes up for by itself: to see whether it was told to stop. */
#define WAKE_MS	1000

static const char * const standings[] = {
	[PAXOSNL_IDLE] = "idle",
	[PAXOSNL_FOLLOWING] = "follows",
	[PAXOSNL_ASKING] = "asks",
	[PAXOSNL_WAITING] = "waits",
	[PAXOSNL_PREPARING] = "prepares",
	[PAXOSNL_FINISHING] = "finishes",
	[PAXOSNL_LEADING] = "leads",
	[PAXOSNL_RESIGNED] = "resigned",
};

static int candidate_cb(const struct paxosnl_standing *standing, void *data)
{
	struct ctl *ctl = data;
	struct print *p = &ctl->print;

	event_begin(ctl, standing->type < ARRAY_SIZE(standings) ?
		    standings[standing->type] : "unknown");
	print_string(p, "group", NULL, standing->group);
	if (standing->node) {
		print_number(p, "node", "node", standing->node);
		print_ballot(p, "ballot", "ballot", standing->ballot);
	}
	if (standing->first)
		print_number(p, "first", "from", standing->first);
	if (standing->open)
		print_number(p, "open", "open", standing->open);
	if (standing->ended)
		print_string(p, "ended", "ended",
			     paxosnl_grant_end_name(standing->ended));
	if (standing->alarm)
		print_text(p, "(voters report two values for one instance)");
	print_end(p);
	return ctl_flush(ctl, EXIT_DONE);
}

static int candidate_failed(const struct paxosnl_candidate *c,
			    const char *group, int error)
{
	const char *text = paxosnl_candidate_error(c);

	fail("group \"%s\": %s", group, *text ? text : strerror(-error));
	return paxosnl_candidate_refused(c) ? EXIT_REFUSED : EXIT_USAGE;
}

static int candidate_run(struct ctl *ctl, struct paxosnl_candidate *c,
			 const char *group)
{
	int rc;

	ctl->print.oneline = true;
	stop_on_signals();
	while (!stop_asked()) {
		rc = paxosnl_candidate_run(c, WAKE_MS, candidate_cb, ctl);
		if (rc > 0)
			return rc;
		if (rc && rc != -EINTR)
			return candidate_failed(c, group, rc);
	}
	/* The others are told, and need not wait. */
	paxosnl_candidate_resign(c);
	return EXIT_DONE;
}

int leader_run(struct ctl *ctl, int argc, char **argv)
{
	uint32_t priority = PRIORITY;
	struct paxosnl_candidate *c;
	struct arg args[] = {
		{ "priority", ARG_U32, &priority, false, 1, PAXOSNL_PRIORITY_MAX },
	};
	const char *group;
	int rc;

	rc = args_group(&argc, &argv, &group);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	rc = paxosnl_candidate_open(&c, group, priority);
	if (rc && !c)
		return fail_open(rc);
	if (rc)
		rc = candidate_failed(c, group, rc);
	else
		rc = candidate_run(ctl, c, group);
	paxosnl_candidate_close(c);
	return rc;
}
