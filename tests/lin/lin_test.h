/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the checker share. */
#ifndef LIN_LIN_TEST_H
#define LIN_LIN_TEST_H

#include "lin.h"

/**
 * struct random_shape - what random histories look like
 * @n_ops: how many operations
 * @n_clients: how many clients
 * @n_keys: how many objects
 * @n_values: how many values there are, in arguments
 * @longest: how long an operation takes at most
 * @maybe: per mille of operations whose outcome is not known
 * @falsified: results that are changed at random
 */
struct random_shape {
	uint32_t n_ops;
	uint32_t n_clients;
	uint32_t n_keys;
	uint32_t n_values;
	uint32_t longest;
	uint32_t maybe;
	uint32_t falsified;
};

/* random.c */
uint64_t random_below(uint64_t *random, uint64_t n);
void random_history(const struct lin_model *model, const struct random_shape *shape,
		    uint64_t *random, struct lin_history *history);

/* brute.c */
bool brute_check(const struct lin_model *model, const struct lin_history *history,
		 const struct lin_op *last);
bool brute_replay(const struct lin_model *model, const struct lin_history *history,
		  const struct lin_report *report);

#endif
