/* SPDX-License-Identifier: BSD-2-Clause */
/* How many translation tables a list of grants takes, and why. */
#include <compartment/arm64/tables.h>

enum table_entry table_entry_find(const struct grant *grants,
				  unsigned int count, uint64_t base,
				  unsigned int order,
				  const struct grant **block)
{
	uint64_t last = base + (1ULL << order) - 1, grant_last;
	unsigned int i;

	*block = NULL;
	for (i = 0; i < count; i++) {
		grant_last = grants[i].range.base + grants[i].range.size - 1;
		if (grant_last < base || grants[i].range.base > last)
			continue;
		if (grants[i].range.base > base || grant_last < last)
			return TABLE_ENTRY_TABLE;
		*block = &grants[i];
		return TABLE_ENTRY_BLOCK;
	}
	return TABLE_ENTRY_NONE;
}

/*
 * Entries of `order` that are tables: a grant can be in part in the regions of
 * its two ends only. The list is sorted, so these come in order.
 */
static unsigned int count_at(const struct grant *grants, unsigned int count,
			     unsigned int order)
{
	const struct grant *block;
	unsigned int i, end, tables = 0;
	uint64_t base, counted = ~0ULL;

	for (i = 0; i < count; i++) {
		for (end = 0; end < 2; end++) {
			base = grants[i].range.base;
			if (end)
				base += grants[i].range.size - 1;
			base = base >> order << order;
			if (base == counted ||
			    table_entry_find(grants, count, base, order,
					     &block) != TABLE_ENTRY_TABLE)
				continue;
			counted = base;
			tables++;
		}
	}
	return tables;
}

unsigned int table_count(const struct grant *grants, unsigned int count)
{
	return 1 + count_at(grants, count, TABLES_ORDER_FIRST) +
	       count_at(grants, count,
			TABLES_ORDER_FIRST - TABLES_ORDER_STEP);
}
