// SPDX-License-Identifier: GPL-2.0
/* The window: slots in pages, pages in a ring; it refuses, and never evicts. */

#include "window.h"
#include "chain.h"

static_assert(sizeof(struct paxos_slot) == 128, "32 slots fill a page");

/**
 * paxos_window_dir_size - how long the ring must be
 * @log_size: limit of the pool, bytes
 * @window: instances that may be open
 *
 * Every page below the prefix is in use, so a pool of @log_size bytes never
 * spans more.
 *
 * Return: a power of two.
 */
u32 paxos_window_dir_size(u64 log_size, u32 window)
{
	u64 pages = log_size / PAXOS_CHUNK_PAGE_SIZE + window / PAXOS_SLOTS_PER_PAGE + 2;
	u32 size = 1;

	while (size < pages)
		size *= 2;
	return size;
}

/**
 * paxos_window_init - an empty window
 * @w: the window
 * @pool: where its pages come from
 * @dir: zeroed memory for the ring
 * @dir_size: its length, from paxos_window_dir_size()
 *
 * The caller sets size and bytes afterwards.
 */
void paxos_window_init(struct paxos_window *w, struct paxos_pool *pool,
		       struct paxos_slot **dir, u32 dir_size)
{
	memset(w, 0, sizeof(*w));
	w->pool = pool;
	w->dir = dir;
	w->dir_size = dir_size;
}

/* The first instance of a page: a page is taken for it. */
static struct paxos_slot *slot_of_new_page(struct paxos_window *w, u64 instance,
					   enum paxos_reason *reason)
{
	const u64 page = paxos_window_page(instance);
	struct paxos_slot *slot = paxos_pool_take(w->pool, PAXOS_CHUNK_PAGE);

	if (!slot) {
		*reason = paxos_pool_is_full(w->pool, PAXOS_CHUNK_PAGE) ?
			PAXOS_REASON_FULL : PAXOS_REASON_POOL_EMPTY;
		return NULL;
	}
	memset(slot, 0, PAXOS_CHUNK_PAGE_SIZE);
	*paxos_window_entry(w, page) = slot;
	w->head = max(w->head, page + 1);
	slot += (instance - 1) % PAXOS_SLOTS_PER_PAGE;
	slot->instance = instance;
	w->top = max(w->top, instance);
	return slot;
}

/**
 * paxos_window_slot - the slot of an instance, made if there is none
 * @w: the window
 * @instance: the instance
 * @reason: set to why there can be none: TRIMMED, WINDOW, FULL or POOL_EMPTY
 *
 * Context: any, under the group's lock.
 * Return: the slot, or NULL.
 */
struct paxos_slot *paxos_window_slot(struct paxos_window *w, u64 instance,
				     enum paxos_reason *reason)
{
	struct paxos_slot *slot;

	if (instance <= w->trim) {
		*reason = PAXOS_REASON_TRIMMED;
		return NULL;
	}
	if (instance > paxos_window_upto(w)) {
		*reason = PAXOS_REASON_WINDOW;
		return NULL;
	}
	/* What was trimmed is freed bit by bit and may still lie in the way. */
	if (paxos_window_page(instance) - w->tail >= w->dir_size) {
		*reason = PAXOS_REASON_POOL_EMPTY;
		return NULL;
	}
	slot = *paxos_window_entry(w, paxos_window_page(instance));
	if (!slot)
		return slot_of_new_page(w, instance, reason);
	slot += (instance - 1) % PAXOS_SLOTS_PER_PAGE;
	if (PAXOS_VIOLATED(slot->instance && slot->instance != instance)) {
		*reason = PAXOS_REASON_POOL_EMPTY;
		return NULL;
	}
	slot->instance = instance;
	w->top = max(w->top, instance);
	return slot;
}

/* Bytes that a slot holds; a value that is there twice counts once. */
static u64 slot_bytes(const struct paxos_slot *slot)
{
	u64 bytes = 0;

	if (slot->vval)
		bytes += slot->vval->length;
	if (slot->chosen && slot->chosen != slot->vval)
		bytes += slot->chosen->length;
	if (slot->parts.value && slot->parts.value != slot->vval &&
	    slot->parts.value != slot->chosen)
		bytes += slot->parts.value->length;
	return bytes;
}

/* Does the slot hold nothing but this value, if anything? */
static bool has_no_other(const struct paxos_slot *slot, const struct paxos_value *value)
{
	return !slot->parts.value && (!slot->vval || slot->vval == value) &&
	       (!slot->chosen || slot->chosen == value);
}

/* Runs a change of a slot's values with the count of open bytes kept right. */
static void swap_values(struct paxos_window *w, struct paxos_slot *slot,
			struct paxos_value **field, struct paxos_value *value)
{
	bool open = slot->instance > w->prefix;
	struct paxos_value *old = *field;

