/* SPDX-License-Identifier: BSD-2-Clause */
#include <compartment/sha256.h>
#include <common/console.h>
#include <common/digest.h>
#include <common/hex.h>

void digest_print(const uint8_t *digest, uint64_t bytes)
{
	char text[HEX_TEXT_SIZE(SHA256_DIGEST_SIZE)];

	hex_format(text, digest, SHA256_DIGEST_SIZE);
	print("sha256 %s %lu bytes\n", text, bytes);
}
