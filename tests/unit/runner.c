// SPDX-License-Identifier: GPL-2.0
/*
 * Runs KUnit suites in userspace and prints KTAP, as the kernel's runner does:
 * a failed expectation is noted, a failed assertion ends its case, what a test
 * registered is undone, last first, and the next one begins afresh.
 *
 * An argument picks cases by SUITE.CASE: a pattern if it has one of *?[,
 * otherwise a prefix.
 */
#include <fnmatch.h>
#include <stdarg.h>

#include "kunit/test.h"

/**
 * struct kunit_undo - what a test is to have undone when it ends
 * @next: registered before this one
 * @action: to be called
 * @ctx: with this
 */
struct kunit_undo {
	struct kunit_undo *next;
	kunit_action_t *action;
	void *ctx;
};

struct totals {
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
};

static struct kunit_suite **suites;
static size_t suites_n;
static struct kunit *current_test;

static void *must(void *p)
{
	if (!p) {
		fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

void kunit_register(struct kunit_suite **add, size_t n)
{
	suites = must(realloc(suites, (suites_n + n) * sizeof(*suites)));
	memcpy(suites + suites_n, add, n * sizeof(*suites));
	suites_n += n;
}

struct kunit *kunit_get_current_test(void)
{
	return current_test;
}

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *ctx)
{
	struct kunit_undo *undo = must(malloc(sizeof(*undo)));

	undo->action = action;
	undo->ctx = ctx;
	undo->next = test->undo;
	test->undo = undo;
	return 0;
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *ctx)
{
	return kunit_add_action(test, action, ctx);
}

void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *ctx)
{
	struct kunit_undo **at, *undo;

	for (at = &test->undo; (undo = *at); at = &undo->next) {
		if (undo->action != action || undo->ctx != ctx)
			continue;
		*at = undo->next;
		free(undo);
		return;
	}
}

void kunit_release_action(struct kunit *test, kunit_action_t *action, void *ctx)
{
	kunit_remove_action(test, action, ctx);
	action(ctx);
}

void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	void *p = must(calloc(n ? n : 1, size ? size : 1));

	(void)gfp;
	kunit_add_action(test, free, p);
	return p;
}

/* Not zero: what a test forgets to set should not look as if it had been. */
void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	void *p = kunit_kcalloc(test, n, size, gfp);

	memset(p, 0xa5, n * size);
	return p;
}

void kunit_kfree(struct kunit *test, const void *ptr)
{
	if (ptr)
		kunit_release_action(test, free, (void *)ptr);
}

static void log_lines(const char *head, const char *fmt, va_list args)
{
	char text[2048], *line, *rest = text;

	vsnprintf(text, sizeof(text), fmt, args);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("    # %s%s\n", head, line);
}

void kunit_log(struct kunit *test, const char *fmt, ...)
{
	char head[300];
	va_list args;

	snprintf(head, sizeof(head), "%s: ", test->name);
	va_start(args, fmt);
	log_lines(head, fmt, args);
	va_end(args);
}

void kunit_skip_here(struct kunit *test, bool leave, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(test->comment, sizeof(test->comment), fmt, args);
	va_end(args);
	if (test->status == KUNIT_SUCCESS)
		test->status = KUNIT_SKIPPED;
	if (leave)
		longjmp(test->abort, 1);
}

static void fail_begin(struct kunit *test, const struct kunit_where *where)
{
	test->status = KUNIT_FAILURE;
	printf("    # %s: %s FAILED at %s:%d\n", test->name,
	       where->fatal ? "ASSERTION" : "EXPECTATION", where->file,
	       where->line);
	if (where->left)
		printf("    #   expected %s %s%s%s\n", where->left, where->op,
		       where->right ? " " : "",
		       where->right ? where->right : "");
}

static void fail_end(struct kunit *test, const struct kunit_where *where,
		     const char *fmt, va_list args)
{
	log_lines("  ", fmt, args);
	if (where->fatal)
		longjmp(test->abort, 1);
}

/* A failed assertion leaves from fail_end(): va_end() is a formality here. */
#define FAIL_END(test, where, fmt)			\
do {							\
	va_list args;					\
							\
	va_start(args, fmt);				\
	fail_end(test, where, fmt, args);		\
	va_end(args);					\
} while (0)

