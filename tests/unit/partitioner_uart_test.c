/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UARTs that the firmware plays, from the guest's access to the terminal: whose
 * registers, whose interrupt. partitioner_typed_test.c has the way back.
 */
#include "../../lib/partitioner/present_uart.h"
#include "played_uart.h"
#include "unit.h"

static void prints_what_is_sent(void)
{
	uint64_t before;

	played_setup();
	before = hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES);
	played_print(HART_OTHER, "hello\r\n");
	CU_ASSERT_STRING_EQUAL(fake.console, "other: hello\n");
	UNIT_ASSERT_INT(hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES) -
				before,
			7);
	/* What goes nowhere is not counted. */
	played_put(HART_OTHER, MCR, 0x10);
	played_print(HART_OTHER, "x\n");
	CU_ASSERT_STRING_EQUAL(fake.console, "other: hello\n");
	UNIT_ASSERT_INT(hart_sum(ID_OTHER, COMPARTMENT_COUNTER_CONSOLE_BYTES) -
				before,
			7);
}

/* The focus' line is there before it is whole, as a prompt must be. */
static void shows_a_prompt(void)
{
	played_setup();
	played_print(HART_CLIENT, "# ");
	CU_ASSERT_STRING_EQUAL(fake.console, "client: # ");
	played_print(HART_OTHER, "half");
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

	played_setup();
	partitioner.model.compartments[ID_OTHER].uart.base = UART;
	for (i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++) {
		access = played_make_access(0, false, 0xa5);
		access.address = accesses[i].address;
		access.width = accesses[i].width;
		UNIT_ASSERT_INT(present_access(arch_hart_find(accesses[i].hart),
					       &access),
				accesses[i].result);
		access.write = true;
		access.value = 0;
		UNIT_ASSERT_INT(present_access(arch_hart_find(accesses[i].hart),
					       &access),
				accesses[i].result);
	}
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static void keeps_compartments_apart(void)
{
	played_setup();
	played_put(HART_CLIENT, 7, 0x12);
	played_put(HART_OTHER, 7, 0x34);
	UNIT_ASSERT_INT(played_get(HART_CLIENT, 7), 0x12);
	UNIT_ASSERT_INT(played_get(HART_OTHER, 7), 0x34);
	UNIT_ASSERT_INT(played_get(HART_OTHER_BOOT, 7), 0x34);
}

static void raises_its_own_interrupt(void)
{
	played_setup();
	played_put(HART_OTHER, IER, 2);
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:2:42 ");
	fake_forget();
	/* Taking one away, with one left, tells of the other. */
	played_put(HART_CLIENT, IER, 1);
	played_type("ab");
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:1:41 ");
	fake_forget();
	played_get(HART_CLIENT, DATA);
	CU_ASSERT_STRING_EQUAL(fake.trace, "raise:1:41 ");
	fake_forget();
	played_get(HART_CLIENT, DATA);
	CU_ASSERT_STRING_EQUAL(fake.trace, "");
}

static void is_new_in_the_next_life(void)
{
	played_setup();
	played_put(HART_CLIENT, 7, 0x12);
	played_put(HART_OTHER, 7, 0x34);
	played_type("typed");
	present_uart_reset(ID_CLIENT);
	UNIT_ASSERT_INT(played_get(HART_CLIENT, 7), 0);
	UNIT_ASSERT_INT(played_get(HART_CLIENT, LSR), 0x60);
	UNIT_ASSERT_INT(played_get(HART_OTHER, 7), 0x34);
}

static const struct unit_test tests[] = {
	UNIT_TEST(prints_what_is_sent),
	UNIT_TEST(shows_a_prompt),
	UNIT_TEST(answers_for_its_registers_only),
	UNIT_TEST(keeps_compartments_apart),
	UNIT_TEST(raises_its_own_interrupt),
	UNIT_TEST(is_new_in_the_next_life),
};
UNIT_MAIN("partitioner_uart", tests)
