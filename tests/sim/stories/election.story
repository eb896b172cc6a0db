# SPDX-License-Identifier: GPL-2.0
# An election: who misses a leader asks, waits, and leads; the values that follow cost one round.
nodes 3
seed 4
set candidates=1
tell none
at 10 init 1
at 11 tell rounds
at 75 tell none
end 90
