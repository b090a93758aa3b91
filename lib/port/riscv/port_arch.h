/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h for RISC-V (RVWMO, chapter 17 of the unprivileged specification).
 * Compilers map the built-ins to at least its table A.6: a fence behind the
 * load of an acquire and before the store of a release, both around a
 * read-modify-write.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#define port_load(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define port_store(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define port_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define port_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define port_swap(p, v)		__atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)
#define port_fetch_or(p, v)	__atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)

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
