/* SPDX-License-Identifier: BSD-2-Clause */
/* The UART that guests see, register by register, as a driver would look. */
#include "uart_guest.h"

/* ---- Registers ---- */

static void starts_as_at_power_on(void)
{
	uart_setup();
	CHECK_GET(DATA, 0);
	CHECK_GET(IER, 0);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_GET(LCR, 0);
	CHECK_GET(MCR, 0);
	CHECK_GET(LSR, LSR_IDLE);
	CHECK_GET(MSR, MSR_PRESENT);
	CHECK_GET(SCR, 0);
}

static void keeps_what_is_kept(void)
{
	unsigned int value;

	uart_setup();
	for (value = 0; value < 256; value++) {
		CHECK_PUT(SCR, (uint8_t)value, 0);
		CHECK_GET(SCR, value);
		CHECK_PUT(LCR, (uint8_t)value, 0);
		CHECK_GET(LCR, value);
		CHECK_PUT(MCR, (uint8_t)value, 0);
		CHECK_GET(MCR, value & 0x1f);
	}
	/* Neither of the two is written to. */
	CHECK_PUT(LSR, 0xff, 0);
	CHECK_GET(LSR, LSR_IDLE);
	CHECK_PUT(MCR, 0, 0);
	CHECK_PUT(MSR, 0, 0);
	CHECK_GET(MSR, MSR_PRESENT);
	CHECK_GET(SCR, 0xff);
}

/* Bits that a driver tells other chips by are not there. */
static void has_four_interrupts(void)
{
	uart_setup();
	uart_put(IER, 0xff);
	CHECK_GET(IER, 0x0f);
	uart_put(IER, 0xf0);
	CHECK_GET(IER, 0);
}

static void has_a_divisor_behind_its_first_two(void)
{
	uart_setup();
	uart_put(IER, IER_RECEIVED);
	uart_put(LCR, LCR_DLAB | 3);
	CHECK_PUT(DLL, 0x12, 0);
	CHECK_PUT(DLM, 0x34, 0);
	uart_type('x');
	CHECK_GET(DLL, 0x12);
	CHECK_GET(DLM, 0x34);
	/* All others are where they are. */
	CHECK_GET(IIR, IIR_RECEIVED);
	CHECK_GET(LCR, LCR_DLAB | 3);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	uart_put(SCR, 0x56);
	CHECK_GET(SCR, 0x56);
	CHECK_PUT(FCR, 0, 0);
	uart_put(LCR, 3);
	CHECK_GET(IER, IER_RECEIVED);
	CHECK_GET(DATA, 'x');
	CHECK_PUT(DATA, 'y', SENDS);
	uart_put(LCR, LCR_DLAB);
	CHECK_GET(DLL, 0x12);
	CHECK_GET(DLM, 0x34);
}

/* As drivers look for a 16550A: a scratch register, and a FIFO that works. */
static void is_a_16550a(void)
{
	uart_setup();
	CHECK_PUT(FCR, FCR_ENABLE, 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	/* Of no other chip: there is no extended register, no larger FIFO. */
	uart_put(LCR, 0xbf);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	uart_put(LCR, LCR_DLAB);
	uart_put(FCR, 0x21);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	uart_put(LCR, 0);
	uart_put(FCR, 0);
	CHECK_GET(IIR, IIR_NONE);
}

static void loops_the_modems_lines_back(void)
{
	static const struct { uint8_t control, status; } lines[] = {
		{ 0x00, 0x00 }, { 0x01, 0x20 }, { 0x02, 0x10 },
		{ 0x04, 0x40 }, { 0x08, 0x80 }, { 0x0a, 0x90 },
		{ 0x0f, 0xf0 },
	};
	unsigned int i;

	uart_setup();
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		uart_put(MCR, MCR_LOOP | lines[i].control);
		CHECK_GET(MSR, lines[i].status);
		uart_put(MCR, lines[i].control);
		CHECK_GET(MSR, MSR_PRESENT);
	}
}

/* ---- Characters ---- */

static void sends_at_once(void)
{
	unsigned int i;

	uart_setup();
	for (i = 0; i < 100; i++) {
		CHECK_PUT(DATA, (uint8_t)i, SENDS);
		CHECK_GET(LSR, LSR_IDLE);
	}
}

static void receives_in_order(void)
{
	unsigned int i, round;

	uart_setup();
	uart_put(FCR, FCR_ENABLE);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < FRONTEND_UART_FIFO - round; i++)
			UNIT_ASSERT_INT(uart_type((uint8_t)(i + round)), 0);
		for (i = 0; i < FRONTEND_UART_FIFO - round; i++) {
			CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
			CHECK_GET(DATA, (uint8_t)(i + round));
		}
		CHECK_GET(LSR, LSR_IDLE);
		CHECK_GET(DATA, 0);
		CHECK_GET(LSR, LSR_IDLE);
	}
}

