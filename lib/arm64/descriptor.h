/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors of translation tables: Arm DDI 0487, D8.3. These bits mean the
 * same in EL2's own translation (mmu.c) and in stage 2 (stage2_table.c).
 */
#ifndef LIB_ARM64_DESCRIPTOR_H
#define LIB_ARM64_DESCRIPTOR_H

#define DESCRIPTOR_VALID	(1ULL << 0)
#define DESCRIPTOR_TABLE	(1ULL << 1)	/* at the last level: a page */
#define DESCRIPTOR_SHAREABLE	(3ULL << 8)	/* inner */
#define DESCRIPTOR_ACCESSED	(1ULL << 10)
#define DESCRIPTOR_XN		(1ULL << 54)
#define DESCRIPTOR_ADDRESS	0x0000fffffffff000ULL

#endif
