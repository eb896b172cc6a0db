# SPDX-License-Identifier: GPL-2.0
# A failover: the leader is cut off in the middle of its work, another goes on, and it follows.
nodes 3
seed 4
set candidates=1
tell none
at 10 init 1
at 60 cut 3 1
at 60 cut 3 2
at 60 cut 1 3
at 60 cut 2 3
at 100 tell rounds
at 200 tell none
at 290 tell rounds
at 300 join 3 1
at 300 join 3 2
at 300 join 1 3
at 300 join 2 3
at 325 tell none
end 400
