/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls about compartments, and what guest memory is: whose is which byte. */
#include <string.h>

#include "partitioner_system.h"
#include "unit.h"

static void count(enum compartment_counter counter, uint64_t amount)
{
	hart_count(arch_hart_this(), counter, amount);
}

static struct call_result call(uint32_t hart, uint64_t function, uint64_t a,
			       uint64_t b)
{
	return system_call(call_compartment, hart, function, a, b, 0, 0);
}

#define CHECK(result, error_, value_)					\
	do {								\
		struct call_result r = (result);			\
									\
		UNIT_ASSERT_INT(r.error, error_);			\
		UNIT_ASSERT_INT(r.value, value_);			\
	} while (0)

static void tells_who_is_calling(void)
{
	const uint64_t first = 1 << COMPARTMENT_STARTS_SHIFT;

	system_boot();
	CHECK(call(HART_SERVER, COMPARTMENT_FID_GET_SELF, 0, 0), CALL_SUCCESS,
	      ID_SERVER | first);
	/* Either hart of a compartment is the same caller. */
	CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_SELF, 9, 9), CALL_SUCCESS,
	      ID_OTHER | first);
	lifecycle_mark_started(&partitioner.partitions[ID_OTHER].life);
	CHECK(call(HART_OTHER_BOOT, COMPARTMENT_FID_GET_SELF, 0, 0),
	      CALL_SUCCESS, ID_OTHER | 2 * first);
}

static void sums_a_counter_over_the_harts(void)
{
	system_boot();
	fake_become(HART_OTHER);
	count(COMPARTMENT_COUNTER_ENTRIES, 5);
	count(COMPARTMENT_COUNTER_ENTRIES, 1ULL << 40);
	count(COMPARTMENT_COUNTER_RINGS, 3);
	fake_become(HART_OTHER_BOOT);
	count(COMPARTMENT_COUNTER_ENTRIES, 7);
	fake_become(HART_CLIENT);
	count(COMPARTMENT_COUNTER_ENTRIES, 100);

	UNIT_ASSERT_INT(hart_sum(ID_OTHER, COMPARTMENT_COUNTER_ENTRIES),
			12 + (1ULL << 40));
	CHECK(call(HART_OTHER_BOOT, COMPARTMENT_FID_GET_COUNTER,
		   COMPARTMENT_SELF, COMPARTMENT_COUNTER_ENTRIES),
	      CALL_SUCCESS, 12 + (1ULL << 40));
	CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER, ID_OTHER,
		   COMPARTMENT_COUNTER_RINGS), CALL_SUCCESS, 3);
	CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER, ID_OTHER,
		   COMPARTMENT_COUNTER_COUNT - 1), CALL_SUCCESS, 0);
}

/* "other" observes the client, and that is all. */
static void lets_nobody_watch_but_whom_the_manifest_lets(void)
{
	const uint64_t entries = COMPARTMENT_COUNTER_ENTRIES;

	system_boot();
	fake_become(HART_CLIENT);
	count(COMPARTMENT_COUNTER_ENTRIES, 100);
	fake_become(HART_SERVER);
	count(COMPARTMENT_COUNTER_ENTRIES, 1000);

	CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER, ID_CLIENT, entries),
	      CALL_SUCCESS, 100);
	CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER, ID_SERVER, entries),
	      CALL_ERR_DENIED, 0);
	CHECK(call(HART_CLIENT, COMPARTMENT_FID_GET_COUNTER, ID_OTHER, entries),
	      CALL_ERR_DENIED, 0);
	CHECK(call(HART_CLIENT, COMPARTMENT_FID_GET_COUNTER, ID_SERVER,
		   entries), CALL_ERR_DENIED, 0);
	/* Itself by its number, as by the word for that. */
	CHECK(call(HART_CLIENT, COMPARTMENT_FID_GET_COUNTER, ID_CLIENT,
		   entries), CALL_SUCCESS, 100);
}

static void refuses_compartments_and_counters_that_are_not_there(void)
{
	static const uint64_t nobody[] = {
		ID_COUNT, MODEL_COMPARTMENTS_MAX, 32, 64, 1ULL << 32,
		(1ULL << 32) | ID_OTHER, COMPARTMENT_SELF - 1,
	};
	static const uint64_t nothing[] = {
		COMPARTMENT_COUNTER_COUNT, 32, 1ULL << 32, ~0ULL,
	};
	size_t i;

	system_boot();
	partitioner.model.compartments[ID_OTHER].observes = ~0U;
	for (i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++)
		CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER, nobody[i],
			   COMPARTMENT_COUNTER_ENTRIES),
		      CALL_ERR_INVALID_PARAM, 0);
	for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		CHECK(call(HART_OTHER, COMPARTMENT_FID_GET_COUNTER,
			   COMPARTMENT_SELF, nothing[i]),
		      CALL_ERR_INVALID_PARAM, 0);
}

static void refuses_functions_that_are_not_there(void)
{
	static const uint64_t functions[] = {
		COMPARTMENT_FID_GET_COUNTER + 1, 0xff, 1ULL << 32, ~0ULL,
	};
	size_t i;

	system_boot();
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		CHECK(call(HART_OTHER, functions[i], COMPARTMENT_SELF, 0),
		      CALL_ERR_NOT_SUPPORTED, 0);
}

