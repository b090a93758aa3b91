/* SPDX-License-Identifier: BSD-2-Clause */
/* The recordings, as they are committed. */

.macro text name
	.globl	text_\name, text_\name\()_end
text_\name:
	.incbin	"tests/vectors/\name\().txt"
text_\name\()_end:
.endm

	.section .rodata.text, "a"
	text	riscv
	text	arm64
