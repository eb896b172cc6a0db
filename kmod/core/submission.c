// SPDX-License-Identifier: GPL-2.0
/*
 * Submissions: kept here until this node's learner has them, whoever leads and
 * whatever is lost on the way. They go to the leader in the order in which they
 * came, numbered anew for each, and it takes them in that order alone; so none is
 * taken twice by one leader, and few overtake another. What an earlier leader had
 * taken may get into the log twice: client and sequence tell that it is the same,
 * and whoever applies the log passes over the second. P28
 */
#include "ballot.h"
#include "inbox.h"
#include "leader.h"
#include "parts.h"
#include "submission.h"

/* One step sends so many to another leader; the next one goes on. */
#define STEP_SUBMISSIONS	48

/* Two lives of a node do not begin within a window of each other: 2^40 begins. */
#define NUMBERS			BIT_ULL(40)

static void refuse(struct paxos_event *ev, int error, const char *why)
{
	ev->error = error;
	ev->why = why;
}

static struct paxos_submission **find(struct paxos_core *core, const struct paxos_vid *id)
{
	struct paxos_submission **link;

	link = &core->submissions.bucket[(id->client + id->sequence) % PAXOS_SUBMISSION_BUCKETS];
	for (; *link; link = &(*link)->next)
		if (paxos_vid_equal(&(*link)->value->id, id))
			break;
	return link;
}

static void append(struct paxos_core *core, struct paxos_submission *s)
{
	struct paxos_submissions *all = &core->submissions;

	/* The end of its bucket, where it was not found. */
	*find(core, &s->value->id) = s;
	s->next = NULL;
	s->older = all->youngest;
	s->younger = NULL;
	s->ballot = 0;
	s->number = 0;
	s->instance = 0;
	if (all->youngest)
		all->youngest->younger = s;
	else
		all->oldest = s;
	all->youngest = s;
	all->count++;
	if (!all->unsent)
		all->unsent = s;
	if (!all->unheld)
		all->unheld = s;
}

/* To the caller, in the order of the log. */
static void take_out(struct paxos_core *core, struct paxos_submission **link,
		     struct paxos_outbox *ob)
{
	struct paxos_submissions *all = &core->submissions;
	struct paxos_submission *s = *link;

	*link = s->next;
	if (s->older)
		s->older->younger = s->younger;
	else
		all->oldest = s->younger;
	if (s->younger)
		s->younger->older = s->older;
	else
		all->youngest = s->older;
	if (all->unsent == s)
		all->unsent = s->younger;
	if (all->unheld == s)
		all->unheld = s->younger;
	all->count--;
	s->next = NULL;
	if (ob->last_done)
		ob->last_done->next = s;
	else
		ob->done = s;
	ob->last_done = s;
}

/* Those just appended, from the first on to the one before the end. */
static void give_back(struct paxos_core *core, struct paxos_submission *first,
		      struct paxos_submission *end)
{
	struct paxos_submissions *all = &core->submissions;
	struct paxos_submission *s;

	if (first == end)
		return;
	all->youngest->younger = end;
	all->youngest = first->older;
	if (all->youngest)
		all->youngest->younger = NULL;
	else
		all->oldest = NULL;
	if (all->unsent == first)
		all->unsent = NULL;
	if (all->unheld == first)
		all->unheld = NULL;
	for (s = first; s != end; s = s->younger) {
		*find(core, &s->value->id) = s->next;
		all->count--;
	}
}

/**
 * paxos_submission_take - values that a client wants in the log
 * @core: the group
 * @ev: PAXOS_EVENT_SUBMIT: all are taken, or none
 *
 * There need not be a leader now. Flow control: as many may be on their way as
 * the window has instances.
 *
 * Context: any, under the group's lock; O(values).
 */
void paxos_submission_take(struct paxos_core *core, struct paxos_event *ev)
{
	struct paxos_submissions *all = &core->submissions;
	struct paxos_submission *s, *next;

	if (!paxos_core_has_identity(core))
		return refuse(ev, -EPERM, "the group has no identity yet");
	if (ev->submit.count > core->window.size)
		return refuse(ev, -EMSGSIZE, "more values at once than the window has instances");
	if (ev->submit.count > core->window.size - all->count)
		return refuse(ev, -EAGAIN,
			      "too many values are on their way: wait until some are decided");
	for (s = ev->submit.first; s; s = next) {
		next = s->younger;
		if (*find(core, &s->value->id)) {
			give_back(core, ev->submit.first, s);
			return refuse(ev, -EEXIST, "the value is on its way already");
		}
		append(core, s);
	}
}

/**
 * paxos_submission_drop - nobody waits for these any more
 * @core: the group
 * @owner: who did; they may still be decided
 * @ob: the outbox: gets them back
 */
void paxos_submission_drop(struct paxos_core *core, u64 owner, struct paxos_outbox *ob)
{
	struct paxos_submission *s, *next;

	for (s = core->submissions.oldest; s; s = next) {
		next = s->younger;
		if (s->owner != owner)
			continue;
		s->owner = 0;
		take_out(core, find(core, &s->value->id), ob);
	}
}

