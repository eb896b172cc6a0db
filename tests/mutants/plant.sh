# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# top is set by scripts/lib.sh
#
# How a mutant gets into a copy of the tree; sourced by whoever looks for one.

# plant NAME DIR: into the copy at DIR. A patch that does not apply to the letter is
# out of date, and says nothing.
plant() {
	patch -p1 -F0 -s -f -d "$2" <"$top/tests/mutants/$1.patch" 2>&1
}

# plant_unasserted NAME DIR: into a copy of core and library that is made in DIR,
# without the core's own assertions: what finds the bug is to be the search.
plant_unasserted() {
	rm -rf "$2"
	mkdir -p "$2/kmod" "$2/userspace"
	cp -r "$top/kmod/core" "$2/kmod/"
	cp -r "$top/userspace/lib" "$2/userspace/"
	plant "$1" "$2" || return
	sed -i 's/paxos_violated(#cond, __FILE__, __LINE__)/false/' "$2/kmod/core/port.h"
}
