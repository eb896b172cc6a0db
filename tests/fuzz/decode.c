// SPDX-License-Identifier: GPL-2.0
/*
 * The decoder: any bytes in, a message or a named refusal out, and nothing read
 * beside them. What is a message says the same when it is encoded again.
 */
#include "bundle.h"
#include "fuzz.h"
#include "pulse.h"
#include "wire.h"
#include "pool.h"

/* One value at a time is put together here, and given back. */
static struct paxos_pool pool;

static void fill_pool(void)
{
	enum paxos_chunk_class class;

	if (pool.limit)
		return;
	paxos_pool_init(&pool, 1 << 20);
	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		uint32_t n = paxos_pool_wants(&pool, class);

		while (n--)
			paxos_pool_give(&pool, class, calloc(1, paxos_pool_chunk_size(class)));
	}
}

/* What an entry carries lies within the datagram; it becomes a value again. */
static void take_bytes(struct paxos_msg *msg, struct paxos_entry *entry, const uint8_t *data,
		       size_t size)
{
	uint32_t offset = 0, length = entry->length;

	if (!entry->carried)
		return;
	if (msg->type == PAXOS_WIRE_PART) {
		offset = msg->part.unit * PAXOS_WIRE_UNIT;
		length = paxos_value_unit_length(entry->length, msg->part.unit);
	}
	fuzz_check(entry->bytes >= data);
	fuzz_check(entry->bytes + length <= data + size);
	entry->value = paxos_value_alloc(&pool, entry->length, entry->kind, NULL);
	fuzz_check(entry->value);
	paxos_value_write(entry->value, offset, entry->bytes, length);
}

static void check_message(struct paxos_header *header, struct paxos_msg *msg,
			  const uint8_t *data, size_t size)
{
	uint8_t again[PAXOS_WIRE_MAX];
	uint16_t i;

	fuzz_check(msg->n_entries <= PAXOS_ENTRIES_MAX);
	fuzz_check(header->sender >= 1 && header->sender <= PAXOS_NODE_MAX);
	fuzz_check(header->type == msg->type && *paxos_wire_type_name(msg->type) != '?');
	for (i = 0; i < msg->n_entries; i++)
		take_bytes(msg, &msg->entry[i], data, size);
	fuzz_check(paxos_wire_size(msg) == size);
	fuzz_check(paxos_wire_encode(again, sizeof(again), header, msg) == size);
	fuzz_check(!memcmp(again, data, size));
	for (i = 0; i < msg->n_entries; i++)
		paxos_value_put(msg->entry[i].value);
	paxos_pool_drain(&pool);
	fuzz_check(!pool.used);
}

/* Whatever is called a bundle is so many messages, with nothing between or behind. */
static void check_split(const uint8_t *data, size_t size)
{
	enum paxos_reason reason;
	uint32_t group;
	uint8_t sender;
	size_t unit, at;

	reason = paxos_bundle_split(data, size, &unit);
	if (reason != PAXOS_REASON_OK) {
		fuzz_check(reason == PAXOS_REASON_BUNDLE && size > PAXOS_BUNDLE_UNIT);
		return;
	}
	fuzz_check(unit == size || (unit == PAXOS_BUNDLE_UNIT && size <= PAXOS_WIRE_MAX));
	for (at = 0; unit < size && at < size; at += unit) {
		fuzz_check(at + unit <= size);
		reason = paxos_wire_peek(data + at, unit, &group, &sender);
		fuzz_check(reason == PAXOS_REASON_OK || reason == PAXOS_REASON_FIELD);
	}
}

