/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: ways to a higher exception level but by a call: returns from an
 * exception that never was, and instructions that belong to debuggers and
 * monitors; caches as a whole; and what EL2 does, seen from below.
 */
#include <common/firmware.h>
#include <common/hart.h>
#include <common/report.h>
#include <sysreg.h>
#include "../access.h"
#include "../hostile.h"
#include "extensions.h"
#include "registers.h"

#define MASKED		0x3c0UL		/* D, A, I, F */
#define MODES		32U
#define MODE_EL0	0U
#define MODE_EL1_SP0	4U
#define MODE_EL1	5U
#define MODE_USER	16U		/* AArch32; EL0 */
#define PRIVILEGED	6U
#define MONITOR_CALLS	2U

/* DC by set and way: level in bits 3 to 1, way at the top, set in between */
#define LEVELS		3U
#define SETS		2048U
#define WAYS		16U
#define SET_SHIFT	6U
#define WAY_SHIFT	28U
#define STORED		512U

#define PMU_OVERRULED	4U
#define EVENT_CYCLES	0x11UL
#define EVENT_EL2_ONLY	(1UL << 31 | 1UL << 30 | 1UL << 27)
#define CALLS		100U

void return_to(uint64_t pc, uint64_t pstate);
extern const uint32_t op_privileged[PRIVILEGED][2];
extern const uint32_t op_monitor_calls[MONITOR_CALLS][2];

struct levels_return {
	uint64_t pc, pstate;
};

static void levels_perform_return(void *context)
{
	const struct levels_return *to = context;

	return_to(to->pc, to->pstate);
}

/* A mode that EL1 may not return to leaves it where it is, and says so. */
static void levels_returns(void)
{
	struct levels_return to = { .pc = (uintptr_t)access_code_return };
	struct trap_record record;

	attempt_begin("registers: returns into EL2 and EL3");
	for (unsigned int mode = 0; mode < MODES; mode++) {
		if (mode == MODE_EL0 || mode == MODE_EL1_SP0 ||
		    mode == MODE_EL1 || mode == MODE_USER)
			continue;
		to.pstate = MASKED | mode;
		attempt(trap_run(levels_perform_return, &to, &record) &&
			ESR_CLASS(record.cause) == CLASS_ILLEGAL_STATE, "mode",
			mode);
	}
	attempt_end();
}

static void levels_perform(void *context)
{
	((void (*)(void))context)();
}

static bool levels_are_undefined(const struct trap_record *record)
{
	return ESR_CLASS(record->cause) == CLASS_UNKNOWN;
}

static void levels_instructions(void)
{
	struct access_kind kind = { .name = "call from EL0" };
	struct trap_record record;

	attempt_begin("registers: instructions of debuggers and monitors");
	for (unsigned int i = 0; i < PRIVILEGED; i++)
		attempt(trap_run(levels_perform, (void *)op_privileged[i],
				 &record) && levels_are_undefined(&record),
			"instruction", i);
	access_set_translation(ACCESS_ELSEWHERE);
	for (unsigned int i = 0; i < MONITOR_CALLS; i++) {
		kind.perform = (void (*)(uint64_t))(uintptr_t)
			       op_monitor_calls[i];
		attempt(access_run(&kind, ACCESS_USER, 0, &record) &&
			levels_are_undefined(&record), kind.name, i);
	}
	access_reset_translation();
	attempt_end();
}

/*
 * Invalidates, by what lies in the caches, whose it may be: to throw away what
 * others stored. It has to be carried out as a clean as well, so what was just
 * stored here is still there.
 */
static void levels_caches(void)
{
	static volatile uint64_t stored[STORED];

	attempt_begin("registers: caches by set and way");
	for (uint64_t level = 0; level < LEVELS; level++) {
		for (unsigned int i = 0; i < STORED; i++)
			stored[i] = level << 32 | i;
		for (uint64_t i = 0; i < SETS * WAYS; i++)
			__asm__ volatile ("dc isw, %0" : : "r"
				(i / SETS << WAY_SHIFT |
				 i % SETS << SET_SHIFT | level << 1));
		dsb();
		for (unsigned int i = 0; i < STORED; i++)
			attempt(stored[i] == (level << 32 | i), "stored", i);
	}
	attempt_end();
}

/* What `count` calls add to a counter of cycles that `filter` is set for. */
static uint64_t levels_count(uint64_t filter, unsigned int count)
{
	uint64_t before;

	write_sysreg(pmevtyper0_el0, EVENT_CYCLES | filter);
	isb();
	before = read_sysreg(pmevcntr0_el0);
	for (unsigned int i = 0; i < count; i++)
		firmware_get_life();
	isb();
	return read_sysreg(pmevcntr0_el0) - before;
}

/*
 * Cycles of EL2 and of nothing else, where a filter can be overruled at all
 * (PMUv3 for 8.1): there is nothing to count then.
 */
static void levels_counters(void)
{
	if ((read_sysreg(id_aa64dfr0_el1) >> 8 & 15) < PMU_OVERRULED ||
	    !(read_sysreg(pmcr_el0) >> 11 & 31))
		return;
	write_sysreg(pmcntenset_el0, 1);
	write_sysreg(pmcr_el0, read_sysreg(pmcr_el0) | 1);
	report(levels_count(0, 1), "registers: a counter counts");
	attempt_begin("registers: counting the firmware's cycles");
	for (unsigned int i = 0; i < CALLS; i++)
		attempt(!levels_count(EVENT_EL2_ONLY, CALLS), "calls", i);
	attempt_end();
	write_sysreg(pmcntenclr_el0, 1);
	write_sysreg(pmevtyper0_el0, 0);
}

void levels_run(void)
{
	levels_returns();
	levels_instructions();
	levels_caches();
	levels_counters();
}
