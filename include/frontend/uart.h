/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A console as a UART that every operating system knows: the register machine
 * of an ns16550a (PC16550D data sheet, section 8), registers of one byte at
 * offsets 0 to 7. What is sent and what is typed is the caller's business.
 *
 * Transmitting takes no time. The receiver holds more than 16 characters while
 * its FIFO is on, which no driver can tell. Line settings are kept and mean
 * nothing; the modem's lines say that somebody is there, and never change but
 * in loopback. There are no break, parity or framing errors, and no modem
 * status interrupt.
 *
 * The interrupt is an edge: whoever drives one that is a level gets one more
 * for whatever is left after each step that took something away.
 *
 * Ownership: the caller's memory. Concurrency: none kept, the caller
 * serialises. Trust: accesses are a guest's; none takes more than constant
 * time, frontend_uart_take() that of FRONTEND_UART_FIFO copies; and none can do
 * more than change what the guest itself finds there.
 */
#ifndef FRONTEND_UART_H
#define FRONTEND_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRONTEND_UART_REGISTERS	8
#define FRONTEND_UART_FIFO	1024

/* What an access comes to besides, as bits. */
#define FRONTEND_UART_SENDS	0x1U	/* the byte written goes out */
#define FRONTEND_UART_RAISES	0x2U	/* its interrupt is to be raised */

struct frontend_uart {
	uint8_t divisor[2];
	uint8_t interrupts;		/* IER */
	uint8_t line;			/* LCR */
	uint8_t modem;			/* MCR */
	uint8_t scratch;
	bool fifo;
	bool overrun;
	bool sent;			/* the transmitter has become empty */
	unsigned int first, count;	/* in received[], a ring */
	uint8_t received[FRONTEND_UART_FIFO];
};

/* As at power-on: registers are zero, and nothing has been received. */
void frontend_uart_reset(struct frontend_uart *uart);

/*
 * The guest reads or writes the register at `offset`, below
 * FRONTEND_UART_REGISTERS; FRONTEND_UART_* bits.
 */
unsigned int frontend_uart_read(struct frontend_uart *uart, unsigned int offset,
				uint8_t *value);
unsigned int frontend_uart_write(struct frontend_uart *uart,
				 unsigned int offset, uint8_t value);

/*
 * A character arrives; without room it is lost, and the guest can tell. A
 * receiver whose FIFO is off holds one, as it always did. FRONTEND_UART_* bits.
 */
unsigned int frontend_uart_receive(struct frontend_uart *uart, uint8_t value);

/*
 * Takes up to `size` characters that were received, oldest first, for a guest
 * that asks for them in another way than by the registers; how many there were.
 * *effects: FRONTEND_UART_* bits.
 */
size_t frontend_uart_take(struct frontend_uart *uart, uint8_t *bytes,
			  size_t size, unsigned int *effects);

#endif
