/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Classic Paxos for one instance: three acceptors, which are the core's, and
 * three ballots. Each proposer sends PREPARE, picks a quorum of the promises
 * that were ever sent, applies the library's value rule, and sends ACCEPT once.
 *
 * Messages are history: they are sets that only grow, so each may be lost, be
 * late, be heard twice, and in any order. Nothing here bounds the search but
 * the number of ballots.
 */
c_decl {
\#include "world.h"
}

c_track "&world" "sizeof(struct world)" "Matched"

bool wrong = false;

/* Once for each acceptor's lowest report, and once for its highest: there is one. */
#define ASK(quorum, pick)						\
	:: atomic {							\
		c_expr { CAN_ASK_##quorum##_##pick } ->			\
		c_code {						\
			proposer_ask(Pproposer->ballot, quorum, pick);	\
			now.wrong = world_is_wrong();			\
			Printf("proposer %d: %s\n", Pproposer->ballot,	\
			       proposer_told(Pproposer->ballot));	\
		};							\
		assert(!wrong)						\
	}

#define HEAR(ballot, accept)						\
	:: atomic {							\
		c_expr { CAN_HEAR_##ballot##_##accept } ->		\
		c_code {						\
			acceptor_hear(Pacceptor->id, ballot, accept);	\
			now.wrong = world_is_wrong();			\
			Printf("acceptor %d: %s\n", Pacceptor->id + 1,	\
			       acceptor_told(Pacceptor->id, ballot, accept)); \
		};							\
		assert(!wrong)						\
	}

proctype proposer(byte ballot)
{
	c_code {
		world.prepared[Pproposer->ballot] = 1;
		Printf("proposer %d: %s\n", Pproposer->ballot,
		       proposer_told(Pproposer->ballot));
	};
end:	do
	ASK(3, 0)
	ASK(5, 0)
	ASK(6, 0)
	ASK(7, 0)
	ASK(3, 3)
	ASK(5, 5)
	ASK(6, 6)
	ASK(7, 7)
	od
}

proctype acceptor(byte id)
{
end:	do
	HEAR(1, 0)
	HEAR(2, 0)
	HEAR(3, 0)
	HEAR(1, 1)
	HEAR(2, 1)
	HEAR(3, 1)
	od
}

init {
	atomic {
		c_code { acceptor_init(SINGLE); };
		run acceptor(0);
		run acceptor(1);
		run acceptor(2);
		run proposer(1);
		run proposer(2);
		run proposer(3)
	}
}
