# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034	# what is set here is read by who sources it
#
# What the scripts share: where things lie, and how a result is told. Results
# are KTAP on standard output; scripts/ktap counts them.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build
cache=${PAXOS_CACHE:-$HOME/.cache/paxos}
jobs=${JOBS:-$(nproc)}

# The kernels that the module is held to, newest first: series of which
# tests/vm/kernel knows the stock one.
kernels=${KERNELS:-6.12 6.1}

results=0

# result STATUS NAME [DETAILS]: one line, the details of a failure above it.
result() {
	local no=

	results=$((results + 1))
	if [ "$1" -ne 0 ]; then
		no='not '
		[ -z "${3:-}" ] || printf '%s\n' "$3" | sed 's/^/# /'
	fi
	printf '%sok %d - %s\n' "$no" "$results" "$2"
}

# skip NAME WHY
skip() {
	results=$((results + 1))
	printf 'ok %d - %s # SKIP %s\n' "$results" "$1" "$2"
}

# The plan comes last, since it is not known before; one that is missing tells
# scripts/ktap that the script died on its way.
results_end() {
	printf '1..%d\n' "$results"
}

# kernel_release KDIR: what uname -r says on that kernel, which names the
# directory of its modules. kernel.release differs from it on Debian's 6.1.
kernel_release() {
	sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' \
		"$1/include/generated/utsrelease.h" 2>/dev/null
}

die() {
	printf '%s: %s\n' "${0##*/}" "$1" >&2
	exit 1
}
