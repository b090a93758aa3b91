/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps. Interrupts are never taken, so a trap either ends the innermost
 * trap_run() or the compartment; no trap returns to where it came from, and
 * nothing but what trap_run() saved has to be kept. The stack pointer of EL1
 * may be anything when a trap comes.
 */
#include <common/hart_data.h>

/* trap_run()'s frame */
#define FRAME_SIZE	128
#define FRAME_RECORD	96
#define FRAME_OUTER	104
#define FRAME_DAIF	112

#define RECORD_CAUSE	0
#define RECORD_ADDRESS	8
#define RECORD_PC	16
#define RECORD_STATUS	24

#define CAUSE_INTERRUPT	(-1)	/* of any kind: not asked for */

	.text
	.globl	trap_run
trap_run:
	sub	sp, sp, #FRAME_SIZE
	stp	x29, x30, [sp, #0]
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mrs	x9, tpidr_el1
	ldr	x10, [x9, #HART_RECOVERY]
	stp	x2, x10, [sp, #FRAME_RECORD]
	mrs	x10, daif
	str	x10, [sp, #FRAME_DAIF]
	mov	x10, sp
	str	x10, [x9, #HART_RECOVERY]
	mov	x9, x0
	mov	x0, x1
	blr	x9
	mov	w0, #0

trap_leave:
	mrs	x9, tpidr_el1
	ldr	x10, [sp, #FRAME_DAIF]
	msr	daif, x10
	ldr	x10, [sp, #FRAME_OUTER]
	str	x10, [x9, #HART_RECOVERY]
	ldp	x29, x30, [sp, #0]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	add	sp, sp, #FRAME_SIZE
	ret

trap_entry:
	mrs	x9, tpidr_el1
	cbz	x9, start_wrong
	ldr	x11, [x9, #HART_RECOVERY]
	cbz	x11, trap_unexpected
	mov	sp, x11
	ldr	x12, [sp, #FRAME_RECORD]
	str	x10, [x12, #RECORD_CAUSE]
	mrs	x10, far_el1
	str	x10, [x12, #RECORD_ADDRESS]
	mrs	x10, elr_el1
	str	x10, [x12, #RECORD_PC]
	mrs	x10, spsr_el1
	str	x10, [x12, #RECORD_STATUS]
	mov	w0, #1
	b	trap_leave

trap_unexpected:
	ldr	x11, [x9, #HART_STACK]
	mov	sp, x11
	mov	x0, x10
	mrs	x1, elr_el1
	mrs	x2, far_el1
	bl	trap_fail

.macro vectors
	.balign	128
	mrs	x10, esr_el1
	b	trap_entry
	.rept	3
	.balign	128
	mov	x10, #CAUSE_INTERRUPT
	b	trap_entry
	.endr
.endm

	.section .text.vectors, "ax", @progbits
	.balign	2048
	.globl	trap_vectors
trap_vectors:
	vectors		/* EL1, on SP_EL0 */
	vectors		/* EL1 */
	vectors		/* EL0, AArch64 */
	vectors		/* EL0, AArch32 */
