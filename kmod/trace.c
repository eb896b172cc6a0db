// SPDX-License-Identifier: GPL-2.0
/* Tracepoints, made here once. */

#define CREATE_TRACE_POINTS
#include "trace.h"
