/* SPDX-License-Identifier: BSD-2-Clause */
/* What is typed at the console: who gets it, and what is lost. */
#include <frontend/uart.h>
#include <string.h>

#include "../../lib/partitioner/present_uart.h"
#include "played_uart.h"
#include "unit.h"

static void gives_what_is_typed_to_the_focus(void)
{
	played_setup();
	played_type("ls\r");
	played_check_read(HART_OTHER, "");
	played_check_read(HART_CLIENT, "ls\r");
	/* Once at first, and behind what was taken. */
	UNIT_ASSERT_INT(played.listened, 2);
}

static void says_who_has_the_focus(void)
{
	played_setup();
	played.listened = 0;
	terminal_attach(&played_source);
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: what is typed goes to client\n");
	UNIT_ASSERT_INT(played.listened, 1);
}

static void moves_the_focus(void)
{
	played_setup();
	played_type("a" ESCAPE "2b");
	played_check_read(HART_CLIENT, "a");
	played_check_read(HART_OTHER, "b");
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: what is typed goes to other\n");
	played_print(HART_OTHER, "$ ");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.console, "\nother: $ "));
	/* The keys may come one at a time. */
	played_type(ESCAPE);
	played_type("1");
	played_type("c");
	played_check_read(HART_CLIENT, "c");
	played_check_read(HART_OTHER, "");
	fake_forget();
	played_print(HART_OTHER, "x");
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

