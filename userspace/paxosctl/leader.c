// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl leader
 */
#include "paxosctl.h"

/* The node that leads a group, as far as this one knows; 0 for none. */
uint32_t leader_of(struct ctl *ctl, const char *group)
{
	struct paxosnl_leader leader;

	if (paxosnl_leader_get(ctl->nl, group, &leader))
		return 0;
	return leader.node;
}

/* Whatever is known of a leader, into an object that is open. */
static void leader_print(struct ctl *ctl, const struct paxosnl_leader *leader)
{
	struct print *p = &ctl->print;

	print_string(p, "group", NULL, leader->group);
	if (!leader->node) {
		print_text(p, "nobody leads");
		return;
	}
	print_number(p, "node", "node", leader->node);
	print_ballot(p, "ballot", "ballot", leader->ballot);
	print_number(p, "heard", "heard", leader->heard);
	print_text(p, "ms ago");
	if (!leader->leads)
		return;
	print_break(p);
	print_number(p, "first", "this node, from instance", leader->first);
	print_number(p, "next", "next", leader->next);
	print_number(p, "number", "heartbeats", leader->number);
	print_number(p, "quorum", "quorum", leader->quorum);
	print_text(p, "ms ago");
}

static int leader_show_one(const struct paxosnl_leader *leader, void *data)
{
	struct ctl *ctl = data;

	print_begin(&ctl->print);
	leader_print(ctl, leader);
	print_end(&ctl->print);
	return 0;
}

static int leader_show(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_leader leader;
	const char *group;
	int rc;

	rc = ctl_begin_any(ctl, argc, argv, &group);
	if (rc)
		return rc;
	print_list_begin(&ctl->print);
	if (group) {
		if (paxosnl_leader_get(ctl->nl, group, &leader))
			rc = fail_kernel(ctl->nl, "leader of \"%s\"", group);
		else
			leader_show_one(&leader, ctl);
	} else if (paxosnl_leader_dump(ctl->nl, leader_show_one, ctl)) {
		rc = fail_kernel(ctl->nl, "leader show");
	} else {
		warn_interrupted(ctl->nl);
	}
	print_list_end(&ctl->print);
	return rc;
}

static int leader_resign(struct ctl *ctl, int argc, char **argv)
{
	const char *group;
	int rc;

	rc = ctl_begin(ctl, argc, argv, &group, NULL, 0);
	if (rc)
		return rc;
	if (paxosnl_leader_resign(ctl->nl, group))
		return fail_kernel(ctl->nl, "cannot resign from \"%s\"", group);
	return EXIT_DONE;
}

static const struct command commands[] = {
	{ "show", leader_show, "show [ GROUP ]" },
	{ "run", leader_run, "run GROUP [ priority N ]" },
	{ "resign", leader_resign, "resign GROUP" },
};

int do_leader(struct ctl *ctl, int argc, char **argv)
{
	return ctl_command(ctl, "leader", commands, ARRAY_SIZE(commands), argc,
			   argv);
}
