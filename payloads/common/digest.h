/* SPDX-License-Identifier: BSD-2-Clause */
/* The line by which a test knows that a payload has read a whole disk. */
#ifndef COMMON_DIGEST_H
#define COMMON_DIGEST_H

#include <stdint.h>

/* `sha256 <64 hex digits> <bytes> bytes`, of SHA256_DIGEST_SIZE bytes. */
void digest_print(const uint8_t *digest, uint64_t bytes);

#endif
