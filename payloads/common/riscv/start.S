/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of a payload. The firmware enters at the image's first byte in S-mode
 * with a0 = hart id, a1 = the compartment's device tree, satp = 0; the image
 * may lie anywhere and moves its own pointers there.
 */
#include "csr.h"
#include <common/hart_data.h>

#define RELA_OFFSET	0
#define RELA_INFO	8
#define RELA_ADDEND	16
#define RELA_SIZE	24
#define R_RISCV_RELATIVE 3

	.section .text.start, "ax", @progbits
	.globl _start
_start:
	.option push
	.option norelax
	csrw	CSR_SIE, zero
	csrci	CSR_SSTATUS, SSTATUS_SIE
	lla	t0, start_wrong
	csrw	CSR_STVEC, t0

	/* Linked at 0: what was loaded at `_start` belongs `_start` higher. */
	lla	t0, _start
	lla	t1, rela_start
	lla	t2, rela_end
	li	t6, R_RISCV_RELATIVE
1:	bgeu	t1, t2, 3f
	ld	t3, RELA_INFO(t1)
	bne	t3, t6, start_wrong
	ld	t4, RELA_OFFSET(t1)
	ld	t5, RELA_ADDEND(t1)
	add	t4, t4, t0
	add	t5, t5, t0
	sd	t5, 0(t4)
	addi	t1, t1, RELA_SIZE
	j	1b

3:	lla	t1, bss_start
	lla	t2, image_end
4:	bgeu	t1, t2, 5f
	sd	zero, 0(t1)
	addi	t1, t1, 8
	j	4b

5:	lla	sp, boot_stack_top
	call	start_boot
	.option pop

/* Nothing can be said yet; the compartment ends as failed. */
	.balign 4
start_wrong:
	li	a7, 0x53525354
	li	a6, 0
	li	a0, 0
	li	a1, 1
	ecall
1:	wfi
	j	1b

/* A further hart: a0 = hart id, a1 = its struct hart_data. */
	.text
	.globl start_secondary
	.balign 4
start_secondary:
	csrw	CSR_SIE, zero
	csrci	CSR_SSTATUS, SSTATUS_SIE
	mv	tp, a1
	csrw	CSR_SSCRATCH, tp
	lla	t0, trap_entry
	csrw	CSR_STVEC, t0
	ld	sp, HART_TOP(tp)
	ld	t0, HART_ENTRY(tp)
	ld	a0, HART_ARGUMENT(tp)
	jalr	t0
	call	hart_stop

	.section .bss
	.balign 16
	.skip	STACK_SIZE
	.globl boot_stack_top
boot_stack_top:
