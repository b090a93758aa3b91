/* SPDX-License-Identifier: BSD-2-Clause */
#include <frontend/uart.h>

/* Offsets; the divisor's two while LCR says so. */
#define UART_DATA		0	/* RBR, THR */
#define UART_IER		1
#define UART_IIR		2	/* FCR when written */
#define UART_LCR		3
#define UART_MCR		4
#define UART_LSR		5
#define UART_MSR		6
#define UART_SCR		7

#define IER_RECEIVED		0x01U
#define IER_SENT		0x02U
#define IER_LINE		0x04U
#define IER_ALL			0x0fU

#define IIR_NONE		0x01U
#define IIR_SENT		0x02U
#define IIR_RECEIVED		0x04U
#define IIR_LINE		0x06U
#define IIR_FIFO		0xc0U

#define FCR_ENABLE		0x01U
#define FCR_CLEAR_RECEIVER	0x02U

#define LCR_DIVISOR		0x80U

#define MCR_DTR			0x01U
#define MCR_RTS			0x02U
#define MCR_OUT1		0x04U
#define MCR_OUT2		0x08U
#define MCR_LOOP		0x10U
#define MCR_ALL			0x1fU

#define LSR_RECEIVED		0x01U
#define LSR_OVERRUN		0x02U
#define LSR_SENT		0x60U	/* holding and shift register empty */

#define MSR_CTS			0x10U
#define MSR_DSR			0x20U
#define MSR_RI			0x40U
#define MSR_DCD			0x80U

void frontend_uart_reset(struct frontend_uart *uart)
{
	uart->divisor[0] = uart->divisor[1] = 0;
	uart->interrupts = uart->line = uart->modem = uart->scratch = 0;
	uart->fifo = uart->overrun = uart->sent = false;
	uart->first = uart->count = 0;
}

/* The causes of an interrupt that are enabled and there, as bits of IER. */
static uint8_t uart_get_causes(const struct frontend_uart *uart)
{
	return uart->interrupts & ((uart->overrun ? IER_LINE : 0) |
				   (uart->count ? IER_RECEIVED : 0) |
				   (uart->sent ? IER_SENT : 0));
}

/* The most urgent of them. */
static uint8_t uart_identify(const struct frontend_uart *uart)
{
	uint8_t causes = uart_get_causes(uart);

	if (causes & IER_LINE)
		return IIR_LINE;
	if (causes & IER_RECEIVED)
		return IIR_RECEIVED;
	return causes & IER_SENT ? IIR_SENT : IIR_NONE;
}

/*
 * After a step, before which there were causes `before` and `count` characters:
 * whether the interrupt is to be raised, for the first cause or for what is
 * left where something was taken away.
 */
static unsigned int uart_settle(const struct frontend_uart *uart,
				uint8_t before, unsigned int count)
{
	uint8_t causes = uart_get_causes(uart);
	bool reduced = (before & ~causes) || uart->count < count;

	return causes && (!before || reduced) ? FRONTEND_UART_RAISES : 0;
}

static void uart_put(struct frontend_uart *uart, uint8_t value)
{
	if (uart->count == (uart->fifo ? FRONTEND_UART_FIFO : 1)) {
		uart->overrun = true;
		return;
	}
	uart->received[(uart->first + uart->count++) % FRONTEND_UART_FIFO] =
		value;
}

/* The oldest character, 0 if there is none. */
static uint8_t uart_get(struct frontend_uart *uart)
{
	uint8_t value;

	if (!uart->count)
		return 0;
	value = uart->received[uart->first];
	uart->first = (uart->first + 1) % FRONTEND_UART_FIFO;
	uart->count--;
	return value;
}

size_t frontend_uart_take(struct frontend_uart *uart, uint8_t *bytes,
			  size_t size, unsigned int *effects)
{
	uint8_t before = uart_get_causes(uart);
	unsigned int count = uart->count;
	size_t taken;

	for (taken = 0; taken < size && uart->count; taken++)
		bytes[taken] = uart_get(uart);
	*effects = uart_settle(uart, before, count);
	return taken;
}

