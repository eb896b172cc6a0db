# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the cluster tests share: a cluster of namespaces in one machine, its
# faults, and what its logs are compared with. A test is an executable file of
# this directory without a dot in its name, run in a guest by tests/selftests/run:
#
#	. "$(dirname "$0")/lib.sh"
#	some_case() { ... }
#	check "what it shows" some_case
#	finish
#
# Node I is the namespace nI, with the addresses 10.0.0.I and fd00::I, and its
# link is the port pI of a bridge in the namespace br. A fault is put on the
# port: every datagram passes exactly two ports, of which only the one towards
# its receiver queues, so each way between two nodes has the fault once.

set -uo pipefail

test=${0##*/}
work=$(mktemp -d "/tmp/$test.XXXXXX")
group=g
id=7
family=4
nodes=()
declare -A candidate=()
results=0
failures=0

# A pause that starts no process: nothing ever comes out of it.
mkfifo "$work/never"
exec {never}<>"$work/never"
pause() {
	read -rt "$1" -u "$never" _ || :
}

# The verdicts

# check NAME FUNCTION [ARG...]: one result. The function fails at its first
# command that does, or when LIMIT seconds have passed; what it leaves running
# ends with it. What it says is shown when it fails; what it says with note,
# always.
check() {
	local name=$1 limit=${LIMIT:-120} start=$SECONDS rc=0 pid dog

	shift
	: >"$work/notes"
	set -m
	(
		set -e
		"$@"
	) >"$work/said" 2>&1 &
	pid=$!
	(
		read -rt "$limit" -u "$never" _
		echo "no end after $limit seconds" >>"$work/said"
		kill -KILL -- "-$pid"
	) 2>/dev/null &
	dog=$!
	set +m
	wait "$pid" 2>/dev/null || rc=$?
	kill -KILL -- "-$dog" "-$pid" 2>/dev/null
	wait "$dog" 2>/dev/null
	# Who is killed may still lead, or propose, for a moment.
	for _ in {1..100}; do
		kill -0 -- "-$pid" 2>/dev/null || break
		pause 0.02
	done
	verdict $rc "$name" "$((SECONDS - start)) s"
}

# verdict STATUS NAME [TEXT]: one result, and what was said of it
verdict() {
	local text

	results=$((results + 1))
	while read -r text; do
		echo "# $text"
	done <"$work/notes"
	[ -z "${3:-}" ] || echo "# $3"
	if [ "$1" -eq 0 ]; then
		echo "ok $results - $2"
		return
	fi
	failures=$((failures + 1))
	echo "# status $1:"
	{
		tail -n 40 "$work/said"
		situation
	} | cut -c 1-600 | sed 's/^/#   /'
	echo "not ok $results - $2"
}

# note TEXT...: told with the result, good or bad
note() {
	echo "$*" >>"$work/notes"
}

# For a case: what it expected, and what there was instead.
fail() {
	echo "failed: $*" >&2
	return 1
}

# What somebody wants to know who finds a case failed.
situation() {
	local i

	for i in "${nodes[@]}"; do
		echo "node $i:"
		timeout 10 paxosctl -n "n$i" -s group show 2>&1
		timeout 10 paxosctl -n "n$i" member show 2>&1
		timeout 10 paxosctl -n "n$i" stats show 2>&1 |
			awk '$NF != 0' | paste -sd ' '
	done
}

finish() {
	echo "1..$results"
	[ $failures -eq 0 ]
	exit
}

# The module and its namespaces

load() {
	insmod "$PAXOS_KO"
}

# A family that is being asked cannot go: once more, then.
unload() {
	local tries

	for tries in {1..50}; do
		[ -d /sys/module/paxos ] || return 0
		rmmod paxos 2>"$work/rmmod" && return 0
		pause 0.1
	done
	cat "$work/rmmod" >&2
	return "$tries"
}

# Called by the trap.
# shellcheck disable=SC2317
cleanup() {
	local i

	jobs -p | while read -r i; do
		kill -KILL -- "-$i" "$i" 2>/dev/null
	done
	network_end
	unload || echo "# the module cannot be unloaded"
	rm -rf "$work"
}
trap cleanup EXIT

address() {
	if [ "$family" = 4 ]; then
		echo "10.0.0.$1"
	else
		echo "fd00::$1"
	fi
}

# network NODE...: namespaces, links, and nothing of the module yet
network() {
	local i

	nodes=("$@")
	{
		echo "netns add br"
		for i in "$@"; do
			echo "netns add n$i"
			echo "link add p$i netns br type veth peer name eth0 netns n$i"
		done
	} >"$work/ip"
	ip -batch "$work/ip"
	{
		echo "link add br0 type bridge"
		echo "link set br0 up"
		for i in "$@"; do
			echo "link set p$i master br0 up"
		done
	} >"$work/ip"
	ip -n br -batch "$work/ip"
	for i in "$@"; do
		{
			echo "link set lo up"
			echo "link set eth0 up"
			echo "addr add 10.0.0.$i/24 dev eth0"
			echo "addr add fd00::$i/64 dev eth0 nodad"
		} >"$work/ip"
		ip -n "n$i" -batch "$work/ip"
	done
}

# Also what a case made, of which the test itself knows nothing.
network_end() {
	local i

	for i in /run/netns/br /run/netns/n[0-9]*; do
		[ ! -e "$i" ] || ip netns del "${i##*/}"
	done 2>/dev/null
	nodes=()
}

# At node I: ctl I WORD...
ctl() {
	local i=$1

	shift
	paxosctl -n "n$i" "$@"
}

# join NODE "VOTER..." "LEARNER..." [OPTION...]: the group at that node, with
# everybody else as its members
join() {
	local node=$1 voters=$2 learners=$3 i role=

	shift 3
	[[ " $learners " != *" $node "* ]] || role=learner
	{
		echo "group add $group id $id node $node local" \
			"$(address "$node") volatile auth none $role $*"
		for i in $voters; do
			[ "$i" = "$node" ] ||
				echo "member add $group node $i addr $(address "$i")"
		done
		for i in $learners; do
			[ "$i" = "$node" ] ||
				echo "member add $group node $i addr $(address "$i") learner"
		done
	} >"$work/join"
	ctl "$node" -b "$work/join"
}

# cluster "VOTER..." ["LEARNER..." [OPTION...]]: a group that lives, in a network
# that there is already
cluster() {
	local voters=$1 learners=${2:-} i

	shift
	[ $# -eq 0 ] || shift
	for i in $voters $learners; do
		join "$i" "$voters" "$learners" "$@"
	done
	ctl "${voters%% *}" group init "$group" timeout 30000
	for i in $voters; do
		wait_for 20 state "$i" voting
	done
	for i in $learners; do
		wait_for 20 state "$i" learning
	done
}

# Waiting

# wait_for SECONDS COMMAND...: until it holds
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >"$work/awaited" 2>&1; do
		if [ $SECONDS -ge $end ]; then
			cat "$work/awaited"
			fail "never so: $*"
			return 1
		fi
		pause 0.1
	done
}

# netlink PID: what its sockets of generic netlink (16) subscribed to, a line each
netlink() {
	local fd inode

	for fd in "/proc/$1/fd"/*; do
		inode=$(readlink "$fd") || continue
		[[ $inode =~ ^socket:.([0-9]+) ]] || continue
		awk -v inode="${BASH_REMATCH[1]}" '$10 == inode && $2 == 16 { print $4 }' \
			"/proc/$1/net/netlink"
	done
}

# asks PID: it has begun to ask the kernel
asks() {
	[ -n "$(netlink "$1")" ]
}

# listens PID: whatever happens from now on, it is told
listens() {
	netlink "$1" | grep '[^0]'
}

# field NODE KEY: of the group, a word
field() {
	local text

	text=$(ctl "$1" -j group show "$group") || return
	[[ $text =~ \"$2\":\"?([^,\"}]*) ]] || return
	echo "${BASH_REMATCH[1]}"
}

state() {
	[ "$(field "$1" state)" = "$2" ]
}

# at_least NODE INSTANCE: its decided prefix has come so far
at_least() {
	[ "$(field "$1" prefix)" -ge "$2" ]
}

# value_is LOG INSTANCE FILE: in every byte
value_is() {
	sed -n 's/.*"instance":'"$2"',.*"value":"\([^"]*\)".*/\1/p' "$1" |
		base64 -d | cmp - "$3" ||
		fail "instance $2 is not what is in $3"
}

# at NODE FILE [WORD...]: proposes all of the file, says at which instance it is
at() {
	ctl "$1" propose "$group" file "$2" timeout "${TIMEOUT:-60000}" \
		"${@:3}" | grep -oE '[0-9]+$'
}

# count NODE COUNTER: of the group, or of the namespace, or both
count() {
	ctl "$1" -j stats show | jq "[.[].counters[\"$2\"] // 0] | add"
}

# Memory of the kernel that is not a cache of files, in kB.
memory() {
	local name kb total=0

	while read -r name kb _; do
		case $name in
		SUnreclaim: | Percpu: | KernelStack: | PageTables: | VmallocUsed:)
			total=$((total + kb))
			;;
		esac
	done </proc/meminfo
	echo "$total"
}

