/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers and instructions by the numbers of their encoding, most of
 * which no assembler has a name for.
 *
 * One hart at a time: instructions are put together in one place.
 */
#ifndef HOSTILE_ARM64_REGISTERS_H
#define HOSTILE_ARM64_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <common/hart.h>

/* op0 (1 to 3), op1, CRn, CRm, op2 */
#define REGISTER(op0, op1, n, m, op2) \
	((op0) << 14 | (op1) << 11 | (n) << 7 | (m) << 3 | (op2))
#define REGISTER_OP1(r)		((r) >> 11 & 7)
#define REGISTER_N(r)		((r) >> 7 & 15)
#define REGISTER_M(r)		((r) >> 3 & 15)

/* False if there is not enough memory. */
bool registers_init(void);

/*
 * Put together the instructions for `count` registers from number `first` on;
 * then each can be run, by its number. They return whether it faulted.
 */
void registers_prepare(unsigned int first, unsigned int count, bool read);
bool registers_try(unsigned int number, uint64_t *value,
		   struct trap_record *record);

/* One register; false when it is not there or not allowed. */
bool registers_read(unsigned int number, uint64_t *value);
bool registers_write(unsigned int number, uint64_t value);

/* ---- Groups of attempts: registers_run.c, levels.c ---- */

void registers_run(void);
void levels_run(void);

#endif