void kunit_fail(struct kunit *test, const struct kunit_where *where,
		const char *fmt, ...)
{
	fail_begin(test, where);
	FAIL_END(test, where, fmt);
}

void kunit_fail_int(struct kunit *test, const struct kunit_where *where,
		    long long left, long long right, const char *fmt, ...)
{
	fail_begin(test, where);
	printf("    #   %s == %lld (0x%llx)\n", where->left, left,
	       (unsigned long long)left);
	printf("    #   %s == %lld (0x%llx)\n", where->right, right,
	       (unsigned long long)right);
	FAIL_END(test, where, fmt);
}

void kunit_fail_ptr(struct kunit *test, const struct kunit_where *where,
		    const void *left, const void *right, const char *fmt, ...)
{
	fail_begin(test, where);
	printf("    #   %s == %p\n", where->left, left);
	printf("    #   %s == %p\n", where->right, right);
	FAIL_END(test, where, fmt);
}

void kunit_fail_str(struct kunit *test, const struct kunit_where *where,
		    const char *left, const char *right, const char *fmt, ...)
{
	fail_begin(test, where);
	printf("    #   %s == \"%s\"\n", where->left, left ? left : "(null)");
	printf("    #   %s == \"%s\"\n", where->right, right ? right : "(null)");
	FAIL_END(test, where, fmt);
}

static void dump(const char *what, const u8 *at, const u8 *other, size_t size)
{
	size_t i;

	printf("    #   %s ==", what);
	if (!at)
		printf(" (null)");
	for (i = 0; at && i < size; i++) {
		const char *mark = other && at[i] != other[i] ? "!" : " ";

		if (i && i % 16 == 0)
			printf("\n    #      ");
		printf("%s%02x", mark, at[i]);
	}
	printf("\n");
}

void kunit_fail_mem(struct kunit *test, const struct kunit_where *where,
		    const void *left, const void *right, size_t size,
		    const char *fmt, ...)
{
	const u8 *l = left, *r = right;
	size_t skip = 0;

	fail_begin(test, where);
	/* Of something long the part that differs. */
	while (l && r && skip < size && l[skip] == r[skip])
		skip++;
	skip = skip >= size ? 0 : skip - skip % 16;
	if (skip)
		printf("    #   the first %zu bytes are equal\n", skip);
	size = min(size - skip, (size_t)64);
	dump(where->left, l ? l + skip : l, r ? r + skip : r, size);
	dump(where->right, r ? r + skip : r, l ? l + skip : l, size);
	FAIL_END(test, where, fmt);
}

/* An invariant that a test breaks unawares is the test's failure. */
bool paxos_violated(const char *what, const char *file, int line)
{
	if (!current_test) {
		fprintf(stderr, "%s:%d: violated: %s\n", file, line, what);
		abort();
	}
	current_test->status = KUNIT_FAILURE;
	printf("    # %s: INVARIANT VIOLATED at %s:%d\n    #   %s\n",
	       current_test->name, file, line, what);
	return true;
}

static void undo_all(struct kunit *test)
{
	struct kunit_undo *undo;

	while ((undo = test->undo)) {
		test->undo = undo->next;
		undo->action(undo->ctx);
		free(undo);
	}
}

static void run_once(struct kunit_suite *suite, struct kunit_case *kase,
		     struct kunit *test)
{
	int err;

	current_test = test;
	if (!setjmp(test->abort)) {
		err = suite->init ? suite->init(test) : 0;
		if (err) {
			kunit_err(test, "init failed: %d", err);
			test->status = KUNIT_FAILURE;
		} else if (test->status == KUNIT_SUCCESS) {
			kase->run_case(test);
		}
	}
	if (!setjmp(test->abort) && suite->exit)
		suite->exit(test);
	if (!setjmp(test->abort))
		undo_all(test);
	current_test = NULL;
}

static void print_result(const char *indent, enum kunit_status status,
			 unsigned int no, const char *name, const char *comment)
{
	printf("%s%s %u %s%s%s\n", indent,
	       status == KUNIT_FAILURE ? "not ok" : "ok", no, name,
	       status == KUNIT_SKIPPED ? " # SKIP " : "",
	       status == KUNIT_SKIPPED ? comment : "");
}

