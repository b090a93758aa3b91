/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: every control and status register whose number says machine level
 * or debug, read and written (privileged specification, 2.1: bits 9 and 8 of
 * the number are the lowest level that may).
 */
#include <csr.h>
#include "../hostile.h"
#include "access.h"

#define CSR_COUNT		4096
#define CSR_LEVEL(csr)		((csr) >> 8 & 3)
#define CSR_LEVEL_MACHINE	3
/* Counters that OpenSBI reads on behalf of S-mode when it traps there. */
#define CSR_MHPMCOUNTER_FIRST	0xb00
#define CSR_MHPMCOUNTER_LAST	0xb1f

#define INSN_CSRRS_A0(csr)	((uint32_t)(csr) << 20 | 2 << 12 | 10 << 7 | 0x73)
#define INSN_CSRRW_A0(csr)	((uint32_t)(csr) << 20 | 10 << 15 | 1 << 12 | 0x73)
#define INSN_RET		0x00008067u

static uint32_t registers_code[2] __attribute__((aligned(8)));

static void registers_perform(void *context)
{
	((void (*)(uint64_t))(uintptr_t)registers_code)((uintptr_t)context);
}

static bool registers_are_refused(uint32_t insn)
{
	struct trap_record record;

	registers_code[0] = insn;
	registers_code[1] = INSN_RET;
	__asm__ volatile ("fence.i" : : : "memory");
	return trap_run(registers_perform, (void *)~0UL, &record) &&
	       record.cause == CAUSE_ILLEGAL;
}

void registers_run(void)
{
	attempt_begin("registers: reading machine-level registers");
	for (unsigned int csr = 0; csr < CSR_COUNT; csr++) {
		if (CSR_LEVEL(csr) != CSR_LEVEL_MACHINE ||
		    (csr >= CSR_MHPMCOUNTER_FIRST &&
		     csr <= CSR_MHPMCOUNTER_LAST))
			continue;
		attempt(registers_are_refused(INSN_CSRRS_A0(csr)), "register",
			csr);
	}
	attempt_begin("registers: writing machine-level registers");
	for (unsigned int csr = 0; csr < CSR_COUNT; csr++) {
		if (CSR_LEVEL(csr) == CSR_LEVEL_MACHINE)
			attempt(registers_are_refused(INSN_CSRRW_A0(csr)),
				"register", csr);
	}
	attempt_end();
}
