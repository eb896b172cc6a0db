// SPDX-License-Identifier: GPL-2.0
/*
 * again GROUP CLIENT SEQUENCE VALUE: have a value chosen under a client and a
 * sequence that are said, whether it is in the log already or not. Prints the
 * instance.
 *
 * again GROUP: have each line of standard input chosen, by one proposer that
 * goes on whatever became of the line before. Prints for each the result, an
 * enum paxosnl_result, with client and sequence.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <paxosnl.h>

#define TIMEOUT		60000	/* milliseconds */
#define TIMEOUT_LINE	2000

static int say(const struct paxosnl_proposer *p, const char *why)
{
	fprintf(stderr, "again: %s\n", why ? why : paxosnl_proposer_error(p));
	return 1;
}

static int one(struct paxosnl_proposer *p, char **argv)
{
	struct paxosnl_outcome outcome;

	if (paxosnl_propose_again(p, strtoull(argv[2], NULL, 16), strtoull(argv[3], NULL, 10),
				  argv[4], strlen(argv[4]), TIMEOUT, &outcome))
		return say(p, NULL);
	if (outcome.result != PAXOSNL_CHOSEN)
		return say(p, outcome.why);
	printf("%llu\n", (unsigned long long)outcome.instance);
	return 0;
}

static int lines(struct paxosnl_proposer *p)
{
	struct paxosnl_outcome outcome;
	char line[256];

	setlinebuf(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (paxosnl_propose(p, line, strcspn(line, "\n"), 0, TIMEOUT_LINE, &outcome))
			return say(p, NULL);
		printf("%d %016llx %llu\n", outcome.result, (unsigned long long)outcome.client,
		       (unsigned long long)outcome.sequence);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct paxosnl_proposer *p;
	int rc;

	if ((argc != 2 && argc != 5) || paxosnl_proposer_open(&p, argv[1]))
		return 1;
	rc = argc == 5 ? one(p, argv) : lines(p);
	paxosnl_proposer_close(p);
	return rc;
}
