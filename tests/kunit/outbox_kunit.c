// SPDX-License-Identifier: GPL-2.0
/* The outbox: what finds no room is counted as lost, and no value leaks. */

#include "cluster.h"

static struct paxos_outbox *new_outbox(struct kunit *test)
{
	struct paxos_outbox *ob = kunit_kmalloc(test, sizeof(*ob), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ob);
	paxos_outbox_init(ob);
	return ob;
}

static void messages_beyond_its_room_are_lost(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);
	int i;

	for (i = 0; i < PAXOS_OUTBOX_MESSAGES; i++) {
		struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_LEARN, 1);

		KUNIT_ASSERT_NOT_NULL(test, out);
		KUNIT_EXPECT_EQ(test, out->msg.type, PAXOS_WIRE_LEARN);
		KUNIT_EXPECT_EQ(test, out->msg.n_entries, 0);
		KUNIT_EXPECT_EQ(test, out->msg.learn.from, 0);
		KUNIT_EXPECT_EQ(test, out->after, 0);
	}
	KUNIT_EXPECT_EQ(test, ob->lost, 0);
	KUNIT_EXPECT_NULL(test, paxos_outbox_message(ob, PAXOS_WIRE_LEARN, 1));
	KUNIT_EXPECT_NULL(test, paxos_outbox_message(ob, PAXOS_WIRE_LEARN, 1));
	KUNIT_EXPECT_EQ(test, ob->lost, 2);
	KUNIT_EXPECT_EQ(test, ob->n_out, PAXOS_OUTBOX_MESSAGES);
	paxos_outbox_release(ob);
	KUNIT_EXPECT_NOT_NULL(test, paxos_outbox_message(ob, PAXOS_WIRE_LEARN, 1));
}

/* A group of one voter has nobody to tell. */
static void a_message_to_nobody_is_not_lost(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);

	KUNIT_EXPECT_NULL(test, paxos_outbox_message(ob, PAXOS_WIRE_LEARN, 0));
	KUNIT_EXPECT_EQ(test, ob->lost, 0);
	KUNIT_EXPECT_EQ(test, ob->n_out, 0);
}

static void entries_beyond_its_room_are_lost(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);
	struct paxos_out *out = NULL;
	int i;

	for (i = 0; i < PAXOS_OUTBOX_ENTRIES; i++) {
		if (i % 40 == 0)
			out = paxos_outbox_message(ob, PAXOS_WIRE_VALUES, 1);
		KUNIT_ASSERT_NOT_NULL(test, out);
		KUNIT_ASSERT_NOT_NULL(test, paxos_outbox_entry(ob, &out->msg));
		out->msg.entry[out->msg.n_entries - 1].instance = i + 1;
	}
	KUNIT_EXPECT_NULL(test, paxos_outbox_entry(ob, &out->msg));
	KUNIT_EXPECT_EQ(test, ob->lost, 1);
	/* Each message has its own. */
	for (i = 0; i < PAXOS_OUTBOX_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, ob->out[i / 40].msg.entry[i % 40].instance, i + 1);
	KUNIT_EXPECT_EQ(test, ob->out[1].msg.n_entries, 40);
	paxos_outbox_release(ob);
}

static void a_message_has_as_many_entries_as_a_datagram(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPTED, 1);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, out);
	for (i = 0; i < PAXOS_ENTRIES_MAX; i++)
		KUNIT_ASSERT_NOT_NULL(test, paxos_outbox_entry(ob, &out->msg));
	KUNIT_EXPECT_NULL(test, paxos_outbox_entry(ob, &out->msg));
	KUNIT_EXPECT_EQ(test, ob->lost, 1);
	paxos_outbox_release(ob);
}

static void notes_beyond_its_room_are_lost(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);
	int i;

	for (i = 0; i < PAXOS_OUTBOX_NOTES; i++) {
		struct paxos_note *note = paxos_outbox_note(ob, PAXOS_NOTE_ALARM);

		KUNIT_ASSERT_NOT_NULL(test, note);
		KUNIT_EXPECT_EQ(test, note->type, PAXOS_NOTE_ALARM);
		KUNIT_EXPECT_EQ(test, note->instance, 0);
	}
	KUNIT_EXPECT_NULL(test, paxos_outbox_note(ob, PAXOS_NOTE_ALARM));
	KUNIT_EXPECT_EQ(test, ob->lost, 1);
	KUNIT_EXPECT_EQ(test, ob->n_notes, PAXOS_OUTBOX_NOTES);
	paxos_outbox_release(ob);
}

