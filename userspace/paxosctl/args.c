// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments: keywords and what follows them, in any order, each once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"

/* Decimal digits alone: no sign, no space, no 0x, and nothing after them. */
bool number_parse(const char *text, uint64_t min, uint64_t max,
		  uint64_t *number)
{
	unsigned long long value;

	if (!*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno || value < min || value > max)
		return false;
	*number = value;
	return true;
}

/* Hexadecimal digits alone, as clients are printed; 0 is none. */
static bool hex_parse(const char *text, uint64_t *number)
{
	size_t length = strlen(text);

	if (!length || length > 16 ||
	    text[strspn(text, "0123456789abcdefABCDEF")])
		return false;
	*number = strtoull(text, NULL, 16);
	return *number;
}

bool name_valid(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t length = strlen(name);

	/* Of a group with that name nothing could be asked. */
	if (!strcmp(name, "help"))
		return false;
	return length && length <= PAXOS_NAME_MAX &&
	       strspn(name, allowed) == length;
}

/* Takes the name of a group, the first argument. */
int args_group(int *argc, char ***argv, const char **name)
{
	if (!*argc)
		return fail("the name of a group is missing");
	if (!name_valid(**argv))
		return fail("\"%s\" is no name of a group: 1 to %d of A-Z a-z 0-9 _ . - are",
			    **argv, PAXOS_NAME_MAX);
	*name = **argv;
	(*argc)--;
	(*argv)++;
	return EXIT_DONE;
}

/* How many words of argv the keyword takes, 0 if it is another. */
static int arg_match(const struct arg *arg, int argc, char **argv)
{
	const char *space = strchr(arg->name, ' ');
	size_t first;

	if (!space)
		return !strcmp(arg->name, argv[0]);
	first = (size_t)(space - arg->name);
	if (argc < 2 || strlen(argv[0]) != first ||
	    strncmp(arg->name, argv[0], first))
		return 0;
	return strcmp(space + 1, argv[1]) ? 0 : 2;
}

static int arg_word(const struct arg *arg, const char *text)
{
	uint32_t i;

	for (i = 0; arg->words[i]; i++) {
		if (!strcmp(arg->words[i], text)) {
			*(uint32_t *)arg->to = i + 1;
			return EXIT_DONE;
		}
	}
	fprintf(stderr, "paxosctl: %s: \"%s\" is none of:", arg->name, text);
	for (i = 0; arg->words[i]; i++)
		fprintf(stderr, " %s", arg->words[i]);
	putc('\n', stderr);
	return EXIT_USAGE;
}

/* Both words of a range. */
static int arg_range(const struct arg *arg, int argc, char **argv)
{
	uint32_t *to = arg->to;
	uint64_t number;
	int i;

	for (i = 0; i < 2; i++) {
		if (i == argc)
			return fail("%s: its %s value is missing", arg->name,
				    i ? "second" : "first");
		if (!number_parse(argv[i], arg->min, arg->max, &number))
			return fail("%s: \"%s\" is no number from %" PRIu64 " to %" PRIu64,
				    arg->name, argv[i], arg->min, arg->max);
		to[i] = (uint32_t)number;
	}
	if (to[0] > to[1])
		return fail("%s: %u is above %u", arg->name, to[0], to[1]);
	return EXIT_DONE;
}

static int arg_take(const struct arg *arg, int argc, char **argv)
{
	const char *text = *argv;
	uint64_t number;

	switch (arg->type) {
	case ARG_U32:
	case ARG_U64:
		if (!number_parse(text, arg->min, arg->max, &number))
			return fail("%s: \"%s\" is no number from %" PRIu64 " to %" PRIu64,
				    arg->name, text, arg->min, arg->max);
		if (arg->type == ARG_U32)
			*(uint32_t *)arg->to = (uint32_t)number;
		else
			*(uint64_t *)arg->to = number;
		break;
	case ARG_HEX64:
		if (!hex_parse(text, arg->to))
			return fail("%s: \"%s\" is no number of 1 to 16 hexadecimal digits",
				    arg->name, text);
		break;
	case ARG_ADDRESS:
		if (!address_parse(text, arg->to))
			return fail("%s: \"%s\" is no ADDR, ADDR:PORT or [ADDR]:PORT",
				    arg->name, text);
		break;
	case ARG_WORD:
		return arg_word(arg, text);
	case ARG_RANGE:
		return arg_range(arg, argc, argv);
	case ARG_FLAG:
		break;
	}
	return EXIT_DONE;
}

/* Takes all arguments that are left. */
int args_parse(int argc, char **argv, struct arg *args, size_t count)
{
	struct arg *arg;
	int words, rc;
	size_t i;

	while (argc) {
		words = 0;
		/* Where no keyword is taken there is no array to point into. */
		for (i = 0; i < count; i++) {
			words = arg_match(&args[i], argc, argv);
			if (words)
				break;
		}
		if (!words)
			return fail("\"%s\" is unknown here", *argv);
		arg = &args[i];
		if (arg->seen)
			return fail("%s: is there twice", arg->name);
		arg->seen = true;
		argc -= words;
		argv += words;
		if (arg->type == ARG_FLAG) {
			*(bool *)arg->to = true;
			continue;
		}
		if (!argc)
			return fail("%s: its value is missing", arg->name);
		rc = arg_take(arg, argc, argv);
		if (rc)
			return rc;
		words = arg->type == ARG_RANGE ? 2 : 1;
		argc -= words;
		argv += words;
	}
	for (i = 0; i < count; i++)
		if (args[i].required && !args[i].seen)
			return fail("%s is missing", args[i].name);
	return EXIT_DONE;
}

/* There must be none left. */
int args_none(int argc, char **argv)
{
	return argc ? fail("\"%s\" is unknown here", *argv) : EXIT_DONE;
}
