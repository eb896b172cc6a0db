// SPDX-License-Identifier: GPL-2.0
/* The models there are. */

#include <string.h>

#include "lin.h"

const struct lin_model *const lin_models[] = {
	&lin_register, &lin_counter, &lin_lock, &lin_log, &lin_once, NULL,
};

const struct lin_model *lin_model_find(const char *name)
{
	const struct lin_model *const *model;

	for (model = lin_models; *model; model++)
		if (!strcmp((*model)->name, name))
			break;
	return *model;
}
