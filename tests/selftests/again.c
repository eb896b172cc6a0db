// SPDX-License-Identifier: GPL-2.0
/*
 * again GROUP CLIENT SEQUENCE VALUE: have a value chosen under a client and a
 * sequence that are said, whether it is in the log already or not. Prints the
 * instance.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <paxosnl.h>

#define TIMEOUT	60000	/* milliseconds */

int main(int argc, char **argv)
{
	struct paxosnl_outcome outcome;
	struct paxosnl_proposer *p;
	uint64_t client, sequence;

	if (argc != 5)
		return 1;
	client = strtoull(argv[2], NULL, 16);
	sequence = strtoull(argv[3], NULL, 10);
	if (paxosnl_proposer_open(&p, argv[1]))
		return 1;
	if (paxosnl_propose_again(p, client, sequence, argv[4], strlen(argv[4]), TIMEOUT,
				  &outcome)) {
		fprintf(stderr, "again: %s\n", paxosnl_proposer_error(p));
		return 1;
	}
	if (outcome.result != PAXOSNL_CHOSEN) {
		fprintf(stderr, "again: %s\n", outcome.why);
		return 1;
	}
	printf("%llu\n", (unsigned long long)outcome.instance);
	paxosnl_proposer_close(p);
	return 0;
}
