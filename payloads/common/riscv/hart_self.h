/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Part of <common/hart_data.h>: in tp while the payload runs, in sscratch
 * always.
 */
#ifndef COMMON_RISCV_HART_SELF_H
#define COMMON_RISCV_HART_SELF_H

static inline struct hart_data *hart_get_data(void)
{
	struct hart_data *data;

	__asm__ ("mv %0, tp" : "=r" (data));
	return data;
}

#endif
