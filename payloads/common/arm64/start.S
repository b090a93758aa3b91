/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of a payload. The firmware enters at the image's first byte, which lies
 * on a page's, at EL1 with x0 = the compartment's device tree, translation and
 * data cache off; the image may lie anywhere and moves its own pointers there.
 */
#include <common/hart_data.h>
#include "mmu.h"
#include "smccc.h"
#include "sysreg.h"

#define RELA_SIZE	24
#define R_AARCH64_RELATIVE 1027

#define TCR_IPS		32
#define IPS_MAX		5	/* 48 bits: all that 4 KiB pages have */
#define CTR_DMINLINE	16

.macro address register, symbol
	adrp	\register, \symbol
	add	\register, \register, :lo12:\symbol
.endm

.macro constant register, value
	movz	\register, #((\value) & 0xffff)
	movk	\register, #((\value) >> 16 & 0xffff), lsl #16
.endm

/* Interrupts blocked, on SP_EL1, traps to start_wrong, nothing translated. */
.macro begin
	msr	daifset, #0xf
	msr	spsel, #1
	msr	tpidr_el1, xzr
	address	x9, trap_vectors
	msr	vbar_el1, x9
	constant x9, SCTLR_OFF
	msr	sctlr_el1, x9
	isb
.endm

	.section .text.start, "ax", @progbits
	.globl	_start
_start:
	begin
	mov	x19, x0

	/* Linked at 0: what was loaded at `_start` belongs `_start` higher. */
	address	x0, _start
	address	x1, rela_start
	address	x2, rela_end
1:	cmp	x1, x2
	b.hs	2f
	ldp	x3, x4, [x1]
	ldr	x5, [x1, #16]
	cmp	x4, #R_AARCH64_RELATIVE
	b.ne	start_wrong
	add	x5, x5, x0
	str	x5, [x0, x3]
	add	x1, x1, #RELA_SIZE
	b	1b

2:	address	x1, bss_start
	address	x2, image_end
3:	cmp	x1, x2
	b.hs	4f
	str	xzr, [x1], #8
	b	3b

4:	address	x9, boot_stack_top
	mov	sp, x9
	mrs	x0, mpidr_el1
	ldr	x1, =MPIDR_AFFINITY
	and	x0, x0, x1
	mov	x1, x19
	bl	start_boot

/* Nothing can be said yet; the compartment ends as failed. */
	.globl	start_wrong
start_wrong:
	constant x0, PSCI_SYSTEM_RESET2
	constant x1, PSCI_RESET2_FAILED
	mov	x2, #0
	hvc	#0
1:	wfi
	b	1b

/* A further hart: x0 = its struct hart_data. */
	.text
	.globl	start_secondary
start_secondary:
	begin
	mov	x19, x0
	bl	mmu_enable
	msr	tpidr_el1, x19
	ldr	x9, [x19, #HART_TOP]
	mov	sp, x9
	ldr	x9, [x19, #HART_ENTRY]
	ldr	x0, [x19, #HART_ARGUMENT]
	blr	x9
	bl	hart_stop

/*
 * What was stored with caches off is in memory alone. A line that a cache holds
 * of it, clean, would hide it, so all of them are dropped, with no store from
 * here until caches are on.
 */
	.globl	mmu_begin
mmu_begin:
	mrs	x9, ctr_el0
	ubfx	x9, x9, #CTR_DMINLINE, #4
	mov	x10, #4
	lsl	x9, x10, x9
	address	x10, image_start
	address	x11, image_end
	dsb	sy
1:	dc	ivac, x10
	add	x10, x10, x9
	cmp	x10, x11
	b.lo	1b
	/* Falls through; its barrier completes them. */

/* Uses x9 and x10 and no stack. */
mmu_enable:
	address	x9, mmu_root
	msr	ttbr0_el1, x9
	mov	x9, #MMU_MAIR
	msr	mair_el1, x9
	constant x9, MMU_TCR
	mrs	x10, id_aa64mmfr0_el1
	and	x10, x10, #0xf
	cmp	x10, #IPS_MAX
	b.ls	1f
	mov	x10, #IPS_MAX
1:	orr	x9, x9, x10, lsl #TCR_IPS
	msr	tcr_el1, x9
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	constant x9, SCTLR_OFF | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I
	msr	sctlr_el1, x9
	isb
	ret

	.section .bss
	.balign 16
	.skip	STACK_SIZE
	.globl	boot_stack_top
boot_stack_top:
