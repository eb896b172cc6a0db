/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts of refusals that are made at run time. Linux 6.3 gave an extended ACK
 * a buffer for them; before, a text has to outlive the ACK, so it is a constant
 * one that names no numbers.
 */
#ifndef _PAXOS_COMPAT_LINUX_NETLINK_H
#define _PAXOS_COMPAT_LINUX_NETLINK_H

#include_next <linux/netlink.h>

/* NL_SET_ERR_MSG() for a constant text that is chosen at run time. */
static inline void paxos_extack_text(struct netlink_ext_ack *extack, const char *text)
{
	do_trace_netlink_extack(text);
	if (extack)
		extack->_msg = text;
}

/* As the above where @fmt cannot be kept, or does not fit. */
static inline __printf(3, 4)
void paxos_extack_format(struct netlink_ext_ack *extack, const char *text, const char *fmt, ...)
{
#ifdef NETLINK_MAX_FMTMSG_LEN
	if (extack) {
		va_list args;

		va_start(args, fmt);
		if (vsnprintf(extack->_msg_buf, sizeof(extack->_msg_buf), fmt, args) <
		    sizeof(extack->_msg_buf))
			text = extack->_msg_buf;
		va_end(args);
	}
#endif
	paxos_extack_text(extack, text);
}

#endif
