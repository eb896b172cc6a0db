// SPDX-License-Identifier: GPL-2.0
/*
 * What is printed: escapes, base64, and the same calls as text and as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"
#include "tap.h"

static char *output;
static size_t output_size;

static void open_print(struct print *p, bool json, bool pretty)
{
	FILE *file = open_memstream(&output, &output_size);

	check(file);
	print_init(p, file, json, pretty);
}

static bool close_print(struct print *p, const char *expected)
{
	bool same;

	fclose(p->file);
	same = !strcmp(output, expected);
	if (!same)
		printf("# printed: %s\n# wanted: %s\n", output, expected);
	free(output);
	output = NULL;
	return same;
}

static void escapes(void)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *text;
	} cases[] = {
		{ "", 0, "" },
		{ "hello", 5, "hello" },
		{ "a b~", 4, "a b~" },
		{ "\n\r\t", 3, "\\n\\r\\t" },
		{ "\"\\", 2, "\\\"\\\\" },
		{ "\0\x01\x1f\x7f\x80\xff", 6, "\\x00\\x01\\x1f\\x7f\\x80\\xff" },
		{ "\xc3\xa4", 2, "\\xc3\\xa4" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = escape(cases[i].bytes, cases[i].length);

		check(text && !strcmp(text, cases[i].text));
		free(text);
	}
}

static void base64_vectors(void)
{
	static const char * const cases[][2] = {
		{ "", "" }, { "n", "bg==" }, { "no", "bm8=" },
		{ "nor", "bm9y" }, { "norm", "bm9ybQ==" },
		{ "\xff\xfe\xfb", "//77" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = base64(cases[i][0], strlen(cases[i][0]));

		check(text && !strcmp(text, cases[i][1]));
		free(text);
	}
}

static void long_value(void)
{
	unsigned char *bytes = malloc(PAXOS_VALUE_MAX);
	char *text;

	check(bytes);
	memset(bytes, 0xff, PAXOS_VALUE_MAX);
	text = escape(bytes, PAXOS_VALUE_MAX);
	check(text && strlen(text) == 4 * PAXOS_VALUE_MAX);
	free(text);
	text = base64(bytes, PAXOS_VALUE_MAX);
	check(text && strlen(text) == (PAXOS_VALUE_MAX + 2) / 3 * 4);
	free(text);
	free(bytes);
}

/* One item with one of everything. */
static void fill(struct print *p)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xf0 };
	struct paxosnl_address address;

	check(address_parse("10.0.0.1", &address));
	print_begin(p);
	print_string(p, "name", NULL, "db");
	print_string(p, "absent", "absent", NULL);
	print_number(p, "id", "id", 7);
	print_address(p, "local", "local", &address);
	print_bool(p, "good", "good", true);
	print_bool(p, "bad", "bad", false);
	print_break(p);
	print_hex(p, "bytes", "bytes", bytes, sizeof(bytes));
	print_hex64(p, "hash", "hash", 0x123);
	print_ballot(p, "ballot", "ballot", 5ull << 17 | 3 << 1 | 1);
	print_ballot(p, "none", "promised", 0);
	print_value(p, "value", NULL, "a\nb", 3);
	print_object_begin(p, "inner");
	print_number(p, "x", "x", 1);
	print_object_end(p);
	print_array_begin(p, "list");
	print_number(p, NULL, NULL, 2);
	print_number(p, NULL, NULL, 3);
	print_array_end(p);
	print_text(p, "(for people)");
	print_end(p);
}

#define FILLED "{\"name\":\"db\",\"id\":7,\"local\":\"10.0.0.1:3577\"," \
	"\"good\":true,\"bad\":false,\"bytes\":\"000ff0\"," \
	"\"hash\":\"0000000000000123\",\"ballot\":655367,\"none\":0," \
	"\"value\":\"YQpi\",\"inner\":{\"x\":1},\"list\":[2,3]}"

#define FILLED_TEXT "db id 7 local 10.0.0.1:3577 good\n" \
	"    bytes 000ff0 hash 0000000000000123 ballot 5.3 promised none" \
	" \"a\\nb\" x 1 2 3 (for people)\n"

static void text(void)
{
	struct print p;

	open_print(&p, false, false);
	print_list_begin(&p);
	fill(&p);
	print_list_end(&p);
	print_text(&p, "end");
	print_line(&p);
	check(close_print(&p, FILLED_TEXT "end\n"));
}

static void text_one_line(void)
{
	struct print p;

	open_print(&p, false, false);
	p.oneline = true;
	print_begin(&p);
	print_number(&p, "a", "a", 1);
	print_break(&p);
	print_number(&p, "b", "b", 2);
	print_end(&p);
	check(close_print(&p, "a 1 b 2\n"));
}

static void json_list(void)
{
	struct print p;

	open_print(&p, true, false);
	print_list_begin(&p);
	fill(&p);
	fill(&p);
	print_list_end(&p);
	check(close_print(&p, "[\n" FILLED "\n," FILLED "\n]\n"));
}

static void json_empty_list(void)
{
	struct print p;

	open_print(&p, true, false);
	print_list_begin(&p);
	print_list_end(&p);
	check(close_print(&p, "[]\n"));
}

static void json_stream(void)
{
	struct print p;

	open_print(&p, true, false);
	fill(&p);
	fill(&p);
	check(close_print(&p, FILLED "\n" FILLED "\n"));
}

static void json_pretty(void)
{
	struct print p;

	open_print(&p, true, true);
	print_list_begin(&p);
	print_begin(&p);
	print_number(&p, "a", "a", 1);
	print_end(&p);
	print_list_end(&p);
	check(close_print(&p, "[\n{\n    \"a\": 1\n}\n]\n"));
}

/* An error in the middle leaves a document that can be read. */
static void json_broken_off(void)
{
	struct print p;

	open_print(&p, true, false);
	print_list_begin(&p);
	fill(&p);
	print_begin(&p);
	print_object_begin(&p, "inner");
	print_number(&p, "x", "x", 1);
	print_list_end(&p);
	check(close_print(&p, "[\n" FILLED "\n]\n"));
}

static void json_numbers(void)
{
	struct print p;

	open_print(&p, true, false);
	print_begin(&p);
	print_number(&p, "a", NULL, INT64_MAX);
	print_number(&p, "b", NULL, UINT64_MAX);
	print_end(&p);
	check(close_print(&p,
			  "{\"a\":9223372036854775807,\"b\":\"18446744073709551615\"}\n"));
}

int main(void)
{
	run(escapes);
	run(base64_vectors);
	run(long_value);
	run(text);
	run(text_one_line);
	run(json_list);
	run(json_empty_list);
	run(json_stream);
	run(json_pretty);
	run(json_broken_off);
	run(json_numbers);
	return finish();
}