# Leaders

# stand NODE...: a candidate at each; what they say is in $work/run.NODE
stand() {
	local i

	for i; do
		paxosctl -t -n "n$i" leader run "$group" >>"$work/run.$i" 2>&1 &
		candidate[$i]=$!
	done
}

# fall NODE...: their candidates are killed
fall() {
	local i

	for i; do
		kill -KILL "${candidate[$i]}"
		wait "${candidate[$i]}" 2>/dev/null || :
		unset "candidate[$i]"
	done
}

# hold NODE [GROUP]: leads from there in the background, as $holder, whatever others
# think; what it says is in $work/hold.NODE.GROUP. That is empty first, so that what an
# earlier one said is not taken for this one's.
hold() {
	local group=${2:-$group}
	local said=$work/hold.$1.$group

	: >"$said"
	ip netns exec "n$1" hold "$group" >"$said" 2>&1 &
	# shellcheck disable=SC2034	# for the test
	holder=$!
	wait_for 30 grep -q leads "$said"
}

# Who leads, as node I knows; nothing if nobody does.
leader_at() {
	ctl "$1" -j leader show "$group" | jq -r '.[0].node // empty'
}

# one_leader NODE...: all of them follow the same one, which is in $leader
one_leader() {
	local i

	leader=$(leader_at "$1")
	[ -n "$leader" ] || return
	for i in "${@:2}"; do
		[ "$(leader_at "$i")" = "$leader" ] || return
	done
}

