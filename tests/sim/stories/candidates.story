# SPDX-License-Identifier: GPL-2.0
# Two candidates at once: a PREPARE is late, another begins meanwhile, and the lower ballot gives way.
nodes 3
seed 4
set candidates=1
tell none
at 10 init 1
at 11 tell rounds
at 11 hold 3 1 PREPARE 1 6
at 11 hold 3 2 PREPARE 1 6
at 55 tell none
end 60
