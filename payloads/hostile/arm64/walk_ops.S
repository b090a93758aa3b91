/* SPDX-License-Identifier: BSD-2-Clause */
/* Single accesses of which a trap says all: x0 = address, x1 = of the value. */
	.text
	.globl	walk_load
walk_load:
	ldr	w2, [x0]
	str	w2, [x1]
	ret

/* To the zero register. */
	.globl	walk_load_none
walk_load_none:
	ldr	wzr, [x0]
	ret

/* Its lower half. */
	.globl	walk_store
walk_store:
	ldr	x2, [x1]
	str	w2, [x0]
	ret

	.globl	walk_store_none
walk_store_none:
	str	wzr, [x0]
	ret

/* walk_enter(pc, address, value, exit): to EL0; x0 = address, x1 = value. */
	.globl	walk_enter
walk_enter:
	msr	elr_el1, x0
	mov	x4, #0x3c0		/* EL0t, everything masked */
	msr	spsr_el1, x4
	mov	x0, x1
	mov	x1, x2
	mov	x30, x3
	eret
