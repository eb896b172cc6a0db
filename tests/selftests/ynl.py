#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What is too much for one command each, on the library of the kernel's netlink
tool. Says what is not as it should be.

    ynl.py DIRECTORY SPEC refusals     all that can be wrong with a request
    ynl.py DIRECTORY SPEC proposals    a proposer, which needs one socket for all
                                       that it does, at the group "log"; then
                                       its entries, and trim
    ynl.py DIRECTORY SPEC races        dumps, while all that they show changes

DIRECTORY has tools/net/ynl.
"""
import errno
import os
import random
import signal
import socket
import struct
import sys
import time

sys.path.append(sys.argv[1] + '/tools/net/ynl')
from lib import YnlFamily, NlError

class Sorted:
    """
    The socket, with what comes unasked kept for later: the tool cannot take an
    event that comes before the answer it waits for.
    """

    def __init__(self, sock):
        self.sock = sock
        self.events = []

    def recv(self, size, flags=0):
        if flags & socket.MSG_DONTWAIT:
            return self.events.pop(0) if self.events else self.sock.recv(size, flags)
        while True:
            data = self.sock.recv(size, flags)
            if struct.unpack_from('=I', data, 8)[0]:
                return data
            self.events.append(data)

    def __getattr__(self, name):
        return getattr(self.sock, name)


def open_family():
    family = YnlFamily(sys.argv[2], '')
    family.sock = Sorted(family.sock)
    return family


wrong = 0
nl = open_family()
GROUP = {'group-name': 'log'}


def events():
    nl.check_ntf()
    found = [(event['name'], event['msg']) for event in nl.async_msg_queue]
    nl.async_msg_queue.clear()
    return found


def expect(what, condition):
    global wrong

    if not condition:
        print(what)
        wrong += 1


def request(error, text, operation, attributes, call=nl.do):
    what = f'{operation} {attributes}'
    try:
        call(operation, dict(attributes))
    except NlError as e:
        message = (e.nl_msg.extack or {}).get('msg')
        expect(f'{what}: refused with {e.error} and {message!r}',
               e.error == error and message and text in message and
               not message.endswith('.'))
    else:
        expect(f'{what}: not refused', False)


def refused(error, text, operation, **attributes):
    request(error, text, operation, GROUP | attributes)


def propose(instance, **value):
    ballot = nl.do('ballot-get', dict(GROUP))
    number = ballot['ballot']
    expect(f'next of {ballot}', ballot['next'] == instance)
    nl.do('ballot-prepare', GROUP | {'ballot': number, 'instance': instance})
    names = [name for name, message in events()
             if message.get('whole') and message.get('quorum') and message['ballot'] == number]
    expect(f'promise-ntf: {names}', names == ['promise-ntf'])
    nl.do('ballot-accept', GROUP | {'ballot': number, 'instance': instance} | value)
    found = events()
    expect(f'chosen-ntf: {found}', [name for name, message in found] == ['chosen-ntf'] and
           found[0][1]['instance'] == instance and found[0][1]['ballot'] == number)
    nl.do('ballot-del', GROUP | {'ballot': number})
    return number


def leads(first):
    number = nl.do('ballot-get', dict(GROUP))['ballot']
    grant = {'ballot': number, 'instance': first}
    refused(errno.EPERM, 'no quorum', 'ballot-grant', **grant)
    refused(errno.ESTALE, 'not granted', 'ballot-renew', ballot=number)
    refused(errno.EHOSTUNREACH, 'does not lead', 'leader-resign')
    expect('nobody leads', 'node' not in nl.do('leader-get', dict(GROUP)))
    nl.do('ballot-prepare', GROUP | grant)
    events()
    # Before the grant, which has to be renewed in time: to read the spec takes a while.
    other = open_family()
    refused(errno.EINVAL, 'ballot is missing', 'ballot-grant', instance=first)
    refused(errno.EINVAL, 'instance is missing', 'ballot-grant', ballot=number)
    refused(errno.EINVAL, 'in the way', 'ballot-grant', ballot=number, instance=first - 1)
    nl.do('ballot-grant', GROUP | grant)
    refused(errno.EEXIST, 'granted before', 'ballot-grant', **grant)
    nl.do('ballot-renew', GROUP | {'ballot': number})
    refused(errno.EINVAL, 'client is missing', 'submit', sequence=1, value=[b'a'])
    refused(errno.EINVAL, 'sequence is missing', 'submit', client=9, value=[b'a'])
    refused(errno.EINVAL, 'value is missing', 'submit', client=9, sequence=1)
    refused(errno.ERANGE, 'no more', 'submit', client=9, sequence=2**64 - 1, value=[b'a'])
    refused(errno.EMSGSIZE, '32768', 'submit', client=9, sequence=1, value=[b'a', bytes(32769)])
    refused(errno.EINVAL, 'a close has no bytes', 'submit', client=9, sequence=1, kind='close',
            value=[b'a'])
    refused(errno.EINVAL, 'or a close', 'submit', client=9, sequence=1, kind='no-op')
    refused(errno.EMSGSIZE, 'at once', 'submit', client=9, sequence=1, value=[b''] * 1025)
    opened = nl.do('channel', dict(GROUP))
    expect(f'channel {opened}', opened['group-id'] == 7 and opened['group-name'] == 'log' and
           os.readlink(f"/proc/self/fd/{opened['fd']}") == 'anon_inode:[paxos]')
    os.close(opened['fd'])
    nl.do('leader-ask', dict(GROUP))
    leader = nl.do('leader-get', dict(GROUP))
    expect(f'leader {leader}', leader['node'] == 1 and leader['ballot'] == number and
           leader['first'] == leader['next'] == first and leader['number'] > 0 and
           leader['heard'] < 1000 and leader['quorum'] < 1000)
    found = nl.dump('leader-get', {})
    expect(f'leaders {found}',
           [(one['group-name'], 'first' in one) for one in found] == [('log', True), ('six', False)])

    # Another socket ends it, and the owner is told.
    other.ntf_subscribe('events')
    other.do('leader-resign', dict(GROUP))
    other.check_ntf()
    told = [(event['name'], event['msg']) for event in other.async_msg_queue]
    other.sock.close()
    expect(f'leader-ntf: {told}',
           told == [('leader-ntf', {'group-id': 7, 'group-name': 'log'})])
    found = events()
    expect(f'grant-ntf: {found}', [name for name, message in found] == ['grant-ntf'] and
           found[0][1] == {'group-id': 7, 'group-name': 'log', 'ballot': number,
                           'why': 'resigned'})
    refused(errno.ESTALE, 'not granted', 'ballot-renew', ballot=number)
    refused(errno.ESTALE, 'has ended', 'ballot-grant', **grant)
    nl.do('ballot-del', GROUP | {'ballot': number})


def reads(first):
    refused(errno.EINVAL, 'cookie is missing', 'barrier')
    refused(errno.EINVAL, 'cookie is missing', 'barrier-del')
    for cookie in (1, 2):
        nl.do('barrier', GROUP | {'cookie': cookie})
    nl.do('barrier-del', GROUP | {'cookie': 1})
    expect('a barrier without a leader', not events())
    number = nl.do('ballot-get', dict(GROUP))['ballot']
    grant = {'ballot': number, 'instance': first}
    nl.do('ballot-prepare', GROUP | grant)
    events()
    nl.do('ballot-grant', GROUP | grant)
    found = events()
    expect(f'barrier-ntf: {found}', found == [
        ('barrier-ntf', {'group-id': 7, 'group-name': 'log', 'cookie': 2, 'instance': first - 1})])
    nl.do('barrier', GROUP | {'cookie': 3})
    found = events()
    expect(f'barrier-ntf: {found}',
           [(name, msg['cookie'], msg['instance']) for name, msg in found] ==
           [('barrier-ntf', 3, first)])
    nl.do('ballot-del', GROUP | {'ballot': number})

    # Another socket's are not this one's, and so many may wait.
    other = open_family()
    for cookie in range(1024):
        other.do('barrier', GROUP | {'cookie': cookie})
    refused(errno.EAGAIN, 'too many barriers', 'barrier', cookie=4)
    nl.do('barrier-del', GROUP | {'cookie': 5})
    refused(errno.EAGAIN, 'too many barriers', 'barrier', cookie=4)
    other.do('barrier-del', GROUP | {'cookie': 5})
    nl.do('barrier', GROUP | {'cookie': 4})
    other.sock.close()
    nl.do('barrier', GROUP | {'cookie': 5})


def proposals():
    values = [b'', b'x', b'y' * 1400, b'z' * 9000, os.urandom(32768)]
    for i, value in enumerate(values):
        propose(i + 1, client=5, sequence=i + 1, value=value)
    propose(len(values) + 1, kind='no-op')
    propose(len(values) + 2, kind='close', client=5, sequence=len(values) + 1)

    entries = nl.dump('entry-get', dict(GROUP))
    expect(f'{len(entries)} entries',
           [entry['instance'] for entry in entries] == list(range(1, len(values) + 3)))
    for entry, value in zip(entries, values):
        expect(f'entry {entry["instance"]}', entry['value'] == value and entry['client'] == 5 and
               entry['sequence'] == entry['instance'] and entry['kind'] == 'value' and
               entry['length'] == len(value) and 'trimmed' not in entry)
    expect(f'no-op: {entries[-2]}', entries[-2]['kind'] == 'no-op' and 'value' not in entries[-2])
    close = entries[-1]
    expect(f'close: {close}', close['kind'] == 'close' and 'value' not in close and
           close['client'] == 5 and close['sequence'] == len(values) + 1)
    one = nl.do('entry-get', GROUP | {'instance': 5})
    expect('entry-get of 32768 bytes', one == entries[4])
    some = nl.dump('entry-get', GROUP | {'instance': 2, 'upto': 3})
    expect(f'a range: {len(some)}', some == entries[1:3])
    expect('above the prefix', nl.dump('entry-get', GROUP | {'instance': 8}) == [])
    refused(errno.ENODATA, 'decided', 'entry-get', instance=8)
    refused(errno.EINVAL, 'dump', 'entry-get', instance=1, upto=2)

    number = nl.do('ballot-get', dict(GROUP))['ballot']
    accept = {'ballot': number, 'instance': 8}
    refused(errno.EPERM, 'no quorum', 'ballot-accept', **accept, kind='no-op')
    nl.do('ballot-prepare', GROUP | accept)
    events()
    refused(errno.EMSGSIZE, '32768', 'ballot-accept', **accept, client=1, sequence=1,
            value=bytes(32769))
    refused(errno.EINVAL, 'client', 'ballot-accept', **accept, sequence=1, value=b'a')
    refused(errno.EINVAL, 'client', 'ballot-accept', **accept, client=0, sequence=1, value=b'a')
    refused(errno.EINVAL, 'sequence', 'ballot-accept', **accept, client=1, value=b'a')
    refused(errno.EINVAL, 'one of the two', 'ballot-accept', **accept, client=1, sequence=1,
            value=b'a', digest=1)
    refused(errno.EINVAL, 'value is missing', 'ballot-accept', **accept, client=1, sequence=1)
    refused(errno.EINVAL, 'no bytes', 'ballot-accept', **accept, kind='no-op', value=b'a')
    refused(errno.EINVAL, 'neither', 'ballot-accept', **accept, kind='no-op', client=1)
    refused(errno.EINVAL, 'no bytes', 'ballot-accept', **accept, kind='close', client=1,
            sequence=1, value=b'a')
    refused(errno.EINVAL, 'client', 'ballot-accept', **accept, kind='close', sequence=1)
    refused(errno.EINVAL, 'sequence', 'ballot-accept', **accept, kind='close', client=1)
    refused(errno.EINVAL, 'ballot is missing', 'ballot-accept', instance=8, kind='no-op')
    refused(errno.EINVAL, 'instance is missing', 'ballot-prepare', ballot=number)
    refused(errno.ENOENT, 'this socket', 'ballot-del', ballot=number + 2**17)

    # Ballots belong to a socket, and end with it.
    other = open_family()
    try:
        other.do('ballot-accept', GROUP | accept | {'kind': 'no-op'})
        expect("another socket's ballot served", False)
    except NlError as e:
        expect(f"another socket's ballot: {e}", e.error == errno.ENOENT)
    for _ in range(1023):
        other.do('ballot-get', dict(GROUP))
    refused(errno.EBUSY, 'too many ballots', 'ballot-get')
    other.sock.close()
    highest = nl.do('group-get', {'name': 'log'})['highest']
    above = highest + 2**30
    ballot = nl.do('ballot-get', GROUP | {'above': above})['ballot']
    expect(f'ballot {ballot} above {above}', ballot > above)

    leads(8)

    # Trim
    nl.do('group-trim', {'name': 'log', 'to': 4})
    expect('trim', nl.do('group-get', {'name': 'log'})['trim'] == 4)
    entries = nl.dump('entry-get', GROUP | {'instance': 2})
    expect('a dump tells of the trim, once, and goes on',
           [(e.get('trimmed'), e['instance']) for e in entries] == [(4, 5), (None, 6), (None, 7)])
    entries = nl.dump('entry-get', GROUP | {'instance': 2, 'upto': 3})
    expect(f'a dump of what is trimmed: {entries}',
           [(e.get('trimmed'), e.get('instance')) for e in entries] == [(4, None)])
    refused(errno.ERANGE, 'trimmed', 'entry-get', instance=4)
    nl.do('group-trim', {'name': 'log', 'to': 7})
    entries = nl.dump('entry-get', dict(GROUP))
    expect(f'a dump of nothing: {entries}',
           [(e.get('trimmed'), e.get('instance')) for e in entries] == [(7, None)])
    try:
        nl.do('group-trim', {'name': 'log', 'to': 8})
        expect('trim above the prefix: not refused', False)
    except NlError as e:
        expect(f'trim above the prefix: {e}', e.nl_msg.extack and e.nl_msg.extack.get('msg'))

    reads(8)


LOOPBACK = 0x7f000001
LOOPBACK6 = bytes(15) + b'\1'


def group_refused(error, text, **changes):
    group = {'id': 8, 'name': 'other', 'node': 1, 'store': 'volatile', 'auth': 'none',
             'ipv4': LOOPBACK}
    group |= changes
    request(error, text, 'group-new',
            {name: value for name, value in group.items() if value is not None})


def refusals():
    group_refused(errno.EEXIST, 'name', name='log')
    group_refused(errno.EEXIST, 'id', id=7)
    group_refused(errno.EINVAL, 'say none', auth=None)
    group_refused(errno.EINVAL, 'the id is missing', id=None)
    group_refused(errno.EINVAL, 'the name is missing', name=None)
    group_refused(errno.EINVAL, 'the node is missing', node=None)
    group_refused(errno.EINVAL, 'ipv4 or ipv6', ipv4=None)
    group_refused(errno.EINVAL, 'ipv4 or ipv6', ipv6=LOOPBACK6)
    group_refused(errno.EINVAL, 'letters', name='a b')
    group_refused(errno.EINVAL, 'port 0', port=0)
    group_refused(errno.ERANGE, 'out of range', node=65)
    group_refused(errno.ERANGE, 'window is', window=0)
    group_refused(errno.ERANGE, '1 to 15', **{'quorum-1': 16})
    group_refused(errno.ERANGE, 'log-size', **{'log-size': 1})
    group_refused(errno.ERANGE, 'heartbeat is', heartbeat=0)
    group_refused(errno.ERANGE, 'heartbeat is', heartbeat=3600001)
    group_refused(errno.EINVAL, 'above half', heartbeat=26)
    group_refused(errno.EINVAL, 'above timeout-max', **{'timeout-min': 101})
    request(errno.EINVAL, 'above timeout-max', 'group-set', {'name': 'log', 'timeout-max': 59})
    request(errno.ERANGE, 'timeout-min is', 'group-set', {'name': 'log', 'timeout-min': 0})
    expect('groups that were refused', len(nl.dump('group-get', {})) == 2)

    formats = not os.uname().release.startswith('6.1.')
    request(errno.ENOENT, 'no group named none' if formats else 'no group has this name',
            'group-get', {'name': 'none'})
    request(errno.ENOENT, 'no group with id 9' if formats else 'no group has this id',
            'group-get', {'id': 9})
    request(errno.EINVAL, 'name or id', 'group-get', {})
    request(errno.EINVAL, 'another id', 'group-get', {'name': 'log', 'id': 2**32 - 1})
    request(errno.EINVAL, 'what to change is missing', 'group-set', {'name': 'log'})
    request(errno.EINVAL, 'to is missing', 'group-trim', {'name': 'log'})
    request(errno.EINVAL, 'Unknown attribute', 'group-get', {'name': 'log', 'log-size': 1})
    request(errno.EINVAL, 'all groups', 'group-get', {'name': 'log'}, nl.dump)
    request(errno.EINVAL, 'all groups', 'counter-get', GROUP, nl.dump)
    request(errno.EINVAL, 'all members', 'member-get', GROUP | {'node': 2}, nl.dump)
    request(errno.ENOENT, 'no group', 'member-get', {'group-name': 'none'}, nl.dump)
    request(errno.ENOENT, 'no group', 'entry-get', {'group-name': 'none'}, nl.dump)

    member = {'ipv4': LOOPBACK, 'port': 3581}
    refused(errno.EEXIST, 'member', 'member-new', node=2, **member)
    refused(errno.EINVAL, '', 'member-new', node=1, **member)
    refused(errno.EINVAL, 'node is missing', 'member-new', **member)
    refused(errno.EINVAL, 'ipv4 or ipv6', 'member-new', node=3)
    refused(errno.ENOENT, 'member', 'member-get', node=3)
    refused(errno.ENOENT, 'member', 'member-set', node=3, **member)
    refused(errno.ENOENT, 'member', 'member-del', node=3)
    refused(errno.EPERM, 'no identity', 'ballot-get')
    request(errno.EINVAL, 'learner', 'group-init', {'name': 'six'})


# What others do while somebody dumps, each until it is killed.

def come_and_go():
    nl = open_family()
    while True:
        for i in range(100, 110):
            nl.do('group-new', {'id': i, 'name': f'g{i}', 'node': 1, 'store': 'volatile',
                                'auth': 'none', 'ipv4': LOOPBACK})
        for i in range(100, 110):
            nl.do('group-del', {'id': i})


def hold_ballots():
    while True:
        nl = open_family()
        for _ in range(5):
            nl.do('ballot-get', dict(GROUP))
        nl.sock.close()


def propose_and_trim():
    nl = open_family()
    rng = random.Random(1)
    while True:
        ballot = nl.do('ballot-get', dict(GROUP))
        key = GROUP | {'ballot': ballot['ballot'], 'instance': ballot['next']}
        nl.do('ballot-prepare', dict(key))
        value = bytes(rng.choice([0, 100, 5000, 32768]))
        nl.do('ballot-accept', key | {'client': 1, 'sequence': 1, 'value': value})
        nl.do('ballot-del', GROUP | {'ballot': ballot['ballot']})
        nl.sock.events.clear()
        group = nl.do('group-get', {'name': 'log'})
        if group['prefix'] - group['trim'] > 60:
            nl.do('group-trim', {'name': 'log', 'to': group['prefix'] - 20})


def check_entries(nl):
    instance = 1
    for entry in nl.dump('entry-get', dict(GROUP)):
        if 'trimmed' in entry:
            expect(f'trimmed to {entry["trimmed"]} at {instance}', entry['trimmed'] >= instance)
            instance = entry['trimmed'] + 1
        if 'instance' not in entry:
            continue
        expect(f'entry {entry["instance"]}, not {instance}', entry['instance'] == instance)
        if entry['kind'] == 'value':
            expect(f'bytes of {instance}', len(entry['value']) == entry['length'])
        instance += 1
    return instance


def races():
    others = []
    for work in (come_and_go, hold_ballots, propose_and_trim):
        pid = os.fork()
        if not pid:
            try:
                work()
            finally:
                os._exit(1)
        others.append(pid)
    begin = time.monotonic()
    rounds = highest = 0
    # A slow machine takes its time until all are at work.
    while (passed := time.monotonic() - begin) < 20 or highest < 60 and passed < 90:
        ids = [group['id'] for group in nl.dump('group-get', {})]
        expect(f'groups {ids}', ids == sorted(set(ids)) and {7, 2**32 - 1} <= set(ids))
        nl.dump('member-get', {})
        named = [counters.get('group-id', -1) for counters in nl.dump('counter-get', {})]
        expect(f'counters of {named}', named == sorted(set(named)) and 7 in named)
        highest = check_entries(nl)
        rounds += 1
    for pid in others:
        gone, status = os.waitpid(pid, os.WNOHANG)
        expect(f'somebody ended with {status}', not gone)
        if not gone:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    expect(f'{highest - 1} instances', highest >= 60)
    print(f'{rounds} rounds, {highest - 1} instances')
    for group in nl.dump('group-get', {}):
        if 100 <= group['id'] < 110:
            nl.do('group-del', {'id': group['id']})


{'proposals': proposals, 'refusals': refusals, 'races': races}[sys.argv[3]]()
sys.exit(1 if wrong else 0)
