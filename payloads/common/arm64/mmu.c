/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 1 at EL1, identity: what the tree calls memory and windows, and the
 * memory of clients that it grants, is normal write-back memory, so that caches
 * and atomics work as everywhere else; all the rest is Device-nGnRE and not
 * executable. What may be reached at all is stage 2's business, so everything
 * is mapped, and writable.
 *
 * Tables: Arm ARM, chapter D8, 4 KiB granule, 39 bits, from level 1.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart_data.h>
#include "mmu.h"

#define ENTRIES		512
#define PAGE_SIZE	4096ULL
#define ADDRESS_END	(1ULL << 39)
#define LEVEL_SHIFT(l)	(39 - 9 * (l))
#define LEVEL_FIRST	1
#define LEVEL_LAST	3

#define DESC_BLOCK	1ULL
#define DESC_TABLE	3ULL
#define DESC_TYPE	3ULL
#define DESC_ADDRESS	0x0000fffffffff000ULL
#define DESC_INNER	(3ULL << 8)
#define DESC_AF		(1ULL << 10)
#define DESC_PXN	(1ULL << 53)
#define DESC_UXN	(1ULL << 54)

#define MEMORY (MMU_ATTRIBUTE_MEMORY << 2 | DESC_INNER | DESC_AF | DESC_UXN)
#define DEVICE (MMU_ATTRIBUTE_DEVICE << 2 | DESC_AF | DESC_UXN | DESC_PXN)

/* The two ends of each range can take a table of each lower level. */
#define RANGES_MAX	(1 + TREE_WINDOWS_MAX + TREE_GRANTS_MAX)
#define TABLES_MAX	(2 * (LEVEL_LAST - LEVEL_FIRST) * RANGES_MAX)

uint64_t mmu_root[ENTRIES] __attribute__((aligned(4096)));
static uint64_t mmu_tables[TABLES_MAX][ENTRIES] __attribute__((aligned(4096)));
static unsigned int mmu_table_count;

static void mmu_fill(uint64_t *table, unsigned int level, uint64_t base)
{
	uint64_t type = level == LEVEL_LAST ? DESC_TABLE : DESC_BLOCK;

	for (uint64_t i = 0; i < ENTRIES; i++)
		table[i] = (base + (i << LEVEL_SHIFT(level))) | DEVICE | type;
}

/* What `entry` maps as one piece is mapped by a table of its own. */
static uint64_t *mmu_split(uint64_t *entry, unsigned int level)
{
	uint64_t *table;

	if ((*entry & DESC_TYPE) == DESC_TABLE)
		return (uint64_t *)(uintptr_t)(*entry & DESC_ADDRESS);
	if (mmu_table_count == TABLES_MAX) {
		print("more pieces of memory than translation tables\n");
		firmware_end(true);
	}
	table = mmu_tables[mmu_table_count++];
	mmu_fill(table, level + 1, *entry & DESC_ADDRESS);
	*entry = (uint64_t)(uintptr_t)table | DESC_TABLE;
	return table;
}

static void mmu_map(uint64_t *table, unsigned int level, uint64_t base,
		    uint64_t end)
{
	uint64_t size = 1ULL << LEVEL_SHIFT(level), next, *entry;

	for (; base < end; base = next) {
		next = (base & ~(size - 1)) + size;
		if (next > end)
			next = end;
		entry = &table[base >> LEVEL_SHIFT(level) & (ENTRIES - 1)];
		if (next - base < size)
			mmu_map(mmu_split(entry, level), level + 1, base, next);
		else
			*entry = base | MEMORY |
				 (level == LEVEL_LAST ? DESC_TABLE :
							DESC_BLOCK);
	}
}

static void mmu_map_range(const struct tree_range *range)
{
	uint64_t base = range->base & ~(PAGE_SIZE - 1);
	uint64_t end = (range->base + range->size + PAGE_SIZE - 1) &
		       ~(PAGE_SIZE - 1);

	if (end > ADDRESS_END || end < base) {
		print("memory at %p lies beyond 39 bits\n", (void *)base);
		firmware_end(true);
	}
	mmu_map(mmu_root, LEVEL_FIRST, base, end);
}

void hart_map(const struct tree *tree)
{
	mmu_fill(mmu_root, LEVEL_FIRST, 0);
	mmu_map_range(&tree->memory);
	for (unsigned int i = 0; i < tree->window_count; i++)
		mmu_map_range(&tree->windows[i].reg);
	for (unsigned int i = 0; i < tree->channel_count; i++) {
		const struct tree_channel *channel = &tree->channels[i];

		for (unsigned int k = 0; k < channel->grant_count; k++)
			mmu_map_range(&channel->grants[k]);
	}
	mmu_begin();
}
