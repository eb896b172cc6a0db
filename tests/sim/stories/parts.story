# SPDX-License-Identifier: GPL-2.0
# A value of 3,000 bytes goes in three parts, and one of them is lost.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 lose 1 3 PART 2
at 100 propose 1 3000
at 200 expect 3 value 1/1 1
end 200
