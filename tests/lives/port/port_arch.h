/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h for a process of one thread whose server may stop right before any of
 * its stores.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#include <port/builtin.h>

/* Counts a store; does not return where the server's life is to end. */
void server_count_store(void);

#undef port_store
#undef port_store_release
#define port_store(p, v)						\
	(server_count_store(), __atomic_store_n((p), (v), __ATOMIC_RELAXED))
#define port_store_release(p, v)					\
	(server_count_store(), __atomic_store_n((p), (v), __ATOMIC_RELEASE))

#define port_full_barrier()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define port_read_barrier()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define port_device_barrier()	port_full_barrier()
#define port_relax()		((void)0)

#endif
