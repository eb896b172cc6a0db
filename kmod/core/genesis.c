// SPDX-License-Identifier: GPL-2.0
/* Genesis: a group comes to life once; until then and after, members greet. */

#include "genesis.h"
#include "learner.h"
#include "rest.h"

static bool is_zero(const u8 id[PAXOS_ID_BYTES])
{
	static const u8 zero[PAXOS_ID_BYTES];

	return !memcmp(id, zero, PAXOS_ID_BYTES);
}

static void refuse(struct paxos_event *ev, int error, u8 node, const char *why)
{
	ev->error = error;
	ev->node = node;
	ev->why = why;
}

static void set_state(struct paxos_core *core, u8 state, struct paxos_outbox *ob)
{
	if (core->state == state)
		return;
	core->state = state;
	core->hello_at = core->now;
	paxos_outbox_note(ob, PAXOS_NOTE_STATE);
}

/* What members told of themselves before holds if it was of this life. */
static void take_stock(struct paxos_core *core)
{
	u8 node;

	for (node = 1; node <= PAXOS_NODE_MAX; node++) {
		struct paxos_peer *peer = paxos_core_peer(core, node);

		if (memcmp(peer->identity, core->identity, PAXOS_ID_BYTES)) {
			peer->prefix = 0;
			peer->trim = 0;
			peer->follows = 0;
		} else {
			paxos_learner_heard(core, node, peer->prefix);
		}
	}
}

static void set_identity(struct paxos_core *core, const struct paxos_membership *m,
			 const u8 identity[PAXOS_ID_BYTES], u8 state, struct paxos_outbox *ob)
{
	core->membership = *m;
	memcpy(core->identity, identity, PAXOS_ID_BYTES);
	core->window.size = m->options.window;
	core->window.bytes = m->options.window_bytes;
	core->init_at = core->now;
	paxos_core_record(core);
	take_stock(core);
	set_state(core, state, ob);
}

/* Does a voter, as it told of itself, share this node's identity? */
static bool has_adopted(struct paxos_core *core, const struct paxos_voter *voter)
{
	const struct paxos_peer *peer = paxos_core_peer(core, voter->node);

	if (voter->node == core->config.node)
		return true;
	return peer->heard && !memcmp(peer->identity, core->identity, PAXOS_ID_BYTES) &&
	       !memcmp(peer->incarnation, voter->incarnation, PAXOS_ID_BYTES);
}

static u64 not_adopted(struct paxos_core *core)
{
	const struct paxos_membership *m = &core->membership;
	u64 nodes = 0;
	int i;

	for (i = 0; i < m->options.quorum.voters; i++)
		if (!has_adopted(core, &m->voter[i]))
			nodes |= paxos_node_bit(m->voter[i].node);
	return nodes;
}

static void send_init(struct paxos_core *core, u64 to, struct paxos_outbox *ob)
{
	const struct paxos_membership *m = &core->membership;
	struct paxos_out *out;

	out = paxos_outbox_message(ob, PAXOS_WIRE_INIT, to & ~paxos_core_self(core));
	if (!out)
		return;
	out->msg.init.options = m->options;
	memcpy(out->msg.init.voter, m->voter, sizeof(m->voter));
	out->msg.init.live = core->state != PAXOS_STATE_ADOPTED;
}

static struct paxos_out *greet(struct paxos_core *core, u64 to, struct paxos_outbox *ob)
{
	struct paxos_out *out = paxos_outbox_message(ob, PAXOS_WIRE_HELLO, to);

	if (!out)
		return NULL;
	paxos_core_options(core, &out->msg.hello.options);
	out->msg.hello.prefix = core->window.prefix;
	out->msg.hello.trim = core->window.trim;
	out->msg.hello.hash = core->window.hash;
	out->msg.hello.highest = core->highest;
	out->msg.hello.follows = core->leader.ballot;
	out->msg.hello.state = core->state;
	return out;
}

/**
 * paxos_genesis_greet - send HELLO
 * @core: the group
 * @to: to whom
 * @ask: want one back at once
 * @ob: the outbox
 */
void paxos_genesis_greet(struct paxos_core *core, u64 to, bool ask, struct paxos_outbox *ob)
{
	struct paxos_out *out = greet(core, to, ob);

	if (out)
		out->msg.hello.ask = ask;
}

