// SPDX-License-Identifier: GPL-2.0
/* Groups: one replicated log each, with its lock and its memory. */

#include <linux/ctype.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "channel.h"
#include "deliver.h"
#include "group.h"
#include "net.h"
#include "owner.h"
#include "partner.h"
#include "scratch.h"
#include "send.h"
#include "socket.h"
#include "submit.h"
#include "timer.h"
#include "trace.h"

/* Chunks given or reclaimed at once: bounds how long the lock is held. */
#define BATCH		256

/* So many free chunks above the reserve are worth giving back. */
#define MANY_SPARES	256

/* Pages of a window freed between two looks at whether others want the CPU. */
#define CLEAR_PAGES	16

static struct workqueue_struct *workqueue;

static const struct rhashtable_params names_params = {
	.key_len = sizeof_field(struct paxos_group, name),
	.key_offset = offsetof(struct paxos_group, name),
	.head_offset = offsetof(struct paxos_group, by_name),
	.automatic_shrinking = true,
};

/* Memory: the pool is filled from here, and never by a step. */

/* What chunks are made in: caches of our own, by class. */
static struct kmem_cache *caches[PAXOS_CHUNK_CLASSES];

/* So many chunks are made by one call. */
#define AT_ONCE		16

/*
 * It does nothing: but the kernel takes memory that has a constructor for made,
 * and does not clear it each time. All of it that is read was written before.
 */
static void chunk_made(void *chunk)
{
}

static void destroy_caches(void)
{
	int c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		kmem_cache_destroy(caches[c]);
		caches[c] = NULL;
	}
}

static int create_caches(void)
{
	static const char * const name[PAXOS_CHUNK_CLASSES] = {
		[PAXOS_CHUNK_SMALL] = "paxos_small",
		[PAXOS_CHUNK_MIDDLE] = "paxos_middle",
		[PAXOS_CHUNK_PAGE] = "paxos_page",
	};
	int c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		u32 size = paxos_pool_chunk_size(c), head = 0;

		/* The kernel is told where a process's bytes may be copied to. */
		if (c != PAXOS_CHUNK_PAGE)
			head = offsetof(struct paxos_value, bytes);
		caches[c] = kmem_cache_create_usercopy(name[c], size, 0, SLAB_ACCOUNT, head,
						       size - head, chunk_made);
		if (!caches[c]) {
			destroy_caches();
			return -ENOMEM;
		}
	}
	return 0;
}

static void free_chunks(struct paxos_chunk *chunk)
{
	while (chunk) {
		struct paxos_chunk *next = chunk->next;

		kfree(chunk);
		chunk = next;
	}
}

/*
 * An empty pool refuses, which is an answer: nobody's process is to be killed
 * for it, as the last resort of an ordinary allocation would.
 */
static struct paxos_chunk *alloc_chunks(enum paxos_chunk_class class, u32 n)
{
	const gfp_t flags = GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;
	struct paxos_chunk *chunks = NULL;
	void *got[AT_ONCE];

	while (n) {
		size_t want = min_t(u32, n, AT_ONCE);

		/* All of them or none. */
		if (!kmem_cache_alloc_bulk(caches[class], flags, want, got))
			break;
		n -= want;
		while (want--) {
			struct paxos_chunk *chunk = got[want];

			chunk->next = chunks;
			chunks = chunk;
		}
	}
	return chunks;
}

static struct paxos_chunk *take_spares(struct paxos_pool *pool)
{
	struct paxos_chunk *chunks = NULL;
	unsigned int left = BATCH;
	int c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		while (left && paxos_pool_spares(pool, c)) {
			struct paxos_chunk *chunk = paxos_pool_reclaim(pool, c);

			chunk->next = chunks;
			chunks = chunk;
			left--;
		}
	}
	return chunks;
}

/* One class wants chunks, the limit allows none, and another has some to spare. */
static bool pool_is_lopsided(const struct paxos_pool *pool)
{
	bool starved = false, spare = false;
	int c;

	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		if (!pool->n_free[c] && paxos_pool_is_full(pool, c))
			starved = true;
		if (paxos_pool_spares(pool, c))
			spare = true;
	}
	return starved && spare;
}

static bool pool_wants_care(const struct paxos_pool *pool)
{
	int c;

	if (paxos_pool_is_low(pool) || pool_is_lopsided(pool))
		return true;
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		if (paxos_pool_spares(pool, c) >= MANY_SPARES)
			return true;
	return false;
}

/* Returns what the pool did not want any more. */
static struct paxos_chunk *give_chunks(struct paxos_pool *pool, enum paxos_chunk_class class,
				       struct paxos_chunk *chunks)
{
	u32 wants = paxos_pool_wants(pool, class);

