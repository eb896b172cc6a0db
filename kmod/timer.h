/* SPDX-License-Identifier: GPL-2.0 */
/* Time: when each group of a namespace has something to do. */
#ifndef _PAXOS_TIMER_H
#define _PAXOS_TIMER_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/timerqueue.h>

struct paxos_group;

/**
 * struct paxos_timer - what the groups of a namespace wait for
 * @lock: guards what follows; taken under a group's lock, or under none
 * @due: groups by when they are to tick
 * @armed: when @timer goes off, KTIME_MAX for never, 0 while it is at work and
 *	looks itself at what comes next
 * @pulse_at: when pulses are due, KTIME_MAX for never
 * @rouse: how often all groups are still to be passed by, for leaders at rest
 * @rouse_next: the id that comes next
 * @timer: goes off for the first of them
 */
struct paxos_timer {
	spinlock_t lock;	/* guards what follows */
	struct timerqueue_head due;
	ktime_t armed;
	ktime_t pulse_at;
	unsigned int rouse;
	unsigned long rouse_next;
	struct hrtimer timer;
};

u64 paxos_timer_now(void);
void paxos_timer_open(struct paxos_timer *timer);
void paxos_timer_close(struct paxos_timer *timer);
void paxos_timer_init(struct paxos_group *group);
void paxos_timer_arm(struct paxos_group *group, u64 now, u64 deadline);
void paxos_timer_pulse(struct paxos_timer *timer, u64 due);
void paxos_timer_rouse(struct paxos_timer *timer);
void paxos_timer_end(struct paxos_group *group);

#endif
