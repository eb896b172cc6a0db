// SPDX-License-Identifier: GPL-2.0
/*
 * Submissions from userspace: their memory, and what they are made of. The core
 * has them until an outbox does; who submitted is told there.
 */

#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "group.h"
#include "net.h"
#include "owner.h"
#include "submit.h"

static struct kmem_cache *cache;

/**
 * paxos_submit_free - let go of submissions and of their values
 * @first: the first, linked by next, or NULL
 *
 * Context: any, not under the group's lock; the group lives.
 */
void paxos_submit_free(struct paxos_submission *first)
{
	while (first) {
		struct paxos_submission *next = first->next;

		paxos_value_put(first->value);
		kmem_cache_free(cache, first);
		first = next;
	}
}

/* Those that the core did not take are still linked as they were made. */
static void free_made(struct paxos_submission *first)
{
	while (first) {
		struct paxos_submission *next = first->younger;

		paxos_value_put(first->value);
		kmem_cache_free(cache, first);
		first = next;
	}
}

/* One for each value, without it. */
static struct paxos_submission *alloc(u64 owner, u32 count)
{
	struct paxos_submission *first = NULL;

	while (count--) {
		struct paxos_submission *s = kmem_cache_alloc(cache, GFP_KERNEL_ACCOUNT);

		if (!s) {
			free_made(first);
			return NULL;
		}
		s->owner = owner;
		s->value = NULL;
		s->younger = first;
		first = s;
		/* Large requests are many allocations. */
		if (!(count & 255))
			cond_resched();
	}
	return first;
}

/* The next attribute that has a value's bytes; NULL without end. */
static const struct nlattr *next_bytes(const struct paxos_submit *submit,
				       const struct nlattr *attr, int *left)
{
	if (submit->kind != PAXOS_KIND_VALUE)
		return NULL;
	while (nla_ok(attr, *left) && nla_type(attr) != submit->type)
		attr = nla_next(attr, left);
	return attr;
}

/* At most so many values are made in one hold of the lock. */
#define BATCH	32

/*
 * Memory for the next values from @s on, and the bytes into them. What they are
 * called is said before anybody else can see them.
 */
static int fill(struct paxos_group *group, const struct paxos_submit *submit,
		const u8 *identity, struct paxos_submission **s, u64 *sequence,
		const struct nlattr **attr, int *left, struct netlink_ext_ack *extack)
{
	const struct nlattr *bytes[BATCH] __uninitialized;
	struct paxos_value *value[BATCH] __uninitialized;
	u32 length[BATCH] __uninitialized;
	u32 n = 0, i;
	struct paxos_submission *one;
	int err;

	for (one = *s; one && n < BATCH; one = one->younger) {
		*attr = next_bytes(submit, *attr, left);
		bytes[n] = *attr;
		length[n++] = *attr ? nla_len(*attr) : 0;
		if (*attr)
			*attr = nla_next(*attr, left);
	}
	err = paxos_group_values(group, submit->kind, length, n, value, extack);
	if (err)
		return err;
	for (i = 0; i < n; i++, *s = (*s)->younger) {
		if (length[i])
			paxos_value_write(value[i], 0, nla_data(bytes[i]), length[i]);
		value[i]->id.client = submit->client;
		value[i]->id.sequence = (*sequence)++;
		value[i]->id.digest = paxos_value_digest(value[i], identity);
		(*s)->value = value[i];
	}
	return 0;
}

static int fill_all(struct paxos_group *group, const struct paxos_submit *submit,
		    struct paxos_submission *s, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = submit->attrs;
	u64 sequence = submit->sequence;
	u8 identity[PAXOS_ID_BYTES];
	int left = submit->length;
	int err = 0;

	if (!paxos_group_identity(group, identity)) {
		paxos_extack_text(extack, "the group has no identity yet");
		return -EPERM;
	}
	while (s && !err)
		err = fill(group, submit, identity, &s, &sequence, &attr, &left, extack);
	return err;
}

/**
 * paxos_submit - take values of userspace on their way into the log
 * @group: the group
 * @submit: what they are; the length of each was checked
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
	int err = paxos_owner_submits(group, submit->owner, extack);

	if (err)
		return err;
	event.type = PAXOS_EVENT_SUBMIT;
	event.submit.count = submit->count;
	event.submit.first = alloc(submit->owner, submit->count);
	if (!event.submit.first)
		return -ENOMEM;
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