	while (chunks && wants--) {
		struct paxos_chunk *next = chunks->next;

		paxos_pool_give(pool, class, chunks);
		chunks = next;
	}
	return chunks;
}

/* One round, with the allocation between two holds of the lock. */
static int care_once(struct paxos_group *group, bool *again)
{
	struct paxos_chunk *spares, *chunks[PAXOS_CHUNK_CLASSES];
	u32 wants[PAXOS_CHUNK_CLASSES];
	struct paxos_pool *pool = &group->pool;
	int c, err = 0;

	*again = false;
	spin_lock_bh(&group->lock);
	if (group->dead) {
		spin_unlock_bh(&group->lock);
		return -ENODEV;
	}
	paxos_pool_drain(pool);
	spares = take_spares(pool);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		wants[c] = min_t(u32, paxos_pool_wants(pool, c), BATCH);
		if (wants[c])
			*again = true;
	}
	spin_unlock_bh(&group->lock);

	if (spares)
		*again = true;
	if (!*again)
		return 0;
	free_chunks(spares);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		chunks[c] = alloc_chunks(c, wants[c]);
		if (wants[c] && !chunks[c])
			err = -ENOMEM;
	}

	spin_lock_bh(&group->lock);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		if (!group->dead)
			chunks[c] = give_chunks(pool, c, chunks[c]);
	paxos_stats_add(group->stats, err ? PAXOS_COUNTER_REFILL_FAILED :
					    PAXOS_COUNTER_REFILLS, 1);
	spin_unlock_bh(&group->lock);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++)
		free_chunks(chunks[c]);
	return err;
}

/* Gives the pool what it wants and relieves it of what it does not. */
static int care_for_pool(struct paxos_group *group)
{
	struct mem_cgroup *old = set_active_memcg(group->memcg);
	bool again;
	int err;

	do {
		err = care_once(group, &again);
		cond_resched();
	} while (!err && again);
	set_active_memcg(old);
	return err;
}

static void refill(struct work_struct *work)
{
	struct paxos_group *group = container_of(work, struct paxos_group, refill);
	struct paxos_event tick = { .type = PAXOS_EVENT_TICK };

	care_for_pool(group);
	/* What it had no memory for is asked for again, and not only after a while. */
	if (READ_ONCE(group->core.learning.starved))
		paxos_group_step(group, &tick);
}

static void drain_pool(struct paxos_pool *pool)
{
	int c;

	paxos_pool_drain(pool);
	WARN_ON_ONCE(pool->used);
	for (c = 0; c < PAXOS_CHUNK_CLASSES; c++) {
		void *chunk;

		while ((chunk = paxos_pool_reclaim(pool, c))) {
			kfree(chunk);
			cond_resched();
		}
	}
}

/* Finding groups */

/**
 * paxos_group_lookup - find a group without taking a reference
 * @home: the namespace's state
 * @id: the group's id
 *
 * Context: RCU read side, which keeps the group.
 * Return: the group or NULL.
 */
struct paxos_group *paxos_group_lookup(struct paxos_net *home, u32 id)
{
	return xa_load(&home->groups, id);
}

static struct paxos_group *get_unless_gone(struct paxos_group *group)
{
	return group && refcount_inc_not_zero(&group->refs) ? group : NULL;
}

/**
 * paxos_group_find_id - find a group by its id
 * @home: the namespace's state
 * @id: the group's id
 *
 * Context: any.
 * Return: the group, to be put, or NULL.
 */
struct paxos_group *paxos_group_find_id(struct paxos_net *home, u32 id)
{
	struct paxos_group *group;

	rcu_read_lock();
	group = get_unless_gone(paxos_group_lookup(home, id));
	rcu_read_unlock();
	return group;
}

/**
 * paxos_group_find_name - find a group by its name
 * @home: the namespace's state
 * @name: the group's name
 *
 * Context: any.
 * Return: the group, to be put, or NULL.
 */
struct paxos_group *paxos_group_find_name(struct paxos_net *home, const char *name)
{
	char key[PAXOS_NAME_MAX + 1] = { };
	struct paxos_group *group;

	if (strscpy(key, name, sizeof(key)) < 0)
		return NULL;
	rcu_read_lock();
	group = get_unless_gone(rhashtable_lookup(&home->names, key, names_params));
	rcu_read_unlock();
	return group;
}

/**
 * paxos_group_next - find the group with the lowest id from one on
 * @home: the namespace's state
 * @id: where to begin; set to the id found
 *
 * Context: any.
 * Return: the group, to be put, or NULL.
 */
