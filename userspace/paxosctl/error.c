// SPDX-License-Identifier: GPL-2.0
/*
 * What went wrong: one line to standard error, and the exit code for it.
 */
#include <errno.h>
#include <string.h>

#include "paxosctl.h"

/* Wrong use, or something local. */
int fail(const char *format, ...)
{
	va_list args;

	fputs("paxosctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	putc('\n', stderr);
	return EXIT_USAGE;
}

/* A handle could not be opened. */
int fail_open(int error)
{
	if (error == -ENOENT) {
		fputs("paxos: module not loaded (try: modprobe paxos)\n",
		      stderr);
		return EXIT_USAGE;
	}
	return fail("cannot open a netlink socket: %s", strerror(-error));
}

static int fail_kernel_args(const struct paxosnl *nl, const char *format,
			    va_list args)
{
	fputs("paxosctl: ", stderr);
	vfprintf(stderr, format, args);
	fprintf(stderr, ": %s", paxosnl_error(nl));
	return paxosnl_refused(nl) ? EXIT_REFUSED : EXIT_USAGE;
}

/* The last request on a handle failed: what was wanted, and why not. */
int fail_kernel(const struct paxosnl *nl, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_kernel_args(nl, format, args);
	va_end(args);
	putc('\n', stderr);
	return rc;
}

/* The same, with more to say on the line. */
int fail_kernel_begin(const struct paxosnl *nl, const char *format, ...)
{
	va_list args;
	int rc;

	va_start(args, format);
	rc = fail_kernel_args(nl, format, args);
	va_end(args);
	return rc;
}

/* The last dump on a handle is complete, and maybe not of one moment. */
void warn_interrupted(const struct paxosnl *nl)
{
	if (paxosnl_interrupted(nl))
		fputs("paxosctl: things changed while they were read\n",
		      stderr);
}

/* The handle of this run. */
int ctl_open(struct ctl *ctl)
{
	int rc;

	if (ctl->nl)
		return EXIT_DONE;
	rc = paxosnl_open(&ctl->nl);
	return rc ? fail_open(rc) : EXIT_DONE;
}

/* What could not be written was not said. */
int ctl_flush(struct ctl *ctl, int rc)
{
	if (fflush(ctl->print.file) || ferror(ctl->print.file)) {
		clearerr(ctl->print.file);
		fail("cannot write the result: %s", strerror(errno));
		return rc ? rc : EXIT_USAGE;
	}
	return rc;
}
