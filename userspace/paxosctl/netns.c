// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces by name, as ip netns keeps them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "paxosctl.h"

#define NETNS_DIR	"/run/netns"

/* Whatever is opened from now on is in that namespace. */
int netns_switch(const char *name)
{
	char path[4096];
	int fd, rc = EXIT_DONE;

	if (!*name || strchr(name, '/') || !strcmp(name, ".") ||
	    !strcmp(name, "..") || strlen(name) > NAME_MAX)
		return fail("-n: \"%s\" is no name of a network namespace",
			    name);
	snprintf(path, sizeof(path), "%s/%s", NETNS_DIR, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("-n: cannot open network namespace \"%s\": %s",
			    name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		rc = fail("-n: cannot enter network namespace \"%s\": %s",
			  name, strerror(errno));
	close(fd);
	return rc;
}