struct paxos_group *paxos_group_next(struct paxos_net *home, u32 *id)
{
	unsigned long index = *id;
	struct paxos_group *group;

	rcu_read_lock();
	xa_for_each_start(&home->groups, index, group, *id)
		if (get_unless_gone(group))
			break;
	rcu_read_unlock();
	*id = index;
	return group;
}

static void free_group(struct paxos_group *group)
{
	struct paxos_window *window = &group->core.window;

	/* A full log is many allocations. */
	paxos_window_forget(window);
	while (paxos_window_reap(window, CLEAR_PAGES))
		cond_resched();
	paxos_core_clear(&group->core);
	kvfree(group->core.window.dir);
	drain_pool(&group->pool);
	paxos_stats_free(group->stats);
	mem_cgroup_put(group->memcg);
	kfree(group);
}

/**
 * paxos_group_put - let go of a reference
 * @group: the group
 *
 * Nobody can find a group that has none left: the last one goes a grace period
 * after it was taken out of the namespace.
 *
 * Context: process.
 */
void paxos_group_put(struct paxos_group *group)
{
	if (refcount_dec_and_test(&group->refs))
		free_group(group);
}

/* Events */

static void trace_step(const struct paxos_group *group, u64 prefix, u8 state)
{
	const struct paxos_core *core = &group->core;

	if (core->window.prefix != prefix) {
		paxos_stats_add(group->stats, PAXOS_COUNTER_DECIDED,
				core->window.prefix - prefix);
		trace_paxos_decided(group->id, prefix + 1, core->window.prefix);
	}
	if (core->state != state)
		trace_paxos_state(group->id, core->state);
}

/**
 * struct aftermath - what is to be done without the lock
 * @header: of the messages, if there are any
 * @durable: likewise, the last record that is durable
 * @care: the pool wants to be looked after
 */
struct aftermath {
	struct paxos_header header;
	u64 durable;
	bool care;
};

/*
 * What the group rests on may have ended while it began to: then it is passed by
 * already, and looks itself.
 */
static u64 deadline(const struct paxos_group *group, const struct paxos_event *event)
{
	u64 at = paxos_core_deadline(&group->core);

	if (!group->core.grant.rests)
		return at;
	/* Pairs with paxos_partner_raise(). */
	smp_mb();
	return paxos_partner_vow(group->home) == event->vow ? at : event->now;
}

static void step_locked(struct paxos_group *group, struct paxos_event *event,
			struct paxos_outbox *ob, struct paxos_heard *heard,
			struct aftermath *after)
{
	struct paxos_core *core = &group->core;
	u64 prefix = core->window.prefix;
	u8 state = core->state;
	u32 bits;

	if (group->dead) {
		event->reason = PAXOS_REASON_DEAD;
		event->error = -ENODEV;
		event->why = "the group is being deleted";
		return;
	}
	event->now = paxos_timer_now();
	event->vow = paxos_partner_vow(group->home);
	event->heard = NULL;
	if (event->type == PAXOS_EVENT_TICK) {
		group->armed = 0;
		event->heard = heard;
		paxos_partner_heard(group, heard);
	}
	bits = paxos_step(core, event, ob);
	/* Before anything that breaks the vow leaves. */
	if (bits & PAXOS_STEP_BROKEN)
		paxos_partner_raise(group->home);
	if (bits & PAXOS_STEP_PULSE)
		paxos_partner_want(group);
	trace_step(group, prefix, state);
	if (ob->n_out) {
		paxos_core_header(core, &after->header);
		after->header.sequence = group->sequence + 1;
		group->sequence += ob->n_out;
		after->durable = core->durable;
	}
	after->care = (bits & PAXOS_STEP_CARE) && pool_wants_care(&group->pool);
	paxos_timer_arm(group, event->now, deadline(group, event));
}

static void deliver_done(struct paxos_group *group, struct paxos_outbox *ob)
{
	struct paxos_submission *done = paxos_channel_done(group, ob->done);

	ob->done = NULL;
	if (!done)
		return;
	paxos_deliver_submitted(group, done);
	paxos_submit_free(done);
}

static void step_with(struct paxos_group *group, struct paxos_event *event,
		      struct paxos_scratch *scratch)
{
	struct paxos_outbox *ob = &scratch->outbox;
	struct aftermath after __uninitialized;

	after.care = false;
	paxos_outbox_init(ob);
	spin_lock(&group->lock);
	step_locked(group, event, ob, scratch->heard, &after);
	spin_unlock(&group->lock);

