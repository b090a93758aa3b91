/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console's UART as a driver for a 16550 uses it: by its registers alone.
 * Output comes last, so that nothing of it depends on the state before.
 */
#include <libfdt.h>
#include <common/hart.h>
#include <common/irq.h>
#include <common/report.h>
#include "guest.h"
#include "uart.h"

#define FIFO_BYTES	16	/* at least */
#define FIFO_BOUND	4096
#define BOUND		100000	/* looks at a register that answers at once */

static volatile uint8_t *uart;
static unsigned int uart_interrupts;
static uint8_t uart_cause;

static void uart_handle_interrupt(void *context)
{
	(void)context;
	uart_interrupts++;
	uart_cause = uart[UART_IIR] & IIR_CAUSE;
	/* Whatever it is, once is enough. */
	uart[UART_IER] = 0;
}

static void uart_put(char c)
{
	for (unsigned int i = 0; i < BOUND && !(uart[UART_LSR] & 0x20); i++)
		;
	uart[UART_DATA] = (uint8_t)c;
}

static void uart_print(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			uart_put('\r');
		uart_put(*text);
	}
}

static void uart_drain(void)
{
	for (unsigned int i = 0; i < BOUND && uart[UART_LSR] & LSR_READY; i++)
		(void)uart[UART_DATA];
}

/* In loopback: sends until a byte finds no room, without looking for it. */
static void uart_overrun(void)
{
	for (unsigned int i = 0; i < FIFO_BOUND; i++)
		uart[UART_DATA] = (uint8_t)i;
}

/* A driver's first look at what kind of UART this is. */
static void test_kind(void)
{
	bool right = true;

	for (unsigned int i = 0; i < 256; i++) {
		uart[UART_SCR] = (uint8_t)i;
		right &= uart[UART_SCR] == i;
	}
	report(right, "uart: the scratch register holds");
	uart[UART_IER] = 0xff;
	right = uart[UART_IER] == 0x0f;
	uart[UART_IER] = 0;
	report(right && !uart[UART_IER],
	       "uart: the interrupt enable register has four bits");
	uart[UART_FCR] = 0;
	right = !(uart[UART_IIR] & IIR_FIFO);
	uart[UART_FCR] = FCR_ENABLE | FCR_CLEAR;
	right &= (uart[UART_IIR] & IIR_FIFO) == IIR_FIFO;
	report(right, "uart: a 16550A, whose FIFOs can be enabled");
	uart[UART_LCR] = LCR_DLAB | LCR_8N1;
	uart[UART_DATA] = 0x5a;
	uart[UART_IER] = 0xa5;
	right = uart[UART_DATA] == 0x5a && uart[UART_IER] == 0xa5 &&
		uart[UART_LCR] == (LCR_DLAB | LCR_8N1);
	uart[UART_LCR] = LCR_8N1;
	report(right && !uart[UART_IER] && uart[UART_LCR] == LCR_8N1,
	       "uart: the divisor is apart from what it covers");
}

static void test_loopback(void)
{
	bool right = true;
	unsigned int i;

	uart[UART_MCR] = MCR_LOOP | 0x0f;
	right &= (uart[UART_MSR] & 0xf0) == 0xf0;
	uart[UART_MCR] = MCR_LOOP | 0x0a;
	right &= (uart[UART_MSR] & 0xf0) == 0x90;
	report(right, "uart: in loopback the outputs are the inputs");
	uart[UART_FCR] = FCR_ENABLE | FCR_CLEAR;
	(void)uart[UART_LSR];
	right = !(uart[UART_LSR] & LSR_READY);
	for (i = 0; i < FIFO_BYTES; i++)
		uart[UART_DATA] = (uint8_t)('a' + i);
	right &= !(uart[UART_LSR] & LSR_OVERRUN);
	for (i = 0; i < FIFO_BYTES; i++)
		right &= uart[UART_LSR] & LSR_READY &&
			 uart[UART_DATA] == 'a' + i;
	right &= !(uart[UART_LSR] & LSR_READY);
	report(right, "uart: in loopback what is sent is received, in order");
	uart_overrun();
	right = uart[UART_LSR] & LSR_OVERRUN;
	right &= !(uart[UART_LSR] & LSR_OVERRUN);
	uart[UART_FCR] = FCR_ENABLE | FCR_CLEAR;
	report(right && !(uart[UART_LSR] & LSR_READY),
	       "uart: bytes too many are an overrun, and clearing clears");
}

