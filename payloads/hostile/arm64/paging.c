/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/memory.h>
#include <common/tree.h>
#include <string.h>
#include <sysreg.h>
#include "paging.h"

#define PAGE_SIZE	4096UL
#define ENTRIES		512UL
#define MEGA_SHIFT	21
#define GIGA_SHIFT	30
#define ROOT_SHIFT	39
#define MEGA_SIZE	(1UL << MEGA_SHIFT)
#define GIGA_SIZE	(1UL << GIGA_SHIFT)
#define ROOT_SIZE	(1UL << ROOT_SHIFT)

/* Descriptors */
#define DESC_BLOCK	0x1UL
#define DESC_TABLE	0x3UL
#define DESC_USER	(1UL << 6)
#define DESC_SHARED	(3UL << 8)	/* inner */
#define DESC_ACCESSED	(1UL << 10)
#define DESC_CACHED	(0UL << 2)	/* indexes of MAIR */
#define DESC_UNCACHED	(1UL << 2)
#define DESC_LEAF	(DESC_BLOCK | DESC_SHARED | DESC_ACCESSED)

#define MAIR		0x44ffUL
/* 48 bits below; nothing above; walks write-back; physical: 40 bits */
#define TCR		(16UL | 1UL << 8 | 1UL << 10 | 3UL << 12 | 1UL << 23 | \
			 2UL << 32)

/* EL0 may maintain caches; no alignment check, writable code */
#define SCTLR_A		(1UL << 1)
#define SCTLR_DZE	(1UL << 14)
#define SCTLR_UCT	(1UL << 15)
#define SCTLR_WXN	(1UL << 19)
#define SCTLR_UCI	(1UL << 26)
#define SCTLR_ALLOWED	(SCTLR_DZE | SCTLR_UCT | SCTLR_UCI)

#define HANG_AT		(80UL << ROOT_SHIFT)
#define CACHE_LINE	64UL		/* the smallest that is flushed by */

/* Pieces of one allocation */
enum {
	ROOT,
	IDENTITY,		/* two: 1 TiB */
	KERNEL = IDENTITY + 2,
	USER = KERNEL + 2,
	OWN_USER = USER + 2,
	HANG,
	OWN_LOW,		/* the GiB of own memory, in 2 MiB */
	OWN_USER_LOW,
	TABLES,
};

static uint64_t (*paging_tables)[ENTRIES];

/* What the payload runs with */
static struct {
	uint64_t root, tcr, mair, sctlr;
} paging_usual;

void paging_load(uint64_t root, uint64_t tcr, uint64_t mair, uint64_t sctlr);

static void paging_link(uint64_t *entry, unsigned int table)
{
	*entry = (uintptr_t)paging_tables[table] | DESC_TABLE;
}

/* 1 TiB from virtual address `at` on, by blocks of 1 GiB. */
static void paging_map_all(unsigned int table, uint64_t at, uint64_t flags)
{
	for (uint64_t a = 0; a < PAGING_ALL_SIZE; a += ROOT_SIZE, table++) {
		paging_link(&paging_tables[ROOT][(at + a) >> ROOT_SHIFT],
			    table);
		for (uint64_t i = 0; i < ENTRIES; i++)
			paging_tables[table][i] =
				(a + (i << GIGA_SHIFT)) | flags | DESC_LEAF;
	}
}

bool paging_init(void)
{
	const struct tree_range *m = &tree.memory;
	uint64_t giga = m->base >> GIGA_SHIFT;

	paging_tables = memory_take(TABLES * PAGE_SIZE, PAGE_SIZE);
	if (!paging_tables || m->base % MEGA_SIZE || m->size % MEGA_SIZE ||
	    (m->base + m->size - 1) >> GIGA_SHIFT != giga || giga >= ENTRIES)
		return false;
	memset(paging_tables, 0, TABLES * PAGE_SIZE);
	paging_map_all(IDENTITY, 0, DESC_CACHED);
	paging_map_all(KERNEL, PAGING_ALL_KERNEL, DESC_UNCACHED);
	paging_map_all(USER, PAGING_ALL_USER, DESC_CACHED | DESC_USER);
	paging_link(&paging_tables[IDENTITY][giga], OWN_LOW);
	paging_link(&paging_tables[ROOT][PAGING_OWN_USER >> ROOT_SHIFT],
		    OWN_USER);
	paging_link(&paging_tables[OWN_USER][giga], OWN_USER_LOW);
	paging_link(&paging_tables[ROOT][HANG_AT >> ROOT_SHIFT], HANG);
	for (uint64_t i = 0; i < ENTRIES; i++)
		paging_tables[OWN_LOW][i] = giga << GIGA_SHIFT |
					    i << MEGA_SHIFT | DESC_LEAF;
	for (uint64_t a = m->base; a < m->base + m->size; a += MEGA_SIZE)
		paging_tables[OWN_USER_LOW][a >> MEGA_SHIFT & (ENTRIES - 1)] =
			a | DESC_USER | DESC_LEAF;
	paging_usual.root = read_sysreg(ttbr0_el1);
	paging_usual.tcr = read_sysreg(tcr_el1);
	paging_usual.mair = read_sysreg(mair_el1);
	paging_usual.sctlr = read_sysreg(sctlr_el1);
	return true;
}

/* Nothing of own memory stays in a data cache that is about to be bypassed. */
static void paging_flush(void)
{
	const struct tree_range *m = &tree.memory;

	for (uint64_t a = m->base; a < m->base + m->size; a += CACHE_LINE)
		__asm__ volatile ("dc civac, %0" : : "r" (a) : "memory");
	dsb();
}

static uint64_t paging_get_sctlr(void)
{
	return (paging_usual.sctlr | SCTLR_ALLOWED) & ~(SCTLR_A | SCTLR_WXN);
}

/* From stage 1 off too: what was fetched in between is not kept. */
static void paging_change(uint64_t root, uint64_t tcr, uint64_t mair,
			  uint64_t sctlr)
{
	if (!(read_sysreg(sctlr_el1) & SCTLR_M) || !(sctlr & SCTLR_M))
		paging_flush();
	paging_load(root, tcr, mair, sctlr);
}

void paging_on(void)
{
	paging_change((uintptr_t)paging_tables[ROOT], TCR, MAIR,
		      paging_get_sctlr());
}

void paging_off(void)
{
	paging_change(paging_usual.root, paging_usual.tcr, paging_usual.mair,
		      paging_get_sctlr() & ~(uint64_t)(SCTLR_M | SCTLR_C));
}

void paging_reset(void)
{
	paging_change(paging_usual.root, paging_usual.tcr, paging_usual.mair,
		      paging_usual.sctlr);
}

uint64_t paging_hang_table(uint64_t table)
{
	*(volatile uint64_t *)&paging_tables[HANG][0] = table | DESC_TABLE;
	dsb();
	__asm__ volatile ("tlbi vmalle1" : : : "memory");
	dsb();
	isb();
	return HANG_AT;
}
