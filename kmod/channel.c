// SPDX-License-Identifier: GPL-2.0
/*
 * Channels: descriptors by which a process submits to one group and is told what
 * became of it, with one system call for both. No completion is ever lost: a
 * submission that is done is itself the memory for what is to be read.
 */

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <linux/paxos_channel.h>

#include "channel.h"
#include "group.h"
#include "submit.h"

/* Owners that are channels; a netlink port has 32 bits. */
#define OWNER		BIT_ULL(63)

/* Values that are under way or not read, of one channel: each may cost memory. */
#define OWED_MAX	(2 * PAXOS_WINDOW_MAX)

/* So many values go through one hold of the group's lock. */
#define VALUES_AT_ONCE	256

/* And so many runs to userspace at once. */
#define RUNS_AT_ONCE	16

/**
 * struct run - what is to be read
 * @next: what was done after it
 * @said: what is told of it
 */
struct run {
	struct run *next;
	struct paxos_channel_run said;
};

static_assert(sizeof(struct run) <= sizeof(struct paxos_submission));

/**
 * struct paxos_channel - a descriptor
 * @lock: guards all but @number; taken with bottom halves off, and not under the
 *	group's lock
 * @group: where it leads; NULL once the group is gone
 * @number: of it in &paxos_group.channels
 * @closed: nobody reads any more
 * @first: what was done first and was not read, or NULL
 * @last: what was done last, if there is a @first
 * @done: values in these
 * @owed: values that are under way, or were not read
 * @wait: who waits for some to be done
 * @rcu: who has something to tell finds it without a lock
 */
struct paxos_channel {
	spinlock_t lock;	/* guards what follows, but the number */
	struct paxos_group *group;
	u32 number;
	bool closed;
	struct run *first;
	struct run *last;
	u32 done;
	u32 owed;
	wait_queue_head_t wait;
	struct rcu_head rcu;
};

/* Completions: from a step of the group */

static bool goes_on(const struct run *run, const struct paxos_submission *s)
{
	const struct paxos_channel_run *said = &run->said;

	return s->value->id.client == said->client && s->value->kind == said->kind &&
	       s->value->id.sequence == said->sequence + said->count &&
	       s->instance == (said->instance ? said->instance + said->count : 0);
}

/* Takes the memory of @s, if it needs it. */
static bool add(struct paxos_channel *ch, struct paxos_submission *s)
{
	struct paxos_value *value = s->value;
	struct run *run = (struct run *)s;

	WRITE_ONCE(ch->done, ch->done + 1);
	if (ch->first && goes_on(ch->last, s)) {
		ch->last->said.count++;
		return false;
	}
	run->said = (struct paxos_channel_run) {
		.client = value->id.client,
		.sequence = value->id.sequence,
		.instance = s->instance,
		.count = 1,
		.kind = value->kind,
	};
	run->next = NULL;
	if (ch->first)
		ch->last->next = run;
	else
		ch->first = run;
	ch->last = run;
	paxos_value_put(value);
	return true;
}

/* As many from @s on as one channel's; those whose memory is not needed go to **@end. */
static struct paxos_submission *tell(struct paxos_channel *ch, struct paxos_submission *s,
				     struct paxos_submission ***end)
{
	const u64 owner = s->owner;
	struct paxos_submission *next;

	spin_lock(&ch->lock);
	for (; s && s->owner == owner; s = next) {
		next = s->next;
		if (!ch->closed && add(ch, s))
			continue;
		**end = s;
		*end = &s->next;
	}
	spin_unlock(&ch->lock);
	/* Its barrier is between what was added and a look for who waits. */
	if (wq_has_sleeper(&ch->wait))
		wake_up_interruptible_poll(&ch->wait, EPOLLIN | EPOLLRDNORM);
	return s;
}

/**
 * paxos_channel_done - tell channels what became of what they submitted
 * @group: the group
 * @first: submissions that are done, linked by next, in the order of the log
 *
 * Who waits is woken once for what comes together.
 *
 * Context: bottom halves off, RCU read side; not under the group's lock.
 * Return: those that no channel had submitted, linked likewise, in that order; the
 * others are taken care of.
 */
struct paxos_submission *paxos_channel_done(struct paxos_group *group,
					    struct paxos_submission *first)
{
	struct paxos_submission *rest, *over, *s = first;
	struct paxos_submission **end_rest = &rest, **end_over = &over;

