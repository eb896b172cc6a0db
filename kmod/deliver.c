// SPDX-License-Identifier: GPL-2.0
/*
 * Events: what a step found out, to whoever listens or to the socket that holds
 * the ballot. None is sure to arrive: netlink drops what a socket has no room
 * for. Who follows the log reads on from where it was, and who proposes asks
 * again after a time.
 */

#include <net/genetlink.h>
#include <net/netlink.h>

#include <linux/paxos.h>

#include "deliver.h"
#include "group.h"
#include "net.h"
#include "netlink.h"
#include "netlink_gen.h"
#include "stats.h"

/* A note without votes, headers apart; and what each vote adds. */
#define NOTE_SIZE	256
#define VOTE_SIZE	96

static struct sk_buff *message(u8 cmd, size_t size, void **head)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_ATOMIC);

	if (!skb)
		return NULL;
	*head = genlmsg_put(skb, 0, 0, &paxos_netlink_family, 0, cmd);
	if (*head)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/* Every event begins with the group, whose attributes are alike everywhere. */
static struct sk_buff *group_message(u8 cmd, size_t size, const struct paxos_group *group,
				     void **head)
{
	struct sk_buff *skb = message(cmd, size, head);

	if (!skb)
		return NULL;
	if (!nla_put_u32(skb, PAXOS_A_GROUP_ID, group->id) &&
	    !nla_put_string(skb, PAXOS_A_GROUP_NAME, group->name))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/* Takes the message; says to nobody that it failed, since nobody could help. */
static void multicast(struct net *net, unsigned int mcgrp, struct sk_buff *skb, void *head,
		      int error)
{
	if (error) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, head);
	genlmsg_multicast_netns(&paxos_netlink_family, net, skb, 0, mcgrp, GFP_ATOMIC);
}

/* The module ends: soon the family's groups may be another's. */
static bool stopped __read_mostly;

static bool has_listeners(struct net *net, unsigned int mcgrp)
{
	return !READ_ONCE(stopped) && genl_has_listeners(&paxos_netlink_family, net, mcgrp);
}

/**
 * paxos_deliver_stop - tell nobody anything from here on
 *
 * Groups live on for a moment when the family is gone, and its numbers of
 * multicast groups are free for the next that asks.
 *
 * Context: process.
 */
void paxos_deliver_stop(void)
{
	WRITE_ONCE(stopped, true);
	synchronize_net();
}

/**
 * paxos_deliver_group - tell that a group was added or has changed
 * @group: the group
 *
 * Context: any, not under the group's lock.
 */
void paxos_deliver_group(struct paxos_group *group)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = message(PAXOS_CMD_GROUP_NTF, PAXOS_NETLINK_GROUP_SIZE, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head,
			  paxos_netlink_fill_group(skb, group));
}

/**
 * paxos_deliver_group_del - tell that a group was deleted
 * @net: the namespace that it was in: a dead group knows none
 * @group: the group
 *
 * Context: any.
 */
void paxos_deliver_group_del(struct net *net, const struct paxos_group *group)
{
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = group_message(PAXOS_CMD_GROUP_DEL_NTF, NOTE_SIZE, group, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head, 0);
}

/**
 * paxos_deliver_member - tell that a member was added or has changed
 * @group: its group
 * @node: the member
 *
 * Context: any, not under the group's lock.
 */
void paxos_deliver_member(struct paxos_group *group, u8 node)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = message(PAXOS_CMD_MEMBER_NTF, PAXOS_NETLINK_MEMBER_SIZE, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head,
			  paxos_netlink_fill_member(skb, group, node));
}

/**
 * paxos_deliver_member_del - tell that a member was deleted
 * @group: the group that it was in
 * @node: the member
 *
 * Context: any.
 */
void paxos_deliver_member_del(struct paxos_group *group, u8 node)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = group_message(PAXOS_CMD_MEMBER_DEL_NTF, NOTE_SIZE, group, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head,
			  nla_put_u32(skb, PAXOS_A_MEMBER_NODE, node));
}

static void decided(struct paxos_group *group, const struct paxos_note *note)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_DECIDED))
		return;
	skb = group_message(PAXOS_CMD_DECIDED_NTF, NOTE_SIZE, group, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_DECIDED, skb, head,
			  paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_INSTANCE, note->from) ? :
			  paxos_netlink_put_u64(skb, PAXOS_A_ENTRY_UPTO, note->upto));
}

