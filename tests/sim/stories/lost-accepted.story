# SPDX-License-Identifier: GPL-2.0
# Both votes are lost on the way back: ACCEPT goes out again, and nobody votes twice.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 lose 2 1 ACCEPTED
at 100 lose 3 1 ACCEPTED
at 100 propose 1
at 180 expect 3 value 1/1 1
end 180
