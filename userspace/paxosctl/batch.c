// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from a file, one a line, until one fails.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"

/*
 * Splits a line into words, in place. Quotes, single or double, keep what is
 * between them together; # where a word would begin ends the line. Returns 0,
 * -EINVAL if a quote is not closed, or -ENOMEM. The array is to be freed.
 */
int batch_split(char *line, char ***argv, int *argc)
{
	size_t size = 16;
	char **words;
	char *to;

	*argc = 0;
	*argv = malloc(size * sizeof(*words));
	if (!*argv)
		return -ENOMEM;
	for (;;) {
		char quote = '\0';

		line += strspn(line, " \t\r\n");
		if (!*line || *line == '#')
			break;
		if ((size_t)*argc + 1 == size) {
			size *= 2;
			words = realloc(*argv, size * sizeof(*words));
			if (!words)
				return -ENOMEM;
			*argv = words;
		}
		(*argv)[(*argc)++] = line;
		for (to = line; *line; line++) {
			if (!quote && strchr(" \t\r\n", *line))
				break;
			if (quote && *line == quote)
				quote = '\0';
			else if (!quote && (*line == '"' || *line == '\''))
				quote = *line;
			else
				*to++ = *line;
		}
		if (quote)
			return -EINVAL;
		if (*line)
			line++;
		*to = '\0';
	}
	(*argv)[*argc] = NULL;
	return 0;
}

/* A line, with those that a backslash at its end joins to it. */
static ssize_t batch_line(struct ctl *ctl, FILE *file, char **line,
			  size_t *size)
{
	size_t more_size = 0, used = 0;
	char *more = NULL;
	ssize_t length;

	for (;;) {
		length = getline(&more, &more_size, file);
		if (length < 0)
			break;
		ctl->line++;
		if (used + (size_t)length + 1 > *size) {
			char *grown = realloc(*line, used + (size_t)length + 1);

			if (!grown) {
				free(more);
				errno = ENOMEM;
				return -1;
			}
			*line = grown;
			*size = used + (size_t)length + 1;
		}
		memcpy(*line + used, more, (size_t)length + 1);
		used += (size_t)length;
		if (used < 2 || strcmp(*line + used - 2, "\\\n"))
			break;
		used -= 2;
		(*line)[used] = '\0';
	}
	free(more);
	return length < 0 && !used ? -1 : (ssize_t)used;
}

int batch_run(struct ctl *ctl, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int rc = EXIT_DONE;

	if (!file)
		return fail("-b: cannot open \"%s\": %s", path,
			    strerror(errno));
	ctl->batch = path;
	ctl->line = 0;
	ctl->stdin_taken = is_stdin;
	errno = 0;
	while (!rc && batch_line(ctl, file, &line, &size) >= 0) {
		char **argv = NULL;
		int argc;

		switch (batch_split(line, &argv, &argc)) {
		case 0:
			if (argc)
				rc = ctl_run(ctl, argc, argv);
			break;
		case -EINVAL:
			rc = fail("a quote is not closed");
			break;
		default:
			rc = fail("out of memory");
			break;
		}
		free(argv);
		if (rc)
			fail("command failed, %s:%lu", path, ctl->line);
		errno = 0;
	}
	if (!rc && ferror(file))
		rc = fail("-b: cannot read \"%s\": %s", path, strerror(errno));
	free(line);
	if (!is_stdin)
		fclose(file);
	return rc;
}