static void a_note_reports_entries_without_their_bytes(struct kunit *test)
{
	struct cluster_node *node = cluster_node(test, 1);
	struct paxos_outbox *ob = new_outbox(test);
	struct paxos_note *note = paxos_outbox_note(ob, PAXOS_NOTE_PROMISE);
	struct paxos_entry entry[2] = {
		{ .instance = 3, .length = 4, .bytes = (const u8 *)"abcd" },
		{ .instance = 5, .value = cluster_value(node, 1, 4) },
	};
	struct paxos_msg msg = { .n_entries = 2, .entry = entry };

	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_TRUE(test, paxos_outbox_note_entries(ob, note, &msg));
	KUNIT_EXPECT_EQ(test, note->n_entries, 2);
	KUNIT_EXPECT_EQ(test, note->entry[0].instance, 3);
	KUNIT_EXPECT_EQ(test, note->entry[0].length, 4);
	KUNIT_EXPECT_NULL(test, note->entry[0].bytes);
	KUNIT_EXPECT_EQ(test, note->entry[1].instance, 5);
	KUNIT_EXPECT_NULL(test, note->entry[1].value);
	paxos_outbox_release(ob);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&entry[1].value->ref), 1);
}

/* A report that would be cut is none. */
static void a_note_reports_all_entries_or_is_lost(struct kunit *test)
{
	struct paxos_outbox *ob = new_outbox(test);
	struct paxos_entry entry[3] = { };
	struct paxos_msg msg = { .n_entries = 3, .entry = entry };
	struct paxos_out *out = NULL;
	struct paxos_note *note;
	int i;

	for (i = 0; i < PAXOS_OUTBOX_ENTRIES - 2; i++) {
		if (i % 40 == 0)
			out = paxos_outbox_message(ob, PAXOS_WIRE_ACCEPTED, 1);
		KUNIT_ASSERT_NOT_NULL(test, out);
		KUNIT_ASSERT_NOT_NULL(test, paxos_outbox_entry(ob, &out->msg));
	}
	note = paxos_outbox_note(ob, PAXOS_NOTE_PROMISE);
	KUNIT_ASSERT_NOT_NULL(test, note);
	KUNIT_EXPECT_FALSE(test, paxos_outbox_note_entries(ob, note, &msg));
	KUNIT_EXPECT_EQ(test, ob->n_notes, 0);
	KUNIT_EXPECT_EQ(test, ob->lost, 1);
	msg.n_entries = 2;
	note = paxos_outbox_note(ob, PAXOS_NOTE_PROMISE);
	KUNIT_EXPECT_TRUE(test, paxos_outbox_note_entries(ob, note, &msg));
	KUNIT_EXPECT_EQ(test, ob->n_entries, PAXOS_OUTBOX_ENTRIES);
	paxos_outbox_release(ob);
}

static void release_lets_go_of_every_value_once(struct kunit *test)
{
	struct cluster_node *node = cluster_node(test, 1);
	struct paxos_value *value = cluster_value(node, 1, 4);
	struct paxos_outbox *ob = new_outbox(test);
	int i;

	for (i = 0; i < 10; i++) {
		struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_PART, 2);
		struct paxos_entry *entry;

		KUNIT_ASSERT_NOT_NULL(test, out);
		entry = paxos_outbox_entry(ob, &out->msg);
		KUNIT_ASSERT_NOT_NULL(test, entry);
		KUNIT_EXPECT_NULL(test, entry->value);
		if (i % 2)
			entry->value = paxos_value_get(value);
	}
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value->ref), 6);
	paxos_outbox_release(ob);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value->ref), 1);
	paxos_outbox_release(ob);
	KUNIT_EXPECT_EQ(test, paxos_ref_read(&value->ref), 1);
	KUNIT_EXPECT_EQ(test, ob->n_out, 0);
}

static struct kunit_case outbox_cases[] = {
	KUNIT_CASE(messages_beyond_its_room_are_lost),
	KUNIT_CASE(a_message_to_nobody_is_not_lost),
	KUNIT_CASE(entries_beyond_its_room_are_lost),
	KUNIT_CASE(a_message_has_as_many_entries_as_a_datagram),
	KUNIT_CASE(notes_beyond_its_room_are_lost),
	KUNIT_CASE(a_note_reports_entries_without_their_bytes),
	KUNIT_CASE(a_note_reports_all_entries_or_is_lost),
	KUNIT_CASE(release_lets_go_of_every_value_once),
	{}
};

static struct kunit_suite outbox_suite = {
	.name = "paxos_outbox",
	.exit = cluster_exit,
	.test_cases = outbox_cases,
};

kunit_test_suite(outbox_suite);
