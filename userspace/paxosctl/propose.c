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

/* No exit code: somebody leads by now, and what is left goes through him. */
#define PROPOSE_LED	(-1)

/**
 * struct propose - one run of paxosctl propose
 * @ctl: the context
 * @proposer: the proposer
 * @group: the group's name
 * @instance: the only instance to take, 0 for any
 * @timeout: milliseconds for each value
 * @client: whose the value is, which was proposed before; 0 for a new client
 * @sequence: its sequence then
 * @lines: values are lines of standard input
 * @line: the line that the value comes from, 0 for none
 * @value: the value
 * @length: its length
 * @yields: it is left to whoever leads
 * @last: what became of the value before, of lines
 * @order: what is left to him
 */
struct propose {
	struct ctl *ctl;
	struct paxosnl_proposer *proposer;
	const char *group;
	uint64_t instance;
	uint32_t timeout;
	uint64_t client;
	uint64_t sequence;
	bool lines;
	uint64_t line;
	char *value;
	size_t length;
	bool yields;
	struct paxosnl_outcome last;
	struct submit_order order;
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

/* As log outcome wants to be asked. */
static const char *propose_name(const struct paxosnl_outcome *o, char name[64])
{
	snprintf(name, 64, "client %016" PRIx64 " sequence %" PRIu64,
		 o->client, o->sequence);
	return name;
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
		fail("%soutcome unknown: %s; it may still be chosen at instance %" PRIu64 ", as %s",
		     propose_where(propose, where), o->why, o->instance,
		     propose_name(o, name));
		return EXIT_UNKNOWN;
	}
}

/* This value, and all lines behind it, of a client that it makes up. */
static struct submit_order *propose_order(struct propose *propose)
{
	propose->order = (struct submit_order){
		.group = propose->group,
		.timeout = propose->timeout,
		.value = propose->value,
		.length = propose->length,
		.lines = propose->lines,
		.line = propose->line,
	};
	return &propose->order;
}

/* What was chosen before is all applied: the session goes on. */
static int propose_lead_on(struct propose *propose)
{
	struct submit_order *order = propose_order(propose);

	if (propose->last.result == PAXOSNL_CHOSEN) {
		order->client = propose->last.client;
		order->sequence = propose->last.sequence + 1;
	}
	return PROPOSE_LED;
}

/*
 * It was given up, and goes on as the very value that it was: where it was sent to
 * voters it may be chosen nevertheless, and is applied once.
 */
static int propose_hand_over(struct propose *propose,
			     const struct paxosnl_outcome *o, uint64_t deadline)
{
	struct submit_order *order = propose_order(propose);

	order->client = o->client;
	order->sequence = o->sequence;
	order->sent = o->result == PAXOSNL_UNKNOWN;
	order->seen = o->instance - 1;
	order->deadline = deadline;
	return PROPOSE_LED;
}

static int propose_error(struct propose *propose)
{
	char where[32];

	fail("%snot proposed to \"%s\": %s", propose_where(propose, where),
	     propose->group, paxosnl_proposer_error(propose->proposer));
	return paxosnl_proposer_refused(propose->proposer) ? EXIT_REFUSED :
							      EXIT_USAGE;
}

static int propose_one(struct propose *propose)
{
	uint64_t deadline = now_ms() + propose->timeout;
	struct paxosnl_outcome outcome;

	if (propose->yields && leader_of(propose->ctl, propose->group))
		return propose_lead_on(propose);
	if (paxosnl_propose(propose->proposer, propose->value,
			    propose->length, propose->instance,
			    propose->timeout, &outcome))
		return propose_error(propose);
	if (outcome.led)
		return propose_hand_over(propose, &outcome, deadline);
	propose->last = outcome;
	return ctl_flush(propose->ctl, propose_result(propose, &outcome));
}

/* It was proposed before, so that it may be in the log whatever happens now. */
static int propose_in_doubt(struct propose *propose, const char *why)
{
	const struct paxosnl_outcome o = {
		.result = PAXOSNL_UNKNOWN,
		.client = propose->client,
		.sequence = propose->sequence,
	};
	struct print *p = &propose->ctl->print;
	char name[64];

	if (p->json) {
		propose_print_begin(propose, "unknown", &o);
		print_string(p, "why", NULL, why);
		print_end(p);
	}
	fail("outcome unknown: %s; it may still be chosen, as %s", why,
	     propose_name(&o, name));
	return EXIT_UNKNOWN;
}

/* What the log has of it, if that is an answer. */
static int propose_settled(struct propose *propose,
			   const struct session *session)
{
	struct paxosnl_outcome o = {
		.result = PAXOSNL_CHOSEN,
		.instance = session->instance,
		.client = propose->client,
		.sequence = propose->sequence,
	};
	struct print *p = &propose->ctl->print;
	char name[64];

	if (session->instance)
		return propose_result(propose, &o);
	if (p->json) {
		propose_print_begin(propose, "closed", &o);
		print_number(p, "closed", NULL, session->closed);
		print_end(p);
	}
	fail("%s is not applied, and never will be: instance %" PRIu64 " closed its session",
	     propose_name(&o, name), session->closed);
	return EXIT_REFUSED;
}

/* It is chosen; whether it is applied the log says, once it is here. */
static int propose_await(struct propose *propose, uint64_t instance)
{
	const struct timespec pause = { 0, CHOSEN_RETRY * 1000000l };
	struct session session;
	unsigned int waited;
	char why[80];
	int rc;

	for (waited = 0; waited < CHOSEN_TIMEOUT; waited += CHOSEN_RETRY) {
		rc = session_read(propose->ctl, propose->group, propose->client,
				  propose->sequence, &session);
		if (rc)
			return rc;
		if (session.instance || session.closed)
			return propose_settled(propose, &session);
		nanosleep(&pause, NULL);
	}
	snprintf(why, sizeof(why), "instance %" PRIu64 " is not here yet",
		 instance);
	return propose_in_doubt(propose, why);
}

