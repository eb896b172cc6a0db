/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a node knows of a group: the state that a step changes. Everything in
 * here belongs to whoever holds the group's lock. It has no pointer to
 * anything but the memory that its owner gave it, so that a copy of that
 * memory is a copy of the state.
 */
#ifndef _PAXOS_CORE_STATE_H
#define _PAXOS_CORE_STATE_H

#include "membership.h"
#include "outbox.h"
#include "pool.h"
#include "pulse.h"
#include "window.h"

/* Times are in milliseconds, of a clock that the caller owns and never sets back. */
#define PAXOS_HELLO_MS		1000	/* between two HELLOs */
#define PAXOS_HELLO_SOON_MS	20	/* until one after the prefix moved */
#define PAXOS_SILENT_MS		3500	/* without a HELLO: a member is not up */
#define PAXOS_INIT_MS		100	/* between two INITs to who has not adopted */
#define PAXOS_RETRY_MS		25	/* until the first retransmission, at most */
#define PAXOS_RETRY_MAX_MS	800	/* between later ones */

#define PAXOS_TELL_MS		1	/* until DECIDED when no ACCEPT carries it */
#define PAXOS_GRANT_MS		3000	/* a grant that is not renewed ends */

/* Reads of a group that wait at a node; one more has to try again. */
#define PAXOS_BARRIERS_MAX	1024

/*
 * One LEARN asks for so many instances, and is answered with no more, and in so
 * many datagrams at most: full, these carry as many values of 64 bytes of one
 * client. P35.
 */
#define PAXOS_LEARN_MAX		104
#define PAXOS_LEARN_DATAGRAMS	8

#define PAXOS_ASKS		4	/* asks of a late learner that are under way */
#define PAXOS_FETCH_MAX		4	/* long values that each of them fetches at once */

/**
 * struct paxos_peer - a configured member, as it told of itself
 * @present: it is configured
 * @heard: it was heard since it was configured
 * @agrees: its options were this node's when it was heard last
 * @role: enum paxos_role
 * @state: enum paxos_state
 * @boot: starts of its incarnation
 * @prefix: its decided prefix
 * @trim: its trim point
 * @follows: ballot of the leader that it hears, 0 for none
 * @heard_at: when it was heard last
 * @answered_at: when it answered a question last, 0 for never
 * @incarnation: of its memory
 * @identity: the group's identity as it knows it; zero for none
 */
struct paxos_peer {
	bool present;
	bool heard;
	bool agrees;
	u8 role;
	u8 state;
	u32 boot;
	u64 prefix;
	u64 trim;
	u64 follows;
	u64 heard_at;
	u64 answered_at;
	u8 incarnation[PAXOS_ID_BYTES];
	u8 identity[PAXOS_ID_BYTES];
};

enum paxos_phase {
	PAXOS_PHASE_HANDED,	/* a ballot, nothing sent yet */
	PAXOS_PHASE_PREPARING,	/* PREPARE is out, no quorum yet */
	PAXOS_PHASE_PREPARED,	/* a quorum of whole promises */
	PAXOS_PHASE_FETCHING,	/* an ACCEPT waits for the bytes of its value */
	PAXOS_PHASE_ACCEPTING,	/* ACCEPT is out */
	PAXOS_PHASE_OVER,	/* outbid, or settled: nothing more is sent */
};

/**
 * struct paxos_proposal - a ballot handed out, and how far it came
 * @next: links the group's proposals
 * @owner: who asked for it
 * @ballot: the ballot
 * @nonce: of its PREPARE
 * @from: first instance that it is prepared for
 * @instance: the instance of its ACCEPT, 0 before the first
 * @whole: voters whose promise is whole
 * @highest: highest instance that these reported
 * @page: first instance of the next page wanted, by index of the voter
 * @id: the value of the ACCEPT
 * @value: its bytes, NULL while they are fetched
 * @retry_at: when to send again
 * @retry_ms: how long after that
 * @record: the record of this node's own promise
 * @reported: ballot of the highest vote reported at @from
 * @reporter: who reported it, or had bytes that were asked for: is asked first
 * @phase: enum paxos_phase
 * @single: prepared for @from alone
 * @granted: this node led by it, or does
 */
struct paxos_proposal {
	struct paxos_proposal *next;
	u64 owner;
	u64 ballot;
	u64 nonce;
	u64 from;
	u64 instance;
	u64 whole;
	u64 highest;
	u64 page[PAXOS_VOTERS_MAX];
	struct paxos_vid id;
	struct paxos_value *value;
	u64 retry_at;
	u32 retry_ms;
	u64 record;
	u64 reported;
	u8 reporter;
	u8 phase;
	bool single;
	bool granted;
};

