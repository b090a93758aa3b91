/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and stores for walk*.c, one instruction each. Each walk_*: a0 = the
 * address, a1 = where the value is: loaded over, or stored. Uses no stack and
 * of the registers a0 to a5 alone.
 */
#include <csr.h>

	/* begin(insn): a5 = the value before */
	.macro begin name:req
	.globl	walk_\name
	.balign	4
walk_\name:
	ld	a5, 0(a1)
	.endm

	/* An access by address a0 of register a5. */
	.macro load name:req, insn:vararg
	begin	\name
	\insn
	sd	a5, 0(a1)
	ret
	.endm

	.macro store name:req, insn:vararg
	begin	\name
	\insn
	ret
	.endm

	/* The same, by an address that is first made from a0. */
	.macro load_from name:req, base:req, distance:req, insn:vararg
	begin	\name
	addi	\base, a0, \distance
	\insn
	sd	a5, 0(a1)
	ret
	.endm

	.macro store_from name:req, base:req, distance:req, insn:vararg
	begin	\name
	addi	\base, a0, \distance
	\insn
	ret
	.endm

	/* The same with the stack pointer, which is put back. */
	.macro load_sp name:req, insn:vararg
	begin	\name
	mv	a4, sp
	addi	sp, a0, -8
	\insn
	mv	sp, a4
	sd	a5, 0(a1)
	ret
	.endm

	.macro store_sp name:req, insn:vararg
	begin	\name
	mv	a4, sp
	addi	sp, a0, -8
	\insn
	mv	sp, a4
	ret
	.endm

	.text
	.option push
	.option norvc
	load lb, lb a5, 0(a0)
	load lbu, lbu a5, 0(a0)
	load lh, lh a5, 0(a0)
	load lw, lw a5, 0(a0)
	load lwu, lwu a5, 0(a0)
	load ld, ld a5, 0(a0)
	load lw_zero, lw zero, 0(a0)
	load_from lw_behind, a2, 2040, lw a5, -2040(a2)
	load_from lw_before, a2, -2040, lw a5, 2040(a2)
	load_from lw_itself, a5, 0, lw a5, 0(a5)
	store sb, sb a5, 0(a0)
	store sh, sh a5, 0(a0)
	store sw, sw a5, 0(a0)
	store sd, sd a5, 0(a0)
	store sw_zero, sw zero, 0(a0)
	store_from sw_behind, a2, 2047, sw a5, -2047(a2)
	store_from sw_before, a2, -2047, sw a5, 2047(a2)
	store_sp sw_sp, sw a5, 8(sp)
	.option pop

	load_from c_lw, a2, -124, c.lw a5, 124(a2)
	load_from c_ld, a2, -248, c.ld a5, 248(a2)
	load_sp c_lwsp, c.lwsp a5, 8(sp)
	load_sp c_ldsp, c.ldsp a5, 8(sp)
	store_from c_sw, a2, -64, c.sw a5, 64(a2)
	store_from c_sd, a2, -8, c.sd a5, 8(a2)
	store_sp c_swsp, c.swsp a5, 8(sp)
	store_sp c_sdsp, c.sdsp a5, 8(sp)

	/* c.lbu a5, 3(a2); c.lh, c.lhu a5, 2(a2); c.sb a5, 3(a2); c.sh */
	load_from c_lbu, a2, -3, .2byte 0x827c
	load_from c_lhu, a2, -2, .2byte 0x863c
	load_from c_lh, a2, -2, .2byte 0x867c
	store_from c_sb, a2, -3, .2byte 0x8a7c
	store_from c_sh, a2, -2, .2byte 0x8e3c

	load hlv, .insn r 0x73, 4, 0x34, a5, a0, x0	/* hlv.w a5, (a0) */

/* walk_enter_virtual(pc, a0, a1, exit): to VS-mode, with ra = exit. */
	.globl	walk_enter_virtual
	.balign	4
walk_enter_virtual:
	li	t0, HSTATUS_SPV
	csrs	CSR_HSTATUS, t0
	li	t0, SSTATUS_SPP
	csrs	CSR_SSTATUS, t0
	j	1f

/* walk_enter(pc, a0, a1, exit): to U-mode, with ra = exit. */
	.globl	walk_enter
	.balign	4
walk_enter:
	li	t0, SSTATUS_SPP
	csrc	CSR_SSTATUS, t0
1:	csrw	CSR_SIE, zero
	csrw	CSR_SEPC, a0
	mv	a0, a1
	mv	a1, a2
	mv	ra, a3
	sret

/* Code to be copied: at an odd halfword, so that it can cross a page. */
	.option push
	.option norvc
	.globl	walk_crossing, walk_crossing_end
	.balign	4
walk_crossing:
	lw	a5, 0(a0)
	sd	a5, 0(a1)
	ret
walk_crossing_end:
	.option pop
