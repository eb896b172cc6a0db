// SPDX-License-Identifier: GPL-2.0
/* The names of the reasons. */

#include "port.h"
#include "reason.h"

/**
 * paxos_reason_name - name of a reason, as it stands in statistics
 * @reason: the reason
 *
 * Return: a constant string.
 */
const char *paxos_reason_name(enum paxos_reason reason)
{
	static const char * const name[] = {
#define X(name, text, doc) [PAXOS_REASON_##name] = text,
		PAXOS_REASONS(X)
#undef X
	};

	if (PAXOS_VIOLATED((unsigned int)reason >= ARRAY_SIZE(name)))
		return "?";
	return name[reason];
}