static void count(struct totals *totals, enum kunit_status status)
{
	if (status == KUNIT_FAILURE)
		totals->failed++;
	else if (status == KUNIT_SKIPPED)
		totals->skipped++;
	else
		totals->passed++;
}

static enum kunit_status run_params(struct kunit_suite *suite,
				    struct kunit_case *kase,
				    struct totals *totals)
{
	enum kunit_status all = KUNIT_SKIPPED;
	char desc[KUNIT_PARAM_DESC_SIZE];
	const void *param = NULL;
	int index = 0;

	printf("        KTAP version 1\n        # Subtest: %s\n", kase->name);
	for (;;) {
		struct kunit test = { .name = kase->name, .param_index = index };

		desc[0] = '\0';
		param = kase->generate_params(param, desc);
		if (!param)
			break;
		if (!desc[0])
			snprintf(desc, sizeof(desc), "param-%d", index);
		test.param_value = param;
		run_once(suite, kase, &test);
		index++;
		print_result("        ", test.status, (unsigned int)index, desc,
			     test.comment);
		count(totals, test.status);
		if (test.status == KUNIT_FAILURE)
			all = KUNIT_FAILURE;
		else if (all == KUNIT_SKIPPED)
			all = test.status;
	}
	if (!index) {
		printf("    # %s: a case without parameters\n", kase->name);
		totals->failed++;
		all = KUNIT_FAILURE;
	}
	return all;
}

static bool picked(const char *filter, const struct kunit_suite *suite,
		   const struct kunit_case *kase)
{
	char name[512];

	if (!filter)
		return true;
	snprintf(name, sizeof(name), "%s.%s", suite->name, kase->name);
	if (strpbrk(filter, "*?["))
		return !fnmatch(filter, name, 0);
	return !strncmp(name, filter, strlen(filter));
}

static unsigned int picked_n(const char *filter, const struct kunit_suite *suite)
{
	const struct kunit_case *kase;
	unsigned int n = 0;

	for (kase = suite->test_cases; kase->run_case; kase++)
		n += picked(filter, suite, kase);
	return n;
}

static enum kunit_status run_suite(const char *filter,
				   struct kunit_suite *suite,
				   struct totals *totals)
{
	const unsigned int failed = totals->failed, passed = totals->passed;
	struct kunit_case *kase;
	unsigned int no = 0;

	printf("    KTAP version 1\n    # Subtest: %s\n    1..%u\n",
	       suite->name, picked_n(filter, suite));
	if (suite->suite_init && suite->suite_init(suite)) {
		printf("    # suite_init failed\n");
		totals->failed++;
		return KUNIT_FAILURE;
	}
	for (kase = suite->test_cases; kase->run_case; kase++) {
		struct kunit test = { .name = kase->name };

		if (!picked(filter, suite, kase))
			continue;
		if (kase->generate_params) {
			test.status = run_params(suite, kase, totals);
			snprintf(test.comment, sizeof(test.comment),
				 "every parameter was");
		} else {
			run_once(suite, kase, &test);
			count(totals, test.status);
		}
		print_result("    ", test.status, ++no, kase->name,
			     test.comment);
	}
	if (suite->suite_exit)
		suite->suite_exit(suite);
	if (totals->failed > failed)
		return KUNIT_FAILURE;
	return totals->passed > passed ? KUNIT_SUCCESS : KUNIT_SKIPPED;
}

int main(int argc, char **argv)
{
	const char *filter = argc > 1 ? argv[1] : NULL;
	struct totals totals = { 0 };
	unsigned int n = 0, no = 0;
	size_t i;

	/* What stood before a crash is to be seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < suites_n; i++)
		n += picked_n(filter, suites[i]) > 0;
	printf("KTAP version 1\n1..%u\n", n);
	for (i = 0; i < suites_n; i++) {
		enum kunit_status status;

		if (!picked_n(filter, suites[i]))
			continue;
		status = run_suite(filter, suites[i], &totals);
		print_result("", status, ++no, suites[i]->name,
			     "every case was");
	}
	printf("# Totals: pass:%u fail:%u skip:%u total:%u\n", totals.passed,
	       totals.failed, totals.skipped,
	       totals.passed + totals.failed + totals.skipped);
	free(suites);
	return totals.failed || !totals.passed;
}