	while (s) {
		bool ours = s->owner & OWNER;
		struct paxos_channel *ch = ours ? xa_load(&group->channels, (u32)s->owner) : NULL;
		struct paxos_submission ***end = ours ? &end_over : &end_rest;

		if (ch) {
			s = tell(ch, s, &end_over);
			continue;
		}
		**end = s;
		*end = &s->next;
		s = s->next;
	}
	*end_rest = NULL;
	*end_over = NULL;
	paxos_submit_free(over);
	return rest;
}

static void cut(struct paxos_channel *ch)
{
	spin_lock_bh(&ch->lock);
	WRITE_ONCE(ch->group, NULL);
	wake_up_interruptible_poll(&ch->wait, EPOLLIN | EPOLLHUP | EPOLLERR);
	spin_unlock_bh(&ch->lock);
}

/**
 * paxos_channel_sever - the group is no more, channels or not
 * @group: the group, dead; all that it had to tell was told
 *
 * Afterwards none of them knows the group, nor through it the namespace.
 *
 * Context: process.
 */
void paxos_channel_sever(struct paxos_group *group)
{
	struct paxos_channel *ch;
	unsigned long number;

	rcu_read_lock();
	xa_for_each(&group->channels, number, ch) {
		cut(ch);
		xa_erase(&group->channels, number);
	}
	rcu_read_unlock();
}

/* The call: submit, wait, read */

static struct paxos_group *get_group(struct paxos_channel *ch)
{
	struct paxos_group *group;

	spin_lock_bh(&ch->lock);
	group = ch->group;
	if (group)
		paxos_group_get(group);
	spin_unlock_bh(&ch->lock);
	return group;
}

/*
 * How many of @n may be tried: if the group's window has no room for one, the
 * group says so. The group is there as long as the lock is held.
 */
static u32 how_many(const struct paxos_group *group, u32 n)
{
	u32 size = group->core.window.size, count = READ_ONCE(group->core.submissions.count);

	return min3(n, (u32)VALUES_AT_ONCE, max(1U, size - min(size, count)));
}

/* The group, with a reference, and how many values may be tried, which are owed. */
static struct paxos_group *begin(struct paxos_channel *ch, u32 *n,
				 struct netlink_ext_ack *extack)
{
	struct paxos_group *group;

	spin_lock_bh(&ch->lock);
	group = ch->group;
	if (!group) {
		paxos_extack_text(extack, "the group was deleted");
		group = ERR_PTR(-ENODEV);
	} else if (ch->owed >= OWED_MAX) {
		paxos_extack_text(extack, "too many values are done and unread: read them first");
		group = ERR_PTR(-EAGAIN);
	} else {
		*n = min(how_many(group, *n), OWED_MAX - ch->owed);
		ch->owed += *n;
		paxos_group_get(group);
	}
	spin_unlock_bh(&ch->lock);
	return group;
}

static void end(struct paxos_channel *ch, struct paxos_group *group, u32 not_taken)
{
	if (not_taken) {
		spin_lock_bh(&ch->lock);
		ch->owed -= not_taken;
		spin_unlock_bh(&ch->lock);
	}
	paxos_group_put(group);
}

static int refuse(struct netlink_ext_ack *extack, int error, const char *text)
{
	paxos_extack_text(extack, text);
	return error;
}

static int check(const struct paxos_channel_enter *e, struct netlink_ext_ack *extack)
{
	if (e->flags)
		return refuse(extack, -EINVAL, "flags is 0");
	if (e->min_done && !e->max_runs)
		return refuse(extack, -EINVAL, "min_done waits for what no run has room for");
	if (!e->n_values)
		return 0;
	if (!e->client)
		return refuse(extack, -EINVAL, "the client is missing: who made the values, not 0");
	if (!e->sequence)
		return refuse(extack, -EINVAL,
			      "the sequence is missing: the number of the first value, from 1");
	if (e->sequence > U64_MAX - e->n_values)
		return refuse(extack, -ERANGE, "there are no more sequences");
	if (e->kind == PAXOS_KIND_VALUE)
		return 0;
	if (e->kind != PAXOS_KIND_CLOSE)
		return refuse(extack, -EINVAL, "a value is submitted, or a close");
	if (e->n_values > 1)
		return refuse(extack, -EINVAL, "one close is enough");
	return e->values ? refuse(extack, -EINVAL, "a close has no bytes") : 0;
}

static int submit(struct paxos_channel *ch, const struct paxos_channel_enter *e, u32 *taken,
		  struct netlink_ext_ack *extack)
{
	const struct paxos_channel_value __user *values = u64_to_user_ptr(e->values);
	int err = 0;