unsigned int frontend_uart_receive(struct frontend_uart *uart, uint8_t value)
{
	uint8_t before = uart_get_causes(uart);

	/* In loopback the outside is cut off. */
	if (uart->modem & MCR_LOOP)
		return 0;
	uart_put(uart, value);
	return uart_settle(uart, before, 0);
}

/* To read which interrupt it is acknowledges that of the transmitter. */
static uint8_t uart_read_identity(struct frontend_uart *uart)
{
	uint8_t identity = uart_identify(uart);

	if (identity == IIR_SENT)
		uart->sent = false;
	return identity | (uart->fifo ? IIR_FIFO : 0);
}

static uint8_t uart_read_line(struct frontend_uart *uart)
{
	uint8_t status = LSR_SENT;

	if (uart->count)
		status |= LSR_RECEIVED;
	if (uart->overrun)
		status |= LSR_OVERRUN;
	uart->overrun = false;
	return status;
}

static uint8_t uart_get_modem(const struct frontend_uart *uart)
{
	uint8_t lines = uart->modem;

	if (!(lines & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (lines & MCR_RTS ? MSR_CTS : 0) |
	       (lines & MCR_DTR ? MSR_DSR : 0) |
	       (lines & MCR_OUT1 ? MSR_RI : 0) |
	       (lines & MCR_OUT2 ? MSR_DCD : 0);
}

unsigned int frontend_uart_read(struct frontend_uart *uart, unsigned int offset,
				uint8_t *value)
{
	uint8_t before = uart_get_causes(uart);
	unsigned int count = uart->count;

	*value = 0;
	switch (offset) {
	case UART_DATA:
		*value = uart->line & LCR_DIVISOR ? uart->divisor[0] :
						    uart_get(uart);
		break;
	case UART_IER:
		*value = uart->line & LCR_DIVISOR ? uart->divisor[1] :
						    uart->interrupts;
		break;
	case UART_IIR:
		*value = uart_read_identity(uart);
		break;
	case UART_LCR:
		*value = uart->line;
		break;
	case UART_MCR:
		*value = uart->modem;
		break;
	case UART_LSR:
		*value = uart_read_line(uart);
		break;
	case UART_MSR:
		*value = uart_get_modem(uart);
		break;
	case UART_SCR:
		*value = uart->scratch;
		break;
	}
	return uart_settle(uart, before, count);
}

/* Sent at once; in loopback to its own receiver. */
static unsigned int uart_send(struct frontend_uart *uart, uint8_t value)
{
	uart->sent = true;
	if (!(uart->modem & MCR_LOOP))
		return FRONTEND_UART_SENDS;
	uart_put(uart, value);
	return 0;
}

static void uart_write_fifo(struct frontend_uart *uart, uint8_t value)
{
	bool fifo = value & FCR_ENABLE;

	if (fifo != uart->fifo || (fifo && (value & FCR_CLEAR_RECEIVER)))
		uart->count = 0;
	uart->fifo = fifo;
}

/* Who enables the transmitter's interrupt is told that it is empty. */
static void uart_write_interrupts(struct frontend_uart *uart, uint8_t value)
{
	if (value & ~uart->interrupts & IER_SENT)
		uart->sent = true;
	uart->interrupts = value & IER_ALL;
}

unsigned int frontend_uart_write(struct frontend_uart *uart,
				 unsigned int offset, uint8_t value)
{
	uint8_t before = uart_get_causes(uart);
	unsigned int count = uart->count, effects = 0;

	if ((uart->line & LCR_DIVISOR) && offset <= UART_IER) {
		uart->divisor[offset] = value;
		return 0;
	}
	switch (offset) {
	case UART_DATA:
		effects = uart_send(uart, value);
		break;
	case UART_IER:
		uart_write_interrupts(uart, value);
		break;
	case UART_IIR:
		uart_write_fifo(uart, value);
		break;
	case UART_LCR:
		uart->line = value;
		break;
	case UART_MCR:
		uart->modem = value & MCR_ALL;
		break;
	case UART_SCR:
		uart->scratch = value;
		break;
	}
	return effects | uart_settle(uart, before, count);
}
