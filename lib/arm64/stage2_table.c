/* SPDX-License-Identifier: BSD-2-Clause */
#include "descriptor.h"
#include "stage2_table.h"

/* Arm DDI 0487, D8.3: what is stage 2's own in a descriptor */
#define STAGE2_DEVICE		(0x1ULL << 2)	/* Device-nGnRE */
#define STAGE2_NORMAL		(0xfULL << 2)	/* write-back in and out */
#define STAGE2_READ		(1ULL << 6)
#define STAGE2_WRITE		(1ULL << 7)

struct table_builder {
	const struct grant *grants;
	unsigned int count;
	stage2_table *tables;
	unsigned int used, max;
};

static uint64_t attributes_get(const struct grant *grant)
{
	uint64_t desc = DESCRIPTOR_VALID | DESCRIPTOR_ACCESSED;

	if (grant->mmio)
		desc |= STAGE2_DEVICE;
	else
		desc |= STAGE2_NORMAL | DESCRIPTOR_SHAREABLE;
	if (grant->rights & PROTECTION_READ)
		desc |= STAGE2_READ;
	if (grant->rights & PROTECTION_WRITE)
		desc |= STAGE2_WRITE;
	if (grant->mmio || !(grant->rights & PROTECTION_EXECUTE))
		desc |= DESCRIPTOR_XN;
	return desc;
}

/* Goes three levels deep at most: the last order never asks for a table. */
static bool table_fill(struct table_builder *b, stage2_table *table,
		       uint64_t base, unsigned int order)
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
				desc |= DESCRIPTOR_TABLE;
			break;
		case TABLE_ENTRY_TABLE:
			if (b->used == b->max)
				return false;
			desc = (uint64_t)(uintptr_t)b->tables[b->used++] |
			       DESCRIPTOR_VALID | DESCRIPTOR_TABLE;
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
	struct table_builder b = {
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
		__atomic_store_n(&(*root)[i], (*root)[i] & ~DESCRIPTOR_VALID,
				 __ATOMIC_RELAXED);
}

void stage2_table_grant(stage2_table *root)
{
	unsigned int i;

	for (i = 0; i < STAGE2_TABLE_ENTRIES; i++)
		if ((*root)[i])
			__atomic_store_n(&(*root)[i], (*root)[i] | DESCRIPTOR_VALID,
					 __ATOMIC_RELAXED);
}
