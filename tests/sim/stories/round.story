# SPDX-License-Identifier: GPL-2.0
# The plain round.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 propose 1
at 150 expect 1 value 1/1 1
at 150 expect 2 value 1/1 1
at 150 expect 3 value 1/1 1
end 150
