# SPDX-License-Identifier: GPL-2.0
#
# What people type. Products go to build/, caches to ~/.cache/paxos.

.DEFAULT_GOAL := module
.SUFFIXES:
# The parts share build/ and count on their order: scripts use -j themselves.
.NOTPARALLEL:

# A kernel's headers or build directory. Empty: every kernel the module is held to.
KDIR :=
DESTDIR :=

ktap = set -o pipefail; $(1) | scripts/ktap
SHELL := /bin/bash

.PHONY: help
help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

#: make module    build paxos.ko, KDIR=DIR for one kernel alone
.PHONY: module
module:
	@$(call ktap,scripts/module $(KDIR))

#: make demo      five nodes in a virtual machine make one log, and lose their leader meanwhile
.PHONY: demo
demo:
	@scripts/demo

#: make check     everything below that tests, and a sum; PARTS="style unit" for some
.PHONY: check
check:
	@scripts/check $(PARTS)

#: make unit      the suites of tests/kunit in userspace, under ASan and UBSan; T=PREFIX for some
.PHONY: unit
unit:
	@$(call ktap,scripts/unit $(T))

#: make kunit     the suites in a kernel with sanitizers, and clusters in it; T=PREFIX for some
.PHONY: kunit
kunit:
	@$(call ktap,scripts/kunit $(T))

#: make selftest  whole clusters in QEMU, on the stock kernels; T=PREFIX for some
.PHONY: selftest
selftest:
	@$(call ktap,tests/selftests/run $(T))

#: make readme    the README's five-minute start, on a bare Debian and on its kernel
.PHONY: readme
readme:
	@$(call ktap,tests/readme/run)

#: make bench     instructions a commit, of the module and of others, in one machine; T="PREFIX ..."
#:                for some, NODES="3 5" BYTES="64 1024" OUTSTANDING="1 8 64 256" COUNT=N, SHORT=1,
#:                PROFILE=N for functions
.PHONY: bench
bench:
	@$(call ktap,NODES="$(NODES)" BYTES="$(BYTES)" OUTSTANDING="$(OUTSTANDING)" COUNT="$(COUNT)" \
		SHORT="$(SHORT)" PROFILE="$(PROFILE)" tests/bench/run $(T))

#: make userspace the library and the tool, and what of their tests needs no module
.PHONY: userspace
userspace:
	@$(MAKE) -s -C userspace all check

#: make sim       seeds in the simulator; FROM=1 SEEDS=20000, or SEED=N for one, told in full or with
#:                SHRINK=1 made smaller if it fails; SET="nodes=3 loss=0" instead of what is drawn
.PHONY: sim
sim:
	@FROM=$(FROM) SEEDS=$(SEEDS) SEED=$(SEED) SET="$(SET)" SHRINK=$(SHRINK) scripts/sim

#: make fuzz      inputs that chance makes, with sanitizers; SECONDS=60 in all, T=PREFIX for some;
#:                SEED=1 to begin with, and another each time with SEED=0
.PHONY: fuzz
fuzz:
	@$(call ktap,FUZZ_SECONDS=$(or $(SECONDS),60) SEED=$(SEED) scripts/fuzz $(T))

#: make lin       the checker of linearizability, on histories known good and bad; N=20000 random ones
.PHONY: lin
lin:
	@$(call ktap,N=$(N) SEED=$(SEED) scripts/lin)

#: make explore   every order of events in tiny clusters; SET="rounds=21 ..." for one of your own
.PHONY: explore
explore:
	@$(call ktap,scripts/explore $(SET))

#: make stories   runs that read as the protocol explained, compared; WRITE=1 writes what they tell
.PHONY: stories
stories:
	@$(call ktap,WRITE=$(WRITE) scripts/stories)

#: make spin      the core's acceptors and three ballots, completely, by spin
.PHONY: spin
spin:
	@$(call ktap,scripts/spin)

#: make mutants   bugs put into copies of the core, each to be seen by a checker; T="PREFIX ..." for some
.PHONY: mutants
mutants:
	@$(call ktap,tests/mutants/run $(T))

#: make coverage  branches of kmod/core that simulator, fuzzers and suites run; SEEDS=2000 SECONDS=60
.PHONY: coverage
coverage:
	@$(call ktap,SEEDS=$(SEEDS) FUZZ_SECONDS=$(or $(SECONDS),60) scripts/coverage)

#: make style     checkpatch, kernel-doc, codespell, shellcheck, yamllint, doc-check, and scripts/tidy
.PHONY: style
style:
	@$(call ktap,scripts/style)

#: make install   the module for KDIR or the running kernel, library and tool, under DESTDIR
.PHONY: install
install:
	@scripts/install "$(KDIR)" "$(DESTDIR)"
	@$(MAKE) -s -C userspace install

#: make clean     remove build/
.PHONY: clean
clean:
	rm -rf build
