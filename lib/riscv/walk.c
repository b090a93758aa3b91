/* SPDX-License-Identifier: BSD-2-Clause */
/* See walk.h. */
#include "walk.h"

/* satp */
#define SATP_MODE_SHIFT		60
#define SATP_MODE_BARE		0
#define SATP_MODE_SV39		8
#define SATP_MODE_SV57		10

#define PAGE_ORDER		12
#define LEVEL_ORDER		9
#define PPN_MASK		((1ULL << 44) - 1)

/* Page table entries */
#define PTE_V			(1ULL << 0)
#define PTE_R			(1ULL << 1)
#define PTE_W			(1ULL << 2)
#define PTE_X			(1ULL << 3)
#define PTE_U			(1ULL << 4)
#define PTE_A			(1ULL << 6)
#define PTE_D			(1ULL << 7)
#define PTE_PPN_SHIFT		10
#define PTE_RESERVED		(0x7fULL << 54)
#define PTE_PBMT		(3ULL << 61)
#define PTE_N			(1ULL << 63)
/* Of an entry that points at a table. */
#define PTE_TABLE_RESERVED	(PTE_U | PTE_A | PTE_D | PTE_PBMT | PTE_N)

/* Svnapot has one size: 64 KiB, encoded so in the low bits of the number. */
#define NAPOT_PAGES		16
#define NAPOT_ENCODED		8

static uint64_t page_number(uint64_t entry)
{
	return entry >> PTE_PPN_SHIFT & PPN_MASK;
}

static bool entry_is_sound(uint64_t entry)
{
	return (entry & PTE_V) && !(entry & PTE_RESERVED) &&
	       (entry & PTE_PBMT) != PTE_PBMT &&
	       (entry & (PTE_R | PTE_W)) != PTE_W;
}

static bool leaf_permits(const struct walk *walk, uint64_t entry)
{
	uint64_t readable = walk->mxr ? PTE_R | PTE_X : PTE_R;

	if (walk->user ? !(entry & PTE_U) : (entry & PTE_U) && !walk->sum)
		return false;
	return entry & (walk->write ? PTE_W : readable);
}

/* How many pages a leaf of that level maps at once; 0 if it is malformed. */
static uint64_t leaf_pages(uint64_t entry, unsigned int level)
{
	uint64_t pages = 1ULL << LEVEL_ORDER * level;

	if (!(entry & PTE_N))
		return page_number(entry) % pages ? 0 : pages;
	return level || page_number(entry) % NAPOT_PAGES != NAPOT_ENCODED ?
	       0 : NAPOT_PAGES;
}

static bool leaf_translate(const struct walk *walk, uint64_t entry,
			   unsigned int level, uint64_t virt, uint64_t *phys)
{
	uint64_t pages = leaf_pages(entry, level);
	uint64_t mask = (pages << PAGE_ORDER) - 1;

	if (!pages || !leaf_permits(walk, entry))
		return false;
	*phys = (page_number(entry) << PAGE_ORDER & ~mask) | (virt & mask);
	return true;
}

bool walk_translate(const struct walk *walk, uint64_t virt, uint64_t *phys)
{
	uint64_t mode = walk->satp >> SATP_MODE_SHIFT, entry;
	uint64_t table = (walk->satp & PPN_MASK) << PAGE_ORDER;
	unsigned int level, unused;

	if (mode == SATP_MODE_BARE) {
		*phys = virt;
		return true;
	}
	if (mode < SATP_MODE_SV39 || mode > SATP_MODE_SV57)
		return false;
	level = 3 + mode - SATP_MODE_SV39;
	unused = 64 - PAGE_ORDER - LEVEL_ORDER * level;
	if ((uint64_t)((int64_t)(virt << unused) >> unused) != virt)
		return false;
	/* Stops tables that point at themselves from holding the hart. */
	while (level--) {
		uint64_t index = virt >> (PAGE_ORDER + LEVEL_ORDER * level) &
				 ((1U << LEVEL_ORDER) - 1);

		if (!walk->read(walk->context, table + 8 * index, &entry) ||
		    !entry_is_sound(entry))
			return false;
		if (entry & (PTE_R | PTE_X))
			return leaf_translate(walk, entry, level, virt, phys);
		if (entry & PTE_TABLE_RESERVED)
			return false;
		table = page_number(entry) << PAGE_ORDER;
	}
	return false;
}
