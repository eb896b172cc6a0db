/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of paxosctl share. One file an object; exit codes are what
 * their functions return.
 */
#ifndef PAXOSCTL_H
#define PAXOSCTL_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <paxosnl.h>

#define EXIT_DONE	0
#define EXIT_USAGE	1	/* wrong use, or something local */
#define EXIT_REFUSED	2	/* the kernel or the group said no */
#define EXIT_UNKNOWN	3	/* it may still happen */

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* print.c */

/**
 * struct print - the one way out for results, as text or as JSON
 * @file: where to
 * @json: as JSON
 * @pretty: with line breaks inside objects
 * @stack: JSON objects and arrays that are open, the outermost first
 * @depth: how many
 * @list: the document is a list
 * @items: how many items the list has
 * @fresh: nothing stands on the present line of text
 * @oneline: text is one line an item
 */
struct print {
	FILE *file;
	bool json;
	bool pretty;
	json_t *stack[4];
	unsigned int depth;
	bool list;
	size_t items;
	bool fresh;
	bool oneline;
};

void print_init(struct print *p, FILE *file, bool json, bool pretty);
void print_list_begin(struct print *p);
void print_list_end(struct print *p);
void print_begin(struct print *p);
void print_end(struct print *p);
void print_object_begin(struct print *p, const char *key);
void print_object_end(struct print *p);
void print_array_begin(struct print *p, const char *key);
void print_array_end(struct print *p);
void print_line(struct print *p);
void print_break(struct print *p);
void print_text(struct print *p, const char *text);
void print_string(struct print *p, const char *key, const char *label,
		  const char *value);
void print_number(struct print *p, const char *key, const char *label,
		  uint64_t value);
void print_hex64(struct print *p, const char *key, const char *label,
		 uint64_t value);
void print_hex(struct print *p, const char *key, const char *label,
	       const uint8_t *bytes, size_t length);
void print_bool(struct print *p, const char *key, const char *label,
		bool value);
void print_value(struct print *p, const char *key, const char *label,
		 const void *bytes, size_t length);
void print_address(struct print *p, const char *key, const char *label,
		   const struct paxosnl_address *address);
void print_ballot(struct print *p, const char *key, const char *label,
		  uint64_t ballot);

/* escape.c */

char *escape(const void *bytes, size_t length);
char *base64(const void *bytes, size_t length);

/* address.c */

#define ADDRESS_MAX	64	/* brackets, address, colon, port */

bool address_parse(const char *text, struct paxosnl_address *address);
const char *address_format(const struct paxosnl_address *address,
			   char text[ADDRESS_MAX]);

/* The context of a run */

/**
 * struct ctl - what a run of the tool knows
 * @print: where results go
 * @statistics: more of them
 * @timestamp: with the time, where something happens
 * @batch: the file that commands come from, NULL if they do not
 * @line: its line
 * @stdin_taken: standard input is that file
 * @nl: the handle, once something asked for it
 */
struct ctl {
	struct print print;
	bool statistics;
	bool timestamp;
	const char *batch;
	unsigned long line;
	bool stdin_taken;
	struct paxosnl *nl;
};

struct command {
	const char *name;
	int (*run)(struct ctl *ctl, int argc, char **argv);
	const char *usage;
};

struct arg;

/* command.c */

extern const char ctl_usage[];

int ctl_run(struct ctl *ctl, int argc, char **argv);
int ctl_command(struct ctl *ctl, const char *object,
		const struct command *commands, size_t count, int argc,
		char **argv);
int ctl_begin(struct ctl *ctl, int argc, char **argv, const char **group,
	      struct arg *args, size_t count);
int ctl_begin_any(struct ctl *ctl, int argc, char **argv, const char **group);

/* error.c */

