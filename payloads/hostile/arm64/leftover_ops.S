/* SPDX-License-Identifier: BSD-2-Clause */
/* SIMD registers for leftover.c, and a bare hart's entry. */
#include <smccc.h>

	.altmacro
	.macro	vector_fill n
	dup	v\n\().2d, x0
	.endm
	.macro	vector_gather n
	orr	v0.16b, v0.16b, v\n\().16b
	.endm
	.macro	general_gather n
	orr	x1, x1, x\n
	.endm
	.macro	all what, first, count
	.set	i, \first
	.rept	\count
	\what	%i
	.set	i, i + 1
	.endr
	.endm

	.text
	.globl	leftover_vectors_fill
leftover_vectors_fill:
	all	vector_fill, 0, 32
	ret

/* All bits that are set in any of them; leaves v0 changed. */
	.globl	leftover_vectors_gather
leftover_vectors_gather:
	all	vector_gather, 1, 31
	mov	x0, v0.d[0]
	mov	x1, v0.d[1]
	orr	x0, x0, x1
	ret

/*
 * x0 = its struct leftover_entry. All else is zero in a hart that starts, but
 * translation's and the traps' registers are looked at one by one.
 */
	.globl	leftover_enter
leftover_enter:
	all	general_gather, 2, 29
	mov	x2, sp
	orr	x1, x1, x2
	str	x1, [x0, #8]
	mrs	x1, sctlr_el1
	mov	x2, #5			/* M, C */
	and	x1, x1, x2
	str	x1, [x0, #16]
	mrs	x1, ttbr0_el1
	mrs	x2, ttbr1_el1
	orr	x1, x1, x2
	str	x1, [x0, #24]
	mrs	x1, tcr_el1
	str	x1, [x0, #32]
	mrs	x1, vbar_el1
	str	x1, [x0, #40]
	mrs	x1, tpidr_el1
	mrs	x2, sp_el0
	orr	x1, x1, x2
	str	x1, [x0, #48]
	mrs	x1, mair_el1
	str	x1, [x0, #56]
	mrs	x1, cntv_ctl_el0
	mrs	x2, cntp_ctl_el0
	orr	x1, x1, x2
	str	x1, [x0, #64]
	mov	x1, #1
	dmb	st
	str	x1, [x0]
	dsb	sy
	mov	x0, #(PSCI_CPU_OFF & 0xffff)
	movk	x0, #(PSCI_CPU_OFF >> 16), lsl #16
	hvc	#0
1:	wfi
	b	1b
