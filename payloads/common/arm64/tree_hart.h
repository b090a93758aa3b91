/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of <common/tree.h>. */
#ifndef COMMON_ARM64_TREE_HART_H
#define COMMON_ARM64_TREE_HART_H

struct tree_hart {
	/* MPIDR's affinity */
	unsigned long id;
	/* INTID of an SPI that only doorbells pend; 0: none */
	unsigned int doorbell;
};

#endif
