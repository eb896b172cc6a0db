// SPDX-License-Identifier: GPL-2.0
/*
 * paxosctl propose
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "paxosctl.h"

#define PROPOSE_TIMEOUT	10000u	/* milliseconds */

/* How long what was chosen may take to arrive here, to be shown. */
#define CHOSEN_TIMEOUT	1000u
#define CHOSEN_RETRY	20u

/* Of a value that is only quoted in an error. */
#define QUOTE_MAX	200u

/**
 * struct propose - one run of paxosctl propose
 * @ctl: the context
 * @proposer: the proposer
 * @group: the group's name
 * @instance: the only instance to take, 0 for any
 * @timeout: milliseconds for each value
 * @line: the line of standard input that the value comes from, 0 for none
 * @value: the value
 * @length: its length
 */
struct propose {
	struct ctl *ctl;
	struct paxosnl_proposer *proposer;
	const char *group;
	uint64_t instance;
	uint32_t timeout;
	uint64_t line;
	char *value;
	size_t length;
};

static int fail_length(const char *what)
{
	return fail("%s: the value is too long, %d bytes are the most", what,
		    PAXOS_VALUE_MAX);
}

/* "line 7: ", where it helps. */
static const char *propose_where(const struct propose *propose, char where[32])
{
	where[0] = '\0';
	if (propose->line)
		snprintf(where, 32, "line %" PRIu64 ": ", propose->line);
	return where;
}

static void propose_print_begin(struct propose *propose, const char *outcome,
				const struct paxosnl_outcome *o)
{
	struct print *p = &propose->ctl->print;

	print_begin(p);
	if (p->json) {
		print_string(p, "outcome", NULL, outcome);
		if (propose->line)
			print_number(p, "line", NULL, propose->line);
	}
	if (o->instance)
		print_number(p, "instance", "instance", o->instance);
	if (p->json) {
		print_hex64(p, "client", NULL, o->client);
		print_number(p, "sequence", NULL, o->sequence);
	}
}

/* What is chosen is known by name; its bytes may still be on their way. */
static bool propose_fetch(struct propose *propose,
			  const struct paxosnl_vote *chosen,
			  struct paxosnl_entry *entry)
{
	const struct timespec pause = { 0, CHOSEN_RETRY * 1000000l };
	unsigned int waited;

	if (ctl_open(propose->ctl))
		return false;
	for (waited = 0; waited < CHOSEN_TIMEOUT; waited += CHOSEN_RETRY) {
		if (!paxosnl_entry_get(propose->ctl->nl, propose->group,
				       chosen->instance, entry))
			return entry->instance == chosen->instance;
		nanosleep(&pause, NULL);
	}
	return false;
}

static void propose_print_chosen(struct print *p,
				 const struct paxosnl_vote *chosen,
				 const struct paxosnl_entry *entry)
{
	print_object_begin(p, "chosen");
	print_hex64(p, "client", NULL, chosen->client);
	print_number(p, "sequence", NULL, chosen->sequence);
	print_hex64(p, "digest", NULL, chosen->digest);
	print_string(p, "kind", NULL, paxosnl_kind_name(chosen->kind));
	if (entry && chosen->kind == PAXOS_KIND_VALUE)
		print_value(p, "value", NULL, entry->value, entry->length);
	print_object_end(p);
}

/* The instance that was asked for holds something else. */
static int propose_other(struct propose *propose,
			 const struct paxosnl_outcome *o)
{
	struct print *p = &propose->ctl->print;
	const struct paxosnl_vote *chosen = &o->chosen;
	struct paxosnl_entry entry;
	char *quote = NULL;
	bool fetched;

	fetched = propose_fetch(propose, chosen, &entry);
	if (p->json) {
		propose_print_begin(propose, "other", o);
		propose_print_chosen(p, chosen, fetched ? &entry : NULL);
		print_end(p);
	}
	fprintf(stderr, "paxosctl: instance %" PRIu64 " is chosen otherwise:",
		o->instance);
	fprintf(stderr, " client %016" PRIx64 " sequence %" PRIu64,
		chosen->client, chosen->sequence);
	if (chosen->kind != PAXOS_KIND_VALUE)
		fprintf(stderr, " %s", paxosnl_kind_name(chosen->kind));
	else if (fetched)
		quote = escape(entry.value, entry.length < QUOTE_MAX ?
			       entry.length : QUOTE_MAX);
	if (quote)
		fprintf(stderr, " \"%s\"%s", quote,
			entry.length > QUOTE_MAX ? "..." : "");
	putc('\n', stderr);
	free(quote);
	return EXIT_REFUSED;
}

