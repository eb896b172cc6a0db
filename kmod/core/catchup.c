// SPDX-License-Identifier: GPL-2.0
/*
 * Catching up: asks those who know for what is decided and not known here. A few
 * asks are under way at a time, each with a range of its own, so that the next
 * answer is on its way while one is taken in. P20, P34, P36.
 */

#include "ballot.h"
#include "catchup.h"
#include "parts.h"

/*
 * Fewer instances are not worth a datagram while there is something to wait for.
 * Of values that are not short one answer brings fewer than it could.
 */
#define ASK_LEAST	(PAXOS_LEARN_MAX / 4)

static bool is_known(const struct paxos_core *core, u64 instance)
{
	const struct paxos_slot *slot;

	if (instance <= core->window.prefix)
		return true;
	slot = paxos_window_find(&core->window, instance);
	return slot && slot->chosen;
}

/* Its value is known, and its bytes are being fetched. */
static bool is_coming(const struct paxos_core *core, u64 instance)
{
	const struct paxos_slot *slot = paxos_window_find(&core->window, instance);

	return slot && (slot->parts.flags & PAXOS_PARTS_CHOSEN);
}

/* The last of those from an instance on, itself not here, that are not here either. */
static u64 end_of_gap(const struct paxos_core *core, u64 from, u64 upto)
{
	u64 s = from;

	/* Above the highest that anything is known of there is nothing to look at. */
	while (s < upto && s < core->window.top && !is_known(core, s + 1) &&
	       !is_coming(core, s + 1))
		s++;
	return s < core->window.top ? s : upto;
}

/* Is a member ahead, and was it heard lately? */
static bool is_ahead(struct paxos_core *core, u8 node)
{
	const struct paxos_peer *peer;

	if (!node)
		return false;
	peer = paxos_core_peer(core, node);
	return peer->present && peer->heard && peer->prefix > core->window.prefix &&
	       core->now - peer->heard_at < PAXOS_SILENT_MS;
}

/* And does it have what this node needs next? */
static bool has_next(struct paxos_core *core, u8 node)
{
	return is_ahead(core, node) && paxos_core_peer(core, node)->trim <= core->window.prefix;
}

/*
 * The next such member, so that a silent one is not asked for ever. If there is
 * none, one that is ahead will say where its log begins.
 */
static u8 next_source(struct paxos_core *core)
{
	u8 node = core->learning.source, ahead = 0;
	int i;

	for (i = 0; i < PAXOS_NODE_MAX; i++) {
		node = (u8)(node % PAXOS_NODE_MAX + 1);
		if (has_next(core, node))
			return node;
		if (!ahead && is_ahead(core, node))
			ahead = node;
	}
	return ahead ? ahead : core->learning.source;
}

/* Much is best asked of one who does not lead: whoever leads has work of its own. */
static u8 idle_source(struct paxos_core *core, u8 source)
{
	const u64 ballot = core->leader.ballot ? core->leader.ballot : core->highest;
	const u8 leader = ballot ? (u8)paxos_ballot_node(ballot) : 0;
	u8 node;
	int i;

	if (source != leader)
		return source;
	for (i = 1, node = leader; i < PAXOS_NODE_MAX; i++) {
		node = (u8)(node % PAXOS_NODE_MAX + 1);
		if (has_next(core, node) &&
		    paxos_core_peer(core, node)->prefix - core->window.prefix > PAXOS_LEARN_MAX)
			return node;
	}
	return source;
}

static void settle(struct paxos_core *core)
{
	struct paxos_learning *l = &core->learning;
	u8 source;

	/* Once: it may be silent. */
	if (l->settled || l->target - core->window.prefix <= PAXOS_LEARN_MAX)
		return;
	l->settled = true;
	source = idle_source(core, l->source);
	if (source != l->source)
		l->answered = false;
	l->source = source;
}

static void begin(struct paxos_core *core, u8 source)
{
	struct paxos_learning *l = &core->learning;

	memset(l->ask, 0, sizeof(l->ask));
	l->next = core->window.prefix + 1;
	l->retry_ms = paxos_core_retry_ms(core);
	l->source = source;
	l->width = 1;
	l->settled = false;
	l->answered = false;
	l->starved = false;
	l->class = PAXOS_CHUNK_SMALL;
}

/**
 * paxos_catchup_aim - all up to an instance, or just that one, is decided
 * @core: the group
 * @source: who knows
 * @target: the instance
 */
void paxos_catchup_aim(struct paxos_core *core, u8 source, u64 target)
{
	struct paxos_learning *l = &core->learning;

	if (target <= core->window.prefix || target <= l->target)
		return;
	if (l->target <= core->window.prefix)
		begin(core, source);
	l->target = target;
}

