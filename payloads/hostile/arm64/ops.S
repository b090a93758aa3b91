/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single accesses for access.c, and the way into and out of EL0. Each op_*:
 * x0 = address; no stack, clobbers x0 to x5 and v0 to v3 alone.
 */
	.arch	armv8.1-a

	.macro op name:req, insn:vararg
	.globl	op_\name
	.balign	4
op_\name:
	\insn
	ret
	.endm

	.text
	op load8, ldrb w1, [x0]
	op load16, ldrh w1, [x0]
	op load32, ldr w1, [x0]
	op load64, ldr x1, [x0]
	op load_signed, ldrsw x1, [x0]
	op load_pair, ldp x1, x2, [x0]
	op load_writeback, ldr x1, [x0], #8
	op load_unprivileged, ldtr x1, [x0]
	op load_acquire, ldar x1, [x0]
	op load_exclusive, ldxr x1, [x0]
	op load_exclusive_pair, ldxp x1, x2, [x0]
	op store8, strb wzr, [x0]
	op store16, strh wzr, [x0]
	op store32, str wzr, [x0]
	op store64, str xzr, [x0]
	op store_pair, stp xzr, xzr, [x0]
	op store_writeback, str xzr, [x0, #0]!
	op store_unprivileged, sttr xzr, [x0]
	op store_release, stlr xzr, [x0]

	op swap, swp xzr, x1, [x0]
	op add, ldadd xzr, x1, [x0]
	op clear, stclr w1, [x0]
	op compare, cas x1, xzr, [x0]
	.globl	op_compare_pair
op_compare_pair:
	mov	x2, #0
	mov	x3, #0
	mov	x4, #0
	mov	x5, #0
	casp	w2, w3, w4, w5, [x0]
	ret

	op vector_load, ldr q0, [x0]
	op vector_load_pair, ldp q0, q1, [x0]
	op vector_load_four, ld1 {v0.16b-v3.16b}, [x0]
	op vector_load_lane, ld1 {v0.d}[1], [x0]
	op vector_store, str q0, [x0]
	op vector_store_pair, stp q0, q1, [x0]
	op vector_store_four, st1 {v0.16b-v3.16b}, [x0]
	op vector_store_lane, st4 {v0.d-v3.d}[1], [x0]

	op zero, dc zva, x0
	op clean, dc cvac, x0
	op clean_unification, dc cvau, x0
	op clean_invalidate, dc civac, x0
	op invalidate, dc ivac, x0
	op invalidate_instructions, ic ivau, x0
	op prefetch_load, prfm pldl1keep, [x0]
	op prefetch_store, prfm pstl1keep, [x0]
	op prefetch_code, prfm plil1keep, [x0]
	op translate_read, at s1e1r, x0
	op translate_write_user, at s1e0w, x0

/* user_enter(pc, argument, exit): to EL0 with x0 = argument, x30 = exit. */
	.globl	user_enter
user_enter:
	msr	elr_el1, x0
	mov	x3, #0x3c0		/* EL0t, everything masked */
	msr	spsr_el1, x3
	mov	x0, x1
	mov	x30, x2
	eret

/* Where an op in EL0 returns to: the trap that says it got through. */
	.globl	user_exit
user_exit:
	svc	#0
	b	user_exit

/* return_to(pc, pstate): what an exception return makes of it. */
	.globl	return_to
return_to:
	msr	elr_el1, x0
	msr	spsr_el1, x1
	eret

/* Debug's and the monitors' instructions, two words each. */
	.balign	8
	.globl	op_privileged
op_privileged:
	hlt	#0
	ret
	hlt	#0xf000			/* semihosting */
	ret
	dcps1
	ret
	dcps2
	ret
	dcps3
	ret
	drps
	ret
	.globl	op_monitor_calls
op_monitor_calls:
	hvc	#0
	ret
	smc	#0
	ret

/* paging_load(root, tcr, mair, sctlr): through translation off. */
	.globl	paging_load
paging_load:
	dsb	sy
	mrs	x4, sctlr_el1
	bic	x4, x4, #1
	msr	sctlr_el1, x4
	isb
	msr	ttbr0_el1, x0
	msr	tcr_el1, x1
	msr	mair_el1, x2
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	msr	sctlr_el1, x3
	isb
	ret
