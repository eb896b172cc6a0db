// SPDX-License-Identifier: GPL-2.0
/* How chance changes a program: by instructions, and within one. */

#include <string.h>

#include "fuzz.h"
#include "program.h"

#define OP	sizeof(struct program_op)

/* Opens a gap of some instructions; what would not fit falls off the end. */
static size_t insert(uint8_t *data, size_t n, size_t max, size_t at, size_t count)
{
	if (n + count > max)
		count = max - n;
	memmove(data + (at + count) * OP, data + at * OP, (n - at) * OP);
	return n + count;
}

static size_t repeat(uint8_t *data, size_t n, size_t max, uint32_t *seed)
{
	size_t from = fuzz_random(seed) % n, at = fuzz_random(seed) % (n + 1);
	size_t count = 1 + fuzz_random(seed) % 8, size;
	uint8_t copy[8 * OP];

	if (count > n - from)
		count = n - from;
	memcpy(copy, data + from * OP, count * OP);
	size = insert(data, n, max, at, count);
	memcpy(data + at * OP, copy, (size - n) * OP);
	return size;
}

static size_t make(uint8_t *data, size_t n, size_t max, uint32_t *seed)
{
	size_t at = fuzz_random(seed) % (n + 1), size = insert(data, n, max, at, 1), i;

	for (i = 0; i < (size - n) * OP; i++)
		data[at * OP + i] = (uint8_t)fuzz_random(seed);
	return size;
}

static size_t take_out(uint8_t *data, size_t n, uint32_t *seed)
{
	size_t at = fuzz_random(seed) % n, count = 1 + fuzz_random(seed) % 4;

	if (count > n - at)
		count = n - at;
	memmove(data + at * OP, data + (at + count) * OP, (n - at - count) * OP);
	return n - count;
}

static void exchange(uint8_t *data, size_t n, uint32_t *seed)
{
	size_t a = fuzz_random(seed) % n, b = fuzz_random(seed) % n;
	uint8_t op[OP];

	memcpy(op, data + a * OP, OP);
	memmove(data + a * OP, data + b * OP, OP);
	memcpy(data + b * OP, op, OP);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t n = size / OP, max = max_size / OP;
	uint32_t random = seed, times = 1 + fuzz_random(&random) % 4;

	if (max > PROGRAM_MAX)
		max = PROGRAM_MAX;
	if (n > max)
		n = max;
	if (!max)
		return LLVMFuzzerMutate(data, size, max_size);
	while (times--) {
		uint32_t choice = fuzz_random(&random) % 8;

		if (!n || choice < 2)
			n = make(data, n, max, &random);
		else if (choice == 2)
			n = repeat(data, n, max, &random);
		else if (choice == 3 && n > 2)
			n = take_out(data, n, &random);
		else if (choice == 4)
			exchange(data, n, &random);
		else if (choice == 5)
			data[fuzz_random(&random) % (n * OP)] = (uint8_t)fuzz_random(&random);
		else
			/* One instruction, by what libFuzzer knows of compares. */
			LLVMFuzzerMutate(data + fuzz_random(&random) % n * OP, OP, OP);
	}
	return n * OP;
}

/* The beginning of one, and the end of another. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
				 uint8_t *out, size_t max_size, unsigned int seed)
{
	size_t max = max_size / OP, head, tail, from;
	uint32_t random = seed;

	head = a_size / OP ? fuzz_random(&random) % (a_size / OP + 1) : 0;
	from = b_size / OP ? fuzz_random(&random) % (b_size / OP + 1) : 0;
	tail = b_size / OP - from;
	if (max > PROGRAM_MAX)
		max = PROGRAM_MAX;
	if (head > max)
		head = max;
	if (tail > max - head)
		tail = max - head;
	memcpy(out, a, head * OP);
	memcpy(out + head * OP, b + from * OP, tail * OP);
	return (head + tail) * OP;
}
