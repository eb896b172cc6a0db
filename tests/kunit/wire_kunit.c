// SPDX-License-Identifier: GPL-2.0
/* The wire format: what goes in comes out, and nothing else gets in. */

#include "cluster.h"

#define HEADER		sizeof(struct paxos_wire_header)
#define BALLOT		(5ULL << PAXOS_BALLOT_COUNTER_SHIFT | 3 << PAXOS_BALLOT_NODE_SHIFT | 1)
#define BALLOT_MAX	(PAXOS_BALLOT_COUNTER_MAX << PAXOS_BALLOT_COUNTER_SHIFT | \
			 (u64)PAXOS_NODE_MAX << PAXOS_BALLOT_NODE_SHIFT | 1)
#define LAST		(U64_MAX - 1)

/*
 * The datagram lies at the end of its memory, so that reading on is seen.
 */
struct bed {
	struct cluster_node *node;
	u8 bytes[PAXOS_WIRE_MAX];
	u8 again[PAXOS_WIRE_MAX];
	size_t length;
	struct paxos_header header;
	struct paxos_header header_out;
	struct paxos_msg msg;
	struct paxos_msg msg_out;
	struct paxos_entry entry[PAXOS_ENTRIES_MAX];
	struct paxos_entry entry_out[PAXOS_ENTRIES_MAX];
	struct paxos_value *value[PAXOS_ENTRIES_MAX];
	u8 *room;
};

static struct bed *new_bed(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	bed->node = cluster_node(test, 1);
	bed->room = kunit_kmalloc(test, PAXOS_WIRE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bed->room);
	return bed;
}

static enum paxos_reason decode(struct bed *bed, const u8 *bytes, size_t length)
{
	u8 *at = bed->room + PAXOS_WIRE_MAX - length;

	memset(bed->room, 0xa5, PAXOS_WIRE_MAX);
	memcpy(at, bytes, length);
	memset(bed->entry_out, 0xa5, sizeof(bed->entry_out));
	return paxos_wire_decode(at, length, &bed->header_out, &bed->msg_out, bed->entry_out);
}

static void set_length(u8 *bytes, size_t length)
{
	bytes[2] = (u8)(length >> 8);
	bytes[3] = (u8)length;
}

static struct paxos_entry *add(struct bed *bed, u64 instance, u64 ballot)
{
	struct paxos_entry *entry = &bed->entry[bed->msg.n_entries++];

	entry->instance = instance;
	entry->ballot = ballot;
	entry->id = (struct paxos_vid){ 11 * instance, 12 * instance, 13 * instance };
	entry->kind = PAXOS_KIND_VALUE;
	return entry;
}

static void carry(struct bed *bed, struct paxos_entry *entry, u32 length)
{
	entry->value = cluster_value(bed->node, 1, length);
	entry->value->id = entry->id;
	entry->length = length;
	entry->carried = true;
}

static void fill_options(struct paxos_options *o, u8 voters)
{
	o->voters = (1ULL << voters) - 1;
	o->window = 1024;
	o->window_bytes = 1 << 23;
	o->alpha = 512;
	paxos_quorum_default(&o->quorum, voters);
}

static void hello(struct bed *bed)
{
	fill_options(&bed->msg.hello.options, 3);
	bed->msg.hello.prefix = 9;
	bed->msg.hello.trim = 5;
	bed->msg.hello.hash = 0x1122334455667788;
	bed->msg.hello.highest = BALLOT;
	bed->msg.hello.follows = BALLOT;
	bed->msg.hello.state = PAXOS_STATE_VOTING;
	bed->msg.hello.ask = true;
	bed->msg.hello.answer = true;
}

static void hello_max(struct bed *bed)
{
	fill_options(&bed->msg.hello.options, 15);
	bed->msg.hello.options.window = PAXOS_WINDOW_MAX;
	bed->msg.hello.options.window_bytes = U32_MAX;
	bed->msg.hello.options.alpha = U32_MAX;
	bed->msg.hello.prefix = LAST;
	bed->msg.hello.trim = LAST;
	bed->msg.hello.hash = U64_MAX;
	bed->msg.hello.highest = BALLOT_MAX;
	bed->msg.hello.follows = BALLOT_MAX;
	bed->msg.hello.state = PAXOS_STATE_MUTE;
}

static void init_of(struct bed *bed, u8 voters)
{
	u8 i;

	fill_options(&bed->msg.init.options, voters);
	for (i = 0; i < voters; i++) {
		bed->msg.init.voter[i].node = (u8)(i + 1);
		memset(bed->msg.init.voter[i].incarnation, 0x10 + i, PAXOS_ID_BYTES);
	}
}

static void init_one(struct bed *bed)
{
	init_of(bed, 1);
}

static void init(struct bed *bed)
{
	init_of(bed, 3);
	bed->msg.init.live = true;
}

static void init_max(struct bed *bed)
{
	init_of(bed, 15);
	bed->msg.init.options.voters &= ~(1ULL << 14);
	bed->msg.init.options.voters |= 1ULL << 63;
	bed->msg.init.voter[14].node = 64;
}

static void prepare(struct bed *bed)
{
	bed->msg.prepare.ballot = BALLOT;
	bed->msg.prepare.nonce = 77;
	bed->msg.prepare.from = 4;
	bed->msg.prepare.page = 8;
}

static void prepare_single(struct bed *bed)
{
	bed->msg.prepare.ballot = BALLOT_MAX;
	bed->msg.prepare.nonce = U64_MAX;
	bed->msg.prepare.from = LAST;
	bed->msg.prepare.page = LAST;
	bed->msg.prepare.single = true;
}

static void promise(struct bed *bed)
{
	bed->msg.promise.ballot = BALLOT;
	bed->msg.promise.nonce = 77;
	bed->msg.promise.from = 4;
	bed->msg.promise.page = 8;
	bed->msg.promise.upto = 12;
	bed->msg.promise.trim = 3;
	add(bed, 8, BALLOT)->length = 100;
	add(bed, 9, BALLOT)->kind = PAXOS_KIND_NO_OP;
	add(bed, 11, BALLOT)->kind = PAXOS_KIND_CLOSE;
	add(bed, 12, 0)->chosen = true;
}

static void promise_empty(struct bed *bed)
{
	bed->msg.promise.ballot = BALLOT;
	bed->msg.promise.from = 4;
	bed->msg.promise.page = 4;
	bed->msg.promise.upto = 4;
	bed->msg.promise.single = true;
}

static void promise_max(struct bed *bed)
{
	u64 i;

	bed->msg.promise.ballot = BALLOT_MAX;
	bed->msg.promise.nonce = U64_MAX;
	bed->msg.promise.from = LAST - 30;
	bed->msg.promise.page = LAST - 30;
	bed->msg.promise.upto = U64_MAX;
	bed->msg.promise.trim = LAST - 31;
	for (i = 0; i < 22; i++)
		add(bed, LAST - 21 + i, BALLOT_MAX)->length = PAXOS_VALUE_MAX;
}

static void accept_short(struct bed *bed)
{
	bed->msg.accept.ballot = BALLOT;
	bed->msg.accept.decided = (struct paxos_decided){ BALLOT, 3, 5 };
	carry(bed, add(bed, 6, BALLOT), 5);
	carry(bed, add(bed, 7, BALLOT), 0);
	add(bed, 9, BALLOT)->length = PAXOS_VALUE_MAX;
	add(bed, 10, BALLOT)->kind = PAXOS_KIND_NO_OP;
	add(bed, 11, BALLOT)->kind = PAXOS_KIND_CLOSE;
}