static void passes_the_escape_itself(void)
{
	played_setup();
	played_type("a" ESCAPE ESCAPE "b" ESCAPE ESCAPE "1");
	played_check_read(HART_CLIENT, "a" ESCAPE "b" ESCAPE "1");
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* Whatever else is asked for: what there is. */
static void lists_who_can_have_it(void)
{
	static const char list[] =
		"bulkhead: Ctrl-] 1: what is typed goes to client, as it does now\n"
		"bulkhead: Ctrl-] 2: what is typed goes to other\n";
	static const char *const keys[] = {
		ESCAPE "3", ESCAPE "0", ESCAPE "9", ESCAPE ":", ESCAPE "/",
		ESCAPE "?", ESCAPE "\xff",
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		played_setup();
		played_type(keys[i]);
		CU_ASSERT_STRING_EQUAL(fake.console, list);
		played_type("x");
		played_check_read(HART_CLIENT, "x");
		played_check_read(HART_OTHER, "");
	}
	played_setup();
	played_type(ESCAPE "2" ESCAPE "?");
	CU_ASSERT(fake_said("Ctrl-] 1: what is typed goes to client", NULL));
	CU_ASSERT(!fake_said("client, as it", NULL));
	CU_ASSERT(fake_said("goes to other, as it does now", NULL));
}

static void nobody_has_it_without_a_uart(void)
{
	played_setup();
	partitioner.model.compartments[ID_CLIENT].console =
		MODEL_CONSOLE_CALLS;
	partitioner.model.compartments[ID_OTHER].console = MODEL_CONSOLE_CALLS;
	played.listened = 0;
	terminal_attach(&played_source);
	UNIT_ASSERT_INT(played.listened, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
	UNIT_ASSERT_INT(terminal_find(0), COMPARTMENT_NONE);
}

static void finds_those_with_a_uart(void)
{
	played_setup();
	UNIT_ASSERT_INT(terminal_find(0), ID_CLIENT);
	UNIT_ASSERT_INT(terminal_find(1), ID_OTHER);
	UNIT_ASSERT_INT(terminal_find(2), COMPARTMENT_NONE);
	UNIT_ASSERT_INT(terminal_find(~0U), COMPARTMENT_NONE);
}

/* Who holds keys down has it said once, and no hart print for long. */
static void says_it_once_for_all_it_takes(void)
{
	played_setup();
	played_type(ESCAPE "?" ESCAPE "?" ESCAPE "2" ESCAPE "1" ESCAPE "2"
		    ESCAPE "?");
	CU_ASSERT_STRING_EQUAL(fake.console,
		"bulkhead: what is typed goes to other\n"
		"bulkhead: Ctrl-] 1: what is typed goes to client\n"
		"bulkhead: Ctrl-] 2: what is typed goes to other, as it does now\n");
	fake_forget();
	played_type("x");
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

/* ---- More than there is room for ---- */

static char many[3 * FRONTEND_UART_FIFO + 1];

static void fill_many(size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		many[i] = (char)('a' + i % 26);
	many[n] = '\0';
}

/* All of `text`, in as many interrupts as that takes. */
static void type_all(const char *text)
{
	unsigned int bound;

	played_type(text);
	for (bound = 0; *played.typed && bound < sizeof(many); bound++)
		terminal_take();
	CU_ASSERT_FATAL(!*played.typed);
}

/* One call takes so many and no more: its hart has a guest to run. */
static void takes_a_bounded_number(void)
{
	played_setup();
	played.listened = 0;
	fill_many(100);
	played_type(many);
	UNIT_ASSERT_INT(played.typed - many, 64);
	UNIT_ASSERT_INT(played.listened, 1);
	terminal_take();
	UNIT_ASSERT_INT(played.typed - many, 100);
	UNIT_ASSERT_INT(played.listened, 2);
	played_check_read(HART_CLIENT, many);
}

/* What it has no room for is lost, and it can tell; what it has stays. */
static void loses_what_there_is_no_room_for(void)
{
	played_setup();
	fill_many(FRONTEND_UART_FIFO);
	type_all(many);
	UNIT_ASSERT_INT(played_get(HART_CLIENT, LSR), 0x61);
	type_all("lost");
	UNIT_ASSERT_INT(played_get(HART_CLIENT, LSR), 0x63);
	played_check_read(HART_CLIENT, many);
	type_all("next");
	played_check_read(HART_CLIENT, "next");
	UNIT_ASSERT_INT(played_get(HART_OTHER, LSR), 0x60);
}

/* A guest that reads nothing would keep the keyboard for ever. */
static void never_takes_the_keys_for_itself(void)
{
	played_setup();
	fill_many(2 * FRONTEND_UART_FIFO);
	type_all(many);
	fake_forget();
	type_all(ESCAPE "2x");
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: what is typed goes to other\n");
	played_check_read(HART_OTHER, "x");
	type_all(ESCAPE "?");
	CU_ASSERT(fake_said("Ctrl-] 1: what is typed goes to client", NULL));
	/* In the middle of what it has no room for, too. */
	type_all(ESCAPE "1");
	strcpy(many + FRONTEND_UART_FIFO + 50, ESCAPE "2yz");
	type_all(many);
	played_check_read(HART_OTHER, "yz");
	/* Once more it is the client's, which reads at last. */
	fill_many(FRONTEND_UART_FIFO);
	played_check_read(HART_CLIENT, many);
	type_all(ESCAPE "1" "a");
	played_check_read(HART_CLIENT, "a");
}

/* A compartment that is not up, or has ended, keeps nobody from the keys. */
static void never_waits_for_whom_nobody_drives(void)
{
	played_setup();
	present_uart_reset(ID_CLIENT);
	fill_many(2 * FRONTEND_UART_FIFO);
	strcpy(many + 50, ESCAPE "2x");
	played_type(many);
	played_check_read(HART_OTHER, "x");
}

/* ---- The debug console reads the same ---- */

static struct call_result read_call(uint32_t hart, uint64_t size,
				    uint64_t addr)
{
	return system_call(call_console, hart, CONSOLE_FID_READ, size, addr, 0,
			   0);
}

#define CHECK(result, error_, value_)					\
	do {								\
		struct call_result r = (result);			\
									\
		UNIT_ASSERT_INT(r.error, error_);			\
		UNIT_ASSERT_INT(r.value, value_);			\
	} while (0)

static void reads_what_is_typed(void)
{
	uint64_t memory;
	char *text;

	played_setup();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
	text = memset((void *)(uintptr_t)memory, '-', 2 * GUEST_PAGE_SIZE);
	CHECK(read_call(HART_CLIENT, 10, memory), CALL_SUCCESS, 0);
	played_type("abcdefg");
	CHECK(read_call(HART_CLIENT, 0, memory), CALL_SUCCESS, 0);
	CHECK(read_call(HART_SERVER, 10, system_at(SYSTEM_MEMORY(ID_SERVER))),
	      CALL_SUCCESS, 0);
	CHECK(read_call(HART_OTHER, 10, system_at(SYSTEM_MEMORY(ID_OTHER))),
	      CALL_SUCCESS, 0);
	UNIT_ASSERT_INT(fake.opened, 0);
	CHECK(read_call(HART_CLIENT, 2, memory + 1), CALL_SUCCESS, 2);
	UNIT_ASSERT_INT(fake.opened, 1);
	UNIT_ASSERT_INT(memcmp(text, "-ab-", 4), 0);
	/* The page that can be opened ends. */
	CHECK(read_call(HART_CLIENT, 10, memory + GUEST_PAGE_SIZE - 3),
	      CALL_SUCCESS, 3);
	UNIT_ASSERT_INT(memcmp(text + GUEST_PAGE_SIZE - 4, "-cde-", 5), 0);
	CHECK(read_call(HART_CLIENT, 10, memory + GUEST_PAGE_SIZE),
	      CALL_SUCCESS, 2);
	UNIT_ASSERT_INT(memcmp(text + GUEST_PAGE_SIZE - 4, "-cdefg-", 7), 0);
	CHECK(read_call(HART_CLIENT, 10, memory), CALL_SUCCESS, 0);
}

static void reads_a_bounded_number(void)
{
	uint64_t memory;

	played_setup();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
	memset((void *)(uintptr_t)memory, '-', 200);
	fill_many(130);
	type_all(many);
	CHECK(read_call(HART_CLIENT, 200, memory), CALL_SUCCESS, 64);
	CHECK(read_call(HART_CLIENT, 200, memory + 64), CALL_SUCCESS, 64);
	UNIT_ASSERT_INT(memcmp((void *)(uintptr_t)memory, many, 128), 0);
	CHECK(read_call(HART_CLIENT, 200, memory), CALL_SUCCESS, 2);
}

/* Who reads by the call and left something is told of it by the wire. */
static void reading_leaves_the_interrupt_right(void)
{
	uint64_t memory;

	played_setup();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
	played_put(HART_CLIENT, IER, 1);
	played_type("abc");
	fake_forget();
	CHECK(read_call(HART_CLIENT, 2, memory), CALL_SUCCESS, 2);
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:1:41 ");
	fake_forget();
	CHECK(read_call(HART_CLIENT, 2, memory), CALL_SUCCESS, 1);
	CHECK(read_call(HART_CLIENT, 2, memory), CALL_SUCCESS, 0);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static const struct unit_test tests[] = {
	UNIT_TEST(gives_what_is_typed_to_the_focus),
	UNIT_TEST(says_who_has_the_focus),
	UNIT_TEST(moves_the_focus),
	UNIT_TEST(passes_the_escape_itself),
	UNIT_TEST(lists_who_can_have_it),
	UNIT_TEST(says_it_once_for_all_it_takes),
	UNIT_TEST(nobody_has_it_without_a_uart),
	UNIT_TEST(finds_those_with_a_uart),
	UNIT_TEST(takes_a_bounded_number),
	UNIT_TEST(loses_what_there_is_no_room_for),
	UNIT_TEST(never_takes_the_keys_for_itself),
	UNIT_TEST(never_waits_for_whom_nobody_drives),
	UNIT_TEST(reads_what_is_typed),
	UNIT_TEST(reads_a_bounded_number),
	UNIT_TEST(reading_leaves_the_interrupt_right),
};
UNIT_MAIN("partitioner_typed", tests)
