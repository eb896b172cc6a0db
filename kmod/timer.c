// SPDX-License-Identifier: GPL-2.0
/*
 * Time: when each group of a namespace has something to do. One hrtimer serves
 * them all, so that groups that are due at once tick one after the other, and what
 * they say to the same node goes in one datagram.
 */

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

#include "gather.h"
#include "group.h"
#include "net.h"
#include "timer.h"

/* How late a tick may be, so that others of this machine go off with it. */
#define SLACK_NS	(NSEC_PER_MSEC / 2)

/* Groups that tick before others in softirq have their turn. */
#define AT_ONCE		128

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

static struct paxos_group *take_due(struct paxos_timer *timer, ktime_t now)
{
	struct timerqueue_node *first;

	spin_lock(&timer->lock);
	timer->armed = 0;
	first = timerqueue_getnext(&timer->due);
	if (first && first->expires <= now)
		timerqueue_del(&timer->due, first);
	else
		first = NULL;
	spin_unlock(&timer->lock);
	return first ? container_of(first, struct paxos_group, due) : NULL;
}

static void start(struct paxos_timer *timer, ktime_t when)
{
	lockdep_assert_held(&timer->lock);
	timer->armed = when;
	hrtimer_start_range_ns(&timer->timer, when, SLACK_NS, HRTIMER_MODE_ABS_SOFT);
}

static void go_on(struct paxos_timer *timer)
{
	struct timerqueue_node *first;

	spin_lock(&timer->lock);
	first = timerqueue_getnext(&timer->due);
	if (first)
		start(timer, first->expires);
	else
		timer->armed = KTIME_MAX;
	spin_unlock(&timer->lock);
}

/* A group that ends leaves the queue and waits for this read side. */
static enum hrtimer_restart tick(struct hrtimer *hrtimer)
{
	struct paxos_timer *timer = container_of(hrtimer, struct paxos_timer, timer);
	const ktime_t now = ktime_get_boottime();
	struct paxos_group *group;
	unsigned int left = AT_ONCE;

	rcu_read_lock();
	paxos_gather_begin();
	while (left-- && (group = take_due(timer, now))) {
		struct paxos_event event = { .type = PAXOS_EVENT_TICK };

		paxos_group_step(group, &event);
	}
	paxos_gather_end();
	rcu_read_unlock();
	go_on(timer);
	return HRTIMER_NORESTART;
}

/**
 * paxos_timer_open - prepare a namespace's timer
 * @timer: the timer
 */
void paxos_timer_open(struct paxos_timer *timer)
{
	spin_lock_init(&timer->lock);
	timerqueue_init_head(&timer->due);
	timer->armed = KTIME_MAX;
	hrtimer_init(&timer->timer, CLOCK_BOOTTIME, HRTIMER_MODE_ABS_SOFT);
	timer->timer.function = tick;
}

/**
 * paxos_timer_close - wait until a namespace's timer runs no more
 * @timer: the timer, which no group is left to arm
 *
 * Context: process.
 */
void paxos_timer_close(struct paxos_timer *timer)
{
	WARN_ON_ONCE(timerqueue_getnext(&timer->due));
	hrtimer_cancel(&timer->timer);
}

/**
 * paxos_timer_init - a group that waits for nothing yet
 * @group: the group
 */
void paxos_timer_init(struct paxos_group *group)
{
	timerqueue_init(&group->due);
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
	struct paxos_timer *timer = &group->home->timer;

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
	spin_lock(&timer->lock);
	if (!RB_EMPTY_NODE(&group->due.node))
		timerqueue_del(&timer->due, &group->due);
	group->due.expires = ms_to_ktime(deadline);
	timerqueue_add(&timer->due, &group->due);
	if (group->due.expires < timer->armed)
		start(timer, group->due.expires);
	spin_unlock(&timer->lock);
}

/**
 * paxos_timer_end - a group ticks no more
 * @group: the group, dead, so that nothing arms it again
 *
 * A tick that has begun is over a grace period later.
 *
 * Context: process.
 */
void paxos_timer_end(struct paxos_group *group)
{
	struct paxos_timer *timer = &group->home->timer;

	spin_lock_bh(&timer->lock);
	if (!RB_EMPTY_NODE(&group->due.node))
		timerqueue_del(&timer->due, &group->due);
	spin_unlock_bh(&timer->lock);
}
