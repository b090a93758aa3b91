/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel over a memory backend whose client adopts, and whose server dies
 * and comes back.
 */
#ifndef CHANNEL_RESUME_H
#define CHANNEL_RESUME_H

#include "block_memory.h"
#include "channel.h"

/* The client has been reset and has its queue; the rest is the test's. */
struct channel *resume_new_reset(struct block_memory *memory);
/* Both ends run. */
struct channel *resume_new(struct block_memory *memory);
/* And `count` reads are held at the disk, of sectors 0 and on. */
struct channel *resume_new_busy(struct block_memory *memory,
				unsigned int count);

/* The server dies and comes back with nothing but its record. */
void resume_restart(struct channel *channel, struct block_memory *memory);
/* What the client does then. */
void resume_adopt(struct channel *channel);

/* `count` requests end, each once, with the data of its sector. */
void resume_expect_ended(struct channel *channel, struct block_memory *memory,
			 unsigned int count);
/* The life that came back is one that continues nothing. Frees all. */
void resume_expect_fresh(struct channel *channel, struct block_memory *memory);

#endif
