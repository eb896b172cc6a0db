// SPDX-License-Identifier: GPL-2.0
/*
 * Rest: a leader that has nothing new to say, and was heard, leaves it to its
 * node's pulses to say that it is there, and to its voters' that they hear it. One
 * heartbeat in many goes on, for whoever missed the others. P38
 */
#include "ballot.h"
#include "leader.h"
#include "rest.h"

/* Heartbeats in a row without news: pulses are wanted then, and enough for rest. */
#define WANT_AFTER	2
#define REST_AFTER	3

/* Of so many some came, though nobody said so. */
#define HEARD_AFTER	8

/* So many groups with successive ids have their rare heartbeats in one datagram. */
#define TOGETHER	8

/*
 * Whole multiples of the period: all groups of a machine that have the same one
 * are due at once, and what they say to a node goes in one datagram. The first
 * period is shorter than the others, none is longer.
 */
static u64 next_beat(const struct paxos_core *core)
{
	return core->now - core->now % core->config.heartbeat + core->config.heartbeat;
}

/* The rare ones are spread over the time between two. */
static u64 rare_beat(const struct paxos_core *core)
{
	const u64 period = (u64)core->config.heartbeat * PAXOS_REST_BEATS;
	const u64 turn = (u64)core->config.heartbeat *
			 (core->config.group / TOGETHER % PAXOS_REST_BEATS);

	return core->now + period - (core->now + period - turn) % period;
}

/* From the next heartbeat on all is said anew. */
static void begin_anew(struct paxos_core *core, u64 number)
{
	struct paxos_grant *g = &core->grant;

	g->since = number;
	g->quiet = 0;
	g->vow = core->vow;
	g->said = core->window.prefix;
}

/**
 * paxos_rest_stir - something happens, or somebody does not know of the leader
 * @core: the group
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_stir(struct paxos_core *core)
{
	struct paxos_grant *g = &core->grant;

	if (!g->ballot)
		return;
	begin_anew(core, g->number + 1);
	if (g->rests)
		g->beat_at = min(g->beat_at, next_beat(core));
	g->rests = false;
}

/**
 * paxos_rest_move - a member comes, goes, or is elsewhere
 * @core: the group
 *
 * Other groups' pulses may go on to where it was, and none went to where it is.
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_move(struct paxos_core *core)
{
	/* Before anything was said under the vow nothing ends it. */
	core->broken |= core->grant.ballot || core->vowed;
	paxos_rest_stir(core);
}

/**
 * paxos_rest_beat - a heartbeat goes, of the number that was just drawn
 * @core: the group
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_beat(struct paxos_core *core)
{
	struct paxos_grant *g = &core->grant;

	if (g->vow != core->vow || g->said != core->window.prefix)
		begin_anew(core, g->number);
	g->quiet = min_t(u32, g->quiet + 1, HEARD_AFTER);
	g->wants = core->vow && g->quiet >= WANT_AFTER;
	g->rests = false;
	g->beat_at = next_beat(core);
}

/**
 * paxos_rest_answer - this voter says that no promise of its is above a ballot
 * @core: the group
 * @ballot: the ballot
 *
 * Its node's pulses say so, too, until paxos_rest_breaks().
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_answer(struct paxos_core *core, u64 ballot)
{
	core->vowed = core->vowed ? min(core->vowed, ballot) : ballot;
}

/* When a voter was last known to hear this leader, by its pulses. */
static u64 answered_at(const struct paxos_core *core, int i, const struct paxos_heard *heard)
{
	const struct paxos_heard *h = &heard[core->membership.voter[i].node - 1];

	return core->grant.vows[i] && core->grant.vows[i] == h->vow ?
	       min(h->answered_at, core->now) : 0;
}

/* This node, and who was known to hear it at a time or later. */
static u64 known_since(const struct paxos_core *core, u64 at, const struct paxos_heard *heard)
{
	u64 voters = paxos_core_self(core);
	int i;

	for (i = 0; i < core->membership.options.quorum.voters; i++)
		if (answered_at(core, i, heard) >= at)
			voters |= paxos_node_bit(core->membership.voter[i].node);
	return voters;
}

/**
 * paxos_rest_hear - what pulses say of who hears this leader
 * @core: the group, which this node leads
 * @heard: by node id - 1
 *
 * Context: any, under the group's lock; O(voters squared).
 */
void paxos_rest_hear(struct paxos_core *core, const struct paxos_heard *heard)
{
	struct paxos_grant *g = &core->grant;
	int i;

	for (i = 0; i < core->membership.options.quorum.voters; i++) {
		u64 at = answered_at(core, i, heard);

		if (at > g->quorum_at &&
		    paxos_quorum_has(known_since(core, at, heard),
				     core->membership.options.quorum.phase_2))
			g->quorum_at = at;
	}
}

