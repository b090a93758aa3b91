/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doorbell calls as guests make them. Links: the server's 0 is to "other", its
 * 1 to the client; the others' 0 is to the server.
 */
#include <doorbell/abi.h>
#include <string.h>

#include "partitioner_system.h"
#include "unit.h"

#define PEER_BIT	(1ULL << DOORBELL_BIT_PEER)

static uint64_t page;	/* of the client, for its pending words */

static struct call_result call(uint32_t hart, uint64_t function, uint64_t a,
			       uint64_t b)
{
	return system_call(call_doorbell, hart, function, a, b, 0, 0);
}

/* The client's registration. */
static long enlist(uint64_t link, uint64_t where, uint64_t hart,
		   uint64_t delivery)
{
	return system_call(call_doorbell, HART_CLIENT, DOORBELL_FID_REGISTER,
			   link, where, hart, delivery).error;
}

static void setup(void)
{
	system_boot();
	page = system_at(SYSTEM_MEMORY(ID_CLIENT) + 0x3000);
	memset((void *)(uintptr_t)page, 0, DOORBELL_PAGE_SIZE);
}

static void setup_registered(void)
{
	setup();
	UNIT_ASSERT_INT(enlist(0, page, HART_CLIENT, 0), CALL_SUCCESS);
}

static uint64_t pending(unsigned int link)
{
	return ((uint64_t *)(uintptr_t)page)[link];
}

#define CHECK(result, error_, value_)					\
	do {								\
		struct call_result r = (result);			\
									\
		UNIT_ASSERT_INT(r.error, error_);			\
		UNIT_ASSERT_INT(r.value, value_);			\
	} while (0)

static const uint64_t no_links[] = {
	1, 2, DOORBELL_LINKS_MAX, 1ULL << 32, DOORBELL_LINK_ALL - 1,
};
#define NO_LINKS	(sizeof(no_links) / sizeof(no_links[0]))

static void counts_the_callers_links(void)
{
	setup();
	CHECK(call(HART_SERVER, DOORBELL_FID_GET_COUNT, 0, 0), CALL_SUCCESS, 2);
	CHECK(call(HART_CLIENT, DOORBELL_FID_GET_COUNT, 7, 7), CALL_SUCCESS, 1);
	CHECK(call(HART_OTHER, DOORBELL_FID_GET_COUNT, 0, 0), CALL_SUCCESS, 1);
}

static void tells_a_peers_life(void)
{
	const uint64_t first = 1 << COMPARTMENT_STARTS_SHIFT;
	size_t i;

	setup();
	lifecycle_mark_started(&partitioner.partitions[ID_CLIENT].life);
	CHECK(call(HART_SERVER, DOORBELL_FID_GET_PEER, 0, 0), CALL_SUCCESS,
	      COMPARTMENT_STATE_RUNNING | first);
	CHECK(call(HART_SERVER, DOORBELL_FID_GET_PEER, 1, 0), CALL_SUCCESS,
	      COMPARTMENT_STATE_RUNNING | 2 * first);
	CHECK(call(HART_CLIENT, DOORBELL_FID_GET_PEER, 0, 0), CALL_SUCCESS,
	      COMPARTMENT_STATE_RUNNING | first);
	for (i = 0; i < NO_LINKS; i++)
		CHECK(call(HART_CLIENT, DOORBELL_FID_GET_PEER, no_links[i], 0),
		      CALL_ERR_INVALID_PARAM, 0);
	CHECK(call(HART_CLIENT, DOORBELL_FID_GET_PEER, DOORBELL_LINK_ALL, 0),
	      CALL_ERR_INVALID_PARAM, 0);
}

static void rings_the_peer(void)
{
	setup_registered();
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 5), CALL_SUCCESS, 0);
	UNIT_ASSERT_INT(pending(0), 5);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
	/* One interrupt for a bit, until it is taken. */
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 4), CALL_SUCCESS, 0);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 0), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_RINGS), 3);
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_DELIVERIES), 1);
	UNIT_ASSERT_INT(hart_sum(ID_CLIENT, COMPARTMENT_COUNTER_RINGS), 0);
}

static void refuses_rings_of_foreign_links_and_bits(void)
{
	size_t i;

	setup_registered();
	for (i = 0; i < NO_LINKS; i++)
		CHECK(call(HART_CLIENT, DOORBELL_FID_RING, no_links[i], 1),
		      CALL_ERR_INVALID_PARAM, 0);
	CHECK(call(HART_CLIENT, DOORBELL_FID_RING, DOORBELL_LINK_ALL, 1),
	      CALL_ERR_INVALID_PARAM, 0);
	/* The bit that only the firmware rings. */
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, PEER_BIT),
	      CALL_ERR_INVALID_PARAM, 0);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, PEER_BIT | 1),
	      CALL_ERR_INVALID_PARAM, 0);
	UNIT_ASSERT_INT(pending(0), 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_RINGS), 0);
	UNIT_ASSERT_INT(hart_sum(ID_CLIENT, COMPARTMENT_COUNTER_RINGS), 0);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, PEER_BIT - 1),
	      CALL_SUCCESS, 0);
}