int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fail_open(int error);
int fail_kernel(const struct paxosnl *nl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int fail_kernel_begin(const struct paxosnl *nl, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void warn_interrupted(const struct paxosnl *nl);
int ctl_open(struct ctl *ctl);
int ctl_flush(struct ctl *ctl, int rc);

/* args.c */

enum arg_type {
	ARG_FLAG,	/* bool *: the keyword alone */
	ARG_U32,	/* uint32_t * */
	ARG_U64,	/* uint64_t * */
	ARG_HEX64,	/* uint64_t *: in hexadecimal digits, not 0 */
	ARG_RANGE,	/* uint32_t [2]: two numbers, the first not above the other */
	ARG_ADDRESS,	/* struct paxosnl_address * */
	ARG_WORD,	/* uint32_t *: one of a list, its place in it + 1 */
};

/**
 * struct arg - an argument that a command takes by keyword
 * @name: the keyword, or two with a space between
 * @type: what it takes
 * @to: where it goes
 * @required: it must be there
 * @min: for numbers
 * @max: for numbers
 * @words: for ARG_WORD, ends with NULL
 * @seen: it was there
 */
struct arg {
	const char *name;
	enum arg_type type;
	void *to;
	bool required;
	uint64_t min;
	uint64_t max;
	const char * const *words;
	bool seen;
};

bool number_parse(const char *text, uint64_t min, uint64_t max,
		  uint64_t *number);
bool name_valid(const char *name);
int args_group(int *argc, char ***argv, const char **name);
int args_parse(int argc, char **argv, struct arg *args, size_t count);
int args_none(int argc, char **argv);

/* netns.c */

int netns_switch(const char *name);

/* batch.c */

int batch_run(struct ctl *ctl, const char *path);
int batch_split(char *line, char ***argv, int *argc);

/* clock.c */

uint64_t now_ms(void);

/* stop.c */

void stop_on_signals(void);
bool stop_asked(void);

/* group.c */

int do_group(struct ctl *ctl, int argc, char **argv);
void group_print(struct ctl *ctl, const struct paxosnl_group *group);

/* member.c */

int do_member(struct ctl *ctl, int argc, char **argv);
void member_print(struct ctl *ctl, const struct paxosnl_member *member);

/* leader.c */

uint32_t leader_of(struct ctl *ctl, const char *group);
int do_leader(struct ctl *ctl, int argc, char **argv);

/* candidate.c */

int leader_run(struct ctl *ctl, int argc, char **argv);

/* propose.c */

int do_propose(struct ctl *ctl, int argc, char **argv);

/* submit.c */

/**
 * struct submit_order - what to submit, and as whose
 * @group: the group's name
 * @timeout: milliseconds for each value
 * @value: the first value, or the only one; NULL for none
 * @length: its length
 * @lines: more values are lines of standard input
 * @line: lines that came before, with the value's own
 * @client: whose the first value is, 0 for a new client
 * @sequence: its sequence then, all before which are applied
 * @sent: that may be in the log already, or come there
 * @seen: but applied in no instance up to this one
 * @deadline: when its time is up; 0 for the whole timeout
 */
struct submit_order {
	const char *group;
	uint32_t timeout;
	const char *value;
	size_t length;
	bool lines;
	uint64_t line;
	uint64_t client;
	uint64_t sequence;
	bool sent;
	uint64_t seen;
	uint64_t deadline;
};

int submit_values(struct ctl *ctl, const struct submit_order *order);

/* session.c */

/**
 * struct session - what the log has of a value and its session
 * @instance: where the value is applied, 0 if it is not
 * @closed: the instance that closes the session, 0 if it is open
 * @applied: the last sequence of the client that is applied, 0 for none
 * @read: the log was read up to here
 */
struct session {
	uint64_t instance;
	uint64_t closed;
	uint64_t applied;
	uint64_t read;
};

int session_read(struct ctl *ctl, const char *group, uint64_t client,
		 uint64_t sequence, struct session *session);

/* log.c */

int do_log(struct ctl *ctl, int argc, char **argv);

/* outcome.c */

int log_outcome(struct ctl *ctl, int argc, char **argv);

/* stats.c */

int do_stats(struct ctl *ctl, int argc, char **argv);

/* monitor.c */

int do_monitor(struct ctl *ctl, int argc, char **argv);
void event_begin(struct ctl *ctl, const char *event);

#endif /* PAXOSCTL_H */
