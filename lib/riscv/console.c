/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug console extension (SBI specification, chapter 12), per compartment:
 * whole lines with the compartment's name in front. There is no input.
 */
#include <sbi/sbi_console.h>
#include <sbi/sbi_ecall.h>
#include <sbi/sbi_ecall_interface.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_trap.h>
#include "firmware.h"

/* Most that one call writes; the rest is the caller's to write again. */
#define CONSOLE_CALL_MAX	4096

extern struct sbi_ecall_extension ecall_console;

void console_emit(const char *text, size_t length)
{
	sbi_nputs(text, length);
}

/*
 * A page at a time, for that is what can be opened, and a line at a time, so
 * that a long text keeps nobody waiting who wants this hart to stop. Returns
 * how much was written.
 */
static unsigned long console_write_lines(int id, unsigned long addr,
					 unsigned long size)
{
	unsigned long done = 0, piece;
	const char *bytes;

	while (done < size && !hart_must_stop()) {
		piece = GUEST_PAGE_SIZE - (addr + done) % GUEST_PAGE_SIZE;
		if (piece > size - done)
			piece = size - done;
		bytes = guest_memory_open(addr + done, piece);
		done += console_line_write(&firmware.runtime[id].line,
					   console_emit, bytes, piece);
		guest_memory_close();
	}
	return done;
}

static int console_write(int id, const struct sbi_trap_regs *regs,
			 struct sbi_ecall_return *out)
{
	unsigned long size = regs->a0;

	/* Stops a guest from having foreign memory printed. */
	if (regs->a2 || !guest_memory_owns(id, regs->a1, size))
		return SBI_ERR_INVALID_PARAM;
	if (size > CONSOLE_CALL_MAX)
		size = CONSOLE_CALL_MAX;
	out->value = console_write_lines(id, regs->a1, size);
	hart_count(COMPARTMENT_COUNTER_CONSOLE_BYTES, out->value);
	return SBI_SUCCESS;
}

/* There is no input; the buffer is checked as if there were. */
static int console_read(int id, const struct sbi_trap_regs *regs,
			struct sbi_ecall_return *out)
{
	/* Would have input written into foreign memory. */
	if (regs->a2 || !guest_memory_owns(id, regs->a1, regs->a0))
		return SBI_ERR_INVALID_PARAM;
	out->value = 0;
	return SBI_SUCCESS;
}

static int console_handle(unsigned long extid, unsigned long funcid,
			  struct sbi_trap_regs *regs,
			  struct sbi_ecall_return *out)
{
	int id = hart_this()->compartment;
	char byte = regs->a0;

	switch (funcid) {
	case SBI_EXT_DBCN_CONSOLE_WRITE:
		return console_write(id, regs, out);
	case SBI_EXT_DBCN_CONSOLE_READ:
		return console_read(id, regs, out);
	case SBI_EXT_DBCN_CONSOLE_WRITE_BYTE:
		console_line_write(&firmware.runtime[id].line, console_emit,
				   &byte, 1);
		hart_count(COMPARTMENT_COUNTER_CONSOLE_BYTES, 1);
		return SBI_SUCCESS;
	default:
		return SBI_ERR_NOT_SUPPORTED;
	}
}

static int console_ecall_register(void)
{
	return sbi_ecall_register_extension(&ecall_console);
}

struct sbi_ecall_extension ecall_console = {
	.name			= "dbcn",
	.extid_start		= SBI_EXT_DBCN,
	.extid_end		= SBI_EXT_DBCN,
	.register_extensions	= console_ecall_register,
	.handle			= console_handle,
};
