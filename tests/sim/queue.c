// SPDX-License-Identifier: GPL-2.0
/* What will happen, in the order in which it will: a binary heap. */

#include <stdlib.h>

#include "sim.h"

static bool before(const struct sim_event *a, const struct sim_event *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void swap(struct sim_event *a, struct sim_event *b)
{
	struct sim_event t = *a;

	*a = *b;
	*b = t;
}

#ifdef __SANITIZE_ADDRESS__
/* To the byte, so that nothing reads beyond it unseen. */
uint8_t *datagram_alloc(uint16_t len)
{
	uint8_t *bytes = malloc(len);

	if (!bytes)
		abort();
	return bytes;
}

static void datagram_free(uint8_t *bytes)
{
	free(bytes);
}
#else
/* Datagrams come and go by the million: those that are gone are used again. */
union datagram {
	union datagram *next;
	uint8_t bytes[PAXOS_WIRE_MAX];
};

static union datagram *gone;

uint8_t *datagram_alloc(uint16_t len)
{
	union datagram *d = gone;

	if (len > sizeof(d->bytes))
		abort();
	if (d)
		gone = d->next;
	else
		d = malloc(sizeof(*d));
	if (!d)
		abort();
	return d->bytes;
}

static void datagram_free(uint8_t *bytes)
{
	union datagram *d = (union datagram *)bytes;

	d->next = gone;
	gone = d;
}
#endif

/* One that was put off has given its bytes to another. */
void event_free(struct sim_event *event)
{
	if (!event->bytes)
		return;
	if (event->type == SIM_DATAGRAM)
		datagram_free(event->bytes);
	else
		free(event->bytes);
}

void queue_push(struct sim *sim, struct sim_event event)
{
	size_t i = sim->queue_len;

	if (i == sim->queue_size) {
		sim->queue_size = i ? 2 * i : 256;
		sim->queue = realloc(sim->queue, sim->queue_size * sizeof(*sim->queue));
		if (!sim->queue)
			abort();
	}
	event.seq = sim->queue_seq++;
	sim->queue[i] = event;
	sim->queue_len++;
	while (i && before(&sim->queue[i], &sim->queue[(i - 1) / 2])) {
		swap(&sim->queue[i], &sim->queue[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

bool queue_pop(struct sim *sim, struct sim_event *event)
{
	size_t i = 0;

	if (!sim->queue_len)
		return false;
	*event = sim->queue[0];
	sim->queue[0] = sim->queue[--sim->queue_len];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= sim->queue_len)
			return true;
		if (child + 1 < sim->queue_len &&
		    before(&sim->queue[child + 1], &sim->queue[child]))
			child++;
		if (!before(&sim->queue[child], &sim->queue[i]))
			return true;
		swap(&sim->queue[i], &sim->queue[child]);
		i = child;
	}
}

void queue_free(struct sim *sim)
{
	struct sim_event event;

	while (queue_pop(sim, &event))
		event_free(&event);
	free(sim->queue);
}
