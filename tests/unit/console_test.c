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

static void put_bytes(struct console_line *line, const char *text, size_t n)
{
	while (n) {
		size_t taken = console_line_write(line, sink, text, n);

		CU_ASSERT_FATAL(taken > 0 && taken <= n);
		text += taken;
		n -= taken;
	}
}

static void put(struct console_line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
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

/* So that whoever writes many lines can be stopped between them. */
static void takes_one_line_at_a_time(void)
{
	struct console_line line;

	setup(&line, "n");
	UNIT_ASSERT_INT(console_line_write(&line, sink, "a\nb\nc", 5), 2);
	UNIT_ASSERT_INT(calls, 1);
	UNIT_ASSERT_INT(console_line_write(&line, sink, "b\nc", 3), 2);
	UNIT_ASSERT_INT(console_line_write(&line, sink, "c", 1), 1);
	UNIT_ASSERT_INT(calls, 2);
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
	put_bytes(&line, text, sizeof(text));
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
	UNIT_TEST(takes_one_line_at_a_time),
	UNIT_TEST(keeps_compartments_apart),
	UNIT_TEST(defuses_control_characters),
	UNIT_TEST(breaks_long_lines),
	UNIT_TEST(cuts_an_overlong_name),
	UNIT_TEST(flushes_once),
};
UNIT_MAIN("console", tests)