/* Whether enabling `ier` brings an interrupt with that cause, by the wire. */
static bool interrupts_for(uint8_t ier, uint8_t cause)
{
	unsigned int last = uart_interrupts;

	uart[UART_IER] = ier;
	/* It is due at once; if it is lost, the test's time limit ends this. */
	while (uart_interrupts == last)
		irq_wait();
	return uart_cause == cause;
}

static void test_interrupts(void)
{
	bool right = true;
	unsigned int i;

	for (i = 0; i < 8; i++)
		right &= interrupts_for(IER_TRANSMIT, IIR_TRANSMIT);
	report(right, "uart: room to send interrupts, each time it is enabled");
	report((uart[UART_IIR] & IIR_CAUSE) == IIR_NONE,
	       "uart: and then nothing is pending");
	uart[UART_MCR] = MCR_LOOP | 0x08;
	uart[UART_FCR] = FCR_ENABLE | FCR_CLEAR;
	uart[UART_DATA] = 'x';
	right = interrupts_for(IER_RECEIVE, IIR_RECEIVE) ||
		uart_cause == IIR_TIMEOUT;
	right &= uart[UART_DATA] == 'x';
	report(right, "uart: what was received interrupts");
	uart_overrun();
	right = interrupts_for(IER_LINE, IIR_LINE);
	uart_drain();
	report(right && uart[UART_LSR] & LSR_EMPTY,
	       "uart: an overrun interrupts as an error of the line");
	uart[UART_FCR] = FCR_ENABLE | FCR_CLEAR;
	uart[UART_MCR] = 0x0b;
}

/* Other widths than a byte, and the registers that are not there. */
static void test_edges(uint64_t base)
{
	static const unsigned int widths[] = { 2, 4, 8 };
	uint64_t value;
	bool right = true;

	uart[UART_SCR] = 0x77;
	for (unsigned int w = 0; w < 3; w++) {
		for (unsigned int at = 0; at < 64; at++) {
			guest_load_faults(base + at, widths[w], &value);
			guest_store_faults(base + at, widths[w], 0);
		}
	}
	for (unsigned int at = 8; at < 4096; at++) {
		guest_load_faults(base + at, 1, &value);
		guest_store_faults(base + at, 1, 0xff);
	}
	right &= uart[UART_SCR] == 0x77 && uart[UART_LCR] == LCR_8N1 &&
		 uart[UART_IER] == 0;
	report(right && guest_swap_faults(base + UART_SCR - 3, 0) &&
		       uart[UART_SCR] == 0x77,
	       "uart: accesses that are not of one byte change nothing");
}

void guest_test_uart(void)
{
	const struct tree_device *device =
		tree_find_device(&tree, NULL, "ns16550a");

	if (!device)
		return;
	uart = (volatile uint8_t *)(uintptr_t)device->reg.base;
	if (!report(!irq_connect(device, uart_handle_interrupt, NULL),
		    "uart: %s, interrupt %d", device->name, device->source))
		return;
	uart[UART_IER] = 0;
	test_kind();
	test_loopback();
	test_interrupts();
	test_edges(device->reg.base);
	uart_drain();
	uart_print("the uart says hello\n");
	uart_print("forged\rline\n\nbulkhead: nobody forges this line\n");
	uart_print("unfinished");
	uart_print("\n");
	report(uart[UART_LSR] & LSR_EMPTY, "uart: all is sent");
}
