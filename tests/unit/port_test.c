/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values and widths of the port's accessors, and the two orderings that a host
 * can show: message passing, and a write before a read of another word.
 */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>

#include <port/port.h>

#include "../support/unit.h"

#define ROUNDS	20000u

/* The other thread may have no processor of its own. */
static void wait_a_moment(unsigned int *spins)
{
	if (++*spins % 256)
		port_relax();
	else
		sched_yield();
}

static void accessors_of_every_width(void)
{
	uint8_t byte = 0;
	uint16_t half = 0;
	uint32_t word = 0;
	uint64_t wide = 0;

	port_store(&byte, 0xa5);
	port_store_release(&half, 0xa5a5);
	port_store(&word, 0xa5a5a5a5u);
	port_store_release(&wide, UINT64_C(0xa5a5a5a5a5a5a5a5));
	UNIT_ASSERT_INT(port_load(&byte), 0xa5);
	UNIT_ASSERT_INT(port_load_acquire(&half), 0xa5a5);
	CU_ASSERT_TRUE(port_load(&word) == 0xa5a5a5a5u);
	CU_ASSERT_TRUE(port_load_acquire(&wide) ==
		       UINT64_C(0xa5a5a5a5a5a5a5a5));
	CU_ASSERT_TRUE(port_fetch_or(&wide, 0x5a) ==
		       UINT64_C(0xa5a5a5a5a5a5a5a5));
	CU_ASSERT_TRUE(port_swap(&wide, 0) == UINT64_C(0xa5a5a5a5a5a5a5ff));
	CU_ASSERT_TRUE(port_swap(&word, 1) == 0xa5a5a5a5u);
	UNIT_ASSERT_INT(port_fetch_or(&word, 2), 1);
	UNIT_ASSERT_INT(word, 3);
	port_full_barrier();
	port_read_barrier();
	port_device_barrier();
	port_relax();
}

static uint32_t data, flag, done;

static void *send_messages(void *unused)
{
	unsigned int spins = 0;
	uint32_t i;

	for (i = 1; i <= ROUNDS; i++) {
		data = i;
		port_store_release(&flag, i);
		while (port_load_acquire(&done) != i)
			wait_a_moment(&spins);
	}
	return unused;
}

static void acquire_sees_what_release_published(void)
{
	unsigned int spins = 0;
	uint32_t i, wrong = 0;
	pthread_t thread;

	UNIT_ASSERT_INT(pthread_create(&thread, NULL, send_messages, NULL), 0);
	for (i = 1; i <= ROUNDS; i++) {
		while (port_load_acquire(&flag) != i)
			wait_a_moment(&spins);
		wrong += data != i;
		port_store_release(&done, i);
	}
	pthread_join(thread, NULL);
	UNIT_ASSERT_INT(wrong, 0);
}

/* Each round both sides write their word, then read the other's: at least one
 * of them sees a write. The words never go back, so no round resets them. */
static uint32_t mine, theirs, seen_by_them[ROUNDS], seen_by_me[ROUNDS];
static uint32_t arrived;

/* Both wait a little after they met, by steps of their own: who arrives last
 * leaves first, and only a delay that varies lets the two writes cross. */
static void meet(uint32_t round, uint32_t steps)
{
	unsigned int spins = 0;

	__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL);
	while (port_load_acquire(&arrived) < 2 * (round + 1))
		wait_a_moment(&spins);
	while (steps--)
		(void)port_load(&flag);
}

static void *cross_over(void *unused)
{
	uint32_t i;

	for (i = 0; i < ROUNDS; i++) {
		meet(i, i % 257);
		port_store(&theirs, i + 1);
		port_full_barrier();
		seen_by_them[i] = port_load(&mine);
	}
	return unused;
}

static void full_barrier_orders_write_before_read(void)
{
	uint32_t i, wrong = 0;
	pthread_t thread;

	UNIT_ASSERT_INT(pthread_create(&thread, NULL, cross_over, NULL), 0);
	for (i = 0; i < ROUNDS; i++) {
		meet(i, i % 241);
		port_store(&mine, i + 1);
		port_full_barrier();
		seen_by_me[i] = port_load(&theirs);
	}
	pthread_join(thread, NULL);
	for (i = 0; i < ROUNDS; i++)
		wrong += seen_by_me[i] < i + 1 && seen_by_them[i] < i + 1;
	UNIT_ASSERT_INT(wrong, 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(accessors_of_every_width),
	UNIT_TEST(acquire_sees_what_release_published),
	UNIT_TEST(full_barrier_orders_write_before_read),
};

UNIT_MAIN("port", tests)
