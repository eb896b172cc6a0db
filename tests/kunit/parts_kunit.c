// SPDX-License-Identifier: GPL-2.0
/* Values in parts: node 1 of three puts together what 2 and 3 send in pieces. */

#include "cluster.h"

struct bed {
	struct cluster_node *node;
	struct paxos_entry entry;
	u8 bytes[PAXOS_WIRE_UNIT];
};

static struct bed *new_bed(struct kunit *test)
{
	struct bed *bed = kunit_kzalloc(test, sizeof(*bed), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bed);
	bed->node = cluster_voter(test, 1, 3);
	return bed;
}

static u64 ballot(u64 counter, u32 node)
{
	return paxos_ballot_make(counter, node, true);
}

static enum paxos_reason accept(struct bed *bed, u64 b, u64 instance, struct paxos_value *value)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_ACCEPT,
		.n_entries = 1,
		.entry = &bed->entry,
		.accept.ballot = b,
	};

	cluster_entry(&bed->entry, instance, value, NULL);
	return cluster_hear(bed->node, (u8)paxos_ballot_node(b), &msg);
}

static enum paxos_reason part_from(struct bed *bed, u8 from, u64 b, u64 instance,
				   struct paxos_value *value, u32 unit)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PART,
		.n_entries = 1,
		.entry = &bed->entry,
		.part.unit = (u8)unit,
	};

	cluster_entry(&bed->entry, instance, value, NULL);
	bed->entry.ballot = b;
	bed->entry.carried = true;
	bed->entry.bytes = bed->bytes;
	memcpy(bed->bytes, paxos_value_unit(value, unit),
	       paxos_value_unit_length(value->length, unit));
	return cluster_hear(bed->node, from, &msg);
}

static enum paxos_reason part(struct bed *bed, u64 b, u64 instance, struct paxos_value *value,
			      u32 unit)
{
	return part_from(bed, (u8)paxos_ballot_node(b), b, instance, value, unit);
}

static enum paxos_reason claim(struct bed *bed, u8 from, u64 instance, struct paxos_value *value)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_VALUES,
		.n_entries = 1,
		.entry = &bed->entry,
	};

	cluster_entry(&bed->entry, instance, value, NULL);
	bed->entry.chosen = true;
	return cluster_hear(bed->node, from, &msg);
}

static struct paxos_slot *slot_of(struct bed *bed, u64 instance)
{
	return paxos_window_find(&bed->node->core.window, instance);
}

/* Intact, to the last byte. */
static void expect_vote(struct kunit *test, struct bed *bed, u64 b, u64 instance,
			const struct paxos_value *value)
{
	struct paxos_slot *slot = slot_of(bed, instance);

	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_ASSERT_NOT_NULL(test, slot->vval);
	KUNIT_EXPECT_EQ(test, slot->vbal, b);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot->vval->id, &value->id));
	KUNIT_EXPECT_EQ(test, paxos_value_digest(slot->vval, bed->node->core.identity),
			value->id.digest);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 1);
}

static void expect_no_vote(struct kunit *test, struct bed *bed, u64 instance)
{
	struct paxos_slot *slot = slot_of(bed, instance);

	KUNIT_EXPECT_TRUE(test, !slot || !slot->vval);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_ACCEPTED), 0);
}

static u32 fetched(struct kunit *test, struct bed *bed, u8 to)
{
	struct paxos_out *out = cluster_out(bed->node, PAXOS_WIRE_FETCH, 0);

	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(to));
	return out->msg.fetch.missing;
}

struct size_of_value {
	u32 length;
};

static const struct size_of_value sizes[] = {
	{ 1025 }, { 2048 }, { 4096 }, { 4097 }, { 31745 }, { PAXOS_VALUE_MAX },
};

static void describe(const struct size_of_value *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u bytes", size->length);
}

KUNIT_ARRAY_PARAM(sizes, sizes, describe);

static void votes_when_the_last_part_has_come(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, param->length);
	u32 unit, units = paxos_value_units(param->length);

	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	for (unit = 0; unit < units; unit++) {
		expect_no_vote(test, bed, 1);
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, unit), PAXOS_REASON_OK);
		KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_FETCH), 0);
	}
	expect_vote(test, bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_NULL(test, slot_of(bed, 1)->parts.value);
}

