// SPDX-License-Identifier: GPL-2.0
/*
 * The clock that deadlines are set by.
 */
#include <time.h>

#include "nl.h"

/* Microseconds since some time; nobody sets it. */
uint64_t nl_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
