/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The demonstration's steps over an open disk. Each says what it did, or what
 * went wrong, in one line, and returns 0 or an enum loopback_error.
 */
#ifndef CLIENT_STEPS_H
#define CLIENT_STEPS_H

#include "client.h"

/* What is written over the disk's end, and its name in the output. */
#define CLIENT_PATTERN_NAME	"offset-xor-bulkhead"
#define CLIENT_PATTERN_KEY	0x646165686b6c7562ULL	/* "bulkhead" */
#define CLIENT_PATTERN_BYTES	(1024 * 1024)

/* `sha256 <64 hex digits> <bytes> bytes` of the whole disk. */
int client_step_digest(struct client_disk *disk, unsigned int depth);

/*
 * Writes the pattern over the last CLIENT_PATTERN_BYTES, flushes, reads back,
 * compares, `rounds` times. In round r, from 0, each aligned 8 bytes hold,
 * little-endian, their own offset on the disk plus r * 2^48, xor
 * CLIENT_PATTERN_KEY.
 */
int client_step_pattern(struct client_disk *disk, unsigned int depth,
			unsigned int rounds);

/* Reads `requests` times, `depth` in flight (0: once over); says how fast. */
int client_step_measure(struct client_disk *disk, unsigned int depth,
			uint64_t requests);

#endif