	if (old == value)
		return;
	if (open)
		w->open_bytes -= slot_bytes(slot);
	*field = paxos_value_get(value);
	if (open)
		w->open_bytes += slot_bytes(slot);
	paxos_value_put(old);
}

/**
 * paxos_window_has_room - may an open instance take a value of this length?
 * @w: the window
 * @slot: the instance
 * @length: bytes
 *
 * One value always fits, however small the window; and so does one for the
 * lowest open instance, or what is open above it would wait for ever.
 *
 * Return: false when the window holds too many bytes.
 */
bool paxos_window_has_room(const struct paxos_window *w, const struct paxos_slot *slot,
			   u32 length)
{
	u64 others = w->open_bytes;

	if (slot->instance <= w->prefix + 1 || others + length <= w->bytes)
		return true;
	others -= slot_bytes(slot);
	return !others || others + length <= w->bytes;
}

/**
 * paxos_window_set_vote - record a vote
 * @w: the window
 * @slot: the instance
 * @ballot: the ballot, at least that of the vote before
 * @value: the value; a reference is taken
 *
 * P2, P4: ballot and value change together, and the ballot never falls.
 */
void paxos_window_set_vote(struct paxos_window *w, struct paxos_slot *slot, u64 ballot,
			   struct paxos_value *value)
{
	if (PAXOS_VIOLATED(ballot <= slot->vbal))
		return;
	slot->vbal = ballot;
	/* What nearly always happens: the slot held nothing. */
	if (value && paxos_window_is_bare(slot)) {
		if (slot->instance > w->prefix)
			w->open_bytes += value->length;
		slot->vval = paxos_value_get(value);
		return;
	}
	swap_values(w, slot, &slot->vval, value);
}

/**
 * paxos_window_set_parts - begin, replace or end a reassembly
 * @w: the window
 * @slot: the instance
 * @parts: what it is from now on; NULL ends it
 */
void paxos_window_set_parts(struct paxos_window *w, struct paxos_slot *slot,
			    const struct paxos_parts *parts)
{
	if (!parts && !slot->parts.value)
		return;
	swap_values(w, slot, &slot->parts.value, parts ? parts->value : NULL);
	if (parts) {
		struct paxos_value *value = slot->parts.value;

		slot->parts = *parts;
		slot->parts.value = value;
	} else {
		memset(&slot->parts, 0, sizeof(slot->parts));
	}
}

/**
 * paxos_window_set_chosen - record what is chosen
 * @w: the window
 * @slot: the instance, of which this was not known
 * @value: the value; a reference is taken
 *
 * P17, P18a: written once, apart from the vote.
 */
void paxos_window_set_chosen(struct paxos_window *w, struct paxos_slot *slot,
			     struct paxos_value *value)
{
	if (PAXOS_VIOLATED(slot->chosen))
		return;
	/* It is what was voted for, or all there is: so with all that a late learner hears of. */
	if (has_no_other(slot, value)) {
		if (!slot->vval && slot->instance > w->prefix)
			w->open_bytes += value->length;
		slot->chosen = paxos_value_get(value);
		return;
	}
	swap_values(w, slot, &slot->chosen, value);
}

/**
 * paxos_window_advance - move the decided prefix over what is chosen
 * @w: the window
 * @identity: the group's
 *
 * P20: in order, without a gap. P21: the hash runs along.
 *
 * Context: any, under the group's lock; O(instances that it moves over).
 * Return: how many instances it moved over.
 */
u64 paxos_window_advance(struct paxos_window *w, const u8 identity[PAXOS_ID_BYTES])
{
	struct paxos_slot *slot;
	u64 key[2], n = 0;

	paxos_value_key(key, identity);
	while ((slot = paxos_window_find(w, w->prefix + 1)) && slot->chosen) {
		w->hash = paxos_chain_next(w->hash, key, slot->instance, &slot->chosen->id);
		slot->hash = w->hash;
		w->open_bytes -= has_no_other(slot, slot->chosen) ? slot->chosen->length :
								    slot_bytes(slot);
		w->prefix++;
		n++;
	}
	return n;
}

static void slot_release(struct paxos_slot *slot)
{
	paxos_value_put(slot->vval);
	paxos_value_put(slot->chosen);
	paxos_value_put(slot->parts.value);
	memset(slot, 0, sizeof(*slot));
}

/*
 * Slots that share a page with live ones are freed at once: the page may stay
 * for as long as a full log is waiting for the memory of their values.
 */
static void release_beside(struct paxos_window *w)
{
	u64 page = paxos_window_page(w->trim + 1), instance = page * PAXOS_SLOTS_PER_PAGE + 1;
	struct paxos_slot *slot = *paxos_window_entry(w, page);

	for (; slot && instance <= w->trim; instance++, slot++)
		if (slot->instance == instance)
			slot_release(slot);
}

