// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl - configure groups, propose values and read the log of paxos.ko
 */
#include <getopt.h>

#include "paxosctl.h"

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "batch",	required_argument,	NULL, 'b' },
		{ "help",	no_argument,		NULL, 'h' },
		{ "json",	no_argument,		NULL, 'j' },
		{ "netns",	required_argument,	NULL, 'n' },
		{ "pretty",	no_argument,		NULL, 'p' },
		{ "statistics",	no_argument,		NULL, 's' },
		{ "timestamp",	no_argument,		NULL, 't' },
		{ "Version",	no_argument,		NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	const char *batch = NULL, *netns = NULL;
	bool json = false, pretty = false;
	struct ctl ctl = { .nl = NULL };
	int opt, rc;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "+:b:hjn:pstV", options,
				  NULL)) != -1) {
		switch (opt) {
		case 'b':
			batch = optarg;
			break;
		case 'h':
			fputs(ctl_usage, stdout);
			return EXIT_DONE;
		case 'j':
			json = true;
			break;
		case 'n':
			netns = optarg;
			break;
		case 'p':
			pretty = true;
			break;
		case 's':
			ctl.statistics = true;
			break;
		case 't':
			ctl.timestamp = true;
			break;
		case 'V':
			printf("paxosctl %s, netlink family %s version %d\n",
			       PAXOS_VERSION, PAXOS_GENL_NAME,
			       PAXOS_GENL_VERSION);
			return EXIT_DONE;
		case ':':
			return fail("-%c: its argument is missing", optopt);
		default:
			/* A long one is not in optopt. */
			if (optopt)
				return fail("option \"-%c\" is unknown, try \"paxosctl help\"",
					    optopt);
			return fail("option \"%s\" is unknown, try \"paxosctl help\"",
				    argv[optind - 1]);
		}
	}
	argc -= optind;
	argv += optind;
	print_init(&ctl.print, stdout, json, pretty);

	if (netns) {
		rc = netns_switch(netns);
		if (rc)
			return rc;
	}
	if (batch && argc)
		rc = fail("-b: \"%s\" stands where nothing may", *argv);
	else if (batch)
		rc = batch_run(&ctl, batch);
	else if (argc)
		rc = ctl_run(&ctl, argc, argv);
	else
		rc = fail("an object is missing, try \"paxosctl help\"");
	paxosnl_close(ctl.nl);
	return rc;
}
