/* SPDX-License-Identifier: BSD-2-Clause */
/* The UART that guests see, register by register, as a driver would look. */
#include <frontend/uart.h>

#include "unit.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };

#define DLL	DATA
#define DLM	IER
#define FCR	IIR

#define IER_RECEIVED	0x01
#define IER_SENT	0x02
#define IER_LINE	0x04
#define IER_MODEM	0x08
#define IIR_NONE	0x01
#define IIR_SENT	0x02
#define IIR_RECEIVED	0x04
#define IIR_LINE	0x06
#define IIR_FIFO	0xc0
#define FCR_ENABLE	0x01
#define FCR_CLEAR_RX	0x02
#define FCR_CLEAR_TX	0x04
#define LCR_DLAB	0x80
#define MCR_LOOP	0x10
#define LSR_IDLE	0x60
#define LSR_RECEIVED	0x01
#define LSR_OVERRUN	0x02
#define MSR_PRESENT	0xb0	/* DCD, DSR, CTS */

#define SENDS	FRONTEND_UART_SENDS
#define RAISES	FRONTEND_UART_RAISES

static struct frontend_uart uart;

static void setup(void)
{
	frontend_uart_reset(&uart);
}

/* Reads; nothing else may come of it. */
static uint8_t get(unsigned int offset)
{
	uint8_t value = 0xa5;

	UNIT_ASSERT_INT(frontend_uart_read(&uart, offset, &value), 0);
	return value;
}

/* Reads; an interrupt comes of it, for there is more. */
static uint8_t get_more(unsigned int offset)
{
	uint8_t value = 0xa5;

	UNIT_ASSERT_INT(frontend_uart_read(&uart, offset, &value), RAISES);
	return value;
}

static unsigned int put(unsigned int offset, uint8_t value)
{
	return frontend_uart_write(&uart, offset, value);
}

static unsigned int type(uint8_t value)
{
	return frontend_uart_receive(&uart, value);
}

#define CHECK_GET(offset, value)	UNIT_ASSERT_INT(get(offset), value)
#define CHECK_PUT(offset, value, effects)				\
	UNIT_ASSERT_INT(put(offset, value), effects)

/* ---- Registers ---- */

static void starts_as_at_power_on(void)
{
	setup();
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

	setup();
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
	setup();
	put(IER, 0xff);
	CHECK_GET(IER, 0x0f);
	put(IER, 0xf0);
	CHECK_GET(IER, 0);
}

static void has_a_divisor_behind_its_first_two(void)
{
	setup();
	put(IER, IER_RECEIVED);
	put(LCR, LCR_DLAB | 3);
	CHECK_PUT(DLL, 0x12, 0);
	CHECK_PUT(DLM, 0x34, 0);
	type('x');
	CHECK_GET(DLL, 0x12);
	CHECK_GET(DLM, 0x34);
	/* All others are where they are. */
	CHECK_GET(IIR, IIR_RECEIVED);
	CHECK_GET(LCR, LCR_DLAB | 3);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	put(SCR, 0x56);
	CHECK_GET(SCR, 0x56);
	CHECK_PUT(FCR, 0, 0);
	put(LCR, 3);
	CHECK_GET(IER, IER_RECEIVED);
	CHECK_GET(DATA, 'x');
	CHECK_PUT(DATA, 'y', SENDS);
	put(LCR, LCR_DLAB);
	CHECK_GET(DLL, 0x12);
	CHECK_GET(DLM, 0x34);
}

/* As drivers look for a 16550A: a scratch register, and a FIFO that works. */
static void is_a_16550a(void)
{
	setup();
	CHECK_PUT(FCR, FCR_ENABLE, 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	/* Of no other chip: there is no extended register, no larger FIFO. */
	put(LCR, 0xbf);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	put(LCR, LCR_DLAB);
	put(FCR, 0x21);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	put(LCR, 0);
	put(FCR, 0);
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

	setup();
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		put(MCR, MCR_LOOP | lines[i].control);
		CHECK_GET(MSR, lines[i].status);
		put(MCR, lines[i].control);
		CHECK_GET(MSR, MSR_PRESENT);
	}
}

/* ---- Characters ---- */

static void sends_at_once(void)
{
	unsigned int i;

	setup();
	for (i = 0; i < 100; i++) {
		CHECK_PUT(DATA, (uint8_t)i, SENDS);
		CHECK_GET(LSR, LSR_IDLE);
	}
}