/* Of one client, one after the other, and the last of another. */
static void run_of(struct bed *bed, u64 first, u64 ballot, u16 n)
{
	struct paxos_entry *entry;
	u16 i;

	for (i = 0; i < n; i++) {
		entry = add(bed, first ? first + i : 0, ballot);
		entry->id = (struct paxos_vid){ 5, 100 + i, 13 * i };
	}
}

static void accept_run(struct bed *bed)
{
	bed->msg.accept.ballot = BALLOT;
	bed->msg.accept.more = true;
	run_of(bed, 6, BALLOT, 4);
	carry(bed, &bed->entry[0], 5);
	carry(bed, &bed->entry[1], 64);
	bed->entry[3].id.client = 6;
}

static void submit_run(struct bed *bed)
{
	bed->msg.submit.ballot = BALLOT;
	bed->msg.submit.number = 8;
	bed->msg.submit.base = 3;
	run_of(bed, 0, 0, 3);
	carry(bed, &bed->entry[1], 64);
}

static void accepted_run(struct bed *bed)
{
	bed->msg.accepted.ballot = BALLOT;
	run_of(bed, 6, 0, PAXOS_ENTRIES_MAX);
}

static void accepted_pair(struct bed *bed)
{
	bed->msg.accepted.ballot = BALLOT;
	run_of(bed, 6, 0, 3);
	bed->entry[2].id.sequence++;
}

static void accept_inline(struct bed *bed)
{
	bed->msg.accept.ballot = BALLOT_MAX;
	carry(bed, add(bed, LAST, BALLOT_MAX), PAXOS_INLINE_MAX);
}

static void accepted(struct bed *bed)
{
	bed->msg.accepted.ballot = BALLOT;
	add(bed, 6, 0);
	add(bed, 7, 0);
	add(bed, 8, 0);
}

/* As far as instances go: all ones is none. */
static void accepted_last(struct bed *bed)
{
	u16 i;

	accepted(bed);
	for (i = 0; i < bed->msg.n_entries; i++)
		bed->msg.entry[i].instance = U64_MAX - bed->msg.n_entries + i;
}

static void accepted_max(struct bed *bed)
{
	u64 i;

	bed->msg.accepted.ballot = BALLOT_MAX;
	for (i = 0; i < 47; i++)
		add(bed, LAST - 47 + i, 0);
}

static void refused(struct bed *bed)
{
	bed->msg.refused.ballot = BALLOT;
	bed->msg.refused.highest = BALLOT_MAX;
	bed->msg.refused.instance = 9;
	bed->msg.refused.trim = 4;
	bed->msg.refused.upto = 900;
	bed->msg.refused.reason = PAXOS_REFUSAL_BALLOT;
}

static void refused_max(struct bed *bed)
{
	bed->msg.refused.ballot = BALLOT_MAX;
	bed->msg.refused.instance = LAST;
	bed->msg.refused.trim = LAST;
	bed->msg.refused.upto = LAST;
	bed->msg.refused.reason = PAXOS_REFUSAL_MEMBERSHIP;
}

static void decided(struct bed *bed)
{
	bed->msg.decided = (struct paxos_decided){ BALLOT, 3, 3 + PAXOS_DECIDED_MAX - 1 };
}

static void decided_max(struct bed *bed)
{
	bed->msg.decided = (struct paxos_decided){ BALLOT_MAX, LAST, LAST };
}

static void learn(struct bed *bed)
{
	bed->msg.learn.from = 3;
	bed->msg.learn.upto = LAST;
}

static void values(struct bed *bed)
{
	struct paxos_entry *entry;

	bed->msg.values.prefix = 9;
	bed->msg.values.trim = 5;
	bed->msg.values.hash = 0x1122334455667788;
	bed->msg.values.asked = 0x55667788;
	bed->msg.values.last = true;
	entry = add(bed, 6, 0);
	carry(bed, entry, 7);
	entry->chosen = true;
	entry = add(bed, 9, 0);
	entry->length = 5000;
	entry->chosen = true;
}

static void values_empty(struct bed *bed)
{
	bed->msg.values.prefix = LAST;
	bed->msg.values.trim = LAST;
}

static void fetch(struct bed *bed)
{
	add(bed, 6, BALLOT)->kind = 0;
	bed->msg.fetch.missing = 1;
}

static void fetch_chosen(struct bed *bed)
{
	add(bed, LAST, PAXOS_BALLOT_CHOSEN)->kind = 0;
	bed->msg.fetch.missing = U32_MAX;
}

static void fetch_submitted(struct bed *bed)
{
	add(bed, 0, BALLOT)->kind = 0;
	bed->msg.fetch.missing = 3;
}

static void heartbeat_last(struct bed *bed)
{
	bed->msg.heartbeat.ballot = BALLOT_MAX;
	bed->msg.heartbeat.number = 7;
	bed->msg.heartbeat.resign = true;
}

static void submit(struct bed *bed)
{
	bed->msg.submit.ballot = BALLOT;
	bed->msg.submit.number = 8;
	bed->msg.submit.base = 3;
	bed->msg.submit.again = true;
	carry(bed, add(bed, 0, 0), 5);
	add(bed, 0, 0)->length = PAXOS_VALUE_MAX;
	add(bed, 0, 0)->kind = PAXOS_KIND_CLOSE;
}

static void submit_answer(struct bed *bed)
{
	bed->msg.submit.ballot = BALLOT_MAX;
	bed->msg.submit.number = 1ULL << 60;
	bed->msg.submit.answer = true;
	bed->msg.submit.full = true;
}

static void part_submitted(struct bed *bed)
{
	carry(bed, add(bed, 0, BALLOT), 1500);
	bed->msg.part.unit = 1;
}

static void part(struct bed *bed)
{
	carry(bed, add(bed, 6, BALLOT), 1500);
	bed->msg.part.unit = 1;
}

static void part_full(struct bed *bed)
{
	carry(bed, add(bed, LAST, PAXOS_BALLOT_CHOSEN), PAXOS_VALUE_MAX);
	bed->msg.part.unit = 31;
}

static void part_empty(struct bed *bed)
{
	carry(bed, add(bed, 1, BALLOT), 0);
}

static void heartbeat(struct bed *bed)
{
	bed->msg.heartbeat.ballot = BALLOT;
	bed->msg.heartbeat.number = 7;
	bed->msg.heartbeat.prefix = 9;
	bed->msg.heartbeat.decided = (struct paxos_decided){ BALLOT, 3, 9 };
}

static void heartbeat_max(struct bed *bed)
{
	bed->msg.heartbeat.ballot = BALLOT_MAX;
	bed->msg.heartbeat.number = U64_MAX;
	bed->msg.heartbeat.promised = BALLOT_MAX;
	bed->msg.heartbeat.prefix = LAST;
	bed->msg.heartbeat.answer = true;
}

static void barrier_ask(struct bed *bed)
{
	bed->msg.barrier.ballot = BALLOT;
	bed->msg.barrier.number = 1;
}

static void barrier_max(struct bed *bed)
{
	bed->msg.barrier.ballot = BALLOT_MAX;
	bed->msg.barrier.number = U64_MAX;
	bed->msg.barrier.point = LAST;
	bed->msg.barrier.answer = true;
}

struct sample {
	const char *desc;
	u8 type;
	void (*fill)(struct bed *bed);
};

