/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody types: every character comes by an interrupt and is echoed, every
 * line is answered.
 */
#include <common/irq.h>
#include <common/report.h>
#include "guest.h"
#include "uart.h"

#define LINE_MAX	80

struct echo {
	volatile uint8_t *uart;
	char line[LINE_MAX];
	unsigned int length;
	unsigned int interrupts;
	bool over;
};

static void echo_send(struct echo *echo, const char *text)
{
	for (; *text; text++)
		echo->uart[UART_DATA] = (uint8_t)*text;
}

static void echo_answer(struct echo *echo)
{
	static const char end[] = "quit";
	unsigned int i = 0;

	echo->line[echo->length] = '\0';
	echo_send(echo, "\r\ngot ");
	echo_send(echo, echo->line);
	while (end[i] && echo->line[i] == end[i])
		i++;
	echo->over = !end[i] && !echo->line[i];
	echo_send(echo, echo->over ? "\r\n" : "\r\ntype> ");
	echo->length = 0;
}

static void echo_take(struct echo *echo, char c)
{
	if (c == '\r') {
		echo_answer(echo);
	} else if (c == '\b' && echo->length) {
		echo->length--;
		echo_send(echo, "\b \b");
	} else if (echo->length < LINE_MAX - 1) {
		echo->line[echo->length++] = c;
		echo->uart[UART_DATA] = (uint8_t)c;
	}
}

static void echo_handle_interrupt(void *context)
{
	struct echo *echo = context;

	echo->interrupts++;
	while (echo->uart[UART_LSR] & LSR_READY)
		echo_take(echo, (char)echo->uart[UART_DATA]);
}

void guest_echo(void)
{
	const struct tree_device *device =
		tree_find_device(&tree, NULL, "ns16550a");
	static struct echo echo;

	if (!report(device && !irq_connect(device, echo_handle_interrupt,
					   &echo),
		    "echo: there is a UART with an interrupt"))
		return;
	echo.uart = (volatile uint8_t *)(uintptr_t)device->reg.base;
	echo.uart[UART_FCR] = FCR_ENABLE;
	echo.uart[UART_IER] = IER_RECEIVE;
	echo_send(&echo, "type> ");
	while (!echo.over)
		irq_wait();
	echo.uart[UART_IER] = 0;
	report(echo.interrupts > 0, "echo: what was typed came by interrupts");
}
