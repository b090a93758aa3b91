/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest's own address translation, followed by the firmware: which physical
 * address a load or store of the guest was for.
 *
 * Memory: none kept. Concurrency: none kept; the guest may change its tables
 * meanwhile: each entry is read once, and what is found is some mixture of what
 * was there. Trust: tables are hostile. They decide nothing but the address
 * that is returned, which the caller looks up in what the guest may use; a walk
 * reads one entry for each level, whatever they say.
 *
 * Privileged specification, 4.3 to 4.5 (Sv39, Sv48, Sv57), Svnapot, Svpbmt.
 */
#ifndef LIB_RISCV_WALK_H
#define LIB_RISCV_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct walk {
	uint64_t satp;
	/* The access: in user mode; a store; sstatus.SUM and sstatus.MXR. */
	bool user, write, sum, mxr;
	/*
	 * Reads the entry, 8 bytes, at a physical address that is a multiple
	 * of 8 and that a guest made up: false if it is not in memory where
	 * that guest may have tables. Nothing else is ever read.
	 */
	bool (*read)(void *context, uint64_t addr, uint64_t *entry);
	void *context;
};

/*
 * False if hardware would refuse it, or a table could not be read; *phys is
 * then unchanged. Accessed and dirty bits are not asked for: hardware that
 * wants them has raised another fault before.
 */
bool walk_translate(const struct walk *walk, uint64_t virt, uint64_t *phys);

#endif