static const struct sample samples[] = {
	{ "HELLO", PAXOS_WIRE_HELLO, hello },
	{ "HELLO at its limits", PAXOS_WIRE_HELLO, hello_max },
	{ "INIT", PAXOS_WIRE_INIT, init },
	{ "INIT of one", PAXOS_WIRE_INIT, init_one },
	{ "INIT of fifteen", PAXOS_WIRE_INIT, init_max },
	{ "PREPARE", PAXOS_WIRE_PREPARE, prepare },
	{ "PREPARE of one instance", PAXOS_WIRE_PREPARE, prepare_single },
	{ "PROMISE", PAXOS_WIRE_PROMISE, promise },
	{ "PROMISE of nothing", PAXOS_WIRE_PROMISE, promise_empty },
	{ "PROMISE, a full page", PAXOS_WIRE_PROMISE, promise_max },
	{ "ACCEPT of short values", PAXOS_WIRE_ACCEPT, accept_short },
	{ "ACCEPT of the longest inline", PAXOS_WIRE_ACCEPT, accept_inline },
	{ "ACCEPT of a run, of several", PAXOS_WIRE_ACCEPT, accept_run },
	{ "ACCEPTED", PAXOS_WIRE_ACCEPTED, accepted },
	{ "ACCEPTED, up to the last", PAXOS_WIRE_ACCEPTED, accepted_last },
	{ "ACCEPTED, as many as fit", PAXOS_WIRE_ACCEPTED, accepted_max },
	{ "ACCEPTED of the longest run", PAXOS_WIRE_ACCEPTED, accepted_run },
	{ "ACCEPTED of a run and one more", PAXOS_WIRE_ACCEPTED, accepted_pair },
	{ "REFUSED", PAXOS_WIRE_REFUSED, refused },
	{ "REFUSED at its limits", PAXOS_WIRE_REFUSED, refused_max },
	{ "DECIDED", PAXOS_WIRE_DECIDED, decided },
	{ "DECIDED at its limits", PAXOS_WIRE_DECIDED, decided_max },
	{ "LEARN", PAXOS_WIRE_LEARN, learn },
	{ "VALUES", PAXOS_WIRE_VALUES, values },
	{ "VALUES of none", PAXOS_WIRE_VALUES, values_empty },
	{ "FETCH", PAXOS_WIRE_FETCH, fetch },
	{ "FETCH of all that is chosen", PAXOS_WIRE_FETCH, fetch_chosen },
	{ "PART", PAXOS_WIRE_PART, part },
	{ "PART, the last of the longest", PAXOS_WIRE_PART, part_full },
	{ "PART of nothing", PAXOS_WIRE_PART, part_empty },
	{ "HEARTBEAT", PAXOS_WIRE_HEARTBEAT, heartbeat },
	{ "HEARTBEAT, an answer at its limits", PAXOS_WIRE_HEARTBEAT, heartbeat_max },
	{ "BARRIER", PAXOS_WIRE_BARRIER, barrier_ask },
	{ "BARRIER, an answer at its limits", PAXOS_WIRE_BARRIER, barrier_max },
	{ "FETCH of what is submitted", PAXOS_WIRE_FETCH, fetch_submitted },
	{ "PART of what is submitted", PAXOS_WIRE_PART, part_submitted },
	{ "HEARTBEAT, the last", PAXOS_WIRE_HEARTBEAT, heartbeat_last },
	{ "SUBMIT", PAXOS_WIRE_SUBMIT, submit },
	{ "SUBMIT, an answer", PAXOS_WIRE_SUBMIT, submit_answer },
	{ "SUBMIT of a run", PAXOS_WIRE_SUBMIT, submit_run },
};

KUNIT_ARRAY_PARAM_DESC(samples, samples, desc);

static void encode(struct kunit *test, struct bed *bed, const struct sample *sample)
{
	memset(&bed->msg, 0, sizeof(bed->msg));
	memset(bed->entry, 0, sizeof(bed->entry));
	bed->msg.type = sample->type;
	bed->msg.entry = bed->entry;
	sample->fill(bed);
	bed->header = (struct paxos_header){
		.type = sample->type,
		.sender = PAXOS_NODE_MAX,
		.group = 0xfedcba98,
		.boot = 0x12345678,
		.sequence = 0xff00ff00ff00ff00,
		.membership = 0x0123456789abcdef,
		.incarnation = "an incarnation.",
		.identity = "an identity....",
	};
	bed->length = paxos_wire_encode(bed->bytes, sizeof(bed->bytes), &bed->header, &bed->msg);
	KUNIT_ASSERT_GT(test, bed->length, HEADER);
	KUNIT_ASSERT_LE(test, bed->length, PAXOS_WIRE_MAX);
	KUNIT_EXPECT_EQ(test, bed->length, paxos_wire_size(&bed->msg));
}

static struct bed *bed_with(struct kunit *test, u8 type)
{
	struct bed *bed = new_bed(test);
	unsigned int i;

	for (i = 0; samples[i].type != type; i++)
		;
	encode(test, bed, &samples[i]);
	return bed;
}

static void expect_entry(struct kunit *test, const struct paxos_entry *in,
			 const struct paxos_entry *out, const struct paxos_msg *msg)
{
	u32 at = 0, n = in->length;

	KUNIT_EXPECT_EQ(test, in->instance, out->instance);
	KUNIT_EXPECT_EQ(test, in->ballot, out->ballot);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&in->id, &out->id));
	KUNIT_EXPECT_EQ(test, in->length, out->length);
	KUNIT_EXPECT_EQ(test, in->chosen, out->chosen);
	KUNIT_EXPECT_EQ(test, in->carried, out->carried);
	if (msg->type != PAXOS_WIRE_ACCEPTED)
		KUNIT_EXPECT_EQ(test, in->kind, out->kind);
	if (!in->carried)
		return;
	if (msg->type == PAXOS_WIRE_PART) {
		at = msg->part.unit * PAXOS_WIRE_UNIT;
		n = paxos_value_unit_length(in->length, msg->part.unit);
	}
	KUNIT_ASSERT_NOT_NULL(test, out->bytes);
	for (; n; n--, at++) {
		u8 byte;

		paxos_value_read(in->value, at, &byte, 1);
		KUNIT_ASSERT_EQ(test, byte, out->bytes[at % PAXOS_WIRE_UNIT]);
	}
}

static void comes_out_as_it_went_in(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	const size_t at = offsetof(struct paxos_msg, hello);
	u16 i;

	encode(test, bed, test->param_value);
	KUNIT_ASSERT_EQ(test, decode(bed, bed->bytes, bed->length), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, bed->header_out.type, bed->header.type);
	KUNIT_EXPECT_EQ(test, bed->header_out.sender, bed->header.sender);
	KUNIT_EXPECT_EQ(test, bed->header_out.group, bed->header.group);
	KUNIT_EXPECT_EQ(test, bed->header_out.boot, bed->header.boot);
	KUNIT_EXPECT_EQ(test, bed->header_out.sequence, bed->header.sequence);
	KUNIT_EXPECT_EQ(test, bed->header_out.membership, bed->header.membership);
	KUNIT_EXPECT_MEMEQ(test, bed->header_out.incarnation, bed->header.incarnation,
			   PAXOS_ID_BYTES);
	KUNIT_EXPECT_MEMEQ(test, bed->header_out.identity, bed->header.identity,
			   PAXOS_ID_BYTES);
	KUNIT_EXPECT_EQ(test, bed->msg_out.type, bed->msg.type);
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&bed->msg_out + at, (u8 *)&bed->msg + at,
			   sizeof(bed->msg) - at);
	KUNIT_ASSERT_EQ(test, bed->msg_out.n_entries, bed->msg.n_entries);
	for (i = 0; i < bed->msg.n_entries; i++)
		expect_entry(test, &bed->entry[i], &bed->entry_out[i], &bed->msg);
}

