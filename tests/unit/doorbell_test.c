/* SPDX-License-Identifier: BSD-2-Clause */
/* Doorbell core: links, pending words, masks, delivery. */
#include <doorbell/abi.h>
#include <doorbell/doorbell.h>
#include <string.h>

#include "unit.h"

enum { A, B, C };	/* A-B and A-C are linked, B-C are not */

#define WORDS		(DOORBELL_PAGE_SIZE / sizeof(uint64_t))
#define PAGE(n)		(0x1000u * ((n) + 1))
#define FOREIGN_PAGE	0x100000u
#define FOREIGN_HART	99u

static struct doorbell db;
static struct doorbell_side sides[3];
static uint64_t memory[3][WORDS];
static unsigned int deliveries;
static struct doorbell_target last;
static bool stopped;
static unsigned int touched;	/* memory of guests */
/* What the integrator took, and what it says of it. */
static struct {
	unsigned int count, compartment;
	uint64_t link, bits;
	bool interrupts;
} taken;

static uint64_t fake_or(void *ctx, uint64_t word, uint64_t bits)
{
	uint64_t *w = &memory[word / 0x1000 - 1][word % 0x1000 / 8];
	uint64_t before = *w;

	(void)ctx;
	touched++;
	*w |= bits;
	return before;
}

static bool fake_check_page(void *ctx, unsigned int compartment, uint64_t page)
{
	(void)ctx;
	/* Of any byte of a page; alignment is the core's to demand. */
	page &= ~(uint64_t)(DOORBELL_PAGE_SIZE - 1);
	return page == PAGE(compartment) || page == PAGE(compartment) + 0x1000;
}

/* Names that are not those that the guest used. */
static bool fake_find_target(void *ctx, unsigned int compartment,
			     uint64_t hart, uint64_t identity,
			     struct doorbell_target *target)
{
	(void)ctx;
	target->hart = &sides[hart % 3];
	target->interrupt = ~identity;
	return hart == compartment && identity < 64;
}

static bool fake_deliver(void *ctx, const struct doorbell_target *target)
{
	(void)ctx;
	if (stopped)
		return false;
	deliveries++;
	last = *target;
	return true;
}

static bool fake_take(void *ctx, unsigned int compartment, uint64_t link,
		      uint64_t bits)
{
	(void)ctx;
	taken.count++;
	taken.compartment = compartment;
	taken.link = link;
	taken.bits = bits;
	return taken.interrupts;
}

static const struct doorbell_ops ops = {
	.pending_or = fake_or,
	.check_page = fake_check_page,
	.find_target = fake_find_target,
	.deliver = fake_deliver,
	.take = fake_take,
};

static void setup(void)
{
	memset(memory, 0, sizeof(memory));
	deliveries = 0;
	stopped = false;
	memset(&taken, 0, sizeof(taken));
	doorbell_init(&db, &ops, NULL, sides, 3);
	UNIT_ASSERT_INT(doorbell_add_link(&db, A, B), DOORBELL_OK);
	UNIT_ASSERT_INT(doorbell_add_link(&db, C, A), DOORBELL_OK);
}

static void setup_registered(void)
{
	setup();
	UNIT_ASSERT_INT(doorbell_register(&db, B, DOORBELL_LINK_ALL, PAGE(B), B,
					  DOORBELL_DELIVERY_SOFTWARE), DOORBELL_OK);
}

static uint64_t take(unsigned int compartment, unsigned int link)
{
	uint64_t bits = memory[compartment][link];

	memory[compartment][link] = 0;
	return bits;
}

static void numbers_links_per_compartment(void)
{
	setup();
	UNIT_ASSERT_INT(doorbell_count(&db, A), 2);
	UNIT_ASSERT_INT(doorbell_count(&db, B), 1);
	UNIT_ASSERT_INT(doorbell_peer(&db, A, 0), B);
	UNIT_ASSERT_INT(doorbell_peer(&db, A, 1), C);
	UNIT_ASSERT_INT(doorbell_peer(&db, C, 0), A);
	UNIT_ASSERT_INT(doorbell_peer(&db, B, 1), DOORBELL_ERR_LINK);
}

