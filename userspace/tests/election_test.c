// SPDX-License-Identifier: GPL-2.0
/* Elections: whom a candidate waits for, and what it does with a ballot. */
#include <errno.h>
#include <string.h>

#include "election.h"
#include "tap.h"

#define MS	1000ull
#define ROOM	1024
#define BALLOT(n, node)	((uint64_t)(n) << 17 | (node) << 1 | 1)

static struct election_report reports[ROOM];
static struct election e;
static struct election_outbox out;
static uint64_t now;
static unsigned int begun[ROOM + 16];	/* how often an instance was finished */

static void step(struct election_event event)
{
	election_step(&e, now, &event, &out);
}

static const struct election_action *did(enum election_action_type type)
{
	unsigned int i;

	for (i = 0; i < out.count; i++)
		if (out.actions[i].type == type)
			return &out.actions[i];
	return NULL;
}

static void group(uint64_t promised)
{
	step((struct election_event){
		.type = ELECTION_GROUP,
		.group = { .node = 1, .quorum_1 = 3, .quorum_2 = 3, .timeout_min = 50 * MS,
			   .timeout_max = 100 * MS, .promised = promised, .votes = true },
	});
}

static void member(uint32_t node, bool answered, uint64_t since, uint64_t follows)
{
	step((struct election_event){
		.type = ELECTION_MEMBER,
		.member = { node, true, answered, since, follows, 0 },
	});
}

static void leader(uint64_t ballot)
{
	step((struct election_event){ .type = ELECTION_LEADER, .leader = ballot });
}

/* Node 1 of five, which knows nothing of the others. */
static void begin(unsigned int priority)
{
	now = 1000000 * MS;
	election_init(&e, 7, priority, reports, ROOM);
	election_start(&e, now, &out);
	check(did(ELECTION_LOOK));
	leader(0);
	group(0);
	check(e.phase == ELECTION_ASKING && did(ELECTION_ASK));
}

static void timer(void)
{
	now = election_wake(&e);
	step((struct election_event){ .type = ELECTION_TIMER });
}

static uint64_t wait_and_get(void)
{
	check(e.phase == ELECTION_WAITING);
	timer();
	check(did(ELECTION_LOOK_GROUP));
	group(0);
	check(e.phase == ELECTION_PREPARING && did(ELECTION_GET));
	return now;
}

static void ballot(uint64_t number, uint64_t next)
{
	step((struct election_event){
		.type = ELECTION_BALLOT,
		.ballot = { number, next, 5, 3, 3 },
	});
}

static void page(uint32_t node, uint64_t from, uint64_t upto,
		 const struct paxosnl_vote *votes, size_t count)
{
	step((struct election_event){
		.type = ELECTION_PROMISE,
		.promise = { .ballot = e.ballot, .node = node, .from = from, .upto = upto,
			     .votes = votes, .count = count, .whole = upto == UINT64_MAX },
	});
}

static struct paxosnl_vote vote(uint64_t instance, uint64_t at, uint64_t value, bool chosen)
{
	return (struct paxosnl_vote){ .instance = instance, .ballot = at, .client = value,
				      .sequence = 1, .digest = value, .kind = PAXOS_KIND_VALUE,
				      .chosen = chosen };
}

static void chosen(uint64_t upto)
{
	step((struct election_event){
		.type = ELECTION_CHOSEN,
		.chosen = { .ballot = e.ballot, .upto = upto },
	});
}

static void prepares(void)
{
	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	wait_and_get();
	ballot(BALLOT(2, 1), 5);
	check(did(ELECTION_PREPARE) && did(ELECTION_PREPARE)->instance == 5);
}

static void a_quorum_must_miss_it(void)
{
	int i;

	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, BALLOT(1, 3));
	member(4, false, 0, 0);
	member(5, true, 10000 * MS, 0);
	check(e.phase == ELECTION_ASKING);
	/* However long it waits: it asks more and more seldom, and that is all. */
	for (i = 0; i < 20; i++) {
		timer();
		check(e.phase == ELECTION_ASKING && did(ELECTION_ASK) && out.count == 1);
		member(2, true, 0, 0);
	}
	check(election_wake(&e) == now + 1000 * MS);
	/* One more says that it is missed, but was it reached lately? */
	now += MS;
	member(4, false, 0, 0);
	check(e.phase == ELECTION_ASKING && did(ELECTION_ASK));
	member(4, true, 0, 0);
	check(e.phase == ELECTION_WAITING);
}

