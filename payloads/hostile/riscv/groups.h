/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of attempts that only RISC-V has, each one or more reports. */
#ifndef HOSTILE_RISCV_GROUPS_H
#define HOSTILE_RISCV_GROUPS_H

void vector_run(void);		/* 31: masked vectors, on all harts at once */
void registers_run(void);	/* 31: machine-level registers */
void interrupts_run(void);	/* 32: sources and harts of others */
void walk_run(void);		/* 34: page tables against the firmware */

#endif
