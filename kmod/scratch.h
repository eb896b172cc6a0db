/* SPDX-License-Identifier: GPL-2.0 */
/* Scratch: memory that a CPU needs for one step, too large for a stack. */
#ifndef _PAXOS_SCRATCH_H
#define _PAXOS_SCRATCH_H

#include "core/outbox.h"
#include "core/pulse.h"
#include "gather.h"

/**
 * struct paxos_scratch - memory of a CPU, used with bottom halves off
 * @busy: @outbox and @out are in use
 * @outbox: what a step leaves to do
 * @out: a datagram to be sent
 * @header: of the datagram that came
 * @msg: what it says
 * @entry: and its entries
 * @in: its bytes, if they did not lie in one piece
 * @heard: what the pulses of a group's members say
 * @gather: what several groups send to the same node
 */
struct paxos_scratch {
	bool busy;
	struct paxos_outbox outbox;
	u8 out[PAXOS_WIRE_MAX];
	struct paxos_header header;
	struct paxos_msg msg;
	struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	u8 in[PAXOS_WIRE_MAX];
	struct paxos_heard heard[PAXOS_NODE_MAX];
	struct paxos_gather gather;
};

struct paxos_scratch *paxos_scratch(void);
int paxos_scratch_init(void);
void paxos_scratch_uninit(void);

#endif