	if (ob->lost)
		paxos_stats_add(group->stats, PAXOS_COUNTER_LOST, ob->lost);
	if (ob->n_out)
		paxos_send_outbox(group, scratch, &after.header, after.durable);
	if (ob->n_notes)
		paxos_deliver_notes(group, ob);
	if (ob->barriers) {
		paxos_deliver_barriers(group, ob->barriers);
		paxos_owner_free_barriers(ob->barriers);
		ob->barriers = NULL;
	}
	if (ob->done)
		deliver_done(group, ob);
	paxos_outbox_release(ob);
	if (after.care)
		queue_work(workqueue, &group->refill);
}

/**
 * paxos_group_hear - let a group hear a message
 * @group: the group
 * @event: PAXOS_EVENT_MESSAGE; what came of it is written there
 * @scratch: this CPU's
 *
 * The step runs under the group's lock; what it wants sent and told is sent
 * and told after it, still within the RCU read side: a group that ends waits
 * for that before its socket is closed.
 *
 * Context: bottom halves off, RCU read side, without the group's lock.
 */
void paxos_group_hear(struct paxos_group *group, struct paxos_event *event,
		      struct paxos_scratch *scratch)
{
	event->error = 0;
	event->why = NULL;
	if (WARN_ON_ONCE(scratch->busy)) {
		event->reason = PAXOS_REASON_NO_MEMORY;
		event->error = -EBUSY;
		return;
	}
	scratch->busy = true;
	step_with(group, event, scratch);
	scratch->busy = false;
}

/**
 * paxos_group_step - let something happen to a group
 * @group: the group
 * @event: what; what came of it is written there
 *
 * Context: any but hard interrupts, without the group's lock; the caller has a
 * reference to @group or is in an RCU read side.
 * Return: 0 or a negative errno, as in @event.
 */
int paxos_group_step(struct paxos_group *group, struct paxos_event *event)
{
	rcu_read_lock();
	local_bh_disable();
	paxos_group_hear(group, event, paxos_scratch());
	local_bh_enable();
	rcu_read_unlock();
	return event->error;
}

/**
 * paxos_group_identity - what names the group's life, and keys its digests
 * @group: the group
 * @identity: PAXOS_ID_BYTES, filled in
 *
 * Context: any, without the group's lock.
 * Return: false if there is none yet; once there is, it never changes.
 */
bool paxos_group_identity(struct paxos_group *group, u8 *identity)
{
	bool has;

	spin_lock_bh(&group->lock);
	has = paxos_core_has_identity(&group->core);
	memcpy(identity, group->core.identity, PAXOS_ID_BYTES);
	spin_unlock_bh(&group->lock);
	return has;
}

static u32 alloc_values(struct paxos_group *group, u8 kind, const u32 *length, u32 n,
			struct paxos_value **value, bool *full)
{
	u32 i = 0;

	*full = false;
	spin_lock_bh(&group->lock);
	if (!group->dead) {
		paxos_pool_drain(&group->pool);
		for (; i < n; i++) {
			value[i] = paxos_value_alloc(&group->pool, length[i], kind, full);
			if (!value[i])
				break;
		}
	}
	spin_unlock_bh(&group->lock);
	return i;
}

/**
 * paxos_group_values - room for values that come from userspace
 * @group: the group
 * @kind: enum paxos_kind
 * @length: bytes of each, at most PAXOS_VALUE_MAX
 * @n: how many, not so many that the lock would be held for long
 * @value: filled in: the values, their ids and bytes unset
 * @extack: told why there are none
 *
 * Context: process; the caller has a reference to @group, and keeps it longer
 * than one to a value.
 * Return: 0 or a negative errno, and no value.
 */
int paxos_group_values(struct paxos_group *group, u8 kind, const u32 *length, u32 n,
		       struct paxos_value **value, struct netlink_ext_ack *extack)
{
	u32 got = 0, more;
	bool full;

	do {
		if (got)
			care_for_pool(group);
		more = alloc_values(group, kind, &length[got], n - got, &value[got], &full);
		if (!got && !more) {
			care_for_pool(group);
			more = alloc_values(group, kind, length, n, value, &full);
		}
		got += more;
		if (got == n)
			return 0;
	} while (more);
	while (got)
		paxos_value_put(value[--got]);
	if (READ_ONCE(group->dead)) {
		paxos_extack_text(extack, "the group is being deleted");
		return -ENODEV;
	}
	if (full) {
		paxos_extack_text(extack, "the log is full: trim it, or raise its log-size");
		return -ENOSPC;
	}
	paxos_extack_text(extack, "no memory at hand: try again");
	return -EAGAIN;
}

