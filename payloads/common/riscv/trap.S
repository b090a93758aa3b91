/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps. Interrupts are never taken, so a trap either ends the innermost
 * trap_run() or the compartment; no trap returns to where it came from, and
 * nothing but what trap_run() saved has to be kept.
 */
#include "csr.h"
#include <common/hart_data.h>

/* trap_run()'s frame */
#define FRAME_SIZE	144
#define FRAME_RECORD	112
#define FRAME_OUTER	120
#define FRAME_SIE	128

#define RECORD_CAUSE	0
#define RECORD_ADDRESS	8
#define RECORD_PC	16
#define RECORD_STATUS	24

	.text
	.globl trap_run
trap_run:
	addi	sp, sp, -FRAME_SIZE
	sd	ra, 0(sp)
	sd	s0, 8(sp)
	sd	s1, 16(sp)
	sd	s2, 24(sp)
	sd	s3, 32(sp)
	sd	s4, 40(sp)
	sd	s5, 48(sp)
	sd	s6, 56(sp)
	sd	s7, 64(sp)
	sd	s8, 72(sp)
	sd	s9, 80(sp)
	sd	s10, 88(sp)
	sd	s11, 96(sp)
	sd	gp, 104(sp)
	sd	a2, FRAME_RECORD(sp)
	ld	t0, HART_RECOVERY(tp)
	sd	t0, FRAME_OUTER(sp)
	csrr	t0, CSR_SIE
	sd	t0, FRAME_SIE(sp)
	sd	sp, HART_RECOVERY(tp)
	mv	t0, a0
	mv	a0, a1
	jalr	t0
	li	a0, 0

trap_leave:
	ld	t0, FRAME_SIE(sp)
	csrw	CSR_SIE, t0
	ld	t0, FRAME_OUTER(sp)
	sd	t0, HART_RECOVERY(tp)
	ld	ra, 0(sp)
	ld	s0, 8(sp)
	ld	s1, 16(sp)
	ld	s2, 24(sp)
	ld	s3, 32(sp)
	ld	s4, 40(sp)
	ld	s5, 48(sp)
	ld	s6, 56(sp)
	ld	s7, 64(sp)
	ld	s8, 72(sp)
	ld	s9, 80(sp)
	ld	s10, 88(sp)
	ld	s11, 96(sp)
	ld	gp, 104(sp)
	addi	sp, sp, FRAME_SIZE
	ret

	.globl trap_entry
	.balign 4
trap_entry:
	csrr	tp, CSR_SSCRATCH
	ld	sp, HART_RECOVERY(tp)
	beqz	sp, trap_unexpected
	ld	t0, FRAME_RECORD(sp)
	csrr	t1, CSR_SCAUSE
	sd	t1, RECORD_CAUSE(t0)
	csrr	t1, CSR_STVAL
	sd	t1, RECORD_ADDRESS(t0)
	csrr	t1, CSR_SEPC
	sd	t1, RECORD_PC(t0)
	csrr	t1, CSR_SSTATUS
	sd	t1, RECORD_STATUS(t0)
	li	a0, 1
	j	trap_leave

trap_unexpected:
	ld	sp, HART_STACK(tp)
	csrr	a0, CSR_SCAUSE
	csrr	a1, CSR_SEPC
	csrr	a2, CSR_STVAL
	call	trap_fail
