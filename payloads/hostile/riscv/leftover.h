/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a life leaves in the registers of the calling hart, and whether the
 * next one finds any of it. One hart at a time.
 */
#ifndef HOSTILE_RISCV_LEFTOVER_H
#define HOSTILE_RISCV_LEFTOVER_H

#include <stdbool.h>
#include <stdint.h>

/* Leaves all it can; returns in how many control and status registers. */
unsigned int leftover_leave(void);

/* Before the hart takes any trap. Names on the console what is not clear. */
bool leftover_is_clear(void);

/* The first instructions of a hart: keeps what it finds, and stops. */
struct leftover_entry {
	uint64_t done;
	uint64_t sscratch;
	uint64_t sie;
	uint64_t satp;
};

/* Entry of HART_START, with a struct leftover_entry as its argument. */
void leftover_enter(void);

#endif
