/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <CUnit/Basic.h>

#include "unit.h"

void unit_assert_int(long long actual, long long expected, const char *what,
		     const char *file, int line)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: expected %lld, got %lld", what,
		 expected, actual);
	CU_assertImplementation(actual == expected, (unsigned int)line, text,
				file, "", CU_FALSE);
}

static bool is_selected(const char *name, int argc, char **argv, bool any)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], name))
			return true;
	}
	return !any;
}

static int usage(const char *program)
{
	fprintf(stderr, "usage: %s [-q] [-l] [test...]\n", program);
	return 2;
}

static int add_tests(const char *name, const struct unit_test *tests,
		     size_t count, int argc, char **argv, bool any)
{
	CU_pSuite suite;
	int added = 0;
	size_t i;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return -1;
	suite = CU_add_suite(name, NULL, NULL);
	if (!suite)
		return -1;
	for (i = 0; i < count; i++) {
		if (!is_selected(tests[i].name, argc, argv, any))
			continue;
		if (!CU_add_test(suite, tests[i].name, tests[i].run))
			return -1;
		added++;
	}
	return added;
}

static int run_tests(const char *suite, bool quiet)
{
	unsigned int failed, passed, asserts;

	CU_basic_set_mode(quiet ? CU_BRM_SILENT : CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed();
	passed = CU_get_number_of_tests_run() - failed;
	asserts = CU_get_number_of_asserts();
	if (quiet) {
		if (CU_get_number_of_failures())
			CU_basic_show_failures(CU_get_failure_list());
		printf("%s%s: %u tests passed, %u failed, %u asserts\n",
		       failed ? "\n" : "", suite, passed, failed, asserts);
	}
	failed += CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	return failed || !passed || !asserts;
}

int unit_main(int argc, char **argv, const char *suite,
	      const struct unit_test *tests, size_t count)
{
	bool quiet = false, any = false;
	size_t j;
	int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-q")) {
			quiet = true;
		} else if (!strcmp(argv[i], "-l")) {
			for (j = 0; j < count; j++)
				printf("%s\n", tests[j].name);
			return 0;
		} else if (argv[i][0] == '-') {
			return usage(argv[0]);
		} else {
			any = true;
		}
	}
	if (add_tests(suite, tests, count, argc, argv, any) <= 0)
		return usage(argv[0]);
	return run_tests(suite, quiet);
}
