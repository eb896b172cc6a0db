// SPDX-License-Identifier: GPL-2.0
/*
 * Elections: when a candidate asks for a ballot, and what it does with it.
 *
 * A leader that is silent for this node alone is not deposed. So who misses it
 * asks the other voters first, and goes on only if as many as a quorum, each of
 * them reached and heard, follow nobody either (P38); whoever has no such quorum
 * stays quiet, and its ballots are in nobody's way. Then it backs off at random,
 * longer if its priority is low or if it lost before, has a ballot prepared for
 * all instances, and has it granted above everything that was reported. It
 * leads from then on. What lies open below is finished by the value rule (P13),
 * many instances at once: a vote that was reported is adopted, and only where
 * nobody of the quorum voted goes a no-op.
 */
#include <errno.h>
#include <string.h>

#include "election.h"

#define MS	1000ull

/* The kernel ends a grant that is not renewed for three of these. */
#define RENEW	(1000 * MS)

/* A question is asked again after half a timeout, then twice as long, up to: */
#define ASK_MAX	(1000 * MS)

/* The wait after an election that was lost doubles so often. */
#define LOSSES_MAX	6u

/* Who resigned leaves it to the others for so many timeouts. */
#define RESIGNED_TIMEOUTS	10

/* Promises may take so long at least, however impatient the group is. */
#define PREPARE_MIN	(20 * MS)

/*
 * A grant is asked for so often; while votes are in its way that are told later,
 * as long as promises come, but more and more seldom.
 */
#define GRANT_TRIES	4
#define GRANT_DOUBLES	5u

/* An ACCEPT that could not be begun, or of which nothing is heard, is asked for again. */
#define FINISH_SOON	(1 * MS)
#define FINISH_AGAIN	(200 * MS)

/* So many instances are being finished at once, from the lowest on. */
#define FINISH_OPEN	256

/* If none is finished for so long another tries, with other voters. */
#define FINISH_MAX	(5000 * MS)

