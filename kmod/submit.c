// SPDX-License-Identifier: GPL-2.0
/*
 * Submissions from userspace: their memory, and what they are made of. The core
 * has them until an outbox does; who submitted is told there.
 */

#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/netlink.h>

#include <linux/paxos_channel.h>

#include "group.h"
#include "submit.h"

static struct kmem_cache *cache;

/* So many are made, or freed, at once. */
#define BATCH	16

/**
 * paxos_submit_free_memory - let go of the memory of submissions, and of nothing else
 * @memory: each one's
 * @n: how many, at least 1
 *
 * Context: any.
 */
void paxos_submit_free_memory(void **memory, u32 n)
{
	if (n > 1)
		kmem_cache_free_bulk(cache, n, memory);
	else
		kmem_cache_free(cache, *memory);
}

/**
 * paxos_submit_free - let go of submissions and of their values
 * @first: the first, linked by next, or NULL
 *
 * Context: any, not under the group's lock; the group lives.
 */
void paxos_submit_free(struct paxos_submission *first)
{
	void *memory[BATCH] __uninitialized;
	u32 n = 0;

	while (first) {
		memory[n++] = first;
		paxos_value_put(first->value);
		first = first->next;
		if (n == BATCH || !first) {
			paxos_submit_free_memory(memory, n);
			n = 0;
		}
	}
}

/* Those that the core did not take are still linked as they were made. */
static void free_made(struct paxos_submission *first)
{
	struct paxos_submission *s;

	for (s = first; s; s = s->younger)
		s->next = s->younger;
	paxos_submit_free(first);
}

static bool alloc_memory(void **memory, u32 n)
{
	if (n > 1)
		return kmem_cache_alloc_bulk(cache, GFP_KERNEL_ACCOUNT, n, memory);
	*memory = kmem_cache_alloc(cache, GFP_KERNEL_ACCOUNT);
	return *memory;
}

/* One for each value, without it. */
static struct paxos_submission *alloc(u64 owner, u32 count)
{
	struct paxos_submission *first = NULL;
	void *memory[BATCH] __uninitialized;

	while (count) {
		u32 n = min_t(u32, count, BATCH);

		if (!alloc_memory(memory, n)) {
			free_made(first);
			return NULL;
		}
		count -= n;
		while (n--) {
			struct paxos_submission *s = memory[n];

			s->owner = owner;
			s->value = NULL;
			s->younger = first;
			first = s;
		}
		/* Large requests are many allocations. */
		cond_resched();
	}
	return first;
}

/**
 * struct source - the bytes of the next values
 * @attr: netlink: where the next may be
 * @left: netlink: bytes from there on
 * @from: a channel: where the next are
 */
struct source {
	const struct nlattr *attr;
	int left;
	const struct paxos_channel_value __user *from;
};

/* Where the bytes of a few values are. */
union place {
	const struct nlattr *attr[BATCH];
	struct paxos_channel_value user[BATCH];
};

static void find_in_request(const struct paxos_submit *submit, struct source *source,
			    union place *place, u32 *length, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		/* There are as many: they were counted. */
		while (nla_type(source->attr) != submit->type)
			source->attr = nla_next(source->attr, &source->left);
		place->attr[i] = source->attr;
		length[i] = nla_len(source->attr);
		source->attr = nla_next(source->attr, &source->left);
	}
}

static int find_in_memory(struct source *source, union place *place, u32 *length, u32 n,
			  struct netlink_ext_ack *extack)
{
	u32 i;

	if (copy_from_user(place->user, source->from, n * sizeof(*source->from))) {
		paxos_extack_text(extack, "where the values are said to be is no memory");
		return -EFAULT;
	}
	source->from += n;
	for (i = 0; i < n; i++) {
		length[i] = place->user[i].length;
		if (length[i] > PAXOS_VALUE_MAX) {
			paxos_extack_text(extack, "the value is longer than 32768 bytes");
			return -EMSGSIZE;
		}
		if (place->user[i].reserved) {
			paxos_extack_text(extack, "reserved is 0");
			return -EINVAL;
		}
	}
	return 0;
}

/* Where the next @n are, and their lengths. */
static int find(const struct paxos_submit *submit, struct source *source, union place *place,
		u32 *length, u32 n, struct netlink_ext_ack *extack)
{
	if (submit->kind != PAXOS_KIND_VALUE) {
		memset(length, 0, n * sizeof(*length));
		return 0;
	}
	if (!submit->attrs)
		return find_in_memory(source, place, length, n, extack);
	find_in_request(submit, source, place, length, n);
	return 0;
}

