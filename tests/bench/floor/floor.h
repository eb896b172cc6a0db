/* SPDX-License-Identifier: GPL-2.0 */
/* What the program and the module of the floor say to each other: /dev/paxos_floor. */
#ifndef _PAXOS_BENCH_FLOOR_H
#define _PAXOS_BENCH_FLOOR_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define FLOOR_PEERS	14

/**
 * struct floor_end - a node
 * @local: its IPv4 address, big-endian, as all that follow
 * @port: of all nodes
 * @peers: how many @peer has
 * @peer: whom it asks; an answering node names nobody, and answers whoever asks
 * @answer: bytes of its answer
 */
struct floor_end {
	__u32	local;
	__u16	port;
	__u16	peers;
	__u32	peer[FLOOR_PEERS];
	__u32	answer;
};

/**
 * struct floor_run - rounds: a datagram to each peer, and all their answers
 * @rounds: how many
 * @burst: so many begin together
 * @ask: bytes of a datagram
 * @took: address of an array of __u64: nanoseconds from the first datagram of a
 *	burst to its last answer, one for each burst
 */
struct floor_run {
	__u32	rounds;
	__u32	burst;
	__u32	ask;
	__u32	pad;
	__u64	took;
};

#define FLOOR_OPEN	_IOW('f', 1, struct floor_end)
#define FLOOR_RUN	_IOW('f', 2, struct floor_run)

#endif
