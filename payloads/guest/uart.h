/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 16550's registers, of a byte each, by their places, and the bits of them
 * that the tests know (PC16550D data sheet, section 8). The guest's own, for it
 * has none of the firmware's ideas of the UART that the firmware plays.
 */
#ifndef GUEST_UART_H
#define GUEST_UART_H

#define UART_DATA	0	/* RBR, THR; divisor's low half with DLAB */
#define UART_IER	1	/* and its high half */
#define UART_IIR	2	/* when read */
#define UART_FCR	2	/* when written */
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define UART_MSR	6
#define UART_SCR	7

#define IER_RECEIVE	0x01
#define IER_TRANSMIT	0x02
#define IER_LINE	0x04
#define IIR_NONE	0x01
#define IIR_CAUSE	0x0f
#define IIR_TRANSMIT	0x02
#define IIR_RECEIVE	0x04
#define IIR_LINE	0x06
#define IIR_TIMEOUT	0x0c
#define IIR_FIFO	0xc0
#define FCR_ENABLE	0x01
#define FCR_CLEAR	0x06
#define LCR_8N1		0x03
#define LCR_DLAB	0x80
#define MCR_LOOP	0x10
#define LSR_READY	0x01
#define LSR_OVERRUN	0x02
#define LSR_EMPTY	0x60	/* holding and shift register */

#endif
