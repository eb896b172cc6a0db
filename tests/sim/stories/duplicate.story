# SPDX-License-Identifier: GPL-2.0
# Of five acceptors one is heard twice, and the votes of three are lost: two votes are no quorum.
nodes 5
tell none
at 10 init 1
at 99 tell rounds
at 100 repeat 2 1 ACCEPTED
at 100 lose 3 1 ACCEPTED
at 100 lose 4 1 ACCEPTED
at 100 lose 5 1 ACCEPTED
at 100 propose 1
at 120 expect 1 decided 0
at 200 expect 1 decided 1
at 200 expect 5 decided 1
end 200
