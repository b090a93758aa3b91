/* SPDX-License-Identifier: BSD-2-Clause */
/* What gic.c and gic_cpu.c share. */
#ifndef LIB_ARM64_GIC_PRIVATE_H
#define LIB_ARM64_GIC_PRIVATE_H

#include "gic.h"
#include "gic_filter.h"

/* Constant after gic_setup(), but for what the locks of gic.c serialise. */
extern struct gic_filter gic_filter;

#define ICC_CTLR_EOIMODE	(1U << 1)	/* EOIR does not deactivate */
#define ICC_CTLR_PRIBITS(ctlr)	(((ctlr) >> 8 & 7) + 1)

/*
 * Of the calling core: system registers for the CPU interface, and the traps
 * that go with them. Returns how many bits a priority has.
 */
unsigned int gic_cpu_enable(void);
/* After that, and after gic_setup(): Group 0, EL2's own. */
void gic_cpu_setup(void);
/* As at reset, as far as a guest can change it. */
void gic_cpu_clear(void);

#endif