static void is_refused_when_cut_short(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	size_t length;

	encode(test, bed, test->param_value);
	for (length = 0; length < bed->length; length++) {
		KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, length),
				length < HEADER ? PAXOS_REASON_SHORT : PAXOS_REASON_LENGTH);
	}
	/* And when it owns up to it. */
	for (length = HEADER; length < bed->length; length++) {
		set_length(bed->bytes, length);
		KUNIT_EXPECT_EQ_MSG(test, decode(bed, bed->bytes, length), PAXOS_REASON_LENGTH,
				    "%zu bytes", length);
	}
}

static void is_refused_when_longer(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	size_t length;

	encode(test, bed, test->param_value);
	for (length = bed->length + 1; length <= PAXOS_WIRE_MAX; length++) {
		bed->bytes[length - 1] = 0;
		set_length(bed->bytes, bed->length);
		KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, length), PAXOS_REASON_LENGTH);
		set_length(bed->bytes, length);
		KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, length), PAXOS_REASON_LENGTH);
	}
}

static void fits_a_buffer_of_its_size(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	encode(test, bed, test->param_value);
	memset(bed->again, 0xa5, sizeof(bed->again));
	KUNIT_EXPECT_EQ(test, paxos_wire_encode(bed->again, bed->length, &bed->header,
						&bed->msg), bed->length);
	KUNIT_EXPECT_MEMEQ(test, bed->again, bed->bytes, bed->length);
	if (bed->length < PAXOS_WIRE_MAX)
		KUNIT_EXPECT_EQ(test, bed->again[bed->length], 0xa5);
}

/* What was decoded says all that was in the datagram: it makes the same one again. */
static void expect_canonical(struct kunit *test, struct bed *bed, const u8 *bytes,
			     size_t length)
{
	struct paxos_msg *msg = &bed->msg_out;
	size_t again;
	u16 i;

	for (i = 0; i < msg->n_entries; i++) {
		struct paxos_entry *e = &bed->entry_out[i];
		u32 at = 0, n = e->length;

		if (!e->carried)
			continue;
		e->value = paxos_value_alloc(&bed->node->pool, e->length, e->kind, NULL);
		KUNIT_ASSERT_NOT_NULL(test, e->value);
		if (msg->type == PAXOS_WIRE_PART) {
			at = msg->part.unit * PAXOS_WIRE_UNIT;
			n = paxos_value_unit_length(e->length, msg->part.unit);
		}
		paxos_value_write(e->value, at, e->bytes, n);
	}
	again = paxos_wire_encode(bed->again, sizeof(bed->again), &bed->header_out, msg);
	KUNIT_EXPECT_EQ(test, again, length);
	KUNIT_EXPECT_MEMEQ(test, bed->again, bytes, length);
	for (i = 0; i < msg->n_entries; i++)
		if (bed->entry_out[i].carried)
			paxos_value_put(bed->entry_out[i].value);
	paxos_pool_drain(&bed->node->pool);
}

static void expect_total(struct kunit *test, struct bed *bed, const u8 *bytes, size_t length)
{
	enum paxos_reason reason = decode(bed, bytes, length);

	KUNIT_ASSERT_LT(test, reason, PAXOS_REASON_NO_GROUP);
	if (reason == PAXOS_REASON_OK)
		expect_canonical(test, bed, bytes, length);
}

static void is_understood_or_refused_with_any_bit_flipped(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	size_t bit;

	encode(test, bed, test->param_value);
	for (bit = 0; bit < 8 * bed->length; bit++) {
		bed->bytes[bit / 8] ^= (u8)(1 << bit % 8);
		expect_total(test, bed, bed->bytes, bed->length);
		bed->bytes[bit / 8] ^= (u8)(1 << bit % 8);
	}
}

static void is_understood_or_refused_with_many_bytes_wrong(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u8 *bytes = kunit_kmalloc(test, PAXOS_WIRE_MAX, GFP_KERNEL);
	u32 seed = 4711;
	int round;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	encode(test, bed, test->param_value);
	for (round = 0; round < 2000; round++) {
		u32 n = 1 + cluster_random(&seed) % 4;

		memcpy(bytes, bed->bytes, bed->length);
		while (n--) {
			u32 at = HEADER + cluster_random(&seed) % (bed->length - HEADER);
			static const u8 odd[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };

			bytes[at] = odd[cluster_random(&seed) % ARRAY_SIZE(odd)];
		}
		expect_total(test, bed, bytes, bed->length);
	}
}

static void random_bytes_are_refused(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u8 *bytes = kunit_kmalloc(test, PAXOS_WIRE_MAX, GFP_KERNEL);
	u32 seed = 815, i, round;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	encode(test, bed, &samples[0]);
	for (round = 0; round < 100000; round++) {
		u32 length = cluster_random(&seed) % (PAXOS_WIRE_MAX + 1);
		u32 from = round % 2 && length >= HEADER ? HEADER : 0;

		/* Half of them with a good header, most of them short. */
		if (round % 4 && length > HEADER)
			length = HEADER + length % 64;
		for (i = from; i < length; i++)
			bytes[i] = cluster_random(&seed) % 4 ? 0 : (u8)cluster_random(&seed);
		if (from) {
			memcpy(bytes, bed->bytes, HEADER);
			bytes[1] = (u8)(1 + cluster_random(&seed) % (__PAXOS_WIRE_MAX - 1));
			set_length(bytes, length);
		}
		expect_total(test, bed, bytes, length);
	}
}

static void peek_agrees_with_decode(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	u32 group = 0;
	u8 sender = 0;

	encode(test, bed, test->param_value);
	/* It needs no more than the header. */
	KUNIT_EXPECT_EQ(test, paxos_wire_peek(bed->bytes, bed->length, &group, &sender),
			PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, group, bed->header.group);
	KUNIT_EXPECT_EQ(test, sender, bed->header.sender);
	KUNIT_EXPECT_EQ(test, paxos_wire_peek(bed->bytes, HEADER - 1, &group, &sender),
			PAXOS_REASON_SHORT);
	KUNIT_EXPECT_EQ(test, paxos_wire_peek(bed->bytes, PAXOS_WIRE_MAX + 1, &group, &sender),
			PAXOS_REASON_LARGE);
}

struct field {
	u16 at;
	u8 size;
};

/**
 * struct lie - a field of the first sample of a type, overwritten
 * @desc: what is wrong
 * @type: of the message
 * @field: where in the datagram
 * @value: what it says
 * @reason: why the datagram is refused
 */
struct lie {
	const char *desc;
	u8 type;
	struct field field;
	u64 value;
	enum paxos_reason reason;
};

#define H(member) { \
	.at = offsetof(struct paxos_wire_header, member), \
	.size = sizeof(((struct paxos_wire_header *)0)->member), \
}

