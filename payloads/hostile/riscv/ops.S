/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single accesses for access.c, and the way into and out of U-mode. Each
 * op_*: a0 = address; no stack, clobbers a0 and a1 alone.
 */
#include <csr.h>

	.macro op name:req, insn:vararg
	.globl	op_\name
	.balign	4
op_\name:
	\insn
	ret
	.endm

	.text
	op load8, lb a1, 0(a0)
	op load16, lh a1, 0(a0)
	op load32, lw a1, 0(a0)
	op load64, ld a1, 0(a0)
	op store8, sb zero, 0(a0)
	op store16, sh zero, 0(a0)
	op store32, sw zero, 0(a0)
	op store64, sd zero, 0(a0)
	op lr, lr.d a1, (a0)
	op swap, amoswap.d a1, zero, (a0)
	op or, amoor.w a1, zero, (a0)
	op cache_zero, .insn i 0x0f, 2, x0, a0, 4	/* cbo.zero (a0) */

	.option push
	.option arch, +d
	op float_load, fld fa0, 0(a0)
	op float_store, fsd fa0, 0(a0)
	.option pop

	.option push
	.option arch, +v
	.globl	op_vector_load, op_vector_store, op_vector_strided
	.globl	op_vector_masked_load, op_vector_masked_store
	.balign	4
op_vector_load:
	vsetivli zero, 2, e64, m1, ta, ma
	vle64.v	v1, (a0)
	ret
	.balign	4
op_vector_store:
	vsetivli zero, 2, e64, m1, ta, ma
	vse64.v	v1, (a0)
	ret
	.balign	4
op_vector_strided:
	vsetivli zero, 2, e64, m1, ta, ma
	li	a1, 8
	vsse64.v v1, (a0), a1
	ret
	/* All of the mask register is ones, as many elements as there can be. */
	.balign	4
op_vector_masked_load:
	vsetvli	a1, zero, e8, m1, ta, ma
	vmv.v.i	v0, -1
	vsetvli	a1, zero, e64, m8, ta, ma
	vle64.v	v8, (a0), v0.t
	ret
	.balign	4
op_vector_masked_store:
	vsetvli	a1, zero, e8, m1, ta, ma
	vmv.v.i	v0, -1
	vsetvli	a1, zero, e64, m8, ta, ma
	vse64.v	v8, (a0), v0.t
	ret
	.option pop

/* user_enter(pc, argument, exit): to U-mode with a0 = argument, ra = exit. */
	.globl	user_enter
	.balign	4
user_enter:
	csrw	CSR_SIE, zero
	csrw	CSR_SEPC, a0
	li	t0, SSTATUS_SPP
	csrc	CSR_SSTATUS, t0
	mv	a0, a1
	mv	ra, a2
	sret

/* Where an op in U-mode returns to: the trap that says it got through. */
	.globl	user_exit
	.balign	4
user_exit:
	ecall
	j	user_exit
