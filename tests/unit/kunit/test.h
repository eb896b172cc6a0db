/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit's interface in userspace: a suite that includes no kernel header but
 * this one runs in the kernel and here. It holds what suites use of KUnit, as
 * 6.12 has it, and nothing beyond; runner.c has the other half.
 */
#ifndef _PAXOS_UNIT_KUNIT_TEST_H
#define _PAXOS_UNIT_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/port.h"

#define KUNIT_PARAM_DESC_SIZE	128
#define GFP_KERNEL		0

#define __printf(a, b)		__attribute__((__format__(__printf__, a, b)))

typedef int gfp_t;

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

typedef void (kunit_action_t)(void *);

/**
 * struct kunit - one run of one case, or of one parameter of it
 * @priv: the suite's own, usually set by its init
 * @name: of the case
 * @param_value: of this run, NULL in a case without parameters
 * @param_index: of this run
 * @status: so far
 * @comment: why it was skipped
 * @undo: what is to be done when it ends, last first
 * @abort: where a failed assertion goes
 */
struct kunit {
	void *priv;
	const char *name;
	const void *param_value;
	int param_index;
	/* private: runner.c's alone */
	enum kunit_status status;
	char comment[KUNIT_PARAM_DESC_SIZE];
	struct kunit_undo *undo;
	jmp_buf abort;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(f)			{ .run_case = f, .name = #f }
#define KUNIT_CASE_SLOW(f)		KUNIT_CASE(f)
#define KUNIT_CASE_PARAM(f, gen) \
	{ .run_case = f, .name = #f, .generate_params = gen }

/* The names are the kernel's own, so that what clashes there clashes here. */
#define KUNIT_ARRAY_PARAM(name, array, get_desc)			\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__(&(array)[0]) __next = prev ?			\
			(__typeof__(__next))prev + 1 : &(array)[0];	\
		void (*__get_desc)(__typeof__(__next), char *) = get_desc; \
									\
		if (__next >= &(array)[ARRAY_SIZE(array)])		\
			return NULL;					\
		if (__get_desc)						\
			__get_desc(__next, desc);			\
		return __next;						\
	}								\
	struct kunit

#define KUNIT_ARRAY_PARAM_DESC(name, array, desc_member)		\
	static const void *name##_gen_params(const void *prev, char *desc) \
	{								\
		__typeof__(&(array)[0]) __next = prev ?			\
			(__typeof__(__next))prev + 1 : &(array)[0];	\
									\
		if (__next >= &(array)[ARRAY_SIZE(array)])		\
			return NULL;					\
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s",		\
			 __next->desc_member);				\
		return __next;						\
	}								\
	struct kunit

void kunit_register(struct kunit_suite **suites, size_t n);

/* One call a file, as in the kernel it is one a module. */
#define kunit_test_suites(...)						\
	static struct kunit_suite *kunit_suites_here[] = { __VA_ARGS__ }; \
	static void __attribute__((constructor)) kunit_register_here(void) \
	{								\
		kunit_register(kunit_suites_here,			\
			       ARRAY_SIZE(kunit_suites_here));		\
	}								\
	struct kunit
#define kunit_test_suite(suite)		kunit_test_suites(&(suite))

#define MODULE_AUTHOR(x)		struct kunit
#define MODULE_DESCRIPTION(x)		struct kunit
#define MODULE_IMPORT_NS(x)		struct kunit
#define MODULE_LICENSE(x)		struct kunit

struct kunit *kunit_get_current_test(void);

int kunit_add_action(struct kunit *test, kunit_action_t *action, void *ctx);
int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *ctx);
void kunit_remove_action(struct kunit *test, kunit_action_t *action, void *ctx);
void kunit_release_action(struct kunit *test, kunit_action_t *action,
			  void *ctx);

#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, orig, arg_type)		\
	static void wrapper(void *in)					\
	{								\
		orig((arg_type)in);					\
	}								\
	struct kunit

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t gfp);
void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp);
#define kunit_kmalloc(test, size, gfp)	kunit_kmalloc_array(test, 1, size, gfp)
#define kunit_kzalloc(test, size, gfp)	kunit_kcalloc(test, 1, size, gfp)
void kunit_kfree(struct kunit *test, const void *ptr);

