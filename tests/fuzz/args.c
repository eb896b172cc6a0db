// SPDX-License-Identifier: GPL-2.0
/*
 * The tool, from its arguments on: any words, any batch, a kernel that answers
 * in any order. It ends with 0 to 3, says why unless it is 0, and what it says
 * is JSON where that was asked for.
 */
#include <getopt.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "kernel.h"
#include "paxosctl.h"

#define WORDS		32	/* on the command line */
#define TEXT_MAX	6000

/* What an input is made of: a byte a word, and words that are spelled. */
static const char * const vocabulary[] = {
	"", "group", "member", "propose", "log", "stats", "monitor", "help", "show", "add", "set",
	"del", "init", "follow", "trim", "file", "f", "-", "g1", "id", "node", "local", "volatile",
	"auth", "none", "learner", "window", "window-bytes", "log-size", "quorum", "1", "2",
	"timeout", "addr", "from", "to", "count", "force", "batch", "basic", "instance", "-j",
	"-p", "-s", "-t", "-b", "-n", "-V", "-h", "--json", "--batch", "--", "10.0.0.1",
	"10.0.0.1:3577", "[fd00::1]:7", "fd00::1", "18446744073709551615", "4294967296", "\n",
	"#", "\"", "'", "\\\n", "--netns=f", "-jps", "hello", "0", "65",
	"once", "outcome", "client", "sequence", "close", "7f",
};

#define SPELLED		255	/* what follows, up to a zero, is a word as it is */
#define NUMBER		128	/* this one and above are numbers */

int paxosctl_main(int argc, char **argv);

/* One of the tool's own waits for a signal; here it comes when nothing else will. */
void stop_on_signals(void)
{
}

bool stop_asked(void)
{
	return kernel_is_dry();
}

/* The next word, false when there are no more. */
static bool word(const uint8_t **at, const uint8_t *end, char *text, size_t size)
{
	uint8_t code = *at < end ? *(*at)++ : 0;
	size_t n = 0;

	if (!code)
		return false;
	if (code == SPELLED) {
		while (*at < end && **at) {
			if (n + 1 < size)
				text[n++] = (char)**at;
			(*at)++;
		}
		*at += *at < end;
		text[n] = '\0';
	} else if (code >= NUMBER) {
		snprintf(text, size, "%u", code - NUMBER);
	} else {
		snprintf(text, size, "%s", vocabulary[code % ARRAY_SIZE(vocabulary)]);
	}
	return true;
}

/* Lines for -b, for file, and for standard input. */
static size_t make_text(const uint8_t **at, const uint8_t *end, char text[TEXT_MAX])
{
	static char one[1024];
	size_t n = 0, length;

	while (word(at, end, one, sizeof(one))) {
		length = strlen(one);
		if (n + length + 1 >= TEXT_MAX)
			break;
		memcpy(text + n, one, length);
		n += length;
		if (strcmp(one, "\n"))
			text[n++] = ' ';
	}
	return n;
}

/* All of it is documents, one after another. */
static void check_json(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length) {
		json_error_t error;
		json_t *json;

		if (text[at] == '\n') {
			at++;
			continue;
		}
		json = json_loadb(text + at, length - at, JSON_DISABLE_EOF_CHECK, &error);
		fuzz_check(json);
		json_decref(json);
		at += (size_t)error.position;
	}
}

/* Options stand before the object, and may stand together. */
static bool wants_json(char **argv)
{
	for (argv++; *argv && **argv == '-'; argv++)
		if (!strcmp(*argv, "--json") || ((*argv)[1] != '-' && strchr(*argv, 'j')))
			return true;
	return false;
}

struct output {
	FILE *file;
	char *text;
	size_t length;
};

static FILE *output_open(struct output *o)
{
	o->file = open_memstream(&o->text, &o->length);
	if (!o->file)
		abort();
	return o->file;
}

static void run(int argc, char **argv, char *text, size_t length)
{
	FILE *in = stdin, *out = stdout, *err = stderr;
	struct output said, complained;
	int rc;

	/* An empty file cannot be opened. */
	if (!length)
		text[length++] = '\n';
	kernel_file((const uint8_t *)text, length);
	stdin = fmemopen(text, length, "r");
	if (!stdin)
		abort();
	stdout = output_open(&said);
	stderr = output_open(&complained);
	optind = 0;
	rc = paxosctl_main(argc, argv);
	fclose(stdin);
	fclose(stdout);
	fclose(stderr);
	stdin = in;
	stdout = out;
	stderr = err;

	fuzz_check(rc >= EXIT_DONE && rc <= EXIT_UNKNOWN);
	fuzz_check(rc == EXIT_DONE || !strncmp(complained.text, "paxosctl: ", 10) ||
		   !strncmp(complained.text, "paxos: ", 7));
	fuzz_check(!complained.length || complained.text[complained.length - 1] == '\n');
	/* Text may begin so, too: as the name of a group. */
	if (wants_json(argv) && said.length && (*said.text == '[' || *said.text == '{'))
		check_json(said.text, said.length);
	free(said.text);
	free(complained.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char words[WORDS][PAXOS_VALUE_MAX + 8], text[TEXT_MAX];
	const uint8_t *at = data, *end = data + size;
	char *argv[WORDS + 2] = { "paxosctl" };
	size_t length;
	int argc = 1;

	while (argc <= WORDS && word(&at, end, words[argc - 1], sizeof(words[0]))) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	length = make_text(&at, end, text);
	kernel_begin(at, (size_t)(end - at), true);
	run(argc, argv, text, length);
	kernel_end();
	return 0;
}

/* A word more, or another one, now and then; else as libFuzzer has it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint32_t random = seed;
	uint8_t code = (uint8_t)(1 + fuzz_random(&random) % (ARRAY_SIZE(vocabulary) - 1));
	size_t at = size ? fuzz_random(&random) % (size < 24 ? size : 24) : 0;

	switch (fuzz_random(&random) % 4) {
	case 0:
		if (size == max_size)
			break;
		memmove(data + at + 1, data + at, size - at);
		data[at] = code;
		return size + 1;
	case 1:
		if (!size)
			break;
		data[at] = code;
		return size;
	default:
		break;
	}
	return LLVMFuzzerMutate(data, size, max_size);
}
