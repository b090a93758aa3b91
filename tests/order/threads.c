/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The coroutines, and what the code under test calls. Started by makecontext(),
 * and from then on switched by jumps, which cost no system call.
 */
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include "states.h"
#include "threads.h"

/* At the far end of a stack, to show that it was enough. */
#define STACK_MARK	UINT64_C(0x6b63617473646e65)

struct world world;
unsigned char thread_stacks[2][THREAD_STACK] __attribute__((aligned(16)));

static jmp_buf scheduler;
static ucontext_t starter;
static void (*started)(void);
static unsigned int running = 2;	/* 0, 1 or neither */

/* Every frame of the caller lies above this one's (stacks grow down). */
static __attribute__((noinline)) size_t stack_free_now(void)
{
	return (size_t)((unsigned char *)__builtin_frame_address(0) -
			thread_stacks[running]);
}

/* Let the scheduler do this step when it pleases; returns what was read. */
static uint64_t thread_stop(struct step step, struct order_site *site)
{
	struct thread *own = &world.thread[running];

	own->step = step;
	own->site = site;
	own->stack_free = stack_free_now();
	if (!_setjmp(own->context))
		_longjmp(scheduler, 1);
	return own->result;
}

static void thread_run(void)
{
	started();
	thread_stop((struct step){ .kind = ORDER_END }, NULL);
	abort();
}

void thread_go_on(unsigned int thread)
{
	uint64_t mark;

	running = thread;
	if (!_setjmp(scheduler))
		_longjmp(world.thread[thread].context, 1);
	running = 2;
	memcpy(&mark, thread_stacks[thread], sizeof(mark));
	if (mark != STACK_MARK)
		model_refuse("a thread's stack is too small");
}

void thread_start(unsigned int thread, void (*run)(void))
{
	static ucontext_t context;
	const uint64_t mark = STACK_MARK;

	memcpy(thread_stacks[thread], &mark, sizeof(mark));
	getcontext(&context);
	context.uc_stack.ss_sp = thread_stacks[thread];
	context.uc_stack.ss_size = sizeof(thread_stacks[thread]);
	context.uc_link = NULL;
	makecontext(&context, thread_run, 0);
	running = thread;
	started = run;
	if (!_setjmp(scheduler))
		swapcontext(&starter, &context);
	running = 2;
}

static uint64_t access_plain(enum order_kind kind, volatile void *p,
			     size_t size, uint64_t value)
{
	if (kind > ORDER_STORE)
		model_refuse("an exchange outside the search");
#define ACCESS_PLAIN(type)						\
	do {								\
		if (kind == ORDER_LOAD)					\
			return *(volatile type *)p;			\
		*(volatile type *)p = (type)value;			\
		return 0;						\
	} while (0)
	switch (size) {
	case 1:
		ACCESS_PLAIN(uint8_t);
	case 2:
		ACCESS_PLAIN(uint16_t);
	case 4:
		ACCESS_PLAIN(uint32_t);
	case 8:
		ACCESS_PLAIN(uint64_t);
	}
	model_refuse("an access of a size that no field has");
}

uint64_t order_access(enum order_kind kind, const volatile void *p, size_t size,
		      uint64_t value, struct order_site *site)
{
	struct step step = {
		.kind = kind,
		.ordered = site && !site->weak,
		.value = value,
	};
	int location;

	if (running == 2 || !field_is_shared(p))
		return access_plain(kind, (volatile void *)(uintptr_t)p, size,
				    value);
	location = field_find((const void *)(uintptr_t)p, size);
	order_check(location >= 0, "two fields overlap, or one is misaligned");
	step.location = (uint8_t)location;
	return thread_stop(step, site);
}

void order_barrier(enum order_kind kind, struct order_site *site)
{
	if (running != 2)
		thread_stop((struct step){ .kind = kind,
					   .ordered = !site->weak }, site);
}

void order_notify(void)
{
	thread_stop((struct step){ .kind = ORDER_NOTIFY }, NULL);
}

void order_wait(void)
{
	thread_stop((struct step){ .kind = ORDER_WAIT }, NULL);
}

void order_check(bool holds, const char *text)
{
	if (holds)
		return;
	world.failure = text;
	thread_stop((struct step){ .kind = ORDER_END }, NULL);
}

void order_forget(unsigned int place, const void *state, size_t size)
{
	state_begin(place);
	state_feed(state, size);
	world.thread[running].past = state_hash();
}

uint64_t order_last(const void *p, size_t size)
{
	int location = field_find(p, size);

	if (location < 0)
		model_refuse("the last write of something that is no field");
	return memory_last(&world.memory, (unsigned int)location);
}

void threads_copy(unsigned char to[2][THREAD_STACK],
		  unsigned char from[2][THREAD_STACK])
{
	unsigned int t;
	size_t at;

	for (t = 0; t < 2; t++) {
		at = world.thread[t].stack_free;
		memcpy(&to[t][at], &from[t][at], THREAD_STACK - at);
	}
}