	while (!err && *taken < e->n_values) {
		u32 n = e->n_values - *taken;
		struct paxos_group *group = begin(ch, &n, extack);
		struct paxos_submit s = {
			.owner = OWNER | ch->number,
			.client = e->client,
			.sequence = e->sequence + *taken,
			.kind = e->kind,
			.count = n,
			.values = values + *taken,
		};

		if (IS_ERR(group))
			return PTR_ERR(group);
		err = paxos_submit(group, &s, extack);
		if (!err)
			*taken += n;
		end(ch, group, err ? n : 0);
		cond_resched();
	}
	return err;
}

static bool is_ready(const struct paxos_channel *ch, u32 min_done)
{
	return READ_ONCE(ch->done) >= min_done || !READ_ONCE(ch->group);
}

static int wait(struct paxos_channel *ch, const struct paxos_channel_enter *e)
{
	ktime_t timeout = min_t(u64, e->timeout, KTIME_MAX);
	int err = 0;

	if (!timeout || is_ready(ch, e->min_done))
		return 0;
	err = wait_event_interruptible_hrtimeout(ch->wait, is_ready(ch, e->min_done), timeout);
	return err == -ERESTARTSYS ? -EINTR : 0;
}

/* Returns how many, from *@first on. */
static u32 take(struct paxos_channel *ch, u32 n, void *memory[RUNS_AT_ONCE],
		struct paxos_channel_run said[RUNS_AT_ONCE])
{
	u32 got = 0, values = 0;

	spin_lock_bh(&ch->lock);
	while (got < n && ch->first) {
		struct run *run = ch->first;

		ch->first = run->next;
		values += run->said.count;
		said[got] = run->said;
		memory[got++] = run;
	}
	WRITE_ONCE(ch->done, ch->done - values);
	ch->owed -= values;
	spin_unlock_bh(&ch->lock);
	return got;
}

/* They could not be read, and are linked still. */
static void give_back(struct paxos_channel *ch, u32 n, void *memory[RUNS_AT_ONCE])
{
	struct run *run, *last = memory[n - 1];
	u32 i, values = 0;

	for (i = 0; i < n; i++) {
		run = memory[i];
		values += run->said.count;
	}
	spin_lock_bh(&ch->lock);
	last->next = ch->first;
	if (!ch->first)
		ch->last = last;
	ch->first = memory[0];
	WRITE_ONCE(ch->done, ch->done + values);
	ch->owed += values;
	spin_unlock_bh(&ch->lock);
}

static int read_runs(struct paxos_channel *ch, const struct paxos_channel_enter *e, u32 *n_runs,
		     struct netlink_ext_ack *extack)
{
	struct paxos_channel_run said[RUNS_AT_ONCE] __uninitialized;
	struct paxos_channel_run __user *runs = u64_to_user_ptr(e->runs);
	void *memory[RUNS_AT_ONCE] __uninitialized;
	u32 room, n;

	do {
		room = min_t(u32, e->max_runs - *n_runs, RUNS_AT_ONCE);
		n = room ? take(ch, room, memory, said) : 0;
		if (!n)
			return 0;
		if (copy_to_user(runs + *n_runs, said, n * sizeof(*said))) {
			give_back(ch, n, memory);
			return refuse(extack, -EFAULT, "runs is no memory");
		}
		paxos_submit_free_memory(memory, n);
		*n_runs += n;
		cond_resched();
	} while (n == room);
	return 0;
}

/* What was told before the end is read first. */
static bool is_over(struct paxos_channel *ch)
{
	bool over;

	spin_lock_bh(&ch->lock);
	over = !ch->group && !ch->first;
	spin_unlock_bh(&ch->lock);
	return over;
}

static int enter(struct paxos_channel *ch, const struct paxos_channel_enter *e, u32 *taken,
		 u32 *n_runs, struct netlink_ext_ack *extack)
{
	int err, woken = 0;

	err = check(e, extack);
	if (!err && e->n_values)
		err = submit(ch, e, taken, extack);
	if (err && !*taken)
		return err;
	if (e->min_done)
		woken = wait(ch, e);
	err = read_runs(ch, e, n_runs, extack);
	if (err || *taken || *n_runs)
		return err;
	if (woken)
		return refuse(extack, woken, "a signal came");
	if (is_over(ch))
		return refuse(extack, -ENODEV, "the group was deleted");
	return 0;
}

/* As much of the text as there is room for; who has none is not told. */
static void say(const struct paxos_channel_enter *e, const char *text)
{
	char __user *to = u64_to_user_ptr(e->text);
	size_t length = min_t(size_t, strlen(text), e->text_length - 1);

	if (!copy_to_user(to, text, length))
		put_user('\0', to + length);
}

