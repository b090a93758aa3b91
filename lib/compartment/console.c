/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/console.h>

#define TAB_STOPS	8U
#define NUMBER_MAX	1000U	/* more columns than any line has */

#define CHAR_BACKSPACE	'\b'
#define CHAR_ESCAPE	'\33'

void console_line_init(struct console_line *line, const char *name)
{
	unsigned int i;

	*line = (struct console_line){ 0 };
	for (i = 0; name[i] && i < CONSOLE_NAME_MAX; i++)
		line->text[i] = name[i];
	line->text[i++] = ':';
	line->text[i++] = ' ';
	line->prefix = i;
	line->length = i;
	line->at = i;
}

/* ---- The row that is shown ---- */

/* Emits the line from the cursor on: what is there already moves the cursor. */
static void row_emit(struct console *console, unsigned int end)
{
	if (end <= console->cursor)
		return;
	console->sink(console->focus->text + console->cursor,
		      end - console->cursor);
	console->cursor = end;
}

static void row_move(struct console *console, unsigned int to)
{
	for (; console->cursor > to; console->cursor--)
		console->sink("\b", 1);
	row_emit(console, to);
}

static void row_hide(struct console *console)
{
	if (console->shown)
		console->sink("\r\33[K", 4);
	console->shown = false;
}

/* Makes the row what the line is; what was erased is blank in text[]. */
static void row_update(struct console *console)
{
	const struct console_line *line = console->focus;
	unsigned int end = console->drawn;

	if (end < line->length)
		end = line->length;
	if (console->changed < end) {
		row_move(console, console->changed);
		row_emit(console, end);
	}
	console->drawn = line->length;
	console->changed = CONSOLE_LINE_MAX;
}

static void row_show(struct console *console)
{
	struct console_line *line = console->focus;

	if (console->shown) {
		row_update(console);
	} else if (line && line->length > line->prefix) {
		console->shown = true;
		console->cursor = 0;
		row_emit(console, line->length);
		console->drawn = line->length;
		console->changed = CONSOLE_LINE_MAX;
		row_move(console, line->at);
	}
}

/* ---- What a compartment writes ---- */

static void line_complete(struct console *console, struct console_line *line)
{
	if (console->shown && console->focus == line) {
		row_update(console);
		row_move(console, line->length);
		console->sink("\n", 1);
		console->shown = false;
	} else {
		row_hide(console);
		line->text[line->length] = '\n';
		console->sink(line->text, line->length + 1);
	}
	line->length = line->prefix;
	line->at = line->prefix;
}

/* What is at `from` and behind it differs from what is shown. */
static void line_change(struct console *console,
			const struct console_line *line, unsigned int from)
{
	if (console->focus == line && from < console->changed)
		console->changed = from;
}

/* A printable character; whether that completed the line. */
static bool line_put(struct console *console, struct console_line *line, char c)
{
	line_change(console, line, line->at);
	line->text[line->at++] = c;
	if (line->length < line->at)
		line->length = line->at;
	if (line->length < CONSOLE_LINE_MAX - 1)
		return false;
	line_complete(console, line);
	return true;
}

static bool line_tab(struct console *console, struct console_line *line)
{
	bool complete;

	do
		complete = line_put(console, line, ' ');
	while (!complete && (line->at - line->prefix) % TAB_STOPS);
	return complete;
}

static void line_erase(struct console *console, struct console_line *line)
{
	line_change(console, line, line->at);
	while (line->length > line->at)
		line->text[--line->length] = ' ';
}

static void line_move(struct console_line *line, char direction)
{
	unsigned int columns = line->number ? line->number : 1;

	if (direction == 'C')
		line->at = line->length - line->at < columns ?
			   line->length : line->at + columns;
	else
		line->at = line->at - line->prefix < columns ?
			   line->prefix : line->at - columns;
}

/* The end of a control sequence (ECMA-48, 5.4). */
static void line_control(struct console *console, struct console_line *line,
			 char c)
{
	line->escape = CONSOLE_ESCAPE_NONE;
	if ((c == 'J' || c == 'K') && !line->number)
		line_erase(console, line);
	else if (c == 'C' || c == 'D')
		line_move(line, c);
}

/* Whether the character is part of an escape sequence, which is left out. */
static bool line_escape(struct console *console, struct console_line *line,
			char c)
{
	if (c == CHAR_ESCAPE) {
		line->escape = CONSOLE_ESCAPE_BEGUN;
		line->number = 0;
		return true;
	}
	/* Whatever else is in between ends the sequence. */
	if (line->escape == CONSOLE_ESCAPE_NONE || c < ' ' || c > '~') {
		line->escape = CONSOLE_ESCAPE_NONE;
		return false;
	}
	if (line->escape == CONSOLE_ESCAPE_BEGUN && c == '[')
		line->escape = CONSOLE_ESCAPE_CONTROL;
	else if (line->escape == CONSOLE_ESCAPE_BEGUN && c >= '0')
		line->escape = CONSOLE_ESCAPE_NONE;
	else if (c >= '@')
		line_control(console, line, c);
	else if (c >= '0' && c <= '9' && line->number < NUMBER_MAX)
		line->number = 10 * line->number + (unsigned int)(c - '0');
	return true;
}

/* Whether that completed the line. */
static bool line_take(struct console *console, struct console_line *line,
		      char c)
{
	if (line_escape(console, line, c))
		return false;
	switch (c) {
	case '\n':
		line_complete(console, line);
		return true;
	case '\t':
		return line_tab(console, line);
	case '\r':
		line->at = line->prefix;
		return false;
	case CHAR_BACKSPACE:
		if (line->at > line->prefix)
			line->at--;
		return false;
	case '\a':
		return false;
	}
	/* Stops whatever else a terminal would obey. */
	return line_put(console, line, c < ' ' || c > '~' ? '?' : c);
}

size_t console_write(struct console *console, struct console_line *line,
		     const volatile char *bytes, size_t count)
{
	bool complete = false;
	size_t taken = 0;
	char c = '\0';

	while (taken < count && !complete) {
		c = bytes[taken++];
		complete = line_take(console, line, c);
	}
	if (!complete && console->focus != line)
		return taken;
	row_show(console);
	/* What follows a carriage return is most often the end of the line. */
	if (console->shown && c != '\r')
		row_move(console, console->focus->at);
	return taken;
}

void console_flush(struct console *console, struct console_line *line)
{
	if (line->length == line->prefix)
		return;
	line_complete(console, line);
	row_show(console);
}

void console_print(struct console *console, const char *text, size_t length)
{
	row_hide(console);
	console->sink(text, length);
	row_show(console);
}

void console_set_focus(struct console *console, struct console_line *line)
{
	row_hide(console);
	console->focus = line;
	row_show(console);
}
