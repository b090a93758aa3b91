/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What shared-memory code needs from a processor: ten names, nothing else.
 *
 * The build picks lib/port/<port>/port_arch.h through its include path; a new
 * port is that one file. All names are pure: no state, no memory of their own,
 * callable from any thread, hart or trap handler.
 *
 * In this list `p` points to a naturally aligned integer of 1, 2, 4 or 8 bytes
 * (4 or 8 for the two read-modify-writes), and "access" means one to normal
 * memory that other harts or processes see, unless devices are named.
 *
 *	port_load(p)		One untorn read, exactly once; no ordering.
 *	port_store(p, v)	One untorn write, exactly once; no ordering.
 *
 *	port_load_acquire(p)	One untorn read. No later access takes place
 *				before it. Pairs with port_store_release().
 *	port_store_release(p, v)
 *				One untorn write. Every earlier access takes
 *				place before it. Pairs with port_load_acquire().
 *
 *	port_swap(p, v)		Atomic exchange, returns the old value.
 *	port_fetch_or(p, v)	Atomic OR, returns the old value. Both are
 *				ordered as acquire and release at once.
 *
 *	port_full_barrier()	Every earlier access takes place before every
 *				later one, an earlier write before a later read
 *				included: the only name that orders that pair.
 *	port_read_barrier()	Earlier reads take place before later reads.
 *
 *	port_device_barrier()	Every earlier access, to memory or to device
 *				registers, takes place before every later one of
 *				either kind: between filling memory and writing
 *				a doorbell register, and between reading an
 *				interrupt register and reading memory.
 *
 *	port_relax()		Hint that the caller spins; orders nothing.
 *
 * The accessors are type-generic macros over the compiler's atomic built-ins,
 * so one name serves every width and the thread sanitiser understands them. All
 * supported machines keep caches coherent with every bus master the manifest
 * can name, so there is no cache maintenance here.
 */
#ifndef PORT_PORT_H
#define PORT_PORT_H

#include <port_arch.h>

#if !defined(port_load) || !defined(port_store) ||			\
	!defined(port_load_acquire) || !defined(port_store_release) ||	\
	!defined(port_swap) || !defined(port_fetch_or)
#error "port_arch.h does not supply every accessor of port.h"
#endif

#endif
