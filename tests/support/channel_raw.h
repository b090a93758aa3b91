/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block client that writes its ring and its requests by hand.
 */
#ifndef CHANNEL_RAW_H
#define CHANNEL_RAW_H

#include "block_memory.h"
#include "channel.h"

#define RAW_NEXT	VIRTQ_DESC_F_NEXT
#define RAW_WRITE	VIRTQ_DESC_F_WRITE

/* Offsets in the pool. */
#define RAW_HEADER	0x8000u
#define RAW_STATUS	0x9000u
#define RAW_RANGE	0xa000u

/* What a status byte holds that nobody wrote. */
#define RAW_UNTOUCHED	0xeeu

/* A running channel over a fresh memory backend that can discard and zero. */
struct channel *raw_start(struct block_memory *memory);

void raw_header(struct channel *channel, uint32_t type, uint64_t sector);
/* Descriptors 0 to 2: header, one piece of data, status. */
void raw_request(struct channel *channel, uint32_t type, uint64_t sector,
		 uint64_t address, uint32_t length, uint16_t data_flags);

/* Make head 0 available, serve, and return the status that was written. */
unsigned int raw_serve(struct channel *channel);
/* The length that was reported with the last used element. */
uint32_t raw_used_length(struct channel *channel);

/* Let a good request succeed, free all. */
void raw_good_request(struct channel *channel, struct block_memory *memory);
/*
 * Make head 0 available: it must latch the queue, and reach no backend. A reset
 * must heal it: ends as raw_good_request().
 */
void raw_latch(struct channel *channel, struct block_memory *memory);

#endif
