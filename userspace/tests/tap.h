/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that report themselves as TAP. One function a test; the first check of
 * it that fails ends it.
 */
#ifndef PAXOS_TAP_H
#define PAXOS_TAP_H

#include <setjmp.h>
#include <stdio.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

static jmp_buf tap_out;
static int tap_count, tap_failed;
static char tap_note[160];	/* where a test stands, if it says so */

#define check(condition)						\
	do {								\
		if (!(condition)) {					\
			printf("# %s%s:%d: %s\n", tap_note, __FILE__,	\
			       __LINE__, #condition);			\
			longjmp(tap_out, 1);				\
		}							\
	} while (0)

#define run(test)							\
	do {								\
		int tap_rc = setjmp(tap_out);				\
									\
		if (!tap_rc)						\
			tap_note[0] = '\0';				\
		if (!tap_rc)						\
			test();						\
		tap_failed += tap_rc;					\
		printf("%sok %d - " #test "\n", tap_rc ? "not " : "",	\
		       ++tap_count);					\
	} while (0)

/* A test that failed may leak, and who finds that out at the end flushes nothing. */
#define finish()							\
	(printf("1..%d\n", tap_count), fflush(stdout), tap_failed ? 1 : 0)

#endif /* PAXOS_TAP_H */
