// SPDX-License-Identifier: GPL-2.0
/* Scratch: memory that a CPU needs for one step, too large for a stack. */

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/topology.h>

#include "scratch.h"

static DEFINE_PER_CPU(struct paxos_scratch *, scratches);

/**
 * paxos_scratch - this CPU's
 *
 * Context: bottom halves are off, and stay so while it is used.
 * Return: the memory.
 */
struct paxos_scratch *paxos_scratch(void)
{
	lockdep_assert_in_softirq();
	return this_cpu_read(scratches);
}

/**
 * paxos_scratch_init - allocate it, for CPUs that are yet to come too
 *
 * Return: 0 or -ENOMEM.
 */
int paxos_scratch_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct paxos_scratch *scratch;

		scratch = kvzalloc_node(sizeof(*scratch), GFP_KERNEL, cpu_to_node(cpu));
		if (!scratch) {
			paxos_scratch_uninit();
			return -ENOMEM;
		}
		per_cpu(scratches, cpu) = scratch;
	}
	return 0;
}

/**
 * paxos_scratch_uninit - free it
 */
void paxos_scratch_uninit(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(per_cpu(scratches, cpu));
		per_cpu(scratches, cpu) = NULL;
	}
}
