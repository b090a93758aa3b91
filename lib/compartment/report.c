/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of text in bounded buffers: there is no printf below the firmware. */
#include <stdarg.h>
#include <compartment/error.h>

#include "report.h"

static void put_char(struct text *text, char c)
{
	if (text->used + 1 < text->size)
		text->buffer[text->used++] = c;
}

/* Text from a blob may hold anything: a terminal must not obey it, and a line
 * end in it must not pass for a line of ours. */
static void put_string(struct text *text, const char *string)
{
	if (!string)
		string = "(none)";
	for (; *string; string++)
		put_char(text, *string < ' ' || *string > '~' ? '?' : *string);
}

static void put_number(struct text *text, unsigned long value,
		       unsigned int radix)
{
	char digits[24];
	unsigned int count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % radix];
		value /= radix;
	} while (value);
	while (count)
		put_char(text, digits[--count]);
}

void text_vappend(struct text *text, const char *format, va_list args)
{
	bool is_long;

	for (; *format; format++) {
		if (*format != '%') {
			put_char(text, *format);
			continue;
		}
		format++;
		is_long = *format == 'l';
		if (is_long)
			format++;
		switch (*format) {
		case 's':
			put_string(text, va_arg(args, const char *));
			break;
		case 'u':
		case 'x':
			put_number(text, is_long ? va_arg(args, unsigned long) :
				   va_arg(args, unsigned int),
				   *format == 'u' ? 10 : 16);
			break;
		case '\0':
			format--;
			break;
		default:
			put_char(text, *format);
			break;
		}
	}
	text->buffer[text->used] = '\0';
}

void text_append(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vappend(text, format, args);
	va_end(args);
}

static void report_line(struct compartment_report *report, const char *kind,
			const char *where, const char *property,
			const char *format, va_list args)
{
	char buffer[COMPARTMENT_LINE_MAX];
	struct text text = { .buffer = buffer, .size = sizeof(buffer) };

	if (!report->line)
		return;
	text_append(&text, "%s%s: ", kind, where);
	if (property)
		text_append(&text, "%s: ", property);
	text_vappend(&text, format, args);
	report->line(report->context, buffer);
}

void compartment_report_verror(struct compartment_report *report,
			       const char *where, const char *property,
			       const char *format, va_list args)
{
	if (!report || ++report->errors > COMPARTMENT_ERRORS_MAX)
		return;
	report_line(report, "", where, property, format, args);
}

void compartment_report_error(struct compartment_report *report,
			      const char *where, const char *property,
			      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	compartment_report_verror(report, where, property, format, args);
	va_end(args);
}

void compartment_report_warning(struct compartment_report *report,
				const char *where, const char *property,
				const char *format, ...)
{
	va_list args;

	if (!report)
		return;
	va_start(args, format);
	if (++report->warnings <= COMPARTMENT_ERRORS_MAX)
		report_line(report, "warning: ", where, property, format, args);
	va_end(args);
}
