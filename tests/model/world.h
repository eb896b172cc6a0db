/* SPDX-License-Identifier: GPL-2.0 */
/* The world as spin sees it: acceptors that are the core's, each in a state that has a number. */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <stdbool.h>

#define ACCEPTORS	3
#define BALLOTS		3

/**
 * struct world - all that spin keeps of a state but for its own processes
 * @acceptor: what each is, a number that stands for the whole of its memory
 * @prepared: ballots whose PREPARE was sent
 * @value: what ACCEPT was sent with, by ballot; 0 for none
 * @promise: by acceptor and ballot: bit k is set when a promise was sent that
 *	reports a vote at ballot k, bit 0 for one that reports none
 * @voted: by acceptor and ballot: ACCEPTED was sent
 *
 * Messages are never taken back: what was sent may be heard at any time, and
 * again.
 */
struct world {
	int acceptor[ACCEPTORS];
	unsigned char prepared[BALLOTS + 1];
	unsigned char value[BALLOTS + 1];
	unsigned char promise[ACCEPTORS][BALLOTS + 1];
	unsigned char voted[ACCEPTORS][BALLOTS + 1];
};

extern struct world world;

void acceptor_init(bool single);
bool acceptor_can_hear(int acceptor, int ballot, bool accept);
void acceptor_hear(int acceptor, int ballot, bool accept);
bool proposer_can_ask(int ballot, int quorum, int pick);
void proposer_ask(int ballot, int quorum, int pick);
bool world_is_wrong(void);

/* The last step in words, for who follows a trail. */
const char *acceptor_told(int acceptor, int ballot, bool accept);
const char *proposer_told(int ballot);

/* spin takes every call in a guard for a side effect, so guards have names. */
#define CAN_HEAR_1_0	acceptor_can_hear(Pacceptor->id, 1, 0)
#define CAN_HEAR_1_1	acceptor_can_hear(Pacceptor->id, 1, 1)
#define CAN_HEAR_2_0	acceptor_can_hear(Pacceptor->id, 2, 0)
#define CAN_HEAR_2_1	acceptor_can_hear(Pacceptor->id, 2, 1)
#define CAN_HEAR_3_0	acceptor_can_hear(Pacceptor->id, 3, 0)
#define CAN_HEAR_3_1	acceptor_can_hear(Pacceptor->id, 3, 1)
#define CAN_ASK_3_0	proposer_can_ask(Pproposer->ballot, 3, 0)
#define CAN_ASK_3_3	proposer_can_ask(Pproposer->ballot, 3, 3)
#define CAN_ASK_5_0	proposer_can_ask(Pproposer->ballot, 5, 0)
#define CAN_ASK_5_5	proposer_can_ask(Pproposer->ballot, 5, 5)
#define CAN_ASK_6_0	proposer_can_ask(Pproposer->ballot, 6, 0)
#define CAN_ASK_6_6	proposer_can_ask(Pproposer->ballot, 6, 6)
#define CAN_ASK_7_0	proposer_can_ask(Pproposer->ballot, 7, 0)
#define CAN_ASK_7_7	proposer_can_ask(Pproposer->ballot, 7, 7)

#endif
