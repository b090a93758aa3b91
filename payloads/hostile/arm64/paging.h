/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 1 tables of the attacker's own (Arm ARM, chapter D8, 4 KiB granule, 48
 * bits). While they are on, the first PAGING_ALL_SIZE bytes of the physical map
 * are all there with every right, three times: where they are, as write-back
 * memory, for EL1; at PAGING_ALL_KERNEL, uncached; at PAGING_ALL_USER, for EL0.
 * The payload's memory is once more at PAGING_OWN_USER, for EL0.
 *
 * One hart at a time.
 */
#ifndef HOSTILE_ARM64_PAGING_H
#define HOSTILE_ARM64_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PAGING_ALL_SIZE		(1ULL << 40)
#define PAGING_ALL_KERNEL	(16ULL << 39)
#define PAGING_ALL_USER		(32ULL << 39)
#define PAGING_OWN_USER		(64ULL << 39)

/* False if the payload's memory is not made of whole 2 MiB pages. */
bool paging_init(void);

void paging_on(void);
/* Stage 1 off. */
void paging_off(void);
/* What the payload runs with. */
void paging_reset(void);

/*
 * Makes physical page `table` a second-level table of the live tables; returns
 * a virtual address whose walk goes through it.
 */
uint64_t paging_hang_table(uint64_t table);

#endif
