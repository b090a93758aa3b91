/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/console.h>

void console_line_init(struct console_line *line, const char *name)
{
	unsigned int i;

	line->lock = (struct port_lock){ 0 };
	for (i = 0; name[i] && i < CONSOLE_NAME_MAX; i++)
		line->text[i] = name[i];
	line->text[i++] = ':';
	line->text[i++] = ' ';
	line->prefix = i;
	line->length = i;
}

/* With the lock held. */
static void line_emit(struct console_line *line, console_sink sink)
{
	line->text[line->length++] = '\n';
	sink(line->text, line->length);
	line->length = line->prefix;
}

/* With the lock held. */
static void line_put(struct console_line *line, console_sink sink, char c)
{
	if (c == '\r')
		return;
	if (c == '\n') {
		line_emit(line, sink);
		return;
	}
	/* Stops escape sequences and anything else a terminal would obey. */
	if (c != '\t' && (c < ' ' || c > '~'))
		c = '?';
	line->text[line->length++] = c;
	if (line->length == CONSOLE_LINE_MAX - 1)
		line_emit(line, sink);
}

void console_line_write(struct console_line *line, console_sink sink,
			const volatile char *bytes, size_t count)
{
	size_t i;

	port_lock_acquire(&line->lock);
	for (i = 0; i < count; i++)
		line_put(line, sink, bytes[i]);
	port_lock_release(&line->lock);
}

void console_line_flush(struct console_line *line, console_sink sink)
{
	port_lock_acquire(&line->lock);
	if (line->length > line->prefix)
		line_emit(line, sink);
	port_lock_release(&line->lock);
}
