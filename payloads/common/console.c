/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdbool.h>
#include <common/console.h>
#include <common/firmware.h>
#include <string.h>

struct text {
	size_t used;
	char bytes[CONSOLE_TEXT_MAX];
};

static void text_put(struct text *text, char c)
{
	if (text->used < sizeof(text->bytes))
		text->bytes[text->used++] = c;
}

static void text_put_string(struct text *text, const char *s,
			    unsigned int width)
{
	size_t length = strlen(s);

	for (; width > length; width--)
		text_put(text, ' ');
	while (*s)
		text_put(text, *s++);
}

static void text_put_number(struct text *text, unsigned long long value,
			    bool negative, unsigned int base,
			    unsigned int width, char pad)
{
	char digits[24];
	unsigned int n = sizeof(digits);

	digits[--n] = 0;
	do {
		digits[--n] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (negative)
		digits[--n] = '-';
	for (; width > sizeof(digits) - 1 - n; width--)
		text_put(text, pad);
	text_put_string(text, digits + n, 0);
}

static long long argument_signed(va_list *args, unsigned int size)
{
	return size ? va_arg(*args, long long) : va_arg(*args, int);
}

static unsigned long long argument_unsigned(va_list *args, unsigned int size)
{
	return size ? va_arg(*args, unsigned long long) :
		      va_arg(*args, unsigned int);
}

static const char *text_put_item(struct text *text, const char *f,
				 va_list *args)
{
	unsigned int width = 0, size = 0;
	char pad = ' ';
	long long number;

	if (*f == '0')
		pad = *f++;
	for (; *f >= '0' && *f <= '9'; f++)
		width = width * 10 + *f - '0';
	for (; *f == 'l' || *f == 'z'; f++)
		size++;
	switch (*f) {
	case 'c':
		text_put(text, (char)va_arg(*args, int));
		break;
	case 's':
		text_put_string(text, va_arg(*args, const char *), width);
		break;
	case 'd':
		number = argument_signed(args, size);
		text_put_number(text, number < 0 ? -number : number,
				number < 0, 10, width, pad);
		break;
	case 'u':
		text_put_number(text, argument_unsigned(args, size), false, 10,
				width, pad);
		break;
	case 'p':
		text_put_string(text, "0x", 0);
		size = 1;
		/* fall through */
	case 'x':
		text_put_number(text, argument_unsigned(args, size), false, 16,
				width, pad);
		break;
	default:
		text_put(text, *f);
		break;
	}
	return *f ? f + 1 : f;
}

static void text_format(struct text *text, const char *format, va_list *args)
{
	while (*format) {
		if (*format == '%')
			format = text_put_item(text, format + 1, args);
		else
			text_put(text, *format++);
	}
}

void print(const char *format, ...)
{
	struct text text;
	va_list args;

	text.used = 0;
	va_start(args, format);
	text_format(&text, format, &args);
	va_end(args);
	console_write(text.bytes, text.used);
}

void print_to(char *buffer, size_t size, const char *format, va_list args)
{
	struct text text;
	va_list copy;

	text.used = 0;
	va_copy(copy, args);
	text_format(&text, format, &copy);
	va_end(copy);
	if (text.used > size - 1)
		text.used = size - 1;
	memcpy(buffer, text.bytes, text.used);
	buffer[text.used] = 0;
}

void console_write(const char *text, size_t size)
{
	unsigned long done;

	while (size) {
		if (firmware_console_write(text, size, &done) || done > size)
			return;
		text += done;
		size -= done;
	}
}