static void refuses_every_foreign_link(void)
{
	static const uint64_t numbers[] = { 1, 2, 15, 16, 65536, 1ULL << 32,
					    ~1ULL };
	unsigned int i;

	setup_registered();
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint64_t n = numbers[i];

		UNIT_ASSERT_INT(doorbell_ring(&db, B, n, 1), DOORBELL_ERR_LINK);
		UNIT_ASSERT_INT(doorbell_set_mask(&db, B, n, 1),
				DOORBELL_ERR_LINK);
		UNIT_ASSERT_INT(doorbell_register(&db, B, n, PAGE(B), B, 0),
				DOORBELL_ERR_LINK);
		UNIT_ASSERT_INT(doorbell_unregister(&db, B, n),
				DOORBELL_ERR_LINK);
	}
	/* "All" is a word of registration only. */
	UNIT_ASSERT_INT(doorbell_ring(&db, B, DOORBELL_LINK_ALL, 1),
			DOORBELL_ERR_LINK);
}

static void refuses_foreign_pages_and_targets(void)
{
	setup();
	UNIT_ASSERT_INT(doorbell_register(&db, B, 0, FOREIGN_PAGE, B, 0),
			DOORBELL_ERR_PAGE);
	UNIT_ASSERT_INT(doorbell_register(&db, B, 0, PAGE(A), B, 0),
			DOORBELL_ERR_PAGE);
	UNIT_ASSERT_INT(doorbell_register(&db, B, 0, PAGE(B) + 8, B, 0),
			DOORBELL_ERR_PAGE);
	UNIT_ASSERT_INT(doorbell_register(&db, B, 0, PAGE(B), FOREIGN_HART, 0),
			DOORBELL_ERR_TARGET);
	UNIT_ASSERT_INT(doorbell_register(&db, B, 0, PAGE(B), B, 64),
			DOORBELL_ERR_TARGET);
	/* None of it registered anything. */
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 0);
	UNIT_ASSERT_INT(memory[B][0], 0);
}

static void refuses_the_firmwares_bit(void)
{
	setup_registered();
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1ULL << DOORBELL_BIT_PEER),
			DOORBELL_ERR_BITS);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, ~0ULL), DOORBELL_ERR_BITS);
	UNIT_ASSERT_INT(take(B, 0), 0);
	doorbell_notify_peers(&db, A);
	UNIT_ASSERT_INT(take(B, 0) >> DOORBELL_BIT_PEER, 1);
}

static void delivers_only_what_is_new(void)
{
	setup_registered();
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 1);
	CU_ASSERT_PTR_EQUAL(last.hart, &sides[B]);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 0);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 3), 1);
	UNIT_ASSERT_INT(take(B, 0), 3);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 0), 0);
	UNIT_ASSERT_INT(deliveries, 3);
}

static void reaches_only_the_peer(void)
{
	setup_registered();
	doorbell_register(&db, C, 0, PAGE(C), C, 5);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 1, 4), 1);
	CU_ASSERT_PTR_EQUAL(last.hart, &sides[C]);
	UNIT_ASSERT_INT(last.interrupt, ~5ULL);
	UNIT_ASSERT_INT(memory[B][0], 0);
	UNIT_ASSERT_INT(memory[C][0], 4);
}

static void redelivers_when_unmasked(void)
{
	setup_registered();
	doorbell_set_mask(&db, B, 0, 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 0);
	UNIT_ASSERT_INT(memory[B][0], 1);
	/* Uncovering another bit is no reason. */
	doorbell_set_mask(&db, B, 0, 3);
	doorbell_set_mask(&db, B, 0, 1);
	UNIT_ASSERT_INT(deliveries, 0);
	doorbell_set_mask(&db, B, 0, 0);
	UNIT_ASSERT_INT(deliveries, 1);
	/* Nothing is uncovered by the same mask again. */
	doorbell_set_mask(&db, B, 0, 0);
	UNIT_ASSERT_INT(deliveries, 1);
}

static void keeps_what_comes_before_registration(void)
{
	setup();
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 6), 0);
	doorbell_register(&db, B, 0, PAGE(B), B, 0);
	UNIT_ASSERT_INT(deliveries, 1);
	UNIT_ASSERT_INT(take(B, 0), 6);
	doorbell_unregister(&db, B, DOORBELL_LINK_ALL);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 8), 0);
	UNIT_ASSERT_INT(memory[B][0], 0);
	doorbell_register(&db, B, 0, PAGE(B), B, 0);
	UNIT_ASSERT_INT(take(B, 0), 8);
}