static void delivers_as_the_registration_says(void)
{
	setup();
	UNIT_ASSERT_INT(enlist(DOORBELL_LINK_ALL, page, HART_CLIENT,
			       FAKE_IDENTITY), CALL_SUCCESS);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 1), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,77 ");
}

/* The words of its links lie one after the other. */
static void rings_the_word_of_the_link(void)
{
	setup();
	page = system_at(SYSTEM_MEMORY(ID_SERVER));
	memset((void *)(uintptr_t)page, 0, DOORBELL_PAGE_SIZE);
	UNIT_ASSERT_INT(system_call(call_doorbell, HART_SERVER,
				    DOORBELL_FID_REGISTER, DOORBELL_LINK_ALL,
				    page, HART_SERVER, 0).error, CALL_SUCCESS);
	CHECK(call(HART_CLIENT, DOORBELL_FID_RING, 0, 2), CALL_SUCCESS, 0);
	CHECK(call(HART_OTHER, DOORBELL_FID_RING, 0, 8), CALL_SUCCESS, 0);
	UNIT_ASSERT_INT(pending(0), 8);
	UNIT_ASSERT_INT(pending(1), 2);
	UNIT_ASSERT_INT(pending(2), 0);
}

static void keeps_what_is_rung_before_a_registration(void)
{
	setup();
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 6), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	UNIT_ASSERT_INT(enlist(0, page, HART_CLIENT, 0), CALL_SUCCESS);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
	UNIT_ASSERT_INT(pending(0), 6);
}

static void refuses_pages_that_are_not_own_memory(void)
{
	static const uint64_t offsets[] = {
		SYSTEM_MEMORY(ID_SERVER), SYSTEM_MEMORY(ID_OTHER),
		SYSTEM_MEMORY(ID_CLIENT) - 0x1000, SYSTEM_WINDOW,
		SYSTEM_RECORD, 0, SYSTEM_RAM_SIZE - 0x1000, SYSTEM_RAM_SIZE,
		/* not a page's start */
		SYSTEM_MEMORY(ID_CLIENT) + 8, SYSTEM_MEMORY(ID_CLIENT) + 0xff8,
		SYSTEM_MEMORY(ID_CLIENT) + SYSTEM_MEMORY_SIZE - 8,
	};
	size_t i;

	setup();
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		UNIT_ASSERT_INT(enlist(0, system_at(offsets[i]), HART_CLIENT,
				       0), CALL_ERR_INVALID_ADDRESS);
	UNIT_ASSERT_INT(enlist(0, 0, HART_CLIENT, 0), CALL_ERR_INVALID_ADDRESS);
	UNIT_ASSERT_INT(enlist(0, 0 - 0x1000ULL, HART_CLIENT, 0),
			CALL_ERR_INVALID_ADDRESS);
	UNIT_ASSERT_INT(enlist(0, ~0ULL, HART_CLIENT, 0),
			CALL_ERR_INVALID_ADDRESS);
	/* The first and the last of its own are good. */
	UNIT_ASSERT_INT(enlist(0, system_at(SYSTEM_MEMORY(ID_CLIENT)),
			       HART_CLIENT, 0), CALL_SUCCESS);
	UNIT_ASSERT_INT(enlist(0, system_at(SYSTEM_MEMORY(ID_CLIENT)) +
			       SYSTEM_MEMORY_SIZE - DOORBELL_PAGE_SIZE,
			       HART_CLIENT, 0), CALL_SUCCESS);
}

/* A range of memory may end within a page; the words could lie behind it. */
static void refuses_a_page_cut_by_the_end_of_memory(void)
{
	setup();
	partitioner.model.compartments[ID_CLIENT].memory[0].size -= 8;
	UNIT_ASSERT_INT(enlist(0, system_at(SYSTEM_MEMORY(ID_CLIENT)) +
			       SYSTEM_MEMORY_SIZE - DOORBELL_PAGE_SIZE,
			       HART_CLIENT, 0), CALL_ERR_INVALID_ADDRESS);
}

