/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: an error or a warning with its arguments at hand.
 *
 * Memory and concurrency: the report's. Trust: as <compartment/error.h>.
 */
#ifndef LIB_COMPARTMENT_REPORT_H
#define LIB_COMPARTMENT_REPORT_H

#include <compartment/error.h>
#include <compartment/text.h>

void compartment_report_verror(struct compartment_report *report,
			       const char *where, const char *property,
			       const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

#endif
