/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few C string functions that a payload, the AArch64 firmware, libfdt and
 * the compiler need.
 *
 * Meaning as in ISO C.
 *
 * Ownership: each buffer belongs to the caller; no function allocates.
 * Concurrency: any hart, as long as no other writes to the buffers.
 * Trust: not for memory that a peer writes to: a byte may be loaded twice.
 */
#ifndef FREESTANDING_STRING_H
#define FREESTANDING_STRING_H

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *area, int value, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t limit);
char *strrchr(const char *s, int c);

/*
 * Bytes that memcpy and memmove have moved since the start, in blocks of at
 * least COPY_COUNT_MIN bytes: a disk's sector. Headers and names are smaller,
 * so what is counted here is payload data that a CPU copied.
 */
#define COPY_COUNT_MIN	512
extern uint64_t copy_bytes;

#endif
