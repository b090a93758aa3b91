/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a PLIC's registers are, 32 bits each: PLIC specification 1.0, chapter 3.
 *
 * Not the firmware's lib/riscv/plic_registers.h: a payload is a guest, which
 * knows the controller by its specification alone. With one map for both, a
 * mistake in it would be the same on either side, and no test would see it.
 */
#ifndef COMMON_RISCV_PLIC_MAP_H
#define COMMON_RISCV_PLIC_MAP_H

#define PLIC_PRIORITY(source)	(4UL * (source))

/* Of the 32 sources from 32 * word on. */
#define PLIC_PENDING(word)	(0x1000UL + 4UL * (word))
#define PLIC_ENABLE(context, word) \
	(0x2000UL + 0x80UL * (context) + 4UL * (word))

/* A page. Its claim register is the one for completions, when written. */
#define PLIC_CONTEXT(context)	(0x200000UL + 0x1000UL * (context))
#define PLIC_THRESHOLD(context)	PLIC_CONTEXT(context)
#define PLIC_CLAIM(context)	(PLIC_CONTEXT(context) + 4UL)

#endif
