/* SPDX-License-Identifier: BSD-2-Clause */
/* Case 30: PSCI, but for what ../calls.c tries of it. */
#include <common/firmware.h>
#include <common/memory.h>
#include <smccc.h>
#include "../board.h"
#include "../calls.h"
#include "../harts.h"
#include "../hostile.h"
#include "gic.h"
#include "psci.h"

#define CONDUIT(name) long conduit_##name(unsigned long, unsigned long, \
			unsigned long, unsigned long, unsigned long)
CONDUIT(hvc); CONDUIT(smc);
CONDUIT(hvc_1); CONDUIT(hvc_8000); CONDUIT(hvc_ffff); CONDUIT(hvc_xen);
CONDUIT(smc_1); CONDUIT(smc_8000); CONDUIT(smc_ffff);

const struct psci_conduit psci_conduits[] = {
	{ "hvc", conduit_hvc }, { "smc", conduit_smc },
	{ "hvc #1", conduit_hvc_1 }, { "hvc #0x8000", conduit_hvc_8000 },
	{ "hvc #0xffff", conduit_hvc_ffff }, { "hvc #0xea1", conduit_hvc_xen },
	{ "smc #1", conduit_smc_1 }, { "smc #0x8000", conduit_smc_8000 },
	{ "smc #0xffff", conduit_smc_ffff },
};
const unsigned int psci_conduit_count = sizeof(psci_conduits) /
					sizeof(psci_conduits[0]);

#define PSCI_32		0x84000000UL
#define PSCI_64		0xc4000000UL
#define PSCI_FUNCTIONS	0x20U
#define LEVELS_BITS	2U	/* 0 to 3 */

/* Bits of a target that are no affinity; the rest names a foreign core. */
#define TARGET_BITS	64U

/* A power state: to power down, deepest level first */
#define STATE_POWER_DOWN (1UL << 16)

/* Refused, or no more than a standby, which comes back here. */
#define SUSPEND		(CALLS_INVALID | CALLS_ADDRESS | CALLS_DENIED | \
			 CALLS_ABSENT | CALLS_NOTHING)

long psci_get_error(long answer)
{
	switch (answer) {
	case PSCI_NOT_SUPPORTED:
		return CALL_ERR_NOT_SUPPORTED;
	case PSCI_INVALID_PARAMETERS:
		return CALL_ERR_INVALID_PARAM;
	case PSCI_DENIED:
		return CALL_ERR_DENIED;
	case PSCI_ALREADY_ON:
		return CALL_ERR_ALREADY_STARTED;
	case PSCI_INVALID_ADDRESS:
		return CALL_ERR_INVALID_ADDRESS;
	default:
		return answer < 0 ? CALL_ERR_FAILED : CALL_SUCCESS;
	}
}

static void psci_try(const char *what, unsigned int accept,
		     unsigned long function, unsigned long a1,
		     unsigned long a2, unsigned long a3)
{
	for (unsigned int i = 0; i < PSCI_CONDUITS_PLAIN; i++)
		calls_judge(what, accept,
			    psci_get_error(psci_conduits[i].call(function, a1,
								 a2, a3,
								 ~0UL)));
}

/* Sets of functions by number: those there are of 32 and of 64 bits. */
#define THERE_32	(1U << 0 | 1U << 1 | 1U << 2 | 1U << 3 | 1U << 4 | \
			 1U << 6 | 1U << 8 | 1U << 9 | 1U << 10 | 1U << 18)
#define THERE_64	(1U << 1 | 1U << 3 | 1U << 4 | 1U << 18)

static void psci_try_absent(unsigned long function)
{
	psci_try("function of zeroes", CALLS_ABSENT, function, 0, 0, 0);
	psci_try("function of ones", CALLS_ABSENT, function, ~0UL, ~0UL, ~0UL);
	psci_try("function of the firmware's memory", CALLS_ABSENT, function,
		 board.firmware, board.firmware, board.firmware);
	psci_try("presence", CALLS_ABSENT, PSCI_FEATURES, function, 0, 0);
}