static void takes_parts_in_any_order(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, param->length);
	u32 units = paxos_value_units(param->length), unit = units, i;

	accept(bed, ballot(4, 2), 1, v);
	for (i = 0; i < units; i++) {
		expect_no_vote(test, bed, 1);
		/* From the last one on, then by leaps. */
		unit = (unit + 31 * units - 7) % units;
		while (!(slot_of(bed, 1)->parts.missing & 1U << unit))
			unit = (unit + 1) % units;
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, unit), PAXOS_REASON_OK);
	}
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

static void takes_each_part_once(struct kunit *test)
{
	const struct size_of_value *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, param->length);
	u32 unit, units = paxos_value_units(param->length);

	accept(bed, ballot(4, 2), 1, v);
	for (unit = 0; unit < units; unit++) {
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, unit), PAXOS_REASON_OK);
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, unit),
				PAXOS_REASON_DUPLICATE);
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 0), PAXOS_REASON_DUPLICATE);
	}
	KUNIT_EXPECT_EQ(test, bed->node->core.record, 1);
}

/* They overtake the ACCEPT, some of them or all. */
static void takes_parts_before_their_accept(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	u32 before, unit;

	for (before = 1; before <= 3; before++) {
		u64 s = before;

		for (unit = 0; unit < before; unit++) {
			KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), s, v, unit),
					PAXOS_REASON_OK);
			expect_no_vote(test, bed, s);
		}
		accept(bed, ballot(4, 2), s, v);
		for (; unit < 3; unit++)
			part(bed, ballot(4, 2), s, v, unit);
		expect_vote(test, bed, ballot(4, 2), s, v);
	}
}

/* A part says nothing of a vote: only ACCEPT asks for one. */
static void no_vote_for_parts_alone(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	u32 unit;

	for (unit = 0; unit < 3; unit++)
		part(bed, ballot(4, 2), 1, v, unit);
	expect_no_vote(test, bed, 1);
	KUNIT_EXPECT_EQ(test, bed->node->core.bound, 0);
}

/* What was lost is asked for when the last has come, and on each ACCEPT. */
static void fetches_what_is_missing(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 5000);

	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_FETCH), 0);
	part(bed, ballot(4, 2), 1, v, 1);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_FETCH), 0);
	part(bed, ballot(4, 2), 1, v, 4);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 2), 0xd);
	part(bed, ballot(4, 2), 1, v, 2);
	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 2), 0x9);
	part(bed, ballot(4, 2), 1, v, 0);
	part(bed, ballot(4, 2), 1, v, 3);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

static void fetches_all_thirty_two(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, PAXOS_VALUE_MAX);

	accept(bed, ballot(4, 2), 1, v);
	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 2), U32_MAX);
}

/* P9: a part that was changed on the way is not told from the others: all go. */
static void a_wrong_digest_drops_the_whole(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_value *w = cluster_value(bed->node, 2, 3000);
	u32 unit;

	accept(bed, ballot(4, 2), 1, v);
	w->id = v->id;
	part(bed, ballot(4, 2), 1, v, 0);
	part(bed, ballot(4, 2), 1, w, 1);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 2), PAXOS_REASON_DIGEST);
	expect_no_vote(test, bed, 1);
	KUNIT_EXPECT_NULL(test, slot_of(bed, 1)->parts.value);
	/* The next ACCEPT begins anew. */
	accept(bed, ballot(4, 2), 1, v);
	for (unit = 0; unit < 3; unit++)
		part(bed, ballot(4, 2), 1, v, unit);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

static void a_higher_ballot_replaces(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_value *w = cluster_value(bed->node, 2, 2000);

	accept(bed, ballot(4, 2), 1, v);
	part(bed, ballot(4, 2), 1, v, 0);
	accept(bed, ballot(5, 3), 1, w);
	KUNIT_EXPECT_EQ(test, slot_of(bed, 1)->parts.missing, 3);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 1), PAXOS_REASON_UNWANTED);
	part(bed, ballot(5, 3), 1, w, 0);
	part(bed, ballot(5, 3), 1, w, 1);
	expect_vote(test, bed, ballot(5, 3), 1, w);
}

static void a_lower_ballot_does_not_replace(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_value *w = cluster_value(bed->node, 2, 2000);

	accept(bed, ballot(5, 2), 1, v);
	part(bed, ballot(5, 2), 1, v, 0);
	accept(bed, ballot(4, 3), 1, w);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 3), 1, w, 0), PAXOS_REASON_UNWANTED);
	part(bed, ballot(5, 2), 1, v, 1);
	part(bed, ballot(5, 2), 1, v, 2);
	expect_vote(test, bed, ballot(5, 2), 1, v);
}

