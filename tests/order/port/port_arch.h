/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h upon a model of memory instead of a processor: each access and each
 * barrier is a step of the search in tests/order.
 *
 * Every use of a name that orders is a site: an entry of the linker's section
 * `order_sites`, there whether the code is reached or not. So the test can
 * weaken each in turn without a list that somebody would have to keep.
 */
#ifndef PORT_ARCH_H
#define PORT_ARCH_H

#include "../order.h"

#define ORDER_SITE(name)						\
	({								\
		static struct order_site order_site			\
			__attribute__((section("order_sites"), used,	\
				       aligned(sizeof(void *)))) = {	\
				.file = __FILE__,			\
				.function = __func__,			\
				.order = name,				\
				.line = __LINE__,			\
			};						\
		&order_site;						\
	})

#define ORDER_READ(kind, p, v, site)					\
	((__typeof__(*(p)))order_access(kind, (p), sizeof(*(p)),	\
					(__typeof__(*(p)))(v), site))
#define ORDER_WRITE(p, v, site)						\
	((void)order_access(ORDER_STORE, (p), sizeof(*(p)),		\
			    (__typeof__(*(p)))(v), site))

#define port_load(p)		ORDER_READ(ORDER_LOAD, p, 0, NULL)
#define port_store(p, v)	ORDER_WRITE(p, v, NULL)
#define port_load_acquire(p)						\
	ORDER_READ(ORDER_LOAD, p, 0, ORDER_SITE("acquire"))
#define port_store_release(p, v)					\
	ORDER_WRITE(p, v, ORDER_SITE("release"))
#define port_swap(p, v)							\
	ORDER_READ(ORDER_SWAP, p, v, ORDER_SITE("swap"))
#define port_fetch_or(p, v)						\
	ORDER_READ(ORDER_OR, p, v, ORDER_SITE("fetch_or"))

#define port_full_barrier()						\
	order_barrier(ORDER_FULL_BARRIER, ORDER_SITE("full barrier"))
#define port_read_barrier()						\
	order_barrier(ORDER_READ_BARRIER, ORDER_SITE("read barrier"))

/* Orders device registers, of which the model has none (see order_notify()). */
#define port_device_barrier()	((void)0)
#define port_relax()		((void)0)

#endif
