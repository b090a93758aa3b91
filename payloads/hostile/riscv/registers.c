/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 31: every control and status register whose number says machine level
 * or debug, read and written (privileged specification, 2.1: bits 9 and 8 of
 * the number are the lowest level that may).
 */
#include <csr.h>
#include "../hostile.h"
#include "groups.h"
#include "registers.h"

#define CSR_COUNT		4096
#define CSR_LEVEL(csr)		((csr) >> 8 & 3)
#define CSR_LEVEL_MACHINE	3
/* Counters that OpenSBI reads on behalf of S-mode when it traps there. */
#define CSR_MHPMCOUNTER_FIRST	0xb00
#define CSR_MHPMCOUNTER_LAST	0xb1f

#define INSN_READ(csr)		((uint32_t)(csr) << 20 | 2 << 12 | 10 << 7 | 0x73)
#define INSN_WRITE(csr)		((uint32_t)(csr) << 20 | 10 << 15 | 1 << 12 | 0x73)
#define INSN_RET		0x00008067u

static uint32_t registers_code[2] __attribute__((aligned(8)));

struct registers_call {
	unsigned long value;	/* in a0, before and after */
};

static void registers_perform(void *context)
{
	struct registers_call *call = context;

	call->value = ((unsigned long (*)(unsigned long))
		       (uintptr_t)registers_code)(call->value);
}

/* Runs one instruction, whose operand is a0; returns whether it faulted. */
static bool registers_try(uint32_t insn, unsigned long *value,
			  struct trap_record *record)
{
	struct registers_call call = { .value = *value };
	bool faulted;

	registers_code[0] = insn;
	registers_code[1] = INSN_RET;
	__asm__ volatile ("fence.i" : : : "memory");
	faulted = trap_run(registers_perform, &call, record);
	*value = call.value;
	return faulted;
}

static bool registers_are_refused(uint32_t insn)
{
	struct trap_record record;
	unsigned long value = ~0UL;

	return registers_try(insn, &value, &record) &&
	       record.cause == CAUSE_ILLEGAL;
}

bool registers_read(unsigned int csr, unsigned long *value)
{
	struct trap_record record;

	return !registers_try(INSN_READ(csr), value, &record);
}

bool registers_write(unsigned int csr, unsigned long value)
{
	struct trap_record record;

	return !registers_try(INSN_WRITE(csr), &value, &record);
}

void registers_run(void)
{
	attempt_begin("registers: reading machine-level registers");
	for (unsigned int csr = 0; csr < CSR_COUNT; csr++) {
		if (CSR_LEVEL(csr) != CSR_LEVEL_MACHINE ||
		    (csr >= CSR_MHPMCOUNTER_FIRST &&
		     csr <= CSR_MHPMCOUNTER_LAST))
			continue;
		attempt(registers_are_refused(INSN_READ(csr)), "register",
			csr);
	}
	attempt_begin("registers: writing machine-level registers");
	for (unsigned int csr = 0; csr < CSR_COUNT; csr++) {
		if (CSR_LEVEL(csr) == CSR_LEVEL_MACHINE)
			attempt(registers_are_refused(INSN_WRITE(csr)),
				"register", csr);
	}
	attempt_end();
}
