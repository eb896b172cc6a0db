// SPDX-License-Identifier: GPL-2.0
/*
 * Everything that tests/vm/run promises to catch, done on purpose: loading
 * this module commits the faults that its parameter names.  tests/vm/selftest
 * builds and loads it, nothing else should.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *faults = "";
module_param(faults, charp, 0400);
MODULE_PARM_DESC(faults, "list of: warn oops shift oob leak sleep lock rcu");

static void fault_warn(void)
{
	WARN(1, "a warning on purpose\n");
}

static void fault_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void fault_shift(void)
{
	int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("1 << 40 is %d\n", 1 << by);
}

static void fault_oob(void)
{
	char *bytes = kmalloc(13, GFP_KERNEL);
	size_t at = 13;

	if (!bytes)
		return;
	OPTIMIZER_HIDE_VAR(at);
	WRITE_ONCE(bytes[at], 1);
	kfree(bytes);
}

/* Several, as a stale register or stack slot may well still point to one. */
static void fault_leak(void)
{
	void *object;
	int i;

	for (i = 0; i < 10; i++) {
		object = kmalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(object);
	}
}

static void fault_sleep(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	msleep(20);
	spin_unlock(&lock);
}

static void fault_rcu(void)
{
	static void __rcu *nothing;

	if (rcu_dereference(nothing))
		pr_info("there is something\n");
}

static void fault_lock(void)
{
	static DEFINE_SPINLOCK(a);
	static DEFINE_SPINLOCK(b);

	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
}

static const struct {
	const char *name;
	void (*commit)(void);
} table[] = {
	{ "warn", fault_warn },
	{ "oops", fault_oops },
	{ "shift", fault_shift },
	{ "oob", fault_oob },
	{ "leak", fault_leak },
	{ "sleep", fault_sleep },
	{ "rcu", fault_rcu },
	{ "lock", fault_lock },
};

static int __init fault_init(void)
{
	char *name;
	int i;

	while ((name = strsep(&faults, ","))) {
		for (i = 0; i < ARRAY_SIZE(table); i++)
			if (!strcmp(name, table[i].name))
				break;
		if (i == ARRAY_SIZE(table))
			return -EINVAL;
		table[i].commit();
	}
	return 0;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Faults on purpose, for the test harness to find");
