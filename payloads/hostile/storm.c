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
#include "harts.h"
#include "hostile.h"

#define STORM_CALLS	20000
#define STORM_FENCES	300
#define STORM_LINES	64
#define STORM_STARTS	50
#define STORM_NAPS	200
#define STORM_NAP_FENCES	4

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
		error |= harts_fence_instructions();
		error |= harts_fence_all();
		error |= harts_interrupt_all();
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

static void storm_starts(unsigned long hart)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_STARTS; i++) {
		error |= hart_start(hart, storm_return, NULL);
		error |= !harts_await_stop(hart);
	}
	report(!error, "storm: %u hart starts", STORM_STARTS);
}

/* Fences, sleeps until the other hart interrupts it, and stops. */
static void storm_nap(void *context)
{
	(void)context;
	for (unsigned int i = 0; i < STORM_NAP_FENCES; i++)
		harts_fence_all();
	harts_sleep();
}

/*
 * Each hart waits for the other's fences while that one falls asleep, stops and
 * starts. Where a hart that stops no longer answers fences, the other one waits
 * for ever, and the test's time limit ends it.
 */
static void storm_naps(unsigned long hart)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_NAPS; i++) {
		error |= hart_start(hart, storm_nap, NULL);
		do {
			error |= harts_fence_all();
			error |= harts_interrupt_all();
		} while (!harts_is_stopped(hart));
	}
	report(!error, "storm: %u suspensions and stops under remote fences",
	       STORM_NAPS);
}

void storm_run(void)
{
	unsigned long other = harts_find_other();

	storm_rings();
	storm_calls();
	storm_console();
	if (other != HARTS_NONE) {
		storm_starts(other);
		storm_naps(other);
		hart_start(other, storm_spin, NULL);
	}
	storm_fences();
	storm_over = true;
	if (other != HARTS_NONE)
		harts_await_stop(other);
}
