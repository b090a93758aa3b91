/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What moves within a line of the console, and what a terminal shows of the
 * line that has the focus.
 */
#include <stdint.h>
#include <string.h>

#include "console_sink.h"
#include "unit.h"

#define ROWS	64
#define COLUMNS	200

/* As a UART does it. */
static void put_singly(struct console_line *line, const char *text)
{
	for (; *text; text++)
		put_bytes(line, text, 1);
}

/* ---- A terminal that knows what the console may emit and nothing else ---- */

static char rows[ROWS][COLUMNS];
static unsigned int row, column;

static void show(void)
{
	size_t i;

	memset(rows, 0, sizeof(rows));
	row = column = 0;
	for (i = 0; i < out_length; i++) {
		switch (out[i]) {
		case '\n':
			CU_ASSERT_FATAL(++row < ROWS);
			column = 0;
			continue;
		case '\b':
			CU_ASSERT_FATAL(column > 0);
			column--;
			continue;
		case '\r':
			/* Never but to take back the row. */
			CU_ASSERT_FATAL(!strncmp(out + i, "\r\33[K", 4));
			i += 3;
			column = 0;
			memset(rows[row], 0, COLUMNS);
			continue;
		}
		CU_ASSERT_FATAL(out[i] >= ' ' && out[i] <= '~');
		CU_ASSERT_FATAL(column < COLUMNS - 1);
		rows[row][column++] = out[i];
	}
}

/* What the terminal shows from its first row on, and where its cursor is. */
static void check(const char *expected, unsigned int at)
{
	char text[ROWS * 8];
	unsigned int i;

	show();
	text[0] = '\0';
	for (i = 0; i <= row; i++) {
		strcat(text, rows[i]);
		if (i < row)
			strcat(text, "\n");
	}
	CU_ASSERT_STRING_EQUAL(text, expected);
	UNIT_ASSERT_INT(column, at);
}

/* ---- What moves within a line ---- */

static const struct {
	const char *bytes, *line;
} edits[] = {
	{ "abc\rx\n", "xbc" },
	{ "abc\r\n", "abc" },
	{ "abc\r\r\n", "abc" },
	{ "abc\b\bx\n", "axc" },
	/* The prefix is nobody's to change. */
	{ "ab\b\b\b\b\b\b\b\bxyz\n", "xyz" },
	{ "\b\r\33[9Dx\n", "x" },
	{ "abc\b \b\n", "ab " },
	{ "abc\b\33[Kx\n", "abx" },
	{ "abc\b\b\33[J\n", "a" },
	{ "abc\b\b\33[0Jx\n", "ax" },
	/* Other ways to erase are left out. */
	{ "abc\33[1K\33[2J\33[1;0Kx\n", "abcx" },
	{ "abcd\33[2Dx\n", "abxd" },
	{ "abcd\33[Dx\n", "abcx" },
	{ "abcd\33[0Dx\n", "abcx" },
	{ "abcd\33[4Dx\n", "xbcd" },
	{ "abcd\33[5Dx\n", "xbcd" },
	{ "abcd\33[99999999999999999999Dx\n", "xbcd" },
	{ "abcd\r\33[2Cx\n", "abxd" },
	{ "abcd\r\33[Cx\n", "axcd" },
	{ "abcd\r\33[4Cx\n", "abcdx" },
	{ "abcd\r\33[5Cx\n", "abcdx" },
	{ "abcd\r\33[4294967296Cx\n", "abcdx" },
	/* Left out whole, whatever they would do. */
	{ "\33[31mred\33[0m\n", "red" },
	{ "\33[?2004h$ \33[6n\33[1;1H\n", "$ " },
	{ "\33[ q\33[>4;2m.\n", "." },
	{ "\33(B\33=\33cx\33#8y\n", "xy" },
	{ "\33Xx\n", "x" },
	{ "\a.\a\n", "." },
	/* Whatever does not belong there ends a sequence. */
	{ "\33[3\nx\n", "" },
	{ "a\33[3\x80x\n", "a?x" },
	{ "a\33\33[Kx\n", "ax" },
	{ "a\33[\33[Kx\n", "ax" },
	{ "abc\33\rx\n", "xbc" },
	{ "\33[K\33[@\33[~x\n", "x" },
	/* A number is one sequence's. */
	{ "abcdef\33[3D\33[Dx\n", "abxdef" },
};

static void edits_lines(void)
{
	size_t i, prefix = strlen("one: ");

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		size_t end = strlen(edits[i].line);

		console_setup();
		put(&one, edits[i].bytes);
		CU_ASSERT(!strncmp(out, "one: ", prefix) &&
			  !strncmp(out + prefix, edits[i].line, end) &&
			  out[prefix + end] == '\n');
	}
}

/* Shown while it grows, a line ends as it does when it is not. */
static void edits_the_line_that_is_shown(void)
{
	size_t i, prefix = strlen("one: ");

	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		size_t end = strlen(edits[i].line);

		console_setup();
		console_set_focus(&console, &one);
		put_singly(&one, edits[i].bytes);
		show();
		CU_ASSERT(!strncmp(rows[0], "one: ", prefix) &&
			  !strncmp(rows[0] + prefix, edits[i].line, end));
		/* What was erased is blank there. */
		CU_ASSERT(strspn(rows[0] + prefix + end, " ") ==
			  strlen(rows[0] + prefix + end));
	}
}

/* ---- The focus ---- */

