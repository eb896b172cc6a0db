/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy of a candidate, as a pure state machine: what happened goes in,
 * what to do comes out. It does no I/O, reads no clock, allocates nothing and
 * draws its randomness from a seed. Times are microseconds of any clock that
 * does not go back.
 */
#ifndef PAXOSNL_ELECTION_H
#define PAXOSNL_ELECTION_H

#include "paxosnl.h"
#include "rule.h"

#define ELECTION_PRIORITY_MAX	PAXOSNL_PRIORITY_MAX

/**
 * enum election_event_type - what can happen
 * @ELECTION_GROUP: the group was looked at
 * @ELECTION_MEMBER: a member was looked at, or told of itself
 * @ELECTION_LEADER: another leads, or nobody, as far as this node knows
 * @ELECTION_BALLOT: the ballot that was asked for is handed out
 * @ELECTION_PROMISE: a page of a promise came
 * @ELECTION_REFUSED: a voter refused
 * @ELECTION_CHOSEN: all instances to one below the grant are chosen
 * @ELECTION_GRANTED: the ballot is granted: this node leads
 * @ELECTION_ENDED: the grant has ended
 * @ELECTION_TIMER: the time of election_wake() has come
 * @ELECTION_LOST: events were lost, nobody knows which
 * @ELECTION_FAILED: an action could not be done
 * @ELECTION_RESIGN: this process wants to lead no more
 */
enum election_event_type {
	ELECTION_GROUP = 1,
	ELECTION_MEMBER,
	ELECTION_LEADER,
	ELECTION_BALLOT,
	ELECTION_PROMISE,
	ELECTION_REFUSED,
	ELECTION_CHOSEN,
	ELECTION_GRANTED,
	ELECTION_ENDED,
	ELECTION_TIMER,
	ELECTION_LOST,
	ELECTION_FAILED,
	ELECTION_RESIGN,
};

/**
 * struct election_group - what a candidate must know of the group
 * @node: this node
 * @quorum_1: voters whose promises make a quorum
 * @quorum_2: voters whose votes make a quorum
 * @timeout_min: microseconds that a leader may be silent, at least
 * @timeout_max: and at most
 * @prefix: the decided prefix here
 * @promised: the ballot that this node's acceptor promised for all instances
 * @votes: this node may lead
 */
struct election_group {
	uint32_t node;
	uint32_t quorum_1;
	uint32_t quorum_2;
	uint64_t timeout_min;
	uint64_t timeout_max;
	uint64_t prefix;
	uint64_t promised;
	bool votes;
};

/**
 * struct election_member - what a member told of itself
 * @node: which one
 * @voter: it votes; one that lost its memory does not
 * @answered: it has answered a question, @since holds
 * @since: microseconds since it did
 * @follows: ballot of the leader that it hears, 0 for none
 * @prefix: its decided prefix
 */
struct election_member {
	uint32_t node;
	bool voter;
	bool answered;
	uint64_t since;
	uint64_t follows;
	uint64_t prefix;
};

/**
 * struct election_event - what happened
 * @type: which of these it is
 * @group: for ELECTION_GROUP
 * @member: for ELECTION_MEMBER
 * @leader: for ELECTION_LEADER, by which ballot, 0 for nobody
 * @ballot: for ELECTION_BALLOT
 * @promise: for ELECTION_PROMISE
 * @refused: for ELECTION_REFUSED
 * @chosen: for ELECTION_CHOSEN
 * @failed: for ELECTION_FAILED: the instance of the action, 0 if it has none, and
 *   the negative errno
 * @ended: for ELECTION_ENDED: by which ballot, an enum paxos_grant_end, and the
 *   ballot that is in the way
 */
struct election_event {
	enum election_event_type type;
	union {
		struct election_group group;
		struct election_member member;
		uint64_t leader;
		struct paxosnl_ballot ballot;
		struct paxosnl_promise promise;
		struct paxosnl_refused refused;
		struct paxosnl_chosen chosen;
		struct {
			uint64_t instance;
			int error;
		} failed;
		struct {
			uint64_t ballot;
			uint32_t why;
			uint64_t highest;
		} ended;
	};
};

/**
 * enum election_action_type - what to do
 * @ELECTION_LOOK: look at the leader, every member, and the group
 * @ELECTION_LOOK_GROUP: look at the group alone
 * @ELECTION_ASK: ask the members whom they follow
 * @ELECTION_DROP: give the ballot back
 * @ELECTION_GET: have a ballot handed out above another
 * @ELECTION_PREPARE: prepare the ballot for all instances from one on
 * @ELECTION_GRANT: grant the ballot, for values from an instance on
 * @ELECTION_NO_OP: have a no-op accepted at an instance
 * @ELECTION_ADOPT: have a value accepted that a promise reported
 * @ELECTION_RENEW: renew the grant
 */
