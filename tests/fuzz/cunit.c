/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Some fakes of tests/support claim things in the way of CUnit. Under a fuzzer
 * there is no test that could fail: what does not hold ends the process.
 */
#include <stdio.h>

#include "fuzz.h"
#include "unit.h"

CU_BOOL CU_assertImplementation(CU_BOOL holds, unsigned int line,
				const char *claim, const char *file,
				const char *function, CU_BOOL fatal)
{
	(void)function;
	(void)fatal;
	if (!holds)
		fuzz_fail(claim, file, (int)line);
	return CU_TRUE;
}

void unit_assert_int(long long actual, long long expected, const char *what,
		     const char *file, int line)
{
	if (actual == expected)
		return;
	fprintf(stderr, "%s is %lld, not %lld\n", what, actual, expected);
	fuzz_fail(what, file, line);
}
