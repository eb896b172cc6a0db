// SPDX-License-Identifier: GPL-2.0
/* A node that prepares all instances hears its own promise, page by page. P6, P12 */

#include "cluster.h"

/* More than one outbox can report. */
#define VOTED	150

static u64 hand_out(struct kunit *test, struct cluster_node *node)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_HAND_OUT,
		.hand_out.owner = CLUSTER_OWNER,
	};

	ev.hand_out.proposal = kunit_kzalloc(test, sizeof(struct paxos_proposal), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ev.hand_out.proposal);
	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
	return ev.ballot;
}

static void prepare(struct kunit *test, struct cluster_node *node, u64 ballot, u64 instance,
		    bool single)
{
	struct paxos_event ev = {
		.type = PAXOS_EVENT_PREPARE,
		.prepare = {
			.owner = CLUSTER_OWNER,
			.ballot = ballot,
			.nonce = CLUSTER_NONCE,
			.instance = instance,
			.single = single,
		},
	};

	cluster_step(node, &ev);
	KUNIT_ASSERT_EQ(test, ev.error, 0);
}

static void decide(struct kunit *test, struct cluster_node *node, u64 instance,
		   struct paxos_value *value)
{
	u64 ballot = hand_out(test, node);
	struct paxos_event accept = {
		.type = PAXOS_EVENT_ACCEPT,
		.accept = {
			.owner = CLUSTER_OWNER,
			.ballot = ballot,
			.instance = instance,
			.value = value,
		},
	};
	struct paxos_event drop = {
		.type = PAXOS_EVENT_DROP_OWNER,
		.drop.owner = CLUSTER_OWNER,
	};

	prepare(test, node, ballot, instance, true);
	cluster_step(node, &accept);
	KUNIT_ASSERT_EQ(test, accept.error, 0);
	cluster_step(node, &drop);
}

/* Notes of pages that the last step left: each begins where the one before ended. */
static u64 read_pages(struct kunit *test, struct cluster_node *node, u64 next,
		      unsigned int *reports)
{
	struct paxos_note *note;
	unsigned int n;

	for (n = 0; (note = cluster_note(node, PAXOS_NOTE_PROMISE, n)); n++) {
		KUNIT_EXPECT_EQ(test, note->from, next);
		KUNIT_EXPECT_EQ(test, note->whole, note->upto == U64_MAX);
		KUNIT_EXPECT_EQ(test, note->quorum, note->whole);
		*reports += note->n_entries;
		next = note->upto + 1;
	}
	return next;
}

static void own_promise_reports_every_vote(struct kunit *test)
{
	struct cluster_node *node = cluster_voter(test, 1, 1);
	struct paxos_value *value = cluster_value(node, 1, 10);
	unsigned int reports = 0, ticks = 0;
	u64 s, next;

	for (s = 1; s <= VOTED; s++)
		decide(test, node, s, value);
	KUNIT_ASSERT_EQ(test, node->core.window.prefix, VOTED);
	prepare(test, node, hand_out(test, node), 1, false);
	next = read_pages(test, node, 1, &reports);
	KUNIT_EXPECT_NE(test, next, 0);
	while (next && ticks++ < 10) {
		struct paxos_event tick = {
			.type = PAXOS_EVENT_TICK,
			.now = paxos_core_deadline(&node->core),
		};

		cluster_step(node, &tick);
		next = read_pages(test, node, next, &reports);
	}
	KUNIT_EXPECT_EQ(test, next, 0);
	KUNIT_EXPECT_EQ(test, reports, VOTED);
}

static struct kunit_case pages_cases[] = {
	KUNIT_CASE(own_promise_reports_every_vote),
	{}
};

static struct kunit_suite pages_suite = {
	.name = "paxos_pages",
	.exit = cluster_exit,
	.test_cases = pages_cases,
};

kunit_test_suite(pages_suite);