/* A value that is in doubt, once more, by Basic Paxos. */
static int propose_doubtful(struct propose *propose, uint64_t seen)
{
	uint64_t deadline = now_ms() + propose->timeout;
	struct paxosnl_outcome outcome;

	if (paxosnl_propose_again(propose->proposer, propose->client,
				  propose->sequence, propose->value,
				  propose->length, propose->timeout, &outcome)) {
		propose_error(propose);
		return EXIT_UNKNOWN;
	}
	if (outcome.led) {
		propose_hand_over(propose, &outcome, deadline);
		propose->order.sent = true;
		propose->order.seen = seen;
		return PROPOSE_LED;
	}
	if (outcome.result == PAXOSNL_CHOSEN)
		return propose_await(propose, outcome.instance);
	return propose_in_doubt(propose, outcome.why);
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

	/* No more is read than is proposed: the rest may go another way. */
	setvbuf(stdin, NULL, _IONBF, 0);
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

/*
 * By Basic Paxos, one value after the other; what it leaves to who leads goes
 * that way.
 */
static int propose_basic(struct propose *propose, uint64_t seen)
{
	int rc = paxosnl_proposer_open(&propose->proposer, propose->group);

	if (rc)
		return fail_open(rc);
	paxosnl_proposer_yield(propose->proposer, propose->yields);
	if (propose->client)
		rc = propose_doubtful(propose, seen);
	else
		rc = propose->lines ? propose_lines(propose) :
				      propose_one(propose);
	paxosnl_proposer_close(propose->proposer);
	if (rc == PROPOSE_LED)
		rc = submit_values(propose->ctl, &propose->order);
	return rc;
}

static int propose_submit(struct propose *propose)
{
	struct submit_order *order = propose_order(propose);

	if (propose->lines)
		order->value = NULL;
	return submit_values(propose->ctl, order);
}

/*
 * A value that was proposed before: not if the log has an answer, nor if it would
 * be in vain because it is not the next of its client.
 */
static int propose_again(struct propose *propose, bool by_leader)
{
	struct session session;
	char why[160];
	int rc;

	rc = session_read(propose->ctl, propose->group, propose->client,
			  propose->sequence, &session);
	if (rc)
		return rc;
	if (session.instance || session.closed)
		return ctl_flush(propose->ctl,
				 propose_settled(propose, &session));
	if (session.applied + 1 != propose->sequence) {
		snprintf(why, sizeof(why),
			 "it would be skipped: %" PRIu64 " is the last applied up to %" PRIu64,
			 session.applied, session.read);
		return propose_in_doubt(propose, why);
	}
	if (!by_leader)
		return propose_basic(propose, session.read);
	propose_order(propose);
	propose->order.client = propose->client;
	propose->order.sequence = propose->sequence;
	propose->order.sent = true;
	propose->order.seen = session.read;
	return submit_values(propose->ctl, &propose->order);
}

/* What the arguments say that does not go together. */
static int propose_check(const struct propose *propose, bool basic, bool force)
{
	if (propose->lines && propose->instance)
		return fail("instance: is for one value, not for lines");
	if (force && !basic && !propose->instance)
		return fail("force: is for basic and for instance");
	if (!propose->client != !propose->sequence)
		return fail("client and sequence: say both, or none");
	if (propose->client && propose->lines)
		return fail("client: is for one value, not for lines");
	if (propose->client && propose->instance)
		return fail("instance: a value that was proposed before goes anywhere");
	return EXIT_DONE;
}

static int propose_run(struct propose *propose, int argc, char **argv)
{
	bool basic = false, force = false;
	struct arg args[] = {
		{ "basic", ARG_FLAG, &basic },
		{ "instance", ARG_U64, &propose->instance, false, 1,
		  UINT64_MAX - 1 },
		{ "timeout", ARG_U32, &propose->timeout, false, 1, UINT32_MAX },
		{ "force", ARG_FLAG, &force },
		{ "client", ARG_HEX64, &propose->client },
		{ "sequence", ARG_U64, &propose->sequence, false, 1,
		  UINT64_MAX },
	};
	uint32_t leader;
	int rc;

	rc = args_group(&argc, &argv, &propose->group);
	if (!rc)
		rc = propose_what(propose, &argc, &argv, &propose->lines);
	if (!rc)
		rc = args_parse(argc, argv, args, ARRAY_SIZE(args));
	if (!rc)
		rc = propose_check(propose, basic, force);
	if (rc)
		return rc;
	rc = ctl_open(propose->ctl);
	if (rc)
		return rc;
	print_list_begin(&propose->ctl->print);
	leader = leader_of(propose->ctl, propose->group);
	propose->yields = !basic && !propose->instance;
	if (leader && !force && (basic || propose->instance))
		rc = propose_depose(propose, basic ? "basic" : "instance",
				    leader);
	else if (propose->client)
		rc = propose_again(propose, leader && !basic);
	else if (basic || propose->instance || !leader)
		rc = propose_basic(propose, 0);
	else
		rc = propose_submit(propose);
	print_list_end(&propose->ctl->print);
	return rc;
}

static const char usage[] =
	"Usage: paxosctl propose GROUP { VALUE | file PATH | - } [ basic ]\n"
	"                        [ instance N ] [ force ] [ timeout MS ]\n"
	"                        [ client HEX sequence N ]\n"
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
