/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UARTs that the firmware plays, from the guest's access to the terminal and
 * back: whose registers, whose interrupt, who gets what is typed.
 */
#include <frontend/uart.h>
#include <stdio.h>
#include <string.h>

#include "../../lib/partitioner/present_uart.h"
#include "partitioner_system.h"
#include "unit.h"

#define UART		0x10000000UL
#define UART_SIZE	0x100UL
#define INTERRUPT(id)	(40U + (id))
#define ESCAPE		"\x1d"

enum { DATA, IER, FCR, LCR, MCR, LSR };

/* ---- The machine's UART: what is typed, and whether anybody listens ---- */

static const char *typed;
static unsigned int listened;
static bool listening;

static int source_get(void)
{
	return *typed ? (unsigned char)*typed++ : -1;
}

static void source_listen(bool on)
{
	listening = on;
	listened++;
}

static const struct terminal_source source = { source_get, source_listen };

static void type(const char *text)
{
	typed = text;
	terminal_take();
}

/* ---- The system: client and other have a UART, the server has none ---- */

static void give_uart(unsigned int id)
{
	struct model_compartment *c = &partitioner.model.compartments[id];

	c->console = MODEL_CONSOLE_UART;
	c->uart.base = UART;
	c->uart.size = UART_SIZE;
	c->uart_interrupt = INTERRUPT(id);
}

static struct guest_access access_make(unsigned int offset, bool write,
				       uint64_t value)
{
	return (struct guest_access){
		.address = UART + offset,
		.width = 1,
		.write = write,
		.value = value,
	};
}

static uint8_t get(uint32_t hart, unsigned int offset)
{
	struct guest_access access = access_make(offset, false, ~0ULL);

	UNIT_ASSERT_INT(present_access(arch_hart_find(hart), &access),
			GUEST_ACCESS_DONE);
	CU_ASSERT(access.value < 256);
	return (uint8_t)access.value;
}

static void put(uint32_t hart, unsigned int offset, uint8_t value)
{
	struct guest_access access = access_make(offset, true, value);

	UNIT_ASSERT_INT(present_access(arch_hart_find(hart), &access),
			GUEST_ACCESS_DONE);
}

static void print(uint32_t hart, const char *text)
{
	for (; *text; text++)
		put(hart, DATA, (uint8_t)*text);
}

static void setup(void)
{
	system_boot();
	give_uart(ID_CLIENT);
	give_uart(ID_OTHER);
	present_uart_reset(ID_CLIENT);
	present_uart_reset(ID_OTHER);
	typed = "";
	listened = 0;
	fake_forget();
	terminal_attach(&source);
	/* As a driver does. */
	put(HART_CLIENT, FCR, 1);
	put(HART_OTHER, FCR, 1);
	fake_forget();
}

static void check_read(uint32_t hart, const char *expected)
{
	char text[FRONTEND_UART_FIFO + 1];
	unsigned int n = 0;

	while (n < FRONTEND_UART_FIFO && get(hart, LSR) & 1)
		text[n++] = (char)get(hart, DATA);
	text[n] = '\0';
	CU_ASSERT_STRING_EQUAL(text, expected);
}

/* ---- Registers ---- */

static void prints_what_is_sent(void)
{
	uint64_t before;

	setup();
	before = hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES);
	print(HART_OTHER, "hello\r\n");
	CU_ASSERT_STRING_EQUAL(fake.console, "other: hello\n");
	UNIT_ASSERT_INT(hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES) -
			before, 7);
	/* What goes nowhere is not counted. */
	put(HART_OTHER, MCR, 0x10);
	print(HART_OTHER, "x\n");
	CU_ASSERT_STRING_EQUAL(fake.console, "other: hello\n");
	UNIT_ASSERT_INT(hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES) -
			before, 7);
}

