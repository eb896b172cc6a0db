// SPDX-License-Identifier: GPL-2.0
/* Memberships: who is named, and the identity that follows from all of it. */

#include "cluster.h"

#define NODE(i)		((u8)(3 * (i) + 2))

static struct paxos_membership *new_membership(struct kunit *test, u8 voters)
{
	struct paxos_membership *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	u8 i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < voters; i++) {
		m->voter[i].node = NODE(i);
		memset(m->voter[i].incarnation, 0x40 + i, PAXOS_ID_BYTES);
		m->options.voters |= paxos_node_bit(NODE(i));
	}
	m->options.window = 1024;
	m->options.window_bytes = 1 << 23;
	m->options.alpha = 1024;
	paxos_quorum_default(&m->options.quorum, voters);
	return m;
}

static void names_voters_under_their_incarnation(struct kunit *test)
{
	struct paxos_membership *m = new_membership(test, 15);
	u8 other[PAXOS_ID_BYTES];
	u8 i, node, named = 0;
	int byte;

	for (i = 0; i < 15; i++) {
		KUNIT_EXPECT_EQ(test, paxos_membership_index(m, NODE(i)), i);
		KUNIT_EXPECT_TRUE(test, paxos_membership_names(m, NODE(i),
							       m->voter[i].incarnation));
		/* P8: under another it is not the voter that it was. */
		for (byte = 0; byte < PAXOS_ID_BYTES; byte++) {
			memcpy(other, m->voter[i].incarnation, sizeof(other));
			other[byte] ^= 1;
			KUNIT_EXPECT_FALSE(test, paxos_membership_names(m, NODE(i), other));
		}
	}
	for (node = 0; node <= PAXOS_NODE_MAX; node++)
		named += paxos_membership_index(m, node) >= 0;
	KUNIT_EXPECT_EQ(test, named, 15);
}

/* Room for voters that is not used names nobody. */
static void names_nobody_beyond_its_voters(struct kunit *test)
{
	static const u8 zero[PAXOS_ID_BYTES];
	struct paxos_membership *m = new_membership(test, 3);

	KUNIT_EXPECT_EQ(test, paxos_membership_index(m, 0), -1);
	KUNIT_EXPECT_FALSE(test, paxos_membership_names(m, 0, zero));
	m->voter[3].node = 60;
	KUNIT_EXPECT_EQ(test, paxos_membership_index(m, 60), -1);
}

static void identity_is_the_same_when_made_again(struct kunit *test)
{
	u8 a[PAXOS_ID_BYTES], b[PAXOS_ID_BYTES];
	struct paxos_membership *m;

	paxos_membership_identity(new_membership(test, 5), 7, a);
	m = new_membership(test, 5);
	/* What lies beyond the voters, and the version, is no part of it. */
	memset(&m->voter[5], 0xff, sizeof(m->voter[5]));
	paxos_membership_identity(m, 7, b);
	KUNIT_EXPECT_MEMEQ(test, a, b, PAXOS_ID_BYTES);
}

struct subject {
	struct paxos_membership *m;
	u32 group;
};

struct change {
	const char *desc;
	void (*make)(struct subject *s);
};

static void other_group(struct subject *s)
{
	s->group++;
}

static void other_window(struct subject *s)
{
	s->m->options.window++;
}

static void other_window_bytes(struct subject *s)
{
	s->m->options.window_bytes++;
}

static void other_alpha(struct subject *s)
{
	s->m->options.alpha++;
}

static void other_quorum_1(struct subject *s)
{
	s->m->options.quorum.phase_1++;
}

static void other_quorum_2(struct subject *s)
{
	s->m->options.quorum.phase_2++;
}

static void other_fast_quorum(struct subject *s)
{
	s->m->options.quorum.fast++;
}

static void another_node(struct subject *s)
{
	s->m->options.voters ^= paxos_node_bit(NODE(4)) | paxos_node_bit(60);
	s->m->voter[4].node = 60;
}

static void one_less(struct subject *s)
{
	s->m->options.voters ^= paxos_node_bit(NODE(4));
	s->m->options.quorum.voters--;
}

static void first_incarnation(struct subject *s)
{
	s->m->voter[0].incarnation[0] ^= 1;
}

static void last_incarnation(struct subject *s)
{
	s->m->voter[4].incarnation[PAXOS_ID_BYTES - 1] ^= 0x80;
}

static void incarnations_swapped(struct subject *s)
{
	struct paxos_voter voter = s->m->voter[1];

	memcpy(s->m->voter[1].incarnation, s->m->voter[2].incarnation, PAXOS_ID_BYTES);
	memcpy(s->m->voter[2].incarnation, voter.incarnation, PAXOS_ID_BYTES);
}

static const struct change changes[] = {
	{ "group", other_group },
	{ "window", other_window },
	{ "bytes of the window", other_window_bytes },
	{ "alpha", other_alpha },
	{ "quorum 1", other_quorum_1 },
	{ "quorum 2", other_quorum_2 },
	{ "fast quorum", other_fast_quorum },
	{ "another node", another_node },
	{ "one voter less", one_less },
	{ "the first voter's incarnation", first_incarnation },
	{ "the last voter's incarnation", last_incarnation },
	{ "whose incarnation is whose", incarnations_swapped },
};

KUNIT_ARRAY_PARAM_DESC(changes, changes, desc);

/* P14: no node sets any of them alone. */
static void identity_sees(struct kunit *test)
{
	const struct change *param = test->param_value;
	struct subject s = { .m = new_membership(test, 5), .group = 7 };
	u8 a[PAXOS_ID_BYTES], b[PAXOS_ID_BYTES];

	paxos_membership_identity(s.m, s.group, a);
	param->make(&s);
	paxos_membership_identity(s.m, s.group, b);
	KUNIT_EXPECT_MEMNEQ(test, a, b, PAXOS_ID_BYTES);
}

/* What the identity binds is what voters must have alike. */
static void options_are_told_apart(struct kunit *test)
{
	struct subject s = { .m = new_membership(test, 5), .group = 7 };
	const struct paxos_options o = s.m->options;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, paxos_options_equal(&o, &s.m->options));
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		if (changes[i].make == other_group || changes[i].make == first_incarnation ||
		    changes[i].make == last_incarnation ||
		    changes[i].make == incarnations_swapped)
			continue;
		s.m->options = o;
		changes[i].make(&s);
		KUNIT_EXPECT_FALSE_MSG(test, paxos_options_equal(&o, &s.m->options), "%s",
				       changes[i].desc);
	}
}

static struct kunit_case membership_cases[] = {
	KUNIT_CASE(names_voters_under_their_incarnation),
	KUNIT_CASE(names_nobody_beyond_its_voters),
	KUNIT_CASE(identity_is_the_same_when_made_again),
	KUNIT_CASE_PARAM(identity_sees, changes_gen_params),
	KUNIT_CASE(options_are_told_apart),
	{}
};

static struct kunit_suite membership_suite = {
	.name = "paxos_membership",
	.test_cases = membership_cases,
};

kunit_test_suite(membership_suite);