/**
 * paxos_group_value - make a value of bytes that come from userspace
 * @group: the group
 * @kind: enum paxos_kind
 * @bytes: the bytes
 * @length: their number, at most PAXOS_VALUE_MAX
 * @extack: told why there is none
 *
 * Context: process; the caller has a reference to @group, and keeps it longer
 * than one to the value.
 * Return: the value, its id unset, or an error pointer.
 */
struct paxos_value *paxos_group_value(struct paxos_group *group, u8 kind, const u8 *bytes,
				      u32 length, struct netlink_ext_ack *extack)
{
	struct paxos_value *value;
	int err = paxos_group_values(group, kind, &length, 1, &value, extack);

	if (err)
		return ERR_PTR(err);
	paxos_value_write(value, 0, bytes, length);
	return value;
}

/* Adding, changing and deleting groups */

static int check_name(const char *name, struct netlink_ext_ack *extack)
{
	size_t i, length = strlen(name);
	bool good = length > 0 && length <= PAXOS_NAME_MAX;

	for (i = 0; good && i < length; i++)
		good = isascii(name[i]) && (isalnum(name[i]) || strchr("_.-", name[i]));
	if (good)
		return 0;
	paxos_extack_text(extack, "a name is 1 to 31 letters, digits, '_', '.' or '-'");
	return -EINVAL;
}

/*
 * What slots and heads of values take when the window is full of small ones. The
 * lowest open instance takes a value beside a window that is full of bytes.
 */
static u64 least_log_size(u32 window, u32 window_bytes)
{
	u64 head = sizeof(struct paxos_slot) + paxos_pool_chunk_size(PAXOS_CHUNK_SMALL);

	return max_t(u64, PAXOS_LOG_SIZE_MIN, window_bytes + PAXOS_VALUE_MAX + window * head);
}

static int check_log_size(u64 log_size, u32 window, u32 window_bytes,
			  struct netlink_ext_ack *extack)
{
	u64 least = least_log_size(window, window_bytes);

	if (log_size < least) {
		paxos_extack_format(extack, "log-size is too small for a full window",
				    "log-size is at least %llu for this window", least);
		return -ERANGE;
	}
	if (log_size > PAXOS_LOG_SIZE_MAX) {
		paxos_extack_text(extack, "log-size is at most 256 GiB");
		return -ERANGE;
	}
	return 0;
}

static int check_ms(u32 ms, const char *text, struct netlink_ext_ack *extack)
{
	if (ms && ms <= PAXOS_TIMING_MAX)
		return 0;
	paxos_extack_text(extack, text);
	return -ERANGE;
}

/* One heartbeat may be lost before anybody's patience ends. */
static int check_timing(const struct paxos_timing *t, struct netlink_ext_ack *extack)
{
	int err;

	err = check_ms(t->heartbeat, "heartbeat is 1 to 3600000 ms", extack) ? :
	      check_ms(t->timeout_min, "timeout-min is 1 to 3600000 ms", extack) ? :
	      check_ms(t->timeout_max, "timeout-max is 1 to 3600000 ms", extack);
	if (err)
		return err;
	if (t->timeout_min > t->timeout_max) {
		paxos_extack_format(extack, "timeout-min is above timeout-max",
				    "timeout-min, %u ms, is above timeout-max, %u ms",
				    t->timeout_min, t->timeout_max);
		return -EINVAL;
	}
	if (t->heartbeat > t->timeout_min / 2) {
		paxos_extack_format(extack, "heartbeat is above half of timeout-min",
				    "heartbeat, %u ms, is above half of timeout-min, %u ms",
				    t->heartbeat, t->timeout_min);
		return -EINVAL;
	}
	return 0;
}

static int check_params(const struct paxos_group_params *p, struct netlink_ext_ack *extack)
{
	int err;

	err = check_name(p->name, extack);
	if (err)
		return err;
	if (p->node < 1 || p->node > PAXOS_NODE_MAX) {
		paxos_extack_text(extack, "a node id is 1 to 64");
		return -ERANGE;
	}
	err = paxos_addr_check(&p->local, extack);
	if (err)
		return err;
	if (p->role != PAXOS_ROLE_VOTER && p->role != PAXOS_ROLE_LEARNER) {
		paxos_extack_text(extack, "a role is voter or learner");
		return -EINVAL;
	}
	if (p->window < 1 || p->window > PAXOS_WINDOW_MAX) {
		paxos_extack_text(extack, "window is 1 to 65536 instances");
		return -ERANGE;
	}
	if (p->window_bytes < PAXOS_VALUE_MAX) {
		paxos_extack_text(extack, "window-bytes is at least 32768, one longest value");
		return -ERANGE;
	}
	if (p->quorum_1 > PAXOS_VOTERS_MAX || p->quorum_2 > PAXOS_VOTERS_MAX) {
		paxos_extack_text(extack, "a quorum is at most 15 voters");
		return -ERANGE;
	}
	return check_timing(&p->timing, extack) ? :
	       check_log_size(p->log_size, p->window, p->window_bytes, extack);
}

