/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug console, per compartment: whole lines with the compartment's name in
 * front; input for a compartment that has a UART, the same. The functions are
 * those of SBI's debug console extension (SBI specification, chapter 12),
 * whatever carries the call.
 */
#include <libfdt_env.h>
#include "present_uart.h"

/* Most that one call writes; the rest is the caller's to write again. */
#define CONSOLE_CALL_MAX	4096
/* Most that one call reads. */
#define CONSOLE_READ_MAX	64U

/*
 * A page at a time, for that is what can be opened, and a line at a time, so
 * that a long text keeps nobody waiting who wants this hart to stop. Returns
 * how much was written.
 */
static uint64_t call_write_lines(int id, uint64_t addr, uint64_t size)
{
	uint64_t done = 0, piece;
	const char *bytes;

	while (done < size && !hart_must_stop()) {
		piece = GUEST_PAGE_SIZE - (addr + done) % GUEST_PAGE_SIZE;
		if (piece > size - done)
			piece = size - done;
		bytes = arch_guest_open(addr + done, piece);
		done += terminal_write((unsigned int)id, bytes, piece);
		arch_guest_close();
	}
	return done;
}

static long call_write(struct hart *self, struct call *call)
{
	uint64_t size = call->args[0];
	int id = self->compartment;

	/* Stops a guest from having foreign memory printed. */
	if (call->args[2] || !guest_memory_owns(id, call->args[1], size))
		return CALL_ERR_INVALID_PARAM;
	if (size > CONSOLE_CALL_MAX)
		size = CONSOLE_CALL_MAX;
	call->value = call_write_lines(id, call->args[1], size);
	hart_count(self, COMPARTMENT_COUNTER_CONSOLE_BYTES, call->value);
	return CALL_SUCCESS;
}

/* Up to the end of the first page, for that is what can be opened. */
static long call_read(int id, struct call *call)
{
	uint64_t size = call->args[0], addr = call->args[1];
	uint64_t piece = GUEST_PAGE_SIZE - addr % GUEST_PAGE_SIZE;
	uint8_t bytes[CONSOLE_READ_MAX];

	/* Would have input written into foreign memory. */
	if (call->args[2] || !guest_memory_owns(id, addr, size))
		return CALL_ERR_INVALID_PARAM;
	if (size > piece)
		size = piece;
	if (size > CONSOLE_READ_MAX)
		size = CONSOLE_READ_MAX;
	size = present_uart_take((unsigned int)id, bytes, size);
	if (!size)
		return CALL_SUCCESS;
	memcpy(arch_guest_open(addr, size), bytes, size);
	arch_guest_close();
	call->value = size;
	return CALL_SUCCESS;
}

long call_console(struct hart *self, uint64_t function, struct call *call)
{
	int id = self->compartment;
	char byte = (char)call->args[0];

	switch (function) {
	case CONSOLE_FID_WRITE:
		return call_write(self, call);
	case CONSOLE_FID_READ:
		return call_read(id, call);
	case CONSOLE_FID_WRITE_BYTE:
		terminal_write((unsigned int)id, &byte, 1);
		hart_count(self, COMPARTMENT_COUNTER_CONSOLE_BYTES, 1);
		return CALL_SUCCESS;
	default:
		return CALL_ERR_NOT_SUPPORTED;
	}
}
