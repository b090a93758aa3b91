/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-256 as FIPS 180-4 defines it (sections 4.1.2, 5.1.1, 5.3.3 and 6.2).
 *
 * Memory: the state is the caller's, nothing else is kept. Concurrency: as many
 * states as one likes. Trust: the data hashed may be anything; its length in
 * bytes must stay below 2^61 (the specification's limit of 2^64 bits).
 */
#ifndef COMPARTMENT_SHA256_H
#define COMPARTMENT_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK_SIZE	64
#define SHA256_DIGEST_SIZE	32

struct sha256 {
	uint32_t state[8];
	uint64_t length;			/* bytes taken so far */
	uint8_t block[SHA256_BLOCK_SIZE];	/* the unfinished block */
};

void sha256_init(struct sha256 *hash);

/* Take `size` more bytes; any split of a message gives the same digest. */
void sha256_update(struct sha256 *hash, const void *data, size_t size);

/* Write the digest. The state is spent; start over with sha256_init(). */
void sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_DIGEST_SIZE]);

#endif
