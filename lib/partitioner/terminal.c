/* SPDX-License-Identifier: BSD-2-Clause */
/* The one console: what compartments and the firmware itself print on it. */
#include <partitioner/arch.h>

static struct console console = { .sink = arch_console_emit };

static struct console_line *line_get(unsigned int id)
{
	return &partitioner.partitions[id].line;
}

void terminal_print(const char *text, size_t length)
{
	arch_console_acquire();
	console_print(&console, text, length);
	arch_console_release();
}

size_t terminal_write(unsigned int id, const volatile char *bytes, size_t count)
{
	size_t taken;

	arch_console_acquire();
	taken = console_write(&console, line_get(id), bytes, count);
	arch_console_release();
	return taken;
}

void terminal_flush(unsigned int id)
{
	arch_console_acquire();
	console_flush(&console, line_get(id));
	arch_console_release();
}

void terminal_show(unsigned int id)
{
	arch_console_acquire();
	console_set_focus(&console, line_get(id));
	arch_console_release();
}
