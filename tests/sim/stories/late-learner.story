# SPDX-License-Identifier: GPL-2.0
# A learner comes when three values are decided already.
nodes 4 learners 1
late 4
tell none
at 10 init 1
at 100 propose 1
at 110 propose 2
at 120 propose 3
at 299 tell all
at 300 start 4
at 400 expect 4 state learning
at 400 expect 4 decided 3
end 400