/* Among them those that suspend the machine, or change how it is ended. */
static void psci_absent(void)
{
	attempt_begin("calls: PSCI functions that are not there");
	for (unsigned int f = 0; f < PSCI_FUNCTIONS; f++) {
		if (!(THERE_32 >> f & 1))
			psci_try_absent(PSCI_32 + f);
		if (!(THERE_64 >> f & 1))
			psci_try_absent(PSCI_64 + f);
	}
	attempt_end();
}

static void psci_try_target(unsigned long target)
{
	unsigned long own = (unsigned long)image_start;

	if (tree_find_hart(&tree, target))
		return;
	psci_try("start", CALLS_INVALID, PSCI_CPU_ON, target, own, 0);
	psci_try("state", CALLS_INVALID, PSCI_AFFINITY_INFO, target, 0, 0);
	/* The 32-bit calls see the lower half. */
	if (tree_find_hart(&tree, (uint32_t)target))
		return;
	psci_try("start by 32 bits", CALLS_INVALID, PSCI_32 + 3, target, own,
		 0);
	psci_try("state by 32 bits", CALLS_INVALID, PSCI_32 + 4, target, 0, 0);
}

static void psci_targets(void)
{
	unsigned long self = hart_get_id(), other = harts_find_other();

	attempt_begin("calls: PSCI targets that are no cores");
	for (unsigned int bit = 0; bit < TARGET_BITS; bit++) {
		psci_try_target(1UL << bit);
		psci_try_target(self | 1UL << bit);
		if (other != HARTS_NONE)
			psci_try_target(other | 1UL << bit);
	}
	for (unsigned int bit = LEVELS_BITS; bit < 32; bit++)
		psci_try("level", CALLS_INVALID, PSCI_AFFINITY_INFO, self,
			 1UL << bit, 0);
	psci_try("level", CALLS_INVALID, PSCI_AFFINITY_INFO, self, ~0UL, 0);
	attempt_end();
}

/* The hart has an interrupt pending, in case it is let sleep. */
static void psci_suspend(void)
{
	uint64_t frame = gic_get_redistributor(hart_get_id()) + GICR_SGI;

	gic_open(1);
	icc_write(ICC_SGI1R, gic_make_sgi(hart_get_id(), 0));
	attempt_begin("calls: powering down into foreign memory");
	for (unsigned int i = 0; i < map_sample_count; i++) {
		if (!map_is_granted(map_samples[i], 4))
			psci_try("suspend", SUSPEND, PSCI_CPU_SUSPEND,
				 STATE_POWER_DOWN, map_samples[i], 0);
	}
	for (unsigned int bit = 17; bit < 32; bit++)
		psci_try("reserved power state", SUSPEND, PSCI_CPU_SUSPEND,
			 STATE_POWER_DOWN | 1UL << bit, ~0xfffUL, 0);
	attempt_end();
	icc_write(ICC_IGRPEN1, 0);
	gic_write(frame + GIC_ICENABLER, 1);
	gic_write(frame + GIC_ICPENDR, 1);
}

static void psci_resets(void)
{
	attempt_begin("calls: reserved reset types");
	for (unsigned int bit = 0; bit < 31; bit++) {
		psci_try("type", CALLS_INVALID, PSCI_SYSTEM_RESET2, 1UL << bit,
			 0, 0);
		/* Bit 0 alone is the vendor's one. */
		if (bit)
			psci_try("vendor's type", CALLS_INVALID,
				 PSCI_SYSTEM_RESET2, 1UL << 31 | 1UL << bit, 0,
				 0);
	}
	psci_try("vendor's type", CALLS_INVALID, PSCI_SYSTEM_RESET2, 1UL << 31,
		 0, 0);
	psci_try("type", CALLS_INVALID, PSCI_SYSTEM_RESET2, 0xffffffff, 0, 0);
	attempt_end();
}

void psci_run(void)
{
	psci_absent();
	psci_targets();
	psci_suspend();
	psci_resets();
}
