// SPDX-License-Identifier: GPL-2.0
/*
 * What the core asserts of itself: a violated invariant ends the run that it
 * happened in, with its seed. UNASSERTED=1 in the environment takes the core's
 * assertions out, so that the checkers are alone, and must see the same bugs.
 */
#include <stdlib.h>

#include "sim.h"

static struct sim *running;

void invariant_watch(struct sim *sim)
{
	running = sim;
}

bool paxos_violated(const char *what, const char *file, int line)
{
	static int asserted = -1;
	const char *name = strrchr(file, '/');

	if (asserted < 0)
		asserted = !getenv("UNASSERTED");
	if (!asserted)
		return false;
	if (!running)
		abort();
	sim_fail(running, "assertion: %s (%s:%d)", what, name ? name + 1 : file, line);
	return true;
}
