/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 2 translation tables, as <compartment/arm64/tables.h> counts them,
 * written from a list of grants: identity, deny by default.
 *
 * Memory: the caller's; a table's address is its physical address.
 * Concurrency: none kept; nobody walks tables that are being built. Withdrawing
 * and giving back change one aligned word at a time, under a walker.
 * Trust: the list is grant_list()'s of a valid model.
 */
#ifndef LIB_ARM64_STAGE2_TABLE_H
#define LIB_ARM64_STAGE2_TABLE_H

#include <compartment/arm64/tables.h>

#define STAGE2_TABLE_ENTRIES	512U

typedef uint64_t stage2_table[STAGE2_TABLE_ENTRIES];

/*
 * Builds into tables[0..max), zeroed and aligned to their size; tables[0] is
 * the root. False if they are too few: nothing in them is of use then.
 */
bool stage2_table_build(stage2_table *tables, unsigned int max,
			const struct grant *grants, unsigned int count);
/* Makes the root deny everything, and undoes that. */
void stage2_table_withdraw(stage2_table *root);
void stage2_table_grant(stage2_table *root);

#endif
