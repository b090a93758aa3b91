/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/console.h>
#include <stdbool.h>

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

/* With the lock held; whether that completed the line. */
static bool line_put(struct console_line *line, console_sink sink, char c)
{
	if (c == '\r')
		return false;
	if (c == '\n') {
		line_emit(line, sink);
		return true;
	}
	/* Stops escape sequences and anything else a terminal would obey. */
	if (c != '\t' && (c < ' ' || c > '~'))
		c = '?';
	line->text[line->length++] = c;
	if (line->length < CONSOLE_LINE_MAX - 1)
		return false;
	line_emit(line, sink);
	return true;
}

size_t console_line_write(struct console_line *line, console_sink sink,
			  const volatile char *bytes, size_t count)
{
	bool complete = false;
	size_t taken = 0;

	port_lock_acquire(&line->lock);
	while (taken < count && !complete)
		complete = line_put(line, sink, bytes[taken++]);
	port_lock_release(&line->lock);
	return taken;
}

void console_line_flush(struct console_line *line, console_sink sink)
{
	port_lock_acquire(&line->lock);
	if (line->length > line->prefix)
		line_emit(line, sink);
	port_lock_release(&line->lock);
}
