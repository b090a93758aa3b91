/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: a bounded text that grows piece by piece.
 *
 * Memory: the buffer is the caller's. Concurrency: one writer. Trust: strings
 * appended may say anything; what does not fit is cut.
 */
#ifndef LIB_COMPARTMENT_REPORT_H
#define LIB_COMPARTMENT_REPORT_H

#include <stdarg.h>
#include <compartment/error.h>

struct text {
	char *buffer;
	size_t size;	/* at least 1 */
	size_t used;	/* without the NUL that text_append() keeps behind it */
};

void text_vappend(struct text *text, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void text_append(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void compartment_report_verror(struct compartment_report *report,
			       const char *where, const char *property,
			       const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

#endif