/**
 * paxos_submission_drop_all - what became of these will not be known here
 * @core: the group, which ends, or passed over a part of its log
 * @ob: the outbox: gets them back, without an instance
 */
void paxos_submission_drop_all(struct paxos_core *core, struct paxos_outbox *ob)
{
	while (core->submissions.oldest)
		take_out(core, find(core, &core->submissions.oldest->value->id), ob);
}

/**
 * paxos_submission_delivered - the log goes on
 * @core: the group
 * @first: the first instance that is new in the decided prefix
 * @upto: the last
 * @ob: the outbox: gets back what these are
 *
 * Context: any, under the group's lock; O(range).
 */
void paxos_submission_delivered(struct paxos_core *core, u64 first, u64 upto,
				struct paxos_outbox *ob)
{
	struct paxos_submissions *all = &core->submissions;

	all->full = false;
	for (; all->count && first <= upto; first++) {
		const struct paxos_slot *slot = paxos_window_find(&core->window, first);
		struct paxos_submission **link;

		if (PAXOS_VIOLATED(!slot || !slot->chosen))
			return;
		link = find(core, &slot->chosen->id);
		if (!*link)
			continue;
		(*link)->instance = first;
		take_out(core, link, ob);
		all->retry_ms = paxos_core_retry_ms(core);
		all->retry_at = core->now + all->retry_ms;
	}
}

/**
 * paxos_submission_value - the bytes of a value that is on its way
 * @core: the group
 * @id: which
 *
 * Return: the value without a reference, or NULL.
 */
struct paxos_value *paxos_submission_value(struct paxos_core *core, const struct paxos_vid *id)
{
	struct paxos_submission *s = *find(core, id);

	return s ? s->value : NULL;
}

/*
 * Numbers begin where chance says, above this one: what an earlier life of this
 * node sent to the same leader, heard or still under way, has others.
 */
static void count_from(struct paxos_core *core, u64 number)
{
	struct paxos_submissions *all = &core->submissions;
	u64 key[2];

	memcpy(key, core->config.incarnation, sizeof(key));
	number += 1 + paxos_siphash_4u64(key, core->config.boot, all->ballot, number, 0) %
		      NUMBERS;
	all->number = number;
	all->held = number;
	all->went_back = 0;
	all->unsent = all->unheld;
}

/* Another leader knows nothing of what went to the one before. */
static void begin(struct paxos_core *core)
{
	struct paxos_submissions *all = &core->submissions;

	all->ballot = core->leader.ballot;
	/* What an earlier one had taken may be decided there. */
	all->after = core->learning.target;
	all->full = false;
	all->unheld = all->oldest;
	count_from(core, 0);
	all->retry_ms = paxos_core_retry_ms(core);
	all->retry_at = core->now + all->retry_ms;
}

/* The leader counts on from what another life of this node had sent. */
static void begin_above(struct paxos_core *core, u64 number)
{
	struct paxos_submission *s;

	for (s = core->submissions.unheld; s; s = s->younger)
		s->ballot = 0;
	count_from(core, number);
}

/* This node leads: no datagram is needed. What finds no room waits. */
static bool assign(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_submissions *all = &core->submissions;
	struct paxos_value *value[PAXOS_LEADER_VALUES] __uninitialized;
	struct paxos_submission *s = all->unsent;
	u32 n = 0, taken;

	for (; s && n < PAXOS_LEADER_VALUES; s = s->younger)
		value[n++] = s->value;
	/* Until what is decided makes room, or it is tried again after a time. */
	all->full = paxos_leader_assign(core, core->config.node, value, n, &taken, ob) !=
		    PAXOS_REASON_OK;
	for (n = 0; n < taken && all->unsent; n++)
		all->unsent = all->unsent->younger;
	all->unheld = all->unsent;
	return taken;
}

static bool is_long(const struct paxos_submission *s)
{
	return s->value->length > PAXOS_INLINE_MAX;
}

static bool has_room(const struct paxos_outbox *ob, const struct paxos_submission *s)
{
	u32 units = is_long(s) ? paxos_value_units(s->value->length) : 0;

	return ob->n_out + 1 + units <= PAXOS_OUTBOX_MESSAGES &&
	       ob->n_entries + 1 + units <= PAXOS_OUTBOX_ENTRIES;
}

static struct paxos_out *new_message(struct paxos_core *core, const struct paxos_submission *s,
				     bool again, struct paxos_outbox *ob)
{
	struct paxos_submissions *all = &core->submissions;
	const u64 to = paxos_node_bit(paxos_ballot_node(all->ballot));
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_SUBMIT, to);

	if (!out)
		return NULL;
	out->msg.submit.ballot = all->ballot;
	out->msg.submit.number = s->number;
	/* All below it have an instance, or nobody wants them to have one. */
	out->msg.submit.base = all->unheld->number;
	out->msg.submit.again = again;
	return out;
}

