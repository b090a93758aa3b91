/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a RISC-V board adds to the firmware (docs/porting.md walks through it).
 *
 * A board is an override module of OpenSBI's generic platform whose fw_init
 * calls firmware_init() with its struct riscv_board.
 *
 * Ownership: the struct is the board's, constant, and lives for ever.
 * Concurrency: firmware_init() runs once, on the hart that relocates the
 * firmware, before there is a console or a heap; power_off() may run on any
 * hart, at any time after that.
 * Trust: board code is firmware and trusted with everything.
 */
#ifndef RISCV_BOARD_H
#define RISCV_BOARD_H

#include <compartment/board.h>
#include <sbi/sbi_types.h>

struct riscv_board {
	const char *name;
	/* What it knows of devices; looked at before what all boards know. */
	const struct device_kind *kinds;
	unsigned int kind_count;
	/* Ends the machine; a failure must reach whoever waits for it. */
	void __noreturn (*power_off)(bool failed);
};

/* Puts the firmware's operations in the place of the generic platform's. */
void firmware_init(const void *machine_tree, const struct riscv_board *board);

#endif