static void carries_pending_bits_to_a_new_page(void)
{
	setup_registered();
	doorbell_ring(&db, A, 0, 1);
	doorbell_register(&db, B, 0, PAGE(B) + 0x1000, B, 0);
	UNIT_ASSERT_INT(memory[B + 1][0], 1);
	UNIT_ASSERT_INT(deliveries, 2);
}

/* A compartment of two links acts on one of them, or on all. */
static void registration_is_of_one_link_or_all(void)
{
	setup();
	UNIT_ASSERT_INT(doorbell_register(&db, A, 1, PAGE(A), A, 0),
			DOORBELL_OK);
	UNIT_ASSERT_INT(doorbell_ring(&db, B, 0, 1), 0);
	UNIT_ASSERT_INT(memory[A][0], 0);
	UNIT_ASSERT_INT(doorbell_ring(&db, C, 0, 2), 1);
	UNIT_ASSERT_INT(memory[A][1], 2);
	doorbell_register(&db, A, DOORBELL_LINK_ALL, PAGE(A), A, 0);
	UNIT_ASSERT_INT(memory[A][0], 1);
	UNIT_ASSERT_INT(doorbell_unregister(&db, A, 0), DOORBELL_OK);
	UNIT_ASSERT_INT(doorbell_ring(&db, B, 0, 4), 0);
	UNIT_ASSERT_INT(memory[A][0], 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, C, 0, 4), 1);
}

/* Case 37: what one compartment does reaches no third. */
static void others_keep_what_is_theirs(void)
{
	setup_registered();
	doorbell_register(&db, A, DOORBELL_LINK_ALL, PAGE(A), A, 0);
	doorbell_register(&db, C, 0, PAGE(C), C, 5);
	doorbell_notify_peers(&db, B);
	UNIT_ASSERT_INT(memory[A][0] >> DOORBELL_BIT_PEER, 1);
	UNIT_ASSERT_INT(memory[A][1], 0);
	UNIT_ASSERT_INT(memory[C][0], 0);
	deliveries = 0;
	doorbell_hart_started(&db, C, A);
	UNIT_ASSERT_INT(deliveries, 0);
	doorbell_unregister(&db, B, 0);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 1, 1), 1);
	doorbell_reset(&db, B);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 1, 2), 1);
	UNIT_ASSERT_INT(memory[C][0], 3);
}

static void unregistering_forgets_nothing(void)
{
	setup_registered();
	doorbell_unregister(&db, B, 0);
	UNIT_ASSERT_INT(doorbell_set_mask(&db, B, 0, 3), DOORBELL_OK);
	doorbell_ring(&db, A, 0, 5);
	/* Without a page there is nothing to look at, or to deliver to. */
	UNIT_ASSERT_INT(doorbell_set_mask(&db, B, 0, 2), DOORBELL_OK);
	doorbell_hart_started(&db, B, B);
	UNIT_ASSERT_INT(deliveries, 0);
	doorbell_unregister(&db, B, 0);
	doorbell_register(&db, B, 0, PAGE(B), B, 0);
	UNIT_ASSERT_INT(take(B, 0), 5);
	UNIT_ASSERT_INT(deliveries, 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 2), 0);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 1);
}

static void redelivers_to_a_hart_that_starts(void)
{
	setup_registered();
	stopped = true;
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 1), 0);
	stopped = false;
	doorbell_hart_started(&db, B, FOREIGN_HART);
	UNIT_ASSERT_INT(deliveries, 0);
	doorbell_hart_started(&db, B, B);
	UNIT_ASSERT_INT(deliveries, 1);
	take(B, 0);
	doorbell_hart_started(&db, B, B);
	UNIT_ASSERT_INT(deliveries, 1);
}

static void forgets_all_at_reset(void)
{
	setup_registered();
	doorbell_set_mask(&db, B, 0, 2);
	doorbell_reset(&db, B);
	doorbell_ring(&db, A, 0, 2);
	UNIT_ASSERT_INT(memory[B][0], 0);
	doorbell_reset(&db, B);
	doorbell_register(&db, B, 0, PAGE(B), B, 0);
	UNIT_ASSERT_INT(memory[B][0], 0);
	/* The mask is gone too. */
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 2), 1);
}

