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
#include <csr.h>
#include <sbi.h>
#include "../hostile.h"

#define STORM_CALLS	20000
#define STORM_FENCES	300
#define STORM_LINES	64
#define STORM_STARTS	50
#define STORM_NAPS	200
#define STORM_NAP_FENCES	4
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

/* Both harts of the compartment, the caller's own included. */
static long storm_fence_all(void)
{
	return sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_SFENCE_VMA, 0, ~0UL, 0,
			~0UL, 0, 0).error;
}

static long storm_interrupt_all(void)
{
	return sbi_call(SBI_EXT_IPI, 0, 0, ~0UL, 0, 0, 0, 0).error;
}

static void storm_fences(void)
{
	long error = 0;

	for (unsigned int i = 0; i < STORM_FENCES; i++) {
		error |= sbi_call(SBI_EXT_RFENCE, SBI_RFENCE_FENCE_I, 0, ~0UL,
				  0, 0, 0, 0).error;
		error |= storm_fence_all();
		error |= storm_interrupt_all();
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

static bool storm_is_stopped(unsigned long hart)
{
	return sbi_call(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS, hart, 0, 0, 0, 0,
			0).value == HSM_STOPPED;
}

static void storm_await_stop(unsigned long hart)
{
	while (!storm_is_stopped(hart))
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

/* Fences, sleeps until the other hart interrupts it, and stops. */
static void storm_nap(void *context)
{
	(void)context;
	for (unsigned int i = 0; i < STORM_NAP_FENCES; i++)
		storm_fence_all();
	csr_set(CSR_SIE, IRQ_SOFTWARE);
	sbi_call(SBI_EXT_HSM, SBI_HSM_HART_SUSPEND, 0, 0, 0, 0, 0, 0);
	csr_clear(CSR_SIP, IRQ_SOFTWARE);
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
			error |= storm_fence_all();
			error |= storm_interrupt_all();
		} while (!storm_is_stopped(hart));
	}
	report(!error, "storm: %u suspensions and stops under remote fences",
	       STORM_NAPS);
}

/* The hart of ours that is not the caller, or ~0. */
static unsigned long storm_find_other(void)
{
	for (unsigned int i = 0; i < tree.hart_count; i++) {
		if (tree.harts[i].id != hart_get_id())
			return tree.harts[i].id;
	}
	return ~0UL;
}

void storm_run(void)
{
	unsigned long other = storm_find_other();

	storm_rings();
	storm_calls();
	storm_console();
	if (other != ~0UL) {
		storm_starts(other);
		storm_naps(other);
		hart_start(other, storm_spin, NULL);
	}
	storm_fences();
	storm_over = true;
	if (other != ~0UL)
		storm_await_stop(other);
}

static void storm_fence_for_ever(void *context) __attribute__((noreturn));

static void storm_fence_for_ever(void *context)
{
	bool *begun = context;

	for (;;) {
		storm_fence_all();
		*(volatile bool *)begun = true;
	}
}

static void storm_restart_other(void *context)
{
	while (!*(volatile bool *)context)
		;
	firmware_restart();
}

void storm_restart(uint64_t life)
{
	static bool begun;
	unsigned long other = storm_find_other();

	/* In turns: who reboots, and who is in the middle of a fence then. */
	if (other == ~0UL ||
	    hart_start(other, life % 2 ? storm_fence_for_ever :
					 storm_restart_other, &begun))
		firmware_restart();	/* it spins, as residue.c left it */
	if (life % 2)
		storm_restart_other(&begun);
	storm_fence_for_ever(&begun);
}
