/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A checker: a noun, the obligations that it holds, and where it looks. To add
 * one, write tests/sim/check/NOUN.c with a const struct checker in it, and name
 * it here and in the table of check.c. What it says begins with "NOUN: ".
 */
#ifndef SIM_CHECK_CHECK_H
#define SIM_CHECK_CHECK_H

#include "history.h"

/**
 * struct checker - what watches an obligation; all but the name may be NULL
 * @name: the noun
 * @hear: a node is about to hear a message
 * @event: a node did what was asked of it; what it made is looked at after that
 * @make: a node made a message, which may have to wait for the disk
 * @leave: a message leaves the node, or the node hears itself
 * @state: after a step, when all that it made was looked at
 * @note: a node tells a note
 * @end: the run is over, and nothing else was violated
 */
struct checker {
	const char *name;
	void (*hear)(struct sim *sim, struct sim_node *node, const struct paxos_header *header,
		     const struct paxos_msg *msg);
	void (*event)(struct sim *sim, struct sim_node *node, const struct paxos_event *event);
	void (*make)(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
	void (*leave)(struct sim *sim, struct sim_node *node, const struct paxos_msg *msg);
	void (*state)(struct sim *sim, struct sim_node *node);
	void (*note)(struct sim *sim, struct sim_node *node, const struct paxos_note *note);
	void (*end)(struct sim *sim);
};

extern const struct checker checker_agreement;
extern const struct checker checker_ballot;
extern const struct checker checker_barrier;
extern const struct checker checker_binding;
extern const struct checker checker_digest;
extern const struct checker checker_durable;
extern const struct checker checker_hash;
extern const struct checker checker_linearizable;
extern const struct checker checker_liveness;
extern const struct checker checker_once;
extern const struct checker checker_order;
extern const struct checker checker_promise;
extern const struct checker checker_quorum;
extern const struct checker checker_rule;
extern const struct checker checker_single;
extern const struct checker checker_trim;
extern const struct checker checker_validity;
extern const struct checker checker_voter;
extern const struct checker checker_window;

/* quorum.c */
uint64_t quorum_votes(const struct instance *in, uint8_t node, uint64_t ballot);

/* rule.c */
bool rule_allows(const struct life *life, const struct attempt *a, uint64_t instance,
		 const struct paxos_vid *id);

#endif
