/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/hex.h>

void hex_format(char *text, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		*text++ = "0123456789abcdef"[bytes[i] >> 4];
		*text++ = "0123456789abcdef"[bytes[i] & 15];
	}
	*text = '\0';
}
