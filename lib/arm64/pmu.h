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

#include <stdbool.h>
#include <stdint.h>

/* What is kept of a core's, in its struct core. */
struct pmu {
	unsigned int guests;	/* the guest's counters, from 0 on */
	bool own;		/* the next one is EL2's */
	uint32_t taken;		/* EL2's, when it was last looked at */
};

/* Starts EL2's counter; the bits of MDCR_EL2 that this wants. */
uint64_t pmu_setup(struct pmu *pmu);
/* The guest's part, as at reset. */
void pmu_clear(struct pmu *pmu);
/*
 * What was retired at EL2 since this was last asked, always 0 if nothing counts
 * that. Asked for at the end of every exit: what is left of that exit is part
 * of the next one's. The counter has 32 bits; more were never retired.
 */
uint32_t pmu_take(struct pmu *pmu);

#endif
