/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The search: two coroutines that stop before each step, and every order of
 * their steps and every way to do them, depth first, each state once.
 *
 * A store is done as soon as its thread comes to it: since loads need not see
 * it and stores of the other thread may still go before it, doing it later
 * shows nothing else. The same holds for a read barrier. All other steps are
 * tried in every order.
 *
 * Two states are the same if their memories are and each thread has read the
 * same values in the same number of steps, or since the same order_forget():
 * then it will do the same, for nothing else reaches it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "states.h"
#include "threads.h"

#define STEPS_MAX	4000u	/* of one execution */
#define BRANCHES_MAX	2000u	/* of one execution */
#define STATES_MAX	(1ul << 22)

struct choice {
	uint8_t thread;
	uint8_t way;
};

/* A state in which there is more than one thing to do, and how many of them
 * have been tried. */
struct branch {
	struct world world;
	void *private;
	unsigned char stacks[2][THREAD_STACK];
	unsigned int count;
	unsigned int tried;
	struct choice choices[2 * WAYS];
};

static const struct order_search *searched;
static struct branch *branches[BRANCHES_MAX];
static unsigned int branch_count;	/* allocated */
static bool tracing;

/* One column for each thread; fields are named by their offset. */
static void trace_step(unsigned int thread, const struct step *step,
		       unsigned int way, unsigned int ways)
{
	static const char *const names[] = {
		"load", "store", "swap", "or", "read barrier", "full barrier",
		"notify", "wait", "end",
	};
	const struct order_site *site = world.thread[thread].site;

	uint64_t value = world.thread[thread].result;

	if (step->kind == ORDER_STORE)
		value = step->value;
	printf("# %*s%s", thread ? 40 : 0, "", names[step->kind]);
	if (step->kind <= ORDER_OR)
		printf(" +%zu %#llx", field_offset(step->location),
		       (unsigned long long)value);
	if (ways > 1)
		printf(" (way %u of %u)", way + 1, ways);
	if (site)
		printf(" %s:%u%s", site->file, site->line,
		       site->weak ? " (weak)" : "");
	printf("\n");
}

static void thread_step(struct choice choice)
{
	struct thread *own = &world.thread[choice.thread];
	const struct step step = own->step;
	unsigned int ways = memory_ways(&world.memory, choice.thread, &step);

	own->result = memory_do(&world.memory, choice.thread, &step,
				choice.way);
	if (step.kind == ORDER_NOTIFY) {
		memory_send(&world.memory, choice.thread, !choice.thread);
		world.thread[!choice.thread].notified = true;
	}
	if (step.kind == ORDER_WAIT) {
		memory_receive(&world.memory, choice.thread);
		own->notified = false;
	}
	if (own->site)
		own->site->reached = true;
	if (tracing)
		trace_step(choice.thread, &step, choice.way, ways);
	own->past = state_mix(own->past, own->result + 1);
	world.steps++;
	thread_go_on(choice.thread);
}

static bool step_is_possible(unsigned int thread)
{
	if (memory_blocks(&world.memory, thread, &world.thread[thread].step))
		return false;
	switch (world.thread[thread].step.kind) {
	case ORDER_WAIT:
		return world.thread[thread].notified;
	case ORDER_END:
		return false;
	default:
		return true;
	}
}

static bool step_is_early(unsigned int thread)
{
	enum order_kind kind = world.thread[thread].step.kind;

	return kind == ORDER_STORE || kind == ORDER_READ_BARRIER;
}

static void branch_add(struct branch *branch, unsigned int thread)
{
	unsigned int ways = memory_ways(&world.memory, thread,
					&world.thread[thread].step);
	unsigned int way;

	for (way = 0; way < ways; way++) {
		branch->choices[branch->count].thread = (uint8_t)thread;
		branch->choices[branch->count++].way = (uint8_t)way;
	}
}

/* All that can be done next. */
static void branch_list(struct branch *branch)
{
	unsigned int thread;

	branch->count = 0;
	branch->tried = 0;
	for (thread = 0; thread < 2; thread++)
		if (step_is_early(thread) && step_is_possible(thread)) {
			branch_add(branch, thread);
			return;
		}
	for (thread = 0; thread < 2; thread++)
		if (step_is_possible(thread))
			branch_add(branch, thread);
}

