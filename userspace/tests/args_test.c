// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments: numbers, names, addresses, keywords, lines of a batch.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"
#include "tap.h"

static void numbers(void)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		bool good;
		uint64_t number;
	} cases[] = {
		{ "0", 0, 10, true, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false },
		{ "0", 1, 10, false },
		{ "007", 1, 10, true, 7 },
		{ "18446744073709551615", 0, UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, false },
		{ "99999999999999999999999", 0, UINT64_MAX, false },
		{ "", 0, 10, false },
		{ " 1", 0, 10, false },
		{ "1 ", 0, 10, false },
		{ "+1", 0, 10, false },
		{ "-1", 0, UINT64_MAX, false },
		{ "0x1", 0, 10, false },
		{ "1e1", 0, 10, false },
		{ "1.0", 0, 10, false },
	};
	uint64_t number;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(tap_note, sizeof(tap_note), "\"%s\": ",
			 cases[i].text);
		check(number_parse(cases[i].text, cases[i].min, cases[i].max,
				   &number) == cases[i].good);
		if (cases[i].good)
			check(number == cases[i].number);
	}
}

static void names(void)
{
	check(name_valid("a"));
	check(name_valid("db-1.lock_X"));
	check(name_valid("0123456789012345678901234567890"));
	check(!name_valid("01234567890123456789012345678901"));
	check(!name_valid(""));
	check(!name_valid("a b"));
	check(!name_valid("a/b"));
	check(!name_valid("a\n"));
	check(!name_valid("\xc3\xa4"));
	check(!name_valid("help"));
}

static void addresses(void)
{
	static const struct {
		const char *text;
		const char *format;	/* NULL if it is none */
	} cases[] = {
		{ "10.0.0.1", "10.0.0.1:3577" },
		{ "10.0.0.1:1", "10.0.0.1:1" },
		{ "10.0.0.1:65535", "10.0.0.1:65535" },
		{ "10.0.0.1:0", NULL },
		{ "10.0.0.1:65536", NULL },
		{ "10.0.0.1:", NULL },
		{ "10.0.0.1:x", NULL },
		{ "10.0.0", NULL },
		{ "10.0.0.256", NULL },
		{ "localhost", NULL },
		{ "", NULL },
		{ ":1", NULL },
		{ "fd00::1", "[fd00::1]:3577" },
		{ "::1", "[::1]:3577" },
		{ "[fd00::1]", "[fd00::1]:3577" },
		{ "[fd00::1]:1", "[fd00::1]:1" },
		{ "[fd00:0::0:1]:1", "[fd00::1]:1" },
		{ "[fd00::1]1", NULL },
		{ "[fd00::1]:", NULL },
		{ "[fd00::1", NULL },
		{ "[]", NULL },
		{ "[10.0.0.1]:1", NULL },
		{ "fe80::1%eth0", NULL },
		{ "fd00::1::2", NULL },
		{ "::ffff:10.0.0.1", "[::ffff:10.0.0.1]:3577" },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd",
		  NULL },
	};
	struct paxosnl_address address;
	char text[ADDRESS_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(tap_note, sizeof(tap_note), "%.50s: ",
			 cases[i].text);
		check(address_parse(cases[i].text, &address) ==
		      !!cases[i].format);
		if (!cases[i].format)
			continue;
		check(!strcmp(address_format(&address, text),
			      cases[i].format));
		/* What is printed can be typed. */
		check(address_parse(text, &address));
		check(!strcmp(address_format(&address, text),
			      cases[i].format));
	}
}

/* What args_parse() says: its exit code, and the error it prints. */
static char said[512];

static int parse(const char *line, struct arg *args, size_t count)
{
	FILE *keep = stderr;
	char copy[256];
	char **argv;
	int argc, rc;

	snprintf(copy, sizeof(copy), "%s", line);
	check(!batch_split(copy, &argv, &argc));
	memset(said, 0, sizeof(said));
	stderr = fmemopen(said, sizeof(said) - 1, "w");
	rc = args_parse(argc, argv, args, count);
	fclose(stderr);
	stderr = keep;
	free(argv);
	return rc;
}

