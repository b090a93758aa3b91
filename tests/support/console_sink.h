/* SPDX-License-Identifier: BSD-2-Clause */
/* A console with two lines, "one" and "two", and what it has put out. */
#ifndef CONSOLE_SINK_H
#define CONSOLE_SINK_H

#include <compartment/console.h>
#include <stddef.h>

extern struct console console;
extern struct console_line one, two;

extern char out[65536]; /* ends with a 0 */
extern size_t out_length;
extern unsigned int out_calls; /* of the sink */

void console_setup(void);
/* Puts all of it, in as many calls as that takes. */
void put_bytes(struct console_line *line, const char *text, size_t n);
void put(struct console_line *line, const char *text);

#endif
