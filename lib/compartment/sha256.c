/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256; section numbers are those of FIPS 180-4. */
#include <compartment/sha256.h>

/* 4.2.2 */
static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
	0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
	0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
	0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t value, unsigned int by)
{
	return value >> by | value << (32 - by);
}

static uint32_t load_be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

/* 6.2.2 step 1; the schedule is a ring of its last 16 words. */
static inline uint32_t next_word(uint32_t w[16], unsigned int t)
{
	uint32_t w2 = w[(t - 2) & 15], w15 = w[(t - 15) & 15];
	uint32_t s0, s1;

	s0 = rotate_right(w15, 7) ^ rotate_right(w15, 18) ^ w15 >> 3;
	s1 = rotate_right(w2, 17) ^ rotate_right(w2, 19) ^ w2 >> 10;
	return w[t & 15] += s1 + w[(t - 7) & 15] + s0;
}

/*
 * 6.2.2 step 3. The eight variables are not moved on after a round: what is
 * called h in one is called a in the next.
 */
static inline void take_round(uint32_t v[8], unsigned int t, uint32_t word)
{
	uint32_t *a = &v[-t & 7], *b = &v[(1 - t) & 7], *c = &v[(2 - t) & 7];
	uint32_t *d = &v[(3 - t) & 7], *e = &v[(4 - t) & 7];
	uint32_t *f = &v[(5 - t) & 7], *g = &v[(6 - t) & 7];
	uint32_t *h = &v[(7 - t) & 7];
	uint32_t t1, s0, s1, choice, majority;

	s1 = rotate_right(*e, 6) ^ rotate_right(*e, 11) ^ rotate_right(*e, 25);
	choice = *g ^ (*e & (*f ^ *g));
	t1 = *h + s1 + choice + word;
	s0 = rotate_right(*a, 2) ^ rotate_right(*a, 13) ^ rotate_right(*a, 22);
	majority = (*a & *b) | (*c & (*a | *b));
	*d += t1;
	*h = t1 + s0 + majority;
}

/*
 * 6.2.2 steps 2 to 4. Unrolled as far as the ring of words goes, so that all
 * indices but that of the constants are known: six times as fast, and images
 * of Linux are tens of megabytes.
 */
static void take_block(struct sha256 *hash, const uint8_t *block)
{
	uint32_t v[8], w[16];
	unsigned int t, i;

	for (i = 0; i < 8; i++)
		v[i] = hash->state[i];
	for (i = 0; i < 16; i++)
		w[i] = load_be32(block + 4 * i);
	for (t = 0; t < 64; t += 16) {
#pragma GCC unroll 16
		for (i = 0; i < 16; i++)
			take_round(v, i, round_constants[t + i] +
					 (t ? next_word(w, i) : w[i]));
	}
	for (i = 0; i < 8; i++)
		hash->state[i] += v[i];
}

/* 5.3.3 */
void sha256_init(struct sha256 *hash)
{
	static const uint32_t initial[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};
	unsigned int i;

	for (i = 0; i < 8; i++)
		hash->state[i] = initial[i];
	hash->length = 0;
}

void sha256_update(struct sha256 *hash, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	unsigned int fill = hash->length % SHA256_BLOCK_SIZE;

	hash->length += size;
	while (size) {
		if (!fill && size >= SHA256_BLOCK_SIZE) {
			take_block(hash, bytes);
			bytes += SHA256_BLOCK_SIZE;
			size -= SHA256_BLOCK_SIZE;
			continue;
		}
		hash->block[fill++] = *bytes++;
		size--;
		if (fill == SHA256_BLOCK_SIZE) {
			take_block(hash, hash->block);
			fill = 0;
		}
	}
}

/* 5.1.1: a one bit, zeros, and the length in bits in the last eight bytes */
void sha256_finish(struct sha256 *hash, uint8_t digest[SHA256_DIGEST_SIZE])
{
	static const uint8_t padding[SHA256_BLOCK_SIZE] = { 0x80 };
	uint64_t bits = hash->length * 8;
	unsigned int fill = hash->length % SHA256_BLOCK_SIZE;
	uint8_t length[8];
	unsigned int i;

	for (i = 0; i < 8; i++)
		length[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256_update(hash, padding, fill < 56 ? 56 - fill : 120 - fill);
	sha256_update(hash, length, sizeof(length));
	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
