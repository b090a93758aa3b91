/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ordering test: the model against known shapes, the rings upon the model,
 * and the rings once more for each place that asks for an order, without it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "litmus.h"
#include "ring.h"

/* Gathered by the linker from all uses of the ordering names (port_arch.h). */
extern struct order_site __start_order_sites[], __stop_order_sites[];

static unsigned int tests, failed;

static void test_result(bool passed, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void test_result(bool passed, const char *format, ...)
{
	va_list arguments;

	failed += !passed;
	printf("%s %u - ", passed ? "ok" : "not ok", ++tests);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
	fflush(stdout);
}

static void run_shapes(void)
{
	unsigned int i, weak;

	for (i = 0; i < litmus_count; i++)
		for (weak = 0; weak < 2; weak++)
			test_result(litmus_explore(i, weak),
				    "model: %s: %s, %s", litmus_name(i),
				    weak ? "unordered" : "ordered",
				    litmus_expected(i, weak));
}

/* Of the first case that fails, its execution is printed, too. */
static void run_cases(void)
{
	unsigned int i, failed_before = failed;
	struct order_result result;

	for (i = 0; i < ring_case_count; i++) {
		result = ring_explore(&ring_cases[i], failed == failed_before);
		if (result.failure)
			test_result(false, "%s: %s", ring_cases[i].name,
				    result.failure);
		else
			test_result(true, "%s: %lu states", ring_cases[i].name,
				    result.states);
	}
}

/* Without this site's order some case must fail: else it would be there for
 * nothing, or no case would show what for. */
static void run_weakened(struct order_site *site)
{
	const char *failure = NULL;
	unsigned int i;

	site->weak = true;
	for (i = 0; i < ring_case_count && !failure; i++)
		failure = ring_explore(&ring_cases[i], false).failure;
	site->weak = false;
	test_result(failure, "%s:%u %s() without its %s: %s%s%s", site->file,
		    site->line, site->function, site->order,
		    failure ? ring_cases[i - 1].name : "",
		    failure ? ": " : "nothing goes wrong",
		    failure ? failure : "");
}

static void run_sites(void)
{
	struct order_site *site;

	for (site = __start_order_sites; site < __stop_order_sites; site++) {
		if (site->reached)
			run_weakened(site);
		else
			test_result(false, "%s:%u %s(): no case reaches its %s",
				    site->file, site->line, site->function,
				    site->order);
	}
}

int main(void)
{
	run_shapes();
	run_cases();
	/* What fails anyway says nothing about a missing order. */
	if (!failed)
		run_sites();
	printf("1..%u\n", tests);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
