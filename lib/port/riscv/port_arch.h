/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h for RISC-V (RVWMO, chapter 17 of the unprivileged specification).
 * Compilers map the built-ins to at least its table A.6: a fence behind the
 * load of an acquire and before the store of a release, both around a
 * read-modify-write.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#include <port/builtin.h>

static inline void port_full_barrier(void)
{
	__asm__ volatile ("fence rw, rw" : : : "memory");
}

static inline void port_read_barrier(void)
{
	__asm__ volatile ("fence r, r" : : : "memory");
}

static inline void port_device_barrier(void)
{
	__asm__ volatile ("fence iorw, iorw" : : : "memory");
}

static inline void port_relax(void)
{
	/* Zihintpause's PAUSE is a FENCE hint: a no-op where it is unknown. */
	__asm__ volatile (".4byte 0x0100000f" : : : "memory");
}

#endif
