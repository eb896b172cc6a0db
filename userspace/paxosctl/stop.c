// SPDX-License-Identifier: GPL-2.0
/*
 * An orderly end for what would go on for ever.
 */
#include <signal.h>
#include <string.h>

#include "paxosctl.h"

static volatile sig_atomic_t stopped;

static void stop_handler(int number)
{
	(void)number;
	stopped = 1;
}

/* SIGINT and SIGTERM end a wait, once; the second one kills. */
void stop_on_signals(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = stop_handler;
	action.sa_flags = (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool stop_asked(void)
{
	return stopped;
}
