/* SPDX-License-Identifier: GPL-2.0 */
/* The leader: phase 2 under a grant, heartbeats, and who notices their end. */
#ifndef _PAXOS_CORE_LEADER_H
#define _PAXOS_CORE_LEADER_H

#include "step.h"

/* One step gives instances to so many values, at most. */
#define PAXOS_LEADER_VALUES	48

/**
 * paxos_leader_leads - does this node lead, by this ballot?
 * @core: the group
 * @ballot: the ballot
 *
 * Return: true if it does.
 */
static inline bool paxos_leader_leads(const struct paxos_core *core, u64 ballot)
{
	return ballot && core->grant.ballot == ballot;
}

/**
 * paxos_leader_lowest - the lowest instance of the grant not known to be decided
 * @core: the group
 *
 * Return: the instance.
 */
static inline u64 paxos_leader_lowest(const struct paxos_core *core)
{
	return max(core->grant.first, core->window.prefix + 1);
}

/**
 * paxos_leader_is_open - is anything under way that this node proposed as leader?
 * @core: the group
 *
 * What the owner finishes counts, too: it is sent again like any other.
 *
 * Return: true if there is.
 */
static inline bool paxos_leader_is_open(const struct paxos_core *core)
{
	return core->grant.next > paxos_leader_lowest(core) ||
	       core->grant.finishing > core->window.prefix;
}

/**
 * paxos_leader_has_finished - has the decided prefix risen below this node's grant?
 * @core: the group
 *
 * Return: true if paxos_leader_finished() is to be called.
 */
static inline bool paxos_leader_has_finished(const struct paxos_core *core)
{
	const struct paxos_grant *g = &core->grant;

	return g->ballot && g->finished < g->first - 1 && g->finished < core->window.prefix;
}

/**
 * paxos_leader_is_outbid - did this node's own acceptor promise more than it leads by?
 * @core: the group
 *
 * Return: true if paxos_leader_yield() is to be called.
 */
static inline bool paxos_leader_is_outbid(const struct paxos_core *core)
{
	return core->grant.ballot && core->bound > core->grant.ballot;
}

void paxos_leader_grant(struct paxos_core *core, struct paxos_proposal *p,
			struct paxos_event *ev, struct paxos_outbox *ob);
void paxos_leader_renew(struct paxos_core *core, struct paxos_event *ev);
void paxos_leader_resign(struct paxos_core *core, struct paxos_event *ev,
			 struct paxos_outbox *ob);
void paxos_leader_timing(struct paxos_core *core, const struct paxos_event *ev);
enum paxos_reason paxos_leader_assign(struct paxos_core *core, u8 from,
				      struct paxos_value **value, u32 n, u32 *taken,
				      struct paxos_outbox *ob);
void paxos_leader_end(struct paxos_core *core, u8 why, u64 highest, struct paxos_outbox *ob);
void paxos_leader_yield(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_leader_finishes(struct paxos_core *core, u64 instance);
void paxos_leader_finished(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_leader_counted(struct paxos_core *core, u64 instance);
void paxos_leader_prove(struct paxos_core *core, struct paxos_outbox *ob);
void paxos_leader_beat(struct paxos_core *core, struct paxos_outbox *ob);
enum paxos_reason paxos_leader_heartbeat(struct paxos_core *core, u8 from,
					 const struct paxos_msg *msg, struct paxos_outbox *ob);
void paxos_leader_tick(struct paxos_core *core, const struct paxos_heard *heard,
		       struct paxos_outbox *ob);
u64 paxos_leader_deadline(const struct paxos_core *core);

#endif