/* Who answered what was said last, and still pulses that this holds. */
static u64 covered(const struct paxos_core *core, const struct paxos_heard *heard)
{
	const u64 fresh = core->config.timeout_min - core->config.timeout_min / 4;
	const struct paxos_grant *g = &core->grant;
	u64 voters = paxos_core_self(core);
	int i;

	for (i = 0; heard && i < core->membership.options.quorum.voters; i++)
		if (g->answered[i] >= g->since &&
		    answered_at(core, i, heard) + fresh >= core->now)
			voters |= paxos_node_bit(core->membership.voter[i].node);
	return voters;
}

/* Whoever waits for a round, or for a value, waits for heartbeats. P26 */
static bool may_rest(const struct paxos_core *core, const struct paxos_heard *heard)
{
	const struct paxos_grant *g = &core->grant;
	u64 known;

	if (!core->vow || g->vow != core->vow || g->said != core->window.prefix ||
	    g->quiet < REST_AFTER || g->readers || g->tell_at ||
	    paxos_leader_is_open(core))
		return false;
	known = covered(core, heard);
	/* Learners do not answer, nor do those who are down. */
	if (known == (core->members | paxos_core_self(core)))
		return true;
	return g->quiet >= HEARD_AFTER &&
	       paxos_quorum_has(known, core->membership.options.quorum.phase_2);
}

/**
 * paxos_rest_begin - a heartbeat went: may it be the last for a while?
 * @core: the group, which this node leads
 * @heard: by node id - 1, or NULL
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_begin(struct paxos_core *core, const struct paxos_heard *heard)
{
	if (!may_rest(core, heard))
		return;
	core->grant.rests = true;
	core->grant.beat_at = rare_beat(core);
}

/**
 * paxos_rest_end - is there still nothing to say?
 * @core: the group, which this node leads
 * @heard: by node id - 1, or NULL
 *
 * Pulses are wanted again each time that it looks, and not for long: a node that leads
 * no more, because it is cut off, should not go on to speak to who does not hear it.
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_end(struct paxos_core *core, const struct paxos_heard *heard)
{
	if (!core->grant.rests)
		return;
	if (may_rest(core, heard))
		core->grant.wants = true;
	else
		paxos_rest_stir(core);
}

/**
 * paxos_rest_follow - what pulses say of the leader that is followed
 * @core: the group
 * @heard: by node id - 1
 *
 * Those count that hold up its last heartbeat, and came after it.
 *
 * Context: any, under the group's lock.
 */
void paxos_rest_follow(struct paxos_core *core, const struct paxos_heard *heard)
{
	struct paxos_leader *l = &core->leader;
	const struct paxos_heard *h = &heard[paxos_ballot_node(l->ballot) - 1];
	const u64 at = min(h->heard_at, core->now);

	if (!l->vow || l->vow != h->vow || at <= l->heard_at)
		return;
	l->heard_at = at;
	l->lost_at = at + l->patience;
}

/**
 * paxos_rest_breaks - does what was said under the vow hold no more?
 * @core: the group, at the end of a step
 *
 * This node led, and leads no more; or it voted or promised above what it answered
 * to a leader.
 *
 * Return: true if the vow is to end before anything more is said under it.
 */
bool paxos_rest_breaks(struct paxos_core *core)
{
	bool broken = core->broken;

	core->broken = false;
	if (core->vowed && core->bound > core->vowed) {
		core->vowed = 0;
		broken = true;
	}
	return broken;
}

/**
 * paxos_rest_wants - are pulses wanted to all members?
 * @core: the group, at the end of a step
 *
 * Return: true if they are, as often as heartbeats, until paxos_rest_until().
 */
bool paxos_rest_wants(struct paxos_core *core)
{
	bool wants = core->grant.wants;

	core->grant.wants = false;
	return wants;
}

/**
 * paxos_rest_until - for how long pulses are wanted that nobody asks for again
 * @core: the group
 *
 * A leader at rest looks twice in its longer timeout, and asks for them then.
 *
 * Return: milliseconds.
 */
u64 paxos_rest_until(const struct paxos_core *core)
{
	return core->now + core->config.timeout_max + 2ULL * core->config.heartbeat;
}

/**
 * paxos_rest_deadline - when a leader at rest looks who hears it
 * @core: the group, which this node leads
 *
 * Early enough for heartbeats to be answered before it has to give up.
 *
 * Return: milliseconds, U64_MAX if it does not rest.
 */
u64 paxos_rest_deadline(const struct paxos_core *core)
{
	return core->grant.rests ? core->grant.quorum_at + core->config.timeout_max / 2 : U64_MAX;
}