static long ioctl_enter(struct paxos_channel *ch, struct paxos_channel_enter __user *user)
{
	struct paxos_channel_enter e __uninitialized;
	struct netlink_ext_ack extack __uninitialized;
	int err;

	if (copy_from_user(&e, user, sizeof(e)))
		return -EFAULT;
	extack._msg = NULL;
	e.taken = 0;
	e.n_runs = 0;
	err = enter(ch, &e, &e.taken, &e.n_runs, &extack);
	if (extack._msg && e.text && e.text_length)
		say(&e, extack._msg);
	if (copy_to_user(&user->taken, &e.taken, sizeof(e.taken) + sizeof(e.n_runs)))
		return -EFAULT;
	return err;
}

static_assert(offsetof(struct paxos_channel_enter, n_runs) ==
	      offsetofend(struct paxos_channel_enter, taken));
static_assert(sizeof(struct paxos_channel_enter) == 80);
static_assert(sizeof(struct paxos_channel_value) == 16);
static_assert(sizeof(struct paxos_channel_run) == 32);

static long channel_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	if (command != PAXOS_CHANNEL_ENTER)
		return -ENOTTY;
	return ioctl_enter(file->private_data, (void __user *)arg);
}

static __poll_t channel_poll(struct file *file, poll_table *table)
{
	struct paxos_channel *ch = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &ch->wait, table);
	/* Who waits is seen by whoever adds from here on; tell() has the other barrier. */
	smp_mb();
	if (READ_ONCE(ch->done))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!READ_ONCE(ch->group))
		mask |= EPOLLHUP | EPOLLERR;
	return mask;
}

/* Nobody waits for what is under way any more, as when a socket closes. */
static void leave_group(struct paxos_channel *ch)
{
	struct paxos_event event = {
		.type = PAXOS_EVENT_DROP_OWNER,
		.drop = { .owner = OWNER | ch->number },
	};
	struct paxos_group *group = get_group(ch);

	if (!group)
		return;
	paxos_group_step(group, &event);
	xa_erase(&group->channels, ch->number);
	paxos_group_put(group);
}

static int channel_release(struct inode *inode, struct file *file)
{
	struct paxos_channel *ch = file->private_data;
	struct run *run, *next;

	leave_group(ch);
	/* A step that is through may still have something for it. */
	spin_lock_bh(&ch->lock);
	ch->closed = true;
	spin_unlock_bh(&ch->lock);
	for (run = ch->first; run; run = next) {
		void *memory = run;

		next = run->next;
		paxos_submit_free_memory(&memory, 1);
		cond_resched();
	}
	kfree_rcu(ch, rcu);
	return 0;
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.release	= channel_release,
	.poll		= channel_poll,
	.unlocked_ioctl	= channel_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

static bool is_dead(struct paxos_group *group)
{
	bool dead;

	spin_lock_bh(&group->lock);
	dead = group->dead;
	spin_unlock_bh(&group->lock);
	return dead;
}

static struct paxos_channel *alloc(struct paxos_group *group)
{
	struct paxos_channel *ch = kzalloc(sizeof(*ch), GFP_KERNEL_ACCOUNT);

	if (!ch)
		return NULL;
	spin_lock_init(&ch->lock);
	init_waitqueue_head(&ch->wait);
	ch->group = group;
	/* A number is not soon another's: a step may still have something for the first. */
	if (xa_alloc_cyclic(&group->channels, &ch->number, ch, xa_limit_32b,
			    &group->next_channel, GFP_KERNEL_ACCOUNT) >= 0)
		return ch;
	kfree(ch);
	return NULL;
}

/**
 * paxos_channel_open - make a descriptor for a group
 * @group: the group
 * @extack: told why not
 *
 * The descriptor keeps neither the group nor its namespace.
 *
 * Context: process; the caller has a reference to @group.
 * Return: the file, or an error pointer.
 */
struct file *paxos_channel_open(struct paxos_group *group, struct netlink_ext_ack *extack)
{
	struct paxos_channel *ch = alloc(group);
	struct file *file;

	if (!ch)
		return ERR_PTR(-ENOMEM);
	file = anon_inode_getfile("[paxos]", &operations, ch, O_RDWR);
	/* One that dies severs its channels afterwards: those that it finds. */
	if (!IS_ERR(file) && !is_dead(group))
		return file;
	xa_erase(&group->channels, ch->number);
	cut(ch);
	if (IS_ERR(file)) {
		kfree_rcu(ch, rcu);
		return file;
	}
	fput(file);
	paxos_extack_text(extack, "the group is being deleted");
	return ERR_PTR(-ENODEV);
}