static void a_leader_is_left_alone(void)
{
	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	check(e.phase == ELECTION_WAITING);
	leader(BALLOT(3, 2));
	check(e.phase == ELECTION_FOLLOWING && election_wake(&e) == UINT64_MAX);
	leader(0);
	check(did(ELECTION_ASK));
	/* What the others say of then is of then. */
	now += 10000 * MS;
	timer();
	check(e.phase == ELECTION_ASKING || did(ELECTION_LOOK_GROUP));
}

/* Who sees that another was faster waits once more. */
static void a_promise_to_another_is_respected(void)
{
	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	timer();
	group(BALLOT(1, 4));
	check(e.phase == ELECTION_WAITING && !out.count);
	timer();
	group(BALLOT(1, 4));
	check(e.phase == ELECTION_PREPARING);
	check(did(ELECTION_GET)->ballot == BALLOT(1, 4));
}

static void the_less_the_priority_the_longer(void)
{
	uint64_t first, last;

	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	first = election_wake(&e) - now;
	begin(1);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	last = election_wake(&e) - now;
	check(first <= 25 * MS);
	check(last == first + 9 * 25 * MS);
}

static bool is_adopted(unsigned int i, uint64_t instance, uint64_t digest)
{
	return out.actions[i].type == ELECTION_ADOPT && out.actions[i].instance == instance &&
	       out.actions[i].value.digest == digest;
}

/* A grant, or its renewal. */
static void failed(uint64_t instance, int error)
{
	step((struct election_event){
		.type = ELECTION_FAILED,
		.failed = { instance, error },
	});
}

static void refused_grant(int error)
{
	failed(0, error);
}

/* P13: what was voted for is adopted, and a no-op goes where nothing was. */
static void what_is_open_is_finished(void)
{
	struct paxosnl_vote votes[3] = {
		vote(5, BALLOT(1, 2), 50, false),
		vote(7, BALLOT(1, 2), 70, false),
		vote(8, 0, 80, true),
	};
	struct paxosnl_vote higher = vote(7, BALLOT(1, 3), 71, false);
	const struct election_action *action;

	prepares();
	page(2, 5, UINT64_MAX, votes, 3);
	page(3, 5, UINT64_MAX, &higher, 1);
	check(!out.count);
	page(1, 5, UINT64_MAX, NULL, 0);
	action = did(ELECTION_GRANT);
	check(action && action->ballot == BALLOT(2, 1) && action->instance == 9);
	step((struct election_event){ .type = ELECTION_GRANTED });
	check(out.count == 4);
	check(is_adopted(0, 5, 50) && is_adopted(2, 7, 71) && is_adopted(3, 8, 80));
	check(out.actions[1].type == ELECTION_NO_OP && out.actions[1].instance == 6);
	/* It could not be begun: it alone once more, soon. */
	failed(7, -EAGAIN);
	check(!out.count && election_wake(&e) <= now + 10 * MS);
	timer();
	check(out.count == 1 && is_adopted(0, 7, 71));
	chosen(7);
	check(e.phase == ELECTION_FINISHING && !out.count && e.next == 8);
	/* It was chosen before the others were. */
	chosen(5);
	check(e.next == 8);
	chosen(8);
	check(e.phase == ELECTION_LEADING && !out.count);
	timer();
	check(did(ELECTION_RENEW));
}

/* A grant above so many that nobody voted for, or that one did. */
static void granted_above(unsigned int open)
{
	struct paxosnl_vote last = vote(4 + open, BALLOT(1, 2), 70, false);

	prepares();
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, &last, 1);
	page(3, 5, UINT64_MAX, NULL, 0);
	check(did(ELECTION_GRANT) && did(ELECTION_GRANT)->instance == 5 + open);
	memset(begun, 0, sizeof(begun));
	step((struct election_event){ .type = ELECTION_GRANTED });
}

/* What this step and those that follow at once begin to finish. */
static unsigned int finishes(void)
{
	unsigned int count = 0;
	unsigned int i;

	for (;;) {
		for (i = 0; i < out.count; i++) {
			if (out.actions[i].type != ELECTION_ADOPT &&
			    out.actions[i].type != ELECTION_NO_OP)
				continue;
			begun[out.actions[i].instance]++;
			count++;
		}
		if (election_wake(&e) > now)
			return count;
		step((struct election_event){ .type = ELECTION_TIMER });
	}
}

