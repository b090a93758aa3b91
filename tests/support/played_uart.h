/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system of partitioner_system.h in which the compartments client and other
 * have a UART that the firmware plays and the server has none, and a console at
 * which a test types.
 */
#ifndef PLAYED_UART_H
#define PLAYED_UART_H

#include "partitioner_system.h"

#define UART		0x10000000UL
#define UART_SIZE	0x100UL
#define INTERRUPT(id)	(40U + (id))
#define ESCAPE		"\x1d"

/* Registers */
enum { DATA, IER, FCR, LCR, MCR, LSR, MSR, SCR };

struct played {
	const char *typed;	/* what has not been taken yet */
	unsigned int listened;	/* how often it was told to */
};

extern struct played played;
extern const struct terminal_source played_source;

/* All compartments run, FIFOs are on, the client has the focus. */
void played_setup(void);
/* One byte. */
struct guest_access played_make_access(unsigned int offset, bool write,
				       uint64_t value);
uint8_t played_get(uint32_t hart, unsigned int offset);
void played_put(uint32_t hart, unsigned int offset, uint8_t value);
/* Sends a text. */
void played_print(uint32_t hart, const char *text);
/* A text is typed, and there is an interrupt. */
void played_type(const char *text);
/* What was received is that text. */
void played_check_read(uint32_t hart, const char *expected);

#endif
