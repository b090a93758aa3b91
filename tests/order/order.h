/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All executions of two threads that share memory as weakly as RVWMO and the
 * AArch64 model allow, and weaker.
 *
 * The threads are functions of the code under test, run as coroutines. Every
 * access to the shared block, every barrier and notification is one step; what
 * a step may do is the model's matter (model.c), in which order all that is
 * tried the search's (search.c). What the threads change besides the shared
 * block lies in one private block, so that the search can go back.
 *
 * Concurrency: one search at a time, one real thread.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum order_kind {
	ORDER_LOAD,
	ORDER_STORE,
	ORDER_SWAP,
	ORDER_OR,
	ORDER_READ_BARRIER,
	ORDER_FULL_BARRIER,
	ORDER_NOTIFY,
	ORDER_WAIT,
	ORDER_END,
};

/* One place in the code under test that asks for an order. */
struct order_site {
	const char *file;
	const char *function;
	const char *order;
	unsigned int line;
	bool weak;		/* orders nothing, for this search */
	bool reached;		/* by any thread since it was cleared */
};

/*
 * One access of the code under test; returns what was read. Without a site, or
 * with a weak one, it orders nothing. Outside the shared block, and outside a
 * search, it is a plain access to memory.
 */
uint64_t order_access(enum order_kind kind, const volatile void *p, size_t size,
		      uint64_t value, struct order_site *site);
void order_barrier(enum order_kind kind, struct order_site *site);

/*
 * What the transport does: one thread's notification ends the other's wait, and
 * brings with it what the first had stored, as doorbells and interrupts do.
 * Several before a wait are one. Nothing else ends a wait.
 */
void order_notify(void);
void order_wait(void);

/* A thread's claim. If it does not hold, the search ends there with @text, and
 * this does not return. */
void order_check(bool holds, const char *text);

/* From here on, what this thread does follows from @state, from where in its
 * code it is, which @place names, and from what it will read. Executions that
 * differ only in what led here go on as one. */
void order_forget(unsigned int place, const void *state, size_t size);

/* For a claim at the very end: the last write of a field, in the order of
 * writes that both threads agree on. Not a step. */
uint64_t order_last(const void *p, size_t size);

#define ORDER_LOST	"a lost wake-up: one waits for ever"

struct order_search {
	void (*thread[2])(void);
	void *shared;		/* every byte the threads share */
	size_t shared_size;
	void *private;		/* every other byte they change */
	size_t private_size;
};

struct order_result {
	const char *failure;	/* of the first that failed, or NULL */
	unsigned long states;	/* that were told apart */
};

/* Try all executions until one fails; with @trace, print that one's steps. */
struct order_result order_explore(const struct order_search *search,
				  bool trace);

#endif
