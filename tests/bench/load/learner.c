// SPDX-License-Identifier: GPL-2.0
/*
 * Learners: a node that is far behind, and that no voter knows yet, is made known to
 * them by the program that measures, when all else has begun. So what it catches up
 * with is not spent before.
 */
#include "learner.h"
#include "node.h"

#define VOTERS_MAX	15

static const char *name;
static struct paxosnl *voter[VOTERS_MAX];
static unsigned int n_voters;
static struct paxosnl *learner;
static unsigned int learner_node;

/**
 * learner_open - handles of all that have to do with it
 * @group: the group, which the learner has, too, and knows its voters
 * @voters: they are the nodes 1 and so on, of which the first leads
 * @node: the learner
 */
void learner_open(const char *group, unsigned int voters, unsigned int node)
{
	unsigned int i;

	name = group;
	n_voters = voters;
	learner_node = node;
	for (i = 0; i < voters; i++)
		voter[i] = node_open(i + 1);
	learner = node_open(node);
}

/**
 * learner_admit - the voters are told of it
 */
void learner_admit(void)
{
	unsigned int i;

	for (i = 0; i < n_voters; i++)
		node_member_add(voter[i], name, learner_node, PAXOS_ROLE_LEARNER);
}

/**
 * learner_learns - did it get something?
 */
bool learner_learns(void)
{
	return node_prefix(learner, name);
}

void learner_begin(struct lag *lag)
{
	lag->learned = node_prefix(learner, name);
}

/**
 * learner_end - how it fared since learner_begin()
 */
void learner_end(struct lag *lag)
{
	/* Nothing more is committed meanwhile, but it goes on learning. */
	const uint64_t all = node_prefix(voter[0], name), got = node_prefix(learner, name);

	lag->behind = all - got;
	lag->learned = got - lag->learned;
}
