// SPDX-License-Identifier: GPL-2.0
/*
 * lin [-m MIB] MODEL [FILE]: is the history in FILE (or standard input)
 * linearizable? Exits with 0 if it is, 1 if not, 2 for wrong usage or a file that
 * is no history, 3 if the memory did not do to find out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lin.h"

#define MIB	256	/* unless told */

static int complain(void)
{
	const struct lin_model *const *model;

	fprintf(stderr, "usage: lin [-m MIB] MODEL [FILE]\nmodels:");
	for (model = lin_models; *model; model++)
		fprintf(stderr, " %s", (*model)->name);
	fputc('\n', stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const int status[] = { [LIN_PASSED] = 0, [LIN_VIOLATED] = 1, [LIN_GAVE_UP] = 3 };
	const struct lin_model *model;
	struct lin_history history;
	struct lin_report report;
	FILE *file = stdin;
	size_t mib = MIB;
	char *end = "";

	if (argc > 2 && !strcmp(argv[1], "-m")) {
		mib = strtoul(argv[2], &end, 10);
		argc -= 2;
		argv += 2;
	}
	if (*end || !mib || mib > SIZE_MAX >> 20 || argc < 2 || argc > 3)
		return complain();
	model = lin_model_find(argv[1]);
	if (!model)
		return complain();
	if (argc == 3)
		file = fopen(argv[2], "r");
	if (!file) {
		fprintf(stderr, "lin: %s: %s\n", argv[2], strerror(errno));
		return 2;
	}
	lin_history_init(&history);
	if (!lin_text_read(file, argc == 3 ? argv[2] : "standard input", model, &history))
		return 2;
	lin_check(model, &history, mib << 20, &report);
	lin_text_report(stdout, model, &history, &report);
	lin_report_free(&report);
	lin_history_free(&history);
	fclose(file);
	return status[report.verdict];
}
