/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hart keeps to itself, and what hart.c asks of the architecture. Shared
 * with the architecture's assembly by the offsets below.
 *
 * Ownership: hart.c's, one structure for each hart that ever ran here.
 * Concurrency: a hart that starts another fills in the other's; from then on a
 * hart touches its own only.
 */
#ifndef COMMON_HART_DATA_H
#define COMMON_HART_DATA_H

#define HART_STACK		0	/* top of its stack for fatal traps */
#define HART_RECOVERY		8	/* frame of the innermost trap_run() */
#define HART_ENTRY		24
#define HART_ARGUMENT		32
#define HART_TOP		40	/* top of its stack */

#define STACK_SIZE		16384
#define TRAP_STACK_SIZE		2048

#ifndef __ASSEMBLER__

#include <common/tree.h>

struct hart_data {
	unsigned long trap_stack;
	unsigned long recovery;
	unsigned long id;
	void (*entry)(void *argument);
	void *argument;
	unsigned long stack;
	unsigned int slot;		/* index in the tree */
};

/* Called by the architecture: on the boot hart; for a trap that is an error. */
void start_boot(unsigned long id, const void *blob) __attribute__((noreturn));
void trap_fail(unsigned long cause, unsigned long pc, unsigned long address)
	__attribute__((noreturn));

/*
 * Provided by the architecture, with hart_get_time(), hart_get_instructions()
 * and trap_run() of <common/hart.h>, and with the inline hart_get_data(): what
 * hart_adopt() was last called with on this hart.
 */
#include <hart_self.h>

/* From here on this is the calling hart's, and its traps are handled. */
void hart_adopt(struct hart_data *data);

/*
 * On the boot hart, once the tree is known: gives memory and devices their
 * attributes, where harts do that. Harts started later have the same.
 */
void hart_map(const struct tree *tree);

/*
 * Starts and stops a hart, in start_secondary with `data` and its stack. Return
 * an enum call_error, if at all.
 */
long hart_command_start(const struct hart_data *data);
long hart_command_stop(void);

/* Sleeps until an interrupt is pending, blocked or not. */
void hart_sleep(void);

#endif
#endif