/* A pulse that is taken says the same when it is written again, and is heard once. */
static void check_pulse(const uint8_t *data, size_t size)
{
	struct paxos_pulse from = { }, to = { };
	struct paxos_vow vow, own = { };
	uint8_t again[PAXOS_PULSE_SIZE];
	enum paxos_reason reason;
	struct paxos_beat beat;

	if (!paxos_pulse_is(data, size))
		return;
	reason = paxos_pulse_read(data, &beat);
	fuzz_check(*paxos_reason_name(reason));
	if (reason != PAXOS_REASON_OK)
		return;
	vow = (struct paxos_vow){ .life = beat.life, .epoch = beat.epoch };
	from.life = beat.echo_life;
	from.number = beat.echo_number;
	paxos_pulse_write(&from, &vow, beat.number, 1, beat.answer, again);
	fuzz_check(!memcmp(again, data, size));
	own.life = beat.echo_life;
	to.sent = beat.number;
	fuzz_check(paxos_pulse_hear(&to, &own, &beat, 1) == PAXOS_REASON_OK);
	fuzz_check(to.heard.vow && to.heard.vow == paxos_vow_name(&vow));
	fuzz_check(!to.heard.answered_at == (!beat.echo_number || beat.echo_number > to.sent));
	fuzz_check(paxos_pulse_hear(&to, &own, &beat, 2) == PAXOS_REASON_DUPLICATE);
	fuzz_check(to.heard.heard_at == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct paxos_header header;
	enum paxos_reason reason;
	struct paxos_msg msg = { .entry = entry };
	uint8_t *copy;

	fill_pool();
	/* As large as it says, so that one byte more is too many. */
	copy = malloc(size);
	if (!copy && size)
		abort();
	if (size)
		memcpy(copy, data, size);
	if (size) {
		msg.type = data[0];
		msg.n_entries = 0;
		fuzz_check(*paxos_wire_type_name(data[0]));
		/* A pulse is no group's message. */
		fuzz_check(paxos_wire_size(&msg) >= sizeof(struct paxos_wire_header) ||
			   data[0] == PAXOS_WIRE_PULSE ||
			   *paxos_wire_type_name(data[0]) == '?');
	}
	check_split(copy, size);
	check_pulse(copy, size);
	reason = paxos_wire_decode(copy, size, &header, &msg, entry);
	fuzz_check(*paxos_reason_name(reason));
	if (reason == PAXOS_REASON_OK)
		check_message(&header, &msg, copy, size);
	free(copy);
	return 0;
}

/* What is long enough is cut to whole messages; else the first is said over and over. */
static size_t make_bundle(uint8_t *data, size_t size, size_t max_size,
			  struct paxos_wire_header *w)
{
	size_t at;

	if (size < PAXOS_BUNDLE_UNIT)
		return size;
	w->type = PAXOS_WIRE_HEARTBEAT;
	w->length = htobe16(PAXOS_BUNDLE_UNIT);
	if (size >= 2 * PAXOS_BUNDLE_UNIT)
		return size - size % PAXOS_BUNDLE_UNIT;
	memcpy(data, w, sizeof(*w));
	for (at = PAXOS_BUNDLE_UNIT; at + PAXOS_BUNDLE_UNIT <= max_size &&
	     at + PAXOS_BUNDLE_UNIT <= PAXOS_WIRE_MAX; at += PAXOS_BUNDLE_UNIT)
		memcpy(data + at, data, PAXOS_BUNDLE_UNIT);
	return at;
}

static size_t make_pulse(uint8_t *data, size_t size, size_t max_size)
{
	struct paxos_wire_pulse w = { };

	if (max_size < sizeof(w))
		return size;
	memcpy(&w, data, size < sizeof(w) ? size : sizeof(w));
	w.version = PAXOS_WIRE_VERSION;
	w.type = PAXOS_WIRE_PULSE;
	w.length = htobe16(sizeof(w));
	w.auth = PAXOS_AUTH_NONE;
	w.flags &= PAXOS_WIRE_PULSE_ANSWER;
	w.pad = 0;
	memset(w.tag, 0, sizeof(w.tag));
	memcpy(data, &w, sizeof(w));
	return sizeof(w);
}

/* Most of what chance makes fails at the header: that is put right again. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct paxos_wire_header w;
	uint32_t random = seed;

	size = LLVMFuzzerMutate(data, size, max_size);
	if (fuzz_random(&random) % 32 == 0)
		return make_pulse(data, size, max_size);
	if (size < sizeof(w) || fuzz_random(&random) % 16 == 0)
		return size;
	/* Messages are multiples of eight. */
	if (fuzz_random(&random) % 4)
		size &= ~(size_t)7;
	memcpy(&w, data, sizeof(w));
	w.version = PAXOS_WIRE_VERSION;
	w.type = (uint8_t)(1 + (w.type - 1u) % (__PAXOS_WIRE_MAX - 1));
	w.length = htobe16((uint16_t)size);
	w.sender = (uint8_t)(1 + (w.sender - 1u) % PAXOS_NODE_MAX);
	w.auth = PAXOS_AUTH_NONE;
	w.pad = 0;
	if (fuzz_random(&random) % 16 == 0)
		size = make_bundle(data, size, max_size, &w);
	memset(w.tag, 0, sizeof(w.tag));
	memcpy(data, &w, sizeof(w));
	return size;
}