/* The same value at a higher ballot goes on with what it has. */
static void a_higher_ballot_of_the_same_value_goes_on(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);

	accept(bed, ballot(4, 2), 1, v);
	part(bed, ballot(4, 2), 1, v, 0);
	accept(bed, ballot(5, 3), 1, v);
	part(bed, ballot(5, 3), 1, v, 1);
	part(bed, ballot(5, 3), 1, v, 2);
	expect_vote(test, bed, ballot(5, 3), 1, v);
	KUNIT_EXPECT_EQ(test, cluster_out(bed->node, PAXOS_WIRE_ACCEPTED, 0)->to,
			paxos_node_bit(3));
}

/* P2: what was promised while the parts came counts. */
static void no_vote_when_outbid_meanwhile(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 2000);
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = { .ballot = ballot(5, 3), .from = 1, .page = 1, .single = true },
	};
	struct paxos_out *out;

	accept(bed, ballot(4, 2), 1, v);
	part(bed, ballot(4, 2), 1, v, 0);
	cluster_hear(bed->node, 3, &msg);
	part(bed, ballot(4, 2), 1, v, 1);
	expect_no_vote(test, bed, 1);
	out = cluster_out(bed->node, PAXOS_WIRE_REFUSED, 0);
	KUNIT_ASSERT_NOT_NULL(test, out);
	KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(2));
	KUNIT_EXPECT_EQ(test, out->msg.refused.highest, ballot(5, 3));
}

static void lengths_that_disagree_are_refused(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_value *w = cluster_value(bed->node, 2, 5000);

	accept(bed, ballot(4, 2), 1, v);
	w->id = v->id;
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, w, 0), PAXOS_REASON_FIELD);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, w, 4), PAXOS_REASON_FIELD);
	KUNIT_EXPECT_NE(test, accept(bed, ballot(4, 2), 1, w), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, slot_of(bed, 1)->parts.missing, 7);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 0), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 1), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 2), PAXOS_REASON_OK);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

struct stray {
	const char *desc;
	u8 from;
	u64 ballot;
	u64 instance;
	enum paxos_reason reason;
};

#define AT(counter, node) \
	((u64)(counter) << PAXOS_BALLOT_COUNTER_SHIFT | (node) << PAXOS_BALLOT_NODE_SHIFT | 1)

static const struct stray strays[] = {
	{ "of a ballot below the promise", 2, AT(2, 2), 1, PAXOS_REASON_UNWANTED },
	{ "of another's ballot", 3, AT(4, 2), 1, PAXOS_REASON_UNWANTED },
	{ "of what nobody said is chosen", 2, PAXOS_BALLOT_CHOSEN, 1, PAXOS_REASON_UNWANTED },
	{ "above the window", 2, AT(4, 2), CLUSTER_WINDOW + 1, PAXOS_REASON_WINDOW },
};

KUNIT_ARRAY_PARAM_DESC(strays, strays, desc);

/* P36: memory is taken for what could get this node's vote alone. */
static void takes_no_memory_for_a_part(struct kunit *test)
{
	const struct stray *param = test->param_value;
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_PREPARE,
		.prepare = { .ballot = AT(3, 3), .from = 1, .page = 1 },
	};

	cluster_hear(bed->node, 3, &msg);
	KUNIT_EXPECT_EQ(test, part_from(bed, param->from, param->ballot, param->instance, v, 0),
			param->reason);
	KUNIT_EXPECT_TRUE(test, !slot_of(bed, param->instance) ||
			  !slot_of(bed, param->instance)->parts.value);
}

static void no_more_open_bytes_than_the_window_has(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 30000);
	u64 s;

	bed->node->core.window.bytes = 65536;
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 0), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 2, v, 0), PAXOS_REASON_OK);
	for (s = 3; s < 9; s++) {
		KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), s, v, 0), PAXOS_REASON_WINDOW);
		KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), s, v), PAXOS_REASON_WINDOW);
	}
	KUNIT_EXPECT_LE(test, bed->node->core.window.open_bytes, 65536);
}

