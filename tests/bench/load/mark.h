/* SPDX-License-Identifier: GPL-2.0 */
/* Marks for the profile: instructions that do nothing, and say where a stretch begins and ends. */
#ifndef _PAXOS_BENCH_MARK_H
#define _PAXOS_BENCH_MARK_H

/* nopl 0x50615801(%rax) and nopl 0x50615802(%rax) */
#define MARK_BEGIN	"\x0f\x1f\x80\x01\x58\x61\x50"
#define MARK_END	"\x0f\x1f\x80\x02\x58\x61\x50"
#define MARK_SIZE	7

static inline void mark_begin(void)
{
	__asm__ volatile("nopl 0x50615801(%%rax)" : : : "memory");
}

static inline void mark_end(void)
{
	__asm__ volatile("nopl 0x50615802(%%rax)" : : : "memory");
}

#endif
