#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Fails the first allocation of a system call, then the second, and so on until
one needs no more: whatever fails must leave nothing behind. It needs a kernel
with FAULT_INJECTION and FAILSLAB. Says what is not as it should be.

    faults.py load PAXOS.KO    of loading the module, which is not loaded after
    faults.py requests         of every request, with the module loaded
    faults.py junk ROUNDS      no faults, but requests of random bytes
"""
import ctypes
import errno
import os
import random
import socket
import struct
import sys

FAULTS = '/sys/kernel/debug/'
GENL_ID_CTRL = 0x10
CTRL_CMD_GETFAMILY = 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
SYS_FINIT_MODULE = 313

# uapi/linux/paxos.h
(GROUP_GET, GROUP_NEW, GROUP_SET, GROUP_DEL, GROUP_INIT, GROUP_TRIM) = range(1, 7)
(MEMBER_GET, MEMBER_NEW, MEMBER_SET, MEMBER_DEL) = range(10, 14)
ENTRY_GET = 16
(BALLOT_GET, PREPARE, ACCEPT, BALLOT_DEL) = range(18, 22)
COUNTER_GET = 25
CHANNEL = 38
COMMANDS = 38

# uapi/linux/paxos_channel.h
ENTER = 3 << 30 | 80 << 16 | 0xbe << 8 | 1

wrong = 0


def say(text):
    global wrong
    wrong += 1
    print(text)


class Faults:
    """The k-th allocation of this thread fails, whether it may sleep or not."""

    def __init__(self):
        for name in ('failslab', 'fail_page_alloc'):
            self.write(FAULTS + name + '/verbose', '0')
            self.write(FAULTS + name + '/probability', '0')
            self.write(FAULTS + name + '/ignore-gfp-wait', 'N')
        self.write(FAULTS + 'fail_page_alloc/min-order', '0')
        self.within(0, (1 << 64) - 1)
        self.fd = os.open('/proc/thread-self/fail-nth', os.O_RDWR)

    def within(self, start, end):
        """Only what is called from there fails."""
        for name in ('failslab', 'fail_page_alloc'):
            self.write(FAULTS + name + '/require-start', '%#x' % start)
            self.write(FAULTS + name + '/require-end', '%#x' % end)

    @staticmethod
    def write(path, text):
        with open(path, 'w') as file:
            file.write(text)

    def arm(self, k):
        os.pwrite(self.fd, b'%d' % k, 0)

    def disarm(self):
        """How many allocations more would have been needed for one to fail."""
        left = int(os.pread(self.fd, 16, 0))
        os.pwrite(self.fd, b'0', 0)
        return left


def attr(kind, data):
    if isinstance(data, str):
        data = data.encode() + b'\0'
    return struct.pack('=HH', len(data) + 4, kind) + data + bytes(-len(data) % 4)


def u16be(kind, number):
    return attr(kind, struct.pack('>H', number))


def u32(kind, number):
    return attr(kind, struct.pack('=I', number))


def u64(kind, number):
    return attr(kind, struct.pack('=Q', number))


def ipv4(kind, text):
    return attr(kind, socket.inet_aton(text))


class Netlink:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind((0, 0))
        self.seq = 0
        self.family = None

    def resolve(self):
        self.family = GENL_ID_CTRL
        _, replies = self.call(CTRL_CMD_GETFAMILY, attr(2, 'paxos'))
        at = 20
        while at < len(replies[0]):
            length, kind = struct.unpack_from('=HH', replies[0], at)
            if kind == 1:
                self.family = struct.unpack_from('=H', replies[0], at + 4)[0]
            at += (length + 3) & ~3

    def message(self, cmd, attrs, flags):
        self.seq += 1
        return struct.pack('=IHHIIBBH', 20 + len(attrs), self.family,
                           NLM_F_REQUEST | flags, self.seq, 0, cmd, 1, 0) + attrs

    def drain(self):
        """Error and replies. Requests are done when sendmsg() returns."""
        error, replies = None, []
        while True:
            try:
                data = self.sock.recv(1 << 17, socket.MSG_DONTWAIT)
            except OSError as e:
                if e.errno == errno.EAGAIN:
                    return error, replies
                error = error or e.errno
                continue
            while data:
                length, kind = struct.unpack_from('=IH', data)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    error = -struct.unpack_from('=i', data, 16)[0]
                else:
                    replies.append(data[:length])
                data = data[(length + 3) & ~3:]

    def call(self, cmd, attrs, dump=False, faults=None, k=0):
        message = self.message(cmd, attrs, NLM_F_DUMP if dump else NLM_F_ACK)
        failed = False
        if faults:
            faults.arm(k)
        try:
            self.sock.send(message)
        except OSError as e:
            failed = e.errno
        # A dump goes on while it is read.
        left = faults.disarm() if faults and not dump else 0
        error, replies = self.drain()
        if faults and dump:
            left = faults.disarm()
        return failed or error, left if faults else replies


def finit_module(path, faults=None, k=0):
    libc = ctypes.CDLL(None, use_errno=True)
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    if faults:
        faults.arm(k)
    rc = libc.syscall(SYS_FINIT_MODULE, fd, b'', 0)
    error = ctypes.get_errno() if rc else 0
    left = faults.disarm() if faults else 0
    os.close(fd)
    return error, left


def delete_module():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.delete_module(b'paxos', os.O_NONBLOCK):
        say('the module does not go: %s' % os.strerror(ctypes.get_errno()))


def loading(path):
    faults = Faults()
    # What the module does when it begins: the loader and the notifiers that it
    # calls before, tracing's among them, warn when they have no memory.
    faults.within(*code_of('do_one_initcall'))
    much, failed = 1 << 20, 0
    error, left = finit_module(path, faults, much)
    if error:
        say('the module cannot be loaded: %s' % os.strerror(error))
        return
    delete_module()
    total = much - left
    for k in attempts(total):
        error, _ = finit_module(path, faults, k)
        if not error:
            delete_module()
        failed += error != 0
        if error not in (0, errno.ENOMEM, errno.ENOBUFS):
            say('allocation %d of loading: %s' % (k, os.strerror(error)))
    if not failed:
        say('no allocation of loading failed')
    print('# %d allocations, %d of them failed it' % (total, failed))


ME = attr(2, 'faults')


def add(nl):
    nl.call(GROUP_NEW, NEW)
    nl.call(MEMBER_NEW, LEARNER)


NEW = (attr(2, 'faults') + u32(1, 99) + u32(3, 1) + ipv4(4, '127.0.0.1') +
       u16be(6, 4999) + u32(7, 1) + u32(8, 1))
LEARNER = ME + u32(3, 2) + ipv4(4, '127.0.0.2') + u16be(6, 4999) + u32(7, 2)


def drop(nl):
    nl.call(GROUP_DEL, ME)


class Proposer:
    """Basic Paxos of a voter alone: each step is one request."""

    def __init__(self, nl):
        self.nl = nl
        self.ballot = self.next = 0

    def hand_out(self, *_):
        _, replies = self.nl.call(BALLOT_GET, ME)
        for reply in replies:
            at = 20
            while at < len(reply):
                length, kind = struct.unpack_from('=HH', reply, at)
                if kind == 3:
                    self.ballot = struct.unpack_from('=Q', reply, at + 4)[0]
                if kind == 7:
                    self.next = struct.unpack_from('=Q', reply, at + 4)[0]
                at += (length + 3) & ~3

    def back(self, *_):
        self.nl.call(BALLOT_DEL, ME + u64(3, self.ballot))

    def at(self):
        return ME + u64(3, self.ballot) + u64(5, self.next)

    def prepared(self, *_):
        self.hand_out()
        self.nl.call(PREPARE, self.at())

    def value(self, length):
        return u64(20, 7) + u64(21, 1) + attr(24, bytes(length))


def close_channels(*_):
    for name in os.listdir('/proc/self/fd'):
        try:
            if os.readlink('/proc/self/fd/' + name) == 'anon_inode:[paxos]':
                os.close(int(name))
        except FileNotFoundError:
            pass


class Channel:
    """Submits values, each under the next sequence; nobody leads."""

    def __init__(self, nl, length):
        _, replies = nl.call(CHANNEL, ME)
        at = 20
        while at < len(replies[0]):
            size, kind = struct.unpack_from('=HH', replies[0], at)
            if kind == 3:
                self.fd = struct.unpack_from('=i', replies[0], at + 4)[0]
            at += (size + 3) & ~3
        self.sequence = 1
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.bytes = ctypes.create_string_buffer(length)
        where = struct.pack('=QII', ctypes.addressof(self.bytes), length, 0)
        self.values = ctypes.create_string_buffer(where * 3)
        self.runs = ctypes.create_string_buffer(32)

    def call(self, _cmd, _attrs, _dump, faults, k):
        enter = ctypes.create_string_buffer(struct.pack(
            '=6Q8I', 9, self.sequence, ctypes.addressof(self.values), ctypes.addressof(self.runs),
            0, 1000, 3, 1, 1, 1, 0, 0, 0, 0))
        faults.arm(k)
        rc = self.libc.ioctl(self.fd, ctypes.c_ulong(ENTER), enter)
        error = ctypes.get_errno() if rc else 0
        left = faults.disarm()
        taken = struct.unpack_from('=I', enter, 72)[0]
        if taken not in ((0,) if error else (3,)):
            say('%d values were taken, error %d' % (taken, error))
        self.sequence += taken
        return error, left


def code_of(function):
    """Where a function of the kernel begins, and what follows it."""
    with open('/proc/kallsyms') as file:
        symbols = [line.split()[:3] for line in file]
    starts = {int(at, 16) for at, _, _ in symbols}
    start = next(int(at, 16) for at, _, name in symbols if name == function)
    return start, min(at for at in starts if at > start)


def attempts(total):
    """
    Which allocations are to fail: all, but where there are hundreds one in
    eleven of those in the middle, as all of these are chunks for a pool.
    """
    k = 1
    while k <= total + 1:
        yield k
        k += 11 if 60 < k < total - 80 else 1


def sweep(nl, faults, name, cmd, attrs, before=None, after=None, dump=False):
    """before() and after() go around each attempt; attrs may be a function."""
    much, failed, hits = 1 << 20, 0, 0

    def attempt(k):
        if before:
            before(nl)
        error, left = nl.call(cmd, attrs() if callable(attrs) else attrs, dump, faults, k)
        if after:
            after(nl)
        return error, left

    error, left = attempt(much)
    if error:
        say('%s: fails without a fault: %s' % (name, os.strerror(error)))
    total = much - left
    for k in attempts(total):
        error, left = attempt(k)
        failed += bool(error)
        hits += not left
    if not hits:
        say('%s: no allocation failed' % name)
    print('# %s: %d allocations, %d made to fail, %d of them failed it' %
          (name, total, hits, failed))


def none_left(nl):
    error, replies = nl.call(GROUP_GET, b'', True)
    if error or replies:
        say('%d groups are left, error %s' % (len(replies), error))
    # The port is free again.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(('127.0.0.1', 4999))


def requests():
    faults, nl = Faults(), Netlink()
    nl.resolve()
    p = Proposer(nl)
    gone = ME + u32(3, 2)
    elsewhere = gone + ipv4(4, '127.0.0.3') + u16be(6, 4999)
    size = [u64(12, 1 << 28), u64(12, 1 << 24)]

    sweep(nl, faults, 'group-new', GROUP_NEW, NEW, None, drop)
    none_left(nl)
    add(nl)
    nl.call(GROUP_INIT, ME)
    sweep(nl, faults, 'group-get', GROUP_GET, ME)
    sweep(nl, faults, 'group-get dump', GROUP_GET, b'', dump=True)
    sweep(nl, faults, 'group-set', GROUP_SET, ME + size[0],
          None, lambda nl: nl.call(GROUP_SET, ME + size[1]))
    sweep(nl, faults, 'member-new', MEMBER_NEW, LEARNER,
          lambda nl: nl.call(MEMBER_DEL, gone))
    sweep(nl, faults, 'member-set', MEMBER_SET, elsewhere)
    sweep(nl, faults, 'member-get', MEMBER_GET, gone)
    sweep(nl, faults, 'member-get dump', MEMBER_GET, ME, dump=True)
    sweep(nl, faults, 'member-del', MEMBER_DEL, gone,
          lambda nl: nl.call(MEMBER_NEW, LEARNER))
    sweep(nl, faults, 'ballot-get', BALLOT_GET, ME)
    nl.sock.close()
    nl = p.nl = Netlink()
    nl.resolve()
    sweep(nl, faults, 'ballot-prepare', PREPARE, p.at, p.hand_out, p.back)
    for length in (0, 1024, 1025, 32768):
        sweep(nl, faults, 'ballot-accept of %d bytes' % length, ACCEPT,
              lambda length=length: p.at() + p.value(length), p.prepared, p.back)
    sweep(nl, faults, 'ballot-del', BALLOT_DEL,
          lambda: ME + u64(3, p.ballot), p.hand_out)
    sweep(nl, faults, 'channel', CHANNEL, ME, None, close_channels)
    for length in (16, 1025):
        sweep(Channel(nl, length), faults, 'a channel of %d bytes' % length, 0, b'')
        close_channels()
    error, replies = nl.call(ENTRY_GET, ME, True)
    if error or len(replies) < 4:
        say('the log has %d entries, error %s' % (len(replies), error))
    sweep(nl, faults, 'entry-get', ENTRY_GET, ME + u64(3, 1))
    sweep(nl, faults, 'entry-get dump', ENTRY_GET, ME, dump=True)
    sweep(nl, faults, 'counter-get', COUNTER_GET, ME)
    sweep(nl, faults, 'counter-get dump', COUNTER_GET, b'', dump=True)
    sweep(nl, faults, 'group-trim', GROUP_TRIM, ME + u64(26, 1))
    p.prepared()
    sweep(nl, faults, 'group-del', GROUP_DEL, ME, lambda nl: (add(nl), nl.call(GROUP_INIT, ME)))
    none_left(nl)


def junk_attr(chance, deep=0):
    kind = chance.randrange(0, 36) | (0x8000 if chance.random() < .05 else 0)
    length = chance.choice((0, 1, 2, 4, 8, 8, 4, 16, 31, 32, chance.randrange(0, 300)))
    pick = chance.random()
    if pick < .3:
        data = ME[4:11]
    elif pick < .7:
        data = struct.pack('=Q', chance.choice((0, 1, 2, 3, 64, 65, 99, 1 << 31, (1 << 64) - 1)))
    else:
        data = chance.randbytes(length)
    if chance.random() < .8:
        data = data[:chance.choice((2, 4, 4, 8, 8, 16))]
    made = attr(kind, data)
    if chance.random() < .03:
        made = struct.pack('=H', chance.randrange(0, 65536)) + made[2:]
    return made


def junk(rounds):
    chance, nl = random.Random(1), Netlink()
    nl.resolve()
    add(nl)
    nl.call(GROUP_INIT, ME)
    for i in range(rounds):
        attrs = ME if chance.random() < .6 else b''
        attrs += b''.join(junk_attr(chance) for _ in range(chance.randrange(0, 7)))
        cmd = chance.randrange(0, COMMANDS + 3)
        if cmd == GROUP_DEL:
            cmd = GROUP_GET
        nl.call(cmd, attrs, dump=chance.random() < .2)
    error, replies = nl.call(GROUP_GET, ME)
    if error or not replies:
        say('the group is gone: %s' % error)
    drop(nl)


what = sys.argv[1]
if what == 'load':
    loading(sys.argv[2])
elif what == 'requests':
    requests()
else:
    junk(int(sys.argv[2]))
sys.exit(wrong > 0)
