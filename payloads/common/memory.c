/* SPDX-License-Identifier: BSD-2-Clause */
#include <common/memory.h>

static uint64_t memory_next, memory_limit;

void memory_init(uint64_t limit)
{
	memory_next = (uint64_t)(uintptr_t)image_end;
	memory_limit = limit;
}

void *memory_take(size_t size, size_t align)
{
	uint64_t base = (memory_next + align - 1) & ~((uint64_t)align - 1);

	if (base < memory_next || base > memory_limit ||
	    size > memory_limit - base)
		return NULL;
	memory_next = base + size;
	return (void *)(uintptr_t)base;
}

uint64_t memory_get_free(uint64_t *base)
{
	*base = memory_next;
	return memory_limit - memory_next;
}