static int put_alarm(struct sk_buff *skb, const struct paxos_note *note)
{
	if (nla_put_u32(skb, PAXOS_A_GROUP_ALARM, note->reason) ||
	    (note->node && nla_put_u32(skb, PAXOS_A_GROUP_NODE, note->node)) ||
	    (note->instance &&
	     paxos_netlink_put_u64(skb, PAXOS_A_GROUP_INSTANCE, note->instance)))
		return -EMSGSIZE;
	return 0;
}

static void alarm(struct paxos_group *group, const struct paxos_note *note)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = group_message(PAXOS_CMD_ALARM_NTF, NOTE_SIZE, group, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head, put_alarm(skb, note));
}

/* One that leads, or, without a number, that nobody does. */
static int put_leader(struct sk_buff *skb, const struct paxos_note *note)
{
	if (!note->node)
		return 0;
	if (nla_put_u32(skb, PAXOS_A_LEADER_NODE, note->node) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_LEADER_BALLOT, note->ballot))
		return -EMSGSIZE;
	return 0;
}

static void leader(struct paxos_group *group, const struct paxos_note *note)
{
	struct net *net = group->home->net;
	struct sk_buff *skb;
	void *head;

	if (!has_listeners(net, PAXOS_NLGRP_EVENTS))
		return;
	skb = group_message(PAXOS_CMD_LEADER_NTF, NOTE_SIZE, group, &head);
	if (skb)
		multicast(net, PAXOS_NLGRP_EVENTS, skb, head, put_leader(skb, note));
}

static int put_id(struct sk_buff *skb, int client, int sequence, int digest,
		  const struct paxos_vid *id)
{
	if (paxos_netlink_put_u64(skb, client, id->client) ||
	    paxos_netlink_put_u64(skb, sequence, id->sequence) ||
	    paxos_netlink_put_u64(skb, digest, id->digest))
		return -EMSGSIZE;
	return 0;
}

static int put_vote(struct sk_buff *skb, const struct paxos_entry *entry)
{
	struct nlattr *nest = nla_nest_start(skb, PAXOS_A_BALLOT_VOTE);

	if (!nest ||
	    paxos_netlink_put_u64(skb, PAXOS_A_VOTE_INSTANCE, entry->instance) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_VOTE_BALLOT, entry->ballot) ||
	    put_id(skb, PAXOS_A_VOTE_CLIENT, PAXOS_A_VOTE_SEQUENCE, PAXOS_A_VOTE_DIGEST,
		   &entry->id) ||
	    nla_put_u32(skb, PAXOS_A_VOTE_KIND, entry->kind) ||
	    nla_put_u32(skb, PAXOS_A_VOTE_LENGTH, entry->length) ||
	    (entry->chosen && nla_put_flag(skb, PAXOS_A_VOTE_CHOSEN)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_promise(struct sk_buff *skb, const struct paxos_note *note)
{
	u16 i;

	if (nla_put_u32(skb, PAXOS_A_BALLOT_NODE, note->node) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_FROM, note->from) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_UPTO, note->upto) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_TRIM, note->trim))
		return -EMSGSIZE;
	for (i = 0; i < note->n_entries; i++)
		if (put_vote(skb, &note->entry[i]))
			return -EMSGSIZE;
	if ((note->whole && nla_put_flag(skb, PAXOS_A_BALLOT_WHOLE)) ||
	    (note->quorum && nla_put_flag(skb, PAXOS_A_BALLOT_QUORUM)))
		return -EMSGSIZE;
	return 0;
}

static int put_refused(struct sk_buff *skb, const struct paxos_note *note)
{
	if (nla_put_u32(skb, PAXOS_A_BALLOT_NODE, note->node) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_INSTANCE, note->instance) ||
	    nla_put_u32(skb, PAXOS_A_BALLOT_REFUSAL, note->reason) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_HIGHEST, note->highest))
		return -EMSGSIZE;
	return 0;
}

static int put_chosen(struct sk_buff *skb, const struct paxos_note *note)
{
	if (note->upto)
		return paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_UPTO, note->upto);
	if (paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_INSTANCE, note->instance) ||
	    put_id(skb, PAXOS_A_BALLOT_CLIENT, PAXOS_A_BALLOT_SEQUENCE, PAXOS_A_BALLOT_DIGEST,
		   &note->id) ||
	    nla_put_u32(skb, PAXOS_A_BALLOT_KIND, note->kind))
		return -EMSGSIZE;
	return 0;
}