static struct paxos_slot **alloc_dir(u32 size)
{
	return kvcalloc(size, sizeof(struct paxos_slot *), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

static int init_core(struct paxos_group *group, const struct paxos_group_params *p)
{
	struct paxos_config config = {
		.group = p->id,
		.node = p->node,
		.role = p->role,
		.window = p->window,
		.window_bytes = p->window_bytes,
		.quorum_1 = p->quorum_1,
		.quorum_2 = p->quorum_2,
		.heartbeat = p->timing.heartbeat,
		.timeout_min = p->timing.timeout_min,
		.timeout_max = p->timing.timeout_max,
		.boot = 1,
	};
	u32 dir_size = paxos_window_dir_size(p->log_size, p->window);
	struct paxos_slot **dir = alloc_dir(dir_size);

	if (!dir)
		return -ENOMEM;
	/* P8: memory that is fresh is another voter's than the memory before. */
	get_random_bytes(config.incarnation, sizeof(config.incarnation));
	paxos_pool_init(&group->pool, p->log_size);
	paxos_core_init(&group->core, &config, &group->pool, dir, dir_size, true,
			paxos_timer_now());
	return 0;
}

static struct paxos_group *alloc_group(struct paxos_net *home,
				       const struct paxos_group_params *p)
{
	struct paxos_group *group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);

	if (!group)
		return NULL;
	group->id = p->id;
	strscpy(group->name, p->name, sizeof(group->name));
	group->local = p->local;
	group->home = home;
	refcount_set(&group->refs, 1);
	spin_lock_init(&group->lock);
	INIT_WORK(&group->refill, refill);
	INIT_LIST_HEAD(&group->owners);
	xa_init_flags(&group->channels, XA_FLAGS_ALLOC);
	paxos_timer_init(group);
	group->stats = paxos_stats_alloc();
	if (!group->stats)
		goto free_group;
	if (init_core(group, p))
		goto free_stats;
	group->memcg = get_mem_cgroup_from_mm(current->mm);
	if (care_for_pool(group))
		goto free_pool;
	return group;

free_pool:
	drain_pool(&group->pool);
	mem_cgroup_put(group->memcg);
	kvfree(group->core.window.dir);
free_stats:
	paxos_stats_free(group->stats);
free_group:
	kfree(group);
	return NULL;
}

/* Makes the group to be found, by datagrams and by requests. */
static int publish(struct paxos_group *group, struct netlink_ext_ack *extack)
{
	struct paxos_net *home = group->home;
	struct paxos_socket *socket;
	int err;

	socket = paxos_socket_get(home, &group->local, extack);
	if (IS_ERR(socket))
		return PTR_ERR(socket);
	group->socket = socket;
	err = rhashtable_lookup_insert_fast(&home->names, &group->by_name, names_params);
	if (err) {
		if (err == -EEXIST)
			paxos_extack_text(extack, "another group has this name");
		goto put_socket;
	}
	err = xa_insert(&home->groups, group->id, group, GFP_KERNEL_ACCOUNT);
	if (err) {
		if (err == -EBUSY) {
			paxos_extack_text(extack, "another group has this id");
			err = -EEXIST;
		}
		goto remove_name;
	}
	return 0;

remove_name:
	rhashtable_remove_fast(&home->names, &group->by_name, names_params);
put_socket:
	/* Others may have found the group by its name, or the socket. */
	spin_lock_bh(&group->lock);
	group->dead = true;
	spin_unlock_bh(&group->lock);
	/* Whoever found it may have let it do something. */
	paxos_timer_end(group);
	if (paxos_socket_put(socket)) {
		synchronize_net();
		paxos_socket_release(socket);
	} else {
		synchronize_net();
	}
	cancel_work_sync(&group->refill);
	paxos_owner_forget(group);
	return err;
}

/* What is not given is as it was. */
static void fill_timing(struct paxos_timing *t, u32 heartbeat, u32 timeout_min, u32 timeout_max)
{
	if (!t->heartbeat)
		t->heartbeat = heartbeat;
	if (!t->timeout_min)
		t->timeout_min = timeout_min;
	if (!t->timeout_max)
		t->timeout_max = timeout_max;
}

static void set_defaults(struct paxos_group_params *p)
{
	if (!p->window)
		p->window = PAXOS_WINDOW_DEFAULT;
	if (!p->window_bytes)
		p->window_bytes = PAXOS_WINDOW_BYTES_DEFAULT;
	if (!p->log_size)
		p->log_size = max(PAXOS_LOG_SIZE_DEFAULT,
				  least_log_size(p->window, p->window_bytes) * 3 / 2);
	fill_timing(&p->timing, PAXOS_HEARTBEAT_DEFAULT, PAXOS_TIMEOUT_MIN_DEFAULT,
		    PAXOS_TIMEOUT_MAX_DEFAULT);
}

/**
 * paxos_group_add - add a group
 * @home: the namespace's state
 * @params: what it shall be
 * @extack: told why not
 *
 * Context: process.
 * Return: 0 or a negative errno.
 */
int paxos_group_add(struct paxos_net *home, const struct paxos_group_params *params,
		    struct netlink_ext_ack *extack)
{
	struct paxos_event tick = { .type = PAXOS_EVENT_TICK };
	struct paxos_group_params p = *params;
	struct paxos_group *group;
	int err;

