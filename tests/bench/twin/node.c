// SPDX-License-Identifier: GPL-2.0
/* A node: the core, its memory and its clock, as kmod/group.c has them. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "twin.h"

u64 node_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000 + (u64)ts.tv_nsec / 1000000;
}

static void refill(struct paxos_pool *pool)
{
	enum paxos_chunk_class class;

	for (class = 0; class < PAXOS_CHUNK_CLASSES; class++) {
		u32 n = paxos_pool_wants(pool, class);

		while (n--) {
			void *chunk = malloc(paxos_pool_chunk_size(class));

			if (!chunk)
				die("malloc");
			paxos_pool_give(pool, class, chunk);
		}
	}
}

void node_step(struct twin *twin, struct paxos_event *event)
{
	struct paxos_outbox *ob = &twin->ob;
	struct paxos_header header;
	u32 bits;
	u16 i;

	paxos_outbox_init(ob);
	event->now = node_now();
	bits = paxos_step(&twin->core, event, ob);
	paxos_core_header(&twin->core, &header);
	for (i = 0; i < ob->n_out; i++) {
		header.sequence = ++twin->sequence;
		network_queue(twin, &header, &ob->out[i]);
	}
	for (i = 0; i < ob->n_notes; i++)
		lead_note(&ob->note[i]);
	client_done(ob);
	paxos_outbox_release(ob);
	if (bits & PAXOS_STEP_REFILL)
		refill(&twin->pool);
}

/**
 * node_value - a value that a client submitted
 */
struct paxos_value *node_value(struct twin *twin, u64 sequence, const u8 *bytes, u32 length)
{
	struct paxos_value *value;
	bool full;

	value = paxos_value_alloc(&twin->pool, length, PAXOS_KIND_VALUE, &full);
	if (!value) {
		refill(&twin->pool);
		value = paxos_value_alloc(&twin->pool, length, PAXOS_KIND_VALUE, &full);
	}
	if (!value)
		die("the log is full: fewer values, please");
	paxos_value_write(value, 0, bytes, length);
	value->id.client = TWIN_OWNER;
	value->id.sequence = sequence;
	value->id.digest = paxos_value_digest(value, twin->core.identity);
	return value;
}

void node_start(struct twin *twin)
{
	struct paxos_config config = {
		.group = TWIN_GROUP,
		.node = twin->id,
		.role = PAXOS_ROLE_VOTER,
		.window = 1024,
		.window_bytes = 8 * 1024 * 1024,
		.boot = 1,
		.heartbeat = 10,
		.timeout_min = 50,
		.timeout_max = 100,
	};
	u32 dir_size = paxos_window_dir_size(TWIN_LOG, config.window);
	struct paxos_slot **dir = calloc(dir_size, sizeof(*dir));
	u8 id;

	if (!dir || getrandom(config.incarnation, sizeof(config.incarnation), 0) < 0)
		die("calloc or getrandom");
	paxos_pool_init(&twin->pool, TWIN_LOG);
	refill(&twin->pool);
	paxos_core_init(&twin->core, &config, &twin->pool, dir, dir_size, true, node_now());
	for (id = 1; id <= twin->nodes; id++) {
		struct paxos_event ev = {
			.type = PAXOS_EVENT_MEMBER,
			.member = { .node = id, .role = PAXOS_ROLE_VOTER },
		};

		if (id != twin->id)
			node_step(twin, &ev);
	}
}
