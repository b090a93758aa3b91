/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What assembly has to know of structures and tables, which boot.c and mmu.c
 * have the compiler check, and its macros.
 */
#ifndef LIB_ARM64_ASM_H
#define LIB_ARM64_ASM_H

#define FRAME_X(n)		((n) * 8)
#define FRAME_ELR		248	/* ELR_EL2 and SPSR_EL2 */
#define FRAME_SIZE		272

/* Of addresses that EL2's translation covers, from level 1, in 4 KiB pages. */
#define ADDRESS_BITS		39

/* A core's stack ends where its struct core does. */
#define CORE_SIZE		16512

#ifdef __ASSEMBLER__

/* A number of 32 bits. */
.macro constant register, value
	movz	\register, #((\value) & 0xffff)
	movk	\register, #(((\value) >> 16) & 0xffff), lsl #16
.endm

.macro address register, symbol
	adrp	\register, \symbol
	add	\register, \register, :lo12:\symbol
.endm

/* The stack of a struct core, emptied. Uses x9. */
.macro stack core
	constant x9, CORE_SIZE
	add	x9, \core, x9
	mov	sp, x9
.endm

#endif

#endif
