/* SPDX-License-Identifier: BSD-2-Clause */
/* Console calls: whose memory is printed, how much of it, and as whose. */
#include <string.h>

#include "partitioner_system.h"
#include "unit.h"

#define PAGE	GUEST_PAGE_SIZE

static uint64_t memory;	/* the client's */

static void setup(void)
{
	system_boot();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
}

static char *put(uint64_t addr, const char *text)
{
	return memcpy((void *)(uintptr_t)addr, text, strlen(text));
}

static struct call_result console(uint64_t function, uint64_t size,
				  uint64_t addr, uint64_t high)
{
	return system_call(call_console, HART_CLIENT, function, size, addr,
			   high, 0);
}

static struct call_result write_text(uint64_t addr, const char *text)
{
	put(addr, text);
	return console(CONSOLE_FID_WRITE, strlen(text), addr, 0);
}

#define CHECK(result, error_, value_)					\
	do {								\
		struct call_result r = (result);			\
									\
		UNIT_ASSERT_INT(r.error, error_);			\
		UNIT_ASSERT_INT(r.value, value_);			\
	} while (0)

static uint64_t get_counted(void)
{
	return hart_sum(ID_CLIENT, COMPARTMENT_COUNTER_CONSOLE_BYTES);
}

static void writes_lines_with_the_name(void)
{
	setup();
	CHECK(write_text(memory, "one\ntwo\nthr"), CALL_SUCCESS, 11);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: one\nclient: two\n");
	CHECK(write_text(memory + 100, "ee\n"), CALL_SUCCESS, 3);
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "client: one\nclient: two\nclient: three\n");
	UNIT_ASSERT_INT(get_counted(), 14);
	UNIT_ASSERT_INT(hart_sum(ID_SERVER, COMPARTMENT_COUNTER_CONSOLE_BYTES),
			0);
}

