/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 34: stage 1 tables as weapons against the firmware, which has the
 * processor walk them to find what an access was for. Every access here is to a
 * register that the firmware answers for: one that stage 2 does not map, and,
 * if the manifest has it, one in memory that may be read alone, where nothing
 * but a second walk tells which it is.
 *
 * Ownership: the registers are this compartment's own. Concurrency: one hart;
 * walk_race.c has a second one change tables. Trust: as in access.h.
 */
#ifndef HOSTILE_ARM64_WALK_H
#define HOSTILE_ARM64_WALK_H

#include "../access.h"

#define WALK_VALUES	3U
#define WALK_PAGE	4096UL

/* Descriptors */
#define WALK_VALID	(1ULL << 0)
#define WALK_TABLE	(3ULL << 0)
#define WALK_USER	(1ULL << 6)
#define WALK_READ_ONLY	(1ULL << 7)
#define WALK_UNCACHED	(1ULL << 2)	/* as paging.c has MAIR */
#define WALK_LEAF	(3ULL << 0 | WALK_UNCACHED | 3ULL << 8 | 1ULL << 10)
#define WALK_TABLE_READ_ONLY	(1ULL << 62)

/* ESR_EL1's status, but for the level */
#define WALK_TRANSLATION	0x04U
#define WALK_PERMISSION		0x0cU

/* Levels of the chain that has entries of its own, the last one of pages */
#define WALK_LEVEL_FIRST	2U
#define WALK_LEVEL_LAST		3U

struct walk_register {
	const char *name;
	uint64_t at;		/* 32 bits that are written */
	uint64_t seen;		/* 32 in the same page that are read */
	uint32_t values[WALK_VALUES];	/* what is written */
	uint32_t shown[WALK_VALUES];	/* what is read then, all unlike */
	bool loads;		/* the firmware answers these as well */
};

typedef void (*walk_op)(uint64_t address, uint64_t *value);

void walk_load(uint64_t address, uint64_t *value);
void walk_store(uint64_t address, uint64_t *value);
void walk_load_none(uint64_t address, uint64_t *value);
void walk_store_none(uint64_t address, uint64_t *value);

/* ---- walk.c; stage 1 is ACCESS_ELSEWHERE ---- */

/* Performs it; false and *record if it faulted. *value is in the image. */
bool walk_access(walk_op op, enum access_mode mode, uint64_t address,
		 uint64_t *value, struct trap_record *record);
/* Whether it is that fault of that access. */
bool walk_is_fault(const struct trap_record *record, uint64_t address,
		   bool store, unsigned int status);

/* Where the chain has the page of the register; the live entry of a level. */
uint64_t walk_name(enum access_mode mode, uint64_t physical);
uint64_t *walk_get_entry(unsigned int level, enum access_mode mode);
/* Makes it whole; drops what the hart knows of it. */
void walk_mend(const struct walk_register *reg);
void walk_drop(void);

/* What it shows, past the chain. */
uint32_t walk_read(const struct walk_register *reg);
/* Writes one of the values there and reads what it shows, by the chain. */
bool walk_is_good(const struct walk_register *reg, enum access_mode mode);

/* ---- Groups of attempts ---- */

void walk_run(void);
void walk_race(const struct walk_register *reg);	/* walk_race.c */
void walk_forms(const struct walk_register *reg);	/* walk_forms.c */

#endif
