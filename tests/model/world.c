// SPDX-License-Identifier: GPL-2.0
/*
 * The world as spin sees it: what paxos.pml does in C. The acceptors are nodes 1 to 3
 * of the core; proposers are Promela's, with the library's value rule, at the
 * nodes 4 to 6, so that an acceptor hears every ballot as a datagram. Those are
 * voters, too, since only a voter may ask, and are never asked: the quorums are
 * those of the three, which an acceptor does not count.
 *
 * A step is looked up by state and message, as explore does it. So the number
 * of an acceptor's state stands for its memory, and spin need not copy that.
 */
#include "world.h"
#include "ballot.h"
#include "node.h"
#include "rule.h"

struct setup setup = {
	.nodes = 2 * ACCEPTORS,
	.types = ~(1U << PAXOS_WIRE_HELLO | 1U << PAXOS_WIRE_INIT),
};

struct world world;

/* What an acceptor said last. */
#define NO_ANSWER	UINT32_MAX
static u32 answer = NO_ANSWER;

static u32 prepare[ACCEPTORS][BALLOTS + 1];
static u32 request[ACCEPTORS][BALLOTS + 1][BALLOTS + 1];

static u64 ballot_of(int ballot)
{
	return paxos_ballot_make(1, (u32)(ACCEPTORS + ballot), true);
}

/* 0 for none; one that was never sent is no ballot at all. */
static int number_of(u64 ballot)
{
	int b;

	for (b = 0; b <= BALLOTS; b++)
		if (ballot == (b ? ballot_of(b) : 0))
			return b;
	violated("a ballot that nobody has: %s", ballot_text(ballot));
	return 0;
}

static void make_prepare(int ballot)
{
	struct paxos_msg msg = { .type = PAXOS_WIRE_PREPARE };
	struct paxos_header header;
	u8 to;

	node_take((u8)(ACCEPTORS + ballot));
	paxos_core_header(&mem.core, &header);
	msg.prepare.ballot = ballot_of(ballot);
	msg.prepare.nonce = (u64)ballot;
	msg.prepare.from = 1;
	msg.prepare.page = 1;
	msg.prepare.single = !setup.all;
	for (to = 1; to <= ACCEPTORS; to++)
		prepare[to - 1][ballot] = message_intern(&header, &msg, to);
}

static void make_request(int ballot, int value)
{
	struct paxos_entry entry = { .instance = 1, .ballot = ballot_of(ballot), .carried = true };
	struct paxos_msg msg = { .type = PAXOS_WIRE_ACCEPT, .n_entries = 1, .entry = &entry };
	struct paxos_header header;
	u8 to;

	node_take((u8)(ACCEPTORS + ballot));
	paxos_core_header(&mem.core, &header);
	entry.value = memory_value((u64)value, 1);
	entry.id = entry.value->id;
	entry.length = entry.value->length;
	entry.kind = entry.value->kind;
	msg.accept.ballot = ballot_of(ballot);
	for (to = 1; to <= ACCEPTORS; to++)
		request[to - 1][ballot][value] = message_intern(&header, &msg, to);
}

void acceptor_init(bool single)
{
	u32 first[NODES_MAX];
	int i, ballot, value;

	setup.all = single ? 0 : ~0ULL;
	node_genesis(first);
	for (ballot = 1; ballot <= BALLOTS; ballot++) {
		make_prepare(ballot);
		for (value = 1; value <= BALLOTS; value++)
			make_request(ballot, value);
	}
	for (i = 0; i < ACCEPTORS; i++)
		world.acceptor[i] = (int)node_get(first[i])->own;
}

static u32 event_of(int acceptor, int ballot, bool accept)
{
	if (accept)
		return EVENT_MESSAGE + request[acceptor][ballot][world.value[ballot]];
	return EVENT_MESSAGE + prepare[acceptor][ballot];
}

static void take_promise(int acceptor, const struct paxos_msg *msg)
{
	int ballot = number_of(msg->promise.ballot), vote = 0;

	if (msg->n_entries) {
		vote = number_of(msg->entry[0].ballot);
		if (value_index(&msg->entry[0].id) != 2u * world.value[vote] - 1)
			violated("acceptor %d reports what it never voted for", acceptor + 1);
	}
	world.promise[acceptor][ballot] |= (unsigned char)(1 << vote);
}

