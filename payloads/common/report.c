/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <common/console.h>
#include <common/report.h>

struct report_totals report_totals;

bool report(bool ok, const char *format, ...)
{
	char name[CONSOLE_TEXT_MAX / 2];
	va_list args;

	va_start(args, format);
	print_to(name, sizeof(name), format, args);
	va_end(args);
	print("%s %s\n", ok ? "PASS" : "FAIL", name);
	if (ok)
		report_totals.passed++;
	else
		report_totals.failed++;
	return ok;
}
