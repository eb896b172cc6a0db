/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: datagrams that come, go and are dropped, and what is decided. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM paxos

#if !defined(_PAXOS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PAXOS_TRACE_H

#include <linux/tracepoint.h>

#include "core/reason.h"
#include "core/port.h"

#define show_type(type)						\
	__print_symbolic(type,					\
			 { PAXOS_WIRE_HELLO,	"hello" },	\
			 { PAXOS_WIRE_INIT,	"init" },	\
			 { PAXOS_WIRE_PREPARE,	"prepare" },	\
			 { PAXOS_WIRE_PROMISE,	"promise" },	\
			 { PAXOS_WIRE_ACCEPT,	"accept" },	\
			 { PAXOS_WIRE_ACCEPTED,	"accepted" },	\
			 { PAXOS_WIRE_REFUSED,	"refused" },	\
			 { PAXOS_WIRE_DECIDED,	"decided" },	\
			 { PAXOS_WIRE_LEARN,	"learn" },	\
			 { PAXOS_WIRE_VALUES,	"values" },	\
			 { PAXOS_WIRE_FETCH,	"fetch" },	\
			 { PAXOS_WIRE_PART,	"part" })

TRACE_DEFINE_ENUM(PAXOS_WIRE_HELLO);
TRACE_DEFINE_ENUM(PAXOS_WIRE_INIT);
TRACE_DEFINE_ENUM(PAXOS_WIRE_PREPARE);
TRACE_DEFINE_ENUM(PAXOS_WIRE_PROMISE);
TRACE_DEFINE_ENUM(PAXOS_WIRE_ACCEPT);
TRACE_DEFINE_ENUM(PAXOS_WIRE_ACCEPTED);
TRACE_DEFINE_ENUM(PAXOS_WIRE_REFUSED);
TRACE_DEFINE_ENUM(PAXOS_WIRE_DECIDED);
TRACE_DEFINE_ENUM(PAXOS_WIRE_LEARN);
TRACE_DEFINE_ENUM(PAXOS_WIRE_VALUES);
TRACE_DEFINE_ENUM(PAXOS_WIRE_FETCH);
TRACE_DEFINE_ENUM(PAXOS_WIRE_PART);

#define show_state(state)						\
	__print_symbolic(state,						\
			 { PAXOS_STATE_CONFIGURED,	"configured" },	\
			 { PAXOS_STATE_ADOPTED,		"adopted" },	\
			 { PAXOS_STATE_VOTING,		"voting" },	\
			 { PAXOS_STATE_LEARNING,	"learning" },	\
			 { PAXOS_STATE_MUTE,		"mute" })

TRACE_DEFINE_ENUM(PAXOS_STATE_CONFIGURED);
TRACE_DEFINE_ENUM(PAXOS_STATE_ADOPTED);
TRACE_DEFINE_ENUM(PAXOS_STATE_VOTING);
TRACE_DEFINE_ENUM(PAXOS_STATE_LEARNING);
TRACE_DEFINE_ENUM(PAXOS_STATE_MUTE);

#undef X
#define X(name, text, doc) TRACE_DEFINE_ENUM(PAXOS_REASON_##name);
PAXOS_REASONS(X)

#undef X
#define X(name, text, doc) { PAXOS_REASON_##name, text },
#define show_reason(reason) \
	__print_symbolic(reason, PAXOS_REASONS(X) { PAXOS_REASON_COUNT, "none" })

TRACE_EVENT(paxos_drop,
	TP_PROTO(u32 group, u8 sender, enum paxos_reason reason, u32 bytes),
	TP_ARGS(group, sender, reason, bytes),
	TP_STRUCT__entry(
		__field(u32, group)
		__field(u32, bytes)
		__field(int, reason)
		__field(u8, sender)
	),
	TP_fast_assign(
		__entry->group = group;
		__entry->bytes = bytes;
		__entry->reason = reason;
		__entry->sender = sender;
	),
	TP_printk("group=%u sender=%u bytes=%u reason=%s",
		  __entry->group, __entry->sender, __entry->bytes,
		  show_reason(__entry->reason))
);

TRACE_EVENT(paxos_receive,
	TP_PROTO(u32 group, u8 sender, u8 type, u32 bytes),
	TP_ARGS(group, sender, type, bytes),
	TP_STRUCT__entry(
		__field(u32, group)
		__field(u32, bytes)
		__field(u8, sender)
		__field(u8, type)
	),
	TP_fast_assign(
		__entry->group = group;
		__entry->bytes = bytes;
		__entry->sender = sender;
		__entry->type = type;
	),
	TP_printk("group=%u sender=%u type=%s bytes=%u",
		  __entry->group, __entry->sender, show_type(__entry->type),
		  __entry->bytes)
);

TRACE_EVENT(paxos_send,
	TP_PROTO(u32 group, u8 to, u8 type, u32 bytes, int error),
	TP_ARGS(group, to, type, bytes, error),
	TP_STRUCT__entry(
		__field(u32, group)
		__field(u32, bytes)
		__field(int, error)
		__field(u8, to)
		__field(u8, type)
	),
	TP_fast_assign(
		__entry->group = group;
		__entry->bytes = bytes;
		__entry->error = error;
		__entry->to = to;
		__entry->type = type;
	),
	TP_printk("group=%u to=%u type=%s bytes=%u error=%d",
		  __entry->group, __entry->to, show_type(__entry->type),
		  __entry->bytes, __entry->error)
);

TRACE_EVENT(paxos_decided,
	TP_PROTO(u32 group, u64 first, u64 upto),
	TP_ARGS(group, first, upto),
	TP_STRUCT__entry(
		__field(u64, first)
		__field(u64, upto)
		__field(u32, group)
	),
	TP_fast_assign(
		__entry->first = first;
		__entry->upto = upto;
		__entry->group = group;
	),
	TP_printk("group=%u first=%llu upto=%llu",
		  __entry->group, __entry->first, __entry->upto)
);

TRACE_EVENT(paxos_state,
	TP_PROTO(u32 group, u8 state),
	TP_ARGS(group, state),
	TP_STRUCT__entry(
		__field(u32, group)
		__field(u8, state)
	),
	TP_fast_assign(
		__entry->group = group;
		__entry->state = state;
	),
	TP_printk("group=%u state=%s", __entry->group, show_state(__entry->state))
);

#endif /* _PAXOS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