static int propose_result(struct propose *propose,
			  const struct paxosnl_outcome *o)
{
	struct print *p = &propose->ctl->print;
	char where[32], name[64];

	switch (o->result) {
	case PAXOSNL_CHOSEN:
		propose_print_begin(propose, "chosen", o);
		print_end(p);
		return EXIT_DONE;
	case PAXOSNL_OTHER:
		return propose_other(propose, o);
	case PAXOSNL_NOT_PROPOSED:
		if (p->json) {
			propose_print_begin(propose, "not-proposed", o);
			print_string(p, "why", NULL, o->why);
			print_end(p);
		}
		fail("%snot proposed to \"%s\": %s",
		     propose_where(propose, where), propose->group,
		     o->why);
		return EXIT_REFUSED;
	case PAXOSNL_UNKNOWN:
	default:
		if (p->json) {
			propose_print_begin(propose, "unknown", o);
			print_string(p, "why", NULL, o->why);
			print_end(p);
		}
		snprintf(name, sizeof(name),
			 "client %016" PRIx64 " sequence %" PRIu64,
			 o->client, o->sequence);
		fail("%soutcome unknown: %s; it may still be chosen at instance %" PRIu64 ", as %s",
		     propose_where(propose, where), o->why, o->instance, name);
		return EXIT_UNKNOWN;
	}
}

static int propose_one(struct propose *propose)
{
	struct paxosnl_outcome outcome;
	char where[32];
	int rc;

	rc = paxosnl_propose(propose->proposer, propose->value,
			     propose->length, propose->instance,
			     propose->timeout, &outcome);
	if (rc) {
		fail("%snot proposed to \"%s\": %s",
		     propose_where(propose, where), propose->group,
		     paxosnl_proposer_error(propose->proposer));
		return paxosnl_proposer_refused(propose->proposer) ?
		       EXIT_REFUSED : EXIT_USAGE;
	}
	return ctl_flush(propose->ctl, propose_result(propose, &outcome));
}

/* Returns 1 for a line, 0 at the end, -1 if it is too long. */
static int propose_line(struct propose *propose, FILE *file)
{
	int c;

	propose->length = 0;
	while ((c = getc_unlocked(file)) != EOF && c != '\n') {
		if (propose->length == PAXOS_VALUE_MAX)
			return -1;
		propose->value[propose->length++] = (char)c;
	}
	return c != EOF || propose->length;
}

/* One value a line; the first that is not chosen ends it. */
static int propose_lines(struct propose *propose)
{
	char where[32];
	int rc, more;

	for (;;) {
		propose->line++;
		more = propose_line(propose, stdin);
		if (more <= 0)
			break;
		rc = propose_one(propose);
		if (rc)
			return rc;
	}
	if (more < 0) {
		snprintf(where, sizeof(where), "line %" PRIu64, propose->line);
		return fail_length(where);
	}
	if (ferror(stdin))
		return fail("cannot read standard input: %s", strerror(errno));
	return EXIT_DONE;
}

/* All of a file, as it is. */
static int propose_file(struct propose *propose, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	int rc = EXIT_DONE;

	if (fd < 0)
		return fail("file: cannot open \"%s\": %s", path,
			    strerror(errno));
	propose->length = 0;
	do {
		length = read(fd, propose->value + propose->length,
			      PAXOS_VALUE_MAX + 1 - propose->length);
		if (length > 0)
			propose->length += (size_t)length;
	} while (length > 0);
	if (length < 0)
		rc = fail("file: cannot read \"%s\": %s", path,
			  strerror(errno));
	else if (propose->length > PAXOS_VALUE_MAX)
		rc = fail_length(path);
	close(fd);
	return rc;
}