/**
 * paxos_genesis_ask - have every member say whom it follows
 * @core: the group
 * @ob: the outbox
 *
 * A note tells of each answer for a second: it shows, too, that the member is
 * reached and heard.
 */
void paxos_genesis_ask(struct paxos_core *core, struct paxos_outbox *ob)
{
	core->asked_at = core->now;
	paxos_genesis_greet(core, paxos_core_members(core), true, ob);
}

/* Who asked learns that the way there and back is whole. */
static void answer(struct paxos_core *core, u8 to, struct paxos_outbox *ob)
{
	struct paxos_out *out = greet(core, paxos_node_bit(to), ob);

	if (out)
		out->msg.hello.answer = true;
}

/* Every voter must be up, mean the same group, and belong to no other life of it. */
static bool collect(struct paxos_core *core, struct paxos_event *ev, struct paxos_membership *m)
{
	u8 node, n = 0;

	for (node = 1; node <= PAXOS_NODE_MAX; node++) {
		const struct paxos_peer *peer = paxos_core_peer(core, node);
		const u8 *incarnation = peer->incarnation;

		if (!(m->options.voters & paxos_node_bit(node)))
			continue;
		if (node == core->config.node) {
			incarnation = core->config.incarnation;
		} else if (!peer->heard || core->now - peer->heard_at >= PAXOS_SILENT_MS) {
			refuse(ev, -ENOTCONN, node, "a voter has not been heard from");
			return false;
		} else if (!peer->agrees) {
			refuse(ev, -EINVAL, node, "a voter has other options or other voters");
			return false;
		}
		m->voter[n].node = node;
		memcpy(m->voter[n].incarnation, incarnation, PAXOS_ID_BYTES);
		n++;
	}
	return true;
}

/**
 * paxos_genesis_init - group init
 * @core: the group
 * @ev: PAXOS_EVENT_INIT
 * @ob: the outbox
 *
 * The identity follows from the voters and their incarnations, so an init that
 * is repeated, here or elsewhere, is the same init. It ends when every voter
 * has adopted the identity; a note tells.
 */
void paxos_genesis_init(struct paxos_core *core, struct paxos_event *ev,
			struct paxos_outbox *ob)
{
	struct paxos_membership m = { .version = 0 };
	u8 identity[PAXOS_ID_BYTES];
	const char *why;
	int i;

	if (core->state == PAXOS_STATE_VOTING)
		return;
	if (core->state == PAXOS_STATE_ADOPTED)
		return send_init(core, not_adopted(core), ob);
	if (paxos_core_has_identity(core))
		return refuse(ev, -EEXIST, 0,
			      "the group lives already, and this node does not vote in it");
	if (core->config.role != PAXOS_ROLE_VOTER)
		return refuse(ev, -EINVAL, 0, "this node is a learner: run init at a voter");
	paxos_core_options(core, &m.options);
	why = paxos_quorum_check(&m.options.quorum);
	if (why)
		return refuse(ev, -EINVAL, 0, why);
	if (!collect(core, ev, &m))
		return;
	paxos_membership_identity(&m, core->config.group, identity);
	for (i = 0; i < m.options.quorum.voters; i++) {
		const struct paxos_peer *peer = paxos_core_peer(core, m.voter[i].node);

		if (m.voter[i].node == core->config.node || is_zero(peer->identity) ||
		    !memcmp(peer->identity, identity, PAXOS_ID_BYTES))
			continue;
		return refuse(ev, -EEXIST, m.voter[i].node,
			      "a voter belongs to another life of the group: delete and add it there");
	}
	set_identity(core, &m, identity, PAXOS_STATE_ADOPTED, ob);
	if (!not_adopted(core))
		set_state(core, PAXOS_STATE_VOTING, ob);
	send_init(core, not_adopted(core), ob);
}

static void vote_if_all_adopted(struct paxos_core *core, struct paxos_outbox *ob)
{
	if (core->state == PAXOS_STATE_ADOPTED && !not_adopted(core))
		set_state(core, PAXOS_STATE_VOTING, ob);
}

