/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31 from EL0 in AArch32, where the core has it, stage 1 off: loads,
 * stores and fetches, and instructions that are not EL0's.
 */
#include <stddef.h>
#include <common/report.h>
#include <sysreg.h>
#include "../access.h"
#include "../board.h"
#include "../hostile.h"
#include "aarch32.h"
#include "extensions.h"
#include "gic.h"

#define ACCESSES	12U
#define FETCH		11U
#define PRIVILEGED	16U
#define ADDRESS_END	(1ULL << 32)
#define EL0_AARCH32	2U

void aarch32_enter(uint64_t pc, uint64_t r0);
extern const uint32_t aarch32_code[ACCESSES][2];
extern const uint32_t aarch32_privileged[PRIVILEGED + 1][2];

struct aarch32_call {
	const uint32_t *code;
	uint64_t address;
};

static void aarch32_perform(void *context)
{
	const struct aarch32_call *call = context;

	aarch32_enter((uintptr_t)call->code, call->address);
}

static bool aarch32_try(const uint32_t *code, uint64_t address,
			struct trap_record *record)
{
	struct aarch32_call call = { .code = code, .address = address };

	return trap_run(aarch32_perform, &call, record) &&
	       ESR_CLASS(record->cause) != CLASS_SVC32;
}

static void aarch32_try_address(void *context, uint64_t address)
{
	struct trap_record record;

	(void)context;
	if (address >= ADDRESS_END)
		return;
	for (unsigned int i = 0; i < ACCESSES; i++)
		attempt(aarch32_try(aarch32_code[i], address, &record) &&
			access_is_abort(&record, i == FETCH ?
					ACCESS_INSTRUCTION : ACCESS_DATA),
			"access", address);
}

/* The first few work on own memory, or the rest proves nothing. */
static bool aarch32_check_own(void)
{
	struct trap_record record;

	for (unsigned int i = 0; i < FETCH; i++) {
		if (aarch32_try(aarch32_code[i], (uintptr_t)reach_own,
				&record))
			return false;
	}
	return true;
}

/* Undefined at EL1, every one; HVC and SMC do not even exist there. */
static void aarch32_instructions(void)
{
	struct trap_record record;

	for (unsigned int i = 0; i < PRIVILEGED; i++)
		attempt(aarch32_try(aarch32_privileged[i], ~0U, &record),
			"instruction", i);
	/* Ignored: still user mode, whose svc comes here. */
	attempt(!aarch32_try(aarch32_privileged[PRIVILEGED], 0x13, &record),
		"mode", 0x13);
}

void aarch32_run(void)
{
	bool own;

	if ((read_sysreg(id_aa64pfr0_el1) >> EXTENSIONS_EL0 & 15) !=
	    EL0_AARCH32)
		return;
	access_set_translation(ACCESS_OFF);
	own = aarch32_check_own();
	access_reset_translation();
	if (!report(own, "own memory: AArch32, EL0"))
		return;
	attempt_begin("reach: AArch32, EL0, stage 1 off");
	access_set_translation(ACCESS_OFF);
	map_walk(aarch32_try_address, NULL, REACH_COARSE);
	/* The firmware answers for it, but not to code of 32 bits. */
	aarch32_try_address(NULL, gic_get_redistributor(hart_get_id()) +
				  GICR_SGI + GIC_IPRIORITYR);
	access_reset_translation();
	attempt_begin("registers: AArch32, EL0");
	access_set_translation(ACCESS_OFF);
	aarch32_instructions();
	access_reset_translation();
	attempt_end();
}