/**
 * paxos_catchup_takes - may a long value be fetched now?
 * @core: the group
 * @instance: where it is chosen
 *
 * A few for each ask, the lowest first: there is no memory at hand for all.
 *
 * Return: false if it is to be asked for again, later.
 */
bool paxos_catchup_takes(const struct paxos_core *core, u64 instance)
{
	int i;

	for (i = 0; i < PAXOS_ASKS; i++) {
		const struct paxos_ask *ask = &core->learning.ask[i];

		if (ask->from && instance >= ask->from && instance <= ask->upto)
			return instance - ask->from < PAXOS_FETCH_MAX;
	}
	return true;
}

/* A datagram was lost: ask for less at once, but pay once for one burst. */
static void shrink(struct paxos_learning *l, const struct paxos_ask *ask)
{
	if (ask->order < l->paid)
		return;
	l->paid = l->order + 1;
	l->width = max_t(u8, l->width / 2, 1);
}

/* The first instance of an ask's range that neither is here nor comes; 0 for none. */
static u64 first_missing(const struct paxos_core *core, const struct paxos_ask *ask)
{
	u64 s;

	for (s = max(ask->from, core->window.prefix + 1); s <= ask->upto; s++)
		if (!is_known(core, s) && !is_coming(core, s))
			return s;
	return 0;
}

/* What the last value of an answer is like, the next will be. */
static u64 note_kind(struct paxos_core *core, struct paxos_ask *ask, const struct paxos_msg *msg)
{
	const struct paxos_entry *entry;
	const struct paxos_slot *slot;

	if (!msg->n_entries)
		return 0;
	entry = &msg->entry[msg->n_entries - 1];
	ask->named = !entry->carried;
	slot = paxos_window_find(&core->window, entry->instance);
	if (entry->carried && slot && slot->chosen)
		core->learning.class = slot->chosen->class;
	return entry->instance;
}

/* Those asked before it were to be answered before it. */
static void notice_overtaken(struct paxos_core *core, const struct paxos_ask *by)
{
	struct paxos_learning *l = &core->learning;
	int i;

	for (i = 0; i < PAXOS_ASKS; i++) {
		struct paxos_ask *ask = &l->ask[i];

		if (!ask->from || !ask->out || ask->source != by->source ||
		    ask->order >= by->order)
			continue;
		ask->out = false;
		ask->again = true;
		shrink(l, ask);
	}
}

/*
 * Who answers at a pace is not silent, and may take as long again: asking it more
 * often would only make it slower.
 */
static u32 patience(const struct paxos_core *core, const struct paxos_ask *ask)
{
	const u64 took = min_t(u64, 2 * (core->now - ask->asked_at), PAXOS_RETRY_MS);

	return max_t(u32, took, paxos_core_retry_ms(core));
}

/**
 * paxos_catchup_answered - VALUES came, and was looked at
 * @core: the group
 * @from: who sent it
 * @msg: the message
 * @fruitful: something in it was not known before
 *
 * What the last datagram of an answer finds missing was lost. It is asked for
 * again at once, but only if something came: else an answer that cannot be used
 * would be asked for as often as the network lets it.
 */
void paxos_catchup_answered(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
			    bool fruitful)
{
	struct paxos_learning *l = &core->learning;
	struct paxos_ask *ask = l->ask;
	u64 reach, missing;

	while (ask < l->ask + PAXOS_ASKS &&
	       !(ask->from && ask->out && ask->source == from &&
		 (u32)ask->asked == msg->values.asked))
		ask++;
	if (ask == l->ask + PAXOS_ASKS)
		return;
	if (fruitful) {
		ask->again = true;
		l->answered = true;
		l->retry_ms = patience(core, ask);
	}
	if (!msg->values.last)
		return;
	ask->out = false;
	ask->retry_at = core->now + l->retry_ms;
	reach = note_kind(core, ask, msg);
	missing = first_missing(core, ask);
	if (missing && missing < reach && !ask->named)
		shrink(l, ask);
	else if (fruitful && !ask->named)
		l->width = min_t(u8, l->width + 1, PAXOS_ASKS);
	notice_overtaken(core, ask);
}

/**
 * paxos_catchup_elsewhere - who was asked has trimmed what is needed next
 * @core: the group
 *
 * Return: true if another member has it, and will be asked.
 */
bool paxos_catchup_elsewhere(struct paxos_core *core)
{
	struct paxos_learning *l = &core->learning;

	l->source = next_source(core);
	if (!has_next(core, l->source))
		return false;
	begin(core, l->source);
	return true;
}

