/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI and the calling convention as an attacker uses them (Arm DEN0022,
 * DEN0028): any function by any conduit.
 *
 * Any hart may call.
 */
#ifndef HOSTILE_ARM64_PSCI_H
#define HOSTILE_ARM64_PSCI_H

#include <stdbool.h>
#include <stdint.h>
#include <common/hart.h>

/* HVC and SMC with several immediates; those without are the first two. */
struct psci_conduit {
	const char *name;
	long (*call)(unsigned long function, unsigned long a1, unsigned long a2,
		     unsigned long a3, unsigned long a4);
};

#define PSCI_CONDUITS_PLAIN	2U

extern const struct psci_conduit psci_conduits[];
extern const unsigned int psci_conduit_count;

/* An enum call_error for PSCI's; a state, 0 or more, is a success. */
long psci_get_error(long answer);

/* ---- Groups of attempts ---- */

void psci_run(void);

#endif
