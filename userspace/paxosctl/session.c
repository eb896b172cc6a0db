// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: what the log has of a value, read from its beginning.
 */
#include <errno.h>

#include "paxosctl.h"

/**
 * struct session_look - a value that is looked for
 * @group: the group's name
 * @client: the value's client
 * @sequence: its sequence
 * @table: what the log was read into
 * @session: what is found
 */
struct session_look {
	const char *group;
	uint64_t client;
	uint64_t sequence;
	struct paxosnl_sessions *table;
	struct session *session;
};

static int session_entry_cb(const struct paxosnl_entry *entry, void *data)
{
	struct session_look *look = data;
	struct paxosnl_delivery delivery;

	if (paxosnl_sessions_feed(look->table, entry, &delivery)) {
		fail("log of \"%s\": %s", look->group,
		     paxosnl_sessions_error(look->table));
		return EXIT_UNKNOWN;
	}
	if (entry->client != look->client)
		return 0;
	if (delivery.verdict == PAXOSNL_SKIP_CLOSE)
		look->session->closed = delivery.instance;
	else if (delivery.verdict == PAXOSNL_DELIVER &&
		 entry->sequence == look->sequence)
		look->session->instance = entry->instance;
	look->session->applied = delivery.applied;
	return 0;
}

/*
 * What this node's log has of a value and of those before it. Returns an exit
 * code; whatever keeps from an answer is EXIT_UNKNOWN.
 */
int session_read(struct ctl *ctl, const char *group, uint64_t client,
		 uint64_t sequence, struct session *session)
{
	struct session_look look = {
		.group = group,
		.client = client,
		.sequence = sequence,
		.session = session,
	};
	int rc;

	*session = (struct session){ .read = 0 };
	if (paxosnl_sessions_open(&look.table, 1))
		return fail("out of memory");
	rc = paxosnl_entry_dump(ctl->nl, group, 1, 0, session_entry_cb, &look);
	if (rc < 0) {
		fail_kernel(ctl->nl, "log of \"%s\"", group);
		rc = EXIT_UNKNOWN;
	}
	session->read = paxosnl_sessions_next(look.table) - 1;
	paxosnl_sessions_close(look.table);
	return rc;
}
