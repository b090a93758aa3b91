/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes as the hexadecimal digits that the lines of tests are compared by. */
#ifndef COMMON_HEX_H
#define COMMON_HEX_H

#include <stddef.h>
#include <stdint.h>

/* The text of `bytes` bytes, with its end. */
#define HEX_TEXT_SIZE(bytes)	(2 * (bytes) + 1)

/* In lower case, in their order; `text` has HEX_TEXT_SIZE(count) characters. */
void hex_format(char *text, const uint8_t *bytes, size_t count);

#endif