enum election_action_type {
	ELECTION_LOOK = 1,
	ELECTION_LOOK_GROUP,
	ELECTION_ASK,
	ELECTION_DROP,
	ELECTION_GET,
	ELECTION_PREPARE,
	ELECTION_GRANT,
	ELECTION_NO_OP,
	ELECTION_ADOPT,
	ELECTION_RENEW,
};

/**
 * struct election_action - something to do
 * @type: which of these it is
 * @ballot: the ballot; for ELECTION_GET the one to be above
 * @instance: the instance
 * @value: for ELECTION_ADOPT
 */
struct election_action {
	enum election_action_type type;
	uint64_t ballot;
	uint64_t instance;
	struct rule_value value;
};

/* A drop, a question, and one thing more; or so many instances to finish. */
#define ELECTION_ACTIONS	16

/**
 * struct election_outbox - what a step says to do, in that order
 * @count: how many
 * @actions: these
 */
struct election_outbox {
	unsigned int count;
	struct election_action actions[ELECTION_ACTIONS];
};

enum election_phase {
	ELECTION_IDLE = PAXOSNL_IDLE,
	ELECTION_FOLLOWING = PAXOSNL_FOLLOWING,
	ELECTION_ASKING = PAXOSNL_ASKING,
	ELECTION_WAITING = PAXOSNL_WAITING,
	ELECTION_PREPARING = PAXOSNL_PREPARING,
	ELECTION_FINISHING = PAXOSNL_FINISHING,
	ELECTION_LEADING = PAXOSNL_LEADING,
	ELECTION_RESIGNED = PAXOSNL_RESIGNED,
};

/**
 * struct election_report - what promises said of an instance, merged
 * @voted: somebody voted, or knows what is chosen
 * @chosen: somebody knows what is chosen
 * @asked: this node, which leads, has begun to finish it
 * @ballot: the highest ballot voted at
 * @value: the value voted for there, or what is chosen
 */
struct election_report {
	bool voted;
	bool chosen;
	bool asked;
	uint64_t ballot;
	struct rule_value value;
};

/**
 * struct election_peer - a member, as it told of itself
 * @voter: it votes
 * @answered: it answered a question at @answered_at
 * @answered_at: when
 * @follows: ballot of the leader that it hears
 * @prefix: its decided prefix
 * @page: first instance of the page of its promise that comes next
 * @whole: its promise is whole
 * @refused: it refused in this round
 */
struct election_peer {
	bool voter;
	bool answered;
	uint64_t answered_at;
	uint64_t follows;
	uint64_t prefix;
	uint64_t page;
	bool whole;
	bool refused;
};

/**
 * struct election - a candidate
 * @phase: where it stands
 * @random: state of its randomness, never 0
 * @priority: 1 to ELECTION_PRIORITY_MAX
 * @group: the group
 * @known: @group holds
 * @peers: the nodes by id - 1; this node's own is used for its promise alone
 * @leader: ballot of the leader that this node hears, 0 for none
 * @wake: when it wants a timer
 * @ask_at: when it asks again
 * @ask_wait: how long after that
 * @waited: it backed off since it missed the leader
 * @looks: it waited long enough, and looks whether another was faster
 * @losses: elections lost since a leader was heard
 * @ballot: the ballot that is held, 0 for none
 * @highest: the highest ballot heard of
 * @from: first instance prepared for
 * @last: highest instance that promises reported, or @from - 1
 * @first: first instance of the grant
 * @next: the lowest not known to be chosen, at most @first
 * @upto: the lowest below @first not looked at to be finished
 * @again_at: when what was asked for is asked for again
 * @tries: how often the grant was asked for
 * @until: when promises have taken too long
 * @since: when the phase began, or an instance was finished last
 * @renew_at: when the grant is to be renewed
 * @stop: this process wants to lead no more, ever
 * @alarm: voters contradict each other
 * @reports: what promises said, by instance - @from
 * @room: how many there are
 */
struct election {
	enum election_phase phase;
	uint64_t random;
	unsigned int priority;
	struct election_group group;
	bool known;
	struct election_peer peers[PAXOS_NODE_MAX];
	uint64_t leader;
	uint64_t wake;
	uint64_t ask_at;
	uint64_t ask_wait;
	bool waited;
	bool looks;
	unsigned int losses;
	uint64_t ballot;
	uint64_t highest;
	uint64_t from;
	uint64_t last;
	uint64_t first;
	uint64_t next;
	uint64_t upto;
	uint64_t again_at;
	unsigned int tries;
	uint64_t until;
	uint64_t since;
	uint64_t renew_at;
	bool stop;
	bool alarm;
	struct election_report *reports;
	size_t room;
};

void election_init(struct election *e, uint64_t seed, unsigned int priority,
		   struct election_report *reports, size_t room);
void election_start(struct election *e, uint64_t now,
		    struct election_outbox *out);
void election_step(struct election *e, uint64_t now,
		   const struct election_event *event,
		   struct election_outbox *out);
uint64_t election_wake(const struct election *e);
bool election_leads(const struct election *e);

#endif /* PAXOSNL_ELECTION_H */