/* ---- guest_memory_owns() ---- */

static void owns_its_ranges_to_the_last_byte(void)
{
	const uint64_t size = SYSTEM_MEMORY_SIZE;
	uint64_t base;

	system_boot();
	base = system_at(SYSTEM_MEMORY(ID_CLIENT));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base, size));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base, 1));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base + size - 1, 1));
	/* Nothing, there or at the end, is its own as well. */
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base, 0));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base + size, 0));

	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base, size + 1));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 1, size));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base - 1, 1));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base - 1, 2));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + size, 1));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base - 1, 0));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + size + 1, 0));
}

static void owns_nothing_foreign(void)
{
	system_boot();
	/* Its neighbours on both sides, its window, the firmware. */
	CU_ASSERT(!guest_memory_owns(ID_CLIENT,
				     system_at(SYSTEM_MEMORY(ID_SERVER)), 8));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT,
				     system_at(SYSTEM_MEMORY(ID_OTHER)), 8));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, system_at(SYSTEM_WINDOW), 8));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, system_at(0), 8));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, 0, 8));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, 0, 0));
}

static void owns_nothing_that_wraps(void)
{
	uint64_t base;

	system_boot();
	base = system_at(SYSTEM_MEMORY(ID_CLIENT));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base, ~0ULL));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 1, ~0ULL));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 8, 0 - base));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, ~0ULL, 1));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, ~0ULL, 2));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, 0 - 8ULL, base + 16));
	/* A size such that the end comes to lie inside. */
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + SYSTEM_MEMORY_SIZE,
				     0 - (uint64_t)SYSTEM_MEMORY_SIZE));
}

/* A range of its own for each, even where two touch. */
static void owns_what_lies_in_one_range(void)
{
	struct model_compartment *c;
	uint64_t base;

	system_boot();
	c = &partitioner.model.compartments[ID_CLIENT];
	base = c->memory[0].base;
	c->memory[0].size = 0x2000;
	c->memory[1].base = base + 0x2000;
	c->memory[1].size = 0x1000;
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 0x2000, 1));
	c->memory_count = 2;
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base + 0x2000, 0x1000));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, base, 0x2000));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 0x1fff, 2));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, base + 0x2000, 0x1001));
}

/* Where the addresses end, no sum of base and size is formed. */
static void owns_the_last_byte_of_all(void)
{
	struct model_compartment *c;

	system_boot();
	c = &partitioner.model.compartments[ID_CLIENT];
	c->memory[0].base = 0 - 0x2000ULL;
	c->memory[0].size = 0x2000;
	CU_ASSERT(guest_memory_owns(ID_CLIENT, ~0ULL, 1));
	CU_ASSERT(guest_memory_owns(ID_CLIENT, 0 - 0x2000ULL, 0x2000));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, ~0ULL, 2));
	CU_ASSERT(!guest_memory_owns(ID_CLIENT, 0, 0));
}

/* ---- print.c ---- */

static void fatal(void *unused)
{
	(void)unused;
	partitioner_fatal("hart %u, 0x%lx", 7U, 0xabcUL);
}

static void prints_lines_as_its_own(void)
{
	char text[2 * COMPARTMENT_LINE_MAX];

	system_boot();
	partitioner_print("%s has %u of %lu, 0x%x 0x%lx", "a", 1U, 2UL, 0xfU,
			  0xffUL);
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: a has 1 of 2, 0xf 0xff\n");
	fake_forget();
	/* What is printed may be a blob's: it forges no second line. */
	partitioner_print_line(NULL, "%s 100%\nbulkhead: \033[2J");
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: %s 100%?bulkhead: ?[2J\n");
	fake_forget();
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	partitioner_print_line(NULL, text);
	UNIT_ASSERT_INT(fake_count_lines("bulkhead: xxx"), 1);
	/* The longest line that a report hands out is not cut. */
	CU_ASSERT(strlen(fake.console) >=
		  strlen("bulkhead: ") + COMPARTMENT_LINE_MAX);
	CU_ASSERT(strlen(fake.console) < COMPARTMENT_LINE_MAX + 17);
}

static void ends_the_machine_in_failure(void)
{
	system_boot();
	UNIT_ASSERT_INT(fake_run(fatal, NULL), FAKE_POWER_OFF_FAILED);
	CU_ASSERT_STRING_EQUAL(fake.console, "bulkhead: hart 7, 0xabc\n"
			       "bulkhead: nothing was started\n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(tells_who_is_calling),
	UNIT_TEST(sums_a_counter_over_the_harts),
	UNIT_TEST(lets_nobody_watch_but_whom_the_manifest_lets),
	UNIT_TEST(refuses_compartments_and_counters_that_are_not_there),
	UNIT_TEST(refuses_functions_that_are_not_there),
	UNIT_TEST(owns_its_ranges_to_the_last_byte),
	UNIT_TEST(owns_nothing_foreign),
	UNIT_TEST(owns_nothing_that_wraps),
	UNIT_TEST(owns_what_lies_in_one_range),
	UNIT_TEST(owns_the_last_byte_of_all),
	UNIT_TEST(prints_lines_as_its_own),
	UNIT_TEST(ends_the_machine_in_failure),
};
UNIT_MAIN("partitioner_calls", tests)
