/* SPDX-License-Identifier: GPL-2.0 */
/* Nodes: the states that one can be in, and what leads from one to another. */
#ifndef MODEL_NODE_H
#define MODEL_NODE_H

#include "history.h"

/**
 * struct hop - an event that changes the node, and what it is then
 * @event: the event
 * @to: the state after it
 */
struct hop {
	u32 event;
	u32 to;
};

/**
 * struct node - a state of a node: what it is, and all that it ever said
 * @own: what it is, a number of node_own()
 * @history: what it said
 * @claims: what it says is chosen
 * @id: node id
 * @asked: messages that were looked at, a bit each
 * @hop: those events that change something
 * @hops: how many
 * @room: for how many
 */
struct node {
	u32 own;
	u32 history;
	u32 claims;
	u8 id;
	bool asked_specials;
	u64 asked[WORDS];
	struct hop *hop;
	u32 hops;
	u32 room;
};

extern u32 node_bad_event;

void node_genesis(u32 first[NODES_MAX]);
const struct node *node_get(u32 state);
const struct node *node_expand(u32 state, const u64 *heard);
const u32 *node_said(u32 state, u32 event, u32 *n);
u32 node_step(u32 own, u32 event, const u32 **list, u32 *n);
void node_take(u8 node);
u32 node_count(u32 *owns, u32 *moves);
u32 node_check_twins(void);

#endif
