/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every fuzzer stands on. A fuzzer is one file <name>_fuzz.c with
 * LLVMFuzzerTestOneInput(): it plays the hostile side as the input says, and
 * claims with FUZZ_REQUIRE() what must hold whatever that side does.
 *
 * The input is a program: numbers are taken from its front, little-endian, and
 * when it has ended all further ones are 0. A loop over it ends with
 * fuzz_left(). Each run starts from the same state, so that an input always
 * does the same.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

static inline size_t fuzz_left(const struct fuzz_input *in)
{
	return in->size;
}

uint8_t fuzz_u8(struct fuzz_input *in);
uint16_t fuzz_u16(struct fuzz_input *in);
uint32_t fuzz_u32(struct fuzz_input *in);
uint64_t fuzz_u64(struct fuzz_input *in);

/* A number below @limit, which is not 0, from one byte. */
static inline unsigned int fuzz_below(struct fuzz_input *in, unsigned int limit)
{
	return fuzz_u8(in) % limit;
}

/* Copy the next @len bytes of the input to @to, zeroes past its end. */
void fuzz_copy(struct fuzz_input *in, void *to, size_t len);

/* A length that is usually small, sometimes at an edge, sometimes anything. */
uint32_t fuzz_length(struct fuzz_input *in);
/* The same for a bus address: mostly in or around [@base, @base + @size). */
uint64_t fuzz_address(struct fuzz_input *in, uint64_t base, uint32_t size);

/* Write up to 16 bytes of the input somewhere into @size bytes at @memory. */
void fuzz_scribble(struct fuzz_input *in, void *memory, uint32_t size);

/*
 * A copy of the rest of the input that ends at the end of a page, to within 7
 * bytes, with nothing behind it: readers that are not instrumented fault there
 * as well. 8-byte aligned, valid until the next call; at most FUZZ_BLOB_MAX
 * bytes.
 */
#define FUZZ_BLOB_MAX	(1u << 20)
void *fuzz_rest(struct fuzz_input *in, size_t *size);

/* Says which claim does not hold, and ends the process. */
void fuzz_fail(const char *claim, const char *file, int line)
	__attribute__((noreturn));

#define FUZZ_REQUIRE(claim)						\
	do {								\
		if (!(claim))						\
			fuzz_fail(#claim, __FILE__, __LINE__);		\
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