/**
 * struct paxos_config - what the operator said
 * @group: the group's id
 * @node: this node
 * @role: enum paxos_role
 * @window: instances that may be open
 * @window_bytes: bytes of values in these
 * @quorum_1: 0 for a majority
 * @quorum_2: 0 for a majority
 * @boot: starts of the incarnation
 * @heartbeat: milliseconds between two of a leader
 * @timeout_min: a leader that is silent for so long may be gone
 * @timeout_max: and one that is for so long is
 * @incarnation: of this node's memory, random
 */
struct paxos_config {
	u32 group;
	u8 node;
	u8 role;
	u32 window;
	u32 window_bytes;
	u8 quorum_1;
	u8 quorum_2;
	u32 boot;
	u32 heartbeat;
	u32 timeout_min;
	u32 timeout_max;
	u8 incarnation[PAXOS_ID_BYTES];
};

/**
 * struct paxos_promise - the promise for all instances
 * @ballot: 0 for none
 * @nonce: of the PREPARE
 * @from: of the PREPARE; the promise itself holds everywhere
 * @record: the record that it rests on
 */
struct paxos_promise {
	u64 ballot;
	u64 nonce;
	u64 from;
	u64 record;
};

/**
 * struct paxos_owed - votes whose answer waits for an ACCEPT that comes at once
 * @ballot: of the votes, 0 for none
 * @first: the first instance
 * @end: one above the last
 * @at: when it waits no longer
 */
struct paxos_owed {
	u64 ballot;
	u64 first;
	u64 end;
	u64 at;
};

/* So many LEARNs wait at a node; who sent one more asks again. */
#define PAXOS_WAITING		16

/**
 * struct paxos_waiting - a LEARN that waits
 * @from: its first instance
 * @upto: its last
 * @node: who sent it
 */
struct paxos_waiting {
	u64 from;
	u64 upto;
	u8 node;
};

/**
 * struct paxos_pace - how fast those who catch up are fed
 * @voted_at: when this node voted last, 0 for never
 * @paid: what was sent is paid for at this time, in halves of a millisecond
 * @head: who waits longest
 * @n: how many do
 * @waiting: these, a ring
 */
struct paxos_pace {
	u64 voted_at;
	u64 paid;
	u32 head;
	u32 n;
	struct paxos_waiting waiting[PAXOS_WAITING];
};

/**
 * struct paxos_ask - a range of instances that is asked for until it is here
 * @from: the lowest instance of it that is not, 0 if this asks for nothing
 * @upto: the highest of all
 * @asked: first instance of the LEARN sent last
 * @asked_at: when it was asked for first
 * @last: and its last
 * @order: how many-th LEARN that was
 * @retry_at: when to ask again whatever came
 * @source: who was asked
 * @out: the end of the answer has not come
 * @again: something came, so that what is missing is asked for at once
 * @named: the values are long: the answer names them, and they are fetched
 */
struct paxos_ask {
	u64 from;
	u64 upto;
	u64 asked;
	u64 asked_at;
	u64 last;
	u64 order;
	u64 retry_at;
	u8 source;
	bool out;
	bool again;
	bool named;
};

/**
 * struct paxos_learning - what is known to be decided elsewhere
 * @target: highest instance that somebody said is decided
 * @next: the lowest that was in no ask yet
 * @gone_at: since when what follows @gone_prefix was said to be trimmed
 * @gone_prefix: the prefix then
 * @order: LEARNs sent
 * @paid: those before this one have made @width smaller, once
 * @retry_ms: how long an answer may take
 * @source: who is asked
 * @width: how many asks may be under way: one more with each that went well,
 *	half as many when something was lost
 * @class: which chunks the last values took
 * @settled: it was looked for a source that has time
 * @answered: the source told something since it was asked
 * @starved: there was no memory for something, or for asking
 * @starved_at: since when
 * @had: how many chunks were free then, or later at the least
 * @ask: what is asked for
 */
struct paxos_learning {
	u64 target;
	u64 next;
	u64 gone_at;
	u64 gone_prefix;
	u64 order;
	u64 paid;
	u32 retry_ms;
	u8 source;
	u8 width;
	u8 class;
	bool settled;
	bool answered;
	bool starved;
	u64 starved_at;
	u32 had;
	struct paxos_ask ask[PAXOS_ASKS];
};

/**
 * struct paxos_read - a member's question to the leader
 * @number: the member's number of it
 * @point: the highest instance that ACCEPT was sent for when it came
 * @beat: the first heartbeat after it came
 */
struct paxos_read {
	u64 number;
	u64 point;
	u64 beat;
};

