/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Channels: a descriptor, from PAXOS_CMD_CHANNEL, by which a process submits values
 * to one group and is told what became of them, with one system call for both.
 *
 * Whoever has the descriptor may use it, whatever it may else, several threads at
 * once, and whoever it is passed to. Closing the last copy is as closing a socket
 * that submitted: nobody is told, and what had gone out may still be decided.
 *
 * poll() says POLLIN while there are completions to be read, and POLLHUP and
 * POLLERR once the group is gone.
 */
#ifndef _UAPI_LINUX_PAXOS_CHANNEL_H
#define _UAPI_LINUX_PAXOS_CHANNEL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct paxos_channel_value - where the bytes of a value are
 * @addr: the bytes
 * @length: how many, at most PAXOS_VALUE_MAX
 * @reserved: 0
 */
struct paxos_channel_value {
	__u64 addr;
	__u32 length;
	__u32 reserved;
};

/**
 * struct paxos_channel_run - values that are done
 * @client: whose they are
 * @sequence: the client's number of the first; the others follow it
 * @instance: where the first is in the log, and the others behind it; 0 if nobody
 *	knows here what became of them
 * @count: how many
 * @kind: enum paxos_kind, of all of them
 */
struct paxos_channel_run {
	__u64 client;
	__u64 sequence;
	__u64 instance;
	__u32 count;
	__u32 kind;
};

/**
 * struct paxos_channel_enter - submit, wait, and read completions
 * @client: who made the values, not 0
 * @sequence: the client's number of the first, from 1; the others follow it
 * @values: an array of struct paxos_channel_value; NULL for a close
 * @runs: an array of struct paxos_channel_run, which is filled in
 * @text: where the reason for a refusal is put, a string that ends with 0; or NULL
 * @timeout: how long to wait, in nanoseconds: 0 not at all, above 2^63 for ever
 * @n_values: how many values to submit; if 0, what says more of them is not looked at
 * @kind: PAXOS_KIND_VALUE, or PAXOS_KIND_CLOSE and one value
 * @max_runs: how many fit @runs
 * @min_done: wait until so many values are done, those that were done before included
 * @text_length: bytes that fit @text
 * @flags: 0
 * @taken: set to how many values were taken
 * @n_runs: set to how many of @runs were filled in
 *
 * Values are taken from the first on, up to 256 at a time, of which all are taken or
 * none. If none of the first can be, that is an error, and nothing is waited for or
 * read. If some can, but not all, the call goes on, and @text says why not all. From
 * there on it fails no more, but for EFAULT when @runs is no memory: then @taken is
 * right, and no completion is lost.
 *
 * A signal and the group's end, too, end the waiting; they are an error (EINTR,
 * ENODEV) if nothing was taken and there is nothing to read. What was under way when
 * the group ended is read as done, at instance 0.
 *
 * EAGAIN says that too many values are on their way at this node, or that too many
 * completions were not read.
 */
struct paxos_channel_enter {
	__u64 client;
	__u64 sequence;
	__u64 values;
	__u64 runs;
	__u64 text;
	__u64 timeout;
	__u32 n_values;
	__u32 kind;
	__u32 max_runs;
	__u32 min_done;
	__u32 text_length;
	__u32 flags;
	__u32 taken;
	__u32 n_runs;
};

#define PAXOS_CHANNEL_ENTER	_IOWR(0xbe, 1, struct paxos_channel_enter)

#endif /* _UAPI_LINUX_PAXOS_CHANNEL_H */