static void tells_what_it_lost(void)
{
	unsigned int i;

	uart_setup();
	uart_put(FCR, FCR_ENABLE);
	for (i = 0; i < FRONTEND_UART_FIFO; i++)
		uart_type('a');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	uart_type('b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	for (i = 0; i < FRONTEND_UART_FIFO; i++)
		CHECK_GET(DATA, 'a');
	CHECK_GET(LSR, LSR_IDLE);
}

/* Without the FIFO it holds one. */
static void holds_one_without_the_fifo(void)
{
	uart_setup();
	uart_type('a');
	uart_type('b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(DATA, 'a');
	CHECK_GET(LSR, LSR_IDLE);
}

static void clears_the_fifo(void)
{
	uart_setup();
	uart_put(FCR, FCR_ENABLE);
	uart_type('a');
	uart_put(FCR, FCR_ENABLE);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	uart_put(FCR, FCR_ENABLE | FCR_CLEAR_TX);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	uart_put(FCR, FCR_ENABLE | FCR_CLEAR_RX);
	CHECK_GET(LSR, LSR_IDLE);
	uart_type('b');
	uart_put(FCR, 0);
	CHECK_GET(LSR, LSR_IDLE);
	uart_type('c');
	/* Bits beside that of the FIFO count only with it. */
	uart_put(FCR, FCR_CLEAR_RX);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	uart_put(FCR, FCR_ENABLE);
	CHECK_GET(LSR, LSR_IDLE);
	uart_type('d');
	CHECK_GET(DATA, 'd');
}

static void loops_back_what_is_sent(void)
{
	uart_setup();
	uart_put(FCR, FCR_ENABLE);
	uart_put(IER, IER_RECEIVED);
	uart_put(MCR, MCR_LOOP);
	CHECK_PUT(DATA, 'a', RAISES);
	CHECK_PUT(DATA, 'b', 0);
	/* Nothing comes in from outside. */
	UNIT_ASSERT_INT(uart_type('x'), 0);
	UNIT_ASSERT_INT(uart_get_more(DATA), 'a');
	CHECK_GET(DATA, 'b');
	CHECK_GET(LSR, LSR_IDLE);
	uart_put(MCR, 0);
	CHECK_PUT(DATA, 'c', SENDS);
	CHECK_GET(LSR, LSR_IDLE);
}

static void loses_what_it_cannot_loop_back(void)
{
	uart_setup();
	uart_put(MCR, MCR_LOOP);
	uart_put(DATA, 'a');
	uart_put(DATA, 'b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(DATA, 'a');
	CHECK_GET(DATA, 0);
}

static void forgets_all_at_a_reset(void)
{
	uart_setup();
	uart_put(LCR, LCR_DLAB);
	uart_put(DLL, 1);
	uart_put(DLM, 2);
	uart_put(LCR, 0);
	uart_put(FCR, FCR_ENABLE);
	uart_put(IER, 0x0f);
	uart_put(MCR, 0x0f);
	uart_put(SCR, 0xff);
	uart_type('a');
	frontend_uart_reset(&uart);
	starts_as_at_power_on();
	uart_put(LCR, LCR_DLAB);
	CHECK_GET(DLL, 0);
	CHECK_GET(DLM, 0);
}

/* Whatever a guest does: no more in the FIFO than fits, nothing undefined. */
static void withstands_anything(void)
{
	uint32_t state = 7;
	unsigned int i;

	uart_setup();
	for (i = 0; i < 200000; i++) {
		uint8_t value;

		state = state * 1103515245 + 12345;
		value = (uint8_t)(state >> 24);
		switch (state >> 8 & 3) {
		case 0:
			frontend_uart_read(&uart, state >> 16 & 7, &value);
			break;
		case 1:
			frontend_uart_write(&uart, state >> 16 & 7, value);
			break;
		default:
			frontend_uart_receive(&uart, value);
			break;
		}
		CU_ASSERT_FATAL(uart.count <= FRONTEND_UART_FIFO &&
				uart.first < FRONTEND_UART_FIFO);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(starts_as_at_power_on),
	UNIT_TEST(keeps_what_is_kept),
	UNIT_TEST(has_four_interrupts),
	UNIT_TEST(has_a_divisor_behind_its_first_two),
	UNIT_TEST(is_a_16550a),
	UNIT_TEST(loops_the_modems_lines_back),
	UNIT_TEST(sends_at_once),
	UNIT_TEST(receives_in_order),
	UNIT_TEST(tells_what_it_lost),
	UNIT_TEST(holds_one_without_the_fifo),
	UNIT_TEST(clears_the_fifo),
	UNIT_TEST(loops_back_what_is_sent),
	UNIT_TEST(loses_what_it_cannot_loop_back),
	UNIT_TEST(forgets_all_at_a_reset),
	UNIT_TEST(withstands_anything),
};
UNIT_MAIN("frontend_uart", tests)
