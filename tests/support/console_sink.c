/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "console_sink.h"
#include "unit.h"

struct console console;
struct console_line one, two;
char out[65536];
size_t out_length;
unsigned int out_calls;

static void sink(const char *text, size_t n)
{
	CU_ASSERT_FATAL(out_length + n < sizeof(out));
	memcpy(out + out_length, text, n);
	out_length += n;
	out[out_length] = '\0';
	out_calls++;
}

void console_setup(void)
{
	out_length = 0;
	out_calls = 0;
	out[0] = '\0';
	console = (struct console){ .sink = sink };
	console_line_init(&one, "one");
	console_line_init(&two, "two");
}

void put_bytes(struct console_line *line, const char *text, size_t n)
{
	while (n) {
		size_t taken = console_write(&console, line, text, n);

		CU_ASSERT_FATAL(taken > 0 && taken <= n);
		text += taken;
		n -= taken;
	}
}

void put(struct console_line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
}