/* Bits of a front end are the integrator's, on that link and in that direction
 * alone; the rest of the same ring passes. */
static void the_integrator_takes_its_bits(void)
{
	setup_registered();
	doorbell_take(&db, B, 0, 0x30);
	touched = 0;
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 0x10), 0);
	UNIT_ASSERT_INT(touched, 0);
	UNIT_ASSERT_INT(taken.count, 1);
	UNIT_ASSERT_INT(taken.compartment, B);
	UNIT_ASSERT_INT(taken.link, 0);
	UNIT_ASSERT_INT(taken.bits, 0x10);
	UNIT_ASSERT_INT(memory[B][0], 0);
	UNIT_ASSERT_INT(deliveries, 0);

	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 0x71), 1);
	UNIT_ASSERT_INT(taken.count, 2);
	UNIT_ASSERT_INT(taken.bits, 0x30);
	UNIT_ASSERT_INT(take(B, 0), 0x41);
	UNIT_ASSERT_INT(deliveries, 1);

	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 0x0f), 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, B, 0, 0x30), 0);
	doorbell_notify_peers(&db, A);
	UNIT_ASSERT_INT(taken.count, 2);
}

static void a_ring_tells_whether_what_was_taken_interrupted(void)
{
	setup_registered();
	doorbell_take(&db, B, 0, 1);
	doorbell_take(&db, B, 0, 2);
	taken.interrupts = true;
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 3), 1);
	UNIT_ASSERT_INT(taken.bits, 3);
	doorbell_set_mask(&db, B, 0, 4);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 4), 0);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0, 5), 1);
}

/* It is the firmware's, and none of a guest's making. */
static void what_is_taken_outlasts_a_reset(void)
{
	setup_registered();
	doorbell_take(&db, B, 0, 2);
	doorbell_reset(&db, B);
	doorbell_ring(&db, A, 0, 2);
	UNIT_ASSERT_INT(taken.count, 1);
	UNIT_ASSERT_INT(doorbell_ring(&db, A, 0,
				      2 | 1ULL << DOORBELL_BIT_PEER),
			DOORBELL_ERR_BITS);
	UNIT_ASSERT_INT(taken.count, 1);
}

static void refuses_more_links_than_fit(void)
{
	unsigned int i;

	doorbell_init(&db, &ops, NULL, sides, 3);
	for (i = 0; i < DOORBELL_LINKS_MAX; i++)
		UNIT_ASSERT_INT(doorbell_add_link(&db, A, B), DOORBELL_OK);
	UNIT_ASSERT_INT(doorbell_add_link(&db, C, A), DOORBELL_ERR_FULL);
	UNIT_ASSERT_INT(doorbell_add_link(&db, A, C), DOORBELL_ERR_FULL);
	UNIT_ASSERT_INT(doorbell_count(&db, C), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(numbers_links_per_compartment),
	UNIT_TEST(refuses_every_foreign_link),
	UNIT_TEST(refuses_foreign_pages_and_targets),
	UNIT_TEST(refuses_the_firmwares_bit),
	UNIT_TEST(delivers_only_what_is_new),
	UNIT_TEST(reaches_only_the_peer),
	UNIT_TEST(redelivers_when_unmasked),
	UNIT_TEST(keeps_what_comes_before_registration),
	UNIT_TEST(carries_pending_bits_to_a_new_page),
	UNIT_TEST(registration_is_of_one_link_or_all),
	UNIT_TEST(others_keep_what_is_theirs),
	UNIT_TEST(unregistering_forgets_nothing),
	UNIT_TEST(redelivers_to_a_hart_that_starts),
	UNIT_TEST(forgets_all_at_reset),
	UNIT_TEST(the_integrator_takes_its_bits),
	UNIT_TEST(a_ring_tells_whether_what_was_taken_interrupted),
	UNIT_TEST(what_is_taken_outlasts_a_reset),
	UNIT_TEST(refuses_more_links_than_fit),
};
UNIT_MAIN("doorbell", tests)
