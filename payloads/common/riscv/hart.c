/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/hart_data.h>
#include <csr.h>
#include <sbi.h>

extern char start_secondary[], trap_entry[];

void hart_adopt(struct hart_data *data)
{
	__asm__ volatile ("mv tp, %0" : : "r" (data));
	csr_write(CSR_SSCRATCH, data);
	csr_write(CSR_STVEC, trap_entry);
}

/* The machine's own attributes hold: satp stays 0. */
void hart_map(const struct tree *tree)
{
	(void)tree;
}

long hart_command_start(const struct hart_data *data)
{
	return firmware_call(SBI_EXT_HSM, SBI_HSM_HART_START, data->id,
			     (unsigned long)start_secondary,
			     (unsigned long)data, 0, NULL);
}

long hart_command_stop(void)
{
	return firmware_call(SBI_EXT_HSM, SBI_HSM_HART_STOP, 0, 0, 0, 0, NULL);
}

/*
 * sstatus.SIE is clear, so an interrupt that becomes pending before the wfi is
 * still pending at it, and wfi returns at once (privileged specification, "Wait
 * for Interrupt").
 */
void hart_sleep(void)
{
	__asm__ volatile ("wfi" : : : "memory");
}

uint64_t hart_get_time(void)
{
	uint64_t time;

	__asm__ volatile ("rdtime %0" : "=r" (time) : : "memory");
	return time;
}

uint64_t hart_get_instructions(void)
{
	uint64_t instructions;

	__asm__ volatile ("rdinstret %0" : "=r" (instructions) : : "memory");
	return instructions;
}

uint64_t hart_get_firmware_instructions(void)
{
	return 0;
}
