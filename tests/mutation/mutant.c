/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "mutant.h"

static unsigned long disabled;
static uint8_t decisive[MUTANT_MAX];

static void write_decisive(void)
{
	FILE *file = fopen(getenv("MUTANT_DECISIVE"), "w");
	unsigned int i;

	if (!file)
		abort();
	for (i = 0; i < MUTANT_MAX; i++) {
		if (decisive[i])
			fprintf(file, "%u\n", i);
	}
	if (fclose(file))
		abort();
}

static __attribute__((constructor)) void read_environment(void)
{
	const char *number = getenv("MUTANT");

	if (number)
		disabled = strtoul(number, NULL, 10);
	if (getenv("MUTANT_DECISIVE"))
		atexit(write_decisive);
}

static void note(unsigned int number)
{
	__atomic_store_n(&decisive[number], 1, __ATOMIC_RELAXED);
}

_Bool mutant_never(unsigned int number, _Bool value)
{
	if (value)
		note(number);
	return value && number != disabled;
}

_Bool mutant_always(unsigned int number, _Bool value)
{
	if (!value)
		note(number);
	return value || number == disabled;
}
