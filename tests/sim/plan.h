/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run is made of. All of it is drawn from the seed before the run
 * begins, and each number can be asked for instead: NAME=VALUE.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct story;

#define SIM_NODES	8	/* most nodes of a run; ids are 1 to SIM_NODES */
#define SIM_CLIENTS	16

/*
 * One line a knob: its name, smallest and largest, how it is drawn, from which
 * range, and what it means. How is FIXED (the first of the two), EVENLY, SCALE
 * (as many below ten as between ten and a hundred), HALF (likewise, and 0 in
 * half of the runs), SIZES (sizes of clusters),
 * SELDOM (0 in four runs of five) or FAULT (0 in half of the runs, and in all of
 * them once the faults have stopped). A knob draws from a stream of its own, by
 * its name: a new one leaves what the others are in the run of a seed.
 */
#define SIM_KNOBS(X)									\
	X(nodes, 1, SIM_NODES, SIZES, 1, SIM_NODES, "nodes, learners among them")	\
	X(learners, 0, SIM_NODES - 1, SELDOM, 1, 2, "the last so many nodes do not vote") \
	X(quorum_1, 0, SIM_NODES, FIXED, 0, 0, "promises wanted; 0: what quorum_2 asks for") \
	X(quorum_2, 0, SIM_NODES, SELDOM, 1, SIM_NODES, "votes wanted; 0: a majority")	\
	X(window, 1, 65536, SCALE, 1, 1024, "instances that may be open")		\
	X(window_bytes, 32768, 1 << 26, SCALE, 1 << 15, 1 << 18, "bytes of values in these") \
	X(log_size, 1 << 18, 1 << 26, SCALE, 1 << 19, 1 << 23, "bytes of a node's log")	\
	X(clients, 0, SIM_CLIENTS, EVENLY, 1, 6, "clients that propose values")		\
	X(join, 0, 86400000, SELDOM, 1, 12000, "ms after which learners are added; 0: at once") \
	X(mute, 0, (1 << SIM_CLIENTS) - 1, FIXED, 0, 0, "bit N - 1: client N never begins") \
	X(seats, 0, 1, FIXED, 0, 0, "1: client N is at node N, and so on around; 0: drawn") \
	X(stagger, 0, 60000, SELDOM, 1, 300, "ms from when one client begins to the next") \
	X(values, 0, 250, EVENLY, 1, 12, "values that a client has, at most")		\
	X(candidates, 0, 1, HALF, 1, 1, "1: every voter has a candidate for the lead")	\
	X(depose, 0, 1, SELDOM, 1, 1, "1: clients go on by Basic Paxos when somebody leads") \
	X(rangers, 0, 8, HALF, 1, 2, "proposers that prepare for all instances at once") \
	X(grants, 0, 1, HALF, 1, 1, "1: their ballots are granted, and their nodes lead")	\
	X(pulse, 0, 1, HALF, 1, 1, "1: nodes pulse, and leaders rest")		\
	X(rush, 0, 100000, SELDOM, 10, 3000, "more values of a granted ranger, at once") \
	X(readers, 0, 8, EVENLY, 1, 4, "processes that read through barriers")		\
	X(submitters, 0, 8, HALF, 1, 3, "clients of whoever leads")			\
	X(rogues, 0, 8, HALF, 1, 2, "processes that ask for what is forbidden")		\
	X(bytes, 0, 32768, FIXED, 32768, 0, "bytes of a value, at most")		\
	X(end, 1, 86400000, EVENLY, 500, 10000, "when the faults stop, ms")		\
	X(calm, 0, 86400000, FIXED, 90000, 0, "ms to settle everything, from then on")	\
	X(remains, 0, 3, SELDOM, 1, 3, "links left then: 0 all, 1 chain, 2 star, 3 ring") \
	X(doom, 0, 1, SELDOM, 1, 1, "1: more may crash than the group can stand")	\
	X(force, 0, 1000, SELDOM, 1, 200, "trims that are forced, per mille")		\
	X(drift, 0, 100000, FIXED, 200, 0, "clocks run off by at most so many ppm")	\
	X(disk, 0, 60000000, HALF, 50, 20000, "mean time of a disk's write, us; 0: no disk") \
	X(delay, 1, 60000000, SCALE, 50, 60000, "mean delay of a datagram, us")		\
	X(loss, 0, 1000, FAULT, 1, 300, "datagrams lost, per mille")			\
	X(twice, 0, 999, FAULT, 1, 500, "datagrams delivered again, per mille")		\
	X(alter, 0, 1000, FAULT, 1, 50, "datagrams altered on the way, per mille")	\
	X(replay, 0, 1000, FAULT, 1, 50, "old datagrams sent again, per mille of the new") \
	X(forge, 0, 1000, FAULT, 1, 50, "copies bound to something else, per mille")	\
	X(tail, 0, 1000, FAULT, 1, 50, "datagrams fifty times as late, per mille")	\
	X(scarce, 0, 1000, FAULT, 900, 999, "memory that is wanted and not there, per mille") \
	X(late, 0, 1000, FAULT, 1, 500, "memory that comes late, per mille")		\
	X(stall, 0, 1000, FAULT, 1, 30, "writes that take up to 10 s, per mille")	\
	X(deaf, 0, 1000, FAULT, 1, 100, "notes lost on the way to a proposer, per mille") \
	X(cut, 0, 1000, FAULT, 1, 60, "links are cut, per mille of chances")		\
	X(flap, 0, 1000, FAULT, 1, 20, "links begin to flap, likewise")			\
	X(clog, 0, 1000, FAULT, 1, 20, "links are clogged for up to 5 s, likewise")	\
	X(trim, 0, 1000, FAULT, 1, 50, "a log is trimmed, likewise")			\
	X(fall, 0, 1000, FAULT, 1, 5, "any set of nodes crashes at once, likewise")	\
	X(heal, 0, 1000, FIXED, 100, 0, "all links are whole again, likewise")		\
	X(crash, 0, 1000, FAULT, 1, 10, "a node loses its memory, likewise")		\
	X(pause, 0, 1000, FAULT, 1, 40, "a node stands still, likewise")		\
	X(kill, 0, 1000, FAULT, 1, 40, "a proposer dies, likewise")			\
	X(raise, 0, 1000, FAULT, 1, 100, "another group's leader ends at a node, likewise")

