// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl monitor
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "paxosctl.h"

struct monitor {
	struct ctl *ctl;
	const char *group;	/* NULL for all */
};

/*
 * An event that is printed when it happens: a line, or an object of its own, so
 * that a reader need not wait for an end.
 */
void event_begin(struct ctl *ctl, const char *event)
{
	struct print *p = &ctl->print;
	char text[64] = "", stamp[80];
	struct timespec now;
	struct tm tm;

	print_begin(p);
	if (ctl->timestamp) {
		clock_gettime(CLOCK_REALTIME, &now);
		gmtime_r(&now.tv_sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		snprintf(stamp, sizeof(stamp), "%s.%06ldZ", text,
			 now.tv_nsec / 1000);
		print_string(p, "timestamp", NULL, stamp);
	}
	print_string(p, "event", NULL, event);
}

static bool monitor_wants(const struct monitor *monitor, const char *group)
{
	return !monitor->group || !strcmp(monitor->group, group);
}

static int monitor_cb(const struct paxosnl_event *event, void *data)
{
	struct monitor *monitor = data;
	struct ctl *ctl = monitor->ctl;
	struct print *p = &ctl->print;

	switch (event->type) {
	case PAXOS_CMD_GROUP_NTF:
		if (!monitor_wants(monitor, event->group.name))
			return 0;
		event_begin(ctl, event->name);
		group_print(ctl, &event->group);
		break;
	case PAXOS_CMD_GROUP_DEL_NTF:
		if (!monitor_wants(monitor, event->group.name))
			return 0;
		event_begin(ctl, event->name);
		print_string(p, "name", NULL, event->group.name);
		print_number(p, "id", "id", event->group.id);
		break;
	case PAXOS_CMD_MEMBER_NTF:
		if (!monitor_wants(monitor, event->member.group))
			return 0;
		event_begin(ctl, event->name);
		member_print(ctl, &event->member);
		break;
	case PAXOS_CMD_MEMBER_DEL_NTF:
		if (!monitor_wants(monitor, event->member.group))
			return 0;
		event_begin(ctl, event->name);
		print_string(p, "group", NULL, event->member.group);
		print_number(p, "node", "node", event->member.node);
		break;
	case PAXOS_CMD_DECIDED_NTF:
		if (!monitor_wants(monitor, event->decided.group))
			return 0;
		event_begin(ctl, event->name);
		print_string(p, "group", NULL, event->decided.group);
		print_number(p, "instance", "instance", event->decided.first);
		print_number(p, "upto", "upto", event->decided.upto);
		break;
	case PAXOS_CMD_ALARM_NTF:
		if (!monitor_wants(monitor, event->alarm.group))
			return 0;
		event_begin(ctl, event->name);
		print_string(p, "group", NULL, event->alarm.group);
		print_string(p, "alarm", NULL,
			     paxosnl_alarm_name(event->alarm.alarm));
		if (event->alarm.node)
			print_number(p, "node", "node", event->alarm.node);
		if (event->alarm.instance)
			print_number(p, "instance", "instance",
				     event->alarm.instance);
		break;
	case PAXOS_CMD_LEADER_NTF:
		if (!monitor_wants(monitor, event->leader.group))
			return 0;
		event_begin(ctl, event->name);
		print_string(p, "group", NULL, event->leader.group);
		if (!event->leader.node) {
			print_text(p, "nobody leads");
			break;
		}
		print_number(p, "node", "node", event->leader.node);
		print_ballot(p, "ballot", "ballot", event->leader.ballot);
		break;
	default:
		return 0;
	}
	print_end(p);
	return 0;
}

static int monitor_run(struct monitor *monitor, struct paxosnl *nl)
{
	struct ctl *ctl = monitor->ctl;
	struct paxosnl_group group;
	int rc;

	if (paxosnl_subscribe(nl, PAXOS_MCGRP_EVENTS) ||
	    paxosnl_subscribe(nl, PAXOS_MCGRP_DECIDED))
		return fail_kernel(nl, "monitor");
	if (monitor->group && paxosnl_group_get(nl, monitor->group, &group))
		return fail_kernel(nl, "group \"%s\"", monitor->group);
	ctl->print.oneline = true;
	stop_on_signals();
	while (!stop_asked()) {
		rc = paxosnl_event_read(nl, 1000, monitor_cb, monitor);
		if (rc == -ENOBUFS) {
			/* Whoever reads this looks at everything again. */
			event_begin(ctl, "overrun");
			print_text(&ctl->print, "(events were lost)");
			print_end(&ctl->print);
		} else if (rc && rc != -EINTR) {
			return fail_kernel(nl, "monitor");
		}
		rc = ctl_flush(ctl, EXIT_DONE);
		if (rc)
			return rc;
	}
	return EXIT_DONE;
}

static const char usage[] = "Usage: paxosctl monitor [ GROUP ]\n";

int do_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct monitor monitor = { .ctl = ctl };
	struct paxosnl *nl;
	int rc = EXIT_DONE;

	if (argc && !strcmp(*argv, "help")) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	if (argc)
		rc = args_group(&argc, &argv, &monitor.group);
	if (!rc)
		rc = args_none(argc, argv);
	if (rc)
		return rc;
	rc = paxosnl_open(&nl);
	if (rc)
		return fail_open(rc);
	rc = monitor_run(&monitor, nl);
	paxosnl_close(nl);
	return rc;
}