static void learns_what_was_named_and_fetched(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	u32 unit;

	KUNIT_EXPECT_EQ(test, claim(bed, 3, 1, v), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 3), 7);
	KUNIT_EXPECT_EQ(test, cluster_out(bed->node, PAXOS_WIRE_FETCH, 0)->msg.entry[0].ballot,
			PAXOS_BALLOT_CHOSEN);
	for (unit = 0; unit < 3; unit++) {
		KUNIT_EXPECT_NULL(test, slot_of(bed, 1)->chosen);
		KUNIT_EXPECT_EQ(test, part_from(bed, 3, PAXOS_BALLOT_CHOSEN, 1, v, unit),
				PAXOS_REASON_OK);
	}
	KUNIT_EXPECT_NOT_NULL(test, slot_of(bed, 1)->chosen);
	expect_no_vote(test, bed, 1);
	KUNIT_EXPECT_EQ(test, bed->node->core.window.prefix, 1);
	KUNIT_EXPECT_NULL(test, slot_of(bed, 1)->parts.value);
}

/* The parts of an ACCEPT serve once the value is known to be chosen. */
static void what_came_for_a_vote_serves_to_learn(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);

	accept(bed, ballot(4, 2), 1, v);
	part(bed, ballot(4, 2), 1, v, 1);
	claim(bed, 3, 1, v);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 3), 5);
	part(bed, ballot(4, 2), 1, v, 0);
	part_from(bed, 3, PAXOS_BALLOT_CHOSEN, 1, v, 2);
	KUNIT_EXPECT_NOT_NULL(test, slot_of(bed, 1)->chosen);
}

/* What is chosen outbids every ballot; another value's parts make way. */
static void what_is_chosen_replaces_any_ballot(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_value *w = cluster_value(bed->node, 2, 2000);

	accept(bed, ballot(1ULL << 40, 2), 1, v);
	claim(bed, 3, 1, w);
	KUNIT_EXPECT_EQ(test, fetched(test, bed, 3), 3);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(1ULL << 40, 2), 1, v, 0), PAXOS_REASON_UNWANTED);
	part_from(bed, 3, PAXOS_BALLOT_CHOSEN, 1, w, 0);
	part_from(bed, 3, PAXOS_BALLOT_CHOSEN, 1, w, 1);
	KUNIT_ASSERT_NOT_NULL(test, slot_of(bed, 1)->chosen);
	KUNIT_EXPECT_TRUE(test, paxos_vid_equal(&slot_of(bed, 1)->chosen->id, &w->id));
}

static enum paxos_reason fetch(struct bed *bed, u8 from, u64 instance,
			       const struct paxos_vid *id, u32 missing)
{
	struct paxos_msg msg = {
		.type = PAXOS_WIRE_FETCH,
		.n_entries = 1,
		.entry = &bed->entry,
		.fetch.missing = missing,
	};

	memset(&bed->entry, 0, sizeof(bed->entry));
	bed->entry.instance = instance;
	bed->entry.ballot = ballot(9, 3);
	bed->entry.id = *id;
	return cluster_hear(bed->node, from, &msg);
}

/* P35: what was asked for, and no more than there is. */
static void serves_the_parts_that_are_asked_for(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	unsigned int i;
	u32 unit;

	accept(bed, ballot(4, 2), 1, v);
	for (unit = 0; unit < 3; unit++)
		part(bed, ballot(4, 2), 1, v, unit);
	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 1, &v->id, 5), PAXOS_REASON_OK);
	KUNIT_ASSERT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_PART), 2);
	for (i = 0; i < 2; i++) {
		struct paxos_out *out = cluster_out(bed->node, PAXOS_WIRE_PART, i);

		KUNIT_EXPECT_EQ(test, out->to, paxos_node_bit(3));
		KUNIT_EXPECT_EQ(test, out->msg.part.unit, 2 * i);
		KUNIT_EXPECT_EQ(test, out->msg.entry[0].ballot, ballot(9, 3));
		KUNIT_EXPECT_EQ(test, out->msg.entry[0].length, 3000);
	}
	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 1, &v->id, U32_MAX), PAXOS_REASON_OK);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_PART), 3);
}

static void serves_a_value_of_no_bytes(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 0);

	accept(bed, ballot(4, 2), 1, v);
	KUNIT_EXPECT_EQ(test, part(bed, ballot(4, 2), 1, v, 0), PAXOS_REASON_OK);
	expect_vote(test, bed, ballot(4, 2), 1, v);
	fetch(bed, 3, 1, &v->id, U32_MAX);
	KUNIT_EXPECT_EQ(test, cluster_outs(bed->node, PAXOS_WIRE_PART), 1);
}

