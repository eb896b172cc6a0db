/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The value rule: what may be proposed, given what a quorum said (P13). Pure.
 */
#ifndef PAXOSNL_RULE_H
#define PAXOSNL_RULE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct rule_value - what tells one value from another
 * @client: who made it
 * @sequence: the client's number of it
 * @digest: keyed hash of kind, length and bytes
 * @kind: an enum paxos_kind; the digest covers it
 */
struct rule_value {
	uint64_t client;
	uint64_t sequence;
	uint64_t digest;
	uint32_t kind;
};

/**
 * struct rule_reply - what one voter said of one instance
 * @node: the voter; no two replies are of the same
 * @voted: it has voted, @ballot and @value hold
 * @chosen: it knows what is chosen, @value holds and stands in for its vote
 * @ballot: the ballot of the vote
 * @value: what it voted for, or what is chosen
 */
struct rule_reply {
	uint32_t node;
	bool voted;
	bool chosen;
	uint64_t ballot;
	struct rule_value value;
};

/**
 * enum rule_verdict - what the value rule says
 * @RULE_FREE: any value may be proposed
 * @RULE_VALUE: one value may be proposed
 * @RULE_CHOSEN: one value is known to be chosen
 * @RULE_VOID: a vote at or above the ballot: the attempt is void
 * @RULE_ALARM: replies that contradict each other: agreement is broken, or the
 *   quorum sizes are wrong
 */
enum rule_verdict {
	RULE_FREE = 1,
	RULE_VALUE,
	RULE_CHOSEN,
	RULE_VOID,
	RULE_ALARM,
};

enum rule_verdict rule_apply(const struct rule_reply *replies,
			     unsigned int count, unsigned int voters,
			     unsigned int fast, uint64_t ballot,
			     struct rule_value *value, uint64_t *highest);
bool rule_same(const struct rule_value *a, const struct rule_value *b);

#endif /* PAXOSNL_RULE_H */
