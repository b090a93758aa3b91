/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accessors of port.h by the compiler's atomic built-ins, for every port
 * whose memory model the compiler knows: included by port_arch.h only.
 */
#ifndef PORT_BUILTIN_H
#define PORT_BUILTIN_H

#define port_load(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define port_store(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define port_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define port_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define port_swap(p, v)		__atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)
#define port_fetch_or(p, v)	__atomic_fetch_or((p), (v), __ATOMIC_ACQ_REL)

#endif
