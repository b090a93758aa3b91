/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/text.h>
#include <partitioner/arch.h>

static void print_line(const char *format, va_list args)
{
	char buffer[COMPARTMENT_LINE_MAX + 16];
	struct text text = { .buffer = buffer, .size = sizeof(buffer) - 1 };

	text_append(&text, "bulkhead: ");
	text_vappend(&text, format, args);
	buffer[text.used] = '\n';
	terminal_print(buffer, text.used + 1);
}

void partitioner_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

void partitioner_print_line(void *context, const char *text)
{
	(void)context;
	partitioner_print("%s", text);
}

void partitioner_fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
	partitioner_stop();
}
