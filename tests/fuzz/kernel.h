/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system as the library and the tool see it: a netlink socket whose other
 * end says what the input makes it say, a clock that runs when somebody waits,
 * and one file. Their calls are renamed to these by the Makefile.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include "fuzz.h"

/**
 * kernel_begin - a run begins
 * @data: what the kernel says is made of this
 * @size: its size
 * @honest: strings are names, as the module's are, and the family is there
 */
void kernel_begin(const uint8_t *data, size_t size, bool honest);

/* Another byte of the input, 0 when there is none. */
uint8_t kernel_byte(void);
size_t kernel_left(void);

/* The kernel has nothing to say any more, and was asked for it some times. */
bool kernel_is_dry(void);

/**
 * kernel_file - what the one file holds, which is named "f"
 * @text: the bytes
 * @size: how many
 */
void kernel_file(const uint8_t *text, size_t size);

/* How many descriptors were closed that no file had: channels. */
unsigned int kernel_closed(void);

/* Nothing is left open. */
void kernel_end(void);

#endif
