// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes as text: escaped for people, base64 for JSON.
 */
#include <stdlib.h>

#include "paxosctl.h"

/*
 * Printable ASCII as it is, all else so that it cannot be mistaken, on one
 * line. NULL without memory; to be freed.
 */
char *escape(const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char *text = malloc(length * 4 + 1);
	char *to = text;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < length; i++) {
		unsigned char c = from[i];

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
			*to++ = (char)c;
			continue;
		}
		*to++ = '\\';
		switch (c) {
		case '\n':
			*to++ = 'n';
			break;
		case '\r':
			*to++ = 'r';
			break;
		case '\t':
			*to++ = 't';
			break;
		case '"':
		case '\\':
			*to++ = (char)c;
			break;
		default:
			*to++ = 'x';
			*to++ = digits[c >> 4];
			*to++ = digits[c & 15];
			break;
		}
	}
	*to = '\0';
	return text;
}

/* NULL without memory; to be freed. */
char *base64(const void *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = bytes;
	char *text = malloc((length + 2) / 3 * 4 + 1);
	char *to = text;
	size_t i;

	if (!text)
		return NULL;
	for (i = 0; i < length; i += 3) {
		size_t rest = length - i;
		uint32_t three = (uint32_t)from[i] << 16;

		if (rest > 1)
			three |= (uint32_t)from[i + 1] << 8;
		if (rest > 2)
			three |= from[i + 2];
		*to++ = digits[three >> 18];
		*to++ = digits[three >> 12 & 63];
		*to++ = rest > 1 ? digits[three >> 6 & 63] : '=';
		*to++ = rest > 2 ? digits[three & 63] : '=';
	}
	*to = '\0';
	return text;
}
