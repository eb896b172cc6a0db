/* SPDX-License-Identifier: GPL-2.0 */
/* Histories: what a node said so far, as sets that are each kept once. */
#ifndef MODEL_HISTORY_H
#define MODEL_HISTORY_H

#include "model.h"

#define MESSAGES_MAX	1024
#define WORDS		(MESSAGES_MAX / 64)

/**
 * struct history - all that a node said
 * @message: the messages, by number
 * @n: how many
 * @to: those for each node, a bit each
 * @votes: votes given
 * @accepts: votes asked for
 * @decided: instances and ballots that it said a quorum voted for
 */
struct history {
	u32 *message;
	u32 n;
	u64 to[NODES_MAX][WORDS];
	u64 votes;
	u64 accepts;
	u64 decided;
};

u32 history_none(void);
u32 history_add(u32 id, const u32 *messages, u32 n);
bool history_has(u32 id, u32 message);
u32 history_chosen(void);
const struct history *history_get(u32 id);
void history_check_all(const u32 *history, const u32 *claims, unsigned int node, u32 before);

#endif