/* A round trip for many, not for each; but not for all that a window may hold. */
static void many_are_finished_at_once(void)
{
	unsigned int i;

	granted_above(600);
	check(finishes() == 256);
	chosen(5);
	check(finishes() == 1);
	chosen(5 + 255);
	check(finishes() == 255);
	for (i = 5 + 256; i < 5 + 600; i += 86) {
		chosen(i);
		finishes();
	}
	chosen(5 + 599);
	check(e.phase == ELECTION_LEADING);
	for (i = 5; i < 5 + 600; i++)
		check(begun[i] == 1);
}

/* What nothing is heard of is asked for again, and all of it if events were lost. */
static void what_is_silent_is_finished_again(void)
{
	granted_above(40);
	check(finishes() == 40);
	chosen(7);
	check(!finishes());
	timer();
	check(finishes() == 37);
	check(begun[7] == 1 && begun[8] == 2 && begun[44] == 2);
	step((struct election_event){ .type = ELECTION_LOST });
	check(did(ELECTION_LOOK));
	step((struct election_event){ .type = ELECTION_TIMER });
	check(finishes() == 37);
}

/* Each of them is asked for again soon, not the lowest alone. */
static void all_that_failed_is_asked_for_again(void)
{
	unsigned int i;

	granted_above(8);
	check(finishes() == 8);
	for (i = 6; i < 13; i++)
		failed(i, -EBUSY);
	check(election_wake(&e) <= now + 10 * MS);
	timer();
	check(finishes() == 7 && begun[5] == 1);
	/* That was the renewal. */
	refused_grant(-ESTALE);
	check(e.phase != ELECTION_FINISHING && did(ELECTION_DROP));
}

/* Another may have voters that answer. It is for who gets nowhere alone. */
static void who_cannot_finish_gives_up(void)
{
	uint64_t since;
	unsigned int i;

	granted_above(100);
	finishes();
	for (i = 5; i < 55; i++) {
		now += 1000 * MS;
		chosen(i);
		step((struct election_event){ .type = ELECTION_TIMER });
		check(e.phase == ELECTION_FINISHING);
	}
	since = now;
	for (i = 0; i < 1000 && e.phase == ELECTION_FINISHING; i++)
		timer();
	check(e.phase != ELECTION_FINISHING && did(ELECTION_DROP));
	check(now - since >= 5000 * MS && now - since <= 6000 * MS);
}

/* P6: a promise counts when all of its pages came. */
static void half_a_promise_is_none(void)
{
	prepares();
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(3, 37, UINT64_MAX, NULL, 0);
	check(!out.count && e.phase == ELECTION_PREPARING);
	page(3, 5, 36, NULL, 0);
	check(!out.count);
	page(3, 37, UINT64_MAX, NULL, 0);
	check(did(ELECTION_GRANT));
}

/* The kernel knows of votes that were not told yet: their pages may come slowly. */
static void what_is_told_late_is_waited_for(void)
{
	struct paxosnl_vote late = vote(30, BALLOT(1, 2), 50, false);
	unsigned int i;

	prepares();
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(3, 5, UINT64_MAX, NULL, 0);
	for (i = 0; i < 6; i++) {
		check(did(ELECTION_GRANT) && did(ELECTION_GRANT)->instance == 5);
		refused_grant(-EINVAL);
		check(e.phase == ELECTION_PREPARING);
		timer();
	}
	page(4, 5, 26, NULL, 0);
	page(4, 27, UINT64_MAX, &late, 1);
	check(did(ELECTION_GRANT) && did(ELECTION_GRANT)->instance == 31);
	/* Not for ever, and not if anything else is in the way. */
	for (i = 0; i < 100 && e.phase == ELECTION_PREPARING; i++) {
		refused_grant(-EINVAL);
		timer();
	}
	check(e.phase != ELECTION_PREPARING && i > 2 && i < 10);
	prepares();
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(3, 5, UINT64_MAX, NULL, 0);
	for (i = 0; i < 4 && e.phase == ELECTION_PREPARING; i++) {
		refused_grant(-ESTALE);
		if (e.phase == ELECTION_PREPARING)
			timer();
	}
	check(e.phase != ELECTION_PREPARING);
}

