/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical map outside of what is granted. */
#include "board.h"
#include "hostile.h"

#define RAM_STRIDE	0x10000ULL
#define LOW_STRIDE	0x100000ULL
#define HIGH_FIRST_BIT	33

bool map_overlaps(const struct tree_range *range, uint64_t address,
		  uint64_t size)
{
	if (!range->size)
		return false;
	if (address >= range->base)
		return address - range->base < range->size;
	return range->base - address < size;
}

bool map_is_granted(uint64_t address, uint64_t size)
{
	struct tree_range range;

	if (map_overlaps(&tree.memory, address, size))
		return true;
	for (unsigned int i = 0; i < tree.window_count; i++) {
		if (map_overlaps(&tree.windows[i].reg, address, size))
			return true;
	}
	for (unsigned int i = 0; i < tree.device_count; i++) {
		if (map_overlaps(&tree.devices[i].reg, address, size))
			return true;
	}
	for (unsigned int i = 0; board_get_range(i, &range); i++) {
		if (map_overlaps(&range, address, size))
			return true;
	}
	return false;
}

static void map_try(map_visit visit, void *context, uint64_t address)
{
	if (!map_is_granted(address, 8))
		visit(context, address);
}

static void map_walk_edges(map_visit visit, void *context,
			   const struct tree_range *range)
{
	uint64_t end = range->base + range->size;

	if (!range->size)
		return;
	for (unsigned int i = 1; i <= 4; i++) {
		map_try(visit, context, range->base - 8 * i);
		map_try(visit, context, end + 8 * (i - 1));
	}
	for (uint64_t size = 4096; size <= 0x10000000; size <<= 1) {
		map_try(visit, context, range->base - size);
		map_try(visit, context, end + size - 8);
	}
}

static void map_walk_strides(map_visit visit, void *context,
			     unsigned int coarse)
{
	/* Another place in each page: a region can be finer than a page. */
	uint64_t shift = 0;

	for (uint64_t a = board.ram_base; a < board.ram_end;
	     a += RAM_STRIDE * coarse) {
		map_try(visit, context, a + shift);
		shift = (shift + 0x1238) & 0xfff8;
	}
	for (uint64_t a = 0; a < board.ram_base; a += LOW_STRIDE * coarse)
		map_try(visit, context, a + (shift & 0xff8));
	for (unsigned int bit = HIGH_FIRST_BIT; bit <= board.high_last_bit;
	     bit++)
		map_try(visit, context, 1ULL << bit);
}

void map_walk(map_visit visit, void *context, unsigned int coarse)
{
	struct tree_range range;

	map_walk_edges(visit, context, &tree.memory);
	for (unsigned int i = 0; i < tree.window_count; i++)
		map_walk_edges(visit, context, &tree.windows[i].reg);
	for (unsigned int i = 0; board_get_range(i, &range); i++)
		map_walk_edges(visit, context, &range);
	for (unsigned int i = 0; i < board.area_count; i++) {
		const struct board_area *area = &board.areas[i];

		for (unsigned int n = 0; n < area->count; n++)
			map_try(visit, context, area->base + n * area->stride);
	}
	map_walk_strides(visit, context, coarse);
}