static void take_answers(int acceptor, const u32 *list, u32 n)
{
	u32 i;

	answer = NO_ANSWER;
	for (i = 0; i < n; i++) {
		const struct paxos_msg *msg = &message_get(list[i])->msg;

		answer = list[i];
		if (msg->type == PAXOS_WIRE_PROMISE)
			take_promise(acceptor, msg);
		else if (msg->type == PAXOS_WIRE_ACCEPTED)
			world.voted[acceptor][number_of(msg->accepted.ballot)] = 1;
	}
}

/* Was it sent, and does it make a difference? What makes none is no step. */
bool acceptor_can_hear(int acceptor, int ballot, bool accept)
{
	struct world before = world;
	bool differs;

	if (accept ? !world.value[ballot] : !world.prepared[ballot])
		return false;
	acceptor_hear(acceptor, ballot, accept);
	differs = memcmp(&before, &world, sizeof(world));
	world = before;
	return differs;
}

void acceptor_hear(int acceptor, int ballot, bool accept)
{
	const u32 *list;
	u32 n;

	world.acceptor[acceptor] = (int)node_step((u32)world.acceptor[acceptor],
						  event_of(acceptor, ballot, accept), &list, &n);
	take_answers(acceptor, list, n);
}

/* The last thing that an acceptor heard, and what it said, in words. */
const char *acceptor_told(int acceptor, int ballot, bool accept)
{
	static char text[512];
	int n = snprintf(text, sizeof(text), "hears %s",
			 message_text(event_of(acceptor, ballot, accept) - EVENT_MESSAGE));

	if (answer != NO_ANSWER)
		snprintf(text + n, sizeof(text) - (size_t)n, "; says %s", message_text(answer));
	return text;
}

/* The lowest or the highest vote that this acceptor ever reported at the ballot. */
static int report(int acceptor, int ballot, int pick)
{
	unsigned int reports = world.promise[acceptor][ballot];

	return pick >> acceptor & 1 ? 31 - __builtin_clz(reports) : __builtin_ctz(reports);
}

/* A bit for each acceptor is set in quorum; pick chooses among its reports. */
bool proposer_can_ask(int ballot, int quorum, int pick)
{
	bool choice = !pick;
	int i;

	if (world.value[ballot])
		return false;
	for (i = 0; i < ACCEPTORS; i++) {
		if (!(quorum >> i & 1))
			continue;
		if (!world.promise[i][ballot])
			return false;
		choice |= report(i, ballot, 0) != report(i, ballot, pick);
	}
	return choice;
}

void proposer_ask(int ballot, int quorum, int pick)
{
	struct rule_reply reply[ACCEPTORS] = { 0 };
	struct rule_value value = { .client = (uint64_t)ballot, .sequence = 1 };
	struct rule_value found = { 0 };
	u64 highest;
	unsigned int n = 0;
	int i, vote;

	for (i = 0; i < ACCEPTORS; i++) {
		if (!(quorum >> i & 1))
			continue;
		vote = report(i, ballot, pick);
		reply[n].node = (uint32_t)(i + 1);
		reply[n].voted = vote;
		reply[n].ballot = vote ? ballot_of(vote) : 0;
		reply[n].value.client = world.value[vote];
		reply[n++].value.sequence = 1;
	}
	switch (rule_apply(reply, n, ACCEPTORS, 0, ballot_of(ballot), &found, &highest)) {
	case RULE_FREE:
		break;
	case RULE_VALUE:
		value = found;
		break;
	case RULE_VOID:
		return;
	default:
		violated("the value rule finds a contradiction");
		return;
	}
	world.value[ballot] = (unsigned char)value.client;
}

const char *proposer_told(int ballot)
{
	static char text[64];
	const struct paxos_vid id = { .client = world.value[ballot], .sequence = 1 };

	snprintf(text, sizeof(text), "says %s %s", id.client ? "ACCEPT" : "PREPARE",
		 ballot_text(ballot_of(ballot)));
	if (id.client)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ", %s",
			 value_text(&id));
	return text;
}

/* P17: votes of two acceptors at one ballot choose its value. */
bool world_is_wrong(void)
{
	int ballot, i, votes, chosen = 0;

	if (verdict[0])
		return true;
	for (ballot = 1; ballot <= BALLOTS; ballot++) {
		for (i = votes = 0; i < ACCEPTORS; i++)
			votes += world.voted[i][ballot];
		if (votes < ACCEPTORS / 2 + 1)
			continue;
		if (chosen && chosen != world.value[ballot])
			return true;
		chosen = world.value[ballot];
	}
	return false;
}
