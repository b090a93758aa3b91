/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results of checks that a payload makes, as lines that a test reads:
 * `PASS name`, `FAIL name`.
 *
 * One hart reports.
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

#include <stdbool.h>

struct report_totals {
	unsigned int passed;
	unsigned int failed;
};

extern struct report_totals report_totals;

/* One line and one count; returns `ok`. */
bool report(bool ok, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
