/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 34: page tables as weapons against the firmware, which walks them to
 * find what an access was for. Every access here is to a register that the
 * firmware answers for, so that it does walk.
 *
 * Ownership: the register is this compartment's own. Concurrency: one hart;
 * walk_race.c has a second one change tables. Trust: as in access.h.
 */
#ifndef HOSTILE_RISCV_WALK_H
#define HOSTILE_RISCV_WALK_H

#include "../access.h"
#include "paging.h"

/* One load or store: a0 = address, a1 = what is loaded over, or stored. */
typedef void (*walk_op)(uint64_t address, uint64_t *value);

void walk_sw(uint64_t address, uint64_t *value);
void walk_lwu(uint64_t address, uint64_t *value);

/* The pages that the chain's last table maps. */
enum walk_page {
	WALK_KERNEL,		/* the register's, for S-mode */
	WALK_USER,		/* the same, for U-mode */
	WALK_CODE,		/* two pages of instructions */
	WALK_PAGES = WALK_CODE + 2
};

/*
 * The register: 32 bits that keep what is written, if it is one of
 * walk_values[]. 0: there is none.
 */
extern uint64_t walk_register;
extern const uint64_t walk_values[];
extern const unsigned int walk_value_count;

/* Performs it; false and *record if it faulted. */
bool walk_access(walk_op op, enum access_mode mode, uint64_t address,
		 uint64_t *value, struct trap_record *record);

/* Where the register is in that mode, if the chain is whole. */
uint64_t walk_name_register(enum paging_mode paging, enum access_mode mode);
/* Makes it whole. */
void walk_mend(enum paging_mode paging);
/* Writes one of the values there and reads it back. */
bool walk_is_good(enum paging_mode paging, enum access_mode mode);

void walk_race(enum paging_mode paging);
void walk_race_instructions(void);
void walk_forms(void);
void walk_virtual(void);

#endif
