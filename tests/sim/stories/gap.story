# SPDX-License-Identifier: GPL-2.0
# Node 3 misses instance 1 altogether, hears of instance 2, and asks for what is missing.
nodes 3
tell none
at 10 init 1
at 99 tell rounds
at 100 lose 1 3 ACCEPT
at 100 lose 1 3 DECIDED
at 100 propose 1
at 108 propose 2
at 200 expect 3 value 1/1 1
at 200 expect 3 value 2/1 2
end 200
