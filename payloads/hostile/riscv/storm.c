/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 33: bounded storms, while the other compartments do their work. What
 * shows that they did not starve is that work; here every call must return.
 */
#include <common/console.h>
#include <common/firmware.h>
#include <common/hart.h>
#include <common/report.h>
#include <compartment/abi.h>
#include <doorbell/abi.h>
#include <sbi.h>
#include "../hostile.h"

#define STORM_CALLS	20000
#define STORM_FENCES	300
#define STORM_LINES	64
#define STORM_STARTS	50
#define HSM_STOPPED	1

static volatile bool storm_over;

static void storm_rings(void)
{
	unsigned long count;
	long error = 0;

	if (firmware_call(DOORBELL_EID, DOORBELL_FID_GET_COUNT, 0, 0, 0, 0,
			  &count) || !count)
		return;
	for (unsigned int i = 0; i < STORM_CALLS; i++)
		error |= firmware_call(DOORBELL_EID, DOORBELL_FID_RING,
				       i % count,
				       1ULL << i % DOORBELL_BIT_PEER, 0, 0,
				       NULL);
	report(!error, "storm: %u rings", STORM_CALLS);
}

static void storm_calls(void)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_CALLS; i++)
		error |= firmware_call(COMPARTMENT_EID,
				       COMPARTMENT_FID_GET_SELF, 0, 0, 0, 0,
				       NULL);
	report(!error, "storm: %u calls", STORM_CALLS);
}

static void storm_fences(void)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_FENCES; i++) {
		error |= sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 0, ~0UL,
				  0, 0, 0, 0).error;
		error |= sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 0,
				  ~0UL, 0, ~0UL, 0, 0).error;
		error |= sbi_call(SBI_EXT_IPI, 0, 0, ~0UL, 0, 0, 0, 0).error;
	}
	report(!error, "storm: %u fences and interrupts", 3 * STORM_FENCES);
}

static void storm_console(void)
{
	for (unsigned int i = 0; i < STORM_LINES; i++)
		print("noise %u of %u, to fill the console that all share\n",
		      i + 1, STORM_LINES);
	report(true, "storm: %u lines", STORM_LINES);
}

static void storm_spin(void *context)
{
	(void)context;
	while (!storm_over)
		__asm__ volatile ("nop");
}

static void storm_return(void *context)
{
	(void)context;
}

static void storm_await_stop(unsigned long hart)
{
	while (sbi_call(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS, hart, 0, 0, 0, 0,
			0).value != HSM_STOPPED)
		;
}

static void storm_starts(unsigned long hart)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_STARTS; i++) {
		error |= hart_start(hart, storm_return, NULL);
		storm_await_stop(hart);
	}
	report(!error, "storm: %u hart starts", STORM_STARTS);
}

void storm_run(void)
{
	unsigned long other = ~0UL;

	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].id != hart_get_id())
			other = tree.harts[i].id;
	}
	storm_rings();
	storm_calls();
	storm_console();
	if (other != ~0UL) {
		storm_starts(other);
		hart_start(other, storm_spin, NULL);
	}
	storm_fences();
	storm_over = true;
	if (other != ~0UL)
		storm_await_stop(other);
}
