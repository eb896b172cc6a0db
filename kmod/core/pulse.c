// SPDX-License-Identifier: GPL-2.0
/*
 * Pulses: what a node says to another at once of all groups that they share: all
 * that I told you in heartbeats, and in answers to yours, under this vow, holds
 * still. A vow ends, for all of them, when one of these holds no more; so a pulse
 * puts off the end of somebody's patience, and is neither a vote nor a promise nor
 * an answer to a read. P26, P38
 */
#include "pulse.h"

static_assert(sizeof(struct paxos_wire_pulse) == 64, "no holes");
static_assert(sizeof(((struct paxos_wire_pulse *)0)->tag) == PAXOS_ID_BYTES,
	      "all of it is looked at");

/* Those of one period go together, as heartbeats do. */
static u64 next_due(const struct paxos_pulse *pulse, u64 now)
{
	return now - now % pulse->period + pulse->period;
}

static void expire(struct paxos_pulse *pulse, u64 now)
{
	if (!pulse->until || now < pulse->until)
		return;
	pulse->period = pulse->later;
	pulse->until = now < pulse->later_until ? pulse->later_until : 0;
	pulse->later_until = 0;
}

/* For afterwards: as often as the most eager of these, while any of them wants it. */
static void keep(struct paxos_pulse *pulse, u64 period, u64 until)
{
	pulse->later = pulse->later_until ? min(pulse->later, period) : period;
	pulse->later_until = max(pulse->later_until, until);
}

/**
 * paxos_pulse_want - a group rests on pulses that go so often
 * @pulse: the pulses
 * @period: how often, in milliseconds
 * @now: the time
 * @until: unless it says so again before
 *
 * What goes too often for a while does so for nobody's harm: who wants fewer is
 * kept in mind with all others who do, for when the most eager is silent.
 */
void paxos_pulse_want(struct paxos_pulse *pulse, u64 period, u64 now, u64 until)
{
	u64 due;

	expire(pulse, now);
	if (!pulse->until) {
		pulse->due_at = U64_MAX;
	} else if (period > pulse->period) {
		keep(pulse, period, until);
		return;
	} else if (period < pulse->period) {
		keep(pulse, pulse->period, pulse->until);
		pulse->until = 0;
	}
	pulse->period = period;
	pulse->until = max(pulse->until, until);
	due = next_due(pulse, now);
	pulse->due_at = min(pulse->due_at, due);
}

/**
 * paxos_pulse_due - when the next pulse goes
 * @pulse: the pulses
 * @now: the time
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_pulse_due(struct paxos_pulse *pulse, u64 now)
{
	expire(pulse, now);
	return pulse->until ? pulse->due_at : U64_MAX;
}

/**
 * paxos_pulse_write - the next pulse
 * @pulse: the pulses
 * @own: this node's vow
 * @number: the next of this life, whomever it goes to
 * @now: the time
 * @answer: it answers one that came
 * @buf: PAXOS_PULSE_SIZE bytes, filled in
 *
 * Of two that are written one after the other to the same node, neither the number
 * nor the epoch of the second is below. What answers says all that another would:
 * none follows it before the time that the next to be answered has to come.
 */
void paxos_pulse_write(struct paxos_pulse *pulse, const struct paxos_vow *own, u64 number,
		       u64 now, bool answer, u8 *buf)
{
	struct paxos_wire_pulse w = {
		.version = PAXOS_WIRE_VERSION,
		.type = PAXOS_WIRE_PULSE,
		.length = cpu_to_be16(sizeof(w)),
		.auth = PAXOS_AUTH_NONE,
		.flags = answer ? PAXOS_WIRE_PULSE_ANSWER : 0,
		.life = cpu_to_be64(own->life),
		.epoch = cpu_to_be64(own->epoch),
		.number = cpu_to_be64(number),
		.echo_life = cpu_to_be64(pulse->life),
		.echo_number = cpu_to_be64(pulse->number),
	};

	pulse->sent = number;
	if (answer)
		pulse->told_at = now;
	expire(pulse, now);
	if (pulse->until)
		pulse->due_at = answer ? max(pulse->due_at,
					     now + pulse->period + pulse->period / 2) :
					 next_due(pulse, now);
	memcpy(buf, &w, sizeof(w));
}

