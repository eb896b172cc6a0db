# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The network that every system has under it: node I is 10.0.0.I in the
# namespace nI, with a pair of veth to each other node. What a switch would do
# is no host's work, so there is no bridge; nobody has to be asked for an
# address on the way.

mac() {
	printf '02:00:00:00:%02x:%02x' "$1" "$2"
}

# network N
network() {
	local n=$1 i k

	for ((i = 1; i <= n; i++)); do
		echo "netns add n$i"
		for ((k = 1; k < i; k++)); do
			echo "link add to$i netns n$k address $(mac "$k" "$i") type veth" \
				"peer name to$k netns n$i address $(mac "$i" "$k")"
		done
	done >/tmp/ip
	ip -batch /tmp/ip || return
	for ((i = 1; i <= n; i++)); do
		{
			echo "addr add 10.0.0.$i/32 dev lo"
			echo "link set lo up"
			for ((k = 1; k <= n; k++)); do
				[ $i -ne $k ] || continue
				echo "link set to$k up"
				echo "route add 10.0.0.$k/32 dev to$k src 10.0.0.$i"
				echo "neigh add 10.0.0.$k dev to$k lladdr $(mac "$k" "$i")" \
					"nud permanent"
			done
		} >/tmp/ip
		ip -n "n$i" -batch /tmp/ip || return
	done
}

network_end() {
	local name

	for name in /run/netns/n*; do
		[ ! -e "$name" ] || ip netns del "${name##*/}"
	done
}
