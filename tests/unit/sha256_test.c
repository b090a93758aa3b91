/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-256 against the examples of FIPS 180-4's companion (NIST "SHA-256
 * Examples"), the one-million-a message, and every split of a message.
 */
#include <stdio.h>
#include <string.h>

#include <compartment/sha256.h>

#include "unit.h"

static void to_hex(const uint8_t digest[SHA256_DIGEST_SIZE], char hex[65])
{
	unsigned int i;

	for (i = 0; i < SHA256_DIGEST_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void expect(const char *message, size_t size, const char *expected)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;
	char hex[65];

	sha256_init(&hash);
	sha256_update(&hash, message, size);
	sha256_finish(&hash, digest);
	to_hex(digest, hex);
	CU_ASSERT_STRING_EQUAL(hex, expected);
}

#define EXPECT(message, hex)	expect(message, sizeof(message) - 1, hex)

static void vectors(void)
{
	EXPECT("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	EXPECT("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	EXPECT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	EXPECT("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

static void million(void)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;
	char hex[65], chunk[1000];
	unsigned int i;

	memset(chunk, 'a', sizeof(chunk));
	sha256_init(&hash);
	for (i = 0; i < 1000; i++)
		sha256_update(&hash, chunk, sizeof(chunk));
	sha256_finish(&hash, digest);
	to_hex(digest, hex);
	CU_ASSERT_STRING_EQUAL(hex,
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Lengths around a block's end, where the padding changes shape. */
static void splits(void)
{
	uint8_t message[200], whole[SHA256_DIGEST_SIZE];
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256 hash;
	size_t size, at;

	for (at = 0; at < sizeof(message); at++)
		message[at] = (uint8_t)(at * 7);
	for (size = 0; size <= sizeof(message); size += 1) {
		sha256_init(&hash);
		sha256_update(&hash, message, size);
		sha256_finish(&hash, whole);
		for (at = 0; at <= size; at++) {
			sha256_init(&hash);
			sha256_update(&hash, message, at);
			sha256_update(&hash, message + at, size - at);
			sha256_finish(&hash, digest);
			if (memcmp(whole, digest, sizeof(whole)))
				CU_FAIL("a split changes the digest");
		}
	}
	CU_PASS("");
}

static const struct unit_test tests[] = {
	UNIT_TEST(vectors), UNIT_TEST(million), UNIT_TEST(splits),
};
UNIT_MAIN("sha256", tests)