void kunit_log(struct kunit *test, const char *fmt, ...)
	__printf(2, 3);
#define kunit_info(test, ...)		kunit_log(test, __VA_ARGS__)
#define kunit_warn(test, ...)		kunit_log(test, __VA_ARGS__)
#define kunit_err(test, ...)		kunit_log(test, __VA_ARGS__)

void kunit_skip_here(struct kunit *test, bool leave, const char *fmt, ...)
	__printf(3, 4);
#define kunit_mark_skipped(test, ...)	kunit_skip_here(test, false, __VA_ARGS__)
#define kunit_skip(test, ...)		kunit_skip_here(test, true, __VA_ARGS__)

/**
 * struct kunit_where - an expectation, as its failure is told
 * @file: of the expectation
 * @line: of the expectation
 * @fatal: an assertion, which ends the case
 * @left: its left side as it stands in the source, or all of it
 * @op: NULL if it has one side
 * @right: its right side
 */
struct kunit_where {
	const char *file;
	int line;
	bool fatal;
	const char *left;
	const char *op;
	const char *right;
};

#define __KUNIT_WHERE(fatal, left, op, right) \
	(&(const struct kunit_where){ __FILE__, __LINE__, fatal, left, op, right })

void kunit_fail(struct kunit *test, const struct kunit_where *where,
		const char *fmt, ...)
	__printf(3, 4);
void kunit_fail_int(struct kunit *test, const struct kunit_where *where,
		    long long left, long long right, const char *fmt, ...)
	__printf(5, 6);
void kunit_fail_ptr(struct kunit *test, const struct kunit_where *where,
		    const void *left, const void *right, const char *fmt, ...)
	__printf(5, 6);
void kunit_fail_str(struct kunit *test, const struct kunit_where *where,
		    const char *left, const char *right, const char *fmt, ...)
	__printf(5, 6);
void kunit_fail_mem(struct kunit *test, const struct kunit_where *where,
		    const void *left, const void *right, size_t size,
		    const char *fmt, ...)
	__printf(6, 7);

#define __KUNIT_TRUTH(test, fatal, cond, want, ...)			\
do {									\
	const bool __is = !!(cond);					\
									\
	if (__is != (want))						\
		kunit_fail(test, __KUNIT_WHERE(fatal, #cond,		\
			   (want) ? "to be true" : "to be false", NULL), \
			   __VA_ARGS__);				\
} while (0)

