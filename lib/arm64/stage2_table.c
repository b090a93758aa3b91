/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage2_table.h"

/* Descriptors: Arm DDI 0487, D8.3, stage 2 of the EL1&0 translation regime */
#define DESC_VALID		(1ULL << 0)
#define DESC_TABLE		(1ULL << 1)	/* at the last level a page */
#define DESC_ATTR_DEVICE	(0x1ULL << 2)	/* Device-nGnRE */
#define DESC_ATTR_NORMAL	(0xfULL << 2)	/* write-back in and out */
#define DESC_READ		(1ULL << 6)
#define DESC_WRITE		(1ULL << 7)
#define DESC_INNER_SHAREABLE	(3ULL << 8)
#define DESC_ACCESSED		(1ULL << 10)
#define DESC_NEVER_EXECUTE	(1ULL << 54)

struct builder {
	const struct grant *grants;
	unsigned int count;
	stage2_table *tables;
	unsigned int used, max;
};

static uint64_t attributes_get(const struct grant *grant)
{
	uint64_t desc = DESC_VALID | DESC_ACCESSED;

	if (grant->mmio)
		desc |= DESC_ATTR_DEVICE;
	else
		desc |= DESC_ATTR_NORMAL | DESC_INNER_SHAREABLE;
	if (grant->rights & PROTECTION_READ)
		desc |= DESC_READ;
	if (grant->rights & PROTECTION_WRITE)
		desc |= DESC_WRITE;
	if (grant->mmio || !(grant->rights & PROTECTION_EXECUTE))
		desc |= DESC_NEVER_EXECUTE;
	return desc;
}

/* Goes three levels deep at most: the last order never asks for a table. */
static bool table_fill(struct builder *b, stage2_table *table, uint64_t base,
		       unsigned int order)
{
	const struct grant *grant = NULL;
	uint64_t addr = base, desc;
	unsigned int i;

	for (i = 0; i < STAGE2_TABLE_ENTRIES; i++, addr += 1ULL << order) {
		switch (table_entry_find(b->grants, b->count, addr, order,
					 &grant)) {
		case TABLE_ENTRY_NONE:
			continue;
		case TABLE_ENTRY_BLOCK:
			desc = addr | attributes_get(grant);
			if (order == TABLES_ORDER_LAST)
				desc |= DESC_TABLE;
			break;
		case TABLE_ENTRY_TABLE:
			if (b->used == b->max)
				return false;
			desc = (uint64_t)(uintptr_t)b->tables[b->used++] |
			       DESC_VALID | DESC_TABLE;
			if (!table_fill(b, &b->tables[b->used - 1], addr,
					order - TABLES_ORDER_STEP))
				return false;
			break;
		default:
			return false;
		}
		(*table)[i] = desc;
	}
	return true;
}

bool stage2_table_build(stage2_table *tables, unsigned int max,
			const struct grant *grants, unsigned int count)
{
	struct builder b = {
		.grants = grants, .count = count,
		.tables = tables, .used = 1, .max = max,
	};

	return max && table_fill(&b, &tables[0], 0, TABLES_ORDER_FIRST);
}

/* An entry that is not valid is ignored with all that stands in it. */
void stage2_table_withdraw(stage2_table *root)
{
	unsigned int i;

	for (i = 0; i < STAGE2_TABLE_ENTRIES; i++)
		__atomic_store_n(&(*root)[i], (*root)[i] & ~DESC_VALID,
				 __ATOMIC_RELAXED);
}

void stage2_table_grant(stage2_table *root)
{
	unsigned int i;

	for (i = 0; i < STAGE2_TABLE_ENTRIES; i++)
		if ((*root)[i])
			__atomic_store_n(&(*root)[i], (*root)[i] | DESC_VALID,
					 __ATOMIC_RELAXED);
}