	set_defaults(&p);
	err = check_params(&p, extack);
	if (err)
		return err;
	group = alloc_group(home, &p);
	if (!group)
		return -ENOMEM;
	mutex_lock(&home->mutex);
	err = publish(group, extack);
	if (!err)
		paxos_group_step(group, &tick);
	mutex_unlock(&home->mutex);
	if (err)
		paxos_group_put(group);
	return err;
}

/* Relieves the pool of free chunks, as far as it holds more than it may. */
static struct paxos_chunk *shed(struct paxos_pool *pool, u64 log_size)
{
	struct paxos_chunk *chunks = NULL;
	unsigned int left = BATCH;
	int c;

	for (c = PAXOS_CHUNK_CLASSES - 1; c >= 0; c--) {
		while (left && pool->given > log_size) {
			struct paxos_chunk *chunk = paxos_pool_reclaim(pool, c);

			if (!chunk)
				break;
			chunk->next = chunks;
			chunks = chunk;
			left--;
		}
	}
	return chunks;
}

static int shrink(struct paxos_group *group, u64 log_size, struct netlink_ext_ack *extack)
{
	struct paxos_pool *pool = &group->pool;
	struct paxos_chunk *chunks = NULL;
	u64 old = pool->limit, used;

	do {
		spin_lock_bh(&group->lock);
		paxos_pool_drain(pool);
		used = pool->used;
		/* One that cannot be is not begun: nobody is refused meanwhile. */
		if (used <= log_size) {
			paxos_pool_set_limit(pool, log_size);
			chunks = shed(pool, log_size);
		}
		if (used > log_size || (!chunks && pool->given > log_size)) {
			paxos_pool_set_limit(pool, old);
			chunks = NULL;
		}
		spin_unlock_bh(&group->lock);
		free_chunks(chunks);
		cond_resched();
	} while (chunks);
	if (READ_ONCE(pool->limit) == log_size)
		return 0;
	paxos_extack_format(extack, "the log holds more than that: trim it first",
			    "the log holds %llu bytes: trim it first", used);
	return -EBUSY;
}

static int grow(struct paxos_group *group, u64 log_size)
{
	struct paxos_window *window = &group->core.window;
	struct paxos_slot **dir = NULL;
	u32 dir_size = paxos_window_dir_size(log_size, window->size);

	/* Only the holder of the mutex changes it. */
	if (dir_size > window->dir_size) {
		dir = alloc_dir(dir_size);
		if (!dir)
			return -ENOMEM;
	}
	spin_lock_bh(&group->lock);
	if (dir)
		dir = paxos_window_move(window, dir, dir_size);
	paxos_pool_set_limit(&group->pool, log_size);
	spin_unlock_bh(&group->lock);
	kvfree(dir);
	return 0;
}

static int set_log_size(struct paxos_group *group, u64 log_size, struct netlink_ext_ack *extack)
{
	const struct paxos_config *config = &group->core.config;
	int err;

	err = check_log_size(log_size, config->window, config->window_bytes, extack);
	if (err)
		return err;
	if (log_size < group->pool.limit)
		return shrink(group, log_size, extack);
	return grow(group, log_size);
}

/* All of it or nothing: what can fail under way comes before what cannot. */
static int set(struct paxos_group *group, const struct paxos_group_change *change,
	       struct netlink_ext_ack *extack)
{
	/* Only the holder of the mutex changes it. */
	const struct paxos_config *c = &group->core.config;
	struct paxos_timing t = change->timing;
	struct paxos_event event = { .type = PAXOS_EVENT_TIMING };
	int err;

