/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/tree.h>
#include "harts.h"

unsigned long harts_find_other(void)
{
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].id != hart_get_id())
			return tree.harts[i].id;
	}
	return HARTS_NONE;
}

bool harts_await_stop(unsigned long hart)
{
	uint64_t until = hart_get_time() + HARTS_PATIENCE * tree.timebase;

	while (!harts_is_stopped(hart)) {
		if (hart_get_time() > until)
			return false;
	}
	return true;
}
