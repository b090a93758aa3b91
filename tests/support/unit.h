/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One CUnit program per file in tests/unit: a list of tests and UNIT_MAIN().
 *
 *	static const struct unit_test tests[] = {
 *		UNIT_TEST(region_refuses_wrap),
 *	};
 *	UNIT_MAIN("region", tests)
 *
 * The program runs all tests, or those named on its command line; -l lists the
 * names, -q prints nothing but failures and the run summary. Exit status: 0 all
 * passed, 1 something failed or nothing was asserted, 2 wrong usage.
 */
#ifndef UNIT_H
#define UNIT_H

#include <stddef.h>

#include <CUnit/CUnit.h>

struct unit_test {
	const char *name;
	void (*run)(void);
};

#define UNIT_TEST(function)	{ #function, function }

/* As CU_ASSERT_EQUAL, but a failure shows both values. */
#define UNIT_ASSERT_INT(actual, expected)				\
	unit_assert_int((long long)(actual), (long long)(expected),	\
			#actual, __FILE__, __LINE__)

void unit_assert_int(long long actual, long long expected, const char *what,
		     const char *file, int line);

int unit_main(int argc, char **argv, const char *suite,
	      const struct unit_test *tests, size_t count);

#define UNIT_MAIN(suite, tests)						\
	int main(int argc, char **argv)					\
	{								\
		return unit_main(argc, argv, suite, tests,		\
				 sizeof(tests) / sizeof((tests)[0]));	\
	}

#endif
