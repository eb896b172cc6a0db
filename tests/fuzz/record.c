// SPDX-License-Identifier: GPL-2.0
/*
 * Linked into the simulator, keeps some of each kind of its messages as files in
 * RECORD_DIR: the decoder's fuzzer begins with those.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire.h"

#define KEEP	3	/* of each type and length */

size_t __real_paxos_wire_encode(u8 *buf, size_t size, const struct paxos_header *header,
				const struct paxos_msg *msg);
size_t __wrap_paxos_wire_encode(u8 *buf, size_t size, const struct paxos_header *header,
				const struct paxos_msg *msg);

size_t __wrap_paxos_wire_encode(u8 *buf, size_t size, const struct paxos_header *header,
				const struct paxos_msg *msg)
{
	static unsigned int kept[__PAXOS_WIRE_MAX][PAXOS_WIRE_MAX / 64 + 1];
	size_t length = __real_paxos_wire_encode(buf, size, header, msg);
	const char *dir = getenv("RECORD_DIR");
	unsigned int *n = &kept[msg->type][length / 64];
	char path[4096];
	FILE *file;

	if (!dir || !length || *n == KEEP)
		return length;
	snprintf(path, sizeof(path), "%s/%s-%zu-%u", dir, paxos_wire_type_name(msg->type), length,
		 (*n)++);
	file = fopen(path, "we");
	if (!file || fwrite(buf, 1, length, file) != length || fclose(file))
		abort();
	return length;
}
