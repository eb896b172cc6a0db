// SPDX-License-Identifier: GPL-2.0
/*
 * small COMMAND...: runs it, and what it starts, with sockets whose receive
 * buffers have the size that net.core.rmem_default says, whatever they ask for.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define FIELD(field)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define WHEN(value, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, skip, 0)

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		FIELD(nr),
		UNLESS(SYS_setsockopt, 4),
		FIELD(args[2]),
		WHEN(SO_RCVBUF, 1),
		UNLESS(SO_RCVBUFFORCE, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("small");
		return 1;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 1;
}
