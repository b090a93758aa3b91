/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console multiplexer: every compartment's output becomes whole lines, each
 * prefixed with the compartment's name.
 *
 * One line at most, that of whoever has the *focus*, is shown while it is still
 * being written: it is the terminal's last row. When somebody else prints, that
 * row is taken back ("\r", then "\33[K", which nothing else emits), the whole
 * line of the other is printed, and the unfinished one is shown anew behind it.
 * So what a terminal, or a file, has to the right of the last such sequence is
 * what the line was.
 *
 * Ownership: the caller owns console and lines for as long as they are used.
 *
 * Concurrency: none kept, the caller serialises. A call emits 4 times
 * CONSOLE_LINE_MAX characters at most, whatever the bytes.
 *
 * Trust: the bytes come from guests. Only printable ASCII gets through, so that
 * no compartment can steer the reader's terminal, forge another's prefix or
 * break another's line. A carriage return and a backspace move within the
 * compartment's own text; tabs become spaces; of escape sequences those that
 * move left or right by columns and that erase to the right are understood, in
 * the compartment's own text, and the others are left out.
 */
#ifndef COMPARTMENT_CONSOLE_H
#define COMPARTMENT_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define CONSOLE_NAME_MAX	16
/* Prefix, text and newline together; a longer line is continued on another. */
#define CONSOLE_LINE_MAX	160

enum console_escape {
	CONSOLE_ESCAPE_NONE,
	CONSOLE_ESCAPE_BEGUN,		/* after ESC */
	CONSOLE_ESCAPE_CONTROL,		/* after ESC and [ */
};

struct console_line {
	unsigned int prefix;	/* bytes of text[] that are the prefix */
	unsigned int length;	/* bytes of text[] in use, prefix included */
	unsigned int at;	/* where the next character goes */
	enum console_escape escape;
	unsigned int number;	/* in an escape sequence */
	char text[CONSOLE_LINE_MAX];
};

/* Shows text; a newline puts the cursor at the start of the next row. */
typedef void (*console_sink)(const char *text, size_t length);

struct console {
	console_sink sink;
	struct console_line *focus;	/* or NULL */
	bool shown;			/* its line is the last row */
	unsigned int drawn;		/* how much of it is there */
	unsigned int cursor;		/* where in it the cursor is */
	unsigned int changed;		/* from where on it is not as it is */
};

/* Starts an empty line with the prefix "<name>: ". */
void console_line_init(struct console_line *line, const char *name);

/*
 * Writes guest bytes up to the end of a line, or all of them if they do not
 * complete one; returns how many it took. `bytes` is memory that may change
 * while it is read; each byte is read once.
 */
size_t console_write(struct console *console, struct console_line *line,
		     const volatile char *bytes, size_t count);

/* Completes a line that was begun, if any. */
void console_flush(struct console *console, struct console_line *line);

/* Prints what nobody writes who has a line: whole lines of the firmware. */
void console_print(struct console *console, const char *text, size_t length);

/* From now on that line is shown as it is written; NULL: none is. */
void console_set_focus(struct console *console, struct console_line *line);

#endif
