// SPDX-License-Identifier: GPL-2.0
/*
 * Results, as text or as JSON, by the same calls. In text each is a label and a
 * value, a space between; a label that is NULL is left out, and with it a call
 * whose value is NULL. In JSON each item of a list is printed when it ends, so
 * that a list may be longer than memory.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "paxosctl.h"

void print_init(struct print *p, FILE *file, bool json, bool pretty)
{
	memset(p, 0, sizeof(*p));
	p->file = file;
	p->json = json;
	p->pretty = pretty;
	p->fresh = true;
}

static void print_check(const json_t *json)
{
	if (json)
		return;
	/* Text that is no UTF-8 was escaped: only memory can be short. */
	fputs("paxosctl: out of memory\n", stderr);
	exit(EXIT_USAGE);
}

static void print_add(struct print *p, const char *key, json_t *value)
{
	json_t *top = p->stack[p->depth - 1];

	print_check(value);
	if (json_is_array(top))
		json_array_append_new(top, value);
	else
		json_object_set_new(top, key, value);
}

static void print_label(struct print *p, const char *label)
{
	if (!p->fresh)
		putc(' ', p->file);
	p->fresh = false;
	if (label)
		fprintf(p->file, "%s ", label);
}

/* A document that is a list. */
void print_list_begin(struct print *p)
{
	p->list = true;
	p->items = 0;
	if (p->json)
		putc('[', p->file);
}

void print_list_end(struct print *p)
{
	/* Only an error can leave something open: it is not in the list. */
	while (p->depth)
		json_decref(p->stack[--p->depth]);
	p->list = false;
	if (p->json)
		fputs("]\n", p->file);
}

/* An item of a list, or a document of its own. */
void print_begin(struct print *p)
{
	p->fresh = true;
	if (!p->json)
		return;
	p->stack[0] = json_object();
	print_check(p->stack[0]);
	p->depth = 1;
}

void print_end(struct print *p)
{
	if (!p->json) {
		print_line(p);
		return;
	}
	/* The comma first: so a line is whole as soon as it can be read. */
	if (p->list)
		putc(p->items++ ? ',' : '\n', p->file);
	json_dumpf(p->stack[0], p->file, JSON_PRESERVE_ORDER |
		   (p->pretty ? JSON_INDENT(4) : JSON_COMPACT));
	putc('\n', p->file);
	json_decref(p->stack[0]);
	p->depth = 0;
}

static void print_push(struct print *p, const char *key, json_t *value)
{
	print_add(p, key, value);
	/* A borrowed reference would do, were it not for print_list_end(). */
	p->stack[p->depth++] = json_incref(value);
}

static void print_pop(struct print *p)
{
	json_decref(p->stack[--p->depth]);
}

/* Something nested; nothing in text. */
void print_object_begin(struct print *p, const char *key)
{
	if (p->json)
		print_push(p, key, json_object());
}

void print_object_end(struct print *p)
{
	if (p->json)
		print_pop(p);
}

void print_array_begin(struct print *p, const char *key)
{
	if (p->json)
		print_push(p, key, json_array());
}

void print_array_end(struct print *p)
{
	if (p->json)
		print_pop(p);
}

/* Ends a line of text. */
void print_line(struct print *p)
{
	if (p->json)
		return;
	putc('\n', p->file);
	p->fresh = true;
}

/* Goes on in a new line of text, where one line is not asked for. */
void print_break(struct print *p)
{
	if (p->json || p->oneline)
		return;
	fputs("\n   ", p->file);
	p->fresh = false;
}

/* For people alone. */
void print_text(struct print *p, const char *text)
{
	if (p->json)
		return;
	print_label(p, NULL);
	fputs(text, p->file);
}

/* JSON takes UTF-8 alone. The module's names are, whoever else may answer. */
static json_t *print_text_json(const char *value)
{
	json_t *json = json_string(value);
	char *escaped;

	if (json)
		return json;
	escaped = escape(value, strlen(value));
	json = escaped ? json_string(escaped) : NULL;
	free(escaped);
	return json;
}

void print_string(struct print *p, const char *key, const char *label,
		  const char *value)
{
	if (!value)
		return;
	if (p->json) {
		print_add(p, key, print_text_json(value));
		return;
	}
	print_label(p, label);
	fputs(value, p->file);
}

void print_number(struct print *p, const char *key, const char *label,
		  uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	if (!p->json) {
		print_label(p, label);
		fputs(text, p->file);
	} else if (value <= INT64_MAX) {
		print_add(p, key, json_integer((json_int_t)value));
	} else {
		/* More than jansson's integers hold, and no count of anything. */
		print_add(p, key, json_string(text));
	}
}

/* A number that only names something: most readers of JSON would round it. */
void print_hex64(struct print *p, const char *key, const char *label,
		 uint64_t value)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, value);
	print_string(p, key, label, text);
}

void print_hex(struct print *p, const char *key, const char *label,
	       const uint8_t *bytes, size_t length)
{
	char text[65];
	size_t i;

	if (length > sizeof(text) / 2)
		length = sizeof(text) / 2;
	text[0] = '\0';
	for (i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	print_string(p, key, label, text);
}

/* In text the label, if it is so. */
void print_bool(struct print *p, const char *key, const char *label,
		bool value)
{
	if (p->json)
		print_add(p, key, json_boolean(value));
	else if (value)
		print_text(p, label);
}

/* A value's bytes: escaped and quoted, or in base64. */
void print_value(struct print *p, const char *key, const char *label,
		 const void *bytes, size_t length)
{
	char *text = p->json ? base64(bytes, length) : escape(bytes, length);

	if (!text)
		print_check(NULL);
	if (p->json) {
		print_add(p, key, json_string(text));
	} else {
		print_label(p, label);
		fprintf(p->file, "\"%s\"", text);
	}
	free(text);
}

void print_address(struct print *p, const char *key, const char *label,
		   const struct paxosnl_address *address)
{
	char text[ADDRESS_MAX];

	print_string(p, key, label, address_format(address, text));
}

/* A ballot is compared as a number; people see counter and node in it. */
void print_ballot(struct print *p, const char *key, const char *label,
		  uint64_t ballot)
{
	char text[40];

	if (p->json) {
		print_number(p, key, label, ballot);
		return;
	}
	if (ballot)
		snprintf(text, sizeof(text), "%" PRIu64 ".%u%s", ballot >> 17,
			 (unsigned int)(ballot >> 1 & 0xffff),
			 ballot & 1 ? "" : " fast");
	else
		snprintf(text, sizeof(text), "none");
	print_string(p, key, label, text);
}
