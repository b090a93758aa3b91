/* SPDX-License-Identifier: BSD-2-Clause */
/* When the UART that guests see raises its interrupt, and what it says. */
#include <string.h>

#include "uart_guest.h"

static void raises_for_what_comes_in(void)
{
	uart_setup();
	uart_put(FCR, FCR_ENABLE);
	UNIT_ASSERT_INT(uart_type('a'), 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	CHECK_PUT(IER, IER_RECEIVED, RAISES);
	CHECK_GET(IIR, IIR_FIFO | IIR_RECEIVED);
	/* It is told already. */
	UNIT_ASSERT_INT(uart_type('b'), 0);
	CHECK_PUT(IER, IER_RECEIVED, 0);
	/* Who takes one and returns is called again. */
	UNIT_ASSERT_INT(uart_get_more(DATA), 'a');
	CHECK_GET(DATA, 'b');
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(uart_type('c'), RAISES);
	uart_put(IER, 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(uart_type('d'), 0);
	CHECK_PUT(IER, IER_RECEIVED, RAISES);
	uart_put(FCR, FCR_ENABLE | FCR_CLEAR_RX);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(uart_type('e'), RAISES);
}

static void raises_when_it_has_sent(void)
{
	uart_setup();
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
	uart_setup();
	CHECK_PUT(IER, IER_LINE, 0);
	UNIT_ASSERT_INT(uart_type('a'), 0);
	UNIT_ASSERT_INT(uart_type('b'), RAISES);
	CHECK_GET(IIR, IIR_LINE);
	CHECK_GET(IIR, IIR_LINE);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(IIR, IIR_NONE);
	UNIT_ASSERT_INT(uart_type('c'), RAISES);
	CHECK_GET(IIR, IIR_LINE);
	CHECK_PUT(IER, 0, 0);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(IER, IER_SENT, RAISES);
	CHECK_GET(IIR, IIR_SENT);
}

static void never_raises_for_the_modem(void)
{
	uart_setup();
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
	uart_setup();
	CHECK_PUT(IER, IER_RECEIVED | IER_SENT | IER_LINE, RAISES);
	UNIT_ASSERT_INT(uart_type('a'), 0);
	UNIT_ASSERT_INT(uart_type('b'), 0);
	CHECK_GET(IIR, IIR_LINE);
	UNIT_ASSERT_INT(uart_get_more(LSR),
			LSR_IDLE | LSR_RECEIVED | LSR_OVERRUN);
	CHECK_GET(LSR, LSR_IDLE | LSR_RECEIVED);
	CHECK_GET(IIR, IIR_RECEIVED);
	CHECK_GET(IIR, IIR_RECEIVED);
	UNIT_ASSERT_INT(uart_get_more(DATA), 'a');
	CHECK_GET(IIR, IIR_SENT);
	CHECK_GET(IIR, IIR_NONE);
	/* To read the less urgent away from below it changes nothing. */
	UNIT_ASSERT_INT(uart_type('c'), RAISES);
	CHECK_PUT(DATA, 'd', SENDS);
	CHECK_GET(IIR, IIR_RECEIVED);
	UNIT_ASSERT_INT(uart_get_more(DATA), 'c');
	CHECK_GET(IIR, IIR_SENT);
}

/* A driver that throttles its receiver goes on sending. */
static void tells_what_a_disabled_one_leaves(void)
{
	uart_setup();
	CHECK_PUT(IER, IER_RECEIVED | IER_SENT, RAISES);
	UNIT_ASSERT_INT(uart_type('a'), 0);
	CHECK_PUT(IER, IER_SENT, RAISES);
	CHECK_GET(IIR, IIR_SENT);
	CHECK_GET(IIR, IIR_NONE);
	CHECK_PUT(IER, IER_RECEIVED | IER_SENT, RAISES);
	CHECK_PUT(DATA, 'b', SENDS);
	CHECK_PUT(IER, IER_RECEIVED, RAISES);
	CHECK_GET(IIR, IIR_RECEIVED);
	/* What takes no cause away, or the last, says nothing. */
	CHECK_PUT(IER, IER_RECEIVED | IER_LINE, 0);
	CHECK_PUT(IER, IER_RECEIVED, 0);
	CHECK_PUT(IER, 0, 0);
}

static void tells_what_a_cleared_fifo_leaves(void)
{
	static const uint8_t ways[] = { FCR_ENABLE | FCR_CLEAR_RX, 0 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		uart_setup();
		uart_put(FCR, FCR_ENABLE);
		CHECK_PUT(IER, IER_RECEIVED | IER_SENT, RAISES);
		UNIT_ASSERT_INT(uart_type('a'), 0);
		CHECK_PUT(FCR, FCR_ENABLE, 0);
		CHECK_PUT(FCR, ways[i], RAISES);
		CHECK_GET(LSR, LSR_IDLE);
		CHECK_PUT(FCR, ways[i], 0);
	}
	/* Switched on, it is empty as well. */
	UNIT_ASSERT_INT(uart_type('a'), 0);
	CHECK_PUT(FCR, FCR_ENABLE, RAISES);
	CHECK_GET(IIR, IIR_FIFO | IIR_SENT);
	UNIT_ASSERT_INT(uart_type('a'), RAISES);
	CHECK_PUT(FCR, 0, 0);
}

/* ---- Another way to what was typed ---- */

static void check_take(size_t size, const char *expected, unsigned int effects)
{
	uint8_t bytes[8] = { 0 };
	unsigned int actual = ~0U;

	UNIT_ASSERT_INT(frontend_uart_take(&uart, bytes, size, &actual),
			strlen(expected));
	UNIT_ASSERT_INT(actual, effects);
	CU_ASSERT_STRING_EQUAL((char *)bytes, expected);
}

static void gives_what_was_typed(void)
{
	uart_setup();
	check_take(7, "", 0);
	uart_put(FCR, FCR_ENABLE);
	uart_put(IER, IER_RECEIVED);
	UNIT_ASSERT_INT(uart_type('a'), RAISES);
	UNIT_ASSERT_INT(uart_type('b'), 0);
	check_take(0, "", 0);
	check_take(1, "a", RAISES);
	UNIT_ASSERT_INT(uart_type('c'), 0);
	check_take(7, "bc", 0);
	check_take(7, "", 0);
	CHECK_GET(IIR, IIR_FIFO | IIR_NONE);
	UNIT_ASSERT_INT(uart_type('d'), RAISES);
	/* Another cause is left. */
	CHECK_PUT(IER, IER_RECEIVED | IER_SENT, 0);
	check_take(7, "d", RAISES);
	CHECK_GET(IIR, IIR_FIFO | IIR_SENT);
}

static const struct unit_test tests[] = {
	UNIT_TEST(raises_for_what_comes_in),
	UNIT_TEST(raises_when_it_has_sent),
	UNIT_TEST(raises_for_what_was_lost),
	UNIT_TEST(never_raises_for_the_modem),
	UNIT_TEST(tells_the_most_urgent_first),
	UNIT_TEST(tells_what_a_disabled_one_leaves),
	UNIT_TEST(tells_what_a_cleared_fifo_leaves),
	UNIT_TEST(gives_what_was_typed),
};
UNIT_MAIN("frontend_uart_interrupt", tests)
