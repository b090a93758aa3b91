/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of the attacker's own (privileged specification, "Sv39"; with one
 * and two levels more on top, which change nothing below, "Sv48" and "Sv57").
 * While they are on, the payload's memory is where it is for S-mode, and once
 * more for U-mode at PAGING_OWN_USER; the first PAGING_ALL_SIZE bytes of the
 * physical map are all there, with every right, at the two other offsets.
 */
#ifndef HOSTILE_RISCV_PAGING_H
#define HOSTILE_RISCV_PAGING_H

#include <stdbool.h>
#include <stdint.h>

/* Page table entries */
#define PTE_V			(1ULL << 0)
#define PTE_R			(1ULL << 1)
#define PTE_W			(1ULL << 2)
#define PTE_X			(1ULL << 3)
#define PTE_U			(1ULL << 4)
#define PTE_A			(1ULL << 6)
#define PTE_D			(1ULL << 7)
#define PTE_LEAF		(PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

#define PAGING_PAGE_SIZE	4096UL

enum paging_mode {
	PAGING_BARE,
	PAGING_SV39,
	PAGING_SV48,
	PAGING_SV57,
	PAGING_MODES
};

#define PAGING_OWN_USER		0x800000000ULL
#define PAGING_ALL_SUPERVISOR	0x1000000000ULL
#define PAGING_ALL_USER		0x2000000000ULL
#define PAGING_ALL_SIZE		0x200000000ULL	/* 8 GiB */

/* False if the payload's memory is not made of whole 2 MiB pages. */
bool paging_init(void);

/* False, with nothing switched, if the hart has no such mode. */
bool paging_switch(enum paging_mode mode);

uint64_t paging_make_entry(uint64_t physical, uint64_t flags);

/*
 * Makes physical page `table` a second-level table of the live tables; returns
 * a virtual address whose walk goes through it.
 */
uint64_t paging_hang_table(uint64_t table);

/* Levels of a mode that is not bare: 3 to 5. */
unsigned int paging_get_levels(enum paging_mode mode);
/*
 * The chain: one table of its own for each level but the root's, each entry 0
 * of which points at the next, to be spoiled as one likes. The virtual address
 * that goes through all of them; the live entry at `level` (level 0: that of
 * the first of 512 pages); all of them made anew, level 0 empty.
 */
uint64_t paging_get_chain(enum paging_mode mode);
uint64_t *paging_get_chain_entry(enum paging_mode mode, unsigned int level);
void paging_reset_chain(enum paging_mode mode);

#endif
