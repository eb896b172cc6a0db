// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU that counts which code of the guest runs: each block of
 * instructions, between the marks that a measuring program sets (clock.h). What
 * was counted is written to the file named by out=FILE at the end, a line a
 * block: how many instructions it ran, and where it begins.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu.h"

#define BUCKETS	65536

/* The API that QEMU 7.2 has. */
__attribute__((visibility("default"))) int qemu_plugin_version = 1;

/**
 * struct block - code between two jumps
 * @next: in the same bucket
 * @at: where it begins
 * @runs: how often it ran since the guest began
 * @before: how often before the mark
 * @counted: how often between marks
 * @length: its instructions
 */
struct block {
	struct block *next;
	uint64_t at;
	uint64_t runs;
	uint64_t before;
	uint64_t counted;
	size_t length;
};

static struct block *bucket[BUCKETS];
static const char *out;

static struct block *find(uint64_t at, size_t length)
{
	struct block **slot = &bucket[(at ^ at >> 16) % BUCKETS], *b;

	for (b = *slot; b; b = b->next)
		if (b->at == at && b->length == length)
			return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	b->at = at;
	b->length = length;
	b->next = *slot;
	*slot = b;
	return b;
}

static void begin(unsigned int cpu, void *data)
{
	struct block *b;
	int i;

	(void)cpu;
	(void)data;
	for (i = 0; i < BUCKETS; i++)
		for (b = bucket[i]; b; b = b->next)
			b->before = b->runs;
}

static void end(unsigned int cpu, void *data)
{
	struct block *b;
	int i;

	(void)cpu;
	(void)data;
	for (i = 0; i < BUCKETS; i++)
		for (b = bucket[i]; b; b = b->next)
			b->counted += b->runs - b->before;
}

/* Blocks that are made between the marks have not run before. */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct block *b = find(qemu_plugin_tb_vaddr(tb), n);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, 0, &b->runs, 1);
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const void *code = qemu_plugin_insn_data(insn);

		if (qemu_plugin_insn_size(insn) != MARK_SIZE)
			continue;
		if (!memcmp(code, MARK_BEGIN, MARK_SIZE))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, NULL);
		else if (!memcmp(code, MARK_END, MARK_SIZE))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, end, 0, NULL);
	}
}

static void finish(qemu_plugin_id_t id, void *data)
{
	FILE *file = fopen(out, "w");
	struct block *b;
	int i;

	(void)id;
	(void)data;
	if (!file)
		return;
	for (i = 0; i < BUCKETS; i++)
		for (b = bucket[i]; b; b = b->next)
			if (b->counted)
				fprintf(file, "%ju %016jx\n", (uintmax_t)(b->counted * b->length),
					(uintmax_t)b->at);
	fclose(file);
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, finish, NULL);
	return 0;
}