/* What is asked for is written, and not a byte behind it. */
static void writes_no_more_than_asked_for(void)
{
	setup();
	put(memory, "one\ntwo\n");
	CHECK(console(CONSOLE_FID_WRITE, 4, memory, 0), CALL_SUCCESS, 4);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: one\n");
	CHECK(console(CONSOLE_FID_WRITE, 0, memory, 0), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: one\n");
	UNIT_ASSERT_INT(get_counted(), 4);
}

/* A page at a time is opened; the fake refuses anything else. */
static void writes_across_pages(void)
{
	static const char text[] = "straddles\n";
	unsigned int back;

	for (back = 0; back <= sizeof(text); back++) {
		setup();
		CHECK(write_text(memory + PAGE - back, text), CALL_SUCCESS,
		      sizeof(text) - 1);
		CU_ASSERT_STRING_EQUAL(fake.console, "client: straddles\n");
	}
	setup();
	memset((void *)(uintptr_t)memory, 'x', 2 * PAGE);
	CHECK(console(CONSOLE_FID_WRITE, 2, memory + PAGE - 1, 0), CALL_SUCCESS,
	      2);
	UNIT_ASSERT_INT(fake.opened, 2);
}

static void writes_no_more_than_a_call_may(void)
{
	setup();
	memset((void *)(uintptr_t)memory, 'x', 2 * PAGE);
	CHECK(console(CONSOLE_FID_WRITE, 4096, memory + 8, 0), CALL_SUCCESS,
	      4096);
	CHECK(console(CONSOLE_FID_WRITE, 4097, memory + 8, 0), CALL_SUCCESS,
	      4096);
	CHECK(console(CONSOLE_FID_WRITE, SYSTEM_MEMORY_SIZE, memory, 0),
	      CALL_SUCCESS, 4096);
	UNIT_ASSERT_INT(get_counted(), 3 * 4096);
}

static void writes_the_last_byte_of_its_memory(void)
{
	setup();
	CHECK(write_text(memory + SYSTEM_MEMORY_SIZE - 5, "last\n"),
	      CALL_SUCCESS, 5);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: last\n");
}

/* Ranges that are not the caller's, in whole or by one byte. */
static const struct {
	const char *what;
	uint64_t offset, size;
} foreign[] = {
	{ "a neighbour below", SYSTEM_MEMORY(ID_SERVER), 4 },
	{ "a neighbour above", SYSTEM_MEMORY(ID_OTHER), 4 },
	{ "a byte below", SYSTEM_MEMORY(ID_CLIENT) - 1, 2 },
	{ "a byte above", SYSTEM_MEMORY(ID_OTHER) - 1, 2 },
	{ "more than all", SYSTEM_MEMORY(ID_CLIENT), SYSTEM_MEMORY_SIZE + 1 },
	{ "a window", SYSTEM_WINDOW, 4 },
	{ "the firmware", 0, 4 },
	{ "the bundle's copy", SYSTEM_RAM_SIZE - 0x1000, 4 },
	{ "outside of RAM", SYSTEM_RAM_SIZE, 4 },
	{ "all there is", SYSTEM_MEMORY(ID_CLIENT), ~0ULL },
	{ "what wraps", SYSTEM_MEMORY(ID_CLIENT) + 16, 0 - 8ULL },
};

static void refuse_all(uint64_t function)
{
	size_t i;

	setup();
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		CHECK(console(function, foreign[i].size,
			      system_at(foreign[i].offset), 0),
		      CALL_ERR_INVALID_PARAM, 0);
	CHECK(console(function, 2, ~0ULL, 0), CALL_ERR_INVALID_PARAM, 0);
	CHECK(console(function, 8, 0, 0), CALL_ERR_INVALID_PARAM, 0);
	/* The upper half of a wider address: nothing is up there. */
	CHECK(console(function, 4, memory, 1), CALL_ERR_INVALID_PARAM, 0);
	CHECK(console(function, 4, memory, 1ULL << 63), CALL_ERR_INVALID_PARAM,
	      0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
	UNIT_ASSERT_INT(fake.opened, 0);
	UNIT_ASSERT_INT(get_counted(), 0);
}

static void prints_no_foreign_memory(void)
{
	refuse_all(CONSOLE_FID_WRITE);
}

static void reads_nothing_into_foreign_memory(void)
{
	refuse_all(CONSOLE_FID_READ);
}

static void has_no_input(void)
{
	setup();
	put(memory, "kept");
	CHECK(console(CONSOLE_FID_READ, 4, memory, 0), CALL_SUCCESS, 0);
	CHECK(console(CONSOLE_FID_READ, SYSTEM_MEMORY_SIZE, memory, 0),
	      CALL_SUCCESS, 0);
	UNIT_ASSERT_INT(memcmp((void *)(uintptr_t)memory, "kept", 4), 0);
	UNIT_ASSERT_INT(fake.opened, 0);
}

static void writes_single_bytes(void)
{
	setup();
	CHECK(console(CONSOLE_FID_WRITE_BYTE, 'o', 0, 0), CALL_SUCCESS, 0);
	/* The byte is what it takes; the rest of the register is nothing. */
	CHECK(console(CONSOLE_FID_WRITE_BYTE, 0xffffff00 | 'k', ~0ULL, ~0ULL),
	      CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
	CHECK(console(CONSOLE_FID_WRITE_BYTE, '\n', 0, 0), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: ok\n");
	UNIT_ASSERT_INT(get_counted(), 3);
}

static void refuses_functions_that_are_not_there(void)
{
	setup();
	put(memory, "one\n");
	CHECK(console(CONSOLE_FID_WRITE_BYTE + 1, 4, memory, 0),
	      CALL_ERR_NOT_SUPPORTED, 0);
	CHECK(console(1ULL << 32, 4, memory, 0), CALL_ERR_NOT_SUPPORTED, 0);
	CHECK(console(~0ULL, 4, memory, 0), CALL_ERR_NOT_SUPPORTED, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* ---- A long text keeps nobody waiting who wants the hart to stop ---- */

static unsigned int lines_left;

static void stop_at_line(enum fake_event event, uint32_t what)
{
	if (event == FAKE_EMIT && !--lines_left)
		__atomic_fetch_or(&arch_hart_find(what)->commands,
				  HART_COMMAND_STOP, __ATOMIC_RELEASE);
}

static void stops_at_a_line_when_told_to(void)
{
	setup();
	lines_left = 2;
	fake.hook = stop_at_line;
	CHECK(write_text(memory, "1\n2\n3\n4\n"), CALL_SUCCESS, 4);
	CU_ASSERT_STRING_EQUAL(fake.console, "client: 1\nclient: 2\n");
	UNIT_ASSERT_INT(get_counted(), 4);
}

static void writes_nothing_when_told_to_stop_before(void)
{
	setup();
	arch_hart_find(HART_CLIENT)->commands = HART_COMMAND_STOP;
	CHECK(write_text(memory, "1\n2\n"), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* Neither its own other business nor another's hart that is told to stop. */
static void goes_on_for_any_other_command(void)
{
	setup();
	arch_hart_find(HART_CLIENT)->commands = HART_COMMAND_ARCH(0);
	arch_hart_find(HART_SERVER)->commands = HART_COMMAND_STOP;
	CHECK(write_text(memory, "1\n2\n"), CALL_SUCCESS, 4);
}

static const struct unit_test tests[] = {
	UNIT_TEST(writes_lines_with_the_name),
	UNIT_TEST(writes_no_more_than_asked_for),
	UNIT_TEST(writes_across_pages),
	UNIT_TEST(writes_no_more_than_a_call_may),
	UNIT_TEST(writes_the_last_byte_of_its_memory),
	UNIT_TEST(prints_no_foreign_memory),
	UNIT_TEST(reads_nothing_into_foreign_memory),
	UNIT_TEST(has_no_input),
	UNIT_TEST(writes_single_bytes),
	UNIT_TEST(refuses_functions_that_are_not_there),
	UNIT_TEST(stops_at_a_line_when_told_to),
	UNIT_TEST(writes_nothing_when_told_to_stop_before),
	UNIT_TEST(goes_on_for_any_other_command),
};
UNIT_MAIN("partitioner_console", tests)
