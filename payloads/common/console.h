/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A payload's console: the firmware's, one call for each text. The firmware
 * puts the compartment's name before every line.
 *
 * Ownership: texts are the caller's and are used during the call only.
 * Concurrency: any hart may call; texts of different harts do not mix within
 * one call of up to CONSOLE_TEXT_MAX bytes, the rest of a longer one is cut
 * off.
 * Trust: formats are the payload's own; a peer's words are for %s at most, and
 * the firmware lets only printable characters pass.
 */
#ifndef COMMON_CONSOLE_H
#define COMMON_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define CONSOLE_TEXT_MAX 256

void console_write(const char *text, size_t size);

/* %c %s %d %u %x %p %%, `l`, `ll`, `z`; a width with or without a leading 0. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same into `buffer`, cut off at `size` - 1 characters and terminated. */
void print_to(char *buffer, size_t size, const char *format, va_list args);

#endif