	if (group->dead) {
		paxos_extack_text(extack, "the group is being deleted");
		return -ENODEV;
	}
	fill_timing(&t, c->heartbeat, c->timeout_min, c->timeout_max);
	err = check_timing(&t, extack);
	if (!err && change->log_size)
		err = set_log_size(group, change->log_size, extack);
	if (err)
		return err;
	event.timing.heartbeat = t.heartbeat;
	event.timing.timeout_min = t.timeout_min;
	event.timing.timeout_max = t.timeout_max;
	return paxos_group_step(group, &event);
}

/**
 * paxos_group_set - change a group that lives
 * @group: the group
 * @change: what of it
 * @extack: told why not
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno.
 */
int paxos_group_set(struct paxos_group *group, const struct paxos_group_change *change,
		    struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&group->home->mutex);
	err = set(group, change, extack);
	mutex_unlock(&group->home->mutex);
	/* Also of one that was shrunk in vain: what it gave away is missing. */
	care_for_pool(group);
	return err;
}

/* No step from here on; the group's way out has begun. */
static void kill(struct paxos_group *group, struct list_head *ending)
{
	struct paxos_net *home = group->home;

	xa_erase(&home->groups, group->id);
	/* A dump that is under way must not look whole. */
	atomic_inc(&home->generation);
	rhashtable_remove_fast(&home->names, &group->by_name, names_params);
	spin_lock_bh(&group->lock);
	group->dead = true;
	/* It led, or answered who does: what it said holds no more. */
	if (group->core.grant.ballot || group->core.vowed)
		paxos_partner_raise(home);
	spin_unlock_bh(&group->lock);
	paxos_timer_end(group);
	paxos_peer_leave(group);
	/* A step that is under way still sends through it. */
	group->last = paxos_socket_put(group->socket);
	list_add(&group->ending, ending);
}

/* After a grace period in which the group was dead: no step is under way. */
static void bury(struct paxos_group *group)
{
	list_del(&group->ending);
	cancel_work_sync(&group->refill);
	paxos_peer_forget(group);
	paxos_owner_forget(group);
	if (group->last)
		paxos_socket_release(group->socket);
	group->socket = NULL;
	paxos_group_put(group);
}

/**
 * paxos_group_del - delete a group
 * @group: the group
 * @extack: told why not
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0, or -ENODEV if somebody else did already.
 */
int paxos_group_del(struct paxos_group *group, struct netlink_ext_ack *extack)
{
	struct paxos_net *home = group->home;
	LIST_HEAD(ending);
	int err = 0;

	mutex_lock(&home->mutex);
	if (group->dead) {
		paxos_extack_text(extack, "the group is being deleted");
		err = -ENODEV;
	} else {
		kill(group, &ending);
		synchronize_net();
		bury(group);
	}
	mutex_unlock(&home->mutex);
	return err;
}

/**
 * paxos_group_end - delete all groups of a namespace that ends
 * @home: the namespace's state
 *
 * One grace period serves them all.
 *
 * Context: process.
 */
void paxos_group_end(struct paxos_net *home)
{
	struct paxos_group *group, *next;
	unsigned long id;
	LIST_HEAD(ending);

	mutex_lock(&home->mutex);
	xa_for_each(&home->groups, id, group)
		kill(group, &ending);
	if (!list_empty(&ending))
		synchronize_net();
	list_for_each_entry_safe(group, next, &ending, ending)
		bury(group);
	mutex_unlock(&home->mutex);
}

/**
 * paxos_group_open - prepare a namespace's state for groups
 * @home: the namespace's state
 *
 * Return: 0 or a negative errno.
 */
int paxos_group_open(struct paxos_net *home)
{
	xa_init(&home->groups);
	return rhashtable_init(&home->names, &names_params);
}

/**
 * paxos_group_close - undo paxos_group_open()
 * @home: the namespace's state, without groups
 */
void paxos_group_close(struct paxos_net *home)
{
	rhashtable_destroy(&home->names);
	xa_destroy(&home->groups);
}

/**
 * paxos_group_init - what all groups share
 *
 * Return: 0 or a negative errno.
 */
int paxos_group_init(void)
{
	int err = create_caches();

	if (err)
		return err;
	workqueue = alloc_workqueue("paxos", WQ_UNBOUND, 0);
	if (workqueue)
		return 0;
	destroy_caches();
	return -ENOMEM;
}

/**
 * paxos_group_uninit - undo paxos_group_init()
 */
void paxos_group_uninit(void)
{
	destroy_workqueue(workqueue);
	destroy_caches();
}
