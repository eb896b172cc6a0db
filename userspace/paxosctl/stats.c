// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl stats
 */
#include <string.h>

#include "paxosctl.h"

struct stats {
	struct ctl *ctl;
	bool begun;
	char group[PAXOS_NAME_MAX + 1];
};

static void stats_end(struct stats *stats)
{
	struct print *p = &stats->ctl->print;

	if (!stats->begun)
		return;
	print_object_end(p);
	print_end(p);
	stats->begun = false;
}

/* Counters of a group come together, and so do those of the namespace. */
static int stats_cb(const struct paxosnl_counter *counter, void *data)
{
	const char *group = counter->group ? counter->group : "";
	struct stats *stats = data;
	struct print *p = &stats->ctl->print;

	if (stats->begun && strcmp(stats->group, group))
		stats_end(stats);
	if (!stats->begun) {
		stats->begun = true;
		snprintf(stats->group, sizeof(stats->group), "%s", group);
		print_begin(p);
		if (counter->group)
			print_string(p, "group", NULL, group);
		else
			print_text(p, "(namespace)");
		print_object_begin(p, "counters");
	}
	print_break(p);
	print_number(p, counter->name, counter->name, counter->value);
	return 0;
}

static int stats_show(struct ctl *ctl, int argc, char **argv)
{
	struct stats stats = { .ctl = ctl };
	const char *group;
	int rc;

	rc = ctl_begin_any(ctl, argc, argv, &group);
	if (rc)
		return rc;
	print_list_begin(&ctl->print);
	if (group) {
		if (paxosnl_counter_get(ctl->nl, group, stats_cb, &stats))
			rc = fail_kernel(ctl->nl, "stats of \"%s\"", group);
	} else if (paxosnl_counter_dump(ctl->nl, stats_cb, &stats)) {
		rc = fail_kernel(ctl->nl, "stats show");
	}
	stats_end(&stats);
	print_list_end(&ctl->print);
	return rc;
}

static const struct command commands[] = {
	{ "show", stats_show, "show [ GROUP ]" },
};

int do_stats(struct ctl *ctl, int argc, char **argv)
{
	return ctl_command(ctl, "stats", commands, ARRAY_SIZE(commands), argc,
			   argv);
}
