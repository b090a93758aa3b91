/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h for AArch64 (Arm ARM, section B2.3). Compilers map acquire and release
 * to LDAR and STLR, and a read-modify-write to a pair of exclusives, or one
 * atomic instruction, with both.
 *
 * Barriers reach the outer shareable domain: a bus master that reads rings may
 * lie outside of the cores' inner one.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#include <port/builtin.h>

static inline void port_full_barrier(void)
{
	__asm__ volatile ("dmb osh" : : : "memory");
}

static inline void port_read_barrier(void)
{
	__asm__ volatile ("dmb oshld" : : : "memory");
}

static inline void port_device_barrier(void)
{
	/* Device registers may lie in no shareability domain at all. */
	__asm__ volatile ("dmb sy" : : : "memory");
}

static inline void port_relax(void)
{
	__asm__ volatile ("yield" : : : "memory");
}

#endif