/**
 * paxos_catchup_is_gone - does nobody have what is needed next?
 * @core: the group
 *
 * Nobody who was heard lately has what is missing. A voter that was not heard,
 * because this node just came, or came back, may: it gets the time in which one
 * that is up is heard.
 *
 * Return: true if there is nothing to wait for.
 */
bool paxos_catchup_is_gone(struct paxos_core *core)
{
	const struct paxos_membership *m = &core->membership;
	struct paxos_learning *l = &core->learning;
	int i;

	if (l->gone_prefix != core->window.prefix || !l->gone_at) {
		l->gone_prefix = core->window.prefix;
		l->gone_at = max_t(u64, core->now, 1);
	}
	if (core->now - l->gone_at >= PAXOS_SILENT_MS)
		return true;
	for (i = 0; i < m->options.quorum.voters; i++) {
		u8 node = m->voter[i].node;
		const struct paxos_peer *peer = paxos_core_peer(core, node);

		if (node != core->config.node &&
		    (!peer->heard || core->now - peer->heard_at >= PAXOS_SILENT_MS ||
		     memcmp(peer->identity, core->identity, PAXOS_ID_BYTES)))
			return false;
	}
	return true;
}

static u32 n_free(const struct paxos_core *core)
{
	const struct paxos_pool *pool = core->window.pool;
	enum paxos_chunk_class class;
	u32 n = 0;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++)
		n += pool->n_free[class];
	return n;
}

/**
 * paxos_catchup_starve - a value found no memory at hand
 * @core: the group
 *
 * Once the owner has given some, what was asked for is asked for again.
 */
void paxos_catchup_starve(struct paxos_core *core)
{
	struct paxos_learning *l = &core->learning;

	l->had = l->starved ? min(l->had, n_free(core)) : n_free(core);
	l->starved = true;
}

/* LEARN for what is missing from an instance on, and no further than that. */
static void learn(struct paxos_core *core, struct paxos_ask *ask, u64 from,
		  struct paxos_outbox *ob)
{
	struct paxos_learning *l = &core->learning;
	u64 upto = ask->upto;
	struct paxos_out *out;

	/* Long values are named again when those before them have come. */
	if (ask->named)
		upto = min(upto, max(ask->from + PAXOS_FETCH_MAX - 1, from));
	if (ask->asked != from)
		ask->asked_at = core->now;
	ask->asked = from;
	ask->last = end_of_gap(core, from, upto);
	ask->order = ++l->order;
	ask->retry_at = core->now + l->retry_ms;
	ask->out = true;
	ask->again = false;
	if (!paxos_core_peer(core, ask->source)->present)
		return;
	out = paxos_outbox_message(ob, PAXOS_WIRE_LEARN, paxos_node_bit(ask->source));
	if (!out)
		return;
	out->msg.learn.from = from;
	out->msg.learn.upto = ask->last;
}

/* No answer, or none of use. */
static void ask_again(struct paxos_core *core, struct paxos_ask *ask, struct paxos_outbox *ob)
{
	u64 s;

	ask->source = core->learning.source;
	learn(core, ask, ask->from, ob);
	for (s = ask->from; s <= ask->upto && s - ask->from < PAXOS_FETCH_MAX; s++)
		if (is_coming(core, s))
			paxos_parts_fetch(core, paxos_window_find(&core->window, s),
					  paxos_node_bit(ask->source), ob);
}

/* Goes on with an ask: moves it over what came, and asks for what is missing. */
static void pursue(struct paxos_core *core, struct paxos_ask *ask, struct paxos_outbox *ob)
{
	const u64 from = ask->from;
	u64 missing;

	ask->from = max(from, core->window.prefix + 1);
	while (ask->from <= ask->upto && is_known(core, ask->from))
		ask->from++;
	if (ask->from > ask->upto) {
		memset(ask, 0, sizeof(*ask));
		return;
	}
	if (ask->from != from)
		ask->again = true;
	if (core->now >= ask->retry_at)
		return ask_again(core, ask, ob);
	if ((ask->out && ask->from <= ask->last) || !ask->again)
		return;
	missing = first_missing(core, ask);
	if (!missing || (ask->named && missing - ask->from >= PAXOS_FETCH_MAX))
		return;
	/* Who does not know it yet is asked after a while. */
	if (missing <= paxos_core_peer(core, ask->source)->prefix)
		learn(core, ask, missing, ob);
}

/* A range is asked for only if there is memory for what may come. */
static u64 room(const struct paxos_core *core, u64 under_way)
{
	const u64 free = core->window.pool->n_free[core->learning.class];

	return free > under_way ? free - under_way : 0;
}