/**
 * paxos_window_trim - forget instances
 * @w: the window
 * @to: the last one to forget, at most the prefix
 *
 * At once they are unknown; paxos_window_reap() frees their pages. P22.
 */
void paxos_window_trim(struct paxos_window *w, u64 to)
{
	struct paxos_slot *slot = paxos_window_find(w, to);

	if (PAXOS_VIOLATED(to > w->prefix || (to > w->trim && !slot)))
		return;
	if (to <= w->trim)
		return;
	w->trim_hash = slot->hash;
	w->trim = to;
	release_beside(w);
}

/**
 * paxos_window_jump - start again at another member's trim point
 * @w: the window
 * @to: the trim point, above the prefix
 * @hash: running hash there
 *
 * P20. Votes above @to stay.
 *
 * Context: any, under the group's lock; O(window).
 */
void paxos_window_jump(struct paxos_window *w, u64 to, u64 hash)
{
	u64 instance;

	if (PAXOS_VIOLATED(to <= w->prefix))
		return;
	w->trim = to;
	w->trim_hash = hash;
	w->prefix = to;
	w->hash = hash;
	w->open_bytes = 0;
	for (instance = to + 1; instance <= w->top; instance++) {
		struct paxos_slot *slot = paxos_window_find(w, instance);

		if (slot)
			w->open_bytes += slot_bytes(slot);
	}
	w->top = max(w->top, to);
	release_beside(w);
}

static void page_release(struct paxos_window *w, u64 page)
{
	struct paxos_slot **entry = paxos_window_entry(w, page);
	unsigned int i;

	if (!*entry)
		return;
	for (i = 0; i < PAXOS_SLOTS_PER_PAGE; i++)
		slot_release(&(*entry)[i]);
	paxos_pool_put(w->pool, PAXOS_CHUNK_PAGE, *entry);
	*entry = NULL;
}

/**
 * paxos_window_reap - free what was trimmed
 * @w: the window
 * @budget: how many pages to look at, so that no step takes long
 *
 * Context: any, under the group's lock; O(@budget).
 * Return: true when more is left to do.
 */
bool paxos_window_reap(struct paxos_window *w, unsigned int budget)
{
	u64 live = w->trim / PAXOS_SLOTS_PER_PAGE;

	while (w->tail < live && budget--) {
		/* Between the last page and where a jump went there is none. */
		if (w->tail >= w->head) {
			w->tail = live;
			break;
		}
		page_release(w, w->tail);
		w->tail++;
	}
	return w->tail < live;
}

/**
 * paxos_window_forget - begin to let go of everything
 * @w: the window; not to be used afterwards but to reap and to clear it
 *
 * paxos_window_reap() frees its pages, as many at a time as the caller likes.
 */
void paxos_window_forget(struct paxos_window *w)
{
	w->trim = max(w->trim, w->head * PAXOS_SLOTS_PER_PAGE);
	w->prefix = w->trim;
	w->top = w->trim;
}

/**
 * paxos_window_clear - let go of everything
 * @w: the window; not to be used afterwards but for its directory
 *
 * Context: process, or under the group's lock; O(pages in use).
 */
void paxos_window_clear(struct paxos_window *w)
{
	for (; w->tail < w->head; w->tail++)
		page_release(w, w->tail);
	paxos_pool_drain(w->pool);
	w->top = w->trim;
}

/**
 * paxos_window_move - let the ring grow
 * @w: the window
 * @dir: zeroed memory for a longer ring
 * @dir_size: its length, not below the present one
 *
 * Context: process, under the group's lock; O(pages in use).
 * Return: the old ring, to be freed by the caller.
 */
struct paxos_slot **paxos_window_move(struct paxos_window *w, struct paxos_slot **dir,
				      u32 dir_size)
{
	struct paxos_slot **old = w->dir;
	const u32 old_size = w->dir_size;
	u64 page;

	/* Pages that are in use lie within one turn of the ring. */
	for (page = w->tail; page < w->head; page++)
		dir[page & (dir_size - 1)] = old[page & (old_size - 1)];
	w->dir = dir;
	w->dir_size = dir_size;
	return old;
}

/**
 * paxos_window_value - a complete value that a slot holds
 * @slot: the instance
 * @id: which value
 *
 * Return: the value, no reference taken, or NULL.
 */
struct paxos_value *paxos_window_value(const struct paxos_slot *slot,
				       const struct paxos_vid *id)
{
	if (slot->chosen && paxos_vid_equal(&slot->chosen->id, id))
		return slot->chosen;
	if (slot->vval && paxos_vid_equal(&slot->vval->id, id))
		return slot->vval;
	if (slot->parts.value && !slot->parts.missing &&
	    paxos_vid_equal(&slot->parts.value->id, id))
		return slot->parts.value;
	return NULL;
}
