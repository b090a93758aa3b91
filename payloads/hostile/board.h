/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine as an attacker knows it from the board's manual, and what the
 * architecture grants beyond the compartment's tree of memory, windows and
 * devices. Implemented by the architecture (<arch>/board.c).
 *
 * Everything is constant while the payload runs; any hart may ask.
 */
#ifndef HOSTILE_BOARD_H
#define HOSTILE_BOARD_H

#include <stdbool.h>
#include <stdint.h>
#include <common/tree.h>

/* Registers at `base`, base + stride... */
struct board_area {
	uint64_t base;
	uint64_t stride;
	unsigned int count;
};

struct board {
	uint64_t ram_base, ram_end;
	/* the firmware's own memory: its first page */
	uint64_t firmware;
	/* where the manifests put another compartment's image */
	uint64_t victim;
	/* addresses of a single bit, from 33 to this one, are tried too */
	unsigned int high_last_bit;
	const struct board_area *areas;
	unsigned int area_count;
};

extern const struct board board;

/* A few addresses of each kind, for what takes long: the last one is ~7. */
extern const uint64_t map_samples[];
extern const unsigned int map_sample_count;

/*
 * Range number `i` of what is granted beyond the tree's, its size 0 if there is
 * none of that number; false behind the last.
 */
bool board_get_range(unsigned int i, struct tree_range *range);

/* Whether [address, address + size) touches `range`. */
bool map_overlaps(const struct tree_range *range, uint64_t address,
		  uint64_t size);

#endif