/**
 * paxos_genesis_adopt - INIT: adopt an identity
 * @core: the group
 * @from: the member
 * @msg: the message
 * @header: its header
 * @ob: the outbox
 *
 * As a voter only under an incarnation that the membership names and with the
 * very options it was made from; else, once the group lives, as a learner. P8
 *
 * Return: PAXOS_REASON_OK, or why not.
 */
enum paxos_reason paxos_genesis_adopt(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg,
				      const struct paxos_header *header,
				      struct paxos_outbox *ob)
{
	struct paxos_membership m = {
		.version = header->membership,
		.options = msg->init.options,
	};
	const struct paxos_peer *peer = paxos_core_peer(core, from);
	struct paxos_options own;
	u8 identity[PAXOS_ID_BYTES];

	memcpy(m.voter, msg->init.voter, sizeof(m.voter));
	paxos_membership_identity(&m, core->config.group, identity);
	if (m.version || memcmp(identity, header->identity, PAXOS_ID_BYTES))
		return PAXOS_REASON_IDENTITY;
	/* Who tells of an identity has it himself. */
	if (!msg->init.live && !paxos_membership_names(&m, from, header->incarnation))
		return PAXOS_REASON_INCARNATION;
	if (paxos_core_has_identity(core)) {
		if (memcmp(core->identity, identity, PAXOS_ID_BYTES))
			return PAXOS_REASON_IDENTITY;
		if (core->state == PAXOS_STATE_ADOPTED && msg->init.live)
			set_state(core, PAXOS_STATE_VOTING, ob);
		else
			paxos_genesis_greet(core, paxos_node_bit(from), false, ob);
		return PAXOS_REASON_OK;
	}
	if (paxos_membership_names(&m, core->config.node, core->config.incarnation)) {
		paxos_core_options(core, &own);
		if (core->config.role != PAXOS_ROLE_VOTER ||
		    !paxos_options_equal(&own, &m.options))
			return PAXOS_REASON_OPTIONS;
		set_identity(core, &m, identity, msg->init.live ? PAXOS_STATE_VOTING :
			     PAXOS_STATE_ADOPTED, ob);
		vote_if_all_adopted(core, ob);
		return PAXOS_REASON_OK;
	}
	if (!msg->init.live)
		return PAXOS_REASON_INCARNATION;
	/* One of a life before, replayed, must not be taken for the present. */
	if (!peer->heard || memcmp(peer->incarnation, header->incarnation, PAXOS_ID_BYTES))
		return PAXOS_REASON_INCARNATION;
	set_identity(core, &m, identity, core->config.role == PAXOS_ROLE_LEARNER ?
		     PAXOS_STATE_LEARNING : PAXOS_STATE_MUTE, ob);
	return PAXOS_REASON_OK;
}

/* Equal prefixes have equal hashes, or something is broken beyond repair. P21 */
static void compare(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
		    struct paxos_outbox *ob)
{
	const struct paxos_window *w = &core->window;
	u64 prefix = msg->hello.prefix;
	const struct paxos_slot *slot;
	u64 hash;

	if (!prefix || prefix < w->trim || prefix > w->prefix)
		return;
	slot = paxos_window_find(w, prefix);
	if (prefix == w->trim)
		hash = w->trim_hash;
	else if (slot)
		hash = slot->hash;
	else
		return;
	if (hash != msg->hello.hash)
		paxos_core_alarm(core, PAXOS_ALARM_DIVERGENCE, from, prefix, ob);
}

/* A member of the same life told how far it is. */
static void hello_same(struct paxos_core *core, u8 from, const struct paxos_msg *msg,
		       const struct paxos_header *header, struct paxos_outbox *ob)
{
	bool votes = paxos_membership_names(&core->membership, from, header->incarnation);

	paxos_core_saw(core, msg->hello.highest);
	paxos_learner_heard(core, from, msg->hello.prefix);
	compare(core, from, msg, ob);
	if (core->state == PAXOS_STATE_ADOPTED) {
		/* That one votes means that all had adopted. */
		if (votes && msg->hello.state == PAXOS_STATE_VOTING)
			set_state(core, PAXOS_STATE_VOTING, ob);
		else
			vote_if_all_adopted(core, ob);
	} else if (votes && msg->hello.state == PAXOS_STATE_ADOPTED) {
		send_init(core, paxos_node_bit(from), ob);
	}
}

