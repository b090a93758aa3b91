/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of a PLIC: PLIC specification 1.0, chapter 3. 32 bits each. */
#ifndef LIB_RISCV_PLIC_REGISTERS_H
#define LIB_RISCV_PLIC_REGISTERS_H

#define PLIC_PRIORITY		0x0U		/* of source n: + 4 * n */
#define PLIC_PENDING		0x1000U
#define PLIC_PENDING_END	0x1080U
#define PLIC_ENABLE		0x2000U
#define PLIC_ENABLE_STRIDE	0x80U		/* from one context to the next */

#define PLIC_CONTEXT		0x200000U
#define PLIC_CONTEXT_STRIDE	0x1000U

/* In a context's page; the same register is read and written for these two. */
#define PLIC_THRESHOLD		0x0U
#define PLIC_CLAIM		0x4U

#endif
