/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell core with real threads: two senders ring, the receiver masks, takes
 * and sleeps only on deliveries. A lost wake-up shows as bits that stay.
 */
#include <doorbell/abi.h>
#include <doorbell/doorbell.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "unit.h"

#define ROUNDS		20000
#define SENDERS		2

static struct doorbell db;
static struct doorbell_side sides[1 + SENDERS];
static sem_t interrupt;
static uint64_t sent[SENDERS], answered[SENDERS];

static uint64_t thread_or(void *ctx, uint64_t word, uint64_t bits)
{
	(void)ctx;
	return __atomic_fetch_or((uint64_t *)(uintptr_t)word, bits,
				 __ATOMIC_SEQ_CST);
}

static bool allow_page(void *ctx, unsigned int compartment, uint64_t page)
{
	(void)ctx;
	(void)compartment;
	(void)page;
	return true;
}

static bool allow_target(void *ctx, unsigned int compartment, uint64_t hart,
			 uint64_t identity, struct doorbell_target *target)
{
	(void)ctx;
	(void)compartment;
	(void)hart;
	(void)identity;
	target->hart = &interrupt;
	return true;
}

static bool post(void *ctx, const struct doorbell_target *target)
{
	(void)ctx;
	sem_post(target->hart);
	return true;
}

static const struct doorbell_ops ops = {
	.pending_or = thread_or,
	.check_page = allow_page,
	.find_target = allow_target,
	.deliver = post,
};
static char page_storage[2 * DOORBELL_PAGE_SIZE];

/* Rings, then waits for the answer, which the receiver gives in memory. */
static void *sender(void *arg)
{
	unsigned int self = (uintptr_t)arg;
	uint64_t i;

	for (i = 1; i <= ROUNDS; i++) {
		__atomic_store_n(&sent[self], i, __ATOMIC_RELAXED);
		doorbell_ring(&db, 1 + self, 0, 1ULL << (i % 63));
		while (__atomic_load_n(&answered[self], __ATOMIC_ACQUIRE) < i)
			sched_yield();
	}
	return NULL;
}

static void answer(uint64_t *word, unsigned int self)
{
	uint64_t bits;

	while ((bits = __atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST)))
		__atomic_store_n(&answered[self],
				 __atomic_load_n(&sent[self], __ATOMIC_RELAXED),
				 __ATOMIC_RELEASE);
}

static void loses_no_wakeup(void)
{
	uint64_t page = ((uintptr_t)page_storage + DOORBELL_PAGE_SIZE - 1) &
			~(uint64_t)(DOORBELL_PAGE_SIZE - 1);
	pthread_t threads[SENDERS];
	struct timespec limit;
	unsigned int i, late = 0;
	uint64_t turn = 0;

	sem_init(&interrupt, 0, 0);
	doorbell_init(&db, &ops, NULL, sides, 1 + SENDERS);
	for (i = 0; i < SENDERS; i++)
		doorbell_add_link(&db, 0, 1 + i);
	doorbell_register(&db, 0, DOORBELL_LINK_ALL, page, 0, 0);
	for (i = 0; i < SENDERS; i++)
		pthread_create(&threads[i], NULL, sender, (void *)(uintptr_t)i);

	while (answered[0] < ROUNDS || answered[1] < ROUNDS) {
		/* Only ever reached if a wake-up is lost. */
		clock_gettime(CLOCK_REALTIME, &limit);
		limit.tv_sec += 20;
		if (sem_timedwait(&interrupt, &limit)) {
			late++;
			break;
		}
		turn++;
		for (i = 0; i < SENDERS; i++) {
			doorbell_set_mask(&db, 0, i, turn & 1 ? ~0ULL : 0);
			answer((uint64_t *)(uintptr_t)page + i, i);
			doorbell_set_mask(&db, 0, i, 0);
		}
	}
	UNIT_ASSERT_INT(late, 0);
	if (late)
		exit(1);
	for (i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
	UNIT_ASSERT_INT(answered[0], ROUNDS);
	UNIT_ASSERT_INT(answered[1], ROUNDS);
}

static const struct unit_test tests[] = {
	UNIT_TEST(loses_no_wakeup),
};
UNIT_MAIN("doorbell_threads", tests)
