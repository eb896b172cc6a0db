/* SPDX-License-Identifier: GPL-2.0 */
/* Pulses: what a node says to another at once of all groups that they share. */
#ifndef _PAXOS_CORE_PULSE_H
#define _PAXOS_CORE_PULSE_H

#include "wire.h"

#define PAXOS_PULSE_SIZE	sizeof(struct paxos_wire_pulse)

/**
 * struct paxos_vow - what a node's heartbeats, answers and pulses are made under
 * @life: drawn when the node started
 * @epoch: rises whenever one of these heartbeats or answers holds no more
 */
struct paxos_vow {
	u64 life;
	u64 epoch;
};

/**
 * struct paxos_heard - what another node's pulses say
 * @vow: the name of the vow that they hold up, 0 before the first
 * @heard_at: when one came last
 * @answered_at: when one came last that answers a pulse of this node's
 */
struct paxos_heard {
	u64 vow;
	u64 heard_at;
	u64 answered_at;
};

/**
 * struct paxos_beat - a pulse, decoded; see &struct paxos_wire_pulse
 * @life: of the sender
 * @epoch: of the sender
 * @number: of the pulse
 * @echo_life: of the receiver, as the sender knows it
 * @echo_number: the pulse of this life that it heard last
 * @answer: it wants none back
 */
struct paxos_beat {
	u64 life;
	u64 epoch;
	u64 number;
	u64 echo_life;
	u64 echo_number;
	bool answer;
};

/**
 * struct paxos_pulse - the pulses between this node and another
 * @heard: what came
 * @life: of the other
 * @before: its life before that
 * @epoch: of the other
 * @number: of the last pulse that came
 * @sent: of the last that went, of this node's numbers
 * @echoed: the highest of these that came back
 * @told_at: when one went last that was an answer
 * @period: how often pulses go, in milliseconds
 * @until: while they do, 0 if they do not
 * @later: how often they go afterwards
 * @later_until: and until when, 0 if they do not
 * @due_at: when the next one goes
 */
struct paxos_pulse {
	struct paxos_heard heard;
	u64 life;
	u64 before;
	u64 epoch;
	u64 number;
	u64 sent;
	u64 echoed;
	u64 told_at;
	u64 period;
	u64 until;
	u64 later;
	u64 later_until;
	u64 due_at;
};

/**
 * paxos_vow_name - one number for a vow
 * @vow: the vow
 *
 * Lives are random, and no epoch comes near their number.
 *
 * Return: a number that is not 0, and no other vow's.
 */
static inline u64 paxos_vow_name(const struct paxos_vow *vow)
{
	u64 name = vow->life + vow->epoch;

	return name ? name : 1;
}

void paxos_pulse_want(struct paxos_pulse *pulse, u64 period, u64 now, u64 until);
u64 paxos_pulse_due(struct paxos_pulse *pulse, u64 now);
void paxos_pulse_write(struct paxos_pulse *pulse, const struct paxos_vow *own, u64 number,
		       u64 now, bool answer, u8 *buf);
bool paxos_pulse_is(const u8 *buf, size_t len);
enum paxos_reason paxos_pulse_read(const u8 *buf, struct paxos_beat *beat);
enum paxos_reason paxos_pulse_hear(struct paxos_pulse *pulse, const struct paxos_vow *own,
				   const struct paxos_beat *beat, u64 now);
bool paxos_pulse_owes(const struct paxos_pulse *pulse, const struct paxos_beat *beat,
		      u64 now);

#endif
