/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls to the firmware (Arm DEN0028, SMC Calling Convention) and PSCI's
 * numbers (Arm DEN0022).
 */
#ifndef COMMON_ARM64_SMCCC_H
#define COMMON_ARM64_SMCCC_H

#define SMCCC_NOT_SUPPORTED		-1

#define PSCI_VERSION			0x84000000
#define PSCI_CPU_SUSPEND		0xc4000001
#define PSCI_CPU_OFF			0x84000002
#define PSCI_CPU_ON			0xc4000003
#define PSCI_AFFINITY_INFO		0xc4000004
#define PSCI_MIGRATE_INFO_TYPE		0x84000006
#define PSCI_SYSTEM_OFF			0x84000008
#define PSCI_SYSTEM_RESET		0x84000009
#define PSCI_FEATURES			0x8400000a
#define PSCI_SYSTEM_RESET2		0xc4000012

/* A vendor's reset type: the compartment ends as failed (docs/smccc-abi.md). */
#define PSCI_RESET2_FAILED		0x80000001

#define PSCI_SUCCESS			0
#define PSCI_NOT_SUPPORTED		-1
#define PSCI_INVALID_PARAMETERS		-2
#define PSCI_DENIED			-3
#define PSCI_ALREADY_ON			-4
#define PSCI_ON_PENDING			-5
#define PSCI_INTERNAL_FAILURE		-6
#define PSCI_NOT_PRESENT		-7
#define PSCI_DISABLED			-8
#define PSCI_INVALID_ADDRESS		-9

#ifndef __ASSEMBLER__

#include <stdint.h>

struct smccc_result {
	long x0;
	unsigned long x1;
};

static inline struct smccc_result smccc_call(uint32_t function,
					     unsigned long arg1,
					     unsigned long arg2,
					     unsigned long arg3,
					     unsigned long arg4)
{
	register unsigned long x0 __asm__("x0") = function;
	register unsigned long x1 __asm__("x1") = arg1;
	register unsigned long x2 __asm__("x2") = arg2;
	register unsigned long x3 __asm__("x3") = arg3;
	register unsigned long x4 __asm__("x4") = arg4;

	/* SMCCC 1.1: x4 to x17 are preserved unless they are results. */
	__asm__ volatile ("hvc #0"
			  : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
			  : "r" (x4) : "memory");
	return (struct smccc_result){ .x0 = (long)x0, .x1 = x1 };
}

#endif
#endif