static void receives_in_order(void)
{
	unsigned int i, round;

	setup();
	put(FCR, FCR_ENABLE);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < FRONTEND_UART_FIFO - round; i++) {
			CU_ASSERT(!frontend_uart_is_full(&uart));
			UNIT_ASSERT_INT(type((uint8_t)(i + round)), 0);
		}
		UNIT_ASSERT_INT(frontend_uart_is_full(&uart), !round);
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

	setup();
	put(FCR, FCR_ENABLE);
	for (i = 0; i < FRONTEND_UART_FIFO; i++)
		type('a');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	type('b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	for (i = 0; i < FRONTEND_UART_FIFO; i++)
		CHECK_GET(DATA, 'a');
	CHECK_GET(LSR, LSR_IDLE);
}

/* Without the FIFO it holds one, and nobody waits for whom nobody reads. */
static void holds_one_without_the_fifo(void)
{
	setup();
	type('a');
	CU_ASSERT(!frontend_uart_is_full(&uart));
	type('b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(DATA, 'a');
	CHECK_GET(LSR, LSR_IDLE);
}

static void clears_the_fifo(void)
{
	setup();
	put(FCR, FCR_ENABLE);
	type('a');
	put(FCR, FCR_ENABLE);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	put(FCR, FCR_ENABLE | FCR_CLEAR_TX);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	put(FCR, FCR_ENABLE | FCR_CLEAR_RX);
	CHECK_GET(LSR, LSR_IDLE);
	type('b');
	put(FCR, 0);
	CHECK_GET(LSR, LSR_IDLE);
	type('c');
	/* Bits beside that of the FIFO count only with it. */
	put(FCR, FCR_CLEAR_RX);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	put(FCR, FCR_ENABLE);
	CHECK_GET(LSR, LSR_IDLE);
	type('d');
	CHECK_GET(DATA, 'd');
}

static void loops_back_what_is_sent(void)
{
	setup();
	put(FCR, FCR_ENABLE);
	put(IER, IER_RECEIVED);
	put(MCR, MCR_LOOP);
	CHECK_PUT(DATA, 'a', RAISES);
	CHECK_PUT(DATA, 'b', 0);
	/* Nothing comes in from outside. */
	UNIT_ASSERT_INT(type('x'), 0);
	UNIT_ASSERT_INT(get_more(DATA), 'a');
	CHECK_GET(DATA, 'b');
	CHECK_GET(LSR, LSR_IDLE);
	put(MCR, 0);
	CHECK_PUT(DATA, 'c', SENDS);
	CHECK_GET(LSR, LSR_IDLE);
}

static void loses_what_it_cannot_loop_back(void)
{
	setup();
	put(MCR, MCR_LOOP);
	put(DATA, 'a');
	put(DATA, 'b');
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(DATA, 'a');
	CHECK_GET(DATA, 0);
}

/* ---- Interrupts ---- */

static void raises_for_what_comes_in(void)
{
	setup();
	put(FCR, FCR_ENABLE);
	UNIT_ASSERT_INT(type('a'), 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	CHECK_PUT(IER, IER_RECEIVED, RAISES);
	CHECK_GET(IIR, IIR_FIFO | IIR_RECEIVED);
	/* It is told already. */
	UNIT_ASSERT_INT(type('b'), 0);
	CHECK_PUT(IER, IER_RECEIVED, 0);
	/* Who takes one and returns is called again. */
	UNIT_ASSERT_INT(get_more(DATA), 'a');
	CHECK_GET(DATA, 'b');
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(type('c'), RAISES);
	put(IER, 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(type('d'), 0);
	CHECK_PUT(IER, IER_RECEIVED, RAISES);
	put(FCR, FCR_ENABLE | FCR_CLEAR_RX);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(type('e'), RAISES);
}

static void raises_when_it_has_sent(void)
{
	setup();
	CHECK_PUT(DATA, 'a', SENDS);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(IER, IER_SENT, RAISES);
	CHECK_GET(IIR, IIR_SENT);
	/* That was the acknowledgement. */
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(DATA, 'b', SENDS | RAISES);
	CHECK_PUT(DATA, 'c', SENDS);
	CHECK_GET(IIR, IIR_SENT);
	CHECK_GET(IIR, IIR_NONE);
	/* To enable it once more is no news, but off and on is. */
	CHECK_PUT(IER, IER_SENT, 0);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(IER, 0, 0);
	CHECK_PUT(IER, IER_SENT, RAISES);
	CHECK_GET(IIR, IIR_SENT);
	CHECK_GET(IIR, IIR_NONE);
	/* Nothing is lost while it is off. */
	CHECK_PUT(IER, 0, 0);
	CHECK_PUT(DATA, 'd', SENDS);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(IER, IER_SENT, RAISES);
}

static void raises_for_what_was_lost(void)
{
	setup();
	CHECK_PUT(IER, IER_LINE, 0);
	UNIT_ASSERT_INT(type('a'), 0);
	UNIT_ASSERT_INT(type('b'), RAISES);
	CHECK_GET(IIR, IIR_LINE);
	CHECK_GET(IIR, IIR_LINE);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(IIR, IIR_NONE);
	UNIT_ASSERT_INT(type('c'), RAISES);
	CHECK_GET(IIR, IIR_LINE);
}

static void never_raises_for_the_modem(void)
{
	setup();
	CHECK_PUT(IER, IER_MODEM, 0);
	CHECK_PUT(MCR, MCR_LOOP | 0x0f, 0);
	CHECK_GET(MSR, 0xf0);
	CHECK_PUT(MCR, 0, 0);
	CHECK_GET(IIR, IIR_NONE);
}

/*
 * The most urgent is told first; whoever handles one and leaves finds another
 * interrupt for the next, as with a level.
 */
static void tells_the_most_urgent_first(void)
{
	setup();
	CHECK_PUT(IER, IER_RECEIVED | IER_SENT | IER_LINE, RAISES);
	UNIT_ASSERT_INT(type('a'), 0);
	UNIT_ASSERT_INT(type('b'), 0);
	CHECK_GET(IIR, IIR_LINE);
	UNIT_ASSERT_INT(get_more(LSR), LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	CHECK_GET(IIR, IIR_RECEIVED);
	CHECK_GET(IIR, IIR_RECEIVED);
	UNIT_ASSERT_INT(get_more(DATA), 'a');
	CHECK_GET(IIR, IIR_SENT);
	CHECK_GET(IIR, IIR_NONE);
	/* To read the less urgent away from below it changes nothing. */
	UNIT_ASSERT_INT(type('c'), RAISES);
	CHECK_PUT(DATA, 'd', SENDS);
	CHECK_GET(IIR, IIR_RECEIVED);
	UNIT_ASSERT_INT(get_more(DATA), 'c');
	CHECK_GET(IIR, IIR_SENT);
}

/* ---- Another way to what was typed ---- */

static void gives_what_was_typed(void)
{
	uint8_t value = 0xa5;

	setup();
	CU_ASSERT(!frontend_uart_take(&uart, &value));
	UNIT_ASSERT_INT(value, 0xa5);
	put(FCR, FCR_ENABLE);
	put(IER, IER_RECEIVED);
	UNIT_ASSERT_INT(type('a'), RAISES);
	UNIT_ASSERT_INT(type('b'), 0);
	CU_ASSERT(frontend_uart_take(&uart, &value));
	UNIT_ASSERT_INT(value, 'a');
	UNIT_ASSERT_INT(type('c'), 0);
	CU_ASSERT(frontend_uart_take(&uart, &value));
	CU_ASSERT(frontend_uart_take(&uart, &value));
	UNIT_ASSERT_INT(value, 'c');
	CU_ASSERT(!frontend_uart_take(&uart, &value));
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(type('d'), RAISES);
}

static void forgets_all_at_a_reset(void)
{
	setup();
	put(LCR, LCR_DLAB);
	put(DLL, 1);
	put(DLM, 2);
	put(LCR, 0);
	put(FCR, FCR_ENABLE);
	put(IER, 0x0f);
	put(MCR, 0x0f);
	put(SCR, 0xff);
	type('a');
	frontend_uart_reset(&uart);
	starts_as_at_power_on();
	put(LCR, LCR_DLAB);
	CHECK_GET(DLL, 0);
	CHECK_GET(DLM, 0);
}

/* Whatever a guest does: no more in the FIFO than fits, nothing undefined. */
static void withstands_anything(void)
{
	uint32_t state = 7;
	unsigned int i;

	setup();
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
	UNIT_TEST(raises_for_what_comes_in),
	UNIT_TEST(raises_when_it_has_sent),
	UNIT_TEST(raises_for_what_was_lost),
	UNIT_TEST(never_raises_for_the_modem),
	UNIT_TEST(tells_the_most_urgent_first),
	UNIT_TEST(gives_what_was_typed),
	UNIT_TEST(forgets_all_at_a_reset),
	UNIT_TEST(withstands_anything),
};
UNIT_MAIN("frontend_uart", tests)