/* Appends to the SUBMIT while it goes on without a gap and fits a datagram. */
static struct paxos_out *send(struct paxos_core *core, struct paxos_submission *s,
			      struct paxos_out *out, struct paxos_outbox *ob)
{
	bool again = s->ballot == core->submissions.ballot;
	bool fits;

	if (!again) {
		s->ballot = core->submissions.ballot;
		s->number = core->submissions.number++;
	}
	if (out && (is_long(s) || out->msg.submit.again != again ||
		    s->number != out->msg.submit.number + out->msg.n_entries))
		out = NULL;
	if (!out || !paxos_outbox_append(ob, out, 0, 0, s->value, false)) {
		out = new_message(core, s, again, ob);
		fits = out && paxos_outbox_append(ob, out, 0, 0, s->value, false);
		if (PAXOS_VIOLATED(!fits))
			return NULL;
	}
	if (!is_long(s))
		return out;
	/* Sent again it is asked for, as far as it did not come. */
	if (!again)
		paxos_parts_send(core, 0, s->ballot, s->value, U32_MAX, out->to, ob);
	return NULL;
}

/**
 * paxos_submission_push - on to the leader
 * @core: the group
 * @ob: the outbox, which may hold something already
 *
 * Context: any, under the group's lock; at most so many as a step may take.
 * Return: whether there is something new in the outbox.
 */
bool paxos_submission_push(struct paxos_core *core, struct paxos_outbox *ob)
{
	struct paxos_submissions *all = &core->submissions;
	struct paxos_out *out = NULL;
	unsigned int n;

	if (!core->leader.ballot)
		return false;
	/* One that is heard again still has what it was sent. */
	if (all->ballot != core->leader.ballot)
		begin(core);
	if (!all->unsent || all->full || core->window.prefix < all->after)
		return false;
	if (paxos_leader_leads(core, all->ballot))
		return assign(core, ob);
	for (n = 0; n < STEP_SUBMISSIONS && all->unsent && has_room(ob, all->unsent); n++) {
		out = send(core, all->unsent, out, ob);
		all->unsent = all->unsent->younger;
	}
	return n;
}

/* The leader says which number it waits for. */
static enum paxos_reason hear_answer(struct paxos_core *core, u8 from,
				     const struct paxos_msg *msg)
{
	struct paxos_submissions *all = &core->submissions;
	const u64 number = msg->submit.number;

	if (msg->submit.ballot != all->ballot || paxos_ballot_node(all->ballot) != from)
		return PAXOS_REASON_STALE;
	if (number > U64_MAX / 2)
		return PAXOS_REASON_FIELD;
	if (number > all->number) {
		begin_above(core, number);
		return PAXOS_REASON_OK;
	}
	if (number < all->held)
		return PAXOS_REASON_STALE;
	if (number > all->held) {
		all->held = number;
		all->retry_ms = paxos_core_retry_ms(core);
		all->retry_at = core->now + all->retry_ms;
	}
	while (all->unheld && all->unheld != all->unsent && all->unheld->number < number)
		all->unheld = all->unheld->younger;
	/* Of a burst that lost one every other says so: go back once. */
	if (all->went_back == number && !msg->submit.full)
		return PAXOS_REASON_DUPLICATE;
	all->went_back = number;
	all->full = msg->submit.full;
	all->unsent = all->unheld;
	return PAXOS_REASON_OK;
}

/**
 * paxos_submission_hear - SUBMIT: values of another node's, or the leader's answer
 * @core: the group
 * @from: who sent it
 * @msg: the message
 * @ob: the outbox
 *
 * Context: any, under the group's lock; O(entries).
 * Return: PAXOS_REASON_OK, or why it was of no use.
 */
enum paxos_reason paxos_submission_hear(struct paxos_core *core, u8 from,
					const struct paxos_msg *msg, struct paxos_outbox *ob)
{
	return msg->submit.answer ? hear_answer(core, from, msg) :
				    paxos_inbox_submit(core, from, msg, ob);
}

/**
 * paxos_submission_tick - what was not answered goes again
 * @core: the group; paxos_submission_push() sends it
 */
void paxos_submission_tick(struct paxos_core *core)
{
	struct paxos_submissions *all = &core->submissions;

	if (!all->unheld || !core->leader.ballot || core->now < all->retry_at)
		return;
	all->retry_ms = min_t(u32, 2 * all->retry_ms, PAXOS_RETRY_MAX_MS);
	all->retry_at = core->now + all->retry_ms;
	all->went_back = 0;
	all->full = false;
	all->unsent = all->unheld;
}

/**
 * paxos_submission_deadline - when there is something to do
 * @core: the group
 *
 * Return: milliseconds, U64_MAX for never.
 */
u64 paxos_submission_deadline(const struct paxos_core *core)
{
	const struct paxos_submissions *all = &core->submissions;

	if (!all->unheld || !core->leader.ballot)
		return U64_MAX;
	if (core->window.prefix < all->after)
		return U64_MAX;
	return all->unsent && !all->full ? core->now + 1 : all->retry_at;
}