# Faults

# link NODE up|down
link() {
	ip -n br link set "p$1" "$2"
}

# apart NODE...: they hear one another, and nobody else does
apart() {
	local i

	ip -n br link add br1 type bridge
	ip -n br link set br1 up
	for i; do
		ip -n br link set "p$i" master br1
	done
}

# together NODE...: they are back where the others are
together() {
	local i

	for i; do
		ip -n br link set "p$i" master br0
	done
	ip -n br link del br1
}

# netem "NODE..." WORD...: a fault on the way to each of them
netem() {
	local node list=$1

	shift
	for node in $list; do
		tc -n br qdisc replace dev "p$node" root netem "$@"
	done
}

# netem_end NODE...
netem_end() {
	local node

	for node in "$@"; do
		tc -n br qdisc del dev "p$node" root
	done
}

# Links, one way each. A datagram from A to B enters the bridge at A's port.
# one_way A B: what A sends to B is lost
one_way() {
	tc -n br qdisc show dev "p$1" | grep -q ingress ||
		tc -n br qdisc add dev "p$1" ingress
	tc -n br filter add dev "p$1" ingress protocol ip u32 \
		match ip dst "$(address "$2")/32" action drop
}

# Whatever was lost so is not any more.
whole() {
	local i

	for i in "${nodes[@]}"; do
		tc -n br qdisc del dev "p$i" ingress 2>/dev/null || :
	done
}