/* Is the world in a state that was not seen before? */
static bool state_is_new(void)
{
	unsigned int t;

	state_begin(0);
	for (t = 0; t < 2; t++) {
		state_feed(&world.thread[t].past, sizeof(world.thread[t].past));
		state_feed(&world.thread[t].notified,
			   sizeof(world.thread[t].notified));
	}
	memory_describe(&world.memory, state_feed);
	return state_note();
}

static struct branch *branch_make(unsigned int number)
{
	struct branch *branch;

	if (number == BRANCHES_MAX)
		model_refuse("too many branches on one way");
	if (number < branch_count)
		return branches[number];
	branch = malloc(sizeof(*branch));
	if (!branch || !(branch->private = malloc(searched->private_size)))
		model_refuse("out of memory");
	branches[branch_count++] = branch;
	return branch;
}

static void branch_free_all(void)
{
	while (branch_count) {
		free(branches[--branch_count]->private);
		free(branches[branch_count]);
	}
}

static void branch_save(struct branch *branch)
{
	branch->world = world;
	threads_copy(branch->stacks, thread_stacks);
	memcpy(branch->private, searched->private, searched->private_size);
}

static void branch_restore(struct branch *branch)
{
	world = branch->world;
	threads_copy(thread_stacks, branch->stacks);
	memcpy(searched->private, branch->private, searched->private_size);
}

/* There is nothing left to do: is that how it should end? */
static void search_judge(void)
{
	unsigned int t;

	for (t = 0; t < 2; t++)
		if (world.thread[t].step.kind != ORDER_END)
			world.failure = ORDER_LOST;
}

/* Go on until there is more than one thing to do; is that a new state? A value
 * that somebody is owed was a guess, and so is what follows, a failure too,
 * until it is written. */
static bool search_advance(struct branch *branch, struct order_result *result)
{
	for (;;) {
		bool guessed = memory_owes(&world.memory);

		branch_list(branch);
		if (!branch->count && !guessed && !world.failure)
			search_judge();
		if (world.steps > STEPS_MAX)
			world.failure = "it goes on and on";
		if (world.failure && !guessed) {
			result->failure = world.failure;
			return false;
		}
		if (!branch->count || world.steps > STEPS_MAX)
			return false;
		if (branch->count > 1)
			return tracing || state_is_new();
		thread_step(branch->choices[0]);
	}
}

/* Run both threads up to their first steps, and on to the first branch. */
static bool search_start(const void *private, struct order_result *result)
{
	memcpy(searched->private, private, searched->private_size);
	memset(&world, 0, sizeof(world));
	thread_start(0, searched->thread[0]);
	thread_start(1, searched->thread[1]);
	return search_advance(branch_make(0), result);
}

/* The choices that led to the failure are still there: once more, aloud. */
static void search_trace(const void *private, unsigned int depth)
{
	struct order_result ignored = { NULL, 0 };
	struct choice choices[BRANCHES_MAX];
	unsigned int i;

	for (i = 0; i < depth; i++)
		choices[i] = branches[i]->choices[branches[i]->tried - 1];
	tracing = true;
	search_start(private, &ignored);
	for (i = 0; i < depth; i++) {
		thread_step(choices[i]);
		search_advance(branch_make(0), &ignored);
	}
	tracing = false;
}

/* Try all executions, with the late loads that are known so far. Returns how
 * many branches lead to where it ended. */
static unsigned int search_pass(const void *private,
				struct order_result *result)
{
	unsigned int depth = 0;
	struct branch *top;

	states_forget();
	if (search_start(private, result))
		branch_save(branches[depth++]);
	while (depth && !result->failure) {
		top = branches[depth - 1];
		if (top->tried == top->count) {
			depth--;
			continue;
		}
		if (states_count() > STATES_MAX)
			model_refuse("too many states");
		branch_restore(top);
		thread_step(top->choices[top->tried++]);
		top = branch_make(depth);
		if (search_advance(top, result)) {
			branch_save(top);
			depth++;
		}
	}
	result->states = states_count();
	return depth;
}

struct order_result order_explore(const struct order_search *search, bool trace)
{
	struct order_result result = { NULL, 0 };
	void *private = malloc(search->private_size);
	unsigned int depth;

	if (!private)
		model_refuse("out of memory");
	memcpy(private, search->private, search->private_size);
	searched = search;
	fields_start(search->shared, search->shared_size);
	do
		depth = search_pass(private, &result);
	while (!result.failure && fields_learn());
	if (result.failure && trace)
		search_trace(private, depth);
	branch_free_all();
	free(private);
	return result;
}
