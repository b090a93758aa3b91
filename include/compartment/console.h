/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console multiplexer: every compartment's output becomes whole lines, each
 * prefixed with the compartment's name.
 *
 * Ownership: the caller owns the array of lines for as long as the console is
 * used.
 *
 * Concurrency: harts of one compartment share that compartment's line and its
 * lock; no lock here is shared between compartments. The sink is called with
 * one whole line at a time and serialises them itself, holding its own lock
 * for no longer than CONSOLE_LINE_MAX characters take.
 *
 * Trust: the bytes come from guests. Only printable ASCII, tab and newline get
 * through, so that no compartment can steer the reader's terminal, forge
 * another's prefix or break another's line.
 */
#ifndef COMPARTMENT_CONSOLE_H
#define COMPARTMENT_CONSOLE_H

#include <port/lock.h>
#include <stddef.h>

#define CONSOLE_NAME_MAX	16
/* Prefix, text and newline together; a longer line is continued on another. */
#define CONSOLE_LINE_MAX	160

struct console_line {
	struct port_lock lock;
	unsigned int prefix;	/* bytes of text[] that are the prefix */
	unsigned int length;	/* bytes of text[] in use, prefix included */
	char text[CONSOLE_LINE_MAX];
};

/* Writes `length` bytes, the last of which is a newline. */
typedef void (*console_sink)(const char *text, size_t length);

/* Starts an empty line with the prefix "<name>: ". */
void console_line_init(struct console_line *line, const char *name);

/*
 * Appends guest bytes up to the end of a line, which it hands to the sink, or
 * all of them if they do not complete one; returns how many it took. `bytes`
 * is memory that may change while it is read; each byte is read once.
 */
size_t console_line_write(struct console_line *line, console_sink sink,
			  const volatile char *bytes, size_t count);

/* Completes a line that was begun, if any. */
void console_line_flush(struct console_line *line, console_sink sink);

#endif
