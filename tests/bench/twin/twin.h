/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The userspace twin: the module's core in a process of its own for each node,
 * with epoll and UDP sockets, as well as a process can do it.
 */
#ifndef _PAXOS_BENCH_TWIN_H
#define _PAXOS_BENCH_TWIN_H

#include "step.h"

#define TWIN_GROUP	1
#define TWIN_LOG	(64 * 1024 * 1024)
#define TWIN_OWNER	1

/**
 * struct twin - a node
 * @id: its id; node i is 10.0.0.i
 * @nodes: how many there are, all of them voters
 * @core: the core
 * @pool: its memory
 * @ob: what the last step left
 * @sequence: of the datagram sent last
 * @udp: its socket
 */
struct twin {
	u8 id;
	u8 nodes;
	struct paxos_core core;
	struct paxos_pool pool;
	struct paxos_outbox ob;
	u64 sequence;
	int udp;
};

void die(const char *what);

/* node.c */
u64 node_now(void);
void node_start(struct twin *twin);
void node_step(struct twin *twin, struct paxos_event *event);
struct paxos_value *node_value(struct twin *twin, u64 sequence, const u8 *bytes, u32 length);

/* network.c */
void network_open(struct twin *twin);
void network_receive(struct twin *twin);
void network_queue(struct twin *twin, const struct paxos_header *header,
		   const struct paxos_out *out);
void network_flush(struct twin *twin);

/* lead.c */
void lead_note(const struct paxos_note *note);
bool lead_go_on(struct twin *twin);
u64 lead_deadline(void);

/* client.c */
void client_open(const char *path, int epoll);
void client_ready(struct twin *twin, int fd);
void client_decided(const struct twin *twin);
void client_done(struct paxos_outbox *ob);
void client_submit(struct twin *twin);

#endif
