// SPDX-License-Identifier: GPL-2.0
/* Time: one timer a group, set to when its core has something to do. */

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "group.h"
#include "timer.h"

/* How late a tick may be, so that timers of many groups go off together. */
#define SLACK_NS	(NSEC_PER_MSEC / 2)

/**
 * paxos_timer_now - what time it is for the core
 *
 * The clock runs on while the machine is suspended, and is never set.
 *
 * Return: milliseconds.
 */
u64 paxos_timer_now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct paxos_group *group = container_of(timer, struct paxos_group, timer);
	struct paxos_event event = { .type = PAXOS_EVENT_TICK };

	paxos_group_step(group, &event);
	return HRTIMER_NORESTART;
}

/**
 * paxos_timer_init - prepare a group's timer
 * @group: the group
 */
void paxos_timer_init(struct paxos_group *group)
{
	hrtimer_init(&group->timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_SOFT);
	group->timer.function = tick;
}

/**
 * paxos_timer_arm - let a group tick at a time
 * @group: the group, not dead
 * @now: the time
 * @deadline: when, U64_MAX for never
 *
 * Under the lock, or of two steps the one that knows less could set it last.
 *
 * Context: under the group's lock.
 */
void paxos_timer_arm(struct paxos_group *group, u64 now, u64 deadline)
{
	lockdep_assert_held(&group->lock);
	/* What is due already waits a millisecond: a tick never follows itself. */
	deadline = max(deadline, now + 1);
	/*
	 * Deadlines are put off with almost every message, and a timer is dear to
	 * move: one that goes off too early finds nothing to do and goes on.
	 */
	if (deadline == U64_MAX || (group->armed && group->armed <= deadline))
		return;
	group->armed = deadline;
	hrtimer_start_range_ns(&group->timer, ms_to_ktime(deadline), SLACK_NS,
			       HRTIMER_MODE_ABS_SOFT);
}

/**
 * paxos_timer_end - wait until a group ticks no more
 * @group: the group, dead, so that nothing arms it again
 *
 * Context: process.
 */
void paxos_timer_end(struct paxos_group *group)
{
	hrtimer_cancel(&group->timer);
}