/* A member knows of no identity: tell it, if it may know. */
static void hello_none(struct paxos_core *core, u8 from, const struct paxos_header *header,
		       struct paxos_outbox *ob)
{
	if (core->state != PAXOS_STATE_ADOPTED ||
	    paxos_membership_names(&core->membership, from, header->incarnation))
		send_init(core, paxos_node_bit(from), ob);
}

/**
 * paxos_genesis_hello - HELLO: how a member is
 * @core: the group
 * @from: the member
 * @msg: the message
 * @header: its header
 * @ob: the outbox
 *
 * Return: PAXOS_REASON_OK, or IDENTITY when it belongs to another life.
 */
enum paxos_reason paxos_genesis_hello(struct paxos_core *core, u8 from,
				      const struct paxos_msg *msg,
				      const struct paxos_header *header,
				      struct paxos_outbox *ob)
{
	struct paxos_peer *peer = paxos_core_peer(core, from);
	bool same = !memcmp(header->identity, core->identity, PAXOS_ID_BYTES);
	bool asked = core->asked_at && core->now - core->asked_at < PAXOS_HELLO_MS;
	bool news = !peer->heard || peer->state != msg->hello.state ||
		    (msg->hello.answer && asked) ||
		    peer->follows != (same ? msg->hello.follows : 0) ||
		    memcmp(peer->incarnation, header->incarnation, PAXOS_ID_BYTES);
	enum paxos_reason reason = PAXOS_REASON_OK;
	struct paxos_options own;
	struct paxos_note *note;

	paxos_core_options(core, &own);
	peer->heard = true;
	peer->heard_at = core->now;
	peer->agrees = paxos_options_equal(&own, &msg->hello.options);
	peer->state = msg->hello.state;
	peer->boot = header->boot;
	peer->prefix = same || !paxos_core_has_identity(core) ? msg->hello.prefix : 0;
	peer->trim = same || !paxos_core_has_identity(core) ? msg->hello.trim : 0;
	peer->follows = same ? msg->hello.follows : 0;
	if (msg->hello.answer)
		peer->answered_at = core->now;
	/* It missed this leader's heartbeats, and pulses tell nobody whom to follow. */
	if (same && msg->hello.follows != core->grant.ballot)
		paxos_rest_stir(core);
	memcpy(peer->incarnation, header->incarnation, PAXOS_ID_BYTES);
	memcpy(peer->identity, header->identity, PAXOS_ID_BYTES);
	/* Before an INIT, which is believed of who was heard. */
	if (msg->hello.ask)
		answer(core, from, ob);
	if (paxos_core_has_identity(core)) {
		if (is_zero(header->identity))
			hello_none(core, from, header, ob);
		else if (same)
			hello_same(core, from, msg, header, ob);
		else
			reason = PAXOS_REASON_IDENTITY;
	}
	if (news) {
		note = paxos_outbox_note(ob, PAXOS_NOTE_MEMBER);
		if (note)
			note->node = from;
	}
	return reason;
}

static bool awaits_a_greeting(struct paxos_core *core)
{
	u8 node;

	if (!paxos_core_has_identity(core))
		return true;
	for (node = 1; node <= PAXOS_NODE_MAX; node++)
		if (paxos_core_peer(core, node)->present && !paxos_core_peer(core, node)->heard)
			return true;
	return false;
}

/**
 * paxos_genesis_tick - greet every second, sooner after a change
 * @core: the group
 * @ob: the outbox
 */
void paxos_genesis_tick(struct paxos_core *core, struct paxos_outbox *ob)
{
	if (core->now >= core->hello_at) {
		core->hello_at = core->now + PAXOS_HELLO_MS;
		paxos_genesis_greet(core, paxos_core_members(core), awaits_a_greeting(core), ob);
	}
	if (core->state == PAXOS_STATE_ADOPTED && core->now >= core->init_at) {
		core->init_at = core->now + PAXOS_INIT_MS;
		send_init(core, not_adopted(core), ob);
	}
}

/**
 * paxos_genesis_deadline - when paxos_genesis_tick() has something to do
 * @core: the group
 *
 * Return: milliseconds.
 */
u64 paxos_genesis_deadline(const struct paxos_core *core)
{
	if (core->state == PAXOS_STATE_ADOPTED)
		return min(core->hello_at, core->init_at);
	return core->hello_at;
}
