/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Case 32: the machine's PLIC or APLIC, of which a compartment has some sources
 * and its own harts, and what a life leaves there (case 36).
 *
 * Ownership: the controller's state that is one's own. Concurrency: one hart.
 * Trust: none; what the firmware answers is compared with what must be.
 */
#ifndef HOSTILE_RISCV_INTERRUPTS_H
#define HOSTILE_RISCV_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>

#define INTERRUPTS_SOURCES	1024U
#define INTERRUPTS_HARTS	16U	/* more than any machine here has */

/* A register of 32 bits, where nothing faults. */
uint32_t interrupts_read(uint64_t address);
void interrupts_write(uint64_t address, uint32_t value);

bool interrupts_is_own(unsigned int source);
/* Of the 32 sources from 32 * word on. */
uint32_t interrupts_get_own(unsigned int word);

/* No access but one of 4 bytes; a group of its own. */
void interrupts_try_widths(const char *name, const uint64_t *addresses,
			   unsigned int count);

/* ---- plic.c, aplic.c: groups; nothing if the machine has none ---- */
void plic_run(void);
void aplic_run(void);

/* ---- played.c ---- */
/* A source that no device drives: raised at will, by a UART that is none. */
const struct tree_device *played_find(void);
void played_raise(const struct tree_device *device);
#define PLAYED_RAISE_ENTRIES	2	/* what that alone costs */
void played_run(void);		/* groups; nothing without one, or a PLIC */

/* ---- arrivals.c ---- */
/* Reports that each own interrupt comes, and comes once. */
void arrivals_run(void);
/* Leaves all it can in the controller; sees that nothing is there. */
void interrupts_leave(void);
void interrupts_check(void);

#endif
