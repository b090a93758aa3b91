/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Into EL2 and out of it. A guest's registers go to a struct trap_frame on the
 * stack of its core, which is empty while a guest runs. FP registers stay the
 * guest's: nothing at EL2 touches them.
 */
#include "asm.h"

/* EL1 with its own stack pointer, AArch64, all exceptions masked. */
#define SPSR_GUEST	0x3c5

/* Stops the processor from running on behind an ERET, speculatively. */
.macro eret_barrier
	eret
	dsb	nsh
	isb
.endm

/* One of the 16 vectors: 128 bytes. */
.macro vector handler, enter
	.balign	128
	sub	sp, sp, #FRAME_SIZE
	stp	x29, x30, [sp, #FRAME_X(29)]
	adr	x30, \handler
	b	\enter
.endm

	.text
	.balign	2048
	.globl	vectors
	.type	vectors, %function
vectors:
	/* EL2 itself, on either stack pointer: a defect of ours. */
	.rept	8
	vector	trap_el2, trap_enter
	.endr
	/* A lower level in AArch64, then in AArch32. */
	.rept	2
	vector	trap_synchronous, trap_enter
	vector	trap_irq, trap_enter
	vector	trap_fiq, trap_enter
	vector	trap_serror, trap_enter
	.endr

	.balign	128
	.type	trap_enter, %function
trap_enter:
	stp	x0, x1, [sp, #FRAME_X(0)]
	stp	x2, x3, [sp, #FRAME_X(2)]
	stp	x4, x5, [sp, #FRAME_X(4)]
	stp	x6, x7, [sp, #FRAME_X(6)]
	stp	x8, x9, [sp, #FRAME_X(8)]
	stp	x10, x11, [sp, #FRAME_X(10)]
	stp	x12, x13, [sp, #FRAME_X(12)]
	stp	x14, x15, [sp, #FRAME_X(14)]
	stp	x16, x17, [sp, #FRAME_X(16)]
	stp	x18, x19, [sp, #FRAME_X(18)]
	stp	x20, x21, [sp, #FRAME_X(20)]
	stp	x22, x23, [sp, #FRAME_X(22)]
	stp	x24, x25, [sp, #FRAME_X(24)]
	stp	x26, x27, [sp, #FRAME_X(26)]
	str	x28, [sp, #FRAME_X(28)]
	mrs	x1, elr_el2
	mrs	x2, spsr_el2
	stp	x1, x2, [sp, #FRAME_ELR]
	mov	x0, sp
	mov	x29, xzr
	blr	x30

	ldp	x1, x2, [sp, #FRAME_ELR]
	msr	elr_el2, x1
	msr	spsr_el2, x2
	ldp	x0, x1, [sp, #FRAME_X(0)]
	ldp	x2, x3, [sp, #FRAME_X(2)]
	ldp	x4, x5, [sp, #FRAME_X(4)]
	ldp	x6, x7, [sp, #FRAME_X(6)]
	ldp	x8, x9, [sp, #FRAME_X(8)]
	ldp	x10, x11, [sp, #FRAME_X(10)]
	ldp	x12, x13, [sp, #FRAME_X(12)]
	ldp	x14, x15, [sp, #FRAME_X(14)]
	ldp	x16, x17, [sp, #FRAME_X(16)]
	ldp	x18, x19, [sp, #FRAME_X(18)]
	ldp	x20, x21, [sp, #FRAME_X(20)]
	ldp	x22, x23, [sp, #FRAME_X(22)]
	ldp	x24, x25, [sp, #FRAME_X(24)]
	ldp	x26, x27, [sp, #FRAME_X(26)]
	ldp	x28, x29, [sp, #FRAME_X(28)]
	ldr	x30, [sp, #FRAME_X(30)]
	add	sp, sp, #FRAME_SIZE
	eret_barrier

	.globl	guest_enter
	.type	guest_enter, %function
guest_enter:
	msr	elr_el2, x0
	mov	x9, #SPSR_GUEST
	msr	spsr_el2, x9
	mrs	x10, tpidr_el2
	stack	x10
	mov	x0, x1
	/* What the firmware had in its registers is no guest's business. */
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \
		17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	eret_barrier

	.globl	stack_leave
	.type	stack_leave, %function
stack_leave:
	mrs	x10, tpidr_el2
	stack	x10
	mov	x29, xzr
	mov	x30, xzr
	br	x0
