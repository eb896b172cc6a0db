# SPDX-License-Identifier: GPL-2.0
# A group of three comes to life.
nodes 3
tell all
at 10 init 1
at 50 expect 1 state voting
at 50 expect 2 state voting
at 50 expect 3 state voting
end 50
