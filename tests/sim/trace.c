// SPDX-License-Identifier: GPL-2.0
/*
 * What happens in a run, told for people who know Paxos: one event a line. A
 * ballot is written COUNTER.NODE, a value CLIENT/NUMBER.
 */
#include <stdarg.h>

#include "ballot.h"
#include "sim.h"

/* The text so far; what does not fit is left out. */
struct text {
	char s[1024];
	size_t len;
};

static void add(struct text *text, const char *fmt, ...)
{
	size_t room = sizeof(text->s) - text->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text->s + text->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		text->len += min((size_t)n, room - 1);
}

static unsigned long long counter(uint64_t ballot)
{
	return paxos_ballot_counter(ballot);
}

static void add_ballot(struct text *text, uint64_t ballot)
{
	add(text, "ballot %llu.%u%s", counter(ballot), paxos_ballot_node(ballot),
	    paxos_ballot_is_classic(ballot) ? "" : " (fast)");
}

static void add_range(struct text *text, uint64_t from, uint64_t upto)
{
	add(text, "instance%s %llu", from == upto ? "" : "s", (unsigned long long)from);
	if (upto == UINT64_MAX)
		add(text, " and all above");
	else if (from != upto)
		add(text, " to %llu", (unsigned long long)upto);
}

static void add_value(struct text *text, const struct paxos_vid *id)
{
	if (id->client)
		add(text, "value %llu/%llu", (unsigned long long)id->client,
		    (unsigned long long)id->sequence);
	else
		add(text, "no-op");
}

static void add_decided(struct text *text, const struct paxos_decided *d)
{
	if (!d->ballot)
		return;
	add(text, "chosen at ");
	add_ballot(text, d->ballot);
	add(text, ": ");
	add_range(text, d->first, d->upto);
}

/* The vote of a promise, or the value of anything else. */
static void add_entry(struct text *text, const struct paxos_msg *msg,
		      const struct paxos_entry *e)
{
	add(text, "; ");
	if (e->instance)
		add(text, "instance %llu: ", (unsigned long long)e->instance);
	if (msg->type == PAXOS_WIRE_PROMISE)
		add(text, "%s", e->chosen ? "chosen is " : "voted for ");
	add_value(text, &e->id);
	if (msg->type == PAXOS_WIRE_PROMISE && !e->chosen) {
		add(text, " at ");
		add_ballot(text, e->ballot);
	}
	if (!e->carried && !e->value && msg->type == PAXOS_WIRE_ACCEPT)
		add(text, ", %u bytes in parts", e->length);
}

static void add_refused(struct text *text, const struct paxos_msg *msg)
{
	static const char * const why[] = {
		[PAXOS_REFUSAL_BALLOT] = "has promised ",
		[PAXOS_REFUSAL_WINDOW] = "is above the window",
		[PAXOS_REFUSAL_TRIMMED] = "is trimmed",
		[PAXOS_REFUSAL_FULL] = "the log is full",
		[PAXOS_REFUSAL_MUTE] = "does not vote",
		[PAXOS_REFUSAL_MEMBERSHIP] = "knows another membership",
	};
	const uint8_t reason = msg->refused.reason;

	add_ballot(text, msg->refused.ballot);
	add(text, ", instance %llu: ", (unsigned long long)msg->refused.instance);
	add(text, "%s", reason < ARRAY_SIZE(why) && why[reason] ? why[reason] : "refuses");
	if (reason == PAXOS_REFUSAL_BALLOT)
		add_ballot(text, msg->refused.highest);
}

static void add_promise(struct text *text, const struct paxos_msg *msg)
{
	const bool single = msg->promise.single;

	add_ballot(text, msg->promise.ballot);
	add(text, ", ");
	add_range(text, single ? msg->promise.from : msg->promise.page,
		  single ? msg->promise.from : msg->promise.upto);
	if (msg->promise.trim)
		add(text, ", trimmed to %llu", (unsigned long long)msg->promise.trim);
	if (!msg->n_entries)
		add(text, "; no vote");
}

static void add_prepare(struct text *text, const struct paxos_msg *msg)
{
	add_ballot(text, msg->prepare.ballot);
	add(text, ", ");
	add_range(text, msg->prepare.from, msg->prepare.single ? msg->prepare.from : UINT64_MAX);
	if (msg->prepare.page != msg->prepare.from)
		add(text, ", page from %llu", (unsigned long long)msg->prepare.page);
}

static void add_heartbeat(struct text *text, const struct paxos_msg *msg)
{
	add_ballot(text, msg->heartbeat.ballot);
	add(text, ", number %llu", (unsigned long long)msg->heartbeat.number);
	if (msg->heartbeat.promised > msg->heartbeat.ballot) {
		add(text, ", has promised ");
		add_ballot(text, msg->heartbeat.promised);
	} else if (msg->heartbeat.answer) {
		add(text, ", heard");
	} else if (msg->heartbeat.resign) {
		add(text, ", the last");
	}
	if (msg->heartbeat.decided.ballot) {
		add(text, "; ");
		add_decided(text, &msg->heartbeat.decided);
	}
}

