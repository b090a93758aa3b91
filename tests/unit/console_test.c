/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console multiplexer without a focus: whole lines, prefixes, nothing that a
 * terminal obeys. console_focus_test.c has what moves within a line, and what
 * is shown before it is whole.
 */
#include <string.h>

#include "console_sink.h"
#include "unit.h"

static void prefixes_whole_lines(void)
{
	console_setup();
	put(&one, "one\ntw");
	CU_ASSERT_STRING_EQUAL(out, "one: one\n");
	put(&one, "o\n\n");
	CU_ASSERT_STRING_EQUAL(out, "one: one\none: two\none: \n");
	UNIT_ASSERT_INT(out_calls, 3);
}

/* So that whoever writes many lines can be stopped between them. */
static void takes_one_line_at_a_time(void)
{
	console_setup();
	UNIT_ASSERT_INT(console_write(&console, &one, "a\nb\nc", 5), 2);
	UNIT_ASSERT_INT(out_calls, 1);
	UNIT_ASSERT_INT(console_write(&console, &one, "b\nc", 3), 2);
	UNIT_ASSERT_INT(console_write(&console, &one, "c", 1), 1);
	UNIT_ASSERT_INT(out_calls, 2);
}

static void keeps_compartments_apart(void)
{
	console_setup();
	put(&one, "half ");
	put(&two, "line\n");
	put(&one, "line\n");
	CU_ASSERT_STRING_EQUAL(out, "two: line\none: half line\n");
}

static void defuses_control_characters(void)
{
	console_setup();
	put(&one, "\x01 \v\f\x0e \x7f\x80\x9b\xff\n");
	CU_ASSERT_STRING_EQUAL(out, "one: ? ??? ????\n");
}

static void makes_tabs_spaces(void)
{
	console_setup();
	put(&one, "\t1\t1234567\t12345678\t.\n");
	CU_ASSERT_STRING_EQUAL(out,
		"one:         1       1234567 12345678        .\n");
}

/* A tab at the end of a line is a line's end, and no more than that. */
static void breaks_a_line_in_a_tab(void)
{
	char text[CONSOLE_LINE_MAX];
	unsigned int n;

	for (n = 140; n < CONSOLE_LINE_MAX - 6; n++) {
		console_setup();
		memset(text, 'x', n);
		text[n] = '\0';
		put(&one, text);
		UNIT_ASSERT_INT(out_calls, 0);
		put(&one, "\t");
		UNIT_ASSERT_INT(out_calls, n + 5 + 8 - n % 8 >=
				       CONSOLE_LINE_MAX - 1);
		put(&one, "\n");
		CU_ASSERT(out_length <= n + 8 + 14);
	}
}

static void breaks_long_lines(void)
{
	char text[1000];

	memset(text, 'x', sizeof(text));
	console_setup();
	console_line_init(&one, "a-rather-long-n");
	put_bytes(&one, text, sizeof(text));
	console_flush(&console, &one);
	CU_ASSERT(out_calls > 1000 / CONSOLE_LINE_MAX);
	UNIT_ASSERT_INT(out_length,
			1000 + out_calls * strlen("a-rather-long-n: \n"));
}

static void cuts_an_overlong_name(void)
{
	console_setup();
	console_line_init(&one, "0123456789abcdefXYZ");
	put(&one, "t\n");
	CU_ASSERT_STRING_EQUAL(out, "0123456789abcdef: t\n");
}

static void flushes_once(void)
{
	console_setup();
	put(&one, "rest");
	console_flush(&console, &one);
	console_flush(&console, &one);
	CU_ASSERT_STRING_EQUAL(out, "one: rest\n");
}

static void prints_as_it_is(void)
{
	console_setup();
	console_print(&console, "a\nb\n", 4);
	CU_ASSERT_STRING_EQUAL(out, "a\nb\n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(prefixes_whole_lines),
	UNIT_TEST(takes_one_line_at_a_time),
	UNIT_TEST(keeps_compartments_apart),
	UNIT_TEST(defuses_control_characters),
	UNIT_TEST(makes_tabs_spaces),
	UNIT_TEST(breaks_a_line_in_a_tab),
	UNIT_TEST(breaks_long_lines),
	UNIT_TEST(cuts_an_overlong_name),
	UNIT_TEST(flushes_once),
	UNIT_TEST(prints_as_it_is),
};
UNIT_MAIN("console", tests)