static void keywords(void)
{
	static const char * const words[] = { "red", "blue", NULL };
	static const struct {
		const char *line;
		const char *error;	/* NULL if it is good */
	} cases[] = {
		{ "node 3", NULL },
		{ "node 3 size 9 flag word blue quorum 1 2 quorum 2 3", NULL },
		{ "quorum 2 3 flag node 3 addr 10.0.0.1", NULL },
		{ "", "node is missing" },
		{ "flag", "node is missing" },
		{ "node", "node: its value is missing" },
		{ "node 3 node 4", "node: is there twice" },
		{ "node 3 flag flag", "flag: is there twice" },
		{ "node 3 quorum 1 2 quorum 1 3", "quorum 1: is there twice" },
		{ "node 0", "node: \"0\" is no number from 1 to 64" },
		{ "node 65", "node: \"65\" is no number from 1 to 64" },
		{ "node x", "node: \"x\" is no number from 1 to 64" },
		{ "nod 3", "\"nod\" is unknown here" },
		{ "node 3 more", "\"more\" is unknown here" },
		{ "node 3 quorum 3 1", "\"quorum\" is unknown here" },
		{ "node 3 quorum", "\"quorum\" is unknown here" },
		{ "node 3 quorum 1", "quorum 1: its value is missing" },
		{ "node 3 word green",
		  "word: \"green\" is none of: red blue" },
		{ "node 3 addr nowhere",
		  "addr: \"nowhere\" is no ADDR, ADDR:PORT or [ADDR]:PORT" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct paxosnl_address address = { .family = 0 };
		uint32_t node = 0, word = 0, q1 = 0, q2 = 0;
		uint64_t size = 0;
		bool flag = false;
		struct arg args[] = {
			{ "node", ARG_U32, &node, true, 1, 64 },
			{ "size", ARG_U64, &size, false, 0, UINT64_MAX },
			{ "flag", ARG_FLAG, &flag },
			{ "word", ARG_WORD, &word, .words = words },
			{ "addr", ARG_ADDRESS, &address },
			{ "quorum 1", ARG_U32, &q1, false, 1, 15 },
			{ "quorum 2", ARG_U32, &q2, false, 1, 15 },
		};
		char expected[256] = "";
		int rc;

		snprintf(tap_note, sizeof(tap_note), "\"%s\": ",
			 cases[i].line);
		rc = parse(cases[i].line, args, ARRAY_SIZE(args));
		if (cases[i].error)
			snprintf(expected, sizeof(expected),
				 "paxosctl: %s\n", cases[i].error);
		check(!strcmp(said, expected));
		check(rc == EXIT_DONE || rc == EXIT_USAGE);
		check((rc == EXIT_DONE) == !cases[i].error);
		if (i == 1) {
			check(node == 3 && size == 9 && flag && word == 2);
			check(q1 == 2 && q2 == 3);
		}
	}
}

static void batch_lines(void)
{
	static const struct {
		const char *line;
		int rc, argc;
		const char *words[5];
	} cases[] = {
		{ "", 0, 0 },
		{ "   \t\n", 0, 0 },
		{ "# a remark", 0, 0 },
		{ "a b\n", 0, 2, { "a", "b" } },
		{ "  a   b c  ", 0, 3, { "a", "b", "c" } },
		{ "a # rest", 0, 1, { "a" } },
		{ "a#b", 0, 1, { "a#b" } },
		{ "a \"b c\" d", 0, 3, { "a", "b c", "d" } },
		{ "a 'b \" c' d", 0, 3, { "a", "b \" c", "d" } },
		{ "a \"\" b", 0, 3, { "a", "", "b" } },
		{ "a x\"y z\"w", 0, 2, { "a", "xy zw" } },
		{ "a \"# no remark\"", 0, 2, { "a", "# no remark" } },
		{ "a \"b", -EINVAL, 0 },
		{ "a 'b\"", -EINVAL, 0 },
	};
	char copy[64];
	char **argv;
	size_t i;
	int argc, k;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(tap_note, sizeof(tap_note), "%s: ", cases[i].line);
		snprintf(copy, sizeof(copy), "%s", cases[i].line);
		check(batch_split(copy, &argv, &argc) == cases[i].rc);
		if (!cases[i].rc) {
			check(argc == cases[i].argc);
			for (k = 0; k < argc; k++)
				check(!strcmp(argv[k], cases[i].words[k]));
			check(!argv[argc]);
		}
		free(argv);
	}
}

static void batch_many_words(void)
{
	char *line = malloc(4 * 1000 + 1);
	char **argv;
	int argc, i;

	check(line);
	for (i = 0; i < 1000; i++)
		memcpy(line + 4 * i, "abc ", 5);
	check(!batch_split(line, &argv, &argc));
	check(argc == 1000);
	check(!strcmp(argv[999], "abc"));
	free(argv);
	free(line);
}

int main(void)
{
	run(numbers);
	run(names);
	run(addresses);
	run(keywords);
	run(batch_lines);
	run(batch_many_words);
	return finish();
}
