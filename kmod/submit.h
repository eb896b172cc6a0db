/* SPDX-License-Identifier: GPL-2.0 */
/* Submissions from userspace: their memory, and what they are made of. */
#ifndef _PAXOS_SUBMIT_H
#define _PAXOS_SUBMIT_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct paxos_channel_value;
struct paxos_group;
struct paxos_submission;

/**
 * struct paxos_submit - what a socket or a channel asks for
 * @owner: which: a netlink port, or what a channel is known by
 * @client: who made the values
 * @sequence: of the first of them
 * @kind: enum paxos_kind, of all of them
 * @count: how many
 * @values: where a channel's bytes are, if there are no @attrs
 * @type: of the attributes that hold a socket's
 * @attrs: where @count of these are, among others, each no longer than a value may
 *	be; none if @kind has no bytes
 * @length: bytes of all attributes
 */
struct paxos_submit {
	u64 owner;
	u64 client;
	u64 sequence;
	u8 kind;
	u32 count;
	const struct paxos_channel_value __user *values;
	int type;
	const struct nlattr *attrs;
	int length;
};

int paxos_submit(struct paxos_group *group, const struct paxos_submit *submit,
		 struct netlink_ext_ack *extack);
void paxos_submit_free(struct paxos_submission *first);
void paxos_submit_free_memory(void **memory, u32 n);
int paxos_submit_init(void);
void paxos_submit_uninit(void);

#endif
