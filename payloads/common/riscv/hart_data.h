/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hart keeps to itself; in tp while the payload runs, in sscratch
 * always. Shared with the assembly by the offsets below.
 */
#ifndef COMMON_RISCV_HART_DATA_H
#define COMMON_RISCV_HART_DATA_H

#define HART_STACK		0	/* top of its stack for fatal traps */
#define HART_RECOVERY		8	/* frame of the innermost trap_run() */
#define HART_ID			16
#define HART_ENTRY		24
#define HART_ARGUMENT		32
#define HART_TOP		40	/* top of its stack */

#define STACK_SIZE		16384
#define TRAP_STACK_SIZE		2048

#ifndef __ASSEMBLER__

struct hart_data {
	unsigned long trap_stack;
	unsigned long recovery;
	unsigned long id;
	void (*entry)(void *argument);
	void *argument;
	unsigned long stack;
	unsigned int slot;		/* index in the tree */
};

static inline struct hart_data *hart_get_data(void)
{
	struct hart_data *data;

	__asm__ ("mv %0, tp" : "=r" (data));
	return data;
}

#endif
#endif
