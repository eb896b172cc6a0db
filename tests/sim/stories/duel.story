# SPDX-License-Identifier: GPL-2.0
# A duel: two proposers push each other's ballots up, until one is left alone long enough.
nodes 3
seed 3
tell none
at 10 init 1
at 99 tell rounds
at 100 propose 1
at 101 propose 3
at 101 hold 3 1 ACCEPT 1 8
at 101 hold 3 2 ACCEPT 1 8
at 300 expect 1 decided 2
at 300 expect 2 decided 2
at 300 expect 3 decided 2
end 300