/* There is little memory. Is more to come? It is not waited for without end. */
static bool waits_for_memory(struct paxos_core *core, bool busy)
{
	struct paxos_learning *l = &core->learning;

	if (!l->starved)
		l->starved_at = core->now;
	paxos_catchup_starve(core);
	return busy || (paxos_pool_is_low(core->window.pool) &&
			core->now - l->starved_at < PAXOS_RETRY_MS);
}

/* One ask more, if one may be. */
static bool ask_more(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_learning *l = &core->learning;
	u64 limit = min(l->target, paxos_window_upto(&core->window));
	struct paxos_ask *ask = NULL;
	u64 known, s, n, least, under_way = 0;
	int i, busy = 0;

	for (i = 0; i < PAXOS_ASKS; i++) {
		if (!l->ask[i].from) {
			ask = &l->ask[i];
			continue;
		}
		under_way += l->ask[i].upto - l->ask[i].from + 1;
		busy++;
	}
	if (!ask || busy >= l->width)
		return false;
	n = min_t(u64, room(core, under_way), PAXOS_LEARN_MAX);
	least = l->class == PAXOS_CHUNK_SMALL ? PAXOS_LEARN_MAX : ASK_LEAST;
	s = busy ? max(l->next, core->window.prefix + 1) : core->window.prefix + 1;
	while (s <= limit && is_known(core, s))
		s++;
	l->next = s;
	if (s > limit)
		return false;
	if (n < least && n <= limit - s && waits_for_memory(core, busy))
		return false;
	settle(core);
	known = paxos_core_peer(core, l->source)->prefix;
	if (busy && known < s)
		return false;
	if (known >= s)
		limit = min(limit, known);
	if (limit - s >= n)
		limit = s + max_t(u64, n, 1) - 1;
	if (s >= core->window.top)
		l->next = limit;
	while (l->next < limit && !is_known(core, l->next + 1))
		l->next++;
	*ask = (struct paxos_ask){ .from = s, .upto = l->next++, .source = l->source };
	learn(core, ask, s, ob);
	return true;
}

/* Somebody did not answer in time: another is asked, and not so often. */
static void notice_silence(struct paxos_core *core)
{
	struct paxos_learning *l = &core->learning;
	int i;

	for (i = 0; i < PAXOS_ASKS; i++)
		if (l->ask[i].from && l->ask[i].upto > core->window.prefix &&
		    core->now >= l->ask[i].retry_at)
			break;
	if (i == PAXOS_ASKS)
		return;
	l->width = 1;
	l->retry_ms = min_t(u32, 2 * l->retry_ms, PAXOS_RETRY_MAX_MS);
	/* One that answered was not silent: something was lost. */
	if (!l->answered)
		l->source = next_source(core);
	l->answered = false;
}

/*
 * There is memory again for what was refused without. What was there all along is
 * of no use, for it is of another class, or too little: what was refused would be
 * asked for as often as the network lets it.
 */
static void notice_refill(struct paxos_core *core)
{
	struct paxos_learning *l = &core->learning;
	int i;

	if (!l->starved)
		return;
	l->had = min(l->had, n_free(core));
	if (paxos_pool_is_low(core->window.pool) || room(core, 0) < ASK_LEAST ||
	    n_free(core) < l->had + ASK_LEAST)
		return;
	l->starved = false;
	for (i = 0; i < PAXOS_ASKS; i++)
		l->ask[i].again = true;
}

/**
 * paxos_catchup_tick - ask for what is decided and not known here
 * @core: the group
 * @ob: the outbox
 *
 * At once when all that was asked for came, else after a time that doubles,
 * and then another member.
 *
 * Context: any, under the group's lock, at the end of each step.
 */
void paxos_catchup_tick(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_learning *l = &core->learning;
	int i;

	if (l->target <= core->window.prefix)
		return;
	notice_silence(core);
	notice_refill(core);
	for (i = 0; i < PAXOS_ASKS; i++)
		if (l->ask[i].from)
			pursue(core, &l->ask[i], ob);
	for (i = 0; i < PAXOS_ASKS && ask_more(core, ob); i++)
		;
}

/**
 * paxos_catchup_deadline - when paxos_catchup_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_catchup_deadline(const struct paxos_core *core)
{
	const struct paxos_learning *l = &core->learning;
	u64 deadline = U64_MAX;
	int i;

	if (l->target <= core->window.prefix)
		return U64_MAX;
	for (i = 0; i < PAXOS_ASKS; i++)
		if (l->ask[i].from)
			deadline = min(deadline, l->ask[i].retry_at);
	/* Nothing is under way: there is too little memory. */
	if (deadline == U64_MAX)
		deadline = l->starved_at + PAXOS_RETRY_MS;
	return deadline;
}