#define __KUNIT_INT(test, fatal, left, op, right, ...)			\
do {									\
	const __typeof__(left) __left = (left);				\
	const __typeof__(right) __right = (right);			\
									\
	if (!(__left op __right))					\
		kunit_fail_int(test,					\
			       __KUNIT_WHERE(fatal, #left, #op, #right), \
			       (long long)__left, (long long)__right,	\
			       __VA_ARGS__);				\
} while (0)

#define __KUNIT_PTR(test, fatal, left, op, right, ...)			\
do {									\
	const void *__left = (left);					\
	const void *__right = (right);					\
									\
	if (!(__left op __right))					\
		kunit_fail_ptr(test,					\
			       __KUNIT_WHERE(fatal, #left, #op, #right), \
			       __left, __right, __VA_ARGS__);		\
} while (0)

#define __KUNIT_STR(test, fatal, left, op, right, ...)			\
do {									\
	const char *__left = (left);					\
	const char *__right = (right);					\
									\
	if (!(__left && __right && strcmp(__left, __right) op 0))	\
		kunit_fail_str(test,					\
			       __KUNIT_WHERE(fatal, #left, #op, #right), \
			       __left, __right, __VA_ARGS__);		\
} while (0)

#define __KUNIT_MEM(test, fatal, left, op, right, size, ...)		\
do {									\
	const void *__left = (left);					\
	const void *__right = (right);					\
	const size_t __size = (size);					\
									\
	if (!(__left && __right &&					\
	      (__size ? memcmp(__left, __right, __size) : 0) op 0))	\
		kunit_fail_mem(test,					\
			       __KUNIT_WHERE(fatal, #left, #op, #right), \
			       __left, __right, __size, __VA_ARGS__);	\
} while (0)

/* "%s", "" is no message, in words that a compiler checks like any other. */
#define KUNIT_SUCCEED(test)		((void)(test))
#define KUNIT_FAIL(test, ...) \
	kunit_fail(test, __KUNIT_WHERE(false, NULL, NULL, NULL), __VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, ...) \
	kunit_fail(test, __KUNIT_WHERE(true, NULL, NULL, NULL), __VA_ARGS__)

#define KUNIT_EXPECT_TRUE_MSG(test, c, ...) \
	__KUNIT_TRUTH(test, false, c, true, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, c, ...) \
	__KUNIT_TRUTH(test, false, c, false, __VA_ARGS__)
#define KUNIT_EXPECT_EQ_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, ==, r, __VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, !=, r, __VA_ARGS__)
#define KUNIT_EXPECT_LT_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, <, r, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, <=, r, __VA_ARGS__)
#define KUNIT_EXPECT_GT_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, >, r, __VA_ARGS__)
#define KUNIT_EXPECT_GE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, false, l, >=, r, __VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ_MSG(test, l, r, ...) \
	__KUNIT_PTR(test, false, l, ==, r, __VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE_MSG(test, l, r, ...) \
	__KUNIT_PTR(test, false, l, !=, r, __VA_ARGS__)
#define KUNIT_EXPECT_NULL_MSG(test, p, ...) \
	__KUNIT_PTR(test, false, p, ==, NULL, __VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, p, ...) \
	__KUNIT_PTR(test, false, p, !=, NULL, __VA_ARGS__)
#define KUNIT_EXPECT_STREQ_MSG(test, l, r, ...) \
	__KUNIT_STR(test, false, l, ==, r, __VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ_MSG(test, l, r, ...) \
	__KUNIT_STR(test, false, l, !=, r, __VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ_MSG(test, l, r, size, ...) \
	__KUNIT_MEM(test, false, l, ==, r, size, __VA_ARGS__)
#define KUNIT_EXPECT_MEMNEQ_MSG(test, l, r, size, ...) \
	__KUNIT_MEM(test, false, l, !=, r, size, __VA_ARGS__)

#define KUNIT_EXPECT_TRUE(test, c)	KUNIT_EXPECT_TRUE_MSG(test, c, "%s", "")
#define KUNIT_EXPECT_FALSE(test, c)	KUNIT_EXPECT_FALSE_MSG(test, c, "%s", "")
#define KUNIT_EXPECT_EQ(test, l, r)	KUNIT_EXPECT_EQ_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_NE(test, l, r)	KUNIT_EXPECT_NE_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_LT(test, l, r)	KUNIT_EXPECT_LT_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_LE(test, l, r)	KUNIT_EXPECT_LE_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_GT(test, l, r)	KUNIT_EXPECT_GT_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_GE(test, l, r)	KUNIT_EXPECT_GE_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_PTR_EQ(test, l, r)	KUNIT_EXPECT_PTR_EQ_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_PTR_NE(test, l, r)	KUNIT_EXPECT_PTR_NE_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_EXPECT_NULL_MSG(test, p, "%s", "")
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_EXPECT_NOT_NULL_MSG(test, p, "%s", "")
#define KUNIT_EXPECT_STREQ(test, l, r)	KUNIT_EXPECT_STREQ_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_STRNEQ(test, l, r)	KUNIT_EXPECT_STRNEQ_MSG(test, l, r, "%s", "")
#define KUNIT_EXPECT_MEMEQ(test, l, r, size) \
	KUNIT_EXPECT_MEMEQ_MSG(test, l, r, size, "%s", "")
#define KUNIT_EXPECT_MEMNEQ(test, l, r, size) \
	KUNIT_EXPECT_MEMNEQ_MSG(test, l, r, size, "%s", "")

#define KUNIT_ASSERT_TRUE_MSG(test, c, ...) \
	__KUNIT_TRUTH(test, true, c, true, __VA_ARGS__)
#define KUNIT_ASSERT_FALSE_MSG(test, c, ...) \
	__KUNIT_TRUTH(test, true, c, false, __VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, ==, r, __VA_ARGS__)
#define KUNIT_ASSERT_NE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, !=, r, __VA_ARGS__)
#define KUNIT_ASSERT_LT_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, <, r, __VA_ARGS__)
#define KUNIT_ASSERT_LE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, <=, r, __VA_ARGS__)
#define KUNIT_ASSERT_GT_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, >, r, __VA_ARGS__)
#define KUNIT_ASSERT_GE_MSG(test, l, r, ...) \
	__KUNIT_INT(test, true, l, >=, r, __VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ_MSG(test, l, r, ...) \
	__KUNIT_PTR(test, true, l, ==, r, __VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE_MSG(test, l, r, ...) \
	__KUNIT_PTR(test, true, l, !=, r, __VA_ARGS__)
#define KUNIT_ASSERT_NULL_MSG(test, p, ...) \
	__KUNIT_PTR(test, true, p, ==, NULL, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, p, ...) \
	__KUNIT_PTR(test, true, p, !=, NULL, __VA_ARGS__)
#define KUNIT_ASSERT_STREQ_MSG(test, l, r, ...) \
	__KUNIT_STR(test, true, l, ==, r, __VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ_MSG(test, l, r, ...) \
	__KUNIT_STR(test, true, l, !=, r, __VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ_MSG(test, l, r, size, ...) \
	__KUNIT_MEM(test, true, l, ==, r, size, __VA_ARGS__)
#define KUNIT_ASSERT_MEMNEQ_MSG(test, l, r, size, ...) \
	__KUNIT_MEM(test, true, l, !=, r, size, __VA_ARGS__)

#define KUNIT_ASSERT_TRUE(test, c)	KUNIT_ASSERT_TRUE_MSG(test, c, "%s", "")
#define KUNIT_ASSERT_FALSE(test, c)	KUNIT_ASSERT_FALSE_MSG(test, c, "%s", "")
#define KUNIT_ASSERT_EQ(test, l, r)	KUNIT_ASSERT_EQ_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_NE(test, l, r)	KUNIT_ASSERT_NE_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_LT(test, l, r)	KUNIT_ASSERT_LT_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_LE(test, l, r)	KUNIT_ASSERT_LE_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_GT(test, l, r)	KUNIT_ASSERT_GT_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_GE(test, l, r)	KUNIT_ASSERT_GE_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_PTR_EQ(test, l, r)	KUNIT_ASSERT_PTR_EQ_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_PTR_NE(test, l, r)	KUNIT_ASSERT_PTR_NE_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_NULL(test, p)	KUNIT_ASSERT_NULL_MSG(test, p, "%s", "")
#define KUNIT_ASSERT_NOT_NULL(test, p)	KUNIT_ASSERT_NOT_NULL_MSG(test, p, "%s", "")
#define KUNIT_ASSERT_STREQ(test, l, r)	KUNIT_ASSERT_STREQ_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_STRNEQ(test, l, r)	KUNIT_ASSERT_STRNEQ_MSG(test, l, r, "%s", "")
#define KUNIT_ASSERT_MEMEQ(test, l, r, size) \
	KUNIT_ASSERT_MEMEQ_MSG(test, l, r, size, "%s", "")
#define KUNIT_ASSERT_MEMNEQ(test, l, r, size) \
	KUNIT_ASSERT_MEMNEQ_MSG(test, l, r, size, "%s", "")

#endif /* _PAXOS_UNIT_KUNIT_TEST_H */