static int put_grant(struct sk_buff *skb, const struct paxos_note *note)
{
	if (nla_put_u32(skb, PAXOS_A_BALLOT_WHY, note->reason) ||
	    (note->highest &&
	     paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_HIGHEST, note->highest)))
		return -EMSGSIZE;
	return 0;
}

/* To the socket that holds the ballot, and to it alone. */
static int unicast(struct paxos_group *group, const struct paxos_note *note, u8 cmd,
		   int (*put)(struct sk_buff *skb, const struct paxos_note *note))
{
	struct sk_buff *skb;
	void *head;

	skb = group_message(cmd, NOTE_SIZE + note->n_entries * VOTE_SIZE, group, &head);
	if (!skb)
		return -ENOMEM;
	if (paxos_netlink_put_u64(skb, PAXOS_A_BALLOT_BALLOT, note->ballot) || put(skb, note)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_unicast(group->home->net, skb, (u32)note->owner);
}

static int deliver(struct paxos_group *group, const struct paxos_note *note)
{
	switch (note->type) {
	case PAXOS_NOTE_STATE:
		paxos_deliver_group(group);
		return 0;
	case PAXOS_NOTE_MEMBER:
		paxos_deliver_member(group, note->node);
		return 0;
	case PAXOS_NOTE_DECIDED:
		decided(group, note);
		return 0;
	case PAXOS_NOTE_ALARM:
		alarm(group, note);
		return 0;
	case PAXOS_NOTE_LEADER:
		leader(group, note);
		return 0;
	case PAXOS_NOTE_GRANT:
		return unicast(group, note, PAXOS_CMD_GRANT_NTF, put_grant);
	case PAXOS_NOTE_PROMISE:
		return unicast(group, note, PAXOS_CMD_PROMISE_NTF, put_promise);
	case PAXOS_NOTE_REFUSED:
		return unicast(group, note, PAXOS_CMD_REFUSED_NTF, put_refused);
	case PAXOS_NOTE_CHOSEN:
		return unicast(group, note, PAXOS_CMD_CHOSEN_NTF, put_chosen);
	}
	return 0;
}

static int tell_reader(struct paxos_group *group, const struct paxos_barrier *b)
{
	struct sk_buff *skb;
	void *head;

	skb = group_message(PAXOS_CMD_BARRIER_NTF, NOTE_SIZE, group, &head);
	if (!skb)
		return -ENOMEM;
	if (paxos_netlink_put_u64(skb, PAXOS_A_BARRIER_COOKIE, b->cookie) ||
	    paxos_netlink_put_u64(skb, PAXOS_A_BARRIER_INSTANCE, b->point)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_unicast(group->home->net, skb, (u32)b->owner);
}

/**
 * paxos_deliver_notes - tell userspace what a step found out
 * @group: the group
 * @ob: the step's outbox
 *
 * Context: bottom halves off, as the step had them, which also keeps the
 * namespace from going; not under the group's lock.
 */
void paxos_deliver_notes(struct paxos_group *group, const struct paxos_outbox *ob)
{
	u64 lost = 0;
	u16 i;

	for (i = 0; i < ob->n_notes; i++)
		if (deliver(group, &ob->note[i]))
			lost++;
	if (lost)
		paxos_stats_add(group->stats, PAXOS_COUNTER_LOST, lost);
}

/**
 * paxos_deliver_barriers - tell those who waited for what a step let be decided
 * @group: the group
 * @b: the first; what was dropped, nobody waits for
 *
 * Who is not told, because its socket has no room, asks anew.
 *
 * Context: bottom halves off, as the step had them; not under the group's lock.
 */
void paxos_deliver_barriers(struct paxos_group *group, const struct paxos_barrier *b)
{
	u64 lost = 0;

	for (; b; b = b->next)
		if (b->done && tell_reader(group, b))
			lost++;
	if (lost)
		paxos_stats_add(group->stats, PAXOS_COUNTER_LOST, lost);
}

/* So many sockets and clients are told at once; more of them, one after the other. */
#define LETTERS		4
/* And one message has so many runs at most. */
#define RUNS_MAX	32
#define RUN_SIZE	64

/**
 * struct letter - a message to one socket about one client, while it is written
 * @skb: the message, NULL for none
 * @head: its header
 * @owner: the socket
 * @client: the client
 * @sequence: the run that is not in it yet: its first sequence
 * @instance: its first instance
 * @count: its length
 */
struct letter {
	struct sk_buff *skb;
	void *head;
	u64 owner;
	u64 client;
	u64 sequence;
	u64 instance;
	u32 count;
};

static bool begin(struct paxos_group *group, struct letter *letter, u32 runs)
{
	letter->skb = group_message(PAXOS_CMD_SUBMITTED_NTF, NOTE_SIZE + runs * RUN_SIZE, group,
				    &letter->head);
	if (!letter->skb)
		return false;
	if (!paxos_netlink_put_u64(letter->skb, PAXOS_A_SUBMIT_CLIENT, letter->client))
		return true;
	nlmsg_free(letter->skb);
	letter->skb = NULL;
	return false;
}

static bool put_run(struct letter *letter)
{
	struct nlattr *nest = nla_nest_start(letter->skb, PAXOS_A_SUBMIT_RUN);

	if (!nest)
		return false;
	if (paxos_netlink_put_u64(letter->skb, PAXOS_A_RUN_SEQUENCE, letter->sequence) ||
	    paxos_netlink_put_u64(letter->skb, PAXOS_A_RUN_INSTANCE, letter->instance) ||
	    nla_put_u32(letter->skb, PAXOS_A_RUN_COUNT, letter->count)) {
		nla_nest_cancel(letter->skb, nest);
		return false;
	}
	nla_nest_end(letter->skb, nest);
	return true;
}

static int post(struct paxos_group *group, struct letter *letter)
{
	struct sk_buff *skb = letter->skb;

	letter->skb = NULL;
	genlmsg_end(skb, letter->head);
	if (!READ_ONCE(stopped))
		return genlmsg_unicast(group->home->net, skb, (u32)letter->owner);
	nlmsg_free(skb);
	return 0;
}

/* The run is over; what has no room in the message begins another. */
static int end_run(struct paxos_group *group, struct letter *letter)
{
	int err;

	if (put_run(letter))
		return 0;
	err = post(group, letter);
	if (!begin(group, letter, RUNS_MAX))
		return -ENOMEM;
	return put_run(letter) ? err : -EMSGSIZE;
}

static int finish(struct paxos_group *group, struct letter *letter)
{
	int err;

	if (!letter->skb)
		return 0;
	err = end_run(group, letter);
	if (!letter->skb)
		return err;
	return post(group, letter) ? : err;
}

static bool goes_on(const struct letter *letter, const struct paxos_submission *s)
{
	return s->value->id.sequence == letter->sequence + letter->count &&
	       s->instance == (letter->instance ? letter->instance + letter->count : 0);
}

static int add(struct paxos_group *group, struct letter *letter,
	       const struct paxos_submission *s, u32 runs)
{
	int err = 0;

	if (letter->skb && goes_on(letter, s)) {
		letter->count++;
		return 0;
	}
	if (letter->skb)
		err = end_run(group, letter);
	letter->owner = s->owner;
	letter->client = s->value->id.client;
	letter->sequence = s->value->id.sequence;
	letter->instance = s->instance;
	letter->count = 1;
	if (!letter->skb && !begin(group, letter, runs))
		err = -ENOMEM;
	return err;
}

static struct letter *find(struct letter *letter, const struct paxos_submission *s)
{
	unsigned int i;

	for (i = 0; i < LETTERS; i++)
		if (letter[i].skb && letter[i].owner == s->owner &&
		    letter[i].client == s->value->id.client)
			return &letter[i];
	return NULL;
}

/**
 * paxos_deliver_submitted - tell those who submitted what became of it
 * @group: the group
 * @first: submissions that are done, linked by next, in the order of the log
 *
 * As few messages as can be: each wakes somebody up. Who is not told, because
 * its socket has no room, finds its values in the log.
 *
 * Context: bottom halves off; not under the group's lock.
 */
void paxos_deliver_submitted(struct paxos_group *group, const struct paxos_submission *first)
{
	struct letter letter[LETTERS] __uninitialized;
	const struct paxos_submission *s;
	u32 lost = 0, runs = 0, next = 0;
	unsigned int i;

	for (i = 0; i < LETTERS; i++)
		letter[i].skb = NULL;
	for (s = first; s && runs < RUNS_MAX; s = s->next)
		runs++;
	for (s = first; s; s = s->next) {
		struct letter *to;

		if (!s->owner)
			continue;
		to = find(letter, s);
		if (!to) {
			to = &letter[next++ % LETTERS];
			lost += !!finish(group, to);
		}
		lost += !!add(group, to, s, runs);
	}
	for (i = 0; i < LETTERS; i++)
		lost += !!finish(group, &letter[i]);
	if (lost)
		paxos_stats_add(group->stats, PAXOS_COUNTER_LOST, lost);
}