/* struct sim_plan - the knobs of a run, each by its name */
struct sim_plan {
#define X(name, ...) uint64_t name;
	SIM_KNOBS(X)
#undef X
};

enum sim_knob {
#define X(name, ...) KNOB_##name,
	SIM_KNOBS(X)
#undef X
	SIM_KNOB_COUNT
};

/**
 * struct sim_order - what is asked of a run
 * @seed: where all else is drawn from
 * @value: what was asked for, by knob
 * @given: bit of each knob that was asked for
 * @faults: if @listed, these happen and no others; rising
 * @n_faults: how many
 * @listed: there is a list of faults
 * @story: what happens instead of what is drawn, or NULL
 */
struct sim_order {
	uint64_t seed;
	uint64_t value[SIM_KNOB_COUNT];
	uint64_t given;
	uint64_t *faults;
	size_t n_faults;
	bool listed;
	struct story *story;
};

#define FAULT_NAME	40

/* Names a fault: the knob that it belongs to, where, and the how many-th chance there. */
static inline uint64_t sim_fault_id(enum sim_knob knob, uint8_t from, uint8_t to, uint32_t number)
{
	return (uint64_t)knob << 56 | (uint64_t)from << 48 | (uint64_t)to << 40 | number;
}

/* draw.c */
bool order_parse(struct sim_order *order, const char *text);
void order_print(FILE *file, const struct sim_order *order);
bool order_lists(const struct sim_order *order, uint64_t fault);
const char *fault_name(uint64_t fault, char name[FAULT_NAME]);
bool plan_draw(struct sim_plan *plan, const struct sim_order *order);
uint64_t plan_value(const struct sim_plan *plan, enum sim_knob knob);
bool plan_is_fault(enum sim_knob knob);
const char *knob_name(enum sim_knob knob);
uint64_t plan_voters(const struct sim_plan *plan);
void plan_calm(struct sim_plan *plan);
void plan_print(const struct sim_plan *plan);
void plan_help(void);

#endif
