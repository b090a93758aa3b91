/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of the Power State Coordination Interface: Arm DEN0022, chapter 5. Of
 * the calls that guests make, and of those to the firmware below.
 */
#ifndef ARM64_PSCI_H
#define ARM64_PSCI_H

#define PSCI_VERSION			0x84000000U
#define PSCI_CPU_SUSPEND_32		0x84000001U
#define PSCI_CPU_SUSPEND_64		0xc4000001U
#define PSCI_CPU_OFF			0x84000002U
#define PSCI_CPU_ON_32			0x84000003U
#define PSCI_CPU_ON_64			0xc4000003U
#define PSCI_AFFINITY_INFO_32		0x84000004U
#define PSCI_AFFINITY_INFO_64		0xc4000004U
#define PSCI_MIGRATE_INFO_TYPE		0x84000006U
#define PSCI_SYSTEM_OFF			0x84000008U
#define PSCI_SYSTEM_RESET		0x84000009U
#define PSCI_FEATURES			0x8400000aU
#define PSCI_SYSTEM_RESET2_32		0x84000012U
#define PSCI_SYSTEM_RESET2_64		0xc4000012U

enum psci_error {
	PSCI_SUCCESS = 0,
	PSCI_NOT_SUPPORTED = -1,
	PSCI_INVALID_PARAMETERS = -2,
	PSCI_ALREADY_ON = -4,
	PSCI_ON_PENDING = -5,
	PSCI_INTERNAL_FAILURE = -6,
	PSCI_INVALID_ADDRESS = -9,
};

/* What AFFINITY_INFO returns */
enum psci_info {
	PSCI_INFO_ON = 0,
	PSCI_INFO_OFF = 1,
	PSCI_INFO_ON_PENDING = 2,
};

/* reset_type of SYSTEM_RESET2 */
#define PSCI_RESET_WARM			0x0U
#define PSCI_RESET_VENDOR_FAILED	0x80000001U	/* docs/smccc-abi.md */

#endif
