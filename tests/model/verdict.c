// SPDX-License-Identifier: GPL-2.0
/* The verdict: the first thing that must never be, or why there is none. */

#include <stdarg.h>
#include <stdlib.h>

#include "model.h"

char verdict[512];

void violated(const char *fmt, ...)
{
	va_list args;

	if (verdict[0])
		return;
	va_start(args, fmt);
	vsnprintf(verdict, sizeof(verdict), fmt, args);
	va_end(args);
}

void die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}
