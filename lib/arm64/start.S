/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where cores begin. The first one comes from QEMU, U-Boot or whoever else
 * starts an arm64 Image: translation off, x0 = the machine's device tree, the
 * image anywhere in RAM. All others come from PSCI, by core.c.
 */
#include "asm.h"

#define RELA_SIZE	24
#define R_AARCH64_RELATIVE 1027

#define CURRENT_EL2	(2 << 2)
#define HCR_E2H		34
#define HCR_RW		(1 << 31)

/* Bits that are one by definition, and nothing else: translation is off. */
#define SCTLR_RES1	0x30c50830
#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_SA	(1 << 3)
#define SCTLR_I		(1 << 12)
#define SCTLR_WXN	(1 << 19)
#define SCTLR_ON	(SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA |	\
			 SCTLR_I | SCTLR_WXN)

/* Attribute 0: memory, write-back; 1: Device-nGnRE. mmu.c uses them. */
#define MAIR		0x04ff
/* Walks of write-back, inner shareable memory. */
#define TCR		(1 << 31 | 1 << 23 | 3 << 12 | 1 << 10 | 1 << 8 | \
			 (64 - ADDRESS_BITS))
#define TCR_PS		16
#define PS_48		5

/*
 * Takes EL2 over, whatever the loader left there: without E2H, translation off.
 * Branches if it cannot be had. Uses x9.
 */
.macro take_el2 otherwise
	mrs	x9, CurrentEL
	cmp	x9, #CURRENT_EL2
	b.ne	\otherwise
	constant x9, HCR_RW
	msr	hcr_el2, x9
	constant x9, SCTLR_RES1
	msr	sctlr_el2, x9
	isb
	mrs	x9, hcr_el2
	tbnz	x9, #HCR_E2H, \otherwise
.endm

	/* The linker script puts the rest of the Image header behind it. */
	.section .text.header, "ax", @progbits
	b	_start
	.4byte	0

	.section .text.start, "ax", @progbits
	.globl	_start
	.type	_start, %function
_start:
	msr	daifset, #0xf
	msr	spsel, #1
	mov	x19, x0

	/* Linked at 0: all that points into the image belongs higher. */
	address	x20, image_start
	address	x1, rela_start
	address	x2, rela_end
1:	cmp	x1, x2
	b.hs	2f
	ldp	x3, x4, [x1]
	ldr	x5, [x1, #16]
	add	x1, x1, #RELA_SIZE
	cmp	x4, #R_AARCH64_RELATIVE
	b.ne	start_hang
	add	x5, x5, x20
	str	x5, [x20, x3]
	b	1b

2:	address	x1, bss_start
	address	x2, bss_end
3:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	3b

	/* The core that boots is the first; boot.c gives it its name. */
	address	x21, cores
	stack	x21
	take_el2 start_refuse
	msr	tpidr_el2, x21
	address	x9, vectors
	msr	vbar_el2, x9
	isb
	mov	x0, x19
	mov	x1, x20
	address	x2, bundle_start
	bl	boot_cold

start_refuse:
	mov	x0, x19
	mrs	x1, CurrentEL
	lsr	x1, x1, #2
	bl	boot_refuse
start_hang:
	wfi
	b	start_hang

	.globl	start_secondary
	.type	start_secondary, %function
start_secondary:
	msr	daifset, #0xf
	msr	spsel, #1
	take_el2 start_hang
	msr	tpidr_el2, x0
	stack	x0
	address	x9, vectors
	msr	vbar_el2, x9
	/* The stack is in caches of others: nothing is stored before this. */
	bl	mmu_enable
	bl	boot_secondary

	/* Stores and loads nothing, since translation is off on its way in. */
	.text
	.globl	mmu_enable
	.type	mmu_enable, %function
mmu_enable:
	constant x9, MAIR
	msr	mair_el2, x9
	constant x9, TCR
	mrs	x10, id_aa64mmfr0_el1
	and	x10, x10, #0xf
	mov	x11, #PS_48
	cmp	x10, x11
	csel	x10, x10, x11, lo
	bfi	x9, x10, #TCR_PS, #3
	msr	tcr_el2, x9
	address	x9, mmu_root
	msr	ttbr0_el2, x9
	isb
	tlbi	alle2
	ic	iallu
	dsb	nsh
	isb
	constant x9, SCTLR_ON
	msr	sctlr_el2, x9
	isb
	ret