/* Two leaders: who only prepares gives way to one above, and lets one below end. */
static void a_higher_leader_ends_an_election(void)
{
	prepares();
	leader(BALLOT(1, 2));
	check(e.phase == ELECTION_PREPARING && !out.count);
	leader(BALLOT(3, 2));
	check(did(ELECTION_DROP) && did(ELECTION_DROP)->ballot == BALLOT(2, 1));
	check(!e.ballot && e.phase == ELECTION_FOLLOWING && e.highest == BALLOT(3, 2));
	/* What is promised to the ballot it dropped is of no use any more. */
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(3, 5, UINT64_MAX, NULL, 0);
	check(!out.count && e.phase == ELECTION_FOLLOWING);
	/* It has not the ballot it asked for yet, and any leader is above none. */
	begin(10);
	member(2, true, 0, 0);
	member(3, true, 0, 0);
	wait_and_get();
	leader(BALLOT(1, 2));
	check(!out.count && e.phase == ELECTION_FOLLOWING);
	ballot(BALLOT(2, 1), 5);
	check(!out.count && !e.ballot);
}

static void a_vote_above_voids(void)
{
	struct paxosnl_vote above = vote(5, BALLOT(9, 2), 50, false);

	prepares();
	page(2, 5, UINT64_MAX, &above, 1);
	check(did(ELECTION_DROP) && e.highest == BALLOT(9, 2));
	check(!e.ballot);
}

static void leads(void)
{
	prepares();
	page(1, 5, UINT64_MAX, NULL, 0);
	page(2, 5, UINT64_MAX, NULL, 0);
	page(3, 5, UINT64_MAX, NULL, 0);
	step((struct election_event){ .type = ELECTION_GRANTED });
	check(e.phase == ELECTION_LEADING);
}

static void who_is_outbid_backs_off(void)
{
	uint64_t longest = 0;
	int i;

	leads();
	for (i = 0; i < 50; i++) {
		e.phase = ELECTION_LEADING;
		e.ballot = BALLOT(2, 1);
		step((struct election_event){
			.type = ELECTION_ENDED,
			.ended = { BALLOT(2, 1), PAXOS_GRANT_OUTBID, BALLOT(3, 2) },
		});
		check(did(ELECTION_DROP) && did(ELECTION_ASK));
		check(e.phase == ELECTION_WAITING);
		if (election_wake(&e) - now > longest)
			longest = election_wake(&e) - now;
	}
	check(longest > 50 * MS && longest <= 400 * MS);
}

static void who_resigned_leaves_it_to_others(void)
{
	leads();
	step((struct election_event){
		.type = ELECTION_ENDED,
		.ended = { BALLOT(2, 1), PAXOS_GRANT_RESIGNED, 0 },
	});
	check(e.phase == ELECTION_RESIGNED && election_wake(&e) == now + 1000 * MS);
	timer();
	check(e.phase == ELECTION_ASKING);
	step((struct election_event){ .type = ELECTION_RESIGN });
	check(e.phase == ELECTION_RESIGNED && election_wake(&e) == UINT64_MAX);
	leader(0);
	group(0);
	check(e.phase == ELECTION_RESIGNED);
}

static void what_was_lost_is_looked_at(void)
{
	prepares();
	step((struct election_event){ .type = ELECTION_LOST });
	check(did(ELECTION_DROP) && did(ELECTION_LOOK));
	leads();
	step((struct election_event){ .type = ELECTION_LOST });
	check(did(ELECTION_LOOK) && e.phase == ELECTION_LEADING);
	step((struct election_event){ .type = ELECTION_TIMER });
	check(did(ELECTION_RENEW));
	step((struct election_event){ .type = ELECTION_FAILED });
	check(did(ELECTION_DROP));
}

int main(void)
{
	run(a_quorum_must_miss_it);
	run(a_leader_is_left_alone);
	run(a_promise_to_another_is_respected);
	run(the_less_the_priority_the_longer);
	run(what_is_open_is_finished);
	run(many_are_finished_at_once);
	run(what_is_silent_is_finished_again);
	run(all_that_failed_is_asked_for_again);
	run(who_cannot_finish_gives_up);
	run(half_a_promise_is_none);
	run(what_is_told_late_is_waited_for);
	run(a_higher_leader_ends_an_election);
	run(a_vote_above_voids);
	run(who_is_outbid_backs_off);
	run(who_resigned_leaves_it_to_others);
	run(what_was_lost_is_looked_at);
	return finish();
}