/* What to propose: VALUE, file PATH, or - for lines. */
static int propose_what(struct propose *propose, int *argc, char ***argv,
			bool *lines)
{
	const char *word;

	if (!*argc)
		return fail("a value is missing: VALUE, file PATH, or - for lines of input");
	word = **argv;
	(*argc)--;
	(*argv)++;
	if (!strcmp(word, "-")) {
		*lines = true;
		if (propose->ctl->stdin_taken)
			return fail("-: standard input is the batch");
		return EXIT_DONE;
	}
	if (!strcmp(word, "file")) {
		if (!*argc)
			return fail("file: its value is missing");
		word = **argv;
		(*argc)--;
		(*argv)++;
		return propose_file(propose, word);
	}
	propose->length = strlen(word);
	if (propose->length > PAXOS_VALUE_MAX)
		return fail_length("VALUE");
	memcpy(propose->value, word, propose->length);
	return EXIT_DONE;
}

/* Whoever is outbid leads no more: nobody is to do that unawares. */
static int propose_depose(struct propose *propose, const char *word,
			  uint32_t leader)
{
	fail("%s: Basic Paxos would depose node %u, which leads \"%s\": say force if it is to",
	     word, leader, propose->group);
	return EXIT_REFUSED;
}

/* By Basic Paxos, one value after the other. */
static int propose_basic(struct propose *propose, bool lines)
{
	int rc = paxosnl_proposer_open(&propose->proposer, propose->group);

	if (rc)
		return fail_open(rc);
	rc = lines ? propose_lines(propose) : propose_one(propose);
	paxosnl_proposer_close(propose->proposer);
	return rc;
}

static int propose_run(struct propose *propose, int argc, char **argv)
{
	bool basic = false, force = false, lines = false;
	struct arg args[] = {
		{ "basic", ARG_FLAG, &basic },
		{ "instance", ARG_U64, &propose->instance, false, 1,
		  UINT64_MAX - 1 },
		{ "timeout", ARG_U32, &propose->timeout, false, 1, UINT32_MAX },
		{ "force", ARG_FLAG, &force },
	};
	uint32_t leader;
	int rc;

	rc = args_group(&argc, &argv, &propose->group);
	if (!rc)
		rc = propose_what(propose, &argc, &argv, &lines);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc && lines && propose->instance)
		rc = fail("instance: is for one value, not for lines");
	if (!rc && force && !basic && !propose->instance)
		rc = fail("force: is for basic and for instance");
	if (rc)
		return rc;
	rc = ctl_open(propose->ctl);
	if (rc)
		return rc;
	print_list_begin(&propose->ctl->print);
	leader = leader_of(propose->ctl, propose->group);
	if (leader && !force && (basic || propose->instance))
		rc = propose_depose(propose, basic ? "basic" : "instance",
				    leader);
	else if (basic || propose->instance || !leader)
		rc = propose_basic(propose, lines);
	else
		rc = submit_values(propose->ctl, propose->group, propose->timeout,
				   lines ? NULL : propose->value,
				   propose->length);
	print_list_end(&propose->ctl->print);
	return rc;
}

static const char usage[] =
	"Usage: paxosctl propose GROUP { VALUE | file PATH | - } [ basic ]\n"
	"                        [ instance N ] [ force ] [ timeout MS ]\n"
	"       -: one value a line of standard input\n";

int do_propose(struct ctl *ctl, int argc, char **argv)
{
	struct propose propose = { .ctl = ctl, .timeout = PROPOSE_TIMEOUT };
	int rc;

	if (argc && !strcmp(*argv, "help")) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	/* One more than the most, to see that a file has more. */
	propose.value = malloc(PAXOS_VALUE_MAX + 1);
	if (!propose.value)
		return fail("out of memory");
	rc = propose_run(&propose, argc, argv);
	free(propose.value);
	return rc;
}
