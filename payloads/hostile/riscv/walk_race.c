/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second hart changes a table while the first one's accesses are walked: what
 * the processor found is then not what the firmware finds. Each access may get
 * through to the register or fault, and nothing else may happen.
 */
#include <csr.h>
#include "../board.h"
#include "../hostile.h"
#include "../race.h"
#include "walk.h"

#define RACE_TRIES	1500	/* at each level */

static uint64_t race_get_entry(const struct race *race)
{
	unsigned int n = race_next();

	switch (n % 4) {
	case 0:
		return paging_make_entry(map_samples[n / 4 % map_sample_count],
					 PTE_V);
	case 1:
		return paging_make_entry(map_samples[n / 4 % map_sample_count],
					 PTE_LEAF);
	case 2:
		return race->whole ^ 1ULL << n / 4 % 64;
	default:
		return paging_make_entry((uintptr_t)race->word, PTE_V);
	}
}

static bool race_is_fault(const struct trap_record *record, bool store)
{
	return store ? record->cause == CAUSE_STORE_ACCESS ||
		       record->cause == CAUSE_STORE_PAGE
		     : record->cause == CAUSE_LOAD_ACCESS ||
		       record->cause == CAUSE_LOAD_PAGE;
}

static void race_run(uint64_t address)
{
	static uint64_t value;
	struct trap_record record;

	for (unsigned int i = 0; i < RACE_TRIES; i++) {
		bool store = i % 2;

		value = walk_values[i % walk_value_count];
		__asm__ volatile ("sfence.vma" : : : "memory");
		if (walk_access(store ? walk_sw : walk_lwu, ACCESS_KERNEL,
				address, &value, &record))
			attempt(true, "done", i);
		else
			attempt(race_is_fault(&record, store) &&
				record.address == address,
				"a fault of another kind", record.cause);
	}
}

void walk_race(enum paging_mode paging)
{
	static struct race race;

	race.get_wrong = race_get_entry;
	for (unsigned int level = 0; level < paging_get_levels(paging);
	     level++) {
		race.word = paging_get_chain_entry(paging, level);
		race.whole = *race.word;
		attempt(race_begin(&race), "no second hart at", level);
		race_run(walk_name_register(paging, ACCESS_KERNEL));
		attempt(race_end(&race), "no end of it at", level);
		walk_mend(paging);
		attempt(walk_is_good(paging, ACCESS_KERNEL) &&
			walk_is_good(paging, ACCESS_USER),
			"behind it", level);
	}
}

/* ---- Instructions ---- */

/*
 * In front of `c.nop; ret`; each leaves all but a5 alone. They have their
 * second halfword, which does nothing by itself, in common: a processor may
 * fetch the first one of one and the second one of another.
 */
static const uint32_t race_instructions[] = {
	0x00056783,	/* lwu a5, 0(a0), the whole one */
	0x00052783,	/* lw a5, 0(a0) */
	0x00050783,	/* lb a5, 0(a0) */
	0x00053783,	/* ld a5, 0(a0) */
	0x00052023,	/* sw zero, 0(a0) */
	0x00053023,	/* sd zero, 0(a0) */
	0x00052787,	/* flw fa5, 0(a0) */
	0x000527af,	/* amoadd.w a5, zero, (a0) */
	0x0005411c,	/* c.lw a5, 0(a0) */
	0x0005c11c,	/* c.sw a5, 0(a0) */
	0x00050001,	/* c.nop */
	0x00050000,	/* illegal */
};
#define RACE_INSTRUCTION_COUNT	(sizeof(race_instructions) / \
				 sizeof(race_instructions[0]))
#define RACE_RETURN		(0x80820001ULL << 32)

static uint64_t race_get_instruction(const struct race *race)
{
	(void)race;
	return RACE_RETURN |
	       race_instructions[race_next() % RACE_INSTRUCTION_COUNT];
}

/* What was refused may be another instruction than what the firmware sees. */
void walk_race_instructions(void)
{
	static uint64_t code, value;
	static struct race race = { .word = &code };
	uint64_t one = 1;
	struct trap_record record;

	race.whole = RACE_RETURN | race_instructions[0];
	race.get_wrong = race_get_instruction;
	attempt(race_begin(&race), "no second hart", 0);
	for (unsigned int i = 0; i < RACE_TRIES; i++) {
		walk_sw(walk_register, &one);
		value = walk_values[i % walk_value_count];
		__asm__ volatile ("fence.i" : : : "memory");
		if (walk_access((walk_op)(uintptr_t)&code, ACCESS_KERNEL,
				walk_register, &value, &record))
			attempt(true, "done", i);
		else
			attempt(record.cause == CAUSE_ILLEGAL ||
				((race_is_fault(&record, false) ||
				  race_is_fault(&record, true)) &&
				 record.address == walk_register),
				"a fault of another kind", record.cause);
	}
	attempt(race_end(&race), "no end of it", 0);
}
