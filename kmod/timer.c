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

/* And so many are looked at, whether they rest. */
#define LOOKS		1024

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
	if (timer->rouse)
		start(timer, 0);
	else if (first && first->expires <= timer->pulse_at)
		start(timer, first->expires);
	else if (timer->pulse_at != KTIME_MAX)
		start(timer, timer->pulse_at);
	else
		timer->armed = KTIME_MAX;
	spin_unlock(&timer->lock);
}

static void send_pulses(struct paxos_timer *timer, ktime_t now)
{
	struct paxos_net *home = container_of(timer, struct paxos_net, timer);
	bool due;

	spin_lock(&timer->lock);
	timer->armed = 0;
	due = timer->pulse_at <= now;
	if (due)
		timer->pulse_at = KTIME_MAX;
	spin_unlock(&timer->lock);
	if (due)
		paxos_timer_pulse(timer, paxos_partner_beat(home, ktime_to_ms(now)));
}

/* Where the last turn ended, and once more around when all were passed by. */
static unsigned long rouse_from(struct paxos_timer *timer, bool *wanted)
{
	unsigned long next;

	spin_lock(&timer->lock);
	*wanted = timer->rouse;
	next = timer->rouse_next;
	spin_unlock(&timer->lock);
	return next;
}

static void rouse_upto(struct paxos_timer *timer, bool end, unsigned long next)
{
	spin_lock(&timer->lock);
	if (end && timer->rouse)
		timer->rouse--;
	timer->rouse_next = end ? 0 : next;
	spin_unlock(&timer->lock);
}

/* A vow ended: whoever rests on it says again what still holds. */
static void rouse(struct paxos_timer *timer)
{
	struct paxos_net *home = container_of(timer, struct paxos_net, timer);
	unsigned int looks = LOOKS, left = AT_ONCE;
	struct paxos_group *group;
	unsigned long id;
	bool wanted;

	id = rouse_from(timer, &wanted);
	if (!wanted)
		return;
	xa_for_each_start(&home->groups, id, group, id) {
		struct paxos_event event = { .type = PAXOS_EVENT_TICK };

		if (!left || !looks--)
			break;
		if (!READ_ONCE(group->core.grant.rests))
			continue;
		paxos_group_step(group, &event);
		left--;
	}
	rouse_upto(timer, !group, id);
}

/* A group that ends leaves the queue and waits for this read side. */
static enum hrtimer_restart tick(struct hrtimer *hrtimer)
{
	struct paxos_timer *timer = container_of(hrtimer, struct paxos_timer, timer);
	const ktime_t now = ktime_get_boottime();
	struct paxos_group *group;
	unsigned int left = AT_ONCE;

	rcu_read_lock();
	send_pulses(timer, now);
	paxos_gather_begin();
	while (left && (group = take_due(timer, now))) {
		struct paxos_event event = { .type = PAXOS_EVENT_TICK };

		paxos_group_step(group, &event);
		left--;
	}
	rouse(timer);
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
	timer->pulse_at = KTIME_MAX;
	timer->rouse = 0;
	timer->rouse_next = 0;
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
 * paxos_timer_pulse - let pulses go at a time
 * @timer: the timer
 * @due: milliseconds, U64_MAX for never
 *
 * Context: bottom halves off.
 */
void paxos_timer_pulse(struct paxos_timer *timer, u64 due)
{
	if (due == U64_MAX)
		return;
	spin_lock(&timer->lock);
	timer->pulse_at = min(timer->pulse_at, ms_to_ktime(due));
	if (timer->pulse_at < timer->armed)
		start(timer, timer->pulse_at);
	spin_unlock(&timer->lock);
}

/**
 * paxos_timer_rouse - let every leader at rest look what its vow has become
 * @timer: the timer
 *
 * Bounded in each turn: those who are passed by now, and then all of them, so that
 * many calls let nobody wait for ever.
 *
 * Context: bottom halves off.
 */
void paxos_timer_rouse(struct paxos_timer *timer)
{
	spin_lock(&timer->lock);
	timer->rouse = 2;
	if (timer->armed)
		start(timer, 0);
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