# Truth

# Lines that differ, as input: lines COUNT WORD...
lines() {
	seq -f "${*:2} %.0f of $1" "$1"
}

# propose NODE FILE: each line of it, one after the other. What the tool says
# of them is in FILE:NODE.
propose() {
	ctl "$1" propose "$group" - timeout "${TIMEOUT:-60000}" \
		<"$2" >"$2:$1"
}

# log NODE: its log, a line for each entry
log() {
	ctl "$1" -j log show "$group"
}

# prefix_equal COUNT NODE...: decided as far, and so far; which is in $prefix
prefix_equal() {
	local least=$1 other i

	shift
	prefix=$(field "$1" prefix)
	[ "$prefix" -ge "$least" ] || return
	for i in "${@:2}"; do
		other=$(field "$i" prefix)
		[ "$other" = "$prefix" ] || return
	done
}

# logs_at_rest COUNT NODE...: taken while nothing more was decided. What a
# proposer had sent before it was killed may still be, and a log that is taken a
# moment later has one entry more.
logs_at_rest() {
	local before i

	prefix_equal "$@" || return
	before=$prefix
	for i in "${@:2}"; do
		log "$i" >"$work/log.$i" || return
	done
	prefix_equal "$@" && [ "$prefix" = "$before" ]
}

# same_logs COUNT NODE...: their logs become one log of so many entries. It
# is compared in every byte: instance, client, sequence, digest, value, hash.
same_logs() {
	local least=$1 prefix i

	wait_for "${PATIENCE:-60}" logs_at_rest "$@"
	shift
	for i in "$@"; do
		jq -e '[.[].instance] == [range(1; length + 1)]' \
			"$work/log.$i" >"$work/jq" ||
			fail "the log of node $i has holes"
		cmp "$work/log.$1" "$work/log.$i" ||
			fail "the logs of nodes $1 and $i differ"
	done
	jq -e "length >= $least" "$work/log.$1" >"$work/jq" ||
		fail "the log is shorter than $least entries"
}

# holds LOG FILE...: every line of the files is in the log, and nothing else
# but no-ops
holds() {
	local log=$1

	shift
	cat "$@" | jq -Rr @base64 | LC_ALL=C sort >"$work/want"
	jq -r '.[] | select(.kind == "value") | .value' "$log" |
		LC_ALL=C sort >"$work/have"
	LC_ALL=C sort -u "$work/want" >"$work/want.once"
	LC_ALL=C sort -u "$work/have" >"$work/have.once"
	cmp "$work/want.once" "$work/have.once" || {
		diff "$work/want.once" "$work/have.once" | sed 5q || :
		fail "the log does not hold what was proposed, or more"
	}
	note "$(wc -l <"$work/want") values in" \
		"$(jq length "$log") instances," \
		"$(($(wc -l <"$work/have") - $(wc -l <"$work/want"))) of them again"
}

# claims LOG FILE NODE: every line was said to be chosen, and is where it was
# said to be
claims() {
	jq -Rr @base64 "$2" >"$work/values"
	grep -oE '[0-9]+$' "$2:$3" | paste -d ' ' - "$work/values" >"$work/claims"
	jq -r '.[] | "\(.instance) \(.value)"' "$1" | LC_ALL=C sort >"$work/entries"
	LC_ALL=C sort "$work/claims" | LC_ALL=C comm -23 - "$work/entries" \
		>"$work/false"
	[ ! -s "$work/false" ] || {
		head -n 5 "$work/false"
		fail "node $3 said of these that they were chosen there"
	}
	[ "$(wc -l <"$2:$3")" -eq "$(wc -l <"$2")" ] ||
		fail "node $3 did not say of each line where it is"
}
