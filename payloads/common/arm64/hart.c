/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/firmware.h>
#include <common/hart.h>
#include <common/hart_data.h>
#include <smccc.h>
#include <sysreg.h>

/* ID_AA64DFR0_EL1, PMCR_EL0, and an event */
#define DFR0_PMUVER		8
#define PMUVER_FOREIGN		0xf	/* not the architecture's */
#define PMCR_E			1
#define PMCR_N			11
#define PMCR_N_MASK		0x1f
#define EVENT_INST_RETIRED	8

extern char start_secondary[];

/* start.S has set the vectors, which look into TPIDR_EL1. */
void hart_adopt(struct hart_data *data)
{
	write_sysreg(tpidr_el1, (uintptr_t)data);
}

/* PSCI's errors in the firmware's other calls' words. */
static long hart_get_error(long psci)
{
	switch (psci) {
	case PSCI_SUCCESS:
		return CALL_SUCCESS;
	case PSCI_NOT_SUPPORTED:
		return CALL_ERR_NOT_SUPPORTED;
	case PSCI_INVALID_PARAMETERS:
	case PSCI_NOT_PRESENT:
		return CALL_ERR_INVALID_PARAM;
	case PSCI_DENIED:
	case PSCI_DISABLED:
		return CALL_ERR_DENIED;
	case PSCI_ALREADY_ON:
	case PSCI_ON_PENDING:
		return CALL_ERR_ALREADY_AVAILABLE;
	case PSCI_INVALID_ADDRESS:
		return CALL_ERR_INVALID_ADDRESS;
	default:
		return CALL_ERR_FAILED;
	}
}

long hart_command_start(const struct hart_data *data)
{
	return hart_get_error(smccc_call(PSCI_CPU_ON, data->id,
					 (uintptr_t)start_secondary,
					 (uintptr_t)data, 0).x0);
}

long hart_command_stop(void)
{
	return hart_get_error(smccc_call(PSCI_CPU_OFF, 0, 0, 0, 0).x0);
}

/*
 * A pending interrupt ends the wfi though PSTATE blocks it, whether it came
 * before or after (Arm ARM, "Wait for Interrupt"). All stores are made first:
 * somebody may wait for one.
 */
void hart_sleep(void)
{
	dsb();
	__asm__ volatile ("wfi" : : : "memory");
}

uint64_t hart_get_time(void)
{
	isb();	/* not earlier than the caller's position in the program */
	return read_sysreg(cntvct_el0);
}

static bool hart_has_counter(void)
{
	unsigned int version = read_sysreg(id_aa64dfr0_el1) >> DFR0_PMUVER &
			       0xf;

	if (!version || version == PMUVER_FOREIGN)
		return false;
	return read_sysreg(pmcr_el0) >> PMCR_N & PMCR_N_MASK &&
	       read_sysreg(pmceid0_el0) >> EVENT_INST_RETIRED & 1;
}

static void hart_start_counter(void)
{
	write_sysreg(pmselr_el0, 0);
	isb();
	write_sysreg(pmxevtyper_el0, EVENT_INST_RETIRED);
	write_sysreg(pmcntenset_el0, 1);
	write_sysreg(pmcr_el0, read_sysreg(pmcr_el0) | PMCR_E);
	isb();
}

/* Of EL1 and EL0: the firmware lets nobody count its own. */
uint64_t hart_get_instructions(void)
{
	static struct {
		uint64_t total;
		uint32_t last;
		bool started;
	} counters[HARTS_MAX], *counter;
	uint32_t now;

	if (!hart_has_counter())
		return hart_get_time();
	counter = &counters[hart_get_data()->slot];
	if (!counter->started)
		hart_start_counter();
	counter->started = true;
	isb();
	/* Of 32 bits, and asked for more often than it wraps. */
	now = read_sysreg(pmevcntr0_el0);
	counter->total += now - counter->last;
	counter->last = now;
	return counter->total;
}

uint64_t hart_get_firmware_instructions(void)
{
	return hart_has_counter() ?
	       firmware_get_counter(COMPARTMENT_COUNTER_INSTRUCTIONS) : 0;
}
