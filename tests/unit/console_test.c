/* SPDX-License-Identifier: BSD-2-Clause */
/* Console multiplexer: whole lines, prefixes, nothing a terminal obeys. */
#include <compartment/console.h>
#include <string.h>

#include "unit.h"

static char out[4096];
static size_t length;
static unsigned int calls;

static void sink(const char *text, size_t n)
{
	UNIT_ASSERT_INT(text[n - 1], '\n');
	CU_ASSERT(n <= CONSOLE_LINE_MAX);
	memcpy(out + length, text, n);
	length += n;
	out[length] = '\0';
	calls++;
}

static void setup(struct console_line *line, const char *name)
{
	length = 0;
	calls = 0;
	out[0] = '\0';
	console_line_init(line, name);
}

static void put(struct console_line *line, const char *text)
{
	console_line_write(line, sink, text, strlen(text));
}

static void prefixes_whole_lines(void)
{
	struct console_line line;

	setup(&line, "client");
	put(&line, "one\ntw");
	CU_ASSERT_STRING_EQUAL(out, "client: one\n");
	put(&line, "o\n\n");
	CU_ASSERT_STRING_EQUAL(out, "client: one\nclient: two\nclient: \n");
}

static void keeps_compartments_apart(void)
{
	struct console_line one, two;

	setup(&one, "one");
	setup(&two, "two");
	put(&one, "half ");
	put(&two, "line\n");
	put(&one, "line\n");
	CU_ASSERT_STRING_EQUAL(out, "two: line\none: half line\n");
}

static void defuses_control_characters(void)
{
	struct console_line line;

	setup(&line, "evil");
	put(&line, "\x1b[2J\rclient: \x07\x7f\x80\xff\tok\n");
	CU_ASSERT_STRING_EQUAL(out, "evil: ?[2Jclient: ????\tok\n");
}

static void breaks_long_lines(void)
{
	struct console_line line;
	char text[1000];

	memset(text, 'x', sizeof(text));
	setup(&line, "a-rather-long-n");
	console_line_write(&line, sink, text, sizeof(text));
	console_line_flush(&line, sink);
	CU_ASSERT(calls > 1000 / CONSOLE_LINE_MAX);
	UNIT_ASSERT_INT(length, 1000 + calls * strlen("a-rather-long-n: \n"));
}

static void cuts_an_overlong_name(void)
{
	struct console_line line;

	setup(&line, "0123456789abcdefXYZ");
	put(&line, "t\n");
	CU_ASSERT_STRING_EQUAL(out, "0123456789abcdef: t\n");
}

static void flushes_once(void)
{
	struct console_line line;

	setup(&line, "n");
	put(&line, "rest");
	console_line_flush(&line, sink);
	console_line_flush(&line, sink);
	CU_ASSERT_STRING_EQUAL(out, "n: rest\n");
}

static const struct unit_test tests[] = {
	UNIT_TEST(prefixes_whole_lines),
	UNIT_TEST(keeps_compartments_apart),
	UNIT_TEST(defuses_control_characters),
	UNIT_TEST(breaks_long_lines),
	UNIT_TEST(cuts_an_overlong_name),
	UNIT_TEST(flushes_once),
};
UNIT_MAIN("console", tests)