/**
 * struct paxos_grant - what this node leads by
 * @ballot: the ballot, 0 while it does not lead
 * @owner: who was granted it, and renews it
 * @first: the first instance of the grant; below it the owner proposes
 * @next: the instance of the next value
 * @finishing: the highest below @first that the owner proposed at
 * @finished: the owner was told that all below @first to here is decided
 * @told: DECIDED was said of all to here that was counted
 * @tell_at: when it is said without an ACCEPT, 0 for nothing to say
 * @learners_at: when learners were told last beside an ACCEPT
 * @withheld: what they were not told, to be told at @tell_at
 * @renewed_at: when the owner was heard last
 * @number: of the last heartbeat
 * @beat_at: when the next is due
 * @answered: the number of the last that was answered, by index of the voter
 * @vows: under which vow that was, 0 if no pulse holds it up
 * @vow: of this node's, which heartbeats since @since were sent under
 * @since: the first heartbeat that says all there is to say
 * @quiet: heartbeats since then
 * @said: the decided prefix that these told
 * @wants: pulses are wanted
 * @rests: pulses are heartbeats enough; @beat_at is far away
 * @quorum_at: when a quorum of votes answered last
 * @retry_at: when ACCEPTs that were not answered are sent again
 * @retry_ms: how long after that
 * @retry_from: where to go on with them
 * @proved: a value of this very ballot is chosen
 * @readers: members who wait for an answer to their BARRIER
 * @exchange: the heartbeat sent last because some did
 * @crowded_at: when a member last found no room
 */
struct paxos_grant {
	u64 ballot;
	u64 owner;
	u64 first;
	u64 next;
	u64 finishing;
	u64 finished;
	u64 told;
	u64 tell_at;
	u64 learners_at;
	struct paxos_decided withheld;
	u64 renewed_at;
	u64 number;
	u64 beat_at;
	u64 answered[PAXOS_VOTERS_MAX];
	u64 vows[PAXOS_VOTERS_MAX];
	u64 vow;
	u64 since;
	u32 quiet;
	u64 said;
	bool wants;
	bool rests;
	u64 quorum_at;
	u64 retry_at;
	u32 retry_ms;
	u64 retry_from;
	bool proved;
	u64 readers;
	u64 exchange;
	u64 crowded_at;
};

/**
 * struct paxos_leader - who leads, as far as this node knows
 * @ballot: by which ballot, 0 if nobody does
 * @last: of whoever led last, which never falls: nobody leads by a lower one again
 * @number: of the heartbeat by @last that was heard last
 * @vow: of the leader's node, under which it was sent; 0 if no pulse holds it up
 * @heard_at: when it was heard, or a pulse that holds it up
 * @lost_at: when it will have been silent for too long
 * @patience: how long that takes, in milliseconds, with the leader by @ballot
 */
struct paxos_leader {
	u64 ballot;
	u64 last;
	u64 number;
	u64 vow;
	u64 heard_at;
	u64 lost_at;
	u64 patience;
};

#define PAXOS_SUBMISSION_BUCKETS	64

/**
 * struct paxos_submission - a value on its way into the log; memory of the caller's
 * @next: in its bucket; afterwards among those that are done
 * @older: the one that came before it
 * @younger: the one that came after it
 * @owner: who wants it there and is told, 0 for nobody any more
 * @value: the value, with a reference that the caller puts when it is done
 * @ballot: of the leader that @number is for
 * @number: in the order of sending
 * @instance: where it is in the log, once it is done; 0 when that is not known
 */
struct paxos_submission {
	struct paxos_submission *next;
	struct paxos_submission *older;
	struct paxos_submission *younger;
	u64 owner;
	struct paxos_value *value;
	u64 ballot;
	u64 number;
	u64 instance;
};

/**
 * struct paxos_submissions - all of a node
 * @bucket: by client and sequence
 * @oldest: the first that came
 * @youngest: the last
 * @unsent: the first that goes next, NULL when all went
 * @unheld: the first that the leader is not known to hold
 * @count: how many are on their way
 * @ballot: of the leader that they go to
 * @number: of the next that goes to it for the first time
 * @held: the number that the leader said it waits for
 * @went_back: the same, when it was gone back to
 * @after: none goes to it before this node knows the log up to here
 * @full: the leader has no room now
 * @retry_at: when what the leader does not hold goes again
 * @retry_ms: how long after that
 */
struct paxos_submissions {
	struct paxos_submission *bucket[PAXOS_SUBMISSION_BUCKETS];
	struct paxos_submission *oldest;
	struct paxos_submission *youngest;
	struct paxos_submission *unsent;
	struct paxos_submission *unheld;
	u32 count;
	u64 ballot;
	u64 number;
	u64 held;
	u64 went_back;
	u64 after;
	bool full;
	u64 retry_at;
	u32 retry_ms;
};

/**
 * struct paxos_inbox - what a member submits to this node while it leads
 * @expected: the number that is waited for, 0 before the first
 * @value: the long value of that number, as far as it came
 * @missing: bit n is set while unit n did not
 */
