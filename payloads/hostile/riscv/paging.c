/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/memory.h>
#include <string.h>
#include <common/tree.h>
#include <csr.h>
#include "paging.h"

#define PAGE_SIZE	4096
#define ENTRIES		512
#define MEGA_SHIFT	21
#define GIGA_SHIFT	30
#define MEGA_SIZE	(1ULL << MEGA_SHIFT)
#define GIGA_SIZE	(1ULL << GIGA_SHIFT)

/* Page table entries */
#define PTE_V		(1ULL << 0)
#define PTE_RWX		(7ULL << 1)
#define PTE_U		(1ULL << 4)
#define PTE_A		(1ULL << 6)
#define PTE_D		(1ULL << 7)
#define PTE_LEAF	(PTE_V | PTE_RWX | PTE_A | PTE_D)
#define PTE_PPN_MASK	((1ULL << 44) - 1)

#define HANG_AT		0x3000000000ULL

static uint64_t *paging_root, *paging_own, *paging_own_user;

static uint64_t pte_make(uint64_t physical, uint64_t flags)
{
	return (physical >> 12 & PTE_PPN_MASK) << 10 | flags;
}

static void paging_map_own(uint64_t *table, uint64_t flags)
{
	const struct tree_range *m = &tree.memory;

	for (uint64_t a = m->base; a < m->base + m->size; a += MEGA_SIZE)
		table[a >> MEGA_SHIFT & (ENTRIES - 1)] = pte_make(a, flags);
}

bool paging_init(void)
{
	const struct tree_range *m = &tree.memory;
	uint64_t first = m->base >> GIGA_SHIFT;
	uint64_t *tables = memory_take(3 * PAGE_SIZE, PAGE_SIZE);

	if (!tables || m->base % MEGA_SIZE || m->size % MEGA_SIZE ||
	    (m->base + m->size - 1) >> GIGA_SHIFT != first ||
	    m->base >= PAGING_OWN_USER)
		return false;
	memset(tables, 0, 3 * PAGE_SIZE);
	paging_root = tables;
	paging_own = tables + ENTRIES;
	paging_own_user = tables + 2 * ENTRIES;
	paging_map_own(paging_own, PTE_LEAF);
	paging_map_own(paging_own_user, PTE_LEAF | PTE_U);
	paging_root[first] = pte_make((uintptr_t)paging_own, PTE_V);
	paging_root[first + (PAGING_OWN_USER >> GIGA_SHIFT)] =
		pte_make((uintptr_t)paging_own_user, PTE_V);
	for (uint64_t a = 0; a < PAGING_ALL_SIZE; a += GIGA_SIZE) {
		paging_root[(PAGING_ALL_SUPERVISOR + a) >> GIGA_SHIFT] =
			pte_make(a, PTE_LEAF);
		paging_root[(PAGING_ALL_USER + a) >> GIGA_SHIFT] =
			pte_make(a, PTE_LEAF | PTE_U);
	}
	return true;
}

static void paging_flush(void)
{
	__asm__ volatile ("sfence.vma" : : : "memory");
}

void paging_switch(bool on)
{
	uint64_t satp = on ? SATP_MODE_SV39 | (uintptr_t)paging_root >> 12 : 0;

	paging_flush();
	csr_write(CSR_SATP, satp);
	paging_flush();
}

uint64_t paging_hang_table(uint64_t table)
{
	paging_root[HANG_AT >> GIGA_SHIFT] = pte_make(table, PTE_V);
	paging_flush();
	return HANG_AT;
}
