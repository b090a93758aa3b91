/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hart.h>
#include <common/tree.h>
#include <sbi.h>
#include "harts.h"

#define HSM_STOPPED	1

unsigned long harts_find_other(void)
{
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].id != hart_get_id())
			return tree.harts[i].id;
	}
	return HARTS_NONE;
}

bool harts_is_stopped(unsigned long hart)
{
	struct sbi_result r = sbi_call(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS,
				       hart, 0, 0, 0, 0, 0);

	return !r.error && r.value == HSM_STOPPED;
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
