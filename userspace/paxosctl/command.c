// SPDX-License-Identifier: GPL-2.0
/*
 * Objects and their commands.
 */
#include <string.h>

#include "paxosctl.h"

const char ctl_usage[] =
	"Usage: paxosctl [ OPTIONS ] OBJECT { COMMAND | help }\n"
	"       paxosctl [ OPTIONS ] -b FILE\n"
	"where  OBJECT := { group | member | leader | propose | log | stats |\n"
	"                    monitor }\n"
	"       OPTIONS := { -j | --json | -p | --pretty | -s | --statistics |\n"
	"                    -t | --timestamp | -n NETNS | --netns NETNS |\n"
	"                    -b FILE | --batch FILE | -V | --Version | -h | --help }\n";

static const struct object {
	const char *name;
	int (*run)(struct ctl *ctl, int argc, char **argv);
} objects[] = {
	{ "group", do_group },
	{ "member", do_member },
	{ "leader", do_leader },
	{ "propose", do_propose },
	{ "log", do_log },
	{ "stats", do_stats },
	{ "monitor", do_monitor },
};

/* One command: an object, and what is wanted of it. */
int ctl_run(struct ctl *ctl, int argc, char **argv)
{
	size_t i;

	if (!strcmp(*argv, "help")) {
		fputs(ctl_usage, stdout);
		return EXIT_DONE;
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(*argv, objects[i].name))
			return ctl_flush(ctl, objects[i].run(ctl, argc - 1,
							     argv + 1));
	return fail("object \"%s\" is unknown, try \"paxosctl help\"", *argv);
}

/*
 * What a command on one group begins with: its name, its other arguments, and
 * the kernel.
 */
int ctl_begin(struct ctl *ctl, int argc, char **argv, const char **group,
	      struct arg *args, size_t count)
{
	int rc = args_group(&argc, &argv, group);

	if (!rc)
		rc = args_parse(argc, argv, args, count);
	return rc ? rc : ctl_open(ctl);
}

/* The same of one that is on all groups unless one is named, and takes no more. */
int ctl_begin_any(struct ctl *ctl, int argc, char **argv, const char **group)
{
	int rc = EXIT_DONE;

	*group = NULL;
	if (argc)
		rc = args_group(&argc, &argv, group);
	if (!rc)
		rc = args_none(argc, argv);
	return rc ? rc : ctl_open(ctl);
}

/*
 * Runs a command of an object. The first of them is what the bare object means;
 * help goes for the object and for each.
 */
int ctl_command(struct ctl *ctl, const char *object,
		const struct command *commands, size_t count, int argc,
		char **argv)
{
	size_t i;

	if (!argc)
		return commands->run(ctl, 0, argv);
	if (!strcmp(*argv, "help")) {
		for (i = 0; i < count; i++)
			printf("%s paxosctl %s %s\n", i ? "      " : "Usage:",
			       object, commands[i].usage);
		return EXIT_DONE;
	}
	for (i = 0; i < count; i++) {
		if (strcmp(*argv, commands[i].name))
			continue;
		if (argc > 1 && !strcmp(argv[1], "help")) {
			printf("Usage: paxosctl %s %s\n", object,
			       commands[i].usage);
			return EXIT_DONE;
		}
		return commands[i].run(ctl, argc - 1, argv + 1);
	}
	return fail("command \"%s\" is unknown, try \"paxosctl %s help\"",
		    *argv, object);
}
