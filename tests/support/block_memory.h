/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block backend over an array, that can hold what it was given: requests end
 * when the test says so, in the order and with the status it says.
 */
#ifndef BLOCK_MEMORY_H
#define BLOCK_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/block_backend.h>

#define BLOCK_MEMORY_SECTORS	256u
#define BLOCK_MEMORY_DEPTH	64u
#define BLOCK_MEMORY_SEGMENTS	64u

struct block_memory_held {
	struct loopback_block_request *request;
	struct virtq_segment segments[BLOCK_MEMORY_SEGMENTS];
};

struct block_memory {
	struct loopback_block_backend backend;
	uint8_t data[BLOCK_MEMORY_SECTORS * 512];
	bool hold; /* end requests only in block_memory_end() */
	unsigned int depth; /* LOOPBACK_ERR_BUSY beyond this many held */
	struct block_memory_held held[BLOCK_MEMORY_DEPTH];
	unsigned int count;
	unsigned int submits, kicks, flushes, discards, zeroes;
	int fail; /* what the next submit returns, once */
};

/* Sector n is filled with bytes n, n + 1, ... */
void block_memory_init(struct block_memory *memory);

/* Do the work of held request `index` and end it with `status`. */
void block_memory_end(struct block_memory *memory, unsigned int index,
		      uint8_t status);

#endif
