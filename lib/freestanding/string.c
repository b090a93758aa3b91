/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

uint64_t copy_bytes;

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *d = to;
	const unsigned char *s = from;

	if (size >= COPY_COUNT_MIN)
		copy_bytes += size;
	if (d == s)
		return to;
	if (d < s || d >= s + size) {
		if ((((uintptr_t)d | (uintptr_t)s) & 7) == 0) {
			for (; size >= 8; size -= 8, d += 8, s += 8)
				*(uint64_t *)(void *)d =
					*(const uint64_t *)(const void *)s;
		}
		while (size--)
			*d++ = *s++;
	} else {
		while (size--)
			d[size] = s[size];
	}
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

void *memset(void *to, int value, size_t size)
{
	unsigned char *d = to;
	uint64_t word = (unsigned char)value * 0x0101010101010101ULL;

	for (; size && ((uintptr_t)d & 7); size--)
		*d++ = value;
	for (; size >= 8; size -= 8, d += 8)
		*(uint64_t *)(void *)d = word;
	while (size--)
		*d++ = value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size; size--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *area, int value, size_t size)
{
	const unsigned char *s = area;

	for (; size; size--, s++) {
		if (*s == (unsigned char)value)
			return (void *)(uintptr_t)s;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	return strnlen(s, ~(size_t)0);
}

size_t strnlen(const char *s, size_t limit)
{
	size_t length = 0;

	while (length < limit && s[length])
		length++;
	return length;
}

int strncmp(const char *a, const char *b, size_t limit)
{
	for (; limit; limit--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (!*a)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, ~(size_t)0);
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)(uintptr_t)last;
	}
}
