/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/memory.h>
#include <string.h>
#include <common/tree.h>
#include <csr.h>
#include "paging.h"

#define ENTRIES		512
#define MEGA_SHIFT	21
#define GIGA_SHIFT	30
#define MEGA_SIZE	(1ULL << MEGA_SHIFT)
#define GIGA_SIZE	(1ULL << GIGA_SHIFT)
#define PTE_PPN_MASK	((1ULL << 44) - 1)
#define SATP_MODE_SHIFT	60

#define HANG_AT		0x3000000000ULL

/* Where the chain hangs in the root: of Sv39 where nothing else is. */
#define CHAIN_SLOT_SV39	224
#define CHAIN_SLOT	1
#define CHAIN_TABLES	4

/* By their modes; the root of Sv39 lies below those of the others. */
static uint64_t *paging_roots[PAGING_MODES];
static uint64_t *paging_own, *paging_own_user, *paging_chain[CHAIN_TABLES];

uint64_t paging_make_entry(uint64_t physical, uint64_t flags)
{
	return (physical >> 12 & PTE_PPN_MASK) << 10 | flags;
}

static uint64_t *paging_take_table(void)
{
	uint64_t *table = memory_take(PAGING_PAGE_SIZE, PAGING_PAGE_SIZE);

	if (table)
		memset(table, 0, PAGING_PAGE_SIZE);
	return table;
}

static bool paging_take_tables(void)
{
	bool all = true;

	for (unsigned int i = PAGING_SV39; i < PAGING_MODES; i++)
		all = all && (paging_roots[i] = paging_take_table());
	for (unsigned int i = 0; i < CHAIN_TABLES; i++)
		all = all && (paging_chain[i] = paging_take_table());
	return all && (paging_own = paging_take_table()) &&
	       (paging_own_user = paging_take_table());
}

static void paging_map_own(uint64_t *table, uint64_t flags)
{
	const struct tree_range *m = &tree.memory;

	for (uint64_t a = m->base; a < m->base + m->size; a += MEGA_SIZE)
		table[a >> MEGA_SHIFT & (ENTRIES - 1)] =
			paging_make_entry(a, flags);
}

bool paging_init(void)
{
	const struct tree_range *m = &tree.memory;
	uint64_t first = m->base >> GIGA_SHIFT;
	uint64_t *root;

	if (!paging_take_tables() ||
	    m->base % MEGA_SIZE || m->size % MEGA_SIZE ||
	    (m->base + m->size - 1) >> GIGA_SHIFT != first ||
	    m->base >= PAGING_OWN_USER)
		return false;
	root = paging_roots[PAGING_SV39];
	paging_map_own(paging_own, PTE_LEAF);
	paging_map_own(paging_own_user, PTE_LEAF | PTE_U);
	root[first] = paging_make_entry((uintptr_t)paging_own, PTE_V);
	root[first + (PAGING_OWN_USER >> GIGA_SHIFT)] =
		paging_make_entry((uintptr_t)paging_own_user, PTE_V);
	for (uint64_t a = 0; a < PAGING_ALL_SIZE; a += GIGA_SIZE) {
		root[(PAGING_ALL_SUPERVISOR + a) >> GIGA_SHIFT] =
			paging_make_entry(a, PTE_LEAF);
		root[(PAGING_ALL_USER + a) >> GIGA_SHIFT] =
			paging_make_entry(a, PTE_LEAF | PTE_U);
	}
	for (unsigned int i = PAGING_SV48; i < PAGING_MODES; i++)
		paging_roots[i][0] = paging_make_entry(
			(uintptr_t)paging_roots[i - 1], PTE_V);
	return true;
}

static void paging_flush(void)
{
	__asm__ volatile ("sfence.vma" : : : "memory");
}

bool paging_switch(enum paging_mode mode)
{
	uint64_t satp = mode == PAGING_BARE ? 0 :
		SATP_MODE_SV39 + ((uint64_t)(mode - PAGING_SV39)
				  << SATP_MODE_SHIFT) +
		((uintptr_t)paging_roots[mode] >> 12);

	paging_flush();
	csr_write(CSR_SATP, satp);
	paging_flush();
	/* A mode that is not there leaves the register as it was. */
	return csr_read(CSR_SATP) == satp;
}

unsigned int paging_get_levels(enum paging_mode mode)
{
	return 3 + mode - PAGING_SV39;
}

static unsigned int paging_get_slot(enum paging_mode mode)
{
	return mode == PAGING_SV39 ? CHAIN_SLOT_SV39 : CHAIN_SLOT;
}

uint64_t paging_get_chain(enum paging_mode mode)
{
	return (uint64_t)paging_get_slot(mode)
	       << (12 + 9 * (paging_get_levels(mode) - 1));
}

uint64_t *paging_get_chain_entry(enum paging_mode mode, unsigned int level)
{
	if (level + 1 < paging_get_levels(mode))
		return paging_chain[level];
	return &paging_roots[mode][paging_get_slot(mode)];
}

void paging_reset_chain(enum paging_mode mode)
{
	for (unsigned int level = paging_get_levels(mode) - 1; level; level--)
		*paging_get_chain_entry(mode, level) = paging_make_entry(
			(uintptr_t)paging_chain[level - 1], PTE_V);
	memset(paging_chain[0], 0, PAGING_PAGE_SIZE);
	paging_flush();
}

uint64_t paging_hang_table(uint64_t table)
{
	paging_roots[PAGING_SV39][HANG_AT >> GIGA_SHIFT] =
		paging_make_entry(table, PTE_V);
	paging_flush();
	return HANG_AT;
}