#define B(body, member) { \
	.at = HEADER + offsetof(struct paxos_wire_##body, member), \
	.size = sizeof(((struct paxos_wire_##body *)0)->member), \
}

/* Of the nth entry after a body; bytes carried before it count as @skip. */
#define E(body, n, skip, member) { \
	.at = HEADER + sizeof(struct paxos_wire_##body) + \
	      (n) * sizeof(struct paxos_wire_entry) + (skip) + \
	      offsetof(struct paxos_wire_entry, member), \
	.size = sizeof(((struct paxos_wire_entry *)0)->member), \
}

#define V(n, member) { \
	.at = HEADER + sizeof(struct paxos_wire_init) + \
	      (n) * sizeof(struct paxos_wire_voter) + \
	      offsetof(struct paxos_wire_voter, member), \
	.size = sizeof(((struct paxos_wire_voter *)0)->member), \
}

/* One byte, counted from the body's beginning. */
#define BYTE(n) { .at = HEADER + (n), .size = 1 }

static const struct lie lies[] = {
	{ "another version", PAXOS_WIRE_HELLO, H(version), 2, PAXOS_REASON_VERSION },
	{ "no version", PAXOS_WIRE_HELLO, H(version), 0, PAXOS_REASON_VERSION },
	{ "type 0", PAXOS_WIRE_HELLO, H(type), 0, PAXOS_REASON_TYPE },
	{ "type 13", PAXOS_WIRE_HELLO, H(type), __PAXOS_WIRE_MAX, PAXOS_REASON_TYPE },
	{ "type 255", PAXOS_WIRE_HELLO, H(type), 255, PAXOS_REASON_TYPE },
	{ "sender 0", PAXOS_WIRE_HELLO, H(sender), 0, PAXOS_REASON_FIELD },
	{ "sender 65", PAXOS_WIRE_HELLO, H(sender), 65, PAXOS_REASON_FIELD },
	{ "no auth", PAXOS_WIRE_HELLO, H(auth), 0, PAXOS_REASON_AUTH },
	{ "a tag's auth", PAXOS_WIRE_HELLO, H(auth), 2, PAXOS_REASON_AUTH },
	{ "padding of the header", PAXOS_WIRE_HELLO, H(pad), 1, PAXOS_REASON_PADDING },
	{ "a tag", PAXOS_WIRE_HELLO, { offsetof(struct paxos_wire_header, tag) + 15, 1 }, 1,
	  PAXOS_REASON_PADDING },

	{ "HELLO in no state", PAXOS_WIRE_HELLO, B(hello, state), 5, PAXOS_REASON_FIELD },
	{ "HELLO's flags", PAXOS_WIRE_HELLO, B(hello, flags), 4, PAXOS_REASON_FIELD },
	{ "HELLO trimmed above its prefix", PAXOS_WIRE_HELLO, B(hello, trim), 10,
	  PAXOS_REASON_FIELD },
	{ "HELLO with no end", PAXOS_WIRE_HELLO, B(hello, prefix), U64_MAX, PAXOS_REASON_FIELD },
	{ "HELLO of who follows no node", PAXOS_WIRE_HELLO, B(hello, follows), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "HELLO of a ballot of no node", PAXOS_WIRE_HELLO, B(hello, highest), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "HELLO's padding", PAXOS_WIRE_HELLO,
	  BYTE(offsetof(struct paxos_wire_hello, pad) + 5), 1, PAXOS_REASON_PADDING },
	{ "HELLO's options' padding", PAXOS_WIRE_HELLO,
	  BYTE(offsetof(struct paxos_wire_options, pad)), 1, PAXOS_REASON_PADDING },

	{ "HELLO with too large a window", PAXOS_WIRE_HELLO, B(hello, options.window),
	  PAXOS_WINDOW_MAX + 1, PAXOS_REASON_FIELD },
	{ "INIT with too large a window", PAXOS_WIRE_INIT, B(init, options.window), U32_MAX,
	  PAXOS_REASON_FIELD },
	{ "INIT of none", PAXOS_WIRE_INIT, B(init, voters), 0, PAXOS_REASON_FIELD },
	{ "INIT of fewer", PAXOS_WIRE_INIT, B(init, voters), 2, PAXOS_REASON_FIELD },
	{ "INIT of more", PAXOS_WIRE_INIT, B(init, voters), 4, PAXOS_REASON_LENGTH },
	{ "INIT of sixteen", PAXOS_WIRE_INIT, B(init, voters), 16, PAXOS_REASON_FIELD },
	{ "INIT of 255", PAXOS_WIRE_INIT, B(init, voters), 255, PAXOS_REASON_FIELD },
	{ "INIT's flags", PAXOS_WIRE_INIT, B(init, flags), 3, PAXOS_REASON_FIELD },
	{ "INIT of node 0", PAXOS_WIRE_INIT, V(0, node), 0, PAXOS_REASON_FIELD },
	{ "INIT of node 65", PAXOS_WIRE_INIT, V(2, node), 65, PAXOS_REASON_FIELD },
	{ "INIT of a node twice", PAXOS_WIRE_INIT, V(1, node), 1, PAXOS_REASON_FIELD },
	{ "INIT of nodes that fall", PAXOS_WIRE_INIT, V(0, node), 3, PAXOS_REASON_FIELD },
	{ "INIT of another node", PAXOS_WIRE_INIT, V(2, node), 4, PAXOS_REASON_FIELD },
	{ "INIT's voter's padding", PAXOS_WIRE_INIT, V(1, pad), 1, PAXOS_REASON_PADDING },
	{ "INIT's options name others", PAXOS_WIRE_INIT, B(init, options.voters), 0xb,
	  PAXOS_REASON_FIELD },
	{ "INIT with no window", PAXOS_WIRE_INIT, B(init, options.window), 0,
	  PAXOS_REASON_FIELD },
	{ "INIT with no alpha", PAXOS_WIRE_INIT, B(init, options.alpha), 0, PAXOS_REASON_FIELD },
	{ "INIT with an unsafe quorum 1", PAXOS_WIRE_INIT, B(init, options.quorum_1), 1,
	  PAXOS_REASON_FIELD },
	{ "INIT with an unsafe quorum 2", PAXOS_WIRE_INIT, B(init, options.quorum_2), 1,
	  PAXOS_REASON_FIELD },
	{ "INIT with an unsafe fast quorum", PAXOS_WIRE_INIT, B(init, options.quorum_fast), 2,
	  PAXOS_REASON_FIELD },
	{ "INIT with a quorum too large", PAXOS_WIRE_INIT, B(init, options.quorum_2), 4,
	  PAXOS_REASON_FIELD },

	{ "PREPARE at no ballot", PAXOS_WIRE_PREPARE, B(prepare, ballot), 0, PAXOS_REASON_FIELD },
	{ "PREPARE at a ballot of no node", PAXOS_WIRE_PREPARE, B(prepare, ballot),
	  5ULL << PAXOS_BALLOT_COUNTER_SHIFT | 1, PAXOS_REASON_FIELD },
	{ "PREPARE from 0", PAXOS_WIRE_PREPARE, B(prepare, from), 0, PAXOS_REASON_FIELD },
	{ "PREPARE from no end", PAXOS_WIRE_PREPARE, B(prepare, from), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "PREPARE of a page before", PAXOS_WIRE_PREPARE, B(prepare, page), 3,
	  PAXOS_REASON_FIELD },
	{ "PREPARE of a page after the end", PAXOS_WIRE_PREPARE, B(prepare, page), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "PREPARE of one instance's second page", PAXOS_WIRE_PREPARE, B(prepare, flags), 1,
	  PAXOS_REASON_FIELD },
	{ "PREPARE's flags", PAXOS_WIRE_PREPARE, B(prepare, flags), 2, PAXOS_REASON_FIELD },
	{ "PREPARE's padding", PAXOS_WIRE_PREPARE,
	  BYTE(offsetof(struct paxos_wire_prepare, pad) + 6), 1, PAXOS_REASON_PADDING },

	{ "PROMISE at no ballot", PAXOS_WIRE_PROMISE, B(promise, ballot), 0, PAXOS_REASON_FIELD },
	{ "PROMISE from 0", PAXOS_WIRE_PROMISE, B(promise, from), 0, PAXOS_REASON_FIELD },
	{ "PROMISE of a page before", PAXOS_WIRE_PROMISE, B(promise, page), 3,
	  PAXOS_REASON_FIELD },
	{ "PROMISE up to before its page", PAXOS_WIRE_PROMISE, B(promise, upto), 7,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of an entry above", PAXOS_WIRE_PROMISE, B(promise, upto), 11,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of an entry below", PAXOS_WIRE_PROMISE, B(promise, page), 9,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of one instance with many", PAXOS_WIRE_PROMISE, B(promise, flags), 1,
	  PAXOS_REASON_FIELD },
	{ "PROMISE's flags", PAXOS_WIRE_PROMISE, B(promise, flags), 2, PAXOS_REASON_FIELD },
	{ "PROMISE of fewer entries", PAXOS_WIRE_PROMISE, B(promise, entries), 2,
	  PAXOS_REASON_LENGTH },
	{ "PROMISE of more entries", PAXOS_WIRE_PROMISE, B(promise, entries), 5,
	  PAXOS_REASON_LENGTH },
	{ "PROMISE of too many entries", PAXOS_WIRE_PROMISE, B(promise, entries),
	  PAXOS_ENTRIES_MAX + 1, PAXOS_REASON_FIELD },
	{ "PROMISE of 65535 entries", PAXOS_WIRE_PROMISE, B(promise, entries), 65535,
	  PAXOS_REASON_FIELD },
	{ "PROMISE's padding", PAXOS_WIRE_PROMISE,
	  BYTE(offsetof(struct paxos_wire_promise, pad)), 1, PAXOS_REASON_PADDING },
	{ "PROMISE of an instance twice", PAXOS_WIRE_PROMISE, E(promise, 1, 0, instance), 8,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of a vote without ballot", PAXOS_WIRE_PROMISE, E(promise, 0, 0, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "PROMISE with bytes", PAXOS_WIRE_PROMISE, E(promise, 0, 0, flags), 2,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of no kind", PAXOS_WIRE_PROMISE, E(promise, 0, 0, kind), 0,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of a kind that is none", PAXOS_WIRE_PROMISE, E(promise, 0, 0, kind),
	  PAXOS_KIND_CLOSE + 1, PAXOS_REASON_FIELD },
	{ "PROMISE of a no-op with bytes", PAXOS_WIRE_PROMISE, E(promise, 1, 0, length), 1,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of a close with bytes", PAXOS_WIRE_PROMISE, E(promise, 2, 0, length), 1,
	  PAXOS_REASON_FIELD },
	{ "PROMISE of a value too long", PAXOS_WIRE_PROMISE, E(promise, 0, 0, length),
	  PAXOS_VALUE_MAX + 1, PAXOS_REASON_FIELD },
	{ "PROMISE's entry's padding", PAXOS_WIRE_PROMISE, E(promise, 2, 0, pad), 1,
	  PAXOS_REASON_PADDING },

	{ "ACCEPT at no ballot", PAXOS_WIRE_ACCEPT, B(accept, ballot), 0, PAXOS_REASON_FIELD },
	{ "ACCEPT of nothing", PAXOS_WIRE_ACCEPT, B(accept, entries), 0, PAXOS_REASON_FIELD },
	{ "ACCEPT of more", PAXOS_WIRE_ACCEPT, B(accept, entries), 6, PAXOS_REASON_LENGTH },
	{ "ACCEPT decides at no ballot", PAXOS_WIRE_ACCEPT, B(accept, decided.ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT decides backwards", PAXOS_WIRE_ACCEPT, B(accept, decided.upto), 2,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT's padding", PAXOS_WIRE_ACCEPT,
	  BYTE(offsetof(struct paxos_wire_accept, pad) + 4), 1, PAXOS_REASON_PADDING },
	{ "ACCEPT's flags", PAXOS_WIRE_ACCEPT, B(accept, flags), 2, PAXOS_REASON_FIELD },
	{ "ACCEPT that goes on from nothing", PAXOS_WIRE_ACCEPT, E(accept, 0, 0, flags), 6,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT's entry's flags", PAXOS_WIRE_ACCEPT, E(accept, 0, 0, flags), 8,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT of instance 0", PAXOS_WIRE_ACCEPT, E(accept, 0, 0, instance), 0,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT of what is chosen", PAXOS_WIRE_ACCEPT, E(accept, 0, 0, flags), 3,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT of instances that fall", PAXOS_WIRE_ACCEPT, E(accept, 1, 8, instance), 5,
	  PAXOS_REASON_FIELD },
	{ "ACCEPT with bytes beyond its end", PAXOS_WIRE_ACCEPT, E(accept, 2, 8, length),
	  1025, PAXOS_REASON_OK },
	{ "ACCEPT with more bytes inline than may be", PAXOS_WIRE_ACCEPT,
	  E(accept, 0, 0, length), 1025, PAXOS_REASON_FIELD },
	{ "ACCEPT with more bytes inline than there are", PAXOS_WIRE_ACCEPT,
	  E(accept, 0, 0, length), 1024, PAXOS_REASON_LENGTH },
	{ "ACCEPT's bytes' padding", PAXOS_WIRE_ACCEPT,
	  BYTE(sizeof(struct paxos_wire_accept) + sizeof(struct paxos_wire_entry) + 5), 1,
	  PAXOS_REASON_PADDING },

	{ "ACCEPTED at no ballot", PAXOS_WIRE_ACCEPTED, B(accepted, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "ACCEPTED of instance 0", PAXOS_WIRE_ACCEPTED, B(accepted, first), 0,
	  PAXOS_REASON_FIELD },
	{ "ACCEPTED beyond the end", PAXOS_WIRE_ACCEPTED, B(accepted, first), U64_MAX - 2,
	  PAXOS_REASON_FIELD },
	{ "ACCEPTED of nothing", PAXOS_WIRE_ACCEPTED, B(accepted, values), 0,
	  PAXOS_REASON_FIELD },
	{ "ACCEPTED of fewer", PAXOS_WIRE_ACCEPTED, B(accepted, values), 2,
	  PAXOS_REASON_LENGTH },
	{ "ACCEPTED of too many", PAXOS_WIRE_ACCEPTED, B(accepted, values), 65535,
	  PAXOS_REASON_FIELD },
	{ "ACCEPTED's flags", PAXOS_WIRE_ACCEPTED, B(accepted, flags), 2, PAXOS_REASON_FIELD },
	{ "ACCEPTED of a run that is none", PAXOS_WIRE_ACCEPTED, B(accepted, flags), 1,
	  PAXOS_REASON_LENGTH },
	{ "ACCEPTED's padding", PAXOS_WIRE_ACCEPTED,
	  BYTE(offsetof(struct paxos_wire_accepted, pad)), 1, PAXOS_REASON_PADDING },

	{ "REFUSED for no reason", PAXOS_WIRE_REFUSED, B(refused, reason), 0,
	  PAXOS_REASON_FIELD },
	{ "REFUSED for reason 7", PAXOS_WIRE_REFUSED, B(refused, reason), 7,
	  PAXOS_REASON_FIELD },
	{ "REFUSED at no ballot", PAXOS_WIRE_REFUSED, B(refused, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "REFUSED by a ballot of no node", PAXOS_WIRE_REFUSED, B(refused, highest), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "REFUSED at instance 0", PAXOS_WIRE_REFUSED, B(refused, instance), 0,
	  PAXOS_REASON_FIELD },
	{ "REFUSED's padding", PAXOS_WIRE_REFUSED,
	  BYTE(offsetof(struct paxos_wire_refused, pad)), 1, PAXOS_REASON_PADDING },

	{ "DECIDED at no ballot", PAXOS_WIRE_DECIDED, B(decided, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "DECIDED backwards", PAXOS_WIRE_DECIDED, B(decided, upto), 2, PAXOS_REASON_FIELD },
	{ "DECIDED too far", PAXOS_WIRE_DECIDED, B(decided, upto), 3 + PAXOS_DECIDED_MAX,
	  PAXOS_REASON_FIELD },
	{ "DECIDED from 0", PAXOS_WIRE_DECIDED, B(decided, first), 0, PAXOS_REASON_FIELD },

	{ "LEARN backwards", PAXOS_WIRE_LEARN, B(learn, upto), 2, PAXOS_REASON_FIELD },
	{ "LEARN from 0", PAXOS_WIRE_LEARN, B(learn, from), 0, PAXOS_REASON_FIELD },
	{ "LEARN with no end", PAXOS_WIRE_LEARN, B(learn, upto), U64_MAX, PAXOS_REASON_FIELD },

	{ "VALUES trimmed above its prefix", PAXOS_WIRE_VALUES, B(values, trim), 10,
	  PAXOS_REASON_FIELD },
	{ "VALUES' flags", PAXOS_WIRE_VALUES, B(values, flags), 2, PAXOS_REASON_FIELD },
	{ "VALUES not chosen", PAXOS_WIRE_VALUES, E(values, 0, 0, flags), 2,
	  PAXOS_REASON_FIELD },
	{ "VALUES' padding", PAXOS_WIRE_VALUES,
	  BYTE(offsetof(struct paxos_wire_values, pad)), 1, PAXOS_REASON_PADDING },

	{ "FETCH of nothing", PAXOS_WIRE_FETCH, B(fetch, missing), 0, PAXOS_REASON_FIELD },
	{ "FETCH at no ballot", PAXOS_WIRE_FETCH, B(fetch, ballot), 0, PAXOS_REASON_FIELD },
	{ "FETCH of no instance", PAXOS_WIRE_FETCH, B(fetch, instance), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "FETCH's padding", PAXOS_WIRE_FETCH,
	  BYTE(offsetof(struct paxos_wire_fetch, pad) + 3), 1, PAXOS_REASON_PADDING },

	{ "PART beyond the end", PAXOS_WIRE_PART, B(part, unit), 2, PAXOS_REASON_FIELD },
	{ "PART 255", PAXOS_WIRE_PART, B(part, unit), 255, PAXOS_REASON_FIELD },
	{ "PART of a longer value", PAXOS_WIRE_PART, B(part, length), 2048,
	  PAXOS_REASON_LENGTH },
	{ "PART of a shorter value", PAXOS_WIRE_PART, B(part, length), 1100,
	  PAXOS_REASON_PADDING },
	{ "PART of a value too long", PAXOS_WIRE_PART, B(part, length), PAXOS_VALUE_MAX + 1,
	  PAXOS_REASON_FIELD },
	{ "PART of 4 GiB", PAXOS_WIRE_PART, B(part, length), U32_MAX, PAXOS_REASON_FIELD },
	{ "PART of a no-op", PAXOS_WIRE_PART, B(part, kind), PAXOS_KIND_NO_OP,
	  PAXOS_REASON_FIELD },
	{ "PART of a close", PAXOS_WIRE_PART, B(part, kind), PAXOS_KIND_CLOSE,
	  PAXOS_REASON_FIELD },
	{ "PART of a kind that is none", PAXOS_WIRE_PART, B(part, kind), PAXOS_KIND_CLOSE + 1,
	  PAXOS_REASON_FIELD },
	{ "PART of kind 0", PAXOS_WIRE_PART, B(part, kind), 0, PAXOS_REASON_FIELD },
	{ "PART's padding", PAXOS_WIRE_PART, B(part, pad), 1, PAXOS_REASON_PADDING },
	{ "PART's bytes' padding", PAXOS_WIRE_PART,
	  BYTE(sizeof(struct paxos_wire_part) + 476), 1, PAXOS_REASON_PADDING },

	{ "HEARTBEAT of no ballot", PAXOS_WIRE_HEARTBEAT, B(heartbeat, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "HEARTBEAT 0", PAXOS_WIRE_HEARTBEAT, B(heartbeat, number), 0, PAXOS_REASON_FIELD },
	{ "HEARTBEAT of a leader that promised", PAXOS_WIRE_HEARTBEAT,
	  B(heartbeat, promised), BALLOT, PAXOS_REASON_FIELD },
	{ "HEARTBEAT, resigning in an answer", PAXOS_WIRE_HEARTBEAT, B(heartbeat, flags), 3,
	  PAXOS_REASON_FIELD },
	{ "HEARTBEAT's padding", PAXOS_WIRE_HEARTBEAT,
	  BYTE(offsetof(struct paxos_wire_heartbeat, pad)), 1, PAXOS_REASON_PADDING },

	{ "BARRIER of no ballot", PAXOS_WIRE_BARRIER, B(barrier, ballot), 0,
	  PAXOS_REASON_FIELD },
	{ "BARRIER 0", PAXOS_WIRE_BARRIER, B(barrier, number), 0, PAXOS_REASON_FIELD },
	{ "BARRIER that asks with a point", PAXOS_WIRE_BARRIER, B(barrier, point), 1,
	  PAXOS_REASON_FIELD },
	{ "BARRIER with no end", PAXOS_WIRE_BARRIER, B(barrier, point), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "BARRIER with a flag that is none", PAXOS_WIRE_BARRIER, B(barrier, flags), 2,
	  PAXOS_REASON_FIELD },
	{ "BARRIER's padding", PAXOS_WIRE_BARRIER,
	  BYTE(offsetof(struct paxos_wire_barrier, pad)), 1, PAXOS_REASON_PADDING },

	{ "SUBMIT to no ballot", PAXOS_WIRE_SUBMIT, B(submit, ballot), 0, PAXOS_REASON_FIELD },
	{ "SUBMIT 0", PAXOS_WIRE_SUBMIT, B(submit, number), 0, PAXOS_REASON_FIELD },
	{ "SUBMIT that would wrap", PAXOS_WIRE_SUBMIT, B(submit, number), U64_MAX,
	  PAXOS_REASON_FIELD },
	{ "SUBMIT of base 0", PAXOS_WIRE_SUBMIT, B(submit, base), 0, PAXOS_REASON_FIELD },
	{ "SUBMIT of a base above", PAXOS_WIRE_SUBMIT, B(submit, base), 9, PAXOS_REASON_FIELD },
	{ "SUBMIT of nothing", PAXOS_WIRE_SUBMIT, B(submit, entries), 0, PAXOS_REASON_FIELD },
	{ "SUBMIT of more", PAXOS_WIRE_SUBMIT, B(submit, entries), 4, PAXOS_REASON_LENGTH },
	{ "SUBMIT for an instance", PAXOS_WIRE_SUBMIT, E(submit, 0, 0, instance), 4,
	  PAXOS_REASON_FIELD },
	{ "SUBMIT at a ballot", PAXOS_WIRE_SUBMIT, E(submit, 0, 0, ballot), 5,
	  PAXOS_REASON_FIELD },
	{ "SUBMIT of what is chosen", PAXOS_WIRE_SUBMIT, E(submit, 0, 0, flags), 3,
	  PAXOS_REASON_FIELD },
	{ "SUBMIT that answers with values", PAXOS_WIRE_SUBMIT, B(submit, flags), 1,
	  PAXOS_REASON_FIELD },
	{ "SUBMIT that is full", PAXOS_WIRE_SUBMIT, B(submit, flags), 2, PAXOS_REASON_FIELD },
	{ "SUBMIT's flags", PAXOS_WIRE_SUBMIT, B(submit, flags), 8, PAXOS_REASON_FIELD },
	{ "SUBMIT's padding", PAXOS_WIRE_SUBMIT,
	  BYTE(offsetof(struct paxos_wire_submit, pad) + 4), 1, PAXOS_REASON_PADDING },
};

KUNIT_ARRAY_PARAM_DESC(lies, lies, desc);

static void put_field(u8 *at, u8 size, u64 value)
{
	while (size--) {
		at[size] = (u8)value;
		value >>= 8;
	}
}

static void is_refused_by_name(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	struct bed *bed = bed_with(test, lie->type);

	KUNIT_ASSERT_LE(test, lie->field.at + lie->field.size, bed->length);
	put_field(bed->bytes + lie->field.at, lie->field.size, lie->value);
	KUNIT_EXPECT_STREQ(test, paxos_reason_name(decode(bed, bed->bytes, bed->length)),
			   paxos_reason_name(lie->reason));
}

/* What could be said in short must be: a message has one form. */
static void a_run_has_one_form(struct kunit *test)
{
	struct bed *bed = bed_with(test, PAXOS_WIRE_ACCEPTED);
	const size_t first = HEADER + sizeof(struct paxos_wire_accepted);
	struct paxos_wire_vid v;

	/* Three votes as they are, now of one client with rising sequences. */
	memcpy(&v, bed->bytes + first, sizeof(v));
	v.sequence = cpu_to_be64(be64_to_cpu(v.sequence) + 1);
	memcpy(bed->bytes + first + sizeof(v), &v, sizeof(v));
	KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, bed->length), PAXOS_REASON_OK);
	v.sequence = cpu_to_be64(be64_to_cpu(v.sequence) + 1);
	memcpy(bed->bytes + first + 2 * sizeof(v), &v, sizeof(v));
	KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, bed->length), PAXOS_REASON_FIELD);
}

static void an_entry_has_one_form(struct kunit *test)
{
	struct bed *bed = bed_with(test, PAXOS_WIRE_PROMISE);
	const size_t first = HEADER + sizeof(struct paxos_wire_promise);
	struct paxos_wire_entry one, two;

	memcpy(&one, bed->bytes + first, sizeof(one));
	memcpy(&two, bed->bytes + first + sizeof(one), sizeof(two));
	two.client = one.client;
	memcpy(bed->bytes + first + sizeof(one), &two, sizeof(two));
	KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, bed->length), PAXOS_REASON_OK);
	two.sequence = cpu_to_be64(be64_to_cpu(one.sequence) + 1);
	memcpy(bed->bytes + first + sizeof(one), &two, sizeof(two));
	KUNIT_EXPECT_EQ(test, decode(bed, bed->bytes, bed->length), PAXOS_REASON_FIELD);
}

/* Is it made by one entry after another, each with its bytes if they are few? */
static bool is_grown(const struct paxos_msg *msg)
{
	u16 i;

	if (msg->type == PAXOS_WIRE_ACCEPTED)
		return true;
	if (msg->type != PAXOS_WIRE_ACCEPT && msg->type != PAXOS_WIRE_VALUES &&
	    msg->type != PAXOS_WIRE_SUBMIT)
		return false;
	for (i = 0; i < msg->n_entries; i++) {
		const bool is_short = msg->entry[i].length <= PAXOS_INLINE_MAX;

		if (msg->entry[i].carried != is_short)
			return false;
	}
	return true;
}

/* Of one that is named alone its bytes are not looked at, and may be anywhere. */
static struct paxos_value *value_of(struct kunit *test, const struct paxos_entry *e)
{
	struct paxos_value *value = e->value;

	if (e->carried)
		return value;
	value = kunit_kzalloc(test, sizeof(*value), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, value);
	value->id = e->id;
	value->length = e->length;
	value->kind = e->kind;
	return value;
}

/* Said while it grows, and of the whole. */
static void growing_it_is_as_long_as_it_is(struct kunit *test)
{
	const struct sample *sample = test->param_value;
	struct paxos_outbox *ob = kunit_kzalloc(test, sizeof(*ob), GFP_KERNEL);
	struct bed *bed = new_bed(test);
	struct paxos_out *out;
	u16 i;

	encode(test, bed, sample);
	if (!is_grown(&bed->msg))
		return;
	KUNIT_ASSERT_NOT_NULL(test, ob);
	out = paxos_outbox_message(ob, sample->type, 1);
	KUNIT_ASSERT_NOT_NULL(test, out);
	out->msg = bed->msg;
	out->msg.entry = ob->entry;
	out->msg.n_entries = 0;
	for (i = 0; i < bed->msg.n_entries; i++) {
		const struct paxos_entry *e = &bed->entry[i];

		if (sample->type == PAXOS_WIRE_ACCEPTED)
			KUNIT_ASSERT_TRUE(test, paxos_outbox_vote(ob, out, e->instance, &e->id));
		else
			KUNIT_ASSERT_TRUE(test, paxos_outbox_append(ob, out, e->instance,
								    e->ballot, value_of(test, e),
								    e->chosen));
		KUNIT_EXPECT_EQ(test, out->size, paxos_wire_size(&out->msg));
	}
	KUNIT_EXPECT_EQ(test, bed->length, paxos_outbox_encode(out, bed->again,
							       sizeof(bed->again),
							       &bed->header));
	KUNIT_EXPECT_MEMEQ(test, bed->again, bed->bytes, bed->length);
	paxos_outbox_release(ob);
}

static void every_type_has_a_name(struct kunit *test)
{
	u8 a, b;

	for (a = 1; a < __PAXOS_WIRE_MAX; a++) {
		KUNIT_EXPECT_STRNEQ(test, paxos_wire_type_name(a), "?");
		for (b = 1; b < a; b++)
			KUNIT_EXPECT_STRNEQ(test, paxos_wire_type_name(a),
					    paxos_wire_type_name(b));
	}
	KUNIT_EXPECT_STREQ(test, paxos_wire_type_name(0), "?");
	KUNIT_EXPECT_STREQ(test, paxos_wire_type_name(__PAXOS_WIRE_MAX), "?");
	KUNIT_EXPECT_STREQ(test, paxos_wire_type_name(255), "?");
}

static void what_has_no_type_has_no_size(struct kunit *test)
{
	struct bed *bed = new_bed(test);

	KUNIT_EXPECT_EQ(test, paxos_wire_size(&bed->msg), 0);
	bed->msg.type = __PAXOS_WIRE_MAX;
	KUNIT_EXPECT_EQ(test, paxos_wire_size(&bed->msg), 0);
}

static struct kunit_case wire_cases[] = {
	KUNIT_CASE_PARAM(comes_out_as_it_went_in, samples_gen_params),
	KUNIT_CASE_PARAM(is_refused_when_cut_short, samples_gen_params),
	KUNIT_CASE_PARAM(is_refused_when_longer, samples_gen_params),
	KUNIT_CASE_PARAM(fits_a_buffer_of_its_size, samples_gen_params),
	KUNIT_CASE_PARAM(is_understood_or_refused_with_any_bit_flipped, samples_gen_params),
	KUNIT_CASE_PARAM(is_understood_or_refused_with_many_bytes_wrong, samples_gen_params),
	KUNIT_CASE_SLOW(random_bytes_are_refused),
	KUNIT_CASE_PARAM(peek_agrees_with_decode, samples_gen_params),
	KUNIT_CASE_PARAM(is_refused_by_name, lies_gen_params),
	KUNIT_CASE(a_run_has_one_form),
	KUNIT_CASE(an_entry_has_one_form),
	KUNIT_CASE_PARAM(growing_it_is_as_long_as_it_is, samples_gen_params),
	KUNIT_CASE(every_type_has_a_name),
	KUNIT_CASE(what_has_no_type_has_no_size),
	{}
};

static struct kunit_suite wire_suite = {
	.name = "paxos_wire",
	.exit = cluster_exit,
	.test_cases = wire_cases,
};

kunit_test_suite(wire_suite);
