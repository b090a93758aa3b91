/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The demonstration's steps over an open disk. Each says what it did, or what
 * went wrong, in one line, and returns 0 or an enum loopback_error.
 */
#ifndef CLIENT_STEPS_H
#define CLIENT_STEPS_H

#include "client.h"

/* `sha256 <64 hex digits> <bytes> bytes` of the whole disk. */
int client_step_digest(struct client_disk *disk, unsigned int depth);

/*
 * Writes the pattern of <common/pattern.h> over the disk's end, flushes, reads
 * back, compares, `rounds` times.
 */
int client_step_pattern(struct client_disk *disk, unsigned int depth,
			unsigned int rounds);

/* Reads `requests` times, `depth` in flight (0: once over); says how fast. */
int client_step_measure(struct client_disk *disk, unsigned int depth,
			uint64_t requests);

#endif
