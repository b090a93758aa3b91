/* SPDX-License-Identifier: BSD-2-Clause */
/* Harts that really run at the same time: who ends a life, and who starts. */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "partitioner_system.h"
#include "unit.h"

#define ROUNDS	100

static struct partition *partition;
static unsigned int coordinators;
static bool withdrawn, starting;
static bool started_too_late, withdrawn_too_early;

static bool get(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static void set(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_SEQ_CST);
}

static void request(void *unused)
{
	(void)unused;
	life_request(LIFECYCLE_RESTART);
}

static void leave(void *unused)
{
	(void)unused;
	if (life_leave())
		__atomic_fetch_add(&coordinators, 1, __ATOMIC_RELAXED);
}

/* A hart that asks for the end, and carries it out if that falls to it. */
static void *run_hart(void *id)
{
	fake_become((uint32_t)(uintptr_t)id);
	if (fake_run(request, NULL) != FAKE_STOPPED)
		return "returned";
	return fake_run(leave, NULL) == FAKE_RETURNED ? NULL : "ended";
}

/* Waiting takes as long as the other takes, however busy the machine is. */
static void wait_for_other(enum fake_event event, uint32_t what)
{
	uint32_t other = what == HART_OTHER ? HART_OTHER_BOOT : HART_OTHER;

	if (event == FAKE_WITHDRAW) {
		if (get(&starting))
			set(&withdrawn_too_early, true);
		set(&withdrawn, true);
	}
	while (event == FAKE_DELAY && !arch_hart_is_stopped(other))
		sched_yield();
}

static void setup(void)
{
	system_boot();
	partition = &partitioner.partitions[ID_OTHER];
	/* These stop when they do, not when they are told to. */
	fake.harts[HART_OTHER].stubborn = true;
	fake.harts[HART_OTHER_BOOT].stubborn = true;
	fake.hook = wait_for_other;
	coordinators = 0;
	withdrawn = starting = false;
	started_too_late = withdrawn_too_early = false;
}

static void one_hart_of_two_ends_a_life(void)
{
	pthread_t threads[2];
	unsigned int round, i;
	void *wrong;

	setup();
	for (round = 1; round <= ROUNDS; round++) {
		fake_forget();
		fake_start_all();
		for (i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, run_hart,
				       (void *)(uintptr_t)(HART_OTHER + i));
		for (i = 0; i < 2; i++) {
			pthread_join(threads[i], &wrong);
			CU_ASSERT_PTR_NULL(wrong);
		}
		UNIT_ASSERT_INT(coordinators, round);
		UNIT_ASSERT_INT(lifecycle_read(&partition->life),
				COMPARTMENT_STATE_RUNNING |
				(round + 1) << COMPARTMENT_STARTS_SHIFT);
		UNIT_ASSERT_INT(fake.harts[HART_OTHER_BOOT].state,
				FAKE_HART_STARTED);
		UNIT_ASSERT_INT(fake.harts[HART_OTHER].hart.commands, 0);
	}
}

static void *ask_for_the_end(void *unused)
{
	(void)unused;
	fake_become(HART_OTHER);
	return fake_run(request, NULL) == FAKE_STOPPED ? NULL : "returned";
}

/* A start that was begun before the end is finished before the end goes on. */
static void an_end_waits_for_a_start(void)
{
	const struct timespec while_it_waits = { .tv_nsec = 20000000 };
	pthread_t thread;
	void *wrong;

	setup();
	CU_ASSERT(life_begin_start(ID_OTHER));
	pthread_create(&thread, NULL, ask_for_the_end, NULL);
	while (!lifecycle_is_ending(&partition->life))
		sched_yield();
	nanosleep(&while_it_waits, NULL);
	CU_ASSERT(!get(&withdrawn));
	life_end_start(ID_OTHER);
	pthread_join(thread, &wrong);
	CU_ASSERT_PTR_NULL(wrong);
	CU_ASSERT(get(&withdrawn));
	UNIT_ASSERT_INT(partition->starting, 0);
}

static void *start_harts(void *unused)
{
	bool allowed;

	(void)unused;
	do {
		allowed = life_begin_start(ID_OTHER);
		if (allowed) {
			set(&starting, true);
			if (get(&withdrawn))
				set(&started_too_late, true);
			set(&starting, false);
		}
		life_end_start(ID_OTHER);
	} while (allowed);
	return NULL;
}

static void no_start_gets_past_an_end(void)
{
	pthread_t starter, ender;
	unsigned int round;
	void *wrong;

	for (round = 0; round < ROUNDS; round++) {
		setup();
		pthread_create(&starter, NULL, start_harts, NULL);
		pthread_create(&ender, NULL, ask_for_the_end, NULL);
		pthread_join(ender, &wrong);
		CU_ASSERT_PTR_NULL(wrong);
		pthread_join(starter, NULL);
		CU_ASSERT(!get(&started_too_late));
		CU_ASSERT(!get(&withdrawn_too_early));
		UNIT_ASSERT_INT(partition->starting, 0);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(one_hart_of_two_ends_a_life),
	UNIT_TEST(an_end_waits_for_a_start),
	UNIT_TEST(no_start_gets_past_an_end),
};
UNIT_MAIN("partitioner_threads", tests)
