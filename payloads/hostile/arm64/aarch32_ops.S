/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into EL0 in AArch32, and what is run there, as A32 words, for this
 * assembler knows A64 alone: two words each, the second one `svc #0`.
 */
	.text
/* aarch32_enter(pc, r0): little-endian, A32, user mode, everything masked. */
	.globl	aarch32_enter
aarch32_enter:
	msr	elr_el1, x0
	mov	x3, #0x1d0
	msr	spsr_el1, x3
	mov	x0, x1
	eret

	.balign	8
	.globl	aarch32_code
aarch32_code:
	.word	0xe5d01000, 0xef000000	/* ldrb r1, [r0] */
	.word	0xe1d010b0, 0xef000000	/* ldrh r1, [r0] */
	.word	0xe5901000, 0xef000000	/* ldr r1, [r0] */
	.word	0xe1c020d0, 0xef000000	/* ldrd r2, [r0] */
	.word	0xe8900006, 0xef000000	/* ldm r0, {r1, r2} */
	.word	0xe1901f9f, 0xef000000	/* ldrex r1, [r0] */
	.word	0xe5c01000, 0xef000000	/* strb r1, [r0] */
	.word	0xe1c010b0, 0xef000000	/* strh r1, [r0] */
	.word	0xe5801000, 0xef000000	/* str r1, [r0] */
	.word	0xe1c020f0, 0xef000000	/* strd r2, [r0] */
	.word	0xe8800006, 0xef000000	/* stm r0, {r1, r2} */
	.word	0xe12fff10, 0xef000000	/* bx r0 */

	.globl	aarch32_privileged
aarch32_privileged:
	.word	0xe1400070, 0xef000000	/* hvc #0 */
	.word	0xe1600070, 0xef000000	/* smc #0 */
	.word	0xe160006e, 0xef000000	/* eret */
	.word	0xee010f10, 0xef000000	/* mcr p15, 0, r0, c1, c0, 0: SCTLR */
	.word	0xee110f10, 0xef000000	/* mrc p15, 0, r0, c1, c0, 0 */
	.word	0xee020f10, 0xef000000	/* mcr p15, 0, r0, c2, c0, 0: TTBR0 */
	.word	0xee811f11, 0xef000000	/* mcr p15, 4, r1, c1, c1, 0: HCR */
	.word	0xee070f56, 0xef000000	/* mcr p15, 0, r0, c7, c6, 2: DCISW */
	.word	0xee080f17, 0xef000000	/* mcr p15, 0, r0, c8, c7, 0: TLBIALL */
	.word	0xee0c0fbc, 0xef000000	/* mcr p15, 0, r0, c12, c12, 5 */
	.word	0xec410f0c, 0xef000000	/* mcrr p15, 0, r0, r1, c12: SGI1R */
	.word	0xee0e0f10, 0xef000000	/* mcr p15, 0, r0, c14, c0, 0: CNTFRQ */
	.word	0xee0b0f10, 0xef000000	/* mcr p15, 0, r0, c11, c0, 0 */
	.word	0xee0f0f10, 0xef000000	/* mcr p15, 0, r0, c15, c0, 0 */
	.word	0xee000e15, 0xef000000	/* mcr p14, 0, r0, c0, c5, 0: debug */
	.word	0xee001e50, 0xef000000	/* mcr p14, 0, r1, c0, c0, 2 */
	.word	0xe121f000, 0xef000000	/* msr cpsr_c, r0: ignored there */
