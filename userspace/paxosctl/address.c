// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses as text: 10.0.0.1, 10.0.0.1:3577, fd00::1, [fd00::1]:3577.
 */
#include <arpa/inet.h>
#include <string.h>

#include "paxosctl.h"

/* What follows the address: nothing, or a colon and a port. */
static bool address_port(const char *text, uint16_t *port)
{
	uint64_t number;

	*port = PAXOS_DEFAULT_PORT;
	if (!*text)
		return true;
	if (*text != ':' || !number_parse(text + 1, 1, UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* False if the text is no address. A port that is not named is the default. */
bool address_parse(const char *text, struct paxosnl_address *address)
{
	char host[ADDRESS_MAX];
	const char *end;
	size_t length;

	memset(address, 0, sizeof(*address));
	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		if (!end || !address_port(end + 1, &address->port))
			return false;
		length = (size_t)(end - text);
		address->family = AF_INET6;
	} else if (strchr(text, ':') != strrchr(text, ':')) {
		/* More than one colon: IPv6, and there is no place for a port. */
		length = strlen(text);
		address->port = PAXOS_DEFAULT_PORT;
		address->family = AF_INET6;
	} else {
		length = strcspn(text, ":");
		if (!address_port(text + length, &address->port))
			return false;
		address->family = AF_INET;
	}
	if (length >= sizeof(host))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	return inet_pton(address->family, host, &address->v4) == 1;
}

const char *address_format(const struct paxosnl_address *address,
			   char text[ADDRESS_MAX])
{
	char host[INET6_ADDRSTRLEN] = "";

	if (address->family)
		inet_ntop(address->family, &address->v4, host, sizeof(host));
	snprintf(text, ADDRESS_MAX,
		 address->family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
		 address->port);
	return text;
}
