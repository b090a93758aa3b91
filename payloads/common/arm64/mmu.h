/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between mmu.c, which builds the tables, and start.S, which turns translation
 * on.
 *
 * Ownership: the tables are in the image and constant once translation is on.
 */
#ifndef COMMON_ARM64_MMU_H
#define COMMON_ARM64_MMU_H

/* Indexes of MAIR_EL1, and its value: write-back memory, Device-nGnRE */
#define MMU_ATTRIBUTE_MEMORY	0ULL
#define MMU_ATTRIBUTE_DEVICE	1ULL
#define MMU_MAIR		0x04ff

/* TCR_EL1 but for IPS: 39 bits in TTBR0_EL1, walks in write-back memory. */
#define MMU_TCR			0x803519

#ifndef __ASSEMBLER__

#include <stdint.h>

/* Level 1, for TTBR0_EL1 */
extern uint64_t mmu_root[];

/*
 * On the boot hart: forgets what caches hold of the image, which was written
 * past them, and turns translation and caches on.
 */
void mmu_begin(void);

#endif
#endif
