# SPDX-License-Identifier: GPL-2.0
# A voter loses its memory: it may not vote any more, and the others go on.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 propose 1
at 150 tell all
at 150 forget 3
at 250 expect 3 state mute
at 250 tell rounds
at 250 propose 2
at 300 expect 3 decided 2
end 300
