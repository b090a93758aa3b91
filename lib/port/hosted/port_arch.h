/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h for a user-space process, in terms of the C11 memory model alone.
 *
 * gcc's thread sanitiser does not model stand-alone fences and warns about
 * them. No caller's correctness in that model rests on one: data always passes
 * from a release to an acquire, and a fence only closes a write-then-read race
 * between two flags. Under that sanitiser the fence is therefore a sequentially
 * consistent read-modify-write of a word of the caller's own.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#include <port/builtin.h>

static inline void port_full_barrier(void)
{
#ifdef __SANITIZE_THREAD__
	unsigned int word = 0;

	__atomic_fetch_or(&word, 1, __ATOMIC_SEQ_CST);
#else
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

static inline void port_read_barrier(void)
{
#ifdef __SANITIZE_THREAD__
	port_full_barrier();
#else
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
#endif
}

/* A process has no device registers; a peer process is ordered as memory. */
static inline void port_device_barrier(void)
{
	port_full_barrier();
}

static inline void port_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile ("yield" : : : "memory");
#else
	__asm__ volatile ("" : : : "memory");
#endif
}

#endif
