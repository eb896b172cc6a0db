// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl member
 */
#include "paxosctl.h"

/* Whatever is known of a member, into an object that is open. */
void member_print(struct ctl *ctl, const struct paxosnl_member *member)
{
	struct print *p = &ctl->print;

	print_string(p, "group", NULL, member->group);
	print_number(p, "node", "node", member->node);
	print_address(p, "addr", "addr", &member->address);
	print_string(p, "role", NULL, paxosnl_role_name(member->role));
	if (member->has_state)
		print_string(p, "state", "state",
			     paxosnl_state_name(member->state));
	if (member->has_heard) {
		print_number(p, "prefix", "prefix", member->prefix);
		print_number(p, "trim", "trim", member->trim);
		print_number(p, "heard", "heard", member->heard);
		print_text(p, "ms ago");
		if (member->follows)
			print_ballot(p, "follows", "follows", member->follows);
	} else {
		print_text(p, "not heard");
	}
	if (member->has_incarnation && (p->json || ctl->statistics))
		print_hex(p, "incarnation", "incarnation", member->incarnation,
			  sizeof(member->incarnation));
}

static int member_show_one(const struct paxosnl_member *member, void *data)
{
	struct ctl *ctl = data;

	print_begin(&ctl->print);
	member_print(ctl, member);
	print_end(&ctl->print);
	return 0;
}

static int member_show(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_member member;
	const char *group = NULL;
	uint32_t node = 0;
	struct arg args[] = {
		{ "node", ARG_U32, &node, false, 1, PAXOS_NODE_MAX },
	};
	int rc;

	rc = argc ? args_group(&argc, &argv, &group) : EXIT_DONE;
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc)
		rc = ctl_open(ctl);
	if (rc)
		return rc;
	print_list_begin(&ctl->print);
	if (node) {
		if (paxosnl_member_get(ctl->nl, group, node, &member))
			rc = fail_kernel(ctl->nl, "member %u of \"%s\"", node,
					 group);
		else
			member_show_one(&member, ctl);
	} else if (paxosnl_member_dump(ctl->nl, group, member_show_one, ctl)) {
		if (group)
			rc = fail_kernel(ctl->nl, "members of \"%s\"", group);
		else
			rc = fail_kernel(ctl->nl, "member show");
	} else {
		warn_interrupted(ctl->nl);
	}
	print_list_end(&ctl->print);
	return rc;
}

static int member_add(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_member member = { .node = 0 };
	bool learner = false;
	struct arg args[] = {
		{ "node", ARG_U32, &member.node, true, 1, PAXOS_NODE_MAX },
		{ "addr", ARG_ADDRESS, &member.address, true },
		{ "learner", ARG_FLAG, &learner },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &member.group, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	member.role = learner ? PAXOS_ROLE_LEARNER : PAXOS_ROLE_VOTER;
	if (paxosnl_member_new(ctl->nl, &member))
		return fail_kernel(ctl->nl, "cannot add member %u to \"%s\"",
				   member.node, member.group);
	return EXIT_DONE;
}

static int member_set(struct ctl *ctl, int argc, char **argv)
{
	struct paxosnl_member member = { .node = 0 };
	struct arg args[] = {
		{ "node", ARG_U32, &member.node, true, 1, PAXOS_NODE_MAX },
		{ "addr", ARG_ADDRESS, &member.address, true },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &member.group, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	if (paxosnl_member_set(ctl->nl, &member))
		return fail_kernel(ctl->nl, "cannot set member %u of \"%s\"",
				   member.node, member.group);
	return EXIT_DONE;
}

static int member_del(struct ctl *ctl, int argc, char **argv)
{
	const char *group;
	uint32_t node = 0;
	struct arg args[] = {
		{ "node", ARG_U32, &node, true, 1, PAXOS_NODE_MAX },
	};
	int rc;

	rc = ctl_begin(ctl, argc, argv, &group, args, ARRAY_SIZE(args));
	if (rc)
		return rc;
	if (paxosnl_member_del(ctl->nl, group, node))
		return fail_kernel(ctl->nl, "cannot delete member %u of \"%s\"",
				   node, group);
	return EXIT_DONE;
}

static const struct command commands[] = {
	{ "show", member_show, "show [ GROUP [ node N ] ]" },
	{ "add", member_add, "add GROUP node N addr ADDR[:PORT] [ learner ]" },
	{ "set", member_set, "set GROUP node N addr ADDR[:PORT]" },
	{ "del", member_del, "del GROUP node N" },
};

int do_member(struct ctl *ctl, int argc, char **argv)
{
	return ctl_command(ctl, "member", commands, ARRAY_SIZE(commands), argc,
			   argv);
}
