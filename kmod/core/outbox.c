// SPDX-License-Identifier: GPL-2.0
/* The outbox: messages and notes that a step leaves to its caller. */

#include "outbox.h"

/**
 * paxos_outbox_init - make it empty
 * @ob: the outbox; only its head is written
 */
void paxos_outbox_init(struct paxos_outbox *ob)
{
	ob->n_out = 0;
	ob->n_entries = 0;
	ob->n_notes = 0;
	ob->lost = 0;
	ob->barriers = NULL;
	ob->done = NULL;
	ob->last_done = NULL;
}

/**
 * paxos_outbox_message - append a message
 * @ob: the outbox
 * @type: enum paxos_wire_type
 * @to: nodes it goes to
 *
 * Return: the message, zeroed, or NULL when there is no room: the message is
 * lost then, as any datagram may be.
 */
struct paxos_out *paxos_outbox_message(struct paxos_outbox *ob, u8 type, u64 to)
{
	struct paxos_out *out;

	if (!to)
		return NULL;
	if (ob->n_out == PAXOS_OUTBOX_MESSAGES) {
		ob->lost++;
		return NULL;
	}
	out = &ob->out[ob->n_out++];
	paxos_msg_clear(&out->msg);
	out->msg.type = type;
	out->msg.entry = &ob->entry[ob->n_entries];
	out->to = to;
	out->after = 0;
	out->size = 0;
	return out;
}

/**
 * paxos_outbox_entry - append an entry to the message appended last
 * @ob: the outbox
 * @msg: the message
 *
 * Return: the entry, zeroed, or NULL when there is no room.
 */
struct paxos_entry *paxos_outbox_entry(struct paxos_outbox *ob, struct paxos_msg *msg)
{
	struct paxos_entry *entry;

	if (ob->n_entries == PAXOS_OUTBOX_ENTRIES || msg->n_entries == PAXOS_ENTRIES_MAX) {
		ob->lost++;
		return NULL;
	}
	if (PAXOS_VIOLATED(&msg->entry[msg->n_entries] != &ob->entry[ob->n_entries]))
		return NULL;
	entry = &ob->entry[ob->n_entries++];
	msg->n_entries++;
	memset(entry, 0, sizeof(*entry));
	return entry;
}

/**
 * paxos_outbox_append - append a value to the message appended last, if it fits
 * @ob: the outbox
 * @out: an ACCEPT, a VALUES or a SUBMIT; all its entries came by this way
 * @instance: where it is; 0 for a SUBMIT, which has none
 * @ballot: at which ballot, 0 for none
 * @value: the value; with its bytes, and then a reference is taken, if it is short
 * @chosen: it is known to be chosen
 *
 * Return: false when a datagram, or the outbox, has no room for it.
 */
bool paxos_outbox_append(struct paxos_outbox *ob, struct paxos_out *out, u64 instance,
			 u64 ballot, struct paxos_value *value, bool chosen)
{
	return paxos_outbox_put(ob, out, instance, ballot, value, chosen);
}

/**
 * paxos_outbox_encode - write a message
 * @out: the message
 * @buf: where to
 * @size: bytes there
 * @header: the sender's header; its type is taken from the message
 *
 * Context: any; the values are referenced, no lock is needed.
 * Return: bytes written, 0 if they do not fit @size or a datagram.
 */
size_t paxos_outbox_encode(const struct paxos_out *out, u8 *buf, size_t size,
			   const struct paxos_header *header)
{
	if (!out->size || PAXOS_VIOLATED(out->size > size))
		return paxos_wire_encode(buf, size, header, &out->msg);
	paxos_wire_write(buf, out->size, header, &out->msg);
	return out->size;
}

/**
 * paxos_outbox_note - append a note
 * @ob: the outbox
 * @type: enum paxos_note_type
 *
 * Return: the note, zeroed, or NULL when there is no room; who waits for it
 * asks again after its timeout.
 */
struct paxos_note *paxos_outbox_note(struct paxos_outbox *ob, u8 type)
{
	struct paxos_note *note;

	if (ob->n_notes == PAXOS_OUTBOX_NOTES) {
		ob->lost++;
		return NULL;
	}
	note = &ob->note[ob->n_notes++];
	memset(note, 0, sizeof(*note));
	note->type = type;
	return note;
}

/**
 * paxos_outbox_note_entries - let a note report a message's entries
 * @ob: the outbox
 * @note: the note appended last
 * @msg: the message; its bytes are not reported
 *
 * Return: false when there is no room; the note is taken back then.
 */
bool paxos_outbox_note_entries(struct paxos_outbox *ob, struct paxos_note *note,
			       const struct paxos_msg *msg)
{
	struct paxos_entry *entry = &ob->entry[ob->n_entries];
	u16 i;

	if (msg->n_entries > PAXOS_OUTBOX_ENTRIES - ob->n_entries) {
		ob->n_notes--;
		ob->lost++;
		return false;
	}
	for (i = 0; i < msg->n_entries; i++) {
		entry[i] = msg->entry[i];
		entry[i].bytes = NULL;
		entry[i].value = NULL;
	}
	note->entry = entry;
	note->n_entries = msg->n_entries;
	ob->n_entries = (u16)(ob->n_entries + msg->n_entries);
	return true;
}

/**
 * paxos_outbox_release - let go of the values once all is sent and told
 * @ob: the outbox, empty afterwards; its barriers must have been taken
 *
 * Context: any, with or without the group's lock; the group's pool must live.
 */
void paxos_outbox_release(struct paxos_outbox *ob)
{
	u16 i;

	PAXOS_VIOLATED(ob->barriers);
	for (i = 0; i < ob->n_entries; i++)
		paxos_value_put(ob->entry[i].value);
	paxos_outbox_init(ob);
}