static void does_not_serve_what_it_has_not_got(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_value *v = cluster_value(bed->node, 1, 3000);
	struct paxos_vid other = v->id;

	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 1, &v->id, 1), PAXOS_REASON_UNKNOWN);
	accept(bed, ballot(4, 2), 1, v);
	part(bed, ballot(4, 2), 1, v, 0);
	/* Half of it is nothing, the half that is here as well. */
	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 1, &v->id, 1), PAXOS_REASON_UNKNOWN);
	part(bed, ballot(4, 2), 1, v, 1);
	part(bed, ballot(4, 2), 1, v, 2);
	other.digest++;
	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 1, &other, 1), PAXOS_REASON_UNKNOWN);
	KUNIT_EXPECT_EQ(test, fetch(bed, 3, 2, &v->id, 1), PAXOS_REASON_UNKNOWN);
	KUNIT_EXPECT_EQ(test, bed->node->ob->n_out, 0);
}

/* With no memory there is no reassembly, no leak, and another attempt. */
static void begins_later_when_memory_is_short(struct kunit *test)
{
	struct bed *bed = new_bed(test);
	struct paxos_pool *pool = &bed->node->pool;
	struct paxos_value *v = cluster_value(bed->node, 1, PAXOS_VALUE_MAX);
	void *page[64];
	u32 n = 0, unit;
	u64 used;

	part(bed, ballot(4, 2), 2, cluster_value(bed->node, 2, 2000), 0);
	bed->node->starved = true;
	while (n < ARRAY_SIZE(page) && (page[n] = paxos_pool_take(pool, PAXOS_CHUNK_PAGE)))
		n++;
	used = pool->used;
	for (unit = 0; unit < 8; unit++) {
		KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_POOL_EMPTY);
		KUNIT_EXPECT_EQ(test, pool->used, used);
		used -= PAXOS_CHUNK_PAGE_SIZE;
		paxos_pool_put(pool, PAXOS_CHUNK_PAGE, page[--n]);
	}
	KUNIT_EXPECT_EQ(test, accept(bed, ballot(4, 2), 1, v), PAXOS_REASON_OK);
	while (n)
		paxos_pool_put(pool, PAXOS_CHUNK_PAGE, page[--n]);
	for (unit = 0; unit < 32; unit++)
		part(bed, ballot(4, 2), 1, v, unit);
	expect_vote(test, bed, ballot(4, 2), 1, v);
}

static struct kunit_case parts_cases[] = {
	KUNIT_CASE_PARAM(votes_when_the_last_part_has_come, sizes_gen_params),
	KUNIT_CASE_PARAM(takes_parts_in_any_order, sizes_gen_params),
	KUNIT_CASE_PARAM(takes_each_part_once, sizes_gen_params),
	KUNIT_CASE(takes_parts_before_their_accept),
	KUNIT_CASE(no_vote_for_parts_alone),
	KUNIT_CASE(fetches_what_is_missing),
	KUNIT_CASE(fetches_all_thirty_two),
	KUNIT_CASE(a_wrong_digest_drops_the_whole),
	KUNIT_CASE(a_higher_ballot_replaces),
	KUNIT_CASE(a_lower_ballot_does_not_replace),
	KUNIT_CASE(a_higher_ballot_of_the_same_value_goes_on),
	KUNIT_CASE(no_vote_when_outbid_meanwhile),
	KUNIT_CASE(lengths_that_disagree_are_refused),
	KUNIT_CASE_PARAM(takes_no_memory_for_a_part, strays_gen_params),
	KUNIT_CASE(no_more_open_bytes_than_the_window_has),
	KUNIT_CASE(learns_what_was_named_and_fetched),
	KUNIT_CASE(what_came_for_a_vote_serves_to_learn),
	KUNIT_CASE(what_is_chosen_replaces_any_ballot),
	KUNIT_CASE(serves_the_parts_that_are_asked_for),
	KUNIT_CASE(serves_a_value_of_no_bytes),
	KUNIT_CASE(does_not_serve_what_it_has_not_got),
	KUNIT_CASE(begins_later_when_memory_is_short),
	{}
};

static struct kunit_suite parts_suite = {
	.name = "paxos_parts",
	.exit = cluster_exit,
	.test_cases = parts_cases,
};

kunit_test_suite(parts_suite);
