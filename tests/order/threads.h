/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two threads as coroutines: each runs until its next step and stops before
 * it. All that changes while they run is `world`, the used parts of their
 * stacks, and the private block of the code under test; put back, they go on
 * from there.
 */
#ifndef ORDER_THREADS_H
#define ORDER_THREADS_H

#include <setjmp.h>

#include "model.h"

#define THREAD_STACK	16384u

struct thread {
	jmp_buf context;
	struct step step;
	struct order_site *site;
	uint64_t result;
	uint64_t past;		/* what distinguishes its past from others */
	bool notified;
	size_t stack_free;	/* bytes below what is in use */
};

struct world {
	struct memory memory;
	struct thread thread[2];
	unsigned int steps;
	const char *failure;
};

extern struct world world;
extern unsigned char thread_stacks[2][THREAD_STACK];

/* Run a thread up to its first step. */
void thread_start(unsigned int thread, void (*run)(void));

/* Go on, with the result of the step, up to the next one. */
void thread_go_on(unsigned int thread);

/* Copy those parts of the stacks that are in use in the world as it is. */
void threads_copy(unsigned char to[2][THREAD_STACK],
		  unsigned char from[2][THREAD_STACK]);

#endif
