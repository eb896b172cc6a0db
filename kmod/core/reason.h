/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a datagram was dropped: one name for the counter, the tracepoint and
 * the reader. The first block is found before a group's state is touched.
 */
#ifndef _PAXOS_CORE_REASON_H
#define _PAXOS_CORE_REASON_H

#define PAXOS_REASONS(X)							\
	X(OK, "ok", "not dropped")						\
	X(SHORT, "short", "shorter than its header")				\
	X(VERSION, "version", "another version of the protocol")		\
	X(TYPE, "type", "no such message")					\
	X(LENGTH, "length", "its length is not what it says")			\
	X(PADDING, "padding", "padding is not zero")				\
	X(FIELD, "field", "a field out of range")				\
	X(AUTH, "auth", "tagged in a way that the group does not use")		\
	X(NO_GROUP, "no-group", "no such group here")				\
	X(NO_MEMBER, "no-member", "sender is not a configured member")		\
	X(ADDRESS, "address", "source is not the member's address")		\
	X(SELF, "self", "carries this node's own id")				\
	X(LARGE, "large", "larger than any message")				\
	X(BUNDLE, "bundle", "what follows its first message makes no bundle")	\
	X(CHECKSUM, "checksum", "UDP checksum is wrong")			\
	X(NO_MEMORY, "no-memory", "no memory to look at it")			\
	X(DEAD, "dead", "the group is being deleted")				\
	X(NO_IDENTITY, "no-identity", "the group has no identity here")		\
	X(IDENTITY, "identity", "another life of the group")			\
	X(INCARNATION, "incarnation", "not the sender's known incarnation")	\
	X(NO_VOTER, "no-voter", "only a voter may say this")			\
	X(MEMBERSHIP, "membership", "another version of the membership")	\
	X(OPTIONS, "options", "the voters' options differ")			\
	X(MUTE, "mute", "this node is no voter")				\
	X(BALLOT, "ballot", "below the promise, refused")			\
	X(FAST, "fast", "a fast ballot where only a classic one will do")	\
	X(NOT_OWNER, "not-owner", "a ballot that is not its sender's")		\
	X(STALE, "stale", "answers what is over")				\
	X(SETTLED, "settled", "asks for a vote where another value is chosen")	\
	X(NONCE, "nonce", "answers another attempt")				\
	X(WINDOW, "window", "above the window, refused")			\
	X(TRIMMED, "trimmed", "at or below the trim point")			\
	X(FULL, "full", "the log is full, refused")				\
	X(POOL_EMPTY, "pool-empty", "no memory at hand; sent again")		\
	X(DIGEST, "digest", "bytes do not match their digest")			\
	X(UNWANTED, "unwanted", "a part of nothing that is awaited")		\
	X(DUPLICATE, "duplicate", "heard before")				\
	X(AHEAD, "ahead", "submitted before what comes before it")		\
	X(EQUIVOCATION, "equivocation", "two values at one classic ballot")	\
	X(DISAGREEMENT, "disagreement", "contradicts what is chosen here")	\
	X(UNKNOWN, "unknown", "asks for what is not here")			\
	X(OUTBOX_FULL, "outbox-full", "an answer that found no room")

enum paxos_reason {
#define X(name, text, doc) PAXOS_REASON_##name,
	PAXOS_REASONS(X)
#undef X
	PAXOS_REASON_COUNT
};

const char *paxos_reason_name(enum paxos_reason reason);

#endif
