/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is written over a disk's end, and its name in the output: in round r,
 * from 0, each aligned 8 bytes hold, little-endian, their own offset on the
 * disk plus r * 2^48, xor PATTERN_KEY. The host's tests compute it again.
 */
#ifndef COMMON_PATTERN_H
#define COMMON_PATTERN_H

#include <stdint.h>

#define PATTERN_NAME		"offset-xor-bulkhead"
#define PATTERN_KEY		0x646165686b6c7562ULL	/* "bulkhead" */
#define PATTERN_ROUND_SHIFT	48
#define PATTERN_BYTES		(1024 * 1024)

/* The 8 bytes at `offset`. */
static inline uint64_t pattern_get(unsigned int round, uint64_t offset)
{
	return (offset + ((uint64_t)round << PATTERN_ROUND_SHIFT)) ^
	       PATTERN_KEY;
}

#endif