/**
 * paxos_pulse_is - is this datagram a pulse?
 * @buf: the whole datagram
 * @len: its bytes
 *
 * Return: true if paxos_pulse_read() is to judge it, and no group.
 */
bool paxos_pulse_is(const u8 *buf, size_t len)
{
	return len == PAXOS_PULSE_SIZE &&
	       buf[offsetof(struct paxos_wire_pulse, type)] == PAXOS_WIRE_PULSE;
}

/**
 * paxos_pulse_read - bytes to a pulse
 * @buf: PAXOS_PULSE_SIZE bytes
 * @beat: filled in
 *
 * Context: any.
 * Return: PAXOS_REASON_OK, or why it is refused.
 */
enum paxos_reason paxos_pulse_read(const u8 *buf, struct paxos_beat *beat)
{
	static const u8 zero[PAXOS_ID_BYTES];
	struct paxos_wire_pulse w;

	memcpy(&w, buf, sizeof(w));
	if (w.version != PAXOS_WIRE_VERSION)
		return PAXOS_REASON_VERSION;
	if (be16_to_cpu(w.length) != sizeof(w))
		return PAXOS_REASON_LENGTH;
	/* The tag of a key will be verified here, before a byte of it is believed. */
	if (w.auth != PAXOS_AUTH_NONE)
		return PAXOS_REASON_AUTH;
	if (w.pad || memcmp(w.tag, zero, sizeof(w.tag)))
		return PAXOS_REASON_PADDING;
	beat->life = be64_to_cpu(w.life);
	beat->epoch = be64_to_cpu(w.epoch);
	beat->number = be64_to_cpu(w.number);
	beat->echo_life = be64_to_cpu(w.echo_life);
	beat->echo_number = be64_to_cpu(w.echo_number);
	beat->answer = w.flags & PAXOS_WIRE_PULSE_ANSWER;
	if ((w.flags & ~PAXOS_WIRE_PULSE_ANSWER) || !beat->life || !beat->number)
		return PAXOS_REASON_FIELD;
	return PAXOS_REASON_OK;
}

/**
 * paxos_pulse_hear - a pulse came
 * @pulse: the pulses of whoever sent it
 * @own: this node's vow
 * @beat: it
 * @now: the time
 *
 * A life that was followed by another does not come back, and neither does an
 * epoch: what comes late or again holds nothing up.
 *
 * Return: PAXOS_REASON_OK, or why it is passed over.
 */
enum paxos_reason paxos_pulse_hear(struct paxos_pulse *pulse, const struct paxos_vow *own,
				   const struct paxos_beat *beat, u64 now)
{
	const struct paxos_vow theirs = { .life = beat->life, .epoch = beat->epoch };

	if (beat->life == pulse->before)
		return PAXOS_REASON_STALE;
	if (beat->life == pulse->life) {
		if (beat->number <= pulse->number)
			return PAXOS_REASON_DUPLICATE;
		if (beat->epoch < pulse->epoch)
			return PAXOS_REASON_STALE;
	} else {
		pulse->before = pulse->life;
		pulse->life = beat->life;
		pulse->heard.answered_at = 0;
	}
	pulse->epoch = beat->epoch;
	pulse->number = beat->number;
	pulse->heard.vow = paxos_vow_name(&theirs);
	pulse->heard.heard_at = now;
	/* The way there and back is whole: of a pulse that was not answered before. */
	if (beat->echo_life != own->life || beat->echo_number <= pulse->echoed ||
	    beat->echo_number > pulse->sent)
		return PAXOS_REASON_OK;
	pulse->echoed = beat->echo_number;
	pulse->heard.answered_at = now;
	return PAXOS_REASON_OK;
}

/**
 * paxos_pulse_owes - does a pulse that was heard want an answer?
 * @pulse: the pulses of whoever sent it
 * @beat: it
 * @now: the time
 *
 * Of those that come within a millisecond one is answered: what a link held back for
 * long comes all at once, and as many answers would hold up what is of now. The next
 * pulse that is answered says of all of them that they came.
 *
 * Return: true if it does.
 */
bool paxos_pulse_owes(const struct paxos_pulse *pulse, const struct paxos_beat *beat,
		      u64 now)
{
	return !beat->answer && pulse->told_at != now;
}
