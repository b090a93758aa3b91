/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of attempts that only RISC-V has, each one or more reports. */
#ifndef HOSTILE_RISCV_GROUPS_H
#define HOSTILE_RISCV_GROUPS_H

void vector_run(void);		/* 31: masked vectors, on all harts at once */
void registers_run(void);	/* 31: machine-level registers */

#endif
