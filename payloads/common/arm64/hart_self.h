/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of <common/hart_data.h>: always in TPIDR_EL1. */
#ifndef COMMON_ARM64_HART_SELF_H
#define COMMON_ARM64_HART_SELF_H

static inline struct hart_data *hart_get_data(void)
{
	struct hart_data *data;

	__asm__ ("mrs %0, tpidr_el1" : "=r" (data));
	return data;
}

#endif
