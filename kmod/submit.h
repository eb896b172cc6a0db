/* SPDX-License-Identifier: GPL-2.0 */
/* Submissions from userspace: their memory, and what they are made of. */
#ifndef _PAXOS_SUBMIT_H
#define _PAXOS_SUBMIT_H

#include <linux/types.h>

struct netlink_ext_ack;
struct nlattr;
struct paxos_group;
struct paxos_submission;

/**
 * struct paxos_submit - what a socket asks for
 * @owner: its netlink port
 * @client: who made the values
 * @sequence: of the first of them
 * @kind: enum paxos_kind, of all of them
 * @count: how many
 * @type: of the attributes that hold their bytes
 * @attrs: where these are, among others, each no longer than a value may be;
 *	none if @kind has no bytes
 * @length: bytes of all attributes
 */
struct paxos_submit {
	u64 owner;
	u64 client;
	u64 sequence;
	u8 kind;
	u32 count;
	int type;
	const struct nlattr *attrs;
	int length;
};

int paxos_submit(struct paxos_group *group, const struct paxos_submit *submit,
		 struct netlink_ext_ack *extack);
void paxos_submit_free(struct paxos_submission *first);
int paxos_submit_init(void);
void paxos_submit_uninit(void);

#endif