struct paxos_inbox {
	u64 expected;
	struct paxos_value *value;
	u32 missing;
};

/**
 * struct paxos_barriers - reads that wait at this node
 * @first: who came first
 * @last: and last
 * @count: how many
 * @asked: how many questions there were
 * @ballot: of the leader who is asked, or was
 * @number: of the question that is out, 0 for none
 * @retry_at: when it is sent again
 * @retry_ms: how long after that
 */
struct paxos_barriers {
	struct paxos_barrier *first;
	struct paxos_barrier *last;
	u32 count;
	u64 asked;
	u64 ballot;
	u64 number;
	u64 retry_at;
	u32 retry_ms;
};

/**
 * struct paxos_core - a group at a node
 * @config: what the operator said
 * @state: enum paxos_state
 * @identity: names the group's life, zero before init
 * @membership: in force; its options are meaningful once there is an identity
 * @peer: the members by node id - 1
 * @members: bit node - 1 is set for those that are present
 * @window: the instances
 * @promise: for all of them
 * @owed: the answer to votes that waits
 * @highest: highest ballot seen or handed out
 * @bound: highest ballot that this acceptor promised or voted at anywhere
 * @record: number of the last record made
 * @durable: number of the last record that is durable
 * @proposals: ballots handed out
 * @learning: what to catch up with
 * @pace: how fast others do, here
 * @grant: what this node leads by
 * @read: questions to this leader, by node id - 1; see @grant.readers
 * @leader: who leads
 * @barriers: reads that wait
 * @submissions: what this node's clients want in the log
 * @inbox: what the members submit, by node id - 1
 * @now: time of the step
 * @vow: what this node's pulses hold up, 0 if it has none
 * @vowed: no promise above this ballot: so it answered a heartbeat; 0 if none
 * @broken: something that was said under @vow holds no more
 * @hello_at: when the next HELLO is due
 * @asked_at: when the members were asked whom they follow, 0 for never
 * @init_at: when INIT is sent again while not every voter has adopted
 * @volatile_store: records are durable as soon as they are made
 * @warned_full: the alarm of the filling log was given
 */
struct paxos_core {
	struct paxos_config config;
	u8 state;
	u8 identity[PAXOS_ID_BYTES];
	struct paxos_membership membership;
	struct paxos_peer peer[PAXOS_NODE_MAX];
	u64 members;
	struct paxos_window window;
	struct paxos_promise promise;
	struct paxos_owed owed;
	u64 highest;
	u64 bound;
	u64 record;
	u64 durable;
	struct paxos_proposal *proposals;
	struct paxos_learning learning;
	struct paxos_pace pace;
	struct paxos_grant grant;
	struct paxos_read read[PAXOS_NODE_MAX];
	struct paxos_leader leader;
	struct paxos_barriers barriers;
	struct paxos_submissions submissions;
	struct paxos_inbox inbox[PAXOS_NODE_MAX];
	u64 now;
	u64 vow;
	u64 vowed;
	bool broken;
	u64 hello_at;
	u64 asked_at;
	u64 init_at;
	bool volatile_store;
	bool warned_full;
};

/*
 * Numbers the record of a change that must survive. What rests on it names the
 * number and leaves once it is durable. P7.
 */
static inline u64 paxos_core_record(struct paxos_core *core)
{
	core->record++;
	if (core->volatile_store)
		core->durable = core->record;
	return core->record;
}

static inline void paxos_core_saw(struct paxos_core *core, u64 ballot)
{
	core->highest = max(core->highest, ballot);
}

/*
 * What is asked, of whomever, goes again after that. Who looks for another leader
 * sooner has a network that answers sooner.
 */
static inline u32 paxos_core_retry_ms(const struct paxos_core *core)
{
	return max(1U, min_t(u32, core->config.timeout_min, PAXOS_RETRY_MS));
}

static inline struct paxos_peer *paxos_core_peer(struct paxos_core *core, u8 node)
{
	return &core->peer[node - 1];
}

static inline bool paxos_core_has_identity(const struct paxos_core *core)
{
	return core->state != PAXOS_STATE_CONFIGURED;
}

static inline u64 paxos_core_self(const struct paxos_core *core)
{
	return paxos_node_bit(core->config.node);
}

/* The voters but for this node. */
static inline u64 paxos_core_others(const struct paxos_core *core)
{
	return core->membership.options.voters & ~paxos_core_self(core);
}

/* The configured members but for this node. */
static inline u64 paxos_core_members(const struct paxos_core *core)
{
	return core->members;
}

void paxos_core_alarm(struct paxos_core *core, u8 alarm, u8 node, u64 instance,
		      struct paxos_outbox *ob);

#endif
