/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <common/console.h>
#include <common/report.h>
#include "hostile.h"

#define NAME_MAX	96
#define DETAILS_MAX	4

struct attempt_totals attempt_totals;

static struct {
	char name[NAME_MAX];
	uint64_t refused;
	uint64_t through;
	bool open;
} group;

void attempt_begin(const char *format, ...)
{
	va_list args;

	attempt_end();
	va_start(args, format);
	print_to(group.name, sizeof(group.name), format, args);
	va_end(args);
	group.refused = 0;
	group.through = 0;
	group.open = true;
}

void attempt(bool refused, const char *what, uint64_t number)
{
	if (refused) {
		group.refused++;
		attempt_totals.refused++;
		return;
	}
	group.through++;
	attempt_totals.through++;
	if (group.through <= DETAILS_MAX)
		print("%s: got through: %s %p\n", group.name, what,
		      (void *)(uintptr_t)number);
}

void attempt_end(void)
{
	if (!group.open)
		return;
	group.open = false;
	report(!group.through && group.refused, "%s (%lu refused)", group.name,
	       group.refused);
}
