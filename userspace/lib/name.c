// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the numbers in the netlink contract, as its spec spells them.
 */
#include "nl.h"

#define NAME(names, number)						\
	((number) < ARRAY_SIZE(names) && (names)[number] ?		\
	 (names)[number] : "unknown")

/**
 * paxosnl_store_name - name of an enum paxos_store
 * @store: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_store_name(uint32_t store)
{
	static const char * const names[] = {
		[PAXOS_STORE_VOLATILE]		= "volatile",
	};

	return NAME(names, store);
}

/**
 * paxosnl_auth_name - name of an enum paxos_auth
 * @auth: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_auth_name(uint32_t auth)
{
	static const char * const names[] = {
		[PAXOS_AUTH_NONE]		= "none",
	};

	return NAME(names, auth);
}

/**
 * paxosnl_role_name - name of an enum paxos_role
 * @role: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_role_name(uint32_t role)
{
	static const char * const names[] = {
		[PAXOS_ROLE_VOTER]		= "voter",
		[PAXOS_ROLE_LEARNER]		= "learner",
	};

	return NAME(names, role);
}

/**
 * paxosnl_state_name - name of an enum paxos_state
 * @state: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_state_name(uint32_t state)
{
	static const char * const names[] = {
		[PAXOS_STATE_CONFIGURED]	= "configured",
		[PAXOS_STATE_ADOPTED]		= "adopted",
		[PAXOS_STATE_VOTING]		= "voting",
		[PAXOS_STATE_LEARNING]		= "learning",
		[PAXOS_STATE_MUTE]		= "mute",
	};

	return NAME(names, state);
}

/**
 * paxosnl_kind_name - name of an enum paxos_kind
 * @kind: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_kind_name(uint32_t kind)
{
	static const char * const names[] = {
		[PAXOS_KIND_VALUE]		= "value",
		[PAXOS_KIND_NO_OP]		= "no-op",
		[PAXOS_KIND_CLOSE]		= "close",
	};

	return NAME(names, kind);
}

/**
 * paxosnl_refusal_name - name of an enum paxos_refusal
 * @refusal: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_refusal_name(uint32_t refusal)
{
	static const char * const names[] = {
		[PAXOS_REFUSAL_BALLOT]		= "ballot",
		[PAXOS_REFUSAL_WINDOW]		= "window",
		[PAXOS_REFUSAL_TRIMMED]		= "trimmed",
		[PAXOS_REFUSAL_FULL]		= "full",
		[PAXOS_REFUSAL_MUTE]		= "mute",
		[PAXOS_REFUSAL_MEMBERSHIP]	= "membership",
	};

	return NAME(names, refusal);
}

/**
 * paxosnl_alarm_name - name of an enum paxos_alarm
 * @alarm: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_alarm_name(uint32_t alarm)
{
	static const char * const names[] = {
		[PAXOS_ALARM_EQUIVOCATION]	= "equivocation",
		[PAXOS_ALARM_DISAGREEMENT]	= "disagreement",
		[PAXOS_ALARM_DIVERGENCE]	= "divergence",
		[PAXOS_ALARM_LOG_FILLING]	= "log-filling",
		[PAXOS_ALARM_TRIMMED_AWAY]	= "trimmed-away",
	};

	return NAME(names, alarm);
}

/**
 * paxosnl_verdict_name - name of an enum paxosnl_verdict
 * @verdict: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_verdict_name(uint32_t verdict)
{
	static const char * const names[] = {
		[PAXOSNL_DELIVER]		= "deliver",
		[PAXOSNL_SKIP_REPEAT]		= "repeat",
		[PAXOSNL_SKIP_GAP]		= "gap",
		[PAXOSNL_SKIP_CLOSED]		= "closed",
		[PAXOSNL_SKIP_UNKNOWN]		= "unknown-session",
		[PAXOSNL_SKIP_CLOSE]		= "close",
		[PAXOSNL_SKIP_NO_OP]		= "no-op",
	};

	return NAME(names, verdict);
}

/**
 * paxosnl_grant_end_name - name of an enum paxos_grant_end
 * @why: the number
 *
 * Return: the name, "unknown" if there is none.
 */
const char *paxosnl_grant_end_name(uint32_t why)
{
	static const char * const names[] = {
		[PAXOS_GRANT_RESIGNED]		= "resigned",
		[PAXOS_GRANT_OUTBID]		= "outbid",
		[PAXOS_GRANT_NOT_RENEWED]	= "not-renewed",
		[PAXOS_GRANT_ALONE]		= "alone",
	};

	return NAME(names, why);
}
