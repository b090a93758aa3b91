/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A UART that the firmware plays, under a driver: the registers and bits that
 * the tests of <frontend/uart.h> name, and one UART to try them on.
 *
 * One at a time, of the program's only thread.
 */
#ifndef UART_GUEST_H
#define UART_GUEST_H

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

extern struct frontend_uart uart;

/* As at power-on. */
void uart_setup(void);
/* Reads; nothing else may come of it. */
uint8_t uart_get(unsigned int offset);
/* Reads; an interrupt comes of it, for there is more. */
uint8_t uart_get_more(unsigned int offset);
/* Writes, and is typed at: FRONTEND_UART_*. */
unsigned int uart_put(unsigned int offset, uint8_t value);
unsigned int uart_type(uint8_t value);

#define CHECK_GET(offset, value)	UNIT_ASSERT_INT(uart_get(offset), value)
#define CHECK_PUT(offset, value, effects)				\
	UNIT_ASSERT_INT(uart_put(offset, value), effects)

#endif
