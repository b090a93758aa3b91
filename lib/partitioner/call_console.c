/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug console, per compartment: whole lines with the compartment's name in
 * front. There is no input. The functions are those of SBI's debug console
 * extension (SBI specification, chapter 12), whatever carries the call.
 */
#include <partitioner/arch.h>

/* Most that one call writes; the rest is the caller's to write again. */
#define CONSOLE_CALL_MAX	4096

/*
 * A page at a time, for that is what can be opened, and a line at a time, so
 * that a long text keeps nobody waiting who wants this hart to stop. Returns
 * how much was written.
 */
static uint64_t console_write_lines(int id, uint64_t addr, uint64_t size)
{
	struct console_line *line = &partitioner.partitions[id].line;
	uint64_t done = 0, piece;
	const char *bytes;

	while (done < size && !hart_must_stop()) {
		piece = GUEST_PAGE_SIZE - (addr + done) % GUEST_PAGE_SIZE;
		if (piece > size - done)
			piece = size - done;
		bytes = arch_guest_open(addr + done, piece);
		done += console_line_write(line, arch_console_emit, bytes,
					   piece);
		arch_guest_close();
	}
	return done;
}

static long console_write(struct hart *self, struct call *call)
{
	uint64_t size = call->args[0];
	int id = self->compartment;

	/* Stops a guest from having foreign memory printed. */
	if (call->args[2] || !guest_memory_owns(id, call->args[1], size))
		return CALL_ERR_INVALID_PARAM;
	if (size > CONSOLE_CALL_MAX)
		size = CONSOLE_CALL_MAX;
	call->value = console_write_lines(id, call->args[1], size);
	hart_count(self, COMPARTMENT_COUNTER_CONSOLE_BYTES, call->value);
	return CALL_SUCCESS;
}

/* There is no input; the buffer is checked as if there were. */
static long console_read(int id, struct call *call)
{
	/* Would have input written into foreign memory. */
	if (call->args[2] ||
	    !guest_memory_owns(id, call->args[1], call->args[0]))
		return CALL_ERR_INVALID_PARAM;
	return CALL_SUCCESS;
}

long call_console(struct hart *self, uint64_t function, struct call *call)
{
	int id = self->compartment;
	char byte = (char)call->args[0];

	switch (function) {
	case CONSOLE_FID_WRITE:
		return console_write(self, call);
	case CONSOLE_FID_READ:
		return console_read(id, call);
	case CONSOLE_FID_WRITE_BYTE:
		console_line_write(&partitioner.partitions[id].line,
				   arch_console_emit, &byte, 1);
		hart_count(self, COMPARTMENT_COUNTER_CONSOLE_BYTES, 1);
		return CALL_SUCCESS;
	default:
		return CALL_ERR_NOT_SUPPORTED;
	}
}
