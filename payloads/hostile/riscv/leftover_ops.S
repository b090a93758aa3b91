/* SPDX-License-Identifier: BSD-2-Clause */
/* Floating-point and vector registers for leftover.c, and a bare hart's entry. */
#include <csr.h>

	.text
	.option push
	.option arch, +d
	.altmacro
	.macro	float_fill n
	fmv.d.x	f\n, a0
	.endm
	.macro	float_store n
	fsd	f\n, 8*\n(a0)
	.endm
	.macro	all_floats what
	.set	i, 0
	.rept	32
	\what	%i
	.set	i, i + 1
	.endr
	.endm

	.globl	leftover_floats_fill
leftover_floats_fill:
	all_floats float_fill
	ret
	.globl	leftover_floats_store
leftover_floats_store:
	all_floats float_store
	ret
	.option pop

	.option push
	.option arch, +v
	.globl	leftover_vectors_fill
leftover_vectors_fill:
	vsetvli	t0, zero, e8, m8, ta, ma
	vmv.v.i	v0, -7
	vmv.v.i	v8, -7
	vmv.v.i	v16, -7
	vmv.v.i	v24, -7
	ret

/* leftover_vectors_store(first, bytes): how many bytes. */
	.globl	leftover_vectors_store
leftover_vectors_store:
	li	t0, 8
	li	t1, 16
	li	t2, 24
	beq	a0, t0, 1f
	beq	a0, t1, 2f
	beq	a0, t2, 3f
	vs8r.v	v0, (a1)
	j	4f
1:	vs8r.v	v8, (a1)
	j	4f
2:	vs8r.v	v16, (a1)
	j	4f
3:	vs8r.v	v24, (a1)
4:	csrr	a0, vlenb
	slli	a0, a0, 3
	ret
	.option pop

/* a0 = hart id, a1 = its struct leftover_entry */
	.globl	leftover_enter
	.balign	4
leftover_enter:
	csrr	t0, CSR_SSCRATCH
	sd	t0, 8(a1)
	csrr	t0, CSR_SIE
	sd	t0, 16(a1)
	csrr	t0, CSR_SATP
	sd	t0, 24(a1)
	li	t0, 1
	fence	w, w
	sd	t0, 0(a1)
	li	a7, 0x48534d		/* HSM */
	li	a6, 1			/* HART_STOP */
	ecall
5:	j	5b