static void shows_a_line_as_it_grows(void)
{
	console_setup();
	console_set_focus(&console, &one);
	check("", 0);
	put(&one, "# ");
	check("one: # ", 7);
	put(&one, "l");
	check("one: # l", 8);
	put(&one, "s");
	CU_ASSERT_STRING_EQUAL(out, "one: # ls");
	put(&one, "\r");
	CU_ASSERT_STRING_EQUAL(out, "one: # ls");
	put(&one, "\n");
	CU_ASSERT_STRING_EQUAL(out, "one: # ls\n");
	put(&one, "whole\nnext");
	CU_ASSERT_STRING_EQUAL(out, "one: # ls\none: whole\none: next");
}

static void shows_nobody_elses(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&two, "half");
	check("", 0);
}

/* What the other writes is a row of its own, and the prompt is there again. */
static void shows_others_lines_before(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "# l");
	put(&two, "hel");
	check("one: # l", 8);
	put(&two, "lo\n");
	check("two: hello\none: # l", 8);
	put(&one, "s\n");
	check("two: hello\none: # ls\n", 0);
	put(&two, "hello\n");
	check("two: hello\none: # ls\ntwo: hello\n", 0);
}

static void shows_the_firmwares_lines_before(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "# l\b");
	check("one: # l", 7);
	console_print(&console, "firmware: says\n", 15);
	check("firmware: says\none: # l", 7);
	console_print(&console, "again\n", 6);
	check("firmware: says\nagain\none: # l", 7);
}

static void keeps_the_cursor_in_its_place(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "abc");
	put(&one, "\b");
	check("one: abc", 7);
	put(&one, "\b");
	check("one: abc", 6);
	put(&one, "x");
	check("one: axc", 7);
	put(&two, "other\n");
	check("two: other\none: axc", 7);
	put(&one, "\33[C");
	check("two: other\none: axc", 8);
	put(&one, "\33[2D\33[K");
	check("two: other\none: a  ", 6);
	put(&two, "other\n");
	check("two: other\ntwo: other\none: a", 6);
	put(&one, "b");
	check("two: other\ntwo: other\none: ab", 7);
	put(&one, "\rA");
	check("two: other\ntwo: other\none: Ab", 6);
	put(&one, "\n.\n");
	check("two: other\ntwo: other\none: Ab\none: .\n", 0);
}

/* Erased to nothing and taken back, it is shown no more until there is more. */
static void shows_no_bare_prefix(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "a\b");
	put(&one, "\33[K");
	check("one:  ", 5);
	put(&two, "other\n");
	check("two: other\n", 0);
	put(&one, "b");
	check("two: other\none: b", 6);
}

static void takes_back_what_loses_the_focus(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "# ");
	put(&two, "$ ");
	console_set_focus(&console, &two);
	check("two: $ ", 7);
	put(&one, "late");
	check("two: $ ", 7);
	put(&one, "\n");
	check("one: # late\ntwo: $ ", 7);
	console_set_focus(&console, NULL);
	check("one: # late\n", 0);
	put(&two, "x\n");
	check("one: # late\ntwo: $ x\n", 0);
}

static void breaks_a_shown_line(void)
{
	char text[CONSOLE_LINE_MAX], whole[CONSOLE_LINE_MAX + 16];
	unsigned int room = CONSOLE_LINE_MAX - 1 - 5, i;

	console_setup();
	console_set_focus(&console, &one);
	memset(text, 'x', room);
	text[room] = '\0';
	for (i = 0; i < room; i++)
		put_bytes(&one, &text[i], 1);
	strcpy(whole, "one: ");
	strcat(whole, text);
	strcat(whole, "\n");
	check(whole, 0);
	put(&one, "y");
	strcat(whole, "one: y");
	check(whole, 6);
}

static void flushes_a_shown_line(void)
{
	console_setup();
	console_set_focus(&console, &one);
	put(&one, "ab\b");
	console_flush(&console, &one);
	check("one: ab\n", 0);
	put(&one, "# ");
	put(&two, "rest");
	console_flush(&console, &two);
	check("one: ab\ntwo: rest\none: # ", 7);
}

/*
 * Every call is bounded in what it emits, whatever the bytes: the console is
 * everybody's.
 */
static void emits_little_at_a_time(void)
{
	static const char nasty[] = "\b\r\nxy\33[JKCD9\t";
	char text[4096];
	uint32_t state = 1;
	unsigned int round;
	size_t i, before;

	console_setup();
	console_set_focus(&console, &one);
	for (round = 0; round < 400; round++) {
		size_t n = round % 2 ? sizeof(text) : 1 + round % 7;

		for (i = 0; i < n; i++) {
			state = state * 1103515245 + 12345;
			text[i] = nasty[(state >> 16) % (sizeof(nasty) - 1)];
			/* Long calls are those that complete no line. */
			if (n == sizeof(text) && text[i] == '\n')
				text[i] = '\r';
		}
		if (out_length > sizeof(out) / 2)
			out_length = 0;
		before = out_length;
		console_write(&console, round % 5 ? &one : &two, text, n);
		CU_ASSERT(out_length - before <= 4 * CONSOLE_LINE_MAX);
	}
}

static const struct unit_test tests[] = {
	UNIT_TEST(edits_lines),
	UNIT_TEST(edits_the_line_that_is_shown),
	UNIT_TEST(shows_a_line_as_it_grows),
	UNIT_TEST(shows_nobody_elses),
	UNIT_TEST(shows_others_lines_before),
	UNIT_TEST(shows_the_firmwares_lines_before),
	UNIT_TEST(keeps_the_cursor_in_its_place),
	UNIT_TEST(shows_no_bare_prefix),
	UNIT_TEST(takes_back_what_loses_the_focus),
	UNIT_TEST(breaks_a_shown_line),
	UNIT_TEST(flushes_a_shown_line),
	UNIT_TEST(emits_little_at_a_time),
};
UNIT_MAIN("console_focus", tests)
