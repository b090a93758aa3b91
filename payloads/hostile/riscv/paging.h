/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sv39 page tables of the attacker's own (privileged specification, "Sv39").
 * While they are on, the payload's memory is where it is for S-mode, and once
 * more for U-mode at PAGING_OWN_USER; the first PAGING_ALL_SIZE bytes of the
 * physical map are all there, with every right, at the two other offsets.
 */
#ifndef HOSTILE_RISCV_PAGING_H
#define HOSTILE_RISCV_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#define PAGING_OWN_USER		0x800000000ULL
#define PAGING_ALL_SUPERVISOR	0x1000000000ULL
#define PAGING_ALL_USER		0x2000000000ULL
#define PAGING_ALL_SIZE		0x200000000ULL	/* 8 GiB */

/* False if the payload's memory is not made of whole 2 MiB pages. */
bool paging_init(void);

void paging_switch(bool on);

/*
 * Makes physical page `table` a second-level table of the live tables; returns
 * a virtual address whose walk goes through it.
 */
uint64_t paging_hang_table(uint64_t table);

#endif