static void add_fields(struct text *text, const struct paxos_msg *msg)
{
	switch (msg->type) {
	case PAXOS_WIRE_HELLO:
		add(text, "decided up to %llu", (unsigned long long)msg->hello.prefix);
		add(text, ", %s%s", paxosnl_state_name(msg->hello.state),
		    msg->hello.ask ? ", asks back" : "");
		if (msg->hello.follows) {
			add(text, ", follows ");
			add_ballot(text, msg->hello.follows);
		}
		break;
	case PAXOS_WIRE_INIT:
		add(text, "%u voters%s", msg->init.options.quorum.voters,
		    msg->init.live ? ", all have the identity" : "");
		break;
	case PAXOS_WIRE_PREPARE:
		add_prepare(text, msg);
		break;
	case PAXOS_WIRE_PROMISE:
		add_promise(text, msg);
		break;
	case PAXOS_WIRE_ACCEPT:
		add_ballot(text, msg->accept.ballot);
		break;
	case PAXOS_WIRE_ACCEPTED:
		add_ballot(text, msg->accepted.ballot);
		break;
	case PAXOS_WIRE_REFUSED:
		add_refused(text, msg);
		break;
	case PAXOS_WIRE_DECIDED:
		add_decided(text, &msg->decided);
		break;
	case PAXOS_WIRE_LEARN:
		add_range(text, msg->learn.from, msg->learn.upto);
		break;
	case PAXOS_WIRE_VALUES:
		add(text, "decided up to %llu", (unsigned long long)msg->values.prefix);
		break;
	case PAXOS_WIRE_FETCH:
		add(text, "parts wanted %x", msg->fetch.missing);
		break;
	case PAXOS_WIRE_HEARTBEAT:
		add_heartbeat(text, msg);
		break;
	case PAXOS_WIRE_BARRIER:
		add_ballot(text, msg->barrier.ballot);
		if (msg->barrier.answer)
			add(text, ", up to %llu", (unsigned long long)msg->barrier.point);
		break;
	case PAXOS_WIRE_SUBMIT:
		add_ballot(text, msg->submit.ballot);
		add(text, msg->submit.answer ? ", waits for number %llu%s" : ", from number %llu%s",
		    (unsigned long long)msg->submit.number, msg->submit.full ? ", full" : "");
		break;
	case PAXOS_WIRE_PART:
		add(text, "part %u", msg->part.unit);
		break;
	}
}

static bool is_told(const struct sim *sim, uint8_t type)
{
	if (type == PAXOS_WIRE_HELLO || type == PAXOS_WIRE_INIT || type == PAXOS_WIRE_PULSE)
		return sim->trace == SIM_TRACE_ALL;
	return sim->trace;
}

/* A message that goes from one node to another: @how says what becomes of it. */
void trace_message(struct sim *sim, uint8_t from, uint8_t to, const struct paxos_msg *msg,
		   const char *how)
{
	struct text text = { .len = 0 };
	uint16_t i;

	if (!is_told(sim, msg->type))
		return;
	add_fields(&text, msg);
	for (i = 0; i < msg->n_entries; i++)
		add_entry(&text, msg, &msg->entry[i]);
	if (msg->type == PAXOS_WIRE_ACCEPT && msg->accept.decided.ballot) {
		add(&text, "; ");
		add_decided(&text, &msg->accept.decided);
	}
	sim_note(sim, "%u -> %u %-8s %s%s", from, to, paxos_wire_type_name(msg->type), text.s,
		 how);
}

void trace_dropped(struct sim *sim, const struct sim_node *node, const struct paxos_msg *msg,
		   enum paxos_reason reason)
{
	static const char * const why[] = {
#define X(name, text, doc) [PAXOS_REASON_##name] = doc,
		PAXOS_REASONS(X)
#undef X
	};

	if (is_told(sim, msg->type))
		sim_note(sim, "  node %u drops it: %s", node->id, why[reason]);
}

/* What a node tells its proposers and its user. */
void trace_note(struct sim *sim, const struct sim_node *node, const struct paxos_note *note)
{
	struct text text = { .len = 0 };

	if (!sim->trace)
		return;
	if (note->type == PAXOS_NOTE_STATE) {
		add(&text, "is %s", paxosnl_state_name(node->core.state));
	} else if (note->type == PAXOS_NOTE_DECIDED) {
		add(&text, "delivers ");
		add_range(&text, note->from, note->upto);
	} else if (note->type == PAXOS_NOTE_CHOSEN && note->upto) {
		add(&text, "has finished all to instance %llu", (unsigned long long)note->upto);
	} else if (note->type == PAXOS_NOTE_CHOSEN) {
		add(&text, "knows that ");
		add_value(&text, &note->id);
		add(&text, " is chosen: instance %llu", (unsigned long long)note->instance);
	} else if (note->type == PAXOS_NOTE_PROMISE && note->quorum) {
		add(&text, "has a quorum of promises: ");
		add_ballot(&text, note->ballot);
	} else {
		return;
	}
	sim_note(sim, "node %u %s", node->id, text.s);
}

/* For what a checker says; good until the fourth after it. */
const char *trace_ballot_text(uint64_t ballot)
{
	static char texts[4][40];
	static unsigned int used;
	char *text = texts[used++ % 4];

	snprintf(text, sizeof(texts[0]), "%llu.%u", counter(ballot), paxos_ballot_node(ballot));
	return text;
}

/* A ballot and what is done with it. */
void trace_ballot(struct sim *sim, const struct sim_client *client, const char *what,
		  uint64_t ballot)
{
	struct text text = { .len = 0 };

	if (!sim->trace)
		return;
	add_ballot(&text, ballot);
	sim_note(sim, "client %llu at node %u %s %s", (unsigned long long)client->id,
		 client->node, what, text.s);
}
