/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The performance monitors of a core: its last event counter is EL2's own and
 * counts instructions retired at EL2, the others are the guest's (MDCR_EL2.HPMN
 * keeps them apart). Where there are none, or too few, nothing is counted.
 *
 * Concurrency: all of this is about the calling core.
 */
#ifndef LIB_ARM64_PMU_H
#define LIB_ARM64_PMU_H

#include <stdint.h>

/* Starts EL2's counter; the bits of MDCR_EL2 that this wants. */
uint64_t pmu_setup(void);
/* The guest's part, as at reset. */
void pmu_clear(void);
/* EL2's counter, from when EL2 was entered; 0 if there is none. */
uint64_t pmu_begin(void);
uint64_t pmu_read(void);

/* The counter has 32 bits and wraps. */
static inline uint64_t pmu_get_difference(uint64_t before, uint64_t after)
{
	return (uint32_t)(after - before);
}

#endif
