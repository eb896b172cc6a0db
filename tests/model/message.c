// SPDX-License-Identifier: GPL-2.0
/* Messages: each datagram that was ever said, kept once, and told in words. */

#include <stdlib.h>

#include "ballot.h"
#include "model.h"

static struct table messages;
static struct message *decoded;
static u32 room;

/* Datagrams, not structures: what is heard went through encoder and decoder. */
u32 message_intern(const struct paxos_header *header, const struct paxos_msg *msg, u8 to)
{
	u8 key[1 + PAXOS_WIRE_MAX];
	struct paxos_header h = *header;
	struct message *m;
	size_t length;
	bool fresh;
	u32 id;

	h.type = msg->type;
	h.sequence = 0;
	key[0] = to;
	length = paxos_wire_encode(key + 1, PAXOS_WIRE_MAX, &h, msg);
	if (!length)
		die("a message cannot be encoded");
	id = table_put(&messages, key, 1 + (u32)length, &fresh);
	if (!fresh)
		return id;
	decoded = grow(decoded, id, &room, sizeof(*decoded));
	m = &decoded[id];
	memset(m, 0, sizeof(*m));
	m->from = h.sender;
	m->to = to;
	m->life = h.incarnation[1];
	m->length = (u16)length;
	m->bytes = malloc(length);
	if (!m->bytes)
		die("out of memory");
	memcpy(m->bytes, key + 1, length);
	return id;
}

u32 message_count(void)
{
	return messages.n;
}

/* The entries are in the message itself, which moves when the array grows. */
const struct message *message_get(u32 id)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct message *m = &decoded[id];

	if (!m->msg.type) {
		if (paxos_wire_decode(m->bytes, m->length, &m->header, &m->msg, entry))
			die("a message cannot be decoded");
		if (m->msg.n_entries > VOTES)
			die("a message of %u entries", m->msg.n_entries);
		memcpy(m->entry, entry, m->msg.n_entries * sizeof(*entry));
	}
	m->msg.entry = m->entry;
	return m;
}

const char *ballot_text(u64 ballot)
{
	static char text[4][32];
	static unsigned int turn;
	char *s = text[turn++ % ARRAY_SIZE(text)];

	if (!ballot)
		return "none";
	snprintf(s, sizeof(text[0]), "%llu.%u", (unsigned long long)paxos_ballot_counter(ballot),
		 paxos_ballot_node(ballot));
	return s;
}

/* A node proposes one value in each of its lives. */
unsigned int value_index(const struct paxos_vid *id)
{
	if (!id->client || id->client > PROPOSERS_MAX || !id->sequence || id->sequence > 2)
		return 0;
	return (unsigned int)(2 * (id->client - 1) + id->sequence);
}

const char *value_text(const struct paxos_vid *id)
{
	static const char * const text[] = {
		"a value that nobody proposed", "A", "A'", "B", "B'", "C", "C'", "D", "D'",
	};

	return text[value_index(id)];
}

static int put_entries(char *s, size_t size, const struct paxos_msg *msg)
{
	int n = 0;
	u16 i;

	for (i = 0; i < msg->n_entries; i++) {
		const struct paxos_entry *e = &msg->entry[i];

		if (msg->type == PAXOS_WIRE_PROMISE && !e->chosen)
			n += snprintf(s + n, size - (size_t)n, ", voted %s at %s in instance %llu",
				      value_text(&e->id), ballot_text(e->ballot),
				      (unsigned long long)e->instance);
		else
			n += snprintf(s + n, size - (size_t)n, ", %s%s in instance %llu",
				      value_text(&e->id), e->chosen ? " is chosen" : "",
				      (unsigned long long)e->instance);
	}
	return n;
}

const char *message_text(u32 id)
{
	static char text[512];
	const struct message *m = message_get(id);
	const struct paxos_msg *msg = &m->msg;
	u64 ballot = 0;
	int n = snprintf(text, sizeof(text), "%s", paxos_wire_type_name(msg->type));

	switch (msg->type) {
	case PAXOS_WIRE_PREPARE:
	case PAXOS_WIRE_PROMISE:
	case PAXOS_WIRE_ACCEPT:
	case PAXOS_WIRE_ACCEPTED:
	case PAXOS_WIRE_REFUSED:
	case PAXOS_WIRE_DECIDED:
		/* Every one of these begins with its ballot. */
		ballot = msg->prepare.ballot;
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %s", ballot_text(ballot));
		break;
	default:
		break;
	}
	if (msg->type == PAXOS_WIRE_REFUSED)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", promised %s, reason %u",
			      ballot_text(msg->refused.highest), msg->refused.reason);
	if (msg->type == PAXOS_WIRE_PROMISE && !msg->n_entries)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", no vote");
	put_entries(text + n, sizeof(text) - (size_t)n, msg);
	return text;
}