static uint64_t election_random(struct election *e)
{
	/* xorshift64* */
	e->random ^= e->random >> 12;
	e->random ^= e->random << 25;
	e->random ^= e->random >> 27;
	return e->random * 0x2545f4914f6cdd1dull;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct election_action *election_do(struct election_outbox *out,
					   enum election_action_type type,
					   uint64_t ballot, uint64_t instance)
{
	struct election_action *action;

	if (out->count == ELECTION_ACTIONS)
		return NULL;
	action = &out->actions[out->count++];
	memset(action, 0, sizeof(*action));
	action->type = type;
	action->ballot = ballot;
	action->instance = instance;
	return action;
}

static void election_phase(struct election *e, uint64_t now,
			   enum election_phase phase)
{
	e->phase = phase;
	e->looks = false;
	e->since = now;
	e->wake = UINT64_MAX;
}

static void election_drop(struct election *e, struct election_outbox *out)
{
	if (e->ballot)
		election_do(out, ELECTION_DROP, e->ballot, 0);
	e->ballot = 0;
}

static void election_ask(struct election *e, uint64_t now,
			 struct election_outbox *out)
{
	election_do(out, ELECTION_ASK, 0, 0);
	e->ask_at = now + e->ask_wait;
	e->wake = e->ask_at;
	e->ask_wait = min_u64(2 * e->ask_wait, ASK_MAX);
}

/* What a member said longer ago than this says nothing of the leader of now. */
static uint64_t election_fresh(const struct election *e)
{
	return 2 * e->group.timeout_max +
	       ELECTION_PRIORITY_MAX * e->group.timeout_min / 2;
}

static bool election_is_fresh(const struct election *e, uint64_t now,
			      const struct election_peer *peer)
{
	return peer->answered && now - peer->answered_at <= election_fresh(e);
}

static uint32_t election_quorum(const struct election *e)
{
	return e->group.quorum_1 > e->group.quorum_2 ? e->group.quorum_1 :
						       e->group.quorum_2;
}

/* Does a quorum, each reached and heard, follow nobody? */
static bool election_is_missed(const struct election *e, uint64_t now)
{
	uint32_t count = 1;
	uint32_t i;

	for (i = 0; i < PAXOS_NODE_MAX; i++) {
		const struct election_peer *peer = &e->peers[i];

		if (i + 1 != e->group.node && peer->voter && !peer->follows &&
		    election_is_fresh(e, now, peer))
			count++;
	}
	return count >= election_quorum(e);
}

/* Somebody else has the log much further: this one learns, and does not lead. */
static bool election_is_behind(const struct election *e, uint64_t prefix)
{
	uint32_t i;

	for (i = 0; i < PAXOS_NODE_MAX; i++)
		if (e->peers[i].prefix > prefix &&
		    e->peers[i].prefix - prefix >= e->room / 2)
			return true;
	return false;
}

/* How long promises may take. */
static uint64_t election_patience(const struct election *e)
{
	return max_u64(2 * e->group.timeout_max, PREPARE_MIN);
}

static void election_follow(struct election *e, uint64_t now)
{
	e->losses = 0;
	e->waited = false;
	election_phase(e, now, ELECTION_FOLLOWING);
}

/* Begins an election: a ballot. */
static void election_begin(struct election *e, uint64_t now,
			   struct election_outbox *out)
{
	election_phase(e, now, ELECTION_PREPARING);
	e->until = now + election_patience(e);
	e->wake = e->until;
	e->waited = false;
	e->tries = 0;
	election_do(out, ELECTION_GET, e->highest, 0);
}

static void election_back_off(struct election *e, uint64_t now, uint64_t least)
{
	uint64_t spread = min_u64(max_u64(e->group.timeout_min / 2, MS) << e->losses,
				  4 * e->group.timeout_max);
	uint64_t rank = ELECTION_PRIORITY_MAX - e->priority;

	election_phase(e, now, ELECTION_WAITING);
	e->wake = now + least + election_random(e) % spread +
		  rank * (e->group.timeout_min / 2);
}

/* While it asks: the answers may suffice by now. */
static void election_consider(struct election *e, uint64_t now)
{
	if (!election_is_missed(e, now))
		return;
	if (!e->waited) {
		election_back_off(e, now, 0);
		return;
	}
	/* It has waited, and looks before it begins, as whoever waited does. */
	election_phase(e, now, ELECTION_WAITING);
	e->wake = now;
}

/* Nobody is heard to lead. */
static void election_miss(struct election *e, uint64_t now,
			  struct election_outbox *out)
{
	election_drop(e, out);
	if (e->leader) {
		election_follow(e, now);
		return;
	}
	election_phase(e, now, ELECTION_ASKING);
	e->ask_wait = max_u64(e->group.timeout_min / 2, MS);
	election_ask(e, now, out);
	election_consider(e, now);
}

/*
 * The wait is over. A promise that this node's acceptor gave meanwhile is for
 * somebody who waited less, and will lead soon: it should not be outbid, and has
 * the time that it takes to be heard of.
 */
static void election_looked(struct election *e, uint64_t now,
			    struct election_outbox *out)
{
	if (e->group.promised > e->highest) {
		e->highest = e->group.promised;
		election_back_off(e, now, max_u64(e->group.timeout_min / 2, MS));
	} else if (election_is_missed(e, now)) {
		election_begin(e, now, out);
	} else {
		e->waited = true;
		election_miss(e, now, out);
	}
}

static void election_lost(struct election *e, uint64_t now,
			  struct election_outbox *out)
{
	if (e->losses < LOSSES_MAX)
		e->losses++;
	e->waited = false;
	election_miss(e, now, out);
}

static void election_group(struct election *e, uint64_t now,
			   const struct election_group *group,
			   struct election_outbox *out)
{
	e->group = *group;
	e->known = true;
	if (e->phase == ELECTION_IDLE && group->votes && !e->stop) {
		election_miss(e, now, out);
	} else if (e->phase != ELECTION_IDLE && !group->votes) {
		election_drop(e, out);
		election_phase(e, now, ELECTION_IDLE);
	} else if (e->phase == ELECTION_WAITING && e->looks) {
		election_looked(e, now, out);
	}
}

static void election_member(struct election *e, uint64_t now,
			    const struct election_member *member,
			    struct election_outbox *out)
{
	struct election_peer *peer;

	if (!member->node || member->node > PAXOS_NODE_MAX)
		return;
	peer = &e->peers[member->node - 1];
	peer->voter = member->voter;
	peer->follows = member->follows;
	peer->prefix = member->prefix;
	peer->answered = member->answered;
	peer->answered_at = now > member->since ? now - member->since : 0;
	if (e->phase != ELECTION_ASKING)
		return;
	/* It misses the leader now; whether it is reached was asked long ago. */
	if (peer->voter && !peer->follows && !election_is_fresh(e, now, peer) &&
	    e->ask_at > now + e->group.timeout_min / 2) {
		e->ask_wait = max_u64(e->group.timeout_min / 2, MS);
		election_ask(e, now, out);
	}
	election_consider(e, now);
}

static void election_leader(struct election *e, uint64_t now, uint64_t ballot,
			    struct election_outbox *out)
{
	e->leader = ballot;
	e->highest = max_u64(e->highest, ballot);
	switch (e->phase) {
	case ELECTION_FOLLOWING:
		if (!ballot)
			election_miss(e, now, out);
		break;
	case ELECTION_ASKING:
	case ELECTION_WAITING:
		if (ballot)
			election_follow(e, now);
		break;
	case ELECTION_PREPARING:
		/* One below it is disturbed already: that must come to an end. */
		if (ballot && ballot > e->ballot) {
			election_drop(e, out);
			election_follow(e, now);
		}
		break;
	default:
		break;
	}
}

static void election_ballot(struct election *e, uint64_t now,
			    const struct paxosnl_ballot *ballot,
			    struct election_outbox *out)
{
	uint32_t i;

	if (e->phase != ELECTION_PREPARING || e->ballot)
		return;
	e->ballot = ballot->ballot;
	e->highest = max_u64(e->highest, ballot->ballot);
	e->from = ballot->next;
	e->last = ballot->next - 1;
	e->group.quorum_1 = ballot->quorum_1;
	e->group.quorum_2 = ballot->quorum_2;
	if (election_is_behind(e, e->last)) {
		election_drop(e, out);
		election_lost(e, now, out);
		return;
	}
	memset(e->reports, 0, e->room * sizeof(*e->reports));
	for (i = 0; i < PAXOS_NODE_MAX; i++) {
		e->peers[i].page = e->from;
		e->peers[i].whole = false;
		e->peers[i].refused = false;
	}
	election_do(out, ELECTION_PREPARE, e->ballot, e->from);
}

/* P13, merged vote by vote; false if the ballot is of no use. */
static bool election_merge(struct election *e, uint32_t node,
			   const struct paxosnl_vote *vote)
{
	struct election_report *report;
	struct rule_reply replies[2];
	struct rule_value value;
	uint64_t highest;

	if (vote->instance < e->from)
		return true;
	if (vote->instance - e->from >= e->room)
		return false;
	report = &e->reports[vote->instance - e->from];
	e->last = max_u64(e->last, vote->instance);
	memset(replies, 0, sizeof(replies));
	replies[0].voted = report->voted && !report->chosen;
	replies[0].chosen = report->chosen;
	replies[0].ballot = report->ballot;
	replies[0].value = report->value;
	replies[1].node = node;
	replies[1].voted = !vote->chosen;
	replies[1].chosen = vote->chosen;
	replies[1].ballot = vote->ballot;
	replies[1].value.client = vote->client;
	replies[1].value.sequence = vote->sequence;
	replies[1].value.digest = vote->digest;
	replies[1].value.kind = vote->kind;
	/* There are no fast rounds yet: F is none. */
	switch (rule_apply(replies, 2, 2, 0, e->ballot, &value, &highest)) {
	case RULE_CHOSEN:
		report->chosen = true;
		break;
	case RULE_VALUE:
		break;
	case RULE_ALARM:
		e->alarm = true;
		return false;
	case RULE_FREE:
	case RULE_VOID:
	default:
		e->highest = max_u64(e->highest, highest);
		return false;
	}
	report->voted = true;
	report->ballot = highest;
	report->value = value;
	return true;
}

static uint32_t election_whole(const struct election *e)
{
	uint32_t count = 0;
	uint32_t i;

	for (i = 0; i < PAXOS_NODE_MAX; i++)
		count += e->peers[i].whole;
	return count;
}

static void election_grant(struct election *e, struct election_outbox *out)
{
	e->first = e->last + 1;
	e->tries++;
	election_do(out, ELECTION_GRANT, e->ballot, e->first);
}

static void election_promise(struct election *e, uint64_t now,
			     const struct paxosnl_promise *promise,
			     struct election_outbox *out)
{
	struct election_peer *peer;
	size_t i;

	if (e->phase != ELECTION_PREPARING || promise->ballot != e->ballot ||
	    !promise->node || promise->node > PAXOS_NODE_MAX)
		return;
	peer = &e->peers[promise->node - 1];
	/*
	 * Counted here, not taken from the kernel's flag: what a quorum said
	 * is merged only if all of it arrived. P6
	 */
	if (peer->whole || promise->from != peer->page)
		return;
	for (i = 0; i < promise->count; i++) {
		if (election_merge(e, promise->node, &promise->votes[i]))
			continue;
		election_lost(e, now, out);
		return;
	}
	peer->whole = promise->whole;
	peer->page = promise->upto + 1;
	/* Long promises take their time. */
	e->until = max_u64(e->until, now + e->group.timeout_max);
	e->wake = e->until;
	if (election_whole(e) >= e->group.quorum_1)
		election_grant(e, out);
}

static void election_refused(struct election *e, uint64_t now,
			     const struct paxosnl_refused *refused,
			     struct election_outbox *out)
{
	uint32_t refusals = 0, voters = 1;
	uint32_t i;

	e->highest = max_u64(e->highest, refused->highest);
	if (e->phase != ELECTION_PREPARING || refused->ballot != e->ballot ||
	    !refused->node || refused->node > PAXOS_NODE_MAX)
		return;
	if (refused->refusal == PAXOS_REFUSAL_BALLOT) {
		election_lost(e, now, out);
		return;
	}
	e->peers[refused->node - 1].refused = true;
	for (i = 0; i < PAXOS_NODE_MAX; i++) {
		bool voter = e->peers[i].voter || i + 1 == e->group.node;

		voters += voter && i + 1 != e->group.node;
		refusals += voter && e->peers[i].refused;
	}
	if (voters - min_u64(refusals, voters) < e->group.quorum_1)
		election_lost(e, now, out);
}

static struct election_report *election_report(const struct election *e,
					       uint64_t instance)
{
	return &e->reports[instance - e->from];
}

/* Is there one more that may be begun? */
static bool election_goes_on(const struct election *e)
{
	return e->upto < e->first && e->upto - e->next < FINISH_OPEN;
}

/* False if this step has no room for it. */
static bool election_close(struct election *e, uint64_t instance,
			   struct election_outbox *out)
{
	struct election_report *report = election_report(e, instance);
	struct election_action *action;

	if (report->asked)
		return true;
	action = election_do(out, report->voted ? ELECTION_ADOPT :
						  ELECTION_NO_OP,
			     e->ballot, instance);
	if (!action)
		return false;
	action->value = report->value;
	report->asked = true;
	return true;
}

/*
 * What lies open below the grant. What is known to be chosen elsewhere is asked
 * for in the same way: the kernel fetches its bytes again and again, or says at
 * once that it has it.
 */
static void election_finish(struct election *e, uint64_t now,
			    struct election_outbox *out)
{
	if (e->next >= e->first) {
		election_phase(e, now, ELECTION_LEADING);
		return;
	}
	e->upto = max_u64(e->upto, e->next);
	while (election_goes_on(e) && election_close(e, e->upto, out))
		e->upto++;
	e->wake = election_goes_on(e) ? now : e->again_at;
}

/* Nothing is heard of what was asked for. */
static void election_finish_again(struct election *e, uint64_t now)
{
	for (; e->upto > e->next; e->upto--)
		election_report(e, e->upto - 1)->asked = false;
	e->again_at = now + FINISH_AGAIN;
}

static void election_granted(struct election *e, uint64_t now,
			     struct election_outbox *out)
{
	if (e->phase != ELECTION_PREPARING)
		return;
	e->losses = 0;
	e->renew_at = now + RENEW;
	e->next = e->from;
	e->upto = e->from;
	election_phase(e, now, ELECTION_FINISHING);
	e->again_at = now + FINISH_AGAIN;
	election_finish(e, now, out);
}

static void election_chosen(struct election *e, uint64_t now,
			    const struct paxosnl_chosen *chosen,
			    struct election_outbox *out)
{
	if (e->phase != ELECTION_FINISHING || chosen->ballot != e->ballot ||
	    chosen->upto < e->next || chosen->upto >= e->first)
		return;
	e->next = chosen->upto + 1;
	e->since = now;
	e->again_at = now + FINISH_AGAIN;
	election_finish(e, now, out);
}

static void election_resign(struct election *e, uint64_t now,
			    struct election_outbox *out)
{
	e->waited = false;
	e->losses = 0;
	election_drop(e, out);
	election_phase(e, now, ELECTION_RESIGNED);
	if (!e->stop)
		e->wake = now + RESIGNED_TIMEOUTS * e->group.timeout_max;
}

static void election_ended(struct election *e, uint64_t now, uint64_t ballot,
			   uint32_t why, uint64_t highest,
			   struct election_outbox *out)
{
	e->highest = max_u64(e->highest, highest);
	if (!election_leads(e) || ballot != e->ballot)
		return;
	/* The kernel knows of no leader any more, and says so elsewhere. */
	if (e->leader == ballot)
		e->leader = 0;
	if (why == PAXOS_GRANT_RESIGNED)
		election_resign(e, now, out);
	else
		election_lost(e, now, out);
}

static void election_failed(struct election *e, uint64_t now, uint64_t instance,
			    int error, struct election_outbox *out)
{
	switch (e->phase) {
	case ELECTION_PREPARING:
		/*
		 * What a voter beyond the quorum reports is told here later
		 * than the kernel knows of it, and is in the way of the grant:
		 * by pages, and some are lost.
		 */
		if (e->tries && (error == -EINVAL || e->tries < GRANT_TRIES))
			e->wake = min_u64(now + (MS << min_u64(e->tries - 1, GRANT_DOUBLES)),
					  e->until);
		else
			election_lost(e, now, out);
		break;
	case ELECTION_FINISHING:
		/* It was the renewal: the grant has ended. */
		if (!instance) {
			election_lost(e, now, out);
			break;
		}
		/* The pool, the window, or a fetch: soon there is more. */
		if (instance >= e->next && instance < e->first) {
			election_report(e, instance)->asked = false;
			e->upto = min_u64(e->upto, instance);
		}
		e->wake = now + FINISH_SOON;
		break;
	case ELECTION_LEADING:
		/* It was the renewal: the grant has ended. */
		election_lost(e, now, out);
		break;
	default:
		break;
	}
}

static void election_timer(struct election *e, uint64_t now,
			   struct election_outbox *out)
{
	if (election_leads(e) && now >= e->renew_at) {
		e->renew_at = now + RENEW;
		election_do(out, ELECTION_RENEW, e->ballot, 0);
	}
	if (now < e->wake)
		return;
	switch (e->phase) {
	case ELECTION_ASKING:
		e->waited = false;
		election_ask(e, now, out);
		election_consider(e, now);
		break;
	case ELECTION_WAITING:
		e->looks = true;
		e->wake = now + e->group.timeout_max;
		election_do(out, ELECTION_LOOK_GROUP, 0, 0);
		break;
	case ELECTION_PREPARING:
		if (e->tries && now < e->until)
			election_grant(e, out);
		else
			election_lost(e, now, out);
		break;
	case ELECTION_FINISHING:
		if (now - e->since >= FINISH_MAX) {
			election_lost(e, now, out);
			break;
		}
		if (now >= e->again_at)
			election_finish_again(e, now);
		election_finish(e, now, out);
		break;
	case ELECTION_RESIGNED:
		election_miss(e, now, out);
		break;
	default:
		e->wake = UINT64_MAX;
		break;
	}
}

/* Whatever was missed, the kernel knows: look again, and prepare anew. */
static void election_missed(struct election *e, uint64_t now,
			    struct election_outbox *out)
{
	if (e->phase == ELECTION_PREPARING)
		election_lost(e, now, out);
	election_do(out, ELECTION_LOOK, 0, 0);
	if (e->phase == ELECTION_FINISHING) {
		e->again_at = now;
		e->wake = now;
	}
	if (election_leads(e))
		e->renew_at = now;
}

/**
 * election_init - make a candidate that knows nothing yet
 * @e: the candidate
 * @seed: where its randomness begins; two candidates want two
 * @priority: 1 to ELECTION_PRIORITY_MAX; who has less waits longer
 * @reports: room for what promises say, the candidate's until the end
 * @room: how many instances that is: two windows
 */
void election_init(struct election *e, uint64_t seed, unsigned int priority,
		   struct election_report *reports, size_t room)
{
	memset(e, 0, sizeof(*e));
	e->random = seed ? seed : 1;
	e->priority = priority;
	e->reports = reports;
	e->room = room;
	e->wake = UINT64_MAX;
}

/**
 * election_start - begin
 * @e: the candidate
 * @now: the time
 * @out: what to do
 */
void election_start(struct election *e, uint64_t now,
		    struct election_outbox *out)
{
	out->count = 0;
	election_phase(e, now, ELECTION_IDLE);
	election_do(out, ELECTION_LOOK, 0, 0);
}

/**
 * election_step - something happened
 * @e: the candidate
 * @now: the time
 * @event: what happened
 * @out: what to do
 */
void election_step(struct election *e, uint64_t now,
		   const struct election_event *event,
		   struct election_outbox *out)
{
	out->count = 0;
	switch (event->type) {
	case ELECTION_GROUP:
		election_group(e, now, &event->group, out);
		break;
	case ELECTION_MEMBER:
		election_member(e, now, &event->member, out);
		break;
	case ELECTION_LEADER:
		election_leader(e, now, event->leader, out);
		break;
	case ELECTION_BALLOT:
		election_ballot(e, now, &event->ballot, out);
		break;
	case ELECTION_PROMISE:
		election_promise(e, now, &event->promise, out);
		break;
	case ELECTION_REFUSED:
		election_refused(e, now, &event->refused, out);
		break;
	case ELECTION_CHOSEN:
		election_chosen(e, now, &event->chosen, out);
		break;
	case ELECTION_GRANTED:
		election_granted(e, now, out);
		break;
	case ELECTION_ENDED:
		election_ended(e, now, event->ended.ballot, event->ended.why,
			       event->ended.highest, out);
		break;
	case ELECTION_LOST:
		election_missed(e, now, out);
		break;
	case ELECTION_FAILED:
		election_failed(e, now, event->failed.instance, event->failed.error, out);
		break;
	case ELECTION_RESIGN:
		e->stop = true;
		election_resign(e, now, out);
		break;
	case ELECTION_TIMER:
		break;
	}
	/* Time passes whatever happens. */
	if (!out->count)
		election_timer(e, now, out);
}

/**
 * election_wake - when the candidate wants an ELECTION_TIMER
 * @e: the candidate
 *
 * Return: the time, UINT64_MAX for never.
 */
uint64_t election_wake(const struct election *e)
{
	return election_leads(e) ? min_u64(e->wake, e->renew_at) : e->wake;
}

/**
 * election_leads - does this node lead, by this candidate's ballot?
 * @e: the candidate
 *
 * Return: true if it does.
 */
bool election_leads(const struct election *e)
{
	return e->phase == ELECTION_FINISHING || e->phase == ELECTION_LEADING;
}
