// SPDX-License-Identifier: GPL-2.0
/*
 * The clock that deadlines are set by.
 */
#include <time.h>

#include "paxosctl.h"

/* Milliseconds since some time; nobody sets it. */
uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
