/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "disk.h"

void disk_init(struct block_memory *memory)
{
	static struct block_memory fresh;

	if (!fresh.backend.submit)
		block_memory_init(&fresh);
	memcpy(memory, &fresh, sizeof(*memory));
}

void disk_end_all(struct block_memory *memory, uint8_t status)
{
	memory->hold = false;
	memory->fail = 0;
	while (memory->count)
		block_memory_end(memory, 0, status);
}
