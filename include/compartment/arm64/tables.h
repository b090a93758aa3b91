/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arm64: how what a compartment is granted becomes stage 2 translation tables.
 * The one rule that the checker counts by and the firmware writes them by.
 *
 * Granule 4 KiB, 39 bits of address (Arm DDI 0487, D8.2): one table of level 1
 * with entries of 1 GiB, below it tables of level 2 with entries of 2 MiB and
 * of level 3 with pages. A region that one grant covers whole is a block (or
 * page) of it; one that any grant touches otherwise is a table; else nothing.
 *
 * Memory: the caller's. Concurrency: none kept. Trust: the list is grant_list()'s
 * of a valid model: sorted, joined, in whole pages, no two overlap.
 */
#ifndef COMPARTMENT_ARM64_TABLES_H
#define COMPARTMENT_ARM64_TABLES_H

#include <compartment/grant.h>

#define TABLES_ADDRESS_BITS	39
/* log2 of what an entry of level 1, 2 and 3 stands for */
#define TABLES_ORDER_FIRST	30
#define TABLES_ORDER_STEP	9
#define TABLES_ORDER_LAST	12

enum table_entry {
	TABLE_ENTRY_NONE,	/* denied */
	TABLE_ENTRY_BLOCK,	/* granted as a whole; a page at the last level */
	TABLE_ENTRY_TABLE,	/* goes on in a table of the next level */
};

/*
 * What becomes of [base, base + 2^order), naturally aligned; for a block,
 * *block is the grant that it is part of. At TABLES_ORDER_LAST never a table.
 */
enum table_entry table_entry_find(const struct grant *grants,
				  unsigned int count, uint64_t base,
				  unsigned int order,
				  const struct grant **block);

/* The tables that a list takes, that of level 1 included. */
unsigned int table_count(const struct grant *grants, unsigned int count);

#endif