static void refuses_foreign_harts_and_identities(void)
{
	static const uint64_t harts[] = {
		HART_SERVER, HART_OTHER, 4, FAKE_HARTS_MAX, 0xffffffff,
		(1ULL << 32) | HART_CLIENT, (1ULL << 63) | HART_CLIENT, ~0ULL,
	};
	static const uint64_t identities[] = {
		1, FAKE_IDENTITY + 1, (1ULL << 32) | FAKE_IDENTITY, ~0ULL,
	};
	size_t i;

	setup();
	for (i = 0; i < sizeof(harts) / sizeof(harts[0]); i++)
		UNIT_ASSERT_INT(enlist(0, page, harts[i], 0),
				CALL_ERR_INVALID_PARAM);
	for (i = 0; i < sizeof(identities) / sizeof(identities[0]); i++)
		UNIT_ASSERT_INT(enlist(0, page, HART_CLIENT, identities[i]),
				CALL_ERR_INVALID_PARAM);
	for (i = 0; i < NO_LINKS; i++)
		UNIT_ASSERT_INT(enlist(no_links[i], page, HART_CLIENT, 0),
				CALL_ERR_INVALID_PARAM);
	/* Any of its own harts, whichever of them asks. */
	page = system_at(SYSTEM_MEMORY(ID_OTHER));
	UNIT_ASSERT_INT(system_call(call_doorbell, HART_OTHER_BOOT,
				    DOORBELL_FID_REGISTER, 0, page, HART_OTHER,
				    0).error, CALL_SUCCESS);
}

static void masks_and_unmasks(void)
{
	size_t i;

	setup_registered();
	CHECK(call(HART_CLIENT, DOORBELL_FID_SET_MASK, 0, 4), CALL_SUCCESS, 0);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 4), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_RINGS), 1);
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_DELIVERIES), 0);
	CHECK(call(HART_CLIENT, DOORBELL_FID_SET_MASK, 0, 0), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
	for (i = 0; i < NO_LINKS; i++)
		CHECK(call(HART_CLIENT, DOORBELL_FID_SET_MASK, no_links[i], 0),
		      CALL_ERR_INVALID_PARAM, 0);
	CHECK(call(HART_CLIENT, DOORBELL_FID_SET_MASK, DOORBELL_LINK_ALL, 0),
	      CALL_ERR_INVALID_PARAM, 0);
}

static void writes_nothing_after_an_unregistration(void)
{
	size_t i;

	setup_registered();
	for (i = 0; i < NO_LINKS; i++)
		CHECK(call(HART_CLIENT, DOORBELL_FID_UNREGISTER, no_links[i],
			   0), CALL_ERR_INVALID_PARAM, 0);
	CHECK(call(HART_CLIENT, DOORBELL_FID_UNREGISTER, 0, 0), CALL_SUCCESS,
	      0);
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 1), CALL_SUCCESS, 0);
	UNIT_ASSERT_INT(pending(0), 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	CHECK(call(HART_CLIENT, DOORBELL_FID_UNREGISTER, DOORBELL_LINK_ALL, 0),
	      CALL_SUCCESS, 0);
}

/* A stopped hart is not interrupted; its start redelivers. */
static void delivers_to_no_stopped_hart(void)
{
	setup_registered();
	fake.harts[HART_CLIENT].state = FAKE_HART_STOPPED;
	CHECK(call(HART_SERVER, DOORBELL_FID_RING, 1, 1), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
	UNIT_ASSERT_INT(pending(0), 1);
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_DELIVERIES), 0);
	fake.harts[HART_CLIENT].state = FAKE_HART_STARTED;
	doorbell_hart_started(&partitioner.doorbell, ID_CLIENT, HART_CLIENT);
	CU_ASSERT_STRING_EQUAL(fake.trace, "deliver:1,0 ");
}

static void refuses_functions_that_are_not_there(void)
{
	static const uint64_t functions[] = {
		DOORBELL_FID_COUNT, 0xff, 1ULL << 32,
		(1ULL << 32) | DOORBELL_FID_RING, ~0ULL,
	};
	size_t i;

	setup_registered();
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		CHECK(call(HART_SERVER, functions[i], 1, 1),
		      CALL_ERR_NOT_SUPPORTED, 0);
	UNIT_ASSERT_INT(pending(0), 0);
}

static const struct unit_test tests[] = {
	UNIT_TEST(counts_the_callers_links),
	UNIT_TEST(tells_a_peers_life),
	UNIT_TEST(rings_the_peer),
	UNIT_TEST(refuses_rings_of_foreign_links_and_bits),
	UNIT_TEST(delivers_as_the_registration_says),
	UNIT_TEST(rings_the_word_of_the_link),
	UNIT_TEST(keeps_what_is_rung_before_a_registration),
	UNIT_TEST(refuses_pages_that_are_not_own_memory),
	UNIT_TEST(refuses_a_page_cut_by_the_end_of_memory),
	UNIT_TEST(refuses_foreign_harts_and_identities),
	UNIT_TEST(masks_and_unmasks),
	UNIT_TEST(writes_nothing_after_an_unregistration),
	UNIT_TEST(delivers_to_no_stopped_hart),
	UNIT_TEST(refuses_functions_that_are_not_there),
};
UNIT_MAIN("partitioner_doorbell", tests)
