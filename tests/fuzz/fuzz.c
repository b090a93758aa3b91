/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"

void fuzz_copy(struct fuzz_input *in, void *to, size_t len)
{
	size_t have = len < in->size ? len : in->size;

	if (have)
		memcpy(to, in->data, have);
	memset((char *)to + have, 0, len - have);
	in->data += have;
	in->size -= have;
}

static uint64_t take(struct fuzz_input *in, unsigned int bytes)
{
	uint8_t raw[8];
	uint64_t value = 0;

	fuzz_copy(in, raw, bytes);
	while (bytes--)
		value = value << 8 | raw[bytes];
	return value;
}

uint8_t fuzz_u8(struct fuzz_input *in)
{
	return (uint8_t)take(in, 1);
}

uint16_t fuzz_u16(struct fuzz_input *in)
{
	return (uint16_t)take(in, 2);
}

uint32_t fuzz_u32(struct fuzz_input *in)
{
	return (uint32_t)take(in, 4);
}

uint64_t fuzz_u64(struct fuzz_input *in)
{
	return take(in, 8);
}

uint32_t fuzz_length(struct fuzz_input *in)
{
	uint8_t kind = fuzz_u8(in);

	if (kind < 0x80)
		return kind;
	switch (kind % 8) {
	case 0:
		return fuzz_u32(in);
	case 1:
		return UINT32_MAX - fuzz_u8(in);
	case 2:
	case 3:
		return fuzz_u16(in);
	default:
		return 16u * fuzz_u8(in);
	}
}

uint64_t fuzz_address(struct fuzz_input *in, uint64_t base, uint32_t size)
{
	switch (fuzz_u8(in) % 16) {
	case 0:
		return fuzz_u64(in);
	case 1:
		return base + size - fuzz_u8(in);
	case 2:
		return base - fuzz_u8(in);
	case 3:
		return base + fuzz_u32(in) % size;
	case 4:
		return 0 - (uint64_t)fuzz_u16(in);
	default:
		return base + (uint32_t)(16u * fuzz_u16(in)) % size;
	}
}

void fuzz_scribble(struct fuzz_input *in, void *memory, uint32_t size)
{
	uint8_t bytes[16];
	uint32_t at = fuzz_u32(in) % size;
	uint32_t len = fuzz_u8(in) % sizeof(bytes) + 1;

	fuzz_copy(in, bytes, len);
	memcpy((char *)memory + at, bytes, len < size - at ? len : size - at);
}

void *fuzz_rest(struct fuzz_input *in, size_t *size)
{
	static char *area;
	const size_t page = 4096;
	size_t len = in->size < FUZZ_BLOB_MAX ? in->size : FUZZ_BLOB_MAX;
	char *at;

	if (!area) {
		area = mmap(NULL, FUZZ_BLOB_MAX + page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (area == MAP_FAILED ||
		    mprotect(area + FUZZ_BLOB_MAX, page, PROT_NONE))
			abort();
	}
	at = area + FUZZ_BLOB_MAX - ((len + 7) & ~(size_t)7);
	*size = len;
	memset(at, 0, (len + 7) & ~(size_t)7);
	fuzz_copy(in, at, len);
	return at;
}

void fuzz_fail(const char *claim, const char *file, int line)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}
