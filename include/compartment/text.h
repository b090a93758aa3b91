/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded text that grows piece by piece: there is no printf below the
 * firmware.
 *
 * Memory: the buffer is the caller's. Concurrency: one writer. Trust: strings
 * appended may say anything: only printable characters pass, and what does not
 * fit is cut.
 */
#ifndef COMPARTMENT_TEXT_H
#define COMPARTMENT_TEXT_H

#include <stdarg.h>
#include <stddef.h>

struct text {
	char *buffer;
	size_t size;	/* at least 1 */
	size_t used;	/* without the NUL that text_append() keeps behind it */
};

/* `format` knows %s, %u, %lu, %x, %lx and %%. */
void text_vappend(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void text_append(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
