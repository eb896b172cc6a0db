/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Randomness of a run: many streams from one seed (SplitMix64, Steele et al.,
 * 2014), so that what is drawn for one thing does not depend on how often it was
 * drawn for another.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

enum rng_stream {
	STREAM_PLAN,
	STREAM_LINK,	/* by link: what becomes of its datagrams */
	STREAM_NODE,	/* by node */
	STREAM_CLIENT,	/* by client */
	STREAM_NOTE,	/* by client: what becomes of notes to it */
	STREAM_INIT,
	STREAM_WORKER,	/* by node: when it brings memory */
	STREAM_FLAP,	/* by tick: which links are down */
	STREAM_DISK,	/* by node: how long its writes take */
	STREAM_PULSE,	/* by node: its life */
	STREAM_FAULT,	/* and above it, by knob: one stream for each chance of a fault */
};

static inline uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline struct rng rng_stream(uint64_t seed, uint64_t stream, uint64_t number)
{
	struct rng rng = { .state = seed };

	rng.state = rng_next(&rng) + stream;
	rng.state = rng_next(&rng) + number;
	rng.state = rng_next(&rng);
	return rng;
}

static inline struct rng rng_named(uint64_t seed, uint64_t stream, const char *name)
{
	uint64_t number = 0xcbf29ce484222325ULL;

	while (*name)
		number = (number ^ (uint8_t)*name++) * 0x100000001b3ULL;
	return rng_stream(seed, stream, number);
}

/* 0 to n - 1; n is below 2^32, and so much smaller that the bias does not matter. */
static inline uint64_t rng_below(struct rng *rng, uint64_t n)
{
	return (rng_next(rng) >> 32) * n >> 32;
}

static inline uint64_t rng_between(struct rng *rng, uint64_t low, uint64_t high)
{
	return low + rng_below(rng, high - low + 1);
}

/* True with a probability of @per_mille in a thousand. */
static inline bool rng_chance(struct rng *rng, uint32_t per_mille)
{
	return rng_below(rng, 1000) < per_mille;
}

#endif
