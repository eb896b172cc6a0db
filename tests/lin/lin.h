/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A checker of linearizability (P29): is there an order of a history's
 * operations, each at a point between its invocation and its return, in which
 * one object that does them one by one would have answered just so?
 *
 * The history as text is described at the head of text.c.
 */
#ifndef LIN_LIN_H
#define LIN_LIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Words with a meaning of their own, where a number or a value may stand. */
#define LIN_NONE	0x8000000000000000ULL
#define LIN_BUSY	(LIN_NONE + 1)
#define LIN_STALE	(LIN_NONE + 2)
#define LIN_YES		(LIN_NONE + 3)
#define LIN_NO		(LIN_NONE + 4)
#define LIN_WORDS	5

/* A return that never comes. */
#define LIN_NEVER	UINT64_MAX

/**
 * enum lin_outcome - what the client knows of its operation
 * @LIN_OK: it was done, and has a result
 * @LIN_FAILED: it was not done, and never will be
 * @LIN_MAYBE: not known: it may be done at any time after, or never
 */
enum lin_outcome {
	LIN_OK,
	LIN_FAILED,
	LIN_MAYBE,
};

/**
 * enum lin_verdict - what the checker found
 * @LIN_PASSED: the history is linearizable
 * @LIN_VIOLATED: it is not
 * @LIN_GAVE_UP: nobody knows: the memory that was allowed, and the work that goes
 *	with so much, did not do
 */
enum lin_verdict {
	LIN_PASSED,
	LIN_VIOLATED,
	LIN_GAVE_UP,
};

/**
 * struct lin_op - an operation of a client
 * @invoke: when it began; times are any numbers that rise with what happens
 * @ret: when it ended, LIN_NEVER for a @LIN_MAYBE
 * @client: who, a symbol
 * @key: on which object, a symbol
 * @verb: index in the model's verbs
 * @outcome: enum lin_outcome
 * @n_args: arguments, in @word
 * @n_results: results, after the arguments
 * @line: where the text has it, or 0
 * @word: numbers, symbols, or words like LIN_NONE
 */
struct lin_op {
	uint64_t invoke;
	uint64_t ret;
	uint32_t client;
	uint32_t key;
	uint8_t verb;
	uint8_t outcome;
	uint32_t n_args;
	uint32_t n_results;
	uint32_t line;
	uint64_t *word;
};

/**
 * struct lin_history - operations, and the names of clients, keys and values
 * @op: the operations
 * @n_ops: how many
 * @size: room in @op
 * @name: names, by symbol
 * @n_names: how many
 * @hash: symbols by name, plus one; open addressing
 * @n_hash: its size, a power of two
 */
struct lin_history {
	struct lin_op *op;
	size_t n_ops;
	size_t size;
	char **name;
	size_t n_names;
	uint32_t *hash;
	size_t n_hash;
};

/**
 * struct lin_state - what an object holds; equal states have equal bytes
 * @word: whatever the model makes of it
 */
struct lin_state {
	uint64_t word[3];
};

/**
 * struct lin_verb - something that can be asked of an object
 * @name: what it is called
 * @args: a letter for each argument: n, a number, or w, a word; after the last
 *	letter may stand ? (may be absent) or * (any number of them)
 * @results: likewise
 */
struct lin_verb {
	const char *name;
	const char *args;
	const char *results;
};

/**
 * struct lin_model - a kind of object
 * @name: what it is called
 * @verb: what can be asked of it, ended by one without a name
 * @by_client: who asks makes a difference
 * @first: its state at first
 * @prepare: makes what the model needs for these operations of one key, or NULL
 * @release: frees it
 * @bytes: memory that it takes by now
 * @step: does the operation, false if it could not have answered so; results of
 *	one that is LIN_MAYBE are not known
 * @hopeless: some operation still to come will find it impossible that this one was
 *	done in this state
 * @show: the state in words
 */
struct lin_model {
	const char *name;
	const struct lin_verb *verb;
	bool by_client;
	struct lin_state first;
	void *(*prepare)(const struct lin_op *const *op, size_t n);
	void (*release)(void *model);
	size_t (*bytes)(const void *model);
	bool (*step)(void *model, const struct lin_op *op, struct lin_state *state);
	bool (*hopeless)(const void *model, const struct lin_op *op,
			 const struct lin_state *state);
	void (*show)(const struct lin_history *history, const void *model,
		     const struct lin_state *state, char *text, size_t size);
};

/**
 * struct lin_report - what lin_check() found
 * @verdict: in short
 * @key: VIOLATED: the object that could not be; GAVE_UP: the first of these
 * @stuck: VIOLATED: the operation that cannot be placed: all that returned before
 *	it did can be, but not it too
 * @stuck_at: where its return is among all events of the key
 * @placed: VIOLATED: those before it, in an order that is possible
 * @n_placed: how many
 * @state: VIOLATED: what the object holds after them
 * @steps: operations that were tried
 * @bytes: most memory that was taken
 */
struct lin_report {
	enum lin_verdict verdict;
	uint32_t key;
	const struct lin_op *stuck;
	size_t stuck_at;
	const struct lin_op **placed;
	size_t n_placed;
	char state[200];
	uint64_t steps;
	size_t bytes;
};

struct lin_memo;

/* history.c */
void lin_history_init(struct lin_history *history);
void lin_history_free(struct lin_history *history);
uint32_t lin_symbol(struct lin_history *history, const char *name);
struct lin_op *lin_add(struct lin_history *history, const struct lin_op *op,
		       const uint64_t *args, const uint64_t *results);
const char *lin_word(const struct lin_history *history, char type, uint64_t word, char text[32]);

/* text.c */
bool lin_text_read(FILE *file, const char *name, const struct lin_model *model,
		   struct lin_history *history);
void lin_text_op(FILE *file, const struct lin_model *model, const struct lin_history *history,
		 const struct lin_op *op);
void lin_text_report(FILE *file, const struct lin_model *model,
		     const struct lin_history *history, const struct lin_report *report);

/* model.c and a file for each */
extern const struct lin_model lin_register;
extern const struct lin_model lin_counter;
extern const struct lin_model lin_lock;
extern const struct lin_model lin_log;
extern const struct lin_model lin_once;
extern const struct lin_model *const lin_models[];
const struct lin_model *lin_model_find(const char *name);

/* memo.c */
struct lin_memo *lin_memo_new(void);
bool lin_memo_add(struct lin_memo *memo, const uint64_t *key, size_t n, const uint64_t *set,
		  size_t n_set);
size_t lin_memo_bytes(const struct lin_memo *memo);
uint64_t lin_memo_work(const struct lin_memo *memo);
void lin_memo_free(struct lin_memo *memo);

/* search.c */
enum lin_verdict lin_check(const struct lin_model *model, const struct lin_history *history,
			   size_t limit, struct lin_report *report);
void lin_report_free(struct lin_report *report);

#endif
