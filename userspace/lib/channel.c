// SPDX-License-Identifier: GPL-2.0
/*
 * Channels: descriptors by which values are submitted to a group and their
 * completions read, with one system call for both.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nl.h"

struct paxosnl_channel {
	int fd;
	char error[256];
};

static int channel_cb(struct paxosnl *nl, const struct nlmsghdr *nlh,
		      void *data)
{
	const struct nlattr *tb[PAXOS_A_CHANNEL_MAX + 1];
	struct paxosnl_channel *ch = data;

	nl_parse(nlh, tb, PAXOS_A_CHANNEL_MAX);
	if (!nl_bytes(tb[PAXOS_A_CHANNEL_FD], &ch->fd, sizeof(ch->fd)) ||
	    ch->fd < 0)
		return nl_error(nl, -EBADMSG, NULL);
	return 0;
}

/**
 * paxosnl_channel_open - open a channel to a group
 * @nl: the handle, which the channel does not need any more afterwards
 * @group: the group's name
 * @chp: the channel is put here, or NULL
 *
 * Return: 0 or a negative errno, with a text in paxosnl_error().
 */
int paxosnl_channel_open(struct paxosnl *nl, const char *group,
			 struct paxosnl_channel **chp)
{
	struct nlmsghdr *nlh = nl_request(nl, PAXOS_CMD_CHANNEL, 0);
	struct paxosnl_channel *ch = calloc(1, sizeof(*ch));
	int rc;

	*chp = NULL;
	if (!ch)
		return nl_error(nl, -ENOMEM, NULL);
	mnl_attr_put_strz(nlh, PAXOS_A_CHANNEL_GROUP_NAME, group);
	rc = nl_talk(nl, nlh, channel_cb, ch);
	if (rc) {
		free(ch);
		return rc;
	}
	*chp = ch;
	return 0;
}

/**
 * paxosnl_channel_close - close a channel
 * @ch: the channel, or NULL
 *
 * What was submitted by it may still be decided.
 */
void paxosnl_channel_close(struct paxosnl_channel *ch)
{
	if (!ch)
		return;
	close(ch->fd);
	free(ch);
}

/**
 * paxosnl_channel_fd - the descriptor, for poll()
 * @ch: the channel
 *
 * Return: the descriptor.
 */
int paxosnl_channel_fd(const struct paxosnl_channel *ch)
{
	return ch->fd;
}

/**
 * paxosnl_channel_enter - submit values, wait, and read completions
 * @ch: the channel
 * @enter: what to submit, how long to wait, and where to put what is read; the text
 *   is the library's if it is not set
 *
 * The text of a refusal, and of why not all values were taken, is in
 * paxosnl_channel_error(), which is empty if they were. Several threads may be in
 * here at once, if each has set a text of its own.
 *
 * Return: 0 or a negative errno.
 */
int paxosnl_channel_enter(struct paxosnl_channel *ch,
			  struct paxos_channel_enter *enter)
{
	bool ours = !enter->text;
	int rc = 0;

	if (ours) {
		ch->error[0] = '\0';
		enter->text = (uintptr_t)ch->error;
		enter->text_length = sizeof(ch->error);
	}
	if (ioctl(ch->fd, PAXOS_CHANNEL_ENTER, enter) < 0)
		rc = -errno;
	if (ours) {
		enter->text = 0;
		enter->text_length = 0;
		if (rc && !ch->error[0])
			snprintf(ch->error, sizeof(ch->error), "%s",
				 strerror(-rc));
	}
	return rc;
}

/**
 * paxosnl_channel_error - why the last call failed, or did not take all values
 * @ch: the channel
 *
 * Return: the kernel's own text where there is one, else that of the errno.
 */
const char *paxosnl_channel_error(const struct paxosnl_channel *ch)
{
	return ch->error;
}
