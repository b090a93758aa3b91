/* SPDX-License-Identifier: BSD-2-Clause */
/* Encodings: Arm ARM, C5.1, "System instruction class". */
#include <common/memory.h>
#include <stddef.h>
#include <sysreg.h>
#include "registers.h"

#define INSN_SYSTEM	0xd5000000U
#define INSN_READ	0x00200000U
#define INSN_NUMBER	5		/* number of a register; below it, Rt */
#define INSN_RET	0xd65f03c0U

/* All of one op0 and op1 at a time */
#define REGISTERS_MAX	2048U
#define CODE_WORDS	2U
#define LINE		16U		/* bytes; no line is smaller */

static uint32_t *registers_code;
static unsigned int registers_first;

struct registers_call {
	const uint32_t *code;
	uint64_t value;		/* in x0, before and after */
};

bool registers_init(void)
{
	if (!registers_code)
		registers_code = memory_take(REGISTERS_MAX * CODE_WORDS *
					     sizeof(*registers_code), 4096);
	return registers_code;
}

void registers_prepare(unsigned int first, unsigned int count, bool read)
{
	uintptr_t at = (uintptr_t)registers_code;
	uintptr_t end = at + count * CODE_WORDS * sizeof(*registers_code);

	for (unsigned int i = 0; i < count; i++) {
		registers_code[CODE_WORDS * i] = INSN_SYSTEM |
			(read ? INSN_READ : 0) | (first + i) << INSN_NUMBER;
		registers_code[CODE_WORDS * i + 1] = INSN_RET;
	}
	registers_first = first;
	for (uintptr_t a = at; a < end; a += LINE)
		__asm__ volatile ("dc cvau, %0" : : "r" (a) : "memory");
	dsb();
	for (uintptr_t a = at; a < end; a += LINE)
		__asm__ volatile ("ic ivau, %0" : : "r" (a) : "memory");
	dsb();
	isb();
}

static void registers_perform(void *context)
{
	struct registers_call *call = context;

	call->value = ((uint64_t (*)(uint64_t))(uintptr_t)call->code)
		      (call->value);
}

bool registers_try(unsigned int number, uint64_t *value,
		   struct trap_record *record)
{
	struct registers_call call = {
		.code = registers_code +
			CODE_WORDS * (number - registers_first),
		.value = *value,
	};

	if (trap_run(registers_perform, &call, record))
		return true;
	*value = call.value;
	return false;
}

bool registers_read(unsigned int number, uint64_t *value)
{
	struct trap_record record;

	registers_prepare(number, 1, true);
	return !registers_try(number, value, &record);
}

bool registers_write(unsigned int number, uint64_t value)
{
	struct trap_record record;

	registers_prepare(number, 1, false);
	return !registers_try(number, &value, &record);
}