/* The focus' line is there before it is whole, as a prompt must be. */
static void shows_a_prompt(void)
{
	setup();
	print(HART_CLIENT, "# ");
	CU_ASSERT_STRING_EQUAL(fake.console, "client: # ");
	print(HART_OTHER, "half");
	CU_ASSERT_STRING_EQUAL(fake.console, "client: # ");
}

/* Its own, below and above; other widths; another's place. */
static void answers_for_its_registers_only(void)
{
	static const struct {
		uint32_t hart;
		uint64_t address;
		unsigned int width;
		enum guest_access_result result;
	} accesses[] = {
		{ HART_CLIENT, UART, 1, GUEST_ACCESS_DONE },
		{ HART_CLIENT, UART + 7, 1, GUEST_ACCESS_DONE },
		{ HART_CLIENT, UART + 8, 1, GUEST_ACCESS_NONE },
		{ HART_CLIENT, UART + UART_SIZE, 1, GUEST_ACCESS_NONE },
		{ HART_CLIENT, UART - 1, 1, GUEST_ACCESS_NONE },
		{ HART_CLIENT, 0, 1, GUEST_ACCESS_NONE },
		{ HART_CLIENT, UART, 2, GUEST_ACCESS_NONE },
		{ HART_CLIENT, UART, 4, GUEST_ACCESS_NONE },
		{ HART_CLIENT, UART, 8, GUEST_ACCESS_NONE },
		{ HART_OTHER, UART, 1, GUEST_ACCESS_DONE },
		{ HART_OTHER_BOOT, UART, 1, GUEST_ACCESS_DONE },
		/* It has none, wherever that is. */
		{ HART_SERVER, UART, 1, GUEST_ACCESS_NONE },
		{ HART_SERVER, 0, 1, GUEST_ACCESS_NONE },
	};
	struct guest_access access;
	size_t i;

	setup();
	partitioner.model.compartments[ID_OTHER].uart.base = UART;
	for (i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		access = access_make(0, false, 0xa5);
		access.address = accesses[i].address;
		access.width = accesses[i].width;
		UNIT_ASSERT_INT(present_access(
			arch_hart_find(accesses[i].hart), &access),
			accesses[i].result);
		access.write = true;
		access.value = 0;
		UNIT_ASSERT_INT(present_access(
			arch_hart_find(accesses[i].hart), &access),
			accesses[i].result);
	}
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static void keeps_compartments_apart(void)
{
	setup();
	put(HART_CLIENT, 7, 0x12);
	put(HART_OTHER, 7, 0x34);
	UNIT_ASSERT_INT(get(HART_CLIENT, 7), 0x12);
	UNIT_ASSERT_INT(get(HART_OTHER, 7), 0x34);
	UNIT_ASSERT_INT(get(HART_OTHER_BOOT, 7), 0x34);
}

static void raises_its_own_interrupt(void)
{
	setup();
	put(HART_OTHER, IER, 2);
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:2:42 ");
	fake_forget();
	/* Taking one away, with one left, tells of the other. */
	put(HART_CLIENT, IER, 1);
	type("ab");
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:1:41 ");
	fake_forget();
	get(HART_CLIENT, DATA);
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:1:41 ");
	fake_forget();
	get(HART_CLIENT, DATA);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static void is_new_in_the_next_life(void)
{
	setup();
	put(HART_CLIENT, 7, 0x12);
	put(HART_OTHER, 7, 0x34);
	type("typed");
	present_uart_reset(ID_CLIENT);
	UNIT_ASSERT_INT(get(HART_CLIENT, 7), 0);
	UNIT_ASSERT_INT(get(HART_CLIENT, LSR), 0x60);
	UNIT_ASSERT_INT(get(HART_OTHER, 7), 0x34);
}

/* ---- What is typed ---- */

static void gives_what_is_typed_to_the_focus(void)
{
	setup();
	type("ls\r");
	check_read(HART_OTHER, "");
	check_read(HART_CLIENT, "ls\r");
	CU_ASSERT(listening);
}

static void says_who_has_the_focus(void)
{
	setup();
	terminal_attach(&source);
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: what is typed goes to client\n");
	CU_ASSERT(listening);
}

static void moves_the_focus(void)
{
	setup();
	type("a" ESCAPE "2b");
	check_read(HART_CLIENT, "a");
	check_read(HART_OTHER, "b");
	CU_ASSERT_STRING_EQUAL(fake.console,
			       "bulkhead: what is typed goes to other\n");
	print(HART_OTHER, "$ ");
	CU_ASSERT_PTR_NOT_NULL(strstr(fake.console, "\nother: $ "));
	/* The keys may come one at a time. */
	type(ESCAPE);
	type("1");
	type("c");
	check_read(HART_CLIENT, "c");
	check_read(HART_OTHER, "");
	fake_forget();
	print(HART_OTHER, "x");
	CU_ASSERT_STRING_EQUAL(fake.console, "");
}

static void passes_the_escape_itself(void)
{
	setup();
	type("a" ESCAPE ESCAPE "b" ESCAPE ESCAPE "1");
	check_read(HART_CLIENT, "a" ESCAPE "b" ESCAPE "1");
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
		setup();
		type(keys[i]);
		CU_ASSERT_STRING_EQUAL(fake.console, list);
		type("x");
		check_read(HART_CLIENT, "x");
		check_read(HART_OTHER, "");
	}
	setup();
	type(ESCAPE "2" ESCAPE "?");
	CU_ASSERT(fake_said("Ctrl-] 1: what is typed goes to client", NULL));
	CU_ASSERT(!fake_said("client, as it", NULL));
	CU_ASSERT(fake_said("goes to other, as it does now", NULL));
}

static void nobody_has_it_without_a_uart(void)
{
	setup();
	partitioner.model.compartments[ID_CLIENT].console =
		MODEL_CONSOLE_CALLS;
	partitioner.model.compartments[ID_OTHER].console = MODEL_CONSOLE_CALLS;
	listened = 0;
	terminal_attach(&source);
	UNIT_ASSERT_INT(listened, 0);
	CU_ASSERT_STRING_EQUAL(fake.console, "");
	UNIT_ASSERT_INT(terminal_find(0), COMPARTMENT_NONE);
}

static void finds_those_with_a_uart(void)
{
	setup();
	UNIT_ASSERT_INT(terminal_find(0), ID_CLIENT);
	UNIT_ASSERT_INT(terminal_find(1), ID_OTHER);
	UNIT_ASSERT_INT(terminal_find(2), COMPARTMENT_NONE);
	UNIT_ASSERT_INT(terminal_find(~0U), COMPARTMENT_NONE);
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

/* One call takes so many and no more: its hart has a guest to run. */
static void takes_a_bounded_number(void)
{
	setup();
	fill_many(100);
	type(many);
	UNIT_ASSERT_INT(typed - many, 64);
	CU_ASSERT(listening);
	terminal_take();
	UNIT_ASSERT_INT(typed - many, 100);
	CU_ASSERT(listening);
	check_read(HART_CLIENT, many);
}

/* It waits where it is, and comes in order when there is room. */
static void waits_while_there_is_no_room(void)
{
	char text[sizeof(many)];
	size_t n = 0;

	setup();
	fill_many(3 * FRONTEND_UART_FIFO);
	type(many);
	terminal_take();
	UNIT_ASSERT_INT(typed - many, FRONTEND_UART_FIFO);
	CU_ASSERT(!listening);
	/* Others' accesses make no room. */
	listened = 0;
	get(HART_OTHER, LSR);
	UNIT_ASSERT_INT(listened, 0);
	UNIT_ASSERT_INT(typed - many, FRONTEND_UART_FIFO);
	while (n < sizeof(text) - 1 && get(HART_CLIENT, LSR) & 1)
		text[n++] = (char)get(HART_CLIENT, DATA);
	text[n] = '\0';
	CU_ASSERT_STRING_EQUAL(text, many);
	CU_ASSERT(listening);
	/* And once there is room nobody looks there any more. */
	listened = 0;
	get(HART_CLIENT, LSR);
	UNIT_ASSERT_INT(listened, 0);
}

/* The last one fits: only then is it full. */
static void waits_no_sooner_than_it_must(void)
{
	setup();
	fill_many(FRONTEND_UART_FIFO - 1);
	type(many);
	terminal_take();
	CU_ASSERT(listening);
	type("x");
	CU_ASSERT(!listening);
	get(HART_CLIENT, DATA);
	CU_ASSERT(listening);
}

static void goes_on_after_a_reset(void)
{
	setup();
	fill_many(FRONTEND_UART_FIFO + 10);
	type(many);
	terminal_take();
	CU_ASSERT(!listening);
	present_uart_reset(ID_OTHER);
	CU_ASSERT(!listening);
	present_uart_reset(ID_CLIENT);
	CU_ASSERT(listening);
	UNIT_ASSERT_INT(typed - many, FRONTEND_UART_FIFO + 10);
}

/* A compartment that is not up, or has ended, keeps nobody from the keys. */
static void never_waits_for_whom_nobody_drives(void)
{
	setup();
	present_uart_reset(ID_CLIENT);
	fill_many(2 * FRONTEND_UART_FIFO);
	strcpy(many + 50, ESCAPE "2x");
	type(many);
	CU_ASSERT(listening);
	check_read(HART_OTHER, "x");
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

	setup();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
	text = memset((void *)(uintptr_t)memory, '-', 2 * GUEST_PAGE_SIZE);
	CHECK(read_call(HART_CLIENT, 10, memory), CALL_SUCCESS, 0);
	type("abcdefg");
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

	setup();
	memory = system_at(SYSTEM_MEMORY(ID_CLIENT));
	memset((void *)(uintptr_t)memory, '-', 200);
	fill_many(FRONTEND_UART_FIFO + 5);
	type(many);
	terminal_take();
	CU_ASSERT(!listening);
	CHECK(read_call(HART_CLIENT, 200, memory), CALL_SUCCESS, 64);
	/* It made room. */
	CU_ASSERT(listening);
	UNIT_ASSERT_INT(typed - many, FRONTEND_UART_FIFO + 5);
	CHECK(read_call(HART_CLIENT, 200, memory + 64), CALL_SUCCESS, 64);
	UNIT_ASSERT_INT(memcmp((void *)(uintptr_t)memory, many, 128), 0);
	CHECK(read_call(HART_CLIENT, 200, memory), CALL_SUCCESS, 5);
}

static const struct unit_test tests[] = {
	UNIT_TEST(prints_what_is_sent),
	UNIT_TEST(shows_a_prompt),
	UNIT_TEST(answers_for_its_registers_only),
	UNIT_TEST(keeps_compartments_apart),
	UNIT_TEST(raises_its_own_interrupt),
	UNIT_TEST(is_new_in_the_next_life),
	UNIT_TEST(gives_what_is_typed_to_the_focus),
	UNIT_TEST(says_who_has_the_focus),
	UNIT_TEST(moves_the_focus),
	UNIT_TEST(passes_the_escape_itself),
	UNIT_TEST(lists_who_can_have_it),
	UNIT_TEST(nobody_has_it_without_a_uart),
	UNIT_TEST(finds_those_with_a_uart),
	UNIT_TEST(takes_a_bounded_number),
	UNIT_TEST(waits_while_there_is_no_room),
	UNIT_TEST(waits_no_sooner_than_it_must),
	UNIT_TEST(goes_on_after_a_reset),
	UNIT_TEST(never_waits_for_whom_nobody_drives),
	UNIT_TEST(reads_what_is_typed),
	UNIT_TEST(reads_a_bounded_number),
};
UNIT_MAIN("partitioner_uart", tests)