/* A unit lies in one piece. */
static int read_memory(struct paxos_value *value, const struct paxos_channel_value *from,
		       struct netlink_ext_ack *extack)
{
	const u8 __user *bytes = u64_to_user_ptr(from->addr);
	u32 unit;

	for (unit = 0; unit * PAXOS_WIRE_UNIT < value->length; unit++)
		if (copy_from_user(paxos_value_unit(value, unit), bytes + unit * PAXOS_WIRE_UNIT,
				   paxos_value_unit_length(value->length, unit))) {
			paxos_extack_text(extack, "a value is in no memory");
			return -EFAULT;
		}
	return 0;
}

static int read(const struct paxos_submit *submit, const union place *place, u32 i,
		struct paxos_value *value, struct netlink_ext_ack *extack)
{
	if (!value->length)
		return 0;
	if (!submit->attrs)
		return read_memory(value, &place->user[i], extack);
	paxos_value_write(value, 0, nla_data(place->attr[i]), value->length);
	return 0;
}

/*
 * Memory for the next values from @s on, and the bytes into them. What they are
 * called is said before anybody else can see them.
 */
static int fill(struct paxos_group *group, const struct paxos_submit *submit,
		const u8 *identity, struct paxos_submission **s, u64 *sequence,
		struct source *source, struct netlink_ext_ack *extack)
{
	struct paxos_value *value[BATCH] __uninitialized;
	union place place __uninitialized;
	u32 length[BATCH] __uninitialized;
	struct paxos_submission *one;
	u32 n = 0, i;
	int err;

	for (one = *s; one && n < BATCH; one = one->younger)
		n++;
	err = find(submit, source, &place, length, n, extack) ? :
	      paxos_group_values(group, submit->kind, length, n, value, extack);
	if (err)
		return err;
	/* Each is somebody's before anything can fail. */
	for (i = 0, one = *s; i < n; i++, one = one->younger)
		one->value = value[i];
	*s = one;
	for (i = 0; i < n; i++) {
		err = read(submit, &place, i, value[i], extack);
		if (err)
			return err;
		value[i]->id.client = submit->client;
		value[i]->id.sequence = (*sequence)++;
		value[i]->id.digest = paxos_value_digest(value[i], identity);
	}
	return 0;
}

static int fill_all(struct paxos_group *group, const struct paxos_submit *submit,
		    struct paxos_submission *s, struct netlink_ext_ack *extack)
{
	struct source source = {
		.attr = submit->attrs,
		.left = submit->length,
		.from = submit->values,
	};
	u64 sequence = submit->sequence;
	u8 identity[PAXOS_ID_BYTES];
	int err = 0;

	if (!paxos_group_identity(group, identity)) {
		paxos_extack_text(extack, "the group has no identity yet");
		return -EPERM;
	}
	while (s && !err)
		err = fill(group, submit, identity, &s, &sequence, &source, extack);
	return err;
}

/**
 * paxos_submit - take values of userspace on their way into the log
 * @group: the group
 * @submit: what they are
 * @extack: told why not
 *
 * All of them are taken, or none. Their owner is told of each, or closed.
 *
 * Context: process; the caller has a reference to @group.
 * Return: 0 or a negative errno.
 */
int paxos_submit(struct paxos_group *group, const struct paxos_submit *submit,
		 struct netlink_ext_ack *extack)
{
	struct paxos_event event __uninitialized;
	int err;

	event.type = PAXOS_EVENT_SUBMIT;
	event.submit.count = submit->count;
	event.submit.first = alloc(submit->owner, submit->count);
	if (!event.submit.first) {
		paxos_extack_text(extack, "no memory for what is on its way");
		return -ENOMEM;
	}
	err = fill_all(group, submit, event.submit.first, extack);
	if (!err) {
		err = paxos_group_step(group, &event);
		/* They may be done already, and free. */
		if (!err)
			return 0;
		if (event.why)
			paxos_extack_text(extack, event.why);
	}
	free_made(event.submit.first);
	return err;
}

/**
 * paxos_submit_init - prepare memory for submissions
 *
 * Return: 0 or -ENOMEM.
 */
int paxos_submit_init(void)
{
	cache = KMEM_CACHE(paxos_submission, SLAB_ACCOUNT);
	return cache ? 0 : -ENOMEM;
}

/**
 * paxos_submit_uninit - undo paxos_submit_init(); all are freed
 */
void paxos_submit_uninit(void)
{
	kmem_cache_destroy(cache);
}
