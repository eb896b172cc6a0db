# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The systems that are compared. SYSTEM_begin NODES, SYSTEM_row NODES BYTES
# OUTSTANDING, which prints a line of JSON, and SYSTEM_end.

pids=()

# end_all: what a system left running
end_all() {
	[ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}"
	wait
	pids=()
} 2>/dev/null

# at NODE COMMAND...: in the background
at() {
	ip netns exec "n$1" "${@:2}" >>/tmp/background 2>&1 &
	pids+=($!)
}

# The floor: datagrams between sockets of the kernel, and nothing else.

floor_begin() {
	:
}

floor_row() {
	floor-run "$1" "$2" "$3" "$(count 2000 "$3")"
}

floor_end() {
	:
}

# The twin: the core in a process for each node. Each row has a new cluster.

twin_begin() {
	:
}

twin_row() {
	local n=$1 count i rc=0

	count=$(count 1000 "$3")
	for ((i = n; i > 1; i--)); do
		at $i twin $i "$n"
	done
	at 1 twin 1 "$n" /tmp/twin.socket
	timeout 600 load twin "$n" "$2" "$3" "$count" /tmp/twin.socket || rc=$?
	end_all
	return $rc
}

twin_end() {
	:
}

# etcd: its members write to memory. The load is where the leader is. All members
# share one CPU: it takes longer until one of them is taken for dead.

etcd_begin() {
	local n=$1 cluster='' i

	for ((i = 1; i <= n; i++)); do
		cluster+=,m$i=http://10.0.0.$i:2380
	done
	for ((i = 1; i <= n; i++)); do
		at $i etcd --name "m$i" --data-dir "/tmp/etcd.$i" --logger zap \
			--log-level error --log-outputs stderr \
			--listen-client-urls http://127.0.0.1:2379 \
			--advertise-client-urls "http://10.0.0.$i:2379" \
			--listen-peer-urls "http://10.0.0.$i:2380" \
			--initial-advertise-peer-urls "http://10.0.0.$i:2380" \
			--initial-cluster "${cluster#,}" --initial-cluster-state new \
			--heartbeat-interval 200 --election-timeout 5000
	done
}

etcd_leader() {
	local i

	for ((i = 1; i <= $1; i++)); do
		# It is expanded there.
		# shellcheck disable=SC2016
		if ip netns exec "n$i" bash -c '
			exec 5<>/dev/tcp/127.0.0.1/2379 || exit
			printf "GET /metrics HTTP/1.0\r\n\r\n" >&5
			grep -q "^etcd_server_is_leader 1" <&5' 2>/dev/null
		then
			echo $i
			return
		fi
	done
}

# etcd_find NODES: which of them leads, once one does
etcd_find() {
	local tries leader

	for ((tries = 0; tries < 100; tries++)); do
		leader=$(etcd_leader "$1")
		if [ -n "$leader" ]; then
			echo "$leader"
			return
		fi
		sleep 0.2
	done
	return 1
}

etcd_row() {
	local leader

	leader=$(etcd_find "$1") || return
	ip netns exec "n$leader" timeout 600 load etcd "$1" "$2" "$3" \
		"$(count 300 "$3")" 127.0.0.1
}

etcd_end() {
	end_all
	rm -rf /tmp/etcd.*
}

# The module: groups of voters at every node.

# groups NODES COUNT [OPTION...]: g1, g2 and so on come to life
groups() {
	local n=$1 count=$2 i k g

	shift 2
	for ((i = 1; i <= n; i++)); do
		for ((g = 1; g <= count; g++)); do
			echo "group add g$g id $g node $i local 10.0.0.$i volatile auth none $*"
			for ((k = 1; k <= n; k++)); do
				[ $i -eq $k ] || echo "member add g$g node $k addr 10.0.0.$k"
			done
		done >/tmp/batch
		paxosctl -n "n$i" -b /tmp/batch >&2 || return
	done
	for ((g = 1; g <= count; g++)); do
		echo "group init g$g timeout 30000"
	done >/tmp/batch
	paxosctl -n n1 -b /tmp/batch >&2
}

# groups_end NODES COUNT
groups_end() {
	local i g

	for ((g = 1; g <= $2; g++)); do
		echo "group del g$g"
	done >/tmp/batch
	for ((i = 1; i <= $1; i++)); do
		paxosctl -n "n$i" -b /tmp/batch >&2
	done
}

# Its node 1 leads. Each row has a new cluster.

paxos-volatile_begin() {
	:
}

paxos-volatile_row() {
	local rc=0

	groups "$1" 1 log-size 67108864 &&
		ip netns exec n1 timeout 600 load paxos-volatile "$1" "$2" "$3" \
			"$(count 2000 "$3")" g1 || rc=$?
	groups_end "$1" 1
	return $rc
}

paxos-volatile_end() {
	:
}

# Many groups of three nodes, of which nothing is asked.

idle_run() {
	local rc=0

	groups 3 "$GROUPS_IDLE" || return
	idle 3 "$GROUPS_IDLE" 10 || rc=$?
	groups_end 3 "$GROUPS_IDLE"
	return $rc
}

# The same, with all of them led by node 1.

idle-led_run() {
	local rc=0

	groups 3 "$GROUPS_IDLE" || return
	ip netns exec n1 idle 3 "$GROUPS_IDLE" 3 lead || rc=$?
	groups_end 3 "$GROUPS_IDLE"
	return $rc
}

# A learner that is behind, and one member who serves it.

catchup_run() {
	catchup 20000 64
}

# What a commit takes with a learner that catches up, and without: one row for each
# number of values outstanding. The learner has so much to catch up with that it is
# still behind when they are done; the voters get to know it from the program that
# measures, once that is under way.

# pace_load OUTSTANDING COUNT [LEARNER]: a line of JSON
pace_load() {
	ip netns exec n1 timeout 600 load paxos-volatile 3 64 "$1" "$2" g1 "${@:3}"
}

pace_learner() {
	echo "group add g1 id 1 node 4 local 10.0.0.4 volatile auth none learner" \
		"log-size 268435456" >/tmp/batch
	for k in 1 2 3; do
		echo "member add g1 node $k addr 10.0.0.$k"
	done >>/tmp/batch
	paxosctl -n n4 -b /tmp/batch >&2
}

pace_run() {
	local outstanding=$1 count=$2 rc=0

	groups 3 1 log-size 268435456 && pace_learner &&
		pace_load 256 200000 >&2 &&
		pace_load "$outstanding" "$count" >/tmp/alone &&
		pace_load "$outstanding" "$count" 4 >/tmp/beside || rc=1
	groups_end 3 1
	paxosctl -n n4 group del g1 >&2
	[ $rc -eq 0 ] || return
	jq -c --slurpfile alone /tmp/alone '{ system: "pace", outstanding, commits, learned, behind,
		alone: $alone[0].instructions_per_commit, beside: .instructions_per_commit,
		learned_per_second: (.learned * .commits_per_second / .commits | round) }' /tmp/beside
}

pace-1_run() {
	pace_run 1 5000
}

pace-256_run() {
	pace_run 256 50000
}
