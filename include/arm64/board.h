/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an AArch64 board adds to the firmware (docs/porting.md walks through
 * it): one constant struct arm64_board, linked in as `board`.
 *
 * Ownership: the struct is the board's, constant, and lives for ever.
 * Concurrency: init() runs once on the core that boots, before anything is
 * printed, with EL2's translation on (or off, at a level where the firmware can
 * only refuse to run); power_off() may run on any core after it.
 * Trust: board code is firmware and trusted with everything.
 */
#ifndef ARM64_BOARD_H
#define ARM64_BOARD_H

#include <compartment/board.h>

struct arm64_board {
	const char *name;
	/* What it knows of devices; looked at before what all boards know. */
	const struct device_kind *kinds;
	unsigned int kind_count;
	/*
	 * INTIDs of SPIs that no device drives: one for each hart's doorbell,
	 * then for devices that the firmware plays.
	 */
	unsigned int doorbell_first, doorbell_count;
	/* Finds what it needs in the machine's tree. */
	void (*init)(const void *tree);
	/* Ends the machine; a failure must reach whoever waits for it. */
	void (*power_off)(bool failed) __attribute__((noreturn));
};

/*
 * For boards: calls PSCI in the firmware below (SMC), by a number of
 * <arm64/psci.h>; its answer, an enum psci_error if it is negative.
 */
int64_t psci_forward(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3);

#endif
