/* SPDX-License-Identifier: BSD-2-Clause */
/* conduit_*(function, a1...a4): x0 as it comes back. */
	.macro	conduit name, insn:vararg
	.globl	conduit_\name
conduit_\name:
	mov	x5, #-1			/* what is no argument is rubbish */
	mov	x6, #-1
	mov	x7, #-1
	\insn
	ret
	.endm

	.text
	conduit	hvc, hvc #0
	conduit	smc, smc #0
	conduit	hvc_1, hvc #1
	conduit	hvc_8000, hvc #0x8000
	conduit	hvc_ffff, hvc #0xffff
	conduit	hvc_xen, hvc #0xea1
	conduit	smc_1, smc #1
	conduit	smc_8000, smc #0x8000
	conduit	smc_ffff, smc #0xffff
