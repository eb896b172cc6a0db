/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An input that is a program: a head and instructions, all of eight bytes, so
 * that what chance takes out, puts in or exchanges is whole instructions.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdint.h>

#define PROGRAM_MAX	384	/* instructions */

struct program_op {
	uint8_t what;
	uint8_t node;
	uint8_t a;
	uint8_t b;
	uint8_t c;
	uint8_t d;
	uint8_t e;
	uint8_t f;
};

#endif
