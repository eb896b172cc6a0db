# SPDX-License-Identifier: GPL-2.0
# A proposer is cut off when one acceptor has voted for its value; the next one must go on with that.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 lose 1 3 ACCEPT
at 100 lose 2 1 ACCEPTED
at 100 propose 1
at 104 cut 1 2
at 104 cut 1 3
at 110 propose 3
at 200 expect 3 value 1/1 1
at 200 expect 3 value 3/1 2
at 200 join 1 2
at 200 join 1 3
at 1200 expect 1 decided 2
end 1200
